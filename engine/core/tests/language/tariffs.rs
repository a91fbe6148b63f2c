//! The tariffs that a process brings.

use fachwerk_core::language::{Catalogue, Folder, compile};

use crate::{HEAD, check, problems};

#[test]
fn fees_are_asked_of_the_law() {
    let step =
        |asked: &str| format!("steps:\n  a: {{ decide: {{ {asked} }}, then: e }}\n  e: {{ end: true }}\n");
    let firework = "law: fees, tariff: allgo-firework-exception";
    check(&step(firework), &[]);
    check(&step(&format!("{firework}, amount: 8000, reasons: \"= file.number\"")), &[]);
    check(&step("law: fees, tariff: algo-firework-exception"), &["process.yaml:6:37 fee_unknown"]);
    // There is such a position, and nobody has found its amount.
    check(&step("law: fees, tariff: allgo-monument-permit"), &["process.yaml:6:37 fee_unknown"]);
    // The day that counts is not today.
    let area = "law: fees, tariff: sample-special-use-event-zone-1";
    check(&step(area), &["process.yaml:6:37 fee_unknown"]);
    check(&step(&format!("{area}, on: 2026-06-20")), &[]);
    check(&step("law: remedies, tariff: x"), &["process.yaml:6:23 unknown_table_of_law"]);
    check(&step("law: fees"), &["process.yaml:6:16 missing_key"]);
    check(&step(&format!("{firework}, sum: 1")), &["process.yaml:6:63 unknown_key"]);
    let process = format!("{HEAD}{}", step("law: fees, tariff: ours"));
    let own = |cents: &str| {
        let row = format!(
            "positions:\n  - {{ id: ours, fee_law: kag-lsa-admin, title: {{ de: A, en: A }}, kind: fixed, {cents} source: S, checked_by: null, disputed: false }}\n"
        );
        problems(&[("process.yaml", &process), ("law/fees.yaml", &row)])
    };
    assert_eq!(own("cents: 100,"), Vec::<String>::new());
    assert_eq!(own(""), ["law/fees.yaml:2:5 law_invalid", "process.yaml:6:37 fee_unknown"]);
}

/// A key day that is known before any case runs, and on which nothing holds; and days that no version covers.
#[test]
fn tariffs_hold_on_the_key_day() {
    let version = |id: &str, times: &str| {
        format!(
            "  - {{ id: {id}, key: ours, fee_law: kag-lsa-admin, title: {{ de: A, en: A }}, kind: fixed, cents: 100, {times} source: S, checked_by: null, disputed: false }}\n"
        )
    };
    let told = |step: &str, rows: &[String]| {
        let process = format!(
            "{HEAD}steps:\n  a: {{ decide: {{ law: fees, tariff: {step} }}, then: e }}\n  e: {{ end: true }}\n"
        );
        let rows = format!("positions:\n{}", rows.concat());
        let files = [("process.yaml", &*process), ("law/fees.yaml", &*rows)];
        let files = files.iter().map(|(name, text)| ((*name).into(), text.as_bytes().into()));
        let folder = Folder { name: "".into(), files: files.collect() };
        let compiled = compile(&folder, &Catalogue::default());
        // Of what was deployed before that was refused, cases go on.
        assert!(compiled.release.is_some());
        let said =
            compiled.problems.into_iter().map(|it| format!("{} {}: {}", it.span, it.code, it.message.en));
        said.collect::<Vec<_>>()
    };
    let old = version("old", "valid_from: \"2020-01-01\", valid_to: \"2023-12-31\",");
    let new = version("new", "valid_from: \"2024-01-01\",");
    let late = version("late", "valid_from: \"2024-02-01\",");
    let none: [&str; 0] = [];
    let both = [old.clone(), new];
    assert_eq!(told("ours, on: 2023-12-31", &both), none);
    assert_eq!(told("ours", &both), none);
    let outside = |at: &str| {
        format!(
            "{at} fee_not_on_day: `ours` does not hold on Wednesday, 1 May 2019; it holds from Wednesday, 1 January 2020 to Sunday, 31 December 2023, from Monday, 1 January 2024 on."
        )
    };
    assert_eq!(told("ours, on: 2019-05-01", &both), [outside("process.yaml:6:47")]);
    assert_eq!(told("ours, on: '= \"2019-05-01\"'", &both), [outside("process.yaml:6:47")]);
    // What comes with the data is seen when the case runs.
    assert_eq!(told("ours, on: '= file.received_on'", &both), none);
    assert_eq!(
        told("ours", &[old, late]),
        [
            "law/fees.yaml:2:5 law_gap: Table `positions`, row `old`: from Monday, 1 January 2024 to Wednesday, 31 January 2024 no version of `ours` holds."
        ]
    );
    let use_of_roads = "sample-special-use-event-zone-1";
    assert_eq!(
        told(&format!("{use_of_roads}, on: '= ()'"), &both),
        [
            "process.yaml:6:74 fee_not_on_day: It does not say which day counts for `sample-special-use-event-zone-1` (sample-special-use-event-zone-1)."
        ]
    );
}

/// What is wrong with the tariffs of a process, with its place and in words.
#[test]
fn tariffs_say_where_they_are_wrong() {
    const LAW: &str = r#"rules:
  - id: trees-rounding
    fee_law: kag-lsa-admin
    kind: rounding
    applies_to: amount
    rounding: { direction: down, to: 100 }
    source: S
    checked_by: null
    disputed: false
positions:
  - id: ours
    fee_law: kag-lsa-admin
    title: { de: A, en: A }
    kind: value
    steps:
      - { up_to_cents: 1000, cents: 100 }
      - { cents: 200, begun: { each_cents: 100, cents: 1 } }
    valid_from: "2026-01-01"
    source: S
    checked_by: null
    disputed: false
"#;
    let mut told = Vec::new();
    for (from, to) in [
        ("", ""),
        ("positions:", "tariffs:"),
        ("positions:", "positions: {}\nrates:"),
        ("cents: 200", "cents: -1"),
        ("each_cents: 100", "each_cents: 0"),
        ("cents: 1 }", "cents: many }"),
        ("up_to_cents: 1000, ", ""),
        ("kind: value", "kind: vaule"),
        ("kind: value", "knid: value"),
        ("    kind: value\n", ""),
        ("\"2026-01-01\"", "\"1.1.2026\""),
        ("valid_from: \"2026-01-01\"", "valid_from: \"2026-01-01\"\n    valid_to: \"2025-01-01\""),
        ("positions:", "positions:\n  - { id: ours, kind: fixed, source: S, disputed: false }"),
        ("- id: ours\n    fee_law: kag-lsa-admin", "- id: ours\n    fee_law: kag-lsa"),
        ("    steps:", "    rates: [ours]\n    steps:"),
        ("valid_from:", "rounding: { direction: up, to: 100 }\n    valid_from:"),
        ("valid_from:", "rounding: { direction: down, to: 100 }\n    valid_from:"),
        ("valid_from:", "rounding: { direction: up }\n    valid_from:"),
        ("rules:", "rules: ["),
    ] {
        assert!(LAW.contains(from), "{from}");
        let law = LAW.replacen(from, to, 1);
        let files: [(&str, &str); 2] = [("process.yaml", HEAD), ("law/fees.yaml", &law)];
        let files = files.iter().map(|(name, text)| ((*name).into(), text.as_bytes().into()));
        let folder = Folder { name: "".into(), files: files.collect() };
        let found = compile(&folder, &Catalogue::default()).problems;
        let of_law = found.iter().filter(|problem| &*problem.span.file == "law/fees.yaml");
        told.push(format!("{from:?} -> {to:?}"));
        told.extend(of_law.map(|problem| {
            format!("  {} {}: {} | {}", problem.span, problem.code, problem.message.de, problem.message.en)
        }));
    }
    insta::assert_snapshot!(told.join("\n"));
}

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

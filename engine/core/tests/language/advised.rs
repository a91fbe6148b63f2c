//! What whoever designs a process is told before a citizen gets a bad letter, and how it is said.

use fachwerk_core::{
    language::{Catalogue, Compiled, Folder, compile},
    soundness::advised,
};

use crate::{HEAD, check, problems};

fn compiled(files: &[(&str, &str)]) -> Compiled {
    let files = files.iter().map(|(name, text)| ((*name).into(), text.as_bytes().into()));
    compile(&Folder { name: "".into(), files: files.collect() }, &Catalogue::default())
}

/// A day without its quotes is no day.
#[test]
fn days_have_quotes() {
    let rule = |rule: &str| format!("steps:\n  a: {{ compute: {{ x: '{rule}' }} }}\n");
    for wrong in ["2026-03-02", "2026-3-2", "today > 2026-03-02", "[2026-12-31]", "1 + (2026-03-02)"] {
        check(&rule(wrong), &["process.yaml:6:22 day_unquoted"]);
    }
    let sums = ["2026 - 03 - 02", "2026-3 - 2", "1000-10-5", "2026-13-45", "2026-3", "\"2026-03-02\""];
    sums.iter().for_each(|right| check(&rule(right), &[]));
    // What was deployed before that was refused stays readable.
    let whole = format!("{HEAD}{}", rule("2026-03-02"));
    let read = compiled(&[("process.yaml", &whole)]);
    assert!(read.release.is_some());
    let problem = &read.problems[0];
    let help = problem.help.as_ref().expect("what to do");
    assert!(help.de.contains("`\"2026-03-02\"`") && help.en.contains("`\"2026-03-02\"`"), "{help:?}");
    assert!(problem.message.de.contains("kein Tag, sondern eine Subtraktion"), "{problem:?}");
}

/// A text without its quotes is named as one, with what can stand there.
#[test]
fn texts_have_quotes() {
    let told = |rule: &str| {
        let rule = rule.replace('\'', "''");
        let steps = format!(
            "steps:\n  ask: {{ task: {{ title: {{ de: T, en: T }}, fields: {{ name: {{ type: text, required: true, title: {{ de: N, en: N }} }}, kind: {{ type: choice, required: true, title: {{ de: A, en: K }}, options: {{ grant: {{ de: G, en: G }}, refuse: {{ de: R, en: R }} }} }}, why: {{ type: text, when: '{rule}', title: {{ de: W, en: W }} }} }} }}, role: clerk }}\n"
        );
        let found = compiled(&[("process.yaml", &format!("{HEAD}{steps}"))]).problems;
        let said = found.iter().map(|problem| {
            let help = problem.help.as_ref().map(|help| help.en.to_string()).unwrap_or_default();
            format!("{}: {} | {help}", problem.code, problem.message.en)
        });
        said.collect::<Vec<_>>()
    };
    let check = |rule: &str, expected: &[&str]| assert_eq!(told(rule), expected, "{rule}");
    check(
        "result?.kind == refuse",
        &[
            "unknown_name: The rule reads `refuse`, which does not exist. | A fixed text stands in double quotes: \"refuse\".",
        ],
    );
    check(
        "(result?.kind ?? \"\") == reject",
        &[
            "unknown_name: The rule reads `reject`, which does not exist. | A fixed text stands in double quotes; possible here are: \"grant\", \"refuse\".",
        ],
    );
    check(
        "result?.kind in [grant, \"refuse\"]",
        &[
            "unknown_name: The rule reads `grant`, which does not exist. | A fixed text stands in double quotes: \"grant\".",
        ],
    );
    check(
        "result?.name == Muster",
        &[
            "unknown_name: The rule reads `Muster`, which does not exist. | A fixed text stands in double quotes: \"Muster\".",
        ],
    );
    check(
        "kind == \"refuse\"",
        &["unknown_name: The rule reads `kind`, which does not exist. | Did you mean `result?.kind`?"],
    );
    check(
        "nobody > 3",
        &[
            "unknown_name: The rule reads `nobody`, which does not exist. | Possible are: application, authority, settings, steps, file, parties, acts, today, result. A fixed text stands in double quotes: \"nobody\".",
        ],
    );
    check(
        "result?.kind == 'refuse'",
        &[
            "rule_invalid: The rule cannot be read: `'refuse'` is no text: single quotes hold one letter only | write the text with double quotes: `\"refuse\"`; in YAML the whole rule may then stand in single ones",
        ],
    );
    check(
        "today > 02.03.2026",
        &[
            "rule_invalid: The rule cannot be read: the name of a property is missing; numbers are whole (cents instead of euros) | a day is written with double quotes, year first: `\"2026-03-02\"`; an amount is said in cents: `50`",
        ],
    );
    check(
        "Wie ist die Lage",
        &[
            "rule_invalid: The rule cannot be read: `ist` does not belong here | a fixed text stands in double quotes within the rule: `'\"1 week\"'` in YAML",
        ],
    );
}

const DATA: &str = r#"{ "type": "object", "required": ["name", "trees", "home"], "properties": {
    "name": { "type": "string", "x-title": { "de": "N", "en": "N" } },
    "phone": { "type": "string", "x-title": { "de": "T", "en": "P" } },
    "day": { "type": "string", "format": "date", "x-title": { "de": "T", "en": "D" } },
    "address": { "type": "string", "format": "lines", "x-title": { "de": "A", "en": "A" } },
    "home": { "type": "object", "x-title": { "de": "H", "en": "H" }, "properties": { "street": { "type": "string", "x-title": { "de": "S", "en": "S" } } } },
    "trees": { "type": "array", "x-title": { "de": "B", "en": "T" }, "items": { "type": "object", "required": ["height"], "properties": {
        "height": { "type": "integer", "x-title": { "de": "H", "en": "H" } },
        "kind": { "type": "string", "x-title": { "de": "A", "en": "K" } } } } } } }"#;

/// What may be left out is told where a letter writes it without asking.
#[test]
fn letters_ask_for_what_may_be_left_out() {
    let told = |text: &str| {
        let steps = "data: data.json\nsteps:\n  ask: { task: { title: { de: T, en: T }, fields: { note: { type: text, title: { de: N, en: N } }, grant: { type: boolean, required: true, title: { de: G, en: G } }, why: { type: text, required: true, when: '!result.grant', title: { de: W, en: W } } } }, role: clerk, then: letter }\n  letter: { effect: letter, with: { body: { template: letter.md } } }\n";
        let steps = steps.replace("!result.grant", "result?.grant == false");
        problems(&[("process.yaml", &format!("{HEAD}{steps}")), ("data.json", DATA), ("letter.md", text)])
    };
    let missing = |text: &str, at: usize| {
        assert_eq!(told(text), [format!("letter.md:1:{at} text_may_be_missing")], "{text}");
    };
    let right = |text: &str| assert_eq!(told(text), [""; 0], "{text}");
    missing("{{ application.phone }}", 4);
    missing("{{ application.day | date }}", 4);
    missing("{{ application.home.street }}", 4);
    missing("{{ steps.ask.note }}", 4);
    missing("{{ authority.phone }}", 4);
    missing("{% for line in application.phone %}x{% endfor %}", 16);
    missing("{% if application.phone %}x{% else %}{{ application.phone }}{% endif %}", 41);
    missing("{% for tree in application.trees %}{{ tree.kind }}{% endfor %}", 39);
    missing("{% for t in application.trees if t.kind %}{% endfor %}{{ application.phone }}", 58);
    right("{{ application.name }} {{ steps.ask.grant }}");
    right("{{ application.phone | default(\"–\") }}");
    right("{% if application.phone %}{{ application.phone }}{% endif %}");
    right("{% if application.phone is defined %}{{ application.phone }}{% endif %}");
    right("{% if application.name == \"x\" and application.phone %}{{ application.phone }}{% endif %}");
    right("{% for tree in application.trees %}{{ tree.height }}{{ tree.kind | default(\"\") }}{% endfor %}");
    right("{% for tree in application.trees if tree.kind %}{{ tree.kind }}{% endfor %}");
    right("{% if steps.ask.note | default([]) %}{{ steps.ask.note }}{% endif %}");
    // Asked for under a condition, and then it must be said: the letter may be made under the same one.
    right("{{ steps.ask.why }}");
}

/// Nobody reads cents, or days as programs write them.
#[test]
fn amounts_and_days_are_written_for_people() {
    let data = DATA.replace(
        r#""name": {"#,
        r#""fee": { "type": "integer", "format": "money", "default": 0, "x-title": { "de": "G", "en": "F" } }, "name": {"#,
    );
    let data = data.replace(r#""required": ["name","#, r#""required": ["fee", "day", "name","#);
    let process = format!(
        "{HEAD}data: data.json\nsteps:\n  letter: {{ effect: letter, with: {{ body: {{ template: letter.md }} }} }}\n"
    );
    for (text, at) in [
        ("{{ application.fee }} Euro", Some(4)),
        ("bis {{ application.day }}", Some(8)),
        ("{{ application.fee | money }} bis {{ application.day | date }}", None),
        ("{% if application.fee > 0 %}{{ application.name }}{% endif %}", None),
        ("{% if application.day == today %}heute{% endif %}", None),
    ] {
        let told = problems(&[("process.yaml", &process), ("data.json", &data), ("letter.md", text)]);
        let expected: Vec<String> =
            at.into_iter().map(|at| format!("letter.md:1:{at} written_raw")).collect();
        assert_eq!(told, expected, "{text}");
    }
}

/// What is told beside the proof, in words.
fn told(process: &str, letter: &str) -> Vec<String> {
    let files = [("process.yaml", process), ("data.json", DATA), ("letter.md", letter)];
    let compiled = compiled(&files);
    let release = compiled.release.unwrap_or_else(|| panic!("{process}\n{:?}", compiled.problems));
    let said = advised(&release).into_iter().map(|problem| {
        assert!(problem.help.is_some() && problem.message.de != problem.message.en);
        format!("{} {}: {}", problem.span, problem.code, problem.message.en)
    });
    said.collect()
}

#[test]
fn acts_that_would_be_bad_letters_are_told_of() {
    let act = |from: &str, note: &str| {
        format!(
            "{HEAD}data: data.json\nparties: {{ applicant: {{ count: 1, from: '{from}' }} }}\nacts: {{ permit: {{ law: VwVfG, sphere: own, to: each applicant }} }}\nsteps:\n  ask: {{ task: {{ title: {{ de: T, en: T }}, fields: {{ note: {{ type: text, required: true, {note} title: {{ de: N, en: Note }} }} }} }}, role: clerk, then: permit }}\n  permit: {{ issue: permit, with: {{ title: T, body: {{ template: letter.md }} }} }}\n"
        )
        .replace("en: C } }", "en: C }, corrects: true }")
    };
    let address = "application.address ?? \"\"";
    let whole = format!("#{{ name: application.name, address: {address} }}");
    let none: [&str; 0] = [];
    assert_eq!(told(&act(&whole, ""), "x"), none);
    for from in [
        "#{ name: application.name }",
        "[#{ name: application.name }]",
        "if application.name == \"\" { () } else { #{ name: application.name } }",
    ] {
        assert_eq!(
            told(&act(from, ""), "x"),
            [
                "process.yaml:6:41 party_without_address: “applicant” gets acts, and the rule says no `address`; the letter would have none."
            ],
            "{from}"
        );
    }
    assert_eq!(
        told(&act("#{ name: application.name, address: application?.address }", ""), "x"),
        [
            "process.yaml:6:41 party_without_address: “applicant” gets acts, and the `address` may be left out; then the letter would have none."
        ]
    );
    let uncorrected = act(&whole, "").replace(", corrects: true", "");
    assert_eq!(
        told(&uncorrected, "x"),
        [
            "process.yaml:10:3 nobody_corrects: The process issues acts, and none of its roles may correct running cases: when a letter fails, or a dispatch was noted wrongly, nobody of the process can put it right."
        ]
    );
    let unprinted = "process.yaml:9:3 not_printed: Whoever does “T” says “Note” (`note`) for the letter; no template takes it.";
    assert_eq!(told(&act(&whole, "printed: true,"), "x"), [unprinted]);
    for printed in ["{{ steps.ask.note }}", "{% set all = steps.ask %}x"] {
        assert_eq!(told(&act(&whole, "printed: true,"), printed), none, "{printed}");
    }
}

#[test]
fn letters_without_a_head_are_told_of() {
    let none: [&str; 0] = [];
    let letter = |with: &str, number: &str| {
        format!(
            "{HEAD}steps:\n  {number}letter: {{ title: {{ de: B, en: Letter }}, effect: letter, with: {{ title: T, body: B{with} }} }}\n"
        )
    };
    let lacks = |with: &str, number: &str| {
        told(&letter(with, number).replace("en: C } }", "en: C }, corrects: true }"), "x")
    };
    let numbered = "number: { number: { pattern: \"A-{number}\", file_number: true }, then: letter }\n  ";
    assert_eq!(
        lacks("", ""),
        [
            "process.yaml:6:3 letter_incomplete: The letter “Letter” lacks the address (`addressee`), the day (`date`)."
        ]
    );
    assert_eq!(
        lacks(", addressee: A, date: \"= date_text(today)\"", numbered),
        ["process.yaml:7:3 letter_incomplete: The letter “Letter” lacks the file number (`reference`)."]
    );
    assert_eq!(lacks(", addressee: A, date: null, reference: null", numbered), none);
    assert_eq!(lacks(", direction: internal", numbered), none);
    // Nobody need correct what has no legal consequence.
    assert_eq!(told(&letter(", addressee: A, date: D", ""), "x"), none);
}

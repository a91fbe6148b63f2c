//! What tables and text blocks say.

use fachwerk_core::command::Command;
use serde_json::{Value, json};

use super::{Played, compiled};

#[test]
fn a_table_leaves_its_trace() {
    let table = "inputs: { height: \"application.height\" }\noutputs: { ok: {}, why: {} }\nrows:\n  - { when: { height: \"<= 250\" }, then: { ok: true, why: \"\" }, norm: \"§ 4 Satzung\" }\n  - { when: { height: \"> 250\" }, then: { ok: false, why: \"zu hoch\" }, norm: \"§ 5 Satzung\" }\n";
    let schema = r#"{ "type": "object", "required": ["height"], "properties": { "height": { "type": "integer", "minimum": 1, "x-title": { "de": "Höhe", "en": "Height" } } } }"#;
    let release = compiled(
        "data: a.schema.json\nsteps:\n  rule: { decide: t.yaml, then: way }\n  way: { choose: [ { when: \"steps.rule.ok\", then: good }, { else: bad } ] }\n  good: { end: granted }\n  bad: { end: refused }\n",
        &[("t.yaml", table), ("a.schema.json", schema)],
    );
    let mut played = Played::new(&release);
    let start = |data: Value| Command::StartCase {
        release: release.id.clone(),
        channel: "fit-connect".into(),
        data: data.as_object().cloned().unwrap_or_default(),
        received_on: "2026-02-27".parse().ok(),
        documents: Vec::new(),
        caller: None,
    };
    played
        .ask("letter", start(json!({})))
        .ask("letter", start(json!({ "height": "3", "x": 1 })))
        .ask("eva", start(json!({ "height": 300 })))
        .ask("letter", start(json!({ "height": 300 })))
        .ask("letter", start(json!({ "height": 300 })));
    played.check("table");
}

/// Which rows have matched can be read by what comes after, with their norms.
#[test]
fn what_matched_can_be_told_in_a_letter() {
    let table = "inputs: { height: \"application.height\" }\noutputs: { why: {} }\nhit_policy: collect\nrows:\n  - { when: { height: \"> 100\" }, then: { why: hoch }, norm: § 4 Satzung }\n  - { when: { height: \"> 250\" }, then: { why: zu hoch }, norm: § 5 Satzung }\n  - { when: { height: \"> 900\" }, then: { why: viel zu hoch } }\n";
    let schema = r#"{ "type": "object", "required": ["height"], "properties": { "height": { "type": "integer", "minimum": 1, "x-title": { "de": "Höhe", "en": "Height" } } } }"#;
    let body = "{% for row in steps.rule.basis %}{{ row.norm }};{% endfor %}";
    let release = compiled(
        "data: a.schema.json\nsteps:\n  rule: { decide: { table: t.yaml, trace: basis }, then: tell }\n  tell: { effect: letter, with: { title: T, body: { template: b.md } } }\n",
        &[("t.yaml", table), ("a.schema.json", schema), ("b.md", body)],
    );
    let mut played = Played::new(&release);
    let data = json!({ "height": 300 });
    played.ask(
        "letter",
        Command::StartCase {
            release: release.id.clone(),
            channel: "fit-connect".into(),
            data: data.as_object().cloned().unwrap_or_default(),
            received_on: None,
            documents: Vec::new(),
            caller: None,
        },
    );
    played.check("trace_of_a_table");
}

const TEXTS: &str = "texts:\n  high:\n    title: { de: Hoch, en: High }\n    when: application.height > 100\n    norm: Satzung § 4\n    text: |\n      *{{ application.who }}* ist {{ application.height }} cm hoch.\n  low:\n    title: { de: Niedrig, en: Low }\n    when: application.height <= 100\n    text: Niedrig.\n  empty:\n    title: { de: Leer, en: Empty }\n    text: \"{% if application.height > 1000 %}Riesig.{% endif %}\"\n  until:\n    title: { de: Befristung, en: Time limit }\n    kind: time-limit\n    due: add_period(today, \"1 month\")\n    text: Bis dahin.\n";
const TEXTS_DATA: &str = r#"{ "type": "object", "required": ["height", "who"], "properties": { "height": { "type": "integer", "minimum": 1, "x-title": { "de": "Höhe", "en": "Height" } }, "who": { "type": "string", "maxLength": 50, "x-title": { "de": "Wer", "en": "Who" } } } }"#;

/// Of text blocks those are said whose condition holds; what citizens wrote is escaped once only, where a letter says it.
#[test]
fn text_blocks_are_said_by_their_conditions() {
    let release = compiled(
        "data: a.schema.json\nsteps:\n  reasons: { decide: { texts: texts.yaml }, then: tell }\n  tell: { effect: letter, with: { title: T, body: { template: b.md } } }\n",
        &[("texts.yaml", TEXTS), ("a.schema.json", TEXTS_DATA), ("b.md", "{{ steps.reasons.text }}")],
    );
    let mut played = Played::new(&release);
    let data = json!({ "height": 300, "who": "A_B" });
    played.ask(
        "letter",
        Command::StartCase {
            release: release.id.clone(),
            channel: "fit-connect".into(),
            data: data.as_object().cloned().unwrap_or_default(),
            received_on: None,
            documents: Vec::new(),
            caller: None,
        },
    );
    played.check("texts");
}

#[test]
fn a_table_ranks_by_the_values_of_its_outputs() {
    let table = |policy: &str| {
        format!(
            "inputs: {{ height: \"application.height\" }}\noutputs: {{ decision: {{ values: [refuse, '\"hearing\"', grant] }}, why: }}\nhit_policy: {policy}\nrows:\n  - {{ when: {{}}, then: {{ decision: grant, why: Regelfall }}, norm: § 1 }}\n  - {{ when: {{ height: \"> 250\" }}, then: {{ decision: refuse, why: zu hoch }}, norm: § 3 }}\n  - {{ when: {{ height: \"> 200\" }}, then: {{ decision: '\"hearing\"', why: hoch }}, norm: § 2 }}\n"
        )
    };
    let (first, all) = (table("priority"), table("output order"));
    let schema = r#"{ "type": "object", "required": ["height"], "properties": { "height": { "type": "integer", "minimum": 1, "x-title": { "de": "Höhe", "en": "Height" } } } }"#;
    let release = compiled(
        "data: a.schema.json\nsteps:\n  gravest: { decide: gravest.yaml, then: all }\n  all: { decide: all.yaml, then: done }\n  done: { end: done }\n",
        &[("gravest.yaml", &first), ("all.yaml", &all), ("a.schema.json", schema)],
    );
    let mut played = Played::new(&release);
    let start = Command::StartCase {
        release: release.id.clone(),
        channel: "fit-connect".into(),
        data: json!({ "height": 300 }).as_object().cloned().unwrap_or_default(),
        received_on: "2026-02-27".parse().ok(),
        documents: Vec::new(),
        caller: None,
    };
    played.ask("letter", start);
    played.check("table_priority");
}

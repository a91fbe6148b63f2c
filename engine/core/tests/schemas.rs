//! The JSON Schemas for editors say nothing that the readers do not: what the readers take they take, and what they
//! refuse the readers refuse.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
};

use fachwerk_core::{
    diagnostic::Problems,
    language::{Catalogue, Folder, compile, read_yaml, schemas},
    scenario,
    words::Value,
};
use jsonschema::Validator;

fn validator(schema: &str) -> Validator {
    let schema: Value = serde_json::from_str(schema).expect("the schema is JSON");
    jsonschema::meta::validate(&schema).expect("the schema is a schema");
    jsonschema::validator_for(&schema).expect("the schema can be used")
}

static PROCESS: LazyLock<Validator> = LazyLock::new(|| validator(schemas::PROCESS));
static BLOCK: LazyLock<Validator> = LazyLock::new(|| validator(schemas::BLOCK));
static SCENARIO: LazyLock<Validator> = LazyLock::new(|| validator(schemas::SCENARIO));

fn value(name: &str, bytes: &[u8]) -> Value {
    let mut problems = Problems::default();
    let name: Arc<str> = name.into();
    let node = read_yaml(&name, bytes, 0, &mut problems);
    node.unwrap_or_else(|| panic!("{name}: {:?}", problems.into_sorted())).to_value()
}

fn against(validator: &Validator, value: &Value) -> Vec<String> {
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() { walk(&path, found) } else { found.push(path) }
    }
}

#[test]
fn whatever_is_in_the_catalogue_and_the_examples_fits() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    walk(&root.join("examples"), &mut files);
    walk(&root.join("building-blocks"), &mut files);
    files.sort();
    let mut seen = [0; 3];
    let mut wrong = Vec::new();
    for path in files {
        let name = path.strip_prefix(&root).unwrap_or(&path).to_string_lossy().into_owned();
        let (kind, validator) = match name.rsplit('/').collect::<Vec<_>>().as_slice() {
            ["process.yaml", ..] => (0, &PROCESS),
            ["block.yaml", ..] => (1, &BLOCK),
            [file, "scenarios", ..] if file.ends_with(".yaml") => (2, &SCENARIO),
            _ => continue,
        };
        seen[kind] += 1;
        let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        wrong.extend(against(validator, &value(&name, &bytes)).into_iter().map(|it| format!("{name}{it}")));
    }
    assert!(seen.iter().all(|count| *count > 5), "too little was found: {seen:?}");
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

const HEAD: &str = "process: test\nversion: 1.0.0\ntitle: { de: Test, en: Test }\nroles: { clerk: { title: { de: S, en: C }, corrects: true } }\n";

/// A step `a` beside a step `b`: whether the schema and the reader take it.
#[track_caller]
fn check(step: &str, taken: bool) {
    check_process(&format!("steps:\n  a: {step}\n  b: {{ end: true }}\n"), taken);
}

/// The same of what comes below the head of a process.
#[track_caller]
fn check_process(rest: &str, taken: bool) {
    let text = format!("{HEAD}{rest}");
    let by_schema = against(&PROCESS, &value("process.yaml", text.as_bytes()));
    let files = [("process.yaml".into(), text.as_bytes().into())].into_iter().collect();
    let by_reader = compile(&Folder { name: "".into(), files }, &Catalogue::default()).problems;
    assert_eq!(by_schema.is_empty(), taken, "the schema says of {rest}\n{by_schema:#?}");
    assert_eq!(by_reader.is_empty(), taken, "the reader says of {rest}\n{by_reader:#?}");
}

#[test]
fn schema_and_reader_agree_on_steps() {
    let body = "steps: { c: { compute: { x: \"1\" } } }";
    for (step, taken) in [
        ("{ compute: { x: \"1\" }, then: [b, b] }".to_owned(), true),
        ("{ compute: { x: \"1\" }, then: [] }".to_owned(), false),
        ("{ compute: { x: \"1\" }, wait_for: \"2\" }".to_owned(), false),
        ("{ then: b }".to_owned(), false),
        ("{ compute: { x: \"1\" }, end: true }".to_owned(), false),
        ("{ join: all, then: b }".to_owned(), true),
        ("{ join: 2, then: b }".to_owned(), true),
        ("{ join: 0, then: b }".to_owned(), false),
        ("{ join: 1001, then: b }".to_owned(), false),
        (
            "{ fork: { c: { when: \"true\", end: true } }, wait_for: \"1\", rest: go-on, join: b }"
                .to_owned(),
            true,
        ),
        ("{ fork: { c: { end: true } }, rest: stop, join: b }".to_owned(), false),
        (format!("{{ each: {{ times: \"2\", {body} }}, then: b }}"), true),
        (
            format!(
                "{{ each: {{ in: \"[1]\", as: it, order: sequential, until: \"true\", {body} }}, then: b }}"
            ),
            true,
        ),
        (format!("{{ each: {{ in: \"[1]\", times: \"2\", {body} }}, then: b }}"), false),
        (format!("{{ each: {{ {body} }}, then: b }}"), false),
        (format!("{{ each: {{ times: \"2\", order: backwards, {body} }}, then: b }}"), false),
        ("{ each: { times: \"2\" }, then: b }".to_owned(), false),
        (
            format!("{{ group: {{ repeat: {{ max: 3 }}, lock: l, {body} }}, then: {{ max-reached: b }} }}"),
            true,
        ),
        (format!("{{ group: {{ repeat: {{}}, {body} }}, then: b }}"), false),
        (format!("{{ group: {{ repeat: {{ max: 0 }}, {body} }}, then: {{ max-reached: b }} }}"), false),
        (format!("{{ group: {{ ad_hoc: {{ role: clerk }}, {body} }}, then: b }}"), true),
        (format!("{{ group: {{ ad_hoc: {{}}, {body} }}, then: b }}"), false),
        (
            format!(
                "{{ group: {{ ad_hoc: {{ role: clerk }}, repeat: {{ until: \"true\" }}, {body} }}, then: b }}"
            ),
            false,
        ),
        ("{ raise: { escalation: x }, then: b }".to_owned(), true),
        ("{ raise: { escalation: x, signal: y }, then: b }".to_owned(), false),
        ("{ raise: {}, then: b }".to_owned(), false),
        ("{ cancel: [b], then: b }".to_owned(), true),
        ("{ cancel: { b: true }, then: b }".to_owned(), false),
        ("{ compensate: true, then: b }".to_owned(), true),
        ("{ compensate: false, then: b }".to_owned(), false),
    ] {
        check(&step, taken);
    }
}

#[test]
fn schema_and_reader_agree_on_retention() {
    for (retention, taken) in [
        ("{ years: 1, basis: A }", true),
        ("{ years: 200, from: end, basis: A }", true),
        ("{ years: 0, basis: A }", false),
        ("{ years: 201, basis: A }", false),
        ("{ years: 1, from: start, basis: A }", false),
        ("{ years: 1 }", false),
    ] {
        check_process(&format!("retention: {retention}\nsteps:\n  b: {{ end: true }}\n"), taken);
    }
}

#[test]
fn schema_and_reader_agree_on_triggers() {
    for (trigger, taken) in [
        ("message: m", true),
        ("signal: s", true),
        ("condition: \"true\"", true),
        ("by: clerk, title: { de: T, en: T }", true),
        ("timer: { after: 2 weeks }", true),
        ("timer: { every: 1 week, times: 3 }", true),
        ("timer: { after: 1 week, times: 3 }", false),
        ("timer: { every: 1 week, times: 0 }", false),
        ("timer: { after: 1 week, every: 1 week }", false),
        ("timer: {}", false),
        ("message: m, signal: s", false),
        ("when: \"true\"", false),
        ("error: any", false),
        ("escalation: any", false),
    ] {
        check(&format!("{{ wait: {{ w: {{ {trigger} }} }}, then: {{ w: b }} }}"), taken);
    }
    for (more, taken) in [
        ("", true),
        ("begin: day, no_shift: { law: appointment }, grace: 3 working days, warn: [1 week, 1 day]", true),
        ("no_shift: Satzung, statutory: false, warn: 1 week", true),
        ("statutory: { extend: once, norm: § 42a VwVfG }", true),
        ("begin: tomorrow", false),
        ("no_shift: { law: meeting }", false),
        ("no_shift: { reason: appointment }", false),
        ("statutory: { extend: twice, norm: x }", false),
        ("statutory: { extend: once }", false),
        ("statutory: perhaps", false),
    ] {
        let deadline = format!("deadline: {{ title: {{ de: F, en: D }}, period: 2 weeks, {more} }}");
        check(&format!("{{ wait: {{ w: {{ {deadline} }} }}, then: {{ w: b }} }}"), taken);
    }
    for (handler, taken) in [
        ("error: any, then: $x", true),
        ("escalation: any, interrupt: false, then: $x", true),
        ("signal: s", false),
        ("error: e, escalation: e, then: $x", false),
    ] {
        let on = format!("on: {{ h: {{ {handler} }} }}, steps: {{ c: {{ compute: {{ x: \"1\" }} }} }}");
        let then = if handler.contains("$x") { "{ x: b }" } else { "b" };
        check(&format!("{{ group: {{ {on} }}, then: {then} }}"), taken);
    }
}

#[test]
fn schema_and_reader_agree_on_lines_of_scenarios() {
    for (line, taken) in [
        ("begin: a, as: jan", true),
        ("trigger: a, as: jan, reason: R", true),
        ("trigger: a, as: jan", false),
        ("skip: \"a[2]\", outcome: x, as: jan, reason: R", true),
        ("skip: a, as: jan", false),
        ("move: a, to: b, as: jan, reason: R", true),
        ("move: a, as: jan, reason: R", false),
        ("change: { x: 1 }, as: jan, reason: R", true),
        ("change: { x: 1 }, as: jan", false),
        ("end_case: x, as: jan, reason: R", true),
        ("end_case: x, as: jan", false),
        ("take_back: a, as: jan, reason: R", true),
        ("take_back: a, as: jan", false),
        ("expect: { deadline: { a.b: 2026-03-29T11:30 }, grace: { a.b: 2026-04-10 }, warned: [a.b] }", true),
        ("nonsense: a", false),
    ] {
        let text = format!("scenario: S\nnow: 2026-03-02T09:00\ndo:\n  - {{ {line} }}\n");
        let by_schema = against(&SCENARIO, &value("s.yaml", text.as_bytes()));
        let files = [("s.yaml".into(), text.as_bytes().into())].into_iter().collect();
        let (_, by_reader) = scenario::read(&Folder { name: "".into(), files }, "s.yaml");
        assert_eq!(by_schema.is_empty(), taken, "the schema says of {line}\n{by_schema:#?}");
        assert_eq!(by_reader.is_empty(), taken, "the reader says of {line}\n{by_reader:#?}");
    }
}

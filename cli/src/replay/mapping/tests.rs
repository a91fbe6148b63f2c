use std::{path::Path, sync::LazyLock};

use fachwerk_core::{diagnostic::Problems, language::compile};

use super::*;
use crate::{
    files,
    replay::xes::{Attributes, LogEvent, Trace},
};

/// The process of the example: mappings are held against it.
static RELEASE: LazyLock<Release> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/fine-procedure");
    let process = files::read(Path::new(path)).expect("the example can be read");
    let catalogue = files::catalogue(&[], &mut Problems::default());
    compile(&process, &catalogue).release.expect("the example can be deployed")
});

/// A mapping whose activities are these lines.
fn with_activities(lines: &str) -> String {
    let start = "Create: { start: { amount_cents: { cents: amount } } }";
    let lines: String = lines.lines().map(|line| format!("\n  {line}")).collect();
    format!("mapping: fine-procedure\nactivities:\n  {start}{lines}\ncomplete: [paid]\n")
}

/// Compares the problems of a mapping with what is expected, one a line.
#[track_caller]
fn check(mapping: &str, expected: &[&str]) {
    let problems = read(&"m.yaml".into(), mapping.as_bytes(), &RELEASE).err().unwrap_or_default();
    let found: Vec<String> = problems
        .iter()
        .map(|problem| {
            let help = problem.help.as_ref().map(|help| format!(" {}", help.en)).unwrap_or_default();
            format!("{}: [{}] {}{help}", problem.span, problem.code, problem.message.en)
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn good_mappings() {
    check(&with_activities(""), &[]);
    check(
        &with_activities(
            "Send: { complete: [sending, notification], with: { sent_on: { day: \"time:timestamp\" } } }",
        ),
        &[],
    );
    check(&with_activities("Wait: { after: payment-period.expired }\nPrint: { ignore: true }"), &[]);
}

#[test]
fn problems_are_named_in_place() {
    check("", &["m.yaml:1:1: [file_empty] The file is empty."]);
    check("activities: {", &["m.yaml:1:13: [yaml_syntax] This is not valid YAML: unclosed bracket '{'."]);
    check(
        "mapping: fine-procedure\nactivities: {}\ncomplete: [paid]\n",
        &["m.yaml:2:13: [no_start] No activity begins the case (`start`)."],
    );
    check(
        &with_activities("").replace("fine-procedure", "bonfire"),
        &["m.yaml:1:10: [other_process] This mapping is for `bonfire`, the process is `fine-procedure`."],
    );
    check(
        &with_activities("").replace("[paid]", "[payed]").replace("complete:", "at_ends: x\ncomplete:"),
        &[
            "m.yaml:4:1: [unknown_key] `at_ends` is not known here. Did you mean `at_end`?",
            "m.yaml:5:12: [unknown_name] The process has no outcome `payed` here. Possible are: annulled, barred, collected, dismissed, paid.",
        ],
    );
}

#[test]
fn names_must_be_known_to_the_process() {
    check(
        &with_activities("Send: { complete: sendin }"),
        &["m.yaml:4:21: [unknown_name] The process has no task `sendin` here. Did you mean `sending`?"],
    );
    check(
        &with_activities("Send: { complete: sending, with: { sent: 1 } }"),
        &[
            "m.yaml:4:38: [unknown_name] The process has no field `sent` here. Possible are: expense_cents, sent_on.",
        ],
    );
    check(
        &with_activities("Pay: { message: paymnt, within: payment-period.expire }"),
        &[
            "m.yaml:4:19: [unknown_name] The process has no message `paymnt` here. Did you mean `payment`?",
            "m.yaml:4:35: [unknown_name] The process has no deadline `payment-period.expire` here. Did you mean `payment-period.expired`?",
        ],
    );
}

#[test]
fn actions_and_values_must_be_clear() {
    let unclear =
        "Exactly one stands here: `start`, `complete`, `message`, `ignore: true`, or `after` alone.";
    check(&with_activities("Send: {}"), &[&format!("m.yaml:4:9: [action_unclear] {unclear}")]);
    check(
        &with_activities("Send: { complete: sending, message: payment }"),
        &[&format!("m.yaml:4:9: [action_unclear] {unclear}")],
    );
    check(
        &with_activities("Print: { ignore: true, with: { a: 1 } }"),
        &[
            "m.yaml:4:32: [values_unused] `with` belongs to `complete` or `message`; the values of the begin stand in `start`.",
        ],
    );
    check(
        &with_activities("Pay: { message: payment, with: { amount_cents: { cent: paid } } }"),
        &[
            "m.yaml:4:50: [reading_unclear] Here stands a constant, or exactly one of: text, trace, integer, cents, day, choice.",
        ],
    );
    check(
        &with_activities("Pay: { message: payment, with: { how: { choice: way } } }"),
        &["m.yaml:4:41: [missing_key] `of` is missing here."],
    );
}

/// Compares the values of an event, or why they cannot be read.
#[track_caller]
fn check_values(with: &str, attributes: &[(&str, &str)], expected: &str) {
    let text = with_activities(&format!("Pay: {{ message: payment, with: {with} }}"));
    let mapping = read(&"m.yaml".into(), text.as_bytes(), &RELEASE).expect("the mapping is good");
    let pairs = |pairs: &[(&str, &str)]| -> Attributes {
        pairs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect()
    };
    let event = LogEvent {
        activity: "Pay".into(),
        at: "2026-03-01T23:30:00Z".parse().expect("a time"),
        attributes: pairs(attributes),
    };
    let trace = Trace { name: "t".into(), attributes: pairs(&[("concept:name", "A 1")]), events: Vec::new() };
    let activity = mapping.find("Pay").expect("it is mapped");
    let found = match values(activity, &trace, &event) {
        Ok(values) => Value::Object(values).to_string(),
        Err(Unreadable(why)) => why,
    };
    assert_eq!(found, expected);
}

#[test]
fn values_of_events() {
    check_values(
        "{ a: { cents: sum }, b: 7, c: x, d: true }",
        &[("sum", "35.0")],
        r#"{"a":3500,"b":7,"c":"x","d":true}"#,
    );
    check_values(
        r#"{ a: { trace: "concept:name" }, b: { day: "time:timestamp" } }"#,
        &[],
        r#"{"a":"A 1","b":"2026-03-02"}"#,
    );
    check_values("{ a: { choice: way, of: { P: post, M: 2 } } }", &[("way", "P")], r#"{"a":"post"}"#);
    check_values(
        "{ a: { integer: n }, b: { text: n, optional: true }, c: { text: m, optional: true } }",
        &[("n", "3.0")],
        r#"{"a":3,"b":"3.0"}"#,
    );
    check_values("{ a: { cents: sum } }", &[], "the attribute `sum` is missing (mapped in m.yaml:4:39)");
    check_values(
        "{ a: { cents: sum } }",
        &[("sum", "much")],
        "the attribute `sum` is `much`, which does not fit m.yaml:4:39",
    );
    check_values(
        "{ a: { cents: sum, optional: true } }",
        &[("sum", "1.005")],
        "the attribute `sum` is `1.005`, which does not fit m.yaml:4:39",
    );
    check_values(
        "{ a: { choice: way, of: { P: post } } }",
        &[("way", "Q")],
        "the attribute `way` is `Q`, which does not fit m.yaml:4:39",
    );
}

//! What is wrong with a text is found, all at once, and in its place.

#[path = "language/advised.rs"]
mod advised;
#[path = "language/constants.rs"]
mod constants;
#[path = "language/tariffs.rs"]
mod tariffs;

use fachwerk_core::{
    diagnostic::Severity,
    language::{Catalogue, Folder, compile},
};

const HEAD: &str = "process: test\nversion: 1.0.0\ntitle: { de: Test, en: Test }\nroles: { clerk: { title: { de: S, en: C } } }\n";

fn problems(files: &[(&str, &str)]) -> Vec<String> {
    let files = files.iter().map(|(name, text)| ((*name).into(), text.as_bytes().into()));
    let folder = Folder { name: "".into(), files: files.collect() };
    let found = compile(&folder, &Catalogue::default()).problems;
    found.iter().map(|problem| format!("{} {}", problem.span, problem.code)).collect()
}

/// A process whose steps begin in line 5.
#[track_caller]
fn check(steps: &str, expected: &[&str]) {
    let process = format!("{HEAD}{steps}");
    assert_eq!(problems(&[("process.yaml", &process)]), expected, "\n{process}");
}

#[track_caller]
fn check_whole(process: &str, expected: &[&str]) {
    assert_eq!(problems(&[("process.yaml", process)]), expected, "\n{process}");
}

#[test]
fn flows_lead_somewhere() {
    check("steps:\n  a: { end: true }\n", &[]);
    check("steps: {}\n", &["process.yaml:5:8 no_steps"]);
    check("steps:\n  a: { compute: { x: \"1\" }, then: b }\n", &["process.yaml:6:35 unknown_step"]);
    check("steps:\n  a: { compute: { x: \"1\" }, then: [] }\n", &["process.yaml:6:35 no_steps"]);
    check(
        "steps:\n  a: { group: { lock: l, steps: { b: { group: { lock: l, steps: { c: { end: true } } } } } } }\n",
        &["process.yaml:6:15 lock_within_itself"],
    );
    check("steps:\n  a: { end: true, then: a }\n", &["process.yaml:6:19 flow_not_possible"]);
    check("steps:\n  a: { compute: { x: \"1\" }, then: $out }\n", &[]);
    check("steps:\n  a: { then: a }\n", &["process.yaml:6:3 no_kind"]);
    check("steps:\n  a: { end: true, compute: { x: \"1\" } }\n", &["process.yaml:6:19 two_kinds"]);
    check("steps:\n  a: { end: true, thn: a }\n", &["process.yaml:6:19 unknown_key"]);
    check("steps:\n  A: { end: true }\n", &["process.yaml:6:3 id_not_kebab"]);
    check(
        "steps:\n  a: { fork: { b: { end: true }, a: { end: true } }, join: c }\n  c: { end: true }\n",
        &["process.yaml:6:34 duplicate_step"],
    );
    check(
        "steps:\n  a: { fork: { b: { compute: { x: \"1\" }, then: d }, d: { end: true } }, join: c }\n  c: { end: true }\n",
        &["process.yaml:6:16 flow_leaves_branch"],
    );
    check(
        "steps:\n  a: { choose: [ { when: \"true\", then: a } ] }\n",
        &["process.yaml:6:16 choice_without_else"],
    );
}

/// Nobody means to keep cases for no time at all; but of a release that was deployed before that was refused, cases go on.
#[test]
fn a_retention_period_has_at_least_a_year() {
    let of = |retention: &str| format!("{HEAD}retention: {retention}\nsteps:\n  a: {{ end: true }}\n");
    for good in ["{ years: 1, basis: A }", "{ years: 200, from: end, basis: A }"] {
        check_whole(&of(good), &[]);
    }
    check_whole(&of("{ years: 0, basis: A }"), &["process.yaml:5:21 retention_invalid"]);
    check_whole(&of("{ basis: A, from: end, years: 0 }"), &["process.yaml:5:42 retention_invalid"]);
    for bad in ["{ years: -1, basis: A }", "{ years: 201, basis: A }", "{ years: 1, basis: \" \" }"] {
        check_whole(&of(bad), &["process.yaml:5:12 retention_invalid"]);
    }
    let read = |retention: &str| {
        let files = [("process.yaml".into(), of(retention).into_bytes().into())].into_iter().collect();
        compile(&Folder { name: "".into(), files }, &Catalogue::default())
    };
    let compiled = read("{ years: 0, basis: A }");
    let problem = compiled.problems.first().expect("it is refused");
    assert_eq!(problem.severity, Severity::Error);
    let said = format!("{} {}", problem.message.de, problem.help.as_ref().expect("what to do").de);
    assert!(said.contains("0 Jahren") && said.contains("1 bis 200 Jahre"), "{said}");
    let retention = compiled.release.expect("it stays readable").retention;
    assert_eq!(retention.map(|retention| retention.years), Some(0));
    assert!(read("{ years: 201, basis: A }").release.is_none());
}

#[test]
fn outcomes_have_flows() {
    let task = "task: { title: { de: T, en: T }, fields: { outcome: { type: choice, title: { de: E, en: O }, options: { yes: { de: j, en: y }, no: { de: n, en: n } } } } }, role: clerk";
    check(&format!("steps:\n  a: {{ {task}, then: {{ yes: b, no: b }} }}\n  b: {{ end: true }}\n"), &[]);
    check(
        &format!(
            "steps:\n  a:\n    then: {{ yes: b, nope: b }}\n    {}\n  b: {{ end: true }}\n",
            task.replace(", role", "\n    role")
        ),
        &["process.yaml:7:11 outcome_without_flow", "process.yaml:7:21 unknown_outcome"],
    );
    check(
        "steps:\n  a: { group: { steps: { b: { compute: { x: \"1\" }, then: $out } } }, then: { other: c } }\n  c: { end: true }\n",
        &["process.yaml:6:76 outcome_without_flow", "process.yaml:6:78 unknown_outcome"],
    );
}

/// A path that ends in a group with an outcome can be the last one, so the flow after the group must know it.
#[test]
fn ends_in_groups_are_outcomes_of_the_group() {
    let group = |inner: &str, then: &str| {
        format!("steps:\n  a: {{ group: {{ steps: {{ {inner} }} }}, then: {then} }}\n  c: {{ end: true }}\n")
    };
    let inner = "b: { compute: { x: \"1\" }, then: $out }, d: { end: x }, e: { end: out }, f: { end: true }";
    check(&group(inner, "{ x: c, out: c }"), &[]);
    check(&group(inner, "c"), &[]);
    check(
        &group("d: { end: x }", "{ y: c }"),
        &["process.yaml:6:51 outcome_without_flow", "process.yaml:6:53 unknown_outcome"],
    );
    // A branch of a fork says nothing about what is around it.
    check(&group("g: { fork: { d: { end: x } } }", "{ x: c }"), &["process.yaml:6:70 unknown_outcome"]);
    check(
        &group("g: { group: { steps: { d: { end: x } } } }", "{ x: c }"),
        &["process.yaml:6:82 unknown_outcome"],
    );
    // The case itself ends by any name.
    check("steps:\n  a: { end: x }\n", &[]);
    let shaped =
        |shape: &str, then: &str| format!("steps:\n  a: {{ {shape}, then: {then} }}\n  c: {{ end: true }}\n");
    let ends = "steps: { d: { end: x } }";
    let repeated = format!("group: {{ repeat: {{ max: 2 }}, {ends} }}");
    check(&shaped(&repeated, "{ x: c, max-reached: c }"), &[]);
    check(&shaped(&repeated, "{ max-reached: c }"), &["process.yaml:6:71 outcome_without_flow"]);
    for group in ["lock: l", "ad_hoc: { role: clerk }"] {
        let group = format!("group: {{ {group}, {ends} }}");
        check(&shaped(&group, "{ x: c }"), &[]);
        check(&shaped(&group, "{ x: c, else: c }"), &[]);
    }
    // Rounds end one by one.
    let rounds = format!("each: {{ times: \"2\", {ends} }}");
    check(&shaped(&rounds, "{ x: c }"), &["process.yaml:6:64 unknown_outcome"]);
    check(&shaped(&rounds, "{ else: c }"), &[]);
}

#[test]
fn else_is_for_steps_that_may_end_without_an_outcome() {
    let then_else = |step: &str, flow: &str| {
        format!("steps:\n  a: {{ {step}, {flow}: {{ else: c }} }}\n  c: {{ end: true }}\n")
    };
    check(&then_else("group: { steps: { d: { end: true } } }", "then"), &[]);
    check(&then_else("call: other", "then"), &[]);
    check(&then_else("compute: { x: \"1\" }", "then"), &["process.yaml:6:37 unknown_outcome"]);
    check(&then_else("fork: { d: { end: true } }", "join"), &["process.yaml:6:44 unknown_outcome"]);
}

#[test]
fn outcomes_of_the_process_are_those_of_its_ends() {
    let title = "{ title: { de: T, en: T } }";
    let steps =
        "steps:\n  a: { choose: [{ when: \"true\", then: b }, { else: $left }] }\n  b: { end: done }\n";
    check(&format!("outcomes: {{ done: {title}, left: {title} }}\n{steps}"), &[]);
    check(&format!("outcomes: {{ done: {title} }}\n{steps}"), &["process.yaml:5:13 unknown_outcome"]);
    check(
        &format!("outcomes: {{ don: {title}, left: {title} }}\n{steps}"),
        &["process.yaml:5:13 outcome_unused", "process.yaml:8:3 unknown_outcome"],
    );
}

#[test]
fn rules_read_what_is_there() {
    check("steps:\n  a: { compute: { x: \"steps.b.y\" } }\n", &["process.yaml:6:22 unknown_name"]);
    check("steps:\n  a: { compute: { x: \"settings.fee\" } }\n", &["process.yaml:6:22 unknown_name"]);
    check("steps:\n  a: { compute: { x: \"file.numbr\" } }\n", &["process.yaml:6:22 unknown_name"]);
    check("steps:\n  a: { compute: { x: \"result.y\" } }\n", &["process.yaml:6:22 unknown_name"]);
    check("steps:\n  a: { compute: { x: \"1 +\" } }\n", &["process.yaml:6:22 rule_invalid"]);
    check("steps:\n  a: { compute: rules/x.rhai }\n", &["process.yaml:6:17 file_missing"]);
    check(
        "steps:\n  a: { wait: { b: { message: m } }, then: c }\n  c: { compute: { x: \"steps.a.y ?? 0\" } }\n",
        &[],
    );
}

#[test]
fn outputs_of_tables_list_their_values() {
    let check = |outputs: &str, expected: &[&str]| {
        let table = format!(
            "inputs: {{ n: \"1\" }}\noutputs: {{ x: {outputs} }}\nhit_policy: priority\nrows: [ {{ when: {{}}, then: {{ x: a }} }} ]\n"
        );
        let process = format!("{HEAD}steps:\n  t: {{ decide: t.yaml }}\n");
        assert_eq!(problems(&[("process.yaml", &process), ("t.yaml", &table)]), expected, "\n{table}");
    };
    check("{ values: [a, b] }", &[]);
    check("{ values: [b] }", &["t.yaml:4:32 table_invalid"]);
    check("{ values: [] }", &["t.yaml:1:1 table_invalid", "t.yaml:2:25 wrong_kind"]);
    check("{ values: a }", &["t.yaml:1:1 table_invalid", "t.yaml:2:25 wrong_kind"]);
    check("{ value: [a] }", &["t.yaml:1:1 table_invalid", "t.yaml:2:17 unknown_key"]);
    check("a", &["t.yaml:1:1 table_invalid", "t.yaml:2:15 wrong_kind"]);
    check("{}", &["t.yaml:1:1 table_invalid"]);
    check("", &["t.yaml:1:1 table_invalid"]);
}

#[test]
fn options_have_rules_in_forms_only() {
    let field = |ty: &str, option: &str| {
        format!("x: {{ type: {ty}, default: a, title: {{ de: X, en: X }}, options: {{ a: {option} }} }}")
    };
    let form = |field: &str| {
        format!(
            "steps:\n  t: {{ task: {{ title: {{ de: T, en: T }}, fields: {{ {field} }} }}, role: clerk }}\n"
        )
    };
    let setting = |field: &str| format!("settings: {{ {field} }}\nsteps:\n  t: {{ end: true }}\n");
    let (always, sometimes) =
        ("{ title: { de: A, en: A } }", "{ title: { de: A, en: A }, when: result.x == \"a\" }");
    check(&form(&field("choice", always)), &[]);
    check(&form(&field("choice", sometimes)), &[]);
    check(
        &form(&field("choice", "{ title: { de: A, en: A }, when: nope }")),
        &["process.yaml:6:154 unknown_name"],
    );
    check(
        &form(&field("choice", "{ title: { de: A, en: A }, whn: \"true\" }")),
        &["process.yaml:6:148 unknown_key"],
    );
    check(
        &form(&field("choice", "{ when: \"true\" }")),
        &[
            "process.yaml:6:121 missing_key",
            "process.yaml:6:121 missing_key",
            "process.yaml:6:123 unknown_key",
        ],
    );
    check(&form(&field("choices", sometimes)), &["process.yaml:6:155 option_rule_not_possible"]);
    check(&setting(&field("choice", always)), &[]);
    check(&setting(&field("choice", sometimes)), &["process.yaml:5:116 option_rule_not_possible"]);
}

#[test]
fn waits_and_deadlines_are_complete() {
    check("steps:\n  a: { wait: {} }\n", &["process.yaml:6:14 nothing_awaited"]);
    check("steps:\n  a: { wait: { b: { when: \"true\" } } }\n", &["process.yaml:6:19 trigger_unclear"]);
    let deadline = |rest: &str| {
        format!("steps:\n  a: {{ wait: {{ b: {{ deadline: {{ title: {{ de: F, en: D }}, {rest} }} }} }} }}\n")
    };
    check(&deadline("period: 2 weeks"), &[]);
    check(&deadline("period: 2 weks"), &["process.yaml:6:66 period_invalid"]);
    check(&deadline("period: 48 hours, grace: 1 day, warn: 1 day"), &[]);
    check(&deadline("period: 48 hours, begin: day"), &["process.yaml:6:31 hours_from_day"]);
    check(
        &deadline("period: 48 hours, no_shift: { law: appointment }"),
        &["process.yaml:6:31 hours_from_day"],
    );
    check(&deadline("period: 2 weeks, begin: event, no_shift: Satzung, statutory: true"), &[]);
    check(&deadline("period: 18 years, begin: day, no_shift: { law: age }"), &[]);
    check(&deadline("period: 18 years, no_shift: { law: age }"), &["process.yaml:6:31 age_begins_with_day"]);
    check(&deadline("period: 2 weeks, begin: tomorrow"), &["process.yaml:6:82 deadline_begin_unknown"]);
    check(&deadline("period: 2 weeks, no_shift: { law: meeting }"), &["process.yaml:6:92 no_shift_unknown"]);
    check(&deadline("period: 2 weeks, no_shift: { law: announced-day }"), &[]);
    check(&deadline("period: 2 weeks, statutory: { extend: once, norm: \"§ 42a VwVfG\" }"), &[]);
    check(&deadline("period: 2 weeks, statutory: { extend: once }"), &["process.yaml:6:86 missing_key"]);
    check(
        &deadline("period: 2 weeks, statutory: { extend: twice, norm: AO }"),
        &["process.yaml:6:96 statutory_extension_unknown"],
    );
    check(&deadline("period: 2 weeks, grace: 3 hours"), &["process.yaml:6:82 period_invalid"]);
    check(&deadline("period: 2 weeks, warn: [1 day, soon]"), &["process.yaml:6:89 period_invalid"]);
    check(&deadline("period: 2 weeks, from: { notification: x }"), &["process.yaml:6:97 unknown_step"]);
    check(&deadline("period: 2 weeks, from: { }"), &["process.yaml:6:81 deadline_start_unclear"]);
    check(
        "always:\n  a: { message: m, then: c }\n  b: { message: m, then: c }\nsteps:\n  c: { end: true }\n",
        &["process.yaml:1:1 message_awaited_twice"],
    );
}

#[test]
fn people_and_persons_are_known() {
    check(
        "steps:\n  a: { task: { title: { de: T, en: T } }, role: clrk }\n",
        &["process.yaml:6:49 unknown_role"],
    );
    check("steps:\n  a: { task: { title: { de: T, en: T } } }\n", &["process.yaml:6:6 missing_key"]);
    check("steps:\n  a: { task: { fields: {} }, role: clerk }\n", &["process.yaml:6:14 task_without_title"]);
    check(
        "steps:\n  a: { task: { title: { de: T, en: T } }, role: clerk, not_same_person_as: [b] }\n",
        &["process.yaml:6:77 unknown_step"],
    );
    check(
        "steps:\n  a: { task: { title: { de: T, en: \" \" } }, role: clerk }\n",
        &["process.yaml:6:23 blank_text"],
    );
    check(
        "steps:\n  a: { task: { title: Titel }, role: clerk }\n",
        &["process.yaml:6:14 task_without_title", "process.yaml:6:23 wrong_kind"],
    );
}

#[test]
fn the_head_is_complete() {
    check_whole(
        "process: x\n",
        &["process.yaml:1:1 missing_key", "process.yaml:1:1 missing_key", "process.yaml:1:1 missing_key"],
    );
    check_whole("- a\n", &["process.yaml:1:1 wrong_kind"]);
    check_whole("", &["process.yaml:1:1 file_empty"]);
    check_whole("a: [1\n", &["process.yaml:1:4 yaml_syntax"]);
    check_whole("a: &x 1\nb: *x\n", &["process.yaml:1:7 yaml_feature_refused"]);
    check_whole("a: !tag 1\n", &["process.yaml:1:9 yaml_feature_refused"]);
    // A comma within braces ends a text.
    check(
        "steps:\n  a: { end: true, title: { de: Prüfen, ob es geht, en: Check } }\n",
        &["process.yaml:6:40 ended_by_comma"],
    );
    check(
        "steps:\n  a: { end: true, title: { de: Prüfen, ja, en: Check } }\n",
        &["process.yaml:6:40 ended_by_comma"],
    );
    check("steps:\n  a: { end: true, title: { de: \"Prüfen, ja\", en: Check } }\n", &[]);
}

#[test]
fn messages_with_a_title_are_waited_for() {
    let check = |messages: &str, expected: &[&str]| {
        let process = format!(
            "{HEAD}messages: {{ {messages}: {{ title: {{ de: R, en: W }} }} }}\nalways: {{ back: {{ message: withdrawal, then: a }} }}\nsteps:\n  a: {{ end: true }}\n"
        );
        assert_eq!(problems(&[("process.yaml", &process)]), expected, "{messages}");
    };
    check("withdrawal", &[]);
    check("withdrawel", &["process.yaml:5:13 message_unused"]);
}

#[test]
fn one_reading_finds_ten_mistakes_in_ten_places() {
    let steps = "law: X\nparties: { a: x }\nunknown: 1\nsteps:\n  A: { end: true }\n  b: { end: true, then: b }\n  c: { compute: { x: \"steps.nope\" }, then: d }\n  e: { task: { title: { de: T, en: T } }, role: boss }\n  f: { wait: {} }\n  g: { decide: t.yaml }\n";
    let process = format!("{HEAD}{steps}");
    let found = problems(&[("process.yaml", &process)]);
    assert_eq!(found.len(), 10, "{found:#?}");
    let lines: std::collections::BTreeSet<&str> =
        found.iter().filter_map(|problem| problem.split(' ').next()).collect();
    assert_eq!(lines.len(), 10, "{found:#?}");
}

/// An application and settings, and a step that asks for a person's answer; the rules begin in line 31.
fn typed(rules: &str) -> Vec<String> {
    typed_with(rules, &[])
}

/// The same, with more files.
fn typed_with(rules: &str, more: &[(&str, &str)]) -> Vec<String> {
    let schema = r#"{ "type": "object", "required": ["size", "kind", "received", "name", "owner", "trees"], "additionalProperties": false, "properties": {
        "size": { "type": "integer", "x-title": { "de": "G", "en": "S" } },
        "depth": { "type": "integer", "x-title": { "de": "T", "en": "D" } },
        "fee": { "type": "integer", "format": "money", "x-title": { "de": "G", "en": "F" } },
        "kind": { "type": "string", "enum": ["oak", "ash"], "x-titles": { "oak": { "de": "E", "en": "O" }, "ash": { "de": "E", "en": "A" } }, "x-title": { "de": "A", "en": "K" } },
        "received": { "type": "string", "format": "date", "maxLength": 10, "x-title": { "de": "E", "en": "R" } },
        "name": { "type": "string", "maxLength": 100, "x-title": { "de": "N", "en": "N" } },
        "email": { "type": "string", "format": "email", "maxLength": 100, "x-title": { "de": "M", "en": "M" } },
        "owner": { "type": "boolean", "x-title": { "de": "E", "en": "O" } },
        "trees": { "type": "array", "maxItems": 9, "x-title": { "de": "B", "en": "T" }, "items": { "type": "object", "required": ["height"], "additionalProperties": false, "properties": {
            "height": { "type": "integer", "x-title": { "de": "H", "en": "H" } } } } } } }"#;
    let process = format!(
        "{HEAD}data: data.json\nsettings: {{ least: {{ type: integer, default: 3, title: {{ de: M, en: L }} }} }}\nsteps:\n  ask: {{ task: {{ title: {{ de: T, en: T }}, fields: {{ sure: {{ type: boolean, required: true, title: {{ de: S, en: S }} }}, why: {{ type: text, when: \"result?.sure == false\", title: {{ de: W, en: W }} }} }} }}, role: clerk, then: rules }}\n{rules}\n  end: {{ end: true }}\n"
    );
    let mut files = vec![("process.yaml", process.as_str()), ("data.json", schema)];
    files.extend(more);
    problems(&files)
}

#[track_caller]
fn check_condition(condition: &str, expected: &[&str]) {
    let quoted = condition.replace('\'', "''");
    let found =
        typed(&format!("  rules: {{ choose: [{{ when: '{quoted}', then: end }}, {{ else: end }}] }}"));
    let found: Vec<&str> = found.iter().map(|problem| problem.split(' ').nth(1).expect("a code")).collect();
    assert_eq!(found, expected, "{condition}");
}

#[test]
fn rules_fit_the_data() {
    check_condition("application.size > 3 && application.size <= settings.least * 2", &[]);
    check_condition("application.size > \"3\"", &["type_mismatch"]);
    check_condition("application.size + application.name == 3", &["type_mismatch", "type_mismatch"]);
    check_condition("application.size - application.name == 3", &["type_mismatch"]);
    check_condition("application.received < today", &[]);
    check_condition("application.received < \"2026-03-02\"", &[]);
    check_condition("application.received < \"02.03.2026\"", &["type_mismatch"]);
    check_condition("application.received < application.name", &["type_mismatch"]);
    check_condition("add_period(application.received, \"2 weeks\") < today", &[]);
    check_condition("add_period(application.name, \"2 weeks\") < today", &["type_mismatch"]);
    check_condition("application.received - today > 3", &["type_mismatch"]);
    check_condition("application.kind == \"oak\"", &[]);
    check_condition("application.kind in [\"oak\", \"elm\"]", &["unknown_choice"]);
    check_condition("application.kind == \"oka\"", &["unknown_choice"]);
    check_condition("application.size", &["type_mismatch"]);
    check_condition("application.owner || application.size", &["type_mismatch"]);
    check_condition("application.trees.some(|tree| tree.height > 3)", &[]);
    check_condition("application.trees.some(|tree| tree.heigth > 3)", &["unknown_name"]);
    check_condition("application.trees.some(|tree| tree.height > \"3\")", &["type_mismatch"]);
    check_condition("application.size.is_empty()", &["type_mismatch"]);
}

#[test]
fn rules_ask_for_what_may_be_missing() {
    check_condition("application.depth > 3", &["may_be_missing"]);
    check_condition("application?.depth > 3", &["may_be_missing"]);
    check_condition("(application?.depth ?? 0) > 3", &[]);
    check_condition("(application.depth ?? 0) > 3", &[]);
    check_condition("application?.depth != () && application.depth > 3", &[]);
    check_condition("application?.depth == () || application.depth > 3", &[]);
    check_condition("application?.depth == () && application.depth > 3", &["may_be_missing"]);
    check_condition("\"depth\" in application && application.depth > 3", &[]);
    check_condition("if application?.depth == () { false } else { application.depth > 3 }", &[]);
    check_condition("application?.email == \"a@example.org\"", &[]);
    check_condition("file.number == ()", &[]);
    check_condition("file.number.len() > 3", &["may_be_missing"]);
    check_condition("file.number != () && file.number.len() > 3", &[]);
    check_condition("steps.ask.sure", &[]);
    check_condition("steps.ask?.why == \"x\"", &[]);
    check_condition("steps.ask.why == \"x\"", &["may_be_missing"]);
    check_condition("steps.ask.wy == \"x\"", &["unknown_name"]);
}

/// The cells of a table are held against what the head of their column reads.
#[test]
fn columns_fit_the_data() {
    let check = |input: &str, cell: &str, expected: &[&str]| {
        let process = format!(
            "{HEAD}steps:\n  ask: {{ task: {{ title: {{ de: T, en: T }}, fields: {{ kind: {{ type: choice, required: true, title: {{ de: A, en: K }}, options: {{ oak: {{ de: E, en: O }} }} }}, size: {{ type: integer, required: true, title: {{ de: G, en: S }} }} }} }}, role: clerk, then: a }}\n  a: {{ decide: x.yaml }}\n"
        );
        let table = format!(
            "title: {{ de: T, en: T }}\ninputs: {{ a: {input} }}\noutputs: {{ x: {{}} }}\nrows:\n  - {{ when: {{ a: '{cell}' }}, then: {{ x: 1 }} }}\n"
        );
        assert_eq!(problems(&[("process.yaml", &process), ("x.yaml", &table)]), expected, "{input}: {cell}");
    };
    check("steps.ask.kind", "\"oak\"", &[]);
    check("steps.ask.kind", "not(\"elm\")", &["x.yaml:2:14 unknown_choice"]);
    check("steps.ask.kind", "3", &["x.yaml:2:14 type_mismatch"]);
    check("steps.ask.size", "[1..3]", &[]);
    check("steps.ask.size", "\"oak\"", &["x.yaml:2:14 type_mismatch"]);
    check("today", "\"2026-03-02\"", &[]);
    check("today", "\"tomorrow\"", &["x.yaml:2:14 type_mismatch"]);
    check("today", "< date(\"2026-03-02\")", &[]);
    check("steps.ask.size > 3", "true", &[]);
}

/// While a form is filled in, only what stands in a field from the beginning is surely there.
#[test]
fn forms_ask_for_what_may_not_be_entered_yet() {
    let check = |field: &str, when: &str, expected: &[&str]| {
        let steps = format!(
            "steps:\n  ask:\n    role: clerk\n    task:\n      title: {{ de: T, en: T }}\n      fields:\n        sum: {{ type: integer, title: {{ de: S, en: S }}, {field} }}\n        why: {{ type: text, title: {{ de: W, en: W }}, when: '{when}' }}\n"
        );
        let found = problems(&[("process.yaml", &format!("{HEAD}{steps}"))]);
        assert_eq!(found, expected, "{field}: {when}");
    };
    let at = |code: &str| format!("process.yaml:12:59 {code}");
    check("default: 1", "result.sum > 3", &[]);
    check("propose: 2 + 3", "result.sum > 3", &[]);
    check("required: true", "result.sum > 3", &[&at("may_be_missing")]);
    check("required: true", "(result?.sum ?? 0) > 3", &[]);
    check("required: true", "result?.sum", &[&at("type_mismatch")]);
}

/// A letter is held against the data where it is written, not when it is made.
#[test]
fn templates_fit_the_data() {
    let check = |text: &str, expected: &[&str]| {
        let steps = "  rules: { effect: letter, with: { body: { template: letter.md } }, then: end }";
        let found = typed_with(steps, &[("letter.md", text)]);
        assert_eq!(found, expected, "{text}");
    };
    check("{{ application.name }} {{ application.received | date }} {{ settings.least | number }}", &[]);
    check("{{ application.nmae }}", &["letter.md:1:4 unknown_name"]);
    check("{{ aplication.name }}", &["letter.md:1:4 unknown_name"]);
    check("\n {{ steps.ask.wy }}", &["letter.md:2:15 unknown_name"]);
    check("{% if steps.ask.wy %}x{% endif %}", &["letter.md:1:17 unknown_name"]);
    check("{{ steps.ask.why | default(\"\") }}", &[]);
    check("{{ application.name.first }}", &["letter.md:1:21 unknown_name"]);
    check("{{ application.name | dtae }}", &["letter.md:1:23 template_invalid"]);
    check("{{ application.size | date }}", &["letter.md:1:4 type_mismatch"]);
    check("{{ application.name | money }}", &["letter.md:1:4 type_mismatch"]);
    check("{{ application.size | period }}", &["letter.md:1:4 type_mismatch"]);
    check("{{ application.trees }}", &["letter.md:1:4 type_mismatch"]);
    check(
        "{{ application.trees | length }}{% for tree in application.trees %}{{ tree.height }}{% endfor %}",
        &[],
    );
    check("{% set application = 3 %}{{ application }}", &[]);
}

/// A file of statements is checked as well, and the place is that within it.
#[test]
fn scripts_fit_the_data() {
    let check = |script: &str, expected: &[&str]| {
        let process = format!(
            "{HEAD}settings: {{ least: {{ type: integer, default: 3, title: {{ de: M, en: L }} }} }}\nsteps:\n  a: {{ compute: rules/x.rhai }}\n"
        );
        assert_eq!(problems(&[("process.yaml", &process), ("rules/x.rhai", script)]), expected, "{script}");
    };
    check("let least = settings.least;\n#{ x: least * 2 }", &[]);
    check("let least = settings.least;\n#{ x: least * \"a\" }", &["rules/x.rhai:2:13 type_mismatch"]);
    check("let no = file.number ?? \"\";\n#{ x: no.len() }", &[]);
    check("let no = file.number;\n#{ x: no.len() }", &["rules/x.rhai:2:10 may_be_missing"]);
    check("let no = file.number;\nif no == () { return #{}; }\n#{ x: no.len() }", &[]);
    check("let n = 0;\nn = \"a\";\n#{ x: n + 1 }", &[]);
}

/// A process with one applicant, these acts, and a step that issues one of them.
#[track_caller]
fn check_acts(acts: &str, step: &str, expected: &[&str]) {
    check(
        &format!("parties: {{ applicant: 1.. }}\nacts: {{ {acts} }}\nsteps:\n  a: {{ {step} }}\n"),
        expected,
    );
}

#[test]
fn acts_have_a_law_an_addressee_and_a_step() {
    let permit = "permit: { law: VwVfG, sphere: own, to: each applicant }";
    let issue = "issue: permit, with: { title: T, body: B }";
    check_acts(permit, issue, &[]);
    check_acts(
        permit,
        "issue: permt, with: { title: T, body: B }",
        &["process.yaml:6:9 act_never_issued", "process.yaml:8:15 unknown_act"],
    );
    check_acts(permit, "end: true", &["process.yaml:6:9 act_never_issued"]);
    check_acts(
        permit,
        "issue: permit",
        &["process.yaml:6:9 act_never_issued", "process.yaml:8:6 missing_key"],
    );
    check_acts(
        permit,
        "issue: permit, with: { title: T, body: B, addressee: X }",
        &["process.yaml:8:50 unknown_key"],
    );
    check_acts(
        permit,
        "issue: permit, with: { title: T, body: B, remedy: { period: 1 mnth } }",
        &["process.yaml:8:68 period_invalid"],
    );
    check_acts("permit: { law: VwVfG, sphere: own }", issue, &["process.yaml:8:15 act_without_addressee"]);
    check_acts(
        "permit: { law: VwVfG, sphere: own, to: each aplicant }",
        issue,
        &["process.yaml:6:48 unknown_party", "process.yaml:8:15 act_without_addressee"],
    );
    check_acts("permit: { law: KAG-LSA, sphere: own, to: each applicant }", issue, &[]);
    check_acts("permit: { law: XYZ, sphere: own, notification: AO, to: each applicant }", issue, &[]);
    check_acts(
        &format!("{permit}, all: {{ law: VwVfG, sphere: own }}"),
        issue,
        &["process.yaml:6:66 act_never_issued", "process.yaml:6:66 name_taken"],
    );
    check_acts(
        "permit: { law: VwVfG, sphere: own, to: each applicant, after: refusal }",
        issue,
        &["process.yaml:6:7 unknown_act"],
    );
    check_acts(
        "permit: { law: VwVfG, sphere: own, to: each applicant, after: permit }",
        issue,
        &["process.yaml:6:7 acts_in_a_circle"],
    );
    check_acts(
        permit,
        "issue: permit, with: { title: T, body: B, remedy: { period: 48 hours } }",
        &["process.yaml:8:68 period_invalid"],
    );
    check_acts(
        "permit: { law: VwVfG, sphere: own, to: each applicant, subject: fish }",
        "end: true",
        &["process.yaml:6:9 act_never_issued", "process.yaml:6:73 unknown_subject"],
    );
    check_acts(
        "permit: { law: XYZ, sphere: own, to: each applicant }",
        "end: true",
        &["process.yaml:6:9 act_never_issued", "process.yaml:6:24 notification_law_needed"],
    );
}

#[test]
fn text_blocks_are_read() {
    let step =
        |asked: &str| format!("steps:\n  a: {{ decide: {{ {asked} }}, then: e }}\n  e: {{ end: true }}\n");
    let process = format!("{HEAD}{}", step("texts: texts.yaml"));
    let said = |texts: &str, expected: &[&str]| {
        assert_eq!(problems(&[("process.yaml", &process), ("texts.yaml", texts)]), expected, "{texts}");
    };
    let title = "title: { de: A, en: A }";
    said(&format!("texts:\n  a: {{ {title}, text: Gut }}\n"), &[]);
    said(
        &format!(
            "texts:\n  a: {{ {title}, when: file.number != (), kind: charge, due: today, norm: § 1 A, text: Gut }}\n"
        ),
        &[],
    );
    said("texts: {}\n", &["texts.yaml:1:1 no_texts"]);
    // Without a translation, a text, a known kind; with something unknown.
    said("texts:\n  a: { title: { de: A }, text: Gut }\n", &["texts.yaml:2:15 missing_key"]);
    said("texts:\n  a: { text: Gut }\n", &["texts.yaml:2:6 missing_key"]);
    said(&format!("texts:\n  a: {{ {title} }}\n"), &["texts.yaml:2:6 missing_key"]);
    said(
        &format!("texts:\n  a: {{ {title}, kind: chrage, text: Gut }}\n"),
        &["texts.yaml:2:39 unknown_condition_kind"],
    );
    said(&format!("texts:\n  a: {{ {title}, if: today, text: Gut }}\n"), &["texts.yaml:2:33 unknown_key"]);
    // What cannot be read, or is not there.
    said(
        &format!("texts:\n  a: {{ {title}, text: \"{{{{ file.nr }}}}\" }}\n"),
        &["texts.yaml:2:39 unknown_name"],
    );
    said(
        &format!("texts:\n  a: {{ {title}, text: \"{{% include 'x' %}}\" }}\n"),
        &["texts.yaml:2:39 template_invalid"],
    );
    said(
        &format!("texts:\n  a: {{ {title}, when: 'file.number >', text: Gut }}\n"),
        &["texts.yaml:2:39 rule_invalid"],
    );
    said(
        &format!("texts:\n  a: {{ {title}, when: file.received_on, text: Gut }}\n"),
        &["texts.yaml:2:39 type_mismatch"],
    );
    let table =
        "inputs: { a: file.received_on }\noutputs: { b: {} }\nrows:\n  - { when: {}, then: { b: x } }\n";
    let traced = |trace: &str, expected: &[&str]| {
        let process = format!("{HEAD}{}", step(&format!("table: t.yaml{trace}")));
        assert_eq!(problems(&[("process.yaml", &process), ("t.yaml", table)]), expected, "{trace}");
    };
    traced(", trace: basis", &[]);
    traced(", trace: b", &["process.yaml:6:40 trace_named_twice"]);
    traced("", &["process.yaml:6:16 missing_key"]);
}

#[test]
fn acts_say_what_the_law_asks_for() {
    let act = |more: &str| format!("permit: {{ law: VwVfG, sphere: own, to: each applicant, {more} }}");
    let issue = "issue: permit, with: { title: T, body: B }, then: h }\n  h: { task: { title: { de: H, en: H } }, role: clerk }\n  l: { effect: letter, with: { title: T, body: B }";
    check_acts(&act("automated: BauO LSA § 64, discretion: true, adverse: false"), issue, &[]);
    check_acts(&act("automated: yes"), issue, &["process.yaml:6:75 provision_expected"]);
    check_acts(&act("hearing: h"), issue, &[]);
    check_acts(&act("hearing: [h, k]"), issue, &["process.yaml:6:77 unknown_step"]);
    check_acts(&act("hearing: l"), issue, &["process.yaml:6:73 hearing_without_answer"]);
    check_acts(&act("hearing: a"), issue, &["process.yaml:6:73 hearing_without_answer"]);
    check_acts(&act("hearing: { not_needed: VwVfG § 28 Abs. 2 Nr. 4 }"), issue, &[]);
    check_acts(&act("hearing: { not_needed: AsylG § 1 }"), issue, &[]);
    check_acts(&act("hearing: { not_needed: eilig }"), issue, &["process.yaml:6:87 provision_expected"]);
    check_acts(
        &act("hearing: { not_needed: VwVfG § 28 Abs. 2 Nr. 8 }"),
        issue,
        &["process.yaml:6:87 hearing_exception_unknown"],
    );
    check_acts(&act("hearing: {}"), issue, &["process.yaml:6:73 missing_key"]);
    check_acts(&act("instruction: remedy"), issue, &["process.yaml:6:77 unknown_setting"]);
}

#[test]
fn rules_know_the_parties_and_acts_of_the_process() {
    let of = |rule: &str| {
        format!(
            "choose: [{{ when: \"{rule}\", then: b }}, {{ else: b }}] }}\n  b: {{ issue: permit, with: {{ title: T, body: B }}"
        )
    };
    let permit = "permit: { law: VwVfG, sphere: own, to: each applicant }";
    check_acts(permit, &of("acts.permit?.final == true"), &[]);
    check_acts(
        permit,
        &of("acts.all.len() > 1 && parties.applicant.some(|it| it.name == 'x')").replace('\'', "\\\""),
        &[],
    );
    check_acts(permit, &of("acts.permt?.final == true"), &["process.yaml:8:25 unknown_name"]);
    check_acts(permit, &of("parties.aplicant.len() > 1"), &["process.yaml:8:25 unknown_name"]);
    check_acts(permit, &of("acts.permit.final"), &["process.yaml:8:25 may_be_missing"]);
    check_acts(permit, &of("acts.permit?.finl == true"), &["process.yaml:8:25 unknown_name"]);
}

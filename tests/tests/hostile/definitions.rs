//! Files that are broken, huge, deep, clever or wrong.

use std::process::Command;

use fachwerk_core::{language::check_block_folder, scenario};
use fachwerk_tests::scratch::Scratch;

use super::{
    HEAD, TITLE, check, check_many, check_steps, check_text, check_told, folder, in_time, joined, lines,
};
use fachwerk_core::diagnostic::Problems;

#[test]
fn yaml_that_is_none() {
    check_text("", &["process.yaml:1:1 file_empty"]);
    check_text("# nur ein Kommentar", &["process.yaml:1:1 file_empty"]);
    check_text("\0\0", &["process.yaml:1:1 yaml_syntax"]);
    check_text("process: a\u{1}b", &["process.yaml:1:10 yaml_syntax"]);
    check_text("process: \"abc\nversion: 1", &["process.yaml:1:10 yaml_syntax"]);
    check_text("process:\tp\n\tversion: 1", &["process.yaml:1:10 yaml_syntax"]);
    check_text("a: }", &["process.yaml:1:4 yaml_syntax"]);
    check(&[("process.yaml", &[0xff, 0xfe, 0x70, 0])], &["process.yaml:1:1 not_utf8"]);
    check(&[], &["process.yaml:1:1 file_missing"]);
    check_text("hello", &["process.yaml:1:1 wrong_kind"]);
    check_text("[1, 2]", &["process.yaml:1:1 wrong_kind"]);
}

#[test]
fn yaml_that_is_clever() {
    check_text("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]", &["process.yaml:1:7 yaml_feature_refused"]);
    check_text("a: *a", &["process.yaml:1:4 yaml_syntax"]);
    check_text("a: &a [*a]", &["process.yaml:1:7 yaml_feature_refused"]);
    check_text("process: !!python/object/apply:os.system [x]", &["process.yaml:1:42 yaml_feature_refused"]);
    check_text("process: p\n---\nprocess: q", &["process.yaml:2:1 yaml_documents"]);
    check_text("? [a, b]\n: 1", &["process.yaml:1:3 key_not_text"]);
    // No merging: `<<` is a key like any other.
    check_steps("steps: { a: { end: true, <<: { then: b } } }", &["process.yaml:5:26 unknown_key"]);
}

#[test]
fn yaml_that_is_too_much() {
    check_text(&"x".repeat(1_000_001), &["process.yaml:1:1 file_too_large"]);
    let million = joined(1_000_000, "\n", |at| format!("  s{at}: {{ end: true }}"));
    check_text(&format!("{HEAD}steps:\n{million}"), &["process.yaml:1:1 file_too_large"]);
    check_text(&format!("process: [{}]", "1,".repeat(400_000)), &["process.yaml:1:40009 too_many_values"]);
    check_text(&"- ".repeat(300_000), &["process.yaml:1:129 too_deep"]);
    check_text(&"[".repeat(500_000), &["process.yaml:1:256 yaml_syntax"]);
    check_text(&"{a: ".repeat(100_000), &["process.yaml:1:1021 yaml_syntax"]);
    check_text(&"? ".repeat(300_000), &["process.yaml:1:3 key_not_text"]);
    check_steps(
        &format!("steps:\n{}", joined(10_000, "\n", |at| format!("  s{at}: {{ end: true }}"))),
        &[
            // Line 5,000 is step 4,994: four values each, and the head.
            "process.yaml:5000:10 too_many_values",
        ],
    );
}

#[test]
fn many_mistakes_cost_no_more_than_some() {
    // 1,900 names beside 1,900 misspellings of them.
    let steps = joined(1_900, "\n", |at| {
        format!("  step-number-{at}: {{ compute: {{ a: '1' }}, then: stap-nimber-{at} }}")
    });
    check_many(&format!("steps:\n{steps}"), "process.yaml:6:47 unknown_step", 500);
    let keys = joined(9_900, "\n", |at| format!("k{at}: 1"));
    check_many(&format!("{keys}\nsteps: {{ a: {{ end: true }} }}"), "process.yaml:5:1 unknown_key", 500);
    let rules = joined(1_500, ", ", |at| format!("x{at}: 'steps.nope_{at}.y'"));
    check_many(&format!("steps:\n  a: {{ compute: {{ {rules} }} }}"), "process.yaml:6:23 unknown_name", 500);
    let others = joined(9_000, ", ", |at| format!("b{at}"));
    let task = format!("role: clerk, task: {{ {TITLE}, fields: {{}} }}");
    check_many(
        &format!("steps: {{ a: {{ {task}, not_same_person_as: [{others}] }} }}"),
        "process.yaml:5:96 unknown_step",
        500,
    );
    // And what is many and right is right.
    let named =
        joined(1_900, "\n", |at| format!("  s-{at}: {{ wait: {{ w: {{ dispatch: s-{} }} }} }}", 1_899 - at));
    check_steps(&format!("steps:\n{named}"), &[]);
}

#[test]
fn keys_that_are_unknown_missing_or_double() {
    check_steps("steps: { a: { end: true, colour: red } }", &["process.yaml:5:26 unknown_key"]);
    check_steps(
        "steps: { a: { end: true } }\nsteps: { b: { end: true } }",
        &["process.yaml:6:1 duplicate_key"],
    );
    check_steps("steps: { a: { end: true }, a: { end: true } }", &["process.yaml:5:28 duplicate_key"]);
    check_steps("steps: {}", &["process.yaml:5:8 no_steps"]);
    check_steps("steps: { a: {} }", &["process.yaml:5:10 no_kind"]);
    check_steps("steps: { a: { end: true, compute: { x: '1' } } }", &["process.yaml:5:26 two_kinds"]);
    check_steps("steps: { 🏠: { end: true } }", &["process.yaml:5:10 id_not_kebab"]);
    check_steps("steps: { a: { end: 5 } }", &["process.yaml:5:20 wrong_kind"]);
    check_text(
        "process: p",
        &["process.yaml:1:1 missing_key", "process.yaml:1:1 missing_key", "process.yaml:1:1 missing_key"],
    );
}

#[test]
fn rules_that_are_none() {
    let rule =
        |rule: &str| format!("steps: {{ a: {{ compute: {{ x: {} }} }} }}", serde_json::Value::from(rule));
    let invalid = &["process.yaml:5:29 rule_invalid"];
    for text in [
        "1 +",
        "1.5",
        "99999999999999999999",
        "loop { }",
        "while true { }",
        "import \"x\" as y; 1",
        "eval(\"1\")",
        "1 << 2",
        "let x = 1; x",
    ] {
        check_steps(&rule(text), invalid);
    }
    for text in [
        format!("{}1", "1 + ".repeat(25_000)),
        format!("{}1{}", "(".repeat(3_000), ")".repeat(3_000)),
        format!("{}true", "!".repeat(7_000)),
        format!("{}1{}", "[".repeat(3_000), "]".repeat(3_000)),
        format!("{}1{}", "#{a: ".repeat(1_000), "}".repeat(1_000)),
        "-".repeat(8_000),
    ] {
        check_steps(&rule(&text), invalid);
    }
    check_steps(&rule("application.nobody"), &["process.yaml:5:29 unknown_name"]);
    let script = |text: &[u8], expected: &[&str]| {
        let process = format!("{HEAD}steps: {{ a: {{ compute: x.rhai }} }}");
        check(&[("process.yaml", process.as_bytes()), ("x.rhai", text)], expected);
    };
    script(&[0xff, 0xfe, 0], &["process.yaml:5:24 file_unreadable"]);
    script("let a = 1;\n".repeat(90_000).as_bytes(), &["x.rhai:1:1 rule_invalid"]);
    script(b"#{ a: 1 }\n}", &["x.rhai:2:1 rule_invalid"]);
    check_steps("steps: { a: { compute: ../../etc/passwd } }", &["process.yaml:5:24 file_missing"]);
}

#[test]
fn templates_that_are_none() {
    let template = |text: &str, expected: &[&str]| {
        let process =
            format!("{HEAD}steps: {{ a: {{ effect: letter, with: {{ t: {{ template: x.md }} }} }} }}");
        check(&[("process.yaml", process.as_bytes()), ("x.md", text.as_bytes())], expected);
    };
    template("{% for %}", &["x.md:1:1 template_invalid"]);
    template("a\n{% include 'x.md' %}", &["x.md:2:4 template_invalid"]);
    template("{{ nobody }}", &["x.md:1:4 unknown_name"]);
    template(&"{% if true %}".repeat(5_000), &["x.md:1:1 template_invalid"]);
    template(
        &format!("{{{{ {}1{} }}}}", "(".repeat(5_000), ")".repeat(5_000)),
        &["x.md:1:1 template_invalid"],
    );
    template(&"x".repeat(300_000), &["x.md:1:1 template_invalid"]);
}

#[test]
fn values_that_are_none() {
    let setting = |value: &str| {
        format!(
            "settings: {{ a: {{ type: integer, default: {value}, {TITLE} }} }}\nsteps: {{ a: {{ end: true }} }}"
        )
    };
    for value in ["1.5", "1e400", "9223372036854775808", "0x10", "ten", "[1]", "true"] {
        check_steps(&setting(value), &["process.yaml:5:11 default_does_not_fit"]);
    }
    check_steps(&setting("-9223372036854775808"), &[]);
    let period = |text: &str| {
        format!("steps: {{ a: {{ wait: {{ w: {{ deadline: {{ {TITLE}, period: {text} }} }} }} }} }}")
    };
    for text in ["soon", "99999999999999999999 days", "-1 week", "0 days", "1.5 months", "5000 years"] {
        check_steps(&period(text), &["process.yaml:5:73 period_invalid"]);
    }
    let number = |pattern: &str| format!("steps: {{ a: {{ number: {{ pattern: '{pattern}' }} }} }}");
    for pattern in ["", "x", "{number}{number}", "}{", "{number:99}", "{nmber}", "{number"] {
        check_steps(&number(pattern), &["process.yaml:5:34 number_pattern_invalid"]);
    }
}

#[test]
fn forms_that_are_none() {
    let form = |fields: &str| {
        format!("steps: {{ a: {{ role: clerk, task: {{ {TITLE}, fields: {{ {fields} }} }} }} }}")
    };
    let field = |at: usize| format!("f{at}: {{ type: text, {TITLE} }}");
    // 5,000 fields of ten values each are beyond what a file may hold; 1,900 are a form.
    check_steps(&form(&joined(5_000, ", ", field)), &["process.yaml:5:94797 too_many_values"]);
    check_steps(&form(&joined(1_900, ", ", field)), &[]);
    check_steps(&form(&format!("f: {{ type: number, {TITLE} }}")), &["process.yaml:5:82 unknown_type"]);
    check_steps(&form("f: { type: text }"), &["process.yaml:5:71 field_without_title"]);
    check_steps(&form(&format!("F-1: {{ type: text, {TITLE} }}")), &["process.yaml:5:71 field_not_snake"]);
    for pattern in ["(", "[[[", "*", "(?P<a>x)(?P<a>y)", "(((a{1,100}){1,100}){1,100}){1,100}"] {
        let field = format!("f: {{ type: text, pattern: '{pattern}', {TITLE} }}");
        check_steps(&form(&field), &["process.yaml:5:34 pattern_invalid"]);
    }
    let process = format!("{HEAD}steps: {{ a: {{ role: clerk, task: process.yaml }} }}");
    check(
        &[("process.yaml", process.as_bytes())],
        &[
            "process.yaml:1:1 unknown_key",
            "process.yaml:2:1 unknown_key",
            "process.yaml:4:1 unknown_key",
            "process.yaml:5:1 unknown_key",
        ],
    );
}

#[test]
fn tables_that_are_none() {
    let table = |text: &str, expected: &[&str]| {
        let process = format!("{HEAD}steps: {{ a: {{ decide: t.yaml }} }}");
        check(&[("process.yaml", process.as_bytes()), ("t.yaml", text.as_bytes())], expected);
    };
    let head = "inputs: { a: '1' }\noutputs: { b: }\n";
    table("", &["t.yaml:1:1 file_empty"]);
    table("inputs: {}\noutputs: {}\nrows: []", &["t.yaml:1:1 table_invalid"]);
    table(&format!("{head}hit_policy: best\nrows: []"), &["t.yaml:3:13 unknown_hit_policy"]);
    table(
        &format!("{head}rows: [{{ when: {{ a: '>>> 3' }}, then: {{ b: 1 }} }}]"),
        &["t.yaml:3:21 table_invalid"],
    );
    table(
        &format!("{head}rows: [{{ when: {{ a: 1.5 }}, then: {{ b: 1 }} }}]"),
        &["t.yaml:3:21 table_invalid"],
    );
    table(
        &format!("{head}rows: [{{ then: {{ c: 1 }} }}]"),
        &["t.yaml:3:16 missing_key", "t.yaml:3:18 unknown_column"],
    );
    let inputs = joined(500, ", ", |at| format!("a{at}: '1'"));
    table(
        &format!("inputs: {{ {inputs} }}\noutputs: {{ b: }}\nrows: [{{ then: {{ b: 1 }} }}]"),
        &["t.yaml:1:1 table_invalid"],
    );
    let ranges = joined(10_000, ",", |at| format!("[{at}..{}]", at + 100_000));
    table(
        &format!("{head}rows: [{{ when: {{ a: '{ranges}' }}, then: {{ b: 1 }} }}]"),
        &["t.yaml:3:21 table_invalid"],
    );
    let rows = joined(2_900, "\n", |at| format!("  - {{ when: {{ a: {at} }}, then: {{ b: {at} }} }}"));
    table(&format!("{head}rows:\n{rows}"), &["t.yaml:2225:18 too_many_values"]);
    // A thousand rows that all overlap are a table.
    let rows = joined(1_000, "\n", |at| {
        format!("  - {{ when: {{ a: '> {at}', c: '[{at}..{}]' }}, then: {{ b: {at} }} }}", 2 * at)
    });
    table(&format!("inputs: {{ a: '1', c: '2' }}\noutputs: {{ b: }}\nhit_policy: first\nrows:\n{rows}"), &[]);
}

#[test]
fn schemas_that_are_none() {
    let schema = |text: &str, expected: &[&str]| {
        let process = format!("{HEAD}data: s.json\nsteps: {{ a: {{ end: true }} }}");
        check(&[("process.yaml", process.as_bytes()), ("s.json", text.as_bytes())], expected);
    };
    let field = |rest: &str| {
        format!(r#"{{"type":"object","properties":{{"a":{{"x-title":{{"de":"a","en":"b"}},{rest}}}}}}}"#)
    };
    schema("", &["s.json:1:1 file_empty"]);
    schema("[]", &["s.json:1:1 wrong_kind"]);
    schema("{} {}", &["s.json:1:4 json_syntax"]);
    schema("{\"type\": \"object\"", &["s.json:1:17 json_syntax"]);
    schema(r#"{"type":"array"}"#, &["s.json:1:1 wrong_kind"]);
    schema(&field(r##""$ref":"#""##), &["s.json:1:36 missing_key"]);
    schema(&field(r#""type":"number""#), &["s.json:1:74 unknown_type"]);
    schema(&field(r#""type":"string","format":"uri""#), &["s.json:1:92 unknown_format"]);
    schema(&field(r#""type":"string","anyOf":[]"#), &["s.json:1:83 unknown_key"]);
    schema(&field(r#""type":"string","maxLength":99999999999"#), &["s.json:1:36 length_out_of_range"]);
    schema(&field(r#""type":"string","maxLength":1.5"#), &["s.json:1:95 wrong_kind"]);
    schema(&field(r#""type":"string","pattern":"((""#), &["s.json:1:1 pattern_invalid"]);
    schema(&field(r#""type":"string","type":"integer""#), &["s.json:1:83 duplicate_key"]);
    schema(r#"{"type":"object","required":["a"],"properties":{}}"#, &["s.json:1:30 unknown_field"]);
    schema(&format!("{}1", r#"{"type":"object","properties":{"a":"#.repeat(40)), &["s.json:1:1121 too_deep"]);
    let columns = joined(30, ",", |at| {
        format!(r#""a{at}":{{"type":"boolean","x-list":true,"x-title":{{"de":"a","en":"b"}}}}"#)
    });
    schema(&format!(r#"{{"type":"object","properties":{{{columns}}}}}"#), &["s.json:1:1 too_many_columns"]);
}

#[test]
fn scenarios_that_are_none() {
    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let (scenario, problems) =
            in_time(|| scenario::read(&folder(&[("scenarios/a.yaml", text.as_bytes())]), "scenarios/a.yaml"));
        assert_eq!(
            lines(&problems),
            expected.iter().map(|line| format!("scenarios/a.yaml:{line}")).collect::<Vec<_>>()
        );
        assert_eq!(scenario.is_some(), expected.is_empty());
        check_told(&problems);
    }
    let head = "scenario: x\nnow: 2026-03-02T09:00\n";
    check("", &["1:1 file_empty"]);
    check("scenario: x", &["1:1 missing_key", "1:1 missing_key"]);
    check("scenario: x\nnow: gestern\ndo: []", &["2:6 time_invalid"]);
    check(&format!("{head}do: [{{ fly: true }}]"), &["3:6 no_action", "3:8 unknown_key"]);
    check(&format!("{head}do: [5]"), &["3:6 wrong_kind"]);
    check(&format!("{head}do: [{{ advance: soon }}]"), &["3:17 period_invalid"]);
    check(&format!("{head}do: [{{ advance_to: 2026-13-01T00:00 }}]"), &["3:20 time_invalid"]);
    check(&format!("{head}do: [{{ as: a, complete: x, with: 1 }}]"), &["3:34 wrong_kind"]);
    check(&format!("{head}do: [{{ message: x, received_on: 31.2.2026 }}]"), &["3:33 time_invalid"]);
    check(&format!("{head}do: [{{ expect: {{ weather: fine }} }}]"), &["3:18 unknown_key"]);
    check(&format!("{head}do: [{{ start: {{ data: nobody.json }} }}]"), &["3:23 file_missing"]);
    check(&format!("{head}do: [{{ refused: {{ note: x }} }}]"), &["3:17 missing_key"]);
    check(&format!("{head}tenant: {{ land: Atlantis }}\ndo: []"), &["3:17 unknown_land"]);
    check(&format!("{head}do: [{}]", "{ note: x },".repeat(9_000)), &["3:79988 too_many_values"]);
}

#[test]
fn data_that_is_none() {
    #[track_caller]
    fn check(text: &str, expected: Result<&str, &[&str]>) {
        let read = in_time(|| scenario::read_json("d.json", text.as_bytes()));
        let read = read.map(|data| serde_json::Value::Object(data).to_string());
        let expected = expected.map(str::to_owned);
        assert_eq!(
            read.map_err(|problems| lines(&problems)),
            expected.map_err(|lines| lines.iter().map(|line| format!("d.json:{line}")).collect())
        );
    }
    check("{\"a\": [1, null, \"x\"]}", Ok("{\"a\":[1,null,\"x\"]}"));
    check("", Err(&["1:1 file_empty"]));
    check("[1]", Err(&["1:1 wrong_kind"]));
    check("{\"a\": ", Err(&["1:6 json_syntax"]));
    check("{\"a\": 1, \"a\": 2}", Err(&["1:10 duplicate_key"]));
    check("{\"a\": \"\\ud800\"}", Err(&["1:7 yaml_syntax"]));
    check(&format!("{{\"a\": {}1{}}}", "[".repeat(70), "]".repeat(70)), Err(&["1:70 too_deep"]));
    // A fraction never becomes a number: it stays a text, which no field for numbers takes.
    check("{\"a\": 1.5}", Ok("{\"a\":\"1.5\"}"));
    check("{\"a\": 99999999999999999999}", Ok("{\"a\":\"99999999999999999999\"}"));
}

#[test]
fn blocks_that_are_none() {
    #[track_caller]
    fn check(name: &str, text: &str, expected: &[&str]) {
        let mut block = folder(&[
            ("block.yaml", text.as_bytes()),
            ("README.md", b"x"),
            ("scenarios/a.yaml", b"steps: { a: { block: b@1 } }"),
        ]);
        block.name = name.into();
        let mut problems = Problems::default();
        in_time(|| check_block_folder(&block, &mut problems));
        let problems = problems.into_sorted();
        assert_eq!(
            lines(&problems),
            expected.iter().map(|line| format!("{name}/block.yaml:{line}")).collect::<Vec<_>>()
        );
        check_told(&problems);
    }
    let sound = "block: b\nversion: 1.0.0\ntitle: { de: a, en: b }\nsummary: { de: a, en: b }\ncategory: intake\nsteps: { a: { end: true } }\n";
    check("b", sound, &[]);
    check("c", sound, &["1:1 block_not_in_its_folder"]);
    // Nothing that its scenarios do is about it.
    let other = sound.replace("block: b\n", "block: c\n");
    check("c", &other, &["1:1 block_not_in_scenarios"]);
    check("b", "", &["1:1 file_empty"]);
    check("b", "5", &["1:1 wrong_kind"]);
    check("b", &sound.replace("1.0.0", "one"), &["2:10 version_invalid"]);
    check("b", &sound.replace("intake", "outtake"), &["5:11 unknown_category"]);
    check("b", &format!("{sound}wheels: 4"), &["7:1 unknown_key"]);
    check(
        "b",
        &format!("{sound}parameters: {{ p: {{ type: text, {TITLE} }} }}"),
        &["7:15 parameter_without_help"],
    );
}

/// Ten mistakes of ten sorts in one process: each is named, with its place.
const TEN_MISTAKES: &str = r#"process: Ten Mistakes
version: eins
title: { de: Zehn Fehler }
roles:
  clerk: { title: { de: Amt, en: Office } }
steps:
  examine:
    role: boss
    task: forms/nobody.yaml
    then: decid
  decide:
    compute: { fee: "1.5 +" }
    then: finish
  await:
    wait: { over: { deadline: { title: { de: Frist, en: Deadline }, period: bald } } }
    colour: red
  finish: { end: true, end: true }
"#;

const TEN_PLACES: [&str; 10] = [
    "process.yaml:1:10 id_not_kebab",
    "process.yaml:2:10 version_invalid",
    "process.yaml:3:8 missing_key",
    "process.yaml:8:11 unknown_role",
    "process.yaml:9:11 file_missing",
    "process.yaml:10:11 unknown_step",
    "process.yaml:12:21 rule_invalid",
    "process.yaml:15:77 period_invalid",
    "process.yaml:16:5 unknown_key",
    "process.yaml:17:24 duplicate_key",
];

#[test]
fn ten_mistakes_have_ten_places() {
    check_text(TEN_MISTAKES, &TEN_PLACES);
}

/// The same through the program itself, when it is built.
#[test]
fn ten_mistakes_are_named_by_the_program() {
    let beside =
        std::env::current_exe().ok().and_then(|test| Some(test.parent()?.parent()?.join("fachwerk")));
    let program =
        std::env::var_os("FACHWERK_BIN").map(Into::into).or(beside.filter(|program| program.is_file()));
    let Some(program) = program else {
        eprintln!("SKIPPED: `fachwerk check`, because there is no binary; cargo build -p fachwerk makes it");
        return;
    };
    let scratch = Scratch::new("hostile");
    std::fs::create_dir_all(scratch.path()).expect("a folder can be made");
    std::fs::write(scratch.path().join("process.yaml"), TEN_MISTAKES).expect("a file can be written");
    let said = in_time(|| {
        Command::new(program).arg("check").arg(scratch.path()).args(["--format", "json"]).output()
    });
    let said = said.expect("the program starts");
    let problems: Vec<serde_json::Value> = serde_json::from_slice(&said.stdout).expect("it says JSON");
    let place = |problem: &serde_json::Value| {
        let file = problem["file"].as_str().and_then(|file| file.rsplit('/').next()).unwrap_or_default();
        format!(
            "{file}:{}:{} {}",
            problem["line"],
            problem["column"],
            problem["code"].as_str().unwrap_or_default()
        )
    };
    let warned = ["process.yaml:1:1 process_without_scenario"];
    let expected: Vec<&str> = warned.iter().chain(TEN_PLACES.iter()).copied().collect();
    assert_eq!(problems.iter().map(place).collect::<Vec<_>>(), expected);
    assert_eq!(said.status.code(), Some(1));
}

//! What scenarios say of a process: what they reach and what never, and what a line expected beside what is there.

use fachwerk_core::{
    definition::Release,
    diagnostic::Problems,
    event::EffectError,
    language::{Catalogue, Folder, compile, read_block},
    scenario::{self, Compared, Coverage, Expectation, Made, Report, Simulation, View},
    words::{Text, Value},
};
use serde_json::json;

const HEAD: &str = "process: test\nversion: 1.0.0\ntitle: { de: Test, en: Test }\nroles: { clerk: { title: { de: S, en: C } } }\n";
const SCENARIO: &str = "scenario: S\npeople: { jan: [clerk] }\nnow: 2026-03-02T09:00\n";
/// A task with two outcomes.
const ASK: &str = "task: { title: { de: T, en: T }, fields: { outcome: { type: choice, title: { de: E, en: O }, options: { yes: { de: j, en: y }, no: { de: n, en: n } } } } }, role: clerk";

fn folder(name: &str, files: &[(&str, &str)]) -> Folder {
    let files = files.iter().map(|(name, text)| ((*name).into(), text.as_bytes().into()));
    Folder { name: name.into(), files: files.collect() }
}

fn release(folder: &Folder, catalogue: &Catalogue) -> Release {
    let compiled = compile(folder, catalogue);
    compiled.release.unwrap_or_else(|| panic!("{:#?}", compiled.problems))
}

fn connector(_: &str, _: &Value) -> Result<Made, EffectError> {
    let message = Text::new("keine Anbindung", "no connector");
    Err(EffectError { code: "connector_unknown".into(), message, retry: false })
}

/// Plays a scenario; what it reaches is added.
fn play(folder: &Folder, path: &str, release: &Release, coverage: Option<&mut Coverage>) -> Report {
    let (scenario, problems) = scenario::read(folder, path);
    let scenario = scenario.unwrap_or_else(|| panic!("{problems:#?}"));
    let mut world = Simulation::new(&scenario, release, &connector).expect("the place is known");
    let report = scenario::run(&scenario, release, &mut world);
    if let Some(coverage) = coverage {
        coverage.add(release, &world.turns);
    }
    report
}

/// All points of a process as `count text`, in their order, and then the gaps as `line text`.
#[track_caller]
fn check(steps: &str, more: &[(&str, &str)], scenarios: &[&str], (points, gaps): (&[&str], &[&str])) {
    let process = format!("{HEAD}{steps}");
    let written: Vec<(String, String)> = scenarios
        .iter()
        .enumerate()
        .map(|(number, moves)| (format!("scenarios/{number}.yaml"), format!("{SCENARIO}do:\n{moves}")))
        .collect();
    let mut files = vec![("process.yaml", process.as_str())];
    files.extend(more);
    files.extend(written.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let folder = folder("test", &files);
    let release = release(&folder, &Catalogue::default());
    let mut coverage = Coverage::of_process(&folder, &release);
    for (path, _) in &written {
        let report = play(&folder, path, &release, Some(&mut coverage));
        assert!(report.passed(), "{:?}", report.failure());
    }
    told(&coverage, (points, gaps));
}

#[track_caller]
fn told(coverage: &Coverage, (points, gaps): (&[&str], &[&str])) {
    let marks = coverage.marks();
    let found: Vec<String> = marks.iter().map(|mark| format!("{} {}", mark.count, mark.text.en)).collect();
    assert_eq!(found, points);
    let found = coverage.gaps();
    let found: Vec<String> =
        found.iter().map(|mark| format!("{}:{} {}", mark.span.file, mark.span.line, mark.text.en)).collect();
    assert_eq!(found, gaps);
    let figures = coverage.figures().iter().map(|(_, _, figure)| figure.of).sum::<u32>() as usize;
    assert_eq!(figures, marks.len(), "every point is in one figure");
}

#[test]
fn steps_flows_and_outcomes() {
    let steps = format!(
        "steps:\n  a: {{ title: {{ de: A, en: A }}, {ASK}, then: {{ yes: b, no: c }} }}\n  b: {{ title: {{ de: B, en: B }}, end: good }}\n  c: {{ title: {{ de: C, en: C }}, end: bad }}\n"
    );
    let points = |yes: u32, no: u32| {
        vec![
            format!("{} The step “A”", yes.max(1)),
            format!("{no} The flow from “A” on `no` to “C”"),
            format!("{yes} The flow from “A” on `yes` to “B”"),
            format!("{no} “A” ends with `no`"),
            format!("{yes} “A” ends with `yes`"),
            format!("{yes} The step “B”"),
            format!("{yes} “B” ends with `good`"),
            format!("{no} The step “C”"),
            format!("{no} “C” ends with `bad`"),
        ]
    };
    let begin = "  - start: {}\n";
    let yes = "  - start: {}\n  - { complete: a, as: jan, with: { outcome: yes } }\n";
    let borrowed = |points: &[String]| points.iter().map(|point| point.to_owned()).collect::<Vec<_>>();
    for (scenarios, points, gaps) in [
        (
            vec![begin],
            points(0, 0),
            vec![
                "test/process.yaml:6 The flow from “A” on `no` to “C”",
                "test/process.yaml:6 The flow from “A” on `yes` to “B”",
                "test/process.yaml:7 The step “B”",
                "test/process.yaml:8 The step “C”",
            ],
        ),
        (
            vec![yes, yes],
            points(2, 0),
            vec!["test/process.yaml:6 The flow from “A” on `no` to “C”", "test/process.yaml:8 The step “C”"],
        ),
    ] {
        let points = borrowed(&points);
        let points: Vec<&str> = points.iter().map(String::as_str).collect();
        check(&steps, &[], &scenarios, (&points, &gaps));
    }
}

#[test]
fn ways_of_a_choice_and_rows_of_a_table() {
    let steps = concat!(
        "steps:\n",
        "  d: { title: { de: D, en: D }, decide: table.yaml, then: w }\n",
        "  w: { title: { de: W, en: W }, choose: [ { when: \"steps.d.size > 5\", then: b }, { when: \"steps.d.size > 1\", then: b }, { else: c } ] }\n",
        "  b: { title: { de: B, en: B }, end: true }\n",
        "  c: { title: { de: C, en: C }, end: true }\n",
    );
    let table = "inputs: { x: \"1 + 1\" }\noutputs: { size: }\nhit_policy: collect\nrows:\n  - { when: { x: 1 }, then: { size: 1 } }\n  - { when: { x: 2 }, then: { size: 2 } }\ndefault: { size: 0 }\n";
    let table = table.replace("hit_policy: collect\n", "");
    check(
        steps,
        &[("table.yaml", &table)],
        &["  - start: {}\n"],
        (
            &[
                "1 The step “D”",
                "1 The flow from “D” to “W”",
                "1 The step “W”",
                "0 The flow from “W” else to “C”",
                "1 The flow from “W” when `steps.d.size > 1` to “B”",
                "0 The flow from “W” when `steps.d.size > 5` to “B”",
                "1 The step “B”",
                "0 The step “C”",
                "0 Row 1 of the table `table.yaml`",
                "1 Row 2 of the table `table.yaml`",
                "0 The default of the table `table.yaml` (no row matches)",
            ],
            &[
                "test/process.yaml:7 The flow from “W” else to “C”",
                "test/process.yaml:7 The flow from “W” when `steps.d.size > 5` to “B”",
                "test/process.yaml:9 The step “C”",
                "test/table.yaml:4 Row 1 of the table `table.yaml`",
                "test/table.yaml:6 The default of the table `table.yaml` (no row matches)",
            ],
        ),
    );
}

#[test]
fn rounds_count_for_their_step_and_handlers_for_their_scope() {
    let steps = concat!(
        "steps:\n",
        "  e: { title: { de: E, en: E }, each: { times: \"2\", as: n, steps: { t: { title: { de: T, en: T }, task: { title: { de: T, en: T } }, role: clerk } } }, then: g }\n",
        "  g:\n",
        "    title: { de: G, en: G }\n",
        "    group:\n",
        "      steps: { u: { title: { de: U, en: U }, task: { title: { de: U, en: U } }, role: clerk } }\n",
        "      on:\n",
        "        hurry: { message: hurry, interrupt: false, then: v }\n",
        "        stop: { message: stop, then: $stopped }\n",
        "    then: { stopped: z }\n",
        "  z: { title: { de: Z, en: Z }, end: true }\n",
    );
    let steps = steps.replace(
        "role: clerk } }\n      on:",
        "role: clerk }, v: { title: { de: V, en: V }, end: true } }\n      on:",
    );
    check(
        &steps,
        &[],
        &[
            "  - start: {}\n  - { complete: \"t[1]\", as: jan }\n  - { complete: \"t[2]\", as: jan }\n  - message: hurry\n  - { complete: u, as: jan }\n",
        ],
        (
            &[
                "1 The step “E”",
                "1 The flow from “E” to “G”",
                "2 The step “T”",
                "1 The step “G”",
                "0 The flow from “G” on `stopped` to “Z”",
                "0 “G” ends with `stopped`",
                "1 The step “U”",
                "1 The step “V”",
                "1 The reaction `hurry`",
                "0 The reaction `stop`",
                "0 The step “Z”",
            ],
            &[
                "test/process.yaml:7 The flow from “G” on `stopped` to “Z”",
                "test/process.yaml:13 The reaction `stop`",
                "test/process.yaml:15 The step “Z”",
            ],
        ),
    );
}

#[test]
fn a_process_covers_the_use_of_a_block_and_the_block_covers_its_inside() {
    let block = format!(
        "block: sign\nversion: 1.0.0\ntitle: {{ de: B, en: B }}\nsummary: {{ de: B, en: B }}\ncategory: decision\noutcomes: {{ yes: {{ title: {{ de: j, en: y }} }}, no: {{ title: {{ de: n, en: n }} }} }}\nsteps:\n  inner: {{ title: {{ de: I, en: I }}, {ASK}, then: {{ yes: $yes, no: $no }} }}\n"
    );
    let harness = format!(
        "{SCENARIO}steps:\n  it: {{ block: sign@1, then: again }}\n  again: {{ block: sign@1 }}\ndo:\n  - start: {{}}\n  - {{ complete: it, as: jan, with: {{ outcome: yes }} }}\n  - expect: {{ waiting: again }}\n  - {{ complete: again/inner, as: jan, with: {{ outcome: yes }} }}\n"
    );
    let block = folder(
        "blocks/sign",
        &[("block.yaml", &block), ("README.md", "# B"), ("scenarios/1.yaml", &harness)],
    );
    let mut catalogue = Catalogue::default();
    let mut problems = Problems::default();
    catalogue.add(block.clone(), &mut problems);
    let read = read_block(&block, &mut problems).expect("the block can be read");
    assert!(problems.is_empty(), "{:#?}", problems.into_sorted());
    let mut coverage = Coverage::of_block(&block, &read);
    let (scenario, problems) = scenario::read(&block, "scenarios/1.yaml");
    let around = scenario.and_then(|scenario| scenario.harness);
    let around = around.unwrap_or_else(|| panic!("{problems:#?}")).folder;
    let report = play(&block, "scenarios/1.yaml", &release(&around, &catalogue), Some(&mut coverage));
    assert!(report.passed(), "{:?}", report.failure());
    assert_eq!(coverage.missed_outcomes().map(|outcome| &**outcome).collect::<Vec<_>>(), ["no"]);
    told(
        &coverage,
        (
            &[
                "0 The block ends with `no`",
                "2 The block ends with `yes`",
                "2 The step “I”",
                "0 The flow from “I” on `no` to the outcome `no`",
                "2 The flow from “I” on `yes` to the outcome `yes`",
                "0 “I” ends with `no`",
                "2 “I” ends with `yes`",
            ],
            &[
                "blocks/sign/block.yaml:1 The block ends with `no`",
                "blocks/sign/block.yaml:8 The flow from “I” on `no` to the outcome `no`",
            ],
        ),
    );
    let process = format!(
        "{HEAD}steps:\n  s: {{ title: {{ de: S, en: S }}, block: sign@1, then: {{ yes: z, no: s }} }}\n  z: {{ title: {{ de: Z, en: Z }}, end: true }}\n"
    );
    let moves =
        format!("{SCENARIO}do:\n  - start: {{}}\n  - {{ complete: s, as: jan, with: {{ outcome: yes }} }}\n");
    let process = folder("p", &[("process.yaml", &process), ("scenarios/1.yaml", &moves)]);
    let release = release(&process, &catalogue);
    let mut coverage = Coverage::of_process(&process, &release);
    play(&process, "scenarios/1.yaml", &release, Some(&mut coverage));
    told(
        &coverage,
        (
            &[
                "1 The step “S”",
                "0 The flow from “S” on `no` to “S”",
                "1 The flow from “S” on `yes` to “Z”",
                "0 “S” ends with `no`",
                "1 “S” ends with `yes`",
                "1 The step “Z”",
            ],
            &["p/process.yaml:6 The flow from “S” on `no` to “S”"],
        ),
    );
}

/// Two tasks side by side, one of them in a group with a deadline.
fn stage() -> Folder {
    let process = format!(
        "{HEAD}steps:\n  f:\n    fork:\n      a: {{ {ASK} }}\n      g:\n        group:\n          steps: {{ b: {{ task: {{ title: {{ de: B, en: B }} }}, role: clerk }} }}\n          on: {{ late: {{ deadline: {{ title: {{ de: F, en: D }}, period: 4 weeks }}, then: $late }} }}\n    join: z\n  z: {{ end: true }}\n"
    );
    folder("", &[("process.yaml", &process)])
}

/// What was compared, as `part: expected | actual`, with `=` before what is the same.
fn shown(compared: &[Compared]) -> Vec<String> {
    let words = |text: &Option<Text>| text.as_ref().map_or("–".to_owned(), |text| text.en.to_string());
    let line = |Compared { part, expected, actual, same }: &Compared| {
        let sign = if *same { "= " } else { "" };
        format!("{sign}{part}: {} | {}", words(expected), words(actual))
    };
    compared.iter().map(line).collect()
}

/// Plays lines; what the one that fails compares.
#[track_caller]
fn check_failure(moves: &str, expected: &[&str]) {
    let mut folder = stage();
    let scenario = format!("{SCENARIO}do:\n  - start: {{ data: {{}} }}\n{moves}");
    folder.files.insert("scenarios/s.yaml".into(), scenario.as_bytes().into());
    let report = play(&folder, "scenarios/s.yaml", &release(&folder, &Catalogue::default()), None);
    let compared = report.failed().map(|step| step.compared.clone()).unwrap_or_default();
    assert_eq!(shown(&compared), expected, "\n{moves}");
}

/// What differs between the data that is expected and the data that is there.
#[track_caller]
fn check_data(expected: Value, actual: Value, differs: &[&str]) {
    let expectation = Expectation { data: Some(expected), ..Expectation::default() };
    let view = View { data: actual, ..View::default() };
    assert_eq!(shown(&expectation.compare(&view)), differs);
}

#[test]
fn data_is_compared_part_by_part() {
    let data = json!({ "l": [{ "k": 1, "m": 2 }, 3], "o": { "p": 1, "q": 2 } });
    check_data(json!({ "l": [{ "m": 2, "k": 1 }, 3], "o": { "q": 2 } }), data.clone(), &[]);
    check_data(
        json!({ "l": [{ "k": 0 }], "o": { "p": 2, "q": 2, "r": null } }),
        data.clone(),
        &[
            "data.l[1].k: 0 | 1",
            "data.l[1].m: – | 2",
            "data.l[2]: – | 3",
            "data.o.p: 2 | 1",
            "= data.o.q: 2 | 2",
            "data.o.r: null | –",
        ],
    );
    check_data(json!({ "l": [] }), json!({ "l": [] }), &[]);
    check_data(json!({ "o": [] }), data, &["data.o: [] | {\"p\":1,\"q\":2}"]);
}

#[test]
fn what_is_expected_is_told_beside_what_is_there() {
    check_failure("  - expect: { waiting: [a, b] }\n", &[]);
    check_failure(
        "  - expect: { waiting: [b, c] }\n",
        &["= waiting: b | b", "waiting: c | –", "waiting: – | a"],
    );
    check_failure(
        "  - expect: { deadline: { g.late: 2026-03-31, a: 2026-03-30 } }\n",
        &[
            "deadline a: 2026-03-30 | not set; set are g.late: 2026-03-30",
            "deadline g.late: 2026-03-31 | 2026-03-30",
        ],
    );
    check_failure("  - expect: { ended: good }\n", &["ended: good | false"]);
    check_failure(
        "  - expect: { documents: [x], sent: [], notes: 1, number: \"1\", incidents: [] }\n",
        &["documents: x | –", "notes: 1 | 0", "number: 1 | –"],
    );
    check_failure(
        "  - { complete: a, as: jan, with: { outcome: yes } }\n  - expect: { result: { a: { outcome: no }, b: { x: 1 } }, outcome: { a: no } }\n",
        &["result.a.outcome: \"no\" | \"yes\"", "result.b: {\"x\":1} | –", "outcome a: no | yes"],
    );
    check_failure(
        "  - expect: { text: { a: [Frist] }, data: { x: 1 } }\n",
        &["data.x: 1 | –", "text a: Frist | –"],
    );
}

#[test]
fn what_is_asked_and_refused_is_told() {
    check_failure(
        "  - { complete: z, as: jan }\n",
        &["complete z: is done | refused: TaskNotOpen (Nothing is open at `z`; waiting are: a, b.)"],
    );
    check_failure(
        "  - refused: { complete: b, as: jan, because: FourEyes }\n",
        &["complete b: refused: FourEyes | is done"],
    );
    check_failure(
        "  - refused: { complete: b, as: mia, because: FourEyes }\n",
        &["complete b: refused: FourEyes | refused: MissingRole (This task needs the role `clerk`.)"],
    );
    check_failure(
        "  - trigger: nothing\n    as: jan\n    reason: so\n",
        &["trigger nothing: is done | refused: TriggerNotPossible (There is no `nothing` now.)"],
    );
}

/// One name needs no brackets, and a step stands for the one deadline that is set there. That a block stands for what is
/// open inside it, the scenario of the block above shows.
#[test]
fn what_is_plain_is_said_plainly() {
    let mut folder = stage();
    let process = format!(
        "{HEAD}steps:\n  g:\n    group:\n      steps: {{ b: {{ {ASK} }} }}\n      on: {{ late: {{ deadline: {{ title: {{ de: F, en: D }}, period: 4 weeks }}, then: $late }} }}\n    then: {{ late: z }}\n  z: {{ end: true }}\n"
    );
    let scenario = format!(
        "{SCENARIO}do:\n  - start: {{}}\n  - expect: {{ waiting: b, deadline: {{ g: 2026-03-30 }} }}\n  - {{ complete: b, as: jan, with: {{ outcome: yes }} }}\n  - expect: {{ ended: true, waiting: [] }}\n"
    );
    folder.files.insert("process.yaml".into(), process.as_bytes().into());
    folder.files.insert("scenarios/s.yaml".into(), scenario.as_bytes().into());
    let report = play(&folder, "scenarios/s.yaml", &release(&folder, &Catalogue::default()), None);
    assert_eq!(report.failure(), None);
}

/// A block that issues an act of the process that uses it.
const ISSUING: &str = "block: issuing
version: 1.0.0
title: { de: Erlass, en: Issuing }
summary: { de: Erlässt einen Bescheid., en: Issues an act. }
category: notification
parameters:
  act: { type: text, required: true, title: { de: Bescheid, en: Act }, help: { de: Welcher., en: Which one. } }
outcomes: { issued: { title: { de: erlassen, en: issued } } }
steps:
  issue: { issue: $act, with: { title: Bescheid, body: '= \"Von \" + authority.name' }, then: $issued }
";

/// The harness of a scenario of that block.
const AROUND: &str = "scenario: It issues
now: 2026-03-02T09:00
tenant: { land: ST, kind: independent-city, name: Stadt Muster, key: \"15003\" }
people: { jan: [clerk] }
harness:
  parties: { applicant: { count: 1.., from: '[#{ name: \"A\", address: \"B\" }]' } }
  acts: { permit: { law: VwVfG, sphere: own, to: each applicant, adverse: false } }
steps:
  it: { block: issuing@1, with: { act: permit }, then: { issued: done } }
  done: { end: true }
do:
  - start: {}
  - expect: { waiting: [it/issue], incidents: [connector_unknown] }
";

#[track_caller]
fn check_harness(around: &str, expected: &[&str]) {
    let block = folder("issuing", &[("block.yaml", ISSUING), ("scenarios/s.yaml", around)]);
    let mut problems = fachwerk_core::diagnostic::Problems::default();
    let mut catalogue = Catalogue::default();
    catalogue.add(block.clone(), &mut problems);
    let (scenario, mut found) = scenario::read(&block, "scenarios/s.yaml");
    found.extend(problems.into_sorted());
    if let Some(scenario) = scenario {
        let harness = scenario.harness.clone().expect("a process around the block");
        let compiled = compile(&harness.folder, &catalogue);
        found.extend(harness.located(compiled.problems));
        if let Some(release) = compiled.release {
            let mut world = Simulation::new(&scenario, &release, &connector).expect("an authority");
            let report = scenario::run(&scenario, &release, &mut world);
            assert!(report.passed(), "{:?}", report.failure());
        }
    }
    let codes: Vec<&str> = found.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, expected, "{found:#?}");
}

#[test]
fn a_scenario_of_a_block_says_what_the_process_around_it_says() {
    check_harness(AROUND, &[]);
    check_harness(&AROUND.replace("  acts:", "  akte:"), &["unknown_key"]);
    check_harness(&AROUND.replace("independent-city", "city"), &["unknown_authority_kind"]);
    check_harness(&AROUND.replace("15003", "03241"), &["profile_invalid"]);
    check_harness(&AROUND.replace("land: ST", "land: XX"), &["unknown_land"]);
    check_harness(&AROUND.replace("name: Stadt Muster", "days_off: { 2026-13-01: Tag }"), &["time_invalid"]);
}

/// The process around a block is put together; what is wrong with it is told where people wrote it.
#[test]
fn what_is_wrong_around_a_block_has_its_place() {
    let mut told = Vec::new();
    for (from, to) in [
        ("done: { end: true }", "done: { edn: true }"),
        ("issued: done", "issued: doen"),
        ("act: permit }", "act: permti }"),
        ("sphere: own", "sphere: mine"),
        ("count: 1..", "count: many"),
        ("name: \"A\"", "name: A B"),
        ("harness:\n", "harness:\n  start: { channels: [pigeon] }\n"),
        ("  done: { end: true }\n", "  done:\n    compute:\n      x: |\n        1 +\n          nothing\n"),
        ("  done: { end: true }\n", "  done: { task: forms/f.yaml, role: clerk }\n"),
        ("steps:", "schema: scenarios/d.schema.json\nsteps:"),
    ] {
        assert!(AROUND.contains(from), "{from}");
        let files = [
            ("block.yaml", ISSUING),
            ("scenarios/s.yaml", &AROUND.replacen(from, to, 1)),
            ("scenarios/d.schema.json", "{\n  \"type\": \"object\",\n  \"proprties\": {}\n}"),
            ("forms/f.yaml", "title: { de: T, en: T }\nfileds: {}\n"),
        ];
        let block = folder("issuing", &files);
        let mut catalogue = Catalogue::default();
        catalogue.add(block.clone(), &mut fachwerk_core::diagnostic::Problems::default());
        let (scenario, problems) = scenario::read(&block, "scenarios/s.yaml");
        let harness = scenario.and_then(|it| it.harness).unwrap_or_else(|| panic!("{problems:#?}"));
        let found = harness.located(compile(&harness.folder, &catalogue).problems);
        told.push(format!("{from:?} -> {to:?}"));
        told.extend(found.iter().map(|it| format!("  {} {}: {}", it.span, it.code, it.message.en)));
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn one_version_of_a_block_in_two_folders_is_a_problem() {
    let block = |name: &str| folder(name, &[("block.yaml", ISSUING)]);
    let newer = folder("newer", &[("block.yaml", &ISSUING.replace("1.0.0", "1.1.0"))]);
    let mut problems = fachwerk_core::diagnostic::Problems::default();
    let read = Catalogue::default().add_all([block("one"), block("two"), newer], &mut problems);
    assert_eq!(read.iter().flatten().count(), 3);
    let found: Vec<String> =
        problems.into_sorted().iter().map(|it| format!("{} {}", it.span.file, it.message.en)).collect();
    assert_eq!(
        found,
        [
            "two/block.yaml There are two blocks `issuing` in version 1.0.0: the other one is in one/block.yaml."
        ]
    );
}

/// What a scenario and its beginning make together: the titles of the steps that are done, or the code of what is wrong.
#[track_caller]
fn check_after(files: &[(&str, &str)], expected: Result<&[&str], &[&str]>) {
    let folder = folder("test", files);
    let (read, problems) = scenario::read(&folder, "scenarios/a.yaml");
    let told: Vec<String> =
        problems.iter().map(|problem| format!("{} {}", problem.span, problem.code)).collect();
    let found = match &read {
        Some(read) => Ok(read.moves.iter().map(|each| each.span.to_string()).collect::<Vec<_>>()),
        None => Err(told),
    };
    let expected = expected
        .map(|all| all.iter().map(ToString::to_string).collect())
        .map_err(|all| all.iter().map(ToString::to_string).collect());
    assert_eq!(found, expected);
    if let Some(read) = read {
        assert_eq!((&*read.title, read.now.to_string().as_str()), ("Own", "2026-03-03T09:00:00"));
        assert_eq!(read.people.len(), 1);
    }
}

#[test]
fn scenarios_share_a_beginning() {
    let own = "scenario: Own\nnow: 2026-03-03T09:00\nafter: beginnings/b.yaml\n";
    let with = |more: &str| format!("{own}{more}");
    let wait = "do:\n  - advance_to: 2026-03-04T09:00\n";
    let begin = "people: { jan: [clerk] }\nnow: 2026-03-02T09:00\ndo:\n  - start: { channel: manual }\n";
    let (plain, waits) = (with(""), with(wait));
    let beginning = ("scenarios/beginnings/b.yaml", begin);
    let (a, b) = (("scenarios/a.yaml", waits.as_str()), "test/scenarios/beginnings/b.yaml:4:5");
    check_after(&[("scenarios/a.yaml", &plain), beginning], Ok(&[b]));
    check_after(&[a, beginning], Ok(&[b, "test/scenarios/a.yaml:5:5"]));
    // Another scenario, which itself goes on after one.
    let after = |what: &str| format!("scenario: Own\nnow: 2026-03-03T09:00\nafter: {what}\n{wait}");
    let (second, third) = (after("c.yaml"), after("beginnings/b.yaml"));
    check_after(
        &[("scenarios/a.yaml", &second), ("scenarios/c.yaml", &third), beginning],
        Ok(&[b, "test/scenarios/c.yaml:5:5", "test/scenarios/a.yaml:5:5"]),
    );
    check_after(&[a], Err(&["test/scenarios/a.yaml:3:8 file_missing"]));
    let circle = after("a.yaml");
    check_after(&[("scenarios/a.yaml", &circle)], Err(&["test/scenarios/a.yaml:3:8 scenario_after_itself"]));
    check_after(
        &[a, ("scenarios/beginnings/b.yaml", "people: { jan: [clerk] }\ndo: later\n")],
        Err(&["test/scenarios/beginnings/b.yaml:2:5 wrong_kind"]),
    );
    assert!(
        scenario::is_scenario("scenarios/a.yaml") && !scenario::is_scenario("scenarios/beginnings/b.yaml")
    );
}

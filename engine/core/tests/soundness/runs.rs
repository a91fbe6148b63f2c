//! The runs that findings are shown with: what a picture shows at each stop, and the scenario that plays it.

use fachwerk_core::{
    diagnostic::{Run, Stop},
    event::{Direction, DocumentContent, EffectError},
    language::{Folder, compile},
    scenario::{self, Made, Simulation},
    soundness::{Finding, lawful, prove},
    words::Value,
};

use super::{
    material,
    short::{catalogue, folder, process, root},
};

/// A letter is made without its text; it decides nothing.
fn connector(name: &str, _: &Value) -> Result<Made, EffectError> {
    let content = DocumentContent {
        title: name.into(),
        media_type: "text/html".into(),
        hash: name.into(),
        size: 1,
        direction: Direction::Outgoing,
        addressee: None,
        enclosures: Vec::new(),
    };
    let documents = if name == "letter" { vec![(content, name.into())] } else { Vec::new() };
    Ok(Made { documents, ..Made::default() })
}

fn of_steps(steps: &str) -> Folder {
    let (more, own): (Vec<&str>, Vec<&str>) =
        steps.lines().map(str::trim_start).partition(|line| line.starts_with("! "));
    let more: Vec<&str> = more.iter().map(|line| line.trim_start_matches("! ")).collect();
    process(&own.join("\n"), &format!("data: application.schema.json\n{}\n", more.join("\n")))
}

/// The findings of a process with their runs.
fn runs(folder: &Folder) -> Vec<(Finding, Option<Run>)> {
    let read = compile(folder, &catalogue());
    let release = read.release.unwrap_or_else(|| panic!("{:#?}", read.problems));
    let found = [prove(&release).findings, lawful(&release)].concat();
    let run = |finding: &Finding| finding.diagnostic(&release).run.map(|run| Run::clone(&run));
    found.into_iter().map(|finding| (finding.clone(), run(&finding))).collect()
}

/// Whatever the engine has played, a file of a scenario plays again; it ends with how things stand.
#[test]
fn every_run_plays_as_a_scenario() {
    let (catalogue, mut wrong, mut played) = (catalogue(), Vec::new(), 0);
    let faults = material(include_str!("../material/soundness/faults.txt"));
    let mut folders: Vec<(String, Folder)> =
        faults.into_iter().map(|(name, steps, _)| (name.to_owned(), of_steps(steps))).collect();
    for name in ["joins-in-vain", "locks-in-opposite-orders", "unhandled-error"] {
        let folder = folder(&root().join("engine/core/tests/material/stuck").join(name));
        folders.push((name.into(), folder));
    }
    for (name, mut folder) in folders {
        for (finding, run) in runs(&folder) {
            let Some(run) = run else {
                assert!(finding.witness.is_none(), "{name}: what was played is not told");
                continue;
            };
            assert_eq!(run.played, finding.witness.is_some(), "{name}");
            let Some(file) = &run.scenario else { continue };
            let path = "scenarios/run.yaml";
            folder.files.insert(path.into(), file.as_bytes().into());
            let (read, problems) = scenario::read(&folder, path);
            let Some(read) = read.filter(|_| problems.is_empty()) else {
                wrong.push(format!("{name}: {problems:#?}\n{file}"));
                continue;
            };
            let release = compile(&folder, &catalogue).release.expect("it is right");
            let mut world = Simulation::new(&read, &release, &connector).expect("the place is known");
            let report = scenario::run(&read, &release, &mut world);
            if let Some(failure) = report.failure() {
                wrong.push(format!("{name}: {failure}\n{file}"));
            }
            played += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(played >= 25, "only {played} runs were played");
}

fn names<'a>(steps: impl IntoIterator<Item = &'a fachwerk_core::words::StepPath>) -> String {
    steps.into_iter().map(|step| step.as_str()).collect::<Vec<_>>().join(" ")
}

fn stop(stop: &Stop) -> String {
    let ways: Vec<String> = stop.ways.iter().map(|(from, to)| format!("{from}→{to}")).collect();
    let Stop { said, entered, active, .. } = stop;
    format!("{}: in [{}] by [{}] at [{}]", said.en, names(entered), ways.join(" "), names(active))
}

#[track_caller]
fn check(steps: &str, expected: &[(bool, &[&str])]) {
    let found = runs(&of_steps(steps));
    let told = |run: &Run| (run.played, run.stops.iter().map(stop).collect::<Vec<_>>());
    let found: Vec<_> = found.iter().filter_map(|(_, run)| run.as_ref()).map(told).collect();
    let expected: Vec<(bool, Vec<String>)> = expected
        .iter()
        .map(|(played, stops)| (*played, stops.iter().map(|it| (*it).into()).collect()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn what_was_played() {
    check(
        "a: { T(both,one), then: { both: [b, c], one: b } }\nb: { T, then: m }\nc: { T, then: m }\nm: { join: all }",
        &[(
            true,
            &[
                "The case begins: in [a] by [] at [a]",
                "“Do” is done: one: in [b] by [a→b] at [b]",
                "“Do” is done: in [m] by [b→m] at [m]",
            ],
        )],
    );
    // The values that decide are told.
    check(
        "a: { choose: [{ when: \"application.dogs > 2\", then: b }, { else: c }] }\nb: { T, then: m }\nc: { T, then: m }\nm: { join: all }",
        &[(
            true,
            &["The case begins (Dogs: 3): in [a b] by [a→b] at [b]", "“Do” is done: in [m] by [b→m] at [m]"],
        )],
    );
}

#[test]
fn what_the_control_flow_allows() {
    check(
        "a: { T, then: [b, c] }\nb: { choose: [{ when: \"application.dogs > 2\", then: m }, { else: e }] }\nc: { choose: [{ when: \"application.dogs > 2\", then: n }, { else: e }] }\nn: { T, then: m }\nm: { join: all }\ne: { end: true }",
        &[(
            false,
            &[
                "The case begins: in [a] by [] at [a]",
                "“Do” is done: in [b c] by [a→b a→c] at [b c]",
                "At “b” way 1 is taken (“Dogs” is more than 2): in [m] by [b→m] at [c m]",
                "At “c” way 2 is taken (otherwise): in [e] by [c→e] at [m]",
            ],
        )],
    );
}

/// Inside groups, forks and reactions, too.
#[test]
fn through_scopes() {
    let inner = "c: { group: { on: { out: { message: out, then: $left } }, steps: { d: { T, then: d } } }, then: { left: e } }\ne: { T, then: e }";
    check(
        &format!("a: {{ fork: {{ b: {{ T }}, g: {{ T }} }}, join: c }}\n{inner}"),
        &[(
            true,
            &[
                "The case begins: in [a b g] by [] at [a b g]",
                "“Do” is done: in [] by [] at [a g]",
                "“Do” is done: in [c d] by [a→c] at [c d]",
                "The message `out` comes: in [e] by [c→e] at [e]",
            ],
        )],
    );
    let doubted = "m: { join: all }\ne: { end: true }\nn: { T, then: m }\na: { group: { steps: { x: { T, then: y }, y: { T } } }, then: [b, c] }";
    let chooses = |step: &str, to: &str| {
        format!("{step}: {{ choose: [{{ when: \"application.dogs > 2\", then: {to} }}, {{ else: e }}] }}")
    };
    check(
        &format!("s: {{ N, then: a }}\n{doubted}\n{}\n{}", chooses("b", "m"), chooses("c", "n")),
        &[(
            false,
            &[
                "The case begins: in [s a x] by [s→a] at [a x]",
                "“Do” is done: in [y] by [x→y] at [a y]",
                "“Do” is done: in [b c] by [a→b a→c] at [b c]",
                "At “b” way 2 is taken (otherwise): in [e] by [b→e] at [c]",
                "At “c” way 1 is taken (“Dogs” is more than 2): in [n] by [c→n] at [n]",
                "“Do” is done: in [m] by [n→m] at [m]",
            ],
        )],
    );
}

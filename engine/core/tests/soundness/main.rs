//! What is proven of processes, and which run shows that they are not sound.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod conditions;
mod data;
mod explained;
mod fixes;
mod law;
mod random_conditions;
mod random_fixes;
mod runs;
mod short;
mod staff;

use fachwerk_core::{
    definition::Release,
    language::compile,
    soundness::{By, Finding, Verdict, lawful, prove},
};
use short::{catalogue, entries, folder, process, root};

/// `never-ends: wait after apply, choose.2`
fn told(release: &Release, finding: &Finding) -> String {
    let moves = finding.run.iter().map(|it| {
        let step = it.step.map_or("case".to_owned(), |ix| release.step(ix).path.to_string());
        match &it.by {
            By::Itself => step,
            By::Outcome(outcome) => format!("{step}={outcome}"),
            By::Way(number) => format!("{step}#{number}"),
            By::Handler(name) => format!("{step}!{name}"),
            By::Meeting => format!("{step}+"),
            By::Cancelled => format!("{step}-"),
        }
    });
    let moves: Vec<String> = moves.collect();
    format!(
        "{:?} {:?}: {} after [{}]",
        finding.verdict,
        finding.property,
        release.step(finding.step).path,
        moves.join(", ")
    )
}

/// What is found in all processes of some folders.
fn found_in(folders: &[&str], find: fn(&Release) -> Vec<Finding>) -> Vec<String> {
    let catalogue = catalogue();
    let mut found = Vec::new();
    for of in folders {
        let processes =
            entries(&root().join(of)).into_iter().filter(|path| path.join("process.yaml").exists());
        for path in processes {
            let compiled = compile(&folder(&path), &catalogue);
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let release = compiled.release.unwrap_or_else(|| panic!("{name}: {:#?}", compiled.problems));
            found.extend(find(&release).iter().map(|finding| format!("{name}: {}", told(&release, finding))));
        }
    }
    found
}

const EXAMPLES: [&str; 4] =
    ["examples/patterns", "examples/constructs", "examples/administration", "examples"];

/// What a person would say of them, too.
#[test]
fn every_example_is_sound() {
    assert_eq!(found_in(&EXAMPLES, |release| prove(release).findings), [""; 0]);
}

/// Nor does any stand against the law.
#[test]
fn every_example_is_lawful() {
    assert_eq!(found_in(&EXAMPLES, lawful), [""; 0]);
}

#[test]
fn what_gets_stuck_is_found() {
    assert_eq!(
        found_in(&["engine/core/tests/material/stuck"], |release| prove(release).findings),
        [
            "joins-in-vain: Unsound WaitsInVain: meet after [a, b1, end-a, b2, b, first, second=one, c]",
            "locks-in-opposite-orders: Unsound LocksInCircle: film after [drive, test]",
            "unhandled-error: Unsound ErrorUnhandled: alone after [receive]",
        ]
    );
}

/// Compiles steps in short form; lines with `! ` stand beside them.
#[track_caller]
fn release(steps: &str) -> Release {
    let mut more = String::from("data: application.schema.json\n");
    let mut own = String::new();
    for line in steps.lines() {
        let into = if line.trim_start().starts_with("! ") { &mut more } else { &mut own };
        into.push_str(line.trim_start().trim_start_matches("! "));
        into.push('\n');
    }
    let compiled = compile(&process(&own, &more), &catalogue());
    let problems: Vec<String> =
        compiled.problems.iter().map(|it| format!("{} {} {}", it.span, it.code, it.message.en)).collect();
    compiled.release.unwrap_or_else(|| panic!("{problems:#?}"))
}

/// What is found of steps in short form.
#[track_caller]
fn found_by(steps: &str) -> Vec<String> {
    let release = release(steps);
    prove(&release).findings.iter().map(|finding| told(&release, finding)).collect()
}

#[track_caller]
fn check(steps: &str, expected: &[&str]) {
    assert_eq!(found_by(steps), expected);
}

#[test]
fn a_step_that_nothing_leads_to() {
    check("a: { T }\nb: { T }", &["Unsound NeverReached: b after []"]);
    check("a: { T, then: c }\nb: { T, then: c }\nc: { T }", &["Unsound NeverReached: b after []"]);
    check(
        "a: { T(x,y), then: { x: b, y: b } }\nb: { T }\nc: { T, then: b }",
        &["Unsound NeverReached: c after []"],
    );
}

#[test]
fn paths_that_meet_in_vain() {
    check(
        "a: { T(both,one), then: { both: [b, c], one: b } }\nb: { T, then: m }\nc: { T, then: m }\nm: { join: all }",
        &["Unsound WaitsInVain: m after [a=one, b]"],
    );
    check(
        "a: { T, then: [b, c] }\nb: { T, then: m }\nc: { T }\nm: { join: 2 }",
        &["Unsound WaitsInVain: m after [a, b, c]"],
    );
    check(
        "a: { T, then: [b, c, d] }\nb: { T, then: m }\nc: { T, then: m }\nd: { T, then: m }\nm: { join: 2 }",
        &["Unsound WaitsInVain: m after [a, b, c, d, m+]"],
    );
    check(
        "a: { T, then: [b, c] }\nb: { choose: [{ when: \"application.dogs > 2\", then: m }, { else: e }] }\nc: { T, then: m }\nm: { join: all }\ne: { end: true }",
        &["Unsound WaitsInVain: m after [a, b#2, e, c]"],
    );
    // The same rule decides on both sides: what control flow alone allows, data exclude.
    check(
        "a: { T, then: [b, c] }\nb: { choose: [{ when: \"application.dogs > 2\", then: m }, { else: e }] }\nc: { choose: [{ when: \"application.dogs > 2\", then: n }, { else: e }] }\nn: { T, then: m }\nm: { join: all }\ne: { end: true }",
        &["PossiblyUnsound WaitsInVain: m after [a, b#1, c#2, e]"],
    );
}

#[test]
fn what_never_ends() {
    check("a: { T, then: b }\nb: { T, then: a }", &["Unsound NeverEnds: a after []"]);
    check("a: { T, then: a }", &["Unsound NeverEnds: a after []"]);
    check("! always: { gone: { message: gone, then: $gone } }\na: { T, then: a }", &[]);
    check("a: { N, then: b }\nb: { N, then: a }", &["Unsound GoesInCircles: a after [a, b]"]);
    check(
        "a: { N, then: b }\nb: { choose: [{ when: \"application.dogs > 2\", then: a }, { else: c }] }\nc: { T }",
        &["Unsound GoesInCircles: a after [a, b#1]"],
    );
}

#[test]
fn what_multiplies() {
    check(
        "a: { T, then: [a, b] }\nb: { T }",
        &["Unsound NeverEnds: a after []", "Unsound Multiplies: a after [a]"],
    );
    check(
        "a: { T(more,enough), then: { more: [a, b], enough: b } }\nb: { T }",
        &["Unsound Multiplies: a after [a=more]"],
    );
}

/// Once round there is one path more, and no join to wait in.
#[test]
fn what_multiplies_behind_a_join() {
    check(
        "a: { T, then: m }\nm: { join: 1, then: [b, c] }\nb: { T, then: m }\nc: { T, then: m }",
        &[
            "PossiblyUnsound NeverEnds: m after [a]",
            &format!("Unsound Multiplies: m after [a, m+{}]", ", b, m+".repeat(20)),
        ],
    );
    check(
        "a: { T, then: m }\nm: { join: 1, then: m }",
        &["Unsound NeverEnds: m after [a]", "NotDecided MeetingNotDecided(States): m after []"],
    );
}

/// Twenty times twenty ways through locks that only a later step could close to a circle.
#[test]
fn more_orders_of_locks_than_are_looked_at() {
    let nested = |outer: usize, number: usize, inner: usize| {
        format!(
            "b{outer}-{number}: {{ group: {{ lock: l{outer}, steps: {{ c{outer}-{number}: {{ group: {{ lock: l{inner}, steps: {{ d{outer}-{number}: {{ T }} }} }} }} }} }} }}"
        )
    };
    let branches = (0..4).flat_map(|lock| (0..20).map(move |number| nested(lock, number, lock + 1)));
    let branches: Vec<String> = branches.collect();
    let last = nested(4, 0, 0);
    check(
        &format!("a: {{ fork: {{ {} }}, join: b4-0 }}\n{last}", branches.join(", ")),
        &["NotDecided MeetingNotDecided(Locks): c0-6 after []"],
    );
}

/// What passes at once is not late, so nothing waits for it while others go round.
#[test]
fn what_only_seems_to_multiply() {
    let steps = "a: { T(both,one), then: { both: [d, b], one: d } }\nm: { join: inclusive }\nb: { N, then: m }\nd: { T(both,one), then: { both: [e, f], one: e } }\nj: { join: inclusive, then: [m, e] }\nf: { N, then: j }\ne: { T, then: j }";
    let release = release(steps);
    let told = |it: &Finding| format!("{:?} {:?}: {}", it.verdict, it.property, release.step(it.step).path);
    let found: Vec<String> = prove(&release).findings.iter().map(told).collect();
    assert_eq!(
        found,
        ["PossiblyUnsound Multiplies: m", "PossiblyUnsound Multiplies: j", "Unsound NeverEnds: e"]
    );
    // A person can be late.
    let release = self::release(&steps.replace("b: { N", "b: { T"));
    let told = |it: &Finding| format!("{:?} {:?}: {}", it.verdict, it.property, release.step(it.step).path);
    let found: Vec<String> = prove(&release).findings.iter().map(told).collect();
    assert_eq!(found, ["Unsound Multiplies: m", "PossiblyUnsound Multiplies: j", "Unsound NeverEnds: e"]);
}

#[test]
fn errors_that_nothing_handles() {
    check("a: { T, then: b }\nb: { raise: { error: lost } }", &["Unsound ErrorUnhandled: b after [a]"]);
}

/// Processes of a file, each with its name, its steps, and what is expected of it.
fn material(text: &str) -> Vec<(&str, &str, Vec<&str>)> {
    let (_, all) = text.split_once("\n= ").expect("processes");
    let read = |one| {
        let (name, rest): (&str, &str) = str::split_once(one, '\n').expect("a name");
        let place = rest.find("-> ").unwrap_or(rest.len());
        let expected = rest[place..].lines().filter_map(|line| line.strip_prefix("-> "));
        (name, &rest[..place], expected.collect())
    };
    all.split("\n= ").map(read).collect()
}

#[track_caller]
fn check_all(text: &str) {
    let mut wrong = Vec::new();
    for (name, steps, expected) in material(text) {
        let found = found_by(steps);
        if found != expected {
            wrong.push(format!("{name}: {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_fault_is_found_where_it_is() {
    check_all(include_str!("../material/soundness/faults.txt"));
}

#[test]
fn what_is_unusual_but_sound_is_not_refused() {
    check_all(include_str!("../material/soundness/sound.txt"));
}

/// Every process of the project, with what is proven of it.
fn verdicts() -> String {
    let mut table = String::from(
        "# What is proven of the examples\n\n\
         The verdict on the control flow of each process of the project, and what `check` finds; what these mean stands in\n\
         [diagnostics.md](diagnostics.md#soundness). The last ones are made to get stuck.\n\n\
         This page is written by a test; do not edit it (`make bless`).\n\n\
         | process | steps | verdict | found |\n|---|---|---|---|\n",
    );
    let catalogue = catalogue();
    let of = [
        "examples",
        "examples/administration",
        "examples/constructs",
        "examples/patterns",
        "engine/core/tests/material/stuck",
    ];
    for of in of {
        for path in entries(&root().join(of)).into_iter().filter(|path| path.join("process.yaml").exists()) {
            let compiled = fachwerk_core::soundness::check(&folder(&path), &catalogue);
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let release = compiled.release.expect("an example is valid");
            let verdict = match prove(&release).verdict {
                Verdict::Sound => "sound for all data",
                Verdict::NotDecided => "not decided",
                Verdict::PossiblyUnsound => "possibly unsound",
                Verdict::Unsound => "unsound",
            };
            let found: Vec<String> = compiled.problems.iter().map(|it| format!("`{}`", it.code)).collect();
            let found = if found.is_empty() { "–".to_owned() } else { found.join(", ") };
            let row =
                format!("| [{name}](../{of}/{name}) | {} | {verdict} | {found} |\n", release.steps.len());
            table.push_str(&row);
        }
    }
    table
}

#[test]
fn the_verdicts_are_written_down() {
    let (path, table) = (root().join("docs/verdicts.md"), verdicts());
    if std::env::var("FACHWERK_BLESS").is_ok_and(|value| value == "1") {
        std::fs::write(&path, &table).expect("it can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, table, "docs/verdicts.md is out of date: FACHWERK_BLESS=1, or `make bless`");
}

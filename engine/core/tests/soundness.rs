//! What is proven of processes, and which run shows that they are not sound.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

#[path = "soundness/law.rs"]
mod law;
#[path = "soundness/staff.rs"]
mod staff;

use std::path::{Path, PathBuf};

use fachwerk_core::{
    definition::Release,
    diagnostic::Problems,
    language::{Catalogue, Folder, compile},
    soundness::{By, Finding, lawful, prove},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let found = std::fs::read_dir(folder).expect("a folder");
    let mut found: Vec<PathBuf> = found.map(|entry| entry.expect("an entry").path()).collect();
    found.sort();
    found
}

fn take(base: &Path, folder: &Path, into: &mut Folder) {
    for path in entries(folder) {
        if path.is_dir() {
            take(base, &path, into);
        } else {
            let name = path.strip_prefix(base).expect("inside").to_string_lossy().into_owned();
            into.files.insert(name.into(), std::fs::read(&path).expect("a file").into());
        }
    }
}

fn folder(path: &Path) -> Folder {
    let mut folder =
        Folder { name: path.file_name().unwrap().to_string_lossy().into_owned().into(), ..Folder::default() };
    take(path, path, &mut folder);
    folder
}

fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::default();
    for path in entries(&root().join("building-blocks")) {
        if path.join("block.yaml").exists() {
            catalogue.add(folder(&path), &mut Problems::default());
        }
    }
    catalogue
}

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
            "unhandled-error: Unsound ErrorUnhandled: alone after [receive]",
        ]
    );
}

/// Steps as they are written, with short forms: `T` a task, `T(a,b)` one with outcomes, `N` a step that computes, `L` a
/// letter, `I` a step that issues the act `permit`.
fn process(steps: &str, more: &str) -> Folder {
    let mut written = String::from(
        "process: p\nversion: 1.0.0\ntitle: { de: P, en: P }\nroles: { clerk: { title: { de: S, en: C } }, lead: { title: { de: L, en: L } } }\n",
    );
    written.push_str(more);
    written.push_str("steps:\n");
    for line in steps.lines().map(str::trim_end).filter(|line| !line.trim().is_empty()) {
        written.push_str("  ");
        written.push_str(&short(line));
        written.push('\n');
    }
    let mut folder = Folder { name: "p".into(), ..Folder::default() };
    folder.files.insert("process.yaml".into(), written.into_bytes().into());
    let data = r#"{ "type": "object", "required": ["dogs", "kind"], "properties": {
        "dogs": { "type": "integer", "minimum": 0, "x-title": { "de": "Hunde", "en": "Dogs" } },
        "kind": { "type": "string", "enum": ["a", "b"], "x-titles": { "a": { "de": "A", "en": "A" }, "b": { "de": "B", "en": "B" } }, "x-title": { "de": "Art", "en": "Kind" } } } }"#;
    folder.files.insert("application.schema.json".into(), data.as_bytes().into());
    folder
}

/// The short forms of a line.
fn short(line: &str) -> String {
    let Some((before, rest)) = line.split_once("T(") else {
        return line
            .replace(" T,", " task: { title: { de: Tun, en: Do } }, role: clerk,")
            .replace(" T }", " task: { title: { de: Tun, en: Do } }, role: clerk }")
            .replace(" N,", " compute: { x: \"1\" },")
            .replace(" N }", " compute: { x: \"1\" } }")
            .replace(" L,", " effect: letter, with: { title: T, body: B },")
            .replace(" L }", " effect: letter, with: { title: T, body: B } }")
            .replace(" I,", " issue: permit, with: { title: T, body: B },")
            .replace(" I }", " issue: permit, with: { title: T, body: B } }");
    };
    let (outcomes, after) = rest.split_once(')').expect("outcomes in brackets");
    let options: Vec<String> =
        outcomes.split(',').map(|it| format!("{}: {{ de: {0}, en: {0} }}", it.trim())).collect();
    let field = format!(
        "outcome: {{ type: choice, required: true, title: {{ de: E, en: R }}, options: {{ {} }} }}",
        options.join(", ")
    );
    short(&format!(
        "{before}task: {{ title: {{ de: Tun, en: Do }}, fields: {{ {field} }} }}, role: clerk{after}"
    ))
}

/// Compiles steps; lines with `! ` stand beside them.
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

#[track_caller]
fn check(steps: &str, expected: &[&str]) {
    let release = release(steps);
    let proof = prove(&release);
    let found: Vec<String> = proof.findings.iter().map(|finding| told(&release, finding)).collect();
    assert_eq!(found, expected);
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

#[test]
fn errors_that_nothing_handles() {
    check("a: { T, then: b }\nb: { raise: { error: lost } }", &["Unsound ErrorUnhandled: b after [a]"]);
}

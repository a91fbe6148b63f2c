//! What is offered against a problem: the files before and after, and that it helps wherever it is offered.

mod flow;
mod words;

use std::sync::Arc;

use fachwerk_core::{
    diagnostic::Diagnostic,
    fix::{Depth, MAX_PROOFS, offer},
    language::{Catalogue, Folder, check_block_folder, compile},
    scenario,
    soundness::{Roster, check as checked, for_people},
};

use crate::{
    material,
    short::{catalogue, folder as folder_at, process, root, written},
};

/// All that is said of a folder.
fn problems(folder: &Folder, catalogue: &Catalogue, depth: Depth) -> Vec<Diagnostic> {
    let mut problems = depth.check(folder, catalogue).problems;
    for path in folder.files.keys().filter(|path| scenario::is_scenario(path)) {
        problems.extend(scenario::read(folder, path).1);
    }
    problems
}

/// The problems of a folder with what is offered against them.
fn offered(folder: &Folder, catalogue: &Catalogue) -> Vec<Diagnostic> {
    let depth = if compile(folder, catalogue).release.is_some() { Depth::Proof } else { Depth::Reading };
    let mut found = problems(folder, catalogue, depth);
    offer(folder, &mut found, depth, &|folder, depth| problems(folder, catalogue, depth));
    found
}

/// `code: what the fix does`, for each problem; without one, `code: –`.
fn titles(found: &[Diagnostic]) -> Vec<String> {
    let title = |it: &Diagnostic| it.fix.as_ref().map_or("–", |fix| &*fix.title.en).to_owned();
    found.iter().map(|it| format!("{}: {}", it.code, title(it))).collect()
}

fn text<'f>(folder: &'f Folder, path: &str) -> &'f str {
    std::str::from_utf8(&folder.files[path]).expect("a text")
}

const HEAD: &str = "process: p
version: 1.0.0
title: { de: P, en: P }
roles: { clerk: { title: { de: S, en: C } } }
data: application.schema.json
";
const TASK: &str = "task: { title: { de: Tun, en: Do } }\n    role: clerk\n";

/// A process, with what stands for a task written out.
fn folder_of(path: &str, content: &str) -> Folder {
    let mut folder = process("", "");
    if path != "process.yaml" {
        folder.files.insert("process.yaml".into(), Arc::from(format!("{HEAD}{USES_TABLE}").as_bytes()));
    }
    let content = if path == "process.yaml" { content.replace("TASK\n", TASK) } else { content.to_owned() };
    let content = if path == "process.yaml" && !content.starts_with("process:") {
        format!("{HEAD}{content}")
    } else {
        content
    };
    folder.files.insert(path.into(), Arc::from(content.as_bytes()));
    folder
}

const USES_TABLE: &str = "steps:\n  a: { decide: fee.yaml }\n";

/// A file before, what is said and offered, and the file after the first fix that is offered.
#[track_caller]
fn check_file(path: &str, before: &str, expected: &[&str], after: &str) {
    let folder = folder_of(path, before);
    let found = offered(&folder, &catalogue());
    assert_eq!(titles(&found), expected, "{found:#?}");
    let fix = found.iter().find_map(|it| it.fix.as_ref());
    let changed = fix.map_or(folder.clone(), |fix| fix.apply(&folder).expect("it can be applied"));
    let expected = folder_of(path, after);
    assert_eq!(text(&changed, path), text(&expected, path));
    let others = |folder: &Folder| {
        let mut rest = folder.clone();
        rest.files.remove(path);
        rest
    };
    assert_eq!(others(&changed), others(&folder), "another file has changed");
}

#[track_caller]
fn check(before: &str, expected: &[&str], after: &str) {
    check_file("process.yaml", before, expected, after);
}

/// What is a decision of a person is not taken by a program.
#[test]
fn what_has_no_fix() {
    let same = |text: &str, expected: &[&str]| check(text, expected, text);
    same("steps:\n  a:\n    TASK\n    then: b\n  b: { raise: { error: lost } }\n", &["error_unhandled: –"]);
    same("steps:\n  a:\n    task: {}\n    role: clerk\n", &["task_without_title: –"]);
    same("steps:\n  a:\n    TASK\n    then: a\n", &["never_ends: –"]);
    same(
        "steps:\n  a: { compute: { x: steps.b.note }, then: b }\n  b:\n    task: { title: { de: Tun, en: Do }, fields: { note: { type: text, required: true, title: { de: N, en: N } } } }\n    role: clerk\n",
        &["result_never_there: –"],
    );
}

/// A block belongs to somebody else.
#[test]
fn files_of_blocks_stay_as_they_are() {
    let (folder, block) = written(
        "a: { block: b@1, role: clerk }
@block.yaml block: b
@block.yaml version: 1.0.0
@block.yaml title: { de: B, en: B }
@block.yaml summary: { de: B, en: B }
@block.yaml category: examination
@block.yaml steps:
@block.yaml   x: { task: { title: { de: Tun, en: Do } }, role: $role }
@block.yaml   y: { task: { title: { de: Tun, en: Do } }, role: $role }",
    );
    let mut catalogue = catalogue();
    catalogue.add(block.clone(), &mut Default::default());
    assert_eq!(titles(&offered(&folder, &catalogue)), ["step_never_reached: –"]);
    // Its own author is offered one.
    let read = |folder: &Folder, _| {
        let mut problems = Default::default();
        check_block_folder(folder, &mut problems);
        problems.into_sorted()
    };
    let mut block = folder_at(&root().join("building-blocks/intake"));
    assert_eq!(read(&block, Depth::Reading), []);
    let slip = text(&block, "block.yaml").replace("category: intake", "category: intaek");
    block.files.insert("block.yaml".into(), Arc::from(slip.as_bytes()));
    let mut found = read(&block, Depth::Reading);
    offer(&block, &mut found, Depth::Reading, &read);
    assert_eq!(titles(&found), ["unknown_category: Change `intaek` to `intake`."]);
}

/// Where a bound was reached it is not known what a change would do.
#[test]
fn nothing_is_offered_where_something_is_not_decided() {
    let folder =
        process("a: { T, then: m }\nm: { join: 1, then: m }\nc: { T }", "data: application.schema.json\n");
    let titles = titles(&offered(&folder, &catalogue()));
    assert!(titles.iter().any(|it| it.starts_with("soundness_not_decided")), "{titles:#?}");
    assert!(titles.contains(&"step_never_reached: –".to_owned()), "{titles:#?}");
}

#[test]
fn not_more_is_tried_than_the_bound() {
    let steps: String = (0..20).map(|n| format!("s{n}: {{ T }}\n")).collect();
    let folder = process(&steps, "data: application.schema.json\n");
    let found = offered(&folder, &catalogue());
    assert_eq!(found.iter().filter(|it| it.fix.is_some()).count(), MAX_PROOFS);
}

#[test]
fn scenarios_are_mended_too() {
    let mut folder = process("a: { T }", "data: application.schema.json\n");
    let scenario = "scenario: S\nnow: 2026-03-02T09:00\npeopel: { mia: [clerk] }\ndo:\n- start: {}\n";
    folder.files.insert("scenarios/01.yaml".into(), Arc::from(scenario.as_bytes()));
    let found = offered(&folder, &catalogue());
    assert_eq!(titles(&found), ["unknown_key: Change `peopel` to `people`."]);
}

/// Wherever a fix is offered, its finding vanishes and none comes. The test itself proves it anew, by what is said.
#[test]
fn every_fix_of_a_fault_helps() {
    let catalogue = catalogue();
    let mut all: Vec<String> = Vec::new();
    for (name, steps, _) in material(include_str!("../../material/soundness/faults.txt")) {
        let (folder, _) = written(steps);
        let found = offered(&folder, &catalogue);
        let said = |folder: &Folder| {
            let found = checked(folder, &catalogue).problems;
            found.into_iter().map(|it| (it.code, it.severity, it.message.en)).collect::<Vec<_>>()
        };
        let before = said(&folder);
        for it in &found {
            let Some(fix) = &it.fix else { continue };
            let after = said(&fix.apply(&folder).expect("it can be applied"));
            assert!(after.len() < before.len(), "{name}: {after:#?}");
            let codes = |of: &[(&'static str, _, _)]| of.iter().map(|it| it.0).collect::<Vec<_>>();
            let mut rest = codes(&before);
            rest.remove(rest.iter().position(|code| *code == it.code).expect("it was there"));
            for code in codes(&after) {
                let at = rest.iter().position(|it| *it == code);
                rest.remove(at.unwrap_or_else(|| panic!("{name}: {code} has come: {after:#?}")));
            }
            all.push(format!("{name}: {}", fix.title.en));
        }
    }
    insta::assert_snapshot!(all.join("\n"));
}

/// People are part of the check that a fix is proven by.
#[test]
fn a_fix_is_proven_by_the_same_check() {
    let folder = process("a: { T, then: b }\nb: { T }\nc: { T }", "data: application.schema.json\n");
    let catalogue = catalogue();
    let for_nobody =
        |folder: &Folder, _: Depth| for_people(checked(folder, &catalogue), &Roster::default(), &[]).problems;
    let mut found = for_nobody(&folder, Depth::Proof);
    // A check that always finds something else never proves anything.
    let count = std::cell::Cell::new(0);
    let restless = |folder: &Folder, depth: Depth| {
        count.set(count.get() + 1);
        let mut found = for_nobody(folder, depth);
        found.iter_mut().for_each(|it| it.span.column += count.get());
        found
    };
    offer(&folder, &mut found, Depth::Proof, &restless);
    assert_eq!(found.iter().filter(|it| it.fix.is_some()).count(), 0);
    assert!(count.get() > 0, "it was tried");
    offer(&folder, &mut found, Depth::Proof, &for_nobody);
    assert!(found.iter().any(|it| it.fix.is_some()), "{found:#?}");
}

//! What was written in every format so far is read for ever. `format-<n>/` holds, written by the program that first wrote
//! the format, journals of cases and of an authority in clear, and a whole database; none of that is ever written again, and
//! `make bless` only adds the folder of a format that has none. `states/` holds what becomes of them today: that is an
//! expectation like others, and a change of it is read before it is committed.

mod database;
mod kinds;
mod making;

use std::{
    fs,
    path::{Path, PathBuf},
};

use fachwerk_core::{
    authority::{Authority, AuthorityTurn},
    case::Case,
    format::{FIRST, Formats},
    turn::Turn,
};
use fachwerk_tests::{blessing, repository};

/// The journal of the authority; all others are of cases.
const AUTHORITY: &str = "authority";

fn golden() -> PathBuf {
    repository().join("tests/tests/golden")
}

fn folder_of(format: u32) -> PathBuf {
    golden().join(format!("format-{format}"))
}

/// The formats that were written so far.
fn formats() -> impl Iterator<Item = u32> {
    FIRST..=Formats::OURS.writes
}

/// The journals of a format, by name, with their lines.
fn journals(format: u32) -> Vec<(String, Vec<String>)> {
    let folder = folder_of(format).join("journals");
    let found = fs::read_dir(&folder).unwrap_or_else(|error| {
        panic!("{}: {error}; `make bless` writes the journals of a new format", folder.display())
    });
    let mut journals: Vec<_> = found
        .map(|entry| entry.expect("a folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
        .map(|path| (name_of(&path), read(&path).lines().map(str::to_owned).collect()))
        .collect();
    journals.sort();
    journals
}

fn name_of(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What becomes of something is what it was, or is written down when that is wanted.
#[track_caller]
fn check(format: u32, name: &str, state: &str) {
    let file = golden().join("states").join(format!("format-{format}-{name}"));
    if blessing() {
        fs::create_dir_all(golden().join("states")).expect("a folder");
        fs::write(&file, state).expect("a file");
    }
    let expected = read(&file);
    let differs = expected.lines().zip(state.lines()).position(|(expected, found)| expected != found);
    assert!(
        expected == state,
        "{name} of format {format} comes to something else than it did, from line {} of {} on",
        differs.map_or(expected.lines().count().min(state.lines().count()), |line| line) + 1,
        file.display()
    );
}

/// Turn after turn of a case, from its lines.
fn fold(name: &str, lines: &[String]) -> (Case, Vec<Turn>) {
    let mut turns: Vec<Turn> = Vec::new();
    for line in lines {
        let turn = Formats::OURS.read::<Turn>(line.as_bytes());
        turns.push(turn.unwrap_or_else(|error| panic!("{name}, turn {}: {error:?}", turns.len() + 1)));
    }
    let first = turns.first().unwrap_or_else(|| panic!("{name} has no turn"));
    let mut case = Case::unborn(first.tenant.clone(), first.case);
    for turn in &turns {
        assert_eq!(turn.version, case.version + 1, "{name}");
        turn.apply(&mut case);
    }
    (case, turns)
}

#[test]
fn cases_of_every_format_come_to_the_same() {
    making::make_missing();
    for format in formats() {
        for (name, lines) in journals(format).iter().filter(|(name, _)| name != AUTHORITY) {
            let (case, _) = fold(name, lines);
            let state = serde_json::to_string_pretty(&case).expect("a case is JSON");
            let again: Case = serde_json::from_str(&state).expect("a case is read as it is written");
            assert_eq!(again, case, "{name}");
            check(format, &format!("{name}.json"), &(state + "\n"));
        }
    }
}

#[test]
fn authorities_of_every_format_come_to_the_same() {
    making::make_missing();
    for format in formats() {
        let journals = journals(format);
        let (_, lines) =
            journals.iter().find(|(name, _)| name == AUTHORITY).expect("a stream of an authority");
        let mut authority = Authority::default();
        for line in lines {
            let turn = Formats::OURS.read::<AuthorityTurn>(line.as_bytes()).expect("a turn of an authority");
            assert_eq!(turn.version, authority.version + 1);
            turn.apply(&mut authority);
        }
        check(format, "authority.txt", &format!("{authority:#?}\n"));
    }
}

#[test]
fn every_kind_of_event_is_in_a_journal() {
    making::make_missing();
    kinds::check();
}

#[test]
fn databases_of_every_format_are_opened() {
    making::make_missing();
    for format in formats() {
        database::check(format);
    }
}

//! Proves the table of rooms and the walls between them (ARCHITECTURE.md), and keeps the house tidy. Rules are functions
//! of one file or of what cargo knows; each has a test beside it that shows it can fail.
//!
//! # Architecture invariant
//! Reads the repository and nothing else; builds nothing, starts nothing but `cargo metadata`. A place that may break a
//! rule stands in `exceptions.rs` with its reason, and nowhere else.

mod exceptions;
mod rooms;
mod rust;
mod sources;
mod tidy;
mod walls;

use std::{process::Command, sync::LazyLock};

use fachwerk_tests::repository;
use rooms::Package;
use sources::{Rule, Source};

static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(|| sources::read_all(repository()));

static PACKAGES: LazyLock<Vec<Package>> = LazyLock::new(|| {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(repository())
        .output()
        .expect("cargo can be started");
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    rooms::packages(&serde_json::from_slice(&output.stdout).expect("cargo metadata answers with JSON"))
});

/// The rules know the words that they ban.
const KNOWS_THE_WORDS: &str = "tests/tests/architecture/";

/// The rule holds for every file of the repository.
#[track_caller]
fn holds(rule: Rule) {
    let sources = SOURCES.iter().filter(|source| !source.path.starts_with(KNOWS_THE_WORDS));
    none(sources.flat_map(rule).map(|finding| finding.to_string()).collect());
}

#[track_caller]
fn none(found: Vec<String>) {
    assert!(found.is_empty(), "{} found:\n{}", found.len(), found.join("\n"));
}

#[test]
fn the_whole_repository_is_read() {
    for path in ["Cargo.toml", "Makefile", ".ci/run", "xtask/src/main.rs", "engine/core/src/lib.rs"] {
        assert!(
            SOURCES.iter().any(|source| source.path == path),
            "{path} is not among the files that rules look at"
        );
    }
    assert!(
        PACKAGES.iter().any(|package| package.name == "fachwerk-core"),
        "cargo does not name fachwerk-core"
    );
}

#[test]
fn rooms_import_what_the_table_allows() {
    none(rooms::imports(&PACKAGES));
}

#[test]
fn crates_of_others_stay_in_their_room() {
    none(rooms::crates_of_others(&PACKAGES));
}

#[test]
fn nothing_banned_is_locked() {
    let lock = std::fs::read_to_string(repository().join("Cargo.lock")).expect("Cargo.lock is committed");
    none(rooms::locked(&lock));
}

#[test]
fn every_crate_says_what_it_is_and_is_not() {
    let roots: Vec<&String> = PACKAGES.iter().flat_map(|package| &package.roots).collect();
    let of_roots = SOURCES.iter().filter(|source| roots.contains(&&source.path));
    assert_eq!(of_roots.clone().count(), roots.len(), "every root of a crate is a file of the repository");
    none(of_roots.flat_map(tidy::crate_header).map(|finding| finding.to_string()).collect());
}

#[test]
fn only_the_runtime_reads_the_clock() {
    holds(walls::reads_the_clock);
    holds(walls::sql_reads_the_clock);
}

#[test]
fn pure_rooms_are_pure() {
    holds(walls::pure_rooms_stay_pure);
}

#[test]
fn only_the_store_says_sql() {
    holds(walls::sql_outside_the_store);
}

#[test]
fn only_the_api_speaks_http() {
    holds(walls::http_in_the_engine);
    holds(walls::http_in_the_command_line);
    holds(walls::addresses_by_hand);
}

#[test]
fn no_banned_words() {
    holds(tidy::banned_words);
}

#[test]
fn names_say_something() {
    holds(tidy::names_that_say_nothing);
}

#[test]
fn files_stay_short() {
    for source in SOURCES.iter().filter(|source| source.is_rust() || source.is_script()) {
        let lines = source.lines().count();
        if (tidy::LINES_AIMED_AT + 1..=tidy::LINES_AT_MOST).contains(&lines) {
            eprintln!("WARNING: {} has {lines} lines; the aim is {}", source.path, tidy::LINES_AIMED_AT);
        }
    }
    holds(tidy::too_long);
}

#[test]
fn no_paths_of_machines() {
    holds(tidy::machine_paths);
}

#[test]
fn no_tabs() {
    holds(tidy::tabs);
}

#[test]
fn exceptions_are_needed() {
    for exception in exceptions::ALL {
        let source = SOURCES.iter().find(|source| source.path == exception.path);
        // The same text elsewhere must break the rule.
        let finds = source.is_some_and(|source| {
            let elsewhere = Source::new(&format!("elsewhere/{}", exception.path), &source.text);
            !exception.rule()(&elsewhere).is_empty()
        });
        assert!(finds, "the exception for {} ({}) is no longer needed", exception.path, exception.why);
    }
}

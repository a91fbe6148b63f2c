//! Whatever stands in the files of a process, in data, or in what comes from outside: there is an answer, with a code
//! and a place; never a panic, never a hang, never a memory that fills.
//!
//! Every answer is compared as a whole. The time is only held against a bound that no honest machine exceeds: what is
//! quadratic on purpose takes minutes, not seconds.

mod definitions;
mod proofs;
mod running;
mod written_out;

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use fachwerk_core::{
    diagnostic::{Diagnostic, Problems},
    language::{Catalogue, Compiled, Folder, compile},
    soundness,
};

/// What everything here has to keep to, on a slow and busy machine in an unoptimised build. On a quiet one each takes
/// less than a second.
const LONGEST: Duration = Duration::from_secs(30);

/// The head of a process that lacks only its steps.
const HEAD: &str = "process: p
version: 1.0.0
title: { de: a, en: b }
roles: { clerk: { title: { de: a, en: b } } }
";

/// A title, to keep the lines short.
const TITLE: &str = "title: { de: a, en: b }";

type Files<'a> = &'a [(&'a str, &'a [u8])];

fn folder(files: Files<'_>) -> Folder {
    let files = files.iter().map(|(name, bytes)| (Arc::from(*name), Arc::from(*bytes)));
    Folder { name: "".into(), files: files.collect::<BTreeMap<_, _>>() }
}

/// A problem as it is compared: place and code.
fn line(problem: &Diagnostic) -> String {
    format!("{} {}", problem.span, problem.code)
}

fn lines(problems: &[Diagnostic]) -> Vec<String> {
    problems.iter().map(line).collect()
}

/// Every problem says something in both languages.
#[track_caller]
fn check_told(problems: &[Diagnostic]) {
    for problem in problems {
        let Diagnostic { message, span, code, .. } = problem;
        for text in [&message.de, &message.en] {
            assert!(text.chars().count() > 10 && !text.contains(": ."), "{span} {code}: {text}");
        }
    }
}

/// Does something within the time that everything has to keep to.
#[track_caller]
fn in_time<T>(what: impl FnOnce() -> T) -> T {
    let begin = Instant::now();
    let done = what();
    let took = begin.elapsed();
    assert!(took < LONGEST, "it took {took:?}");
    done
}

/// Compiles a folder; all its problems. What can be compiled is proven as well.
#[track_caller]
fn problems_of(files: Files<'_>, blocks: &[Folder]) -> Vec<Diagnostic> {
    let mut problems = Problems::default();
    let mut catalogue = Catalogue::default();
    for block in blocks {
        catalogue.add(block.clone(), &mut problems);
    }
    let mut found = problems.into_sorted();
    let Compiled { release, problems } = in_time(|| compile(&folder(files), &catalogue));
    let stops = problems.iter().any(|problem| problem.severity == fachwerk_core::diagnostic::Severity::Error);
    assert_ne!(release.is_some(), stops, "a release and an error exclude each other");
    if let Some(release) = &release {
        let proof = in_time(|| [soundness::prove(release).findings, soundness::lawful(release)].concat());
        check_told(&proof.iter().map(|finding| finding.diagnostic(release)).collect::<Vec<_>>());
    }
    found.extend(problems);
    check_told(&found);
    found
}

/// A folder has exactly these problems.
#[track_caller]
fn check(files: Files<'_>, expected: &[&str]) {
    assert_eq!(lines(&problems_of(files, &[])), expected);
}

/// The same for a `process.yaml` alone.
#[track_caller]
fn check_text(text: &str, expected: &[&str]) {
    check(&[("process.yaml", text.as_bytes())], expected);
}

/// The same for the steps of a sound process; line 5 is the first.
#[track_caller]
fn check_steps(steps: &str, expected: &[&str]) {
    check_text(&format!("{HEAD}{steps}"), expected);
}

/// So many problems of one code that only the first and their number are compared.
#[track_caller]
fn check_many(steps: &str, first: &str, count: usize) {
    let problems = problems_of(&[("process.yaml", format!("{HEAD}{steps}").as_bytes())], &[]);
    assert_eq!((problems.first().map(line).as_deref(), problems.len()), (Some(first), count));
}

/// Text made of numbered pieces.
fn joined(count: usize, between: &str, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect::<Vec<_>>().join(between)
}

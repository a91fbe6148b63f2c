//! Every norm that the catalogue, the examples and the legal data say can be read; what is read, completely.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    path::{Path, PathBuf},
};

use fachwerk_core::{
    diagnostic::Diagnostic,
    language::{Catalogue, Folder, compile},
    law::{
        citation::Citation,
        mentions::{Mention, Mentioning, of_file, of_folder},
    },
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn files(base: &Path, at: &Path, into: &mut Folder) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(at).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(base, &path, into);
        } else {
            let name = path.strip_prefix(base).unwrap().to_string_lossy().into_owned();
            into.files.insert(name.into(), std::fs::read(&path).unwrap().into());
        }
    }
}

/// The folders with this file, and their files.
fn folders(at: &Path, found: &mut Vec<Folder>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(at).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    if ["process.yaml", "block.yaml"].iter().any(|marker| at.join(marker).exists()) {
        let name = at.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        let mut folder = Folder { name: name.into(), ..Folder::default() };
        files(at, at, &mut folder);
        found.push(folder);
        return;
    }
    entries.iter().filter(|entry| entry.is_dir()).for_each(|entry| folders(entry, found));
}

fn everything() -> Vec<Mention> {
    let mut all = Vec::new();
    for place in ["building-blocks", "examples"] {
        let mut found = Vec::new();
        folders(&root().join(place), &mut found);
        assert!(found.len() > 20, "{place}");
        all.extend(found.iter().flat_map(of_folder));
    }
    let mut law = Folder::default();
    files(&root().join("building-blocks/law"), &root().join("building-blocks/law"), &mut law);
    assert!(law.files.len() >= 7);
    for (name, bytes) in &law.files {
        let name = format!("building-blocks/law/{name}").into();
        let read = of_file(&name, bytes, Mentioning::Law);
        assert!(read.len() > 1, "{name}");
        all.extend(read);
    }
    all
}

#[test]
fn all_that_is_cited_can_be_read() {
    let all = everything();
    let unreadable: Vec<String> = all
        .iter()
        .filter_map(|it| {
            it.read.as_ref().err().map(|why| format!("{}: {} ({})", it.span, it.written, why.why.en))
        })
        .collect();
    assert_eq!(unreadable, Vec::<String>::new());
    // By law, what is cited and how it was written; a law that is there twice under two names would show.
    let mut laws: BTreeMap<String, BTreeSet<Citation>> = BTreeMap::new();
    for mention in &all {
        for citation in mention.read.iter().flatten() {
            laws.entry(citation.law_key()).or_default().insert(citation.clone());
        }
    }
    let mut printed = String::new();
    for citations in laws.values() {
        for citation in citations {
            writeln!(printed, "{citation}").unwrap();
        }
    }
    insta::assert_snapshot!(printed);
}

#[test]
fn what_cannot_be_read_is_a_warning_with_its_place() {
    let process = "process: p\nversion: 1.0.0\ntitle: { de: P, en: P }\nlegal_basis: [§ 42a, VwVfG § 42a]\nsteps:\n  a: { end: true }\n";
    let files = [("process.yaml".into(), process.as_bytes().into())].into();
    let folder = Folder { name: "p".into(), files };
    let compiled = compile(&folder, &Catalogue::default());
    let said = |it: &Diagnostic| format!("{} {} {:?} {}", it.span, it.code, it.severity, it.message.en);
    let found: Vec<String> = compiled.problems.iter().map(said).collect();
    assert_eq!(found, ["p/process.yaml:4:15 citation_unreadable Warning The law of `§ 42a` is missing."]);
}

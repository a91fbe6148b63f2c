//! The control-flow patterns and every construct, played as written; the table of the patterns is made from the folders.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use fachwerk_core::{
    diagnostic::Diagnostic,
    event::{Direction, DocumentContent, EffectError},
    language::{Catalogue, Folder, compile},
    scenario::{self, Made, Simulation},
    words::{Text, Value},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let found = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut found: Vec<PathBuf> = found.filter_map(|entry| Some(entry.ok()?.path())).collect();
    found.sort();
    found
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn take(base: &Path, folder: &Path, into: &mut Folder) {
    for path in entries(folder) {
        if path.is_dir() {
            take(base, &path, into);
        } else {
            let name = path.strip_prefix(base).unwrap_or(&path).to_string_lossy().into_owned();
            into.files.insert(name.into(), read(&path).into_bytes().into());
        }
    }
}

/// Letters are made; there is no other connector, so each other effect fails.
fn connector(name: &str, request: &Value) -> Result<Made, EffectError> {
    if name != "letter" {
        let message = Text::new(format!("Eine Anbindung „{name}“ gibt es nicht."), format!("No `{name}`."));
        return Err(EffectError { code: "connector_unknown".into(), message, retry: false });
    }
    let said = |key: &str| request[key].as_str().unwrap_or_default();
    let content = DocumentContent {
        title: said("title").into(),
        media_type: "text/html".into(),
        hash: said("body").into(),
        size: said("body").len() as u64,
        direction: Direction::Outgoing,
        addressee: None,
        enclosures: Vec::new(),
    };
    // Who signs stands below, as in a real letter.
    let below = match request["signed_by"].as_str() {
        Some(name) => format!("Im Auftrag\n\n{name}"),
        None => "Dieses Schreiben wurde automatisch erstellt und ist ohne Unterschrift gültig.".to_owned(),
    };
    let text = format!("{}\n\n{below}", said("body"));
    Ok(Made { documents: vec![(content, text.into())], ..Made::default() })
}

fn told(problems: &[Diagnostic]) -> String {
    let told: Vec<String> = problems
        .iter()
        .map(|it| {
            format!(
                "{} {} {} {}",
                it.span,
                it.code,
                it.message.en,
                it.help.as_ref().map_or("", |help| &help.en)
            )
        })
        .collect();
    told.join("\n")
}

/// Plays all scenarios of a folder; what does not go as written, side by side.
fn play(path: &Path) -> Vec<String> {
    let mut folder = Folder { name: name_of(path).into(), ..Folder::default() };
    take(path, path, &mut folder);
    let compiled = compile(&folder, &Catalogue::default());
    let mut wrong = Vec::new();
    let release = match &compiled.release {
        Some(release) if compiled.problems.is_empty() => release,
        _ => return vec![told(&compiled.problems)],
    };
    let scenarios: Vec<_> =
        folder.files.keys().filter(|name| name.starts_with("scenarios/")).cloned().collect();
    if scenarios.is_empty() {
        wrong.push(format!("{}: no scenario", folder.name));
    }
    for file in scenarios {
        let (scenario, problems) = scenario::read(&folder, &file);
        let Some(scenario) = scenario.filter(|_| problems.is_empty()) else {
            wrong.push(told(&problems));
            continue;
        };
        let mut world = Simulation::new(&scenario, release, &connector).expect("the place is known");
        let report = scenario::run(&scenario, release, &mut world);
        wrong.extend(report.failure());
        // A case is what its turns make of it.
        let mut replayed = fachwerk_core::case::Case::unborn(world.case.tenant.clone(), world.case.id);
        world.turns.iter().for_each(|turn| turn.apply(&mut replayed));
        if replayed != world.case {
            wrong.push(format!("{}: the turns replayed give another case", scenario.span));
        }
    }
    wrong
}

#[track_caller]
fn check(folder: &str) {
    let folders: Vec<PathBuf> =
        entries(&root().join(folder)).into_iter().filter(|path| path.is_dir()).collect();
    assert!(!folders.is_empty(), "{folder} is empty");
    let wrong: Vec<String> = folders.iter().flat_map(|path| play(path)).collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_pattern_goes_as_written() {
    check("examples/patterns");
}

#[test]
fn every_construct_goes_as_written() {
    check("examples/constructs");
}

/// Processes that are not sound: what a case does that gets stuck.
#[test]
fn what_gets_stuck_goes_as_written() {
    check("engine/core/tests/material/stuck");
}

#[test]
fn every_example_of_administration_goes_as_written() {
    check("examples/administration");
}

/// A row of the table: the number, and the cells after it.
type Rows = BTreeMap<u32, String>;

/// `# 9. Structured Discriminator`, a blank line, `Construct: …`.
fn row(path: &Path) -> (u32, String) {
    let text = read(&path.join("README.md"));
    let mut lines = text.lines();
    let head = lines.next().and_then(|line| line.strip_prefix("# ")?.split_once(". "));
    let construct = lines.find_map(|line| line.strip_prefix("Construct: "));
    let number = head.and_then(|(number, _)| number.parse::<u32>().ok());
    let (Some(number), Some((_, title)), Some(construct)) = (number, head, construct) else {
        panic!("{}: README.md begins with `# <number>. <title>` and says `Construct: …`", path.display());
    };
    let folder = name_of(path);
    assert!(folder.starts_with(&format!("{number:02}-")), "{folder} is not pattern {number}");
    (number, format!("[{title}](../examples/patterns/{folder}) | {construct}"))
}

fn table() -> String {
    let patterns = root().join("examples/patterns");
    let mut rows: Rows =
        entries(&patterns).iter().filter(|path| path.is_dir()).map(|path| row(path)).collect();
    let supported = rows.len();
    let unsupported: Value =
        serde_json::from_str(&read(&patterns.join("unsupported.json"))).expect("valid JSON");
    for it in unsupported.as_array().into_iter().flatten() {
        let number = it["number"].as_u64().and_then(|number| u32::try_from(number).ok()).expect("a number");
        let said = |key: &str| it[key].as_str().unwrap_or_else(|| panic!("{number}: no `{key}`"));
        let cells = format!("{} | – {}", said("title"), said("reason"));
        assert!(rows.insert(number, cells).is_none(), "pattern {number} is there twice");
    }
    assert!(rows.keys().copied().eq(1..=43), "there are 43 patterns: {:?}", rows.keys());
    let mut text = format!(
        "# The workflow control-flow patterns\n\n\
         Of the 43 patterns (van der Aalst, ter Hofstede, Kiepuszewski, Barros 2003; Russell, ter Hofstede, van der Aalst, Mulyar: \
         BPM Center Report BPM-06-22) the language says {supported}. Each folder has a small process and scenarios that show what \
         happens, and what does not.\n\n\
         This page is written by a test from `examples/patterns`; do not edit it (`make bless`).\n\n\
         | no. | pattern | said by |\n|---|---|---|\n"
    );
    for (number, cells) in rows {
        text.push_str(&format!("| {number} | {cells} |\n"));
    }
    text
}

#[test]
fn the_table_of_patterns_is_up_to_date() {
    let (path, table) = (root().join("docs/patterns.md"), table());
    if std::env::var_os("FACHWERK_BLESS").is_some() {
        std::fs::write(&path, &table).expect("docs can be written");
    }
    assert_eq!(read(&path), table, "docs/patterns.md is out of date: FACHWERK_BLESS=1, or `make bless`");
}

//! Every folder of the catalogue, without exception: it can be read, its scenarios reach each of its outcomes, and its
//! README says all that whoever uses it needs. `FACHWERK_BLESS=1` writes what is generated in the READMEs.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use fachwerk_core::{
    diagnostic::Problems,
    language::{Block, Folder, read_block},
};

const SECTIONS: [&str; 11] = [
    "**Was der Baustein tut",
    "**Wann man ihn nimmt",
    "**Parameter",
    "**Ausgänge",
    "**Beispiel",
    "**Rechtliche Hinweise",
    "## Aufgaben und Felder",
    "**What it does",
    "**When to use it",
    "**Parameters",
    "**Legal notes",
];
const BEGIN: &str = "<!-- fachwerk describe -->\n";
const END: &str = "<!-- /fachwerk describe -->";

fn catalogue() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../building-blocks")
}

/// The folders of the catalogue by name, besides the legal data.
fn folders() -> Vec<(String, PathBuf)> {
    let entries =
        fs::read_dir(catalogue()).expect("the catalogue").filter_map(|entry| Some(entry.ok()?.path()));
    let mut found: Vec<_> = entries
        .filter(|path| path.is_dir() && !path.ends_with("law"))
        .map(|path| (path.file_name().expect("a name").to_string_lossy().into_owned(), path))
        .collect();
    found.sort();
    assert!(found.len() > 20, "{found:?}");
    found
}

fn block(name: &str, path: &Path) -> Block {
    let bytes = fs::read(path.join("block.yaml")).unwrap_or_else(|error| panic!("{name}: {error}"));
    let folder = Folder { name: name.into(), files: [("block.yaml".into(), bytes.into())].into() };
    read_block(&folder, &mut Problems::default()).unwrap_or_else(|| panic!("{name} cannot be read"))
}

fn fachwerk(command: &str, path: &Path) -> (Option<i32>, String) {
    let ended =
        Command::new(env!("CARGO_BIN_EXE_fachwerk")).arg(command).arg(path).output().expect("it starts");
    (ended.status.code(), String::from_utf8_lossy(&ended.stdout).into_owned())
}

/// What is wrong with a block and what is written of it, in words.
fn wrong_with(name: &str, path: &Path) -> Vec<String> {
    let mut wrong = Vec::new();
    // The second one also fails when no scenario reaches an outcome.
    for command in ["check", "test"] {
        let (code, said) = fachwerk(command, path);
        let clean = code == Some(0) && (command == "test" || said.contains(" 0 concerns, 0 warnings"));
        wrong.extend((!clean).then(|| format!("{name}: fachwerk {command} says {said}")));
    }
    let block = block(name, path);
    let file = path.join("README.md");
    let readme = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
    wrong.extend(
        SECTIONS.iter().filter(|part| !readme.contains(**part)).map(|part| format!("{name}: no {part}")),
    );
    let names = block.parameters.fields.iter().map(|field| &field.name);
    let names = names.chain(block.outcomes.iter().map(|(id, _)| id)).chain(block.messages.keys());
    for half in readme.split("\n---\n").take(2) {
        let missing = names.clone().filter(|name| !half.contains(&format!("`{name}`")));
        wrong.extend(missing.map(|missing| format!("{name}: `{missing}` is not told in\n{half}")));
    }
    let (_, described) = fachwerk("describe", path);
    let told = readme.split_once(BEGIN).and_then(|(_, rest)| rest.split_once(END)).map(|(told, _)| told);
    if told != Some(&*described) {
        if std::env::var_os("FACHWERK_BLESS").is_some()
            && let Some(told) = told
        {
            let whole = readme.replace(&format!("{BEGIN}{told}{END}"), &format!("{BEGIN}{described}{END}"));
            fs::write(&file, whole).expect("the README can be written");
        } else {
            wrong.push(format!(
                "{name}: tasks and fields of its README are not those of `fachwerk describe`: `make bless`"
            ));
        }
    }
    wrong
}

#[test]
fn every_block_is_whole() {
    let wrong: Vec<String> = folders().iter().flat_map(|(name, path)| wrong_with(name, path)).collect();
    assert!(wrong.is_empty(), "{} found:\n{}", wrong.len(), wrong.join("\n"));
}

/// The table of the thirty-five tasks names every block, and nothing that is not there.
#[test]
fn the_table_names_every_block() {
    let table = fs::read_to_string(catalogue().join("README.md")).expect("the table");
    let rows: Vec<&str> = table.lines().filter(|line| line.starts_with("| ")).collect();
    let numbers: Vec<usize> =
        rows.iter().filter_map(|row| row.split('|').nth(1)?.trim().parse().ok()).collect();
    assert_eq!(numbers, (1..=35).collect::<Vec<_>>());
    let links = rows.iter().flat_map(|row| row.split("](").skip(1)).filter_map(|rest| rest.split_once(')'));
    let named: BTreeSet<String> = links
        .map(|(link, _)| link.to_owned())
        .filter(|link| !link.contains(['/', '.', '#']) && link != "law")
        .collect();
    let there: BTreeSet<String> = folders().into_iter().map(|(name, _)| name).collect();
    assert_eq!(named, there);
}

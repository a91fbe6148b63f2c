//! Every condition of the examples and building blocks is one that pickers can build: it has a tree, the tree writes it
//! back, and both languages have a sentence for it. What the sentences are stands in `expected.txt`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use fachwerk_core::{
    definition::{Expr, Form, FormField, Kind, Release},
    diagnostic::Problems,
    language::{Catalogue, Folder, Node, NodeKind, compile, sandbox},
    scenario,
};
use fachwerk_rules::Lang;
use fachwerk_tests::{blessing, repository};

#[test]
fn every_condition_is_a_sentence() {
    let folders = folders();
    let mut problems = Problems::default();
    let mut catalogue = Catalogue::default();
    for folder in folders.iter().filter(|folder| folder.files.contains_key("block.yaml")) {
        catalogue.add(folder.clone(), &mut problems);
    }
    assert!(problems.is_empty(), "{:?}", problems.into_sorted());
    let mut sentences = BTreeMap::new();
    let mut places = BTreeSet::new();
    let mut unsaid = Vec::new();
    for release in folders.iter().flat_map(|folder| processes(folder, &catalogue)) {
        for (rule, form) in conditions(&release) {
            places.insert(rule.span.to_string());
            match said(&release, rule, form) {
                Ok(said) => drop(sentences.insert(rule.source.to_string(), said)),
                Err(why) => unsaid.push(why),
            }
        }
    }
    assert!(unsaid.is_empty(), "no picker can build these:\n{}", unsaid.join("\n"));
    for folder in &folders {
        for written in written_conditions(folder) {
            assert!(
                places.contains(&written),
                "the condition at {written} belongs to no process that was read"
            );
        }
    }
    let found: String = sentences.iter().map(|(rule, said)| format!("{rule}\n{said}\n")).collect();
    let path = repository().join("tests/tests/sentences/expected.txt");
    if blessing() {
        fs::write(&path, &found).expect("the expectations can be written");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, expected, "FACHWERK_BLESS=1 rewrites {}", path.display());
}

/// Both sentences, after the tree was written and read back; or what has none.
fn said(release: &Release, rule: &Expr, form: Option<&Form>) -> Result<String, String> {
    let vocabulary = release.vocabulary(rule.frame, form);
    let Some(tree) = sandbox().condition(&rule.source, &vocabulary) else {
        return Err(format!("{}: `{}`", rule.span, rule.source));
    };
    let written = tree.to_rhai();
    assert_eq!(sandbox().condition(&written, &vocabulary), Some(tree.clone()), "{written}");
    let sentence = release.sentence(rule, form).expect("what has a tree has a sentence");
    let [de, en] = [Lang::De, Lang::En].map(|lang| tree.sentence(&vocabulary, lang));
    assert_eq!([&*sentence.de, &*sentence.en], [&*de, &*en]);
    Ok(format!("  {de}.\n  {en}.\n"))
}

/// All conditions of a process, with the form that they stand in.
fn conditions(release: &Release) -> Vec<(&Expr, Option<&Form>)> {
    let mut found = Vec::new();
    let handlers = release.scopes.iter().flat_map(|scope| &scope.handlers);
    found.extend(handlers.filter_map(|handler| handler.when.as_ref()).map(|rule| (rule, None)));
    // Of the branches of a fork.
    found.extend(release.steps.iter().filter_map(|step| step.when.as_ref()).map(|rule| (rule, None)));
    for step in &release.steps {
        match &step.kind {
            Kind::Choose(ways) => {
                found.extend(ways.iter().filter_map(|way| way.when.as_ref()).map(|rule| (rule, None)));
            }
            Kind::Wait(branches) => {
                found.extend(
                    branches.iter().filter_map(|branch| branch.when.as_ref()).map(|rule| (rule, None)),
                );
            }
            Kind::Issue(issue) => {
                found.extend(
                    issue.further.iter().filter_map(|act| act.when.as_ref()).map(|rule| (rule, None)),
                );
            }
            Kind::Texts(texts) => {
                found.extend(
                    texts.blocks.iter().filter_map(|text| text.when.as_ref()).map(|rule| (rule, None)),
                );
            }
            Kind::Task(task) => {
                let shown = task.form.fields.iter().flat_map(FormField::conditions);
                found.extend(shown.map(|rule| (rule, Some(&task.form))));
            }
            _ => {}
        }
    }
    found
}

/// The process in a folder, and the little processes around the block in it.
fn processes(folder: &Folder, catalogue: &Catalogue) -> Vec<Release> {
    let mut texts = Vec::new();
    if folder.files.contains_key("process.yaml") {
        texts.push(folder.clone());
    }
    let scenarios = folder.files.keys().filter(|path| scenario::is_scenario(path));
    texts.extend(scenarios.filter_map(|path| Some(scenario::read(folder, path).0?.harness?.folder)));
    let compiled = texts.iter().map(|text| compile(text, catalogue));
    compiled.map(|compiled| compiled.release.unwrap_or_else(|| panic!("{:?}", compiled.problems))).collect()
}

/// Where a condition is written: the text of a `when`, unless a gap is filled there.
fn written_conditions(folder: &Folder) -> Vec<String> {
    let mut found = Vec::new();
    for name in folder.files.keys().filter(|name| name.ends_with(".yaml") && !name.starts_with("scenarios/"))
    {
        let tree = folder.read_yaml(name, 0, &mut Problems::default());
        look_for_conditions(&tree.unwrap_or_else(|| panic!("{name} can be read")), &mut found);
    }
    found
}

fn look_for_conditions(node: &Node, found: &mut Vec<String>) {
    match &node.kind {
        NodeKind::Map(entries) => {
            for (key, value) in entries {
                match &value.kind {
                    NodeKind::Text(text) if &*key.text == "when" && !text.starts_with('$') => {
                        found.push(value.span.to_string());
                    }
                    _ => look_for_conditions(value, found),
                }
            }
        }
        NodeKind::List(items) => items.iter().for_each(|item| look_for_conditions(item, found)),
        _ => {}
    }
}

/// All folders of examples and building blocks.
fn folders() -> Vec<Folder> {
    let mut folders = Vec::new();
    for room in ["examples", "building-blocks"] {
        let mut paths: Vec<PathBuf> = entries(&repository().join(room));
        paths.retain(|path| path.join("process.yaml").is_file() || path.join("block.yaml").is_file());
        for path in paths {
            let name = path.strip_prefix(repository()).expect("below the repository").display().to_string();
            let mut folder = Folder { name: name.into(), ..Folder::default() };
            add_files(&path, &path, &mut folder);
            folders.push(folder);
        }
    }
    assert!(folders.len() > 10, "{} folders", folders.len());
    folders
}

fn add_files(root: &Path, path: &Path, folder: &mut Folder) {
    for entry in entries(path) {
        if entry.is_dir() {
            add_files(root, &entry, folder);
        } else {
            let name = entry.strip_prefix(root).expect("below its root").display().to_string();
            folder.files.insert(name.into(), fs::read(&entry).expect("a file can be read").into());
        }
    }
}

fn entries(path: &Path) -> Vec<PathBuf> {
    let read = fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut entries: Vec<PathBuf> = read.map(|entry| entry.expect("an entry can be read").path()).collect();
    entries.sort();
    entries
}

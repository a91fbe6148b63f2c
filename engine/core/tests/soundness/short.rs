//! Processes in few words: the files of the project, and steps with short forms.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use fachwerk_core::{
    diagnostic::{Problems, Severity},
    language::{Catalogue, Folder},
    soundness,
};

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub fn entries(folder: &Path) -> Vec<PathBuf> {
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

pub fn folder(path: &Path) -> Folder {
    let mut folder =
        Folder { name: path.file_name().unwrap().to_string_lossy().into_owned().into(), ..Folder::default() };
    take(path, path, &mut folder);
    folder
}

pub fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::default();
    for path in entries(&root().join("building-blocks")) {
        if path.join("block.yaml").exists() {
            catalogue.add(folder(&path), &mut Problems::default());
        }
    }
    catalogue
}

/// Steps as they are written, with short forms: `T` a task, `T(a,b)` one with outcomes, `N` a step that computes, `F` a task
/// in which a `note` must be written, `R(rule)` a step that computes with a rule, `L` a letter, `I` a step that issues the
/// act `permit`.
pub fn process(steps: &str, more: &str) -> Folder {
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

const NOTE: &str = "task: { title: { de: Tun, en: Do }, fields: { note: { type: text, required: true, title: { de: Notiz, en: Note } } } }, role: clerk";

/// The short forms of a line.
fn short(line: &str) -> String {
    if let Some((before, rest)) = line.split_once("R(") {
        let (rule, after) = rest.split_once(")R").expect("a rule in brackets");
        return short(&format!("{before}compute: {{ x: '{rule}' }}{after}"));
    }
    let Some((before, rest)) = line.split_once("T(") else {
        return line
            .replace(" T,", " task: { title: { de: Tun, en: Do } }, role: clerk,")
            .replace(" T }", " task: { title: { de: Tun, en: Do } }, role: clerk }")
            .replace(" F,", &format!(" {NOTE},"))
            .replace(" F }", &format!(" {NOTE} }}"))
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

/// What is said of a process: `concern result_never_there: At …`.
pub fn said(folder: &Folder, catalogue: &Catalogue) -> Vec<String> {
    let problems = soundness::check(folder, catalogue).problems;
    let line = |severity: Severity| match severity {
        Severity::Error => "error",
        Severity::Concern => "concern",
        Severity::Warning => "warning",
    };
    problems.iter().map(|it| format!("{} {}: {}", line(it.severity), it.code, it.message.en)).collect()
}

/// Steps in short forms; a line that begins with `! ` belongs to the process, one with `>name ` to a file of that name, one
/// with `@name ` to a file of the block `b`.
pub fn written(text: &str) -> (Folder, Folder) {
    let mut more = String::from("data: application.schema.json\n");
    let mut own = String::new();
    let (mut files, mut block) = (BTreeMap::new(), BTreeMap::new());
    for line in text.lines() {
        let of_file = [('>', &mut files), ('@', &mut block)].into_iter().find_map(|(mark, files)| {
            let (name, rest) = line.trim_start().strip_prefix(mark)?.split_once(' ')?;
            let content: &mut String = files.entry(name).or_default();
            content.push_str(rest);
            content.push('\n');
            Some(())
        });
        if of_file.is_some() {
            continue;
        }
        let into = if line.trim_start().starts_with("! ") { &mut more } else { &mut own };
        into.push_str(line.trim_start().trim_start_matches("! "));
        into.push('\n');
    }
    let mut folder = process(&own, &more);
    let all = |files: BTreeMap<&str, String>| {
        files
            .into_iter()
            .map(|(name, content)| (name.into(), content.into_bytes().into()))
            .collect::<Vec<_>>()
    };
    folder.files.extend(all(files));
    (folder, Folder { name: "b".into(), files: all(block).into_iter().collect() })
}

/// What is said of steps in short forms.
pub fn said_of(text: &str) -> Vec<String> {
    let (folder, block) = written(text);
    let mut catalogue = catalogue();
    if !block.files.is_empty() {
        let mut problems = Problems::default();
        catalogue.add(block, &mut problems);
        assert_eq!(problems.into_sorted(), []);
    }
    said(&folder, &catalogue)
}

#[track_caller]
pub fn check(text: &str, expected: &[&str]) {
    assert_eq!(said_of(text), expected);
}

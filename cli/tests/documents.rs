//! The commands that the documents show, as a reader copies them.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

const DOCUMENTS: [&str; 7] = [
    "README.md",
    "docs/administrators.md",
    "docs/block-authors.md",
    "docs/clerks.md",
    "docs/designers.md",
    "docs/diagnostics.md",
    "docs/language-reference.md",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The commands of the program in the blocks marked `sh`, each with its line; one that goes on in the next line is one command.
fn commands(document: &str) -> Vec<(usize, String)> {
    let text = fs::read_to_string(root().join(document)).expect("the document can be read");
    let (mut commands, mut inside): (Vec<(usize, String)>, bool) = (Vec::new(), false);
    let mut goes_on = false;
    for (at, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            inside = line == "```sh";
        } else if inside && goes_on {
            commands.last_mut().expect("a line before goes on").1 += line;
        } else if inside {
            commands.push((at + 1, line.to_owned()));
        }
        goes_on = inside && line.ends_with('|');
    }
    // What the program under test stands for is not called by its path.
    commands.retain(|(_, command)| command.contains("fachwerk ") && !command.contains("target/"));
    commands
}

/// What a shell says to a command, in a folder, with the built program on the path.
fn shell(folder: &Path, command: &str) -> (Option<i32>, String) {
    let program = Path::new(env!("CARGO_BIN_EXE_fachwerk")).parent().expect("the program lies in a folder");
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
    let mut shell = Command::new("sh");
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("FACHWERK_")) {
        shell.env_remove(name);
    }
    let ended =
        shell.args(["-c", command]).current_dir(folder).env("PATH", path).stdin(Stdio::null()).output();
    let ended = ended.expect("the shell starts");
    (ended.status.code(), String::from_utf8_lossy(&ended.stderr).into_owned())
}

fn fresh(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the directory for temporary files can be written");
    folder
}

/// A server does not end, and what asks one on the network needs it.
fn needs_a_server(command: &str) -> bool {
    command.contains("fachwerk serve") || command.contains("https://")
}

/// Each command of the first page does its work, one after the other.
#[test]
fn the_first_page() {
    let folder = fresh("first-page");
    let commands = commands("README.md");
    assert!(commands.len() >= 5, "{commands:?}");
    for (line, command) in commands.iter().filter(|(_, command)| !needs_a_server(command)) {
        let ended = shell(&folder, command);
        assert_eq!(ended, (Some(0), String::new()), "README.md:{line}: {command}");
    }
}

/// No document shows a command or flag that does not exist. (What it works on need not be there.)
#[test]
fn every_document() {
    let folder = fresh("every-document");
    for document in DOCUMENTS {
        for (line, command) in commands(document).iter().filter(|(_, command)| !needs_a_server(command)) {
            let (code, said) = shell(&folder, command);
            let known = code.is_some_and(|code| code <= 2) && !said.contains("Usage:");
            assert!(known, "{document}:{line}: {command}: {code:?} {said}");
        }
    }
}

/// The files that a document shows: a line with nothing but a path, then its text.
fn shown_files(document: &str) -> Vec<(String, String)> {
    let text = fs::read_to_string(root().join(document)).expect("the document can be read");
    let (mut files, mut path, mut shown): (Vec<_>, Option<String>, Option<String>) = (Vec::new(), None, None);
    for line in text.lines() {
        let named = line.strip_prefix('`').and_then(|line| line.strip_suffix('`'));
        match (&mut shown, line.starts_with("```")) {
            (Some(_), true) => files.extend(path.take().zip(shown.take())),
            (Some(shown), false) => *shown += &format!("{line}\n"),
            (None, true) if path.is_some() => shown = Some(String::new()),
            (None, _) if !line.is_empty() => path = named.map(str::to_owned),
            (None, _) => {}
        }
    }
    files
}

/// The block of the guide is made, checked, packed, signed and installed as it says.
#[test]
fn the_guide_for_authors_of_blocks() {
    let document = "docs/block-authors.md";
    let folder = fresh("block-authors");
    let data = folder.join("data").display().to_string();
    found(&data);
    let commands = commands(document);
    let mut said = Vec::new();
    for (line, command) in commands.iter().filter(|(_, command)| !command.contains("my-process")) {
        // What is shown takes the place of what `new` has made.
        if command.contains("fachwerk check") {
            let _ = fs::remove_dir_all(folder.join("building-blocks/inspection"));
            for (path, text) in shown_files(document) {
                let path = folder.join("building-blocks").join(path);
                fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("a folder");
                fs::write(path, text).expect("a file");
            }
        }
        let (code, error) = shell(&folder, command);
        assert_eq!((code, error.as_str()), (Some(0), ""), "{document}:{line}: {command}");
        said.push(command.split_whitespace().nth(2).unwrap_or_default().to_owned());
    }
    for needed in ["key", "pack", "sign", "verify", "trust", "install", "publishers"] {
        assert!(said.iter().any(|said| said == needed), "{document} does not show `block {needed}`");
    }
    let letter =
        "fachwerk new block inquiry --kind letter && fachwerk check inquiry && fachwerk test inquiry";
    assert_eq!(shell(&folder, letter), (Some(0), String::new()));
    let again = "fachwerk block install inspection.fwpkg --as admin";
    let file = folder.join("inspection.fwpkg");
    let whole = fs::read_to_string(&file).expect("the package");
    fs::write(&file, whole.replacen("Augenschein", "Anschein", 1)).expect("a file");
    let (code, error) = shell(&folder, again);
    assert_eq!(code, Some(1), "{error}");
    assert!(error.contains("changed after it was packed"), "{error}");
    assert_eq!(
        shell(&folder, "fachwerk block key --out publisher.key").0,
        Some(2),
        "a key is never written over"
    );
}

/// An authority, set up by a server that is ended then.
fn found(data: &str) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fachwerk"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("FACHWERK_")) {
        command.env_remove(name);
    }
    command.args([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--data",
        data,
        "--found",
        "musterstadt",
        "--land",
        "ST",
    ]);
    command.env("FACHWERK_ADMIN_PASSWORD", "drei kleine Worte").stdin(Stdio::null());
    let mut server = command.stdout(Stdio::piped()).spawn().expect("it starts");
    let mut line = String::new();
    let out = server.stdout.take().expect("its output is ours");
    BufReader::new(out).read_line(&mut line).expect("text");
    let _ = server.kill();
    server.wait().expect("it has ended");
    assert!(line.starts_with("Fachwerk: "), "{line}");
}

/// A file that makes no process or block is refused instead of everything around it being searched; formats that a
/// command does not print are not offered.
#[track_caller]
fn check(command: &str, says: &str) {
    let (code, said) = shell(&root(), command);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains(says), "`{says}` is missing in: {said}");
}

#[test]
fn what_is_refused() {
    check("fachwerk test README.md", "README.md is neither process.yaml nor block.yaml");
    check("fachwerk check examples/bonfire/application.json", "application.json is neither process.yaml nor");
    check("fachwerk check examples/bonfire --format junit", "[possible values: text, json]");
}

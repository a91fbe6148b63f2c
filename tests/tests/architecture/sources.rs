//! The files of the repository that rules look at, and what a rule finds in them.

use std::{
    collections::BTreeSet,
    fmt,
    path::{Path, PathBuf},
};

use crate::rust::Rust;

/// One text file.
pub struct Source {
    /// From the root, with `/`.
    pub path: String,
    pub text: String,
    /// Only of Rust.
    pub rust: Option<Rust>,
    /// Exists only for tests: it stands in a folder of tests, its name begins with `test_`, or it is declared under
    /// `#[cfg(test)]`.
    pub is_test: bool,
}

/// Where a rule is broken, and what to do instead.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    pub path: String,
    /// From 1.
    pub line: usize,
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}

/// A rule that one file keeps or breaks by itself.
pub type Rule = fn(&Source) -> Vec<Finding>;

impl Source {
    pub fn new(path: &str, text: &str) -> Source {
        let file = path.rsplit('/').next().unwrap_or(path);
        let in_tests = path.starts_with("tests/")
            || file.starts_with("test_")
            || ["/tests/", "/benches/", "/examples/"].iter().any(|folder| path.contains(folder))
            || path.contains(".test.")
            || path.contains(".spec.");
        Source {
            path: path.to_owned(),
            text: text.to_owned(),
            rust: path.ends_with(".rs").then(|| Rust::read(text)),
            is_test: in_tests,
        }
    }

    pub fn finding(&self, line: usize, message: impl Into<String>) -> Finding {
        Finding { path: self.path.clone(), line, message: message.into() }
    }

    /// The lines of code of Rust that is not only for tests, with their numbers; none for other files.
    pub fn shipped_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let code = match &self.rust {
            Some(rust) if !self.is_test => rust.shipped.as_str(),
            _ => "",
        };
        numbered(code)
    }

    /// All lines of code of Rust, with their numbers; none for other files.
    pub fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        numbered(self.rust.as_ref().map_or("", |rust| rust.code.as_str()))
    }

    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        numbered(&self.text)
    }

    pub fn is_rust(&self) -> bool {
        self.rust.is_some()
    }

    /// Written for the browser, or for Node.
    pub fn is_script(&self) -> bool {
        [".ts", ".tsx", ".js", ".mjs", ".jsx"].iter().any(|end| self.path.ends_with(end))
    }

    /// The files of modules that this one declares only for tests.
    fn test_files(&self) -> Vec<String> {
        let Some(rust) = &self.rust else { return Vec::new() };
        let (folder, file) = self.path.rsplit_once('/').unwrap_or(("", &self.path));
        let inside = match file {
            "lib.rs" | "main.rs" | "mod.rs" => folder.to_owned(),
            _ => format!("{folder}/{}", file.trim_end_matches(".rs")),
        };
        let files = |name: &String| [format!("{inside}/{name}.rs"), format!("{inside}/{name}/mod.rs")];
        rust.test_modules.iter().flat_map(files).collect()
    }
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line))
}

/// What nobody of us has written: made by programs, or installed.
const NOT_OURS: [&str; 5] = ["target", "node_modules", "dist", "golden", "output"];
/// What `make run` leaves in the root.
const DATA_OF_THE_SERVER: &str = "data";
/// The texts that rules know. Everything else (pictures, fonts, recorded data) is no text of ours.
const TEXTS: [&str; 18] = [
    "rs", "ts", "tsx", "js", "mjs", "jsx", "css", "html", "sql", "yaml", "yml", "toml", "md", "sh", "rhai",
    "json", "run", "makefile",
];
/// Written by cargo, npm and our generators; the rules hold for what is generated from.
const GENERATED: [&str; 4] = ["Cargo.lock", "package-lock.json", ".gen.", "openapi.json"];

/// Every text file below the root that people have written.
pub fn read_all(root: &Path) -> Vec<Source> {
    let mut sources = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of the repository is readable").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let kind = entry.file_type().expect("an entry of a folder has a kind");
            let is_hidden = name.starts_with('.') && name != ".ci";
            let is_data = folder == root && name == DATA_OF_THE_SERVER;
            if kind.is_dir() && !is_hidden && !is_data && !NOT_OURS.contains(&name.as_str()) {
                folders.push(entry.path());
            } else if kind.is_file() && is_text(&name) {
                // A file that is no UTF-8 is no text.
                sources.extend(std::fs::read_to_string(entry.path()).map(|text| {
                    let path = relative(root, entry.path());
                    Source::new(&path, &text)
                }));
            }
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    let only_tests: BTreeSet<String> = sources.iter().flat_map(Source::test_files).collect();
    for source in &mut sources {
        source.is_test |= only_tests.contains(&source.path);
    }
    sources
}

fn is_text(name: &str) -> bool {
    let end = name.rsplit_once('.').map_or(name, |(_, end)| end).to_ascii_lowercase();
    TEXTS.contains(&end.as_str()) && !GENERATED.iter().any(|generated| name.contains(generated))
}

fn relative(root: &Path, path: PathBuf) -> String {
    let path = path.strip_prefix(root).map(Path::to_path_buf).unwrap_or(path);
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Shows that a rule can fail: what it finds in a file, as `line: message`.
#[cfg(test)]
#[track_caller]
pub fn check(rule: Rule, path: &str, text: &str, expected: &[&str]) {
    let found = rule(&Source::new(path, text));
    let said: Vec<String> =
        found.iter().map(|finding| format!("{}: {}", finding.line, finding.message)).collect();
    assert_eq!(said, expected, "in {path}");
}

//! A letter as a PDF, read back by programs of others.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use fachwerk_core::words::Value;

/// A letter that was made, and what lies of it on the disk.
pub struct Pdf {
    name: String,
    path: PathBuf,
    bytes: Vec<u8>,
    /// Its tags, in order, and what stands in them.
    structure: String,
}

impl Pdf {
    pub fn of(name: &str, request: &Value) -> Pdf {
        let make = || {
            let letter = fachwerk_letter::read(request).unwrap_or_else(|error| panic!("{name}: {error:?}"));
            letter.pdf().unwrap_or_else(|error| panic!("{name}: {error:?}"))
        };
        let bytes = make();
        assert!(bytes == make(), "{name} is another one when it is made again");
        Pdf::kept(name, bytes)
    }

    /// What was made, on the disk.
    pub fn kept(name: &str, bytes: Vec<u8>) -> Pdf {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("letters");
        fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join(format!("{name}.pdf"));
        fs::write(&path, &bytes).expect("a file");
        let structure = run("pdfinfo", &["-struct-text"], &path, &[]);
        Pdf { name: name.to_owned(), path, bytes, structure }
    }

    /// What it says about itself.
    pub fn keeps_its_standards(&self, request: &Value) {
        let info = run("pdfinfo", &[], &self.path, &[]);
        let title = request["title"].as_str().unwrap_or_default().trim();
        for part in
            ["Tagged: yes", "Encrypted: no", "JavaScript: no", "Form: none", &format!("Title: {title}")]
        {
            let found =
                info.lines().any(|line| line.split_whitespace().collect::<Vec<_>>().join(" ") == part);
            assert!(found, "{}: {part} is missing in\n{info}", self.name);
        }
        let bytes = String::from_utf8_lossy(&self.bytes);
        for part in ["<pdfaid:part>2<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<", "/Lang(de-DE)"] {
            assert!(bytes.contains(part), "{}: {part} is missing", self.name);
        }
        assert!(self.tags().iter().any(|tag| tag == "H1"), "{}: {}", self.name, self.structure);
    }

    /// Whatever the request says stands there, in the order in which it is read.
    pub fn has_all_parts(&self, request: &Value) {
        let said = squeezed(&self.said());
        let text = |field: &str| request[field].as_str().unwrap_or_default();
        let mut parts: Vec<&str> = Vec::new();
        for field in ["sender", "addressee", "reference", "date", "contact"] {
            parts.extend(text(field).lines());
        }
        let subject = if text("subject").is_empty() { text("title") } else { text("subject") };
        parts.push(subject);
        let letter = fachwerk_letter::read(request).expect("a letter");
        let (body, closing) = letter.closed();
        parts.extend(body.lines());
        if !text("costs").is_empty() {
            parts.push("Kosten");
            parts.extend(text("costs").lines());
        }
        if !text("instruction").is_empty() {
            parts.push("Rechtsbehelfsbelehrung");
            parts.extend(text("instruction").lines());
        }
        parts.extend(closing);
        let mut at = 0;
        for part in parts {
            let part = squeezed(numberless(part));
            // The letters of an automatic sentence may stand in the text as well: the last place counts.
            let found = said[at..].find(&part).or_else(|| said.find(&part).map(|_| 0));
            assert!(found.is_some(), "{}: {part} is missing in\n{}", self.name, self.structure);
            at += found.unwrap_or_default();
        }
    }

    /// Everything that is read aloud.
    pub fn said(&self) -> String {
        let quoted = self.structure.lines().filter_map(|line| line.trim().strip_prefix('"'));
        quoted.map(|line| line.strip_suffix('"').unwrap_or(line)).collect::<Vec<_>>().join(" ")
    }

    /// The tags, in order.
    pub fn tags(&self) -> Vec<String> {
        let lines = self.structure.lines().map(str::trim).filter(|line| !line.starts_with('"'));
        lines
            .filter_map(|line| line.split_whitespace().next())
            .map(|tag| tag.trim_end_matches(':').to_owned())
            .collect()
    }

    /// The text of each page, as it is seen.
    pub fn pages(&self) -> Vec<String> {
        let text = run("pdftotext", &["-layout", "-enc", "UTF-8"], &self.path, &["-"]);
        text.trim_end_matches('\u{c}').split('\u{c}').map(str::to_owned).collect()
    }
}

/// Only letters and digits: ends of lines, hyphens and kinds of spaces are a matter of the layout.
pub fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// A line of Markdown without the number of an item, which is counted anew.
fn numberless(line: &str) -> &str {
    let rest = line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit());
    rest.strip_prefix(". ").unwrap_or(line)
}

fn run(program: &str, options: &[&str], path: &Path, behind: &[&str]) -> String {
    let output = Command::new(program).args(options).arg(path).args(behind).output();
    let output =
        output.unwrap_or_else(|error| panic!("{program} (`make setup` installs poppler-utils): {error}"));
    assert!(
        output.status.success(),
        "{program} {}: {}",
        path.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

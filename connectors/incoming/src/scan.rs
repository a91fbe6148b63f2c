//! A folder that a scanner fills. A file is taken when it is complete: it was as large, and as old, in several looks, and a PDF
//! has its end. Scanners that write under another name and rename at the end have one that ends with `.part` or `.tmp`.
//!
//! Some write page by page into the open file, and may pause for a jam or the next sheet. So what was taken is compared with what
//! was stored, and looked at for a while longer: when it has changed, it comes back as a whole and becomes an item of its own,
//! rather than that a page is lost which nobody misses.

use std::{
    collections::HashMap,
    fs::Metadata,
    path::{Path, PathBuf},
    sync::Mutex,
    time::SystemTime,
};

use fachwerk_core::{
    item::{Arrived, ArrivedFile, PostSource, RefusedThere, SCANNED, Unread},
    words::Text,
};

use crate::{MAX_FILE, folder};

/// What files are called that are not complete.
const UNFINISHED: [&str; 4] = [".part", ".tmp", ".crdownload", "~"];

/// In so many looks, one after another, a file must have been as large and as old; they are some seconds apart.
const QUIET: u32 = 6;
/// For so many looks what was taken is looked at: about an hour.
const WATCHED: u32 = 360;
/// How a PDF begins, and its end, which stands in the last bytes of it.
const START_OF_PDF: &[u8] = b"%PDF";
const END_OF_PDF: &[u8] = b"%%EOF";
const LAST_BYTES: u64 = 1_024;

/// How large and how old a file is.
type Looks = (u64, Option<SystemTime>);

/// A folder that a scanner fills.
pub struct ScanFolder {
    path: PathBuf,
    /// How each file looked when it was looked at, and for how many looks it has looked like that.
    seen: Mutex<HashMap<String, (Looks, u32)>>,
    /// What was taken lately: where it lies, how it looked then, and for how many looks it is looked at.
    watched: Mutex<Vec<(String, Looks, u32)>>,
}

impl ScanFolder {
    /// The folder, which must be there. Beside the files it gets the folders `taken` and `refused`.
    pub fn open(path: &Path) -> Result<ScanFolder, String> {
        let path = path.canonicalize().map_err(|error| format!("{}: {error}", path.display()))?;
        folder::listed(&path)?;
        for part in ["taken", "refused"] {
            folder::prepare(&path.join(part))?;
        }
        Ok(ScanFolder { path, seen: Mutex::default(), watched: Mutex::default() })
    }

    fn taken_folder(&self) -> PathBuf {
        self.path.join("taken")
    }

    /// What was taken and has changed since comes back.
    fn look_after_taken(&self) -> Result<(), String> {
        let mut watched = lock(&self.watched);
        let mut back = Ok(());
        watched.retain_mut(|(name, looked, looks)| {
            let about = std::fs::symlink_metadata(self.taken_folder().join(&*name));
            // Somebody has cleared it away.
            let Ok(about) = about else { return false };
            *looks -= 1;
            if looks_of(&about) == *looked {
                return *looks > 0;
            }
            let put = folder::put_away(&self.taken_folder(), name, &self.path, name);
            let gone = put.is_ok();
            back = back.clone().and(put.map(|_| ()));
            !gone
        });
        back
    }

    /// Whether a file that has not changed for a while is a PDF that is still to be written on.
    fn has_no_end(&self, name: &str) -> bool {
        name.to_ascii_lowercase().ends_with(".pdf")
            && folder::ends_of(&self.path, name, LAST_BYTES).is_some_and(|(first, last)| {
                let ends = last.windows(END_OF_PDF.len()).any(|part| part == END_OF_PDF);
                first.starts_with(START_OF_PDF) && !ends
            })
    }

    fn unended(&self) -> Vec<RefusedThere> {
        let quiet: Vec<String> = {
            let seen = lock(&self.seen);
            seen.iter().filter(|(_, (_, looks))| *looks >= QUIET).map(|(name, _)| name.clone()).collect()
        };
        let mut names: Vec<String> = quiet.into_iter().filter(|name| self.has_no_end(name)).collect();
        names.sort();
        let why = "Der PDF-Datei fehlt das Ende: Vielleicht wird noch gescannt, oder der Scan ist abgebrochen. Dann bitte neu scannen und diese Datei entfernen.";
        names.into_iter().map(|name| RefusedThere { name: Some(name), why: why.to_owned() }).collect()
    }
}

fn lock<T>(it: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    it.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn looks_of(about: &Metadata) -> Looks {
    (about.len(), about.modified().ok())
}

/// Tells one content of a file from every other one.
fn id_of(name: &str, hash: &str) -> String {
    format!("{name} {hash}")
}

impl PostSource for ScanFolder {
    fn title(&self) -> String {
        self.path.display().to_string()
    }

    fn waiting(&self) -> Result<Vec<String>, String> {
        self.look_after_taken()?;
        let there = folder::listed(&self.path)?;
        let mut now = HashMap::new();
        let mut quiet = Vec::new();
        {
            let mut seen = lock(&self.seen);
            for (name, about) in there {
                if UNFINISHED.iter().any(|end| name.to_ascii_lowercase().ends_with(end)) {
                    continue;
                }
                let looks = looks_of(&about);
                let before = seen.get(&name).filter(|(before, _)| *before == looks);
                let times = before.map_or(0, |(_, times)| times.saturating_add(1));
                if times >= QUIET {
                    quiet.push(name.clone());
                }
                now.insert(name, (looks, times));
            }
            *seen = now;
        }
        quiet.retain(|name| !self.has_no_end(name));
        Ok(quiet)
    }

    fn readable(&self) -> Result<(), String> {
        folder::listed(&self.path).map(drop)
    }

    fn read(&self, name: &str) -> Result<Option<Arrived>, Unread> {
        let Some(content) = folder::read(&self.path, name, MAX_FILE)? else { return Ok(None) };
        let subject = name.rsplit_once('.').map_or(name, |(stem, _)| stem).trim();
        Ok(Some(Arrived {
            channel: SCANNED,
            at: content.at,
            id: id_of(name, &content.hash),
            source: format!("Scan: {name}"),
            subject: if subject.is_empty() { name.to_owned() } else { subject.to_owned() },
            sender: None,
            email: None,
            files: vec![ArrivedFile {
                name: name.to_owned(),
                media_type: String::new(),
                bytes: content.bytes,
                made_here: false,
            }],
            lenient: false,
        }))
    }

    fn taken(&self, name: &str, id: &str) -> Result<(), String> {
        let taken = self.taken_folder();
        let Some(place) = folder::put_away(&self.path, name, &taken, name)? else { return Ok(()) };
        let Some(there) = place.file_name().and_then(|there| there.to_str()) else { return Ok(()) };
        let about = std::fs::symlink_metadata(&place).map_err(|error| format!("{there}: {error}"))?;
        let content = folder::read(&taken, there, MAX_FILE);
        if matches!(&content, Ok(Some(content)) if id_of(name, &content.hash) == id) {
            lock(&self.watched).push((there.to_owned(), looks_of(&about), WATCHED));
            return Ok(());
        }
        // It has grown, or another file was there by then: that is not stored yet.
        folder::put_away(&taken, there, &self.path, name).map(|_| ())
    }

    fn refuse(&self, name: &str, why: &Text) -> Result<(), String> {
        folder::refuse(&self.path, name, &self.path.join("refused"), why)
    }

    fn refused(&self, at_most: usize) -> Vec<RefusedThere> {
        let mut all = folder::refused(&self.path, &self.path.join("refused"), at_most);
        all.extend(self.unended());
        all.truncate(at_most);
        all
    }
}

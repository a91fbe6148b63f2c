//! A folder that a scanner fills. A file is taken when it is complete: it was as large, and as old, when it was looked at before.
//! Scanners that write under another name and rename at the end have one that ends with `.part` or `.tmp`.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Mutex,
    time::SystemTime,
};

use fachwerk_core::{
    item::{Arrived, ArrivedFile, PostSource, RefusedThere, SCANNED},
    words::Text,
};

use crate::{MAX_FILE, folder};

/// What files are called that are not complete.
const UNFINISHED: [&str; 4] = [".part", ".tmp", ".crdownload", "~"];

/// A folder that a scanner fills.
pub struct ScanFolder {
    path: PathBuf,
    /// How large and how old each file was when it was looked at.
    seen: Mutex<HashMap<String, (u64, Option<SystemTime>)>>,
}

impl ScanFolder {
    /// The folder, which must be there. Beside the files it gets the folders `taken` and `refused`.
    pub fn open(path: &Path) -> Result<ScanFolder, String> {
        let path = path.canonicalize().map_err(|error| format!("{}: {error}", path.display()))?;
        folder::listed(&path)?;
        for part in ["taken", "refused"] {
            folder::prepare(&path.join(part))?;
        }
        Ok(ScanFolder { path, seen: Mutex::default() })
    }
}

impl PostSource for ScanFolder {
    fn title(&self) -> String {
        self.path.display().to_string()
    }

    fn waiting(&self, at_most: usize) -> Result<Vec<String>, String> {
        let there = folder::listed(&self.path)?;
        let mut seen = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (mut now, mut complete) = (HashMap::new(), Vec::new());
        for (name, about) in there {
            if UNFINISHED.iter().any(|end| name.to_ascii_lowercase().ends_with(end)) {
                continue;
            }
            let looks = (about.len(), about.modified().ok());
            if seen.get(&name) == Some(&looks) && complete.len() < at_most {
                complete.push(name.clone());
            }
            now.insert(name, looks);
        }
        *seen = now;
        Ok(complete)
    }

    fn readable(&self) -> Result<(), String> {
        folder::listed(&self.path).map(drop)
    }

    fn read(&self, name: &str) -> Result<Option<Arrived>, Text> {
        let Some(content) = folder::read(&self.path, name, MAX_FILE)? else { return Ok(None) };
        let subject = name.rsplit_once('.').map_or(name, |(stem, _)| stem).trim();
        Ok(Some(Arrived {
            channel: SCANNED,
            at: content.at,
            id: format!("{name} {}", content.hash),
            source: format!("Scan: {name}"),
            subject: if subject.is_empty() { name.to_owned() } else { subject.to_owned() },
            sender: None,
            email: None,
            files: vec![ArrivedFile {
                name: name.to_owned(),
                media_type: String::new(),
                bytes: content.bytes,
            }],
            lenient: false,
        }))
    }

    fn taken(&self, name: &str) -> Result<(), String> {
        folder::put_away(&self.path, name, &self.path.join("taken"), name).map(|_| ())
    }

    fn refuse(&self, name: &str, why: &Text) -> Result<(), String> {
        folder::refuse(&self.path, name, &self.path.join("refused"), why)
    }

    fn refused(&self, at_most: usize) -> Vec<RefusedThere> {
        folder::refused(&self.path, &self.path.join("refused"), at_most)
    }
}

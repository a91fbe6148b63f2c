//! A mailbox on disk (Maildir): every mail program can deliver into one, and programs that fetch from other servers do, too. A mail
//! appears in `new` when it is complete; taken over, it lies in `cur`, as every mail program leaves what was read.

use std::path::{Path, PathBuf};

use fachwerk_core::{
    item::{Arrived, PostSource, RefusedThere, Unread},
    words::Text,
};

use crate::{MAX_MAIL, folder, mail};

/// A mailbox on disk.
pub struct Maildir {
    path: PathBuf,
}

impl Maildir {
    /// The mailbox, whose folder `new` must be there.
    pub fn open(path: &Path) -> Result<Maildir, String> {
        let path = path.canonicalize().map_err(|error| format!("{}: {error}", path.display()))?;
        folder::listed(&path.join("new"))?;
        for part in ["cur", "refused"] {
            folder::prepare(&path.join(part))?;
        }
        Ok(Maildir { path })
    }

    fn arriving(&self) -> PathBuf {
        self.path.join("new")
    }
}

impl PostSource for Maildir {
    fn title(&self) -> String {
        self.path.display().to_string()
    }

    fn waiting(&self) -> Result<Vec<String>, String> {
        let there = folder::listed(&self.arriving())?;
        Ok(there.into_iter().map(|(name, _)| name).collect())
    }

    fn readable(&self) -> Result<(), String> {
        folder::listed(&self.arriving()).map(drop)
    }

    fn read(&self, name: &str) -> Result<Option<Arrived>, Unread> {
        let content = folder::read(&self.arriving(), name, MAX_MAIL)?;
        content.map(|content| mail::arrived(name, &content)).transpose().map_err(Unread::Refused)
    }

    fn taken(&self, name: &str, _: &str) -> Result<(), String> {
        // A mail is written once, under a name that no other one gets. Flags of a mail that was seen; what was delivered says none.
        let seen = if name.contains(":2,") { name.to_owned() } else { format!("{name}:2,S") };
        folder::put_away(&self.arriving(), name, &self.path.join("cur"), &seen).map(|_| ())
    }

    fn refuse(&self, name: &str, why: &Text) -> Result<(), String> {
        folder::refuse(&self.arriving(), name, &self.path.join("refused"), why)
    }

    fn refused(&self, at_most: usize) -> Vec<RefusedThere> {
        folder::refused(&self.arriving(), &self.path.join("refused"), at_most)
    }
}

//! Folders of tests, removed with their owners.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

static NUMBER: AtomicU32 = AtomicU32::new(1);

/// A folder that does not exist yet and is removed with its owner.
#[derive(Debug)]
pub struct Scratch(PathBuf);

impl Scratch {
    /// Names a folder of its own; `what` helps whoever finds it after a crash.
    pub fn new(what: &str) -> Scratch {
        let number = NUMBER.fetch_add(1, Ordering::SeqCst);
        Scratch(std::env::temp_dir().join(format!("fachwerk-{what}-{}-{number}", std::process::id())))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

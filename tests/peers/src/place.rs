//! Where the peers' sources are, and where they are installed and built.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

pub struct Place {
    /// `tests/peers`.
    pub sources: PathBuf,
    /// Outside of everything that is committed.
    pub target: PathBuf,
}

impl Place {
    pub fn new(target: &Path) -> Result<Place, String> {
        std::fs::create_dir_all(target).map_err(|error| format!("{}: {error}", target.display()))?;
        let target = target.canonicalize().map_err(|error| format!("{}: {error}", target.display()))?;
        Ok(Place { sources: PathBuf::from(env!("CARGO_MANIFEST_DIR")), target })
    }

    /// A folder for what one engine writes while it runs; empty.
    pub fn scratch(&self, name: &str) -> Result<PathBuf, String> {
        let folder = self.target.join("run").join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(folder)
    }

    /// Where an engine prints to.
    pub fn log(&self, name: &str) -> PathBuf {
        self.target.join(format!("{name}.log"))
    }
}

/// Runs a program that builds or installs something; what it prints is shown as talk.
pub fn build(mut command: Command) -> Result<(), String> {
    let said = format!("{command:?}");
    command.stdin(Stdio::null()).stdout(std::io::stderr());
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{said} failed: {status}")),
        Err(error) => Err(format!("{said} cannot be started: {error}")),
    }
}

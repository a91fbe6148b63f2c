//! Where we are: the repository, its folders, and how programs are started in it.

use std::{
    io::IsTerminal,
    path::{Path, PathBuf},
    process::Command,
};

use crate::Failure;

/// The repository and the kind of run.
pub struct Place {
    pub root: PathBuf,
    /// A run of continuous integration (`CI` is set): nothing may change the lock files, nothing is built twice.
    pub ci: bool,
    /// Somebody looks at a terminal that shows colours.
    pub colour: bool,
}

impl Place {
    /// Finds the repository: the folder above this crate, else the nearest workspace above the working directory.
    pub fn find() -> Result<Place, Failure> {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let from_cargo = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let here =
            std::env::current_dir().map_err(|e| Failure::Machine(format!("no working directory: {e}")))?;
        let start = from_cargo.unwrap_or(here);
        let root = start.ancestors().find(|folder| is_root(folder)).ok_or_else(|| {
            Failure::Machine(format!("{} is not inside the repository of Fachwerk", start.display()))
        })?;
        Ok(Place {
            root: root.to_path_buf(),
            ci: set("CI"),
            colour: std::io::stdout().is_terminal() && !set("NO_COLOR"),
        })
    }

    pub fn web(&self) -> PathBuf {
        self.root.join("web")
    }

    /// Where cargo builds.
    pub fn target(&self) -> PathBuf {
        match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => self.root.join(folder),
            None => self.root.join("target"),
        }
    }

    /// The binary that `cargo build` of the development profile makes.
    pub fn fachwerk(&self) -> PathBuf {
        self.target().join("debug").join("fachwerk")
    }

    /// Cargo, in the root.
    pub fn cargo(&self, arguments: &[&str]) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = self.program(Path::new(&cargo), &self.root, arguments);
        if self.ci {
            // An artefact is built once in such a run: what makes the second build quicker only costs time.
            command.env("CARGO_INCREMENTAL", "0").env("RUST_BACKTRACE", "1");
        }
        command
    }

    /// Npm, in `web/`.
    pub fn npm(&self, arguments: &[&str]) -> Command {
        let mut command = self.program(Path::new("npm"), &self.web(), arguments);
        // The browser is the system's own; packages must not fetch another one.
        command.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1").env("PUPPETEER_SKIP_DOWNLOAD", "1");
        command.env("npm_config_update_notifier", "false");
        command
    }

    /// The binary `fachwerk` of the development profile, in the root.
    pub fn built(&self, arguments: &[&str]) -> Command {
        self.program(&self.fachwerk(), &self.root, arguments)
    }

    fn program(&self, program: &Path, folder: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(folder);
        command.env("CARGO_TERM_COLOR", if self.colour { "always" } else { "never" });
        command.env(if self.colour { "FORCE_COLOR" } else { "NO_COLOR" }, "1");
        // What tests across rooms start instead of building it again.
        command.env("FACHWERK_BIN", self.fachwerk());
        command
    }
}

fn is_root(folder: &Path) -> bool {
    std::fs::read_to_string(folder.join("Cargo.toml")).is_ok_and(|text| text.contains("[workspace]"))
}

/// Whether a program can be started by this name.
pub fn on_path(name: &str) -> bool {
    find_on_path(name).is_some()
}

/// The first file of this name in the folders of `PATH`.
pub fn find_on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Runs a program in front of the person and waits for it; a bad end is a failure.
pub fn run(mut command: Command) -> Result<(), Failure> {
    let said = describe(&command);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::Found(format!("`{said}` failed: {status}"))),
        Err(error) => Err(Failure::Machine(format!("`{said}` cannot be started: {error}"))),
    }
}

/// Runs a program and gives its standard output; what it says on standard error is shown.
pub fn output(mut command: Command) -> Result<Vec<u8>, String> {
    let said = describe(&command);
    let output = command
        .stdin(std::process::Stdio::null())
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|error| format!("`{said}` cannot be started: {error}"))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(format!("`{said}` failed: {}", output.status))
    }
}

/// Replaces this process, so that signals reach the program directly. Returns only when it cannot be started.
pub fn become_program(mut command: Command) -> Result<(), Failure> {
    let said = describe(&command);
    #[cfg(unix)]
    {
        let error = std::os::unix::process::CommandExt::exec(&mut command);
        Err(Failure::Machine(format!("`{said}` cannot be started: {error}")))
    }
    #[cfg(not(unix))]
    {
        let _ = said;
        run(command)
    }
}

/// The command line, for people.
pub fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

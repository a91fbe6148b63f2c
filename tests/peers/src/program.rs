//! Engines that live inside a program: one that does a workload and prints its line.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::{
    Engine, Line, Started, Workload,
    load::Load,
    place::{Place, build},
    postgres::Postgres,
};

struct Program {
    program: PathBuf,
    arguments: Vec<String>,
    folder: PathBuf,
}

pub fn spiff(place: &Place, postgres: &Postgres) -> Started {
    python(place, postgres, "spiff")
}

pub fn dbos(place: &Place, postgres: &Postgres) -> Started {
    python(place, postgres, "dbos")
}

/// Each has an environment of its own, with exactly what its list names.
fn python(place: &Place, postgres: &Postgres, name: &str) -> Started {
    let (sources, environment) = (place.sources.join("python"), place.target.join(name));
    let mut venv = Command::new("python3");
    venv.args(["-m", "venv"]).arg(&environment);
    build(venv)?;
    let program = environment.join("bin/python");
    let mut pip = Command::new(&program);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r"]);
    pip.arg(sources.join(format!("{name}.txt")));
    build(pip)?;
    let arguments = vec![
        sources.join("measure.py").display().to_string(),
        format!("{name}_engine"),
        "--database".to_owned(),
        postgres.url(name),
    ];
    Ok(Box::new(Program { program, arguments, folder: place.scratch(name)? }))
}

/// A workspace of its own, with its own lock file.
pub fn acts(place: &Place, postgres: &Postgres) -> Started {
    const NAME: &str = "acts";
    let target = place.target.join(NAME);
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--release", "--locked", "--quiet", "--manifest-path"]);
    command.arg(place.sources.join("acts/Cargo.toml")).arg("--target-dir").arg(&target);
    build(command)?;
    let arguments = vec!["--database".to_owned(), postgres.url(NAME)];
    let program = target.join("release/fachwerk-acts-peer");
    Ok(Box::new(Program { program, arguments, folder: place.scratch(NAME)? }))
}

impl Engine for Program {
    fn measure(&mut self, workload: Workload, load: &Load) -> Result<Line, String> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).args(["--workload", workload.name()]);
        command.arg("--clients").arg(load.clients.to_string()).arg("--seconds").arg(load.seconds.to_string());
        command.current_dir(&self.folder).env("PYTHONDONTWRITEBYTECODE", "1").stdin(Stdio::null());
        let output = command.output().map_err(|error| format!("{}: {error}", self.program.display()))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let line = text
            .lines()
            .rev()
            .find_map(|line| serde_json::from_str::<Value>(line).ok()?.as_object().cloned());
        line.filter(|_| output.status.success()).ok_or_else(|| {
            let said = String::from_utf8_lossy(&output.stderr);
            let lines: Vec<&str> = said.lines().collect();
            format!(
                "{} {}: {}",
                name(&self.program),
                output.status,
                lines[lines.len().saturating_sub(15)..].join("\n")
            )
        })
    }
}

fn name(program: &Path) -> String {
    program.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

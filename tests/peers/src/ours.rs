//! How we are measured: the one place that knows how `fachwerk bench` is called.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::{Engine, Line, Workload, load::Load};

pub struct Ours {
    binary: PathBuf,
    database: String,
    /// Whether `bench` can ask over HTTP; else it calls the engine in its own process, and the line says so.
    http: bool,
    /// How many cases a second a workload was seen to do: `bench` is asked for cases, not for seconds.
    seen: BTreeMap<&'static str, f64>,
}

impl Ours {
    pub fn new(binary: &Path, database: String) -> Result<Ours, String> {
        let output = Command::new(binary).args(["bench", "--help"]).output();
        let output = output.map_err(|error| format!("{} cannot be started: {error}", binary.display()))?;
        let http = String::from_utf8_lossy(&output.stdout).contains("--http");
        Ok(Ours { binary: binary.to_path_buf(), database, http, seen: BTreeMap::new() })
    }

    fn bench(&self, workload: Workload, clients: usize, cases: usize) -> Result<Line, String> {
        let mut command = Command::new(&self.binary);
        command.args(["bench", "--workload", workload.name(), "--database", &self.database]);
        command.arg("--clients").arg(clients.to_string()).arg("--cases").arg(cases.to_string());
        if self.http {
            command.arg("--http");
        }
        let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(&output.stdout);
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let found = lines.filter_map(|line| line.as_object().cloned());
        found
            .into_iter()
            .find(|line| line.get("workload").is_some_and(|name| name == workload.name()))
            .ok_or_else(|| format!("fachwerk bench: {}", String::from_utf8_lossy(&output.stderr).trim()))
    }
}

impl Engine for Ours {
    fn measure(&mut self, workload: Workload, load: &Load) -> Result<Line, String> {
        let per_s = |line: &Line| line.get("cases_per_s").and_then(Value::as_f64).unwrap_or_default();
        let known = match self.seen.get(workload.name()) {
            Some(known) => *known,
            None => per_s(&self.bench(workload, load.clients, load.clients * 10)?),
        };
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let cases = ((known * load.seconds as f64) as usize).max(load.clients * 4);
        let mut line = self.bench(workload, load.clients, cases)?;
        self.seen.insert(workload.name(), per_s(&line));
        line.insert("over".to_owned(), if self.http { "http".into() } else { "in process".into() });
        Ok(line)
    }
}

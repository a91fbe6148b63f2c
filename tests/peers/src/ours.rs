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
    /// On its server `bench` makes its own databases.
    database: String,
    /// How many cases a second a workload was seen to do: `bench` is asked for cases, not for seconds.
    seen: BTreeMap<&'static str, f64>,
}

impl Ours {
    pub fn new(binary: &Path, database: String) -> Ours {
        Ours { binary: binary.to_path_buf(), database, seen: BTreeMap::new() }
    }

    fn bench(&self, workload: Workload, clients: usize, cases: usize) -> Result<Line, String> {
        let mut command = Command::new(&self.binary);
        command.args(["bench", "--http", "--without-limit", "--workload", workload.name()]);
        command.args(["--database", &self.database]);
        command.arg("--clients").arg(clients.to_string()).arg("--cases").arg(cases.to_string());
        let output = command.stdin(Stdio::null()).output();
        let output =
            output.map_err(|error| format!("{} cannot be started: {error}", self.binary.display()))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let mut found = lines.filter_map(|line| line.as_object().cloned());
        found.find(|line| line.get("workload").is_some_and(|name| name == workload.name())).ok_or_else(|| {
            let said = String::from_utf8_lossy(&output.stderr);
            format!("fachwerk bench, {}: {}", output.status, said.trim())
        })
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
        let line = self.bench(workload, load.clients, cases)?;
        self.seen.insert(workload.name(), per_s(&line));
        Ok(line)
    }
}

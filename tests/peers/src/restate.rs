//! Restate: its server, which keeps everything itself, and a service in TypeScript that it calls. Asked over HTTP.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicU64, Ordering},
};

use serde_json::{Value, json};

use crate::{
    Engine, Line, Started, Workload,
    http::Client,
    kept::{Kept, free_port},
    load::{self, Load, Notes, Used},
    place::{Place, build},
    postgres::Postgres,
};

const NAME: &str = "restate";
const VERSION: &str = "Restate 1.7.12, SDK for TypeScript 1.17.2";
const SETTINGS: &str = "one node, its own log and RocksDB (not PostgreSQL), every append to the log synced as by default; \
                        one service process on Node.js; user tasks are durable promises";

struct Restate {
    server: Kept,
    service: Kept,
    ingress: String,
    warm: Vec<&'static str>,
}

pub fn start(place: &Place, _postgres: &Postgres) -> Started {
    let folder = install(place)?;
    let scratch = place.scratch(NAME)?;
    let port = free_port()?;
    let mut node = Command::new("node");
    node.arg(folder.join("dist/service.js")).env("PORT", port.to_string()).env("RESTATE_LOGGING", "ERROR");
    node.env("NODE_ENV", "production").current_dir(&folder);
    let service = Kept::start(&node, &place.log("restate-service"))?;
    let (ingress, admin, fabric) = (free_port()?, free_port()?, free_port()?);
    let mut restate = Command::new(program(&folder)?);
    restate.env("RESTATE_INGRESS__BIND_ADDRESS", format!("127.0.0.1:{ingress}"));
    restate.env("RESTATE_ADMIN__BIND_ADDRESS", format!("127.0.0.1:{admin}"));
    restate.env("RESTATE_BIND_ADDRESS", format!("127.0.0.1:{fabric}"));
    restate.env("RESTATE_LISTEN_MODE", "tcp").env("RESTATE_DISABLE_TELEMETRY", "true");
    restate.env("RESTATE_BASE_DIR", &scratch).current_dir(&scratch);
    let server = Kept::start(&restate, &place.log(NAME))?;
    let admin = Client::new(&format!("http://127.0.0.1:{admin}"));
    server.wait_for(|| admin.get("/health").is_ok())?;
    let uri = json!({ "uri": format!("http://127.0.0.1:{port}") });
    server.wait_for(|| admin.post("/deployments", &uri).is_ok())?;
    Ok(Box::new(Restate {
        server,
        service,
        ingress: format!("http://127.0.0.1:{ingress}"),
        warm: Vec::new(),
    }))
}

/// The server itself: what npm puts into `.bin` is a script that starts it.
fn program(folder: &Path) -> Result<PathBuf, String> {
    let packages = folder.join("node_modules/@restatedev");
    let entries = std::fs::read_dir(&packages).map_err(|error| format!("{}: {error}", packages.display()))?;
    let programs = entries.flatten().map(|package| package.path().join("bin/restate-server"));
    let mut programs = programs.filter(|program| !program.to_string_lossy().contains("/restate-server/bin/"));
    programs
        .find(|program| program.is_file())
        .ok_or_else(|| "npm has no server for this kind of machine".to_owned())
}

/// Copies the sources out of the repository, so that nothing is installed into it, and builds them there.
fn install(place: &Place) -> Result<PathBuf, String> {
    let (sources, folder) = (place.sources.join(NAME), place.target.join(NAME));
    let said = |error: std::io::Error| error.to_string();
    std::fs::create_dir_all(folder.join("src")).map_err(said)?;
    for file in ["package.json", "package-lock.json", "tsconfig.json", "src/service.ts"] {
        std::fs::copy(sources.join(file), folder.join(file)).map_err(|error| format!("{file}: {error}"))?;
    }
    for arguments in [["ci", "--ignore-scripts", "--no-audit", "--no-fund"].as_slice(), &["run", "build"]] {
        let mut npm = Command::new("npm");
        npm.args(arguments).current_dir(&folder).env("npm_config_update_notifier", "false");
        build(npm)?;
    }
    Ok(folder)
}

impl Engine for Restate {
    fn warm_up(&mut self, workload: Workload, load: &Load) -> Result<(), String> {
        if !self.warm.contains(&workload.name()) {
            load::warm_up(load, |load| self.run(workload, load))?;
            self.warm.push(workload.name());
        }
        Ok(())
    }

    fn measure(&mut self, workload: Workload, load: &Load) -> Result<Line, String> {
        let mut line = self.run(workload, load)?;
        let about = [
            ("backend", "restate"),
            ("sync", "full"),
            ("peer", VERSION),
            ("over", "http"),
            ("settings", SETTINGS),
        ];
        line.extend(about.map(|(name, value)| (name.to_owned(), json!(value))));
        Ok(line)
    }
}

impl Restate {
    fn run(&self, workload: Workload, load: &Load) -> Result<Line, String> {
        let pids = [self.server.pid, self.service.pid];
        let before = Used::by(&pids);
        let case = match workload {
            Workload::OneTask => one_task,
            Workload::TenEffects => ten_effects,
            Workload::Permit => permit,
        };
        let seen = load::run(load, || Client::new(&self.ingress), case);
        let line = seen.map(|seen| seen.line(workload, load, before, Used::by(&pids)));
        line.map_err(|why| format!("{why}\n{}\n{}", self.server.tail(), self.service.tail()))
    }
}

fn one_task(client: &mut Client, notes: &mut Notes) -> Result<(), String> {
    let case = begin(client, notes, "OneTask", &json!({ "text": "x".repeat(500) }))?;
    complete(client, notes, &case, "look", json!({ "ok": true }), true)
}

/// One request; the answer comes when all ten are done.
fn ten_effects(client: &mut Client, notes: &mut Notes) -> Result<(), String> {
    let key = key();
    let body = json!({ "text": "x".repeat(500) });
    notes.command(|| client.post(&format!("/TenEffects/{key}/run"), &body).map(drop))
}

fn permit(client: &mut Client, notes: &mut Notes) -> Result<(), String> {
    let case = begin(client, notes, "Permit", &Value::Object(crate::form()))?;
    complete(client, notes, &case, "examine", json!({ "complete": true }), false)?;
    complete(client, notes, &case, "sign", json!({ "granted": true }), true)
}

struct Case {
    workflow: &'static str,
    key: String,
}

fn begin(client: &Client, notes: &mut Notes, workflow: &'static str, data: &Value) -> Result<Case, String> {
    let key = key();
    notes.command(|| client.post(&format!("/{workflow}/{key}/run/send"), data))?;
    Ok(Case { workflow, key })
}

/// After the last one the case has ended; that it has is part of the command.
fn complete(
    client: &Client,
    notes: &mut Notes,
    case: &Case,
    task: &str,
    values: Value,
    is_last: bool,
) -> Result<(), String> {
    let Case { workflow, key } = case;
    notes.command(|| {
        client.post(&format!("/{workflow}/{key}/complete"), &json!({ "task": task, "values": values }))?;
        if is_last {
            client.get(&format!("/restate/workflow/{workflow}/{key}/attach"))?;
        }
        Ok(())
    })
}

/// Of a case that nobody has begun yet.
fn key() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("case-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

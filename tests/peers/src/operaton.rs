//! Operaton: a Spring Boot application with its REST API, asked over HTTP.

use std::{
    collections::BTreeMap,
    process::Command,
    sync::{Mutex, mpsc},
    time::Duration,
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

const NAME: &str = "operaton";
const VERSION: &str = "Operaton 1.0.3";
/// As much heap as its own container image gives it, and a third more.
const HEAP: [&str; 3] = ["-Xms1g", "-Xmx1g", "-XX:MaxMetaspaceSize=256m"];
const SETTINGS: &str = "Spring Boot with REST (Jersey, Tomcat), Java 17, heap 1 GB, history full, 48 connections, job \
                        executor 8 threads, 16 jobs an acquisition, no authentication";
/// How often the ends of cases are looked for.
const LOOK: Duration = Duration::from_millis(25);

struct Operaton {
    server: Kept,
    base: String,
    warm: Vec<&'static str>,
}

pub fn start(place: &Place, postgres: &Postgres) -> Started {
    let target = place.target.join(NAME);
    let mut maven = Command::new("mvn");
    maven
        .args(["--batch-mode", "--quiet", "-Dstyle.color=never", "-f"])
        .arg(place.sources.join("operaton/pom.xml"));
    maven.arg(format!("-Dpeer.target={}", target.display())).arg("package");
    build(maven)?;
    let port = free_port()?;
    let mut java = Command::new("java");
    java.args(HEAP).arg("-jar").arg(target.join("operaton-peer.jar"));
    java.arg(format!("--server.port={port}"));
    java.arg(format!("--spring.datasource.url=jdbc:postgresql://127.0.0.1:{}/{NAME}", postgres.port));
    java.current_dir(place.scratch(NAME)?);
    let server = Kept::start(&java, &place.log(NAME))?;
    let base = format!("http://127.0.0.1:{port}/engine-rest");
    server.wait_for(|| Client::new(&base).get("/process-definition/count").is_ok())?;
    Ok(Box::new(Operaton { server, base, warm: Vec::new() }))
}

impl Engine for Operaton {
    fn warm_up(&mut self, workload: Workload, load: &Load) -> Result<(), String> {
        if !self.warm.contains(&workload.name()) {
            load::warm_up(load, |load| self.run(workload, load))?;
            self.warm.push(workload.name());
        }
        Ok(())
    }

    fn measure(&mut self, workload: Workload, load: &Load) -> Result<Line, String> {
        let before = self.ended(workload)?;
        let mut line = self.run(workload, load)?;
        let ended = self.ended(workload)? - before;
        if line.get("cases") != Some(&json!(ended)) {
            return Err(format!("of {:?} cases {ended} have ended", line.get("cases")));
        }
        let about = [
            ("backend", "postgres"),
            ("sync", "full"),
            ("peer", VERSION),
            ("over", "http"),
            ("settings", SETTINGS),
        ];
        line.extend(about.map(|(name, value)| (name.to_owned(), json!(value))));
        Ok(line)
    }
}

impl Operaton {
    /// How many cases have come to their end.
    fn ended(&self, workload: Workload) -> Result<u64, String> {
        let path =
            format!("/history/process-instance/count?finished=true&processDefinitionKey={}", workload.name());
        let counted = Client::new(&self.base).get(&path)?;
        counted.get("count").and_then(Value::as_u64).ok_or_else(|| format!("a count is a number: {counted}"))
    }

    fn run(&self, workload: Workload, load: &Load) -> Result<Line, String> {
        let before = Used::by(&[self.server.pid]);
        let client = || Client::new(&self.base);
        let seen = match workload {
            Workload::OneTask => load::run(load, client, one_task),
            Workload::Permit => load::run(load, client, permit),
            Workload::TenEffects => {
                let ends = Ends::default();
                std::thread::scope(|scope| {
                    let (over, watched) = mpsc::channel();
                    let looking = scope.spawn({
                        let ends = &ends;
                        move || ends.look(&client(), &watched)
                    });
                    let seen = load::run(load, client, |client, notes| ten_effects(client, notes, &ends));
                    drop(over);
                    looking.join().map_err(|_| "the watcher has ended".to_owned())??;
                    seen
                })
            }
        };
        seen.map(|seen| seen.line(workload, load, before, Used::by(&[self.server.pid])))
            .map_err(|why| format!("{why}\n{}", self.server.tail()))
    }
}

fn one_task(client: &mut Client, notes: &mut Notes) -> Result<(), String> {
    let case = begin(client, notes, "one-task", &json!({ "text": { "value": "x".repeat(500) } }))?;
    complete(client, notes, &case, &json!({ "ok": { "value": true } }))
}

fn ten_effects(client: &mut Client, notes: &mut Notes, ends: &Ends) -> Result<(), String> {
    let case = begin(client, notes, "ten-effects", &json!({ "text": { "value": "x".repeat(500) } }))?;
    ends.wait_for(&case)
}

fn permit(client: &mut Client, notes: &mut Notes) -> Result<(), String> {
    let form: Value =
        crate::form().into_iter().map(|(name, value)| (name, json!({ "value": value }))).collect();
    let case = begin(client, notes, "permit", &form)?;
    complete(client, notes, &case, &json!({ "complete": { "value": true } }))?;
    complete(client, notes, &case, &json!({ "granted": { "value": true } }))
}

fn begin(client: &Client, notes: &mut Notes, process: &str, variables: &Value) -> Result<String, String> {
    let path = format!("/process-definition/key/{process}/start");
    let begun = notes.command(|| client.post(&path, &json!({ "variables": variables })))?;
    let id = begun.get("id").and_then(Value::as_str);
    id.map(str::to_owned).ok_or_else(|| format!("a case has an id: {begun}"))
}

/// The one open task of a case. What begins a case or completes a task does not name the next one, so it is looked for;
/// that is part of the command, as it is for whoever uses the API.
fn complete(client: &Client, notes: &mut Notes, case: &str, variables: &Value) -> Result<(), String> {
    notes.command(|| {
        let tasks = client.get(&format!("/task?processInstanceId={case}"))?;
        let task = tasks.get(0).and_then(|task| task.get("id")).and_then(Value::as_str);
        let task = task.ok_or_else(|| format!("case {case} has no task: {tasks}"))?;
        client.post(&format!("/task/{task}/complete"), &json!({ "variables": variables })).map(drop)
    })
}

/// Clients that wait for the end of their case: nobody tells them, so one asks for all of them.
#[derive(Default)]
struct Ends(Mutex<BTreeMap<String, mpsc::Sender<()>>>);

impl Ends {
    fn wait_for(&self, case: &str) -> Result<(), String> {
        let (end, ended) = mpsc::channel();
        self.0.lock().map_err(|_| "the watcher has ended")?.insert(case.to_owned(), end);
        ended.recv_timeout(Duration::from_secs(120)).map_err(|_| format!("case {case} does not end"))
    }

    /// Until the clients are done.
    fn look(&self, client: &Client, over: &mpsc::Receiver<()>) -> Result<(), String> {
        while let Err(mpsc::RecvTimeoutError::Timeout) = over.recv_timeout(LOOK) {
            let waiting: Vec<String> =
                self.0.lock().map_err(|_| "a client has ended")?.keys().cloned().collect();
            if waiting.is_empty() {
                continue;
            }
            let open = client.get(&format!("/process-instance?processInstanceIds={}", waiting.join(",")))?;
            let open: Vec<&str> =
                open.as_array().into_iter().flatten().filter_map(|case| case.get("id")?.as_str()).collect();
            let mut all = self.0.lock().map_err(|_| "a client has ended")?;
            for case in waiting.iter().filter(|case| !open.contains(&case.as_str())) {
                // Dropping a sender would end the wait as a failure.
                let _ = all.remove(case).map(|end| end.send(()));
            }
        }
        Ok(())
    }
}

//! `fachwerk bench`: standard workloads, one JSON line each.
//!
//! A figure from a shared machine says little alone; the limit beside it is measured in the same run: the same journal
//! rows written without the engine, or the same work without deciding anything.

mod pure;

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use clap::ValueEnum;
use fachwerk_core::{
    authority::AuthorityCommand,
    command::{Command, Request},
    facts::Actor,
    language::Folder,
    projection::{
        CaseRow, Change, DeadlineRow, IncidentRow, OutboxRow, PostRow, SubscriptionRow, TaskRow, TimerRow,
    },
    words::{CaseId, InstanceId, Land, Object, PersonId, Place, ReleaseId, RoleId, TenantId, Text, Value},
};
use fachwerk_runtime::{Founding, Runtime, clock::Clock};
use fachwerk_store::{Place as StorePlace, Store};
use serde_json::json;
use uuid::Uuid;

use crate::{End, Failure, connectors, local::block_on, output::say};

/// What `bench` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Only this workload.
    #[arg(long, value_enum)]
    workload: Option<Workload>,
    /// `postgres://...` instead of the embedded database; its tables are used as they are.
    #[arg(long, env = "FACHWERK_DATABASE", value_name = "URL", hide_env_values = true)]
    database: Option<String>,
    /// Where the embedded database is made; a folder that goes away afterwards when absent.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// How many clients ask at once.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=1024))]
    clients: u32,
    /// How many cases.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    cases: u32,
    /// How many seconds each workload without a database lasts, and its limit.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=600))]
    seconds: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Workload {
    /// A case begins, its one task is done.
    OneTask,
    /// Ten machine steps in one turn.
    TenSteps,
    /// A loop of machine steps, without a database.
    PureSteps,
    /// A loop of tasks, without a database.
    PureTasks,
    /// A decision table of 20 rows and 4 inputs.
    Tables,
    /// A bonfire permit from the application to the closed file, on the simulated clock.
    Simulate,
}

/// A workload that writes to the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stored {
    OneTask,
    TenSteps,
}

/// A workload without a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pure {
    Steps,
    Tasks,
    Tables,
    Simulate,
}

enum Sort {
    Stored(Stored),
    Pure(Pure),
}

impl Workload {
    fn sort(self) -> Sort {
        match self {
            Workload::OneTask => Sort::Stored(Stored::OneTask),
            Workload::TenSteps => Sort::Stored(Stored::TenSteps),
            Workload::PureSteps => Sort::Pure(Pure::Steps),
            Workload::PureTasks => Sort::Pure(Pure::Tasks),
            Workload::Tables => Sort::Pure(Pure::Tables),
            Workload::Simulate => Sort::Pure(Pure::Simulate),
        }
    }
}

impl Stored {
    fn name(self) -> &'static str {
        match self {
            Stored::OneTask => "one-task",
            Stored::TenSteps => "ten-steps",
        }
    }

    /// Commands a case.
    fn commands(self) -> u32 {
        match self {
            Stored::OneTask => 2,
            Stored::TenSteps => 1,
        }
    }

    fn process(self) -> String {
        let head = format!(
            "process: bench-{0}\nversion: 1.0.0\ntitle: {{ de: Messung, en: Bench }}\nroles:\n  clerk: {{ title: {{ de: Sachbearbeitung, en: Clerk }} }}\ndata: data.schema.json\nsteps:\n",
            self.name()
        );
        match self {
            Stored::OneTask => {
                head + "  look:\n    task: { title: { de: Prüfen, en: Look }, fields: { ok: { type: boolean, title: { de: Gut, en: Good } } } }\n    role: clerk\n"
            }
            Stored::TenSteps => (1..=10).fold(head, |text, step| {
                let next = if step < 10 { format!(", then: s{}", step + 1) } else { String::new() };
                format!("{text}  s{step}: {{ compute: {{ x: \"{step} + 1\" }}{next} }}\n")
            }),
        }
    }
}

const SCHEMA: &str = r#"{ "type": "object", "properties": { "text": { "type": "string", "maxLength": 1000, "x-title": { "de": "Text", "en": "Text" } } } }"#;

/// Measures.
pub fn run(arguments: &Arguments) -> Result<End, Failure> {
    let asked = Workload::value_variants()
        .iter()
        .filter(|workload| arguments.workload.is_none_or(|only| only == **workload));
    let mut stored = Vec::new();
    let mut pure = Vec::new();
    for workload in asked {
        match workload.sort() {
            Sort::Stored(workload) => stored.push(workload),
            Sort::Pure(workload) => pure.push(workload),
        }
    }
    if !stored.is_empty() {
        block_on(on_a_database(&stored, arguments))?;
    }
    for workload in pure {
        say(pure::measure(workload, arguments.seconds)?);
    }
    Ok(End::Good)
}

async fn on_a_database(workloads: &[Stored], arguments: &Arguments) -> Result<(), Failure> {
    let own = std::env::temp_dir().join(format!("fachwerk-bench-{}", Uuid::now_v7()));
    let dir = arguments.data.clone().unwrap_or_else(|| own.clone());
    let place = match &arguments.database {
        Some(url) => StorePlace::Postgres { url: url.clone() },
        None => StorePlace::Sqlite { dir },
    };
    let store = Store::open(&place).await.map_err(|error| error.text().en.to_string())?;
    let runtime = Runtime::new(store, Clock::system(), connectors::all());
    let backend = if arguments.database.is_some() { "postgres" } else { "sqlite" };
    for workload in workloads {
        say(measure(&runtime, *workload, arguments, backend).await?);
    }
    runtime.store().close().await;
    if arguments.data.is_none() && arguments.database.is_none() {
        let _ = std::fs::remove_dir_all(&own);
    }
    Ok(())
}

async fn measure(
    runtime: &Runtime,
    workload: Stored,
    arguments: &Arguments,
    backend: &str,
) -> Result<Value, Failure> {
    let (tenant, release) = prepare(runtime, workload).await?;
    let bytes_before = database_bytes(runtime).await?;
    let cpu_before = cpu_seconds();
    let began = Instant::now();
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..arguments.clients {
        let share =
            arguments.cases / arguments.clients + u32::from(client < arguments.cases % arguments.clients);
        let (runtime, tenant, release) = (runtime.clone(), tenant.clone(), release.clone());
        clients.spawn(async move { work(&runtime, workload, &tenant, &release, share).await });
    }
    let mut latencies = Vec::new();
    while let Some(done) = clients.join_next().await {
        latencies.extend(done.map_err(|error| error.to_string())??);
    }
    let seconds = began.elapsed().as_secs_f64();
    let cpu = cpu_seconds() - cpu_before;
    latencies.sort_unstable();
    // Before the limit is measured: that writes as much again.
    let grown = database_bytes(runtime).await?.saturating_sub(bytes_before);
    let limit = limit(runtime, workload, arguments).await?;
    let commands = f64::from(arguments.cases * workload.commands()) / seconds;
    Ok(json!({
        "workload": workload.name(), "backend": backend, "sync": "full", "clients": arguments.clients, "nodes": 1,
        "cases": arguments.cases, "cases_per_s": rounded(f64::from(arguments.cases) / seconds),
        "commands_per_s": rounded(commands), "p50_ms": rounded(quantile(&latencies, 50)),
        "p99_ms": rounded(quantile(&latencies, 99)), "cpu_s": rounded(cpu), "peak_rss_mb": peak_rss_mb(),
        "bytes_per_case": grown / u64::from(arguments.cases), "limit_per_s": rounded(limit), "limit_ratio": rounded(commands / limit),
    }))
}

async fn database_bytes(runtime: &Runtime) -> Result<u64, Failure> {
    runtime.store().bytes().await.map_err(|error| error.to_string())
}

/// An authority with the process, and somebody who works there.
async fn prepare(runtime: &Runtime, workload: Stored) -> Result<(TenantId, ReleaseId), Failure> {
    let said = |error: &dyn std::fmt::Display| error.to_string();
    let tenant = TenantId::from(format!("bench-{}", Uuid::now_v7()));
    let founding = Founding {
        tenant: tenant.clone(),
        title: Text::new("Messung", "Bench"),
        place: Place::land(Land::ST),
        administrator: PersonId::from("admin"),
        name: "Admin".into(),
    };
    runtime.found(founding).await.map_err(|error| said(&error))?;
    let person = AuthorityCommand::SetPerson {
        person: "jan".into(),
        name: "Jan".into(),
        roles: [RoleId::from("clerk")].into(),
        active: true,
    };
    runtime.change(&tenant, Actor::Engine, Uuid::now_v7(), person).await.map_err(|error| said(&error))?;
    let files = [("process.yaml", workload.process()), ("data.schema.json", SCHEMA.to_owned())];
    let files = files.into_iter().map(|(name, text)| (name.into(), text.into_bytes().into()));
    let folder = Folder { name: "bench".into(), files: files.collect() };
    let deployed = runtime.deploy(&tenant, Actor::Engine, &folder, &connectors::simulated).await;
    Ok((tenant, deployed.map_err(|error| said(&error))?.release))
}

/// One client: cases one after another. Answers how long each command took, in microseconds.
async fn work(
    runtime: &Runtime,
    workload: Stored,
    tenant: &TenantId,
    release: &ReleaseId,
    cases: u32,
) -> Result<Vec<u64>, Failure> {
    let actor = Actor::Person("jan".into());
    let mut data = Object::new();
    data.insert("text".into(), "x".repeat(500).into());
    let mut latencies = Vec::new();
    for _ in 0..cases {
        let case = CaseId(Uuid::now_v7());
        let start = Command::StartCase {
            release: release.clone(),
            channel: "bench".into(),
            data: data.clone(),
            received_on: None,
            documents: Vec::new(),
            caller: None,
        };
        let mut commands = vec![start];
        if workload == Stored::OneTask {
            let values = [("ok".to_owned(), Value::Bool(true))].into_iter().collect();
            commands.push(Command::CompleteTask { task: InstanceId(1), values, seen: None });
        }
        for command in commands {
            let request = Request { tenant: tenant.clone(), case, command_id: Uuid::now_v7(), command };
            let began = Instant::now();
            runtime.submit(actor.clone(), request).await.map_err(|error| error.to_string())?;
            latencies.push(micros(began.elapsed()));
        }
    }
    Ok(latencies)
}

/// The turns that were just written, written again under another tenant without deciding anything: what the store
/// alone can do, with the same clients.
async fn limit(runtime: &Runtime, workload: Stored, arguments: &Arguments) -> Result<f64, Failure> {
    let said = |error: fachwerk_store::StoreError| error.to_string();
    let (tenant, release) = prepare(runtime, workload).await?;
    let sample = Arc::new(recorded(runtime, workload, &tenant, &release).await?);
    let began = Instant::now();
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..arguments.clients {
        let share =
            arguments.cases / arguments.clients + u32::from(client < arguments.cases % arguments.clients);
        let (store, tenant, sample) = (runtime.store().clone(), tenant.clone(), sample.clone());
        clients.spawn(async move {
            for _ in 0..share {
                let case = CaseId(Uuid::now_v7());
                for entry in sample.iter() {
                    let entry = entry.for_case(case);
                    store.append(&tenant, vec![entry]).await.map_err(said)?;
                }
            }
            Ok::<(), Failure>(())
        });
    }
    while let Some(done) = clients.join_next().await {
        done.map_err(|error| error.to_string())??;
    }
    Ok(f64::from(arguments.cases * workload.commands()) / began.elapsed().as_secs_f64())
}

/// What the turns of one case wrote.
struct Sample {
    turn: fachwerk_core::turn::Turn,
    changes: Vec<Change>,
}

impl Sample {
    fn for_case(&self, case: CaseId) -> fachwerk_store::Entry {
        let mut turn = self.turn.clone();
        turn.case = case;
        turn.command_id = Uuid::now_v7();
        let changes = self.changes.iter().map(|change| of_case(change.clone(), case)).collect();
        fachwerk_store::Entry { turn, changes, snapshot: None }
    }
}

/// The same change of another case.
fn of_case(change: Change, case: CaseId) -> Change {
    match change {
        Change::Case(row) => Change::Case(Box::new(CaseRow { case, ..*row })),
        Change::Task(row) => Change::Task(Box::new(TaskRow { case, ..*row })),
        Change::TaskGone(_, instance) => Change::TaskGone(case, instance),
        Change::Deadline(row) => Change::Deadline(Box::new(DeadlineRow { case, ..*row })),
        Change::DeadlineGone(_, instance, name) => Change::DeadlineGone(case, instance, name),
        Change::Timer(row) => Change::Timer(TimerRow { case, ..row }),
        Change::TimerGone(_, instance, name) => Change::TimerGone(case, instance, name),
        Change::Outbox(row) => Change::Outbox(Box::new(OutboxRow { case, ..*row })),
        Change::OutboxGone(_, instance) => Change::OutboxGone(case, instance),
        Change::Delivered(_, number) => Change::Delivered(case, number),
        Change::Subscription(row) => Change::Subscription(Box::new(SubscriptionRow { case, ..*row })),
        Change::SubscriptionGone(_, instance, name) => Change::SubscriptionGone(case, instance, name),
        Change::Incident(row) => Change::Incident(Box::new(IncidentRow { case, ..*row })),
        Change::IncidentGone(_, number) => Change::IncidentGone(case, number),
        Change::Post(row) => Change::Post(Box::new(PostRow { case, ..*row })),
        Change::PostGone(_, document) => Change::PostGone(case, document),
    }
}

async fn recorded(
    runtime: &Runtime,
    workload: Stored,
    tenant: &TenantId,
    release: &ReleaseId,
) -> Result<Vec<Sample>, Failure> {
    work(runtime, workload, tenant, release, 1).await?;
    let page = runtime.store().cases(tenant, &fachwerk_store::CaseQuery::default()).await;
    let page = page.map_err(|error| error.to_string())?;
    let id = page.items.first().ok_or("the case is gone")?.case;
    let stored = runtime.store().turns(tenant, id, 0, 100).await.map_err(|error| error.to_string())?;
    let compiled = runtime.release(tenant, release).await.map_err(|error| error.to_string())?;
    let settings = compiled.settings_with(&fachwerk_core::words::Object::new());
    let mut case = fachwerk_core::case::Case::unborn(tenant.clone(), id);
    let mut samples = Vec::new();
    for stored in stored {
        let before = case.clone();
        stored.turn.apply(&mut case);
        let changes = fachwerk_core::projection::changes(
            &before,
            &case,
            &stored.turn,
            compiled.listing(&case, &settings),
        );
        samples.push(Sample { turn: stored.turn, changes });
    }
    Ok(samples)
}

/// Does something and says how many of what is counted.
type Work<'a> = dyn Fn() -> u64 + Sync + 'a;

/// What so many clients do together in a second.
fn per_second(clients: usize, lasting: Duration, work: &Work<'_>) -> f64 {
    let began = Instant::now();
    let one = || {
        let mut done = 0;
        while began.elapsed() < lasting {
            done += work();
        }
        done
    };
    let done: u64 = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..clients).map(|_| scope.spawn(one)).collect();
        clients.into_iter().map(|client| client.join().unwrap_or(0)).sum()
    });
    #[allow(clippy::cast_precision_loss)]
    let done = done as f64;
    done / began.elapsed().as_secs_f64()
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// In milliseconds.
fn quantile(sorted: &[u64], percent: usize) -> f64 {
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).map_or(0.0, |micros| Duration::from_micros(*micros).as_secs_f64() * 1_000.0)
}

fn rounded(value: f64) -> Value {
    json!((value * 1_000.0).round() / 1_000.0)
}

/// Processor time of this process so far, where the system tells (Linux).
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let ticks: f64 =
        after_name.split(' ').skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
    ticks / 100.0
}

/// The most memory that this process has had, in MB, where the system tells (Linux).
fn peak_rss_mb() -> Value {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kilobytes.map_or(Value::Null, |kilobytes| rounded(kilobytes / 1_024.0))
}

//! `fachwerk deploy`, `case` and `task`: work from the command line, on the data of this machine.

use std::{fs, path::PathBuf};

use clap::Subcommand;
use fachwerk_core::{
    case::Case,
    command::{Command, Request},
    scenario::read_json,
    words::{CaseId, Object, ProcessId, TaskId},
};
use fachwerk_runtime::{DeployError, SubmitError};
use fachwerk_store::{InboxQuery, Piece};
use serde_json::json;
use uuid::Uuid;

use crate::{
    End, Failure, connectors, files,
    local::{Identity, Location, block_on},
    output::say,
};

/// What `deploy` takes.
#[derive(clap::Args)]
pub struct Deploy {
    /// The folder of the process.
    path: PathBuf,
    #[command(flatten)]
    location: Location,
    #[command(flatten)]
    identity: Identity,
}

/// What `case` takes.
#[derive(clap::Args)]
pub struct CaseArguments {
    #[command(subcommand)]
    what: CaseWhat,
    #[command(flatten)]
    location: Location,
    #[command(flatten)]
    identity: Identity,
}

#[derive(Subcommand)]
enum CaseWhat {
    /// Begin a case.
    Start {
        /// The process.
        process: String,
        /// A JSON file with the application.
        #[arg(long, value_name = "FILE")]
        values: Option<PathBuf>,
    },
    /// Show a case.
    Show {
        /// Its id.
        case: CaseId,
    },
}

/// What `task` takes.
#[derive(clap::Args)]
pub struct TaskArguments {
    #[command(subcommand)]
    what: TaskWhat,
    #[command(flatten)]
    location: Location,
    #[command(flatten)]
    identity: Identity,
}

#[derive(Subcommand)]
enum TaskWhat {
    /// List the open tasks that this person may do.
    List,
    /// Do a task.
    Complete {
        /// Its id, `<case>.<number>`.
        task: TaskId,
        /// A JSON file with the values.
        #[arg(long, value_name = "FILE")]
        values: Option<PathBuf>,
    },
}

/// Checks, tests and deploys a process.
pub fn deploy(arguments: &Deploy) -> Result<End, Failure> {
    let folder = files::read(&arguments.path)?;
    block_on(async {
        let runtime = arguments.location.open().await?;
        let (tenant, _, actor) = arguments.identity.find(&runtime).await?;
        let deployed = runtime.deploy(&tenant, actor, &folder, &connectors::simulated).await;
        runtime.store().close().await;
        match deployed {
            Ok(deployed) => {
                let (release, version) = (&deployed.release, &deployed.version);
                say(json!({ "release": release, "version": version, "scenarios": deployed.scenarios.len() }));
                Ok(End::Good)
            }
            Err(DeployError::NotDeployable { problems, scenarios }) => {
                for problem in &problems {
                    eprintln!("{} [{}] {}", problem.span, problem.code, problem.message.en);
                }
                for scenario in scenarios.iter().filter(|scenario| !scenario.passed) {
                    eprintln!("FAIL {}: {}", scenario.title, scenario.failure.as_deref().unwrap_or_default());
                }
                Ok(End::Problems)
            }
            Err(error) => Err(error.text().en.to_string()),
        }
    })
}

/// Begins or shows a case.
pub fn case(arguments: &CaseArguments) -> Result<End, Failure> {
    block_on(async {
        let runtime = arguments.location.open().await?;
        let (tenant, authority, actor) = arguments.identity.find(&runtime).await?;
        let ended = match &arguments.what {
            CaseWhat::Start { process, values } => {
                let process = ProcessId::from(process.as_str());
                let release = authority.current.get(&process).cloned();
                let release = release.ok_or_else(|| format!("{tenant} has no process `{process}` in use"))?;
                let case = CaseId(Uuid::now_v7());
                let command = Command::StartCase {
                    release,
                    channel: "command-line".into(),
                    data: read_values(values.as_ref())?,
                    received_on: None,
                    documents: Vec::new(),
                    caller: None,
                };
                let request = Request { tenant, case, command_id: Uuid::now_v7(), command };
                let submitted = runtime.submit(actor, request).await;
                if submitted.is_ok() {
                    runtime.settle().await.map_err(|error| error.to_string())?;
                }
                ended(submitted.map(|committed| json!({ "case": case, "version": committed.version })))
            }
            CaseWhat::Show { case } => {
                let found = runtime.case(&tenant, *case).await.map_err(|error| error.to_string())?;
                let found = found.ok_or_else(|| format!("{tenant} has no case {case}"))?;
                say(show(&found));
                Ok(End::Good)
            }
        };
        runtime.store().close().await;
        ended
    })
}

/// Lists or does tasks.
pub fn task(arguments: &TaskArguments) -> Result<End, Failure> {
    block_on(async {
        let runtime = arguments.location.open().await?;
        let (tenant, authority, actor) = arguments.identity.find(&runtime).await?;
        let ended = match &arguments.what {
            TaskWhat::List => {
                let person = actor.person().cloned();
                let roles = person.as_ref().and_then(|person| authority.people.get(person));
                let query = InboxQuery {
                    roles: roles.map(|person| (*person.roles).clone()),
                    hide_excluding: person,
                    piece: Piece { cursor: None, limit: 500 },
                    ..InboxQuery::default()
                };
                let page = runtime.store().inbox(&tenant, &query).await.map_err(|error| error.to_string())?;
                let list: Vec<_> = page
                    .items
                    .iter()
                    .map(|entry| {
                        let id = TaskId { case: entry.task.case, instance: entry.task.instance };
                        json!({
                            "id": id.to_string(), "title": entry.task.title, "step": entry.task.step, "due": entry.task.due,
                            "assignee": entry.task.assignee, "number": entry.case.number, "subject": entry.case.subject,
                        })
                    })
                    .collect();
                say(serde_json::Value::Array(list));
                Ok(End::Good)
            }
            TaskWhat::Complete { task, values } => {
                let values = read_values(values.as_ref())?;
                let command = Command::CompleteTask { task: task.instance, values, seen: None };
                let request = Request { tenant, case: task.case, command_id: Uuid::now_v7(), command };
                let submitted = runtime.submit(actor, request).await;
                if submitted.is_ok() {
                    runtime.settle().await.map_err(|error| error.to_string())?;
                }
                ended(submitted.map(|committed| json!({ "case": task.case, "version": committed.version })))
            }
        };
        runtime.store().close().await;
        ended
    })
}

fn ended(submitted: Result<serde_json::Value, SubmitError>) -> Result<End, Failure> {
    match submitted {
        Ok(answer) => {
            say(answer);
            Ok(End::Good)
        }
        Err(SubmitError::Rejected(rejection)) => {
            eprintln!("refused ({}): {}", rejection.code(), rejection.text().en);
            Ok(End::Problems)
        }
        Err(error) => Err(error.to_string()),
    }
}

fn read_values(path: Option<&PathBuf>) -> Result<Object, Failure> {
    let Some(path) = path else { return Ok(Object::new()) };
    let bytes = fs::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    read_json(&path.display().to_string(), &bytes).map_err(|problems| {
        let lines: Vec<String> =
            problems.iter().map(|problem| format!("{}: {}", problem.span, problem.message.en)).collect();
        lines.join("\n")
    })
}

fn show(case: &Case) -> serde_json::Value {
    let tasks: Vec<_> = case
        .tasks()
        .map(|(id, instance, task)| {
            let id = TaskId { case: case.id, instance: id };
            json!({ "id": id.to_string(), "step": instance.step, "title": task.title, "due": task.due })
        })
        .collect();
    let deadlines: Vec<_> = case.deadlines().map(|(_, deadline)| deadline).collect();
    json!({
        "case": case.id, "process": case.process, "release": case.release, "version": case.version, "status": case.status,
        "number": case.number, "data": case.data, "results": case.results, "tasks": tasks, "deadlines": deadlines,
        "documents": case.documents.values().collect::<Vec<_>>(), "incidents": case.incidents.values().collect::<Vec<_>>(),
    })
}

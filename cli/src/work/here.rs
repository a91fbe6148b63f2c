//! The work on the data of this machine.

use fachwerk_core::{
    authority::{Authority, AuthorityCommand},
    case::{Case, Status},
    command::{Command, Request},
    decide::Rejection,
    diagnostic::{Diagnostic, Severity},
    facts::Actor,
    keeping::KeepingRecord,
    language::Folder,
    words::{CaseId, TaskId, TenantId},
};
use fachwerk_runtime::{ChangeError, DeployError, Runtime, SubmitError};
use fachwerk_store::{Halt, InboxQuery, Piece, StoreError};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Ask, Outcome, kept_here, law, one_line, packages, refusal_of_deployment};
use crate::{
    Failure, connectors,
    local::{Identity, Location},
};

/// Tasks that are read at once.
const PAGE: u32 = 500;

/// Does what is asked with an engine of its own.
pub async fn carry_out(location: &Location, identity: &Identity, ask: &Ask) -> Result<Outcome, Failure> {
    let runtime = location.open_or_say_server().await?;
    let outcome = with(&runtime, identity, ask).await;
    runtime.store().close().await;
    outcome
}

async fn with(runtime: &Runtime, identity: &Identity, ask: &Ask) -> Result<Outcome, Failure> {
    let (tenant, authority, actor) = identity.find(runtime).await?;
    match ask {
        Ask::Deploy(folder, reason) => deploy(runtime, &tenant, actor, (folder, reason.as_deref())).await,
        Ask::Retire(process) => {
            let command = AuthorityCommand::Retire { process: process.clone() };
            change(runtime, &tenant, actor, command, json!({ "process": process, "current": false })).await
        }
        Ask::Reinstate(process) => {
            let command = AuthorityCommand::Reinstate { process: process.clone() };
            change(runtime, &tenant, actor, command, json!({ "process": process, "current": true })).await
        }
        Ask::Package(ask) => packages::here(runtime, (&tenant, &authority, actor), ask).await,
        Ask::Law(ask) => law::here(runtime, (&tenant, &authority, &actor), ask).await,
        Ask::Resume => {
            // As it was before: to let them go on is a turn as well.
            let rested = rested(runtime, &tenant).await.map_err(|error| error.text().en.to_string())?;
            let resumed = runtime.resume(&tenant, actor, Uuid::now_v7()).await;
            outcome(resumed, json!({ "tenant": tenant, "resting": false, "rested": rested }))
        }
        Ask::Nodes => {
            let nodes = runtime.nodes().await.map_err(|error| error.text().en.to_string())?;
            Ok(Outcome::Done(json!(nodes)))
        }
        Ask::Start { process, data } => {
            let release = authority.current.get(process).cloned();
            let release = release.ok_or_else(|| format!("{tenant} has no process `{process}` in use"))?;
            let command = Command::StartCase {
                release,
                channel: "command-line".into(),
                data: data.clone(),
                received_on: None,
                documents: Vec::new(),
                caller: None,
            };
            submit(runtime, tenant, actor, CaseId(Uuid::now_v7()), command).await
        }
        Ask::Show(case) => {
            let found = runtime.case(&tenant, *case).await.map_err(|error| error.to_string())?;
            Ok(match found {
                Some(found) => Outcome::Done(show(&found)),
                None => {
                    let rejection = Rejection::CaseUnknown;
                    Outcome::Refused(vec![refusal(rejection.code(), &rejection.text().en)])
                }
            })
        }
        Ask::WantErasure(case, reason, exception) => {
            let (reason, exception) = (reason.as_str().into(), exception.as_deref().map(Into::into));
            let command = Command::RecordKeeping { record: KeepingRecord::Ask { reason, exception } };
            Ok(match submit(runtime, tenant, actor, *case, command).await? {
                Outcome::Done(_) => Outcome::Done(json!({ "case": case, "asked": true })),
                refused => refused,
            })
        }
        Ask::Erase(case, alone) => {
            let alone = alone.as_deref().map(Into::into);
            match runtime.erase(actor, &tenant, *case, Uuid::now_v7(), alone).await {
                Ok(erasure) => Ok(Outcome::Done(json!(erasure))),
                Err(SubmitError::Rejected(rejection)) => {
                    Ok(Outcome::Refused(vec![refusal(rejection.code(), &rejection.text().en)]))
                }
                Err(SubmitError::Store(error @ StoreError::Erased { .. })) => {
                    Ok(Outcome::Refused(vec![refusal("CaseErased", &error.text().en)]))
                }
                Err(error) => Err(error.to_string()),
            }
        }
        Ask::Tasks => tasks(runtime, &tenant, &authority, &actor).await,
        Ask::Complete { task, values } => {
            let command = Command::CompleteTask {
                task: task.instance,
                values: values.clone(),
                seen: None,
                shown: None,
            };
            submit(runtime, tenant, actor, task.case, command).await
        }
        Ask::ShowKeeping | Ask::ListKept(..) | Ask::SetPeriod(..) | Ask::Keep(_) | Ask::Statistics(..) => {
            kept_here::carry_out(runtime, (&tenant, &authority, &actor), ask).await
        }
    }
}

fn told(problem: &Diagnostic) -> String {
    let word = match problem.severity {
        Severity::Error => "error",
        Severity::Concern => "concern",
        Severity::Warning => "warning",
    };
    one_line(word, &problem.span.to_string(), problem.code, &problem.message.en)
}

async fn deploy(
    runtime: &Runtime,
    tenant: &TenantId,
    actor: Actor,
    (folder, reason): (&Folder, Option<&str>),
) -> Result<Outcome, Failure> {
    match runtime.deploy_despite(tenant, actor, folder, &connectors::simulated, reason).await {
        Ok(deployed) => {
            let (release, version) = (&deployed.release, &deployed.version);
            let scenarios = deployed.scenarios.len();
            // What stops nothing is told all the same.
            deployed.problems.iter().for_each(|problem| eprintln!("{}", told(problem)));
            Ok(Outcome::Done(json!({ "release": release, "version": version, "scenarios": scenarios })))
        }
        Err(error) => refused_deployment(error),
    }
}

/// Why something was not deployed or installed, line by line.
pub(super) fn refused_deployment(error: DeployError) -> Result<Outcome, Failure> {
    match error {
        DeployError::NotDeployable { problems, scenarios } => {
            let concerned = problems.iter().any(|problem| problem.severity == Severity::Concern)
                && problems.iter().all(|problem| problem.severity != Severity::Error)
                && scenarios.iter().all(|scenario| scenario.passed);
            let problems = problems.iter().map(told);
            let failed = scenarios.iter().filter(|scenario| !scenario.passed).map(|scenario| {
                format!("FAIL {}: {}", scenario.title, scenario.failure.as_deref().unwrap_or_default())
            });
            Ok(Outcome::Refused(problems.chain(failed).chain([refusal_of_deployment(concerned)]).collect()))
        }
        DeployError::Rejected(rejection) => {
            Ok(Outcome::Refused(vec![refusal(rejection.code(), &rejection.text().en)]))
        }
        error => Err(error.text().en.to_string()),
    }
}

/// Since when timers and effects rest and why, when a turn was stored last, and what the clock says.
async fn rested(runtime: &Runtime, tenant: &TenantId) -> Result<Option<Value>, StoreError> {
    let Some((since, why)) = runtime.store().halted(tenant).await? else { return Ok(None) };
    let why = match why {
        Halt::Restored => "restored",
        Halt::ClockJumped => "clock_jumped",
    };
    let last = runtime.store().last_turn_at().await?;
    let now = runtime.clock().now();
    Ok(Some(json!({ "since": since, "why": why, "last_turn_at": last, "now": now })))
}

pub(super) async fn change(
    runtime: &Runtime,
    tenant: &TenantId,
    actor: Actor,
    command: AuthorityCommand,
    answer: Value,
) -> Result<Outcome, Failure> {
    outcome(runtime.change(tenant, actor, Uuid::now_v7(), command).await, answer)
}

fn outcome<T>(changed: Result<T, ChangeError>, answer: Value) -> Result<Outcome, Failure> {
    match changed {
        Ok(_) => Ok(Outcome::Done(answer)),
        Err(ChangeError::Rejected(rejection)) => {
            Ok(Outcome::Refused(vec![refusal(rejection.code(), &rejection.text().en)]))
        }
        Err(error) => Err(error.to_string()),
    }
}

async fn submit(
    runtime: &Runtime,
    tenant: TenantId,
    actor: Actor,
    case: CaseId,
    command: Command,
) -> Result<Outcome, Failure> {
    let request = Request { tenant, case, command_id: Uuid::now_v7(), command };
    match runtime.submit(actor, request).await {
        Ok(committed) => {
            // It is committed: whatever stands in the way of what follows, the caller gets to know the case.
            if let Err(error) = runtime.settle().await {
                eprintln!("warning: done, but what follows from it could not be carried out yet: {error}");
            }
            Ok(Outcome::Done(json!({ "case": case, "version": committed.version })))
        }
        Err(SubmitError::Rejected(rejection)) => {
            Ok(Outcome::Refused(vec![refusal(rejection.code(), &rejection.text().en)]))
        }
        Err(error) => Err(error.to_string()),
    }
}

async fn tasks(
    runtime: &Runtime,
    tenant: &TenantId,
    authority: &Authority,
    actor: &Actor,
) -> Result<Outcome, Failure> {
    let person = actor.person().cloned();
    let roles = person.as_ref().and_then(|person| authority.people.get(person));
    let mut query = InboxQuery {
        roles: roles.map(|person| (*person.roles).clone()),
        hide_excluding: person,
        piece: Piece { cursor: None, limit: PAGE },
        ..InboxQuery::default()
    };
    let mut list = Vec::new();
    loop {
        let page = runtime.store().inbox(tenant, &query).await.map_err(|error| error.to_string())?;
        list.extend(page.items.iter().map(|entry| {
            let id = TaskId { case: entry.task.case, instance: entry.task.instance };
            json!({
                "id": id.to_string(), "title": entry.task.title, "step": entry.task.step, "due": entry.task.due,
                "assignee": entry.task.assignee, "number": entry.case.number, "subject": entry.case.subject,
            })
        }));
        match page.next {
            Some(next) => query.piece.cursor = Some(next),
            None => return Ok(Outcome::Done(Value::Array(list))),
        }
    }
}

/// As the command line says that something was refused.
pub(super) fn refusal(code: &str, why: &str) -> String {
    format!("refused ({code}): {why}")
}

/// A case as the command line prints it.
fn show(case: &Case) -> Value {
    let tasks = case.tasks().map(|(id, instance, task)| {
        let id = TaskId { case: case.id, instance: id };
        json!({ "id": id.to_string(), "step": instance.step, "title": task.title, "due": task.due })
    });
    let deadlines = case.deadlines().map(|(_, deadline)| {
        let run = deadline.run.as_ref();
        json!({
            "name": deadline.name, "title": deadline.title, "start": run.map(|run| run.start),
            "end": run.map(|run| run.end),
        })
    });
    let documents = case.documents.values().map(|document| {
        let content = &document.content;
        json!({ "number": document.number, "title": content.title, "on": document.on, "hash": content.hash })
    });
    let incidents = case.incidents.values().map(|incident| {
        let trouble = &incident.trouble;
        json!({ "number": incident.number, "code": trouble.code, "message": trouble.message })
    });
    let outcome = match &case.status {
        Status::Open => None,
        Status::Ended { outcome, .. } => outcome.clone(),
    };
    json!({
        "case": case.id, "process": case.process, "release": case.release, "version": case.version,
        "open": case.is_open(), "outcome": outcome, "number": case.number, "data": case.data,
        "results": case.results, "tasks": tasks.collect::<Vec<_>>(), "deadlines": deadlines.collect::<Vec<_>>(),
        "documents": documents.collect::<Vec<_>>(), "incidents": incidents.collect::<Vec<_>>(),
    })
}

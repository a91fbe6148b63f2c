//! How long it takes to load a case, by what it has lived through: both of these replay as many turns as lie between two
//! snapshots at most.

use std::sync::Arc;

use fachwerk_core::{
    authority::Authority,
    command::{Command, Request},
    event::Event,
    facts::Actor,
    projection::changes,
    turn::Turn,
    words::{CaseId, InstanceId},
};
use fachwerk_runtime::{Runtime, clock::Clock};
use fachwerk_store::{Entry, MAX_BATCH_TURNS, SNAPSHOT_EVERY, Store};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    figures::rounded,
    ground::Grounds,
    here,
    office::{self, Office, clerk},
    stopwatch::{Latencies, Stopwatch},
    workload::Stored,
};
use crate::Failure;

/// So many turns the cases have: one less than when they are kept whole.
const TURNS: [u64; 3] = [SNAPSHOT_EVERY - 1, 1_000 + SNAPSHOT_EVERY - 1, 10_000 + SNAPSHOT_EVERY - 1];
/// How often each is loaded.
const LOADS: usize = 300;

/// Measures; one line for each length.
pub async fn measure(grounds: &Grounds) -> Result<Vec<Value>, Failure> {
    grounds
        .on_fresh(async |place| {
            let runtime = here::engine(place, Clock::system()).await?;
            let office = office::set_up(&runtime, 1, Stored::OneTask.process()).await?.remove(0);
            let mut lines = Vec::new();
            for turns in TURNS {
                let case = live(&runtime, &office, turns).await?;
                let mut latencies = Latencies::default();
                for _ in 0..LOADS {
                    let watch = Stopwatch::start();
                    load(runtime.store(), &office, case).await?;
                    latencies.push(watch.micros());
                }
                lines.push(json!({
                    "workload": "loading", "backend": grounds.backend(), "turns": turns, "loads": LOADS,
                    "p50_ms": rounded(latencies.quantile_ms(50)), "p99_ms": rounded(latencies.quantile_ms(99)),
                }));
            }
            runtime.store().close().await;
            Ok(lines)
        })
        .await
}

async fn load(store: &Store, office: &Office, case: CaseId) -> Result<fachwerk_core::case::Case, Failure> {
    let loaded = store.load(&office.tenant, case).await.map_err(|error| error.to_string())?;
    loaded.ok_or_else(|| format!("the case {case} is gone"))
}

/// A case in which a task is taken and given back again and again.
async fn live(runtime: &Runtime, office: &Office, turns: u64) -> Result<CaseId, Failure> {
    let (id, command_id) = (CaseId(Uuid::now_v7()), Uuid::now_v7());
    let command = Command::StartCase {
        release: office.release.clone(),
        channel: "bench".into(),
        data: Stored::OneTask.data(turns),
        received_on: None,
        documents: Vec::new(),
        caller: None,
    };
    let request = Request { tenant: office.tenant.clone(), case: id, command_id, command };
    runtime.submit(Actor::Person(clerk()), request).await.map_err(|error| error.to_string())?;
    let mut case = load(runtime.store(), office, id).await?;
    let task = case.tasks().next().map(|(task, ..)| task).ok_or("the case has no task")?;
    let begin = runtime.store().turns(&office.tenant, id, 0, 1).await.map_err(|error| error.to_string())?;
    let begin = begin.into_iter().next().ok_or("the case has no turn")?.turn;
    let release =
        runtime.release(&office.tenant, &office.release).await.map_err(|error| error.to_string())?;
    let local = release.local(&Authority::default());
    while case.version < turns {
        let mut batch = Vec::new();
        while case.version < turns && batch.len() < MAX_BATCH_TURNS {
            let turn = next(&begin, case.version + 1, task);
            let before = case.clone();
            turn.apply(&mut case);
            let changes = changes(&before, &case, &turn, release.listing(&case, &local));
            let snapshot = turn.version.is_multiple_of(SNAPSHOT_EVERY).then(|| Arc::new(case.clone()));
            batch.push(Entry { turn, changes, snapshot });
        }
        runtime.store().append(&office.tenant, batch).await.map_err(|error| error.to_string())?;
    }
    Ok(id)
}

fn next(begin: &Turn, version: u64, task: InstanceId) -> Turn {
    let event = if version.is_multiple_of(2) {
        Event::TaskClaimed { instance: task, person: clerk() }
    } else {
        Event::TaskReleased { instance: task }
    };
    Turn { version, command_id: Uuid::now_v7(), events: vec![event], ..begin.clone() }
}

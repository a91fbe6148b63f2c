//! One who asks: begins cases and does their tasks, in this process or at a server.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use fachwerk_core::{
    command::{Command, Request},
    facts::Actor,
    words::{CaseId, InstanceId, Object, TaskId, Value},
};
use fachwerk_runtime::Runtime;
use tokio::{
    runtime::Handle,
    sync::{broadcast, oneshot},
    task::{JoinSet, block_in_place},
};
use uuid::Uuid;

use super::{
    office::{Office, clerk},
    stopwatch::{Latencies, Stopwatch},
    workload::Stored,
};
use crate::{
    Failure,
    remote::Server,
    work::{Ask, Outcome},
};

/// How somebody asks.
#[derive(Clone)]
pub enum Door {
    /// The engine of this process.
    Here(Runtime),
    /// A server.
    Http(Arc<Server>),
}

/// Somebody who asks.
#[derive(Clone)]
pub struct Client {
    pub door: Door,
    pub office: Office,
    /// Tells when cases are over that go on by themselves.
    pub ends: Ends,
}

impl Client {
    /// One case after another.
    async fn cases(&self, workload: Stored, numbers: std::ops::Range<u64>) -> Result<Latencies, Failure> {
        let mut latencies = Latencies::default();
        for number in numbers {
            latencies.extend(self.case(workload, workload.data(number)).await?);
        }
        Ok(latencies)
    }

    /// One case from its beginning to its end: how long each command took, or the whole.
    async fn case(&self, workload: Stored, data: Object) -> Result<Latencies, Failure> {
        let mut latencies = Latencies::default();
        let whole = Stopwatch::start();
        let case = self.start(data).await?;
        latencies.push(whole.micros());
        for (task, field) in workload.tasks() {
            let watch = Stopwatch::start();
            self.complete(case, *task, field).await?;
            latencies.push(watch.micros());
        }
        if workload.goes_on() {
            self.ends.wait(case).await?;
        }
        if workload.is_timed_whole() {
            latencies = Latencies::default();
            latencies.push(whole.micros());
        }
        Ok(latencies)
    }

    async fn start(&self, data: Object) -> Result<CaseId, Failure> {
        match &self.door {
            Door::Here(runtime) => {
                let case = CaseId(Uuid::now_v7());
                let command = Command::StartCase {
                    release: self.office.release.clone(),
                    channel: "bench".into(),
                    data,
                    received_on: None,
                    documents: Vec::new(),
                    caller: None,
                };
                self.submit(runtime, case, command).await?;
                Ok(case)
            }
            Door::Http(server) => {
                let ask = Ask::Start { process: self.office.process.clone(), data };
                let answer = carried_out(server, &ask)?;
                let case = answer["case"].as_str().and_then(|case| case.parse().ok());
                case.ok_or_else(|| format!("a case was begun, and its id is missing: {answer}"))
            }
        }
    }

    /// Does a task of a case: a field says yes.
    pub async fn complete(&self, case: CaseId, task: InstanceId, field: &str) -> Result<(), Failure> {
        let values: Object = [(field.to_owned(), Value::Bool(true))].into_iter().collect();
        match &self.door {
            Door::Here(runtime) => {
                self.submit(runtime, case, Command::CompleteTask { task, values, seen: None, shown: None })
                    .await
            }
            Door::Http(server) => {
                let ask = Ask::Complete { task: TaskId { case, instance: task }, values };
                carried_out(server, &ask).map(drop)
            }
        }
    }

    async fn submit(&self, runtime: &Runtime, case: CaseId, command: Command) -> Result<(), Failure> {
        let tenant = self.office.tenant.clone();
        let request = Request { tenant, case, command_id: Uuid::now_v7(), command };
        let done = runtime.submit(Actor::Person(clerk()), request).await;
        done.map(drop).map_err(|error| error.to_string())
    }
}

/// Waits in the thread that asks.
fn carried_out(server: &Server, ask: &Ask) -> Result<Value, Failure> {
    match block_in_place(|| server.carry_out(ask))? {
        Outcome::Done(answer) => Ok(answer),
        Outcome::Partly(_, reasons) | Outcome::Refused(reasons) => Err(reasons.join("\n")),
    }
}

/// All clients at once; together they bring so many cases to their end.
pub async fn all(clients: &[Client], workload: Stored, cases: u32) -> Result<(Latencies, f64), Failure> {
    let watch = Stopwatch::start();
    let mut asking = JoinSet::new();
    let count = u32::try_from(clients.len()).unwrap_or(u32::MAX);
    for (place, client) in (0_u32..).zip(clients) {
        let share = cases / count + u32::from(place < cases % count);
        let (client, first) = (client.clone(), u64::from(place) * u64::from(cases));
        let waits = matches!(client.door, Door::Http(_));
        let cases = async move { client.cases(workload, first..first + u64::from(share)).await };
        if waits {
            // A thread of its own, as clients of other engines have: to change threads for each request would cost as much again.
            let runtime = Handle::current();
            asking.spawn_blocking(move || runtime.block_on(cases));
        } else {
            asking.spawn(cases);
        }
    }
    let mut latencies = Latencies::default();
    while let Some(done) = asking.join_next().await {
        latencies.extend(done.map_err(|panic| panic.to_string())??);
    }
    Ok((latencies, watch.seconds()))
}

/// Which cases are over, as it is told.
#[derive(Clone, Default)]
pub struct Ends(Arc<Mutex<HashMap<CaseId, Standing>>>);

enum Standing {
    Over,
    Awaited(oneshot::Sender<()>),
}

impl Ends {
    /// Hears of the cases of this process. They are over after so many turns.
    pub fn here(runtime: &Runtime, turns: u32) -> Ends {
        let (ends, mut committed) = (Ends::default(), runtime.subscribe());
        let told = ends.clone();
        tokio::spawn(async move {
            loop {
                match committed.recv().await {
                    Ok(turn) => told.tell(turn.case, turn.version, turns),
                    Err(broadcast::error::RecvError::Lagged(_)) => told.give_up(),
                    Err(broadcast::error::RecvError::Closed) => return,
                }
            }
        });
        ends
    }

    /// A turn was committed.
    pub fn tell(&self, case: Option<CaseId>, version: u64, turns: u32) {
        let Some(case) = case.filter(|_| version >= u64::from(turns)) else { return };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Standing::Awaited(waiting)) = known.remove(&case) {
            let _ = waiting.send(());
        } else {
            known.insert(case, Standing::Over);
        }
    }

    /// Something was missed: whoever waits is told so.
    pub fn give_up(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    async fn wait(&self, case: CaseId) -> Result<(), Failure> {
        let waiting = {
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if matches!(known.remove(&case), Some(Standing::Over)) {
                return Ok(());
            }
            let (sender, waiting) = oneshot::channel();
            known.insert(case, Standing::Awaited(sender));
            waiting
        };
        waiting.await.map_err(|_| "it was not told in time which cases are over".to_owned())
    }
}

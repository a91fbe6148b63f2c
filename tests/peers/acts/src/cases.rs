//! One case after another: what is begun, and what is done when the engine says that something is to be done.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use acts::{Engine, Executor, MessageState, Vars};
use tokio::sync::mpsc;

use crate::{Failure, figures::Notes};

const PATIENCE: Duration = Duration::from_secs(120);

/// The workflow of a workload.
pub fn model(workload: &str) -> Result<&'static str, Failure> {
    match workload {
        "one-task" => Ok(include_str!("one-task.yml")),
        "ten-effects" => Ok(include_str!("ten-effects.yml")),
        "permit" => Ok(include_str!("permit.yml")),
        _ => Err(format!("there is no workload {workload}").into()),
    }
}

/// What the engine says of a case.
enum Said {
    /// Something is to be done: the id of the task.
    Do(String),
    Ended,
    Failed(String),
}

/// Where messages of the engine reach the client whose case it is.
#[derive(Clone)]
pub struct Office {
    executor: Arc<Executor>,
    waiting: Arc<Mutex<HashMap<String, mpsc::UnboundedSender<Said>>>>,
}

impl Office {
    pub fn open(engine: &Engine) -> Office {
        let office = Office { executor: engine.executor(), waiting: Arc::default() };
        let channel = engine.channel();
        let here = office.clone();
        channel.on_message(move |message| {
            // The step has a message of its own.
            let is_irq = message.r#type == "act" && message.uses.as_deref() == Some("acts.core.irq");
            if is_irq && message.state == MessageState::Created {
                here.tell(&message.pid, Said::Do(message.tid.clone()));
            }
            async {}
        });
        let here = office.clone();
        channel.on_complete(move |message| {
            here.tell(&message.pid, Said::Ended);
            async {}
        });
        let here = office.clone();
        channel.on_error(move |message| {
            here.tell(&message.pid, Said::Failed(format!("{message:?}")));
            async {}
        });
        office
    }

    fn tell(&self, case: &str, said: Said) {
        if let Ok(waiting) = self.waiting.lock()
            && let Some(client) = waiting.get(case)
        {
            let _ = client.send(said);
        }
    }

    /// One case from its beginning to its end.
    pub async fn case(&self, workload: &str, notes: &mut Notes) -> Result<(), Failure> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let case = format!("case{}x{number}", std::process::id());
        let (client, mut said) = mpsc::unbounded_channel();
        self.waiting.lock().map_err(|_| "a client has ended")?.insert(case.clone(), client);
        let data =
            if workload == "permit" { form(number) } else { Vars::new().with("text", "x".repeat(500)) };
        let mut task = notes
            .command(async {
                self.executor.proc().start(workload, data.with("pid", case.clone())).await?;
                next(&mut said).await
            })
            .await?;
        while let Some(id) = task {
            task = notes
                .command(async {
                    self.executor.act().complete(&case, &id, Vars::new().with("ok", true)).await?;
                    next(&mut said).await
                })
                .await?;
        }
        self.waiting.lock().map_err(|_| "a client has ended")?.remove(&case);
        notes.cases += 1;
        Ok(())
    }
}

/// What is to be done next; none when the case has ended.
async fn next(said: &mut mpsc::UnboundedReceiver<Said>) -> Result<Option<String>, Failure> {
    match tokio::time::timeout(PATIENCE, said.recv()).await? {
        Some(Said::Do(task)) => Ok(Some(task)),
        Some(Said::Ended) => Ok(None),
        Some(Said::Failed(why)) => Err(why.into()),
        None => Err("the engine has ended".into()),
    }
}

/// The ten fields of the form of `permit`; others in another case.
fn form(number: u64) -> Vars {
    Vars::new()
        .with("name", format!("Erika Mustermann {number}"))
        .with("mail", format!("erika.{number}@example.org"))
        .with("street", format!("Hauptstraße {}", number % 211 + 1))
        .with("district", format!("D{:04}", number % 10_000))
        .with("kind", if number.is_multiple_of(2) { "notice" } else { "permit" })
        .with("begins", format!("2027-{:02}-{:02}", number % 12 + 1, number % 28 + 1))
        .with("days", number % 40 + 1)
        .with("area", number % 500 + 1)
        .with("lights", number.is_multiple_of(3))
        .with(
            "reason",
            format!("Aufstellen von Tischen, Stühlen und einem Zelt vor dem Geschäft. Vorgang {number}."),
        )
}

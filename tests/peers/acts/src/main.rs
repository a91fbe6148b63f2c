//! acts: a workflow engine as a library, with its own store in PostgreSQL. It has no user tasks of its own either: it
//! sends a message for each `irq`, and whoever has done the work completes it. Calls of services are the same.
//!
//! Prints one line with the fields of `fachwerk bench`. acts answers before it has written, and what is still to be
//! written grows without end while clients go on; so the clients do a number of cases, and the time counts until its
//! writer has written all.

mod cases;
mod figures;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use acts::{Engine, PostgresStore, Workflow};
use cases::Office;
use figures::Used;

/// Failures are told, never handled.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Cases before the run that counts, and at least in it.
const FEW: u64 = 4;

/// What is asked for.
struct Arguments {
    database: String,
    workload: String,
    clients: usize,
    seconds: u64,
}

fn arguments() -> Result<Arguments, Failure> {
    let all: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| {
        let at =
            all.iter().position(|argument| argument == name).ok_or_else(|| format!("{name} is missing"))?;
        all.get(at + 1).cloned().ok_or_else(|| format!("{name} has no value"))
    };
    Ok(Arguments {
        database: value("--database")?,
        workload: value("--workload")?,
        clients: value("--clients")?.parse()?,
        seconds: value("--seconds")?.parse()?,
    })
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments = arguments()?;
    // A few cases say for how many there is time.
    let first = run(&arguments, FEW).await?;
    let used = Used::so_far();
    let seen = run(&arguments, first.cases_in(arguments.seconds).max(FEW)).await?;
    println!("{}", seen.line(&arguments.workload, arguments.clients, used));
    Ok(())
}

/// An engine from its start to its end, so that all it has to write is written.
async fn run(arguments: &Arguments, cases: u64) -> Result<figures::Seen, Failure> {
    let store = Arc::new(PostgresStore::open(&arguments.database).await?);
    let engine = Engine::builder().set_store(store).build().start().await?;
    let workflow = Workflow::from_yml(cases::model(&arguments.workload)?)?;
    engine.executor().model().deploy(&workflow, None).await?;
    let office = Office::open(&engine);
    let began = std::time::Instant::now();
    let mut clients = tokio::task::JoinSet::new();
    let left = Arc::new(AtomicU64::new(cases));
    for _ in 0..arguments.clients {
        let (office, workload, left) = (office.clone(), arguments.workload.clone(), left.clone());
        clients.spawn(async move {
            let mut notes = figures::Notes::default();
            while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
            {
                office.case(&workload, &mut notes).await?;
            }
            Ok::<_, Failure>(notes)
        });
    }
    let mut seen = figures::Seen::default();
    while let Some(done) = clients.join_next().await {
        seen.add(done??);
    }
    engine.close().await;
    seen.seconds = began.elapsed().as_secs_f64();
    Ok(seen)
}

//! Measures other engines and ours in one run, with the same work on the same PostgreSQL, and says how many times faster
//! ours is. One JSON object a line on standard output, with the fields of `fachwerk bench` and `peer`, `ratio`, `over`,
//! `settings`; what goes on meanwhile on standard error.
//!
//! Each engine does a workload for some seconds, all in turn, and all of that several times. A line is the run in the
//! middle; `runs` has the cases a second of all of them. README.md says what is compared and what is not.

mod http;
mod kept;
mod load;
mod operaton;
mod options;
mod ours;
mod place;
mod postgres;
mod program;
mod restate;
mod rounds;

use std::{
    process::ExitCode,
    sync::atomic::{AtomicU64, Ordering},
};

use load::Load;
use place::Place;
use postgres::Postgres;
use serde_json::{Map, Value, json};

/// A line of figures.
pub type Line = Map<String, Value>;

/// What every engine is asked to do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Workload {
    /// A case with 0.5 KB of data begins, its one user task is done.
    OneTask,
    /// Ten calls of services one after another, each result durable before the next.
    TenEffects,
    /// A form of ten fields, a rule, a user task, a parallel pair, a second user task.
    Permit,
}

impl Workload {
    pub const ALL: [Workload; 3] = [Workload::OneTask, Workload::TenEffects, Workload::Permit];

    pub fn name(self) -> &'static str {
        match self {
            Workload::OneTask => "one-task",
            Workload::TenEffects => "ten-effects",
            Workload::Permit => "permit",
        }
    }
}

/// The ten fields of the form of `permit`; others in another case.
pub fn form() -> Line {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let form = json!({
        "name": format!("Erika Mustermann {number}"), "mail": format!("erika.{number}@example.org"),
        "street": format!("Hauptstraße {}", number % 211 + 1), "district": format!("D{:04}", number % 10_000),
        "kind": if number.is_multiple_of(2) { "notice" } else { "permit" },
        "begins": format!("2027-{:02}-{:02}", number % 12 + 1, number % 28 + 1),
        "days": number % 40 + 1, "area": number % 500 + 1, "lights": number.is_multiple_of(3),
        "reason": format!("Aufstellen von Tischen, Stühlen und einem Zelt vor dem Geschäft. Vorgang {number}."),
    });
    form.as_object().cloned().unwrap_or_default()
}

/// An engine that is ready to work.
pub trait Engine {
    /// Before a run; what it writes does not count.
    fn warm_up(&mut self, _workload: Workload, _load: &Load) -> Result<(), String> {
        Ok(())
    }

    /// One run.
    fn measure(&mut self, workload: Workload, load: &Load) -> Result<Line, String>;
}

/// An engine, or why there is none.
pub type Started = Result<Box<dyn Engine>, String>;

/// How an engine is built and started.
pub struct Peer {
    pub name: &'static str,
    pub start: fn(&Place, &Postgres) -> Started,
}

const PEERS: [Peer; 5] = [
    Peer { name: "operaton", start: operaton::start },
    Peer { name: "spiff", start: program::spiff },
    Peer { name: "dbos", start: program::dbos },
    Peer { name: "restate", start: restate::start },
    Peer { name: "acts", start: program::acts },
];

fn main() -> ExitCode {
    match options::read(std::env::args().skip(1)).and_then(|options| rounds::run(&options, &PEERS)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("peers: {why}");
            ExitCode::from(2)
        }
    }
}

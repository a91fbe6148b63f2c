//! `fachwerk bench`: standard workloads, one JSON line each.
//!
//! A figure from a shared machine says little alone; the limit beside it is measured in the same run: the statements that
//! ran, run again without the engine, or the same work without deciding anything. docs/performance.md names the fields.

mod client;
mod figures;
mod fill;
mod ground;
mod here;
mod letters;
mod limit;
mod loading;
mod mass_run;
mod office;
mod plan;
mod pure;
mod relay;
mod served;
mod stopwatch;
mod stored;
mod timers;
mod waiting;
mod workload;

use std::path::PathBuf;

use clap::{ValueEnum, value_parser};
use ground::Grounds;
use plan::Plan;
use pure::Pure;
use workload::Stored;

use crate::{End, Failure, local::block_on, output::say};

/// What `bench` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Only this workload.
    #[arg(long, value_enum)]
    workload: Option<Workload>,
    /// `postgres://...` instead of the embedded database. Databases are made on that server for each workload and removed
    /// afterwards; the one that is named is only where they are made from.
    #[arg(long, env = "FACHWERK_DATABASE", value_name = "URL", hide_env_values = true)]
    database: Option<String>,
    /// The folder in which embedded databases are made and removed; that of the system for temporary files when absent.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// How many clients ask at once: 8, or 32 by HTTP.
    #[arg(long, value_parser = value_parser!(u32).range(1..=256))]
    clients: Option<u32>,
    /// How many cases.
    #[arg(long, default_value_t = 500, value_parser = value_parser!(u32).range(1..=1_000_000))]
    cases: u32,
    /// Over how many authorities clients are spread.
    #[arg(long, default_value_t = 1, value_parser = value_parser!(u32).range(1..=1000))]
    tenants: u32,
    /// Ask a server by HTTP, not the engine in this process: the workloads of cases.
    #[arg(long)]
    http: bool,
    /// So many servers on one database, by HTTP; clients are spread over them.
    #[arg(long, default_value_t = 1, value_parser = value_parser!(u32).range(1..=16))]
    nodes: u32,
    /// Measure no limit beside the workloads of cases: it runs what ran twice more.
    #[arg(long)]
    without_limit: bool,
    /// So many milliseconds are added to each round trip to the database.
    #[arg(long, default_value_t = 0, value_parser = value_parser!(u32).range(0..=1000))]
    round_trip_ms: u32,
    /// With so many open cases each `waiting` measures.
    #[arg(long, value_delimiter = ',', default_value = "1000,10000", value_parser = value_parser!(u64).range(1..=10_000_000))]
    open: Vec<u64>,
    /// So many timers of `timers` are due at once.
    #[arg(long, default_value_t = 2_000, value_parser = value_parser!(u32).range(50..=10_000_000))]
    timers: u32,
    /// How many seconds each workload without a database lasts, and its limit.
    #[arg(long, default_value_t = 2, value_parser = value_parser!(u32).range(1..=600))]
    seconds: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Workload {
    /// A case begins, its one task is done; 0.5 KB of application.
    OneTask,
    /// The same with 45 KB of application.
    #[value(name = "one-task-45k")]
    OneTask45k,
    /// Ten machine steps in one turn.
    TenSteps,
    /// Ten effects, each result durable before the next; the connector answers at once.
    TenEffects,
    /// A form of ten fields, a rule, a task, two parallel paths, a second task.
    Permit,
    /// One client; three commands of a case, each durable before the next.
    Latency,
    /// Lists and commands beside many open cases.
    Waiting,
    /// Timers that are due all at once.
    Timers,
    /// A case that has lived through little, and one that has lived through much.
    Loading,
    /// Cases begun from a list and signed in one go, with their letters.
    MassRun,
    /// A loop of machine steps, without a database.
    PureSteps,
    /// A loop of tasks, without a database.
    PureTasks,
    /// A decision table of 20 rows and 4 inputs.
    Tables,
    /// A bonfire permit from the application to the closed file, on the simulated clock.
    Simulate,
    /// The letters of that permit, laid out and written as PDF. One client.
    Letters,
}

enum Sort {
    Stored(Stored),
    Waiting,
    Timers,
    Loading,
    MassRun,
    Pure(Pure),
}

impl Workload {
    fn sort(self) -> Sort {
        match self {
            Workload::OneTask => Sort::Stored(Stored::OneTask),
            Workload::OneTask45k => Sort::Stored(Stored::OneTask45k),
            Workload::TenSteps => Sort::Stored(Stored::TenSteps),
            Workload::TenEffects => Sort::Stored(Stored::TenEffects),
            Workload::Permit => Sort::Stored(Stored::Permit),
            Workload::Latency => Sort::Stored(Stored::Latency),
            Workload::Waiting => Sort::Waiting,
            Workload::Timers => Sort::Timers,
            Workload::Loading => Sort::Loading,
            Workload::MassRun => Sort::MassRun,
            Workload::PureSteps => Sort::Pure(Pure::Steps),
            Workload::PureTasks => Sort::Pure(Pure::Tasks),
            Workload::Tables => Sort::Pure(Pure::Tables),
            Workload::Simulate => Sort::Pure(Pure::Simulate),
            Workload::Letters => Sort::Pure(Pure::Letters),
        }
    }
}

/// Measures.
pub fn run(arguments: &Arguments) -> Result<End, Failure> {
    let plan = Plan::of(arguments)?;
    let grounds = Grounds::new(arguments.database.as_deref(), arguments.data.clone());
    let asked = |workload: &&Workload| arguments.workload.is_none_or(|only| only == **workload);
    for workload in Workload::value_variants().iter().filter(asked) {
        let sort = workload.sort();
        if plan.nodes.is_some() && !matches!(sort, Sort::Stored(_)) {
            match arguments.workload {
                None => continue,
                Some(_) => {
                    return Err(
                        "this workload runs in this process only; leave --http and --nodes away".to_owned()
                    );
                }
            }
        }
        match sort {
            Sort::Stored(workload) => say(block_on(stored::measure(workload, &plan, &grounds))?),
            Sort::Waiting => block_on(waiting::measure(&arguments.open, &plan, &grounds))?,
            Sort::Timers => say(block_on(timers::measure(arguments.timers, &grounds))?),
            Sort::Loading => block_on(loading::measure(&grounds))?.into_iter().for_each(say),
            Sort::MassRun => say(block_on(mass_run::measure(arguments.cases, &grounds))?),
            Sort::Pure(workload) => say(pure::measure(workload, arguments.seconds)?),
        }
    }
    Ok(End::Good)
}

//! What the runner is asked for.

use std::path::PathBuf;

use crate::{Workload, load::Load};

pub const USAGE: &str = "\
--fachwerk FILE     our own binary, a release build
--target DIR        where the peers are installed and built (target/peers)
--only NAME,...     only these peers: operaton, spiff, dbos, restate, acts
--workload W        only this one: one-task, ten-effects, permit
--rounds N          how often everything is measured in turn (3)
--seconds N         how long one engine does one workload in one round (10)
--clients N         how many clients at once (32)";

pub struct Options {
    pub fachwerk: PathBuf,
    pub target: PathBuf,
    pub only: Vec<String>,
    pub workloads: Vec<Workload>,
    pub rounds: usize,
    pub load: Load,
}

pub fn read(arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let mut options = Options {
        fachwerk: root.join("target/release/fachwerk"),
        target: root.join("target/peers"),
        only: Vec::new(),
        workloads: Workload::ALL.to_vec(),
        rounds: 3,
        load: Load { clients: 32, seconds: 10 },
    };
    let mut arguments = arguments.peekable();
    while let Some(name) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{name} needs a value\n{USAGE}"));
        match name.as_str() {
            "--fachwerk" => options.fachwerk = value()?.into(),
            "--target" => options.target = value()?.into(),
            "--only" => options.only = value()?.split(',').map(str::to_owned).collect(),
            "--workload" => options.workloads = vec![workload(&value()?)?],
            "--rounds" => options.rounds = number(&value()?)?,
            "--seconds" => options.load.seconds = u64::try_from(number(&value()?)?).unwrap_or(u64::MAX),
            "--clients" => options.load.clients = number(&value()?)?,
            _ => return Err(format!("there is no {name}\n{USAGE}")),
        }
    }
    Ok(options)
}

fn workload(name: &str) -> Result<Workload, String> {
    let found = Workload::ALL.into_iter().find(|workload| workload.name() == name);
    found.ok_or_else(|| format!("there is no workload {name}\n{USAGE}"))
}

fn number(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|number| *number >= 1)
        .ok_or_else(|| format!("{text} is no number from 1 upwards"))
}

//! Everybody in turn, several times, and what comes of it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    Line, Peer, Started, Workload,
    load::rounded,
    options::{Options, USAGE},
    ours::Ours,
    place::Place,
    postgres::Postgres,
};

const OURS: &str = "fachwerk";

/// What was seen of one engine at one workload.
#[derive(Default)]
struct Found {
    lines: Vec<Line>,
    /// Why there are no more.
    why: Option<String>,
}

struct Contender {
    name: &'static str,
    /// None where it could not be started.
    engine: Started,
}

pub fn run(options: &Options, peers: &[Peer]) -> Result<(), String> {
    if let Some(unknown) =
        options.only.iter().find(|name| !peers.iter().any(|peer| peer.name == name.as_str()))
    {
        return Err(format!("there is no peer {unknown}\n{USAGE}"));
    }
    let place = Place::new(&options.target)?;
    let postgres = Postgres::start()?;
    eprintln!("PostgreSQL: {}", postgres.settings()?);
    let mut contenders = vec![Contender { name: OURS, engine: ours(options, &postgres) }];
    for peer in
        peers.iter().filter(|peer| options.only.is_empty() || options.only.iter().any(|o| o == peer.name))
    {
        eprintln!("{}: building and starting", peer.name);
        let engine = postgres.create(peer.name).and_then(|_| (peer.start)(&place, &postgres));
        contenders.push(Contender { name: peer.name, engine });
    }
    for Contender { name, engine } in &contenders {
        if let Err(why) = engine {
            eprintln!("SKIPPED: {name} could not be built or started: {why}");
        }
    }
    let mut found: BTreeMap<(&str, &str), Found> = BTreeMap::new();
    for round in 1..=options.rounds {
        for workload in &options.workloads {
            for contender in &mut contenders {
                let seen = found.entry((workload.name(), contender.name)).or_default();
                if seen.why.is_some() {
                    continue;
                }
                match measure(contender, *workload, options, &postgres) {
                    Ok(line) => {
                        let said = Value::Object(line.clone());
                        eprintln!("round {round}, {}, {}: {said}", workload.name(), contender.name);
                        seen.lines.push(line);
                    }
                    Err(why) => {
                        eprintln!("SKIPPED: {} at {}: {why}", contender.name, workload.name());
                        seen.why = Some(why);
                    }
                }
            }
        }
    }
    for workload in &options.workloads {
        say(*workload, &contenders, &found);
    }
    Ok(())
}

fn ours(options: &Options, postgres: &Postgres) -> Started {
    Ok(Box::new(Ours::new(&options.fachwerk, postgres.create(OURS)?)))
}

fn measure(
    contender: &mut Contender,
    workload: Workload,
    options: &Options,
    postgres: &Postgres,
) -> Result<Line, String> {
    let engine = contender.engine.as_mut().map_err(|why| why.clone())?;
    engine.warm_up(workload, &options.load)?;
    postgres.checkpoint()?;
    let before = postgres.bytes(contender.name)?;
    let mut line = engine.measure(workload, &options.load)?;
    let grown = postgres.bytes(contender.name)?.saturating_sub(before);
    // Some tell themselves; some keep nothing there; some count the cases that they have warmed up with.
    let written = line.remove("written").as_ref().and_then(Value::as_u64);
    let cases = written.or_else(|| line.get("cases").and_then(Value::as_u64)).filter(|cases| *cases > 0);
    if let (false, Some(cases), true) = (
        line.contains_key("bytes_per_case"),
        cases,
        line.get("backend").is_some_and(|name| name == "postgres"),
    ) {
        line.insert("bytes_per_case".to_owned(), json!(grown / cases));
    }
    Ok(line)
}

/// The run in the middle of each engine, ours first.
fn say(workload: Workload, contenders: &[Contender], found: &BTreeMap<(&str, &str), Found>) {
    let middle = |name| {
        let mut lines: Vec<&Line> =
            found.get(&(workload.name(), name)).iter().flat_map(|f| &f.lines).collect();
        lines.sort_by(|a, b| cases_per_s(a).total_cmp(&cases_per_s(b)));
        lines.get(lines.len() / 2).map(|line| (*line).clone())
    };
    let ours = middle(OURS).map(|line| cases_per_s(&line));
    for Contender { name, .. } in contenders {
        let mut line = middle(name).unwrap_or_else(|| {
            let why = found.get(&(workload.name(), *name)).and_then(|found| found.why.clone());
            let line = json!({ "workload": workload.name(), "cases_per_s": null, "why": why });
            line.as_object().cloned().unwrap_or_default()
        });
        if *name != OURS {
            line.insert("peer".to_owned(), line.get("peer").cloned().unwrap_or_else(|| json!(name)));
            let theirs = Some(cases_per_s(&line)).filter(|theirs| *theirs > 0.0);
            line.insert(
                "ratio".to_owned(),
                json!(ours.zip(theirs).map(|(ours, theirs)| rounded(ours / theirs))),
            );
        }
        let runs = found
            .get(&(workload.name(), *name))
            .iter()
            .flat_map(|f| &f.lines)
            .map(cases_per_s)
            .collect::<Vec<_>>();
        line.insert("runs".to_owned(), json!(runs));
        println!("{}", Value::Object(line));
    }
}

fn cases_per_s(line: &Line) -> f64 {
    line.get("cases_per_s").and_then(Value::as_f64).unwrap_or_default()
}

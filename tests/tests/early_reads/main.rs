//! Random processes whose rules read the results of other steps at random, done at random: whatever rule fails because
//! something is not there yet, the proof must have told it. What the proof is certain of, it has played itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod processes;

use std::collections::{BTreeMap, BTreeSet};

use fachwerk_core::{
    authority::Profile,
    case::{Activity, Status},
    command::Command,
    definition::{Compute, Kind, Release, Shape},
    diagnostic::Span,
    language::{Catalogue, compile},
    scenario::{Made, Scenario, Simulation, World},
    soundness::{Finding, Property, prove},
    words::{Object, PersonId},
};
use fachwerk_tests::{dice::Dice, seeds};
use processes::Random;
use serde_json::{Value, json};
use uuid::Uuid;

const CODES: [&str; 4] = ["rule_failed", "template_failed", "table_failed", "not_a_list"];

#[test]
fn what_fails_was_told() {
    let mut seen = Seen::default();
    for seed in seeds(150) {
        let mut dice = Dice::new(seed);
        let process = Random::new(&mut dice);
        let compiled = compile(&process.folder(), &Catalogue::default());
        let Some(release) = compiled.release else {
            seen.refused += 1;
            continue;
        };
        let found: Vec<Finding> = prove(&release).findings.into_iter().filter(is_of_missing).collect();
        seen.processes += 1;
        seen.told += found.len();
        for _ in 0..6 {
            let failed = walk(&release, &mut dice);
            for (step, path) in failed.paths {
                seen.failed.insert((seed, step.clone(), path.clone()));
                let told = found.iter().any(|it| tells(&release, it, step.as_deref(), &path));
                assert!(
                    told,
                    "seed {seed}: at {step:?} `{path}` was missing, and nothing told it\n{process}"
                );
            }
            for finding in found.iter().filter(|it| it.property == Property::ResultNeverThere) {
                let step = release.step(finding.step);
                // Whatever is asked first may decide that it is not read.
                let reads = match &step.kind {
                    Kind::Compute(Compute::Fields(fields)) => fields
                        .iter()
                        .all(|(_, rule)| !rule.source.contains('?') && failed.written.contains(&*step.id)),
                    _ => false,
                };
                assert!(!reads, "seed {seed}: {} has read what is never there\n{process}", step.path);
            }
        }
    }
    println!("{seen:?}");
    if seen.processes + seen.refused < 100 {
        return;
    }
    assert!(seen.processes > seen.refused, "too many were refused: {seen:?}");
    assert!(seen.failed.len() * 10 > seen.processes, "too little failed: {seen:?}");
}

#[derive(Debug, Default)]
struct Seen {
    processes: usize,
    refused: usize,
    told: usize,
    failed: BTreeSet<(u64, Option<String>, String)>,
}

fn is_of_missing(finding: &Finding) -> bool {
    matches!(finding.property, Property::ResultNeverThere | Property::ResultMayBeMissing)
}

/// Whether a finding is about a path at a step, or at the one that it lies in.
fn tells(release: &Release, finding: &Finding, step: Option<&str>, path: &str) -> bool {
    let detail = finding.detail.as_ref().and_then(|detail| detail.path.as_deref());
    let own = release.step(finding.step);
    let owner = release.scope(own.scope).owner.map(|ix| release.step(ix).path.address());
    detail == Some(path) && step.is_none_or(|step| own.path.address() == step || owner == Some(step))
}

/// What came of a walk.
#[derive(Default)]
struct Walked {
    /// The steps at which something was missing, and what.
    paths: BTreeSet<(Option<String>, String)>,
    /// The names under which something was written.
    written: BTreeSet<String>,
}

fn connector(_: &str, _: &Value) -> Result<Made, fachwerk_core::event::EffectError> {
    Ok(Made::default())
}

/// Does a case at random until it ends or nothing can be done.
fn walk(release: &Release, dice: &mut Dice) -> Walked {
    let person = PersonId::from("anna");
    let scenario = Scenario {
        title: "".into(),
        span: Span::file(""),
        profile: Profile::example(),
        days_off: BTreeMap::new(),
        settings: Object::new(),
        people: BTreeMap::from([(person.clone(), release.roles.keys().cloned().collect())]),
        now: jiff::civil::date(2026, 3, 2).at(9, 0, 0, 0),
        harness: None,
        moves: Vec::new(),
    };
    let mut world = Simulation::new(&scenario, release, &connector).expect("a world");
    let data = json!({ "dogs": dice.below(6) }).as_object().cloned().expect("an object");
    let start = Command::StartCase {
        release: release.id.clone(),
        channel: "manual".into(),
        data,
        received_on: None,
        documents: Vec::new(),
        caller: None,
    };
    world.ask(Some(&person), start).expect("a case begins");
    let mut walked = Walked::default();
    for turn in 0..40 {
        note(&world, &mut walked);
        // How a case goes on that somebody has to mend is not proven.
        let mended = !world.case.incidents.is_empty();
        if mended || world.case.status != Status::Open || !act(&mut world, release, &person, dice, turn) {
            break;
        }
    }
    note(&world, &mut walked);
    walked
}

fn note(world: &Simulation<'_>, walked: &mut Walked) {
    walked.written.extend(world.case.results.keys().map(ToString::to_string));
    for incident in world.case.incidents.values() {
        if !CODES.contains(&&*incident.trouble.code) {
            continue;
        }
        let message = &incident.trouble.message.en;
        let named = message
            .split('`')
            .find(|part| part.starts_with("steps.") && message.contains(&format!("`{part}` does not exist")));
        if let Some(path) = named {
            let step = incident.trouble.step.as_ref().map(|step| step.address().to_owned());
            walked.paths.insert((step, path.to_owned()));
        }
    }
}

/// Does one of the things that can be done.
fn act(
    world: &mut Simulation<'_>,
    release: &Release,
    person: &PersonId,
    dice: &mut Dice,
    turn: u128,
) -> bool {
    let mut can: Vec<Command> = Vec::new();
    for (id, it) in &world.case.instances {
        let Some(step) = it.step.as_ref().and_then(|path| release.find(path)) else { continue };
        match &step.kind {
            Kind::Task(task) if matches!(it.activity, Activity::Task(_)) => {
                let mut values = Object::new();
                for field in &task.form.fields {
                    let outcomes = task.form.outcomes();
                    let value = match &*field.field.name {
                        "outcome" => json!(**dice.pick(&outcomes)),
                        _ => json!("x"),
                    };
                    values.insert(field.field.name.to_string(), value);
                }
                can.push(Command::CompleteTask { task: *id, values, seen: None, shown: None });
            }
            Kind::Scope(scope) if matches!(release.scope(*scope).shape, Shape::AdHoc(_)) => {
                can.push(Command::CompleteTask { task: *id, values: Object::new(), seen: None, shown: None });
                for inner in &release.scope(*scope).steps {
                    can.push(Command::StartStep { group: *id, step: release.step(*inner).id.clone() });
                }
            }
            _ => {}
        }
    }
    for name in ["m", "gone", "more"] {
        can.push(Command::DeliverMessage {
            name: name.into(),
            message_id: Uuid::from_u128(1_000 + turn),
            payload: Object::new(),
            documents: Vec::new(),
            received_on: None,
            key: None,
        });
    }
    let timer = world.case.timers().map(|(_, _, at)| at).min();
    let choice = dice.below(can.len() + usize::from(timer.is_some()));
    match (can.get(choice), timer) {
        (Some(command), _) => {
            let by = (!matches!(command, Command::DeliverMessage { .. })).then_some(person);
            // What is refused is tried again with another choice.
            let _ = world.ask(by, command.clone());
            true
        }
        (None, Some(at)) => world.advance_to(at).is_ok(),
        (None, None) => false,
    }
}

//! Whether what was said is true.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use fachwerk_core::{event::Event, facts::Actor, turn::Turn, words::CaseId};
use fachwerk_runtime::Runtime;
use fachwerk_tests::{journal, town::tenant};
use uuid::Uuid;

use crate::heard::Heard;

/// That the check can fail: what was never done is missed, what was refused must not be there.
pub async fn check_sees(engine: &Runtime, heard: &mut Heard) {
    // What a connector has brought might also have come by itself.
    let turns = journal::whole(engine.store()).await.expect("the journal is read");
    let of_people = turns
        .iter()
        .filter_map(|stored| journal::of_case(&stored.turn))
        .filter(|turn| turn.actor.person().is_some());
    let of_people: BTreeSet<Uuid> = of_people.map(|turn| turn.command_id).collect();
    let mut done = heard.done.iter().filter(|(id, _)| of_people.contains(id));
    let (id, position) = done.next().map(|(id, position)| (*id, *position)).expect("somebody did something");
    for wrong in [(Uuid::nil(), 1), (id, position + 1)] {
        let right = heard.done.insert(wrong.0, wrong.1);
        assert!(check_end(engine, heard).await.is_err(), "{wrong:?} is not there");
        match right {
            Some(right) => heard.done.insert(id, right),
            None => heard.done.remove(&wrong.0),
        };
    }
    let called = std::mem::take(&mut heard.called);
    assert!(check_end(engine, heard).await.is_err(), "results of connectors that nobody has called");
    heard.called = called;
    heard.refused.insert(id);
    assert!(check_end(engine, heard).await.is_err(), "{id} is there");
    heard.refused.remove(&id);
    heard.done.remove(&id);
    assert!(check_end(engine, heard).await.is_err(), "{id} is there unasked");
    heard.done.insert(id, position);
}

/// Everything that was said is true, and nothing else is there; else what is wrong.
pub async fn check_end(engine: &Runtime, heard: &Heard) -> Result<(), String> {
    let turns = journal::whole(engine.store()).await?;
    let mut there: HashMap<Uuid, u64> = HashMap::new();
    for stored in &turns {
        let command_id = journal::command_id(&stored.turn);
        if there.insert(command_id, stored.position).is_some() {
            return Err(format!("command {command_id} is there twice"));
        }
    }
    if let Some(lost) = heard.done.iter().find(|(id, position)| there.get(id) != Some(position)) {
        return Err(format!("said to be done, and not there as said: {lost:?}"));
    }
    if let Some(refused) = heard.refused.iter().find(|id| there.contains_key(id)) {
        return Err(format!("refused and done all the same: {refused}"));
    }
    let unheard = heard.unheard.iter().map(|(_, request)| request.command_id);
    let asked: BTreeSet<Uuid> = heard.done.keys().copied().chain(unheard).collect();
    let of_cases = turns.iter().filter_map(|stored| journal::of_case(&stored.turn));
    let mut unasked = of_cases.clone().filter(|turn| !asked.contains(&turn.command_id));
    if let Some(turn) = unasked.find(|turn| !is_of_background(turn, &heard.called)) {
        return Err(format!("nobody has asked for {turn:?}"));
    }
    results_are_taken_once(of_cases.clone())?;
    numbers_have_no_gap(of_cases.clone().flat_map(|turn| turn.numbers()))?;
    for hash in &heard.kept {
        let blob = engine.store().blob(&tenant(), hash).await.map_err(|error| error.to_string())?;
        blob.ok_or_else(|| format!("document {hash} is gone"))?;
    }
    let cases: BTreeSet<CaseId> = of_cases.map(|turn| turn.case).collect();
    let lists = lists(engine, &cases).await?;
    verified(engine, "as it was left").await?;
    engine.rebuild(&tenant()).await.map_err(|error| error.to_string())?;
    if lists != self::lists(engine, &cases).await? {
        return Err("the lists, rebuilt, are others".to_owned());
    }
    verified(engine, "rebuilt").await
}

/// Whether the background did this: a timer rang, or a connector that was called brought its result.
fn is_of_background(turn: &Turn, called: &BTreeSet<String>) -> bool {
    match &turn.actor {
        Actor::Engine => true,
        Actor::Person(_) => false,
        Actor::Connector(_) => turn.events.iter().all(|event| match event {
            Event::EffectFinished { instance, round, .. } => {
                called.contains(&format!("{}/{}/{instance}/{round}", turn.tenant, turn.case))
            }
            _ => true,
        }),
    }
}

fn results_are_taken_once<'a>(turns: impl Iterator<Item = &'a Turn>) -> Result<(), String> {
    let mut taken = BTreeSet::new();
    for turn in turns {
        for event in &turn.events {
            if let Event::EffectFinished { instance, round, .. } = event
                && !taken.insert((turn.case, *instance, *round))
            {
                return Err(format!("the result of {instance}/{round} of case {} is taken twice", turn.case));
            }
        }
    }
    Ok(())
}

fn numbers_have_no_gap<'a>(drawn: impl Iterator<Item = (&'a Arc<str>, u64)>) -> Result<(), String> {
    let mut numbers: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for (counter, value) in drawn {
        numbers.entry(counter).or_default().push(value);
    }
    for (counter, mut values) in numbers {
        values.sort_unstable();
        if !values.iter().copied().eq(1..=values.len() as u64) {
            return Err(format!("the numbers of {counter}: {values:?}"));
        }
    }
    Ok(())
}

async fn lists(engine: &Runtime, cases: &BTreeSet<CaseId>) -> Result<BTreeMap<CaseId, Vec<String>>, String> {
    let mut lists = BTreeMap::new();
    for case in cases {
        let lines = engine.store().projections(&tenant(), *case).await.map_err(|error| error.to_string())?;
        lists.insert(*case, lines);
    }
    Ok(lists)
}

async fn verified(engine: &Runtime, when: &str) -> Result<(), String> {
    let report = engine.verify(&tenant()).await.map_err(|error| error.to_string())?;
    if report.is_clean() { Ok(()) } else { Err(format!("{when}, verify finds: {report:#?}")) }
}

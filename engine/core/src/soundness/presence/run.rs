//! The shortest run to a place on which a result is not written.

use std::collections::BTreeMap;

use super::{
    super::{
        Led, Move, inside,
        scope::Explored,
        ways::{By, Flow, Known, Next, cancelled},
    },
    addresses::Seen,
    bits::Bits,
    flow::Flows,
    reads::Moment,
};
use crate::definition::{Release, ScopeIx, StepIx};

/// A run that comes to a moment without writing what is read; none if the ways that are left do not show one.
pub fn without(flows: &Flows<'_>, missing: &[&Seen], when: Moment) -> Option<Vec<Move>> {
    let release = flows.release;
    let numbers: Vec<usize> = missing.iter().flat_map(|seen| flows.addresses.numbers(seen)).collect();
    let is_missing = |bits: &Bits| numbers.iter().all(|number| bits.contains(*number));
    let explored = explore(flows, &is_missing);
    let to_step = |ix| {
        let led = to_scope(release, &explored, release.step(ix).scope)?;
        Some(led.on(explored.get(&release.step(ix).scope)?.reached.get(&ix)?))
    };
    let led = match when {
        Moment::Entered(ix) | Moment::Way(ix, _) => to_step(ix)?,
        Moment::Active(scope) => to_scope(release, &explored, scope)?,
        Moment::Woken(scope, number) => {
            let mut led = to_scope(release, &explored, scope)?;
            let of = release.scope(scope);
            let by = By::Handler(of.handlers.get(number)?.name.clone());
            led.moves.push(Move { step: of.owner, by });
            led
        }
        Moment::Ended(scope) => {
            let led = to_scope(release, &explored, scope)?;
            led.on(explored.get(&scope)?.exits.values().min_by_key(|run| run.moves.len())?)
        }
        Moment::CaseEnds => {
            let exits = explored.get(&ScopeIx(0))?.exits.values();
            Led::default().on(exits.min_by_key(|run| run.moves.len())?)
        }
    };
    Some(inside(release, &explored, &led.moves))
}

/// The run to the beginning of a scope.
fn to_scope(release: &Release, explored: &BTreeMap<ScopeIx, Explored>, scope: ScopeIx) -> Option<Led> {
    let mut owners = Vec::new();
    let mut at = release.scope(scope).owner;
    while let Some(owner) = at {
        owners.push(owner);
        at = release.scope(release.step(owner).scope).owner;
    }
    owners.iter().rev().try_fold(Led::default(), |led, owner| {
        let around = explored.get(&release.step(*owner).scope)?;
        Some(led.on(around.reached.get(owner)?))
    })
}

/// All scopes with only the ways on which a result stays missing.
fn explore(flows: &Flows<'_>, is_missing: &dyn Fn(&Bits) -> bool) -> BTreeMap<ScopeIx, Explored> {
    let release = flows.release;
    let (mut exits, cancelled) = (Known::new(), cancelled(release));
    let mut found = BTreeMap::new();
    for ix in flows.inside_out() {
        let missing = flows.scope(ix);
        let mut flow = Flow { partial: true, ..Flow::of(release, ix, &exits, &cancelled) };
        let stays = |ix: &StepIx| missing.entered.get(ix).is_some_and(is_missing);
        flow.starts.retain(stays);
        for (step, ways) in &mut flow.ways {
            ways.retain_mut(|way| {
                if let Next::Steps(steps) = &mut way.next {
                    steps.retain(stays);
                    if steps.is_empty() {
                        return false;
                    }
                }
                is_missing(&flows.along(*step, way))
            });
        }
        let mut number = 0;
        flow.reactions.retain_mut(|reaction| {
            number += 1;
            if let Some(Next::Steps(steps)) = &mut reaction.next {
                steps.retain(stays);
            }
            missing.woken[number - 1].as_ref().is_some_and(is_missing)
        });
        let mut explored = Explored::new(release, flow);
        explored.exits.retain(|exit, _| missing.exits.get(exit).is_some_and(is_missing));
        exits.insert(ix, explored.leads(release));
        found.insert(ix, explored);
    }
    found
}

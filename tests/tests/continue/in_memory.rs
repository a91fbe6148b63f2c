//! The core alone: the case in memory, the case as JSON, the case as the fold of the journal's bytes.

use std::fmt::{Debug, Display};

use fachwerk_core::{
    case::Case,
    definition::{Kind, Release, Shape, StepIx},
    projection::changes,
    turn::Turn,
    words::ReleaseId,
};
use fachwerk_tests::{
    random_process::RandomProcess,
    rows::Rows,
    town::{self, Counters},
    walk::{Ask, Walk},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::seen::Seen;

/// How often something is asked in one walk.
const ASKS: usize = 70;

/// What a second engine may do wrong; each must be noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The last event of a turn does not reach the journal.
    LosesTheLastEvent,
    /// A case that is read again lacks what steps have written.
    ForgetsResults,
    /// A case that is read again lacks who did which task.
    ForgetsPerformers,
    /// A case that is read again is one turn old.
    IsOneTurnBehind,
    /// A timer that is no longer needed stays.
    KeepsTimers,
    /// A task that was done stays in the inbox.
    KeepsTasks,
}

impl Fault {
    pub const ALL: [Fault; 6] = [
        Fault::LosesTheLastEvent,
        Fault::ForgetsResults,
        Fault::ForgetsPerformers,
        Fault::IsOneTurnBehind,
        Fault::KeepsTimers,
        Fault::KeepsTasks,
    ];
}

/// A difference, if there is one.
pub fn same<T: PartialEq + Debug>(what: impl Display, first: &T, second: &T) -> Result<(), String> {
    if first == second {
        return Ok(());
    }
    Err(format!("{what}\n  first engine:  {first:#?}\n  second engine: {second:#?}"))
}

/// A value written as JSON and read again; the text must come out the same once more.
pub fn read_again<T: Serialize + DeserializeOwned + PartialEq + Debug>(
    what: &str,
    value: &T,
) -> Result<T, String> {
    let text = serde_json::to_string(value).map_err(|error| format!("{what} is no JSON: {error}"))?;
    let read: T =
        serde_json::from_str(&text).map_err(|error| format!("{what} cannot be read: {error}\n{text}"))?;
    same(format_args!("{what}, read again"), value, &read)?;
    let again = serde_json::to_string(&read).map_err(|error| format!("{what} is no JSON: {error}"))?;
    same(format_args!("{what}, written again"), &text, &again)?;
    Ok(read)
}

/// The turn that follows from what was decided.
pub fn turn(ask: &Ask, case: &Case, release: ReleaseId, events: Vec<fachwerk_core::event::Event>) -> Turn {
    Turn {
        tenant: case.tenant.clone(),
        case: case.id,
        version: case.version + 1,
        command_id: ask.request.command_id,
        actor: ask.actor.clone(),
        now: ask.now,
        release,
        facts: town::versions(&town::authority()),
        events,
    }
}

/// Plays a walk.
pub fn play(seed: u64, fault: Option<Fault>, seen: &mut Seen) -> Result<(), String> {
    let process = RandomProcess::of(seed);
    seen.process(&process.constructs);
    let (first, second) = (process.release(), process.release());
    same("the id of the release", &first.id, &second.id)?;
    let authority = town::authority();
    let mut walk = Walk::new(seed);
    let mut counters = Counters::new();
    let mut live = Case::unborn(town::tenant(), walk.case());
    let mut before = live.clone();
    let mut folded = live.clone();
    let mut journal: Vec<Vec<u8>> = Vec::new();
    let mut turns: Vec<Turn> = Vec::new();
    let mut rows = Rows::default();
    let mut after_the_end = 0;
    for _ in 0..ASKS {
        after_the_end += usize::from(!live.is_open());
        if after_the_end > 8 {
            break;
        }
        let ask = walk.next(&live, &first);
        if turns.iter().any(|turn| turn.command_id == ask.request.command_id) {
            continue;
        }
        let surroundings = (&authority, &counters);
        let (who, command) = ((&ask.actor, ask.now), &ask.request.command);
        let said = town::ask(&first, &live, surroundings, who, command);
        let read = match fault {
            Some(fault) => faulty_copy(fault, &live, &before),
            None => read_again("the case", &live)?,
        };
        let said_after_reading = town::ask(&second, &read, surroundings, who, command);
        same(format_args!("after reading the case again, asked {ask:#?}"), &said, &said_after_reading)?;
        let said_after_replay = town::ask(&second, &folded, surroundings, who, command);
        same(format_args!("after replaying the journal, asked {ask:#?}"), &said, &said_after_replay)?;
        let events = match said {
            Err(rejection) => {
                seen.rejection(&rejection);
                continue;
            }
            Ok(events) => events,
        };
        seen.events(&events);
        let mut turn = turn(&ask, &live, first.id.clone(), events);
        before = live.clone();
        turn.apply(&mut live);
        counters.extend(turn.numbers().map(|(counter, value)| (counter.clone(), value)));
        if fault == Some(Fault::LosesTheLastEvent) {
            turn.events.pop();
        }
        journal.push(serde_json::to_vec(&read_again("the turn", &turn)?).map_err(|error| error.to_string())?);
        fold(&mut folded, &journal[journal.len() - 1])?;
        same(format_args!("the case after replaying {turn:#?}"), &live, &folded)?;
        take(&mut rows, &before, &live, &turn, &first, fault);
        turns.push(turn);
        same("the lists", &rows, &Rows::of(&live, &turns, first.listing(&live, &first.local(&authority))))?;
        sound(&live, &first)?;
    }
    rebuilt(&journal, &second, &rows)
}

fn faulty_copy(fault: Fault, case: &Case, before: &Case) -> Case {
    let mut copy = case.clone();
    match fault {
        Fault::ForgetsResults => copy.results = Default::default(),
        Fault::ForgetsPerformers => copy.performers = Default::default(),
        Fault::IsOneTurnBehind => copy = before.clone(),
        Fault::LosesTheLastEvent | Fault::KeepsTimers | Fault::KeepsTasks => {}
    }
    copy
}

/// Takes the changes of a turn, as a store does.
fn take(rows: &mut Rows, before: &Case, after: &Case, turn: &Turn, release: &Release, fault: Option<Fault>) {
    let (timers, tasks) = (rows.timers.clone(), rows.tasks.clone());
    rows.take(changes(before, after, turn, release.listing(after, &release.local(&town::authority()))));
    let now = rows.clone();
    match fault {
        Some(Fault::KeepsTimers) => {
            rows.timers.extend(timers.into_iter().filter(|(key, _)| !now.timers.contains_key(key)))
        }
        Some(Fault::KeepsTasks) => {
            rows.tasks.extend(tasks.into_iter().filter(|(key, _)| !now.tasks.contains_key(key)))
        }
        _ => {}
    }
}

/// Applies the next turn of the journal, from its bytes.
fn fold(case: &mut Case, bytes: &[u8]) -> Result<(), String> {
    let turn: Turn = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    turn.apply(case);
    Ok(())
}

/// The whole journal once more, from its first turn: the same lists.
fn rebuilt(journal: &[Vec<u8>], release: &Release, rows: &Rows) -> Result<(), String> {
    let mut rebuilt = Rows::default();
    let mut case: Option<Case> = None;
    for bytes in journal {
        let turn: Turn = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        let before = case.unwrap_or_else(|| Case::unborn(turn.tenant.clone(), turn.case));
        let mut after = before.clone();
        turn.apply(&mut after);
        rebuilt.take(changes(
            &before,
            &after,
            &turn,
            release.listing(&after, &release.local(&town::authority())),
        ));
        case = Some(after);
    }
    same("the lists, rebuilt", rows, &rebuilt)
}

/// What holds in every case, whatever happened: nothing hangs in the air, and where no handler starts a second path,
/// one path is one step.
fn sound(case: &Case, release: &Release) -> Result<(), String> {
    for (id, instance) in &case.instances {
        if let Some(parent) = instance.parent
            && case.instance(parent).is_none()
        {
            return Err(format!("instance {id} lies in {parent}, which is gone"));
        }
        if let Some(incident) = instance.incident
            && !case.incidents.contains_key(&incident)
        {
            return Err(format!("instance {id} is stuck in incident {incident}, which is over"));
        }
        let Some((_, scope)) = release.scope_of(instance.step.as_ref()) else { continue };
        let handlers = scope.handlers.iter().any(|handler| !handler.interrupt);
        let most = match scope.shape {
            // What goes on after a fork that was joined early is active beside its rest.
            Shape::Path if scope.steps.iter().any(|ix| goes_on_early(release, *ix)) => usize::MAX,
            Shape::Path => 1,
            Shape::Fork(_) => scope.steps.len(),
            Shape::Each(_) | Shape::AdHoc(_) => usize::MAX,
        };
        let inside: Vec<_> =
            case.children(*id).filter_map(|child| case.instance(child)?.step.as_ref()).collect();
        if !handlers && inside.len() > most {
            return Err(format!("in scope {id} ({:?}) {inside:?} are active at once", instance.step));
        }
        let locked = instance.lock.as_ref().is_some_and(|lock| !lock.taken);
        let waits = locked || scope.steps.is_empty() || !inside.is_empty() || instance.incident.is_some();
        if !waits
            && !matches!(
                instance.step.as_ref().and_then(|it| release.find(it)).map(|it| &it.kind),
                Some(Kind::Wait(_))
            )
        {
            return Err(format!("scope {id} ({:?}) is empty and not over", instance.step));
        }
    }
    Ok(())
}

fn goes_on_early(release: &Release, ix: StepIx) -> bool {
    let Kind::Scope(scope) = release.step(ix).kind else { return false };
    match &release.scope(scope).shape {
        Shape::Fork(quorum) => quorum.rest_goes_on,
        Shape::Each(each) => each.quorum.rest_goes_on,
        Shape::Path | Shape::AdHoc(_) => false,
    }
}

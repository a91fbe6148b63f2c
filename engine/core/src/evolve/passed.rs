//! Which deadlines have passed: what came in time may be registered only later, and what the authority had set it may extend
//! though it is over.

use std::sync::Arc;

use crate::{
    case::{Case, Passed, Reckoned},
    event::{DeadlineChange, Grounds, Missed, Reinstated, Trigger},
    facts::day_of,
    words::{InstanceId, StepPath},
};

/// A deadline passes now. What waits for messages at the same place, or inside of it, may be over with that.
pub fn remember(case: &mut Case, id: InstanceId, name: &Arc<str>) {
    let Some(it) = case.instance(id) else { return };
    let waits = |trigger: &Trigger| matches!(trigger, Trigger::Deadline);
    // The period for a remedy ends no wait.
    if !it.waits.iter().any(|wait| wait.name == *name && waits(&wait.trigger)) {
        return;
    }
    let Some(run) = it.deadlines.get(name).and_then(|deadline| deadline.run.as_ref()) else { return };
    let (step, start, end) = (it.step.clone(), run.start, run.end);
    let (title, reckoned) = (it.deadlines[name].title.clone(), Reckoned::of(&it.deadlines[name]));
    let is_fiction = it.deadlines[name].fiction.is_some();
    let mut messages: Vec<_> = case
        .tree(id)
        .into_iter()
        .filter_map(|inside| case.instance(inside))
        .flat_map(|inside| inside.waits.iter())
        .filter_map(|wait| match &wait.trigger {
            Trigger::Message(name) => Some((name.clone(), wait.key.clone())),
            _ => None,
        })
        .collect();
    messages.sort();
    messages.dedup();
    // What silence grants has a clock, which knows more.
    if messages.is_empty() && is_fiction {
        return;
    }
    let known = Arc::make_mut(&mut case.passed);
    known.retain(|passed| !is_of(passed, step.as_ref(), name));
    known.push(Passed { step, name: name.clone(), title, start, end, reckoned, messages });
}

/// It is set anew: what passed before does not count any more.
pub fn forget(case: &mut Case, id: InstanceId, name: &Arc<str>) {
    let step = case.instance(id).and_then(|it| it.step.clone());
    if case.passed.iter().any(|passed| is_of(passed, step.as_ref(), name)) {
        Arc::make_mut(&mut case.passed).retain(|passed| !is_of(passed, step.as_ref(), name));
    }
}

/// It may be made up for, or is extended though it is over: it ends on another day.
pub fn reinstate(case: &mut Case, what: &Reinstated) {
    let Missed::Deadline { step, name } = &what.missed else { return };
    let on = day_of(case.now);
    let known = Arc::make_mut(&mut case.passed);
    let Some(passed) = known.iter_mut().find(|passed| passed.is(step, name)) else { return };
    passed.end = passed.end.max(what.until);
    if let Some(reckoned) = &mut passed.reckoned {
        let change = DeadlineChange::Reinstated {
            until: what.until,
            restored: matches!(what.grounds, Grounds::Restoration { .. }),
            decided: what.because.decided(on),
        };
        Arc::make_mut(reckoned).changes.push(change);
    }
}

fn is_of(passed: &Passed, step: Option<&StepPath>, name: &Arc<str>) -> bool {
    passed.step.as_ref() == step && passed.name == *name
}

//! Which deadlines have passed while messages were waited for: what came in time may be registered only later.

use std::sync::Arc;

use crate::{
    case::{Case, Passed, Reckoned},
    event::Trigger,
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
    if messages.is_empty() {
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

fn is_of(passed: &Passed, step: Option<&StepPath>, name: &Arc<str>) -> bool {
    passed.step.as_ref() == step && passed.name == *name
}

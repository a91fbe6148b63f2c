//! The rows of errands.

use super::{Change, TaskRow};
use crate::{
    case::{Case, Errand},
    words::InstanceId,
};

/// What changes in lists when an errand does.
pub fn errand_changes(
    case: &Case,
    id: InstanceId,
    old: Option<&Errand>,
    new: Option<&Errand>,
    found: &mut Vec<Change>,
) {
    match new.and_then(|new| task_row(case, id, new)) {
        Some(row) => found.push(Change::Task(Box::new(row))),
        None if old.and_then(Errand::task).is_some() => found.push(Change::TaskGone(case.id, id)),
        None => {}
    }
    let round = |errand: Option<&Errand>| errand.and_then(Errand::round_to_be_done);
    if round(old).is_some() && round(old) != round(new) {
        found.push(Change::OutboxGone(case.id, id));
    }
    for name in old.iter().flat_map(|old| old.timers.keys()) {
        if !new.is_some_and(|new| new.timers.contains_key(name)) {
            found.push(Change::TimerGone(case.id, id, name.clone()));
        }
    }
}

fn task_row(case: &Case, id: InstanceId, errand: &Errand) -> Option<TaskRow> {
    let task = errand.task()?;
    Some(TaskRow {
        case: case.id,
        instance: id,
        step: None,
        title: task.title.clone(),
        role: task.role.clone(),
        assignee: task.assignee.clone(),
        excluded: task.excluded.clone(),
        due: task.due,
        opened_at: errand.since,
        process: case.process.clone(),
    })
}

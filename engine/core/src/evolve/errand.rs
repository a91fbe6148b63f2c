//! How events change errands.

use std::sync::Arc;

use imbl::OrdMap;

use super::{change, forget_incidents};
use crate::{
    case::{Case, Errand, Task, Work},
    event::{Order, Timer},
    words::{InstanceId, PersonId, Value},
};

/// Somebody gets an errand.
pub fn give(case: &mut Case, id: InstanceId, order: &Order) {
    let task = Task {
        title: order.title.clone(),
        role: order.role.clone(),
        due: order.due,
        excluded: Default::default(),
        proposal: Default::default(),
        assignee: order.person.clone(),
    };
    begin(case, id, &order.by, Work::Asked { kind: order.kind, text: order.text.clone(), task });
}

/// A letter is to be made; what exactly, says the request that follows.
pub fn write(case: &mut Case, id: InstanceId, by: &PersonId, title: &Arc<str>) {
    let title = title.clone();
    let work = Work::Letter { title, connector: "".into(), request: Value::Null, round: 0, incident: None };
    begin(case, id, by, work);
}

fn begin(case: &mut Case, id: InstanceId, by: &PersonId, work: Work) {
    let errand = Errand { by: by.clone(), since: case.now, work, timers: OrdMap::new() };
    case.errands.insert(id, Arc::new(errand));
    case.next_instance = id.0.saturating_add(1);
}

/// A connector is asked. Says whether it was for an errand.
pub fn request(case: &mut Case, id: InstanceId, (name, asked, number): (&Arc<str>, &Value, u32)) -> bool {
    let Some(errand) = case.errands.get_mut(&id) else { return false };
    if let Work::Letter { connector, request, round, .. } = &mut Arc::make_mut(errand).work {
        (*connector, *request, *round) = (name.clone(), asked.clone(), number);
    }
    true
}

/// Notes that an errand is stuck, or no longer.
pub fn stuck(case: &mut Case, id: InstanceId, number: Option<u32>) {
    if let Some(errand) = case.errands.get_mut(&id)
        && let Work::Letter { incident, .. } = &mut Arc::make_mut(errand).work
    {
        *incident = number;
    }
}

/// The case ends: nobody is asked any more, but a letter that is being made comes into the file.
pub fn end(case: &mut Case) {
    let letters = case.errands.iter().filter(|(_, errand)| matches!(errand.work, Work::Letter { .. }));
    case.errands = letters.map(|(id, errand)| (*id, errand.clone())).collect();
}

/// Somebody has given up a letter.
pub fn give_up(case: &mut Case, id: InstanceId) {
    if case.errands.remove(&id).is_some() {
        forget_incidents(case, id);
    }
}

/// Changes the task of an errand. Says whether there is one.
pub fn change_task(case: &mut Case, id: InstanceId, how: &mut dyn FnMut(&mut Task)) -> bool {
    let Some(errand) = case.errands.get_mut(&id) else { return false };
    if let Work::Asked { task, .. } = &mut Arc::make_mut(errand).work {
        how(task);
    }
    true
}

/// Changes the timers of an errand or instance.
pub fn change_timers(case: &mut Case, id: InstanceId, how: impl FnOnce(&mut OrdMap<Arc<str>, Timer>)) {
    match case.errands.get_mut(&id) {
        Some(errand) => how(&mut Arc::make_mut(errand).timers),
        None => change(case, id, |it| how(&mut it.timers)),
    }
}

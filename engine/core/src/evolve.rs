//! How an event changes a case. Total: no rules, no clock, no look-up that can fail.
//!
//! An event that does not fit (an instance that is gone) changes nothing; `decide` never makes one, and `verify`
//! finds a journal in which one stands.

mod acts;
mod errand;
mod extent;
mod passed;

use std::sync::Arc;

use crate::{
    case::{
        Activity, Branches, Case, Fired, Incident, Instance, KeptHand, Lock, Message, Note, Reckoned, Status,
        Task,
    },
    event::{Deadline, Event, Relation},
    words::{InstanceId, Object, StepPath, Timestamp, Value},
};

/// Applies one event.
pub fn evolve(case: &mut Case, event: &Event) {
    case.extent.events += 1;
    case.extent.bytes += extent::written(event);
    match event {
        Event::CaseStarted { process, release, channel, received_on, data, caller } => {
            case.caller = caller.clone();
            case.process = process.clone();
            case.release = release.clone();
            case.channel = channel.clone();
            case.received_on = *received_on;
            case.data = Arc::new(Value::Object(data.clone()));
            case.started_at = case.now;
            case.instances.insert(InstanceId::ROOT, Arc::new(Instance::entered(None, None, case.now)));
            case.next_instance = 1;
        }
        Event::StepEntered { instance, parent, step, after } => {
            let mut entered = Instance::entered(Some(*parent), Some(step.clone()), case.now);
            entered.after = after.clone();
            enter(case, *instance, entered);
            *case.visits.entry(step.without_rounds()).or_default() += 1;
            if let Some(before) = after {
                case.ways.insert((before.without_rounds(), step.without_rounds()));
            }
        }
        Event::RoundEntered { instance, parent, step, label } => {
            let mut entered = Instance::entered(Some(*parent), Some(step.clone()), case.now);
            entered.label = label.clone();
            enter(case, *instance, entered);
            change_branches(case, *parent, |branches| branches.begun += 1);
        }
        Event::BranchesBegan { instance, needed, items } => {
            let branches =
                Branches { needed: *needed, items: items.as_slice().into(), ..Branches::default() };
            change(case, *instance, |it| {
                it.branches = Some(Arc::new(branches));
                it.begun = true;
            });
        }
        Event::BranchesJoined { instance } => {
            change_branches(case, *instance, |branches| branches.joined = true);
        }
        Event::ScopeRepeated { instance, round } => {
            let round = *round;
            change(case, *instance, |it| {
                it.repeated = Some(round);
                it.outcome = None;
            });
        }
        Event::PathsMet { met, .. } => {
            for instance in met {
                remove(case, *instance);
            }
        }
        Event::LockQueued { instance, lock } => {
            change(case, *instance, |it| it.lock = Some(Lock { name: lock.clone(), taken: false }));
        }
        Event::LockTaken { instance } => change(case, *instance, |it| {
            if let Some(lock) = &mut it.lock {
                lock.taken = true;
            }
        }),
        Event::UndoKept { scope, undo } => {
            case.next_undo = undo.number.saturating_add(1);
            change(case, *scope, |it| {
                it.undos.insert(undo.number, Arc::new(undo.clone()));
            });
        }
        Event::UndoDropped { scope } => change(case, *scope, |it| it.undos.clear()),
        Event::UndoBegan { instance, scope, numbers } => {
            for number in numbers {
                let mut taken = None;
                change(case, *scope, |it| taken = it.undos.remove(number));
                if let Some(undo) = taken {
                    change(case, *instance, |it| {
                        it.undos.insert(*number, undo);
                    });
                }
            }
        }
        Event::UndoTaken { instance, number } => {
            change(case, *instance, |it| it.undoing = it.undos.remove(number));
        }
        Event::Raised { .. }
        | Event::HandlerReacted { .. }
        | Event::TriggeredByHand { .. }
        | Event::StepSkipped { .. }
        | Event::CaseErased { .. }
        | Event::CaseEndedByHand { .. } => {}
        Event::KeepingRecorded { by, record } => case.keeping.take(record, by, case.now),
        Event::DataChanged { fields, received_on, .. } => {
            case.received_on = received_on.unwrap_or(case.received_on);
            let data = object(Arc::make_mut(&mut case.data));
            for (name, value) in fields {
                if value.is_null() {
                    data.shift_remove(name);
                } else {
                    data.insert(name.clone(), value.clone());
                }
            }
            case.data_changed_in = case.version;
        }
        Event::HandHad { hand, tasks } => {
            for instance in tasks {
                change_task(case, *instance, |task| {
                    task.excluded.insert(hand.by.clone());
                });
            }
            let number = case.hands.get_max().map_or(0, |(number, _)| *number) + 1;
            case.hands.insert(
                number,
                Arc::new(KeptHand { at: case.now, version: case.version, hand: hand.clone() }),
            );
        }
        Event::TakeBackKept { number, take_back, dropped } => {
            dropped.iter().for_each(|number| drop(case.take_backs.remove(number)));
            case.take_backs.insert(*number, Arc::new(take_back.clone()));
        }
        Event::TaskTakenBack { task, by, .. } => {
            if let Some(back) = case.take_backs.remove(&task.0) {
                case.signed.remove(&back.step);
                // Who has taken a task back has not done it, and may do what excludes whoever did it.
                if !back.again
                    && let Some(done) = case.performers.get_mut(&back.step)
                {
                    Arc::make_mut(done).remove(by);
                }
            }
        }
        Event::StepMoved { .. } => case.move_clocks_back(),
        Event::ConditionChanged { instance, name, holds } => change(case, *instance, |it| {
            if *holds {
                it.conditions.insert(name.clone());
            } else {
                it.conditions.remove(name);
            }
        }),
        Event::TimerSet { instance, timer } => errand::change_timers(case, *instance, |timers| {
            timers.insert(timer.name.clone(), timer.clone());
        }),
        Event::TimerFired { instance, name } => errand::change_timers(case, *instance, |timers| {
            timers.remove(name);
        }),
        Event::StepLeft { instance, outcome } => leave(case, *instance, outcome.as_ref()),
        Event::StepsCancelled { instances, because } => {
            let back = ["move", "take_back"].contains(&&**because);
            for instance in instances {
                if back && case.instance(*instance).is_some() {
                    case.forget_clock(*instance);
                }
                remove(case, *instance);
            }
        }
        Event::ResultWritten { at, fields } => write_result(case, at, fields),
        Event::RuleEvaluated { .. } => {}
        Event::NumberDrawn { text, file_number, .. } => {
            if *file_number {
                case.number = Some(text.clone());
            }
        }
        Event::TaskOpened { instance, title, role, due, excluded, proposal } => {
            let task = Task {
                title: title.clone(),
                role: role.clone(),
                due: *due,
                excluded: excluded.clone(),
                proposal: Arc::new(proposal.clone()),
                assignee: None,
            };
            change(case, *instance, |it| it.activity = Activity::Task(task));
        }
        Event::TaskClaimed { instance, person } => {
            change_task(case, *instance, |task| task.assignee = Some(person.clone()));
        }
        Event::TaskReleased { instance } => change_task(case, *instance, |task| task.assignee = None),
        Event::TaskCompleted { instance, by, .. } => {
            if let Some(step) = step_of(case, *instance) {
                let version = case.version;
                case.signed.remove(&step);
                Arc::make_mut(case.performers.entry(step).or_default()).insert(by.clone(), version);
            }
            change(case, *instance, |it| it.activity = Activity::Entered);
        }
        Event::WaitOpened { instance, waits } => change(case, *instance, |it| {
            let before = std::mem::replace(&mut it.waits, waits.as_slice().into());
            // A clock that is not waited for any more does not run. Nobody waits for the period for a remedy.
            for over in before.iter().filter(|wait| waits.iter().all(|now| now.name != wait.name)) {
                it.deadlines.remove(&over.name);
                it.timers.remove(&over.name);
            }
        }),
        Event::DeadlineSet { instance, deadline } => set_deadline(case, *instance, deadline),
        Event::DeadlineRecomputed(anew) => set_deadline(case, anew.instance, &anew.deadline),
        Event::DeadlineFired { instance, name } => fire(case, *instance, name),
        Event::CaseCalled { instance, called } => {
            let called = *called;
            change(case, *instance, |it| it.activity = Activity::Call { called });
        }
        Event::CallFinished { instance } => change(case, *instance, |it| it.activity = Activity::Entered),
        Event::Sent { number, .. } => case.sent = *number,
        Event::Delivered { .. } | Event::CalledOff { .. } => {}
        Event::MessageReceived { name, message_id, received_on, payload, key } => {
            case.messages += 1;
            let message = Message {
                name: name.clone(),
                message_id: *message_id,
                received_on: *received_on,
                payload: Arc::new(payload.clone()),
                key: key.clone(),
            };
            case.mailbox.insert(case.messages, Arc::new(message));
            case.message_ids.insert(*message_id);
        }
        Event::MessageTaken { message_id, .. } => {
            let kept = case.mailbox.iter().find(|(_, message)| message.message_id == *message_id);
            if let Some(number) = kept.map(|(number, _)| *number) {
                case.mailbox.remove(&number);
            }
        }
        Event::EffectRequested { instance, round, connector, request } => {
            let round = *round;
            let kept = errand::request(case, *instance, (connector, request, round));
            if !kept {
                change(case, *instance, |it| it.activity = Activity::Effect { round });
            }
            if kept || acts::asked(case, *instance, (request, round)) {
                case.extent.bytes += extent::bytes_of_value(request);
            }
        }
        Event::EffectFinished { instance, late, .. } => {
            if case.errands.remove(instance).is_none() && !late {
                change(case, *instance, |it| it.activity = Activity::Entered);
            }
        }
        Event::DocumentAdded { document } | Event::DocumentMovedHere { document, .. } => {
            case.documents.insert(document.number, Arc::new(document.clone()));
        }
        Event::DocumentTakenOut { document, taken_out } => {
            if let Some(found) = case.documents.get_mut(document) {
                Arc::make_mut(found).taken_out = Some(taken_out.clone());
            }
        }
        Event::PaperPlaced(placed) => {
            for number in &placed.documents {
                if let Some(found) = case.documents.get_mut(number) {
                    let place = Some(placed.place.clone()).filter(|place| !place.is_empty());
                    Arc::make_mut(found).paper = place;
                }
            }
        }
        Event::DocumentDispatched { document, dispatch } | Event::ReceiptRecorded { document, dispatch } => {
            acts::dispatched(case, *document, dispatch);
        }
        Event::DispatchChanged(changed) => acts::dispatched(case, changed.document, &changed.dispatch),
        Event::PartyAdded(_) | Event::PartyChanged(_) | Event::PartyRemoved(_) => acts::party(case, event),
        Event::ActBegan(_)
        | Event::ActLetterMade(_)
        | Event::ActIssued(_)
        | Event::ActDeemed(_)
        | Event::LettersSigned(_)
        | Event::SignatureWithdrawn(_)
        | Event::ActNotified(_)
        | Event::ActFinal(_)
        | Event::RemedyRecorded(_)
        | Event::RemedyPeriodRecomputed(_)
        | Event::LetterNotArrived(_)
        | Event::ActAbandoned(_)
        | Event::LettersWithdrawn(_)
        | Event::RemedyInTime(_)
        | Event::ActUndone(_) => acts::act(case, event),
        Event::NoteAdded { number, by, text } => {
            let note = Note { number: *number, by: by.clone(), at: case.now, text: text.clone() };
            case.notes.insert(*number, Arc::new(note));
        }
        Event::IncidentRaised { number, instance, incident } => {
            let raised =
                Incident { number: *number, instance: *instance, since: case.now, trouble: incident.clone() };
            case.incidents.insert(*number, Arc::new(raised));
            case.next_incident = number.saturating_add(1);
            if let Some(instance) = instance {
                change(case, *instance, |it| it.incident = Some(*number));
                errand::stuck(case, *instance, Some(*number));
            }
        }
        Event::IncidentResolved { number } => resolve(case, *number),
        Event::CaseEnded { outcome } => {
            acts::keep_periods(case);
            let ended: Vec<InstanceId> = case.instances.keys().copied().collect();
            ended.into_iter().for_each(|id| case.clock_over(id, None));
            case.instances.clear();
            errand::end(case);
            case.status = Status::Ended { outcome: outcome.clone(), at: case.now };
        }
        Event::ErrandGiven { instance, order } => errand::give(case, *instance, order),
        Event::ErrandEnded { instance, .. } => drop(case.errands.remove(instance)),
        Event::GivenUp { instance, .. } => errand::give_up(case, *instance),
        Event::LetterWritten { instance, by, title } => errand::write(case, *instance, by, title),
        Event::DeadlineExtended { .. }
        | Event::DeadlinesSuspended { .. }
        | Event::DeadlinesResumed { .. } => {}
        Event::Reinstated(what) => {
            acts::reinstate(case, what);
            passed::reinstate(case, what);
        }
        Event::ClockFollowed(followed) => {
            if let Some(clock) = case.clocks.get_mut(&followed.clock) {
                Arc::make_mut(clock).deadline = followed.deadline.clone();
            }
        }
        Event::DocumentNotArrived(letter) => {
            let found = case.documents.get_mut(&letter.document).map(Arc::make_mut);
            if let Some(dispatch) = found.and_then(|found| found.dispatch.as_mut()) {
                (dispatch.not_arrived, dispatch.leaves_anew) = (true, true);
            }
            acts::no_retrieval_awaited(case, letter.document);
        }
        Event::FictionRuled(ruled) => acts::rule(case, ruled),
        Event::MergeAsked(merging) => case.merging = Some(Arc::new(merging.clone())),
        Event::MergeRefused(_) => case.merging = None,
        Event::CaseRelated { related } => {
            if related.how == Relation::MergedInto {
                case.merging = None;
            }
            Arc::make_mut(&mut case.relations).push(related.clone());
        }
    }
}

impl Instance {
    fn entered(parent: Option<InstanceId>, step: Option<StepPath>, since: Timestamp) -> Instance {
        Instance {
            parent,
            step,
            since,
            activity: Activity::Entered,
            begun: false,
            waits: Arc::new([]),
            after: None,
            deadlines: Default::default(),
            timers: Default::default(),
            conditions: Default::default(),
            incident: None,
            outcome: None,
            branches: None,
            label: None,
            repeated: None,
            lock: None,
            undos: Default::default(),
            undoing: None,
        }
    }
}

fn enter(case: &mut Case, id: InstanceId, entered: Instance) {
    keep_untouched(case, entered.parent);
    if let Some(parent) = entered.parent
        && case.instance(parent).is_some_and(|parent| !parent.begun)
    {
        change(case, parent, |parent| parent.begun = true);
    }
    case.instances.insert(id, Arc::new(entered));
    case.next_instance = id.0.saturating_add(1);
}

/// A task cannot be taken back any more once something has come of what it led to.
fn keep_untouched(case: &mut Case, parent: Option<InstanceId>) {
    let mut above = parent;
    while let Some(id) = above.filter(|_| !case.take_backs.is_empty()) {
        let touched: Vec<u32> = case
            .take_backs
            .iter()
            .filter(|(_, back)| back.entered.contains(&id))
            .map(|(number, _)| *number)
            .collect();
        for number in touched {
            case.take_backs.remove(&number);
        }
        above = case.instance(id).and_then(|it| it.parent);
    }
}

fn change(case: &mut Case, id: InstanceId, how: impl FnOnce(&mut Instance)) {
    if let Some(instance) = case.instances.get_mut(&id) {
        how(Arc::make_mut(instance));
    }
}

fn change_task(case: &mut Case, id: InstanceId, mut how: impl FnMut(&mut Task)) {
    if errand::change_task(case, id, &mut how) {
        return;
    }
    change(case, id, |instance| {
        if let Activity::Task(task) = &mut instance.activity {
            how(task);
        }
    });
}

fn change_branches(case: &mut Case, id: InstanceId, how: impl FnOnce(&mut Branches)) {
    change(case, id, |instance| {
        if let Some(branches) = &mut instance.branches {
            how(Arc::make_mut(branches));
        }
    });
}

fn step_of(case: &Case, id: InstanceId) -> Option<StepPath> {
    case.instance(id).and_then(|instance| instance.step.clone())
}

fn set_deadline(case: &mut Case, id: InstanceId, deadline: &Deadline) {
    passed::forget(case, id, &deadline.name);
    if deadline.fiction.is_some() && deadline.run.is_some() {
        let step = step_of(case, id);
        case.set_clock(id, step, deadline);
    }
    change(case, id, |it| {
        it.deadlines.insert(deadline.name.clone(), Arc::new(deadline.clone()));
    });
}

fn fire(case: &mut Case, id: InstanceId, name: &Arc<str>) {
    let fired = case.instance(id).and_then(|it| it.deadlines.get(name)).cloned();
    passed::remember(case, id, name);
    case.clock_over(id, Some(name));
    change(case, id, |it| {
        it.deadlines.remove(name);
    });
    if let Some(deadline) = fired
        && let (Some(document), Some(run)) = (deadline.from_document, &deadline.run)
    {
        let (title, reckoned) = (deadline.title.clone(), Reckoned::of(&deadline));
        let fired = Fired { title, start: run.start, end: run.end, reckoned };
        for document in acts::letters_behind(case, id, name, document) {
            // The same one in several rounds, or once more after going back, need not be looked at twice.
            let known = Arc::make_mut(case.fired.entry(document).or_default());
            let same =
                |it: &&mut Fired| (&it.title, it.start, it.end) == (&fired.title, fired.start, fired.end);
            match known.iter_mut().find(same) {
                Some(before) => *before = fired.clone(),
                None => known.push(fired.clone()),
            }
        }
    }
}

fn leave(case: &mut Case, id: InstanceId, outcome: Option<&Arc<str>>) {
    let parent = case.instance(id).and_then(|instance| instance.parent);
    remove(case, id);
    if let Some(parent) = parent {
        change(case, parent, |scope| {
            scope.outcome = outcome.cloned();
            if let Some(branches) = &mut scope.branches {
                Arc::make_mut(branches).ended += 1;
            }
        });
    }
}

/// What was done in a scope that is gone, and can be undone, can still be undone from the scope around it.
fn remove(case: &mut Case, id: InstanceId) {
    let Some(gone) = case.instances.remove(&id) else { return };
    case.clock_over(id, None);
    if let Some(parent) = gone.parent.filter(|_| !gone.undos.is_empty()) {
        change(case, parent, |scope| scope.undos.extend(gone.undos.clone()));
    }
    if gone.incident.is_some() {
        forget_incidents(case, id);
    }
}

fn forget_incidents(case: &mut Case, id: InstanceId) {
    let over = case.incidents.iter().filter(|(_, incident)| incident.instance == Some(id));
    for number in over.map(|(number, _)| *number).collect::<Vec<_>>() {
        case.incidents.remove(&number);
    }
}

fn resolve(case: &mut Case, number: u32) {
    if let Some(gone) = case.incidents.remove(&number)
        && let Some(instance) = gone.instance
    {
        // Another one may have come upon the same instance.
        let other = case.incidents.iter().find(|(_, incident)| incident.instance == Some(instance));
        let other = other.map(|(number, _)| *number);
        change(case, instance, |it| it.incident = other);
        errand::stuck(case, instance, other);
    }
}

fn write_result(case: &mut Case, at: &[Arc<str>], fields: &Object) {
    let Some((first, rest)) = at.split_first() else {
        for (key, value) in fields {
            case.written.insert(key.as_str().into(), case.version);
            case.results.insert(key.as_str().into(), Arc::new(value.clone()));
        }
        return;
    };
    case.written.insert(first.clone(), case.version);
    let place = case.results.entry(first.clone()).or_insert_with(|| Arc::new(Value::Object(Object::new())));
    let mut place = Arc::make_mut(place);
    for key in rest {
        place = inside(place, key);
    }
    let target = object(place);
    for (key, value) in fields {
        target.insert(key.clone(), value.clone());
    }
}

/// The entry of a list at a number counted from 0, or the field of an object; made when it is not there.
fn inside<'v>(value: &'v mut Value, key: &str) -> &'v mut Value {
    match key.parse::<usize>() {
        Ok(at) => {
            if !value.is_array() {
                *value = Value::Array(Vec::new());
            }
            let Value::Array(list) = value else { unreachable!("made a list above") };
            while list.len() <= at {
                list.push(Value::Object(Object::new()));
            }
            &mut list[at]
        }
        Err(_) => object(value).entry(key).or_insert_with(|| Value::Object(Object::new())),
    }
}

fn object(value: &mut Value) -> &mut Object {
    if !value.is_object() {
        *value = Value::Object(Object::new());
    }
    match value {
        Value::Object(object) => object,
        _ => unreachable!("made an object above"),
    }
}

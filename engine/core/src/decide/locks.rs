//! Locks: of all scopes with the same lock one is active at a time. The others wait in the order in which they were
//! entered; whoever would wait for a scope that waits for them says so at once.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::json;

use super::turn::{Deciding, trouble};
use crate::{
    definition::Scope,
    event::{Event, Trouble},
    planted::{Fault, planted},
    words::{InstanceId, Text, Value},
};

/// The code of the incident of a scope that waits for a lock in a circle.
const CIRCLE: &str = "locks_wait_for_each_other";

/// A scope of a circle: it has one lock, and something inside it waits for the other.
struct Held {
    scope: InstanceId,
    has: Arc<str>,
    waits_for: Arc<str>,
}

impl Deciding<'_> {
    /// Takes the lock of a scope; false: another scope has it, and this one waits.
    pub fn take_lock(&mut self, instance: InstanceId, scope: &Scope) -> bool {
        let Some(name) = &scope.lock else { return true };
        let own = self.case.instance(instance).and_then(|it| it.lock.as_ref());
        match own.map(|lock| lock.taken) {
            Some(true) => return true,
            Some(false) => {}
            None => self.record(Event::LockQueued { instance, lock: name.clone() }),
        }
        if self.next_for_locks().contains(&instance) || planted(Fault::LockTakenByAll) {
            self.record(Event::LockTaken { instance });
            return true;
        }
        let circle = self.circle(instance, name);
        if !circle.is_empty() {
            let trouble = self.waiting_in_a_circle(instance, &circle);
            self.stuck(Some(instance), *trouble);
        }
        false
    }

    /// Lets those go on whose lock is free now. Says whether there are any.
    pub fn free_locks(&mut self) -> bool {
        if planted(Fault::LockNeverReleased) {
            return false;
        }
        let next = self.next_for_locks();
        for instance in next.iter().rev() {
            // What it was stuck in is over.
            if let Some(number) = self.case.instance(*instance).and_then(|it| it.incident) {
                self.record(Event::IncidentResolved { number });
            }
            self.queue(*instance);
        }
        !next.is_empty()
    }

    /// Who gets the locks that nobody has, in the order of entry. Whoever is stuck in something else is passed over.
    fn next_for_locks(&self) -> Vec<InstanceId> {
        let mut taken = self.holders();
        let mut next = Vec::new();
        for (id, it) in &self.case.instances {
            let waits = it.lock.as_ref().filter(|lock| !lock.taken && !taken.contains_key(&*lock.name));
            let incident = it.incident.and_then(|number| self.case.incidents.get(&number));
            let may = incident.is_none_or(|incident| &*incident.trouble.code == CIRCLE);
            if let Some(lock) = waits.filter(|_| may) {
                taken.insert(&lock.name, *id);
                next.push(*id);
            }
        }
        next
    }

    /// Which scope has which lock.
    fn holders(&self) -> BTreeMap<&str, InstanceId> {
        let locks = self.case.instances.iter().filter_map(|(id, it)| Some((*id, it.lock.as_ref()?)));
        locks.filter(|(_, lock)| lock.taken).map(|(id, lock)| (&*lock.name, id)).collect()
    }

    /// The scopes with a lock around an instance, the innermost first.
    fn held_around(&self, instance: InstanceId) -> impl Iterator<Item = InstanceId> {
        let parent = |id: &InstanceId| self.case.instance(*id).and_then(|it| it.parent);
        let around = std::iter::successors(parent(&instance), parent);
        around.filter(|id| {
            let lock = self.case.instance(*id).and_then(|it| it.lock.as_ref());
            lock.is_some_and(|lock| lock.taken)
        })
    }

    /// The scopes that wait for each other since an instance waits for this lock, beginning with the one around it;
    /// nothing: whoever has the lock does not wait for anything that lies around the instance.
    fn circle(&self, instance: InstanceId, wanted: &Arc<str>) -> Vec<Held> {
        let around: Vec<InstanceId> = self.held_around(instance).collect();
        if around.is_empty() {
            return Vec::new();
        }
        let mut waiting_inside: BTreeMap<InstanceId, Vec<&Arc<str>>> = BTreeMap::new();
        for (id, it) in &self.case.instances {
            if let Some(lock) = it.lock.as_ref().filter(|lock| !lock.taken) {
                self.held_around(*id)
                    .for_each(|scope| waiting_inside.entry(scope).or_default().push(&lock.name));
            }
        }
        let holders = self.holders();
        // For each lock that is waited for: the scope in which that is the case. Begun at the instance, found at it.
        let mut reached: BTreeMap<&Arc<str>, Option<InstanceId>> = BTreeMap::from([(wanted, None)]);
        let mut look_at = vec![wanted];
        while let Some(lock) = look_at.pop() {
            let Some(holder) = holders.get(&**lock).copied() else { continue };
            if around.contains(&holder) {
                return self.backwards(holder, lock, wanted, &reached);
            }
            for next in waiting_inside.get(&holder).into_iter().flatten() {
                if !reached.contains_key(next) {
                    reached.insert(next, Some(holder));
                    look_at.push(next);
                }
            }
        }
        Vec::new()
    }

    /// The way that was found, from the scope around the waiting instance to the one that has what it wants.
    fn backwards(
        &self,
        closing: InstanceId,
        closing_lock: &Arc<str>,
        wanted: &Arc<str>,
        reached: &BTreeMap<&Arc<str>, Option<InstanceId>>,
    ) -> Vec<Held> {
        let first = Held { scope: closing, has: closing_lock.clone(), waits_for: wanted.clone() };
        let mut inner_first = Vec::new();
        let mut waits_for = closing_lock.clone();
        while let Some(Some(scope)) = reached.get(&waits_for).copied() {
            let lock = self.case.instance(scope).and_then(|it| it.lock.as_ref());
            let Some(has) = lock.map(|lock| lock.name.clone()) else { break };
            inner_first.push(Held { scope, has: has.clone(), waits_for });
            waits_for = has;
        }
        std::iter::once(first).chain(inner_first.into_iter().rev()).collect()
    }

    fn waiting_in_a_circle(&self, instance: InstanceId, circle: &[Held]) -> Box<Trouble> {
        let title = |held: &Held| {
            let step = self.step_of(held.scope);
            let title = step.as_ref().and_then(|path| self.release.find(path)).map(|step| step.title.clone());
            title.unwrap_or_default()
        };
        let said =
            |one: &dyn Fn(&Held) -> String, and: &str| circle.iter().map(one).collect::<Vec<_>>().join(and);
        let de = said(
            &|held| format!("„{}“ hat „{}“ und wartet auf „{}“", title(held).de, held.has, held.waits_for),
            "; ",
        );
        let en = said(
            &|held| format!("\"{}\" has `{}` and waits for `{}`", title(held).en, held.has, held.waits_for),
            "; ",
        );
        let circle = circle.iter().map(
            |held| json!({ "step": self.step_of(held.scope), "has": held.has, "waits_for": held.waits_for }),
        );
        trouble(
            CIRCLE,
            self.step_of(instance).as_ref(),
            Text::new(
                format!("Sperren warten aufeinander: {de}."),
                format!("Locks wait for each other: {en}."),
            ),
            Text::new(
                "Einen der Schritte, die warten, überspringen, von ihm zurückgehen oder ihn abbrechen; was dann frei wird, geht von selbst weiter. Im Verfahren die Sperren überall in derselben Reihenfolge nehmen.",
                "Skip one of the steps that wait, go back from it, or cancel it; what is free then goes on by itself. In the process, take the locks in the same order everywhere.",
            ),
            Value::Array(circle.collect()),
        )
    }
}

//! Scopes: begun, gone on with whenever a path in them ends, left when enough has ended.

use std::sync::Arc;

use serde_json::json;

use super::{
    MAX_ROUNDS,
    turn::{Deciding, trouble},
    values::Standpoint,
};
use crate::{
    definition::{AdHoc, Each, MAX_REACHED, Quorum, Repeat, Scope, Shape, StepIx},
    event::{Event, Trouble},
    planted::{Fault, planted},
    words::{InstanceId, Object, Text, Value},
};

impl<'a> Deciding<'a> {
    /// The scope that an instance is.
    pub fn scope_at(&self, instance: InstanceId) -> Option<&'a Scope> {
        let release = self.release;
        let step = self.case.instance(instance)?.step.as_ref();
        release.scope_of(step).map(|(_, scope)| scope)
    }

    /// Begins a scope: its handlers wait, its first steps are entered. One that has begun already and was stuck goes on.
    pub fn run_scope(&mut self, instance: InstanceId) {
        let Some(scope) = self.scope_at(instance) else { return };
        let Some(it) = self.case.instance(instance) else { return };
        if self.is_round(instance) {
            self.enter(first(scope), instance, None);
            return;
        }
        if it.begun {
            self.path_ended(instance);
            return;
        }
        if !self.take_lock(instance, scope) {
            return;
        }
        if let Some(Repeat { while_holds: Some(rule), .. }) = &scope.repeat {
            match self.holds(instance, rule) {
                Ok(true) => {}
                Ok(false) => return self.leave(instance, None),
                Err(trouble) => return self.stuck(Some(instance), *trouble),
            }
        }
        if !scope.handlers.is_empty() {
            self.open_waits(instance, &scope.handlers);
            if self.case.instance(instance).is_none_or(|it| it.incident.is_some()) {
                return;
            }
        }
        if let Err(trouble) = self.enter_scope(instance, scope) {
            return self.stuck(Some(instance), *trouble);
        }
        if !scope.handlers.is_empty() {
            self.take_kept_messages(instance);
        }
    }

    fn enter_scope(&mut self, instance: InstanceId, scope: &Scope) -> Result<(), Box<Trouble>> {
        match &scope.shape {
            Shape::Path => self.enter(first(scope), instance, None),
            Shape::Fork(quorum) => {
                let mut begin = Vec::new();
                for ix in &scope.steps {
                    let holds = match &self.release.step(*ix).when {
                        Some(rule) if !planted(Fault::ForkIgnoresRules) => self.holds(instance, rule)?,
                        _ => true,
                    };
                    begin.extend(holds.then_some(*ix));
                }
                let needed = self.needed(instance, quorum, begin.len())?;
                self.record(Event::BranchesBegan { instance, needed, items: Vec::new() });
                self.enter(&begin, instance, None);
            }
            Shape::Each(each) => return self.begin_rounds(instance, scope, each),
            Shape::AdHoc(group) => {
                let title = scope.owner.map(|ix| self.release.step(ix).title.clone()).unwrap_or_default();
                self.record(Event::TaskOpened {
                    instance,
                    title: self.titled(instance, &title),
                    role: group.role.clone(),
                    due: None,
                    excluded: Default::default(),
                    proposal: Object::new(),
                });
            }
        }
        if self.case.is_empty_scope(instance) && !matches!(scope.shape, Shape::AdHoc(_)) {
            self.path_ended(instance);
        }
        Ok(())
    }

    /// How many branches must end, of those that begin.
    fn needed(&mut self, instance: InstanceId, quorum: &Quorum, begun: usize) -> Result<u32, Box<Trouble>> {
        let all = u32::try_from(begun).unwrap_or(u32::MAX);
        let Some(rule) = &quorum.wait_for else { return Ok(all) };
        let said = self.evaluate(instance, rule)?;
        match said.as_u64().and_then(|count| u32::try_from(count).ok()) {
            Some(count) if count >= 1 => Ok(count.min(all)),
            _ => Err(trouble(
                "wait_for_invalid",
                self.step_of(instance).as_ref(),
                Text::new(
                    format!(
                        "Auf wie viele Zweige zu warten ist, muss eine Zahl ab 1 sein; die Regel ergibt {said}."
                    ),
                    format!("How many branches to wait for must be a number from 1; the rule says {said}."),
                ),
                Text::new(
                    "Die Angabe oder die Regel berichtigen, dann wiederholen.",
                    "Mend the value or the rule, then retry.",
                ),
                json!({ "said": said }),
            )),
        }
    }

    fn begin_rounds(&mut self, instance: InstanceId, scope: &Scope, each: &Each) -> Result<(), Box<Trouble>> {
        let said = self.evaluate(instance, &each.over)?;
        let items = match &said {
            Value::Array(items) => {
                let count = items.len().saturating_sub(usize::from(planted(Fault::LastEntryForgotten)));
                items[..count].to_vec()
            }
            // A number of rounds: the entry is the number of the round.
            Value::Number(count) => {
                let count = count.as_u64().unwrap_or(0).min(MAX_ROUNDS as u64 + 1);
                (1..=count).map(Value::from).collect()
            }
            _ => return Err(self.not_a_list(instance, &said)),
        };
        if items.len() > MAX_ROUNDS {
            return Err(self.too_many_rounds(instance));
        }
        let needed = self.needed(instance, &each.quorum, items.len())?;
        self.record(Event::BranchesBegan { instance, needed, items });
        // The results of an earlier pass are not those of this one.
        if let Some((key, at)) = self.rounds_address(instance).split_last() {
            let fields = [(key.to_string(), Value::Array(Vec::new()))].into_iter().collect();
            self.record(Event::ResultWritten { at: at.to_vec(), fields });
        }
        self.go_on_with_rounds(instance, scope, each);
        if self.case.is_empty_scope(instance) {
            self.path_ended(instance);
        }
        Ok(())
    }

    fn rounds_address(&self, instance: InstanceId) -> Vec<Arc<str>> {
        let it = self.case.instance(instance).and_then(|it| it.step.clone());
        let step = it.as_ref().and_then(|path| Some((path, self.release.find(path)?)));
        step.map_or_else(Vec::new, |(path, step)| {
            let mut at = self.release.address(step.frame, &step.id, &path.rounds());
            // Inside a block steps have no key of their own, but rounds need one.
            if self.release.frame(step.frame).in_block {
                at.push(crate::language::data_key(&step.id));
            }
            at
        })
    }

    /// Begins the rounds that may begin now: all, or the next one.
    fn go_on_with_rounds(&mut self, instance: InstanceId, scope: &Scope, each: &Each) {
        let Some(branches) = self.case.instance(instance).and_then(|it| it.branches.clone()) else { return };
        let Some(step) = self.step_of(instance) else { return };
        let next = branches.begun as usize;
        let in_turn = each.sequential && !planted(Fault::RoundsBeginAtOnce);
        let until = if in_turn { (next + 1).min(branches.items.len()) } else { branches.items.len() };
        let first_instance = self.case.next_instance;
        for (round, item) in (next + 1..).zip(branches.items.get(next..until).unwrap_or_default()) {
            let round = u32::try_from(round).unwrap_or(u32::MAX);
            let mut rounds = step.rounds();
            rounds.push(round);
            let mut at = self.rounds_address(instance);
            at.push((round - 1).to_string().into());
            let first = branches.items.first().filter(|_| planted(Fault::EntryOfAnotherRound));
            let fields = [(each.item.to_string(), first.unwrap_or(item).clone())].into_iter().collect();
            self.record(Event::ResultWritten { at, fields });
            let label = self.label(instance, each, &rounds);
            self.record(Event::RoundEntered {
                instance: InstanceId(self.case.next_instance),
                parent: instance,
                step: step.in_rounds(&rounds),
                label,
            });
        }
        debug_assert!(!scope.steps.is_empty(), "an `each` without steps is refused");
        for id in (first_instance..self.case.next_instance).rev() {
            self.queue(InstanceId(id));
        }
    }

    /// What people read of a round. A rule that fails leaves it out: it is not worth stopping for.
    fn label(&self, instance: InstanceId, each: &Each, rounds: &[u32]) -> Option<Arc<str>> {
        let rule = each.label.as_ref()?;
        let from = Standpoint::at(&self.case, Some(instance), rule.frame).in_rounds(rounds);
        let sight = self.sight_from(&from);
        match rule.compiled.eval(&sight.vars()).ok()? {
            Value::String(text) => Some(text.into()),
            Value::Number(number) => Some(number.to_string().into()),
            _ => None,
        }
    }

    /// A path that was inside a scope has ended: the scope is over, goes on, or waits for more.
    pub fn path_ended(&mut self, instance: InstanceId) {
        let Some(it) = self.case.instance(instance) else { return };
        let (empty, outcome) = (self.case.is_empty_scope(instance), it.outcome.clone());
        if self.is_round(instance) {
            if empty {
                self.leave(instance, outcome);
            }
            return;
        }
        let Some(scope) = self.scope_at(instance) else {
            // A compensating step: the next one is undone.
            if empty {
                self.undo_next(instance);
            }
            return;
        };
        match &scope.shape {
            Shape::Path if empty => self.begin_anew_or_leave(instance, scope, outcome),
            Shape::Path => {}
            Shape::Fork(quorum) => self.branch_ended(instance, scope, quorum, None),
            Shape::Each(each) => self.branch_ended(instance, scope, &each.quorum, Some(each)),
            Shape::AdHoc(group) => self.finish_if_done(instance, group, outcome),
        }
    }

    fn begin_anew_or_leave(&mut self, instance: InstanceId, scope: &Scope, outcome: Option<Arc<str>>) {
        let Some(repeat) = &scope.repeat else { return self.leave(instance, outcome) };
        let round = self.case.instance(instance).and_then(|it| it.repeated).unwrap_or(1);
        let again = match &repeat.until {
            Some(rule) if !planted(Fault::UntilIsIgnored) => self.holds(instance, rule).map(|over| !over),
            _ => Ok(true),
        };
        let again = match (again, &repeat.while_holds) {
            (Ok(true), Some(rule)) if !planted(Fault::WhileAskedOnce) => self.holds(instance, rule),
            (said, _) => said,
        };
        match again {
            Err(trouble) => self.stuck(Some(instance), *trouble),
            Ok(false) => self.leave(instance, outcome),
            Ok(true)
                if repeat
                    .max
                    .is_some_and(|max| round >= max + u32::from(planted(Fault::RepeatedOnceMore))) =>
            {
                self.leave(instance, Some(MAX_REACHED.into()));
            }
            Ok(true) => {
                self.record(Event::ScopeRepeated { instance, round: round.saturating_add(1) });
                self.enter(first(scope), instance, None);
            }
        }
    }

    fn branch_ended(&mut self, instance: InstanceId, scope: &Scope, quorum: &Quorum, each: Option<&Each>) {
        let Some(branches) = self.case.instance(instance).and_then(|it| it.branches.clone()) else { return };
        let empty = self.case.is_empty_scope(instance);
        if branches.joined {
            if empty {
                self.leave(instance, None);
            }
            return;
        }
        let needed = branches.needed + u32::from(planted(Fault::ForkWaitsForOneMore));
        let mut enough = branches.ended >= needed;
        if let Some(rule) =
            each.and_then(|each| each.until.as_ref()).filter(|_| !enough && branches.ended > 0)
        {
            match self.holds(instance, rule) {
                Ok(holds) => enough = holds,
                Err(trouble) => return self.stuck(Some(instance), *trouble),
            }
        }
        let more = each.filter(|each| each.sequential && (branches.begun as usize) < branches.items.len());
        match more {
            Some(each) if empty && !enough => self.go_on_with_rounds(instance, scope, each),
            _ if !enough && !empty => {}
            _ if (quorum.rest_goes_on || planted(Fault::RestIsNotEnded)) && !empty => {
                self.join_early(instance)
            }
            _ => {
                self.cancel_inside(instance, &"join".into());
                self.leave(instance, None);
            }
        }
    }

    /// The path goes on from a fork while the rest of it is still active.
    fn join_early(&mut self, instance: InstanceId) {
        self.record(Event::BranchesJoined { instance });
        let Some(it) = self.case.instance(instance) else { return };
        let (Some(step), Some(parent)) = (it.step.clone(), it.parent) else { return };
        if let Some(target) = self.release.find(&step).and_then(|found| found.then.target(None)) {
            self.follow(target, parent, Some(&step));
        }
    }

    fn finish_if_done(&mut self, instance: InstanceId, group: &AdHoc, outcome: Option<Arc<str>>) {
        let Some(rule) = group.until.as_ref().filter(|_| self.case.is_empty_scope(instance)) else { return };
        match self.holds(instance, rule) {
            Ok(true) => self.leave(instance, outcome),
            Ok(false) => {}
            Err(trouble) => self.stuck(Some(instance), *trouble),
        }
    }

    /// Once nothing runs any more: what reacts to the state as a whole. Says whether something runs again.
    pub fn look_around(&mut self) -> bool {
        if !self.release.looks_around || !self.case.is_open() {
            return false;
        }
        self.free_locks() || self.look_at_conditions() || self.look_at_joins()
    }

    fn not_a_list(&self, instance: InstanceId, said: &Value) -> Box<Trouble> {
        trouble(
            "not_a_list",
            self.step_of(instance).as_ref(),
            Text::new(
                format!(
                    "Worüber wiederholt wird, muss eine Liste oder eine Anzahl sein; die Regel ergibt {said}."
                ),
                format!("What is repeated over must be a list or a number; the rule says {said}."),
            ),
            Text::new(
                "Die Angabe oder die Regel berichtigen, dann wiederholen.",
                "Mend the value or the rule, then retry.",
            ),
            json!({ "said": said }),
        )
    }

    fn too_many_rounds(&self, instance: InstanceId) -> Box<Trouble> {
        trouble(
            "too_many_rounds",
            self.step_of(instance).as_ref(),
            Text::new(
                format!("Es wären mehr als {MAX_ROUNDS} Durchgänge auf einmal."),
                format!("There would be more than {MAX_ROUNDS} rounds at once."),
            ),
            Text::new(
                "Die Liste kürzen oder aufteilen, dann wiederholen.",
                "Shorten or split the list, then retry.",
            ),
            Value::Null,
        )
    }
}

/// The step that a scope begins with.
fn first(scope: &Scope) -> &[StepIx] {
    scope.steps.get(..1).unwrap_or_default()
}

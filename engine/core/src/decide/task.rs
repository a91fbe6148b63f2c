//! Tasks: opened with a proposal, taken, given back, handed over, done.

use std::sync::Arc;

use fachwerk_rules::RuleError;

use super::{FieldLook, Rejection, turn::Deciding, values::result_at};
use crate::{
    case::Task,
    definition::{FormField, Kind, Shape, Step, TaskKind},
    event::{Event, Trouble},
    language::OUTCOME_FIELD,
    schema::{Misfit, Type},
    words::{InstanceId, Object, PersonId, Text, Value},
};

impl Deciding<'_> {
    /// Opens a task for people.
    pub fn open_task(&mut self, instance: InstanceId, step: &Step, task: &TaskKind) {
        match self.proposal(instance, step, task) {
            Ok(proposal) => {
                let due = task.due.and_then(|period| {
                    let input = fachwerk_deadlines::DeadlineInput::new(self.facts.today, period);
                    fachwerk_deadlines::compute(&input, &self.facts.calendar)
                        .ok()
                        .map(|deadline| deadline.end)
                });
                self.record(Event::TaskOpened {
                    instance,
                    title: self.titled(instance, &task.title),
                    role: task.role.clone(),
                    due,
                    excluded: self.excluded(instance, task),
                    proposal,
                });
            }
            Err(trouble) => self.stuck(Some(instance), *trouble),
        }
    }

    /// What the form shows at first: what the rule of a field proposes, else what already stands in the result, else
    /// the default. A value that does not fit its field any more is left out.
    fn proposal(
        &mut self,
        instance: InstanceId,
        step: &Step,
        task: &TaskKind,
    ) -> Result<Object, Box<Trouble>> {
        let mut proposal = Object::new();
        let at = self.step_of(instance).unwrap_or_else(|| step.path.clone());
        let address = self.release.result_address(step, &at);
        for FormField { field, propose, .. } in &task.form.fields {
            let known = match propose {
                Some(rule) => Some(self.evaluate(instance, rule)?).filter(|value| !value.is_null()),
                None => {
                    let inner = result_at(&self.case, &address);
                    let keep = &*field.name != OUTCOME_FIELD;
                    inner.filter(|_| keep).and_then(|value| value.get(&*field.name)).cloned()
                }
            };
            if let Some(value) = known.or_else(|| field.default.clone()) {
                proposal.insert(field.name.to_string(), value);
            }
        }
        for misfit in task.form.validator.check(&Value::Object(proposal.clone())) {
            if let Some(name) = misfit.at.split('/').nth(1) {
                proposal.remove(name);
            }
        }
        Ok(proposal)
    }

    /// The title of a task, with what tells its round from others.
    pub fn titled(&self, instance: InstanceId, title: &Text) -> Text {
        let at = self.case.instance(instance);
        let around = std::iter::successors(at, |it| it.parent.and_then(|id| self.case.instance(id)));
        let labels: Vec<&str> = around.filter_map(|it| it.label.as_deref()).collect();
        if labels.is_empty() {
            return title.clone();
        }
        let labels = labels.into_iter().rev().collect::<Vec<_>>().join(", ");
        Text::new(format!("{}: {labels}", title.de), format!("{}: {labels}", title.en))
    }

    /// The person and the task of a step, when this person may do it.
    fn may_do(&self, id: InstanceId) -> Result<(PersonId, &Task, &Step), Rejection> {
        let (person, task) = self.may_take(id)?;
        Ok((person, task, self.step_at(id).ok_or(Rejection::TaskNotOpen)?))
    }

    fn step_at(&self, id: InstanceId) -> Option<&Step> {
        self.release.find(self.case.instance(id)?.step.as_ref()?)
    }

    /// The person and the task, of a step or an errand, when this person may do it.
    fn may_take(&self, id: InstanceId) -> Result<(PersonId, &Task), Rejection> {
        if !self.case.is_open() {
            return Err(Rejection::TaskNotOpen);
        }
        let task = self.case.open_task(id).ok_or(Rejection::TaskNotOpen)?;
        let person = self.facts.actor.person().ok_or(Rejection::PersonNeeded)?;
        if !self.facts.roles.contains(&task.role) {
            return Err(Rejection::MissingRole { role: task.role.clone() });
        }
        if self.is_excluded(id, person) {
            return Err(Rejection::FourEyes);
        }
        if let Some(other) = task.assignee.as_ref().filter(|other| *other != person) {
            return Err(Rejection::ClaimedByAnother { person: other.clone() });
        }
        Ok((person.clone(), task))
    }

    /// Takes a task; also one that somebody holds for whom this person stands in.
    pub fn claim(&mut self, instance: InstanceId) -> Result<(), Rejection> {
        let is_free = match self.may_take(instance) {
            Ok((_, task)) => task.assignee.is_none(),
            Err(Rejection::ClaimedByAnother { person }) if self.facts.stands_in_for.contains(&person) => true,
            Err(refused) => return Err(refused),
        };
        if let (true, Some(person)) = (is_free, self.facts.actor.person().cloned()) {
            self.record(Event::TaskClaimed { instance, person });
        }
        Ok(())
    }

    /// Whether a person may do a task, or else free or hand on one that somebody else holds, who may be away: whoever may
    /// correct, and to free it administrators.
    fn may_hand_on(&self, id: InstanceId, frees: bool) -> Result<(), Rejection> {
        let refused = match self.may_take(id) {
            Ok(_) => return Ok(()),
            Err(refused) => refused,
        };
        let held = self.case.is_open() && self.case.open_task(id).is_some_and(|task| task.assignee.is_some());
        let may = match self.facts.actor.person() {
            Some(_) if frees => self.corrects(),
            Some(person) => self.corrects_by_role() && !self.is_excluded(id, person),
            None => false,
        };
        if held && may { Ok(()) } else { Err(refused) }
    }

    /// Gives a task back to all.
    pub fn release_task(&mut self, instance: InstanceId) -> Result<(), Rejection> {
        self.may_hand_on(instance, true)?;
        if self.case.open_task(instance).is_some_and(|task| task.assignee.is_some()) {
            self.record(Event::TaskReleased { instance });
        }
        Ok(())
    }

    /// Hands a task over to somebody else.
    pub fn delegate(&mut self, instance: InstanceId, to: &PersonId) -> Result<(), Rejection> {
        self.may_hand_on(instance, false)?;
        if self.is_excluded(instance, to) {
            return Err(Rejection::FourEyes);
        }
        self.record(Event::TaskClaimed { instance, person: to.clone() });
        Ok(())
    }

    /// Does a task and goes on.
    pub fn complete(
        &mut self,
        instance: InstanceId,
        values: &Object,
        (seen, shown): (Option<u64>, Option<&Arc<str>>),
    ) -> Result<(), Rejection> {
        if self.case.errand(instance).is_some() {
            let (by, _) = self.may_take(instance)?;
            return self.settle(instance, by, values);
        }
        let (by, task, step) = self.may_do(instance)?;
        let Kind::Task(kind) = &step.kind else { return self.finish_group(instance, by, values) };
        self.check_seen(instance, step, seen)?;
        let mut all = (*task.proposal).clone();
        for (name, value) in values {
            all.insert(name.clone(), value.clone());
        }
        let given = self.check_values(instance, step, kind, all)?;
        let outcome = match given.get(OUTCOME_FIELD) {
            Some(Value::String(outcome)) if !kind.form.outcomes().is_empty() => Some(outcome.as_str().into()),
            _ => None,
        };
        let path = step.path.clone();
        self.record(Event::TaskCompleted { instance, by, values: given.clone() });
        if let Some(step) = self.release.find(&path) {
            self.write(instance, step, given);
            if step.kind.signature().is_some() {
                self.sign_letters(instance, outcome.clone(), shown)?;
            }
        }
        self.leave(instance, outcome);
        Ok(())
    }

    /// Whoever chooses the steps of an ad-hoc group says that it is done.
    fn finish_group(&mut self, instance: InstanceId, by: PersonId, values: &Object) -> Result<(), Rejection> {
        if let Some(name) = values.keys().next() {
            return Err(Rejection::ValuesInvalid { misfits: vec![unknown_field(name)] });
        }
        let not_yet = |de: &str, en: &str| Rejection::GroupNotFinished { why: Text::new(de, en) };
        if !self.case.is_empty_scope(instance) {
            return Err(not_yet(
                "Es ist noch ein begonnener Schritt offen; er muss zuerst erledigt oder übersprungen werden.",
                "A step that was begun is still open; it must be done or skipped first.",
            ));
        }
        let until = match self.scope_at(instance).map(|scope| &scope.shape) {
            Some(Shape::AdHoc(group)) => group.until.as_ref(),
            _ => return Err(Rejection::TaskNotOpen),
        };
        if let Some(rule) = until {
            match self.holds(instance, rule) {
                Ok(true) => {}
                Ok(false) => {
                    return Err(not_yet(
                        "Es fehlt noch ein Schritt, bevor dieser Abschnitt beendet werden kann.",
                        "A step is still missing before this part can be finished.",
                    ));
                }
                Err(trouble) => return Err(Rejection::GroupNotFinished { why: trouble.message }),
            }
        }
        let outcome = self.case.instance(instance).and_then(|it| it.outcome.clone());
        self.record(Event::TaskCompleted { instance, by, values: Object::new() });
        self.leave(instance, outcome);
        Ok(())
    }

    /// Begins a step of an ad-hoc group.
    pub fn start_step(&mut self, group: InstanceId, id: &str) -> Result<(), Rejection> {
        self.may_do(group)?;
        let scope = self.scope_at(group).ok_or(Rejection::TaskNotOpen)?;
        let Shape::AdHoc(kind) = &scope.shape else { return Err(Rejection::TaskNotOpen) };
        let not_now = |de: String, en: String| Rejection::StepNotPossible { why: Text::new(de, en) };
        let known = scope.steps.iter().copied().find(|ix| {
            let step = self.release.step(*ix);
            *step.id == *id && !step.only_undoes
        });
        let Some(ix) = known else {
            return Err(not_now(
                format!("Einen Schritt „{id}“ gibt es hier nicht zur Auswahl."),
                format!("There is no step `{id}` to choose here."),
            ));
        };
        if kind.one_at_a_time && !self.case.is_empty_scope(group) {
            return Err(not_now(
                "Es ist noch ein Schritt offen; hier ist immer nur einer auf einmal möglich.".into(),
                "A step is still open; here only one is possible at a time.".into(),
            ));
        }
        if let Some(rule) = &self.release.step(ix).when {
            match self.holds(group, rule) {
                Ok(true) => {}
                Ok(false) => {
                    return Err(not_now(
                        "Dieser Schritt ist in diesem Stand des Vorgangs nicht möglich.".into(),
                        "This step is not possible as the case stands.".into(),
                    ));
                }
                Err(trouble) => return Err(Rejection::StepNotPossible { why: trouble.message }),
            }
        }
        self.enter(&[ix], group, None);
        Ok(())
    }

    /// Whether somebody else has changed what the form showed.
    fn check_seen(&self, instance: InstanceId, step: &Step, seen: Option<u64>) -> Result<(), Rejection> {
        let Some(seen) = seen else { return Ok(()) };
        let at = self.step_of(instance).unwrap_or_else(|| step.path.clone());
        let address = self.release.result_address(step, &at);
        let written = address.first().and_then(|key| self.case.written.get(key)).copied().unwrap_or(0);
        if written > seen { Err(Rejection::Stale) } else { Ok(()) }
    }

    /// The values of the fields that are shown, when they fit.
    fn check_values(
        &self,
        instance: InstanceId,
        step: &Step,
        kind: &TaskKind,
        mut all: Object,
    ) -> Result<Object, Rejection> {
        let mut misfits: Vec<Misfit> = Vec::new();
        let mut given = Object::new();
        for FieldLook { field: FormField { field, .. }, shown, closed } in self.release.look_at_fields(
            &self.case,
            &self.facts.local,
            self.facts.today,
            (instance, step, &kind.form),
            &all.clone(),
        ) {
            let value = all.shift_remove(&*field.name).filter(|value| !is_blank(value, &field.ty));
            let shown = shown.unwrap_or_else(|error| {
                let message = Text::new(error.message_de, error.message);
                misfits.push(Misfit { at: format!("/{}", field.name), code: "rule_failed", message });
                false
            });
            match value {
                Some(value) if shown => {
                    misfits.extend(closed_misfit(&field.name, &value, closed));
                    misfits.extend(self.misfits_of_documents(&field.name, &field.ty, &value));
                    given.insert(field.name.to_string(), value);
                }
                None if shown && field.required => misfits.push(Misfit {
                    at: format!("/{}", field.name),
                    code: "required",
                    message: Text::new("Diese Angabe fehlt.", "This is missing."),
                }),
                _ => {}
            }
        }
        // What no field takes is refused, not dropped: the sender believes that it was kept.
        for name in all.keys() {
            misfits.push(unknown_field(name));
        }
        misfits.extend(kind.form.validator.check(&Value::Object(given.clone())));
        if misfits.is_empty() { Ok(given) } else { Err(Rejection::ValuesInvalid { misfits }) }
    }
}

/// An option that is not open was chosen.
fn closed_misfit(field: &str, value: &Value, closed: Vec<(&Arc<str>, Option<RuleError>)>) -> Option<Misfit> {
    let (_, failed) = closed.into_iter().find(|(option, _)| value.as_str() == Some(&***option))?;
    let (code, message) = match failed {
        Some(error) => ("rule_failed", Text::new(error.message_de, error.message)),
        None => (
            "option_closed",
            Text::new(
                "Diese Auswahl ist nach den Angaben im Vorgang und in diesem Formular nicht möglich.",
                "This option is not possible by what the case and this form say.",
            ),
        ),
    };
    Some(Misfit { at: format!("/{field}"), code, message })
}

/// A value that no field takes.
pub fn unknown_field(name: &str) -> Misfit {
    Misfit {
        at: format!("/{name}"),
        code: "unknown_field",
        message: Text::new("Diese Angabe kennt das Formular nicht.", "The form does not know this field."),
    }
}

/// An empty text or nothing is no answer.
fn is_blank(value: &Value, ty: &Type) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => matches!(ty, Type::Text { .. } | Type::Choice(_)) && text.trim().is_empty(),
        _ => false,
    }
}

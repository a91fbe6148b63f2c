//! Setting deadlines: from when they run, when they end, and what lies around their end.

use std::sync::Arc;

use fachwerk_deadlines::{DeadlineError, Language, Period};
use serde_json::json;

use super::{
    turn::{Deciding, trouble},
    wait::instant,
};
use crate::{
    case::Clock,
    definition::{DeadlineKind, From, Statutory, TriggerKind},
    event::{Basis, Deadline, DeadlineChange, DeadlineRun, Event, Fiction, Start, Trouble},
    facts::start_of,
    planted::{Fault, planted},
    words::{Date, InstanceId, StepPath, Text, Timestamp, Value},
};

impl<'a> Deciding<'a> {
    /// The definition of a deadline at an instance.
    pub fn deadline_kind(&self, instance: InstanceId, name: &str) -> Option<&'a DeadlineKind> {
        // Also where nothing waits yet: a step that could not begin has deadlines that were set before it got stuck.
        let step = self.case.instance(instance)?.step.as_ref();
        match &self.release.handler(step, name)?.0.trigger {
            TriggerKind::Deadline(kind) => Some(kind),
            _ => None,
        }
    }

    /// Sets a deadline, or sets it anew.
    pub fn set_deadline(
        &mut self,
        instance: InstanceId,
        name: &Arc<str>,
        kind: &DeadlineKind,
    ) -> Result<(), Box<Trouble>> {
        self.set_by_kind(instance, name, kind).map_err(|trouble| {
            // As long as it is not set, nobody knows whether what silence would grant is decided in time.
            let Some(fiction) = &kind.fiction else { return trouble };
            let details = json!({ "fiction": fiction.act, "said": trouble.details });
            Box::new(Trouble { details, ..*trouble })
        })
    }

    fn set_by_kind(
        &mut self,
        instance: InstanceId,
        name: &Arc<str>,
        kind: &DeadlineKind,
    ) -> Result<(), Box<Trouble>> {
        let step = self.case.instance(instance).and_then(|it| it.step.clone());
        let (period, fiction) = self.length(instance, kind)?;
        let (mut awaits_dispatch_of, mut from_document) = (None, None);
        let (from, now) = (kind.from.started(), (self.facts.now, self.facts.today));
        let begun = match &kind.from {
            From::Entry => Some(from_now(period, now)),
            From::Day(rule) => {
                let said = self.evaluate(instance, rule)?;
                let text = said.as_str().unwrap_or_default();
                let start = match period {
                    Period::Hours(_) => instant(text).filter(|_| text.contains('T')).map(Start::At),
                    _ => text.parse().ok().map(Start::Day),
                };
                Some(start.ok_or_else(|| start_invalid(step.as_ref(), &kind.title, period, &said))?)
            }
            From::Notification(letter) => match self.notification_by(letter, instance) {
                Some((number, day)) => {
                    from_document = Some(number);
                    Some(Start::Day(day))
                }
                None if planted(Fault::PeriodRunsWithoutDispatch) => Some(from_now(period, now)),
                None => {
                    awaits_dispatch_of = Some(letter.clone());
                    None
                }
            },
        };
        let law = (self.release.law.law(), self.facts.versions.norms);
        let basis = begun.map(|start| Basis::of(kind, law, (from, start), period));
        let revision = self
            .case
            .instance(instance)
            .and_then(|it| it.deadlines.get(name))
            .map_or(1, |deadline| deadline.revision + 1);
        let deadline = Deadline {
            name: name.clone(),
            title: kind.title.clone(),
            revision,
            period: Text::new(period.text(Language::De), period.text(Language::En)),
            run: None,
            awaits_dispatch_of,
            suspended: None,
            stopped_until: None,
            extended: false,
            from_document,
            statutory: kind.statutory != Statutory::No,
            changes: self.told_before(step.as_ref(), basis.as_deref(), fiction.as_deref()),
            basis,
            fiction,
        };
        let deadline =
            self.folded(deadline).map_err(|error| deadline_trouble(&error, step.as_ref(), &kind.title))?;
        self.record(Event::DeadlineSet { instance, deadline });
        Ok(())
    }

    /// It is waited once more for what silence grants, from the same day: letters that have extended it do so still.
    fn told_before(
        &self,
        step: Option<&StepPath>,
        basis: Option<&Basis>,
        fiction: Option<&Fiction>,
    ) -> Vec<DeadlineChange> {
        let same = |clock: &&Arc<Clock>| {
            let start = clock.deadline.basis.as_ref().map(|basis| basis.start);
            clock.step.as_ref() == step
                && clock.act() == fiction.map(|fiction| &fiction.act)
                && start == basis.map(|basis| basis.start)
        };
        let Some(before) = self.case.clocks.values().rev().find(same).filter(|_| fiction.is_some()) else {
            return Vec::new();
        };
        before.deadline.changes.iter().filter(|change| change.told_by().is_some()).cloned().collect()
    }

    /// How long a deadline is, and what the law makes of its end where it says so.
    fn length(
        &self,
        instance: InstanceId,
        kind: &DeadlineKind,
    ) -> Result<(Period, Option<Arc<Fiction>>), Box<Trouble>> {
        let step = self.step_of(instance);
        if let Some(fiction) = &kind.fiction {
            let (period, fiction) = self.fiction(fiction, step.as_ref())?;
            return Ok((period, Some(fiction)));
        }
        let written = self.value(instance, &kind.period)?;
        let written = written.as_str().map_or_else(|| written.to_string(), str::to_owned);
        let period =
            Period::parse(&written).map_err(|error| deadline_trouble(&error, step.as_ref(), &kind.title))?;
        Ok((period, None))
    }

    /// Sets a deadline anew; when it cannot be set, trying again sets just this one.
    pub fn set_or_stick(&mut self, instance: InstanceId, name: &Arc<str>, kind: &DeadlineKind) {
        if let Err(trouble) = self.set_deadline(instance, name, kind) {
            self.stuck(Some(instance), Trouble { wakes: Some(name.clone()), ..*trouble });
        }
    }
}

/// From when something runs that begins now: in hours from the instant, else from the day.
fn from_now(period: Period, (now, today): (Timestamp, Date)) -> Start {
    match period {
        Period::Hours(_) => Start::At(now),
        _ => Start::Day(today),
    }
}

/// What a deadline shall run from is no day, or for hours no instant.
fn start_invalid(step: Option<&StepPath>, title: &Text, period: Period, said: &Value) -> Box<Trouble> {
    let (what_de, what_en) = match period {
        Period::Hours(_) => (
            "kein Zeitpunkt mit Uhrzeit (wie 2026-03-02T09:00)",
            "no instant with its time (like 2026-03-02T09:00)",
        ),
        _ => ("kein Tag", "not a day"),
    };
    trouble(
        "deadline_start_invalid",
        step,
        Text::new(
            format!("Der Beginn der Frist „{}“ ist {what_de}: {said}.", title.de),
            format!("The start of the deadline `{}` is {what_en}: {said}.", title.en),
        ),
        Text::new("Die Angabe berichtigen, dann wiederholen.", "Mend the value, then retry."),
        said.clone(),
    )
}

impl DeadlineRun {
    /// The first instant at which it is over. It fires then, or when its grace is over.
    pub fn over_at(&self) -> Timestamp {
        self.until.unwrap_or_else(|| start_of(self.end.tomorrow().unwrap_or(self.end)))
    }
}

/// A deadline that cannot be reckoned.
pub fn deadline_trouble(error: &DeadlineError, step: Option<&StepPath>, title: &Text) -> Box<Trouble> {
    trouble(
        "deadline_failed",
        step,
        Text::new(
            format!("Die Frist „{}“ lässt sich nicht berechnen: {}", title.de, error.text(Language::De)),
            format!("The deadline `{}` cannot be computed: {}", title.en, error.text(Language::En)),
        ),
        Text::new("Die Angaben prüfen, dann wiederholen.", "Check the values, then retry."),
        Value::Null,
    )
}

//! Setting deadlines: from when they run, when they end, and what lies around their end.

use std::sync::Arc;

use fachwerk_deadlines::{
    Begin, DeadlineError, DeadlineInput, HoursDeadline, HoursInput, Language, Law, Occasion, Period, Shift,
    compute, compute_hours, days_before, grace,
};

use super::{
    turn::{Deciding, trouble},
    wait::instant,
};
use crate::{
    definition::{DeadlineKind, From, Statutory, TriggerKind},
    event::{Deadline, DeadlineRun, Event, Trouble},
    facts::{start_of, zoned},
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
        let step = self.case.instance(instance).and_then(|it| it.step.clone());
        let written = self.value(instance, &kind.period)?;
        let written = written.as_str().map_or_else(|| written.to_string(), str::to_owned);
        let period =
            Period::parse(&written).map_err(|error| deadline_trouble(&error, step.as_ref(), &kind.title))?;
        let (mut awaits_dispatch_of, mut from_document) = (None, None);
        let run = match &kind.from {
            From::Entry => Some(match period {
                Period::Hours(hours) => self.run_hours(self.facts.now, hours, kind),
                _ => self.run_deadline(self.facts.today, Occasion::Event, period, kind),
            }),
            From::Day(rule) => {
                let said = self.evaluate(instance, rule)?;
                let text = said.as_str().unwrap_or_default();
                let run = match period {
                    Period::Hours(hours) => instant(text)
                        .filter(|_| text.contains('T'))
                        .map(|start| self.run_hours(start, hours, kind)),
                    _ => text
                        .parse::<Date>()
                        .ok()
                        .map(|start| self.run_deadline(start, Occasion::Event, period, kind)),
                };
                Some(run.ok_or_else(|| start_invalid(step.as_ref(), &kind.title, period, &said))?)
            }
            From::Notification(letter) => match self.notification_by(letter, instance) {
                Some((number, day)) => {
                    from_document = Some(number);
                    let run = self.run_deadline(day, Occasion::Notification, period, kind);
                    Some(run.map(|run| self.after_notification(number, run)))
                }
                None if planted(Fault::PeriodRunsWithoutDispatch) => {
                    Some(self.run_deadline(self.facts.today, Occasion::Event, period, kind))
                }
                None => {
                    awaits_dispatch_of = Some(letter.clone());
                    None
                }
            },
        };
        let run = run.transpose().map_err(|error| deadline_trouble(&error, step.as_ref(), &kind.title))?;
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
            run,
            awaits_dispatch_of,
            suspended: None,
            stopped_until: None,
            extended: false,
            from_document,
            statutory: kind.statutory != Statutory::No,
        };
        self.record(Event::DeadlineSet { instance, deadline });
        Ok(())
    }

    /// Sets a deadline anew; when it cannot be set, trying again sets just this one.
    pub fn set_or_stick(&mut self, instance: InstanceId, name: &Arc<str>, kind: &DeadlineKind) {
        if let Err(trouble) = self.set_deadline(instance, name, kind) {
            self.stuck(Some(instance), Trouble { wakes: Some(name.clone()), ..*trouble });
        }
    }

    /// Reckons a deadline from a day.
    pub fn run_deadline(
        &self,
        start: Date,
        occasion: Occasion,
        period: Period,
        kind: &DeadlineKind,
    ) -> Result<DeadlineRun, DeadlineError> {
        let begin = if planted(Fault::FirstDayNeverCounts) { Begin::Event } else { kind.begin };
        let run =
            self.deadline_run((start, begin), occasion, period, (self.release.law.law(), kind.shift()))?;
        self.with_margins(run, kind)
    }

    /// Reckons a deadline in hours from an instant.
    fn run_hours(
        &self,
        start: Timestamp,
        hours: u32,
        kind: &DeadlineKind,
    ) -> Result<DeadlineRun, DeadlineError> {
        let input = HoursInput { start: zoned(start), hours, law: self.release.law.law() };
        self.with_margins(compute_hours(&input)?.into(), kind)
    }

    /// The days of warning before the end of a deadline, and those of grace after it.
    pub fn with_margins(
        &self,
        mut run: DeadlineRun,
        kind: &DeadlineKind,
    ) -> Result<DeadlineRun, DeadlineError> {
        let calendar = &self.facts.calendar;
        let days = kind.warn.iter().map(|before| days_before(run.end, *before, calendar));
        run.warn_on = days.collect::<Result<Vec<Date>, _>>()?;
        run.warn_on.sort_unstable();
        run.warn_on.dedup();
        if let Some(period) = kind.grace.filter(|_| !planted(Fault::NoGrace)) {
            let (last, sentence) = grace(run.end, period, calendar)?;
            run.derivation.push(sentence);
            run.fires_at = start_of(last.tomorrow().unwrap_or(last));
            run.grace_until = Some(last);
        }
        Ok(run)
    }

    /// The dates of a period from a day, by a law.
    pub fn deadline_run(
        &self,
        (start, begin): (Date, Begin),
        occasion: Occasion,
        period: Period,
        (law, shift): (Law, Shift),
    ) -> Result<DeadlineRun, DeadlineError> {
        let input = DeadlineInput { begin, shift, law, occasion, ..DeadlineInput::new(start, period) };
        Ok(compute(&input, &self.facts.calendar)?.into())
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

impl std::convert::From<HoursDeadline> for DeadlineRun {
    fn from(found: HoursDeadline) -> Self {
        let HoursDeadline { start, end, derivation } = found;
        let (until, day) = (end.timestamp(), end.date());
        DeadlineRun {
            start: start.date(),
            raw_end: day,
            end: day,
            fires_at: until,
            since: Some(start.timestamp()),
            until: Some(until),
            grace_until: None,
            warn_on: Vec::new(),
            derivation,
        }
    }
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

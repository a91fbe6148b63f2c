//! The dates of a deadline are a fold: what it was reckoned from, and what was done to it since, in order. So whatever moves
//! it later (a receipt, a day off, the application) need only change what it was reckoned from.

use std::sync::Arc;

use fachwerk_deadlines::{
    DeadlineError, DeadlineInput, Extension, HoursDeadline, HoursInput, Period, Sentence, Terms, compute,
    compute_hours, days_before, extend, extend_hours, grace, reinstated, remedy_sentence, resume, suspended,
};

use super::turn::Deciding;
use crate::{
    definition::DeadlineKind,
    event::{Basis, Deadline, DeadlineChange, DeadlineRun, Start, StartedFrom, Suspension},
    facts::{start_of, zoned},
    planted::{Fault, planted},
    words::{Date, day_text},
};

/// How a deadline stands between two changes.
#[derive(Clone)]
enum Standing {
    /// It does not run yet.
    Waits,
    Runs(DeadlineRun),
    Stopped(Suspension),
}

/// Days of grace after an end, and of warning before it.
type Margins = (Option<Period>, Vec<Period>);

impl Deciding<'_> {
    /// A deadline with the dates that follow from its basis and its changes.
    pub fn folded(&self, deadline: Deadline) -> Result<Deadline, DeadlineError> {
        let Some(basis) = deadline.basis.clone() else { return Ok(deadline) };
        let standing = self.standing(&deadline, &basis)?;
        let told = self.extension_that_holds(&basis, &deadline.changes)?;
        let extended = if deadline.fiction.is_some() { told.is_some() } else { deadline.extended };
        let deadline = Deadline { extended, ..deadline };
        self.with_standing(deadline, standing, (basis.grace, basis.warn.clone()))
    }

    /// A deadline to which one more thing was done. One of before has no basis: it goes on from its dates.
    pub fn with_change(
        &self,
        mut deadline: Deadline,
        kind: &DeadlineKind,
        change: DeadlineChange,
    ) -> Result<Deadline, DeadlineError> {
        let (standing, margins, terms) = match deadline.basis.clone() {
            Some(basis) => {
                let margins = (basis.grace, basis.warn.clone());
                (self.standing(&deadline, &basis)?, margins, terms_of(&basis))
            }
            None => {
                let standing = match (&deadline.run, &deadline.suspended) {
                    (Some(run), _) => Standing::Runs(run.clone()),
                    (None, Some(stopped)) => Standing::Stopped(stopped.clone()),
                    (None, None) => Standing::Waits,
                };
                let working_days = Period::parse(&deadline.period.en).ok().and_then(working_days);
                let law = self.release.law.law();
                let terms = Terms { begin: kind.begin, shift: kind.shift(), law, working_days };
                (standing, (kind.grace, kind.warn.clone()), terms)
            }
        };
        let standing = self.after(&standing, &change, &terms)?;
        if deadline.basis.is_some() {
            deadline.changes.push(change);
        }
        self.with_standing(deadline, standing, margins)
    }

    /// How a deadline stands after all its changes.
    fn standing(&self, deadline: &Deadline, basis: &Basis) -> Result<Standing, DeadlineError> {
        let mut run = self.reckoned(basis)?;
        run.derivation.splice(0..0, self.reasons_before(deadline, basis));
        self.after_all(Standing::Runs(run), basis, &deadline.changes)
    }

    /// The last day of what was reckoned so; none while it is suspended.
    pub fn end_of(&self, basis: &Basis, changes: &[DeadlineChange]) -> Result<Option<Date>, DeadlineError> {
        Ok(match self.after_all(Standing::Runs(self.reckoned(basis)?), basis, changes)? {
            Standing::Runs(run) => Some(run.end),
            Standing::Waits | Standing::Stopped(_) => None,
        })
    }

    fn after_all(
        &self,
        mut standing: Standing,
        basis: &Basis,
        changes: &[DeadlineChange],
    ) -> Result<Standing, DeadlineError> {
        let (terms, mut told) = (terms_of(basis), false);
        for change in changes {
            if let DeadlineChange::Extended { told_by: Some(letter), .. } = change {
                if told || !self.is_told_in_time(*letter, &standing) {
                    standing = self.not_told(standing, *letter);
                    continue;
                }
                told = true;
            }
            standing = match self.after(&standing, change, &terms) {
                // It began later than was known when it was extended, and ends later without that.
                Err(DeadlineError::EndNotLater { .. }) => without_effect(standing),
                after => after?,
            };
        }
        Ok(standing)
    }

    /// The letter by which a deadline is extended, of those that tell it: only the first one that did so before the end, as
    /// that is known now.
    pub fn extension_that_holds(
        &self,
        basis: &Basis,
        changes: &[DeadlineChange],
    ) -> Result<Option<u32>, DeadlineError> {
        for (at, change) in changes.iter().enumerate() {
            let DeadlineChange::Extended { told_by: Some(letter), .. } = change else { continue };
            let before = self.after_all(Standing::Runs(self.reckoned(basis)?), basis, &changes[..at])?;
            if self.is_told_in_time(*letter, &before) {
                return Ok(Some(*letter));
            }
        }
        Ok(None)
    }

    fn is_told_in_time(&self, letter: u32, before: &Standing) -> bool {
        let Standing::Runs(run) = before else { return false };
        self.told_on(letter).is_some_and(|told| told <= run.end)
    }

    /// The day on which a letter has told what it says; none: it has not left the house, or did not arrive.
    pub fn told_on(&self, letter: u32) -> Option<Date> {
        let dispatch = self.case.documents.get(&letter)?.dispatch.as_ref()?;
        // What is proven is a fact, also when the law presumes a later day.
        dispatch.proven_receipt.or(dispatch.notified_on).filter(|_| !dispatch.not_arrived)
    }

    fn not_told(&self, standing: Standing, letter: u32) -> Standing {
        let title = self.case.documents.get(&letter).map(|found| found.content.title.clone());
        let title = title.unwrap_or_default();
        let sentence = Sentence {
            de: format!(
                "Das Schreiben „{title}“ verlängert sie nicht: Es ist nicht vor ihrem Ende mitgeteilt, oder sie war schon verlängert."
            ),
            en: format!(
                "The letter `{title}` does not extend it: it was not told before its end, or it was extended already."
            ),
            norm: None,
        };
        said_of(standing, sentence)
    }

    /// The dates before anything was done.
    fn reckoned(&self, basis: &Basis) -> Result<DeadlineRun, DeadlineError> {
        let Basis { occasion, period, begin, shift, law, .. } = basis.clone();
        match (basis.start, period) {
            (Start::At(start), Period::Hours(hours)) => {
                Ok(compute_hours(&HoursInput { start: zoned(start), hours, law })?.into())
            }
            (Start::At(start), _) => {
                let start = zoned(start).date();
                let input =
                    DeadlineInput { begin, shift, law, occasion, ..DeadlineInput::new(start, period) };
                Ok(compute(&input, &self.facts.calendar)?.into())
            }
            (Start::Day(start), _) => {
                let input =
                    DeadlineInput { begin, shift, law, occasion, ..DeadlineInput::new(start, period) };
                Ok(compute(&input, &self.facts.calendar)?.into())
            }
        }
    }

    /// Why it started on that day, and which provision says how long a remedy can be lodged.
    fn reasons_before(&self, deadline: &Deadline, basis: &Basis) -> Vec<Sentence> {
        let document = deadline.from_document.and_then(|number| self.case.documents.get(&number));
        let dispatch = document.and_then(|document| document.dispatch.as_ref());
        let notified = dispatch.filter(|_| basis.from == StartedFrom::Notification);
        let act = self.case.act_of_deadline(&deadline.name).map(|(act, _)| act.number);
        let remedy = act.and_then(|_| remedy_sentence(basis.law, basis.period));
        let why = notified.map(|dispatch| match act {
            Some(act) => dispatch.derivation_of(act).to_vec(),
            None => dispatch.derivation.clone(),
        });
        let fiction = deadline.fiction.iter().flat_map(|fiction| fiction.sentences());
        why.into_iter().flatten().chain(remedy).chain(fiction).collect()
    }

    /// How a deadline stands after one change.
    fn after(
        &self,
        before: &Standing,
        change: &DeadlineChange,
        terms: &Terms,
    ) -> Result<Standing, DeadlineError> {
        let calendar = &self.facts.calendar;
        Ok(match (change, before.clone()) {
            (DeadlineChange::Extended { by, decided, .. }, Standing::Runs(run)) => {
                Standing::Runs(match (&run.since, by) {
                    (None, by) => extend(&(&run).into(), *by, terms, decided, calendar)?.into(),
                    (Some(_), Extension::By(Period::Hours(hours))) => {
                        extend_hours(&in_hours(&run), *hours, terms.law, decided)?.into()
                    }
                    (Some(_), _) => run,
                })
            }
            (DeadlineChange::Stopped { since, decided }, Standing::Runs(mut run)) => {
                run.derivation.push(suspended(*since, decided));
                Standing::Stopped(Suspension { since: *since, run })
            }
            (DeadlineChange::Resumed { until, decided }, Standing::Stopped(Suspension { since, run })) => {
                Standing::Runs(resume(&(&run).into(), (since, *until), terms, decided, calendar)?.into())
            }
            (DeadlineChange::Reinstated { until, restored, decided }, Standing::Runs(run)) => {
                Standing::Runs(reinstated(&(&run).into(), *until, *restored, decided).into())
            }
            (DeadlineChange::Recomputed { on, because, was }, standing) => {
                let sentence = self.recomputed_sentence(*on, because, *was);
                said_of(standing, sentence)
            }
            // It does not fit, and changes nothing.
            (_, standing) => standing,
        })
    }

    fn with_standing(
        &self,
        deadline: Deadline,
        standing: Standing,
        margins: Margins,
    ) -> Result<Deadline, DeadlineError> {
        let (run, suspended) = match standing {
            Standing::Waits => (None, None),
            Standing::Runs(run) => (Some(self.with_margins(run, margins)?), None),
            Standing::Stopped(stopped) => (None, Some(stopped)),
        };
        let norms = self.facts.versions.norms;
        let basis = deadline.basis.map(|basis| Arc::new(Basis { norms, ..(*basis).clone() }));
        Ok(Deadline { run, suspended, basis, ..deadline })
    }

    /// The days of warning before the end of a deadline, and those of grace after it.
    fn with_margins(
        &self,
        mut run: DeadlineRun,
        (grace_for, warn): Margins,
    ) -> Result<DeadlineRun, DeadlineError> {
        let calendar = &self.facts.calendar;
        let days = warn.iter().map(|before| days_before(run.end, *before, calendar));
        run.warn_on = days.collect::<Result<Vec<Date>, _>>()?;
        run.warn_on.sort_unstable();
        run.warn_on.dedup();
        if let Some(period) = grace_for.filter(|_| !planted(Fault::NoGrace)) {
            let (last, sentence) = grace(run.end, period, calendar)?;
            run.derivation.push(sentence);
            run.fires_at = start_of(last.tomorrow().unwrap_or(last));
            run.grace_until = Some(last);
        }
        Ok(run)
    }
}

impl Basis {
    /// Of a deadline that its process writes.
    pub fn of(
        kind: &DeadlineKind,
        (law, norms): (fachwerk_deadlines::Law, u32),
        (from, start): (StartedFrom, Start),
        period: Period,
    ) -> Arc<Basis> {
        use fachwerk_deadlines::{Begin, Occasion};
        let occasion = match from {
            StartedFrom::Notification => Occasion::Notification,
            StartedFrom::Entry | StartedFrom::Day => Occasion::Event,
        };
        let begin = if planted(Fault::FirstDayNeverCounts) { Begin::Event } else { kind.begin };
        let (shift, grace, warn) = (kind.shift(), kind.grace, kind.warn.clone());
        Arc::new(Basis { from, start, occasion, period, begin, shift, law, grace, warn, norms })
    }
}

fn terms_of(basis: &Basis) -> Terms {
    let (begin, shift, law) = (basis.begin, basis.shift.clone(), basis.law);
    Terms { begin, shift, law, working_days: working_days(basis.period) }
}

fn working_days(period: Period) -> Option<fachwerk_deadlines::WorkingDays> {
    match period {
        Period::WorkingDays { definition, .. } => Some(definition),
        _ => None,
    }
}

fn said_of(standing: Standing, sentence: Sentence) -> Standing {
    match standing {
        Standing::Waits => Standing::Waits,
        Standing::Runs(mut run) => {
            run.derivation.push(sentence);
            Standing::Runs(run)
        }
        Standing::Stopped(mut stopped) => {
            stopped.run.derivation.push(sentence);
            Standing::Stopped(stopped)
        }
    }
}

fn without_effect(standing: Standing) -> Standing {
    let Standing::Runs(run) = &standing else { return standing };
    let (de, en) = (day_text(run.end).de, day_text(run.end).en);
    let sentence = Sentence {
        de: format!(
            "Die Verlängerung, die gewährt worden war, reicht nicht darüber hinaus; es bleibt bei {de}."
        ),
        en: format!("The extension that had been granted does not reach beyond that; it stays at {en}."),
        norm: None,
    };
    said_of(standing, sentence)
}

/// A deadline in hours, as the deadlines know it.
fn in_hours(run: &DeadlineRun) -> HoursDeadline {
    HoursDeadline {
        start: zoned(run.since.unwrap_or(run.fires_at)),
        end: zoned(run.until.unwrap_or(run.fires_at)),
        derivation: run.derivation.clone(),
    }
}

impl From<&DeadlineRun> for fachwerk_deadlines::Deadline {
    fn from(run: &DeadlineRun) -> Self {
        let DeadlineRun { start, raw_end, end, derivation, .. } = run;
        Self { start: *start, raw_end: *raw_end, end: *end, derivation: derivation.clone() }
    }
}

impl From<fachwerk_deadlines::Deadline> for DeadlineRun {
    fn from(found: fachwerk_deadlines::Deadline) -> Self {
        let fachwerk_deadlines::Deadline { start, raw_end, end, derivation } = found;
        // It has passed with the first instant of the next day.
        let fires_at = start_of(end.tomorrow().unwrap_or(end));
        let (since, until, grace_until, warn_on) = (None, None, None, Vec::new());
        DeadlineRun { start, raw_end, end, fires_at, since, until, grace_until, warn_on, derivation }
    }
}

impl From<HoursDeadline> for DeadlineRun {
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

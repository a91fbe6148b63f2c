//! Deadlines that people change: extended (§ 31 Abs. 7 VwVfG), stopped for a while and running on (Hemmung, Ruhen). Each
//! change needs a reason, makes a new revision, and adds its sentences to the derivation.

use std::{collections::BTreeSet, sync::Arc};

use fachwerk_deadlines::{DeadlineError, Decided, Extension, Language, Period};

use super::{Rejection, correct::check_reason, turn::Deciding};
use crate::{
    definition::{DeadlineKind, Statutory},
    event::{ChangeReason, Deadline, DeadlineChange, DeadlineName, DeadlineRun, Event, Suspension},
    planted::{Fault, planted},
    words::{Date, Text, day_text},
};

/// The longest norm that can be named, in characters.
const MAX_NORM: usize = 200;

/// Why a deadline cannot be changed so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeadlineRefusal {
    /// It is not set: it has passed and been acted on, or what it belonged to has ended.
    NotSet,
    /// It does not run yet: nothing has been dispatched.
    NotRunning,
    /// A law sets it, and the authority has no part in it: the period for a remedy.
    Statutory {
        /// What people read.
        title: Text,
    },
    /// The law allows one extension, and there was one.
    ExtendedAlready {
        /// What people read.
        title: Text,
        /// By which norm.
        norm: Arc<str>,
    },
    /// The law allows an extension only before the end.
    Over {
        /// What people read.
        title: Text,
    },
    /// It is extended by a letter that tells it before the end.
    ByLetter {
        /// What people read.
        title: Text,
    },
    /// It runs in hours.
    Hours,
    /// What was missed cannot be made up for.
    NotReinstated {
        /// Why.
        why: Text,
    },
    /// None of them ends on another day, whatever has changed.
    Unchanged,
    /// It does not run for the time being.
    Suspended,
    /// It runs.
    NotSuspended,
    /// The days do not fit, or the norm is too long.
    Invalid {
        /// Why.
        why: Text,
    },
}

impl DeadlineRefusal {
    /// Stable, for programs and scenarios.
    pub fn code(&self) -> &'static str {
        match self {
            DeadlineRefusal::NotSet => "DeadlineNotSet",
            DeadlineRefusal::NotRunning => "DeadlineNotRunning",
            DeadlineRefusal::Statutory { .. } => "DeadlineStatutory",
            DeadlineRefusal::ExtendedAlready { .. } => "DeadlineExtendedAlready",
            DeadlineRefusal::Over { .. } => "DeadlineOver",
            DeadlineRefusal::ByLetter { .. } => "DeadlineByLetter",
            DeadlineRefusal::Hours => "DeadlineInHours",
            DeadlineRefusal::NotReinstated { .. } => "NotReinstated",
            DeadlineRefusal::Unchanged => "DeadlinesUnchanged",
            DeadlineRefusal::Suspended => "DeadlineSuspended",
            DeadlineRefusal::NotSuspended => "DeadlineNotSuspended",
            DeadlineRefusal::Invalid { .. } => "DeadlineChangeInvalid",
        }
    }

    /// What the person who asked is told.
    pub fn text(&self) -> Text {
        match self {
            DeadlineRefusal::NotSet => Text::new(
                "Diese Frist ist nicht mehr gesetzt: Sie ist abgelaufen und der Vorgang weitergegangen, oder ihr Schritt ist beendet. Ist sie abgelaufen und hatte die Behörde sie selbst gesetzt, kann sie rückwirkend verlängert werden („Wiedereinsetzung gewähren“); sonst ist es möglich, zu dem Schritt zurückzugehen.",
                "This deadline is no longer set: it has passed and the case has gone on, or its step has ended. If it has passed and the authority had set it itself, it can be extended afterwards (“Grant restoration”); else it is possible to go back to the step.",
            ),
            DeadlineRefusal::NotRunning => Text::new(
                "Diese Frist läuft noch nicht: Der Versand ist noch nicht vermerkt.",
                "This deadline does not run yet: the dispatch is not recorded.",
            ),
            DeadlineRefusal::Statutory { title } => Text::new(
                format!(
                    "„{}“ bestimmt das Gesetz; die Behörde kann diese Frist weder verlängern noch ruhen lassen.",
                    title.de
                ),
                format!("`{}` is set by law; the authority can neither extend nor suspend it.", title.en),
            ),
            DeadlineRefusal::ExtendedAlready { title, norm } => Text::new(
                format!("„{}“ ist schon einmal verlängert worden; öfter lässt {norm} es nicht zu.", title.de),
                format!("`{}` was extended once already; {norm} does not allow it again.", title.en),
            ),
            DeadlineRefusal::Over { title } => Text::new(
                format!(
                    "„{}“ ist abgelaufen; verlängert werden konnte diese gesetzliche Frist nur vorher.",
                    title.de
                ),
                format!("`{}` is over; this period set by law could be extended only before.", title.en),
            ),
            DeadlineRefusal::ByLetter { title } => Text::new(
                format!(
                    "„{}“ verlängert nur ein Schreiben, das vor ihrem Ende mitgeteilt ist. Das Verfahren sieht dafür einen eigenen Schritt vor („Frist verlängern“); die Verlängerung gilt, sobald der Versand vermerkt ist.",
                    title.de
                ),
                format!(
                    "Only a letter that is told before its end extends `{}`. The process has a step of its own for that; the extension holds once the dispatch is recorded.",
                    title.en
                ),
            ),
            DeadlineRefusal::Hours => Text::new(
                "Diese Frist läuft nach Stunden: Sie kann nur um Stunden verlängert werden und nicht ruhen.",
                "This deadline runs in hours: it can be extended by hours only, and not be suspended.",
            ),
            DeadlineRefusal::Unchanged => Text::new(
                "Keine Frist dieses Vorgangs endet deshalb an einem anderen Tag.",
                "No deadline of this case ends on another day because of that.",
            ),
            DeadlineRefusal::Suspended => Text::new(
                "Diese Frist ruht. Erst wenn sie weiterläuft, kann sie verlängert werden oder erneut ruhen.",
                "This deadline is suspended. Only when it runs on can it be extended or suspended again.",
            ),
            DeadlineRefusal::NotSuspended => {
                Text::new("Diese Frist ruht nicht.", "This deadline is not suspended.")
            }
            DeadlineRefusal::NotReinstated { why } | DeadlineRefusal::Invalid { why } => why.clone(),
        }
    }
}

fn refused(refusal: DeadlineRefusal) -> Rejection {
    Rejection::Deadline(refusal)
}

fn unfit(error: &DeadlineError) -> Rejection {
    let why = Text::new(error.text(Language::De), error.text(Language::En));
    refused(DeadlineRefusal::Invalid { why })
}

impl<'a> Deciding<'a> {
    /// Extends a deadline.
    pub fn extend_deadline(
        &mut self,
        name: &DeadlineName,
        extension: Extension,
        (reason, norm): (&Arc<str>, Option<&Arc<str>>),
    ) -> Result<(), Rejection> {
        let because = self.may_change(reason, norm)?;
        let (deadline, kind) = self.deadline_set(name)?;
        let because = self.may_extend(&deadline, kind, because)?;
        let in_hours = running(&deadline)?.since.is_some();
        if in_hours && !matches!(extension, Extension::By(Period::Hours(_))) {
            return Err(refused(DeadlineRefusal::Hours));
        }
        let change =
            DeadlineChange::Extended { by: extension, decided: self.decided(&because), told_by: None };
        let deadline = self.with_change(deadline, kind, change).map_err(|error| unfit(&error))?;
        self.record(Event::DeadlineExtended { deadline: name.clone(), because });
        self.set_anew(name, Deadline { extended: true, ..deadline });
        Ok(())
    }

    /// Lets deadlines stop for the time being.
    pub fn suspend(
        &mut self,
        names: &[DeadlineName],
        since: Option<Date>,
        (reason, norm): (&Arc<str>, Option<&Arc<str>>),
    ) -> Result<(), Rejection> {
        let because = self.may_change(reason, norm)?;
        let since = self.day_of_receipt(since)?;
        let mut stopped = Vec::new();
        for name in distinct(names)? {
            let (deadline, kind) = self.deadline_set(name)?;
            not_statutory(&deadline)?;
            let run = running(&deadline)?.clone();
            if run.since.is_some() {
                return Err(refused(DeadlineRefusal::Hours));
            }
            check_since(since, &run, deadline.stopped_until, self.facts.today)?;
            let change = DeadlineChange::Stopped { since, decided: self.decided(&because) };
            let deadline = self.with_change(deadline, kind, change).map_err(|error| unfit(&error))?;
            let run = Some(run).filter(|_| planted(Fault::SuspendedFires));
            stopped.push((name, Deadline { run, ..deadline }));
        }
        self.record(Event::DeadlinesSuspended { deadlines: names.to_vec(), since, because });
        for (name, deadline) in stopped {
            self.set_anew(name, deadline);
        }
        Ok(())
    }

    /// Lets deadlines run on.
    pub fn resume(
        &mut self,
        names: &[DeadlineName],
        until: Option<Date>,
        (reason, norm): (&Arc<str>, Option<&Arc<str>>),
    ) -> Result<(), Rejection> {
        let because = self.may_change(reason, norm)?;
        let until = self.day_of_receipt(until)?;
        let mut resumed = Vec::new();
        for name in distinct(names)? {
            let (deadline, kind) = self.deadline_set(name)?;
            not_statutory(&deadline)?;
            let Some(Suspension { since, run }) = deadline.suspended.clone() else {
                return Err(refused(DeadlineRefusal::NotSuspended));
            };
            if until < since {
                return Err(unfit(&DeadlineError::ResumedTooEarly { since, until }));
            }
            let change = DeadlineChange::Resumed { until, decided: self.decided(&because) };
            let mut deadline = self.with_change(deadline, kind, change).map_err(|error| unfit(&error))?;
            if planted(Fault::SuspendedDaysAreLost) {
                deadline.run = Some(run);
            }
            resumed.push((name, Deadline { stopped_until: Some(until), ..deadline }));
        }
        self.record(Event::DeadlinesResumed { deadlines: names.to_vec(), until, because });
        for (name, deadline) in resumed {
            self.set_anew(name, deadline);
        }
        Ok(())
    }

    /// Who changes deadlines takes part in the process, as whoever records a dispatch, and says why.
    fn may_change(&self, reason: &Arc<str>, norm: Option<&Arc<str>>) -> Result<ChangeReason, Rejection> {
        let by = self.facts.actor.person().cloned().ok_or(Rejection::PersonNeeded)?;
        self.need_part_in_process()?;
        if !self.case.is_open() {
            return Err(Rejection::CaseEnded);
        }
        self.need_room()?;
        check_reason(reason)?;
        Ok(ChangeReason { by, reason: reason.clone(), norm: norm_said(norm)?.cloned() })
    }

    /// A deadline that is set, and how its process writes it.
    fn deadline_set(&self, name: &DeadlineName) -> Result<(Deadline, &'a DeadlineKind), Rejection> {
        let DeadlineName { instance, name } = name;
        let set = self.case.instance(*instance).and_then(|it| it.deadlines.get(name));
        let kind = self.deadline_kind(*instance, name);
        if let (Some(deadline), None) = (set, kind) {
            // The period for a remedy: no process writes it.
            not_statutory(deadline)?;
        }
        let found = set.map(|deadline| (**deadline).clone()).zip(kind);
        found.ok_or(refused(DeadlineRefusal::NotSet))
    }

    /// What a law fixes can be extended once, before it is over, where its process says that the law allows it.
    fn may_extend(
        &self,
        deadline: &Deadline,
        kind: &DeadlineKind,
        because: ChangeReason,
    ) -> Result<ChangeReason, Rejection> {
        let by_letter = kind.fiction.as_ref().is_some_and(|fiction| fiction.extension.is_some());
        if by_letter && !planted(Fault::LawIsExtended) {
            return Err(refused(DeadlineRefusal::ByLetter { title: deadline.title.clone() }));
        }
        let Statutory::Once(norm) = &kind.statutory else {
            not_statutory(deadline)?;
            return Ok(because);
        };
        let title = deadline.title.clone();
        if deadline.extended && !planted(Fault::LawIsExtended) {
            return Err(refused(DeadlineRefusal::ExtendedAlready { title, norm: norm.clone() }));
        }
        if deadline.run.as_ref().is_some_and(|run| run.over_at() <= self.facts.now) {
            return Err(refused(DeadlineRefusal::Over { title }));
        }
        Ok(ChangeReason { norm: because.norm.or_else(|| Some(norm.clone())), ..because })
    }

    /// What was decided, for the derivation.
    pub fn decided(&self, because: &ChangeReason) -> Decided {
        because.decided(self.facts.today)
    }

    pub fn set_anew(&mut self, name: &DeadlineName, deadline: Deadline) {
        let revision = deadline.revision + 1;
        self.record(Event::DeadlineSet {
            instance: name.instance,
            deadline: Deadline { revision, ..deadline },
        });
    }
}

/// What is asked of several deadlines is asked of each once.
fn distinct(names: &[DeadlineName]) -> Result<Vec<&DeadlineName>, Rejection> {
    let known: BTreeSet<&DeadlineName> = names.iter().collect();
    if names.is_empty() || known.len() < names.len() {
        let why = Text::new("Bitte jede Frist einmal nennen.", "Please name each deadline once.");
        return Err(refused(DeadlineRefusal::Invalid { why }));
    }
    Ok(names.iter().collect())
}

/// The norm that somebody names, if they do.
pub fn norm_said(norm: Option<&Arc<str>>) -> Result<Option<&Arc<str>>, Rejection> {
    let norm = norm.filter(|norm| !norm.trim().is_empty());
    if norm.is_some_and(|norm| norm.chars().count() > MAX_NORM) {
        let why = Text::new(
            format!("Die Rechtsgrundlage hat mehr als {MAX_NORM} Zeichen."),
            format!("The norm has more than {MAX_NORM} characters."),
        );
        return Err(refused(DeadlineRefusal::Invalid { why }));
    }
    Ok(norm)
}

fn not_statutory(deadline: &Deadline) -> Result<(), Rejection> {
    if deadline.statutory && !planted(Fault::LawIsExtended) {
        return Err(refused(DeadlineRefusal::Statutory { title: deadline.title.clone() }));
    }
    Ok(())
}

fn running(deadline: &Deadline) -> Result<&DeadlineRun, Rejection> {
    deadline.run.as_ref().ok_or(refused(match deadline.suspended {
        Some(_) => DeadlineRefusal::Suspended,
        None => DeadlineRefusal::NotRunning,
    }))
}

/// A deadline stops while it runs, and no day is left out twice. One that begins only later, because its letter still
/// counts as being on its way, can be stopped before: of it no day is counted at all (§ 209 BGB by analogy).
fn check_since(
    since: Date,
    run: &DeadlineRun,
    stopped_until: Option<Date>,
    today: Date,
) -> Result<(), Rejection> {
    let first = match stopped_until {
        Some(day) => day.tomorrow().unwrap_or(day),
        None if run.start > today => today,
        None => run.start,
    };
    if (first..=run.end).contains(&since) {
        return Ok(());
    }
    let (since, first, end) = (day_text(since), day_text(first), day_text(run.end));
    let why = Text::new(
        format!("Diese Frist läuft von {} bis {}; ab {} kann sie nicht ruhen.", first.de, end.de, since.de),
        format!("This deadline runs from {} to {}; it cannot stop on {}.", first.en, end.en, since.en),
    );
    Err(refused(DeadlineRefusal::Invalid { why }))
}

//! A period at whose end silence grants something is extended by a letter, once, and only when that tells it before the end.
//!
//! Every such letter is kept among the changes of the deadline; whether it holds is reckoned from what is known of its receipt
//! and of the end before it, so a proof or another begin turns it round either way.

use std::sync::Arc;

use fachwerk_deadlines::{Extension, Period};

use super::{
    deadline_set::deadline_trouble,
    turn::{Deciding, trouble},
    values::Standpoint,
};
use crate::{
    case::{Case, Clock},
    definition::{DeadlineKind, Dynamic, ExtensionKind, Release, TriggerKind},
    event::{Because, ChangeReason, Deadline, DeadlineChange, DeadlineName, Document, Event, Trouble},
    words::{Date, InstanceId, StepPath, Text, Value, day_text},
};

fn clock_kind<'a>(release: &'a Release, clock: &Clock) -> Option<&'a DeadlineKind> {
    match &release.handler(clock.step.as_ref(), &clock.deadline.name)?.0.trigger {
        TriggerKind::Deadline(kind) => Some(kind),
        _ => None,
    }
}

pub fn clocks_extended_by<'a>(
    release: &'a Release,
    case: &Case,
    document: &Document,
) -> Vec<(InstanceId, Arc<Clock>, &'a ExtensionKind)> {
    let Some(made_by) = &document.step else { return Vec::new() };
    let of = |clock: &Clock| {
        let extension = clock_kind(release, clock)?.fiction.as_ref()?.extension.as_ref()?;
        let here = clock.step.as_ref().is_none_or(|step| release.same_rounds(made_by, step));
        (here && extension.letter.address() == made_by.address()).then_some(extension)
    };
    case.clocks.iter().filter_map(|(id, clock)| Some((*id, clock.clone(), of(clock)?))).collect()
}

impl<'a> Deciding<'a> {
    /// The definition of a clock, also when its step is gone.
    pub fn clock_kind(&self, clock: &Clock) -> Option<&'a DeadlineKind> {
        clock_kind(self.release, clock)
    }

    /// The clocks that a letter of a step extends.
    pub fn clocks_extended_by(
        &self,
        document: &Document,
    ) -> Vec<(InstanceId, Arc<Clock>, &'a ExtensionKind)> {
        clocks_extended_by(self.release, &self.case, document)
    }

    /// A letter has left, was received on another day than was presumed, or did not arrive: what it extends ends later only if
    /// it was told before the end.
    pub fn extension_told(&mut self, number: u32, because: &Because) {
        let Some(document) = self.case.documents.get(&number).cloned() else { return };
        // The step may have waited before, about something else.
        for (id, clock, extension) in self.clocks_extended_by(&document).into_iter().rev().take(1) {
            if let Err(trouble) = self.told_of((id, &clock), extension, &document, because) {
                self.stuck(None, *trouble);
            }
        }
    }

    fn told_of(
        &mut self,
        (id, clock): (InstanceId, &Clock),
        extension: &ExtensionKind,
        document: &Document,
        because: &Because,
    ) -> Result<(), Box<Trouble>> {
        let waited_for = self.case.is_waited_for(id, clock);
        let before = clock.deadline.clone();
        if before.changes.iter().any(|change| change.told_by() == Some(document.number)) {
            let now = before.basis.as_ref().map(|basis| self.end_of(basis, &before.changes));
            let same = now.is_none_or(|now| now.ok().flatten() == clock.end());
            match (same, waited_for) {
                (true, _) => {}
                (false, true) => self.recompute(id, before, because.clone()),
                (false, false) => self.follow_clock(id, before, because),
            }
            return Ok(());
        }
        let Some(end) = clock.end() else { return Ok(()) };
        let title = before.title.clone();
        let allowed = clock.fiction().and_then(|fiction| fiction.extension.clone());
        let Some(norm) = allowed.filter(|_| !before.extended) else {
            return Err(not_extendable(&extension.letter, &title, end, before.extended));
        };
        let (change, said) = self.extension_said((id, clock), extension, (document, norm))?;
        let mut deadline = before.clone();
        deadline.changes.push(change);
        if !waited_for {
            self.follow_clock(id, deadline.clone(), because);
        } else {
            let deadline = self
                .folded(deadline)
                .map_err(|error| deadline_trouble(&error, Some(&extension.letter), &title))?;
            let name = DeadlineName { instance: id, name: deadline.name.clone() };
            if deadline.extended {
                self.record(Event::DeadlineExtended { deadline: name.clone(), because: said });
            }
            self.set_anew(&name, deadline);
        }
        let holds = self.case.clocks.get(&id).is_some_and(|clock| clock.deadline.extended);
        match self.told_on(document.number).filter(|_| !holds) {
            Some(told) => {
                Err(told_too_late(&extension.letter, (&title, &document.content.title), (told, end)))
            }
            None => Ok(()),
        }
    }

    /// By how long and why a letter extends, as its process says.
    fn extension_said(
        &self,
        (id, clock): (InstanceId, &Clock),
        extension: &ExtensionKind,
        (document, norm): (&Document, Arc<str>),
    ) -> Result<(DeadlineChange, ChangeReason), Box<Trouble>> {
        let said = |what: &Dynamic| match what {
            // Where the step is gone, the rule sees what it saw there.
            Dynamic::Rule(rule) if self.case.instance(id).is_none() => {
                let rounds = clock.step.as_ref().map(StepPath::rounds).unwrap_or_default();
                let from = Standpoint::at(&self.case, None, rule.frame).in_rounds(&rounds);
                Ok(rule.compiled.eval(&self.sight_from(&from).vars()).unwrap_or(Value::Null))
            }
            what => self.value(id, what),
        };
        let (by, reason) = (said(&extension.by)?, said(&extension.reason)?);
        let period = by.as_str().and_then(|text| Period::parse(text).ok());
        let period = period.filter(|period| !matches!(period, Period::Hours(_)));
        let reason = reason.as_str().map(str::trim).filter(|reason| !reason.is_empty());
        let sent_by = document.dispatch.as_ref().and_then(|dispatch| dispatch.by.clone());
        let person = self.facts.actor.person().cloned().or(sent_by);
        let (Some(period), Some(reason), Some(person)) = (period, reason, person) else {
            return Err(not_said(&extension.letter, &clock.deadline.title, &by));
        };
        let because = ChangeReason { by: person, reason: reason.into(), norm: Some(norm) };
        let (by, decided) = (Extension::By(period), self.decided(&because));
        Ok((DeadlineChange::Extended { by, decided, told_by: Some(document.number) }, because))
    }

    /// An extension that held does not any more, by what is known now.
    pub fn tell_of_extension(&mut self, before: &Deadline, after: &Deadline) {
        if before.fiction.is_none() || !before.extended || after.extended {
            return;
        }
        let letters = after.changes.iter().filter_map(DeadlineChange::told_by);
        let told: Vec<(u32, Option<Date>)> = letters.map(|letter| (letter, self.told_on(letter))).collect();
        let Some((letter, told)) = told.into_iter().next() else { return };
        let Some(document) = self.case.documents.get(&letter).cloned() else { return };
        let Some(end) = after.run.as_ref().map(|run| run.end) else { return };
        let step = document.step.clone().unwrap_or_else(|| StepPath::from(""));
        let about = (&after.title, &document.content.title);
        let trouble = match told {
            Some(told) => told_too_late(&step, about, (told, end)),
            None => never_told(&step, about, end),
        };
        self.stuck(None, *trouble);
    }
}

fn never_told(step: &StepPath, (title, letter): (&Text, &Arc<str>), end: Date) -> Box<Trouble> {
    let end = day_text(end);
    trouble(
        "extension_told_too_late",
        Some(step),
        Text::new(
            format!(
                "Die Frist „{}“ ist nicht verlängert: Das Schreiben „{letter}“ ist nicht angekommen; sie endet am {}. Eine Verlängerung, die nicht vorher mitgeteilt ist, hilft nicht (§ 42a Abs. 2 Satz 4 VwVfG).",
                title.de, end.de
            ),
            format!(
                "The deadline `{}` is not extended: the letter `{letter}` did not arrive; it ends on {}. An extension that is not told before does not help (§ 42a II 4 VwVfG).",
                title.en, end.en
            ),
        ),
        Text::new(
            "Bis zum Ende der Frist entscheiden und bekannt geben. Danach „Wiederholen“, um die Störung abzuschließen.",
            "Decide and notify before the end. Then retry, to settle the incident.",
        ),
        Value::Null,
    )
}

fn told_too_late(
    step: &StepPath,
    (title, letter): (&Text, &Arc<str>),
    (told, end): (Date, Date),
) -> Box<Trouble> {
    let (told, end) = (day_text(told), day_text(end));
    trouble(
        "extension_told_too_late",
        Some(step),
        Text::new(
            format!(
                "Die Frist „{}“ ist nicht verlängert: Das Schreiben „{letter}“ gilt erst am {} als mitgeteilt, sie endet aber am {}. Eine Verlängerung, die nicht vorher mitgeteilt ist, hilft nicht (§ 42a Abs. 2 Satz 4 VwVfG).",
                title.de, told.de, end.de
            ),
            format!(
                "The deadline `{}` is not extended: the letter `{letter}` counts as told on {} only, but it ends on {}. An extension that is not told before does not help (§ 42a II 4 VwVfG).",
                title.en, told.en, end.en
            ),
        ),
        Text::new(
            "Bis zum Ende der Frist entscheiden und bekannt geben. Ist nachgewiesen, dass das Schreiben vorher zugegangen ist: den Zugang vermerken, dann gilt die Verlängerung. Danach „Wiederholen“, um die Störung abzuschließen.",
            "Decide and notify before the end. If it is proven that the letter was received before: record the receipt, and the extension holds. Then retry, to settle the incident.",
        ),
        Value::Null,
    )
}

fn not_extendable(step: &StepPath, title: &Text, end: Date, already: bool) -> Box<Trouble> {
    let end = day_text(end);
    let (why_de, why_en) = match already {
        true => ("sie ist schon einmal verlängert", "it was extended once already"),
        false => ("nach den Rechtsdaten ist das nicht möglich", "by the legal data that is not possible"),
    };
    trouble(
        "extension_not_possible",
        Some(step),
        Text::new(
            format!(
                "Die Frist „{}“ wird durch das Schreiben nicht verlängert: {why_de}. Sie endet am {}.",
                title.de, end.de
            ),
            format!(
                "The letter does not extend the deadline `{}`: {why_en}. It ends on {}.",
                title.en, end.en
            ),
        ),
        Text::new(
            "Bis zum Ende der Frist entscheiden und bekannt geben. Danach „Wiederholen“, um die Störung abzuschließen.",
            "Decide and notify before the end. Then retry, to settle the incident.",
        ),
        Value::Null,
    )
}

fn not_said(step: &StepPath, title: &Text, said: &Value) -> Box<Trouble> {
    trouble(
        "extension_unsaid",
        Some(step),
        Text::new(
            format!(
                "Die Frist „{}“ ist nicht verlängert: Um wie lange oder warum, steht nicht da ({said}).",
                title.de
            ),
            format!("The deadline `{}` is not extended: by how long or why is not said ({said}).", title.en),
        ),
        Text::new(
            "Die Angaben zur Verlängerung prüfen und das Schreiben noch einmal mit Grund und Dauer mitteilen.",
            "Check what was said of the extension, and tell it once more with reason and length.",
        ),
        Value::Null,
    )
}

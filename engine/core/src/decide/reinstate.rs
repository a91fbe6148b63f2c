//! What was missed may be made up for: restoration (Wiedereinsetzung, § 32 VwVfG, §§ 60, 70 VwGO, § 110 AO), or a period
//! that the authority had set and extends though it is over (§ 31 Abs. 7 Satz 2 VwVfG).
//!
//! That somebody was kept from it without fault is decided by people; the limits of the law are checked here. What a deadline
//! began when it passed is never undone by itself.

use std::sync::Arc;

use fachwerk_deadlines::{
    Language, Law, NotificationLaw, RestorationInput, RestorationMissed, Sentence, restoration,
};
use serde_json::json;

use super::{
    DeadlineRefusal, Rejection,
    back::may_go_back,
    correct::check_reason,
    deadline_change::norm_said,
    turn::{Deciding, trouble},
};
use crate::{
    act::{Act, RemedyKind},
    case::{Instance, Passed},
    definition::{DeadlineKind, Kind, Statutory, TriggerKind},
    event::{
        Because, ChangeReason, Deadline, DeadlineChange, DeadlineRecomputed, Event, Grounds, Missed,
        Reinstated,
    },
    law::LawUsed,
    words::{Date, InstanceId, StepPath, Text, day_text},
};

/// The limits that were looked at.
struct Limits {
    until: Date,
    law: Option<LawUsed>,
    derivation: Vec<Sentence>,
}

impl Deciding<'_> {
    /// Somebody may make up for what they missed.
    pub fn reinstate(
        &mut self,
        missed: &Missed,
        grounds: &Grounds,
        (reason, norm): (&Arc<str>, Option<&Arc<str>>),
    ) -> Result<(), Rejection> {
        match missed {
            Missed::Remedy { act, party } => self.reinstate_remedy((*act, *party), grounds, (reason, norm)),
            Missed::Deadline { step, name } => self.reinstate_deadline((step, name), grounds, (reason, norm)),
        }
    }

    /// A remedy that came late counts as in time, so the act is not final. The period outlives the case.
    fn reinstate_remedy(
        &mut self,
        (number, party): (u32, u32),
        grounds: &Grounds,
        (reason, norm): (&Arc<str>, Option<&Arc<str>>),
    ) -> Result<(), Rejection> {
        let by = self.facts.actor.person().cloned().ok_or(Rejection::PersonNeeded)?;
        self.need_part_in_process()?;
        if !self.corrects() {
            return Err(Rejection::CorrectionNotAllowed);
        }
        self.need_room()?;
        check_reason(reason)?;
        let act = self.case.acts.get(&number).cloned().ok_or(Rejection::ActUnknown)?;
        let addressed = act.addressees.get(&party).ok_or(Rejection::PartyUnknown)?;
        let run = self.case.remedy_run(&act, party).map(|run| run.end);
        let (Some(late), Some(end)) = (addressed.late_remedy(), run) else {
            return Err(refused(
                "Es ist kein Rechtsbehelf vermerkt, der verspätet wäre. Erst den Rechtsbehelf mit dem Tag seines Eingangs vermerken.",
                "No remedy is recorded that was late. Record the remedy with its day of receipt first.",
            ));
        };
        if late.kind == RemedyKind::Action {
            return Err(refused(
                "Über die Wiedereinsetzung in die Klagefrist entscheidet das Gericht, nicht die Behörde (§ 60 Abs. 4 VwGO). Gewährt das Gericht sie, das als Notiz zur Akte nehmen und den Bescheid nicht vollziehen.",
                "On restoration into the period for an action the court decides, not the authority (§ 60 IV VwGO). If the court grants it, note that in the file, and do not enforce the act.",
            ));
        }
        let Grounds::Restoration { .. } = grounds else {
            return Err(refused(
                "Eine Rechtsbehelfsfrist bestimmt das Gesetz; verlängern kann die Behörde sie nicht, auch nicht rückwirkend.",
                "A period for a remedy is set by law; the authority cannot extend it, not even afterwards.",
            ));
        };
        let (name, reckoned_by) = self.law_of_remedy(&act);
        let limits = self.limits(grounds, (name, reckoned_by), end)?;
        if late.received_on > limits.until {
            return Err(made_up_too_late(late.received_on, limits.until));
        }
        let title = act.issued.as_ref().map(|issued| issued.content.title.clone()).unwrap_or_default();
        let because = self.reinstating(by, (reason, norm), &limits)?;
        self.record_reinstated(Missed::Remedy { act: number, party }, title, grounds, limits, because);
        Ok(())
    }

    /// A deadline that has passed runs again until it is made up for: where it belonged to, or at the step that the case goes
    /// back to. A period that the authority extends ends later also where there is no way back.
    fn reinstate_deadline(
        &mut self,
        (step, name): (&StepPath, &Arc<str>),
        grounds: &Grounds,
        (reason, norm): (&Arc<str>, Option<&Arc<str>>),
    ) -> Result<(), Rejection> {
        let by = self.may_correct(reason)?;
        let passed = self.case.passed.iter().find(|passed| passed.is(step, name)).cloned();
        let passed = passed.ok_or_else(not_passed)?;
        let trigger = self.release.handler(passed.step.as_ref(), name).map(|(handler, _)| &handler.trigger);
        let Some(TriggerKind::Deadline(kind)) = trigger else { return Err(not_passed()) };
        if kind.fiction.is_some() {
            return Err(refused(
                "Diese Frist galt der Behörde. Mit ihrem Ende gilt die Genehmigung als erteilt; das lässt sich nicht nachholen, möglich sind nur §§ 48, 49 VwVfG.",
                "This period was the authority's. With its end the permit counts as granted; that cannot be made up for, only §§ 48, 49 VwVfG are possible.",
            ));
        }
        let limits = match grounds {
            Grounds::Restoration { .. } if kind.of_authority => {
                return Err(refused(
                    "Diese Frist galt der Behörde. Wiedereinsetzung erhält nur, wer am Verfahren beteiligt ist.",
                    "This period was the authority's. Only whoever takes part in the procedure is granted restoration.",
                ));
            }
            Grounds::Restoration { .. } => {
                let law = self.release.law.law();
                self.limits(grounds, (law.code(), law), passed.end)?
            }
            Grounds::Extension { until } => {
                may_extend_what_is_over(kind, &passed, *until)?;
                Limits { until: *until, law: None, derivation: Vec::new() }
            }
        };
        let (waits, back) = (self.still_waits(&passed), self.way_back(step));
        let restored = matches!(grounds, Grounds::Restoration { .. });
        if waits.is_none() && back.is_none() && restored {
            return Err(refused(
                "Von dem Stand, den der Vorgang jetzt hat, führt kein Weg zu dem Schritt zurück, der gewartet hat.",
                "From where the case is now there is no way back to the step that waited.",
            ));
        }
        let until = limits.until;
        let because = self.reinstating(by, (reason, norm), &limits)?;
        let change = DeadlineChange::Reinstated { until, restored, decided: self.decided(&because) };
        let missed = Missed::Deadline { step: step.clone(), name: name.clone() };
        self.record_reinstated(missed, passed.title.clone(), grounds, limits, because.clone());
        match (waits, back) {
            (Some(instance), _) => {
                self.set_or_stick(instance, name, kind);
                self.make_up(instance, &passed, change);
                let began = self.step_of(instance).is_none_or(|step| !self.is_wait(&step));
                if began {
                    self.tell_of_extended(&passed, (until, &because), true);
                }
            }
            (None, Some(active)) => {
                let target = self.release.find(step).map(|step| step.id.clone()).ok_or_else(not_passed)?;
                self.move_to(active, &target, reason)?;
                self.work();
                let waiting = self.case.instances.iter().rev().find(|(_, it)| it.step.as_ref() == Some(step));
                if let Some(instance) = waiting.map(|(id, _)| *id) {
                    self.make_up(instance, &passed, change);
                }
            }
            (None, None) => self.tell_of_extended(&passed, (until, &because), false),
        }
        Ok(())
    }

    /// Where a deadline that has passed is waited for still: it does not interrupt what goes on, or nothing reacted.
    fn still_waits(&self, passed: &Passed) -> Option<InstanceId> {
        let waits = |it: &Instance| it.waits.iter().any(|wait| wait.name == passed.name);
        let here = |it: &Instance| it.step == passed.step && waits(it);
        self.case.instances.iter().rev().find(|(_, it)| here(it)).map(|(id, _)| *id)
    }

    fn is_wait(&self, step: &StepPath) -> bool {
        self.release.find(step).is_some_and(|step| matches!(step.kind, Kind::Wait(_)))
    }

    /// The case has gone on from a deadline that ends later now: what came of that stays, and people must look.
    fn tell_of_extended(&mut self, passed: &Passed, (until, because): (Date, &ChangeReason), again: bool) {
        let (title, end, until) = (&passed.title, day_text(passed.end), day_text(until));
        let norm = because.norm.as_deref().unwrap_or_default();
        let (de, en) = match again {
            true => (
                "Was das Verfahren bei ihrem Ablauf begonnen hat, läuft weiter; endet sie erneut, geschieht es noch einmal.",
                "What the process began when it passed goes on; when it ends again, that happens once more.",
            ),
            false => (
                "Der Vorgang ist aber schon weitergegangen, und kein Weg führt zurück: Was seitdem geschehen ist, bleibt bestehen, und auf ihr Ende wartet niemand mehr.",
                "But the case has gone on, and there is no way back: what has happened since stays, and nobody waits for its end any more.",
            ),
        };
        let incident = trouble(
            "extended_after_passing",
            passed.step.as_ref(),
            Text::new(
                format!(
                    "Die Frist „{}“ (letzter Tag bisher: {}) endet rückwirkend erst am {} ({norm}). {de}",
                    title.de, end.de, until.de
                ),
                format!(
                    "The deadline `{}` (last day until now: {}) ends on {} only, with effect for the past ({norm}). {en}",
                    title.en, end.en, until.en
                ),
            ),
            Text::new(
                "Prüfen, was auf den Ablauf gestützt ist (Schreiben, Bescheid, offene Schritte), und es von Hand berichtigen: Schritte überspringen, zurückgehen, einen Bescheid nach §§ 48, 49 VwVfG aufheben. Rückgängig gemacht wird nichts von selbst. Danach „Wiederholen“, um die Störung abzuschließen.",
                "Check what rests on its having passed (letters, an act, open steps), and correct it by hand: skip steps, go back, withdraw an act by §§ 48, 49 VwVfG. Nothing is undone by itself. Then retry, to settle the incident.",
            ),
            json!({ "deadline": passed.name }),
        );
        self.stuck(None, *incident);
    }

    /// The deadline of a step that waits again runs as it did, and until the day on which it can be made up for.
    fn make_up(&mut self, instance: InstanceId, passed: &Passed, change: DeadlineChange) {
        let set = self.case.instance(instance).and_then(|it| it.deadlines.get(&passed.name));
        let Some(mut deadline) = set.map(|deadline| (**deadline).clone()) else { return };
        if let Some(reckoned) = &passed.reckoned {
            let (basis, changes) = (Some(reckoned.basis.clone()), reckoned.changes.clone());
            deadline = Deadline { basis, changes, ..deadline };
        }
        deadline.changes.push(change);
        let because = Because::Reinstated;
        match self.recomputed(deadline, &because, Some(passed.end)) {
            Ok(deadline) => {
                let anew = DeadlineRecomputed { instance, deadline, because };
                self.record(Event::DeadlineRecomputed(Box::new(anew)));
            }
            Err(trouble) => return self.stuck(Some(instance), *trouble),
        }
        self.take_what_is_there(instance);
    }

    fn record_reinstated(
        &mut self,
        missed: Missed,
        title: Text,
        grounds: &Grounds,
        limits: Limits,
        because: ChangeReason,
    ) {
        let Limits { until, law, derivation } = limits;
        let grounds = grounds.clone();
        let what = Reinstated { missed, title, grounds, until, law, derivation, because };
        self.record(Event::Reinstated(Box::new(what)));
    }

    /// The limits of the law, when they are kept.
    fn limits(
        &self,
        grounds: &Grounds,
        (name, reckoned_by): (&str, Law),
        missed: Date,
    ) -> Result<Limits, Rejection> {
        let Grounds::Restoration { obstacle_ended_on, applied_on, force_majeure } = *grounds else {
            return Err(not_passed());
        };
        for day in [obstacle_ended_on, applied_on] {
            if day > self.facts.today {
                return Err(Rejection::DayInFuture { day });
            }
        }
        let row = self.facts.law.restorations.of(name, self.facts.today).ok_or_else(|| {
            refused(
                "Zur Wiedereinsetzung in Fristen dieses Gesetzes sind keine Rechtsdaten hinterlegt (building-blocks/law/periods.yaml).",
                "There are no legal data on restoration into periods of this law (building-blocks/law/periods.yaml).",
            )
        })?;
        let norm = row.norm.as_deref().unwrap_or_default().to_owned();
        let input = RestorationInput {
            law: reckoned_by,
            missed,
            obstacle_ended_on,
            applied_on,
            within: (row.what.within, norm.clone()),
            at_most: (row.what.at_most, row.what.limit_norm.to_string()),
            force_majeure,
        };
        let found = restoration(&input, &self.facts.calendar).map_err(|error| {
            let why = Text::new(error.text(Language::De), error.text(Language::En));
            Rejection::Deadline(DeadlineRefusal::NotReinstated { why })
        })?;
        let on = day_text(applied_on);
        match found.kept {
            Ok(()) => {}
            Err(RestorationMissed::TooLate) => {
                let until = day_text(found.until);
                return Err(refused(
                    &format!(
                        "Die Wiedereinsetzung konnte bis {} beantragt und die Handlung bis dahin nachgeholt werden ({norm}); das geschah erst am {}.",
                        until.de, on.de
                    ),
                    &format!(
                        "Restoration could be applied for by {}, and the act be made up for by then ({norm}); that was done on {} only.",
                        until.en, on.en
                    ),
                ));
            }
            Err(RestorationMissed::Excluded) => {
                let (limit, norm) = (day_text(found.limit), &row.what.limit_norm);
                return Err(refused(
                    &format!(
                        "Seit {} ist die Wiedereinsetzung ausgeschlossen, außer bei höherer Gewalt ({norm}); der Antrag kam erst am {}.",
                        limit.de, on.de
                    ),
                    &format!(
                        "Since {} restoration is excluded, except for force majeure ({norm}); it was applied for on {} only.",
                        limit.en, on.en
                    ),
                ));
            }
        }
        Ok(Limits { until: found.until, law: Some(row.used("restorations")), derivation: found.derivation })
    }

    /// The active instance from which one may go back to a step, the newest first.
    fn way_back(&self, step: &StepPath) -> Option<InstanceId> {
        let target = self.release.index_of(step)?;
        let active = self.case.instances.keys().rev().copied();
        active.into_iter().find(|id| {
            let here = self.case.instance(*id).and_then(|it| it.step.as_ref());
            let beside = here.is_some_and(|here| self.release.same_rounds(here, step));
            beside && may_go_back(self.release, &self.case, *id, target).is_ok()
        })
    }

    /// Whose restoration applies to the period for a remedy: that of the procedure in which the law gives a remedy against
    /// such an act. How it was notified says nothing of that: a tax of a municipality is notified by the AO, and objected to
    /// by the VwGO.
    fn law_of_remedy(&self, act: &Act) -> (&'static str, Law) {
        let content = act.issued.as_ref().map(|issued| &issued.content);
        let rows = content.and_then(|content| content.remedy.as_ref()).map(|remedy| &remedy.law);
        let period = rows.and_then(|rows| rows.iter().find(|row| &*row.table == "periods"));
        let said = period.and_then(|row| row.id.split_once('-')).map(|(law, _)| law.to_ascii_uppercase());
        let procedure = said.or_else(|| {
            let (kind, on) = (self.release.acts.get(&act.kind)?, act.issued.as_ref()?.on);
            let asked = kind.asks_for_remedy(&self.facts.local.profile, on, "");
            self.facts.law.remedies.procedure(&asked).map(str::to_ascii_uppercase)
        });
        match (procedure.as_deref(), content.map(|content| content.notification)) {
            (Some("AO"), _) => ("AO", Law::AO),
            (Some("SGG"), _) | (None, Some(NotificationLaw::SgbX)) => ("SGG", Law::SgbX),
            _ => ("VwGO", Law::VwGO),
        }
    }

    fn reinstating(
        &self,
        by: crate::words::PersonId,
        (reason, norm): (&Arc<str>, Option<&Arc<str>>),
        limits: &Limits,
    ) -> Result<ChangeReason, Rejection> {
        let norm = norm_said(norm)?.cloned().or_else(|| match &limits.law {
            Some(law) => law.norm.clone(),
            None => Some(extension_afterwards(self.release.law).into()),
        });
        Ok(ChangeReason { by, reason: reason.clone(), norm })
    }
}

/// What the authority had set it may extend though it is over, to a day behind its end.
fn may_extend_what_is_over(kind: &DeadlineKind, passed: &Passed, until: Date) -> Result<(), Rejection> {
    if kind.statutory != Statutory::No {
        return Err(Rejection::Deadline(DeadlineRefusal::Statutory { title: passed.title.clone() }));
    }
    if until <= passed.end {
        let (until, end) = (day_text(until), day_text(passed.end));
        return Err(refused(
            &format!("Das neue Ende {} liegt nicht nach dem bisherigen ({}).", until.de, end.de),
            &format!("The new end {} does not lie after the old one ({}).", until.en, end.en),
        ));
    }
    Ok(())
}

/// Where it is written that what the authority had set can be extended though it is over.
fn extension_afterwards(law: NotificationLaw) -> &'static str {
    match law {
        NotificationLaw::VwVfG => "§ 31 Abs. 7 Satz 2 VwVfG",
        NotificationLaw::AO => "§ 109 Abs. 1 Satz 2 AO",
        NotificationLaw::SgbX => "§ 26 Abs. 7 Satz 2 SGB X",
    }
}

fn refused(de: &str, en: &str) -> Rejection {
    Rejection::Deadline(DeadlineRefusal::NotReinstated { why: Text::new(de, en) })
}

fn not_passed() -> Rejection {
    refused("Hier ist keine solche Frist abgelaufen.", "No such deadline has passed here.")
}

fn made_up_too_late(received: Date, until: Date) -> Rejection {
    let (received, until) = (day_text(received), day_text(until));
    refused(
        &format!(
            "Der Rechtsbehelf ist erst am {} eingegangen; nachzuholen war er bis {}.",
            received.de, until.de
        ),
        &format!("The remedy came in on {} only; it was to be made up for by {}.", received.en, until.en),
    )
}

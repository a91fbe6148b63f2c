//! What is known of a dispatch changes: proof comes of when a letter was received, somebody corrects what was noted, or the
//! calendar or the law changes by which it counts as notified. What runs from the notification follows.

use std::sync::Arc;

use fachwerk_deadlines::{Names, Way};
use serde_json::json;

use super::{
    Rejection,
    correct::check_reason,
    turn::{Deciding, trouble},
};
use crate::{
    event::{Because, ChangeReason, Dispatch, DispatchChanged, Document, Event, LawChanged},
    words::{Date, Text, day_text},
};

/// A day off that was one before: nobody reads what it was called.
fn nameless() -> Names {
    Names { de: String::new(), en: String::new() }
}

impl Deciding<'_> {
    /// A person notes when a letter was received, as is proven. A receipt later than the law presumes moves the day of
    /// notification, and with it the periods that run from it. One that was thought not to have arrived has notified, and so
    /// has one whose proof was waited for.
    pub fn record_receipt(&mut self, number: u32, on: Date) -> Result<(), Rejection> {
        self.need_part_in_process()?;
        let document = self.outgoing(number)?;
        let Some(was) = document.dispatch.clone() else { return Err(Rejection::NotDispatched) };
        if was.proven_receipt.is_some() {
            return Err(Rejection::ReceiptRecordedAlready);
        }
        if on > self.facts.today {
            return Err(Rejection::DayInFuture { day: on });
        }
        let now = self.dispatch_by_law(number, (was.on, was.way, Some(on)))?;
        let now = Dispatch { by: was.by.clone(), ..now };
        let because = Because::Receipt { document: number };
        let event = Event::ReceiptRecorded { document: number, dispatch: now.clone() };
        self.change_dispatch((number, &document), (&was, &now), event, &because);
        Ok(())
    }

    /// Somebody corrects the day, the way or the receipt that were noted. Also when the case has ended: the periods go on.
    pub fn correct_dispatch(
        &mut self,
        number: u32,
        (on, way, proven_receipt): (Date, Way, Option<Date>),
        reason: &Arc<str>,
    ) -> Result<(), Rejection> {
        let by = self.facts.actor.person().cloned().ok_or(Rejection::PersonNeeded)?;
        if !self.corrects() {
            return Err(Rejection::CorrectionNotAllowed);
        }
        check_reason(reason)?;
        let document = self.outgoing(number)?;
        let Some(was) = document.dispatch.clone() else { return Err(Rejection::NotDispatched) };
        self.check_days(&document, (on, proven_receipt))?;
        if (was.on, was.way, was.proven_receipt) == (on, way, proven_receipt) {
            return Err(Rejection::DispatchInvalid {
                why: Text::new(
                    "So ist der Versand schon vermerkt; es gibt nichts zu berichtigen.",
                    "The dispatch is recorded like that already; there is nothing to correct.",
                ),
            });
        }
        let now = self.dispatch_by_law(number, (on, way, proven_receipt))?;
        let not_arrived = was.not_arrived && proven_receipt.is_none();
        let now = Dispatch { not_arrived, leaves_anew: was.leaves_anew && not_arrived, ..now };
        let because = Because::Dispatch { document: number };
        let corrected = Some(ChangeReason { by, reason: reason.clone(), norm: None });
        let (dispatch, why) = (now.clone(), because.clone());
        let changed = DispatchChanged { document: number, dispatch, because: why, corrected };
        let event = Event::DispatchChanged(Box::new(changed));
        self.change_dispatch((number, &document), (&was, &now), event, &because);
        Ok(())
    }

    /// The calendar or the legal data have changed: letters count as notified on the day that they say now.
    pub fn follow_law_of_letters(&mut self, changed: &LawChanged) {
        let letters: Vec<(u32, Arc<Document>)> = self
            .case
            .documents
            .iter()
            // Nothing runs from what no step has made.
            .filter(|(_, document)| document.step.is_some())
            .map(|(number, document)| (*number, document.clone()))
            .collect();
        for (number, document) in letters {
            let Some(was) = document.dispatch.clone().filter(Dispatch::notifies) else { continue };
            let sent = (was.on, was.way, was.proven_receipt);
            let Ok(now) = self.dispatch_by_law(number, sent) else { continue };
            if !self.rests_on_todays_law((number, &document), (&was, &now), changed) {
                continue;
            }
            let last = was.notified_on.max(now.notified_on).unwrap_or(was.on);
            let Some(because) = changed.because(was.on, last).filter(|_| now.days() != was.days()) else {
                continue;
            };
            let now = Dispatch { by: was.by.clone(), ..now };
            let (dispatch, why) = (now.clone(), because.clone());
            let changed = DispatchChanged { document: number, dispatch, because: why, corrected: None };
            let event = Event::DispatchChanged(Box::new(changed));
            self.change_dispatch((number, &document), (&was, &now), event, &because);
        }
    }

    /// Where days off alone have changed, the law must be that by which the letter was notified: rows of the authority do not
    /// touch what is notified already. By another law nobody knows what the day off does; somebody must look if it may do
    /// something.
    fn rests_on_todays_law(
        &mut self,
        (number, document): (u32, &Document),
        (was, now): (&Dispatch, &Dispatch),
        changed: &LawChanged,
    ) -> bool {
        if changed.norms.is_some() || changed.place {
            return true;
        }
        let calendar = changed.days.iter().fold(self.facts.calendar.clone(), |calendar, it| match it.off {
            true => calendar.without_extra(it.day),
            false => calendar.with_extra(it.day, nameless(), None),
        });
        let before = self.dispatch_by_calendar(number, (was.on, was.way, was.proven_receipt), &calendar);
        let Ok(before) = before else { return true };
        if before.days() == was.days() {
            return true;
        }
        let moves = before.days() != now.days() && self.case.is_open();
        let last = was.notified_on.max(now.notified_on).unwrap_or(was.on);
        if let (true, Some(because), Some(on)) = (moves, changed.because(was.on, last), was.notified_on) {
            let (on, why, letter) = (day_text(on), self.because(&because), &document.content.title);
            let incident = trouble(
                "notified_by_older_law",
                document.step.as_ref(),
                Text::new(
                    format!(
                        "Das Schreiben „{letter}“ gilt nach den Rechtsdaten, die bei seinem Versand hinterlegt waren, am {} als bekannt gegeben. Es ist nicht neu berechnet, obwohl {}: Die Rechtsdaten sind seither geändert worden.",
                        on.de, why.de
                    ),
                    format!(
                        "By the legal data that were stored when it was sent, the letter `{letter}` counts as notified on {}. It is not reckoned anew although {}: the legal data were changed since.",
                        on.en, why.en
                    ),
                ),
                Text::new(
                    "Prüfen, ob sich der Tag der Bekanntgabe nach dem damaligen Recht verschiebt, und die Fristen gegebenenfalls verlängern. Danach „Wiederholen“, um die Störung abzuschließen.",
                    "Check whether the day of notification moves by the law of then, and extend the deadlines if so. Then retry, to settle the incident.",
                ),
                json!({ "document": number }),
            );
            self.stuck(None, *incident);
        }
        false
    }

    /// Other things are known of a dispatch than before: what runs from the notification follows, and what has run out is told
    /// of.
    fn change_dispatch(
        &mut self,
        (number, document): (u32, &Document),
        (was, now): (&Dispatch, &Dispatch),
        event: Event,
        because: &Because,
    ) {
        let (before, counted) = (self.runs_from(number), self.counts(number));
        let acts = self.case.acts_of_document(number);
        let ends: Vec<Option<Date>> = acts.iter().map(|(act, party)| self.remedy_end(*act, *party)).collect();
        self.record(event);
        self.await_retrieval(number);
        self.extension_told(number, because);
        if now.days() == was.days() && now.notifies() == was.notifies() {
            return;
        }
        if was.not_arrived && !now.not_arrived {
            self.not_needed_anew(number);
        }
        if now.notifies() {
            self.letter_notified(number, because);
        } else {
            for ((act, party), was) in acts.into_iter().zip(ends) {
                self.reckon_notification(act, party, because, was);
            }
        }
        self.follow_notification(number, document, before, because);
        if counted {
            let of_act = self.case.act_of_document(number);
            let other = of_act.and_then(|(act, party, _)| self.case.notification_of(act, party));
            self.tell_of_fired(number, document, other.map(|(_, on)| on).or(now.notified_on), because);
        }
        if let Some(step) = document.step.as_ref().filter(|_| now.notifies() && !was.notifies()) {
            self.dispatched(step);
        }
    }
}

//! Letters leave the house, and proof comes back of when they were received: when they count as notified, and what that
//! does to the periods that run from it.

use std::sync::Arc;

use fachwerk_deadlines::{Language, Notification, NotificationInput, Occasion, Period, Way, notify};
use serde_json::json;

use super::{
    Rejection,
    turn::{Deciding, trouble},
    wait::deadline_trouble,
};
use crate::{
    definition::From,
    event::{Deadline, Direction, Dispatch, Document, Event, Trouble},
    words::{Date, InstanceId, Text, day_text},
};

impl Deciding<'_> {
    /// A person notes that a letter left the house; periods run from its notification.
    pub fn record_dispatch(
        &mut self,
        number: u32,
        on: Date,
        way: Way,
        proven_receipt: Option<Date>,
    ) -> Result<(), Rejection> {
        self.need_part_in_process()?;
        let document = self.outgoing(number)?;
        if document.dispatch.is_some() {
            return Err(Rejection::DispatchedAlready);
        }
        for day in [Some(on), proven_receipt].into_iter().flatten() {
            if day > self.facts.today {
                return Err(Rejection::DayInFuture { day });
            }
        }
        if on < document.on {
            let (made, sent) = (day_text(document.on), day_text(on));
            return Err(Rejection::DispatchInvalid {
                why: Text::new(
                    format!(
                        "Das Schreiben ist von {}; es kann nicht schon am {} versandt worden sein.",
                        made.de, sent.de
                    ),
                    format!("The letter is of {}; it cannot have been sent on {} already.", made.en, sent.en),
                ),
            });
        }
        let notification = self.notification(number, on, way, proven_receipt)?;
        let notified_on = notification.notified_on;
        self.record(Event::DocumentDispatched {
            document: number,
            dispatch: Dispatch {
                on,
                way,
                proven_receipt,
                notified_on,
                derivation: notification.derivation,
                by: self.facts.actor.person().cloned(),
                not_arrived: false,
            },
        });
        self.letter_notified(number, notified_on);
        if let Some(step) = &document.step {
            self.dispatched(step);
        }
        Ok(())
    }

    /// A person notes when a letter was received, as is proven. A receipt later than the law presumes moves the day of
    /// notification, and with it the periods that run from it.
    pub fn record_receipt(&mut self, number: u32, on: Date) -> Result<(), Rejection> {
        self.need_part_in_process()?;
        let document = self.outgoing(number)?;
        let Some(dispatch) = document.dispatch.clone() else { return Err(Rejection::NotDispatched) };
        if dispatch.proven_receipt.is_some() {
            return Err(Rejection::ReceiptRecordedAlready);
        }
        if on > self.facts.today {
            return Err(Rejection::DayInFuture { day: on });
        }
        let Notification { notified_on, derivation } =
            self.notification(number, dispatch.on, dispatch.way, Some(on))?;
        let (before, arrived) = (dispatch.notified_on, !dispatch.not_arrived);
        let proven_receipt = Some(on);
        let dispatch = Dispatch { proven_receipt, notified_on, derivation, not_arrived: false, ..dispatch };
        self.record(Event::ReceiptRecorded { document: number, dispatch });
        if notified_on != before || !arrived {
            self.letter_notified(number, notified_on);
        }
        if notified_on != before {
            self.move_deadlines(number, &document, (before, notified_on));
            self.tell_of_fired(number, &document, (before, notified_on));
        }
        Ok(())
    }

    fn outgoing(&self, number: u32) -> Result<Arc<Document>, Rejection> {
        let document = self.case.documents.get(&number).cloned().ok_or(Rejection::DocumentUnknown)?;
        match document.content.direction {
            Direction::Outgoing => Ok(document),
            Direction::Incoming | Direction::Internal => Err(Rejection::DocumentNotOutgoing),
        }
    }

    fn notification(
        &self,
        document: u32,
        dispatched_on: Date,
        way: Way,
        proven_receipt: Option<Date>,
    ) -> Result<Notification, Rejection> {
        let law = self.law_of_notification(document)?;
        let input = NotificationInput { law, way, dispatched_on, fiction_days: None, proven_receipt };
        notify(&input, &self.facts.calendar).map_err(|error| Rejection::DispatchInvalid {
            why: Text::new(error.text(Language::De), error.text(Language::En)),
        })
    }

    /// Sets anew what runs from the notification of a document. The periods stay as long as they were when they began:
    /// a setting that was changed since does not touch them. What people have extended or suspended is theirs: somebody
    /// must look.
    fn move_deadlines(&mut self, number: u32, document: &Document, (before, notified_on): (Date, Date)) {
        let running: Vec<(InstanceId, Arc<Deadline>)> = self
            .case
            .deadlines()
            .filter(|(_, deadline)| deadline.from_document == Some(number))
            .map(|(instance, deadline)| (instance, Arc::new(deadline.clone())))
            .collect();
        for (instance, deadline) in running {
            if deadline.is_changed() {
                self.tell_of_changed(number, document, &deadline.title, (before, notified_on));
                continue;
            }
            let Some(kind) = self.deadline_kind(instance, &deadline.name) else { continue };
            let run = Period::parse(&deadline.period.en)
                .and_then(|period| self.run_deadline(notified_on, Occasion::Notification, period, kind));
            match run {
                Ok(run) => {
                    let revision = deadline.revision + 1;
                    let deadline = Deadline { revision, run: Some(run), ..(*deadline).clone() };
                    self.record(Event::DeadlineSet { instance, deadline });
                }
                Err(error) => {
                    let step = self.case.instance(instance).and_then(|it| it.step.clone());
                    let trouble = deadline_trouble(&error, step.as_ref(), &deadline.title);
                    self.stuck(Some(instance), Trouble { wakes: Some(deadline.name.clone()), ..*trouble });
                }
            }
        }
    }

    fn tell_of_changed(
        &mut self,
        number: u32,
        document: &Document,
        title: &Text,
        (before, after): (Date, Date),
    ) {
        let (before, after, letter) = (day_text(before), day_text(after), &document.content.title);
        let incident = trouble(
            "changed_before_receipt",
            document.step.as_ref(),
            Text::new(
                format!(
                    "Die Frist „{}“ ist verlängert worden oder hat geruht; sie wird deshalb nicht von selbst neu berechnet. Sie lief ab der Bekanntgabe des Schreibens „{letter}“ am {}. Nach dem Nachweis des Zugangs ist es aber erst am {} bekannt gegeben.",
                    title.de, before.de, after.de
                ),
                format!(
                    "The deadline `{}` was extended or suspended, so it is not reckoned anew by itself. It ran from the notification of the letter `{letter}` on {}. By the proof of receipt it was notified on {} only.",
                    title.en, before.en, after.en
                ),
            ),
            Text::new(
                "Prüfen, ob die Frist deshalb später endet, und sie gegebenenfalls bis zu diesem Tag verlängern. Danach „Wiederholen“, um die Störung abzuschließen.",
                "Check whether the deadline ends later therefore, and if so extend it until that day. Then retry, to settle the incident.",
            ),
            json!({ "document": number }),
        );
        self.stuck(None, *incident);
    }

    /// What runs from the notification of a document that notified nobody waits for the next dispatch.
    pub fn stop_deadlines(&mut self, document: u32) {
        let running: Vec<(InstanceId, Deadline)> = self
            .case
            .deadlines()
            .filter(|(_, deadline)| deadline.from_document == Some(document))
            .map(|(instance, deadline)| (instance, deadline.clone()))
            .collect();
        for (instance, deadline) in running {
            let Some(kind) = self.deadline_kind(instance, &deadline.name) else { continue };
            if let From::Notification(letter) = &kind.from {
                let revision = deadline.revision + 1;
                let awaits_dispatch_of = Some(letter.clone());
                let deadline = Deadline {
                    revision,
                    run: None,
                    awaits_dispatch_of,
                    from_document: None,
                    // What people changed of it is over with it.
                    suspended: None,
                    stopped_until: None,
                    extended: false,
                    ..deadline
                };
                self.record(Event::DeadlineSet { instance, deadline });
            }
        }
    }

    /// What has fired is not undone: people may have acted on it. Somebody must look.
    fn tell_of_fired(&mut self, number: u32, document: &Document, (before, after): (Date, Date)) {
        let fired = self.case.fired.get(&number).cloned().unwrap_or_default();
        let (before, after) = (day_text(before), day_text(after));
        for deadline in fired.iter() {
            let (end, letter) = (day_text(deadline.end), &document.content.title);
            let incident = trouble(
                "fired_before_receipt",
                document.step.as_ref(),
                Text::new(
                    format!(
                        "Die Frist „{}“ ist als verstrichen behandelt worden (letzter Tag: {}). Sie lief ab der Bekanntgabe des Schreibens „{letter}“ am {}. Nach dem Nachweis des Zugangs ist es aber erst am {} bekannt gegeben; die Frist endete also womöglich später.",
                        deadline.title.de, end.de, before.de, after.de
                    ),
                    format!(
                        "The deadline `{}` was treated as passed (last day: {}). It ran from the notification of the letter `{letter}` on {}. By the proof of receipt it was notified on {} only; so the deadline may have ended later.",
                        deadline.title.en, end.en, before.en, after.en
                    ),
                ),
                Text::new(
                    "Prüfen, ob etwas noch rechtzeitig war, das als verspätet galt, und was deshalb zu ändern ist. Rückgängig gemacht wird nichts von selbst. Danach „Wiederholen“, um die Störung abzuschließen.",
                    "Check whether something was still in time that counted as late, and what must be changed therefore. Nothing is undone by itself. Then retry, to settle the incident.",
                ),
                json!({ "document": number }),
            );
            self.stuck(None, *incident);
        }
    }
}

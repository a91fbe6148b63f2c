//! Letters leave the house, and proof comes back of when they were received: when they count as notified, and what that
//! does to the periods that run from it.

use std::{collections::BTreeMap, sync::Arc};

use fachwerk_deadlines::{
    Awaited, Calendar, DocumentKind, Language, NotificationInput, NotificationLaw, Period, Sentence, Way,
    awaited_by, notify_by,
};
use serde_json::json;

use super::{
    Rejection,
    correct::check_reason,
    deadline_set::deadline_trouble,
    fiction::stays_for_silence,
    turn::{Deciding, trouble},
};
use crate::{
    act::Act,
    case::Case,
    definition::{DeadlineKind, From},
    event::{
        AwaitedProof, Because, Deadline, DeadlineRecomputed, DeadlineRun, Direction, Dispatch, Document,
        DocumentNotArrived, Event, LetterNotArrived, OtherDay, Start, Trouble,
    },
    facts::start_of,
    words::{Date, InstanceId, StepPath, Text, day_text},
};

/// What the law makes of a dispatch.
pub struct Reckoned {
    pub notified_on: Option<Date>,
    pub awaited: Option<AwaitedProof>,
    pub derivation: Vec<Sentence>,
}

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
        let document = self.may_have_left(number)?;
        if !document.has_to_leave() {
            return Err(Rejection::DispatchedAlready);
        }
        if let Some(before) = document.dispatch.as_ref().map(|before| before.on).filter(|before| on < *before)
        {
            return Err(leaves_before_it_came_back(before, on));
        }
        self.check_not_too_late(&document, on)?;
        self.check_days(&document, (on, proven_receipt))?;
        let dispatch = self.dispatch_by_law(number, (on, way, proven_receipt))?;
        let (notifies, before) = (dispatch.notifies(), self.runs_from(number));
        self.record(Event::DocumentDispatched { document: number, dispatch });
        self.await_retrieval(number);
        let because = Because::Notified { document: number };
        self.letter_notified(number, &because);
        self.follow_notification(number, &document, before, &because);
        self.extension_told(number, &because);
        if let Some(step) = document.step.as_ref().filter(|_| notifies) {
            self.dispatched(step);
        }
        Ok(())
    }

    /// A letter leaves the house when it exists, and nothing is noted before it has happened.
    pub fn check_days(
        &self,
        document: &Document,
        (on, proven_receipt): (Date, Option<Date>),
    ) -> Result<(), Rejection> {
        for day in [Some(on), proven_receipt].into_iter().flatten() {
            if day > self.facts.today {
                return Err(Rejection::DayInFuture { day });
            }
        }
        if on >= document.on {
            return Ok(());
        }
        let (made, sent) = (day_text(document.on), day_text(on));
        Err(Rejection::DispatchInvalid {
            why: Text::new(
                format!(
                    "Das Schreiben ist von {}; es kann nicht schon am {} versandt worden sein.",
                    made.de, sent.de
                ),
                format!("The letter is of {}; it cannot have been sent on {} already.", made.en, sent.en),
            ),
        })
    }

    /// A person notes that a letter came back, or did not arrive otherwise. One of an act goes out anew instead.
    pub fn record_not_arrived(&mut self, number: u32, reason: &Arc<str>) -> Result<(), Rejection> {
        self.need_part_in_process()?;
        self.need_room()?;
        let by = self.facts.actor.person().cloned().ok_or(Rejection::PersonNeeded)?;
        check_reason(reason)?;
        let document = self.outgoing(number)?;
        let invalid = |de: &str, en: &str| Err(Rejection::DispatchInvalid { why: Text::new(de, en) });
        if self.case.act_of_document(number).is_some() {
            return invalid(
                "Dieses Schreiben gehört zu einem Bescheid: Es wird erneut versandt („Erneut versenden“).",
                "This letter belongs to an act: it is sent anew.",
            );
        }
        let Some(dispatch) = document.dispatch.as_ref() else { return Err(Rejection::NotDispatched) };
        if dispatch.proven_receipt.is_some() || dispatch.not_arrived {
            return invalid(
                "Der Zugang dieses Schreibens ist nachgewiesen, oder es ist schon vermerkt, dass es nicht angekommen ist.",
                "The receipt of this letter is proven, or that it did not arrive is noted already.",
            );
        }
        let before = self.runs_from(number);
        let letter = DocumentNotArrived { document: number, by, reason: reason.clone() };
        self.record(Event::DocumentNotArrived(letter));
        let because = Because::NotArrived { document: number };
        self.follow_notification(number, &document, before, &because);
        self.tell_of_fired(number, &document, None, &because);
        self.extension_told(number, &because);
        Ok(())
    }

    /// A letter of an act that was dispatched or is still to be dispatched did not or will not arrive.
    pub fn letter_not_arrived(&mut self, number: u32, letter: LetterNotArrived) {
        let Some(document) = self.case.documents.get(&number).cloned() else { return };
        let (before, counted) = (self.runs_from(number), self.counts(number));
        let (act, party) = (letter.act, letter.party);
        let was = self.remedy_end(act, party);
        self.record(Event::LetterNotArrived(letter));
        let because = Because::NotArrived { document: number };
        self.reckon_notification(act, party, &because, was);
        self.follow_period(act, party);
        self.follow_notification(number, &document, before, &because);
        if counted {
            self.tell_of_fired(number, &document, None, &because);
        }
    }

    /// Whether what runs from the notification of a document runs from this one: an act may be notified by another letter.
    pub fn counts(&self, number: u32) -> bool {
        let Some((act, party, _)) = self.case.act_of_document(number) else { return true };
        act.addressees.get(&party).is_some_and(|addressed| addressed.notified_by == Some(number))
    }

    /// The notification that runs what runs from that of a document: of its act, or its own.
    pub fn runs_from(&self, number: u32) -> Option<(u32, Date)> {
        if let Some((act, ..)) = self.case.act_of_document(number) {
            return self.case.notification_of_all(act);
        }
        let dispatch = self.case.documents.get(&number)?.dispatch.as_ref()?;
        (!dispatch.not_arrived).then_some((number, dispatch.notified_on?))
    }

    /// The notification from which something here runs that runs from that of a step.
    pub fn notification_by(&self, step: &StepPath, here: InstanceId) -> Option<(u32, Date)> {
        match self.act_by(step, here) {
            Some(act) => self.case.notification_of_all(act),
            None => {
                let document = self.latest_document(step, here)?;
                let dispatch = document.dispatch.as_ref().filter(|dispatch| !dispatch.not_arrived)?;
                Some((document.number, dispatch.notified_on?))
            }
        }
    }

    /// The days on which a letter counts as notified for those of its acts that are notified by another law than the last one.
    fn other_days(
        &self,
        number: u32,
        (on, way, proven_receipt): (Date, Way, Option<Date>),
        calendar: &Calendar,
    ) -> Result<BTreeMap<u32, OtherDay>, Rejection> {
        let law_of = |act: u32| {
            let issued = self.case.acts.get(&act).and_then(|act| act.issued.as_ref());
            issued.map(|issued| issued.content.notification)
        };
        let law = self.law_of_notification(number)?;
        let acts = self.case.acts_of_document(number).into_iter();
        let others = acts.filter_map(|(act, _)| Some((act, law_of(act).filter(|other| *other != law)?)));
        let day = |(act, law)| {
            let Reckoned { notified_on, awaited, derivation } =
                self.notification_by_law((law, calendar), number, (on, way, proven_receipt))?;
            Ok((act, OtherDay { notified_on, awaited, derivation }))
        };
        others.map(day).collect()
    }

    /// The last act that a step has issued or is issuing, in the rounds of an instance.
    pub fn act_by(&self, step: &StepPath, here: InstanceId) -> Option<&Act> {
        self.case.acts_now().rev().find(|act| self.is_of_here(step, &act.step, here))
    }

    fn may_have_left(&self, number: u32) -> Result<Arc<Document>, Rejection> {
        let document = self.filed(number)?.clone();
        match document.content.direction {
            Direction::Internal if stays_for_silence(self.release, &self.case, &document) => Ok(document),
            _ => self.outgoing(number),
        }
    }

    pub fn outgoing(&self, number: u32) -> Result<Arc<Document>, Rejection> {
        let document = self.filed(number)?.clone();
        match document.content.direction {
            Direction::Outgoing => Ok(document),
            Direction::Incoming | Direction::Internal => Err(Rejection::DocumentNotOutgoing),
        }
    }

    /// A dispatch and what the law makes of it, as this person notes it.
    pub fn dispatch_by_law(
        &self,
        number: u32,
        noted: (Date, Way, Option<Date>),
    ) -> Result<Dispatch, Rejection> {
        self.dispatch_by_calendar(number, noted, &self.facts.calendar)
    }

    /// The same by other days off.
    pub fn dispatch_by_calendar(
        &self,
        number: u32,
        (on, way, proven_receipt): (Date, Way, Option<Date>),
        calendar: &Calendar,
    ) -> Result<Dispatch, Rejection> {
        let law = self.law_of_notification(number)?;
        let Reckoned { notified_on, awaited, derivation } =
            self.notification_by_law((law, calendar), number, (on, way, proven_receipt))?;
        Ok(Dispatch {
            on,
            way,
            proven_receipt,
            notified_on,
            awaited,
            derivation,
            others: self.other_days(number, (on, way, proven_receipt), calendar)?,
            by: self.facts.actor.person().cloned(),
            not_arrived: false,
            leaves_anew: false,
        })
    }

    pub fn notification_by_law(
        &self,
        (law, calendar): (NotificationLaw, &Calendar),
        document: u32,
        sent: (Date, Way, Option<Date>),
    ) -> Result<Reckoned, Rejection> {
        let kind = match self.case.act_of_document(document) {
            Some(_) => DocumentKind::Act,
            None => DocumentKind::Letter,
        };
        self.notification_of((law, calendar), kind, sent)
    }

    /// The same for a letter that need not exist yet.
    pub fn notification_of(
        &self,
        (law, calendar): (NotificationLaw, &Calendar),
        document: DocumentKind,
        (dispatched_on, way, proven_receipt): (Date, Way, Option<Date>),
    ) -> Result<Reckoned, Rejection> {
        let input = NotificationInput {
            law,
            land: calendar.place().map(|place| place.land),
            document,
            way,
            dispatched_on,
            fiction_days: None,
            named_day: None,
            proven_receipt,
        };
        let rules = &self.facts.law.notification;
        let reckoned = match awaited_by(rules, &input) {
            Ok(Some(Awaited { proof, until, derivation })) => {
                Ok(Reckoned { notified_on: None, awaited: Some(AwaitedProof { proof, until }), derivation })
            }
            Ok(None) => notify_by(rules, &input, calendar).map(|found| Reckoned {
                notified_on: Some(found.notified_on),
                awaited: None,
                derivation: found.derivation,
            }),
            Err(error) => Err(error),
        };
        reckoned.map_err(|error| Rejection::DispatchInvalid {
            why: Text::new(error.text(Language::De), error.text(Language::En)),
        })
    }

    /// A letter that can be retrieved only for some days is watched by a deadline of the case: nobody else would notice that it
    /// has notified nobody.
    pub fn await_retrieval(&mut self, number: u32) {
        let Some(document) = self.case.documents.get(&number).cloned() else { return };
        let Some(dispatch) = document.dispatch.as_ref().filter(|dispatch| !dispatch.not_arrived) else {
            return;
        };
        let Some(until) = dispatch.retrievable_until() else { return };
        if !self.case.is_open() {
            return self.tell_of_unwatched_retrieval(&document, until);
        }
        let title = &document.content.title;
        let period = dispatch.on.until(until).map_or(0, |span| span.get_days());
        let period = Period::Days(period.unsigned_abs());
        let deadline = Deadline {
            name: Case::retrieval_deadline(number),
            title: Text::new(format!("Abruf: {title}"), format!("Retrieval: {title}")),
            revision: 1,
            period: Text::new(period.text(Language::De), period.text(Language::En)),
            run: Some(DeadlineRun {
                start: dispatch.on,
                raw_end: until,
                end: until,
                fires_at: start_of(until.tomorrow().unwrap_or(until)),
                since: None,
                until: None,
                grace_until: None,
                warn_on: Vec::new(),
                derivation: dispatch.derivation.clone(),
            }),
            awaits_dispatch_of: None,
            from_document: None,
            suspended: None,
            stopped_until: None,
            extended: false,
            statutory: true,
            basis: None,
            changes: Vec::new(),
            fiction: None,
        };
        self.record(Event::DeadlineSet { instance: InstanceId::ROOT, deadline });
    }

    /// The days are over in which a letter could be retrieved: it has notified nobody, and must be notified anew.
    pub fn tell_of_missed_retrieval(&mut self, name: &str) {
        let Some(document) = self.case.letter_of_deadline(name).cloned() else { return };
        let until = document.dispatch.as_ref().and_then(Dispatch::retrievable_until);
        let Some(until) = until.map(day_text) else { return };
        let letter = &document.content.title;
        let incident = trouble(
            "not_retrieved",
            document.step.as_ref(),
            Text::new(
                format!(
                    "Das Schreiben „{letter}“ konnte bis {} abgerufen werden, und ein Abruf ist nicht vermerkt. Ohne rechtzeitigen Abruf ist es nicht bekannt gegeben, und keine Frist läuft.",
                    until.de
                ),
                format!(
                    "The letter `{letter}` could be retrieved until {}, and no retrieval is recorded. Without retrieval in time it is not notified, and no period runs.",
                    until.en
                ),
            ),
            Text::new(
                "Wurde es doch rechtzeitig abgerufen, den Tag des Abrufs vermerken. Sonst die Bekanntgabe wiederholen: „Nicht angekommen“ vermerken, das Schreiben geht dann neu hinaus. Danach „Wiederholen“, um die Störung abzuschließen.",
                "If it was retrieved in time after all, record the day of retrieval. Else notify it anew: record that it did not arrive, and it goes out anew. Then retry, to settle the incident.",
            ),
            json!({ "document": document.number }),
        );
        self.stuck(None, *incident);
    }

    /// The case ends: nothing wakes it any more on the last day on which a letter can be retrieved.
    pub fn tell_of_unwatched_retrievals(&mut self) {
        let root = self.case.instance(InstanceId::ROOT);
        let names: Vec<Arc<str>> =
            root.map(|root| root.deadlines.keys().cloned().collect()).unwrap_or_default();
        for name in names {
            let letter = self.case.letter_of_deadline(&name).cloned();
            let until = letter.as_ref().and_then(|letter| letter.dispatch.as_ref()?.retrievable_until());
            if let (Some(letter), Some(until)) = (letter, until) {
                self.tell_of_unwatched_retrieval(&letter, until);
            }
        }
    }

    fn tell_of_unwatched_retrieval(&mut self, document: &Document, until: Date) {
        let (letter, until) = (&document.content.title, day_text(until));
        let incident = trouble(
            "retrieval_unwatched",
            document.step.as_ref(),
            Text::new(
                format!(
                    "Der Vorgang ist abgeschlossen, und ein Abruf des Schreibens „{letter}“ ist nicht vermerkt. Abgerufen werden kann es bis {}; auf den Abruf achtet niemand mehr von selbst. Ohne rechtzeitigen Abruf ist es nicht bekannt gegeben, und keine Frist läuft.",
                    until.de
                ),
                format!(
                    "The case has ended, and no retrieval of the letter `{letter}` is recorded. It can be retrieved until {}; nothing watches that any more. Without retrieval in time it is not notified, and no period runs.",
                    until.en
                ),
            ),
            Text::new(
                "Nach diesem Tag nachsehen und den Tag des Abrufs vermerken. Ist es nicht abgerufen, „Nicht angekommen“ vermerken, das Schreiben geht dann neu hinaus. Danach „Wiederholen“, um die Störung abzuschließen.",
                "Look after that day, and record the day of retrieval. If it was not retrieved, record that it did not arrive, and it goes out anew. Then retry, to settle the incident.",
            ),
            json!({ "document": document.number }),
        );
        self.stuck(None, *incident);
    }

    /// Reckons anew what runs from the notification of a document when that has changed, or lets it wait for the next
    /// dispatch. The periods stay as long as they were when they began: a setting that was changed since does not touch
    /// them. What people have extended or suspended stays so.
    pub fn follow_notification(
        &mut self,
        number: u32,
        document: &Document,
        before: Option<(u32, Date)>,
        because: &Because,
    ) {
        let after = self.runs_from(number);
        if before.is_none() || before.map(|(_, on)| on) == after.map(|(_, on)| on) {
            return;
        }
        let act = |number: u32| self.case.act_of_document(number).map(|(act, ..)| act.number);
        let this = act(number);
        let runs_from_it = |from: u32| from == number || this.is_some() && act(from) == this;
        let running: Vec<(InstanceId, Deadline)> = self
            .case
            .deadlines()
            .filter(|(_, deadline)| deadline.from_document.is_some_and(runs_from_it))
            .map(|(instance, deadline)| (instance, deadline.clone()))
            .collect();
        for (instance, deadline) in running {
            // Nobody waits for the period for a remedy: it has followed already.
            let Some(kind) = self.deadline_kind(instance, &deadline.name) else { continue };
            match after {
                None => self.stop_deadline(instance, deadline, kind, because),
                Some(to) => self.move_deadline((instance, deadline), kind, (document, before, to), because),
            }
        }
    }

    fn move_deadline(
        &mut self,
        (instance, deadline): (InstanceId, Deadline),
        kind: &DeadlineKind,
        (document, before, (number, on)): (&Document, Option<(u32, Date)>, (u32, Date)),
        because: &Because,
    ) {
        let known = deadline.basis.as_ref().map(|basis| basis.period);
        if known.is_none() && deadline.is_changed() {
            // One of before does not know what was done to it.
            let before = before.map_or(on, |(_, before)| before);
            return self.tell_of_changed(number, document, &deadline.title, (before, on));
        }
        match known.map_or_else(|| Period::parse(&deadline.period.en), Ok) {
            Ok(period) => {
                let basis = self.basis_from(&deadline, kind, Start::Day(on), period);
                let deadline = Deadline { basis: Some(basis), from_document: Some(number), ..deadline };
                self.recompute(instance, deadline, because.clone());
            }
            Err(error) => {
                let step = self.case.instance(instance).and_then(|it| it.step.clone());
                let trouble = deadline_trouble(&error, step.as_ref(), &deadline.title);
                self.stuck(Some(instance), Trouble { wakes: Some(deadline.name.clone()), ..*trouble });
            }
        }
    }

    /// What runs from the notification of letters that have not notified all waits for the next dispatch.
    fn stop_deadline(
        &mut self,
        instance: InstanceId,
        deadline: Deadline,
        kind: &DeadlineKind,
        because: &Because,
    ) {
        let From::Notification(letter) = &kind.from else { return };
        if deadline.is_changed() {
            self.tell_of_dropped(instance, &deadline, because);
        }
        let deadline = Deadline {
            revision: deadline.revision + 1,
            run: None,
            awaits_dispatch_of: Some(letter.clone()),
            from_document: None,
            // What people changed of it is over with it.
            suspended: None,
            stopped_until: None,
            extended: false,
            basis: None,
            changes: Vec::new(),
            ..deadline
        };
        let anew = DeadlineRecomputed { instance, deadline, because: because.clone() };
        self.record(Event::DeadlineRecomputed(Box::new(anew)));
    }

    /// What people granted hung on a notification that there is not: whether they grant it once more is theirs to say.
    fn tell_of_dropped(&mut self, instance: InstanceId, deadline: &Deadline, because: &Because) {
        let (title, why) = (&deadline.title, self.because(because));
        let end = deadline.run.as_ref().or(deadline.suspended.as_ref().map(|stopped| &stopped.run));
        let end = end.map(|run| day_text(run.end)).unwrap_or_default();
        let incident = trouble(
            "changes_dropped",
            self.step_of(instance).as_ref(),
            Text::new(
                format!(
                    "Die Frist „{}“ war verlängert oder hat geruht (letzter Tag: {}). Sie läuft nicht mehr, weil {}, und beginnt erst mit einer neuen Bekanntgabe, dann ohne diese Änderungen.",
                    title.de, end.de, why.de
                ),
                format!(
                    "The deadline `{}` was extended or suspended (last day: {}). It does not run any more, because {}, and begins with another notification only, then without these changes.",
                    title.en, end.en, why.en
                ),
            ),
            Text::new(
                "Wenn die Frist wieder läuft: prüfen, ob sie erneut zu verlängern ist. Danach „Wiederholen“, um die Störung abzuschließen.",
                "When the deadline runs again: check whether to extend it once more. Then retry, to settle the incident.",
            ),
            json!({ "deadline": deadline.name }),
        );
        self.stuck(None, *incident);
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

    /// What has fired is not undone: people may have acted on it. Somebody must look at what ran from an earlier day than
    /// the letter was notified by now; or has it not been notified at all?
    pub fn tell_of_fired(
        &mut self,
        number: u32,
        document: &Document,
        after: Option<Date>,
        because: &Because,
    ) {
        let by_receipt = matches!(because, Because::Receipt { .. });
        let corrected = matches!(because, Because::Dispatch { .. });
        let because = self.because(because);
        let fired = self.case.fired.get(&number).cloned().unwrap_or_default();
        for deadline in fired.iter().filter(|deadline| after.is_none_or(|after| after > deadline.start)) {
            let (end, letter) = (day_text(deadline.end), &document.content.title);
            let before = day_text(deadline.start);
            let passed = Text::new(
                format!(
                    "Die Frist „{}“ ist als verstrichen behandelt worden (letzter Tag: {}). Sie lief ab der Bekanntgabe am {}.",
                    deadline.title.de, end.de, before.de
                ),
                format!(
                    "The deadline `{}` was treated as passed (last day: {}). It ran from the notification on {}.",
                    deadline.title.en, end.en, before.en
                ),
            );
            let (code, why) = match after.map(day_text) {
                Some(after) if !by_receipt => (
                    "fired_before_change",
                    Text::new(
                        format!(
                            "Das Schreiben „{letter}“ ist aber erst am {} bekannt gegeben, weil {}; die Frist endete also womöglich später.",
                            after.de, because.de
                        ),
                        format!(
                            "But the letter `{letter}` was notified on {} only, because {}; so the deadline may have ended later.",
                            after.en, because.en
                        ),
                    ),
                ),
                Some(after) => (
                    "fired_before_receipt",
                    Text::new(
                        format!(
                            "Nach dem Nachweis des Zugangs ist das Schreiben „{letter}“ aber erst am {} bekannt gegeben; die Frist endete also womöglich später.",
                            after.de
                        ),
                        format!(
                            "By the proof of receipt the letter `{letter}` was notified on {} only; so the deadline may have ended later.",
                            after.en
                        ),
                    ),
                ),
                None if corrected => (
                    "fired_without_notification",
                    Text::new(
                        format!(
                            "Das Schreiben „{letter}“ ist aber nicht bekannt gegeben, weil {}: Die Frist hat womöglich nie begonnen.",
                            because.de
                        ),
                        format!(
                            "But the letter `{letter}` is not notified, because {}: the deadline may never have begun.",
                            because.en
                        ),
                    ),
                ),
                None => (
                    "fired_without_notification",
                    Text::new(
                        format!(
                            "Das Schreiben „{letter}“ ist aber nicht angekommen: Gegenüber diesem Adressaten hat die Frist womöglich nie begonnen."
                        ),
                        format!(
                            "But the letter `{letter}` did not arrive: for this addressee the deadline may never have begun."
                        ),
                    ),
                ),
            };
            let incident = trouble(
                code,
                document.step.as_ref(),
                Text::new(format!("{} {}", passed.de, why.de), format!("{} {}", passed.en, why.en)),
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

fn leaves_before_it_came_back(before: Date, on: Date) -> Rejection {
    let (before, on) = (day_text(before), day_text(on));
    Rejection::DispatchInvalid {
        why: Text::new(
            format!(
                "Das Schreiben ist schon am {} versandt worden und kam zurück; neu hinausgegangen sein kann es nicht schon am {}.",
                before.de, on.de
            ),
            format!(
                "The letter was sent on {} already and came back; it cannot have left anew on {}.",
                before.en, on.en
            ),
        ),
    }
}

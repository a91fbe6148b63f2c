//! What follows from the letters of an act: its notification, the period for a remedy, finality, remedies.
//!
//! The period is a deadline of the case as a whole: it outlives the step, and nothing besides its passing knows that it
//! belongs to an act.

use std::sync::Arc;

use fachwerk_deadlines::{Begin, Language, NotificationLaw, Occasion, Period, Shift, Way};
use serde_json::json;

use super::{
    Rejection,
    deadline_set::deadline_trouble,
    recompute::same_dates,
    turn::{Deciding, trouble},
};
use crate::{
    act::{Act, Remedy, RemedyKind},
    event::{
        ActFinal, ActNotified, Basis, Because, Deadline, DeadlineRecomputed, DeadlineRun, Event,
        RemedyInTime, RemedyPeriodRecomputed, RemedyRecorded, Start, StartedFrom, Trouble,
    },
    planted::{Fault, planted},
    words::{CaseId, Date, InstanceId, PersonId, Text, day_text},
};

impl Deciding<'_> {
    /// The law by which a document is notified: that of its act, else that of the process.
    pub fn law_of_notification(&self, document: u32) -> Result<NotificationLaw, Rejection> {
        let Some((act, _, version)) = self.case.act_of_document(document) else {
            return Ok(self.release.law);
        };
        match act.issued.as_ref().filter(|issued| issued.version >= version) {
            Some(issued) => Ok(issued.content.notification),
            None => Err(Rejection::DispatchInvalid {
                why: Text::new(
                    "Das Schreiben gehört zu einem Bescheid, der nicht erlassen ist: Es fehlen noch Schreiben, oder der Schritt wurde beendet. Es darf nicht versandt werden.",
                    "The letter belongs to an act that is not issued: letters are still missing, or the step was ended. It must not be sent.",
                ),
            }),
        }
    }

    /// A letter counts as notified on a day, or on another day than was presumed: its acts are notified, unless another
    /// letter counts.
    pub fn letter_notified(&mut self, document: u32, because: &Because) {
        for (number, party) in self.case.acts_of_document(document) {
            let act = self.case.acts.get(&number);
            let dispatch = self.case.documents.get(&document).and_then(|found| found.dispatch.as_ref());
            let (Some(act), Some(dispatch)) = (act, dispatch) else { continue };
            let Some(on) = dispatch.notified_of(number) else { continue };
            let counting = self.case.notification_of(act, party);
            if counting.is_some_and(|(by, _)| by != document) {
                let notified = ActNotified { act: number, party, document, on, counts: false, remedy: None };
                self.record(Event::ActNotified(notified));
            }
            let was = self.remedy_end(number, party);
            self.reckon_notification(number, party, because, was);
            self.follow_period(number, party);
            self.tell_of_late_decision(number);
        }
    }

    /// The last day of the period for a remedy of an addressee, as it runs or ran.
    pub fn remedy_end(&self, act: u32, party: u32) -> Option<Date> {
        self.case.remedy_run(self.case.acts.get(&act)?, party).map(|run| run.end)
    }

    /// Notes by which letter an addressee is notified by now, if that has changed; the period for a remedy runs from it. One
    /// that ran until another day is reckoned anew.
    pub fn reckon_notification(&mut self, number: u32, party: u32, because: &Because, was: Option<Date>) {
        let Some(act) = self.case.acts.get(&number).cloned() else { return };
        let Some((document, on)) = self.case.notification_of(&act, party) else { return };
        let Some(addressed) = act.addressees.get(&party) else { return };
        if (addressed.notified_by, addressed.notified_on) == (Some(document), Some(on)) {
            return;
        }
        let mut notified = ActNotified { act: number, party, document, on, counts: true, remedy: None };
        // A remedy in time has ended the period, if one ran; whether it still is, the period says as it would have run.
        if addressed.is_objected() && addressed.remedy.is_none() {
            return self.record(Event::ActNotified(notified));
        }
        let runs = self.case.is_open() && !addressed.is_objected();
        let Some(deadline) = self.remedy_period(&act, party, (Some(document), on)) else {
            return self.record(Event::ActNotified(notified));
        };
        let title = deadline.title.clone();
        let reckoned = match was {
            Some(_) => self.recomputed(deadline, because, was),
            None => self
                .folded(Deadline { revision: deadline.revision + 1, ..deadline })
                .map_err(|error| deadline_trouble(&error, Some(&act.step), &title)),
        };
        let instance = InstanceId::ROOT;
        match reckoned {
            Ok(deadline) if runs => {
                self.record(Event::ActNotified(notified));
                self.record(match was {
                    Some(_) => {
                        let because = because.clone();
                        let anew = DeadlineRecomputed { instance, deadline, because };
                        Event::DeadlineRecomputed(Box::new(anew))
                    }
                    None => Event::DeadlineSet { instance, deadline },
                });
            }
            Ok(deadline) => {
                notified.remedy = deadline.run;
                self.record(Event::ActNotified(notified));
                self.tell_of_late_remedy(number, party, because);
            }
            Err(trouble) => {
                self.record(Event::ActNotified(notified));
                self.stuck(None, Trouble { wakes: None, step: Some(act.step.clone()), ..*trouble });
            }
        }
    }

    /// A remedy that counted as late was in time, if the period ends later by now, or has not begun.
    pub fn follow_period(&mut self, number: u32, party: u32) {
        let Some(act) = self.case.acts.get(&number) else { return };
        let (end, addressed) = (self.remedy_end(number, party), act.addressees.get(&party));
        let unnotified = addressed.is_some_and(|addressed| addressed.notified_on.is_none());
        let in_time = |remedy: &Remedy| match end {
            Some(end) => remedy.received_on <= end,
            None => unnotified,
        };
        let late = addressed.iter().flat_map(|addressed| &addressed.remedies).filter(|remedy| remedy.late);
        if late.into_iter().any(in_time) {
            self.record(Event::RemedyInTime(RemedyInTime { act: number, party }));
        }
    }

    /// A remedy that counted as in time was late, by what is known of the period now. What followed from it is not undone:
    /// somebody must look.
    fn tell_of_late_remedy(&mut self, number: u32, party: u32, because: &Because) {
        let Some(act) = self.case.acts.get(&number).cloned().filter(|_| self.case.is_open()) else { return };
        let Some(addressed) = act.addressees.get(&party) else { return };
        let Some(end) = addressed.remedy.as_ref().map(|run| run.end) else { return };
        let late =
            |remedy: &&Remedy| !remedy.late && remedy.reinstated_on.is_none() && remedy.received_on > end;
        let Some(remedy) = addressed.remedies.iter().find(late) else { return };
        let title = act.issued.as_ref().map(|issued| issued.content.title.clone()).unwrap_or_default();
        let (came, end, why) = (day_text(remedy.received_on), day_text(end), self.because(because));
        let incident = trouble(
            "remedy_late_after_change",
            Some(&act.step),
            Text::new(
                format!(
                    "Der Rechtsbehelf gegen „{}“ vom {} galt als rechtzeitig. Die Frist endete aber schon am {}, weil {}.",
                    title.de, came.de, end.de, why.de
                ),
                format!(
                    "The remedy against `{}` of {} counted as in time. But the period ended on {} already, because {}.",
                    title.en, came.en, end.en, why.en
                ),
            ),
            Text::new(
                "Prüfen, ob er verspätet und unzulässig ist, ob Wiedereinsetzung in Betracht kommt und was deshalb zu ändern ist. Rückgängig gemacht wird nichts von selbst. Danach „Wiederholen“, um die Störung abzuschließen.",
                "Check whether it is late and inadmissible, whether restoration comes into question, and what must be changed therefore. Nothing is undone by itself. Then retry, to settle the incident.",
            ),
            json!({ "act": number, "party": party }),
        );
        self.stuck(None, *incident);
    }

    /// The period for a remedy of an addressee, from a letter and the day of its notification; not reckoned yet, with the
    /// revision and what became of it before.
    pub fn remedy_period(
        &self,
        act: &Act,
        party: u32,
        (document, from): (Option<u32>, Date),
    ) -> Option<Deadline> {
        let content = act.issued.as_ref().map(|issued| &issued.content)?;
        let abroad = document.and_then(|number| self.case.documents.get(&number)?.dispatch.as_ref());
        let abroad = abroad.filter(|dispatch| dispatch.way == Way::PostAbroad);
        let row = content.law_used().find(|row| &*row.table == "periods").filter(|_| abroad.is_some());
        let longer = row.and_then(|row| self.facts.law.remedies.length_abroad_of(&row.id));
        let period = Period::parse(longer.unwrap_or(&content.period)).ok()?;
        let name = act.deadline_name(party);
        let before = self.case.instance(InstanceId::ROOT).and_then(|root| root.deadlines.get(&name));
        let to = self.case.parties.get(&party).map(|party| party.content.name.clone()).unwrap_or_default();
        let basis = Basis {
            from: StartedFrom::Notification,
            start: Start::Day(from),
            occasion: Occasion::Notification,
            period,
            begin: Begin::Event,
            shift: Shift::NextWorkingDay,
            law: content.notification.law(),
            grace: None,
            warn: Vec::new(),
            norms: self.facts.versions.norms,
        };
        Some(Deadline {
            name,
            title: Text::new(
                format!("Rechtsbehelfsfrist: {}, {to}", content.title.de),
                format!("Period for a remedy: {}, {to}", content.title.en),
            ),
            revision: before.map_or(0, |deadline| deadline.revision),
            period: Text::new(period.text(Language::De), period.text(Language::En)),
            run: None,
            awaits_dispatch_of: None,
            suspended: None,
            stopped_until: None,
            extended: false,
            from_document: document,
            statutory: true,
            basis: Some(Arc::new(basis)),
            changes: before.map(|deadline| deadline.changes.clone()).unwrap_or_default(),
            fiction: None,
        })
    }

    /// Whether a remedy comes in time is found out by the calendar and the legal data of today: the period is reckoned anew if
    /// by them it ends on another day, also when it has passed or the case has ended.
    fn check_remedy_period(&mut self, act: u32, party: u32) {
        let because = Because::Remedy;
        let Some(found) = self.case.acts.get(&act).cloned() else { return };
        let name = found.deadline_name(party);
        let running = self.case.instance(InstanceId::ROOT).and_then(|root| root.deadlines.get(&name));
        match running.map(|deadline| (**deadline).clone()) {
            Some(deadline) => {
                let now = self.folded(deadline.clone()).ok().and_then(|now| now.run);
                if let (Some(now), Some(run)) = (now, &deadline.run)
                    && !same_dates(&now, run)
                {
                    self.recompute(InstanceId::ROOT, deadline, because);
                }
            }
            None => {
                if let Some((deadline, was, _)) = self.remedy_period_by_now(&found, party) {
                    self.recompute_remedy_period((act, party), deadline, was, because);
                }
            }
        }
    }

    /// The period for a remedy that is no deadline of the case any more, when by now it ends on another day; with the last
    /// day that it had, and that which it has. Not reckoned yet.
    pub fn remedy_period_by_now(&self, act: &Act, party: u32) -> Option<(Deadline, Date, Date)> {
        let addressed = act.addressees.get(&party)?;
        let was = addressed.remedy.as_ref()?;
        let deadline = self.remedy_period(act, party, (addressed.notified_by, addressed.notified_on?))?;
        let now = self.folded(deadline.clone()).ok()?.run?;
        (!same_dates(&now, was)).then_some((deadline, was.end, now.end))
    }

    /// It is reckoned anew.
    pub fn recompute_remedy_period(
        &mut self,
        (act, party): (u32, u32),
        deadline: Deadline,
        was: Date,
        because: Because,
    ) {
        match self.recomputed(deadline, &because, Some(was)) {
            Ok(deadline) => {
                let Some(remedy) = deadline.run.clone() else { return };
                let ends_later = self.case.is_open() && remedy.end >= self.facts.today;
                let why = because.clone();
                let anew = RemedyPeriodRecomputed { act, party, remedy, because };
                self.record(Event::RemedyPeriodRecomputed(anew));
                self.follow_period(act, party);
                let objected = self.case.acts.get(&act).and_then(|act| act.addressees.get(&party));
                let objected = objected.is_some_and(|addressed| addressed.is_objected());
                let goes_on = ends_later && !objected;
                // It had passed, and has not by now: nothing else would make the act final.
                if goes_on {
                    let anew = DeadlineRecomputed { instance: InstanceId::ROOT, deadline, because: why };
                    self.record(Event::DeadlineRecomputed(Box::new(anew)));
                } else {
                    self.tell_of_late_remedy(act, party, &why);
                }
            }
            Err(trouble) => self.stuck(None, *trouble),
        }
    }

    /// A deadline has passed; when it was the period for a remedy, the act is final.
    pub fn pass_deadline(&mut self, instance: InstanceId, name: &Arc<str>, run: Option<DeadlineRun>) {
        let grants =
            self.case.instance(instance).and_then(|it| it.deadlines.get(name)?.fiction.as_ref()).is_some();
        self.record(Event::DeadlineFired { instance, name: name.clone() });
        if let Some(step) = self.step_of(instance).filter(|_| grants) {
            self.deem(instance, step);
        }
        self.tell_of_missed_retrieval(name);
        let of_act = self.case.act_of_deadline(name).filter(|_| instance == InstanceId::ROOT);
        if let (Some((act, party)), Some(remedy)) = (of_act, run) {
            let (act, since) = (act.number, remedy.end.tomorrow().unwrap_or(remedy.end));
            self.record(Event::ActFinal(ActFinal { act, party, since, remedy }));
        }
    }

    /// Somebody has lodged an objection or an action.
    pub fn record_remedy(
        &mut self,
        act: u32,
        party: u32,
        kind: RemedyKind,
        received_on: Option<Date>,
    ) -> Result<(), Rejection> {
        // The period outlives the case.
        self.need_part_in_process()?;
        self.need_room()?;
        let received_on = self.day_of_receipt(received_on)?;
        self.check_remedy(act, party, received_on)?;
        let by = self.facts.actor.person().cloned();
        self.note_remedy((act, party), kind, received_on, (by, None));
        Ok(())
    }

    /// Whether an addressee can have sought a remedy against an act on a day.
    pub fn check_remedy(&self, act: u32, party: u32, received_on: Date) -> Result<(), Rejection> {
        let found = self.case.acts.get(&act).ok_or(Rejection::ActUnknown)?;
        let issued = found.issued.as_ref().ok_or(Rejection::ActUnknown)?;
        if !found.addressees.contains_key(&party) {
            return Err(Rejection::PartyUnknown);
        }
        if received_on < issued.on {
            let (day, on) = (day_text(received_on), day_text(issued.on));
            return Err(Rejection::RemedyInvalid {
                why: Text::new(
                    format!(
                        "Der Bescheid ist vom {}; ein Rechtsbehelf kann nicht schon am {} eingegangen sein.",
                        on.de, day.de
                    ),
                    format!("The act is of {}; a remedy cannot have come in on {} already.", on.en, day.en),
                ),
            });
        }
        Ok(())
    }

    /// Notes a remedy that was checked, who noted it, and as which item of the incoming post it came.
    pub fn note_remedy(
        &mut self,
        (act, party): (u32, u32),
        kind: RemedyKind,
        received_on: Date,
        (by, item): (Option<PersonId>, Option<CaseId>),
    ) {
        self.check_remedy_period(act, party);
        let Some(found) = self.case.acts.get(&act).cloned() else { return };
        let run = self.case.remedy_run(&found, party);
        let late = run.is_some_and(|run| received_on > run.end);
        let late = late || planted(Fault::RemediesAreLate);
        let remedy = Remedy { kind, received_on, late, by, reinstated_on: None, item };
        self.record(Event::RemedyRecorded(RemedyRecorded { act, party, remedy }));
        if !self.case.is_open() {
            self.tell_of_remedy_after_end(&found, (kind, received_on), late);
        }
    }

    /// Nothing waits for it in a case that has ended: somebody must see to it.
    fn tell_of_remedy_after_end(&mut self, act: &Act, (kind, on): (RemedyKind, Date), late: bool) {
        let title = act.issued.as_ref().map(|issued| issued.content.title.clone()).unwrap_or_default();
        let (on, (what_de, what_en)) = (day_text(on), kind.named());
        let (late_de, late_en) = match late {
            true => ("verspätet ", ", late,"),
            false => ("", ""),
        };
        let incident = trouble(
            "remedy_after_end",
            Some(&act.step),
            Text::new(
                format!(
                    "Gegen „{}“ ist am {} {late_de}{what_de} eingegangen, und der Vorgang ist abgeschlossen: Von selbst geschieht nichts mehr.",
                    title.de, on.de
                ),
                format!(
                    "{what_en} against `{}` came in on {}{late_en} and the case has ended: nothing happens by itself any more.",
                    title.en, on.en
                ),
            ),
            match (kind, late) {
                (RemedyKind::Action, _) => Text::new(
                    "Dem Rechtsamt vorlegen; was an Vollzug noch aussteht, zurückstellen, solange die Klage aufschiebende Wirkung hat (§ 80 VwGO). Danach „Wiederholen“, um die Störung abzuschließen.",
                    "Pass it on to the legal department; hold back what is still to be enforced as long as the action has suspensive effect (§ 80 VwGO). Then retry, to settle the incident.",
                ),
                (RemedyKind::Objection, false) => Text::new(
                    "Ein Widerspruchsverfahren in einem eigenen Vorgang beginnen; was an Vollzug noch aussteht, zurückstellen, solange der Widerspruch aufschiebende Wirkung hat (§ 80 VwGO). Danach „Wiederholen“, um die Störung abzuschließen.",
                    "Begin an objection procedure in a case of its own; hold back what is still to be enforced as long as the objection has suspensive effect (§ 80 VwGO). Then retry, to settle the incident.",
                ),
                (RemedyKind::Objection, true) => Text::new(
                    "Prüfen, ob Wiedereinsetzung in Betracht kommt („Wiedereinsetzung gewähren“); sonst in einem eigenen Vorgang als unzulässig zurückweisen. Danach „Wiederholen“, um die Störung abzuschließen.",
                    "Check whether restoration comes into question (“Grant restoration”); else reject it as inadmissible in a case of its own. Then retry, to settle the incident.",
                ),
            },
            json!({ "act": act.number }),
        );
        self.stuck(None, *incident);
    }
}

impl RemedyKind {
    /// What it is, in German and in English.
    fn named(self) -> (&'static str, &'static str) {
        match self {
            RemedyKind::Objection => ("ein Widerspruch oder Einspruch", "An objection"),
            RemedyKind::Action => ("eine Klage", "An action"),
        }
    }
}

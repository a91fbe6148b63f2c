//! Letters leave the house, arrive or come back: when they count as notified, and what runs from that.

use fachwerk_core::{
    facts::Actor,
    words::{Date, Way},
};
use fachwerk_deadlines::{
    Deadline as Run, DeadlineError, DocumentKind, NotificationInput, Occasion, Period, notify,
};
use jiff::ToSpan;
use serde_json::Value;

use super::{
    Oracle, Refused,
    act::{Addressed, Letter, period_of},
    commands::{Said, need, takes_part},
    state::{Deadline, Path},
};

/// So many days a letter can be retrieved.
const WITHIN: u32 = 10;

/// The name of the deadline that watches whether a letter is retrieved.
pub fn retrieval_of(document: usize) -> String {
    format!("letters/{}", document + 1)
}

/// A letter, and the day of its notification.
type Notified = (usize, Date);

impl Oracle {
    pub(super) fn dispatch(
        &mut self,
        actor: &Actor,
        number: u32,
        (on, way): (Date, Way),
        proven: Option<Date>,
    ) -> Said {
        takes_part(actor)?;
        let at = (number as usize).wrapping_sub(1);
        let today = self.today();
        let document = self.state.documents.get(at).ok_or("there is no such document")?;
        need(document.outgoing && document.sent.is_none(), "it does not leave the house")?;
        need(document.on <= on && on <= today, "not on this day")?;
        need(proven.is_none_or(|day| day <= today), "nothing is proven before it happened")?;
        let (notified_on, until) = self.notified(at, on, way, proven)?;
        let before = self.runs_from(at);
        let document = &mut self.state.documents[at];
        (document.notified_on, document.sent) = (notified_on, Some((on, way)));
        document.proven = proven.is_some();
        match (until, self.state.nodes.get_mut(&0)) {
            (Some(until), Some(root)) => {
                let run = Run { start: on, raw_end: until, end: until, derivation: Vec::new() };
                root.deadlines.insert(retrieval_of(at), Deadline::running(1, run, Period::Days(WITHIN)));
            }
            (Some(_), None) => self.stuck(None, "retrieval_unwatched", None),
            (None, _) => {}
        }
        self.letter_notified(at);
        self.follow_notification(at, before);
        if let Some(by) = self.state.documents[at].by.clone().filter(|_| notified_on.is_some()) {
            self.dispatched(&by);
        }
        Ok(())
    }

    /// A letter was received on a day, as is proven; it may count as notified on another day than it did, or after all.
    pub(super) fn receipt(&mut self, actor: &Actor, number: u32, on: Date) -> Said {
        takes_part(actor)?;
        let at = (number as usize).wrapping_sub(1);
        let document = self.state.documents.get(at).ok_or("there is no such document")?;
        let (sent_on, way) =
            document.sent.filter(|_| document.outgoing).ok_or("it has not left the house")?;
        need(!document.proven, "its receipt is proven already")?;
        need(on <= self.today(), "not on this day")?;
        let (notified_on, _) = self.notified(at, sent_on, way, Some(on))?;
        let notified_on = notified_on.ok_or("nothing else is awaited")?;
        if let Some(root) = self.state.nodes.get_mut(&0) {
            root.deadlines.remove(&retrieval_of(at));
        }
        let (before, counted) = (self.runs_from(at), self.counts(at));
        let document = &mut self.state.documents[at];
        let arrived = !std::mem::take(&mut document.not_arrived);
        let presumed = document.notified_on.replace(notified_on);
        document.proven = true;
        if presumed == Some(notified_on) && arrived {
            return Ok(());
        }
        if !arrived {
            self.not_needed_anew(at);
        }
        let had_notified = arrived && presumed.is_some();
        self.letter_notified(at);
        self.follow_notification(at, before);
        if counted {
            let of_act = self.act_of(at).and_then(|(act, party, _)| self.notification_of(act, party));
            let after = of_act.map_or(notified_on, |(_, on)| on);
            let earlier =
                self.state.documents[at].fired.iter().filter(|(_, start, _)| after > *start).count();
            (0..earlier).for_each(|_| self.stuck(None, "fired_before_receipt", None));
        }
        if let Some(by) = self.state.documents[at].by.clone().filter(|_| !had_notified) {
            self.dispatched(&by);
        }
        Ok(())
    }

    /// The day of notification, when it is known; else until when it is waited for retrieval.
    fn notified(
        &self,
        document: usize,
        on: Date,
        way: Way,
        proven_receipt: Option<Date>,
    ) -> Result<(Option<Date>, Option<Date>), Refused> {
        let law = self.law_of(document)?;
        let input = NotificationInput {
            law,
            land: self.calendar.place().map(|place| place.land),
            document: DocumentKind::default(),
            way,
            dispatched_on: on,
            fiction_days: None,
            named_day: None,
            proven_receipt,
        };
        match notify(&input, &self.calendar) {
            Ok(notification) => Ok((Some(notification.notified_on), None)),
            // What has to be proven notifies nobody before; what has to be retrieved can be for some days only.
            Err(DeadlineError::ReceiptNeeded { .. }) => {
                let last = on.checked_add(i64::from(WITHIN).days()).map_err(|_| "beyond the calendar")?;
                Ok((None, (way == Way::Portal).then_some(last)))
            }
            Err(_) => Err("not in this way"),
        }
    }

    /// The act and addressee that a letter belongs to, and the version.
    pub fn act_of(&self, document: usize) -> Option<(usize, u32, usize)> {
        self.state.acts.iter().enumerate().rev().find_map(|(number, act)| {
            act.addressees.iter().find_map(|(party, it)| {
                let letter = it.letters.iter().find(|letter| letter.document == document)?;
                Some((number, *party, letter.version))
            })
        })
    }

    /// Of the letters to an addressee the first one that arrived counts, beginning with the newest version with which the
    /// period began anew.
    fn notification_of(&self, act: usize, party: u32) -> Option<Notified> {
        let act = &self.state.acts[act];
        let begun = |letter: &Letter| {
            act.corrections[..letter.version - 1].iter().filter(|it| it.begins_anew).count()
        };
        let letters = &act.addressees.get(&party)?.letters;
        let arrived = letters.iter().filter(|letter| {
            let document = &self.state.documents[letter.document];
            document.sent.is_some() && document.notified_on.is_some() && !document.not_arrived
        });
        let arrived: Vec<&Letter> = arrived.collect();
        let newest = arrived.iter().map(|letter| begun(letter)).max()?;
        let counting = arrived.into_iter().filter(|letter| begun(letter) == newest);
        let days = counting
            .filter_map(|letter| Some((self.state.documents[letter.document].notified_on?, letter.document)));
        days.min().map(|(on, document)| (document, on))
    }

    /// From an act all runs once its last addressee is notified.
    fn notification_of_all(&self, act: usize) -> Option<Notified> {
        let act = &self.state.acts[act];
        let (_, content) = act.issued.as_ref()?;
        let mut last: Option<(Date, usize)> = None;
        for (party, _) in &content.to {
            let addressed = act.addressees.get(party)?;
            last = last.max(Some((addressed.notified_on?, addressed.notified_by?)));
        }
        last.map(|(on, document)| (document, on))
    }

    /// The last act of a step, issued or on its way, in the same rounds.
    fn act_by(&self, step: &str, here: &Path) -> Option<usize> {
        let of_here = |path: &Path| path.step == step && self.same_rounds(path, here);
        let there = |number: &usize| {
            let act = &self.state.acts[*number];
            (act.issued.is_some() || self.draft(act).is_some()) && of_here(&act.step)
        };
        (0..self.state.acts.len()).rev().find(there)
    }

    /// The notification from which something here runs that runs from that of a step.
    pub fn notification_by(&self, step: &str, here: &Path) -> Option<Notified> {
        match self.act_by(step, here) {
            Some(act) => self.notification_of_all(act),
            None => {
                let document = self.latest(step, here)?;
                Some((document, self.state.documents[document].notified_on?))
            }
        }
    }

    /// Whether all that a step has made last has left the house.
    pub fn all_have_left(&self, step: &str, here: &Path) -> bool {
        self.act_by(step, here).is_none_or(|act| self.notification_of_all(act).is_some())
    }

    fn runs_from(&self, document: usize) -> Option<Notified> {
        match self.act_of(document) {
            Some((act, ..)) => self.notification_of_all(act),
            None => Some((document, self.state.documents[document].notified_on?)),
        }
    }

    /// Whether it is this letter that has notified.
    fn counts(&self, document: usize) -> bool {
        self.act_of(document).is_none_or(|(act, party, _)| {
            self.state.acts[act].addressees[&party].notified_by == Some(document)
        })
    }

    fn letter_notified(&mut self, document: usize) {
        if let Some((act, party, _)) = self.act_of(document) {
            self.reckon_notification(act, party);
        }
    }

    /// Notes by which letter an addressee is notified by now; with it the period for a remedy begins.
    fn reckon_notification(&mut self, number: usize, party: u32) {
        let Some((document, on)) = self.notification_of(number, party) else { return };
        let act = &mut self.state.acts[number];
        let (_, content) = act.issued.as_ref().expect("its letters have left the house");
        let (period, kind) = (content.period, act.kind.clone());
        let addressed = act.addressees.get_mut(&party).expect("a letter went to them");
        let now = (Some(document), Some(on));
        if (addressed.notified_by, addressed.notified_on) == now {
            return;
        }
        (addressed.notified_by, addressed.notified_on) = now;
        addressed.final_since = None;
        // A remedy has ended the period; it is reckoned as it would have run.
        let objected = addressed.in_time;
        if objected && addressed.remedy.is_none() {
            return;
        }
        if !objected {
            addressed.remedy = None;
        }
        let received = addressed.received.clone();
        let law = self.law_of_kind(&kind).law();
        match self.reckoned_by(law, on, Occasion::Notification, period, &Value::Null) {
            Ok(run) if objected => {
                let late = received.iter().any(|on| *on > run.end);
                self.to(number, party).remedy = Some(run);
                if late && self.state.nodes.contains_key(&0) {
                    self.stuck(None, "remedy_late_after_change", None);
                }
            }
            Ok(run) => match self.state.nodes.get_mut(&0) {
                Some(root) => {
                    let name = period_of(number, party);
                    let revision = root.deadlines.get(&name).map_or(1, |deadline| deadline.revision + 1);
                    let deadline =
                        Deadline { document: Some(document), ..Deadline::running(revision, run, period) };
                    root.deadlines.insert(name, deadline);
                }
                // The period goes on without the case.
                None => self.to(number, party).remedy = Some(run),
            },
            Err(code) => self.stuck(None, code, None),
        }
    }

    fn to(&mut self, act: usize, party: u32) -> &mut Addressed {
        self.state.acts[act].addressees.get_mut(&party).expect("it is for them")
    }

    /// What runs from the notification of a letter, or of its act, follows it; or it waits for the next dispatch.
    fn follow_notification(&mut self, document: usize, before: Option<Notified>) {
        let after = self.runs_from(document);
        if before.is_none() || before.map(|(_, on)| on) == after.map(|(_, on)| on) {
            return;
        }
        let act = |document: usize| self.act_of(document).map(|(act, ..)| act);
        let this = act(document);
        let runs = |deadline: &Deadline| {
            let from = deadline.document;
            from.is_some_and(|from| from == document || this.is_some() && act(from) == this)
        };
        let running: Vec<(usize, String)> = self
            .state
            .nodes
            .iter()
            .flat_map(|(id, node)| node.deadlines.iter().map(move |(name, it)| (*id, name.clone(), it)))
            .filter(|(_, _, deadline)| runs(deadline))
            .map(|(id, name, _)| (id, name))
            .collect();
        for (id, name) in running {
            let (triggers, _) = self.triggers(id);
            // The period for a remedy is set anew with the notification of its act.
            let Some(written) = triggers.get(&name).map(|trigger| &trigger["deadline"]) else { continue };
            match after {
                None => self.wait_for_next_dispatch(id, &name, written),
                Some((letter, on)) => self.move_deadline(id, &name, written, (letter, on)),
            }
        }
    }

    fn move_deadline(&mut self, id: usize, name: &str, written: &Value, (letter, on): Notified) {
        self.state
            .nodes
            .get_mut(&id)
            .and_then(|node| node.deadlines.get_mut(name))
            .expect("it runs")
            .document = Some(letter);
        self.run_from(id, name, written, (on, Occasion::Notification));
    }

    fn wait_for_next_dispatch(&mut self, id: usize, name: &str, written: &Value) {
        let Some(of) = written["from"]["notification"].as_str() else { return };
        let first = self.first_inside(&self.state.nodes[&id].path);
        let letter = Some(self.texts.named(&first, of));
        let node = self.state.nodes.get_mut(&id).expect("it runs");
        let deadline = node.deadlines.get_mut(name).expect("it was found");
        (deadline.letter, deadline.revision) = (letter, deadline.revision + 1);
        (deadline.run, deadline.document, deadline.suspended) = (None, None, None);
        (deadline.stopped_until, deadline.extended) = (None, false);
        deadline.done.clear();
    }

    /// A letter of an act did not or will not arrive.
    pub fn has_not_arrived(&mut self, letter: usize, act: usize, party: u32) {
        let (before, counted) = (self.runs_from(letter), self.counts(letter));
        let document = &mut self.state.documents[letter];
        document.not_arrived = document.sent.is_some();
        document.outgoing &= document.sent.is_some();
        if let Some(root) = self.state.nodes.get_mut(&0) {
            root.deadlines.remove(&retrieval_of(letter));
        }
        let addressed = self.to(act, party);
        if addressed.notified_by == Some(letter) {
            (addressed.notified_on, addressed.notified_by) = (None, None);
            (addressed.remedy, addressed.final_since) = (None, None);
            self.state.nodes.get_mut(&0).expect("it is open").deadlines.remove(&period_of(act, party));
        }
        self.reckon_notification(act, party);
        self.follow_notification(letter, before);
        if counted {
            let fired = self.state.documents[letter].fired.len();
            (0..fired).for_each(|_| self.stuck(None, "fired_without_notification", None));
        }
    }

    /// What ran from the notification of a letter has passed; from that of an act ran what waited for all its addressees.
    pub fn remember_fired(&mut self, letter: usize, (title, start, end): (String, Date, Date), remedy: bool) {
        let behind: Vec<usize> = match self.act_of(letter).filter(|_| !remedy) {
            Some((act, ..)) => {
                self.state.acts[act].addressees.values().filter_map(|it| it.notified_by).collect()
            }
            None => vec![letter],
        };
        for letter in behind {
            self.state.documents[letter].fired.insert((title.clone(), start, end));
        }
    }
}

//! Deadlines: set, moved by a proven receipt, changed by people, passed.

use std::collections::BTreeSet;

use fachwerk_core::{
    facts::Actor,
    words::{Date, Extension, Period},
};
use fachwerk_deadlines::{
    Begin, Deadline as Run, DeadlineError, DeadlineInput, Decided, Law, NoShift, Occasion, Shift, Terms,
    WorkingDays, compute, extend, resume,
};
use serde_json::Value;

use super::{
    Failed, Oracle, Refused,
    commands::{Said, need, person, takes_part},
    correct::is_reason,
    names::Place,
    state::{Change, Deadline, Message, Passed},
};

/// A deadline as it is named: the node, and its name there.
pub type Named = (Option<usize>, String);

impl Oracle {
    pub fn set_deadline(
        &mut self,
        id: usize,
        name: &str,
        written: &Value,
        frame: usize,
    ) -> Result<(), Failed> {
        let path = self.state.nodes[&id].path.clone();
        let place = self.place(frame, id, &path);
        let period = self.value(&place, &written["period"])?;
        let period = period.as_str().and_then(|text| Period::parse(text).ok()).ok_or("deadline_failed")?;
        let from = &written["from"];
        let mut document = None;
        let (start, occasion, letter) = if let Some(letter) = from["notification"].as_str() {
            let letter = self.texts.named(&self.first_inside(&path), letter);
            let notified = self.notification_by(&letter, &path);
            document = notified.map(|(document, _)| document);
            let day = notified.map(|(_, day)| day);
            (day, Occasion::Notification, day.is_none().then_some(letter))
        } else if let Some(rule) = from.get("day") {
            (Some(self.day(&place, rule)?), Occasion::Event, None)
        } else {
            (Some(self.today()), Occasion::Event, None)
        };
        let run = start.map(|start| self.reckoned(start, occasion, period, written)).transpose()?;
        let deadlines = &self.state.nodes[&id].deadlines;
        let revision = deadlines.get(name).map_or(1, |deadline| deadline.revision + 1);
        let (suspended, stopped_until, extended) = (None, None, false);
        let (grace, done) = (None, Vec::new());
        let deadline = Deadline {
            revision,
            run,
            letter,
            document,
            period,
            suspended,
            stopped_until,
            extended,
            grace,
            done,
        };
        let deadline = self.with_grace(deadline, written);
        let node = self.state.nodes.get_mut(&id).expect("it runs");
        node.deadlines.insert(name.to_owned(), deadline);
        let place = self.state.nodes[&id].path.to_string();
        self.state.passed.retain(|passed| passed.place != place || passed.name != name);
        Ok(())
    }

    /// Counts the working days of the grace off, one by one.
    pub fn with_grace(&self, mut deadline: Deadline, written: &Value) -> Deadline {
        let written = written["grace"].as_str().and_then(|text| text.strip_suffix(" working days"));
        let Some((count, run)) = written.and_then(|n| n.parse().ok()).zip(deadline.run.as_ref()) else {
            deadline.grace = None;
            return deadline;
        };
        let (mut left, mut day) = (count, run.end);
        while left > 0 {
            day = day.tomorrow().expect("the calendar is long enough");
            left -= u32::from(self.calendar.is_working_day(day, WorkingDays::Arbeitstage));
        }
        deadline.grace = Some((count, day));
        deadline
    }

    /// The last day of a deadline that waits at a node, the first of them.
    pub(super) fn is_too_late(&self, id: usize, received_on: Date) -> bool {
        let mut runs = self.state.nodes[&id].deadlines.values().filter_map(|it| it.run.as_ref());
        !self.is_scope(id) && runs.any(|run| run.end < received_on)
    }

    /// A deadline passes while messages are waited for at its place or inside of it.
    fn remember_passed(&mut self, id: usize, name: &str) {
        let node = &self.state.nodes[&id];
        let Some(run) = node.deadlines.get(name).and_then(|it| it.run.clone()) else { return };
        if !node.waits.iter().any(|waits| waits == name) {
            return;
        }
        let place = node.path.to_string();
        let interrupts = self.trigger(id, name).is_some_and(|(trigger, _)| trigger["interrupt"] != false);
        let mut messages = Vec::new();
        for (at, inside) in &self.state.nodes {
            if *at != id && !self.state.around(*at).contains(&id) {
                continue;
            }
            let (triggers, _) = self.triggers(*at);
            for waits in &inside.waits {
                let message = triggers.get(waits).and_then(|it| it["message"].as_str());
                messages.extend(message.map(|it| (it.to_owned(), inside.keys.get(waits).cloned())));
            }
        }
        if messages.is_empty() {
            return;
        }
        let ended = !self.is_scope(id) || interrupts;
        let (start, end, name) = (run.start, run.end, name.to_owned());
        self.state.passed.retain(|passed| passed.place != place || passed.name != name);
        self.state.passed.push(Passed { place, name, start, end, ended, messages });
    }

    /// Nothing took a message. It may have come before the end of what has passed.
    pub(super) fn message_in_time(&mut self, message: &Message) {
        let waited = self.state.passed.iter().any(|passed| {
            let by = |(name, key): &(String, Option<String>)| {
                *name == message.name && (message.key.is_none() || message.key == *key)
            };
            passed.ended && message.received_on <= passed.end && passed.messages.iter().any(by)
        });
        if waited {
            self.stuck(None, "in_time_after_all", None);
        }
    }

    pub(super) fn document_in_time(&mut self, received_on: Date) {
        let inside = |passed: &Passed| {
            let waited = passed.ended && !passed.messages.is_empty();
            waited && passed.start <= received_on && received_on <= passed.end
        };
        if self.state.passed.iter().any(inside) {
            self.stuck(None, "in_time_after_all", None);
        }
    }

    pub fn reckoned(
        &self,
        start: Date,
        occasion: Occasion,
        period: Period,
        written: &Value,
    ) -> Result<Run, Failed> {
        self.reckoned_by(Law::VwVfG, start, occasion, period, written)
    }

    pub fn reckoned_by(
        &self,
        law: Law,
        start: Date,
        occasion: Occasion,
        period: Period,
        written: &Value,
    ) -> Result<Run, Failed> {
        let (begin, shift) = (begin(written), shift(written));
        let input = DeadlineInput { begin, shift, law, occasion, ..DeadlineInput::new(start, period) };
        compute(&input, &self.calendar).map_err(|_| "deadline_failed".to_owned())
    }

    fn day(&self, place: &Place<'_>, rule: &Value) -> Result<Date, Failed> {
        let said = self.rule(place, rule)?;
        said.as_str().and_then(|day| day.parse().ok()).ok_or_else(|| "deadline_start_invalid".to_owned())
    }

    /// A deadline that is set runs from another day than it did; what people have done to it holds.
    pub(super) fn run_from(
        &mut self,
        id: usize,
        name: &str,
        written: &Value,
        (start, occasion): (Date, Occasion),
    ) {
        let mut deadline = self.state.nodes[&id].deadlines[name].clone();
        let terms = terms(written, deadline.period);
        let again = || -> Result<(Run, Option<Date>), Failed> {
            let (mut run, mut stopped) = (self.reckoned(start, occasion, deadline.period, written)?, None);
            for done in &deadline.done {
                let gone_on = match (done, stopped) {
                    (Change::Stopped(since), _) => {
                        stopped = Some(*since);
                        continue;
                    }
                    (Change::Extended(by, decided), _) => extend(&run, *by, &terms, decided, &self.calendar),
                    (Change::Resumed(until, decided), Some(since)) => {
                        stopped = None;
                        resume(&run, (since, *until), &terms, decided, &self.calendar)
                    }
                    (Change::Resumed(..), None) => unreachable!("it had stopped"),
                };
                run = match gone_on {
                    // It ends later than it was extended to.
                    Err(DeadlineError::EndNotLater { .. }) => run,
                    gone_on => gone_on.map_err(|_| "deadline_failed")?,
                };
            }
            Ok((run, stopped))
        };
        let (run, stopped) = match again() {
            Ok(run) => run,
            Err(code) => return self.stuck(Some(id), code, Some(name)),
        };
        deadline.suspended = stopped.map(|since| (since, run.clone()));
        deadline.run = Some(run).filter(|_| stopped.is_none());
        let deadline = self.with_grace(deadline, written);
        self.set_anew(&(Some(id), name.to_owned()), deadline);
        let place = self.state.nodes[&id].path.to_string();
        self.state.passed.retain(|passed| passed.place != place || passed.name != name);
    }

    /// What the rules say from which days deadlines run that are set.
    pub(super) fn starts_by_rules(&self) -> Vec<(usize, String, Option<Value>)> {
        let mut starts = Vec::new();
        for (id, node) in &self.state.nodes {
            let (triggers, frame) = self.triggers(*id);
            for name in node.deadlines.keys() {
                let rule = triggers.get(name).and_then(|it| it["deadline"]["from"].get("day"));
                let said = rule.map(|rule| self.rule(&self.place(frame, *id, &node.path), rule).ok());
                starts.extend(said.map(|said| (*id, name.clone(), said)));
            }
        }
        starts
    }

    /// The application was changed, and with it days from which something runs.
    pub(super) fn follow_application(&mut self, before: &[(usize, String, Option<Value>)]) {
        let moved: Vec<_> = self.starts_by_rules().into_iter().filter(|now| !before.contains(now)).collect();
        for (id, name, _) in moved {
            let (triggers, frame) = self.triggers(id);
            let written = &triggers[&name]["deadline"];
            let path = self.state.nodes[&id].path.clone();
            match self.day(&self.place(frame, id, &path), &written["from"]["day"]) {
                Ok(day) => self.run_from(id, &name, written, (day, Occasion::Event)),
                Err(code) => self.stuck(Some(id), code, Some(&name)),
            }
        }
    }

    /// A deadline has passed. What ran from the notification of a document is remembered there.
    pub fn passed(&mut self, id: usize, name: &str) {
        let (triggers, _) = self.triggers(id);
        self.remember_passed(id, name);
        let deadline = self.state.nodes.get_mut(&id).and_then(|node| node.deadlines.remove(name));
        if let Some(Deadline { document: Some(document), run: Some(run), .. }) = deadline {
            self.act_final(name, &run);
            let title = triggers.get(name).map_or(name.to_owned(), |it| it["deadline"]["title"].to_string());
            let remedy = id == 0 && name.starts_with("acts/");
            self.remember_fired(document, (title, run.start, run.end), remedy);
        }
        if id == 0 && name.starts_with("letters/") {
            self.stuck(None, "not_retrieved", None);
        }
    }

    /// Whoever takes part changes deadlines while the case goes on, and says why.
    pub(super) fn may_change(
        &self,
        actor: &Actor,
        reason: &str,
        norm: Option<&str>,
    ) -> Result<Decided, Refused> {
        person(actor)?;
        takes_part(actor)?;
        need(self.state.ended.is_none(), "the case has ended")?;
        is_reason(reason)?;
        need(norm.is_none_or(|norm| norm.chars().count() <= 200), "the norm is too long")?;
        Ok(Decided { on: self.today(), reason: reason.to_owned(), norm: norm.map(str::to_owned) })
    }

    /// A deadline that is set, and how it is written.
    fn set_here(&self, (id, name): &Named) -> Result<(Deadline, Value), Refused> {
        let id = id.ok_or("it is not set")?;
        let deadline = self.state.nodes[&id].deadlines.get(name).ok_or("it is not set")?;
        let (triggers, _) = self.triggers(id);
        let trigger = triggers.get(name).ok_or("the law sets it")?;
        need(trigger["deadline"]["statutory"] != true, "a law fixes it")?;
        Ok((deadline.clone(), trigger["deadline"].clone()))
    }

    fn set_anew(&mut self, (id, name): &Named, mut deadline: Deadline) {
        deadline.revision += 1;
        let node = id.and_then(|id| self.state.nodes.get_mut(&id)).expect("it was found");
        node.deadlines.insert(name.clone(), deadline);
    }

    pub(super) fn extend(&mut self, named: &Named, extension: Extension, decided: &Decided) -> Said {
        let (mut deadline, written) = self.set_here(named)?;
        let run = deadline.run.as_ref().ok_or("it does not run")?;
        deadline.done.push(Change::Extended(extension, decided.clone()));
        let extended = extend(run, extension, &terms(&written, deadline.period), decided, &self.calendar);
        deadline.run = Some(extended.map_err(|_| "it cannot end then")?);
        deadline.extended = true;
        let deadline = self.with_grace(deadline, &written);
        self.set_anew(named, deadline);
        Ok(())
    }

    pub(super) fn suspend(&mut self, all: &[Named], since: Option<Date>) -> Said {
        let since = self.received(since)?;
        need(!all.is_empty() && all.iter().collect::<BTreeSet<_>>().len() == all.len(), "each once")?;
        for named in all {
            let (mut deadline, _) = self.set_here(named)?;
            let run = deadline.run.take().ok_or("it does not run")?;
            let first = match deadline.stopped_until {
                Some(day) => day.tomorrow().expect("the calendar is long enough"),
                // One that begins only later is stopped before it begins.
                None => run.start.min(self.today()),
            };
            need(first <= since && since <= run.end, "it does not run on this day")?;
            deadline.suspended = Some((since, run));
            deadline.done.push(Change::Stopped(since));
            self.set_anew(named, deadline);
        }
        Ok(())
    }

    pub(super) fn resume(&mut self, all: &[Named], until: Option<Date>, decided: &Decided) -> Said {
        let until = self.received(until)?;
        need(!all.is_empty() && all.iter().collect::<BTreeSet<_>>().len() == all.len(), "each once")?;
        for named in all {
            let (mut deadline, written) = self.set_here(named)?;
            let (since, run) = deadline.suspended.take().ok_or("it runs")?;
            let resumed =
                resume(&run, (since, until), &terms(&written, deadline.period), decided, &self.calendar);
            deadline.run = Some(resumed.map_err(|_| "it cannot run on then")?);
            deadline.stopped_until = Some(until);
            deadline.done.push(Change::Resumed(until, decided.clone()));
            let deadline = self.with_grace(deadline, &written);
            self.set_anew(named, deadline);
        }
        Ok(())
    }
}

fn begin(written: &Value) -> Begin {
    if written["begin"] == "day" { Begin::DayBegin } else { Begin::Event }
}

fn shift(written: &Value) -> Shift {
    match written["no_shift"].as_str() {
        Some(reason) => Shift::None { reason: NoShift::Other(reason.to_owned()) },
        None => Shift::NextWorkingDay,
    }
}

/// A period in working days goes on in working days.
fn terms(written: &Value, period: Period) -> Terms {
    let working_days = match period {
        Period::WorkingDays { definition, .. } => Some(definition),
        _ => None,
    };
    Terms { begin: begin(written), shift: shift(written), law: Law::VwVfG, working_days }
}

//! Waiting, and what wakes: messages, deadlines, timers, dispatches, signals, errors, escalations, conditions.

use fachwerk_core::words::{Date, Timestamp};
use jiff::{Span, civil::DateTime};
use serde_json::{Map, Value};

use super::{
    Failed, Oracle,
    state::{Message, Path, Timer},
    text::named,
};

impl Oracle {
    /// What a node can react to, by name, and the frame that this is written in.
    pub fn triggers(&self, id: usize) -> (Map<String, Value>, usize) {
        let path = &self.state.nodes[&id].path;
        let Some(step) = self.texts.steps.get(&path.step) else { return (self.texts.handlers(""), 0) };
        match step.written.get("wait").and_then(Value::as_object) {
            Some(waits) => (waits.clone(), step.frame),
            None => (self.texts.handlers(&path.step), step.within),
        }
    }

    pub(super) fn trigger(&self, id: usize, name: &str) -> Option<(Value, usize)> {
        self.state.nodes.get(&id)?.waits.iter().find(|waiting| *waiting == name)?;
        let (triggers, frame) = self.triggers(id);
        Some((triggers.get(name)?.clone(), frame))
    }

    /// Begins to wait; deadlines and timers begin to run.
    pub fn open_waits(&mut self, id: usize) {
        let (triggers, frame) = self.triggers(id);
        let path = self.state.nodes[&id].path.clone();
        if let Err(code) = self.set_keys(id, &triggers, &self.place(frame, id, &path)) {
            return self.stuck(Some(id), code, None);
        }
        for (name, trigger) in &triggers {
            let node = &self.state.nodes[&id];
            let set = if node.deadlines.contains_key(name) || node.timers.contains_key(name) {
                Ok(())
            } else if trigger.get("deadline").is_some() {
                self.set_deadline(id, name, &trigger["deadline"], frame)
            } else if trigger.get("timer").is_some() {
                self.set_timer(id, name, &trigger["timer"], frame)
            } else {
                Ok(())
            };
            if let Err(code) = set {
                return self.stuck(Some(id), code, None);
            }
        }
        self.state.nodes.get_mut(&id).expect("it runs").waits = triggers.keys().cloned().collect();
    }

    fn set_timer(&mut self, id: usize, name: &str, timer: &Value, frame: usize) -> Result<(), Failed> {
        let path = self.state.nodes[&id].path.clone();
        let place = self.place(frame, id, &path);
        let at = if let Some(rule) = timer.get("at") {
            self.rule(&place, rule)?.as_str().and_then(instant)
        } else {
            let period = timer.get("after").or_else(|| timer.get("every")).unwrap_or(&Value::Null);
            self.value(&place, period)?.as_str().and_then(|period| after(self.state.now, period, 1))
        };
        let at = at.ok_or("timer_invalid")?;
        let since = self.state.now;
        let timers = &mut self.state.nodes.get_mut(&id).expect("it runs").timers;
        let revision = timers.get(name).map_or(1, |timer| timer.revision + 1);
        timers.insert(name.to_owned(), Timer { revision, since, at });
        Ok(())
    }

    /// Where the ids of a handler or wait are looked up: beside the step itself, or inside a block.
    pub fn first_inside(&self, path: &Path) -> String {
        let inside = self.texts.inside.get(&path.step).and_then(|steps| steps.first());
        inside.cloned().unwrap_or_else(|| path.step.clone())
    }

    /// The last document that a step has made, seen from here.
    pub fn latest(&self, step: &str, here: &Path) -> Option<usize> {
        let made = |by: &Path| by.step == step && self.same_rounds(by, here);
        self.state.documents.iter().rposition(|document| document.by.as_ref().is_some_and(made))
    }

    /// Who waits for something: wait steps first, then scopes from the inside out.
    pub fn waiting(&self, wanted: impl Fn(&Value, usize) -> bool) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for (id, node) in self.state.nodes.iter().rev() {
            let (triggers, _) = self.triggers(*id);
            let mut names: Vec<&String> = node
                .waits
                .iter()
                .filter(|name| triggers.get(*name).is_some_and(|it| wanted(it, *id)))
                .collect();
            names.sort();
            found.extend(names.into_iter().map(|name| (*id, name.clone())));
        }
        let (scopes, mut waits): (Vec<_>, Vec<_>) = found.into_iter().partition(|(id, _)| self.is_scope(*id));
        waits.extend(scopes);
        waits
    }

    /// A message goes to one taker; without one it is kept.
    pub fn deliver(&mut self, message: Message) {
        self.state.messages.insert(message.id);
        self.state.mailbox.push(message.clone());
        for (id, name) in self.waiting(|trigger, _| trigger["message"] == message.name.as_str()) {
            if self.is_for(id, &name, &message) && self.take(id, &name, &message) {
                return;
            }
        }
        self.message_in_time(&message);
    }

    /// Whether a message comes by the key that is waited for; one that was sent to the case itself needs none.
    fn is_for(&self, id: usize, name: &str, message: &Message) -> bool {
        message.key.is_none() || message.key.as_ref() == self.state.nodes[&id].keys.get(name)
    }

    fn take(&mut self, id: usize, name: &str, message: &Message) -> bool {
        if self.is_too_late(id, message.received_on) || !self.may_react(id, name) {
            return false;
        }
        self.state.mailbox.retain(|kept| kept.id != message.id);
        let mut values = message.payload.clone();
        values.entry("received_on").or_insert(message.received_on.to_string().into());
        self.tell(id, name, values);
        self.react(id, name);
        true
    }

    /// Writes what a trigger brings: at a wait step to its result, else under the name of the handler.
    pub(super) fn tell(&mut self, id: usize, name: &str, values: Map<String, Value>) {
        let path = self.state.nodes[&id].path.clone();
        let at = match self.texts.steps.get(&path.step) {
            Some(step) if !self.is_scope(id) => self.address(step.frame, &step.id, &path.rounds),
            Some(step) => self.address(step.within, name, &path.rounds),
            None => self.address(0, name, &[]),
        };
        self.state.write(&at, values);
    }

    /// A wait step takes what came before it waited: messages and dispatches.
    pub fn take_what_is_there(&mut self, id: usize) {
        let Some(node) = self.state.nodes.get(&id).cloned() else { return };
        for name in &node.waits {
            let Some((trigger, _)) = self.trigger(id, name) else { return };
            if let Some(letter) = trigger["dispatch"].as_str() {
                let letter = self.texts.named(&node.path.step, letter);
                let sent = self.notification_by(&letter, &node.path).is_some();
                if sent && self.wake(id, name) {
                    return;
                }
            } else if self.take_oldest(id, name, &trigger) {
                return;
            }
        }
    }

    fn take_oldest(&mut self, id: usize, name: &str, trigger: &Value) -> bool {
        let wanted =
            |kept: &&Message| trigger["message"] == kept.name.as_str() && self.is_for(id, name, kept);
        let kept = self.state.mailbox.iter().find(wanted).cloned();
        kept.is_some_and(|message| self.take(id, name, &message))
    }

    /// The handlers of a scope that has begun take the messages that were kept, the oldest first.
    pub fn take_kept(&mut self, id: usize) {
        for message in self.state.mailbox.clone() {
            let Some(node) = self.state.nodes.get(&id) else { return };
            let (triggers, _) = self.triggers(id);
            let wanted = |name: &&String| {
                triggers[*name]["message"] == message.name.as_str() && self.is_for(id, name, &message)
            };
            let name = node.waits.iter().find(wanted).cloned();
            if let Some(name) = name {
                self.take(id, &name, &message);
            }
        }
    }

    fn may_react(&mut self, id: usize, name: &str) -> bool {
        let Some((trigger, frame)) = self.trigger(id, name) else { return false };
        let Some(rule) = trigger.get("when") else { return true };
        let path = self.state.nodes[&id].path.clone();
        match self.holds(&self.place(frame, id, &path), rule) {
            Ok(holds) => holds,
            Err(code) => {
                self.stuck(Some(id), code, Some(name));
                false
            }
        }
    }

    pub fn wake(&mut self, id: usize, name: &str) -> bool {
        let may = self.may_react(id, name);
        if may {
            self.react(id, name);
        }
        may
    }

    fn react(&mut self, id: usize, name: &str) {
        let Some((handler, _)) = self.trigger(id, name) else { return };
        if !self.is_scope(id) {
            return self.leave(id, Some(name));
        }
        if handler["interrupt"] != false {
            self.cancel_inside(id);
            // It reacts once: nothing of it is left.
            let node = self.state.nodes.get_mut(&id).expect("it reacts");
            node.waits.retain(|waiting| waiting != name);
            node.timers.remove(name);
            node.deadlines.remove(name);
        }
        let way = named(&handler["then"]);
        if !way.is_empty() {
            self.follow_from_handler(&way, id);
        }
    }

    fn follow_from_handler(&mut self, way: &[String], id: usize) {
        match way[0].strip_prefix('$') {
            Some(outcome) => {
                self.cancel_inside(id);
                self.leave(id, Some(outcome));
            }
            None => self.follow(way, id, ""),
        }
    }

    /// A deadline or timer is over; false: there is none that is over now.
    pub fn fire(&mut self, id: usize, name: &str, revision: u32) -> bool {
        let now = self.state.now;
        let Some(node) = self.state.nodes.get_mut(&id) else { return false };
        let passed = node.deadlines.get(name).is_some_and(|deadline| {
            deadline.revision == revision && deadline.fires_at().is_some_and(|at| at <= now)
        });
        let rings =
            node.timers.get(name).filter(|timer| timer.revision == revision && timer.at <= now).cloned();
        match rings {
            _ if passed => self.passed(id, name),
            Some(timer) => {
                node.timers.remove(name);
                self.ring_again(id, name, &timer);
            }
            None => return false,
        }
        let waits_on = !self.wake(id, name) && !self.state.is_stuck(id);
        if waits_on && self.state.nodes.contains_key(&id) && !self.is_scope(id) {
            self.take_what_is_there(id);
        }
        true
    }

    fn ring_again(&mut self, id: usize, name: &str, rung: &Timer) {
        let Some((trigger, _)) = self.trigger(id, name) else { return };
        let Some(period) = trigger["timer"]["every"].as_str() else { return };
        if trigger["timer"]["times"].as_u64().is_some_and(|times| u64::from(rung.revision) >= times) {
            return;
        }
        let passed = rung.at.max(self.state.now);
        let next = (i64::from(rung.revision)..).find_map(|times| {
            let at = after(rung.since, period, times).expect("the calendar is long enough");
            (at > passed).then_some(at)
        });
        let at = next.expect("some time is later");
        let timer = Timer { revision: rung.revision + 1, since: rung.since, at };
        self.state.nodes.get_mut(&id).expect("it waits").timers.insert(name.to_owned(), timer);
    }

    /// Whether what waits here waited for a step that a letter is of, and all of them have left the house.
    fn has_left(&self, by: &Path, here: &Path) -> bool {
        self.same_rounds(by, here) && self.all_have_left(&by.step, here)
    }

    /// A letter has left the house: what waited for that goes on.
    pub fn dispatched(&mut self, by: &Path) {
        let waits: Vec<(usize, String)> = self
            .state
            .nodes
            .iter()
            .flat_map(|(id, node)| {
                node.deadlines.iter().map(move |(name, deadline)| (id, node, name, deadline))
            })
            .filter(|(_, node, _, deadline)| {
                deadline.letter.as_ref() == Some(&by.step) && self.has_left(by, &node.path)
            })
            .map(|(id, _, name, _)| (*id, name.clone()))
            .collect();
        for (id, name) in waits {
            if let Some((trigger, frame)) = self.trigger(id, &name)
                && let Err(code) = self.set_deadline(id, &name, &trigger["deadline"], frame)
            {
                self.stuck(Some(id), code, Some(&name));
            }
        }
        let names = |trigger: &Value, id: usize| {
            let path = &self.state.nodes[&id].path;
            let letter = trigger["dispatch"].as_str();
            let letter = letter.map(|letter| self.texts.named(&self.first_inside(path), letter));
            letter.as_ref() == Some(&by.step) && self.has_left(by, path)
        };
        for (id, name) in self.waiting(names) {
            self.wake(id, &name);
        }
    }

    /// Everything in the case that waits for a signal reacts.
    pub fn signal(&mut self, signal: &str) {
        for (id, name) in self.waiting(|trigger, _| trigger["signal"] == signal) {
            self.wake(id, &name);
        }
    }

    /// A handler that could not say whether it reacts is asked again.
    pub fn wake_again(&mut self, id: usize, name: &str) {
        let Some((trigger, _)) = self.trigger(id, name) else { return };
        if trigger.get("message").is_some() {
            self.take_oldest(id, name, &trigger);
        } else if let Some(deadline) = self.state.nodes[&id].deadlines.get(name) {
            // What people have decided since is not undone.
            if deadline.is_changed() {
                return;
            }
            let (_, frame) = self.triggers(id);
            if let Err(code) = self.set_deadline(id, name, &trigger["deadline"], frame) {
                self.stuck(Some(id), code, Some(name));
            }
        } else if trigger.get("condition").is_none() {
            self.wake(id, name);
        }
    }
}

/// The first instant of a day, or an instant by the clock on the wall.
fn instant(text: &str) -> Option<Timestamp> {
    let at: DateTime =
        if text.len() == 10 { text.parse::<Date>().ok()?.into() } else { text.parse().ok()? };
    Some(at.in_tz("Europe/Berlin").ok()?.timestamp())
}

/// So many periods later, by the clock on the wall.
fn after(since: Timestamp, period: &str, times: i64) -> Option<Timestamp> {
    let (count, unit) = period.split_once(' ')?;
    let count = count.parse::<i64>().ok()? * times;
    let span = match unit.trim_end_matches('s') {
        "hour" => Span::new().hours(count),
        "day" => Span::new().days(count),
        "week" => Span::new().weeks(count),
        "month" => Span::new().months(count),
        _ => return None,
    };
    Some(since.in_tz("Europe/Berlin").ok()?.checked_add(span).ok()?.timestamp())
}

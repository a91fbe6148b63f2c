//! What the random walks have come across: a test that never meets a construct proves nothing about it.

use std::collections::{BTreeMap, BTreeSet};

use fachwerk_core::{decide::Rejection, event::Event};

/// How often things were met, over all seeds.
#[derive(Debug, Default)]
pub struct Seen {
    /// Whether all usual seeds were played, and not a single one again.
    pub whole: bool,
    pub walks: u64,
    pub turns: u64,
    pub ended: u64,
    /// Walks whose process has a construct.
    constructs: BTreeMap<&'static str, u64>,
    events: BTreeMap<String, u64>,
    rejections: BTreeMap<&'static str, u64>,
    incidents: BTreeMap<String, u64>,
}

/// Every rejection that a walk through one case can meet. The others need a clock that runs backwards, a release of
/// somebody else, or a thousand messages.
const REJECTIONS: [&str; 24] = [
    "CaseUnknown",
    "CaseEnded",
    "TaskNotOpen",
    "ClaimedByAnother",
    "MissingRole",
    "FourEyes",
    "PersonNeeded",
    "NotForPersons",
    "NoPartInProcess",
    "ValuesInvalid",
    "Stale",
    "DayInFuture",
    "NoteInvalid",
    "TitleInvalid",
    "DocumentUnknown",
    "DocumentNotOutgoing",
    "DispatchedAlready",
    "NotDispatched",
    "ReceiptRecordedAlready",
    "DispatchInvalid",
    "MessageRepeated",
    "TimerStale",
    "EffectStale",
    "IncidentUnknown",
];

const EVENTS: [&str; 38] = [
    "branches_began",
    "branches_joined",
    "condition_changed",
    "lock_queued",
    "lock_taken",
    "raised",
    "round_entered",
    "scope_repeated",
    "sent",
    "take_back_kept",
    "timer_fired",
    "timer_set",
    "case_ended",
    "case_started",
    "deadline_fired",
    "deadline_set",
    "document_added",
    "document_dispatched",
    "effect_finished",
    "effect_requested",
    "incident_raised",
    "incident_resolved",
    "message_received",
    "message_taken",
    "note_added",
    "number_drawn",
    "receipt_recorded",
    "result_written",
    "rule_evaluated",
    "step_entered",
    "step_left",
    "steps_cancelled",
    "task_claimed",
    "task_completed",
    "task_opened",
    "task_released",
    "wait_opened",
    "late_result",
];

/// What the generator writes; each stands in at least one process of twenty.
const CONSTRUCTS: [&str; 33] = [
    "condition that begins to hold",
    "each",
    "inclusive fork",
    "lock",
    "m of n",
    "raise",
    "repeat",
    "signal",
    "the rest goes on",
    "timer",
    "block",
    "choose",
    "compute",
    "condition of a trigger",
    "deadline",
    "deadline from a day",
    "deadline from notification",
    "decide",
    "dispatch",
    "effect",
    "end",
    "fork",
    "four eyes",
    "group",
    "handler of the case",
    "handler that does not interrupt",
    "handler that interrupts",
    "leave",
    "loop",
    "message",
    "number",
    "script",
    "template",
];

impl Seen {
    pub fn process(&mut self, constructs: &BTreeSet<&'static str>) {
        self.walks += 1;
        for construct in constructs {
            *self.constructs.entry(construct).or_default() += 1;
        }
    }

    pub fn events(&mut self, events: &[Event]) {
        self.turns += 1;
        for event in events {
            let name =
                serde_json::to_value(event).ok().and_then(|event| Some(event["type"].as_str()?.to_owned()));
            *self.events.entry(name.expect("an event has a type")).or_default() += 1;
            match event {
                Event::IncidentRaised { incident, .. } => {
                    *self.incidents.entry(incident.code.to_string()).or_default() += 1;
                }
                Event::EffectFinished { late: true, .. } => {
                    *self.events.entry("late_result".into()).or_default() += 1;
                }
                Event::CaseEnded { .. } => self.ended += 1,
                _ => {}
            }
        }
    }

    pub fn rejection(&mut self, rejection: &Rejection) {
        *self.rejections.entry(rejection.code()).or_default() += 1;
    }

    pub fn add(&mut self, other: Seen) {
        fn all<K: Ord>(mine: &mut BTreeMap<K, u64>, others: BTreeMap<K, u64>) {
            for (key, count) in others {
                *mine.entry(key).or_default() += count;
            }
        }
        self.walks += other.walks;
        self.turns += other.turns;
        self.ended += other.ended;
        all(&mut self.constructs, other.constructs);
        all(&mut self.events, other.events);
        all(&mut self.rejections, other.rejections);
        all(&mut self.incidents, other.incidents);
    }

    /// Nothing was missed; says so only when all usual seeds were played.
    #[track_caller]
    pub fn holds_everything(&self) {
        if !self.whole {
            return;
        }
        let rare: Vec<&str> = CONSTRUCTS
            .into_iter()
            .filter(|it| self.constructs.get(it).copied().unwrap_or(0) * 20 < self.walks)
            .collect();
        assert!(rare.is_empty(), "in less than one process of twenty: {rare:?}\n{self}");
        let missed: Vec<&str> = EVENTS.into_iter().filter(|it| !self.events.contains_key(*it)).collect();
        assert!(missed.is_empty(), "these events never happened: {missed:?}\n{self}");
        let missed: Vec<&str> =
            REJECTIONS.into_iter().filter(|it| !self.rejections.contains_key(it)).collect();
        assert!(missed.is_empty(), "these rejections never came: {missed:?}\n{self}");
    }
}

impl std::fmt::Display for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{} walks, {} turns, {} cases ended", self.walks, self.turns, self.ended)?;
        writeln!(f, "constructs: {:?}", self.constructs)?;
        writeln!(f, "events: {:?}", self.events)?;
        writeln!(f, "rejections: {:?}", self.rejections)?;
        write!(f, "incidents: {:?}", self.incidents)
    }
}

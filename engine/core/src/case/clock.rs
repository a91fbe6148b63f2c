//! What silence grants, as the case knows it: kept after the step that waited is gone, because what is proven later (a
//! receipt, a day off, another day of the application) can still turn it round.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Case;
use crate::{
    act::{Act, Addressed},
    event::{Deadline, Fiction, Start},
    law::KeptBy,
    words::{Date, InstanceId, StepPath, Timestamp},
};

/// Until when something must be decided that silence grants.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clock {
    /// The step that waits, or waited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepPath>,
    /// The deadline as it stands: what it was reckoned from, and what was done to it.
    pub deadline: Deadline,
    /// Since when nobody waits for it any more: it has passed, or it was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<Timestamp>,
    /// Whether it was gone back before it, with nothing decided yet: then it counts no more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gone_back: bool,
    /// Whether the case was moved back by hand since: one that is set after that is about the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub moved_back: bool,
    /// The acts that had been issued when it was set, and that another clock is about: they decided something else, also when
    /// they are of the day on which this one begins.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<u32>,
    /// What a person has said holds, where what is known had changed since: whether the act counts as granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ruled: Option<bool>,
}

impl Clock {
    /// What the law says of it.
    pub fn fiction(&self) -> Option<&Arc<Fiction>> {
        self.deadline.fiction.as_ref()
    }

    /// The kind of act that silence grants.
    pub fn act(&self) -> Option<&Arc<str>> {
        self.fiction().map(|fiction| &fiction.act)
    }

    /// The last day.
    pub fn end(&self) -> Option<Date> {
        self.deadline.run.as_ref().map(|run| run.end)
    }

    /// Whether an act is about what this clock is about: one that was issued before the period began was about something else.
    pub fn is_about(&self, act: &Act) -> bool {
        let begun = begun_on(&self.deadline);
        let since = act.issued.as_ref().map(|issued| issued.on);
        let after = since > begun || since == begun && !self.before.contains(&act.number);
        act.decides().is_some() && act.decides() == self.act() && after
    }
}

/// The day from which a period counts.
fn begun_on(deadline: &Deadline) -> Option<Date> {
    let begun = deadline.basis.as_ref().and_then(|basis| match basis.start {
        Start::Day(day) => Some(day),
        Start::At(_) => None,
    });
    begun.or_else(|| deadline.run.as_ref().map(|run| run.start))
}

impl Case {
    /// The clock of a kind of act that was set last.
    pub fn clock_of(&self, act: &str) -> Option<(InstanceId, &Arc<Clock>)> {
        let of = |clock: &Clock| !clock.gone_back && clock.act().is_some_and(|of| **of == *act);
        self.clocks.iter().rev().find(|(_, clock)| of(clock)).map(|(id, clock)| (*id, clock))
    }

    /// Whether it is still waited for.
    pub fn is_waited_for(&self, id: InstanceId, clock: &Clock) -> bool {
        self.instance(id).is_some_and(|it| it.deadlines.contains_key(&clock.deadline.name))
    }

    /// Whether its deadline cannot be set: nothing is known of its end.
    fn is_clock_stuck(&self, act: &str) -> bool {
        let of = |incident: &super::Incident| {
            let fiction = incident.trouble.details.get("fiction");
            incident.instance.is_some() && fiction.is_some_and(|fiction| fiction == act)
        };
        self.incidents.values().any(|incident| of(incident))
    }

    /// Whether an act has decided in time what silence would have decided: whoever applied is notified by the last day, or it
    /// is issued by then, as the row of law says; of several who applied all of them, by this act or another one.
    pub fn is_in_time(&self, act: &Act) -> bool {
        let Some(issued) = act.issued.as_ref().filter(|_| act.deemed.is_none()) else { return false };
        let Some(decides) = &issued.content.decides else { return false };
        if self.is_clock_stuck(&decides.act) {
            return false;
        }
        let Some((_, clock)) = self.clock_of(&decides.act) else { return true };
        let applied = act.addressees.keys().any(|party| self.has_applied(*party, &decides.applicant));
        let applied = applied || clock.fiction().is_some_and(|fiction| fiction.kept_by == KeptBy::Issue);
        applied && clock.is_about(act) && self.unserved(clock, &decides.applicant).is_empty()
    }

    pub(crate) fn has_applied(&self, party: u32, kind: &str) -> bool {
        self.parties.get(&party).is_some_and(|party| *party.content.kind == *kind)
    }

    /// Those who have applied: they take part now, and did while it was waited for the decision.
    pub fn applicants(&self, clock: &Clock, kind: &str) -> Vec<u32> {
        let applied = self.parties_now().filter(|party| *party.content.kind == *kind);
        let before = |since: Timestamp| clock.over.is_none_or(|over| since <= over);
        applied.filter(|party| before(party.since)).map(|party| party.number).collect()
    }

    /// The applicants whom nothing was decided for in time. What a person has said holds goes before what is known.
    pub fn unserved(&self, clock: &Clock, kind: &str) -> Vec<u32> {
        match clock.ruled {
            None => self.unserved_by_law(clock, kind),
            Some(false) => Vec::new(),
            Some(true) => match self.deemed_by(clock) {
                Some(act) => {
                    act.addressees.keys().copied().filter(|it| self.has_applied(*it, kind)).collect()
                }
                None => self.applicants(clock, kind),
            },
        }
    }

    /// The same by what is known of letters and days alone.
    pub fn unserved_by_law(&self, clock: &Clock, kind: &str) -> Vec<u32> {
        let mut applicants = self.applicants(clock, kind);
        applicants.retain(|party| !self.is_served(clock, *party));
        applicants
    }

    fn is_served(&self, clock: &Clock, party: u32) -> bool {
        let (Some(end), Some(fiction)) = (clock.end(), clock.fiction()) else { return false };
        let mut acts = self.acts.values().filter(|act| act.deemed.is_none() && clock.is_about(act));
        acts.any(|act| {
            let (Some(addressed), Some(issued)) = (act.addressees.get(&party), &act.issued) else {
                return false;
            };
            match fiction.kept_by {
                KeptBy::Issue => issued.on <= end,
                KeptBy::Notification => self.first_notified(act, addressed).is_some_and(|on| on <= end),
            }
        })
    }

    /// The first day on which an addressee was notified of an act, by whichever version: a correction is no new decision.
    pub fn first_notified(&self, act: &Act, addressed: &Addressed) -> Option<Date> {
        let days = addressed.letters.iter().filter_map(|letter| {
            let dispatch = self.documents.get(&letter.document)?.dispatch.as_ref()?;
            dispatch.notified_of(act.number).filter(|_| !dispatch.not_arrived)
        });
        days.min()
    }

    /// The act that counts as granted by a clock.
    pub fn deemed_by(&self, clock: &Clock) -> Option<&Act> {
        let acts = self.acts.values().rev().map(|act| &**act);
        acts.into_iter().find(|act| act.deemed.is_some() && clock.is_about(act))
    }

    /// The newest act of a kind that counts as granted because nothing was decided in time.
    pub fn deemed(&self, kind: &str) -> Option<&Act> {
        let acts = self.acts.values().rev().map(|act| &**act);
        acts.into_iter().find(|act| *act.kind == *kind && act.deemed.is_some())
    }

    /// A clock is set, or set anew.
    pub(crate) fn set_clock(&mut self, id: InstanceId, step: Option<StepPath>, deadline: &Deadline) {
        let (before, moved_back) = match self.clocks.get(&id) {
            Some(known) => (known.before.clone(), known.moved_back),
            None => {
                let counts = self.clocks.values().filter(|clock| !clock.gone_back && !clock.moved_back);
                let others: Vec<&Arc<Clock>> = counts.collect();
                let decided = |act: &&Arc<Act>| others.iter().any(|clock| clock.is_about(act));
                (self.acts.values().filter(decided).map(|act| act.number).collect(), false)
            }
        };
        let deadline = deadline.clone();
        let clock = Clock { step, deadline, over: None, gone_back: false, moved_back, before, ruled: None };
        self.clocks.insert(id, Arc::new(clock));
    }

    /// Somebody has moved the case back.
    pub(crate) fn move_clocks_back(&mut self) {
        let known: Vec<InstanceId> = self.clocks.keys().copied().collect();
        for id in known {
            if let Some(clock) = self.clocks.get_mut(&id) {
                Arc::make_mut(clock).moved_back = true;
            }
        }
    }

    /// Notes that nobody waits for a clock any more.
    pub(crate) fn clock_over(&mut self, id: InstanceId, name: Option<&str>) {
        let now = self.now;
        let of = |clock: &&mut Arc<Clock>| {
            clock.over.is_none() && name.is_none_or(|name| *clock.deadline.name == *name)
        };
        if let Some(clock) = self.clocks.get_mut(&id).filter(of) {
            Arc::make_mut(clock).over = Some(now);
        }
    }

    /// It was gone back before a clock: where nothing is decided yet, nobody knows of any period.
    pub(crate) fn forget_clock(&mut self, id: InstanceId) {
        let Some(clock) = self.clocks.get_mut(&id) else { return };
        if !self.acts.values().any(|act| clock.is_about(act)) {
            Arc::make_mut(clock).gone_back = true;
        }
    }
}

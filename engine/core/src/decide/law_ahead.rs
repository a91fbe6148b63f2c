//! What other legal data would make of the deadlines of a case, without anything being recorded. Deadlines that run stay as
//! they are when an authority sets a row of its own; whoever sets one sees here which of them somebody should look at.

use std::sync::Arc;

use fachwerk_deadlines::{DocumentKind, Period, Way};

use super::turn::Deciding;
use crate::{
    case::Case,
    definition::Release,
    event::{Basis, Deadline, DeadlineChange, Start, StartedFrom},
    facts::Facts,
    words::{Date, InstanceId, Text},
};

/// A deadline that runs, is suspended or waits for a dispatch, and would end on another day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherEnd {
    /// The instance that it belongs to.
    pub instance: InstanceId,
    /// Its name there.
    pub name: Arc<str>,
    /// What people read.
    pub title: Text,
    /// Its last day; none: it does not run yet, and would end on another day if its letter left the house today.
    pub is: Option<Date>,
    /// The day on which it would end; none: it would not run, or cannot be reckoned.
    pub would: Option<Date>,
}

/// The deadlines of a case that would end on another day by other legal data than those that hold. What both make of it is
/// compared, so that a row that was set since and that running deadlines do not follow is not told once more.
pub fn ends_by_law(release: &Release, case: &Case, holds: &Facts, other: &Facts) -> Vec<OtherEnd> {
    let (holds, other) = (Deciding::new(release, case, holds), Deciding::new(release, case, other));
    let would = |(instance, deadline): (InstanceId, &Deadline)| {
        if deadline.awaits_dispatch_of.is_some() {
            let days = |by: &Deciding<'_>| -> Vec<_> {
                by.if_sent(instance, deadline)
                    .into_iter()
                    .map(|ahead| (ahead.notified_on, ahead.end))
                    .collect()
            };
            let (name, title) = (deadline.name.clone(), deadline.title.clone());
            let differs = days(&holds) != days(&other);
            return differs.then_some(OtherEnd { instance, name, title, is: None, would: None });
        }
        let (end, changes) = last_day(deadline)?;
        let (was, would) = (holds.basis_by_law(deadline)?, other.basis_by_law(deadline)?);
        if was == would {
            return None;
        }
        let would = would.and_then(|basis| other.end_of(&basis, changes).ok().flatten());
        let differs = would != Some(end);
        let (name, title) = (deadline.name.clone(), deadline.title.clone());
        differs.then_some(OtherEnd { instance, name, title, is: Some(end), would })
    };
    case.deadlines().filter_map(would).collect()
}

/// The norms on which a deadline that waits for a dispatch would rest if the letter left the house today, whichever way: how it
/// will leave nobody knows.
pub fn norms_ahead(release: &Release, case: &Case, facts: &Facts, of: (InstanceId, &str)) -> Vec<Arc<str>> {
    let deadline = case.instance(of.0).and_then(|it| it.deadlines.get(of.1));
    let Some(deadline) = deadline.filter(|deadline| deadline.awaits_dispatch_of.is_some()) else {
        return Vec::new();
    };
    let ahead = Deciding::new(release, case, facts).if_sent(of.0, deadline);
    let mut norms: Vec<Arc<str>> = ahead.into_iter().flat_map(|ahead| ahead.norms).collect();
    norms.sort_unstable();
    norms.dedup();
    norms
}

/// What would become of a deadline that waits if its letter left the house today in some way.
struct Ahead {
    notified_on: Option<Date>,
    end: Option<Date>,
    norms: Vec<Arc<str>>,
}

/// The last day of a deadline and what was done to it until then; of a suspended one, as it ran when it was suspended.
fn last_day(deadline: &Deadline) -> Option<(Date, &[DeadlineChange])> {
    let changes = &deadline.changes;
    if let Some(run) = &deadline.run {
        return Some((run.end, changes));
    }
    let stopped = deadline.suspended.as_ref()?;
    let at = changes.iter().rposition(|change| matches!(change, DeadlineChange::Stopped { .. }))?;
    Some((stopped.run.end, &changes[..at]))
}

impl Deciding<'_> {
    /// The same for each way in which its letter could leave the house today.
    fn if_sent(&self, instance: InstanceId, deadline: &Deadline) -> Vec<Ahead> {
        let kind = deadline.awaits_dispatch_of.as_ref().zip(self.deadline_kind(instance, &deadline.name));
        let Some((letter, kind)) = kind else { return Vec::new() };
        let issued = self.act_by(letter, instance).and_then(|act| act.issued.as_ref());
        let (law, document) = match issued {
            Some(issued) => (issued.content.notification, DocumentKind::Act),
            None => (self.release.law, DocumentKind::Letter),
        };
        let period = Period::parse(&deadline.period.en).ok();
        let of_way = |way: &Way| {
            let reckoned = self
                .notification_of((law, &self.facts.calendar), document, (self.facts.today, *way, None))
                .ok()?;
            let basis = reckoned.notified_on.zip(period).map(|(day, period)| {
                let law = (self.release.law.law(), self.facts.versions.norms);
                Basis::of(kind, law, (StartedFrom::Notification, Start::Day(day)), period)
            });
            let run = basis.and_then(|basis| {
                let deadline = Deadline { basis: Some(basis), awaits_dispatch_of: None, ..deadline.clone() };
                self.folded(deadline).ok()?.run
            });
            let sentences = reckoned.derivation.iter().chain(run.iter().flat_map(|run| &run.derivation));
            let norms = sentences.filter_map(|it| it.norm.as_deref().map(Into::into)).collect();
            Some(Ahead { notified_on: reckoned.notified_on, end: run.as_ref().map(|run| run.end), norms })
        };
        Way::ALL.iter().filter_map(of_way).collect()
    }

    /// What a deadline would be reckoned from by the legal data of the facts; none within: it would not run. None at all: it
    /// does not hang on them.
    fn basis_by_law(&self, deadline: &Deadline) -> Option<Option<Basis>> {
        let basis = deadline.basis.as_deref()?;
        if let Some(fiction) = &deadline.fiction {
            let land = self.facts.calendar.place().map(|place| place.land);
            let granted = self.facts.law.fictions.of(&fiction.law.id, self.case.received_on, land);
            return Some(granted.ok().map(|granted| Basis { period: granted.length, ..basis.clone() }));
        }
        if basis.from != StartedFrom::Notification {
            return None;
        }
        let number = deadline.from_document?;
        let dispatch = self.case.documents.get(&number)?.dispatch.as_ref()?;
        let act = self.case.act_of_deadline(&deadline.name).and_then(|(act, _)| act.issued.as_ref());
        let law = match act {
            Some(issued) => issued.content.notification,
            None => self.law_of_notification(number).ok()?,
        };
        let sent = (dispatch.on, dispatch.way, dispatch.proven_receipt);
        let reckoned = self.notification_by_law((law, &self.facts.calendar), number, sent).ok();
        let Some(notified_on) = reckoned.and_then(|reckoned| reckoned.notified_on) else {
            return Some(None);
        };
        let rows = act.into_iter().flat_map(|issued| issued.content.law_used());
        let length = rows.filter(|row| &*row.table == "periods").find_map(|row| {
            let remedies = &self.facts.law.remedies;
            let abroad = remedies.length_abroad_of(&row.id).filter(|_| dispatch.way == Way::PostAbroad);
            abroad.or(remedies.length_of(&row.id)).and_then(|length| Period::parse(length).ok())
        });
        let period = length.unwrap_or(basis.period);
        Some(Some(Basis { start: Start::Day(notified_on), period, ..basis.clone() }))
    }
}

//! What other legal data would make of the deadlines of a case, without anything being recorded. Deadlines that run stay as
//! they are when an authority sets a row of its own; whoever sets one sees here which of them somebody should look at.

use std::sync::Arc;

use fachwerk_deadlines::{Period, Way};

use super::turn::Deciding;
use crate::{
    case::Case,
    definition::Release,
    event::{Basis, Deadline, DeadlineChange, Start, StartedFrom},
    facts::Facts,
    words::{Date, InstanceId, Text},
};

/// A deadline that runs, or is suspended, and would end on another day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherEnd {
    /// The instance that it belongs to.
    pub instance: InstanceId,
    /// Its name there.
    pub name: Arc<str>,
    /// What people read.
    pub title: Text,
    /// Its last day.
    pub is: Date,
    /// The day on which it would end; none: it would not run, or cannot be reckoned.
    pub would: Option<Date>,
}

/// The deadlines of a case that would end on another day by other legal data than those that hold. What both make of it is
/// compared, so that a row that was set since and that running deadlines do not follow is not told once more.
pub fn ends_by_law(release: &Release, case: &Case, holds: &Facts, other: &Facts) -> Vec<OtherEnd> {
    let (holds, other) = (Deciding::new(release, case, holds), Deciding::new(release, case, other));
    let would = |(instance, deadline): (InstanceId, &Deadline)| {
        let (end, changes) = last_day(deadline)?;
        let (was, would) = (holds.basis_by_law(deadline)?, other.basis_by_law(deadline)?);
        if was == would {
            return None;
        }
        let would = would.and_then(|basis| other.end_of(&basis, changes).ok().flatten());
        let differs = would != Some(end);
        let (name, title) = (deadline.name.clone(), deadline.title.clone());
        differs.then_some(OtherEnd { instance, name, title, is: end, would })
    };
    case.deadlines().filter_map(would).collect()
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

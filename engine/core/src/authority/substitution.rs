//! Substitution (Vertretung): somebody does the work of somebody who is away, with their roles, for some days.
//!
//! Whoever stands in acts in their own name, so four-eyes still keeps apart what one person must not do twice. What
//! administers the authority is not passed on, nor does it go further: the substitute of a substitute gets nothing.

use std::{collections::BTreeSet, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{ADMINISTRATOR, Authority, AuthorityRejection, DESIGNER};
use crate::words::{Date, PersonId, RoleId};

/// The longest substitution, in days.
pub const MAX_DAYS: i32 = 366;
/// So many substitutions that are not over an authority has at most.
pub const MAX_SUBSTITUTIONS: usize = 1_000;

/// Somebody does the work of somebody who is away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Substitution {
    /// Who is away.
    pub absent: PersonId,
    /// Who stands in.
    pub substitute: PersonId,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
}

impl Substitution {
    /// Whether a person is away or stands in.
    pub fn takes_part(&self, person: &PersonId) -> bool {
        self.absent == *person || self.substitute == *person
    }

    /// Whether it counts on a day.
    pub fn is_on(&self, day: Date) -> bool {
        self.from <= day && day <= self.until
    }
}

impl Authority {
    /// Those for whom a person stands in on a day.
    pub fn stands_in_for(&self, person: &PersonId, day: Date) -> BTreeSet<PersonId> {
        let active = |id: &PersonId| self.people.get(id).is_some_and(|person| person.active);
        let of_person = self.substitutions.values().filter(|it| it.substitute == *person && it.is_on(day));
        of_person.map(|it| it.absent.clone()).filter(active).collect()
    }

    /// The roles that count for a person on a day: their own, and those of whom they stand in for. None without an account
    /// that is active.
    pub fn roles_on(&self, person: &PersonId, day: Date) -> Arc<BTreeSet<RoleId>> {
        let Some(own) = self.people.get(person).filter(|person| person.active) else { return Arc::default() };
        let absent = self.stands_in_for(person, day);
        if absent.is_empty() {
            return own.roles.clone();
        }
        let mut roles = BTreeSet::clone(&own.roles);
        for person in absent.iter().filter_map(|absent| self.people.get(absent)) {
            roles.extend(passed_on(&person.roles).cloned());
        }
        Arc::new(roles)
    }

    /// Whether somebody may stand in for somebody so long.
    pub(super) fn check_substitution(&self, it: &Substitution) -> Result<(), AuthorityRejection> {
        let active = |id: &PersonId| self.people.get(id).is_some_and(|person| person.active);
        let good = it.absent != it.substitute
            && active(&it.absent)
            && active(&it.substitute)
            && it.from <= it.until
            && it.from.until(it.until).is_ok_and(|span| span.get_days() < MAX_DAYS)
            && self.substitutions.len() < MAX_SUBSTITUTIONS;
        if !good {
            return Err(AuthorityRejection::SubstitutionInvalid);
        }
        let overlaps = |known: &Substitution| known.from <= it.until && it.from <= known.until;
        let pair = |known: &&Substitution| known.absent == it.absent && known.substitute == it.substitute;
        match self.substitutions.values().filter(pair).any(|known| known != it && overlaps(known)) {
            true => Err(AuthorityRejection::SubstitutionOverlaps),
            false => Ok(()),
        }
    }
}

/// The roles that a substitute gets.
pub fn passed_on(roles: &BTreeSet<RoleId>) -> impl Iterator<Item = &RoleId> {
    roles.iter().filter(|role| ![ADMINISTRATOR, DESIGNER].contains(&role.as_str()))
}

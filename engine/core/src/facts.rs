//! All that is not in the case: the second half of what a decision may depend on.
//!
//! Whatever is read here is recorded with the turn by its version, so that a decision can be explained years later.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, LazyLock},
};

use fachwerk_deadlines::Calendar;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::{
    authority::{Person, Profile},
    keeping::KeepingRules,
    law::LegalData,
    words::{Date, Object, Period, PersonId, RoleId, Timestamp, Value},
};

/// The zone whose days count: German authorities have one.
static ZONE: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::get("Europe/Berlin").expect("the zone is compiled in"));

/// The day in Germany at an instant.
pub fn day_of(now: Timestamp) -> Date {
    now.to_zoned_datetime(ZONE.clone()).date()
}

/// The first instant of a day in Germany; deadlines of the day before have then passed.
pub fn start_of(day: Date) -> Timestamp {
    match day.to_zoned_datetime(ZONE.clone()) {
        Ok(midnight) => midnight.timestamp(),
        Err(_) => Timestamp::MAX,
    }
}

/// An instant with the clock on the wall in Germany.
pub fn zoned(at: Timestamp) -> jiff::ZonedDateTime {
    at.to_zoned_datetime(ZONE.clone())
}

/// The instant of a time of day in Germany.
pub fn instant_of(at: jiff::civil::DateTime) -> Option<Timestamp> {
    at.to_zoned_datetime(ZONE.clone()).ok().map(|zoned| zoned.timestamp())
}

/// The clock on the wall in Germany at an instant.
pub fn wall_clock(at: Timestamp) -> jiff::civil::DateTime {
    at.to_zoned_datetime(ZONE.clone()).datetime()
}

/// The instant a period later, by the clock on the wall in Germany; months and years as the calendar has them, working
/// days as days. A legal period is computed by the deadlines, never here.
pub fn later(now: Timestamp, period: Period) -> Option<Timestamp> {
    times_later(now, period, 1)
}

/// The instant so many periods later, reckoned at once: twice one month after 31 January is 31 March.
pub fn times_later(now: Timestamp, period: Period, times: u32) -> Option<Timestamp> {
    let count = i64::from(period.count()).checked_mul(i64::from(times))?;
    let span = match period {
        Period::Days(_) | Period::WorkingDays { .. } => jiff::Span::new().try_days(count),
        Period::Weeks(_) => jiff::Span::new().try_weeks(count),
        Period::Months(_) => jiff::Span::new().try_months(count),
        Period::Years(_) => jiff::Span::new().try_years(count),
        Period::Hours(_) => jiff::Span::new().try_hours(count),
    };
    Some(now.to_zoned_datetime(ZONE.clone()).checked_add(span.ok()?).ok()?.timestamp())
}

/// The version of the built-in legal data.
pub fn norms_version() -> u32 {
    fachwerk_deadlines::norms_version()
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// A person of the authority.
    Person(PersonId),
    /// The engine itself: a timer, a continuation.
    Engine,
    /// A connector that brings a result or a message from outside.
    Connector(Arc<str>),
}

impl Actor {
    /// The person, when it is one.
    pub fn person(&self) -> Option<&PersonId> {
        match self {
            Actor::Person(person) => Some(person),
            Actor::Engine | Actor::Connector(_) => None,
        }
    }
}

/// Names a counter without gaps, for example `32.1/2026`.
pub type CounterKey = Arc<str>;

/// Which revisions of the tenant's own facts a turn used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactVersions {
    /// The version of the tenant's stream: people, roles, settings, releases, one-off holidays.
    pub authority: u64,
    /// The version of the built-in legal data (holidays, notification).
    pub norms: u32,
}

/// What an authority brings into the rules of a process.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Local {
    /// What it set for the process, over the defaults of the process.
    pub settings: Object,
    /// Who it is, as rules see it ([`crate::authority::Profile::shown`]).
    pub authority: Arc<Value>,
    /// Who it is, as law looks at it.
    pub profile: Arc<Profile>,
}

/// What [`crate::decide::decide`] may know besides the case and its release.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The instant of the turn; never before the last turn of the case.
    pub now: Timestamp,
    /// The day of `now` in Germany.
    pub today: Date,
    /// Who asks.
    pub actor: Actor,
    /// The roles granted to whoever asks, those of whom they stand in for among them.
    pub roles: Arc<BTreeSet<RoleId>>,
    /// Those for whom whoever asks stands in.
    pub stands_in_for: Arc<BTreeSet<PersonId>>,
    /// The people of the authority, for their names.
    pub people: Arc<BTreeMap<PersonId, Person>>,
    /// Those of the people who log in themselves; all others are technical accounts. Known only where
    /// [`crate::command::Command::needs_persons`] says so.
    pub persons: Arc<BTreeSet<PersonId>>,
    /// What the authority brings into the rules of this process.
    pub local: Arc<Local>,
    /// How long cases of this process are kept.
    pub keeping: KeepingRules,
    /// Holidays where the authority acts.
    pub calendar: Calendar,
    /// Law as data.
    pub law: Arc<LegalData>,
    /// Numbers drawn for this turn; a decision that needs one more says so with
    /// [`crate::decide::Refusal::NumberNeeded`].
    pub numbers: BTreeMap<CounterKey, u64>,
    /// The revisions that all this was read from.
    pub versions: FactVersions,
}

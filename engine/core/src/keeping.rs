//! How long ended cases are kept, and what is recorded on the way to their erasure: holds, the offer to the archive, and
//! that somebody asked for it whom another person confirms.

use std::sync::Arc;

use jiff::ToSpan;
use serde::{Deserialize, Serialize};

use crate::words::{Date, PersonId, Timestamp};

/// The longest period, in years.
pub const MAX_YEARS: u16 = 200;
/// The longest basis of a period, in characters.
pub const MAX_BASIS: usize = 200;

/// How long ended cases of a process are kept (Aufbewahrungsfrist).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// So many years.
    pub years: u16,
    /// From when.
    #[serde(default)]
    pub from: RetentionStart,
    /// The provision that it follows from.
    pub basis: Arc<str>,
}

/// When a retention period begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetentionStart {
    /// With the end of the year in which the case ended, as is usual.
    #[default]
    YearEnd,
    /// With the day on which the case ended.
    End,
}

impl Retention {
    /// Whether it can be so.
    pub fn is_possible(&self) -> bool {
        let basis = self.basis.trim();
        self.years <= MAX_YEARS && !basis.is_empty() && basis.chars().count() <= MAX_BASIS
    }

    /// The last day on which a case is kept that ended on a day.
    pub fn last_day(&self, ended: Date) -> Date {
        let begin = match self.from {
            RetentionStart::YearEnd => ended.last_of_year(),
            RetentionStart::End => ended,
        };
        begin.checked_add(i64::from(self.years).years()).unwrap_or(Date::MAX)
    }

    /// The period of exactly those cases is over that ended before this day.
    pub fn over_before(&self, today: Date) -> Date {
        let years = i64::from(self.years).years();
        let begin = match self.from {
            RetentionStart::YearEnd => today.first_of_year(),
            RetentionStart::End => today,
        };
        let Ok(day) = begin.checked_sub(years) else { return Date::MIN };
        // Behind 29 February there is one day more that is over.
        if self.last_day(day) < today { day.tomorrow().unwrap_or(day) } else { day }
    }
}

/// What is recorded about the keeping of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keeping {
    /// It must not be erased (Löschsperre).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Hold>,
    /// How far the archive is with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<Offer>,
    /// That it shall be erased; another person has to confirm it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<ErasureAsked>,
}

impl Keeping {
    /// Whether nothing is recorded.
    pub fn is_empty(&self) -> bool {
        *self == Keeping::default()
    }

    /// Takes up what was recorded.
    pub(crate) fn take(&mut self, record: &KeepingRecord, by: &PersonId, at: Timestamp) {
        let by = by.clone();
        match record {
            KeepingRecord::Hold { reason } => self.hold = Some(Hold { by, at, reason: reason.clone() }),
            KeepingRecord::Lift { .. } => self.hold = None,
            KeepingRecord::Offer {} => self.offer = Some(Offer { at, answer: None }),
            KeepingRecord::Answer { answer } => {
                self.offer = self.offer.take().map(|offer| Offer { answer: Some(*answer), ..offer });
            }
            KeepingRecord::Ask { reason, exception } => {
                let (reason, exception) = (reason.clone(), exception.clone());
                self.asked = Some(ErasureAsked { by, at, reason, exception });
            }
            KeepingRecord::Withdraw { .. } => self.asked = None,
        }
    }
}

/// That a case must not be erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Who said so.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: Arc<str>,
}

/// That a case was offered to the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// When.
    pub at: Timestamp,
    /// What the archive said, once it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<ArchiveAnswer>,
}

/// What the archive says to a case that it is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArchiveAnswer {
    /// It has taken it over.
    Taken,
    /// It does not want it.
    Refused,
}

/// That somebody asked for a case to be erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureAsked {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Why; it comes to stand in the certificate.
    pub reason: Arc<str>,
    /// Why although it goes on, or is still to be kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<Arc<str>>,
}

/// What an administrator records about the keeping of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum KeepingRecord {
    /// It must not be erased.
    Hold {
        /// Why.
        reason: Arc<str>,
    },
    /// It may be erased again.
    Lift {
        /// Why.
        reason: Arc<str>,
    },
    /// It was offered to the archive.
    Offer {},
    /// The archive has answered.
    Answer {
        /// What.
        answer: ArchiveAnswer,
    },
    /// It shall be erased.
    Ask {
        /// Why.
        reason: Arc<str>,
        /// Why although it goes on, or is still to be kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exception: Option<Arc<str>>,
    },
    /// It shall not be erased after all.
    Withdraw {
        /// Why.
        reason: Arc<str>,
    },
}

/// What a decision knows about the keeping of cases of a process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeepingRules {
    /// How long they are kept; none: nobody has said so.
    pub retention: Option<Retention>,
    /// Whether the archive must have answered before one is erased.
    pub archive_first: bool,
    /// So many bytes may the documents of a case have.
    pub case_bytes: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(years: u16, from: RetentionStart, ended: &str, last_day: &str) {
        let retention = Retention { years, from, basis: "Aktenordnung".into() };
        let ended: Date = ended.parse().expect("a day");
        assert_eq!(retention.last_day(ended).to_string(), last_day);
    }

    #[test]
    fn a_case_is_kept_until_a_day() {
        check(10, RetentionStart::YearEnd, "2026-01-01", "2036-12-31");
        check(10, RetentionStart::YearEnd, "2026-12-31", "2036-12-31");
        check(0, RetentionStart::YearEnd, "2026-03-02", "2026-12-31");
        check(5, RetentionStart::End, "2026-03-02", "2031-03-02");
        check(1, RetentionStart::End, "2024-02-29", "2025-02-28");
        check(200, RetentionStart::End, "9999-03-02", "9999-12-31");
    }

    #[test]
    fn what_is_over_is_found_by_the_day_of_the_end() {
        let mut day: Date = "2023-12-28".parse().expect("a day");
        let last: Date = "2029-03-03".parse().expect("a day");
        while day < last {
            for (years, from) in
                [0, 1, 4].into_iter().flat_map(|n| [(n, RetentionStart::End), (n, RetentionStart::YearEnd)])
            {
                let retention = Retention { years, from, basis: "Aktenordnung".into() };
                let before = retention.over_before(day);
                let (over, kept) = (before.yesterday().expect("a day"), before);
                assert!(retention.last_day(over) < day, "{over} is over on {day} ({retention:?})");
                assert!(retention.last_day(kept) >= day, "{kept} is kept on {day} ({retention:?})");
            }
            day = day.tomorrow().expect("a day");
        }
    }
}

//! What has changed for the deadlines of open cases and was not followed yet: days off, the place, legal data.

use std::collections::BTreeMap;

use crate::{
    event::{DayChanged, LawChanged},
    words::Date,
};

/// The version of the legal data that all deadlines were reckoned by before it was noted for the first time. Until the
/// first release it is raised with the data.
pub const FIRST_NORMS: u32 = 1_003;

/// What was not followed yet, each with the version of the authority in which it changed last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Following {
    days: BTreeMap<Date, (u64, bool)>,
    place: Option<u64>,
    norms: Option<u32>,
}

impl Following {
    pub(super) fn day(&mut self, version: u64, changed: DayChanged) {
        self.days.insert(changed.day, (version, changed.off));
    }

    pub(super) fn place(&mut self, version: u64) {
        self.place = Some(version);
    }

    pub(super) fn done(&mut self, until: u64, norms: u32) {
        self.days.retain(|_, (version, _)| *version > until);
        self.place = self.place.filter(|version| *version > until);
        self.norms = self.norms.max(Some(norms));
    }

    /// What cases are to follow, by a program with this version of the legal data; an older program leaves that to a newer
    /// one.
    pub fn changed(&self, norms: u32) -> Option<LawChanged> {
        let changed = LawChanged {
            days: self.days.iter().map(|(day, (_, off))| DayChanged { day: *day, off: *off }).collect(),
            place: self.place.is_some(),
            norms: (norms > self.norms.unwrap_or(FIRST_NORMS)).then_some(norms),
        };
        (changed != LawChanged::default()).then_some(changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_is_followed_once() {
        let day = |text: &str| text.parse::<Date>().expect("a day");
        let mut following = Following::default();
        let norms = crate::facts::norms_version();
        assert_eq!(norms, FIRST_NORMS, "until the first release both are raised together");
        assert_eq!(following.changed(norms), None);
        let (may, june) = (day("2026-05-15"), day("2026-06-01"));
        following.day(3, DayChanged { day: may, off: true });
        following.day(4, DayChanged { day: june, off: true });
        following.place(4);
        following.done(3, norms);
        let left = LawChanged { days: vec![DayChanged { day: june, off: true }], place: true, norms: None };
        assert_eq!(following.changed(norms), Some(left));
        following.done(4, norms);
        assert_eq!(following.changed(norms), None);
        let newer = LawChanged { norms: Some(norms + 1), ..LawChanged::default() };
        assert_eq!(following.changed(norms + 1), Some(newer));
        following.done(4, norms + 1);
        assert_eq!(following.changed(norms), None, "an older program has nothing to do");
    }
}

//! What the background looks through for what may be done. What an authority lets rest stays due, for days perhaps, and nobody
//! shall go through all of it each second: a look that nothing has woken goes through what came due since the last one. All of
//! it is looked through at the beginning, when something wakes the loop, after a look that failed, and once a minute, for what
//! another process left that came late.

use std::time::Duration;

use fachwerk_core::words::Timestamp;
use fachwerk_store::Due;
use jiff::SignedDuration;

/// How often all is looked through.
pub(crate) const ALL_EVERY: Duration = Duration::from_secs(60);
/// So late what is due may be stored, and clocks of servers differ, without it waiting for the next look at all.
const LATE: SignedDuration = SignedDuration::from_mins(5);

/// How far one loop has looked.
#[derive(Debug, Default)]
pub(crate) struct Looking {
    /// Until then nothing is left; none: nobody knows.
    nothing_until: Option<Timestamp>,
    /// What is being looked through ends there.
    until: Timestamp,
}

impl Looking {
    /// What is to be looked through now.
    pub fn due(&mut self, now: Timestamp) -> Due {
        self.until = now;
        let late = |nothing: Timestamp| nothing.min(now).checked_sub(LATE).unwrap_or(Timestamp::MIN);
        Due { since: self.nothing_until.map(late), until: now }
    }

    /// All of it next time.
    pub fn at_all(&mut self) {
        self.nothing_until = None;
    }

    /// Nothing was left in what was looked through.
    pub fn found_nothing(&mut self) {
        self.nothing_until = Some(self.until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    enum Step {
        Nothing,
        All,
    }
    use Step::{All, Nothing};

    /// Looks at these seconds, with what happened after each; since which second the last look goes through what is due.
    #[track_caller]
    fn check(looks: &[(i64, Option<Step>)], expected: Option<i64>) {
        let mut looking = Looking::default();
        let at = |second| Timestamp::from_second(second).expect("an instant");
        let mut due = None;
        for (second, step) in looks {
            due = Some(looking.due(at(*second)));
            match step {
                Some(Nothing) => looking.found_nothing(),
                Some(All) => looking.at_all(),
                None => {}
            }
        }
        let until = looks.last().map(|(second, _)| at(*second));
        assert_eq!(due.map(|due| due.until), until);
        assert_eq!(due.and_then(|due| due.since), expected.map(at));
    }

    #[test]
    fn what_came_due_since_the_last_look() {
        check(&[(9_000, None)], None);
        check(&[(9_000, None), (9_000, None)], None);
        check(&[(9_000, Some(Nothing)), (9_001, None)], Some(8_700));
        check(&[(9_000, Some(Nothing)), (9_001, None), (9_002, None)], Some(8_700));
        check(&[(9_000, Some(Nothing)), (9_001, Some(Nothing)), (9_002, None)], Some(8_701));
        check(&[(9_000, Some(Nothing)), (9_001, Some(All)), (9_002, None)], None);
        // The clock is moved on, or back.
        check(&[(9_000, Some(Nothing)), (99_000, None)], Some(8_700));
        check(&[(9_000, Some(Nothing)), (8_000, None)], Some(7_700));
    }
}

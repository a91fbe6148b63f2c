//! Counts failed logins, so that passwords cannot be tried one after the other.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use fachwerk_core::words::{PersonId, TenantId, Timestamp};
use fachwerk_store::Hash;
use jiff::SignedDuration;

use crate::limits;

/// So many counters are kept; then those that no longer count are thrown away, and if that is not enough, the one with the
/// fewest failures, the oldest of these: whoever is locked out stays so, however many names somebody tries.
const MOST_COUNTERS: usize = 20_000;

/// Failed logins by person and by address. In memory: another node counts for itself.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<HashMap<String, Counter>>);

#[derive(Clone, Copy, Debug)]
struct Counter {
    since: Timestamp,
    failures: u32,
}

impl Throttle {
    /// Counts an attempt as failed beforehand, so that many at once do not slip through. When it goes well, take it
    /// back with [`Self::give_back`]. An error says after how many seconds the next attempt is possible.
    pub fn take(&self, key: &str, most: u32, now: Timestamp) -> Result<(), i64> {
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counters.len() >= MOST_COUNTERS && !counters.contains_key(key) {
            counters.retain(|_, counter| remaining_s(counter, now) > 0);
            if counters.len() >= MOST_COUNTERS {
                let least = counters.iter().min_by_key(|(_, counter)| (counter.failures, counter.since));
                let least = least.map(|(key, _)| key.clone());
                least.map(|least| counters.remove(&least));
            }
        }
        let counter = counters.entry(key.to_owned()).or_insert(Counter { since: now, failures: 0 });
        if remaining_s(counter, now) == 0 {
            *counter = Counter { since: now, failures: 0 };
        }
        if counter.failures >= most {
            return Err(remaining_s(counter, now));
        }
        counter.failures += 1;
        Ok(())
    }

    /// The attempt went well.
    pub fn give_back(&self, key: &str) {
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(counter) = counters.get_mut(key) {
            counter.failures = counter.failures.saturating_sub(1);
        }
    }
}

impl Throttle {
    /// Lets somebody try again at once, whatever failed before.
    pub fn forget(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

/// What the failures of a person are counted under. Their names come from outside and may be long, so only their hash is
/// kept.
pub fn person_key(tenant: &TenantId, person: &PersonId) -> String {
    format!("person {}", Hash::of(format!("{tenant}/{person}").as_bytes()))
}

fn remaining_s(counter: &Counter, now: Timestamp) -> i64 {
    let end = counter.since.checked_add(SignedDuration::from_mins(limits::LOGIN_WINDOW_MINUTES));
    end.map_or(0, |end| end.duration_since(now).as_secs().max(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_count_within_their_window() {
        let throttle = Throttle::default();
        let at = |second: i64| Timestamp::from_second(1_000 + second).unwrap();
        let window_s = limits::LOGIN_WINDOW_MINUTES * 60;
        for (key, second, expected) in [
            ("a", 0, Ok(())),
            ("a", 1, Ok(())),
            ("a", 10, Err(window_s - 10)),
            ("b", 10, Ok(())),
            ("a", window_s - 1, Err(1)),
            ("a", window_s, Ok(())),
        ] {
            assert_eq!(throttle.take(key, 2, at(second)), expected, "{key} at {second}");
        }
        throttle.give_back("a");
        assert_eq!(throttle.take("a", 1, at(window_s)), Ok(()));
    }

    #[test]
    fn many_names_unlock_nobody() {
        let throttle = Throttle::default();
        let now = Timestamp::from_second(1_000).unwrap();
        throttle.take("locked", 2, now).unwrap();
        throttle.take("locked", 2, now).unwrap();
        for name in 0..MOST_COUNTERS + 10 {
            throttle.take(&name.to_string(), 2, now).unwrap();
        }
        assert_eq!(throttle.take("locked", 2, now), Err(limits::LOGIN_WINDOW_MINUTES * 60));
        assert_eq!(throttle.0.lock().unwrap().len(), MOST_COUNTERS);
    }
}

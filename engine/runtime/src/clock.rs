//! The clock. This is the only file that reads it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Instant,
};

use fachwerk_core::words::Timestamp;
use jiff::SignedDuration;

/// Where the time comes from.
#[derive(Clone, Debug)]
pub struct Clock {
    /// Added to what the machine says, in microseconds; or, on a stopped clock, the whole time.
    offset: Arc<AtomicI64>,
    stopped: bool,
}

impl Clock {
    /// The clock of the machine.
    pub fn system() -> Clock {
        Clock { offset: Arc::new(AtomicI64::new(0)), stopped: false }
    }

    /// The clock of the machine, moved on by so many microseconds.
    pub fn moved(microseconds: i64) -> Clock {
        Clock { offset: Arc::new(AtomicI64::new(microseconds.max(0))), stopped: false }
    }

    /// By how many microseconds the clock of the machine was moved on; by none, when this one stands still.
    pub fn moved_by(&self) -> i64 {
        if self.stopped { 0 } else { self.offset.load(Ordering::SeqCst) }
    }

    /// A clock that stands still until it is moved.
    pub fn stopped_at(now: Timestamp) -> Clock {
        Clock { offset: Arc::new(AtomicI64::new(now.as_microsecond())), stopped: true }
    }

    /// The instant, to the microsecond.
    pub fn now(&self) -> Timestamp {
        let machine = if self.stopped { 0 } else { Timestamp::now().as_microsecond() };
        let sum = machine.saturating_add(self.offset.load(Ordering::SeqCst));
        Timestamp::from_microsecond(sum).unwrap_or(Timestamp::MAX)
    }

    /// Begins to watch whether the clock of the machine jumps; a clock that stands still does not.
    pub fn watch(&self) -> Option<Watch> {
        (!self.stopped).then(|| Watch { steady: Instant::now(), machine: Timestamp::now() })
    }

    /// Moves the clock to an instant; never back.
    pub fn advance_to(&self, until: Timestamp) {
        let gap = until.as_microsecond().saturating_sub(self.now().as_microsecond());
        if gap > 0 {
            self.offset.fetch_add(gap, Ordering::SeqCst);
        }
    }
}

/// Compares the clock of the machine with one that only ever goes on.
#[derive(Debug)]
pub struct Watch {
    steady: Instant,
    machine: Timestamp,
}

impl Watch {
    /// By how much the clock of the machine has jumped since it was trusted last, forward or back.
    pub fn jump(&self) -> SignedDuration {
        let passed = SignedDuration::try_from(self.steady.elapsed()).unwrap_or_default();
        Timestamp::now().duration_since(self.machine).saturating_sub(passed)
    }

    /// Trusts the clock of the machine from now on.
    pub fn trust(&mut self) {
        (self.steady, self.machine) = (Instant::now(), Timestamp::now());
    }

    /// Looks as if the clock of the machine had jumped.
    #[cfg(test)]
    pub(crate) fn pretend_jump(&mut self, by: SignedDuration) {
        self.machine = self.machine.checked_sub(by).expect("an instant");
    }
}

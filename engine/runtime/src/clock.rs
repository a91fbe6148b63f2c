//! The clock. This is the only file that reads it.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use fachwerk_core::words::Timestamp;

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

    /// Moves the clock to an instant; never back.
    pub fn advance_to(&self, until: Timestamp) {
        let gap = until.as_microsecond().saturating_sub(self.now().as_microsecond());
        if gap > 0 {
            self.offset.fetch_add(gap, Ordering::SeqCst);
        }
    }
}

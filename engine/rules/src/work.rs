//! Counts the work of one evaluation.
//!
//! rhai counts operations, but not the size of what they copy, and it forgets those of a
//! function called by `map` or `filter`. So the evaluation keeps a count of its own, in the
//! thread that it runs in: one for each operation, and for every variable that is used as
//! many as its size is worth.

use std::cell::Cell;

use rhai::{Array, Dynamic, Engine, ImmutableString, Map};

use crate::convert::MAX_DEPTH;
use crate::error::{Limit, RuleError};

/// Copying or comparing so many elements costs about as much as one operation.
pub(crate) const ELEMENTS_PER_OPERATION: usize = 16;
/// The same for bytes of text.
pub(crate) const BYTES_PER_OPERATION: usize = 64;

thread_local! {
    static DONE: Cell<u64> = const { Cell::new(0) };
}

/// An evaluation in progress. An evaluation within an evaluation counts for itself.
pub(crate) struct Work {
    before: u64,
}

impl Work {
    pub(crate) fn begin() -> Self {
        Self { before: DONE.replace(0) }
    }

    /// So far.
    pub(crate) fn operations(&self) -> u64 {
        DONE.get()
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        DONE.set(self.before);
    }
}

pub(crate) fn limit(engine: &mut Engine, operations: u64) {
    engine.on_progress(move |_| {
        let done = DONE.get() + 1;
        DONE.set(done);
        (done > operations).then_some(Dynamic::UNIT)
    });
    // Called for each use of a variable; `None` is "go on as usual". A value can only grow
    // by being used, so this is also where lists within lists are stopped, before copying
    // or dropping them needs more stack than there is.
    #[allow(deprecated)]
    engine.on_var(|name, _, context| {
        if let Some(value) = context.scope().get(name) {
            let size = Size::of(value);
            if size.depth > MAX_DEPTH {
                return Err(RuleError::limit(Limit::DataDepth, MAX_DEPTH).into());
            }
            DONE.set(DONE.get() + size.operations());
        }
        Ok(None)
    });
}

#[derive(Default)]
struct Size {
    elements: usize,
    bytes: usize,
    depth: usize,
}

impl Size {
    fn of(value: &Dynamic) -> Self {
        if value.is_shared() {
            // A variable that a closure captured. If it is locked, using it will fail.
            if value.is_locked() {
                return Self::default();
            }
            return value.read_lock::<Dynamic>().map_or_else(Self::default, |inner| Self::of(&inner));
        }
        let mut size = Self::default();
        size.add(value, 0);
        size
    }

    fn add(&mut self, value: &Dynamic, depth: usize) {
        self.depth = self.depth.max(depth);
        if let Some(list) = value.read_lock::<Array>() {
            self.elements += list.len();
            list.iter().for_each(|item| self.add(item, depth + 1));
        } else if let Some(map) = value.read_lock::<Map>() {
            self.elements += map.len();
            map.values().for_each(|item| self.add(item, depth + 1));
        } else if let Some(text) = value.read_lock::<ImmutableString>() {
            self.bytes += text.len();
        }
    }

    fn operations(&self) -> u64 {
        (self.elements / ELEMENTS_PER_OPERATION + self.bytes / BYTES_PER_OPERATION) as u64
    }
}

//! What the rules of each frame may read, put together once for all that is proven.

use std::{cell::RefCell, collections::BTreeMap};

use fachwerk_rules::Vocabulary;

use crate::{
    definition::{Form, FrameIx, Release},
    vocabulary::Vocabularies,
};

/// The vocabularies of a release.
pub struct Readable<'r> {
    all: Vocabularies<'r>,
    known: RefCell<BTreeMap<FrameIx, Vocabulary>>,
}

impl<'r> Readable<'r> {
    /// Of a release.
    pub fn new(release: &'r Release) -> Readable<'r> {
        Readable { all: release.vocabularies(), known: RefCell::default() }
    }

    /// What the rules of a frame, or of a form in it, may read.
    pub fn of(&self, frame: FrameIx, form: Option<&Form>) -> Vocabulary {
        if form.is_some() {
            return self.all.of(frame, form);
        }
        self.known.borrow_mut().entry(frame).or_insert_with(|| self.all.of(frame, None)).clone()
    }
}

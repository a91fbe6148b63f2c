//! What those who ask have said, and what was heard of it.

use std::collections::{BTreeSet, HashMap};

use fachwerk_core::{command::Request, facts::Actor};
use fachwerk_store::Hash;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What is said.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Line {
    /// The store is open.
    Open,
    /// This is being asked.
    Asked(Actor, Box<Request>),
    /// The command was carried out.
    Done { command_id: Uuid, position: u64 },
    /// The command was refused.
    Refused { command_id: Uuid },
    /// A connector was asked to do something outside, with this key.
    Called(String),
    /// These documents are kept.
    Kept(Vec<Hash>),
}

/// What was heard.
#[derive(Default)]
pub struct Heard {
    pub done: HashMap<Uuid, u64>,
    pub refused: BTreeSet<Uuid>,
    /// Asked, and no answer yet.
    pub unheard: Vec<(Actor, Request)>,
    pub kept: Vec<Hash>,
    pub called: BTreeSet<String>,
    pub opened: u64,
}

impl Heard {
    pub fn take(&mut self, line: Line) {
        match line {
            Line::Open => self.opened += 1,
            Line::Asked(actor, request) => self.unheard.push((actor, *request)),
            Line::Done { command_id, position } => {
                let before = self.done.insert(command_id, position);
                assert!(before.is_none_or(|before| before == position), "the same command, another answer");
                self.unheard.retain(|(_, request)| request.command_id != command_id);
            }
            Line::Refused { command_id } => {
                self.refused.insert(command_id);
                self.unheard.retain(|(_, request)| request.command_id != command_id);
            }
            Line::Called(key) => {
                self.called.insert(key);
            }
            Line::Kept(hashes) => self.kept.extend(hashes),
        }
    }
}

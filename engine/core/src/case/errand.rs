//! Errands: what goes on in a case beside the steps of its process. They never keep it from going on or from ending.

use std::sync::Arc;

use imbl::OrdMap;
use serde::{Deserialize, Serialize};

use super::{Case, Task};
use crate::{
    event::{ErrandKind, Timer},
    words::{InstanceId, PersonId, Timestamp, Value},
};

/// Work beside the steps of the process. It has a number among the instances, so that lists, timers and effects know it
/// like one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Errand {
    /// Who gave it.
    pub by: PersonId,
    /// Since when.
    pub since: Timestamp,
    /// What is to be done.
    pub work: Work,
    /// Its timers, by name; as long as there is one, nobody sees it in the inbox.
    #[serde(default, skip_serializing_if = "OrdMap::is_empty")]
    pub timers: OrdMap<Arc<str>, Timer>,
}

/// What an errand is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// A person is to do something.
    Asked {
        /// What kind.
        kind: ErrandKind,
        /// All that was asked.
        text: Arc<str>,
        /// As the inbox shows it.
        task: Task,
    },
    /// A letter is being made.
    Letter {
        /// What the document will be called.
        title: Arc<str>,
        /// Which connector makes it.
        connector: Arc<str>,
        /// What the connector gets.
        request: Value,
        /// The round that is under way.
        round: u32,
        /// The incident that it is stuck in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        incident: Option<u32>,
    },
}

impl Errand {
    /// What a person is to do now.
    pub fn task(&self) -> Option<&Task> {
        match &self.work {
            Work::Asked { task, .. } if self.timers.is_empty() => Some(task),
            Work::Asked { .. } | Work::Letter { .. } => None,
        }
    }

    /// The round of an effect that waits to be done; a failed one waits for somebody to try again.
    pub fn round_to_be_done(&self) -> Option<u32> {
        match &self.work {
            Work::Letter { round, incident: None, .. } => Some(*round),
            Work::Letter { .. } | Work::Asked { .. } => None,
        }
    }
}

impl Case {
    /// An errand that is under way.
    pub fn errand(&self, id: InstanceId) -> Option<&Errand> {
        self.errands.get(&id).map(|errand| &**errand)
    }

    /// What a person is to do, in a step or beside the steps.
    pub fn open_task(&self, id: InstanceId) -> Option<&Task> {
        match self.errand(id) {
            Some(errand) => errand.task(),
            None => self.task(id).map(|(_, task)| task),
        }
    }

    /// A timer of an instance or errand.
    pub fn timer(&self, id: InstanceId, name: &str) -> Option<&Timer> {
        let of_errand = self.errand(id).map(|errand| &errand.timers);
        of_errand.or_else(|| self.instance(id).map(|instance| &instance.timers))?.get(name)
    }
}

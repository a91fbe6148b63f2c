//! What the outside must now do because of an event. Written to the outbox and the timers with the turn.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    event::{Deadline, Event, Parcel},
    words::{InstanceId, Timestamp, Value},
};

/// Something that a driver must do; its result comes back as a command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Effect {
    /// Ask a connector; answer with [`crate::command::Command::FinishEffect`].
    Call {
        /// The instance that waits.
        instance: InstanceId,
        /// The round.
        round: u32,
        /// Which connector.
        connector: Arc<str>,
        /// What it gets.
        request: Value,
    },
    /// Bring something to other cases; confirm with [`crate::command::Command::ConfirmDelivery`].
    Deliver {
        /// Its number in the case.
        number: u32,
        /// What.
        parcel: Parcel,
    },
    /// Wake the case at an instant with [`crate::command::Command::FireTimer`].
    Wake {
        /// The instance that waits.
        instance: InstanceId,
        /// The deadline or timer.
        name: Arc<str>,
        /// Its revision.
        revision: u32,
        /// When.
        at: Timestamp,
    },
}

/// The effect of an event, if it has one.
pub fn effect(event: &Event) -> Option<Effect> {
    match event {
        Event::EffectRequested { instance, round, connector, request } => Some(Effect::Call {
            instance: *instance,
            round: *round,
            connector: connector.clone(),
            request: request.clone(),
        }),
        Event::DeadlineSet { instance, deadline } => wake(*instance, deadline),
        Event::DeadlineRecomputed(anew) => wake(anew.instance, &anew.deadline),
        Event::Sent { number, parcel } => Some(Effect::Deliver { number: *number, parcel: parcel.clone() }),
        Event::TimerSet { instance, timer } => Some(Effect::Wake {
            instance: *instance,
            name: timer.name.clone(),
            revision: timer.revision,
            at: timer.at,
        }),
        _ => None,
    }
}

fn wake(instance: InstanceId, deadline: &Deadline) -> Option<Effect> {
    let at = deadline.run.as_ref()?.fires_at;
    Some(Effect::Wake { instance, name: deadline.name.clone(), revision: deadline.revision, at })
}

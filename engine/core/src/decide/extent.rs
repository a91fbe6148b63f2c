//! How much may happen in a case: beyond, it stops, says so, and can only be ended.

use serde_json::json;

use super::{
    MAX_BYTES, MAX_EVENTS, Rejection,
    turn::{Deciding, trouble},
};
use crate::words::{InstanceId, Text};

impl Deciding<'_> {
    /// Refuses what would only add to a case that is full.
    pub fn need_room(&self) -> Result<(), Rejection> {
        match self.reached() {
            Some((limit, at_most, _)) => Err(Rejection::CaseFull { limit, at_most }),
            None => Ok(()),
        }
    }

    /// The case is full: this instance is stuck, and tells.
    pub fn no_room(&mut self, instance: InstanceId) {
        let Some((code, at_most, reached)) = self.reached() else { return };
        let message = match code {
            "case_too_long" => Text::new(
                format!("In diesem Vorgang ist mehr als {at_most}-mal etwas geschehen."),
                format!("More than {at_most} events have happened in this case."),
            ),
            _ => Text::new(
                format!("In diesem Vorgang sind mehr als {at_most} Bytes an Angaben geschrieben worden."),
                format!("More than {at_most} bytes of values were written in this case."),
            ),
        };
        let help = Text::new(
            "Der Vorgang läuft nicht weiter; er kann nur noch von Hand beendet werden. Das Verfahren prüfen: Wahrscheinlich läuft eine Schleife ohne Ende, oder es kommen zu viele Nachrichten.",
            "The case does not go on; it can only be ended by hand. Check the process: a loop probably never ends, or too many messages come.",
        );
        let step = self.step_of(instance);
        let incident = trouble(code, step.as_ref(), message, help, json!({ "reached": reached }));
        self.stuck(Some(instance), *incident);
    }

    /// The limit that is reached: its code, what is possible at most, and what there is.
    fn reached(&self) -> Option<(&'static str, u64, u64)> {
        let extent = self.case.extent;
        if extent.events > MAX_EVENTS {
            return Some(("case_too_long", MAX_EVENTS, extent.events));
        }
        (extent.bytes > MAX_BYTES).then_some(("case_too_large", MAX_BYTES, extent.bytes))
    }
}

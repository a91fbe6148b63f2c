//! The journal of the test authority as a whole.

use fachwerk_core::turn::Turn;
use fachwerk_store::{AnyTurn, MAX_ROWS, Store, Stored};
use uuid::Uuid;

use crate::town::tenant;

/// All turns of all streams, in order; the positions are 1, 2, 3, ...
pub async fn whole(store: &Store) -> Result<Vec<Stored<AnyTurn>>, String> {
    let mut found: Vec<Stored<AnyTurn>> = Vec::new();
    loop {
        let turns = store.events_after(&tenant(), found.len() as u64, MAX_ROWS).await;
        let turns = turns.map_err(|error| error.to_string())?;
        if turns.is_empty() {
            return Ok(found);
        }
        for stored in turns {
            let place = found.len() as u64 + 1;
            if stored.position != place {
                return Err(format!("position {} stands at place {place}", stored.position));
            }
            found.push(stored);
        }
    }
}

/// The id of the command behind a turn.
pub fn command_id(turn: &AnyTurn) -> Uuid {
    match turn {
        AnyTurn::Case(turn) => turn.command_id,
        AnyTurn::Authority(turn) => turn.command_id,
        AnyTurn::Erased(turn) => turn.command_id,
    }
}

/// The turn of a case.
pub fn of_case(turn: &AnyTurn) -> Option<&Turn> {
    match turn {
        AnyTurn::Case(turn) => Some(turn),
        AnyTurn::Authority(_) | AnyTurn::Erased(_) => None,
    }
}

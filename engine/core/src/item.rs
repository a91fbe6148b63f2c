//! Items of the incoming post (Posteingang): what came in and belongs to no case yet. An item is a case of a process that says
//! `kind: item`, so it has a journal, a seal, a retention period and all else that cases have; lists of cases leave it out.
//!
//! What such a process asks for by name stands here: its data say where the paper lies and whether a person has confirmed the
//! day of receipt, and an item that is handed on ends by an outcome that no path of it has to name.

use crate::{
    channel::Channel,
    words::{Text, Value},
};

/// The outcome of an item that was assigned to a case.
pub const ASSIGNED: &str = "assigned";
/// The outcome of an item that a case was begun from.
pub const BEGUN: &str = "begun";

/// The field that says where the original lies on paper; it is noted at all documents when the item is registered.
pub const PAPER: &str = "paper";
/// The field that says whether a person has confirmed the day of receipt.
pub const CONFIRMED: &str = "day_confirmed";
/// The fields that a process of items must have.
pub const FIELDS: [&str; 5] = ["sender", "email", "subject", PAPER, CONFIRMED];

/// So many characters may say where the original lies.
pub const MAX_PLACE: usize = 300;

/// The channel that a scanned letter came on.
pub const SCANNED: &str = "post";
/// The channel of an e-mail.
pub const MAILED: &str = "email";

/// Whether the day of receipt was confirmed.
pub fn is_confirmed(data: &Value) -> bool {
    data.get(CONFIRMED) == Some(&Value::Bool(true))
}

/// The ways on which items may be registered by hand.
pub fn by_hand() -> impl Iterator<Item = Channel> {
    ["counter", "post", "fax", "email", "paper"].into_iter().filter_map(Channel::of)
}

/// What people read for how an item ended without its process.
pub fn outcome_title(outcome: &str) -> Option<Text> {
    match outcome {
        ASSIGNED => Some(Text::new("einem Vorgang zugeordnet", "assigned to a case")),
        BEGUN => Some(Text::new("Vorgang daraus begonnen", "case begun from it")),
        _ => None,
    }
}

//! Which kinds of events there are, and which of them the journals hold.

use std::collections::BTreeSet;

use fachwerk_core::{authority::AuthorityEvent, event::Event};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{AUTHORITY, formats, journals};

/// Kinds that no journal holds, each with the reason.
const NOT_HELD: [(&str, &str); 0] = [];

/// All kinds that can be read: the reader names them to whoever asks for one that is not.
pub fn known<T: DeserializeOwned>() -> BTreeSet<String> {
    let refused = serde_json::from_value::<T>(json!({ "type": "?" })).err().map(|error| error.to_string());
    let refused = refused.expect("`?` is no kind of event");
    // `?` itself is the first name between backquotes.
    let names: BTreeSet<String> = refused.split('`').skip(3).step_by(2).map(str::to_owned).collect();
    assert!(names.len() > 10, "the reader names the kinds otherwise now: {refused}");
    names
}

fn held(line: &str) -> Vec<String> {
    let turn: Value = serde_json::from_str(line).expect("a line is JSON");
    let events = turn["events"].as_array().expect("a turn has events");
    events.iter().map(|event| event["type"].as_str().expect("an event has a kind").to_owned()).collect()
}

pub fn check() {
    let (mut cases, mut authority) = (BTreeSet::new(), BTreeSet::new());
    for (name, lines) in formats().flat_map(journals) {
        let kinds = if name == AUTHORITY { &mut authority } else { &mut cases };
        kinds.extend(lines.iter().flat_map(|line| held(line)));
    }
    let mut missing: Vec<String> = known::<Event>().difference(&cases).cloned().collect();
    missing.extend(known::<AuthorityEvent>().difference(&authority).cloned());
    let listed: Vec<String> = NOT_HELD.iter().map(|(kind, _)| (*kind).to_owned()).collect();
    assert_eq!(
        missing, listed,
        "kinds of events that no golden journal holds: a new kind is a new format (engine/core/src/format.rs)"
    );
}

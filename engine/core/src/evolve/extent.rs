//! How many bytes of values an event adds to a case. What is asked of a connector counts where the case keeps it.

use crate::{
    act::ActContent,
    event::{DocumentContent, Event},
    party::PartyContent,
    words::{Object, Value},
};

/// A part of a letter that was signed: its name and its hash.
const PART_BYTES: u64 = 50;

/// About as much as what an event writes takes as JSON.
pub fn written(event: &Event) -> u64 {
    match event {
        Event::CaseStarted { data: values, .. }
        | Event::ResultWritten { fields: values, .. }
        | Event::DataChanged { fields: values, .. }
        | Event::MessageReceived { payload: values, .. } => bytes_of(values),
        Event::NoteAdded { text, .. } => length(text),
        Event::PaperPlaced(placed) => length(&placed.place) * placed.documents.len() as u64,
        Event::ErrandGiven { order, .. } => length(&order.text),
        Event::LetterWritten { title, .. } => length(title),
        Event::DocumentAdded { document } | Event::DocumentMovedHere { document, .. } => {
            document_bytes(&document.content)
        }
        Event::PartyAdded(added) => party_bytes(&added.party),
        Event::PartyChanged(changed) => party_bytes(&changed.party),
        Event::LettersSigned(signed) => {
            let letters = signed.letters.iter().flat_map(|letters| letters.to.values());
            letters.map(|parts| parts.len() as u64 * PART_BYTES).sum()
        }
        Event::ActBegan(began) => {
            let said =
                began.correction.iter().map(|it| length(&it.wrong) + length(&it.right) + length(&it.reason));
            act_bytes(&began.content) + said.sum::<u64>()
        }
        _ => 0,
    }
}

fn document_bytes(content: &DocumentContent) -> u64 {
    let addressee = content.addressee.as_deref().unwrap_or_default();
    length(&content.title) + length(&content.media_type) + length(&content.hash) + length(addressee)
}

fn party_bytes(party: &PartyContent) -> u64 {
    let lines: u64 = party.address.iter().map(|line| length(line)).sum();
    length(&party.name) + lines + length(party.email.as_deref().unwrap_or_default())
}

fn act_bytes(content: &ActContent) -> u64 {
    let conditions: u64 = content.conditions.iter().map(|condition| length(&condition.text)).sum();
    conditions + 8 * content.addressees.len() as u64
}

fn length(text: &str) -> u64 {
    text.len() as u64
}

/// About as much as the values take as JSON.
fn bytes_of(values: &Object) -> u64 {
    values.iter().map(|(name, value)| length(name) + bytes_of_value(value)).sum()
}

/// About as much as a value takes as JSON.
pub fn bytes_of_value(value: &Value) -> u64 {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 8,
        Value::String(text) => length(text),
        Value::Array(list) => list.iter().map(bytes_of_value).sum(),
        Value::Object(object) => bytes_of(object),
    }
}

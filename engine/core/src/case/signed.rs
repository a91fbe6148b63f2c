//! What somebody has signed: the letters as they were shown, by the hashes of their parts.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::words::{StepPath, Text, Value};

/// What was signed at a task, or why that is void.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signed {
    /// The version of the case in which it was.
    pub version: u64,
    /// The letters that were shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub letters: Vec<SignedLetters>,
    /// Why the signature is void, until it is given anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<Text>,
}

/// The letters of one step as they were shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedLetters {
    /// The step that issues the act, with its rounds.
    pub step: StepPath,
    /// The hash of what the act says besides its letters.
    pub act: Arc<str>,
    /// The hashes of the parts of each letter, by the number of the addressee.
    #[serde(with = "by_number")]
    pub to: BTreeMap<u32, Parts>,
}

/// Numbered entries as pairs: an event that says its kind among its fields cannot have numbers for names.
pub mod by_number {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<T: Serialize, S: Serializer>(
        entries: &BTreeMap<u32, T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(entries)
    }

    pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<u32, T>, D::Error> {
        Ok(Vec::<(u32, T)>::deserialize(deserializer)?.into_iter().collect())
    }
}

/// The parts of a letter by name, each with the hash of what it says.
pub type Parts = BTreeMap<Arc<str>, Arc<str>>;

/// So many digits of a hash are enough to tell a change.
const DIGITS: usize = 32;
/// What of a letter is no part of what is signed: the day on which it is made, and who signs it.
const NOT_SIGNED: [&str; 2] = ["date", crate::decide::SIGNED_BY];

/// The hash of a value.
pub fn hash_of(value: &impl Serialize) -> Arc<str> {
    let written = serde_json::to_vec(value).unwrap_or_default();
    let hash: String = Sha256::digest(&written).iter().map(|byte| format!("{byte:02x}")).collect();
    hash[..DIGITS].into()
}

/// The parts of a letter that is asked for.
pub fn parts_of(request: &Value) -> Parts {
    let fields = request.as_object().into_iter().flatten();
    let said = fields.filter(|(name, value)| !value.is_null() && !NOT_SIGNED.contains(&name.as_str()));
    said.map(|(name, value)| (name.as_str().into(), hash_of(value))).collect()
}

/// What a part of a letter is called.
pub fn part_title(part: &str) -> Text {
    let (de, en) = match part {
        "addressee" => ("Anschrift", "address"),
        "body" => ("Text", "text"),
        "title" => ("Titel", "title"),
        "subject" => ("Betreff", "subject"),
        "reference" => ("Aktenzeichen", "reference"),
        "contact" => ("Ansprechstelle", "contact"),
        "sender" => ("Absender", "sender"),
        "letterhead" => ("Briefkopf", "letterhead"),
        "logo" => ("Logo", "logo"),
        "seal" => ("Dienstsiegel", "seal"),
        "instruction" => ("Rechtsbehelfsbelehrung", "instruction on remedies"),
        "costs" => ("Kosten", "costs"),
        "enclosures" => ("Anlagen", "enclosures"),
        other => (other, other),
    };
    Text::new(de, en)
}

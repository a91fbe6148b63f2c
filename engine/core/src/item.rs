//! Items of the incoming post (Posteingang): what came in and belongs to no case yet. An item is a case of a process that says
//! `kind: item`, so it has a journal, a seal, a retention period and all else that cases have; lists of cases leave it out.
//!
//! What such a process asks for by name stands here: its data say where the paper lies and whether a person has confirmed the
//! day of receipt, and an item that is handed on ends by an outcome that no path of it has to name.

use crate::{
    channel::Channel,
    words::{Text, Timestamp, Value},
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

/// What came in at a source of post: a folder that a scanner fills, a mailbox.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrived {
    /// How it came.
    pub channel: &'static str,
    /// When, as far as the source knows: only a proposal until a person has confirmed the day.
    pub at: Timestamp,
    /// Told apart from everything else that comes from the source: what it is called, and the hash of its bytes.
    pub id: String,
    /// What people read of where it came from.
    pub source: String,
    /// What it is about.
    pub subject: String,
    /// Who sent it.
    pub sender: Option<String>,
    /// Their e-mail.
    pub email: Option<String>,
    /// What it holds.
    pub files: Vec<ArrivedFile>,
    /// Whether a file that the authority does not take is left out, and said; else none of it is taken.
    pub lenient: bool,
}

/// A file that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrivedFile {
    /// What it is called.
    pub name: String,
    /// The media type that came with it; it says something only where the name has no end.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether it was made here, to show what came in: the authority takes it whatever kinds of files it takes from outside.
    pub made_here: bool,
}

/// Why something that lies at a source was not read. What and why, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It cannot be taken.
    Refused(Text),
    /// It may go another time: the disk or the network, or a right that is missing. It stays where it is.
    Later(Text),
}

/// Something that lies at a source and could not be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedThere {
    /// Its name; none: the source itself cannot be read.
    pub name: Option<String>,
    /// Why.
    pub why: String,
}

/// Where post comes in without a person. What is found is read, stored as an item, and only then put away; so whatever breaks off
/// between, it is found once more, and its id tells that it is there already.
pub trait PostSource: Send + Sync {
    /// What people read for it.
    fn title(&self) -> String;
    /// What lies there and is complete, in the order of names. To be asked by the look that takes it only: what is complete may be
    /// known by having been there before.
    fn waiting(&self) -> Result<Vec<String>, String>;
    /// Whether it can be read at all.
    fn readable(&self) -> Result<(), String>;
    /// Reads one of them. None: it is gone.
    fn read(&self, name: &str) -> Result<Option<Arrived>, Unread>;
    /// It is stored, as it was when it was read (`id`): it is put away, so that it is not found again. What has taken its place
    /// or has grown meanwhile stays, and is found as something else.
    fn taken(&self, name: &str, id: &str) -> Result<(), String>;
    /// It cannot be taken: it is put aside, with the reason beside it.
    fn refuse(&self, name: &str, why: &Text) -> Result<(), String>;
    /// What was put aside or cannot be taken as it lies there, at most so many.
    fn refused(&self, at_most: usize) -> Vec<RefusedThere>;
}

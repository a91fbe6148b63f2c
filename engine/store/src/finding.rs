//! What `verify` finds, for people and for programs.

use std::sync::Arc;

use fachwerk_core::words::{CaseId, Date, ReleaseId, Text, day_text};
use serde::Serialize;

use crate::{hash::Hash, roots::RootProblem};

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// Cases gone through.
    pub cases: u64,
    /// Turns gone through, those of the authority with them.
    pub turns: u64,
    /// Documents and files gone through.
    pub blobs: u64,
    /// Cases that were erased: of them only chain and certificate are proven.
    pub erased: u64,
    /// Signed daily roots gone through.
    pub roots: u64,
    /// The first thing wrong of each case, and what is wrong beside the cases.
    pub findings: Vec<Finding>,
    /// Whether there is more wrong than is listed.
    pub more: bool,
}

impl Report {
    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty() && !self.more
    }
}

/// Something wrong.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The case; none when it is no case's.
    pub case: Option<CaseId>,
    /// What.
    #[serde(flatten)]
    pub problem: Problem,
}

/// What can be wrong.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Problem {
    /// A turn of the chain is not there.
    MissingTurn {
        /// Its version.
        version: u64,
    },
    /// A turn does not follow the stored hash of the turn before.
    BrokenLink {
        /// Its version.
        version: u64,
    },
    /// The stored bytes of a turn, or its hash, are not those that were written.
    ChangedTurn {
        /// Its version.
        version: u64,
    },
    /// A column of the journal says something else than the turn itself.
    ChangedColumn {
        /// The version of the turn.
        version: u64,
        /// The column.
        column: &'static str,
    },
    /// A turn that nobody can read.
    UnreadableTurn {
        /// Its version.
        version: u64,
        /// Why.
        reason: String,
    },
    /// Positions are not gap-free: the one behind this is not there.
    MissingPosition {
        /// The last position before the gap; 0: the first is missing.
        after: u64,
    },
    /// The last position given is not that of the last turn.
    WrongLastPosition {
        /// What is recorded.
        recorded: u64,
        /// What the journal says.
        found: u64,
    },
    /// A row of a derived table is not what follows from the journal.
    WrongRow {
        /// The table.
        table: &'static str,
        /// The key of the row, without what it says of people.
        key: String,
        /// How it differs. What stands in it is not told: findings go to terminals and logs.
        difference: Difference,
    },
    /// A snapshot is not the case as it was after its version.
    WrongSnapshot {
        /// Its version.
        version: u64,
    },
    /// A counter without gaps has one, or a number was drawn twice.
    WrongNumber {
        /// The counter.
        counter: Arc<str>,
        /// The first number that was not drawn exactly once.
        number: u64,
    },
    /// A count of the statistics is not what the journal says.
    WrongCount {
        /// What is counted.
        counted: String,
        /// What follows from the journal.
        expected: i64,
        /// What is there.
        found: i64,
    },
    /// The last value of a counter is not the last that was drawn.
    WrongCounter {
        /// The counter.
        counter: Arc<str>,
        /// What is recorded.
        recorded: u64,
        /// What the journal says.
        found: u64,
    },
    /// The bytes of a document are not those that were stored.
    ChangedBlob {
        /// Its hash.
        hash: Hash,
    },
    /// A document that came into a case is not there, or it is not noted that the case holds it.
    MissingBlob {
        /// Its hash.
        hash: Hash,
    },
    /// The bytes of a document are not in the depot that they should lie in.
    LostBlob {
        /// Its hash.
        hash: Hash,
        /// Where they should lie.
        place: String,
    },
    /// The key of a document is not among the keys.
    BlobWithoutKey {
        /// Its hash.
        hash: Hash,
    },
    /// What is said to be kept in documents and files is not what is there.
    WrongBytes {
        /// So many bytes are said.
        said: u64,
        /// So many are there.
        there: u64,
    },
    /// A turn nobody can read, though its case was not erased.
    NotErased {
        /// Its version.
        version: u64,
    },
    /// A turn that can be read, though its case was erased.
    StillReadable {
        /// Its version.
        version: u64,
    },
    /// The certificate of an erased case is not the one that was signed.
    ChangedCertificate {},
    /// The ledger beside the keys says something else about an erased case.
    ChangedLedger {},
    /// A case was erased, but its keys are still to be.
    ErasureUnfinished {},
    /// A key is there that was erased.
    KeyNotErased {},
    /// A signed daily root is not what the journal says, or not what was signed.
    WrongRoot {
        /// The day.
        day: Date,
        /// What is wrong.
        why: RootProblem,
    },
    /// A release cannot be loaded: its cases cannot go on, and how lists show them cannot be proven.
    UnreadableRelease {
        /// Which.
        release: ReleaseId,
        /// Why.
        reason: String,
    },
}

/// How a row differs from what follows from the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Difference {
    /// It is not there.
    Missing,
    /// There should be none.
    Needless,
    /// These columns say something else.
    Columns(Vec<&'static str>),
}

impl Difference {
    fn text(&self) -> Text {
        match self {
            Self::Missing => Text::new("Die Zeile fehlt.", "the row is missing."),
            Self::Needless => Text::new("Diese Zeile dürfte es nicht geben.", "there should be no such row."),
            Self::Columns(columns) => {
                let columns = columns.join(", ");
                Text::new(
                    format!("Abweichend vom Journal: {columns}."),
                    format!("other than the journal says: {columns}."),
                )
            }
        }
    }
}

impl Finding {
    /// The finding for people.
    pub fn text(&self) -> Text {
        let Text { de, en } = self.problem.text();
        match self.case {
            Some(case) => Text::new(format!("Vorgang {case}: {de}"), format!("Case {case}: {en}")),
            None => Text { de, en },
        }
    }
}

impl Problem {
    fn text(&self) -> Text {
        match self {
            Self::MissingTurn { version } => Text::new(
                format!("Die Eintragung {version} fehlt im Journal."),
                format!("Turn {version} is missing in the journal."),
            ),
            Self::BrokenLink { version } => Text::new(
                format!(
                    "Die Eintragung {version} schließt nicht an die vorige an: Die Prüfkette ist unterbrochen."
                ),
                format!("Turn {version} does not follow the one before: the audit chain is broken."),
            ),
            Self::ChangedTurn { version } => Text::new(
                format!("Die Eintragung {version} wurde nach dem Speichern verändert."),
                format!("Turn {version} was changed after it was stored."),
            ),
            Self::ChangedColumn { version, column } => Text::new(
                format!("Die Spalte „{column}“ der Eintragung {version} widerspricht ihrem Inhalt."),
                format!("Column `{column}` of turn {version} contradicts its content."),
            ),
            Self::UnreadableTurn { version, reason } => Text::new(
                format!("Die Eintragung {version} ist nicht lesbar: {reason}."),
                format!("Turn {version} cannot be read: {reason}."),
            ),
            Self::MissingPosition { after } => Text::new(
                format!("Im Journal fehlt die Eintragung nach Position {after}."),
                format!("The journal lacks the turn after position {after}."),
            ),
            Self::WrongLastPosition { recorded, found } => Text::new(
                format!("Als letzte Position ist {recorded} vermerkt, das Journal endet bei {found}."),
                format!("The last position is recorded as {recorded}, the journal ends at {found}."),
            ),
            Self::WrongRow { table, key, difference } => {
                let Text { de, en } = difference.text();
                Text::new(
                    format!("Tabelle {table}, Zeile {key}: {de}"),
                    format!("Table {table}, row {key}: {en}"),
                )
            }
            Self::WrongSnapshot { version } => Text::new(
                format!("Der gespeicherte Zwischenstand {version} entspricht nicht dem Journal."),
                format!("Snapshot {version} does not agree with the journal."),
            ),
            Self::WrongNumber { counter, number } => Text::new(
                format!("Im Nummernkreis „{counter}“ wurde die Nummer {number} nicht genau einmal vergeben."),
                format!("In counter `{counter}` the number {number} was not drawn exactly once."),
            ),
            Self::WrongCounter { counter, recorded, found } => Text::new(
                format!("Der Nummernkreis „{counter}“ steht auf {recorded}, zuletzt vergeben wurde {found}."),
                format!("Counter `{counter}` stands at {recorded}, the last number drawn is {found}."),
            ),
            Self::WrongCount { counted, expected, found } => Text::new(
                format!("In der Statistik steht für „{counted}“ {found}, aus dem Journal folgt {expected}."),
                format!("The statistics say {found} for `{counted}`; from the journal follows {expected}."),
            ),
            Self::UnreadableRelease { release, reason } => Text::new(
                format!("Das Release {release} ist nicht lesbar: {reason}. Seine Vorgänge stehen still."),
                format!("Release {release} cannot be read: {reason}. Its cases cannot go on."),
            ),
            Self::BlobWithoutKey { hash } => Text::new(
                format!(
                    "Zum Dokument {hash} fehlt der Schlüssel. Spielen Sie die neueste Sicherung der Schlüssel ein."
                ),
                format!("The key of document {hash} is missing. Restore the newest backup of the keys."),
            ),
            Self::MissingBlob { hash } => Text::new(
                format!(
                    "Das Dokument {hash} fehlt, oder es ist nicht vermerkt, dass der Vorgang es hält. Es liegt noch in der letzten Sicherung, in der es vorhanden war."
                ),
                format!(
                    "Document {hash} is missing, or it is not noted that the case holds it. It still lies in the last backup in which it was there."
                ),
            ),
            Self::WrongBytes { said, there } => Text::new(
                format!(
                    "Die Dokumente haben zusammen {there} Byte, gezählt sind {said}. Lassen Sie die Listen neu schreiben (fachwerk rebuild)."
                ),
                format!(
                    "The documents have {there} bytes, {said} are counted. Have the lists written anew (fachwerk rebuild)."
                ),
            ),
            Self::NotErased { version } => Text::new(
                format!(
                    "Die Eintragung {version} ist nicht mehr lesbar, obwohl der Vorgang nicht gelöscht wurde."
                ),
                format!("Turn {version} cannot be read any more, though the case was not erased."),
            ),
            Self::StillReadable { version } => Text::new(
                format!("Die Eintragung {version} ist noch lesbar, obwohl der Vorgang gelöscht wurde."),
                format!("Turn {version} can still be read, though the case was erased."),
            ),
            Self::ChangedCertificate {} => Text::new(
                "Der Löschnachweis ist nicht der unterschriebene.",
                "The certificate of erasure is not the one that was signed.",
            ),
            Self::ChangedLedger {} => Text::new(
                "Das Löschverzeichnis bei den Schlüsseln sagt über den gelöschten Vorgang etwas anderes als die Datenbank.",
                "The ledger of erasures beside the keys says something else about the erased case than the database.",
            ),
            Self::ErasureUnfinished {} => Text::new(
                "Der Vorgang ist gelöscht, seine Schlüssel sind es noch nicht. Starten Sie den Server neu.",
                "The case is erased, its keys are not yet. Start the server anew.",
            ),
            Self::KeyNotErased {} => Text::new(
                "Ein Schlüssel des gelöschten Vorgangs ist noch vorhanden.",
                "A key of the erased case is still there.",
            ),
            Self::WrongRoot { day, why } => {
                let (day, why) = (day_text(*day), why.text());
                Text::new(
                    format!("Tageswurzel vom {}: {}", day.de, why.de),
                    format!("Root of {}: {}", day.en, why.en),
                )
            }
            Self::ChangedBlob { hash } => Text::new(
                format!("Das Dokument {hash} wurde nach dem Speichern verändert."),
                format!("Document {hash} was changed after it was stored."),
            ),
            Self::LostBlob { hash, place } => Text::new(
                format!("Das Dokument {hash} fehlt in der Ablage ({place})."),
                format!("Document {hash} is missing in the depot ({place})."),
            ),
        }
    }
}

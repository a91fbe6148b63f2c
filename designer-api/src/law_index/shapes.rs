//! The JSON of the law index.

use std::sync::Arc;

use fachwerk_core::{
    law::index::{SourceKind, Use},
    projection::DeadlineRow,
    words::{Date, Object},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::shapes::Text;

/// The law index.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LawIndexAnswer {
    /// The norm that was asked for, as it was read; blank when none was.
    pub norm: String,
    /// The laws that are cited anywhere.
    pub laws: Vec<CitedLaw>,
    /// What rests on the norm, source by source.
    pub uses: Vec<LawUse>,
    /// The processes that rest on it.
    pub processes: Vec<RestingProcess>,
}

/// A law that is cited.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CitedLaw {
    /// The law, as it is written most often.
    #[schema(value_type = String)]
    pub law: Arc<str>,
    /// How many places cite it.
    pub count: usize,
}

/// How what is cited lies to what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum LawFit {
    /// It is that place.
    Same,
    /// It lies in it.
    Inside,
    /// It is wider, or says less precisely where.
    Around,
}

/// What says a norm.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum LawUseKind {
    /// A process as a whole.
    Process,
    /// A block as a whole.
    Block,
    /// A step.
    Step,
    /// An act.
    Act,
    /// A row of a decision table.
    Table,
    /// A row of legal data.
    Law,
    /// Running text: letters, explanations, rules.
    Text,
}

/// What a place that says a norm belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum LawSourceKind {
    /// A block.
    Block,
    /// A process.
    Process,
    /// Legal data.
    Law,
}

/// A place that says a norm.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LawUse {
    /// How it lies to what was asked for.
    pub fit: LawFit,
    /// What it is.
    pub kind: LawUseKind,
    /// What it belongs to.
    pub source: LawSource,
    /// What people call that.
    pub source_title: Text,
    /// What people call the place.
    pub title: Option<Text>,
    /// The step that it stands in.
    #[schema(value_type = Option<String>)]
    pub step: Option<Arc<str>>,
    /// The file.
    #[schema(value_type = String)]
    pub file: Arc<str>,
    /// The line.
    pub line: u32,
    /// The norm as it is written.
    #[schema(value_type = String)]
    pub written: Arc<str>,
    /// What of it was found.
    pub norms: Vec<String>,
    /// The row of legal data.
    pub row: Option<LawUseRow>,
}

/// What a place belongs to.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LawSource {
    /// What it is.
    pub kind: LawSourceKind,
    /// Its id; of legal data the file.
    #[schema(value_type = String)]
    pub id: Arc<str>,
    /// Its version.
    #[schema(value_type = Option<String>)]
    pub version: Option<Arc<str>>,
}

/// A row of legal data that says a norm.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LawUseRow {
    /// The table.
    #[schema(value_type = String)]
    pub table: Arc<str>,
    /// What people call the table.
    pub table_title: Option<Text>,
    /// The row.
    #[schema(value_type = String)]
    pub id: Arc<str>,
    /// From when it holds.
    #[schema(value_type = Option<String>, format = Date)]
    pub valid_from: Option<Date>,
    /// Until when.
    #[schema(value_type = Option<String>, format = Date)]
    pub valid_to: Option<Date>,
    /// Who compared it with the promulgated text.
    #[schema(value_type = Option<String>)]
    pub checked_by: Option<Arc<str>>,
    /// Whether sources disagree.
    pub disputed: bool,
    /// Whether the authority has set it.
    pub own: bool,
    /// Whether it holds on the day that was asked for.
    pub holds: Option<bool>,
    /// Whether it begins or ends there.
    pub turns: bool,
}

/// A process that rests on a norm.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RestingProcess {
    /// Which.
    #[schema(value_type = String)]
    pub process: Arc<str>,
    /// What people call it.
    pub title: Text,
    /// Whether it says the norm itself.
    pub itself: bool,
    /// The blocks that it uses and that say it.
    #[schema(value_type = Vec<String>)]
    pub blocks: Vec<Arc<str>>,
    /// How many of its cases go on; none: you do not see them.
    pub open: Option<u32>,
    /// Whether there are more than were counted.
    pub open_capped: bool,
}

/// A piece of the deadlines that rest on a norm.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RestingDeadlines {
    /// Those that do.
    pub items: Vec<RestingDeadline>,
    /// How many deadlines were looked at for this.
    pub looked_at: u32,
    /// Ask with this `cursor` to look at the next ones; none at the end.
    pub next: Option<String>,
}

/// How a deadline stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RestingState {
    /// It runs.
    Running,
    /// It is suspended.
    Suspended,
    /// It does not run yet: its letter has not left the house.
    Waiting,
}

impl RestingState {
    pub fn of(row: &DeadlineRow) -> RestingState {
        match (row.suspended, row.end) {
            (true, _) => RestingState::Suspended,
            (false, Some(_)) => RestingState::Running,
            (false, None) => RestingState::Waiting,
        }
    }
}

/// A deadline that rests on a norm; one that does not run yet would, if its letter left the house today, whichever way.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RestingDeadline {
    /// The case.
    pub case: String,
    /// The file number of the case.
    #[schema(value_type = Option<String>)]
    pub number: Option<Arc<str>>,
    /// The process.
    pub process: String,
    /// What people read.
    pub title: Text,
    /// How it stands.
    pub state: RestingState,
    /// Its last day; none: it does not run.
    #[schema(value_type = Option<String>, format = Date)]
    pub end: Option<Date>,
    /// How what it rests on lies to what was asked for.
    pub fit: LawFit,
    /// What of it was found.
    pub norms: Vec<String>,
}

/// A row as it would be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LegalRowAhead {
    /// What it says: the fields of its table, without `id` and `checked_by`.
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    pub row: Object,
}

/// What a row of legal data would touch.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LegalRowTouches {
    /// What rests on the norms of the row, as it is and as it would be.
    pub uses: Vec<LawUse>,
    /// The processes that rest on them.
    pub processes: Vec<RestingProcess>,
    /// Deadlines that would end on another day. Those that run do not follow it: whoever sees them has to decide. Those that do
    /// not run yet will begin by it.
    pub deadlines: Vec<OtherDeadline>,
    /// More of them, in cases that you do not see.
    pub unseen: u32,
    /// How many deadlines were looked at for this.
    pub looked_at: u32,
    /// Ask with this `cursor` to look at the next ones; none at the end.
    pub next: Option<String>,
}

/// A deadline that would end on another day.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct OtherDeadline {
    /// The case.
    pub case: String,
    /// The file number of the case.
    #[schema(value_type = Option<String>)]
    pub number: Option<Arc<str>>,
    /// The process.
    pub process: String,
    /// What people read.
    pub title: Text,
    /// How it stands.
    pub state: RestingState,
    /// Its last day; of a suspended one the one that it had. None: it does not run yet.
    #[schema(value_type = Option<String>, format = Date)]
    pub end: Option<Date>,
    /// The day on which it would end; none: it would not run, or does not run yet.
    #[schema(value_type = Option<String>, format = Date)]
    pub would_end: Option<Date>,
}

impl LawFit {
    pub fn of(code: &str) -> LawFit {
        match code {
            "same" => LawFit::Same,
            "inside" => LawFit::Inside,
            _ => LawFit::Around,
        }
    }
}

impl From<Use> for LawUse {
    fn from(used: Use) -> LawUse {
        LawUse {
            fit: LawFit::of(used.fit),
            kind: match used.kind {
                "process" => LawUseKind::Process,
                "block" => LawUseKind::Block,
                "step" => LawUseKind::Step,
                "act" => LawUseKind::Act,
                "table" => LawUseKind::Table,
                "law" => LawUseKind::Law,
                _ => LawUseKind::Text,
            },
            source: LawSource {
                kind: match used.source.kind {
                    SourceKind::Block => LawSourceKind::Block,
                    SourceKind::Process => LawSourceKind::Process,
                    SourceKind::Law => LawSourceKind::Law,
                },
                id: used.source.id,
                version: used.source.version,
            },
            source_title: used.source_title.into(),
            title: used.title.map(Text::from),
            step: used.step,
            file: used.file,
            line: used.line,
            written: used.written,
            norms: used.norms,
            row: used.row.map(|row| LawUseRow {
                table: row.table,
                table_title: row.table_title.map(Text::from),
                id: row.id,
                valid_from: row.valid_from,
                valid_to: row.valid_to,
                checked_by: row.checked_by,
                disputed: row.disputed,
                own: row.own,
                holds: row.holds,
                turns: row.turns,
            }),
        }
    }
}

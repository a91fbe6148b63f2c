//! Mass runs as the interface says them: what is asked about one, and what is told.

use fachwerk_core::{
    authority::{Run, RunFirst, RunStage},
    definition::Release,
    facts::Actor,
    language::OUTCOME_FIELD,
    words::{TaskId, Timestamp, Value},
};
use fachwerk_runtime::{RunAhead, ToSign};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    person::Authenticated,
    shapes::{PersonName, Text},
    visibility::process_title,
};

/// What the cases of a run are asked before somebody signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    /// A case begins for each row of a file.
    Rows,
    /// Each gets a message that it waits for.
    Message,
    /// Nothing: they wait for a signature.
    Signatures,
}

/// Where a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StageOfRun {
    /// Nothing has been asked of its cases.
    Planned,
    /// They are being asked.
    Opening,
    /// They were, and somebody may sign.
    Open,
    /// It is signed, and the cases are being told.
    Signing,
    /// All of them were.
    Ended,
    /// Somebody has stopped it.
    Stopped,
}

/// A mass run.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RunEntry {
    /// Its number.
    pub number: u32,
    /// What people call it.
    pub title: String,
    /// The process.
    pub process: String,
    /// What people read for the process.
    pub process_title: Text,
    /// What its cases are asked first.
    pub kind: RunKind,
    /// The message, of a run that brings one.
    pub message: Option<String>,
    /// So many cases were planned.
    pub count: u32,
    /// Where it is.
    pub stage: StageOfRun,
    /// So far it has come in that.
    pub done: u32,
    /// Of so many.
    pub of: u32,
    /// So many cases stayed behind.
    pub failed: u32,
    /// Who planned it.
    pub by: Option<PersonName>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// When it was over.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
}

/// A mass run, with all that became of it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RunDetail {
    /// As lists show it.
    #[serde(flatten)]
    pub entry: RunEntry,
    /// Who let the cases be asked.
    pub begun: Option<RunHand>,
    /// Who signed.
    pub signed: Option<RunHand>,
    /// The hash over the list that was signed.
    pub hash: Option<String>,
    /// So many cases were taken out by whoever signed.
    pub taken_out: u32,
    /// The hash of the file, of a run that begins cases of its rows.
    pub file: Option<String>,
    /// Why it was stopped.
    pub reason: Option<String>,
    /// The cases that stayed behind before it was signed, and after that.
    pub failures: Vec<RunTrouble>,
    /// Whether whoever reads this takes part in the process: else they may only stop it.
    pub takes_part: bool,
    /// Whether whoever reads this may sign; whoever planned or began it may not, unless its cases were asked nothing.
    pub may_sign: bool,
}

/// Who did something, and when.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RunHand {
    /// Who.
    pub by: Option<PersonName>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// A case that stayed behind.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RunTrouble {
    /// Its place in the list, from 1.
    pub place: u32,
    /// The line of the file, of a row that could not be begun.
    pub line: Option<u64>,
    /// The case; of one that could not begin none.
    pub case: Option<String>,
    /// Its file number.
    pub number: Option<String>,
    /// What names it beside its number.
    pub subject: Option<String>,
    /// Whether that was after the run was signed.
    pub after_signing: bool,
    /// Stable, for programs.
    pub code: String,
    /// Why.
    pub why: Text,
}

/// A list (CSV).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RowsFile {
    /// The process whose cases it begins.
    pub process: String,
    /// The file, in base64.
    #[schema(format = Byte)]
    pub file: String,
}

/// What a file says.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CheckedRows {
    /// The hash of the file.
    pub file: String,
    /// Its columns, as the names of fields.
    pub columns: Vec<String>,
    /// So many rows can be begun.
    pub rows: u32,
    /// What is wrong, the first of it.
    pub faults: Vec<RowTrouble>,
    /// How much is wrong.
    pub all_faults: u32,
}

/// What is wrong in a file.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RowTrouble {
    /// The line, from 1.
    pub line: u64,
    /// The column, as the first line calls it.
    pub column: Option<String>,
    /// What and why.
    pub why: Text,
}

/// A run that shall be planned.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunToPlan {
    /// What people call it; 1 to 200 characters. It is never erased: name nobody.
    pub title: String,
    /// The process.
    pub process: String,
    /// What its cases are asked first.
    pub kind: RunKind,
    /// With `rows`: the file (CSV), in base64. It is not stored: whoever begins the run brings it again.
    #[schema(format = Byte)]
    pub file: Option<String>,
    /// With `message`: its name.
    pub message: Option<String>,
    /// Without `rows`: the ids of the cases. Without them those open cases of the process that wait for the message or for a
    /// signature, and are found by `q` and `columns`.
    pub cases: Option<Vec<String>>,
    /// Words that begin a word of number or subject.
    pub q: Option<String>,
    /// Values of declared columns.
    #[serde(default)]
    pub columns: std::collections::BTreeMap<String, String>,
    /// That it is meant so, although the same rows or cases were asked the same already.
    #[serde(default)]
    pub again: bool,
}

/// A run was planned.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PlannedRun {
    /// Its number.
    pub number: u32,
    /// Of so many cases.
    pub count: u32,
}

/// Which cases of a run are looked at ahead.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunPiece {
    /// From which place on, from 1.
    pub from: u32,
    /// At most so many; up to 100.
    pub limit: u32,
    /// Of a run that begins cases of rows: the file, in base64.
    #[schema(format = Byte)]
    pub file: Option<String>,
}

/// A place in the list of a run.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunPlace {
    /// The place, from 1.
    pub place: u32,
    /// Of a run that begins cases of rows: the file, in base64.
    #[schema(format = Byte)]
    pub file: Option<String>,
}

/// The file of a run that begins cases of its rows.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunBegin {
    /// The file, in base64.
    #[schema(format = Byte)]
    pub file: Option<String>,
}

/// What would come of some cases of a run.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RunPreview {
    /// The cases.
    pub items: Vec<RunForecast>,
}

/// What would come of a case of a run.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RunForecast {
    /// Its place in the list, from 1.
    pub place: u32,
    /// The case; none: it has not begun.
    pub case: Option<String>,
    /// Its file number, if it has one.
    pub number: Option<String>,
    /// What names it.
    pub subject: Option<String>,
    /// How many letters leave the house.
    pub letters: u32,
    /// Whether it waits for a signature then.
    pub to_be_signed: bool,
    /// What the acts cost, in cents.
    pub fee: i64,
    /// Why letters would not be made, or the case would refuse.
    pub troubles: Vec<Text>,
}

/// Some cases of a run as they would be signed.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RunToSign {
    /// The cases.
    pub items: Vec<CaseToSign>,
}

/// A case of a run as it would be signed.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CaseToSign {
    /// Its place in the list, from 1.
    pub place: u32,
    /// The case.
    pub case: String,
    /// Its file number.
    pub number: Option<String>,
    /// What names it beside its number.
    pub subject: Option<String>,
    /// The task; none: it cannot be signed here.
    pub task: Option<String>,
    /// The outcome by which it is signed.
    pub outcome: Option<String>,
    /// The version of the case that is shown.
    pub version: u64,
    /// The hash of its letters.
    pub shown: Option<String>,
    /// How many letters leave the house.
    pub letters: u32,
    /// What the acts cost, in cents.
    pub fee: i64,
    /// Whether they rest on law that nobody has checked, or sources disagree about.
    pub doubtful: bool,
    /// Why it cannot be signed here.
    pub why: Option<Text>,
}

/// The list that is signed, in the order in which it was shown.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunSignature {
    /// The cases.
    pub cases: Vec<CaseSigned>,
}

/// A case that is signed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseSigned {
    /// The task.
    pub task: String,
    /// The version of the case that was shown.
    pub version: u64,
    /// The hash of the letters that were shown.
    pub shown: String,
}

/// Why a run does not go on.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StopOfRun {
    /// Why; at most 2,000 characters. It is never erased: name nobody.
    pub reason: String,
}

impl RunEntry {
    pub fn of(who: &Authenticated, number: u32, run: &Run) -> RunEntry {
        let (kind, message) = match &run.plan.first {
            RunFirst::Rows { .. } => (RunKind::Rows, None),
            RunFirst::Message { name } => (RunKind::Message, Some(name.to_string())),
            RunFirst::Nothing => (RunKind::Signatures, None),
        };
        let failed = run.not_opened.len() + run.not_signed.len();
        RunEntry {
            number,
            title: run.plan.title.to_string(),
            process: run.plan.process.to_string(),
            process_title: process_title(&who.authority, &run.plan.process),
            kind,
            message,
            count: run.plan.count,
            stage: match run.stage {
                RunStage::Planned => StageOfRun::Planned,
                RunStage::Opening => StageOfRun::Opening,
                RunStage::Open => StageOfRun::Open,
                RunStage::Signing => StageOfRun::Signing,
                RunStage::Ended => StageOfRun::Ended,
                RunStage::Stopped => StageOfRun::Stopped,
            },
            done: run.done,
            of: run.of(),
            failed: u32::try_from(failed).unwrap_or(u32::MAX),
            by: named(who, &run.by),
            at: run.at,
            ended_at: run.ended_at,
        }
    }
}

impl RunForecast {
    pub fn of(who: &Authenticated, release: &Release, ahead: RunAhead, begun: bool) -> RunForecast {
        let RunAhead { place, case, came } = ahead;
        let mut forecast = RunForecast {
            place: place + 1,
            case: begun.then(|| case.to_string()),
            number: None,
            subject: None,
            letters: 0,
            to_be_signed: false,
            fee: 0,
            troubles: Vec::new(),
        };
        match came {
            Err((_, why)) => forecast.troubles.push(why.into()),
            Ok(preview) => {
                forecast.letters = u32::try_from(preview.letters.len()).unwrap_or(u32::MAX);
                forecast.to_be_signed = preview.to_be_signed || preview.shown.is_some();
                forecast.fee = preview.fee;
                forecast.troubles = preview.troubles.iter().map(Text::from).collect();
                if let Some(case) = preview.case {
                    // The number of one that has not begun is drawn only then.
                    forecast.number = case.number.as_deref().filter(|_| begun).map(str::to_owned);
                    let subject = release.listing(&case, &release.local(&who.authority)).subject;
                    forecast.subject = subject.as_deref().map(str::to_owned);
                }
            }
        }
        forecast
    }
}

impl CaseToSign {
    pub fn of(who: &Authenticated, release: Option<&Release>, to_sign: ToSign) -> CaseToSign {
        let ToSign { place, case, known, came } = to_sign;
        let listing = release.zip(known.as_deref());
        let subject =
            listing.and_then(|(release, case)| release.listing(case, &release.local(&who.authority)).subject);
        let mut shown = CaseToSign {
            place: place + 1,
            case: case.to_string(),
            number: known.as_ref().and_then(|case| case.number.as_deref().map(str::to_owned)),
            subject: subject.as_deref().map(str::to_owned),
            task: None,
            outcome: None,
            version: known.as_ref().map_or(0, |case| case.version),
            shown: None,
            letters: 0,
            fee: 0,
            doubtful: false,
            why: None,
        };
        match came {
            Err((_, why)) => shown.why = Some(why.into()),
            Ok((task, preview)) => {
                shown.task = Some(TaskId { case, instance: task }.to_string());
                shown.outcome = listing.and_then(|(release, case)| {
                    let step = case.task(task)?.0.step.clone()?;
                    let given = fachwerk_runtime::given(release.find(&step)?.kind.signature()?);
                    given.get(OUTCOME_FIELD).and_then(Value::as_str).map(str::to_owned)
                });
                shown.shown = preview.shown.as_deref().map(str::to_owned);
                shown.letters = u32::try_from(preview.letters.len()).unwrap_or(u32::MAX);
                shown.fee = preview.fee;
                shown.doubtful = !preview.doubtful_law.is_empty();
            }
        }
        shown
    }
}

pub fn named(who: &Authenticated, actor: &Actor) -> Option<PersonName> {
    actor.person().map(|person| PersonName::of(&who.authority, person))
}

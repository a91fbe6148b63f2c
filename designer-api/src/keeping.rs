//! How long cases are kept, and their way to erasure: proposed when the period is over, held, offered to the archive, asked
//! for by one administrator and confirmed by another.

use std::{collections::BTreeSet, sync::Arc};

use axum::{Json, extract::State, http::StatusCode};
use fachwerk_core::{
    authority::{ADMINISTRATOR, Authority, AuthorityCommand, AuthorityRejection},
    facts::day_of,
    keeping::{ArchiveAnswer, Hold, KeepingRecord, Retention, RetentionStart},
    projection::CaseRow,
    words::{CaseId, Date, ProcessId, Timestamp},
};
use fachwerk_runtime::KeepingStep;
use fachwerk_store::{KeptCases, Total};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body,
    limits::KEEPING_CASES,
    paging::Page,
    params::Params,
    person::{Authenticated, CommandId},
    problem::Problem,
    server::Server,
    shapes::{Misfit, PersonName, Text},
    visibility::{Segments, process_title, releases_in_view},
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(read_keeping))
        .routes(routes!(set_retention))
        .routes(routes!(list_kept_cases))
        .routes(routes!(keep_cases))
}

/// How long ended cases are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RetentionPeriod {
    /// So many years; 1 to 200. A process may say 0.
    years: u16,
    /// When they begin: with the end of the year in which the case ended, or with the day on which it ended.
    from: PeriodStart,
    /// The provision that it follows from; 1 to 200 characters.
    basis: String,
}

/// When a retention period begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum PeriodStart {
    /// With the end of the year in which the case ended.
    YearEnd,
    /// With the day on which the case ended.
    End,
}

impl RetentionPeriod {
    fn of(retention: &Retention) -> RetentionPeriod {
        let from = match retention.from {
            RetentionStart::YearEnd => PeriodStart::YearEnd,
            RetentionStart::End => PeriodStart::End,
        };
        RetentionPeriod { years: retention.years, from, basis: retention.basis.to_string() }
    }

    fn into_retention(self) -> Retention {
        let from = match self.from {
            PeriodStart::YearEnd => RetentionStart::YearEnd,
            PeriodStart::End => RetentionStart::End,
        };
        Retention { years: self.years, from, basis: self.basis.trim().into() }
    }
}

/// How long cases of the processes are kept, and what is to be done.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct KeepingOverview {
    /// The processes.
    processes: Vec<ProcessKeeping>,
    /// Whether there is no other administrator who logs in and could confirm an erasure.
    alone: bool,
}

/// How long cases of a process are kept.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct ProcessKeeping {
    /// The process.
    process: String,
    /// What people read for it.
    title: Text,
    /// How long; absent: nobody has said so, and none of its cases is proposed.
    retention: Option<RetentionPeriod>,
    /// Whether the authority says so, not the process.
    own: bool,
    /// So many of its cases have a period that is over.
    over: u32,
    /// Whether there are more.
    over_capped: bool,
}

/// How long cases of a process shall be kept.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RetentionChange {
    /// How long; absent: as the process says.
    retention: Option<RetentionPeriod>,
}

/// A case on its way to its erasure.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct KeptCase {
    /// Its id.
    id: String,
    /// What it is a case of.
    process: Text,
    /// Its file number.
    number: Option<String>,
    /// What names it beside its number.
    subject: Option<String>,
    /// When it ended; absent: it goes on.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
    /// The last day on which it is kept, if it is known.
    #[schema(value_type = Option<String>, format = Date)]
    kept_until: Option<Date>,
    /// The provision that this follows from.
    basis: Option<String>,
    /// Why it must not be erased.
    hold: Option<CaseHold>,
    /// What the archive says.
    archive: ArchiveState,
    /// That somebody asked for its erasure.
    asked: Option<AskedErasure>,
}

/// That a case must not be erased.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct CaseHold {
    /// Who said so.
    by: PersonName,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Why.
    reason: String,
}

/// How far the archive is with a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ArchiveState {
    /// It was not offered.
    None,
    /// It is offered.
    Offered,
    /// The archive has taken it over.
    Taken,
    /// The archive does not want it.
    Refused,
}

/// That somebody asked for the erasure of a case.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct AskedErasure {
    /// Who.
    by: PersonName,
    /// Whether it was whoever reads this: then another person has to confirm it.
    own: bool,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Why.
    reason: String,
    /// Why although it goes on, or is still to be kept.
    exception: Option<String>,
}

/// What shall be done about several cases.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct KeepingRequest {
    /// The cases; at most 50.
    cases: Vec<String>,
    /// What.
    what: KeepingAction,
    /// Why; needed for `hold`, `lift`, `ask`, `withdraw`. At most 2,000 characters; that of `ask` stands in the certificate,
    /// which is never erased: name nobody.
    reason: Option<String>,
    /// Only with `ask`: why although a case goes on or is still to be kept.
    exception: Option<String>,
    /// Only with `erase`: why whoever asked for it also confirms it. Possible only where there is no other administrator.
    alone: Option<String>,
}

/// What is done about a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum KeepingAction {
    /// It must not be erased (Löschsperre).
    Hold,
    /// It may be erased again.
    Lift,
    /// It was offered to the archive.
    Offer,
    /// The archive has taken it over.
    Taken,
    /// The archive does not want it.
    Refused,
    /// Its erasure is asked for.
    Ask,
    /// It shall not be erased after all.
    Withdraw,
    /// It is erased for good, as another administrator asked for.
    Erase,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct KeepingOutcome {
    /// Of so many cases it was done.
    done: u32,
    /// The others.
    troubles: Vec<KeepingTrouble>,
}

/// A case of which it could not be done.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct KeepingTrouble {
    /// Its id.
    case: String,
    /// Stable, for programs.
    code: String,
    /// Why.
    why: Text,
}

/// Which cases on their way to erasure are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum KeptList {
    /// Those of a process whose period is over.
    Over,
    /// Those whose erasure was asked for.
    #[default]
    Asked,
    /// Those that must not be erased.
    Held,
}

/// How long cases are kept
///
/// For each process the period and how many cases are over it. For administrators.
#[utoipa::path(
    get, path = "/keeping", tag = "administration", operation_id = "readKeeping",
    responses((status = 200, description = "The processes.", body = KeepingOverview))
)]
async fn read_keeping(
    State(server): State<Server>,
    who: Authenticated,
    params: Params,
) -> Result<Json<KeepingOverview>, Problem> {
    params.finish()?;
    who.need_administrator()?;
    let (authority, today) = (&who.authority, server.work_day());
    let mut processes = Vec::new();
    for process in releases_in_view(authority).into_keys() {
        let retention = authority.retention_of(process);
        let over = match retention {
            Some(retention) => {
                let before = retention.over_before(today);
                server.runtime().store().ended_before(&who.tenant, process, before).await?
            }
            None => Total { count: 0, more: false },
        };
        processes.push(ProcessKeeping {
            process: process.to_string(),
            title: process_title(authority, process),
            retention: retention.map(RetentionPeriod::of),
            own: authority.retentions.contains_key(process),
            over: over.count,
            over_capped: over.more,
        });
    }
    let persons = server.runtime().store().people_with_password(&who.tenant).await?;
    let mut others = persons.iter().filter(|person| **person != who.person);
    let alone = !others.any(|person| authority.holds(person, ADMINISTRATOR));
    Ok(Json(KeepingOverview { processes, alone }))
}

/// Say how long cases of a process are kept
///
/// It counts at once, for cases that have ended as well. For administrators.
#[utoipa::path(
    put, path = "/keeping/processes/{process}", tag = "administration", operation_id = "setRetention",
    params(("process" = String, Path, description = "The process.")),
    request_body = RetentionChange,
    responses((status = 204, description = "It counts."))
)]
async fn set_retention(
    State(server): State<Server>,
    who: Authenticated,
    Segments(process): Segments<String>,
    CommandId(command): CommandId,
    body::Json(RetentionChange { retention }): body::Json<RetentionChange>,
) -> Result<StatusCode, Problem> {
    let retention = retention.map(RetentionPeriod::into_retention);
    let ask = AuthorityCommand::SetRetention { process: process.as_str().into(), retention };
    server.change(&who, command, ask).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Cases on their way to their erasure
///
/// Those of a process whose period is over (the ones that ended first in front), those whose erasure was asked for, or those
/// that must not be erased. For administrators.
#[utoipa::path(
    get, path = "/keeping/cases", tag = "administration", operation_id = "listKeptCases",
    params(
        ("list" = inline(Option<KeptList>), Query, description = "Which; `asked` when not given."),
        ("process" = Option<String>, Query, description = "The process; needed for `over`."),
        ("cursor" = Option<String>, Query, description = "`next` of the page before."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "At most so many rows; 50 when not given."),
    ),
    responses((status = 200, description = "A page of the cases.", body = Page<KeptCase>))
)]
async fn list_kept_cases(
    State(server): State<Server>,
    who: Authenticated,
    mut params: Params,
) -> Result<Json<Page<KeptCase>>, Problem> {
    let list: KeptList = params.word("list")?;
    let process = params.text("process")?;
    let piece = params.piece()?;
    params.finish()?;
    who.need_administrator()?;
    let kept = match list {
        KeptList::Asked => KeptCases::Asked,
        KeptList::Held => KeptCases::Held,
        KeptList::Over => {
            let process: ProcessId = process.ok_or_else(process_needed)?.as_str().into();
            if !releases_in_view(&who.authority).contains_key(&process) {
                return Err(AuthorityRejection::ProcessUnknown.into());
            }
            let retention = who.authority.retention_of(&process);
            // Without a period nothing is ever over.
            let before = retention.map_or(Date::MIN, |retention| retention.over_before(server.work_day()));
            KeptCases::EndedBefore(process, before)
        }
    };
    let page = server.runtime().store().kept_cases(&who.tenant, &kept, &piece.of_store()).await?;
    Ok(Json(Page::from_store(page, &piece, |row: CaseRow| KeptCase::of(&who, row))))
}

/// Do something about the keeping of cases
///
/// The same about each, and each for itself: a case of which it cannot be done is told and stops none behind it. Erasing
/// needs two people: one asks for it, another one erases. For administrators; to ask and to erase they are logged in, or use a token
/// that they issued to themselves.
#[utoipa::path(
    post, path = "/keeping/cases", tag = "administration", operation_id = "keepCases",
    request_body = KeepingRequest,
    responses(
        (status = 200, description = "What became of it.", body = KeepingOutcome),
        (status = 404, description = "There is no such case.")
    )
)]
async fn keep_cases(
    State(server): State<Server>,
    who: Authenticated,
    CommandId(command): CommandId,
    body::Json(request): body::Json<KeepingRequest>,
) -> Result<Json<KeepingOutcome>, Problem> {
    who.need_administrator()?;
    if request.cases.is_empty() || request.cases.len() > KEEPING_CASES {
        return Err(Problem::values(vec![Misfit::new(
            "/cases",
            "length",
            format!("Möglich sind 1 bis {KEEPING_CASES} Vorgänge auf einmal."),
            format!("Possible are 1 to {KEEPING_CASES} cases at once."),
        )]));
    }
    let ids = request.cases.iter().map(|id| id.parse().map_err(|_| case_unknown()));
    let cases: BTreeSet<CaseId> = ids.collect::<Result<_, _>>()?;
    let step = step_of(&request)?;
    if matches!(request.what, KeepingAction::Ask | KeepingAction::Erase) {
        server.need_person(&who).await?;
    }
    let cases: Vec<CaseId> = cases.into_iter().collect();
    let runtime = server.runtime();
    let troubles = runtime.keep_cases(&who.actor(), &who.tenant, &cases, command, &step).await?;
    let done = u32::try_from(cases.len() - troubles.len()).unwrap_or(u32::MAX);
    let troubles = troubles.into_iter().map(|(case, error)| {
        let problem = Problem::from(error);
        let (code, why) = (problem.code().to_owned(), Text::from(&problem.text()));
        KeepingTrouble { case: case.to_string(), code, why }
    });
    Ok(Json(KeepingOutcome { done, troubles: troubles.collect() }))
}

fn process_needed() -> Problem {
    Problem::values(vec![Misfit::new(
        "/process",
        "required",
        "Bitte das Verfahren angeben.",
        "Please name the process.",
    )])
}

fn case_unknown() -> Problem {
    fachwerk_core::decide::Rejection::CaseUnknown.into()
}

/// What is asked, in the words of the engine. What is said that has no meaning there is refused, not passed over.
fn step_of(request: &KeepingRequest) -> Result<KeepingStep, Problem> {
    let KeepingRequest { what, reason, exception, alone, .. } = request;
    let takes = |at: &'static str, given: &Option<String>, by: bool| {
        let stray = given.is_some() && !by;
        stray.then(|| {
            Misfit::new(at, "not_possible", "Das hat hier keine Bedeutung.", "This has no meaning here.")
        })
    };
    use KeepingAction as A;
    let with_reason = matches!(what, A::Hold | A::Lift | A::Ask | A::Withdraw);
    let stray = [
        takes("/reason", reason, with_reason),
        takes("/exception", exception, *what == A::Ask),
        takes("/alone", alone, *what == A::Erase),
    ];
    let stray: Vec<Misfit> = stray.into_iter().flatten().collect();
    if !stray.is_empty() {
        return Err(Problem::values(stray));
    }
    let said = |text: &Option<String>| text.as_deref().map(|text| Arc::<str>::from(text.trim()));
    let reason = said(reason).unwrap_or_default();
    Ok(KeepingStep::Record(match what {
        A::Hold => KeepingRecord::Hold { reason },
        A::Lift => KeepingRecord::Lift { reason },
        A::Offer => KeepingRecord::Offer {},
        A::Taken => KeepingRecord::Answer { answer: ArchiveAnswer::Taken },
        A::Refused => KeepingRecord::Answer { answer: ArchiveAnswer::Refused },
        A::Ask => KeepingRecord::Ask { reason, exception: said(exception) },
        A::Withdraw => KeepingRecord::Withdraw { reason },
        A::Erase => return Ok(KeepingStep::Erase { alone: said(alone) }),
    }))
}

impl KeptCase {
    fn of(who: &Authenticated, row: CaseRow) -> KeptCase {
        let authority: &Authority = &who.authority;
        let retention = authority.retention_of(&row.process);
        let kept_until = row.ended_at.zip(retention).map(|(at, retention)| retention.last_day(day_of(at)));
        let archive = match row.keeping.offer.map(|offer| offer.answer) {
            None => ArchiveState::None,
            Some(None) => ArchiveState::Offered,
            Some(Some(ArchiveAnswer::Taken)) => ArchiveState::Taken,
            Some(Some(ArchiveAnswer::Refused)) => ArchiveState::Refused,
        };
        KeptCase {
            id: row.case.to_string(),
            process: process_title(authority, &row.process),
            number: row.number.as_deref().map(Into::into),
            subject: row.subject.as_deref().map(Into::into),
            ended_at: row.ended_at,
            kept_until,
            basis: kept_until.and(retention).map(|retention| retention.basis.to_string()),
            hold: row.keeping.hold.map(|Hold { by, at, reason }| CaseHold {
                by: PersonName::of(authority, &by),
                at,
                reason: reason.to_string(),
            }),
            archive,
            asked: row.keeping.asked.map(|asked| AskedErasure {
                own: asked.by == who.person,
                by: PersonName::of(authority, &asked.by),
                at: asked.at,
                reason: asked.reason.to_string(),
                exception: asked.exception.as_deref().map(Into::into),
            }),
        }
    }
}

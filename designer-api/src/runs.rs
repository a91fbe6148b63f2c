//! Mass runs (Sammelläufe): planned, looked at ahead, begun, signed once, and what stayed behind.
//!
//! Seen by those who take part in the process of the run, and by administrators, who may stop one but see none of its cases.

use std::{collections::BTreeSet, sync::Arc};

use axum::{Json, extract::State, http::StatusCode};
use base64::{Engine, engine::general_purpose::STANDARD};
use fachwerk_core::{
    authority::{AuthorityRejection, MOST_RUN_CASES, Run, RunFailure, RunFirst, RunStage},
    decide::Rejection,
    definition::Release,
    event::Document,
    facts::{Actor, day_of},
    words::{CaseId, ProcessId, TaskId, Timestamp},
};
use fachwerk_runtime::{RowFault, Rows, RowsWanted, RunCases, Runtime, SignedCase};
use fachwerk_store::{CaseQuery, Found};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body, limits,
    paging::Page,
    params::Params,
    person::{Authenticated, CommandId},
    previews::LetterPreview,
    problem::Problem,
    registers::PostEntry,
    run_shapes::{
        CaseSigned, CaseToSign, CheckedRows, PlannedRun, RowTrouble, RowsFile, RunBegin, RunDetail, RunEntry,
        RunForecast, RunHand, RunKind, RunPiece, RunPlace, RunPreview, RunSignature, RunToPlan, RunToSign,
        RunTrouble, StopOfRun, named,
    },
    server::Server,
    shapes::{Misfit, Text},
    visibility::{Segments, takes_part},
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(list_runs, plan_run))
        .routes(routes!(check_rows))
        .routes(routes!(read_run))
        .routes(routes!(preview_run))
        .routes(routes!(preview_run_letters))
        .routes(routes!(begin_run))
        .routes(routes!(list_run_cases))
        .routes(routes!(sign_run))
        .routes(routes!(stop_run))
        .routes(routes!(list_run_post))
}

/// The mass runs
///
/// Those of the processes that one takes part in, the newest first; administrators see all of them, without their cases.
#[utoipa::path(
    get, path = "/runs", tag = "runs", operation_id = "listRuns",
    params(
        ("cursor" = Option<String>, Query, description = "`next` of the page before."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "At most so many rows; 50 when not given."),
    ),
    responses((status = 200, description = "A page of the runs.", body = Page<RunEntry>))
)]
async fn list_runs(
    State(_): State<Server>,
    who: Authenticated,
    mut params: Params,
) -> Result<Json<Page<RunEntry>>, Problem> {
    let piece = params.piece()?;
    params.finish()?;
    let below = piece.number()?.unwrap_or(u64::MAX);
    let seen: Vec<(&u32, &Run)> =
        who.authority.runs.iter().rev().filter(|(_, run)| sees(&who, run)).collect();
    let total = fachwerk_store::Total { count: u32::try_from(seen.len()).unwrap_or(u32::MAX), more: false };
    let limit = piece.limit as usize;
    let mut rest = seen.into_iter().filter(|(number, _)| u64::from(**number) < below).peekable();
    let items: Vec<RunEntry> =
        rest.by_ref().take(limit).map(|(number, run)| RunEntry::of(&who, *number, run)).collect();
    let last = items.last().map(|entry| entry.number.to_string()).filter(|_| rest.peek().is_some());
    Ok(Json(Page::of(items, last, Some(total), &piece)))
}

/// Check a list
///
/// Each bad row is told with its line and column. Nothing is stored.
#[utoipa::path(
    post, path = "/runs/rows", tag = "runs", operation_id = "checkRows",
    request_body = RowsFile,
    responses(
        (status = 200, description = "What the file says.", body = CheckedRows),
        (status = 404, description = "The process is not in use."),
    )
)]
async fn check_rows(
    State(server): State<Server>,
    who: Authenticated,
    body::RowsJson(RowsFile { process, file }): body::RowsJson<RowsFile>,
) -> Result<Json<CheckedRows>, Problem> {
    let release = server.release_of(&who, &process.as_str().into()).await?;
    let rows = read_rows(&release, &file).await?;
    let faults = rows.faults.into_iter().map(|RowFault { line, column, why }| RowTrouble {
        line,
        column,
        why: why.into(),
    });
    Ok(Json(CheckedRows {
        file: rows.file.to_string(),
        columns: rows.columns,
        rows: u32::try_from(rows.rows.len()).unwrap_or(u32::MAX),
        faults: faults.collect(),
        all_faults: u32::try_from(rows.all_faults).unwrap_or(u32::MAX),
    }))
}

/// Plan a mass run
///
/// Nothing is asked of any case yet, and only the plan is stored. For those who take part in the process. What would ask twice
/// (equal rows, a file or a message with cases of an earlier run) is refused with 409 `RunDoubled`, unless `again` says so.
#[utoipa::path(
    post, path = "/runs", tag = "runs", operation_id = "planRun",
    request_body = RunToPlan,
    responses(
        (status = 200, description = "It is planned.", body = PlannedRun),
        (status = 404, description = "The process is not in use."),
    )
)]
async fn plan_run(
    State(server): State<Server>,
    who: Authenticated,
    CommandId(command): CommandId,
    body::RowsJson(plan): body::RowsJson<RunToPlan>,
) -> Result<Json<PlannedRun>, Problem> {
    let process = ProcessId::from(plan.process.as_str());
    let release = server.release_of(&who, &process).await?;
    let cases = match (plan.kind, &plan.file, &plan.message) {
        (RunKind::Rows, Some(file), None) => {
            let rows = read_rows(&release, file).await?;
            if rows.all_faults > 0 {
                return Err(rows_faulty(&rows));
            }
            RunCases::Rows(rows)
        }
        (RunKind::Message, None, Some(name)) if !name.trim().is_empty() => {
            RunCases::Message(name.trim().into(), server.chosen(&who, &process, &plan).await?)
        }
        (RunKind::Signatures, None, None) => RunCases::Waiting(server.chosen(&who, &process, &plan).await?),
        (RunKind::Rows, ..) => return Err(missing("/file")),
        _ => return Err(missing("/message")),
    };
    let count = match &cases {
        RunCases::Rows(rows) => rows.rows.len(),
        RunCases::Message(_, cases) | RunCases::Waiting(cases) => cases.len(),
    };
    if count == 0 {
        return Err(none_found());
    }
    if !plan.again {
        server.need_no_double(&who, command, &process, &cases).await?;
    }
    let named = (plan.title.as_str().into(), process);
    let number = server.runtime().plan_run(&who.tenant, who.actor(), command, named, cases).await?;
    Ok(Json(PlannedRun { number, count: u32::try_from(count).unwrap_or(u32::MAX) }))
}

/// A mass run
#[utoipa::path(
    get, path = "/runs/{number}", tag = "runs", operation_id = "readRun",
    params(("number" = u32, Path, description = "Its number.")),
    responses(
        (status = 200, description = "The run.", body = RunDetail),
        (status = 404, description = "There is no such run.")
    )
)]
async fn read_run(
    State(server): State<Server>,
    who: Authenticated,
    Segments(number): Segments<u32>,
    params: Params,
) -> Result<Json<RunDetail>, Problem> {
    params.finish()?;
    let run = run_of(&who, number)?;
    let part = takes_part_in(&who, run);
    let mut failures = Vec::new();
    let behind = run.not_opened.iter().map(|failure| (failure, false));
    for (failure, after_signing) in behind.chain(run.not_signed.iter().map(|failure| (failure, true))) {
        failures.push(server.trouble(&who, failure, (after_signing, part)).await?);
    }
    let hand = |actor: &Actor, at: Timestamp| RunHand { by: named(&who, actor), at };
    let file = match &run.plan.first {
        RunFirst::Rows { file } => Some(file.to_string()),
        _ => None,
    };
    Ok(Json(RunDetail {
        entry: RunEntry::of(&who, number, run),
        begun: run.begun.as_ref().map(|(actor, at)| hand(actor, *at)),
        signed: run.signed.as_ref().map(|(_, actor, at)| hand(actor, *at)),
        hash: run.signed.as_ref().map(|(list, ..)| list.list.to_string()),
        taken_out: run.signed.as_ref().map_or(0, |(list, ..)| list.taken_out),
        file,
        reason: run.reason.as_deref().map(str::to_owned),
        failures,
        takes_part: part,
        may_sign: part && !run.asked_by(&who.person),
    }))
}

/// Look ahead at a mass run
///
/// What would come of some of its cases when it is begun. Nothing is stored.
#[utoipa::path(
    post, path = "/runs/{number}/preview", tag = "runs", operation_id = "previewRun",
    params(("number" = u32, Path, description = "Its number.")),
    request_body = RunPiece,
    responses((status = 200, description = "What would come of them.", body = RunPreview))
)]
async fn preview_run(
    State(server): State<Server>,
    who: Authenticated,
    Segments(number): Segments<u32>,
    body::RowsJson(RunPiece { from, limit, file }): body::RowsJson<RunPiece>,
) -> Result<Json<RunPreview>, Problem> {
    let run = own_run(&who, number)?;
    let rows = server.rows_of(&who, run, file.as_deref()).await?;
    let places = places(run, from, limit)?;
    let look = (rows.as_ref(), places);
    let ahead = server.runtime().run_ahead(&who.tenant, &who.actor(), number, look, None).await?;
    let release = server.release_of(&who, &run.plan.process).await?;
    let begun = !matches!(run.plan.first, RunFirst::Rows { .. });
    let items = ahead.into_iter().map(|ahead| RunForecast::of(&who, &release, ahead, begun)).collect();
    Ok(Json(RunPreview { items }))
}

/// Look ahead at the letters of a case of a mass run
///
/// As they would be made when it is begun and signed. Nothing is stored.
#[utoipa::path(
    post, path = "/runs/{number}/letters/preview", tag = "runs", operation_id = "previewRunLetters",
    params(("number" = u32, Path, description = "Its number.")),
    request_body = RunPlace,
    responses((status = 200, description = "The letters.", body = LetterPreview))
)]
async fn preview_run_letters(
    State(server): State<Server>,
    who: Authenticated,
    Segments(number): Segments<u32>,
    body::RowsJson(RunPlace { place, file }): body::RowsJson<RunPlace>,
) -> Result<Json<LetterPreview>, Problem> {
    let run = own_run(&who, number)?;
    let rows = server.rows_of(&who, run, file.as_deref()).await?;
    let look = (rows.as_ref(), places(run, place, 1)?);
    let previewer = Some(server.options().previewer);
    let ahead = server.runtime().run_ahead(&who.tenant, &who.actor(), number, look, previewer).await?;
    match ahead.into_iter().next().map(|ahead| ahead.came) {
        Some(Ok(preview)) => Ok(Json(preview.into())),
        Some(Err((_, why))) => Err(Problem::said(StatusCode::CONFLICT, "StaysBehind", why.into())),
        None => Err(Problem::not_found()),
    }
}

/// Begin a mass run
///
/// Its cases are asked one after another, in the name of whoever begins it; one that refuses stops none behind it. The rows of
/// a file go on only with the file: when that was broken off, the same request goes on behind it.
#[utoipa::path(
    post, path = "/runs/{number}/begin", tag = "runs", operation_id = "beginRun",
    params(("number" = u32, Path, description = "Its number.")),
    request_body = RunBegin,
    responses((status = 204, description = "It goes on."))
)]
async fn begin_run(
    State(server): State<Server>,
    who: Authenticated,
    Segments(number): Segments<u32>,
    CommandId(command): CommandId,
    body::RowsJson(RunBegin { file }): body::RowsJson<RunBegin>,
) -> Result<StatusCode, Problem> {
    let run = own_run(&who, number)?;
    let rows = server.rows_of(&who, run, file.as_deref()).await?;
    let goes_on = rows.is_some() && run.stage == RunStage::Opening;
    if !goes_on {
        server.runtime().begin_run(&who.tenant, who.actor(), command, number).await?;
    }
    if let Some(rows) = rows {
        let (runtime, tenant) = (server.runtime().clone(), who.tenant.clone());
        tokio::spawn(async move {
            if let Err(error) = runtime.begin_rows(&tenant, number, &rows).await {
                tracing::error!(%error, %tenant, number, "a mass run was broken off; it goes on with the same file");
            }
        });
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Cases of a mass run as one would sign them now
#[utoipa::path(
    get, path = "/runs/{number}/cases", tag = "runs", operation_id = "listRunCases",
    params(
        ("number" = u32, Path, description = "Its number."),
        ("from" = Option<u32>, Query, description = "From which place on, from 1."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "At most so many; 100 when not given."),
    ),
    responses((status = 200, description = "The cases.", body = RunToSign))
)]
async fn list_run_cases(
    State(server): State<Server>,
    who: Authenticated,
    Segments(number): Segments<u32>,
    mut params: Params,
) -> Result<Json<RunToSign>, Problem> {
    let from = params.parsed("from")?.unwrap_or(1);
    let limit = params.parsed("limit")?.unwrap_or(limits::RUN_PIECE);
    params.finish()?;
    let run = own_run(&who, number)?;
    let places = places(run, from, limit)?;
    let shown = server.runtime().run_to_sign(&who.tenant, &who.actor(), number, places).await?;
    let mut items = Vec::new();
    for to_sign in shown {
        let release = match &to_sign.known {
            Some(case) => Some(server.runtime().release(&who.tenant, &case.release).await?),
            None => None,
        };
        items.push(CaseToSign::of(&who, release.as_deref(), to_sign));
    }
    Ok(Json(RunToSign { items }))
}

/// Sign a mass run
///
/// The letters of the cases in the list, as they were shown. Each case is told in the name of whoever signs and decides for
/// itself: role, four eyes, claims, and whether the letter is still the same. Needs somebody who is logged in.
#[utoipa::path(
    post, path = "/runs/{number}/sign", tag = "runs", operation_id = "signRun",
    params(("number" = u32, Path, description = "Its number.")),
    request_body = RunSignature,
    responses((status = 204, description = "It goes on."))
)]
async fn sign_run(
    State(server): State<Server>,
    who: Authenticated,
    Segments(number): Segments<u32>,
    CommandId(command): CommandId,
    body::RowsJson(RunSignature { cases }): body::RowsJson<RunSignature>,
) -> Result<StatusCode, Problem> {
    who.need_session()?;
    own_run(&who, number)?;
    let read = |CaseSigned { task, version, shown }: CaseSigned| {
        let task: TaskId = task.parse().map_err(|_| Problem::from(AuthorityRejection::RunInvalid))?;
        Ok(SignedCase { case: task.case, task: task.instance, version, shown: shown.into() })
    };
    let cases = cases.into_iter().map(read).collect::<Result<Vec<_>, Problem>>()?;
    server.runtime().sign_run(&who.tenant, who.actor(), command, number, cases).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Stop a mass run
///
/// No case is asked any more; what was done stays. For those who take part in the process, and for administrators.
#[utoipa::path(
    post, path = "/runs/{number}/stop", tag = "runs", operation_id = "stopRun",
    params(("number" = u32, Path, description = "Its number.")),
    request_body = StopOfRun,
    responses((status = 204, description = "It is stopped."))
)]
async fn stop_run(
    State(server): State<Server>,
    who: Authenticated,
    Segments(number): Segments<u32>,
    CommandId(command): CommandId,
    body::Json(StopOfRun { reason }): body::Json<StopOfRun>,
) -> Result<StatusCode, Problem> {
    run_of(&who, number)?;
    server.runtime().stop_run(&who.tenant, who.actor(), command, number, reason.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The letters of a mass run that wait to leave the house
///
/// In the order of the run, so that they are printed together and their dispatch is recorded for one day.
#[utoipa::path(
    get, path = "/runs/{number}/post", tag = "runs", operation_id = "listRunPost",
    params(
        ("number" = u32, Path, description = "Its number."),
        ("cursor" = Option<String>, Query, description = "`next` of the page before."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "The letters of at most so many cases; 50 when not given."),
    ),
    responses((status = 200, description = "A page of the letters.", body = Page<PostEntry>))
)]
async fn list_run_post(
    State(server): State<Server>,
    who: Authenticated,
    Segments(number): Segments<u32>,
    mut params: Params,
) -> Result<Json<Page<PostEntry>>, Problem> {
    let piece = params.piece()?;
    params.finish()?;
    let run = own_run(&who, number)?;
    let from = usize::try_from(piece.number()?.unwrap_or(0)).unwrap_or(usize::MAX);
    let signed = server.runtime().signed_cases(&who.tenant, run).await?;
    let since = run.signed.as_ref().map(|(.., at)| day_of(*at));
    let mut items = Vec::new();
    for SignedCase { case, .. } in signed.iter().skip(from).take(piece.limit as usize) {
        if run.not_signed.iter().any(|failure| failure.case == *case) {
            continue;
        }
        // One that was erased meanwhile has no letters.
        let Ok(Some(case)) = server.runtime().case(&who.tenant, *case).await else { continue };
        // What people wrote beside the steps, or what waited before, is not of this run: it may not lie in its batch.
        let of_run = |document: &Document| document.step.is_some() && Some(document.on) >= since;
        let waiting = case.documents.iter().filter(|(_, it)| it.waits_to_leave() && of_run(it));
        items.extend(waiting.map(|(number, document)| PostEntry::of(&case, *number, document)));
    }
    let next = from.saturating_add(piece.limit as usize);
    let more = (next < signed.len()).then(|| next.to_string());
    let total =
        fachwerk_store::Total { count: u32::try_from(items.len()).unwrap_or(u32::MAX), more: more.is_some() };
    Ok(Json(Page::of(items, more, Some(total), &piece)))
}

impl Server {
    /// The release that cases of a process begin with, for those who take part in it.
    async fn release_of(&self, who: &Authenticated, process: &ProcessId) -> Result<Arc<Release>, Problem> {
        let release = who.authority.current.get(process).ok_or(AuthorityRejection::ProcessUnknown)?;
        let release = self.runtime().release(&who.tenant, release).await?;
        if takes_part(who, &release) { Ok(release) } else { Err(Rejection::NoPartInProcess.into()) }
    }

    /// The rows that a run is about, when it begins cases of some.
    async fn rows_of(
        &self,
        who: &Authenticated,
        run: &Run,
        file: Option<&str>,
    ) -> Result<Option<Rows>, Problem> {
        let rows = match file {
            Some(file) => {
                let release = self.release_of(who, &run.plan.process).await?;
                Some(read_rows(&release, file).await?)
            }
            None => None,
        };
        let wanted = matches!(run.plan.first, RunFirst::Rows { .. });
        match Runtime::fits(run, rows.as_ref()) {
            Ok(()) => Ok(rows.filter(|_| wanted)),
            Err(RowsWanted::Missing) => Err(missing("/file")),
            Err(RowsWanted::OtherFile) => Err(Problem::new(
                StatusCode::CONFLICT,
                "OtherFile",
                "Das ist nicht die Datei, mit der dieser Sammellauf angelegt wurde. Bitte dieselbe Datei auswählen, oder einen neuen Sammellauf anlegen.",
                "This is not the file that this mass run was planned with. Please choose the same file, or plan another run.",
            )),
            Err(RowsWanted::Misfits) => Err(Problem::new(
                StatusCode::CONFLICT,
                "RowsMisfit",
                "Das Verfahren ist seit dem Anlegen geändert worden, und die Datei passt nicht mehr dazu. Bitte diesen Sammellauf stoppen, die Datei prüfen und mit den Zeilen, die noch nicht begonnen sind, einen neuen anlegen.",
                "The process was changed since the run was planned, and the file does not fit it any more. Please stop this run, check the file, and plan another one with the rows that have not begun.",
            )),
        }
    }

    /// The cases of a plan: those that are named, or those that are found and wait.
    async fn chosen(
        &self,
        who: &Authenticated,
        process: &ProcessId,
        plan: &RunToPlan,
    ) -> Result<Vec<CaseId>, Problem> {
        if let Some(named) = &plan.cases {
            let mut seen = BTreeSet::new();
            let mut cases = Vec::new();
            for id in named.iter().take(MOST_RUN_CASES + 1) {
                let row = self.case_row(who, id).await?;
                if row.process != *process {
                    return Err(Rejection::CaseUnknown.into());
                }
                if seen.insert(row.case) {
                    cases.push(row.case);
                }
            }
            return Ok(cases);
        }
        let columns = plan.columns.iter().map(|(name, value)| (name.as_str().into(), value.clone()));
        let found = Found { text: plan.q.clone(), columns: columns.collect() };
        let mut query = CaseQuery {
            open: Some(true),
            process: Some(process.clone()),
            found,
            piece: fachwerk_store::Piece { cursor: None, limit: limits::PAGE_ROWS },
            ..CaseQuery::default()
        };
        let message = plan.message.as_deref().map(str::trim);
        let mut cases = Vec::new();
        loop {
            let page = self.runtime().store().cases(&who.tenant, &query).await?;
            for row in page.items {
                if self.runtime().fits_run(&who.tenant, row.case, message).await? {
                    cases.push(row.case);
                }
            }
            query.piece.cursor = page.next;
            if query.piece.cursor.is_none() || cases.len() > MOST_RUN_CASES {
                return Ok(cases);
            }
        }
    }

    async fn trouble(
        &self,
        who: &Authenticated,
        failure: &RunFailure,
        (after_signing, part): (bool, bool),
    ) -> Result<RunTrouble, Problem> {
        let row = match part {
            true => self.runtime().store().case_row(&who.tenant, failure.case).await?,
            false => None,
        };
        Ok(RunTrouble {
            place: failure.place + 1,
            line: failure.line,
            case: row.as_ref().map(|row| row.case.to_string()),
            number: row.as_ref().and_then(|row| row.number.as_deref().map(str::to_owned)),
            subject: row.as_ref().and_then(|row| row.subject.as_deref().map(str::to_owned)),
            after_signing,
            code: failure.code.to_string(),
            why: Text::from(&failure.why),
        })
    }
}

fn takes_part_in(who: &Authenticated, run: &Run) -> bool {
    run.plan.roles.iter().any(|role| who.roles.contains(role))
}

fn sees(who: &Authenticated, run: &Run) -> bool {
    who.is_administrator() || takes_part_in(who, run)
}

fn run_of(who: &Authenticated, number: u32) -> Result<&Run, Problem> {
    let run = who.authority.runs.get(&number).ok_or(AuthorityRejection::RunUnknown)?;
    if sees(who, run) { Ok(run) } else { Err(AuthorityRejection::RunNotAllowed.into()) }
}

/// A run whose cases one sees.
fn own_run(who: &Authenticated, number: u32) -> Result<&Run, Problem> {
    let run = run_of(who, number)?;
    if takes_part_in(who, run) { Ok(run) } else { Err(AuthorityRejection::RunNotAllowed.into()) }
}

fn places(run: &Run, from: u32, limit: u32) -> Result<std::ops::Range<u32>, Problem> {
    if from == 0 || !(1..=limits::RUN_PIECE).contains(&limit) {
        let most = limits::RUN_PIECE;
        return Err(Problem::limit(StatusCode::BAD_REQUEST, "QueryInvalid", "run_piece", most));
    }
    let first = (from - 1).min(run.plan.count);
    Ok(first..run.plan.count.min(first.saturating_add(limit)))
}

/// Reading thousands of rows computes for too long to keep a thread that serves others.
async fn read_rows(release: &Arc<Release>, file: &str) -> Result<Rows, Problem> {
    let bytes = STANDARD.decode(file).map_err(|_| {
        Problem::values(vec![Misfit::new(
            "/file",
            "base64",
            "Die Datei ist nicht lesbar.",
            "The file cannot be read.",
        )])
    })?;
    let release = release.clone();
    let read = move || Rows::read(&bytes, &release.data, &release.data_validator);
    tokio::task::spawn_blocking(read).await.map_err(Problem::fault)
}

fn rows_faulty(rows: &Rows) -> Problem {
    let count = rows.all_faults;
    Problem::values(vec![Misfit::new(
        "/file",
        "rows",
        format!(
            "In der Datei {} {count} Fehler; bitte zuerst berichtigen.",
            if count == 1 { "ist" } else { "sind" }
        ),
        format!(
            "The file has {count} {}; please mend {} first.",
            if count == 1 { "fault" } else { "faults" },
            if count == 1 { "it" } else { "them" }
        ),
    )])
}

fn missing(at: &str) -> Problem {
    Problem::values(vec![Misfit::new(
        at,
        "required",
        "Das fehlt, oder passt nicht zur Art des Sammellaufs.",
        "This is missing, or does not fit the kind of run.",
    )])
}

fn none_found() -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "NoCases",
        "Kein Vorgang passt: Keiner dieses Verfahrens wartet darauf.",
        "No case fits: none of this process waits for it.",
    )
}

//! Mass runs: one command over many cases, case by case and each in a turn of its own, as everything else that is done to
//! cases. One that is refused stops none behind it.
//!
//! How far a run is stands in the stream of the authority, piece by piece; the ids of the commands are derived. So a process
//! that ends in between, or several at once, do nothing twice.

use std::{collections::BTreeMap, sync::Arc};

use fachwerk_core::{
    authority::{
        Authority, AuthorityRejection, Run, RunCommand, RunFailure, RunFirst, RunList, RunPlan, RunStage,
    },
    case::Case,
    command::{Command, Request},
    decide::Rejection,
    definition::{LETTER, Release},
    event::{Direction, DocumentContent, EffectError, Trigger},
    facts::Actor,
    words::{CaseId, InstanceId, Object, ProcessId, TenantId, Text, Value},
};
use fachwerk_store::Hash;
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::{
    Made, Preview, Previewer, Rows, Runtime, SubmitError, authorities::ChangeError, background::derived_id,
    between::timed_id, preview::given,
};

/// So many cases are told before it is noted how far the run is; it can be stopped in between.
const CASES_AT_ONCE: u32 = 50;
/// How cases came that a run has begun.
const CHANNEL: &str = "run";
/// So often a number is tried for a new run that others took meanwhile.
const TRIES: usize = 5;

/// Which cases a run is about.
#[derive(Clone, Debug)]
pub enum RunCases {
    /// Those that it begins, one for each row of a file.
    Rows(Rows),
    /// These, and each gets a message.
    Message(Arc<str>, Vec<CaseId>),
    /// These, which wait for a signature.
    Waiting(Vec<CaseId>),
}

/// What would come of a case of a run.
#[derive(Clone, Debug)]
pub struct RunAhead {
    /// Its place in the list, from 0.
    pub place: u32,
    /// Its id.
    pub case: CaseId,
    /// What would come of it, or why nothing.
    pub came: Result<Preview, (Arc<str>, Text)>,
}

/// A case of a run as it waits for the signature.
#[derive(Clone, Debug)]
pub struct ToSign {
    /// Its place in the list, from 0.
    pub place: u32,
    /// Its id.
    pub case: CaseId,
    /// As it is now; none: there is no such case.
    pub known: Option<Arc<Case>>,
    /// The task, and what would come of it; or why it cannot be signed here.
    pub came: Result<(InstanceId, Preview), (Arc<str>, Text)>,
}

/// A case that is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedCase {
    /// The case.
    pub case: CaseId,
    /// Its task.
    pub task: InstanceId,
    /// The version of the case that was shown.
    pub version: u64,
    /// The hash of its letters as they were shown.
    pub shown: Arc<str>,
}

/// Why the rows of a file are not begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowsWanted {
    /// The run begins cases of rows, and none came with the request.
    Missing,
    /// It is another file than the one that was planned.
    OtherFile,
    /// It does not fit the process any more, which has changed since the run was planned.
    Misfits,
}

/// What is asked of one case, by whom, with its place in the list.
struct Asked {
    place: u32,
    line: Option<u64>,
    case: CaseId,
    actor: Actor,
    request: Result<Request, (Arc<str>, Text)>,
}

impl Runtime {
    /// Plans a run; nothing is asked of any case. Answers with its number.
    pub async fn plan_run(
        &self,
        tenant: &TenantId,
        actor: Actor,
        command_id: Uuid,
        (title, process): (Arc<str>, ProcessId),
        cases: RunCases,
    ) -> Result<u32, ChangeError> {
        let authority = self.authority(tenant).await?.ok_or(SubmitError::AuthorityUnknown)?;
        let release = authority.current.get(&process).ok_or(AuthorityRejection::ProcessUnknown)?;
        let roles = self.release(tenant, release).await?.roles.keys().cloned().collect();
        let (first, count, listed) = match cases {
            RunCases::Rows(rows) => (RunFirst::Rows { file: rows.file }, rows.rows.len(), None),
            RunCases::Message(name, cases) => (RunFirst::Message { name }, cases.len(), Some(cases)),
            RunCases::Waiting(cases) => (RunFirst::Nothing, cases.len(), Some(cases)),
        };
        let list = match listed {
            Some(cases) => Some(self.keep_list(tenant, &cases).await?),
            None => None,
        };
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let plan = RunPlan { title: title.trim().into(), process, roles, first, count, list };
        for _ in 0..TRIES {
            let before = self.authority(tenant).await?.unwrap_or_default();
            let number = before.next_run();
            let command = RunCommand::Plan(plan.clone()).about(number);
            match self.change(tenant, actor.clone(), command_id, command).await {
                Ok(after) => {
                    // One that was planned before by the same command has the number that it got then.
                    let own = |(_, run): &(&u32, &Run)| run.plan == plan && run.by == actor;
                    return Ok(after.runs.iter().rev().find(own).map_or(number, |(number, _)| *number));
                }
                Err(ChangeError::Rejected(AuthorityRejection::RunInvalid))
                    if self.authority(tenant).await?.unwrap_or_default().next_run() != number => {}
                Err(error) => return Err(error),
            }
        }
        Err(SubmitError::Contended.into())
    }

    /// Lets the cases of a run be asked what was planned. Rows are begun from here on by [`Self::begin_rows`].
    pub async fn begin_run(
        &self,
        tenant: &TenantId,
        actor: Actor,
        command_id: Uuid,
        number: u32,
    ) -> Result<(), ChangeError> {
        self.change(tenant, actor, command_id, RunCommand::Begin.about(number)).await?;
        Ok(())
    }

    /// Stops a run: no case is asked any more. What was done stays.
    pub async fn stop_run(
        &self,
        tenant: &TenantId,
        actor: Actor,
        command_id: Uuid,
        number: u32,
        reason: Arc<str>,
    ) -> Result<(), ChangeError> {
        self.change(tenant, actor, command_id, RunCommand::Stop { reason }.about(number)).await?;
        Ok(())
    }

    /// Signs the letters of the cases in a list, as they were shown. They are told in the background, in the name of whoever signs.
    pub async fn sign_run(
        &self,
        tenant: &TenantId,
        actor: Actor,
        command_id: Uuid,
        number: u32,
        cases: Vec<SignedCase>,
    ) -> Result<(), ChangeError> {
        let run = self.run(tenant, number).await?;
        let known = self.run_cases(tenant, number, &run).await?;
        let known: BTreeMap<CaseId, usize> = known.into_iter().zip(0..).collect();
        let mut places = cases.iter().map(|signed| known.get(&signed.case).copied());
        // Each is one of the run, and none stands twice: the list is in its order.
        let mut last = None;
        let ordered = places.all(|place| place.is_some() && place > std::mem::replace(&mut last, place));
        if !ordered || cases.is_empty() {
            return Err(AuthorityRejection::RunInvalid.into());
        }
        let list = self.keep_list(tenant, &cases).await?;
        let count = u32::try_from(cases.len()).unwrap_or(u32::MAX);
        // One that stayed behind may have been set right since, and be signed.
        let signs = |case: CaseId| cases.iter().any(|signed| signed.case == case);
        let failed = run.not_opened.iter().filter(|failure| !signs(failure.case)).count();
        let failed = u32::try_from(failed).unwrap_or(u32::MAX);
        let taken_out = run.plan.count.saturating_sub(count.saturating_add(failed));
        let signed = RunCommand::Sign(RunList { list, count, taken_out });
        self.change(tenant, actor, command_id, signed.about(number)).await?;
        Ok(())
    }

    /// A run.
    pub async fn run(&self, tenant: &TenantId, number: u32) -> Result<Run, ChangeError> {
        let authority = self.authority(tenant).await?.ok_or(SubmitError::AuthorityUnknown)?;
        Ok(authority.runs.get(&number).cloned().ok_or(AuthorityRejection::RunUnknown)?)
    }

    /// The cases of a run, in its order.
    pub async fn run_cases(
        &self,
        tenant: &TenantId,
        number: u32,
        run: &Run,
    ) -> Result<Vec<CaseId>, SubmitError> {
        match &run.plan.list {
            Some(list) => self.kept_list(tenant, list).await,
            None => Ok((0..run.plan.count).map(|place| row_case(tenant, number, run, place)).collect()),
        }
    }

    /// The cases that were signed, in the order of the list.
    pub async fn signed_cases(&self, tenant: &TenantId, run: &Run) -> Result<Vec<SignedCase>, SubmitError> {
        match &run.signed {
            Some((list, ..)) => self.kept_list(tenant, &list.list).await,
            None => Ok(Vec::new()),
        }
    }

    /// What would come of some cases of a run when it is begun. Nothing is stored. `previewer`: makes the letters; none: they
    /// are counted only.
    pub async fn run_ahead(
        &self,
        tenant: &TenantId,
        actor: &Actor,
        number: u32,
        (rows, places): (Option<&Rows>, std::ops::Range<u32>),
        previewer: Option<Previewer>,
    ) -> Result<Vec<RunAhead>, ChangeError> {
        let run = self.run(tenant, number).await?;
        let mut ahead = Vec::new();
        for asked in self.asked(tenant, number, &run, (rows, places), actor).await? {
            let came = match asked.request {
                Ok(request) => self.tried(actor.clone(), &request, previewer).await?,
                Err(why) => Err(why),
            };
            ahead.push(RunAhead { place: asked.place, case: asked.case, came });
        }
        Ok(ahead)
    }

    /// Some cases of a run as somebody would sign them now. Nothing is stored.
    pub async fn run_to_sign(
        &self,
        tenant: &TenantId,
        actor: &Actor,
        number: u32,
        places: std::ops::Range<u32>,
    ) -> Result<Vec<ToSign>, ChangeError> {
        let run = self.run(tenant, number).await?;
        let cases = self.run_cases(tenant, number, &run).await?;
        let mut found = Vec::new();
        for (place, case) in (0_u32..).zip(cases).skip(places.start as usize).take(places.len()) {
            let (known, came) = match self.case(tenant, case).await {
                Ok(None) => (None, Err(no_case())),
                Ok(Some(known)) => {
                    let came = self.signed_ahead(tenant, actor, &known).await?;
                    (Some(known), came)
                }
                Err(error) => (None, Err(stays_behind(SubmitError::from(error))?)),
            };
            found.push(ToSign { place, case, known, came });
        }
        Ok(found)
    }

    async fn signed_ahead(
        &self,
        tenant: &TenantId,
        actor: &Actor,
        case: &Case,
    ) -> Result<Result<(InstanceId, Preview), (Arc<str>, Text)>, SubmitError> {
        let release = self.release(tenant, &case.release).await?;
        let mut signatures = signatures(&release, case);
        let (Some((task, values)), None) = (signatures.next(), signatures.next()) else {
            return Ok(Err(no_signature(case)));
        };
        let command = Command::CompleteTask { task, values, seen: Some(case.version), shown: None };
        let command_id = Uuid::now_v7();
        let request = Request { tenant: tenant.clone(), case: case.id, command_id, command };
        let tried = self.tried(actor.clone(), &request, None).await?;
        Ok(tried.and_then(|preview| match preview.shown {
            Some(_) => Ok((task, preview)),
            None => Err(no_letters()),
        }))
    }

    async fn tried(
        &self,
        actor: Actor,
        request: &Request,
        previewer: Option<Previewer>,
    ) -> Result<Result<Preview, (Arc<str>, Text)>, SubmitError> {
        match self.preview(actor, request, previewer.unwrap_or(counted)).await {
            Ok(preview) => Ok(Ok(preview)),
            Err(error) => stays_behind(error).map(Err),
        }
    }

    /// Whether a case waits for a message, or, when none is named, for a signature.
    pub async fn fits_run(
        &self,
        tenant: &TenantId,
        case: CaseId,
        message: Option<&str>,
    ) -> Result<bool, SubmitError> {
        let Some(known) = self.case(tenant, case).await? else { return Ok(false) };
        match message {
            Some(name) => Ok(awaits(&known, name)),
            None => {
                let release = self.release(tenant, &known.release).await?;
                Ok(signatures(&release, &known).next().is_some())
            }
        }
    }

    /// Begins the cases of the rows of a file, or goes on with that. Ends when all have begun or the run is stopped.
    pub async fn begin_rows(&self, tenant: &TenantId, number: u32, rows: &Rows) -> Result<(), ChangeError> {
        while self.advance(tenant, number, Some(rows)).await? {}
        Ok(())
    }

    /// Whether the rows of a file are those that a run was planned for.
    pub fn fits(run: &Run, rows: Option<&Rows>) -> Result<(), RowsWanted> {
        match (&run.plan.first, rows) {
            (RunFirst::Rows { file }, Some(rows)) if *file == rows.file => {
                // A place in the list is that of a row: where one is missing all behind it would be another one's.
                let whole = rows.all_faults == 0 && u32::try_from(rows.rows.len()) == Ok(run.plan.count);
                if whole { Ok(()) } else { Err(RowsWanted::Misfits) }
            }
            (RunFirst::Rows { .. }, Some(_)) => Err(RowsWanted::OtherFile),
            (RunFirst::Rows { .. }, None) => Err(RowsWanted::Missing),
            _ => Ok(()),
        }
    }

    /// Goes on with the runs of all authorities that go on by themselves.
    pub(crate) async fn go_on_with_runs(&self) -> Result<(), SubmitError> {
        for (tenant, version) in self.all_authorities().await? {
            let Some(authority) = self.authority_since(&tenant, version).await? else { continue };
            for (number, _) in authority.runs.iter().filter(|(_, run)| goes_on_alone(run)) {
                match self.go_on_with_run(&tenant, *number).await {
                    Ok(()) => {}
                    Err(ChangeError::Submit(error)) if error.is_of_database() => return Err(error),
                    Err(error) => {
                        tracing::error!(%error, %tenant, number, "a mass run cannot go on; trying again");
                    }
                }
            }
        }
        Ok(())
    }

    async fn go_on_with_run(&self, tenant: &TenantId, number: u32) -> Result<(), ChangeError> {
        while self.store().halted(tenant).await?.is_none() && self.advance(tenant, number, None).await? {}
        Ok(())
    }

    /// Asks the next cases of a run, and notes how far it is. Whether it goes on.
    async fn advance(
        &self,
        tenant: &TenantId,
        number: u32,
        rows: Option<&Rows>,
    ) -> Result<bool, ChangeError> {
        let run = self.run(tenant, number).await?;
        if !run.stage.works() || (rows.is_none() && !goes_on_alone(&run)) {
            return Ok(false);
        }
        let from = run.done;
        let upto = run.of().min(from + CASES_AT_ONCE);
        let asked = match run.stage {
            RunStage::Opening => {
                let Some((actor, _)) = &run.begun else { return Ok(false) };
                self.asked(tenant, number, &run, (rows, from..upto), actor).await?
            }
            _ => self.signed(tenant, number, &run, from..upto).await?,
        };
        let failures = self.ask_all(asked).await?;
        let command = RunCommand::Advance { from, upto, failures };
        let stage = if run.stage == RunStage::Opening { "opening" } else { "signing" };
        let id = derived_id(&["run", tenant.as_str(), &format!("{number}/{stage}/{from}")]);
        self.change(tenant, Actor::Engine, id, command.about(number)).await?;
        Ok(true)
    }

    /// Each in a turn of its own, several at once: they are of different cases. Answers with those that stay behind.
    async fn ask_all(&self, asked: Vec<Asked>) -> Result<Vec<RunFailure>, SubmitError> {
        let mut asking = JoinSet::new();
        for Asked { place, line, case, actor, request } in asked {
            let runtime = self.clone();
            asking.spawn(async move {
                let why = match request {
                    Err(why) => Some(why),
                    Ok(request) => match runtime.submit(actor, request).await {
                        Ok(_) => None,
                        Err(error) => Some(stays_behind(error)?),
                    },
                };
                Ok::<_, SubmitError>(why.map(|(code, why)| RunFailure { place, line, case, code, why }))
            });
        }
        let mut failures = Vec::new();
        while let Some(done) = asking.join_next().await {
            failures.extend(done.map_err(|panic| SubmitError::Fault(panic.to_string()))??);
        }
        failures.sort_by_key(|failure| failure.place);
        Ok(failures)
    }

    /// What some cases of a run are asked first.
    async fn asked(
        &self,
        tenant: &TenantId,
        number: u32,
        run: &Run,
        (rows, places): (Option<&Rows>, std::ops::Range<u32>),
        actor: &Actor,
    ) -> Result<Vec<Asked>, SubmitError> {
        let cases = self.run_cases(tenant, number, run).await?;
        let authority = self.authority(tenant).await?.ok_or(SubmitError::AuthorityUnknown)?;
        let mut asked = Vec::new();
        for (place, case) in (0_u32..).zip(cases).skip(places.start as usize).take(places.len()) {
            let command = match &run.plan.first {
                RunFirst::Rows { .. } => row_of(&authority, run, rows, place),
                RunFirst::Message { name } => self.message(tenant, (number, name), case).await?,
                RunFirst::Nothing => self.waits(tenant, case).await?,
            };
            let command_id = derived_id(&["run", tenant.as_str(), &format!("{number}/first/{case}")]);
            let tenant = tenant.clone();
            let request = command.map(|command| Request { tenant, case, command_id, command });
            let line = rows.and_then(|rows| rows.rows.get(place as usize)).map(|(line, _)| *line);
            asked.push(Asked { place, line, case, actor: actor.clone(), request });
        }
        Ok(asked)
    }

    /// The message for a case that waits for it.
    async fn message(
        &self,
        tenant: &TenantId,
        (number, name): (u32, &Arc<str>),
        case: CaseId,
    ) -> Result<Result<Command, (Arc<str>, Text)>, SubmitError> {
        let message_id = derived_id(&["run", tenant.as_str(), &format!("{number}/message/{case}")]);
        let known = match self.case(tenant, case).await {
            Ok(Some(known)) => known,
            Ok(None) => return Ok(Err(no_case())),
            Err(error) => return stays_behind(error.into()).map(Err),
        };
        // One that has got it waits no more; that it was this message the id of the command tells.
        if !awaits(&known, name) && !known.message_ids.contains(&message_id) {
            return Ok(Err(not_awaited(name)));
        }
        Ok(Ok(Command::DeliverMessage {
            name: name.clone(),
            message_id,
            payload: Object::new(),
            documents: Vec::new(),
            received_on: None,
            key: None,
        }))
    }

    /// The signature that a case waits for, as a command to look ahead by.
    async fn waits(
        &self,
        tenant: &TenantId,
        case: CaseId,
    ) -> Result<Result<Command, (Arc<str>, Text)>, SubmitError> {
        let known = match self.case(tenant, case).await {
            Ok(Some(known)) => known,
            Ok(None) => return Ok(Err(no_case())),
            Err(error) => return stays_behind(error.into()).map(Err),
        };
        let release = self.release(tenant, &known.release).await?;
        let signature = signatures(&release, &known).next();
        Ok(signature
            .map(|(task, values)| Command::CompleteTask { task, values, seen: None, shown: None })
            .ok_or_else(|| no_signature(&known)))
    }

    /// The signatures of some cases of a run, in the name of whoever signed.
    async fn signed(
        &self,
        tenant: &TenantId,
        number: u32,
        run: &Run,
        places: std::ops::Range<u32>,
    ) -> Result<Vec<Asked>, SubmitError> {
        let Some((_, actor, _)) = &run.signed else { return Ok(Vec::new()) };
        let list = self.signed_cases(tenant, run).await?;
        let known = self.run_cases(tenant, number, run).await?;
        let known: BTreeMap<CaseId, u32> = known.into_iter().zip(0..).collect();
        let mut asked = Vec::new();
        for signed in list.into_iter().skip(places.start as usize).take(places.len()) {
            let SignedCase { case, task, version, shown } = signed;
            let place = known.get(&case).copied().unwrap_or_default();
            let values = match self.case(tenant, case).await {
                Ok(Some(known)) => {
                    let release = self.release(tenant, &known.release).await?;
                    let found = signatures(&release, &known).find(|(open, _)| *open == task);
                    // One that is done already may have been by this very command: the case knows.
                    Ok(found.map(|(_, values)| values).unwrap_or_default())
                }
                Ok(None) => Err(no_case()),
                Err(error) => Err(stays_behind(error.into())?),
            };
            let command_id = derived_id(&["run", tenant.as_str(), &format!("{number}/sign/{case}")]);
            let tenant = tenant.clone();
            let request = values.map(|values| {
                let command = Command::CompleteTask { task, values, seen: Some(version), shown: Some(shown) };
                Request { tenant, case, command_id, command }
            });
            asked.push(Asked { place, line: None, case, actor: actor.clone(), request });
        }
        Ok(asked)
    }

    async fn keep_list<T: Serialize>(&self, tenant: &TenantId, list: &[T]) -> Result<Arc<str>, SubmitError> {
        let bytes = serde_json::to_vec(list).map_err(|error| SubmitError::Fault(error.to_string()))?;
        let hash = self.store().put_blob(tenant, bytes).await?;
        Ok(hash.to_string().into())
    }

    async fn kept_list<T: for<'de> Deserialize<'de>>(
        &self,
        tenant: &TenantId,
        hash: &str,
    ) -> Result<Vec<T>, SubmitError> {
        let fault = |why: String| SubmitError::Fault(format!("list {hash} of a mass run: {why}"));
        let known: Hash = hash.parse().map_err(|_| fault("it is no hash".into()))?;
        let bytes = self.store().blob(tenant, &known).await?.ok_or_else(|| fault("it is missing".into()))?;
        serde_json::from_slice(&bytes).map_err(|error| fault(error.to_string()))
    }
}

/// Whether a run goes on without anybody: the rows of a file are nowhere but with whoever has the file.
fn goes_on_alone(run: &Run) -> bool {
    match run.stage {
        RunStage::Opening => !matches!(run.plan.first, RunFirst::Rows { .. }),
        stage => stage.works(),
    }
}

/// The id of the case of a row: the same whenever it is begun.
fn row_case(tenant: &TenantId, number: u32, run: &Run, place: u32) -> CaseId {
    timed_id(run.at, &["run", tenant.as_str(), &format!("{number}/{place}")])
}

fn row_of(
    authority: &Authority,
    run: &Run,
    rows: Option<&Rows>,
    place: u32,
) -> Result<Command, (Arc<str>, Text)> {
    let row = rows.and_then(|rows| rows.rows.get(place as usize));
    let release = authority.current.get(&run.plan.process);
    match (row, release) {
        (Some((_, data)), Some(release)) => Ok(Command::StartCase {
            release: release.clone(),
            channel: CHANNEL.into(),
            data: data.clone(),
            received_on: None,
            documents: Vec::new(),
            caller: None,
        }),
        (_, None) => {
            let release = run.plan.process.as_str().into();
            let rejection = Rejection::ReleaseUnknown { release };
            Err((rejection.code().into(), rejection.text()))
        }
        (None, _) => Err(no_case()),
    }
}

/// The tasks of a case that are signatures, with what they are given by.
fn signatures<'c>(
    release: &'c Release,
    case: &'c Case,
) -> impl Iterator<Item = (InstanceId, Object)> + use<'c> {
    case.tasks().filter_map(|(id, instance, _)| {
        let signature = release.find(instance.step.as_ref()?)?.kind.signature()?;
        Some((id, given(signature)))
    })
}

fn awaits(case: &Case, name: &str) -> bool {
    let mut waits = case.instances.values().flat_map(|instance| instance.waits.iter());
    waits.any(|wait| matches!(&wait.trigger, Trigger::Message(awaited) if **awaited == *name))
}

/// A letter that is only counted.
fn counted(connector: &str, request: &Value) -> Option<Result<Made, EffectError>> {
    let said = |name: &str| request.get(name).and_then(Value::as_str);
    let direction = match said("direction") {
        Some("internal") => Direction::Internal,
        _ => Direction::Outgoing,
    };
    let content = DocumentContent {
        title: said("title").unwrap_or("–").chars().take(300).collect::<String>().into(),
        media_type: "application/pdf".into(),
        hash: "".into(),
        size: 0,
        direction,
        addressee: said("addressee").map(Into::into),
        enclosures: Vec::new(),
    };
    (connector == LETTER).then(|| Ok(Made { values: Object::new(), documents: vec![(content, Vec::new())] }))
}

/// Why a case stays behind; an error when it may go well another time.
fn stays_behind(error: SubmitError) -> Result<(Arc<str>, Text), SubmitError> {
    let code = error.class().into();
    match &error {
        // The stream of the authority keeps what is not erased: what somebody had entered does not stand there.
        SubmitError::Rejected(Rejection::ValuesInvalid { misfits }) => {
            let fields: Vec<&str> =
                misfits.iter().take(5).map(|misfit| misfit.at.trim_start_matches('/')).collect();
            let fields = fields.join(", ");
            Ok((
                code,
                Text::new(
                    format!("Angaben fehlen oder passen nicht: {fields}."),
                    format!("Values are missing or do not fit: {fields}."),
                ),
            ))
        }
        _ => match error.for_good() {
            Some(why) => Ok((code, why)),
            None => Err(error),
        },
    }
}

fn no_case() -> (Arc<str>, Text) {
    (Rejection::CaseUnknown.code().into(), Rejection::CaseUnknown.text())
}

fn not_awaited(name: &str) -> (Arc<str>, Text) {
    (
        "not_awaited".into(),
        Text::new(
            format!("Der Vorgang wartet nicht auf die Nachricht „{name}“."),
            format!("The case does not wait for the message `{name}`."),
        ),
    )
}

fn no_signature(case: &Case) -> (Arc<str>, Text) {
    let stuck = !case.incidents.is_empty();
    let (de, en) = match (stuck, case.is_open()) {
        (true, _) => ("Der Vorgang hat eine Störung.", "The case has an incident."),
        (false, false) => ("Der Vorgang ist abgeschlossen.", "The case has ended."),
        (false, true) => (
            "Im Vorgang ist nicht genau eine Schlusszeichnung offen.",
            "Not exactly one sign-off is open in the case.",
        ),
    };
    ("no_signature".into(), Text::new(de, en))
}

fn no_letters() -> (Arc<str>, Text) {
    (
        "no_letters".into(),
        Text::new("Aus der Zeichnung entsteht kein Schreiben.", "No letter comes of the signature."),
    )
}

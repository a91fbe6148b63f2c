//! Mass runs: one command over many cases, case by case and each in a turn of its own, as everything else that is done to
//! cases. One that is refused stops none behind it.
//!
//! How far a run is stands in the stream of the authority, piece by piece; the ids of the commands are derived. So a process
//! that ends in between, or several at once, do nothing twice.

mod ahead;
mod asked;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use fachwerk_core::{
    authority::{
        AuthorityEvent, AuthorityRejection, Run, RunChange, RunCommand, RunFailure, RunFirst, RunList,
        RunPlan, RunStage,
    },
    facts::Actor,
    words::{CaseId, InstanceId, ProcessId, TenantId},
};
use fachwerk_store::Hash;
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;
use uuid::Uuid;

pub use ahead::{RunAhead, ToSign};
use asked::{Asked, awaits, signatures, stays_behind};

use crate::{
    Rows, Runtime, SubmitError, authorities::ChangeError, background::derived_id, between::timed_id,
};

/// So many cases are told before it is noted how far the run is; it can be stopped in between.
const CASES_AT_ONCE: u32 = 50;
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
                // One that was planned before by the same command has the number that it got then.
                Ok(_) => return self.planned_by(tenant, command_id).await,
                Err(ChangeError::Rejected(AuthorityRejection::RunInvalid))
                    if self.authority(tenant).await?.unwrap_or_default().next_run() != number => {}
                Err(error) => return Err(error),
            }
        }
        Err(SubmitError::Contended.into())
    }

    /// The number of the run that a command has planned.
    async fn planned_by(&self, tenant: &TenantId, command_id: Uuid) -> Result<u32, ChangeError> {
        let found =
            self.store().find_authority_command(tenant, command_id).await.map_err(SubmitError::from)?;
        let planned = found.iter().flat_map(|stored| &stored.turn.events).find_map(|event| match event {
            AuthorityEvent::RunChanged { run, change: RunChange::Planned(_) } => Some(*run),
            _ => None,
        });
        planned.ok_or_else(|| AuthorityRejection::RunUnknown.into())
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
        let mut failed: BTreeSet<CaseId> =
            run.not_opened.iter().map(|failure| failure.case).filter(|case| !signs(*case)).collect();
        let left = known.iter().filter(|(case, _)| !signs(**case) && !failed.contains(case));
        let left: Vec<(CaseId, usize)> = left.map(|(case, place)| (*case, *place)).collect();
        let not_ready = self.not_ready(tenant, &actor, &left).await?;
        failed.extend(not_ready.iter().map(|failure| failure.case));
        let failed = u32::try_from(failed.len()).unwrap_or(u32::MAX);
        let taken_out = run.plan.count.saturating_sub(count.saturating_add(failed));
        let signed = RunCommand::Sign(RunList { list, count, taken_out, not_ready });
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

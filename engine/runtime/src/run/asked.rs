//! What a run asks of each of its cases, and why one stays behind.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use fachwerk_core::{
    authority::{Authority, Run, RunFirst},
    case::Case,
    command::{Command, Request},
    decide::Rejection,
    definition::Release,
    event::Trigger,
    facts::Actor,
    words::{CaseId, InstanceId, Object, PersonId, TenantId, Text},
};

use super::SignedCase;
use crate::{Rows, Runtime, SubmitError, background::derived_id, preview::given};

/// How cases came that a run has begun.
const CHANNEL: &str = "run";

/// What is asked of one case, by whom, with its place in the list.
pub(super) struct Asked {
    pub(super) place: u32,
    pub(super) line: Option<u64>,
    pub(super) case: CaseId,
    pub(super) actor: Actor,
    pub(super) request: Result<Request, (Arc<str>, Text)>,
}

impl Runtime {
    /// What some cases of a run are asked first.
    pub(super) async fn asked(
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
            let request = command.map(|first| {
                let command = match &run.plan.first {
                    RunFirst::Nothing => first,
                    _ => Command::AskForRun { run: number, by: behind(run), first: first.into() },
                };
                Request { tenant, case, command_id, command }
            });
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
    pub(super) async fn signed(
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
}

/// Whoever planned or began a run.
fn behind(run: &Run) -> BTreeSet<PersonId> {
    let begun = run.begun.as_ref().map(|(actor, _)| actor);
    [Some(&run.by), begun].into_iter().flatten().filter_map(Actor::person).cloned().collect()
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
pub(super) fn signatures<'c>(
    release: &'c Release,
    case: &'c Case,
) -> impl Iterator<Item = (InstanceId, Object)> + use<'c> {
    case.tasks().filter_map(|(id, instance, _)| {
        let signature = release.find(instance.step.as_ref()?)?.kind.signature()?;
        Some((id, given(signature)))
    })
}

pub(super) fn awaits(case: &Case, name: &str) -> bool {
    let mut waits = case.instances.values().flat_map(|instance| instance.waits.iter());
    waits.any(|wait| matches!(&wait.trigger, Trigger::Message(awaited) if **awaited == *name))
}

/// Why a case stays behind; an error when it may go well another time.
pub(super) fn stays_behind(error: SubmitError) -> Result<(Arc<str>, Text), SubmitError> {
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

pub(super) fn no_case() -> (Arc<str>, Text) {
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

pub(super) fn no_signature(case: &Case) -> (Arc<str>, Text) {
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

pub(super) fn no_letters() -> (Arc<str>, Text) {
    (
        "no_letters".into(),
        Text::new("Aus der Zeichnung entsteht kein Schreiben.", "No letter comes of the signature."),
    )
}

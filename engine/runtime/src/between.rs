//! What goes from case to case: brought to where it belongs, then confirmed where it came from.
//!
//! Every step can be repeated: commands carry ids made from what is brought, and what is published twice is published
//! once. So a crash anywhere means that it is tried again, and nothing comes twice.

use std::sync::Arc;

use fachwerk_core::{
    command::{CallResult, Command, Request},
    decide::{HANDOVER_REFUSED, Rejection},
    event::{Addressee, Beginning, Caller, EffectError, Handover, Parcel, Relation},
    facts::{Actor, instant_of, times_later},
    projection::Subject,
    words::{CaseId, Object, ProcessId, TenantId, Text, Timestamp},
};
use fachwerk_store::{Arrival, ClaimedArrival, ClaimedEffect, EffectKey, Published, Publishing, StoreError};
use jiff::SignedDuration;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::{
    Runtime, SubmitError,
    background::{LEASE, Wakes, derived_id, wait_for_all},
    effects::unreadable,
    looking::Looking,
    sealing::AUTHORITIES_AT_ONCE,
};

/// How much of what cases have sent is brought in one go.
const PARCELS_AT_ONCE: u32 = 64;
/// How many arrivals are brought in one go.
const ARRIVALS_AT_ONCE: u32 = 50;
/// How long it is remembered that something has arrived.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24 * 7);
/// How long an arrival rests that could not be brought.
const REST: SignedDuration = SignedDuration::from_mins(1);
/// How long something rests that cannot be delivered.
const DELAY: SignedDuration = SignedDuration::from_hours(1);
/// How cases come that other cases or messages begin.
const CALL: &str = "call";
const MESSAGE: &str = "message";
const SCHEDULE: &str = "schedule";
const SPLIT: &str = "split";

impl Runtime {
    /// Publishes a message from outside: it goes to the case that waits for its key, begins a case, or is kept.
    pub async fn publish(
        &self,
        tenant: &TenantId,
        message_id: Uuid,
        name: &str,
        key: &str,
        payload: Object,
    ) -> Result<Published, SubmitError> {
        let subject = Subject::Message(name.into());
        self.publish_as(tenant, message_id, subject, key, payload, None).await
    }

    /// Gives a message that nobody waits for another key; false when it waits no more.
    pub async fn readdress(
        &self,
        tenant: &TenantId,
        message_id: Uuid,
        key: &str,
    ) -> Result<bool, StoreError> {
        let there = self.inner.store.readdress(tenant, message_id, key).await?;
        self.inner.wakers.wake(Wakes::ARRIVALS);
        Ok(there)
    }

    async fn publish_as(
        &self,
        tenant: &TenantId,
        message_id: Uuid,
        subject: Subject,
        key: &str,
        payload: Object,
        sender: Option<CaseId>,
    ) -> Result<Published, SubmitError> {
        let start = match &subject {
            Subject::Message(name) => self.begun_by(tenant, name).await?,
            Subject::Signal(_) => None,
        };
        let at = self.inner.clock.now();
        let start = start.map(|process| (timed_id(at, &["start", &message_id.to_string()]), process));
        let arrival = Arrival { message_id, subject, key: key.to_owned(), payload, at, starts: None };
        let published = self.inner.store.publish(tenant, &Publishing { arrival, start, sender }).await?;
        self.inner.wakers.wake(Wakes::ARRIVALS);
        Ok(published)
    }

    /// The process of which a message begins cases.
    async fn begun_by(&self, tenant: &TenantId, name: &str) -> Result<Option<ProcessId>, SubmitError> {
        let authority = self.authority(tenant).await?.ok_or(SubmitError::AuthorityUnknown)?;
        for (process, release) in &authority.current {
            let Some(start) = self.start_of(tenant, release).await? else { continue };
            if start.message.as_deref() == Some(name) {
                return Ok(Some(process.clone()));
            }
        }
        Ok(None)
    }

    /// Brings what cases have sent to where it belongs; how much there was.
    pub(crate) async fn bring_parcels(&self, looking: &mut Looking) -> Result<usize, SubmitError> {
        self.mind_the_clock().await?;
        let now = self.inner.clock.now();
        let until = now.checked_add(LEASE).unwrap_or(Timestamp::MAX);
        let (store, due) = (&self.inner.store, looking.due(now));
        let claimed = store.claim_parcels(&self.inner.owner, due, until, PARCELS_AT_ONCE).await?;
        let count = claimed.len();
        let mut bringing = JoinSet::new();
        for parcel in claimed {
            let runtime = self.clone();
            bringing.spawn(async move { runtime.bring(&parcel).await });
        }
        wait_for_all(&mut bringing, "what a case has sent", |()| {}).await?;
        Ok(count)
    }

    async fn bring(&self, effect: &ClaimedEffect) -> Result<(), SubmitError> {
        let EffectKey { tenant, case: sender, round: number, .. } = &effect.key;
        let (sender, number) = (*sender, *number);
        let row = match &effect.row {
            Ok(row) => row,
            Err(error) => {
                tracing::error!(%error, %tenant, case = %sender, "what a case has sent cannot be read");
                return self.delay(effect, unreadable(error)).await;
            }
        };
        let parcel: Parcel = serde_json::from_value(row.request.clone())
            .map_err(|error| SubmitError::Fault(format!("what case {sender} sent is unreadable: {error}")))?;
        let undelivered = match self.deliver(tenant, (sender, number), parcel).await {
            Ok(undelivered) => undelivered,
            Err(error) => Some(not_delivered(&error.for_good().ok_or(error)?)),
        };
        if let Some(why) = undelivered {
            return self.delay(effect, why).await;
        }
        let confirmed = derived_id(&["confirm", tenant.as_str(), &sender.to_string(), &number.to_string()]);
        self.tell(tenant, sender, confirmed, Command::ConfirmDelivery { number }).await
    }

    /// Delivers what a case has sent; or why that is to be tried again later.
    async fn deliver(
        &self,
        tenant: &TenantId,
        (sender, number): (CaseId, u32),
        parcel: Parcel,
    ) -> Result<Option<EffectError>, SubmitError> {
        let id = derived_id(&["sent", tenant.as_str(), &sender.to_string(), &number.to_string()]);
        match parcel {
            Parcel::Call { called, process, data, caller } => {
                self.begin_called(tenant, called, process, data, caller).await?;
            }
            Parcel::CallOff { called } => {
                let command = Command::CallOff { caller: sender };
                self.tell(tenant, called, id, command).await?;
            }
            Parcel::CallEnded { caller, outcome, result } => {
                let result = Ok(CallResult { outcome, values: result });
                let command = Command::FinishCall { instance: caller.instance, called: sender, result };
                self.tell(tenant, caller.case, id, command).await?;
            }
            Parcel::Message { name, to: Addressee::Case(case), payload } => {
                let command = Command::DeliverMessage {
                    name,
                    message_id: id,
                    payload,
                    documents: Vec::new(),
                    received_on: None,
                    key: None,
                };
                self.tell(tenant, case, id, command).await?;
            }
            Parcel::Message { name, to: Addressee::Key(key), payload } => {
                let subject = Subject::Message(name.clone());
                match self.publish_as(tenant, id, subject, &key, payload, None).await {
                    Ok(_) => {}
                    Err(SubmitError::Store(StoreError::TooLarge { what, limit, .. })) => {
                        return Ok(Some(not_kept(&name, &key, what, limit)));
                    }
                    Err(error) => return Err(error),
                }
            }
            Parcel::Signal { name } => {
                let subject = Subject::Signal(name);
                self.publish_as(tenant, id, subject, "", Object::new(), Some(sender)).await?;
            }
            Parcel::Handover { to, begins, handover } => {
                let merges = begins.is_none() || handover.item.is_some();
                if let Err(error) = self.hand_over(tenant, (sender, to), id, begins, handover).await {
                    let why = not_taken_over(&error.for_good().ok_or(error)?);
                    if !merges {
                        return Ok(Some(why));
                    }
                    // Whoever was to be merged into it goes on.
                    let refused =
                        derived_id(&["refused", tenant.as_str(), &sender.to_string(), &number.to_string()]);
                    let command = Command::FinishMerge { into: to, result: Err(why) };
                    self.tell(tenant, sender, refused, command).await?;
                }
            }
            Parcel::Document { to, document, moved } => {
                let command = Command::TakeInDocument { document, moved };
                let request = Request { tenant: tenant.clone(), case: to, command_id: id, command };
                if let Err(error) = self.submit(Actor::Engine, request).await {
                    return Ok(Some(not_taken_over(&error.for_good().ok_or(error)?)));
                }
            }
            Parcel::MergeAnswer { to, refused } => {
                let result = refused.map_or(Ok(()), Err);
                self.tell(tenant, to, id, Command::FinishMerge { into: sender, result }).await?;
            }
        }
        Ok(None)
    }

    /// What a case has sent cannot be delivered now: it rests, and the case tells once.
    async fn delay(&self, effect: &ClaimedEffect, why: EffectError) -> Result<(), SubmitError> {
        self.rest(effect, &why.code).await?;
        let EffectKey { tenant, case: sender, round: number, .. } = &effect.key;
        let id = derived_id(&["delay", tenant.as_str(), &sender.to_string(), &number.to_string()]);
        self.tell(tenant, *sender, id, Command::DelayDelivery { number: *number, why }).await
    }

    /// Lets something rest that cannot be done now. `class` says why in a word that tells nothing of the case: it lies in clear.
    pub(crate) async fn rest(&self, effect: &ClaimedEffect, class: &str) -> Result<(), SubmitError> {
        let later = self.inner.clock.now().checked_add(DELAY).unwrap_or(Timestamp::MAX);
        self.inner.store.postpone_effect(&effect.key, &self.inner.owner, later, class).await?;
        Ok(())
    }

    /// The same where a key is missing: it may be found again, and as nobody was asked it counts as no attempt.
    pub(crate) async fn wait_for_keys(&self, effect: &ClaimedEffect) -> Result<(), SubmitError> {
        let later = self.inner.clock.now().checked_add(DELAY).unwrap_or(Timestamp::MAX);
        self.inner.store.release_effect(&effect.key, &self.inner.owner, later).await?;
        Ok(())
    }

    /// Asks a case in the name of the engine. That it does not want to hear is no trouble: it has ended, or does not wait, or
    /// is erased.
    async fn tell(
        &self,
        tenant: &TenantId,
        case: CaseId,
        command_id: Uuid,
        command: Command,
    ) -> Result<(), SubmitError> {
        let request = Request { tenant: tenant.clone(), case, command_id, command };
        match self.submit(Actor::Engine, request).await {
            Ok(_) => Ok(()),
            Err(SubmitError::Rejected(rejection)) => {
                tracing::info!(%tenant, %case, code = rejection.code(), "a case does not take what another one sent");
                Ok(())
            }
            Err(SubmitError::Store(StoreError::Erased { .. })) => {
                tracing::info!(%tenant, %case, "a case is erased that another one sent something to");
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Hands over what goes along when a case is split or merged; the case that goes on with a part begins with it.
    async fn hand_over(
        &self,
        tenant: &TenantId,
        (from, to): (CaseId, CaseId),
        command_id: Uuid,
        begins: Option<Beginning>,
        handover: Handover,
    ) -> Result<(), SubmitError> {
        let how = match (&handover.item, &begins) {
            (Some(_), _) => Relation::Post,
            (None, Some(_)) => Relation::SplitFrom,
            (None, None) => Relation::Merged,
        };
        if let Some(Beginning { release, data, received_on, channel }) = begins {
            let command = Command::StartCase {
                release,
                channel: channel.unwrap_or_else(|| SPLIT.into()),
                data,
                received_on: Some(received_on),
                documents: Vec::new(),
                caller: None,
            };
            match self.begin(tenant, to, command).await {
                Ok(()) | Err(SubmitError::Rejected(Rejection::CaseExists)) => {}
                Err(error) => return Err(error),
            }
        }
        let command = Command::TakeOver { from, how, handover };
        let request = Request { tenant: tenant.clone(), case: to, command_id, command };
        self.submit(Actor::Engine, request).await.map(|_| ())
    }

    /// Begins the case that another one calls. When it cannot begin, the caller gets to know why.
    async fn begin_called(
        &self,
        tenant: &TenantId,
        called: CaseId,
        process: ProcessId,
        data: Object,
        caller: Caller,
    ) -> Result<(), SubmitError> {
        let began = self.begin_case(tenant, called, &process, CALL, data, Some(caller.clone())).await;
        let error = match began {
            Ok(()) => return Ok(()),
            Err(SubmitError::Rejected(Rejection::CaseExists)) => return Ok(()),
            Err(error) => {
                let why = error.for_good().ok_or(error)?;
                EffectError {
                    code: "call_refused".into(),
                    message: Text::new(
                        format!("Ein Vorgang von „{process}“ kann nicht begonnen werden: {}", why.de),
                        format!("A case of `{process}` cannot be begun: {}", why.en),
                    ),
                    retry: false,
                }
            }
        };
        let id = derived_id(&["refused", tenant.as_str(), &called.to_string()]);
        let command = Command::FinishCall { instance: caller.instance, called, result: Err(error) };
        self.tell(tenant, caller.case, id, command).await
    }

    async fn begin_case(
        &self,
        tenant: &TenantId,
        case: CaseId,
        process: &ProcessId,
        channel: &str,
        data: Object,
        caller: Option<Caller>,
    ) -> Result<(), SubmitError> {
        let authority = self.authority(tenant).await?.ok_or(SubmitError::AuthorityUnknown)?;
        let Some(release) = authority.current.get(process).cloned() else {
            let release = process.as_str().into();
            return Err(SubmitError::Rejected(Rejection::ReleaseUnknown { release }));
        };
        let command = Command::StartCase {
            release,
            channel: channel.into(),
            data,
            received_on: None,
            documents: Vec::new(),
            caller,
        };
        self.begin(tenant, case, command).await
    }

    async fn begin(&self, tenant: &TenantId, case: CaseId, command: Command) -> Result<(), SubmitError> {
        let command_id = derived_id(&["begin", tenant.as_str(), &case.to_string()]);
        let request = Request { tenant: tenant.clone(), case, command_id, command };
        self.submit(Actor::Engine, request).await.map(|_| ())
    }

    /// Brings messages and signals to the cases that they were published to.
    pub(crate) async fn bring_arrivals(&self) -> Result<usize, SubmitError> {
        let now = self.inner.clock.now();
        let until = now.checked_add(LEASE).unwrap_or(Timestamp::MAX);
        let claimed =
            self.inner.store.claim_arrivals(&self.inner.owner, now, until, ARRIVALS_AT_ONCE).await?;
        let count = claimed.len();
        let mut bringing = JoinSet::new();
        for arrival in claimed {
            let runtime = self.clone();
            bringing.spawn(async move { runtime.bring_arrival(&arrival).await });
        }
        wait_for_all(&mut bringing, "a message", |()| {}).await?;
        Ok(count)
    }

    async fn bring_arrival(&self, claimed: &ClaimedArrival) -> Result<(), SubmitError> {
        let ClaimedArrival { tenant, case, message_id, arrival, .. } = claimed;
        let store = &self.inner.store;
        let later = |rest| self.inner.clock.now().checked_add(rest).unwrap_or(Timestamp::MAX);
        let arrival = match arrival {
            Ok(arrival) => arrival,
            Err(error) => {
                tracing::error!(%error, %tenant, %case, %message_id, "a message cannot be read; trying again later");
                let class = error.code();
                return Ok(store.postpone_arrival(tenant, *case, *message_id, later(DELAY), class).await?);
            }
        };
        let brought = match &arrival.starts {
            Some(process) => {
                self.begin_case(tenant, *case, process, MESSAGE, arrival.payload.clone(), None).await
            }
            None => {
                let id = derived_id(&["arrive", &case.to_string(), &arrival.message_id.to_string()]);
                let command = of_arrival(arrival);
                let request = Request { tenant: tenant.clone(), case: *case, command_id: id, command };
                self.submit(Actor::Engine, request).await.map(|_| ())
            }
        };
        match brought {
            Ok(()) | Err(SubmitError::Rejected(Rejection::MessageRepeated | Rejection::CaseExists)) => {
                store.finish_arrival(tenant, *case, arrival).await?;
            }
            Err(error) if error.is_of_database() => return Err(error),
            Err(SubmitError::Rejected(rejection)) => {
                match &arrival.starts {
                    Some(process) => tracing::warn!(
                        %tenant, %process, message = %arrival.subject, code = rejection.code(),
                        "a message can begin no case; it is kept until somebody waits for it"
                    ),
                    None => {
                        tracing::info!(%tenant, %case, code = rejection.code(), "a case cannot take a message any more");
                    }
                }
                store.return_arrival(tenant, *case, arrival).await?;
            }
            Err(error) => {
                tracing::warn!(%error, %tenant, %case, "a message could not be brought; trying again later");
                store.postpone_arrival(tenant, *case, *message_id, later(REST), error.class()).await?;
            }
        }
        Ok(())
    }

    /// Begins the cases that begin by themselves. Of times that were missed only the last one is made up for. The id of
    /// such a case follows from its time, so it begins once, whoever looks.
    pub(crate) async fn begin_scheduled(&self) -> Result<(), SubmitError> {
        self.mind_the_clock().await?;
        let now = self.inner.clock.now();
        for (tenant, version) in self.all_authorities().await? {
            match self.begin_scheduled_of(&tenant, version, now).await {
                Ok(()) => {}
                Err(error) if error.is_of_database() => return Err(error),
                Err(error) => {
                    tracing::error!(%error, %tenant, "the schedules of an authority cannot be read");
                }
            }
        }
        Ok(())
    }

    /// The schedules of an authority that has this version: what is remembered of it holds as long as it does.
    async fn begin_scheduled_of(
        &self,
        tenant: &TenantId,
        version: u64,
        now: Timestamp,
    ) -> Result<(), SubmitError> {
        let Some(authority) = self.authority_since(tenant, version).await? else { return Ok(()) };
        for (process, id) in &authority.current {
            let Some(start) = self.start_of(tenant, id).await? else { continue };
            let Some(schedule) = &start.schedule else { continue };
            let deployed = authority.releases.get(id).map(|deployed| deployed.at);
            let Some(at) = last_time(schedule, now).filter(|at| Some(*at) >= deployed) else { continue };
            let key = (tenant.clone(), process.clone());
            if crate::submit::lock(&self.inner.scheduled).get(&key) == Some(&at) {
                continue;
            }
            if self.store().halted(tenant).await?.is_some() {
                // The clock is not trusted, or all this was done after the backup.
                return Ok(());
            }
            let case = timed_id(at, &["schedule", tenant.as_str(), process.as_str()]);
            match self.begin_case(tenant, case, process, SCHEDULE, schedule.data.clone(), None).await {
                Ok(()) | Err(SubmitError::Rejected(Rejection::CaseExists)) => {}
                Err(error) if error.is_of_database() => return Err(error),
                Err(error) => {
                    tracing::error!(%error, %tenant, %process, "a case could not begin by itself");
                    if error.for_good().is_none() {
                        // The next look tries again.
                        continue;
                    }
                }
            }
            crate::submit::lock(&self.inner.scheduled).insert(key, at);
        }
        Ok(())
    }

    pub(crate) async fn all_authorities(&self) -> Result<Vec<(TenantId, u64)>, SubmitError> {
        let mut all: Vec<(TenantId, u64)> = Vec::new();
        loop {
            let after = all.last().map(|(tenant, _)| tenant);
            let more = self.inner.store.authorities(after, AUTHORITIES_AT_ONCE).await?;
            let last = more.len() < AUTHORITIES_AT_ONCE as usize;
            all.extend(more);
            if last {
                return Ok(all);
            }
        }
    }

    /// Forgets what has arrived long ago.
    pub(crate) async fn forget_arrivals(&self) -> Result<(), SubmitError> {
        let before = self.inner.clock.now().checked_sub(REMEMBERED).unwrap_or(Timestamp::MIN);
        self.inner.store.forget_arrivals(before).await?;
        Ok(())
    }
}

fn not_kept(name: &str, key: &str, limit: &str, at_most: u64) -> EffectError {
    EffectError {
        code: "message_not_kept".into(),
        message: Text::new(
            format!(
                "Auf die Nachricht „{name}“ mit dem Schlüssel „{key}“ wartet niemand, und mehr werden nicht aufgehoben: Die Grenze „{limit}“ ({at_most}) ist erreicht."
            ),
            format!(
                "Nobody waits for the message `{name}` with the key `{key}`, and no more are kept: the limit `{limit}` ({at_most}) is reached."
            ),
        ),
        retry: true,
    }
}

fn not_delivered(why: &Text) -> EffectError {
    EffectError {
        code: "not_delivered".into(),
        message: Text::new(
            format!("Was dieser Vorgang gesendet hat, kommt beim anderen nicht an: {}", why.de),
            format!("What this case has sent does not arrive at the other one: {}", why.en),
        ),
        retry: true,
    }
}

fn not_taken_over(why: &Text) -> EffectError {
    EffectError {
        code: HANDOVER_REFUSED.into(),
        message: Text::new(
            format!("Der andere Vorgang übernimmt nicht, was ihm übergeben werden soll: {}", why.de),
            format!("The other case does not take over what is handed to it: {}", why.en),
        ),
        retry: true,
    }
}

fn of_arrival(arrival: &Arrival) -> Command {
    match &arrival.subject {
        Subject::Message(name) => Command::DeliverMessage {
            name: name.clone(),
            message_id: arrival.message_id,
            payload: arrival.payload.clone(),
            documents: Vec::new(),
            received_on: None,
            key: Some(Arc::from(arrival.key.as_str())),
        },
        Subject::Signal(name) => Command::DeliverSignal { name: name.clone() },
    }
}

/// The last time of a schedule until now. Every time is reckoned from the first one, so that months of different lengths do
/// not add up; they follow one another, so the last is found by halving.
fn last_time(schedule: &fachwerk_core::definition::Schedule, now: Timestamp) -> Option<Timestamp> {
    let first = instant_of(schedule.first)?;
    let time = |number| times_later(first, schedule.every, number).filter(|at| *at <= now);
    let mut last = time(0)?;
    let (mut past, mut future) = (0_u32, u32::MAX);
    while future - past > 1 {
        let middle = past + (future - past) / 2;
        match time(middle) {
            Some(at) => (past, last) = (middle, at),
            None => future = middle,
        }
    }
    Some(last)
}

/// The same id for the same thing, ordered by time like every other case (UUID version 7).
pub(crate) fn timed_id(at: Timestamp, parts: &[&str]) -> CaseId {
    let mut named = parts.to_vec();
    let instant = at.as_microsecond().to_string();
    // What begins by a message is the same whenever it is tried.
    if parts[0] == "schedule" {
        named.push(&instant);
    }
    let mut random = [0; 10];
    random.copy_from_slice(&derived_id(&named).as_bytes()[..10]);
    let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
    CaseId(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}

//! What goes from case to case by its name: messages taken by one who waits for their key, signals taken by all.
//!
//! Publishing and subscribing both lock the row of the tenant, so neither can miss the other: a message finds whoever
//! waits, or is kept until somebody does.

use fachwerk_core::{
    projection::{Subject, SubscriptionRow},
    words::{CaseId, InstanceId, Object, ProcessId, TenantId, Timestamp},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Store,
    database::Link,
    error::StoreError,
    kept::full,
    lists::limited,
    locked::lock_tenant,
    seal::{Held, Key, Label, slot_of},
    statement::{Cell, Row},
    work::MAX_CLASS_CHARS,
};

/// The table.
const ARRIVALS: &str = "arrivals";
/// When something that has arrived may be claimed again.
const NEVER: i64 = i64::MAX;

/// Something on its way to a case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arrival {
    /// Told apart from others by this; one that comes twice is taken once.
    pub message_id: Uuid,
    /// What it is.
    pub subject: Subject,
    /// The key by which the receiver waits for it; empty for a signal.
    pub key: String,
    /// Its content.
    pub payload: Object,
    /// When it was published.
    pub at: Timestamp,
    /// The process of which it begins a case, when it does. What is kept, or goes to a case that is there, begins none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<ProcessId>,
}

/// What is published.
#[derive(Clone, Debug)]
pub struct Publishing {
    /// What.
    pub arrival: Arrival,
    /// The case that a message begins when none waits for it.
    pub start: Option<(CaseId, ProcessId)>,
    /// The case that a signal comes from: it has reacted already.
    pub sender: Option<CaseId>,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Published {
    /// It is on its way to these cases.
    To(Vec<CaseId>),
    /// Nobody waits for it yet; it is kept.
    Kept,
    /// It had been published before.
    Before,
}

/// Something on its way to a case, under a lease.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimedArrival {
    /// The authority.
    pub tenant: TenantId,
    /// The case.
    pub case: CaseId,
    /// The id of the message.
    pub message_id: Uuid,
    /// What; or why it cannot be read.
    pub arrival: Result<Arrival, StoreError>,
    /// Counted from 1, with this one.
    pub attempt: u32,
}

impl Store {
    /// Publishes a message or signal. The same one is published once, however often this is called.
    pub async fn publish(&self, tenant: &TenantId, publishing: &Publishing) -> Result<Published, StoreError> {
        let Publishing { arrival, start, sender } = publishing;
        let mut link = self.database().begin_write().await?;
        lock_tenant(&mut link, tenant).await?;
        if is_known(&mut link, tenant, arrival.message_id).await? {
            link.leave().await?;
            return Ok(Published::Before);
        }
        let (subject, key) = (arrival.subject.to_string(), arrival.key.as_str());
        let published = match (&arrival.subject, start) {
            (Subject::Signal(_), _) => {
                let cases = all_waiting(&mut link, tenant, &subject).await?;
                let cases: Vec<CaseId> = cases.into_iter().filter(|case| Some(*case) != *sender).collect();
                for case in &cases {
                    self.insert_arrival(&mut link, tenant, *case, arrival).await?;
                }
                Published::To(cases)
            }
            (Subject::Message(_), start) => {
                match (longest_waiting(&mut link, tenant, &subject, key).await?, start) {
                    (Some(case), _) => {
                        self.insert_arrival(&mut link, tenant, case, arrival).await?;
                        Published::To(vec![case])
                    }
                    (None, Some((case, process))) => {
                        let arrival = Arrival { starts: Some(process.clone()), ..arrival.clone() };
                        self.insert_arrival(&mut link, tenant, *case, &arrival).await?;
                        Published::To(vec![*case])
                    }
                    (None, None) => {
                        if let Some(full) = full(&mut link, tenant, &subject, key).await? {
                            link.leave().await?;
                            return Err(full);
                        }
                        self.keep(&mut link, tenant, arrival).await?;
                        Published::Kept
                    }
                }
            }
        };
        link.commit().await?;
        Ok(published)
    }

    /// Takes what may be delivered, the longest waiting first, under a lease until `lease_until`: of each case one, in the order
    /// in which they were published. When it fails, nobody holds it.
    pub async fn claim_arrivals(
        &self,
        owner: &str,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedArrival>, StoreError> {
        let mut link = self.database().begin_write().await?;
        let sql = if link.is_postgres() { CLAIM_SKIPPING_LOCKED } else { CLAIM };
        let values = vec![Cell::text(owner), Cell::instant(now), Cell::instant(lease_until), limited(limit)];
        let mut claimed = Vec::new();
        for row in link.rows(sql, values).await? {
            let (tenant, case, message_id) = (TenantId::from(row.text(0)?), row.parsed(1)?, row.parsed(4)?);
            let (attempt, at) = (row.small(3)?, row.int(5)?);
            let arrival = self.keys().readable(&Label::row(ARRIVALS, &tenant), &row.bytes(2)?).await?;
            claimed.push((at, ClaimedArrival { tenant, case, message_id, arrival, attempt }));
        }
        link.commit().await?;
        claimed.sort_by_key(|(at, claimed)| (*at, claimed.message_id));
        Ok(claimed.into_iter().map(|(_, arrival)| arrival).collect())
    }

    /// It has arrived. What is kept for the same key may now go to whoever still waits.
    pub async fn finish_arrival(
        &self,
        tenant: &TenantId,
        case: CaseId,
        arrival: &Arrival,
    ) -> Result<(), StoreError> {
        let mut link = self.database().begin_write().await?;
        lock_tenant(&mut link, tenant).await?;
        let sql = "update arrivals set done = 1, ready_at = $4, leased_by = null \
                   where tenant = $1 and message_id = $2 and case_id = $3";
        link.run(sql, named(tenant, case, arrival.message_id).chain([Cell::Int(NEVER)]).collect()).await?;
        if let Subject::Message(_) = arrival.subject {
            self.hand_out_kept(&mut link, tenant, &arrival.subject.to_string(), &arrival.key).await?;
        }
        link.commit().await
    }

    /// The case cannot take it any more: it goes to another one that waits, or is kept.
    pub async fn return_arrival(
        &self,
        tenant: &TenantId,
        case: CaseId,
        arrival: &Arrival,
    ) -> Result<(), StoreError> {
        let mut link = self.database().begin_write().await?;
        lock_tenant(&mut link, tenant).await?;
        let sql = "delete from arrivals where tenant = $1 and message_id = $2 and case_id = $3 and done = 0";
        let there = link.run(sql, named(tenant, case, arrival.message_id).collect()).await?;
        if there > 0 && matches!(arrival.subject, Subject::Message(_)) {
            let subject = arrival.subject.to_string();
            // Whoever takes it now waits for it: it begins nothing any more.
            let arrival = &Arrival { starts: None, ..arrival.clone() };
            match longest_waiting(&mut link, tenant, &subject, &arrival.key).await? {
                Some(other) if other != case => {
                    self.insert_arrival(&mut link, tenant, other, arrival).await?
                }
                _ => self.keep(&mut link, tenant, arrival).await?,
            }
        }
        link.commit().await
    }

    /// Gives the lease back after a failed attempt: it may be claimed again from `not_before` on. `class` says why in a word
    /// that tells nothing of the case: it lies in clear.
    pub async fn postpone_arrival(
        &self,
        tenant: &TenantId,
        case: CaseId,
        message_id: Uuid,
        not_before: Timestamp,
        class: &str,
    ) -> Result<(), StoreError> {
        let sql = "update arrivals set ready_at = $4, last_error = $5, leased_by = null \
                   where tenant = $1 and message_id = $2 and case_id = $3 and done = 0";
        let class: String = class.chars().take(MAX_CLASS_CHARS).collect();
        let values = named(tenant, case, message_id).chain([Cell::instant(not_before), Cell::text(class)]);
        self.database().writer().await?.run(sql, values.collect()).await?;
        Ok(())
    }

    /// What cases wait for from other cases, in the order of the cases.
    pub async fn subscriptions(
        &self,
        tenant: &TenantId,
        limit: u32,
    ) -> Result<Vec<SubscriptionRow>, StoreError> {
        let sql = "select case_id, instance, name, subject, key, since from subscriptions where tenant = $1 \
                   order by case_id, instance, name limit $2";
        let values = vec![Cell::text(tenant), limited(limit)];
        let rows = self.database().reader().await?.rows(sql, values).await?;
        let subscription = |row: &Row| {
            Ok(SubscriptionRow {
                case: row.parsed(0)?,
                instance: InstanceId(row.small(1)?),
                name: row.text(2)?.into(),
                subject: row.parsed(3)?,
                key: row.text(4)?.into(),
                since: row.instant(5)?,
            })
        };
        rows.iter().map(subscription).collect()
    }

    /// Forgets what has arrived before an instant.
    pub async fn forget_arrivals(&self, before: Timestamp) -> Result<u64, StoreError> {
        let sql = "delete from arrivals where ready_at = $1 and at < $2";
        let values = vec![Cell::Int(NEVER), Cell::instant(before)];
        self.database().writer().await?.run(sql, values).await
    }
}

fn named(tenant: &TenantId, case: CaseId, message_id: Uuid) -> impl Iterator<Item = Cell> {
    [Cell::text(tenant), Cell::text(message_id), Cell::text(case)].into_iter()
}

async fn is_known(link: &mut Link, tenant: &TenantId, id: Uuid) -> Result<bool, StoreError> {
    let sql = "select 1 from arrivals where tenant = $1 and message_id = $2 union all \
               select 1 from kept_messages where tenant = $1 and message_id = $2 limit 1";
    Ok(link.row(sql, vec![Cell::text(tenant), Cell::text(id)]).await?.is_some())
}

async fn all_waiting(link: &mut Link, tenant: &TenantId, subject: &str) -> Result<Vec<CaseId>, StoreError> {
    let sql = "select distinct case_id from subscriptions where tenant = $1 and subject = $2 and key = '' order by case_id";
    let rows = link.rows(sql, vec![Cell::text(tenant), Cell::text(subject)]).await?;
    rows.iter().map(|row| row.parsed(0)).collect()
}

/// The case that has waited longest for a message, and to which none of this key is on its way.
pub(crate) async fn longest_waiting(
    link: &mut Link,
    tenant: &TenantId,
    subject: &str,
    key: &str,
) -> Result<Option<CaseId>, StoreError> {
    let sql = "select s.case_id from subscriptions s where s.tenant = $1 and s.subject = $2 and s.key = $3 \
               and not exists (select 1 from arrivals a where a.tenant = s.tenant and a.case_id = s.case_id \
               and a.done = 0 and a.subject = s.subject and a.key = s.key) \
               order by s.since, s.case_id limit 1";
    let row = link.row(sql, vec![Cell::text(tenant), Cell::text(subject), Cell::text(key)]).await?;
    row.map(|row| row.parsed(0)).transpose()
}

impl Store {
    pub(crate) async fn insert_arrival(
        &self,
        link: &mut Link,
        tenant: &TenantId,
        case: CaseId,
        arrival: &Arrival,
    ) -> Result<(), StoreError> {
        let sql = "insert into arrivals (tenant, message_id, case_id, subject, key, body, at, ready_at) \
                   values ($1, $2, $3, $4, $5, $6, $7, $7) on conflict (tenant, message_id, case_id) do nothing";
        let sealing = self.key_for(link, tenant, case).await?;
        let values = named(tenant, case, arrival.message_id).chain([
            Cell::text(&arrival.subject),
            Cell::text(&arrival.key),
            body(&sealing, ARRIVALS, tenant, arrival)?,
            Cell::instant(arrival.at),
        ]);
        link.run(sql, values.collect()).await?;
        Ok(())
    }

    /// What lies in a table as it was sealed.
    pub(crate) async fn arrival(
        &self,
        table: &'static str,
        tenant: &TenantId,
        body: &[u8],
    ) -> Result<Arrival, StoreError> {
        self.keys().ring_of([body]).await?.json(&Label::row(table, tenant), body)
    }

    /// The key of a case; that of the authority when there is no such case yet.
    async fn key_for(&self, link: &mut Link, tenant: &TenantId, case: CaseId) -> Result<Key, StoreError> {
        let sql = "select substr(body, 1, 9) from journal where tenant = $1 and case_id = $2 and version = 1";
        let row = link.row(sql, vec![Cell::text(tenant), Cell::text(case)]).await?;
        let slot = row.map(|row| row.bytes(0)).transpose()?.and_then(|head| slot_of(&head));
        if let Some(slot) = slot
            && let Some(Held::Key(key)) = self.keys().ring([slot]).await?.0.remove(&slot)
        {
            return Ok(key);
        }
        self.key_of_tenant(link, tenant).await
    }

    /// The key of what comes before a case is known that it belongs to. The tenant is locked. Where older keys have to do that do
    /// not know it another one is taken.
    pub(crate) async fn key_of_tenant(&self, link: &mut Link, tenant: &TenantId) -> Result<Key, StoreError> {
        let sql = "select key_slot from tenants where tenant = $1";
        let row = link.row(sql, vec![Cell::text(tenant)]).await?;
        let slot = row.map_or(Ok(None), |row| row.maybe_int(0))?;
        if let Some(slot) = slot.and_then(|slot| u64::try_from(slot).ok()) {
            match self.keys().ring([slot]).await?.0.remove(&slot) {
                Some(Held::Key(key)) => return Ok(key),
                Some(Held::Missing) | None => {}
                Some(Held::Erased) => {
                    return Err(StoreError::corrupt(format!("the key of {tenant}"), "it was erased"));
                }
            }
        }
        let key = self.keys().draw().await?;
        let sql = "update tenants set key_slot = $2 where tenant = $1";
        link.run(sql, vec![Cell::text(tenant), Cell::int(key.slot)]).await?;
        Ok(key)
    }
}

/// A message as it is stored in a table.
pub(crate) fn body(key: &Key, table: &str, tenant: &TenantId, arrival: &Arrival) -> Result<Cell, StoreError> {
    let body = serde_json::to_vec(arrival);
    let body = body.map_err(|error| StoreError::fault(format!("a message is no JSON: {error}")))?;
    Ok(Cell::Bytes(key.seal(&Label::row(table, tenant), &body)?))
}

/// As for effects: `$skip` lets rows be that others hold. Of each case what was published first, as long as somebody has it or
/// may have it, so that nothing overtakes it at another server; what could not be brought and rests holds nothing up.
macro_rules! claim {
    ($skip:literal) => {
        concat!(
            "with free as (select tenant, message_id, case_id from arrivals where ready_at <= $2 \
             and not exists (select 1 from arrivals o where o.tenant = arrivals.tenant \
             and o.case_id = arrivals.case_id and o.done = 0 and (o.leased_by is not null or o.ready_at <= $2) \
             and (o.at, o.message_id) < (arrivals.at, arrivals.message_id)) \
             order by ready_at, tenant, message_id, case_id limit $4",
            $skip,
            ") update arrivals set leased_by = $1, ready_at = $3, attempts = attempts + 1 from free \
             where arrivals.tenant = free.tenant and arrivals.message_id = free.message_id \
             and arrivals.case_id = free.case_id \
             returning arrivals.tenant, arrivals.case_id, arrivals.body, arrivals.attempts, arrivals.message_id, \
             arrivals.at"
        )
    };
}
const CLAIM: &str = claim!("");
const CLAIM_SKIPPING_LOCKED: &str = claim!(" for update skip locked");

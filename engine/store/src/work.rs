//! What waits to be done outside of cases: timers to fire, and effects to carry out under a lease.

use fachwerk_core::{
    projection::{OutboxRow, TimerRow},
    words::{CaseId, InstanceId, TenantId, Timestamp},
};

use crate::{
    Store,
    error::StoreError,
    lists::limited,
    seal::Label,
    statement::{Cell, Row},
    tables::named_key,
};

/// Characters kept of the class of an error.
pub(crate) const MAX_CLASS_CHARS: usize = 100;

/// Names an effect.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EffectKey {
    /// The authority.
    pub tenant: TenantId,
    /// The case.
    pub case: CaseId,
    /// The instance that waits.
    pub instance: InstanceId,
    /// The round.
    pub round: u32,
}

/// Who carries out effects, and until when nobody else does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// A process.
    pub owner: String,
    /// From then on anybody may.
    pub until: Timestamp,
}

impl EffectKey {
    /// From the key of its row.
    pub(crate) fn of(tenant: &TenantId, key: &[Cell]) -> Option<EffectKey> {
        let [Cell::Text(case), Cell::Int(instance), Cell::Int(round)] = key else { return None };
        Some(EffectKey {
            tenant: tenant.clone(),
            case: case.parse().ok()?,
            instance: InstanceId(u32::try_from(*instance).ok()?),
            round: u32::try_from(*round).ok()?,
        })
    }
}

/// What is looked through for what may be claimed: all that came due until an instant, or only what did since another one.
/// What rests stays due; whoever looks often need not go through all of it each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// None: all of it.
    pub since: Option<Timestamp>,
    /// Until when.
    pub until: Timestamp,
}

impl From<Timestamp> for Due {
    fn from(until: Timestamp) -> Due {
        Due { since: None, until }
    }
}

impl Due {
    fn since(self) -> Cell {
        self.since.map_or(Cell::Int(i64::MIN), Cell::instant)
    }
}

/// An effect under a lease.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimedEffect {
    /// Its name.
    pub key: EffectKey,
    /// What is to be done; or why that cannot be read. Whoever claimed it sees to it that somebody gets to know.
    pub row: Result<OutboxRow, StoreError>,
    /// Counted from 1, with this one.
    pub attempt: u32,
    /// Why the attempt before failed: the class of its error.
    pub last_error: Option<String>,
}

impl Store {
    /// The timers of all tenants whose time has come, the most overdue first. A timer stays until a turn removes it.
    pub async fn due_timers(
        &self,
        due: impl Into<Due>,
        limit: u32,
    ) -> Result<Vec<(TenantId, TimerRow)>, StoreError> {
        let due = due.into();
        let values = vec![Cell::instant(due.until), due.since(), limited(limit)];
        self.database().reader().await?.rows(DUE_TIMERS, values).await?.iter().map(timer).collect()
    }

    /// The same for whoever fires them. Where there may be several processes they are claimed: no other one gets them before
    /// `until`.
    pub async fn claim_timers(
        &self,
        due: impl Into<Due>,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<(TenantId, TimerRow)>, StoreError> {
        let due = due.into();
        let mut link = self.database().reader().await?;
        if !link.is_postgres() {
            drop(link);
            return self.due_timers(due, limit).await;
        }
        let values = vec![Cell::instant(due.until), due.since(), limited(limit), Cell::instant(until)];
        let claimed = link.rows(CLAIM_TIMERS, values).await?;
        let mut claimed = claimed.iter().map(timer).collect::<Result<Vec<_>, StoreError>>()?;
        claimed.sort_by_key(|(tenant, timer)| (timer.at, tenant.clone(), timer.case, timer.instance));
        Ok(claimed)
    }

    /// When the next timer of any tenant is to fire.
    pub async fn next_timer_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = "select wake_at from timers where not exists \
                   (select 1 from halts h where h.tenant = timers.tenant) order by wake_at limit 1";
        self.earliest(sql).await
    }

    /// Lets a timer that could not be fired rest until an instant, so that it does not stand in the way of others.
    pub async fn postpone_timer(
        &self,
        tenant: &TenantId,
        timer: &TimerRow,
        not_before: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "update timers set wake_at = $5 where tenant = $1 and case_id = $2 and instance = $3 \
                   and name = $4 and revision = $6";
        let mut values = vec![Cell::text(tenant)];
        values.extend(named_key(timer.case, timer.instance, &timer.name));
        values.extend([Cell::instant(not_before), Cell::int(timer.revision)]);
        Ok(self.database().writer().await?.run(sql, values).await? > 0)
    }

    /// Takes effects whose time has come and that nobody holds, the longest waiting first, under a lease until
    /// `lease_until`. When this returns, the lease is committed: no other owner gets them before it ends. When it fails,
    /// nobody holds them.
    pub async fn claim_effects(
        &self,
        owner: &str,
        due: impl Into<Due>,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedEffect>, StoreError> {
        self.claim(&EFFECTS, owner, (due.into(), lease_until), limit).await
    }

    /// The same of what cases have sent to others: of each case what it has sent first, so that it goes in its order.
    pub async fn claim_parcels(
        &self,
        owner: &str,
        due: impl Into<Due>,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedEffect>, StoreError> {
        self.claim(&PARCELS, owner, (due.into(), lease_until), limit).await
    }

    async fn claim(
        &self,
        [sql, skipping_locked]: &[&'static str; 2],
        owner: &str,
        (due, lease_until): (Due, Timestamp),
        limit: u32,
    ) -> Result<Vec<ClaimedEffect>, StoreError> {
        let mut link = self.database().begin_write().await?;
        // Two nodes that claim at the same time pass each other by; SQLite has one writer anyway.
        let sql = if link.is_postgres() { *skipping_locked } else { *sql };
        let (until, lease_until) = (Cell::instant(due.until), Cell::instant(lease_until));
        let values = vec![Cell::text(owner), until, lease_until, limited(limit), due.since()];
        let mut claimed = Vec::new();
        for row in link.rows(sql, values).await? {
            let key = EffectKey {
                tenant: row.text(0)?.into(),
                case: row.parsed(1)?,
                instance: InstanceId(row.small(2)?),
                round: row.small(3)?,
            };
            let label = Label::row("outbox", &key.tenant);
            let (attempt, last_error, at) = (row.small(5)?, row.maybe_text(6)?, row.int(7)?);
            let row = self.keys().readable(&label, &row.bytes(4)?).await?;
            claimed.push((at, ClaimedEffect { key, row, attempt, last_error }));
        }
        link.commit().await?;
        claimed.sort_by(|(at, one), (later, other)| (at, &one.key).cmp(&(later, &other.key)));
        Ok(claimed.into_iter().map(|(_, effect)| effect).collect())
    }

    /// When the next effect of any tenant may be claimed.
    pub async fn next_effect_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = "select ready_at from outbox where not exists \
                   (select 1 from halts h where h.tenant = outbox.tenant) order by ready_at limit 1";
        self.earliest(sql).await
    }

    /// Gives a lease back after a failed attempt: the effect may be claimed again from `not_before` on. False when the
    /// owner does not hold it any more. `class` says why in a word that tells nothing of the case: it lies in clear.
    pub async fn postpone_effect(
        &self,
        key: &EffectKey,
        owner: &str,
        not_before: Timestamp,
        class: &str,
    ) -> Result<bool, StoreError> {
        let sql = "update outbox set ready_at = $6, last_error = $7, leased_by = null \
                   where tenant = $1 and case_id = $2 and instance = $3 and round = $4 and leased_by = $5";
        let class: String = class.chars().take(MAX_CLASS_CHARS).collect();
        let values = held(key, owner).chain([Cell::instant(not_before), Cell::text(class)]).collect();
        Ok(self.database().writer().await?.run(sql, values).await? > 0)
    }

    /// Gives a lease back without an attempt: the effect may be claimed again from `now` on, and the attempt does not
    /// count. False when the owner does not hold it any more.
    pub async fn release_effect(
        &self,
        key: &EffectKey,
        owner: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "update outbox set ready_at = $6, attempts = attempts - 1, leased_by = null \
                   where tenant = $1 and case_id = $2 and instance = $3 and round = $4 and leased_by = $5";
        let values = held(key, owner).chain([Cell::instant(now)]).collect();
        Ok(self.database().writer().await?.run(sql, values).await? > 0)
    }

    /// Gives back what an earlier process held when it ended without a word; how much it was. Only the embedded database
    /// can know that nobody else is at work: there, one process owns the directory. In PostgreSQL a lease must run out.
    pub async fn release_abandoned(&self, owner: &str, now: Timestamp) -> Result<u64, StoreError> {
        let mut link = self.database().writer().await?;
        if link.is_postgres() {
            return Ok(0);
        }
        let mut released = 0;
        for sql in [
            "update outbox set ready_at = min(ready_at, $2), leased_by = null where leased_by <> $1",
            "update arrivals set ready_at = min(ready_at, $2), leased_by = null where leased_by <> $1",
        ] {
            released += link.run(sql, vec![Cell::text(owner), Cell::instant(now)]).await?;
        }
        Ok(released)
    }

    async fn earliest(&self, sql: &'static str) -> Result<Option<Timestamp>, StoreError> {
        let row = self.database().reader().await?.row(sql, vec![]).await?;
        row.map(|row| row.instant(0)).transpose()
    }
}

const DUE_TIMERS: &str = "select tenant, case_id, instance, name, revision, at from timers \
     where wake_at <= $1 and wake_at > $2 \
     and not exists (select 1 from halts h where h.tenant = timers.tenant) order by wake_at, tenant limit $3";
/// Of several nodes each gets others; what one holds the next one passes by.
const CLAIM_TIMERS: &str = "with due as (select tenant, case_id, instance, name from timers \
     where wake_at <= $1 and wake_at > $2 \
     and not exists (select 1 from halts h where h.tenant = timers.tenant) order by wake_at, tenant limit $3 \
     for update skip locked) update timers set wake_at = $4 from due \
     where timers.tenant = due.tenant and timers.case_id = due.case_id and timers.instance = due.instance \
     and timers.name = due.name \
     returning timers.tenant, timers.case_id, timers.instance, timers.name, timers.revision, timers.at";

fn timer(row: &Row) -> Result<(TenantId, TimerRow), StoreError> {
    let timer = TimerRow {
        case: row.parsed(1)?,
        instance: InstanceId(row.small(2)?),
        name: row.text(3)?.into(),
        revision: row.small(4)?,
        at: row.instant(5)?,
    };
    Ok((row.text(0)?.into(), timer))
}

fn held(key: &EffectKey, owner: &str) -> impl Iterator<Item = Cell> {
    let EffectKey { tenant, case, instance, round } = key;
    [Cell::text(tenant), Cell::text(case), Cell::int(instance.0), Cell::int(*round), Cell::text(owner)]
        .into_iter()
}

/// The one statement that the two back ends do not say in the same words: `$skip` lets rows be that others hold.
macro_rules! claim {
    ($which:literal, $skip:literal) => {
        concat!(
            "with free as (select tenant, case_id, instance, round from outbox where ready_at <= $2 and ready_at > $5 \
             and not exists (select 1 from halts h where h.tenant = outbox.tenant) and ",
            $which,
            " order by ready_at, tenant, case_id, instance, round limit $4",
            $skip,
            ") update outbox set leased_by = $1, ready_at = $3, attempts = attempts + 1 from free \
             where outbox.tenant = free.tenant and outbox.case_id = free.case_id \
             and outbox.instance = free.instance and outbox.round = free.round \
             returning outbox.tenant, outbox.case_id, outbox.instance, outbox.round, outbox.body, outbox.attempts, \
             outbox.last_error, outbox.at"
        )
    };
}
/// Claims effects; on PostgreSQL the second one.
const EFFECTS: [&str; 2] =
    [claim!("instance < 4294967295", ""), claim!("instance < 4294967295", " for update skip locked")];
/// What a case sends to others (instance 4294967295, [`InstanceId::SENDER`]) goes one after another, in its order.
macro_rules! parcels {
    ($skip:literal) => {
        claim!(
            "instance = 4294967295 and not exists (select 1 from outbox o where o.tenant = outbox.tenant \
             and o.case_id = outbox.case_id and o.instance = 4294967295 and o.round < outbox.round)",
            $skip
        )
    };
}
const PARCELS: [&str; 2] = [parcels!(""), parcels!(" for update skip locked")];

//! Cases kept whole after some of their versions, so that loading does not replay them from the first turn.

use std::sync::Arc;

use fachwerk_core::{
    case::Case,
    words::{CaseId, TenantId, Timestamp},
};

use crate::{
    Store,
    database::Link,
    error::StoreError,
    keys::Keys,
    locked::lock_tenant,
    seal::{Label, Seals, slot_of},
    statement::{Cell, Statement, chunks},
};

/// The shape of a case as JSON. A snapshot of another format is passed over; the turns are always there.
pub(crate) const FORMAT: u32 = 7;

/// After so many turns a case is kept whole: loading it never replays more than that twice.
pub const SNAPSHOT_EVERY: u64 = 50;

/// Until when a case is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// As it is now.
    Now,
    /// As it was after this version; as it is now, when it has not come so far.
    Version(u64),
    /// As it was at this instant.
    At(Timestamp),
}

/// Writes snapshots and forgets all but the newest two of each case.
pub(crate) async fn write(
    link: &mut Link,
    tenant: &TenantId,
    cases: &[Arc<Case>],
    seals: &Seals,
) -> Result<(), StoreError> {
    for cases in chunks(cases.iter().collect()) {
        let mut statement =
            Statement::new("insert into snapshots (tenant, case_id, version, format, at, body) values ");
        for (number, case) in cases.into_iter().enumerate() {
            let body = serde_json::to_vec(&**case);
            let body = body.map_err(|error| StoreError::fault(format!("a case is no JSON: {error}")))?;
            let label = Label::snapshot(tenant, case.id, case.version);
            let body = seals.of(case.id)?.seal(&label, &body)?;
            statement.push(if number > 0 { ", " } else { "" });
            statement.list([
                Cell::text(tenant),
                Cell::text(case.id),
                Cell::int(case.version),
                Cell::int(FORMAT),
                Cell::instant(case.now),
                Cell::Bytes(body),
            ]);
        }
        statement.push(
            " on conflict (tenant, case_id, version) do update set format = excluded.format, at = excluded.at, \
             body = excluded.body",
        );
        statement.run(link).await?;
    }
    for case in cases {
        let sql = "delete from snapshots where tenant = $1 and case_id = $2 and version < (select version \
                   from snapshots where tenant = $1 and case_id = $2 order by version desc limit 1 offset 1)";
        link.run(sql, vec![Cell::text(tenant), Cell::text(case.id)]).await?;
    }
    Ok(())
}

impl Store {
    /// Keeps a case whole that took many turns to load: its snapshots are of another format, or damaged, or were never written.
    pub(crate) async fn keep_whole(&self, case: &Case) -> Result<(), StoreError> {
        let mut link = self.database().begin_write().await?;
        lock_tenant(&mut link, &case.tenant).await?;
        let sql = "select substr(body, 1, 9) from journal where tenant = $1 and case_id = $2 \
                   order by version desc limit 1";
        let row = link.row(sql, vec![Cell::text(&case.tenant), Cell::text(case.id)]).await?;
        let slot = row.map(|row| row.bytes(0)).transpose()?.and_then(|head| slot_of(&head));
        // Of a case that was erased meanwhile nothing is kept.
        let Some(slot) = slot else { return link.leave().await };
        let seals = self.keys().seals(&[(case.id, slot)].into()).await?;
        write(&mut link, &case.tenant, &[Arc::new(case.clone())], &seals).await?;
        link.commit().await
    }
}

/// The newest snapshot up to a moment; none when there is none, or none that can be read.
pub(crate) async fn newest(
    link: &mut Link,
    keys: &Keys,
    tenant: &TenantId,
    case: CaseId,
    until: Moment,
) -> Result<Option<Case>, StoreError> {
    let mut statement = Statement::new("select version, body from snapshots where tenant = ");
    statement.value(Cell::text(tenant)).push(" and case_id = ").value(Cell::text(case));
    statement.push(" and format = ").value(Cell::int(FORMAT));
    match until {
        Moment::Now => {}
        Moment::Version(version) => {
            statement.push(" and version <= ").value(Cell::int(version));
        }
        Moment::At(at) => {
            statement.push(" and at <= ").value(Cell::instant(at));
        }
    }
    statement.push(" order by version desc limit 1");
    let Some(row) = statement.row(link).await? else { return Ok(None) };
    let (version, body) = (row.count(0)?, row.bytes(1)?);
    let ring = keys.ring_of([&*body]).await?;
    match ring.json::<Case>(&Label::snapshot(tenant, case, version), &body) {
        Ok(found) if found.version == version && found.id == case && found.tenant == *tenant => {
            Ok(Some(found))
        }
        // The turns are the truth: without a snapshot they are replayed, only slower. `verify` names it.
        Ok(_) | Err(_) => {
            tracing::warn!(%tenant, %case, version, "a snapshot cannot be read; replaying the case from its first turn");
            Ok(None)
        }
    }
}

//! The row of a tenant, which whoever stores for it locks; and whether the last turn that a process has stored is there.

use fachwerk_core::words::TenantId;

use crate::{
    database::Link,
    error::StoreError,
    hash::Hash,
    rebuild::LISTS,
    statement::{Cell, Row, Statement},
};

/// What the row of a tenant says while it is locked.
#[derive(Clone, Copy)]
pub(crate) struct Locked {
    /// The last position given.
    pub position: u64,
    /// The version of the authority's own stream.
    pub authority: u64,
    /// Whether its deadlines and effects rest.
    pub rests: bool,
    /// How often it was locked for more than to store turns of cases, with this time.
    pub locks: u64,
    /// Whether the turn that was asked for is there.
    pub knows: bool,
}

/// A turn of a tenant: its position and its hash.
pub(crate) type TurnAt = (u64, Hash);

impl Locked {
    /// From the columns of [`push_locked`], the first of which has this place.
    pub(crate) fn read(row: &Row, first: usize) -> Result<Locked, StoreError> {
        let (position, authority, rests) =
            (row.count(first)?, row.count(first + 1)?, row.int(first + 2)? != 0);
        Ok(Locked {
            position,
            authority,
            rests,
            locks: row.count(first + 3)?,
            knows: row.int(first + 4)? != 0,
        })
    }
}

/// What is read of the row of a tenant; and whether a turn is there, if one is given. Its three parameters come first.
pub(crate) fn push_locked(statement: &mut Statement, last: Option<TurnAt>) {
    let (position, hash) = last.map_or((0, vec![]), |(position, hash)| (position, hash.bytes().to_vec()));
    statement.push("position, authority_version, cast(case when exists \
                    (select 1 from halts h where h.tenant = tenants.tenant) then 1 else 0 end as bigint) as rests, \
                    locks, cast(case when ");
    statement
        .value(Cell::int(position))
        .push(" < 1 or exists (select 1 from journal j where j.tenant = $1 and j.position = ");
    statement.value(Cell::int(position)).push(" and j.hash = ").value(Cell::Bytes(hash));
    statement.push(") then 1 else 0 end as bigint) as knows");
}

/// Locks the row of the tenant until the end of the transaction, for more than to store turns of cases. It is counted, so that
/// whoever remembers what stood before knows that this came between.
pub(crate) async fn lock_tenant(link: &mut Link, tenant: &TenantId) -> Result<Locked, StoreError> {
    lock(link, tenant, 1, None).await
}

/// Locks it to store turns of cases, and nothing else; looks whether a turn is there.
pub(crate) async fn lock_to_append(
    link: &mut Link,
    tenant: &TenantId,
    last: Option<TurnAt>,
) -> Result<Locked, StoreError> {
    lock(link, tenant, 0, last).await
}

async fn lock(
    link: &mut Link,
    tenant: &TenantId,
    counted: u64,
    last: Option<TurnAt>,
) -> Result<Locked, StoreError> {
    let mut statement = Statement::default();
    statement.tenant(tenant);
    statement
        .push("insert into tenants (tenant, position, locks, lists) values ($1, 0, ")
        .value(Cell::int(counted));
    statement.push(", ").value(Cell::int(LISTS));
    statement.push(") on conflict (tenant) do update set locks = tenants.locks + excluded.locks returning ");
    push_locked(&mut statement, last);
    let row = statement.row(link).await?;
    let row = row.ok_or_else(|| StoreError::fault("a tenant that cannot be locked"))?;
    Locked::read(&row, 0)
}

//! Reading the journal: cases and authorities as the fold of their turns, and the turns themselves.

use fachwerk_core::{
    authority::{Authority, AuthorityTurn},
    case::Case,
    facts::Actor,
    format::{Formats, Unreadable},
    turn::Turn,
    words::{CaseId, TenantId, Timestamp},
};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::{
    Store,
    database::Link,
    erase::erased,
    error::StoreError,
    hash::Hash,
    journal::{AUTHORITY, actor_of},
    lists::limited,
    seal::{Label, Ring},
    snapshots::{self, Moment, SNAPSHOT_EVERY},
    statement::{Cell, Row},
};

/// Turns that are read at once while replaying.
const TURNS_AT_ONCE: u32 = 100;

/// A turn with its place in the journal.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored<T> {
    /// The turn.
    pub turn: T,
    /// Its position among all turns of the tenant; also the id of its server-sent event.
    pub position: u64,
    /// Its link in the chain of its case.
    pub hash: Hash,
}

impl<T> Stored<T> {
    fn map<U>(self, into: impl FnOnce(T) -> U) -> Stored<U> {
        Stored { turn: into(self.turn), position: self.position, hash: self.hash }
    }
}

/// A turn of a case with its place in the journal.
pub type StoredTurn = Stored<Turn>;

/// A turn of either stream.
#[derive(Clone, Debug, PartialEq)]
pub enum AnyTurn {
    /// Of a case.
    Case(Box<Turn>),
    /// Of the authority itself.
    Authority(Box<AuthorityTurn>),
    /// Of a case that was erased: what everybody may still know.
    Erased(ErasedTurn),
}

/// A turn of which only the frame is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasedTurn {
    /// The case.
    pub case: CaseId,
    /// The version of the case after it.
    pub version: u64,
    /// The id of the command.
    pub command_id: Uuid,
    /// Who asked.
    pub actor: Actor,
    /// When.
    pub now: Timestamp,
}

impl Store {
    /// A case as it is now; none when it has no turn. One that was erased is the error [`StoreError::Erased`].
    pub async fn load(&self, tenant: &TenantId, case: CaseId) -> Result<Option<Case>, StoreError> {
        let (loaded, replayed) = self.load_counted(tenant, case, Moment::Now).await?;
        if replayed >= SNAPSHOT_EVERY
            && let Err(error) = self.keep_whole(&loaded).await
        {
            tracing::warn!(%error, %tenant, %case, "a case cannot be kept whole; loading it goes on taking long");
        }
        Ok((loaded.version > 0).then_some(loaded))
    }

    /// A case as it stood at a moment; none when it had not begun. An erased one is erased at every moment.
    pub async fn load_at(
        &self,
        tenant: &TenantId,
        id: CaseId,
        until: Moment,
    ) -> Result<Option<Case>, StoreError> {
        let (case, _) = self.load_counted(tenant, id, until).await?;
        Ok((case.version > 0).then_some(case))
    }

    /// A case, and how many turns were replayed.
    async fn load_counted(
        &self,
        tenant: &TenantId,
        id: CaseId,
        until: Moment,
    ) -> Result<(Case, u64), StoreError> {
        let mut link = self.database().reader().await?;
        let snapshot = snapshots::newest(&mut link, self.keys(), tenant, id, until).await?;
        let case = snapshot.unwrap_or_else(|| Case::unborn(tenant.clone(), id));
        let before = case.version;
        let case = self.go_on(&mut link, case, until).await?;
        let replayed = case.version - before;
        Ok((case, replayed))
    }

    /// A case as it is now, from what it was before; none when nothing has changed.
    pub async fn newer(&self, case: &Case) -> Result<Option<Case>, StoreError> {
        let mut link = self.database().reader().await?;
        let turns: Vec<StoredTurn> =
            self.read_turns(&mut link, &case.tenant, case.id, case.version, 1).await?;
        if turns.is_empty() {
            return Ok(None);
        }
        self.go_on(&mut link, case.clone(), Moment::Now).await.map(Some)
    }

    /// The turns of a case after a version, oldest first, at most `limit` (see [`crate::MAX_ROWS`]).
    pub async fn turns(
        &self,
        tenant: &TenantId,
        case: CaseId,
        after_version: u64,
        limit: u32,
    ) -> Result<Vec<StoredTurn>, StoreError> {
        if case == AUTHORITY {
            return Ok(vec![]);
        }
        let mut link = self.database().reader().await?;
        self.read_turns(&mut link, tenant, case, after_version, limit).await
    }

    /// The turn that carried out a command, if it was carried out.
    pub async fn find_command(
        &self,
        tenant: &TenantId,
        case: CaseId,
        command_id: Uuid,
    ) -> Result<Option<StoredTurn>, StoreError> {
        if case == AUTHORITY {
            return Ok(None);
        }
        self.find(tenant, case, command_id).await
    }

    /// The turn of the authority's own stream that carried out a command, if it was carried out.
    pub async fn find_authority_command(
        &self,
        tenant: &TenantId,
        command_id: Uuid,
    ) -> Result<Option<Stored<AuthorityTurn>>, StoreError> {
        self.find(tenant, AUTHORITY, command_id).await
    }

    async fn find<T: DeserializeOwned>(
        &self,
        tenant: &TenantId,
        case: CaseId,
        command_id: Uuid,
    ) -> Result<Option<Stored<T>>, StoreError> {
        let sql = "select case_id, version, position, hash, body from journal \
                   where tenant = $1 and command_id || case_id = $2";
        let values = vec![Cell::text(tenant), Cell::text(format!("{command_id}{case}"))];
        let mut link = self.database().reader().await?;
        let rows: Vec<Row> = link.row(sql, values).await?.into_iter().collect();
        Ok(self.stored(&mut link, tenant, &rows).await?.pop())
    }

    /// All turns of a tenant after a position, cases and authority together, in order.
    pub async fn events_after(
        &self,
        tenant: &TenantId,
        position: u64,
        limit: u32,
    ) -> Result<Vec<Stored<AnyTurn>>, StoreError> {
        let sql = "select case_id, version, position, hash, body, command_id, actor, at from journal \
                   where tenant = $1 and position > $2 order by position limit $3";
        let values = vec![Cell::text(tenant), Cell::int(position), limited(limit)];
        let rows = self.database().reader().await?.rows(sql, values).await?;
        let ring = self.ring_of_rows(&rows).await?;
        rows.iter().map(|row| any_turn(self.formats(), &ring, tenant, row)).collect()
    }

    /// The keys that open the bodies of these rows, each of which is its fifth column.
    async fn ring_of_rows(&self, rows: &[Row]) -> Result<Ring, StoreError> {
        let bodies = rows.iter().map(|row| row.bytes(4)).collect::<Result<Vec<_>, _>>()?;
        self.keys().ring_of(bodies.iter().map(Vec::as_slice)).await
    }

    async fn stored<T: DeserializeOwned>(
        &self,
        link: &mut Link,
        tenant: &TenantId,
        rows: &[Row],
    ) -> Result<Vec<Stored<T>>, StoreError> {
        let ring = self.ring_of_rows(rows).await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            match stored(self.formats(), &ring, tenant, row)? {
                Some(turn) => found.push(turn),
                None => return Err(erased(link, tenant, row.parsed(0)?).await?),
            }
        }
        Ok(found)
    }

    async fn go_on(&self, link: &mut Link, mut case: Case, until: Moment) -> Result<Case, StoreError> {
        let (tenant, id) = (case.tenant.clone(), case.id);
        loop {
            let turns: Vec<StoredTurn> =
                self.read_turns(link, &tenant, id, case.version, TURNS_AT_ONCE).await?;
            let last = turns.len() < TURNS_AT_ONCE as usize;
            for Stored { turn, .. } in turns {
                let over = match until {
                    Moment::Now => false,
                    Moment::Version(version) => turn.version > version,
                    Moment::At(at) => turn.now > at,
                };
                if over {
                    return Ok(case);
                }
                follows(&tenant, id, case.version, turn.version)?;
                if turn.erases() {
                    return Err(erased(link, &tenant, id).await?);
                }
                turn.apply(&mut case);
            }
            if last {
                return Ok(case);
            }
        }
    }

    async fn read_turns<T: DeserializeOwned>(
        &self,
        link: &mut Link,
        tenant: &TenantId,
        case: CaseId,
        after_version: u64,
        limit: u32,
    ) -> Result<Vec<Stored<T>>, StoreError> {
        let sql = "select case_id, version, position, hash, body from journal \
                   where tenant = $1 and case_id = $2 and version > $3 order by version limit $4";
        let values = vec![Cell::text(tenant), Cell::text(case), Cell::int(after_version), limited(limit)];
        let rows = link.rows(sql, values).await?;
        self.stored(link, tenant, &rows).await
    }

    /// The position of the tenant's last turn; 0 when there is none.
    pub async fn last_position(&self, tenant: &TenantId) -> Result<u64, StoreError> {
        let sql = "select position from tenants where tenant = $1";
        let row = self.database().reader().await?.row(sql, vec![Cell::text(tenant)]).await?;
        row.map_or(Ok(0), |row| row.count(0))
    }

    /// The authorities by name, after one of them, at most `limit`.
    pub async fn tenants(&self, after: Option<&TenantId>, limit: u32) -> Result<Vec<TenantId>, StoreError> {
        let sql = "select tenant from tenants where tenant > $1 order by tenant limit $2";
        let after = after.map(TenantId::as_str).unwrap_or_default();
        let rows = self.database().reader().await?.rows(sql, vec![Cell::text(after), limited(limit)]).await?;
        rows.iter().map(|row| Ok(row.text(0)?.into())).collect()
    }

    /// The same with the version of each, so that what is remembered of them is known to hold without reading each.
    pub async fn authorities(
        &self,
        after: Option<&TenantId>,
        limit: u32,
    ) -> Result<Vec<(TenantId, u64)>, StoreError> {
        let sql = "select tenant, authority_version from tenants where tenant > $1 order by tenant limit $2";
        let after = after.map(TenantId::as_str).unwrap_or_default();
        let rows = self.database().reader().await?.rows(sql, vec![Cell::text(after), limited(limit)]).await?;
        rows.iter().map(|row| Ok((row.text(0)?.into(), row.count(1)?))).collect()
    }

    /// When the last turn of any authority was written; none when there is none.
    pub async fn last_turn_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = "select max(j.at) from tenants t join journal j on j.tenant = t.tenant and j.position = t.position";
        let row = self.database().reader().await?.row(sql, vec![]).await?;
        let at = row.map_or(Ok(None), |row| row.maybe_int(0))?;
        at.map(|at| Timestamp::from_microsecond(at).map_err(|error| StoreError::corrupt("journal", error)))
            .transpose()
    }

    /// An authority as it is now; none when it was never set up.
    pub async fn authority(&self, tenant: &TenantId) -> Result<Option<Authority>, StoreError> {
        self.authority_at_version(tenant, u64::MAX).await
    }

    /// An authority as it was after a version: what a turn of that version of the facts knew.
    pub async fn authority_at_version(
        &self,
        tenant: &TenantId,
        version: u64,
    ) -> Result<Option<Authority>, StoreError> {
        let mut link = self.database().reader().await?;
        let mut authority = Authority::default();
        loop {
            let turns: Vec<Stored<AuthorityTurn>> =
                self.read_turns(&mut link, tenant, AUTHORITY, authority.version, TURNS_AT_ONCE).await?;
            let last = turns.len() < TURNS_AT_ONCE as usize;
            for Stored { turn, .. } in turns {
                if turn.version > version {
                    return Ok((authority.version > 0).then_some(authority));
                }
                follows(tenant, AUTHORITY, authority.version, turn.version)?;
                turn.apply(&mut authority);
            }
            if last {
                return Ok((authority.version > 0).then_some(authority));
            }
        }
    }

    /// The turns of the authority's own stream after a version, oldest first.
    pub async fn authority_turns(
        &self,
        tenant: &TenantId,
        after_version: u64,
        limit: u32,
    ) -> Result<Vec<Stored<AuthorityTurn>>, StoreError> {
        let mut link = self.database().reader().await?;
        self.read_turns(&mut link, tenant, AUTHORITY, after_version, limit).await
    }
}

/// A case after the turns that follow, until a moment.
fn follows(tenant: &TenantId, case: CaseId, before: u64, version: u64) -> Result<(), StoreError> {
    if version == before + 1 {
        return Ok(());
    }
    Err(StoreError::corrupt(format!("case {case} of {tenant}"), format!("turn {} is missing", before + 1)))
}

/// A turn from what was stored of it, in whichever format.
pub(crate) fn read_turn<T: DeserializeOwned>(
    formats: &Formats,
    body: &[u8],
    place: impl FnOnce() -> String,
) -> Result<T, StoreError> {
    formats.read(body).map_err(|error| match error {
        Unreadable::Newer { found, known } => StoreError::NewerTurns { found, known },
        Unreadable::Broken(reason) => StoreError::corrupt(place(), reason),
    })
}

/// What a row of the journal holds; none when it was erased.
fn stored<T: DeserializeOwned>(
    formats: &Formats,
    ring: &Ring,
    tenant: &TenantId,
    row: &Row,
) -> Result<Option<Stored<T>>, StoreError> {
    let (case, version, position) = (row.parsed(0)?, row.count(1)?, row.count(2)?);
    let place = || format!("turn {version} of case {case}");
    let hash = Hash::from_bytes(&row.bytes(3)?).map_err(|error| StoreError::corrupt(place(), error))?;
    let Some(body) = ring.open(&Label::turn(tenant, case, version), &row.bytes(4)?)? else { return Ok(None) };
    let turn = read_turn(formats, &body, place)?;
    Ok(Some(Stored { turn, position, hash }))
}

/// A row of the journal, of whichever stream.
fn any_turn(
    formats: &Formats,
    ring: &Ring,
    tenant: &TenantId,
    row: &Row,
) -> Result<Stored<AnyTurn>, StoreError> {
    let case = row.parsed::<CaseId>(0)?;
    let found = if case == AUTHORITY {
        stored(formats, ring, tenant, row)?.map(|found| found.map(|turn| AnyTurn::Authority(Box::new(turn))))
    } else {
        stored(formats, ring, tenant, row)?.map(|found| found.map(|turn| AnyTurn::Case(Box::new(turn))))
    };
    if let Some(found) = found {
        return Ok(found);
    }
    let (version, position) = (row.count(1)?, row.count(2)?);
    let place = || format!("turn {version} of case {case}");
    let erased = ErasedTurn {
        case,
        version,
        command_id: row.parsed(5)?,
        actor: actor_of(&row.text(6)?),
        now: row.instant(7)?,
    };
    let hash = Hash::from_bytes(&row.bytes(3)?).map_err(|error| StoreError::corrupt(place(), error))?;
    Ok(Stored { turn: AnyTurn::Erased(erased), position, hash })
}

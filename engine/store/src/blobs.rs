//! Documents and files of releases, named by the hash of their bytes.
//!
//! Each document is sealed with a key of its own, and several cases may hold it: one that moves from case to case needs
//! no other seal, and its key goes with the last case that holds it. Its sealed bytes lie in its row, or in a depot outside
//! (`depot.rs`). Files of releases are no secret, are not sealed, and stay in the database: without them no case goes on.

use std::collections::{BTreeMap, BTreeSet};

use fachwerk_core::words::{CaseId, TenantId, Timestamp};

use crate::{
    Store,
    database::{Database, Link},
    depot::Outside,
    erase,
    error::StoreError,
    hash::Hash,
    loose::{self, Loose},
    seal::{self, HEAD, Label, plain, slot_of},
    statement::{Cell, Kind, Row},
    writes::Writes,
};

/// The largest document or file, in bytes.
pub const MAX_BLOB_BYTES: usize = 32 * 1024 * 1024;

/// What a row says of the bytes of a piece.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Laid {
    /// The bytes; of those that lie outside the first nine.
    pub body: Vec<u8>,
    pub outside: Option<Outside>,
}

impl Laid {
    /// From three columns of a row: `body, depot, name`.
    pub(crate) fn read(row: &Row, first: usize) -> Result<Laid, StoreError> {
        let (depot, name) = (row.maybe_text(first + 1)?, row.maybe_text(first + 2)?);
        let outside = depot.zip(name).map(|(depot, name)| Outside { depot, name });
        Ok(Laid { body: row.bytes(first)?, outside })
    }

    /// As the three columns.
    pub(crate) fn cells(self) -> [Cell; 3] {
        let (depot, name) = self.outside.map(|outside| (outside.depot, outside.name)).unzip();
        [Cell::Bytes(self.body), Cell::maybe_text(depot), Cell::maybe_text(name)]
    }
}

/// What came of putting a document in.
enum Put {
    /// Its row holds what was sealed for it.
    Held,
    /// It was there already.
    Shared,
    /// What was there when it was begun is there no more: once more.
    Again,
}

impl Store {
    /// Keeps bytes that are no secret; keeping the same again changes nothing.
    pub async fn put_blob(&self, tenant: &TenantId, bytes: Vec<u8>) -> Result<Hash, StoreError> {
        let hashes = self.put_blobs(tenant, vec![bytes]).await?;
        hashes.first().copied().ok_or_else(|| StoreError::fault("bytes without a hash"))
    }

    /// Keeps several pieces in one transaction: all or none. The answer has their hashes, in the same order.
    pub async fn put_blobs(&self, tenant: &TenantId, pieces: Vec<Vec<u8>>) -> Result<Vec<Hash>, StoreError> {
        pieces.iter().try_for_each(|piece| within_limit(piece))?;
        let hashes: Vec<Hash> = pieces.iter().map(|bytes| Hash::of(bytes)).collect();
        // In the order of the hashes, so that two who keep the same pieces never wait for each other in a circle.
        let sorted: BTreeMap<Hash, Vec<u8>> = hashes.iter().copied().zip(pieces).collect();
        let mut link = self.database().begin_write().await?;
        let mut added = 0;
        for (hash, bytes) in sorted {
            added += put_plain(&mut link, tenant, hash, &bytes).await?;
        }
        count_bytes(&mut link, tenant, Bytes::More(added)).await?;
        link.commit().await?;
        Ok(hashes)
    }

    /// Keeps a document of a case, sealed with a key of its own. It stays as long as a case that holds it is not erased, and is
    /// swept up when no turn takes it into the case within a day. It is refused when everything that the authority keeps would
    /// have more than `at_most` bytes, and for a case that was erased.
    pub async fn put_document(
        &self,
        tenant: &TenantId,
        case: CaseId,
        bytes: Vec<u8>,
        at_most: Option<u64>,
        now: Timestamp,
    ) -> Result<Hash, StoreError> {
        within_limit(&bytes)?;
        let hash = Hash::of(&bytes);
        loop {
            // What is there already is not written once more.
            let piece = match self.is_there(tenant, hash).await? {
                true => None,
                false => Some(self.sealed(tenant, hash, &bytes, now).await?),
            };
            let outside = piece.as_ref().filter(|piece| piece.outside.is_some()).cloned();
            let put = self.put(tenant, case, (hash, bytes.len() as u64, piece), at_most, now).await;
            // Of an unknown commit the note tells later what came of it.
            if let Some(piece) = outside
                && !matches!(put, Ok(Put::Held) | Err(StoreError::UnknownCommit { .. }))
            {
                let slot = slot_of(&piece.body);
                self.let_go(tenant, piece, slot).await;
            }
            match put? {
                Put::Held | Put::Shared => return Ok(hash),
                Put::Again => {}
            }
        }
    }

    /// Seals a document, and writes its bytes when they are to lie outside.
    async fn sealed(
        &self,
        tenant: &TenantId,
        hash: Hash,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<Laid, StoreError> {
        let key = self.keys().draw().await?;
        let body = key.seal(&Label::blob(tenant, &hash), bytes)?;
        self.lay(tenant, body, Some(key.slot), now).await
    }

    /// Lays sealed bytes where new documents lie. The key in `slot` goes with them when no row comes to hold them.
    pub(crate) async fn lay(
        &self,
        tenant: &TenantId,
        body: Vec<u8>,
        slot: Option<u64>,
        now: Timestamp,
    ) -> Result<Laid, StoreError> {
        let Some(depot) = self.depots().chosen().cloned() else { return Ok(Laid { body, outside: None }) };
        let outside = depot.somewhere(tenant)?;
        let mut link = self.database().begin_write().await?;
        let noted = Loose { name: outside.name.clone(), depot: Some(outside.depot.clone()), slot };
        loose::note(&mut link, tenant, noted, loose::Since::Instant(now)).await?;
        link.commit().await?;
        let head = body.get(..HEAD).unwrap_or(&body).to_vec();
        depot.put(&outside.name, body).await?;
        Ok(Laid { body: head, outside: Some(outside) })
    }

    async fn put(
        &self,
        tenant: &TenantId,
        case: CaseId,
        (hash, size, piece): (Hash, u64, Option<Laid>),
        at_most: Option<u64>,
        now: Timestamp,
    ) -> Result<Put, StoreError> {
        let mut link = self.database().begin_write().await?;
        // It comes from outside, and may come late: nobody would ever throw its key away.
        erase::hold(&mut link, tenant, case).await?;
        wait_for_turn(&mut link, tenant, (hash, case), now).await?;
        let outside = piece.as_ref().and_then(|piece| piece.outside.clone());
        let added = put_sealed(&mut link, tenant, (hash, size), piece).await?;
        let put = match (added, &outside) {
            (Added::Gone, _) => Put::Again,
            (Added::Nothing, _) => Put::Shared,
            // Somebody has swept it up meanwhile.
            (Added::Bytes, Some(outside)) if !loose::hold(&mut link, tenant, outside).await? => Put::Again,
            (Added::Bytes, _) => Put::Held,
        };
        match put {
            Put::Held => {}
            Put::Shared => {
                link.commit().await?;
                return Ok(put);
            }
            Put::Again => {
                link.leave().await?;
                return Ok(put);
            }
        }
        count_bytes(&mut link, tenant, Bytes::More(size)).await?;
        if let Some(at_most) = at_most {
            let total = kept_bytes(&mut link, tenant).await?;
            if total > at_most {
                link.leave().await?;
                return Err(StoreError::NoRoom { used: total - size, size, at_most });
            }
        }
        link.commit().await?;
        Ok(put)
    }

    /// So many bytes have all documents and files of an authority.
    pub async fn kept_bytes(&self, tenant: &TenantId) -> Result<u64, StoreError> {
        kept_bytes(&mut self.database().reader().await?, tenant).await
    }

    /// The same as it is counted, and as it is when all of them are looked at.
    pub(crate) async fn bytes_said_and_there(&self, tenant: &TenantId) -> Result<(u64, u64), StoreError> {
        let sql = "select coalesce((select bytes from blob_totals where tenant = $1), 0), \
                   coalesce((select cast(sum(size) as bigint) from blobs where tenant = $1), 0)";
        let row = self.database().reader().await?.row(sql, vec![Cell::text(tenant)]).await?;
        row.map_or(Ok((0, 0)), |row| Ok((row.count(0)?, row.count(1)?)))
    }

    /// The bytes with a hash. They are hashed again: damaged ones are an error, never an answer.
    pub async fn blob(&self, tenant: &TenantId, hash: &Hash) -> Result<Option<Vec<u8>>, StoreError> {
        let mut before = None;
        loop {
            let Some(laid) = self.laid(tenant, hash).await? else { return Ok(None) };
            let error = match self.opened(tenant, hash, &laid).await {
                Ok(bytes) => return Ok(Some(bytes)),
                Err(error @ (StoreError::Corrupt { .. } | StoreError::BytesMissing { .. })) => error,
                Err(error) => return Err(error),
            };
            // Moved or erased while it was read? Then the row says so.
            if before.as_ref() == Some(&laid) {
                return Err(error);
            }
            before = Some(laid);
        }
    }

    /// Whether a document is there, and can be opened: one whose key is missing must not be taken for kept.
    async fn is_there(&self, tenant: &TenantId, hash: Hash) -> Result<bool, StoreError> {
        let sql = "select substr(body, 1, 9) from blobs where tenant = $1 and hash = $2";
        let row = self.database().reader().await?.row(sql, of_hash(tenant, hash)).await?;
        let Some(body) = row.map(|row| row.bytes(0)).transpose()? else { return Ok(false) };
        let Some(slot) = slot_of(&body) else { return Ok(true) };
        match self.keys().ring([slot]).await?.0.get(&slot) {
            Some(seal::Held::Missing) | None => {
                Err(StoreError::KeyMissing { place: format!("document {hash}") })
            }
            Some(_) => Ok(true),
        }
    }

    pub(crate) async fn laid(&self, tenant: &TenantId, hash: &Hash) -> Result<Option<Laid>, StoreError> {
        laid(self.database(), tenant, hash).await
    }

    pub(crate) async fn opened(
        &self,
        tenant: &TenantId,
        hash: &Hash,
        laid: &Laid,
    ) -> Result<Vec<u8>, StoreError> {
        let body = self.depots().whole(self.database(), laid).await?;
        let ring = self.keys().ring_of([&*body]).await?;
        let opened = ring.open(&Label::blob(tenant, hash), &body)?;
        let Some(bytes) = opened else {
            return Err(StoreError::corrupt(format!("document {hash}"), "its key was erased"));
        };
        if Hash::of(&bytes) != *hash {
            return Err(StoreError::corrupt(format!("document {hash}"), "its bytes have another hash"));
        }
        Ok(bytes)
    }
}

/// What the row of a piece says.
pub(crate) async fn laid(
    database: &Database,
    tenant: &TenantId,
    hash: &Hash,
) -> Result<Option<Laid>, StoreError> {
    let sql = "select body, depot, name from blobs where tenant = $1 and hash = $2";
    let row = database.reader().await?.row(sql, of_hash(tenant, *hash)).await?;
    row.map(|row| Laid::read(&row, 0)).transpose()
}

fn within_limit(bytes: &[u8]) -> Result<(), StoreError> {
    if bytes.len() <= MAX_BLOB_BYTES {
        return Ok(());
    }
    let (size, limit) = (bytes.len() as u64, MAX_BLOB_BYTES as u64);
    Err(StoreError::TooLarge { what: "document_bytes", size, limit })
}

fn of_hash(tenant: &TenantId, hash: Hash) -> Vec<Cell> {
    vec![Cell::text(tenant), Cell::text(hash)]
}

/// Puts a piece in that everybody may read; the bytes that came new.
async fn put_plain(link: &mut Link, tenant: &TenantId, hash: Hash, bytes: &[u8]) -> Result<u64, StoreError> {
    let size = bytes.len() as u64;
    let values = || {
        let plain = [Cell::int(size), Cell::Bytes(plain(bytes))];
        of_hash(tenant, hash).into_iter().chain(plain).collect()
    };
    loop {
        let sql =
            "insert into blobs (tenant, hash, size, body) values ($1, $2, $3, $4) on conflict do nothing";
        if link.run(sql, values()).await? > 0 {
            return Ok(size);
        }
        // What was a document only is now for everybody, and must not go with the case.
        let sql = if link.is_postgres() {
            "select substr(body, 1, 9), depot, name from blobs where tenant = $1 and hash = $2 for update"
        } else {
            "select substr(body, 1, 9), depot, name from blobs where tenant = $1 and hash = $2"
        };
        // Thrown away in between: it is put in after all.
        let Some(row) = link.row(sql, of_hash(tenant, hash)).await? else { continue };
        let before = Laid::read(&row, 0)?;
        if let Some(outside) = before.outside {
            let slot = slot_of(&before.body);
            let gone = Loose { name: outside.name, depot: Some(outside.depot), slot };
            loose::note(link, tenant, gone, loose::Since::Gone).await?;
        }
        let sql = "update blobs set size = $3, body = $4, depot = null, name = null \
                   where tenant = $1 and hash = $2";
        link.run(sql, values()).await?;
        return Ok(0);
    }
}

/// What became of a row of a document.
#[derive(Clone, Copy)]
enum Added {
    /// It is new.
    Bytes,
    /// It was there. It is held, so that nobody throws it away who has not seen that this case holds it.
    Nothing,
    /// It was there, and is not any more.
    Gone,
}

async fn put_sealed(
    link: &mut Link,
    tenant: &TenantId,
    (hash, size): (Hash, u64),
    piece: Option<Laid>,
) -> Result<Added, StoreError> {
    if let Some(piece) = piece {
        let sql = "insert into blobs (tenant, hash, size, body, depot, name) values ($1, $2, $3, $4, $5, $6) \
                   on conflict do nothing";
        let values = of_hash(tenant, hash).into_iter().chain([Cell::int(size)]).chain(piece.cells());
        if link.run(sql, values.collect()).await? > 0 {
            return Ok(Added::Bytes);
        }
    }
    let sql = "update blobs set size = $3 where tenant = $1 and hash = $2";
    let held = link.run(sql, of_hash(tenant, hash).into_iter().chain([Cell::int(size)]).collect()).await?;
    Ok(if held > 0 { Added::Nothing } else { Added::Gone })
}

/// A document that only this case holds goes with it; its hash, and the slot of its key.
pub(crate) async fn drop_unheld(
    link: &mut Link,
    tenant: &TenantId,
    hashes: impl IntoIterator<Item = Hash>,
    with_key: bool,
) -> Result<Vec<(Hash, u64)>, StoreError> {
    let (mut gone, mut bytes) = (Vec::new(), 0);
    for hash in hashes {
        let sql = if link.is_postgres() {
            // Held until the end, so that no case takes it meanwhile.
            "select substr(body, 1, 9), depot, name, size from blobs where tenant = $1 and hash = $2 for update"
        } else {
            "select substr(body, 1, 9), depot, name, size from blobs where tenant = $1 and hash = $2"
        };
        let Some(row) = link.row(sql, of_hash(tenant, hash)).await? else { continue };
        let laid = Laid::read(&row, 0)?;
        // What is not sealed belongs to a release as well.
        let Some(slot) = slot_of(&laid.body) else { continue };
        let sql = "delete from blobs where tenant = $1 and hash = $2 and not exists (select 1 from blob_uses u \
                   where u.tenant = blobs.tenant and u.hash = blobs.hash)";
        if link.run(sql, of_hash(tenant, hash)).await? == 0 {
            continue;
        }
        gone.push((hash, slot));
        bytes += row.count(3)?;
        let key = with_key.then_some(slot);
        let left = match laid.outside {
            Some(outside) => Some(Loose { name: outside.name, depot: Some(outside.depot), slot: key }),
            None => key.map(Loose::key),
        };
        if let Some(left) = left {
            loose::note(link, tenant, left, loose::Since::Gone).await?;
        }
    }
    count_bytes(link, tenant, Bytes::Fewer(bytes)).await?;
    Ok(gone)
}

/// How the bytes of an authority change.
#[derive(Clone, Copy)]
pub(crate) enum Bytes {
    More(u64),
    Fewer(u64),
}

async fn count_bytes(link: &mut Link, tenant: &TenantId, change: Bytes) -> Result<(), StoreError> {
    let (sql, bytes) = match change {
        Bytes::More(0) | Bytes::Fewer(0) => return Ok(()),
        Bytes::More(bytes) => (
            "insert into blob_totals (tenant, bytes) values ($1, $2) \
             on conflict (tenant) do update set bytes = blob_totals.bytes + excluded.bytes",
            bytes,
        ),
        Bytes::Fewer(bytes) => ("update blob_totals set bytes = bytes - $2 where tenant = $1", bytes),
    };
    link.run(sql, vec![Cell::text(tenant), Cell::int(bytes)]).await?;
    Ok(())
}

/// Counts the bytes of an authority anew.
pub(crate) async fn count_anew(link: &mut Link, tenant: &TenantId) -> Result<(), StoreError> {
    link.run("delete from blob_totals where tenant = $1", vec![Cell::text(tenant)]).await?;
    let sql = "insert into blob_totals (tenant, bytes) \
               select tenant, cast(sum(size) as bigint) from blobs where tenant = $1 group by tenant";
    link.run(sql, vec![Cell::text(tenant)]).await?;
    Ok(())
}

async fn kept_bytes(link: &mut Link, tenant: &TenantId) -> Result<u64, StoreError> {
    let sql = "select bytes from blob_totals where tenant = $1";
    let row = link.row(sql, vec![Cell::text(tenant)]).await?;
    row.map_or(Ok(0), |row| row.count(0))
}

/// Notes that a document waits for the turn that takes it into a case. One that has come stays so.
async fn wait_for_turn(
    link: &mut Link,
    tenant: &TenantId,
    (hash, case): (Hash, CaseId),
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into blob_uses (tenant, hash, case_id, since) values ($1, $2, $3, $4) \
               on conflict (tenant, hash, case_id) do update set since = excluded.since \
               where blob_uses.since is not null";
    let values = of_hash(tenant, hash).into_iter().chain([Cell::text(case), Cell::instant(now)]);
    link.run(sql, values.collect()).await?;
    Ok(())
}

/// Notes which cases hold documents, by the turns that took them in.
pub(crate) fn use_blobs(writes: &mut Writes, documents: impl IntoIterator<Item = (CaseId, Hash)>) {
    // Each once: a statement must not write the same row twice.
    let documents: BTreeSet<(Hash, CaseId)> =
        documents.into_iter().map(|(case, hash)| (hash, case)).collect();
    let rows = documents.into_iter().map(|(hash, case)| vec![Cell::text(hash), Cell::text(case)]);
    let columns = [("hash", Kind::Text), ("case_id", Kind::Text)];
    let end = " on conflict (tenant, hash, case_id) do update set since = null";
    writes.put("blob_uses", columns, rows.collect(), vec![end]);
}

//! Documents and files of releases, named by the hash of their bytes.
//!
//! Each document is sealed with a key of its own, and several cases may hold it: one that moves from case to case needs
//! no other seal, and its key goes with the last case that holds it. Files of releases are no secret and are not sealed.

use std::collections::{BTreeMap, BTreeSet};

use fachwerk_core::words::{CaseId, TenantId};

use crate::{
    Store,
    database::Link,
    erase::hold,
    error::StoreError,
    hash::Hash,
    seal::{Label, plain},
    statement::{Cell, Kind},
    writes::Writes,
};

/// The largest document or file, in bytes.
pub const MAX_BLOB_BYTES: usize = 32 * 1024 * 1024;

impl Store {
    /// Keeps bytes that are no secret; keeping the same again changes nothing.
    pub async fn put_blob(&self, tenant: &TenantId, bytes: Vec<u8>) -> Result<Hash, StoreError> {
        let hashes = self.put_blobs(tenant, vec![bytes]).await?;
        hashes.first().copied().ok_or_else(|| StoreError::fault("bytes without a hash"))
    }

    /// Keeps several pieces in one transaction: all or none. The answer has their hashes, in the same order.
    pub async fn put_blobs(&self, tenant: &TenantId, pieces: Vec<Vec<u8>>) -> Result<Vec<Hash>, StoreError> {
        self.put(tenant, None, pieces).await
    }

    /// Keeps a document of a case, sealed with a key of its own. It stays as long as a case that holds it is not erased; for
    /// a case that is erased already it is refused with [`StoreError::Erased`]. It is refused as well when everything that the authority keeps would have more than `at_most` bytes.
    pub async fn put_document(
        &self,
        tenant: &TenantId,
        case: CaseId,
        bytes: Vec<u8>,
        at_most: Option<u64>,
    ) -> Result<Hash, StoreError> {
        let hashes = self.put(tenant, Some((case, at_most)), vec![bytes]).await?;
        hashes.first().copied().ok_or_else(|| StoreError::fault("bytes without a hash"))
    }

    async fn put(
        &self,
        tenant: &TenantId,
        case: Option<(CaseId, Option<u64>)>,
        pieces: Vec<Vec<u8>>,
    ) -> Result<Vec<Hash>, StoreError> {
        if let Some(large) = pieces.iter().find(|bytes| bytes.len() > MAX_BLOB_BYTES) {
            let (size, limit) = (large.len() as u64, MAX_BLOB_BYTES as u64);
            return Err(StoreError::TooLarge { what: "document_bytes", size, limit });
        }
        let hashes: Vec<Hash> = pieces.iter().map(|bytes| Hash::of(bytes)).collect();
        // In the order of the hashes, so that two who keep the same pieces never wait for each other in a circle.
        let sorted: BTreeMap<Hash, Vec<u8>> = hashes.iter().copied().zip(pieces).collect();
        let mut rows = Vec::with_capacity(sorted.len());
        for (hash, bytes) in sorted {
            let body = match case {
                Some(_) => self.keys().draw().await?.seal(&Label::blob(tenant, &hash), &bytes)?,
                None => plain(&bytes),
            };
            rows.push((hash, bytes.len(), body));
        }
        let mut link = self.database().begin_write().await?;
        if let Some((case, _)) = case {
            // It comes from outside, and may come late: nobody would ever throw its key away.
            hold(&mut link, tenant, case).await?;
        }
        let mut added = 0;
        for (hash, size, body) in rows {
            if let Some((case, _)) = case {
                let mut writes = Writes::default();
                use_blobs(&mut writes, [(case, hash)]);
                writes.run(&mut link, tenant).await?;
            }
            added += put_row(&mut link, tenant, hash, (size as u64, body, case.is_some())).await?;
        }
        count_bytes(&mut link, tenant, Bytes::More(added)).await?;
        if let Some((_, Some(at_most))) = case
            && added > 0
        {
            let total = kept_bytes(&mut link, tenant).await?;
            if total > at_most {
                link.leave().await?;
                return Err(StoreError::NoRoom { used: total - added, size: added, at_most });
            }
        }
        link.commit().await?;
        Ok(hashes)
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
        let sql = "select body from blobs where tenant = $1 and hash = $2";
        let row =
            self.database().reader().await?.row(sql, vec![Cell::text(tenant), Cell::text(hash)]).await?;
        let Some(row) = row else { return Ok(None) };
        let body = row.bytes(0)?;
        let ring = self.keys().ring_of([&*body]).await?;
        let opened = ring.open(&Label::blob(tenant, hash), &body)?;
        let Some(bytes) = opened else {
            return Err(StoreError::corrupt(format!("document {hash}"), "its key was erased"));
        };
        if Hash::of(&bytes) != *hash {
            return Err(StoreError::corrupt(format!("document {hash}"), "its bytes have another hash"));
        }
        Ok(Some(bytes))
    }
}

/// Puts a piece in; the bytes that came new. When it is there already it is held, so that nobody throws it away who has not
/// seen that this case holds it.
async fn put_row(
    link: &mut Link,
    tenant: &TenantId,
    hash: Hash,
    (size, body, sealed): (u64, Vec<u8>, bool),
) -> Result<u64, StoreError> {
    let key = || vec![Cell::text(tenant), Cell::text(hash), Cell::int(size)];
    loop {
        let sql =
            "insert into blobs (tenant, hash, size, body) values ($1, $2, $3, $4) on conflict do nothing";
        let values = key().into_iter().chain([Cell::Bytes(body.clone())]);
        if link.run(sql, values.collect()).await? > 0 {
            return Ok(size);
        }
        let held = if sealed {
            link.run("update blobs set size = $3 where tenant = $1 and hash = $2", key()).await?
        } else {
            // What was a document only is now for everybody, and must not go with the case.
            let sql = "update blobs set size = $3, body = $4 where tenant = $1 and hash = $2";
            link.run(sql, key().into_iter().chain([Cell::Bytes(body.clone())]).collect()).await?
        };
        if held > 0 {
            return Ok(0);
        }
        // Thrown away in between: it is put in after all.
    }
}

/// How the bytes of an authority change.
#[derive(Clone, Copy)]
pub(crate) enum Bytes {
    More(u64),
    Fewer(u64),
}

pub(crate) async fn count_bytes(link: &mut Link, tenant: &TenantId, change: Bytes) -> Result<(), StoreError> {
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

/// Notes which cases hold documents.
pub(crate) fn use_blobs(writes: &mut Writes, documents: impl IntoIterator<Item = (CaseId, Hash)>) {
    // Each once: a statement must not write the same row twice.
    let documents: BTreeSet<(Hash, CaseId)> =
        documents.into_iter().map(|(case, hash)| (hash, case)).collect();
    let rows = documents.into_iter().map(|(hash, case)| vec![Cell::text(hash), Cell::text(case)]);
    let columns = [("hash", Kind::Text), ("case_id", Kind::Text)];
    writes.put("blob_uses", columns, rows.collect(), vec![" on conflict do nothing"]);
}

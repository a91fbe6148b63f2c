//! Documents and files of releases, named by the hash of their bytes.
//!
//! Each document is sealed with a key of its own, and several cases may hold it: one that moves from case to case needs
//! no other seal, and its key goes with the last case that holds it. Files of releases are no secret and are not sealed.

use std::collections::{BTreeMap, BTreeSet};

use fachwerk_core::words::{CaseId, TenantId};

use crate::{
    Store,
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

    /// Keeps a document of a case, sealed with a key of its own. It stays as long as a case that holds it is not erased.
    pub async fn put_document(
        &self,
        tenant: &TenantId,
        case: CaseId,
        bytes: Vec<u8>,
    ) -> Result<Hash, StoreError> {
        let hashes = self.put(tenant, Some(case), vec![bytes]).await?;
        hashes.first().copied().ok_or_else(|| StoreError::fault("bytes without a hash"))
    }

    async fn put(
        &self,
        tenant: &TenantId,
        case: Option<CaseId>,
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
        for (hash, size, body) in rows {
            if let Some(case) = case {
                let mut writes = Writes::default();
                use_blobs(&mut writes, [(case, hash)]);
                writes.run(&mut link, tenant).await?;
            }
            let sql = if case.is_some() {
                // Takes the row, so that nobody throws it away who has not seen that this case holds it.
                "insert into blobs (tenant, hash, size, body) values ($1, $2, $3, $4) \
                 on conflict (tenant, hash) do update set size = excluded.size"
            } else {
                // What was a document only is now for everybody, and must not go with the case.
                "insert into blobs (tenant, hash, size, body) values ($1, $2, $3, $4) \
                 on conflict (tenant, hash) do update set size = excluded.size, body = excluded.body"
            };
            let size = Cell::int(size);
            link.run(sql, vec![Cell::text(tenant), Cell::text(hash), size, Cell::Bytes(body)]).await?;
        }
        link.commit().await?;
        Ok(hashes)
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

/// Notes which cases hold documents.
pub(crate) fn use_blobs(writes: &mut Writes, documents: impl IntoIterator<Item = (CaseId, Hash)>) {
    // Each once: a statement must not write the same row twice.
    let documents: BTreeSet<(Hash, CaseId)> =
        documents.into_iter().map(|(case, hash)| (hash, case)).collect();
    let rows = documents.into_iter().map(|(hash, case)| vec![Cell::text(hash), Cell::text(case)]);
    let columns = [("hash", Kind::Text), ("case_id", Kind::Text)];
    writes.put("blob_uses", columns, rows.collect(), vec![" on conflict do nothing"]);
}

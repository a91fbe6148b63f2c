//! Documents and files of releases, named by the hash of their bytes.

use std::collections::BTreeMap;

use fachwerk_core::words::TenantId;

use crate::{Store, error::StoreError, hash::Hash, statement::Cell};

/// The largest document or file, in bytes.
pub const MAX_BLOB_BYTES: usize = 32 * 1024 * 1024;

impl Store {
    /// Keeps some bytes; keeping the same again changes nothing.
    pub async fn put_blob(&self, tenant: &TenantId, bytes: Vec<u8>) -> Result<Hash, StoreError> {
        let hashes = self.put_blobs(tenant, vec![bytes]).await?;
        hashes.first().copied().ok_or_else(|| StoreError::fault("bytes without a hash"))
    }

    /// Keeps several pieces in one transaction: all or none. The answer has their hashes, in the same order.
    pub async fn put_blobs(&self, tenant: &TenantId, pieces: Vec<Vec<u8>>) -> Result<Vec<Hash>, StoreError> {
        if let Some(large) = pieces.iter().find(|bytes| bytes.len() > MAX_BLOB_BYTES) {
            let (size, limit) = (large.len() as u64, MAX_BLOB_BYTES as u64);
            return Err(StoreError::TooLarge { what: "document_bytes", size, limit });
        }
        let hashes: Vec<Hash> = pieces.iter().map(|bytes| Hash::of(bytes)).collect();
        // In the order of the hashes, so that two who keep the same pieces never wait for each other in a circle.
        let sorted: BTreeMap<Hash, Vec<u8>> = hashes.iter().copied().zip(pieces).collect();
        let mut link = self.database().begin_write().await?;
        for (hash, bytes) in sorted {
            let sql =
                "insert into blobs (tenant, hash, size, body) values ($1, $2, $3, $4) on conflict do nothing";
            let size = Cell::int(bytes.len());
            link.run(sql, vec![Cell::text(tenant), Cell::text(hash), size, Cell::Bytes(bytes)]).await?;
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
        let bytes = row.bytes(0)?;
        if Hash::of(&bytes) != *hash {
            return Err(StoreError::corrupt(format!("document {hash}"), "its bytes have another hash"));
        }
        Ok(Some(bytes))
    }
}

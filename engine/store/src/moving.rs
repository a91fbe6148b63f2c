//! Moving documents to where new ones lie, in batches, while others work: after the choice has changed, or after a restore.
//!
//! Each document is moved for itself: its bytes are laid in the new place, then one transaction lets its row say so and notes
//! those in the old place as loose, then these are removed. A crash in between leaves bytes of which only a note knows, here or
//! there, and the row says a place where all bytes are. Whoever moves once more goes on with what is left.

use fachwerk_core::words::{TenantId, Timestamp};

use crate::{
    Store,
    blobs::Laid,
    error::StoreError,
    hash::Hash,
    loose::{self, Loose},
    seal::{HEAD, SEALED},
    statement::Cell,
};

/// Documents that are moved in one step.
const AT_ONCE: i64 = 20;

/// How far the moving has come.
#[derive(Clone, Debug, Default)]
pub struct Moving {
    after: (String, String),
}

/// What a step moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// Documents that lie where new ones lie now.
    pub documents: u64,
    /// Their bytes, before they were sealed.
    pub bytes: u64,
    /// Documents that cannot be read; they stay where they are, and `verify` names them.
    pub unreadable: u64,
}

impl Store {
    /// Moves some documents to where new ones lie; none: all lie there.
    pub async fn move_documents(
        &self,
        moving: &mut Moving,
        now: Timestamp,
    ) -> Result<Option<Moved>, StoreError> {
        let target = self.depots().chosen().map(|depot| depot.id.clone());
        let sql = "select tenant, hash, size from blobs where (tenant, hash) > ($1, $2) \
                   and coalesce(depot, '') <> $3 and substr(body, 1, 1) = $4 order by tenant, hash limit $5";
        let values = vec![
            Cell::text(&moving.after.0),
            Cell::text(&moving.after.1),
            Cell::text(target.as_deref().unwrap_or_default()),
            Cell::Bytes(vec![SEALED]),
            Cell::Int(AT_ONCE),
        ];
        let rows = self.database().reader().await?.rows(sql, values).await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let (mut moved, mut left) = (Moved::default(), Vec::new());
        for row in &rows {
            let (tenant, hash): (TenantId, Hash) = (row.text(0)?.into(), row.parsed(1)?);
            match self.move_document(&tenant, &hash, now).await {
                Ok(true) => {
                    moved.documents += 1;
                    moved.bytes += row.count(2)?;
                    if left.last() != Some(&tenant) {
                        left.push(tenant);
                    }
                }
                // Somebody else has moved it, or it is gone.
                Ok(false) => {}
                Err(
                    error @ (StoreError::Corrupt { .. }
                    | StoreError::BytesMissing { .. }
                    | StoreError::KeyMissing { .. }),
                ) => {
                    tracing::error!(%tenant, document = %hash, %error, "a document cannot be moved");
                    moved.unreadable += 1;
                }
                Err(error) => return Err(error),
            }
            moving.after = (row.text(0)?, row.text(1)?);
        }
        for tenant in left {
            if let Err(error) = self.clear(&tenant).await {
                tracing::warn!(%tenant, %error, "documents are moved; where they lay they are removed later");
            }
        }
        Ok(Some(moved))
    }

    async fn move_document(
        &self,
        tenant: &TenantId,
        hash: &Hash,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let Some(before) = self.laid(tenant, hash).await? else { return Ok(false) };
        let whole = self.depots().whole(self.database(), &before).await?.into_owned();
        // What cannot be opened is not carried on.
        self.opened(tenant, hash, &Laid { body: whole.clone(), outside: None }).await?;
        let after = self.lay(tenant, whole, None, now).await?;
        let done = self.now_lies(tenant, hash, &before, after.clone()).await;
        if !matches!(done, Ok(true) | Err(StoreError::UnknownCommit { .. })) {
            self.let_go(tenant, after, None).await;
        }
        done
    }

    /// Lets a row say where its bytes lie now; false when it is not as it was.
    async fn now_lies(
        &self,
        tenant: &TenantId,
        hash: &Hash,
        before: &Laid,
        after: Laid,
    ) -> Result<bool, StoreError> {
        let mut link = self.database().begin_write().await?;
        let sql = "update blobs set body = $3, depot = $4, name = $5 where tenant = $1 and hash = $2 \
                   and coalesce(name, '') = $6 and substr(body, 1, 9) = $7";
        let outside = after.outside.clone();
        let name = before.outside.as_ref().map_or("", |outside| &outside.name);
        let head = before.body.get(..HEAD).unwrap_or(&before.body).to_vec();
        let values = [Cell::text(tenant), Cell::text(hash)].into_iter().chain(after.cells());
        let values = values.chain([Cell::text(name), Cell::Bytes(head)]).collect();
        let held = link.run(sql, values).await? > 0
            && match &outside {
                Some(outside) => loose::hold(&mut link, tenant, outside).await?,
                None => true,
            };
        if !held {
            link.leave().await?;
            return Ok(false);
        }
        if let Some(old) = before.outside.clone() {
            // The key stays: only these bytes go.
            let old = Loose { name: old.name, depot: Some(old.depot), slot: None };
            loose::note(&mut link, tenant, old, loose::Since::Gone).await?;
        }
        link.commit().await?;
        Ok(true)
    }
}

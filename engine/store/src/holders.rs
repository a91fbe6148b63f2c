//! Who else holds a document: the same bytes may have come in before.

use std::collections::BTreeSet;

use fachwerk_core::words::{CaseId, TenantId};

use crate::{Store, error::StoreError, hash::Hash, lists::limited, statement::Cell};

impl Store {
    /// The cases of an authority that hold these bytes, or have held them; at most so many.
    pub async fn holders(
        &self,
        tenant: &TenantId,
        hash: &Hash,
        at_most: u32,
    ) -> Result<BTreeSet<CaseId>, StoreError> {
        let sql = "select case_id from blob_uses where tenant = $1 and hash = $2 and since is null \
                   order by case_id limit $3";
        let values = vec![Cell::text(tenant), Cell::text(hash), limited(at_most)];
        let rows = self.database().reader().await?.rows(sql, values).await?;
        rows.iter().map(|row| row.parsed(0)).collect()
    }
}

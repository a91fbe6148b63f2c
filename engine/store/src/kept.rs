//! The messages that nobody waits for yet: kept until somebody does, or until a person says what becomes of them.

use fachwerk_core::{projection::Subject, words::TenantId};
use uuid::Uuid;

use crate::{
    Store,
    between::{Arrival, body, longest_waiting},
    database::Link,
    error::StoreError,
    lists::{List, Page, Piece, Rows, limited},
    locked::lock_tenant,
    seal::Label,
    statement::{
        Cell,
        Kind::{Int, Text},
    },
};

/// So many messages of one name and key are kept that nobody waits for; it is refused as `kept_messages`.
pub const MAX_KEPT_MESSAGES: u64 = 1_000;
/// So many an authority keeps altogether; it is refused as `kept_messages_of_authority`.
pub const MAX_KEPT_MESSAGES_OF_AUTHORITY: u64 = 100_000;

/// The table.
const KEPT: &str = "kept_messages";
/// The limit of one name and key.
const OF_KEY: &str = "kept_messages";

impl Store {
    /// A page of the messages that nobody waits for yet, oldest first.
    pub async fn kept_messages(&self, tenant: &TenantId, piece: &Piece) -> Result<Page<Arrival>, StoreError> {
        let rows = Rows::of_no_cases(tenant, "kept_messages", "tenant = ");
        let keys = &[("at", Int), ("message_id", Text)];
        let sealed = &[(0, "kept_messages")];
        let list = List { name: "kept", columns: "body", rows, keys, descending: false, sealed, by: None };
        let mut link = self.database().begin_read().await?;
        let page = list.page(&mut link, self.keys(), tenant, piece, |bodies| bodies.json(0)).await?;
        link.leave().await?;
        Ok(page)
    }

    /// A message that nobody waits for; none when it is on its way meanwhile, or gone.
    pub async fn kept_message(&self, tenant: &TenantId, id: Uuid) -> Result<Option<Arrival>, StoreError> {
        self.kept(&mut self.database().reader().await?, tenant, id).await
    }

    /// Gives a message that nobody waits for another key: it goes to whoever waits for that, or is kept with it.
    /// False when nothing is kept by this id.
    pub async fn readdress(&self, tenant: &TenantId, id: Uuid, key: &str) -> Result<bool, StoreError> {
        let mut link = self.database().begin_write().await?;
        lock_tenant(&mut link, tenant).await?;
        let Some(arrival) = self.kept(&mut link, tenant, id).await? else {
            link.leave().await?;
            return Ok(false);
        };
        let subject = arrival.subject.to_string();
        if let Some(full) = full(&mut link, tenant, &subject, key).await?
            && matches!(full, StoreError::TooLarge { what: OF_KEY, .. })
        {
            link.leave().await?;
            return Err(full);
        }
        let arrival = Arrival { key: key.to_owned(), ..arrival };
        let sql = "update kept_messages set key = $3, body = $4 where tenant = $1 and message_id = $2";
        let sealing = self.key_of_tenant(&mut link, tenant).await?;
        let values = vec![
            Cell::text(tenant),
            Cell::text(id),
            Cell::text(key),
            body(&sealing, KEPT, tenant, &arrival)?,
        ];
        link.run(sql, values).await?;
        self.hand_out_kept(&mut link, tenant, &subject, key).await?;
        link.commit().await?;
        Ok(true)
    }

    /// Forgets a message that nobody waits for. False when nothing is kept by this id.
    pub async fn discard(&self, tenant: &TenantId, id: Uuid) -> Result<bool, StoreError> {
        let sql = "delete from kept_messages where tenant = $1 and message_id = $2";
        let gone = self.database().writer().await?.run(sql, vec![Cell::text(tenant), Cell::text(id)]).await?;
        Ok(gone > 0)
    }

    /// The keys that cases wait for with a message of this name, in their order.
    pub async fn awaited_keys(
        &self,
        tenant: &TenantId,
        name: &str,
        limit: u32,
    ) -> Result<Vec<String>, StoreError> {
        let sql =
            "select distinct key from subscriptions where tenant = $1 and subject = $2 order by key limit $3";
        let subject = Subject::Message(name.into()).to_string();
        let values = vec![Cell::text(tenant), Cell::text(subject), limited(limit)];
        let rows = self.database().reader().await?.rows(sql, values).await?;
        rows.iter().map(|row| row.text(0)).collect()
    }
}

/// Whether no more messages of this key can be kept.
pub(crate) async fn full(
    link: &mut Link,
    tenant: &TenantId,
    subject: &str,
    key: &str,
) -> Result<Option<StoreError>, StoreError> {
    let sql = "select (select count(*) from (select 1 from kept_messages \
               where tenant = $1 and subject = $2 and key = $3 limit $4) of_key), \
               (select count(*) from (select 1 from kept_messages where tenant = $1 limit $5) of_authority)";
    let most = |limit: u64| Cell::Int(i64::try_from(limit).unwrap_or(i64::MAX));
    let values = vec![
        Cell::text(tenant),
        Cell::text(subject),
        Cell::text(key),
        most(MAX_KEPT_MESSAGES),
        most(MAX_KEPT_MESSAGES_OF_AUTHORITY),
    ];
    let Some(row) = link.row(sql, values).await? else { return Ok(None) };
    let reached = [
        (OF_KEY, row.count(0)?, MAX_KEPT_MESSAGES),
        ("kept_messages_of_authority", row.count(1)?, MAX_KEPT_MESSAGES_OF_AUTHORITY),
    ];
    let reached = reached.into_iter().find(|(_, size, limit)| size >= limit);
    Ok(reached.map(|(what, size, limit)| StoreError::TooLarge { what, size: size + 1, limit }))
}

impl Store {
    async fn kept(
        &self,
        link: &mut Link,
        tenant: &TenantId,
        id: Uuid,
    ) -> Result<Option<Arrival>, StoreError> {
        let sql = "select body from kept_messages where tenant = $1 and message_id = $2";
        let row = link.row(sql, vec![Cell::text(tenant), Cell::text(id)]).await?;
        match row {
            Some(row) => self.arrival(KEPT, tenant, &row.bytes(0)?).await.map(Some),
            None => Ok(None),
        }
    }

    pub(crate) async fn keep(
        &self,
        link: &mut Link,
        tenant: &TenantId,
        arrival: &Arrival,
    ) -> Result<(), StoreError> {
        let sql = "insert into kept_messages (tenant, message_id, subject, key, body, at) \
                   values ($1, $2, $3, $4, $5, $6) on conflict (tenant, message_id) do nothing";
        let sealing = self.key_of_tenant(link, tenant).await?;
        let values = vec![
            Cell::text(tenant),
            Cell::text(arrival.message_id),
            Cell::text(&arrival.subject),
            Cell::text(&arrival.key),
            body(&sealing, KEPT, tenant, arrival)?,
            Cell::instant(arrival.at),
        ];
        link.run(sql, values).await?;
        Ok(())
    }

    /// Gives kept messages of a key to whoever waits for it, the oldest first. One that cannot be read stays, and those behind
    /// it go all the same: whoever begins to wait must not fail by it. The tenant is locked.
    pub(crate) async fn hand_out_kept(
        &self,
        link: &mut Link,
        tenant: &TenantId,
        subject: &str,
        key: &str,
    ) -> Result<(), StoreError> {
        let mut after = [Cell::Int(i64::MIN), Cell::text("")];
        loop {
            let sql = "select body, at, message_id from kept_messages where tenant = $1 and subject = $2 and key = $3 \
                       and (at, message_id) > ($4, $5) order by at, message_id limit 1";
            let of_key = [Cell::text(tenant), Cell::text(subject), Cell::text(key)];
            let row = link.row(sql, of_key.into_iter().chain(after).collect()).await?;
            let Some(row) = row else { return Ok(()) };
            let id = row.text(2)?;
            after = [Cell::Int(row.int(1)?), Cell::text(&id)];
            let Some(case) = longest_waiting(link, tenant, subject, key).await? else { return Ok(()) };
            let read = self.keys().readable::<Arrival>(&Label::row(KEPT, tenant), &row.bytes(0)?).await?;
            let arrival = match read {
                // What an older program has kept may say otherwise.
                Ok(arrival) => Arrival { starts: None, ..arrival },
                Err(error) => {
                    tracing::error!(%tenant, message = id, %error, "a kept message cannot be read");
                    continue;
                }
            };
            self.insert_arrival(link, tenant, case, &arrival).await?;
            let sql = "delete from kept_messages where tenant = $1 and message_id = $2";
            link.run(sql, vec![Cell::text(tenant), Cell::text(arrival.message_id)]).await?;
        }
    }
}

//! What people and programs prove themselves with: passwords, sessions, tokens. Secrets are stored hashed only; making
//! and checking them is the caller's work.

use std::collections::BTreeSet;

use fachwerk_core::words::{PersonId, TenantId, Timestamp, TokenId};

use crate::{
    Store,
    error::StoreError,
    hash::Hash,
    lists::limited,
    statement::{Cell, Kind, Row},
};

/// A browser that is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The SHA-256 of the cookie.
    pub id_hash: Hash,
    /// The authority.
    pub tenant: TenantId,
    /// Who.
    pub person: PersonId,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was used last.
    pub last_seen_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// Whether the person has to change the password first. It belongs to the password: whoever keeps a session does not say it.
    pub provisional: bool,
}

/// The secret of an access token of a program. What the token may do stands in the stream of its authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenSecret {
    /// The SHA-256 of the whole token.
    pub hash: Hash,
    /// The authority.
    pub tenant: TenantId,
    /// The id of the token, by which the authority knows it.
    pub token: TokenId,
    /// When it was used last.
    pub last_used_at: Option<Timestamp>,
}

impl Store {
    /// Sets what a person's password is compared with (an Argon2 string), in place of an older one. `provisional`: somebody
    /// else gave it, so the person has to change it.
    pub async fn set_password_hash(
        &self,
        tenant: &TenantId,
        person: &PersonId,
        (password_hash, provisional): (&str, bool),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "insert into credentials (tenant, person, password_hash, changed_at, provisional) \
                   values ($1, $2, $3, $4, $5) \
                   on conflict (tenant, person) do update set password_hash = excluded.password_hash, \
                   changed_at = excluded.changed_at, provisional = excluded.provisional";
        let values = vec![
            Cell::text(tenant),
            Cell::text(person),
            Cell::text(password_hash),
            Cell::instant(now),
            Cell::Int(i64::from(provisional)),
        ];
        self.database().writer().await?.run(sql, values).await?;
        Ok(())
    }

    /// What a person's password is compared with.
    pub async fn password_hash(
        &self,
        tenant: &TenantId,
        person: &PersonId,
    ) -> Result<Option<String>, StoreError> {
        let sql = "select password_hash from credentials where tenant = $1 and person = $2";
        let row =
            self.database().reader().await?.row(sql, vec![Cell::text(tenant), Cell::text(person)]).await?;
        row.map(|row| row.text(0)).transpose()
    }

    /// Who has a password. The others work with tokens only, if at all.
    pub async fn people_with_password(&self, tenant: &TenantId) -> Result<BTreeSet<PersonId>, StoreError> {
        let sql = "select person from credentials where tenant = $1";
        let rows = self.database().reader().await?.rows(sql, vec![Cell::text(tenant)]).await?;
        rows.iter().map(|row| Ok(row.text(0)?.into())).collect()
    }

    /// Takes a person's password away. False when there was none.
    pub async fn delete_password(&self, tenant: &TenantId, person: &PersonId) -> Result<bool, StoreError> {
        let sql = "delete from credentials where tenant = $1 and person = $2";
        Ok(self.database().writer().await?.run(sql, vec![Cell::text(tenant), Cell::text(person)]).await? > 0)
    }

    /// Keeps a new session.
    pub async fn put_session(&self, session: &Session) -> Result<(), StoreError> {
        let sql = "insert into sessions (id_hash, tenant, person, created_at, last_seen_at, expires_at) \
                   values ($1, $2, $3, $4, $5, $6)";
        let values = vec![
            Cell::text(session.id_hash),
            Cell::text(&session.tenant),
            Cell::text(&session.person),
            Cell::instant(session.created_at),
            Cell::instant(session.last_seen_at),
            Cell::instant(session.expires_at),
        ];
        self.database().writer().await?.run(sql, values).await?;
        Ok(())
    }

    /// A session, expired or not.
    pub async fn session(&self, id_hash: &Hash) -> Result<Option<(Session, u64)>, StoreError> {
        let sql = "select s.tenant, s.person, s.created_at, s.last_seen_at, s.expires_at, \
                   coalesce(c.provisional, 0), coalesce(t.authority_version, 0) from sessions s \
                   left join tenants t on t.tenant = s.tenant \
                   left join credentials c on c.tenant = s.tenant and c.person = s.person where s.id_hash = $1";
        let row = self.database().reader().await?.row(sql, vec![Cell::text(id_hash)]).await?;
        row.map(|row| {
            let session = Session {
                id_hash: *id_hash,
                tenant: row.text(0)?.into(),
                person: row.text(1)?.into(),
                created_at: row.instant(2)?,
                last_seen_at: row.instant(3)?,
                expires_at: row.instant(4)?,
                provisional: row.int(5)? != 0,
            };
            Ok((session, row.count(6)?))
        })
        .transpose()
    }

    /// Notes that a session was used; the instant never runs backwards. False when there is no such session.
    pub async fn touch_session(&self, id_hash: &Hash, now: Timestamp) -> Result<bool, StoreError> {
        let sql = "update sessions set last_seen_at = case when last_seen_at > $2 then last_seen_at else $2 end \
                   where id_hash = $1";
        Ok(self.database().writer().await?.run(sql, vec![Cell::text(id_hash), Cell::instant(now)]).await? > 0)
    }

    /// Ends a session. False when there is no such session.
    pub async fn delete_session(&self, id_hash: &Hash) -> Result<bool, StoreError> {
        let sql = "delete from sessions where id_hash = $1";
        Ok(self.database().writer().await?.run(sql, vec![Cell::text(id_hash)]).await? > 0)
    }

    /// Ends all sessions of a person; how many there were.
    pub async fn delete_sessions_of(&self, tenant: &TenantId, person: &PersonId) -> Result<u64, StoreError> {
        let sql = "delete from sessions where tenant = $1 and person = $2";
        self.database().writer().await?.run(sql, vec![Cell::text(tenant), Cell::text(person)]).await
    }

    /// Removes sessions that have expired, and those not used since `unused_since`; how many there were.
    pub async fn delete_expired_sessions(
        &self,
        now: Timestamp,
        unused_since: Timestamp,
    ) -> Result<u64, StoreError> {
        let sql = "delete from sessions where expires_at <= $1 or last_seen_at <= $2";
        self.database().writer().await?.run(sql, vec![Cell::instant(now), Cell::instant(unused_since)]).await
    }

    /// Keeps the secret of a new token.
    pub async fn put_token(&self, secret: &TokenSecret) -> Result<(), StoreError> {
        let sql = "insert into token_secrets (hash, tenant, token, last_used_at) values ($1, $2, $3, $4)";
        let values = vec![
            Cell::text(secret.hash),
            Cell::text(&secret.tenant),
            Cell::text(&secret.token),
            secret.last_used_at.map_or(Cell::Null(Kind::Int), Cell::instant),
        ];
        self.database().writer().await?.run(sql, values).await?;
        Ok(())
    }

    /// Whose token has this hash, and the version of its authority.
    pub async fn token(&self, hash: &Hash) -> Result<Option<(TokenSecret, u64)>, StoreError> {
        let sql = "select s.hash, s.tenant, s.token, s.last_used_at, coalesce(t.authority_version, 0) from token_secrets s \
                   left join tenants t on t.tenant = s.tenant where s.hash = $1";
        let row = self.database().reader().await?.row(sql, vec![Cell::text(hash)]).await?;
        row.map(|row| Ok((token(&row)?, row.count(4)?))).transpose()
    }

    /// The secrets of an authority's tokens in the order of their ids, after one of them, at most `limit`.
    pub async fn tokens(
        &self,
        tenant: &TenantId,
        after: Option<&TokenId>,
        limit: u32,
    ) -> Result<Vec<TokenSecret>, StoreError> {
        let sql = "select hash, tenant, token, last_used_at from token_secrets \
                   where tenant = $1 and token > $2 order by token limit $3";
        let after = after.map(TokenId::as_str).unwrap_or_default();
        let values = vec![Cell::text(tenant), Cell::text(after), limited(limit)];
        self.database().reader().await?.rows(sql, values).await?.iter().map(token).collect()
    }

    /// Notes that a token was used; the instant never runs backwards. False when there is no such token.
    pub async fn touch_token(
        &self,
        tenant: &TenantId,
        token: &TokenId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "update token_secrets set last_used_at = case when last_used_at > $3 then last_used_at else $3 end \
                   where tenant = $1 and token = $2";
        let values = vec![Cell::text(tenant), Cell::text(token), Cell::instant(now)];
        Ok(self.database().writer().await?.run(sql, values).await? > 0)
    }

    /// Deletes the secret of a token. False when there is no such token.
    pub async fn delete_token(&self, tenant: &TenantId, token: &TokenId) -> Result<bool, StoreError> {
        let sql = "delete from token_secrets where tenant = $1 and token = $2";
        let values = vec![Cell::text(tenant), Cell::text(token)];
        Ok(self.database().writer().await?.run(sql, values).await? > 0)
    }
}

fn token(row: &Row) -> Result<TokenSecret, StoreError> {
    let last_used_at = match row.maybe_int(3)? {
        Some(_) => Some(row.instant(3)?),
        None => None,
    };
    Ok(TokenSecret {
        hash: row.parsed(0)?,
        tenant: row.text(1)?.into(),
        token: row.text(2)?.into(),
        last_used_at,
    })
}

//! What people and programs prove themselves with: passwords, sessions, tokens. Secrets are stored hashed only; making
//! and checking them is the caller's work.

use std::collections::BTreeSet;

use fachwerk_core::words::{PersonId, RoleId, TenantId, Timestamp};

use crate::{
    Store,
    error::StoreError,
    hash::Hash,
    lists::limited,
    statement::{Cell, Row},
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
}

/// An access token of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The SHA-256 of the token.
    pub hash: Hash,
    /// The authority.
    pub tenant: TenantId,
    /// In whose name.
    pub person: PersonId,
    /// What its owner calls it.
    pub name: String,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when; none: until it is deleted.
    pub expires_at: Option<Timestamp>,
    /// Only these of the person's roles; none: all.
    pub roles: Option<BTreeSet<RoleId>>,
}

impl Store {
    /// Sets what a person's password is compared with (an Argon2 string), in place of an older one.
    pub async fn set_password_hash(
        &self,
        tenant: &TenantId,
        person: &PersonId,
        password_hash: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "insert into credentials (tenant, person, password_hash, changed_at) values ($1, $2, $3, $4) \
                   on conflict (tenant, person) do update set password_hash = excluded.password_hash, \
                   changed_at = excluded.changed_at";
        let values =
            vec![Cell::text(tenant), Cell::text(person), Cell::text(password_hash), Cell::instant(now)];
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
    pub async fn session(&self, id_hash: &Hash) -> Result<Option<Session>, StoreError> {
        let sql =
            "select tenant, person, created_at, last_seen_at, expires_at from sessions where id_hash = $1";
        let row = self.database().reader().await?.row(sql, vec![Cell::text(id_hash)]).await?;
        row.map(|row| {
            Ok(Session {
                id_hash: *id_hash,
                tenant: row.text(0)?.into(),
                person: row.text(1)?.into(),
                created_at: row.instant(2)?,
                last_seen_at: row.instant(3)?,
                expires_at: row.instant(4)?,
            })
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

    /// Keeps a new token.
    pub async fn put_token(&self, token: &Token) -> Result<(), StoreError> {
        let roles = token.roles.as_ref().map(serde_json::to_string).transpose();
        let roles = roles.map_err(|error| StoreError::fault(format!("roles are no JSON: {error}")))?;
        let sql = "insert into tokens (hash, tenant, person, name, created_at, expires_at, roles) \
                   values ($1, $2, $3, $4, $5, $6, $7)";
        let values = vec![
            Cell::text(token.hash),
            Cell::text(&token.tenant),
            Cell::text(&token.person),
            Cell::text(&token.name),
            Cell::instant(token.created_at),
            token.expires_at.map_or(Cell::Null(crate::statement::Kind::Int), Cell::instant),
            Cell::maybe_text(roles),
        ];
        self.database().writer().await?.run(sql, values).await?;
        Ok(())
    }

    /// A token, expired or not.
    pub async fn token(&self, hash: &Hash) -> Result<Option<Token>, StoreError> {
        let sql =
            "select hash, tenant, person, name, created_at, expires_at, roles from tokens where hash = $1";
        let row = self.database().reader().await?.row(sql, vec![Cell::text(hash)]).await?;
        row.map(|row| token(&row)).transpose()
    }

    /// The tokens in the name of a person, after one of them, at most `limit`.
    pub async fn tokens_of(
        &self,
        tenant: &TenantId,
        person: &PersonId,
        after: Option<&Hash>,
        limit: u32,
    ) -> Result<Vec<Token>, StoreError> {
        let sql = "select hash, tenant, person, name, created_at, expires_at, roles from tokens \
                   where tenant = $1 and person = $2 and hash > $3 order by hash limit $4";
        let after = after.map(Hash::to_string).unwrap_or_default();
        let values = vec![Cell::text(tenant), Cell::text(person), Cell::text(after), limited(limit)];
        self.database().reader().await?.rows(sql, values).await?.iter().map(token).collect()
    }

    /// Deletes a token of a tenant. False when there is no such token.
    pub async fn delete_token(&self, tenant: &TenantId, hash: &Hash) -> Result<bool, StoreError> {
        let sql = "delete from tokens where tenant = $1 and hash = $2";
        Ok(self.database().writer().await?.run(sql, vec![Cell::text(tenant), Cell::text(hash)]).await? > 0)
    }
}

fn token(row: &Row) -> Result<Token, StoreError> {
    let roles = row.maybe_text(6)?.map(|roles| serde_json::from_str(&roles)).transpose();
    let expires_at = match row.maybe_int(5)? {
        Some(_) => Some(row.instant(5)?),
        None => None,
    };
    Ok(Token {
        hash: row.parsed(0)?,
        tenant: row.text(1)?.into(),
        person: row.text(2)?.into(),
        name: row.text(3)?,
        created_at: row.instant(4)?,
        expires_at,
        roles: roles.map_err(|error| StoreError::corrupt("the roles of a token", error))?,
    })
}

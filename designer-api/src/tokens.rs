//! Access tokens of programs: issued and revoked by administrators, shown once, recognised by their hash.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use fachwerk_core::{
    authority::{Authority, AuthorityCommand, IssuedToken, TokenGrant},
    words::{Date, PersonId, RoleId, TenantId, Timestamp, TokenId},
};
use fachwerk_store::{Hash, StoreError, TokenSecret};
use jiff::{SignedDuration, ToSpan};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body, limits,
    params::Params,
    person::{Authenticated, CommandId},
    problem::Problem,
    server::Server,
    shapes::{ActorName, Misfit, PersonName},
    visibility::Segments,
};

/// How every token begins, so that programs that look for leaked secrets know one.
const PREFIX: &str = "fachwerk";
/// The use of a token is noted at most so often.
const TOUCH_EVERY: SignedDuration = SignedDuration::from_secs(60);
/// Rows of secrets that are read at once.
const AT_ONCE: u32 = 200;

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(list_tokens, issue_token)).routes(routes!(revoke_token))
}

/// An access token of a program, without its secret.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct TokenEntry {
    /// Its id.
    id: String,
    /// How the token begins; the rest is secret.
    prefix: String,
    /// What people call it.
    name: String,
    /// In whose name it acts.
    person: PersonName,
    /// The roles that it carries; those that its person has lost meanwhile do not count.
    roles: Vec<String>,
    /// The last day on which it counts.
    #[schema(value_type = String, format = Date)]
    until: Date,
    /// Whether it counts today: its last day has not passed, and its person is active.
    valid: bool,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    issued_at: Timestamp,
    /// Who issued it.
    #[schema(value_type = String)]
    issued_by: Arc<str>,
    /// When it was used last, to the minute.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Timestamp>,
}

/// A token that is wanted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TokenRequest {
    /// In whose name it acts: a person, or a technical account, which is a person without a password.
    person: String,
    /// What people call it: 1 to 100 characters.
    name: String,
    /// Only these of the person's roles.
    roles: BTreeSet<String>,
    /// The last day on which it counts: from today on, at most a year ahead.
    #[schema(value_type = String, format = Date)]
    until: Date,
}

/// A new token, with its secret.
#[derive(Serialize, ToSchema)]
struct NewToken {
    /// For `Authorization: Bearer`. It is told this once; only its hash is kept.
    secret: String,
    /// What is known of it later.
    token: TokenEntry,
}

/// The access tokens
///
/// All that were not revoked, the newest first. For administrators.
#[utoipa::path(
    get, path = "/tokens", tag = "administration", operation_id = "listTokens",
    responses((status = 200, description = "The tokens, without their secrets.", body = Vec<TokenEntry>))
)]
async fn list_tokens(
    State(server): State<Server>,
    who: Authenticated,
    params: Params,
) -> Result<Json<Vec<TokenEntry>>, Problem> {
    params.finish()?;
    who.need_administrator()?;
    let used = server.last_uses(&who.tenant).await?;
    let today = server.work_day();
    let mut tokens: Vec<_> = who.authority.tokens.iter().collect();
    tokens.sort_by_key(|(_, token)| std::cmp::Reverse(token.at));
    let entry = |(id, token)| entry(&who.authority, id, token, used.get(id).copied(), today);
    Ok(Json(tokens.into_iter().map(entry).collect()))
}

/// Issue an access token
///
/// The answer is the only place where the secret is told. For administrators who are logged in; a program cannot give
/// itself further access.
#[utoipa::path(
    post, path = "/tokens", tag = "administration", operation_id = "issueToken",
    request_body = TokenRequest,
    responses((status = 200, description = "The token with its secret.", body = NewToken))
)]
async fn issue_token(
    State(server): State<Server>,
    who: Authenticated,
    CommandId(command_id): CommandId,
    body::Json(TokenRequest { person, name, roles, until }): body::Json<TokenRequest>,
) -> Result<Response, Problem> {
    who.need_administrator()?;
    who.need_session()?;
    let today = server.work_day();
    let misfits: Vec<Misfit> = flaw(until, today).into_iter().chain(no_role(&roles)).collect();
    if !misfits.is_empty() {
        return Err(Problem::values(misfits));
    }
    let (id, secret) = (TokenId::from(random(5)), random(32));
    let secret = format!("{}{secret}", prefix(&id));
    let stored = TokenSecret {
        hash: Hash::of(secret.as_bytes()),
        tenant: who.tenant.clone(),
        token: id.clone(),
        last_used_at: None,
    };
    // The secret first: a token that the authority knows must work. A secret without a token opens nothing.
    server.runtime().store().put_token(&stored).await?;
    let grant = TokenGrant {
        person: PersonId::from(person),
        name: name.trim().into(),
        roles: roles.into_iter().map(RoleId::from).collect(),
        until,
    };
    let changed =
        server.change(&who, command_id, AuthorityCommand::IssueToken { token: id.clone(), grant }).await;
    let issued = changed.and_then(|after| {
        let token = after.tokens.get(&id).ok_or_else(told_once)?;
        Ok(entry(&after, &id, token, None, today))
    });
    match issued {
        Ok(token) => {
            let private = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
            Ok((private, Json(NewToken { secret, token })).into_response())
        }
        Err(problem) => {
            server.runtime().store().delete_token(&who.tenant, &id).await?;
            Err(problem)
        }
    }
}

/// Revoke an access token
///
/// From then on it opens nothing.
#[utoipa::path(
    delete, path = "/tokens/{id}", tag = "administration", operation_id = "revokeToken",
    params(("id" = String, Path, description = "The id of the token.")),
    responses((status = 204, description = "It is revoked."))
)]
async fn revoke_token(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    CommandId(command_id): CommandId,
) -> Result<StatusCode, Problem> {
    who.need_administrator()?;
    let token = TokenId::from(id);
    server.change(&who, command_id, AuthorityCommand::RevokeToken { token: token.clone() }).await?;
    server.runtime().store().delete_token(&who.tenant, &token).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The request was repeated: the secret of the token that it made is not known any more.
fn told_once() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "TokenToldOnce",
        "Diese Anfrage hat schon einen Zugriffsschlüssel ausgestellt; er wird kein zweites Mal gezeigt. Widerrufen Sie ihn und stellen Sie einen neuen aus.",
        "This request has issued a token already; it is not told a second time. Revoke it and issue a new one.",
    )
}

/// A token without a role opens nothing; whoever asks for one has forgotten to choose.
fn no_role(roles: &BTreeSet<String>) -> Option<Misfit> {
    roles.is_empty().then(|| {
        Misfit::new(
            "/roles",
            "token_roles",
            "Wählen Sie mindestens eine Rolle; ohne Rolle kann der Zugriffsschlüssel nichts.",
            "Choose at least one role; without one the token can do nothing.",
        )
    })
}

fn flaw(until: Date, today: Date) -> Option<Misfit> {
    let last = today.saturating_add(limits::TOKEN_DAYS.days());
    (until < today || until > last).then(|| {
        Misfit::new(
            "/until",
            "token_days",
            "Der letzte Tag, an dem der Zugriffsschlüssel gilt („Gilt bis einschließlich“), liegt zwischen heute und heute in einem Jahr.",
            "The last day on which the token counts (\"valid until\") lies between today and a year from today.",
        )
    })
}

fn prefix(id: &TokenId) -> String {
    format!("{PREFIX}_{id}_")
}

fn random(bytes: usize) -> String {
    (0..bytes).map(|_| format!("{:02x}", rand::random::<u8>())).collect()
}

fn entry(
    authority: &Authority,
    id: &TokenId,
    IssuedToken { grant, at, by }: &IssuedToken,
    last_used_at: Option<Timestamp>,
    today: Date,
) -> TokenEntry {
    let active = authority.people.get(&grant.person).is_some_and(|person| person.active);
    TokenEntry {
        id: id.to_string(),
        prefix: prefix(id),
        name: grant.name.to_string(),
        person: PersonName::of(authority, &grant.person),
        roles: grant.roles.iter().map(ToString::to_string).collect(),
        until: grant.until,
        valid: active && grant.until >= today,
        issued_at: *at,
        issued_by: ActorName::of(authority, by).name,
        last_used_at,
    }
}

impl Server {
    /// Whether a token's last day is not over: by the clock of the server, as people chose it, also where that was moved.
    pub fn is_current(&self, issued: &IssuedToken) -> bool {
        issued.grant.until >= self.work_day()
    }

    /// When tokens were used last.
    async fn last_uses(&self, tenant: &TenantId) -> Result<BTreeMap<TokenId, Timestamp>, StoreError> {
        let mut used = BTreeMap::new();
        let mut after: Option<TokenId> = None;
        loop {
            let page = self.runtime().store().tokens(tenant, after.as_ref(), AT_ONCE).await?;
            after = page.last().map(|last| last.token.clone());
            used.extend(page.into_iter().filter_map(|secret| Some((secret.token, secret.last_used_at?))));
            if after.is_none() {
                return Ok(used);
            }
        }
    }

    /// Whom a token speaks for, as long as it counts.
    pub async fn by_token(&self, token: &str) -> Result<Authenticated, Problem> {
        let store = self.runtime().store();
        let known = store.token(&Hash::of(token.as_bytes())).await?;
        let (secret, version) = known.ok_or_else(Problem::not_logged_in)?;
        let authority = self.runtime().authority_since(&secret.tenant, version).await?;
        let authority = authority.ok_or_else(Problem::not_logged_in)?;
        let issued = authority.tokens.get(&secret.token).filter(|issued| self.is_current(issued));
        let TokenGrant { person, roles, .. } = issued.ok_or_else(Problem::not_logged_in)?.grant.clone();
        let who = self.authenticated(secret.tenant, authority, person, Some(roles))?;
        let who = Authenticated { token: Some(secret.token.clone()), ..who };
        let now = self.runtime().clock().now();
        if secret.last_used_at.is_none_or(|used| now.duration_since(used) >= TOUCH_EVERY) {
            store.touch_token(&who.tenant, &secret.token, now).await?;
        }
        Ok(who)
    }
}

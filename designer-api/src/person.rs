//! Who asks: found by the cookie of a browser or the token of a program, before any handler runs.

use std::{
    collections::BTreeSet,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
};
use fachwerk_core::{
    authority::{ADMINISTRATOR, Authority, DESIGNER},
    facts::Actor,
    words::{PersonId, RoleId, TenantId, TokenId},
};
use fachwerk_store::{Hash, Session, StoreError};
use jiff::SignedDuration;
use uuid::Uuid;

use crate::{limits, problem::Problem, server::Server};

/// The name of the cookie.
pub const COOKIE: &str = "fachwerk_session";
/// A page of another origin cannot send this header; so a request that brings it was made by our own.
const CSRF_HEADER: &str = "x-fachwerk";
/// A session is marked as used at most so often.
const TOUCH_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// Somebody who has proven who they are.
#[derive(Clone, Debug)]
pub struct Authenticated {
    /// Their authority.
    pub tenant: TenantId,
    /// Who.
    pub person: PersonId,
    /// Their authority as it is now.
    pub authority: Arc<Authority>,
    /// The roles that count for this request: the person's, or fewer when a token says so.
    pub roles: Arc<BTreeSet<RoleId>>,
    /// The session of the browser; none for a program with a token.
    pub session: Option<Hash>,
    /// The token of a program.
    pub token: Option<TokenId>,
    /// Whether somebody else gave the password that the session was opened with.
    pub provisional: bool,
}

/// Somebody who has proven who they are, perhaps with a password that they have to change first.
#[derive(Clone, Debug)]
pub struct Newcomer(pub Authenticated);

impl Authenticated {
    /// As commands name them.
    pub fn actor(&self) -> Actor {
        Actor::Person(self.person.clone())
    }

    pub fn is_administrator(&self) -> bool {
        self.roles.contains(ADMINISTRATOR)
    }

    /// Whether they may check and deploy processes.
    pub fn may_design(&self) -> bool {
        self.is_administrator() || self.roles.contains(DESIGNER)
    }

    pub fn need_administrator(&self) -> Result<(), Problem> {
        if self.is_administrator() { Ok(()) } else { Err(Problem::not_allowed()) }
    }

    /// What a program must not do in a person's name.
    pub fn need_session(&self) -> Result<(), Problem> {
        let problem = || {
            Problem::new(
                StatusCode::FORBIDDEN,
                "SessionNeeded",
                "Das geht nur angemeldet im Browser, nicht mit einem Zugriffsschlüssel.",
                "This needs somebody who is logged in; a token is not enough.",
            )
        };
        self.session.map(|_| ()).ok_or_else(problem)
    }

    pub fn need_designer(&self) -> Result<(), Problem> {
        if self.may_design() { Ok(()) } else { Err(Problem::not_allowed()) }
    }
}

impl FromRequestParts<Server> for Authenticated {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Authenticated, Problem> {
        let Newcomer(who) = Newcomer::from_request_parts(parts, server).await?;
        if who.provisional {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "PasswordChangeNeeded",
                "Ihr Passwort hat jemand anderes vergeben. Bitte ändern Sie es zuerst.",
                "Somebody else gave your password. Please change it first.",
            ));
        }
        Ok(who)
    }
}

impl FromRequestParts<Server> for Newcomer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Newcomer, Problem> {
        if let Some(token) = bearer(&parts.headers) {
            return server.by_token(token).await.map(Newcomer);
        }
        let cookie = cookie(&parts.headers).ok_or_else(Problem::not_logged_in)?;
        let changes = !matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
        if changes && !parts.headers.contains_key(CSRF_HEADER) {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "HeaderMissing",
                "Der Anfrage fehlt der Kopf „X-Fachwerk: 1“, der vor untergeschobenen Anfragen schützt.",
                "The request lacks the header `X-Fachwerk: 1`, which protects against forged requests.",
            ));
        }
        let known = server.session(&Hash::of(cookie.as_bytes())).await?;
        let (session, version) = known.ok_or_else(Problem::not_logged_in)?;
        let authority = server.runtime().authority_since(&session.tenant, version).await?;
        let authority = authority.ok_or_else(Problem::not_logged_in)?;
        let who = server.authenticated(session.tenant, authority, session.person, None)?;
        Ok(Newcomer(Authenticated {
            provisional: session.provisional,
            session: Some(session.id_hash),
            ..who
        }))
    }
}

impl Server {
    /// A session that still counts, and the version of its authority. It is marked as used.
    pub async fn session(&self, id_hash: &Hash) -> Result<Option<(Session, u64)>, Problem> {
        let store = self.runtime().store();
        let Some((session, version)) = store.session(id_hash).await? else { return Ok(None) };
        let now = self.options().clock.now();
        let idle = now.duration_since(session.last_seen_at);
        if self.is_over(&session) {
            store.delete_session(id_hash).await?;
            return Ok(None);
        }
        if idle >= TOUCH_EVERY {
            store.touch_session(id_hash, now).await?;
        }
        Ok(Some((session, version)))
    }

    fn is_over(&self, session: &Session) -> bool {
        let now = self.options().clock.now();
        let idle = now.duration_since(session.last_seen_at);
        session.expires_at <= now || idle >= SignedDuration::from_mins(limits::SESSION_IDLE_MINUTES)
    }

    /// Whether what somebody has proven themselves with still counts, and they still are active. It is only looked at:
    /// that does not mark a session as used.
    pub async fn still_counts(&self, who: &Authenticated) -> Result<bool, StoreError> {
        let Some(authority) = self.runtime().authority(&who.tenant).await? else { return Ok(false) };
        if !authority.people.get(&who.person).is_some_and(|person| person.active) {
            return Ok(false);
        }
        if let Some(token) = &who.token {
            return Ok(authority.tokens.get(token).is_some_and(|issued| self.is_current(issued)));
        }
        let Some(session) = &who.session else { return Ok(false) };
        let session = self.runtime().store().session(session).await?;
        Ok(session.is_some_and(|(session, _)| !self.is_over(&session)))
    }

    /// Somebody who is active at their authority, with all their roles or only some.
    pub fn authenticated(
        &self,
        tenant: TenantId,
        authority: Arc<Authority>,
        person: PersonId,
        only: Option<BTreeSet<RoleId>>,
    ) -> Result<Authenticated, Problem> {
        let known =
            authority.people.get(&person).filter(|known| known.active).ok_or_else(Problem::not_logged_in)?;
        let roles = match only {
            None => authority.roles_on(&person, self.work_day()),
            // A program works with what its token says, for nobody else.
            Some(only) => Arc::new(known.roles.intersection(&only).cloned().collect()),
        };
        Ok(Authenticated { tenant, person, roles, session: None, token: None, provisional: false, authority })
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// The cookie of our session, when the browser sent one.
pub fn cookie(headers: &HeaderMap) -> Option<&str> {
    let pairs = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = pairs.flat_map(|pairs| pairs.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}

/// The id of the command that a request makes: the header `Idempotency-Key`, or a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandId(pub Uuid);

impl<S: Sync> FromRequestParts<S> for CommandId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<CommandId, Problem> {
        let Some(key) = parts.headers.get("idempotency-key") else { return Ok(CommandId(Uuid::now_v7())) };
        let id = key.to_str().ok().and_then(|key| key.trim().parse::<Uuid>().ok()).filter(|id| !id.is_nil());
        id.map(CommandId).ok_or_else(|| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "IdempotencyKeyInvalid",
                "Der Kopf „Idempotency-Key“ muss eine UUID sein.",
                "The header `Idempotency-Key` must be a UUID.",
            )
        })
    }
}

/// The address that a request came from; unknown when there is no connection (in tests).
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub Option<IpAddr>);

impl<S: Sync> FromRequestParts<S> for Peer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Peer, Self::Rejection> {
        let address =
            parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
        Ok(Peer(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cookies: &[&str], expected: Option<&str>) {
        let mut headers = HeaderMap::new();
        for value in cookies {
            headers.append(header::COOKIE, value.parse().unwrap());
        }
        assert_eq!(cookie(&headers), expected, "{cookies:?}");
    }

    #[test]
    fn our_cookie_is_found_among_others() {
        check(&[], None);
        check(&["a=b"], None);
        check(&["fachwerk_session=abc"], Some("abc"));
        check(&["a=b; fachwerk_session=abc; c=d"], Some("abc"));
        check(&["a=b", "fachwerk_session=abc"], Some("abc"));
        check(&["x_fachwerk_session=abc"], None);
    }
}

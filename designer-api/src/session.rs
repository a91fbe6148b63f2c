//! Logging in and out.

use std::net::IpAddr;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use fachwerk_core::words::{Land, PersonId, TenantId, Timestamp};
use fachwerk_store::{Hash, Session as StoredSession};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body,
    halts::Halted,
    limits,
    params::Params,
    passwords::flaw,
    people::Person,
    person::{Authenticated, COOKIE, Newcomer, Peer, cookie},
    problem::Problem,
    server::Server,
    shapes::{Misfit, Text},
    substitutions::{SubstitutionEntry, entries},
    throttle::person_key,
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(show_session, log_in, log_out))
        .routes(routes!(change_password))
        .routes(routes!(list_tenants))
}

/// Who logs in where.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Login {
    /// The authority.
    tenant: String,
    /// The name that the person logs in with.
    person: String,
    /// The password.
    password: String,
}

/// Somebody who is logged in.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct Session {
    /// The authority.
    tenant: TenantTitle,
    /// Who.
    person: Person,
    /// The time of the server; in a demo it can be moved.
    #[schema(value_type = String, format = DateTime)]
    now: Timestamp,
    /// Whether this is a demo.
    demo: bool,
    /// What the person may do.
    permissions: Permissions,
    /// When the timers and effects of the authority rest.
    halted: Option<Halted>,
    /// The substitutions that the person takes part in today.
    substitutions: Vec<SubstitutionEntry>,
    /// Whether somebody else gave the person's password. Until they have changed it, everything but this, the change and logging
    /// out answers 403 with the code `PasswordChangeNeeded`.
    must_change_password: bool,
}

/// An authority.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct TenantTitle {
    /// Its id.
    id: String,
    /// What people read.
    title: Text,
    /// The Land that it acts in, for example `ST`.
    land: String,
}

/// What a person may do besides working tasks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
struct Permissions {
    /// The processes whose cases they may begin.
    start: Vec<String>,
    /// Check and deploy processes.
    deploy: bool,
    /// Change people, blocks and settings.
    administer: bool,
    /// See the statistics of some process.
    statistics: bool,
    /// Work on the incoming post.
    incoming: bool,
}

/// The name of an authority, for logging in.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct TenantName {
    /// Its id.
    id: String,
    /// What people read.
    title: Text,
}

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    /// The password so far.
    old: String,
    /// The new one: 12 to 200 characters.
    new: String,
}

/// Who is logged in
#[utoipa::path(
    get, path = "/session", tag = "session", operation_id = "showSession",
    responses((status = 200, description = "The session.", body = Session))
)]
async fn show_session(
    State(server): State<Server>,
    Newcomer(who): Newcomer,
    params: Params,
) -> Result<Json<Session>, Problem> {
    params.finish()?;
    server.describe(&who).await.map(Json)
}

/// Log in
///
/// Sets the cookie `fachwerk_session`. After too many failures one has to wait.
#[utoipa::path(
    post, path = "/session", tag = "session", operation_id = "logIn", security(),
    request_body = Login,
    responses((status = 200, description = "Logged in.", body = Session))
)]
async fn log_in(
    State(server): State<Server>,
    Peer(peer): Peer,
    headers: HeaderMap,
    body::Json(Login { tenant, person, password }): body::Json<Login>,
) -> Result<Response, Problem> {
    let (tenant, person) = (TenantId::from(tenant), PersonId::from(person));
    let attempt = Attempt::begin(&server, &tenant, &person, peer)?;
    let authority = server.runtime().authority(&tenant).await?;
    let active = authority
        .as_ref()
        .and_then(|authority| authority.people.get(&person))
        .is_some_and(|known| known.active);
    let stored = server.runtime().store().password_hash(&tenant, &person).await?;
    let right = server.passwords().is_right(stored, password).await?;
    let (true, true, Some(authority)) = (right, active, authority) else {
        server.metrics().login_failed();
        return Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "LoginFailed",
            "Behörde, Anmeldename oder Passwort stimmen nicht.",
            "Authority, login name or password are not right.",
        ));
    };
    attempt.succeeded();
    // Whoever logs in gets a new session; the one of before, if there was one, is worth nothing any more.
    if let Some(old) = cookie(&headers) {
        server.runtime().store().delete_session(&Hash::of(old.as_bytes())).await?;
    }
    server.sweep().await?;
    let (set, id_hash) = server.open_session(&tenant, &person).await?;
    let roles = authority.people.get(&person).map(|known| known.roles.clone()).unwrap_or_default();
    let provisional = server.session(&id_hash).await?.is_some_and(|(session, _)| session.provisional);
    let session = Some(id_hash);
    let who = Authenticated { tenant, person, authority, roles, session, token: None, provisional };
    let session = server.describe(&who).await?;
    Ok(([(header::SET_COOKIE, set)], Json(session)).into_response())
}

/// Log out
#[utoipa::path(
    delete, path = "/session", tag = "session", operation_id = "logOut",
    responses((status = 204, description = "Logged out."))
)]
async fn log_out(State(server): State<Server>, Newcomer(who): Newcomer) -> Result<Response, Problem> {
    if let Some(session) = who.session {
        server.runtime().store().delete_session(&session).await?;
    }
    let gone = set_cookie("", 0, server.options().secure_cookies)?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, gone)]).into_response())
}

/// Change the password
///
/// All sessions of the person end; this one goes on with a new cookie.
#[utoipa::path(
    post, path = "/session/password", tag = "session", operation_id = "changePassword",
    request_body = NewPassword,
    responses((status = 204, description = "It is changed."))
)]
async fn change_password(
    State(server): State<Server>,
    Newcomer(who): Newcomer,
    Peer(peer): Peer,
    body::Json(NewPassword { old, new }): body::Json<NewPassword>,
) -> Result<Response, Problem> {
    let Authenticated { tenant, person, .. } = &who;
    if let Some(misfit) = flaw("/new", &new, person.as_str(), server.options().demo) {
        return Err(Problem::values(vec![misfit]));
    }
    let attempt = Attempt::begin(&server, tenant, person, peer)?;
    let stored = server.runtime().store().password_hash(tenant, person).await?;
    let same = old == new;
    if !server.passwords().is_right(stored, old).await? {
        let misfit = Misfit::new(
            "/old",
            "wrong",
            "Das bisherige Passwort stimmt nicht.",
            "The present password is not right.",
        );
        return Err(Problem::values(vec![misfit]));
    }
    attempt.succeeded();
    if same {
        let misfit = Misfit::new(
            "/new",
            "password_same",
            "Das neue Passwort muss ein anderes sein als das bisherige.",
            "The new password must be another one than the present one.",
        );
        return Err(Problem::values(vec![misfit]));
    }
    server.set_password(tenant, person, (new, false)).await?;
    if who.session.is_none() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let (set, _) = server.open_session(tenant, person).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, set)]).into_response())
}

/// The authorities
///
/// For the page on which people log in; only in a demo, or when there is but one.
#[utoipa::path(
    get, path = "/tenants", tag = "session", operation_id = "listTenants", security(),
    responses((status = 200, description = "Their names.", body = Vec<TenantName>))
)]
async fn list_tenants(
    State(server): State<Server>,
    params: Params,
) -> Result<Json<Vec<TenantName>>, Problem> {
    params.finish()?;
    let most = if server.options().demo { 100 } else { 2 };
    let tenants = server.runtime().store().tenants(None, most).await?;
    if tenants.len() > 1 && !server.options().demo {
        return Ok(Json(Vec::new()));
    }
    let mut names = Vec::with_capacity(tenants.len());
    for id in tenants {
        if let Some(authority) = server.runtime().authority(&id).await? {
            names.push(TenantName { id: id.to_string(), title: (&authority.profile.name).into() });
        }
    }
    Ok(Json(names))
}

/// An attempt to prove oneself by password. It counts as failed until it has succeeded.
struct Attempt<'s> {
    server: &'s Server,
    keys: [String; 2],
}

impl<'s> Attempt<'s> {
    fn begin(
        server: &'s Server,
        tenant: &TenantId,
        person: &PersonId,
        peer: Option<IpAddr>,
    ) -> Result<Attempt<'s>, Problem> {
        let now = server.options().clock.now();
        // The address first: one that is locked out makes no counters of persons.
        let keys = [format!("address {}", network(peer)), person_key(tenant, person)];
        let most = [limits::LOGIN_FAILURES_ADDRESS, limits::LOGIN_FAILURES_PERSON];
        let names = ["login_failures_address", "login_failures_person"];
        for place in 0..keys.len() {
            if let Err(seconds) = server.throttle().take(&keys[place], most[place], now) {
                // What was taken before this one was no attempt.
                keys[..place].iter().for_each(|key| server.throttle().give_back(key));
                let minutes = seconds.div_euclid(60) + 1;
                let problem = Problem::new(
                    StatusCode::TOO_MANY_REQUESTS,
                    "TooManyRequests",
                    format!(
                        "Zu viele Fehlversuche. Bitte versuchen Sie es in {minutes} Minuten noch einmal."
                    ),
                    format!("Too many failed attempts. Please try again in {minutes} minutes."),
                );
                return Err(problem.with_limit(names[place]).retry_after(seconds));
            }
        }
        Ok(Attempt { server, keys })
    }

    fn succeeded(self) {
        self.keys.iter().for_each(|key| self.server.throttle().give_back(key));
    }
}

/// Whoever has one address of IPv6 has a whole network of them.
fn network(peer: Option<IpAddr>) -> String {
    match peer {
        Some(IpAddr::V6(address)) if address.to_ipv4_mapped().is_none() => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Some(address) => address.to_canonical().to_string(),
        None => "unknown".into(),
    }
}

fn set_cookie(value: &str, seconds: i64, secure: bool) -> Result<HeaderValue, Problem> {
    let secure = if secure { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}");
    cookie.parse().map_err(Problem::fault)
}

impl Server {
    async fn describe(&self, who: &Authenticated) -> Result<Session, Problem> {
        let Authenticated { tenant, person, authority, .. } = who;
        let today = self.work_day();
        let taking_part = self.processes_of(who).await?;
        let start = taking_part.iter().filter(|process| authority.current.contains_key(*process));
        Ok(Session {
            tenant: TenantTitle {
                id: tenant.to_string(),
                title: (&authority.profile.name).into(),
                land: authority.profile.place.as_ref().map_or("", |place| Land::code(place.land)).into(),
            },
            person: Person::of(authority, person),
            now: self.runtime().clock().now(),
            demo: self.options().demo,
            halted: self.halted(who).await?,
            substitutions: entries(authority, today, |it| it.is_on(today) && it.takes_part(person)),
            must_change_password: who.provisional,
            permissions: Permissions {
                start: start.map(ToString::to_string).collect(),
                deploy: who.may_design(),
                administer: who.is_administrator(),
                statistics: !self.led_by(who).await.is_empty(),
                incoming: !self.items_of(who).await?.is_empty(),
            },
        })
    }

    /// Begins a session: 256 random bits, of which only the hash is kept.
    async fn open_session(
        &self,
        tenant: &TenantId,
        person: &PersonId,
    ) -> Result<(HeaderValue, Hash), Problem> {
        let secret: [u8; 32] = rand::random();
        let secret: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        let id_hash = Hash::of(secret.as_bytes());
        let now = self.options().clock.now();
        let lifetime = SignedDuration::from_hours(limits::SESSION_HOURS);
        let session = StoredSession {
            id_hash,
            tenant: tenant.clone(),
            person: person.clone(),
            created_at: now,
            last_seen_at: now,
            expires_at: now.checked_add(lifetime).unwrap_or(Timestamp::MAX),
            provisional: false,
        };
        self.runtime().store().put_session(&session).await?;
        Ok((set_cookie(&secret, lifetime.as_secs(), self.options().secure_cookies)?, id_hash))
    }

    /// Removes sessions that are over.
    async fn sweep(&self) -> Result<(), Problem> {
        let now = self.options().clock.now();
        let idle = SignedDuration::from_mins(limits::SESSION_IDLE_MINUTES);
        let unused_since = now.checked_sub(idle).unwrap_or(Timestamp::MIN);
        self.runtime().store().delete_expired_sessions(now, unused_since).await?;
        Ok(())
    }

    /// Sets a password, and ends all sessions that the old one had opened. `provisional`: the person has to change it.
    pub async fn set_password(
        &self,
        tenant: &TenantId,
        person: &PersonId,
        (password, provisional): (String, bool),
    ) -> Result<(), Problem> {
        let hash = self.passwords().hash(password).await?;
        let now = self.options().clock.now();
        self.runtime().store().set_password_hash(tenant, person, (&hash, provisional), now).await?;
        self.runtime().store().delete_sessions_of(tenant, person).await?;
        Ok(())
    }
}

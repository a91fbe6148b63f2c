//! The interface of Fachwerk: `/api/v1` with its OpenAPI document, sessions, and the browser application.
//!
//! [`router`] makes the routes, [`serve`] runs them until told to stop, [`openapi`] is the document that the browser's
//! client is generated from. One module a resource; the extractors [`person::Authenticated`], [`body::Json`] and
//! [`params::Params`] stand before every handler.
//!
//! **Architecture invariant.** This is the only crate that knows HTTP, sessions and JSON shapes, and it knows nothing
//! else: every change goes through `fachwerk-runtime`, every right to do something is decided in the core; here it is
//! only decided what is shown. The tenant comes from the session, never from the request. There is no SQL, no clock but
//! the runtime's, and no address that answers without a limit on size, time and number.

mod act_actions;
mod ahead;
mod audit;
mod blocks;
mod body;
mod case_actions;
mod case_acts;
mod case_detail;
mod case_shapes;
mod cases;
mod channels;
mod corrections;
mod coverage;
mod deadline_changes;
mod demo;
mod deployment;
mod document;
mod document_choices;
mod documents;
mod doors;
mod ended_deadlines;
mod erasures;
mod errands;
mod events;
mod fictions;
mod findings;
mod fixes;
mod given_back;
mod halts;
mod hands;
mod health;
mod incoming;
mod incoming_actions;
mod item_assignment;
mod journal;
mod keeping;
mod kept_messages;
mod language;
mod law;
mod law_index;
mod limits;
mod metrics;
mod narration;
mod nodes;
mod outline;
mod packages;
mod paging;
mod params;
mod passwords;
mod people;
mod person;
mod policy;
mod previews;
mod printing;
mod problem;
mod processes;
mod profile;
mod proof;
mod registers;
mod reinstatements;
mod relations;
mod release_source;
mod run_doubles;
mod run_shapes;
mod runs;
mod server;
mod session;
mod shapes;
mod sorting;
mod statistics;
mod substitutions;
mod task_actions;
mod task_detail;
mod tasks;
#[cfg(test)]
mod test_material;
mod throttle;
mod tokens;
mod told_apart;
mod value_text;
mod visibility;
mod web;
mod wording;

use std::{io, net::SocketAddr, sync::Arc};

use axum::{Router, routing::get};
use fachwerk_core::{
    event::EffectError,
    language::Folder,
    scenario::Made,
    words::{PersonId, TenantId, Value},
};
use fachwerk_runtime::{Previewer, Runtime, clock::Clock};
use tokio::net::TcpListener;
use utoipa_axum::router::OpenApiRouter;

pub use people::role_titles;
pub use printing::Printer;
use server::Server;
pub use web::{Assets, built_in_assets};

/// Where the addresses of the OpenAPI document begin.
pub const BASE: &str = "/api/v1";

/// What connectors do while scenarios are played: the name of the connector, and the request.
pub type Simulated = fn(&str, &Value) -> Result<Made, EffectError>;

/// Told that the clock of a demo was moved.
pub type ClockMoved = Arc<dyn Fn(&Clock) -> io::Result<()> + Send + Sync>;

/// What the interface is made of.
#[derive(Clone)]
pub struct Api {
    /// The engine.
    pub runtime: Runtime,
    /// How it is served.
    pub options: Options,
}

/// How the interface is served.
#[derive(Clone)]
pub struct Options {
    /// Whether this is a demo: the clock can be moved, authorities are named before login, short passwords are taken.
    pub demo: bool,
    /// Called before anything happens at a time to which the clock of a demo was moved, so that it can be kept.
    pub clock_moved: ClockMoved,
    /// Whether the session cookie is sent over TLS only.
    pub secure_cookies: bool,
    /// Examples that are offered for checking and deploying.
    pub drafts: Vec<Folder>,
    /// What connectors do while scenarios are played.
    pub simulated: Simulated,
    /// What connectors would make, for previews.
    pub previewer: Previewer,
    /// How letters are put together for a printer.
    pub printer: Printer,
    /// The files of the browser application.
    pub assets: Assets,
    /// The clock that sessions and failed logins are measured by. Not the runtime's in a demo: moving that one by a
    /// month must not log everybody out.
    pub clock: Clock,
}

impl Options {
    /// As a server begins: no demo, cookies over TLS only, the browser application that was built in. No connector says
    /// what it would make.
    pub fn new(simulated: Simulated) -> Options {
        Options {
            demo: false,
            clock_moved: Arc::new(|_| Ok(())),
            secure_cookies: true,
            drafts: Vec::new(),
            simulated,
            previewer: |_, _| None,
            printer: |documents| Ok(documents.into_iter().flat_map(|(_, bytes)| bytes).collect()),
            assets: built_in_assets,
            clock: Clock::system(),
        }
    }
}

/// All addresses: `/api/v1`, `/healthz`, `/metrics` and the browser application.
pub fn router(api: Api) -> Router {
    routes(Server::new(api))
}

/// The OpenAPI document of `/api/v1` as JSON, pretty, in a stable order.
pub fn openapi() -> String {
    document::text().to_owned()
}

/// Answers requests until `shutdown` comes; then event streams end, and what is under way is finished.
pub async fn serve(
    listener: TcpListener,
    api: Api,
    shutdown: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    let server = Server::new(api);
    let mut stopping = server.stopping();
    let service = routes(server.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let told = async move {
        // An error means that the server is gone, which is as good.
        let _ = stopping.wait_for(|stop| *stop).await;
    };
    let serving = tokio::spawn(axum::serve(listener, service).with_graceful_shutdown(told).into_future());
    shutdown.await;
    server.stop();
    match tokio::time::timeout(limits::SHUTDOWN_GRACE, serving).await {
        Ok(ended) => ended.map_err(io::Error::other)?,
        Err(_) => {
            tracing::warn!("some connections did not end in time and are cut");
            Ok(())
        }
    }
}

/// Sets a person's password without asking for rules; for setting up an installation. All sessions of the person end.
pub async fn set_password(
    api: &Api,
    tenant: &TenantId,
    person: &PersonId,
    password: &str,
) -> Result<(), fachwerk_core::words::Text> {
    let set = Server::new(api.clone()).set_password(tenant, person, (password.to_owned(), false)).await;
    set.map_err(|problem| problem.text())
}

/// What is wrong with a new password of a person, by the rules for everybody.
pub fn flaw_of_password(password: &str, person: &str) -> Option<fachwerk_core::words::Text> {
    let flaw = passwords::flaw("", password, person, false)?;
    Some(fachwerk_core::words::Text::new(&*flaw.message.de, &*flaw.message.en))
}

/// Whether a person can log in with this password.
pub async fn is_password(
    api: &Api,
    tenant: &TenantId,
    person: &PersonId,
    password: &str,
) -> Result<bool, fachwerk_core::words::Text> {
    let server = Server::new(api.clone());
    let is_right = async {
        let stored = api.runtime.store().password_hash(tenant, person).await?;
        server.passwords().is_right(stored, password.to_owned()).await
    };
    is_right.await.map_err(|problem: problem::Problem| problem.text())
}

fn routes(server: Server) -> Router {
    let (api, _) = api_routes().split_for_parts();
    let api = api.route("/openapi.json", get(doors::openapi)).fallback(doors::nothing_here);
    let all = Router::new()
        .nest(BASE, api)
        .route("/healthz", get(health::healthz))
        .route("/metrics", get(health::metrics))
        .fallback(web::page)
        .method_not_allowed_fallback(doors::not_so)
        .with_state(server.clone());
    doors::guard(all, server)
}

fn api_routes() -> OpenApiRouter<Server> {
    OpenApiRouter::with_openapi(document::beginning())
        .merge(session::routes())
        .merge(tasks::routes())
        .merge(task_detail::routes())
        .merge(task_actions::routes())
        .merge(cases::routes())
        .merge(case_detail::routes())
        .merge(case_actions::routes())
        .merge(corrections::routes())
        .merge(errands::routes())
        .merge(deadline_changes::routes())
        .merge(fictions::routes())
        .merge(reinstatements::routes())
        .merge(act_actions::routes())
        .merge(documents::routes())
        .merge(incoming::routes())
        .merge(incoming_actions::routes())
        .merge(item_assignment::routes())
        .merge(given_back::routes())
        .merge(ended_deadlines::routes())
        .merge(journal::routes())
        .merge(registers::routes())
        .merge(printing::routes())
        .merge(statistics::routes())
        .merge(kept_messages::routes())
        .merge(relations::routes())
        .merge(processes::routes())
        .merge(coverage::routes())
        .merge(deployment::routes())
        .merge(findings::routes())
        .merge(blocks::routes())
        .merge(packages::routes())
        .merge(people::routes())
        .merge(substitutions::routes())
        .merge(erasures::routes())
        .merge(keeping::routes())
        .merge(runs::routes())
        .merge(policy::routes())
        .merge(law::routes())
        .merge(law_index::routes())
        .merge(profile::routes())
        .merge(nodes::routes())
        .merge(halts::routes())
        .merge(tokens::routes())
        .merge(audit::routes())
        .merge(events::routes())
        .merge(demo::routes())
}

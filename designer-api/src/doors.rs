//! What every request passes on its way in and out: limits, time, panics, headers, problems in the right language.

use std::any::Any;

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    document, limits,
    problem::{self, Problem},
    server::Server,
};

/// The browser application needs its own scripts, its own styles and those that the editor writes, pictures in place,
/// workers for the layout of graphs, and frames for letters that it shows before they are made; nobody may put it into one.
const POLICY: &str = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; \
    worker-src 'self' blob:; frame-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// Headers of every answer that does not say otherwise.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    // What the interface answers is nobody else's business, and old tomorrow.
    (header::CACHE_CONTROL, "no-store"),
];

/// Puts the doors before all routes; the outermost comes last.
pub fn guard(routes: Router, server: Server) -> Router {
    routes
        .layer(from_fn_with_state(server.clone(), in_time))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(server, counted))
        .layer(from_fn(problem::told))
        .layer(from_fn(headers))
}

/// A place for each request, and an end to its time.
async fn in_time(State(server): State<Server>, request: Request, next: Next) -> Response {
    let Some(_place) = server.place_for_request() else {
        return Problem::busy("concurrent_requests").into_response();
    };
    match tokio::time::timeout(limits::REQUEST_TIME, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "RequestTimeout",
            "Das hat zu lange gedauert (Grenze „request_time“). Bitte prüfen Sie vor einer Wiederholung den Stand.",
            "That took too long (limit `request_time`). Please look at how things stand before you repeat it.",
        )
        .with_limit("request_time")
        .into_response(),
    }
}

async fn counted(State(server): State<Server>, request: Request, next: Next) -> Response {
    let clock = &server.options().clock;
    let began = clock.now();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = next.run(request).await;
    let took_us = u64::try_from(clock.now().duration_since(began).as_micros()).unwrap_or(0);
    server.metrics().answered(response.status(), took_us);
    tracing::debug!(%method, path, status = response.status().as_u16(), took_us, "answered");
    response
}

async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

fn panicked(what: Box<dyn Any + Send>) -> Response {
    let said =
        what.downcast_ref::<String>().map(String::as_str).or_else(|| what.downcast_ref::<&str>().copied());
    Problem::fault(format!("panic: {}", said.unwrap_or("without words"))).into_response()
}

/// The OpenAPI document.
pub async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], document::text()).into_response()
}

/// Below `/api/v1`, where nothing is.
pub async fn nothing_here() -> Problem {
    Problem::not_found()
}

/// An address that is there, but not for this method.
pub async fn not_so() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "MethodNotAllowed",
        "Diese Adresse gibt es, aber nicht für diese Art von Anfrage.",
        "This address is there, but not for this kind of request.",
    )
}

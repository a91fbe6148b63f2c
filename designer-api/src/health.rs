//! For those who keep the server running: is it well, and what does it do. Outside of the versioned interface.

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::{problem::Problem, server::Server};

/// Whether the database answers.
pub async fn healthz(State(server): State<Server>) -> Result<Json<Value>, Problem> {
    server.runtime().store().tenants(None, 1).await?;
    Ok(Json(json!({ "status": "ok" })))
}

/// Figures for Prometheus.
pub async fn metrics(State(server): State<Server>) -> Response {
    let text = server.metrics().text(server.stream_count());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

//! For those who keep the server running: is it well, and what does it do. Outside of the versioned interface.

use std::time::Duration;

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use fachwerk_store::StoreError;
use serde_json::{Value, json};

use crate::{problem::Problem, server::Server};

/// Whoever asks whether the server is well must be told soon: a proxy takes no answer for an answer only after long.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether the database answers.
pub async fn healthz(State(server): State<Server>) -> Result<Json<Value>, Problem> {
    let asked = tokio::time::timeout(PATIENCE, server.runtime().store().tenants(None, 1)).await;
    let late = |_| StoreError::Unavailable { reason: "it did not answer within two seconds".to_owned() };
    asked.map_err(late)??;
    Ok(Json(json!({ "status": "ok" })))
}

/// Figures for Prometheus.
pub async fn metrics(State(server): State<Server>) -> Response {
    let text = server.metrics().text(server.stream_count());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

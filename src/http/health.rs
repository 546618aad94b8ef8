//! Health checks for load balancers: the process is alive, and able to work.

use axum::{Json, extract::State};
use http::StatusCode;
use serde_json::{Value, json};

use crate::state::AppState;

/// Reports that the process answers.
pub(crate) async fn healthz() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

/// Reports whether the database answers, too.
pub(crate) async fn readyz(State(state): State<AppState>) -> (StatusCode, Json<Value>) {
    match state.db.ping().await {
        Ok(()) => (StatusCode::OK, Json(json!({"status": "ok"}))),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, Json(json!({"status": "unavailable"}))),
    }
}

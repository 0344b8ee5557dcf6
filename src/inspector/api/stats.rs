//! How deliveries went: by type, by minute, and what waits.

use std::time::Duration;

use axum::Json;
use axum::extract::{RawQuery, State};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::config::LIMIT_MS;
use crate::history::{HistoryReader, Statistics};
use crate::inspector::error::ApiError;
use crate::inspector::query::Query;
use crate::inspector::route::Route;
use crate::inspector::state::Shared;
use crate::output::history_json;

/// The newest notes about the connection.
const NOTES: usize = 500;

pub(super) fn routes() -> Vec<Route> {
    let query = &[("since", "string", "Only events received since: 1h (ago), 2026-03-06T14:30:00Z")];
    let route = Route::get("/_inspector/stats", stats).query(query);
    vec![route.named("getStatistics", "Count deliveries by type, minute and target").answers(json!({
        "type": "object",
        "required": ["total", "failed", "success_rate", "types", "minutes", "connection", "waiting"],
    }))]
}

async fn stats(State(inspector): State<Shared>, RawQuery(raw): RawQuery) -> Result<Json<Value>, ApiError> {
    let query = Query::parse(raw.as_deref(), &["since"])?;
    let now = inspector.now();
    let since = query.parsed("since", |text| (inspector.settings.parsers.time)(text, now))?;
    inspector.history(move |reader| read(reader, since)).await.map(Json)
}

fn read(reader: &HistoryReader, since: Option<Timestamp>) -> Result<Value, ApiError> {
    let statistics = reader.statistics(since)?;
    let connection: Vec<Value> =
        reader.connection_events(since, None)?.iter().rev().take(NOTES).map(history_json::note).collect();
    let Statistics { total, succeeded, failed, types, minutes, waiting } = statistics;
    let ended = succeeded + failed;
    let rate = (ended > 0).then(|| succeeded as f64 / ended as f64);
    let limit = Duration::from_millis(LIMIT_MS.into());
    let types = types.iter().map(|(name, of_type)| {
        let millis = |part| of_type.percentile(part).map(history_json::millis);
        json!({
            "type": name,
            "count": of_type.count,
            "failed": of_type.failed,
            "p50_ms": millis(0.5),
            "p95_ms": millis(0.95),
            "max_ms": millis(1.0),
            "over_10s": of_type.slower_than(limit),
        })
    });
    let minutes = minutes.iter().map(|(at, counts)| {
        json!({
            "at": history_json::time(*at),
            "received": counts.received,
            "delivered": counts.delivered,
            "failed": counts.failed,
        })
    });
    let waiting = waiting.iter().map(|(target, waiting)| {
        json!({
            "target": target,
            "count": waiting.count,
            "reason": waiting.reason,
            "since": history_json::time(waiting.since),
        })
    });
    Ok(json!({
        "total": total,
        "failed": failed,
        "success_rate": rate,
        "types": types.collect::<Vec<_>>(),
        "minutes": minutes.collect::<Vec<_>>(),
        "connection": connection,
        "waiting": waiting.collect::<Vec<_>>(),
    }))
}

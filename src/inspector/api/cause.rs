//! The API request that caused an event, from the request log of the sandbox.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::api::LogFilter;
use crate::history::EventDetail;
use crate::inspector::state::{Inspector, Shared};

/// An event is received at most this long after its request.
const BEFORE: SignedDuration = SignedDuration::from_mins(10);
/// How many requests of that time are looked at.
const MOST: usize = 500;
const TIMEOUT: Duration = Duration::from_secs(2);

/// `{request_id, method, path, status}`, or `null`. The rest of the event is shown in any case.
pub(super) async fn cause(inspector: &Shared, event: &EventDetail) -> Value {
    let found = tokio::time::timeout(TIMEOUT, find(inspector, event)).await;
    found.ok().flatten().unwrap_or_default()
}

async fn find(inspector: &Shared, event: &EventDetail) -> Option<Value> {
    let request_id = event.request_id.as_deref()?;
    let account = Inspector::sandbox(inspector).await?;
    let from = event.receptions.iter().filter_map(|reception| reception.run.as_ref());
    // The sandbox at another address has another log.
    if !from.into_iter().any(|run| run.scope.base_url == account.base.to_string()) {
        return None;
    }
    let session = inspector.session().await.ok()?;
    let filter = LogFilter {
        since: event.received_at.checked_sub(BEFORE).ok(),
        until: event.received_at.checked_add(SignedDuration::from_secs(2)).ok(),
        ..LogFilter::default()
    };
    let log = session.client.logs(&session.identity, &filter, MOST).await.ok()?;
    let entry = log.iter().find(|entry| entry.text("id") == Some(request_id))?;
    Some(json!({
        "request_id": request_id,
        "method": entry.text("method"),
        "path": entry.text("path"),
        "status": entry.status(),
    }))
}

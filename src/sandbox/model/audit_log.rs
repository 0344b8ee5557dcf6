//! `GET …/audit-log` (documented): who changed what. Which actions are written is ours: every event of a change has an
//! entry with its type, in the same transaction. Changes without an event have none.

use axum::Extension;
use axum::extract::State;
use axum::http::Uri;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use crate::host::random;
use crate::sandbox::http::envelope::{self, Call, Rendered};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::query::{Page, Params};
use crate::sandbox::state::Shared;
use crate::sandbox::store::audit::{AuditEntry, AuditSelection};
use crate::sandbox::store::change::Change;

/// The default of `pageSize` (as documented for other lists).
pub(crate) const PAGE_SIZE: u64 = 20;
/// The most bytes of changes in an entry; of larger ones, only the names are kept (ours).
const MOST_BYTES: usize = 4 * 1024;

/// Adds the entry of an event to the audit log.
pub(crate) fn record(
    change: &Change<'_>,
    event_type: &str,
    event_id: &str,
    data: &Value,
) -> rusqlite::Result<()> {
    let (resource_type, resource_id) = resource(event_type, data);
    let mut details = json!({ "eventId": event_id, "requestId": &*change.meta.request_id });
    if let Some(Value::Object(changes)) = data.get("changes") {
        let is_short = serde_json::to_string(changes).is_ok_and(|text| text.len() <= MOST_BYTES);
        match is_short {
            true => details["changes"] = json!(changes),
            false => details["changed"] = changes.keys().cloned().collect(),
        }
    }
    change.audit(&AuditEntry {
        id: format!("aud_{}", random::alphanumeric::<12>()),
        action: event_type.to_owned(),
        resource_type,
        resource_id,
        actor_id: change.meta.actor.id.to_string(),
        actor_name: change.meta.actor.name.to_string(),
        details: details.to_string(),
        created_at: change.meta.time.as_millisecond(),
    })
}

/// The resource that an event is about: its type begins with the name of a member of its data.
fn resource(event_type: &str, data: &Value) -> (String, Option<String>) {
    let name = event_type.split_once('.').map_or(event_type, |(name, _)| name);
    let id = |value: &Value| value.get("id").and_then(Value::as_str).map(str::to_owned);
    let members = data.as_object().into_iter().flat_map(Map::iter);
    let first = || members.into_iter().find_map(|(name, value)| Some((name.clone(), Some(id(value)?))));
    match data.get(name).and_then(id) {
        Some(id) => (name.to_owned(), Some(id)),
        None => first().unwrap_or_else(|| (name.to_owned(), None)),
    }
}

/// `?action&resourceType&actorId&startDate&endDate&page&pageSize` (documented): newest first (ours).
pub(crate) async fn list(
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
    uri: Uri,
) -> Result<Rendered, ApiError> {
    let params = Params::parse(&uri)?;
    let page = Page::from_params(&params, PAGE_SIZE)?;
    let text = |name| params.get(name).map(str::to_owned);
    let selection = AuditSelection {
        action: text("action"),
        resource_type: text("resourceType"),
        actor_id: text("actorId"),
        since: time(&params, "startDate", Bound::Start)?.unwrap_or(i64::MIN),
        until: time(&params, "endDate", Bound::End)?.unwrap_or(i64::MAX),
        offset: page.offset(),
        limit: page.size,
    };
    state.store.read(call.caller.environment, |tables| {
        let (entries, total) = tables.audit_log(&selection)?;
        Ok(envelope::list(entries.into_iter().map(view).collect(), page, total, &call.meta))
    })
}

/// The documented members, and `actorId` (ours), which the documented filter needs.
fn view(entry: AuditEntry) -> Value {
    let at = Timestamp::from_millisecond(entry.created_at).unwrap_or_default();
    json!({
        "id": entry.id,
        "action": entry.action,
        "resourceType": entry.resource_type,
        "resourceId": entry.resource_id,
        "actorId": entry.actor_id,
        "actorName": entry.actor_name,
        "details": serde_json::from_str::<Value>(&entry.details).unwrap_or_default(),
        "createdAt": at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    })
}

/// The first or the last moment of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bound {
    Start,
    End,
}

/// A date or a time, in Unix milliseconds. Both bounds belong to the range, a date as the whole day in UTC (ours).
fn time(params: &Params, name: &'static str, bound: Bound) -> Result<Option<i64>, ApiError> {
    let Some(text) = params.get(name) else { return Ok(None) };
    let after = i64::from(bound == Bound::End);
    let exact = text.parse::<Timestamp>().map(|time| time.as_millisecond() + after);
    let day = || {
        let date: Date = text.parse().ok()?;
        let date = if bound == Bound::End { date.tomorrow().unwrap_or(date) } else { date };
        let start = date.to_zoned(TimeZone::UTC);
        Some(start.map_or(i64::MAX, |start| start.timestamp().as_millisecond()))
    };
    exact.ok().or_else(day).map(Some).ok_or_else(|| {
        let message =
            format!("The '{name}' parameter must be a date or a time, such as 2026-03-06T14:30:00Z.");
        ApiError::parameter_invalid(name, message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resource_is_found_in_the_data() {
        let found = |event_type: &str, data: Value| resource(event_type, &data);
        let ticket = json!({"customer": {"id": "cus_1"}, "ticket": {"id": "tkt_1"}});
        assert_eq!(found("ticket.closed", ticket), ("ticket".into(), Some("tkt_1".into())));
        let sent = json!({"sender": {"id": "mem_1"}, "ticket": {"id": "tkt_1"}});
        assert_eq!(found("social.one_up_sent", sent), ("sender".into(), Some("mem_1".into())));
        assert_eq!(found("team.x", json!({"team": {}})), ("team".into(), None));
    }
}

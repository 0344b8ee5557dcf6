//! The examples of the page, verbatim.

use serde_json::{Value, json};

pub(super) const CREATE: &str = r#"curl -X POST "https://www.cstar.help/api/v1/teams/{teamId}/webhooks" \
  -H "Authorization: Bearer sk_live_your_key" \
  -H "Content-Type: application/json" \
  -d '{
    "name": "My Webhook",
    "url": "https://example.com/webhook",
    "events": "ticket.created,ticket.closed"
  }'"#;

pub(super) const LIST: &str = r#"curl -X GET "https://www.cstar.help/api/v1/teams/{teamId}/webhooks" \
  -H "Authorization: Bearer sk_live_your_key""#;

pub(super) const GET: &str = r#"curl -X GET "https://www.cstar.help/api/v1/teams/{teamId}/webhooks/{webhookId}" \
  -H "Authorization: Bearer sk_live_your_key""#;

pub(super) const UPDATE: &str = r#"curl -X PATCH "https://www.cstar.help/api/v1/teams/{teamId}/webhooks/{webhookId}" \
  -H "Authorization: Bearer sk_live_your_key" \
  -H "Content-Type: application/json" \
  -d '{ "events": "ticket.created,ticket.updated,ticket.closed" }'"#;

pub(super) const DELETE: &str = r#"curl -X DELETE "https://www.cstar.help/api/v1/teams/{teamId}/webhooks/{webhookId}" \
  -H "Authorization: Bearer sk_live_your_key""#;

pub(super) const TRIGGER: &str = r#"curl -X POST "https://www.cstar.help/api/v1/teams/{teamId}/webhooks/trigger-test" \
  -H "Authorization: Bearer sk_live_your_key" \
  -H "Content-Type: application/json" \
  -d '{ "event": "ticket.created" }'"#;

pub(super) const ALL: [&str; 6] = [CREATE, LIST, GET, UPDATE, DELETE, TRIGGER];

pub(super) fn created() -> Value {
    json!({
        "success": true,
        "data": {
            "id": "whk_b2c3d4e5f6a7",
            "name": "My Webhook",
            "url": "https://example.com/webhook",
            "events": ["ticket.created", "ticket.closed"],
            "secret": "whsec_AbCdEf1234567890...",
            "isActive": true,
            "createdAt": "2025-12-10T14:30:00Z"
        },
        "meta": { "requestId": "req_abc123", "timestamp": "2025-12-10T14:30:00Z" }
    })
}

pub(super) fn listed() -> Value {
    json!({
        "success": true,
        "data": [{
            "id": "whk_a1b2c3d4e5f6",
            "name": "Slack Notifications",
            "url": "https://hooks.slack.com/services/...",
            "events": ["ticket.created", "ticket.closed"],
            "isActive": true,
            "createdAt": "2025-11-01T10:00:00Z"
        }],
        "meta": { "requestId": "req_abc123", "timestamp": "2025-12-10T14:30:00Z" }
    })
}

pub(super) fn fetched() -> Value {
    json!({
        "success": true,
        "data": {
            "id": "whk_a1b2c3d4e5f6",
            "name": "Slack Notifications",
            "url": "https://hooks.slack.com/services/...",
            "events": ["ticket.created", "ticket.closed"],
            "isActive": true,
            "createdAt": "2025-11-01T10:00:00Z",
            "updatedAt": "2025-11-15T12:00:00Z"
        },
        "meta": { "requestId": "req_abc123", "timestamp": "2025-12-10T14:30:00Z" }
    })
}

pub(super) fn updated() -> Value {
    json!({
        "success": true,
        "data": {
            "id": "whk_b2c3d4e5f6a7",
            "name": "My Webhook",
            "url": "https://example.com/webhook",
            "events": ["ticket.created", "ticket.updated", "ticket.closed"],
            "isActive": true,
            "updatedAt": "2025-12-10T16:00:00Z"
        },
        "meta": { "requestId": "req_abc123", "timestamp": "2025-12-10T16:00:00Z" }
    })
}

pub(super) fn deleted() -> Value {
    json!({
        "success": true,
        "data": { "deleted": true },
        "meta": { "requestId": "req_abc123", "timestamp": "2025-12-10T14:30:00Z" }
    })
}

pub(super) fn triggered() -> Value {
    json!({
        "success": true,
        "data": { "event": "ticket.created", "eventId": "evt_abc123", "test": true, "deliveries": [] },
        "meta": { "requestId": "req_abc123", "timestamp": "2025-12-10T14:30:00Z" }
    })
}

/// The errors on the page, by status.
pub(super) fn refused(status: u16) -> Value {
    let page = "https://www.cstar.help/developers/api-reference";
    let error = match status {
        400 => json!({
            "type": "validation_error", "code": "PARAMETER_INVALID",
            "message": "Unknown event type: invalid.event", "param": "event", "request_id": "req_abc123"
        }),
        401 => json!({
            "type": "authentication_error", "code": "authentication_required",
            "message": "Invalid or expired API key",
            "doc_url": format!("{page}#authentication"), "request_id": "req_abc123"
        }),
        403 => json!({
            "type": "authorization_error", "code": "insufficient_permissions",
            "message": "Secret key required for this endpoint",
            "doc_url": format!("{page}#authentication"), "request_id": "req_abc123"
        }),
        404 => json!({
            "type": "not_found_error", "code": "RESOURCE_MISSING",
            "message": "Webhook not found", "request_id": "req_abc123"
        }),
        429 => json!({
            "type": "rate_limit_error", "code": "rate_limit_exceeded",
            "message": "Rate limit exceeded. Try again in 60 seconds",
            "doc_url": format!("{page}#rate-limiting"), "request_id": "req_abc123"
        }),
        _ => panic!("{status} is not on the page"),
    };
    json!({ "success": false, "error": error, "meta": { "timestamp": "2025-12-10T14:30:00Z" } })
}

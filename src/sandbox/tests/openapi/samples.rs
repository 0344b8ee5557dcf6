//! The samples of the public documentation: each is valid for its operation.

mod errors;

use serde_json::{Value, json};

use crate::sandbox::tests::openapi::Checker;
use crate::sandbox::tests::resources::TICKETS;

const TEAM: &str = "/api/v1/teams/{team}";

/// `meta` as in the undated samples.
fn meta() -> Value {
    json!({"requestId": "req_abc123", "timestamp": "2025-12-10T14:30:00Z"})
}

fn refusal(error: Value) -> Value {
    json!({"success": false, "error": error, "meta": {"timestamp": "2025-12-10T14:30:00Z"}})
}

#[test]
fn documented_lists_are_valid() {
    let checker = Checker::lenient();
    let tickets: Value = serde_json::from_str(TICKETS).unwrap();
    checker.check(&format!("GET {TEAM}/tickets"), 200, &tickets);
    let place = json!({"total": 42, "page": 1, "pageSize": 20, "hasMore": true});
    let spelled = |pagination: Value| {
        json!({"success": true, "data": [], "meta": {
            "requestId": "req_abc123", "timestamp": "2025-12-10T14:30:00Z", "pagination": pagination}})
    };
    for path in ["tickets", "customers", "articles", "members", "community/posts"] {
        let sample = spelled(json!({"page": 1, "pageSize": 20, "total": 142, "totalPages": 8}));
        checker.check(&format!("GET {TEAM}/{path}"), 200, &sample);
        let sample = json!({"success": true, "data": [], "pagination": place, "meta": meta()});
        checker.check(&format!("GET {TEAM}/{path}"), 200, &sample);
    }
    checker.check(&format!("GET {TEAM}/categories"), 200, &spelled(place.clone()));
    checker.check(&format!("GET {TEAM}/customer-groups"), 200, &json!({"data": [], "pagination": place}));
}

#[test]
fn documented_objects_are_valid() {
    let checker = Checker::lenient();
    let whoami = json!({"teamId": "550e8400-e29b-41d4-a716-446655440000", "teamName": "Acme Corp",
        "teamSlug": "acme", "keyType": "secret", "environment": "live"});
    checker.check("GET /api/v1/auth/whoami", 200, &json!({"success": true, "data": whoami}));
    let fired = json!({"event": "ticket.created", "eventId": "evt_abc123", "test": true, "deliveries": []});
    let trigger = format!("POST {TEAM}/webhooks/trigger-test");
    checker.check(&trigger, 200, &json!({"success": true, "data": fired, "meta": meta()}));
    let settings = json!({"object": "settings", "teamName": "Acme Corp", "teamSlug": "acme"});
    checker.check(&format!("GET {TEAM}/settings"), 200, &json!({"success": true, "data": settings}));
    for data in [json!({"deleted": true}), json!({"deleted": true, "id": "tkt_a1B2c3D4e5F6"})] {
        let sample = json!({"success": true, "data": data, "meta": meta()});
        checker.check(&format!("DELETE {TEAM}/tickets/{{id}}"), 200, &sample);
    }
    let message = json!({"id": "msg_a1b2c3d4e5f6", "ticketId": "tkt_25990cb8cbbf4671a973672cde1cf42d",
        "content": "Hello", "sender": "agent", "senderName": "Robin", "isInternal": false,
        "createdAt": "2025-12-10T14:30:00Z"});
    let messages = format!("GET {TEAM}/tickets/{{id}}/messages");
    checker.check(&messages, 200, &json!({"success": true, "data": [message], "meta": meta()}));
    let ticket: Value = serde_json::from_str(TICKETS).unwrap();
    let ticket = json!({"success": true, "data": ticket["data"][0], "meta": meta()});
    checker.check(&format!("GET {TEAM}/tickets/{{id}}"), 200, &ticket);
}

/// The pages on search, tags, bulk actions, imports, exports and the audit log name these members and values.
#[test]
fn documented_actions_are_valid() {
    let checker = Checker::lenient();
    let whole = |data: Value| json!({"success": true, "data": data, "meta": meta()});
    let ticket: Value = serde_json::from_str(TICKETS).unwrap();
    let searched = ["ticket", "customer", "article"].map(|kind| {
        json!({"object": "search_result", "type": kind, "id": "tkt_a1B2c3D4e5F6", "title": "T", "snippet": "S"})
    });
    for (operation, status, data) in [
        ("GET /search", 200, json!(searched)),
        ("GET /tags", 200, json!([{"object": "tag", "name": "billing", "count": 12}])),
        ("POST /tags", 201, json!({"object": "tag", "name": "billing", "count": 0})),
        (
            "POST /bulk",
            200,
            json!({"object": "bulk_result", "action": "update", "resource": "tickets", "total": 2, "succeeded": 2,
            "failed": 0, "errors": []}),
        ),
        (
            "POST /import",
            200,
            json!({"object": "import_result", "resource": "customers", "total": 2, "created": 1, "updated": 0,
            "skipped": 1, "errors": []}),
        ),
        (
            "POST /export",
            200,
            json!({"object": "export", "format": "json", "totalRows": 1, "resources": {"tickets": ticket["data"]}}),
        ),
        (
            "GET /audit-log",
            200,
            json!([{"id": "aud_abc", "action": "ticket.updated", "resourceType": "ticket",
            "resourceId": "tkt_a1B2c3D4e5F6", "actorName": "Robin", "details": {},
            "createdAt": "2025-12-10T14:30:00Z"}]),
        ),
    ] {
        checker.check(&operation.replace('/', &format!("{TEAM}/")), status, &whole(data));
    }
    for (schema, body) in [
        ("TagCreation", json!({"name": "billing"})),
        (
            "BulkActionCreation",
            json!({"action": "update", "resource": "tickets", "ids": ["tkt_a1B2c3D4e5F6"],
            "data": {"status": "closed"}}),
        ),
        (
            "BulkActionCreation",
            json!({"action": "delete", "resource": "articles", "ids": ["art_a1B2c3D4e5F6"]}),
        ),
        (
            "ImportCreation",
            json!({"resource": "customers", "records": [{"name": "J", "email": "jane@example.com"}],
            "mergeStrategy": "skip"}),
        ),
        (
            "ExportCreation",
            json!({"resources": [{"type": "tickets", "filters": {"status": "open"}}], "format": "json"}),
        ),
        ("ExportCreation", json!({"resources": [{"type": "tickets", "filters": {}}], "format": "csv"})),
    ] {
        assert!(checker.at(&format!("components/schemas/{schema}")).is_valid(&body), "{schema} {body}");
    }
    let csv = json!({"resources": [{"type": "tickets"}, {"type": "customers"}], "format": "csv"});
    assert!(!checker.at("components/schemas/ExportCreation").is_valid(&csv), "CSV has one resource");
}

#[test]
fn documented_webhooks_are_valid() {
    let checker = Checker::lenient();
    let all = format!("{TEAM}/webhooks");
    let whole = |data: Value| json!({"success": true, "data": data, "meta": meta()});
    let slack = json!({"id": "whk_a1b2c3d4e5f6", "name": "Slack Notifications",
        "url": "https://hooks.slack.com/services/...", "events": ["ticket.created", "ticket.closed"],
        "isActive": true, "createdAt": "2025-11-01T10:00:00Z"});
    checker.check(&format!("GET {all}"), 200, &whole(json!([slack])));
    let mut one = slack;
    one["updatedAt"] = "2025-11-15T12:00:00Z".into();
    checker.check(&format!("GET {all}/{{id}}"), 200, &whole(one));
    let new = json!({"id": "whk_b2c3d4e5f6a7", "name": "My Webhook", "url": "https://example.com/webhook",
        "events": ["ticket.created", "ticket.closed"], "secret": "whsec_AbCdEf1234567890...",
        "isActive": true, "createdAt": "2025-12-10T14:30:00Z"});
    checker.check(&format!("POST {all}"), 201, &whole(new));
    let changed = json!({"id": "whk_b2c3d4e5f6a7", "name": "My Webhook", "url": "https://example.com/webhook",
        "events": ["ticket.created", "ticket.updated", "ticket.closed"], "isActive": true,
        "updatedAt": "2025-12-10T16:00:00Z"});
    checker.check(&format!("PATCH {all}/{{id}}"), 200, &whole(changed));
    checker.check(&format!("DELETE {all}/{{id}}"), 200, &whole(json!({"deleted": true})));
    let not_found = json!({"type": "not_found_error", "code": "RESOURCE_MISSING", "message": "Webhook not found",
        "request_id": "req_abc123"});
    for method in ["GET", "PATCH", "DELETE"] {
        checker.check(&format!("{method} {all}/{{id}}"), 404, &refusal(not_found.clone()));
    }
    for (schema, body) in [
        (
            "WebhookCreation",
            json!({"name": "My Webhook", "url": "https://example.com/webhook",
            "events": "ticket.created,ticket.closed"}),
        ),
        (
            "WebhookCreation",
            json!({"name": "Sync", "url": "https://api.your-app.com/cstar-webhooks",
            "events": ["ticket.created", "ticket.updated", "ticket.closed"]}),
        ),
        ("WebhookUpdate", json!({"events": "ticket.created,ticket.updated,ticket.closed"})),
        ("WebhookUpdate", json!({"isActive": false})),
    ] {
        assert!(checker.at(&format!("components/schemas/{schema}")).is_valid(&body), "{schema} {body}");
    }
}

#[test]
fn documented_request_bodies_are_valid() {
    let checker = Checker::lenient();
    for (schema, body) in [
        ("TestEventInput", json!({"event": "ticket.created"})),
        (
            "TicketCreation",
            json!({"title": "T", "priority": "high", "customerName": "Jane", "tags": ["billing"],
            "notes": "N", "metadata": {"a": 1}}),
        ),
        ("TicketUpdate", json!({"status": "open", "assignedTo": "mem_abc123", "tags": ["vip"]})),
        ("MessageCreation", json!({"content": "Hello", "sender": "agent"})),
        ("CustomerCreation", json!({"name": "J", "email": "jane@example.com", "sentiment": "positive"})),
        ("CustomerUpdate", json!({"metadata": {"plan": null}})),
        (
            "ArticleCreation",
            json!({"title": "T", "category": "billing", "status": "published", "isPublic": true}),
        ),
        ("CategoryCreation", json!({"name": "Billing", "sortOrder": 1})),
        ("Feedback", json!({"rating": "helpful"})),
    ] {
        assert!(checker.at(&format!("components/schemas/{schema}")).is_valid(&body), "{schema} {body}");
    }
}

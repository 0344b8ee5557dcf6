//! The audit log: one entry for each event of a change, with the key that made it.

use super::*;

/// The page on the audit log names these members, in this order.
const DOCUMENTED: &str = "id action resourceType resourceId actorName details createdAt";

impl Server {
    async fn audit(&self, query: &str) -> Vec<Value> {
        self.call(&format!("GET audit-log{query}"), Value::Null).await["data"].as_array().unwrap().clone()
    }
}

fn actions(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|entry| entry["action"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn every_event_has_an_audit_entry() {
    let server = Server::start().await;
    let mut stream = server.listen("", &[]).await;
    stream.session().await;
    let ticket = server.create("tickets", json!({"title": "T"})).await;
    let key = server.call("POST api-keys", json!({"name": "CI"})).await["data"].clone();
    let (id, secret) = (key["id"].as_str().unwrap(), key["key"].as_str().unwrap());
    let change = json!({"status": "closed", "notes": "n".repeat(5000)});
    assert_eq!(server.ask(&format!("PATCH tickets/{ticket}"), change, secret, &[]).await.status, 200);
    let bulk =
        json!({"action": "update", "resource": "tickets", "ids": [ticket, "x"], "data": {"priority": "low"}});
    let caused = server.ask("POST bulk", bulk, SECRET_TEST_KEY, &[]).await;
    server.call(&format!("DELETE tickets/{ticket}"), Value::Null).await;
    // neither a test event nor a change without an event is in the log
    server.call("POST webhooks/trigger-test", json!({"event": "ticket.created"})).await;
    server.call("POST tags", json!({"name": "unused"})).await;
    let entries = server.audit("").await;
    let expected = ["ticket.deleted", "ticket.updated", "ticket.closed", "ticket.updated", "ticket.created"];
    assert_eq!(actions(&entries), expected);
    let mut events = Vec::new();
    for _ in &expected {
        let frame = stream.frame().await.unwrap();
        events.push(frame.lines().find_map(|line| line.strip_prefix("id: ")).unwrap().to_owned());
    }
    for (entry, event) in entries.iter().rev().zip(&events) {
        assert_eq!(names(entry).join(" ").replace(" actorId", ""), DOCUMENTED);
        assert!(entry["id"].as_str().unwrap().starts_with("aud_"));
        assert_eq!((&entry["resourceType"], &entry["resourceId"]), (&json!("ticket"), &json!(ticket)));
        assert_eq!(entry["details"]["eventId"], **event);
        assert_eq!(entry["createdAt"], "2025-12-10T14:30:00Z", "whole seconds");
    }
    assert_eq!(entries[1]["details"]["changes"], json!({"priority": {"from": "normal", "to": "low"}}));
    assert_eq!(entries[1]["details"]["requestId"], caused.json()["meta"]["requestId"]);
    assert_eq!(entries[3]["details"]["changed"], json!(["status", "notes"]), "too long to keep");
    let by = |entry: &Value| (entry["actorId"].clone(), entry["actorName"].clone());
    assert_eq!(by(&entries[3]), (json!(id), json!("CI")));
    assert_eq!(by(&entries[4]), (json!("key_secrettest00"), json!("Sandbox secret test key")));
    assert_eq!(actions(&server.audit(&format!("?actorId={id}")).await), ["ticket.closed", "ticket.updated"]);
}

#[tokio::test]
async fn audit_log_can_be_filtered() {
    let server = Server::start().await;
    server.create("tickets", json!({"title": "T"})).await;
    server.create("tickets", json!({"title": "U", "status": "open", "assignedTo": "mem_x"})).await;
    server.create("customers", json!({"name": "J", "email": "j@example.com"})).await;
    server.create("customer-groups", json!({"name": "G"})).await;
    let count = async |query: &str| server.audit(query).await.len();
    assert_eq!(count("").await, 5);
    for (query, expected) in [
        ("?action=ticket.created", 2),
        ("?action=ticket.created&resourceType=customer", 0),
        ("?resourceType=ticket", 3),
        ("?resourceType=customer_group", 1),
        ("?action=nothing", 0),
        ("?actorId=key_secrettest00", 5),
        ("?actorId=key_secretlive00", 0),
        // the clock of these tests is 2025-12-10T14:30:00Z
        ("?startDate=2025-12-10", 5),
        ("?startDate=2025-12-11", 0),
        ("?startDate=2025-12-10T14:30:01Z", 0),
        ("?endDate=2025-12-10", 5),
        ("?endDate=2025-12-09", 0),
        ("?endDate=2025-12-10T14:30:00Z", 5),
        ("?endDate=9999-12-31&startDate=0001-01-01", 5),
        ("?pageSize=2&page=3", 1),
    ] {
        assert_eq!(count(query).await, expected, "{query}");
    }
    let page = server.call("GET audit-log?pageSize=2&action=ticket.created", Value::Null).await;
    assert_eq!(page["pagination"], json!({"total": 2, "page": 1, "pageSize": 2, "hasMore": false}));
    for query in ["?startDate=yesterday", "?endDate=2025-13-01", "?page=0", "?pageSize=101"] {
        assert_eq!(server.refused(&format!("GET audit-log{query}"), Value::Null).await.0, 400, "{query}");
    }
    let live = server.ask("GET audit-log", Value::Null, SECRET_LIVE_KEY, &[]).await;
    assert_eq!(live.json()["pagination"]["total"], 0, "test and live data are separate");
    let reading = server.ask("GET audit-log", Value::Null, PUBLISHABLE_TEST_KEY, &[]).await;
    assert_eq!(reading.json()["pagination"]["total"], 5);
}

#[tokio::test]
async fn failed_requests_leave_no_audit_entry() {
    let server = Server::start().await;
    let records = json!([{"name": "A", "email": "a@example.com"}, {"name": "B"}, {"name": "C", "email": "A@example.com"}]);
    server.call("POST import", json!({"resource": "customers", "records": records})).await;
    server.refused("POST customers", json!({"name": "D", "email": "a@example.com"})).await;
    assert_eq!(actions(&server.audit("").await), ["customer.created"]);
}

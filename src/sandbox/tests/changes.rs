//! The events of changes: their types, their data, fired exactly once and in the shape of the catalogue.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::event;
use crate::sandbox::tests::client::{Server, Stream, field};
use crate::sandbox_info::{self, SECRET_LIVE_KEY, SECRET_TEST_KEY};

/// The type and the body of the next event.
async fn next(stream: &mut Stream) -> (String, Value) {
    let frame = stream.frame().await.unwrap();
    let body: Value = serde_json::from_str(field(&frame, "data").unwrap()).unwrap();
    let kind = field(&frame, "event").unwrap_or_else(|| panic!("{frame}")).to_owned();
    assert_eq!(body["type"], *kind);
    in_shape(&kind, &body["data"]);
    (kind, body)
}

/// Checks that `data` and the objects in it have the members of the sample. Objects with any members are not checked.
fn in_shape(kind: &str, data: &Value) {
    let now = jiff::Timestamp::UNIX_EPOCH;
    let unique = "abcdefghijklmnopqrstuvwx";
    let seed = sandbox_info::sample_seed(now, unique);
    let sample = event::sample_data(event::find(kind).unwrap(), &seed);
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(data), names(&sample), "{kind}");
    for (name, member) in sample.as_object().unwrap() {
        if name == "changes" || !member.is_object() || data[name].is_null() {
            continue;
        }
        assert_eq!(names(&data[name]), names(member), "{kind} {name}");
        for (inner, value) in member.as_object().unwrap() {
            let ours = &data[name][inner];
            let same = std::mem::discriminant(ours) == std::mem::discriminant(value);
            assert!(same || ours.is_null() || value.is_null(), "{kind} {name}.{inner}: {ours}, not {value}");
        }
    }
}

async fn types(stream: &mut Stream, count: usize) -> Vec<String> {
    let mut types = Vec::new();
    for _ in 0..count {
        types.push(next(stream).await.0);
    }
    types
}

#[tokio::test]
async fn ticket_changes_fire_their_events() {
    let server = Server::start().await;
    let mut stream = server.open_session().await;
    let jane = server.create("customers", json!({"name": "Jane", "email": "jane@example.com"})).await;
    let body = json!({"title": "T", "customerId": jane, "initialMessage": "Hello"});
    let response = server.ask("POST tickets", body, SECRET_TEST_KEY, &[]).await;
    let id = response.json()["data"]["id"].as_str().unwrap().to_owned();
    assert_eq!(next(&mut stream).await.0, "customer.created");
    let frame = stream.frame().await.unwrap();
    assert_eq!(field(&frame, "request-id"), response.header("x-cstar-request-id"));
    let created: Value = serde_json::from_str(field(&frame, "data").unwrap()).unwrap();
    in_shape("ticket.created", &created["data"]);
    assert_eq!(created["data"]["ticket"]["id"], *id);
    assert_eq!(created["data"]["ticket"]["prefixed_id"], "CST-1001");
    assert_eq!(created["data"]["ticket"]["created_at"], "2025-12-10T14:30:00.000Z", "with milliseconds");
    assert_eq!(created["data"]["customer"], json!({"id": jane, "name": "Jane", "email": "jane@example.com"}));

    let member = "mem_00000000000040008000000000000005";
    let change = json!({"status": "open", "assignedTo": member, "metadata": {"a": 1}});
    server.call(&format!("PATCH tickets/{id}"), change).await;
    let (kind, updated) = next(&mut stream).await;
    assert_eq!(kind, "ticket.updated");
    let changes = json!({
        "status": {"from": "new", "to": "open"},
        "assigned_to": {"from": null, "to": member},
        "metadata": {"from": {}, "to": {"a": 1}},
    });
    assert_eq!(updated["data"]["changes"], changes);
    let (kind, assigned) = next(&mut stream).await;
    assert_eq!(
        (kind.as_str(), &assigned["data"]["assignee"]["name"]),
        ("ticket.assigned", &json!("Freya Holm"))
    );
    assert_eq!(assigned["data"]["previous_assignee"], Value::Null);

    server.call(&format!("POST tickets/{id}/messages"), json!({"content": "Hi"})).await;
    let (kind, added) = next(&mut stream).await;
    assert_eq!(
        (kind.as_str(), &added["data"]["ticket"]["message_count"]),
        ("ticket.message_added", &json!(2))
    );
    assert_eq!(
        (&added["data"]["message"]["content"], &added["data"]["message"]["ticket_id"]),
        (&json!("Hi"), &json!(id))
    );

    server.call(&format!("PATCH tickets/{id}"), json!({"status": "resolved", "assignedTo": "mem_x"})).await;
    assert_eq!(next(&mut stream).await.0, "ticket.updated");
    let (_, assigned) = next(&mut stream).await;
    assert_eq!(assigned["data"]["assignee"], json!({"id": "mem_x", "name": null, "email": null}));
    assert_eq!(assigned["data"]["previous_assignee"]["id"], member);
    let (kind, closed) = next(&mut stream).await;
    assert_eq!(
        (kind.as_str(), &closed["data"]["resolution"]["resolution_time"]),
        ("ticket.closed", &json!(0))
    );
    assert_eq!(closed["data"]["ticket"]["closed_at"], closed["data"]["resolution"]["closed_at"]);

    // closing a resolved ticket fires no second `ticket.closed`
    server.call(&format!("PATCH tickets/{id}"), json!({"status": "closed", "assignedTo": null})).await;
    server.call(&format!("DELETE tickets/{id}"), Value::Null).await;
    assert_eq!(types(&mut stream, 2).await, ["ticket.updated", "ticket.deleted"]);
}

#[tokio::test]
async fn unchanged_and_failed_writes_emit_nothing() {
    let server = Server::start().await;
    let mut stream = server.open_session().await;
    let id = server.create("tickets", json!({"title": "T", "tags": ["a"], "metadata": {"k": 1}})).await;
    let before = server.call(&format!("GET tickets/{id}"), Value::Null).await["data"].clone();
    for same in [
        json!({}),
        json!({"title": "T"}),
        json!({"tags": ["a"], "status": "new", "notes": null}),
        json!({"metadata": {"k": 1, "removed": null}}),
        json!({"messageCount": 5}),
    ] {
        server.call(&format!("PATCH tickets/{id}"), same).await;
    }
    assert_eq!(server.call(&format!("GET tickets/{id}"), Value::Null).await["data"], before);
    server.refused(&format!("PATCH tickets/{id}"), json!({"title": "U", "status": "done"})).await;
    server.refused("POST tickets", json!({"title": "T", "customerId": "cus_1"})).await;
    let key = ["Idempotency-Key: k"];
    for _ in 0..3 {
        server.ask(&format!("PATCH tickets/{id}"), json!({"title": "V"}), SECRET_TEST_KEY, &key).await;
    }
    server.call(&format!("DELETE tickets/{id}"), Value::Null).await;
    assert_eq!(types(&mut stream, 3).await, ["ticket.created", "ticket.updated", "ticket.deleted"]);
}

#[tokio::test]
async fn other_resources_fire_their_events() {
    let server = Server::start().await;
    let mut stream = server.open_session().await;
    let mut fired = BTreeSet::new();
    for (path, made, changed, expected) in [
        (
            "customers",
            json!({"name": "J", "email": "j@example.com"}),
            json!({"sentiment": "happy"}),
            &["customer.created", "customer.updated", "customer.deleted"][..],
        ),
        (
            "customer-groups",
            json!({"name": "G"}),
            json!({"description": "D"}),
            &["customer_group.created", "customer_group.updated", "customer_group.deleted"],
        ),
        (
            "articles",
            json!({"title": "A", "content": "C"}),
            json!({"status": "published"}),
            &["article.created", "article.updated", "article.published", "article.deleted"],
        ),
        (
            "articles",
            json!({"title": "A", "status": "published"}),
            json!({"status": "archived"}),
            &["article.created", "article.published", "article.updated", "article.deleted"],
        ),
        (
            "community/posts",
            json!({"title": "P"}),
            json!({"status": "planned", "is_pinned": true}),
            &[
                "community_post.created",
                "community_post.updated",
                "community_post.status_changed",
                "community_post.deleted",
            ],
        ),
        ("categories", json!({"name": "C"}), json!({"name": "D"}), &[]),
    ] {
        let id = server.create(path, made).await;
        server.call(&format!("PATCH {path}/{id}"), changed).await;
        server.call(&format!("DELETE {path}/{id}"), Value::Null).await;
        let types = types(&mut stream, expected.len()).await;
        assert_eq!(types, expected, "{path}");
        fired.extend(types);
    }
    server.call("PATCH settings", json!({"csatEnabled": true})).await;
    let (kind, body) = next(&mut stream).await;
    assert_eq!(kind, "team.preferences_updated");
    assert_eq!(body["data"]["changes"], json!({"csat_enabled": {"from": false, "to": true}}));
    assert_eq!(body["data"]["team"]["preferences"]["csat_enabled"], true);
    assert_eq!(fired.len(), 14);
}

#[tokio::test]
async fn test_and_live_events_are_separate() {
    let server = Server::start().await;
    let (mut test, mut live) = (server.open_session().await, Stream::live(&server).await);
    live.session().await;
    server.ask("POST tickets", json!({"title": "live"}), SECRET_LIVE_KEY, &[]).await;
    server.ask("POST tickets", json!({"title": "test"}), SECRET_TEST_KEY, &[]).await;
    assert_eq!(next(&mut test).await.1["data"]["ticket"]["title"], "test");
    let (_, fired) = next(&mut live).await;
    assert_eq!(fired["data"]["ticket"]["title"], "live");
    // each environment numbers its own tickets
    assert_eq!(fired["data"]["ticket"]["prefixed_id"], "CST-1001");
}

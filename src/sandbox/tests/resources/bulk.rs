//! Search, tags and bulk actions: they follow the state, and a bulk action fires the events of single ones.

use super::*;

#[tokio::test]
async fn search_finds_all_kinds_of_objects() {
    let server = Server::start().await;
    let notes = format!("{} the invoice is missing", "long ".repeat(40));
    let ticket = server.create("tickets", json!({"title": "Cannot pay", "notes": notes})).await;
    let customer = server.create("customers", json!({"name": "Invoice Ltd", "email": "i@example.com"})).await;
    let article = server.create("articles", json!({"title": "Your INVOICE", "content": "Where it is"})).await;
    let found = async |query: &str| {
        server.call(&format!("GET search?{query}"), Value::Null).await["data"].as_array().unwrap().clone()
    };
    let all = found("q=invoice").await;
    let ids: Vec<&str> = all.iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [&article, &customer, &ticket], "titles first, then the newest");
    let expected = json!({"object": "search_result", "type": "customer", "id": customer,
        "title": "Invoice Ltd", "snippet": "i@example.com"});
    assert_eq!(all[1].to_string(), expected.to_string());
    let snippet = all[2]["snippet"].as_str().unwrap();
    assert!(snippet.starts_with('…') && snippet.contains("the invoice is missing"), "{snippet}");
    assert_eq!(found("q=invoice&limit=1").await.len(), 1);
    assert_eq!(found("q=invoice&types=tickets,articles").await.len(), 2);
    assert_eq!(found("q=nothing").await, [Value::Null; 0]);
    server.call(&format!("DELETE articles/{article}"), Value::Null).await;
    assert_eq!(found("q=invoice").await.len(), 2);
    for key in [PUBLISHABLE_TEST_KEY, SECRET_LIVE_KEY] {
        let answer = server.ask("GET search?q=invoice", Value::Null, key, &[]).await;
        let wanted = if key == PUBLISHABLE_TEST_KEY { 2 } else { 0 };
        assert_eq!(answer.json()["data"].as_array().unwrap().len(), wanted, "{answer:?}");
    }
    for (query, param) in [("", "q"), ("?q=a&types=messages", "types"), ("?q=a&limit=0", "limit")] {
        let refused = server.refused(&format!("GET search{query}"), Value::Null).await;
        assert_eq!((refused.0, refused.2.as_str()), (400, param), "{query}");
    }
}

#[tokio::test]
async fn tags_are_counted_from_the_objects() {
    let server = Server::start().await;
    let ticket = server.create("tickets", json!({"title": "T", "tags": ["vip", "vip", "a b"]})).await;
    server.create("customers", json!({"name": "J", "email": "j@example.com", "tags": ["vip"]})).await;
    let tags = async || {
        let list = server.call("GET tags", Value::Null).await["data"].clone();
        let pair = |tag: &Value| format!("{}={}", tag["name"].as_str().unwrap(), tag["count"]);
        list.as_array().unwrap().iter().map(pair).collect::<Vec<_>>()
    };
    assert_eq!(tags().await, ["a b=1", "vip=2"]);
    let created = server.ask("POST tags", json!({"name": "new"}), SECRET_TEST_KEY, &[]).await;
    assert_eq!(created.status, 201);
    assert_eq!(created.json()["data"].to_string(), r#"{"object":"tag","name":"new","count":0}"#);
    assert_eq!(tags().await, ["a b=1", "new=0", "vip=2"]);
    for name in ["new", "vip"] {
        assert_eq!(server.refused("POST tags", json!({"name": name})).await.0, 409, "{name}");
    }
    assert_eq!(server.refused("DELETE tags/vip", Value::Null).await.0, 409);
    server.call(&format!("PATCH tickets/{ticket}"), json!({"tags": ["new"]})).await;
    assert_eq!(tags().await, ["new=1", "vip=1"]);
    assert_eq!(server.refused("DELETE tags/a%20b", Value::Null).await.0, 404);
    server.call(&format!("DELETE tickets/{ticket}"), Value::Null).await;
    server.call("DELETE tags/new", Value::Null).await;
    assert_eq!(tags().await, ["vip=1"]);
    assert_eq!(server.refused("POST tags", json!({})).await.2, "name");
    let refused = server.ask("POST tags", json!({"name": "x"}), PUBLISHABLE_TEST_KEY, &[]).await;
    assert_eq!(refused.status, 403);
}

#[tokio::test]
async fn bulk_close_fires_an_event_per_ticket() {
    let server = Server::start().await;
    let mut stream = server.listen("?types=ticket.closed", &[]).await;
    stream.session().await;
    let mut ids = Vec::new();
    for title in ["A", "B"] {
        ids.push(server.create("tickets", json!({"title": title})).await);
    }
    ids.push("tkt_none".to_owned());
    let body = json!({"action": "update", "resource": "tickets", "ids": ids, "data": {"status": "closed"}});
    let result = server.call("POST bulk", body).await["data"].clone();
    let error = json!({"id": "tkt_none", "code": "RESOURCE_MISSING", "message": "Ticket not found"});
    let expected = json!({"object": "bulk_result", "action": "update", "resource": "tickets", "total": 3,
        "succeeded": 2, "failed": 1, "errors": [error]});
    assert_eq!(result.to_string(), expected.to_string());
    for id in &ids[..2] {
        let frame = stream.frame().await.unwrap();
        assert!(frame.contains("event: ticket.closed") && frame.contains(id.as_str()), "{frame}");
        let ticket = server.call(&format!("GET tickets/{id}"), Value::Null).await;
        assert_eq!(ticket["data"]["status"], "closed");
    }
}

#[tokio::test]
async fn bulk_errors_leave_the_others_alone() {
    let server = Server::start().await;
    let mut ids = Vec::new();
    for name in ["a", "b"] {
        let body = json!({"name": name, "email": format!("{name}@example.com")});
        ids.push(server.create("customers", body).await);
    }
    let update =
        json!({"action": "update", "resource": "customers", "ids": ids, "data": {"email": "b@example.com"}});
    let result = server.call("POST bulk", update).await["data"].clone();
    assert_eq!((&result["succeeded"], &result["failed"]), (&json!(1), &json!(1)), "{result}");
    assert_eq!(result["errors"][0]["param"], "email");
    let twice = json!({"action": "delete", "resource": "customers", "ids": [ids[0], ids[0]]});
    let result = server.call("POST bulk", twice).await["data"].clone();
    assert_eq!(result["errors"][0]["code"], "RESOURCE_MISSING", "{result}");
    assert_eq!(server.call("GET customers", Value::Null).await["pagination"]["total"], 1);
    let base = json!({"action": "update", "resource": "tickets", "ids": ["x"], "data": {"status": "open"}});
    for (member, value) in [
        ("action", json!("archive")),
        ("action", Value::Null),
        ("resource", json!("members")),
        ("ids", json!(vec!["x"; 101])),
        ("ids", json!("x")),
        ("data", json!("x")),
    ] {
        let mut body = base.clone();
        body[member] = value;
        let refused = server.refused("POST bulk", body.clone()).await;
        assert_eq!((refused.0, refused.2.as_str()), (400, member), "{body}");
    }
    // cStar documents `data` as optional, also for an update.
    let unchanged = json!({"action": "update", "resource": "customers", "ids": [ids[1]]});
    assert_eq!(server.call("POST bulk", unchanged).await["data"]["succeeded"], 1);
    let refused = server.ask("POST bulk", base, PUBLISHABLE_TEST_KEY, &[]).await;
    assert_eq!(refused.status, 403);
}

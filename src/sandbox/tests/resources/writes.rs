//! Creating and updating: bad bodies, derived members, and objects that belong together.

use super::*;

#[tokio::test]
async fn bad_bodies_are_refused() {
    let server = Server::start().await;
    let id = server.create("tickets", json!({"title": "T", "unknown": {"a": 1}})).await;
    let missing = (400, "parameter_missing".to_owned(), "title".to_owned());
    for body in [json!({}), json!({"title": null}), json!({"title": " "})] {
        assert_eq!(server.refused("POST tickets", body).await, missing);
    }
    let answer = server.ask("POST tickets", json!({}), SECRET_TEST_KEY, &[]).await;
    assert_eq!(answer.json()["error"]["message"], "The 'title' field is required.");
    for (name, value) in [
        ("title", json!(1)),
        ("title", json!("x".repeat(501))),
        ("priority", json!("critical")),
        ("status", json!("done")),
        ("tags", json!("a")),
        ("tags", json!([1])),
        ("tags", json!([""])),
        ("notes", json!({})),
        ("metadata", json!([])),
        ("customerId", json!("jane")),
        ("customerId", json!("cus_00000000000040008000000000000009")),
        ("assignedTo", json!(false)),
    ] {
        let expected = (400, "PARAMETER_INVALID".to_owned(), name.to_owned());
        let mut body = json!({"title": "T"});
        body[name] = value.clone();
        assert_eq!(server.refused("POST tickets", body).await, expected, "{name} {value}");
        let body = json!({name: value});
        assert_eq!(server.refused(&format!("PATCH tickets/{id}"), body).await, expected, "{name} {value}");
    }
    assert_eq!(server.refused(&format!("PATCH tickets/{id}"), json!({"title": null})).await, missing);
    let no_null = server.refused(&format!("PATCH tickets/{id}"), json!({"priority": null})).await;
    assert_eq!(no_null.2, "priority");
    // read-only members are ignored
    let body =
        json!({"id": "x", "createdAt": "x", "messageCount": 7, "number": 7, "object": "x", "title": "U"});
    let patched = server.call(&format!("PATCH tickets/{id}"), body).await;
    assert_eq!((&patched["data"]["title"], &patched["data"]["messageCount"]), (&json!("U"), &json!(0)));
    for (email, code) in
        [("", "parameter_missing"), ("x", "PARAMETER_INVALID"), ("a b@c", "PARAMETER_INVALID")]
    {
        let body = json!({"name": "J", "email": email});
        assert_eq!(server.refused("POST customers", body).await.1, code, "{email}");
    }
    let float = server.call("POST categories", json!({"name": "B", "sortOrder": -2.0})).await;
    assert_eq!(float["data"]["sortOrder"].to_string(), "-2", "`-2.0` is a whole number");
    let order = json!({"name": "B", "sortOrder": 1.5});
    assert_eq!(server.refused("POST categories", order).await.2, "sortOrder");
}

#[tokio::test]
async fn update_merges_metadata_and_clears_null() {
    let server = Server::start().await;
    let body = json!({"name": "J", "email": "j@example.com", "metadata": {"a": 1, "b": {"c": 2}, "n": null}});
    let created = server.call("POST customers", body).await;
    assert_eq!(created["data"]["metadata"], json!({"a": 1, "b": {"c": 2}}));
    let id = created["data"]["id"].as_str().unwrap();
    let change = json!({"metadata": {"a": null, "d": "x"}, "notes": "N", "tags": ["vip", "vip"]});
    let after = server.call(&format!("PATCH customers/{id}"), change).await;
    assert_eq!(after["data"]["metadata"], json!({"b": {"c": 2}, "d": "x"}));
    let after = server.call(&format!("PATCH customers/{id}"), json!({"notes": null})).await;
    assert_eq!((&after["data"]["notes"], &after["data"]["tags"]), (&Value::Null, &json!(["vip", "vip"])));
    assert_eq!(server.call("GET customers?tag=vip", Value::Null).await["pagination"]["total"], 1);
    let after = server.call(&format!("PATCH customers/{id}"), json!({"tags": []})).await;
    assert_eq!(after["data"]["tags"], json!([]));
    assert_eq!(server.call("GET customers?tag=vip", Value::Null).await["pagination"]["total"], 0);
}

#[tokio::test]
async fn email_address_is_unique() {
    let server = Server::start().await;
    let jane = server.create("customers", json!({"name": "Jane", "email": "jane@example.com"})).await;
    let tom = server.create("customers", json!({"name": "Tom", "email": "tom@example.com"})).await;
    let conflict = (409, "resource_conflict".to_owned(), "email".to_owned());
    let double = json!({"name": "J", "email": "JANE@example.com"});
    assert_eq!(server.refused("POST customers", double).await, conflict);
    let change = json!({"email": "jane@example.com"});
    assert_eq!(server.refused(&format!("PATCH customers/{tom}"), change).await, conflict);
    server.call(&format!("PATCH customers/{jane}"), json!({"email": "Jane@example.com"})).await;
    server.call(&format!("DELETE customers/{jane}"), Value::Null).await;
    server.call(&format!("PATCH customers/{tom}"), json!({"email": "jane@example.com"})).await;
    server.create("customers", json!({"name": "T", "email": "tom@example.com"})).await;
    for sentiment in ["happy", "neutral", "frustrated", "angry", "positive", "negative"] {
        server.call(&format!("PATCH customers/{tom}"), json!({"sentiment": sentiment})).await;
    }
}

#[tokio::test]
async fn tickets_follow_their_customer() {
    let server = Server::start().await;
    let jane = server.create("customers", json!({"name": "Jane", "email": "jane@example.com"})).await;
    let ticket = server.create("tickets", json!({"title": "T", "customerId": jane})).await;
    server.call(&format!("PATCH customers/{jane}"), json!({"name": "Jane Roe"})).await;
    let found = server.call("GET tickets?search=roe", Value::Null).await;
    assert_eq!(found["data"][0]["customerName"], "Jane Roe");
    let count = async || {
        server.call(&format!("GET customers/{jane}"), Value::Null).await["data"]["ticketCount"].clone()
    };
    assert_eq!(count().await, 1);
    server.call(&format!("PATCH tickets/{ticket}"), json!({"customerId": null, "customerName": "Ann"})).await;
    assert_eq!(count().await, 0);
    let back = server.call(&format!("PATCH tickets/{ticket}"), json!({"customerId": jane})).await;
    assert_eq!(back["data"]["customerName"], "Jane Roe");
    server.call(&format!("DELETE tickets/{ticket}"), Value::Null).await;
    assert_eq!(count().await, 0);
}

#[tokio::test]
async fn ticket_status_sets_its_times() {
    let server = Server::start().await;
    let id = server.create("tickets", json!({"title": "T"})).await;
    let now = json!("2025-12-10T14:30:00Z");
    for (status, resolved, closed) in [
        ("open", false, false),
        ("resolved", true, false),
        ("closed", true, true),
        ("open", false, false),
        ("closed", true, true),
        ("resolved", true, false),
    ] {
        let after =
            server.call(&format!("PATCH tickets/{id}"), json!({"status": status})).await["data"].clone();
        let set = |holds: bool| if holds { now.clone() } else { Value::Null };
        assert_eq!((&after["resolvedAt"], &after["closedAt"]), (&set(resolved), &set(closed)), "{status}");
    }
    let messages = format!("POST tickets/{id}/messages");
    let first_response = async || {
        server.call(&format!("GET tickets/{id}"), Value::Null).await["data"]["firstResponseAt"].clone()
    };
    server.call(&messages, json!({"content": "Hello?", "sender": "customer"})).await;
    server.call(&messages, json!({"content": "Note", "isInternal": true})).await;
    assert_eq!(first_response().await, Value::Null);
    let message = server.call(&messages, json!({"content": "Hello!"})).await;
    assert_eq!(
        (&message["data"]["sender"], &message["data"]["senderName"]),
        (&json!("agent"), &json!("Robin Vale"))
    );
    assert_eq!(first_response().await, now);
    let ticket = server.call(&format!("GET tickets/{id}"), Value::Null).await["data"].clone();
    let contents: Vec<&Value> =
        ticket["messages"].as_array().unwrap().iter().map(|message| &message["content"]).collect();
    assert_eq!(contents, ["Hello?", "Note", "Hello!"]);
    assert_eq!(ticket["messageCount"], 3);
    assert_eq!(server.refused(&messages, json!({})).await.2, "content");
    assert_eq!(server.refused(&messages, json!({"content": "x", "sender": "bot"})).await.2, "sender");
}

#[tokio::test]
async fn categories_are_sorted_and_release_articles() {
    let server = Server::start().await;
    let mut ids = Vec::new();
    for (name, order) in [("Beta", 2), ("alpha", 2), ("Zed", -5), ("Mid", 0)] {
        ids.push(server.create("categories", json!({"name": name, "sortOrder": order})).await);
    }
    let list = server.call("GET categories", Value::Null).await;
    let order: Vec<&Value> = list["data"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(order, ["Zed", "Mid", "alpha", "Beta"]);
    server.call(&format!("PATCH categories/{}", ids[0]), json!({"isPublic": false})).await;
    assert_eq!(server.call("GET categories?isPublic=true", Value::Null).await["pagination"]["total"], 3);

    let article = server.create("articles", json!({"title": "A", "category": "Beta"})).await;
    let of = |id: &str| format!("GET articles?category={id}");
    assert_eq!(server.call(&of(&ids[0]), Value::Null).await["pagination"]["total"], 1);
    assert_eq!(
        server.call(&of("beta"), Value::Null).await["pagination"]["total"],
        0,
        "documented: a slug finds nothing"
    );
    server.call(&format!("DELETE categories/{}", ids[0]), Value::Null).await;
    let left = server.call(&format!("GET articles/{article}"), Value::Null).await;
    assert_eq!(left["data"]["categoryId"], Value::Null);
    assert_eq!(server.call(&of(&ids[0]), Value::Null).await["pagination"]["total"], 0);
    for body in [json!({"title": "A", "category": "Beta"}), json!({"title": "A", "category": ids[0]})] {
        assert_eq!(server.refused("POST articles", body).await.0, 400);
    }
}

#[tokio::test]
async fn article_gets_its_derived_members() {
    let server = Server::start().await;
    let text = "word ".repeat(201);
    let first =
        server.call("POST articles", json!({"title": "Reset it!", "content": text})).await["data"].clone();
    let second =
        server.call("POST articles", json!({"title": "Reset it?", "excerpt": "E"})).await["data"].clone();
    assert_eq!((&first["slug"], &second["slug"]), (&json!("reset-it"), &json!("reset-it-2")));
    assert_eq!((&first["readTime"], &second["readTime"]), (&json!("2 min"), &json!("1 min")));
    assert_eq!((&first["publishedAt"], &second["excerpt"]), (&Value::Null, &json!("E")));
    let id = first["id"].as_str().unwrap();
    let out =
        server.call(&format!("PATCH articles/{id}"), json!({"status": "published", "title": "New"})).await;
    assert_eq!(
        (&out["data"]["publishedAt"], &out["data"]["slug"]),
        (&json!("2025-12-10T14:30:00Z"), &json!("reset-it"))
    );
}

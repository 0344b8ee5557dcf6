//! Automations: they act on the events of changes, in order, and their chains end. The samples are copied from the
//! public pages.

use super::*;

/// A rule without conditions.
fn rule(name: &str, event: &str, actions: Value) -> Value {
    json!({"name": name, "triggerEvent": event, "actions": actions})
}

fn tag(tag: &str) -> Value {
    json!([{"type": "add_tags", "tags": [tag]}])
}

#[tokio::test]
async fn automation_acts_on_a_new_ticket() {
    let server = Server::start().await;
    let mut stream = server.listen("", &[]).await;
    stream.session().await;
    let body = json!({"name": "Route VIPs", "triggerEvent": "ticket.created",
        "conditions": {"all": [{"field": "priority", "operator": "equals", "value": "high"}],
            "any": [{"field": "title", "operator": "contains", "value": "PAY"}]},
        "actions": [{"type": "assign_to", "agentId": "mem_00000000000040008000000000000005"},
            {"type": "add_tags", "tags": ["vip", "old"]}, {"type": "send_notification", "message": "Look"}]});
    let created = server.call("POST automations", body).await["data"].clone();
    let documented = "id name triggerEvent conditions actions enabled executionCount";
    assert_eq!(names(&created).join(" "), documented);
    assert!(created["id"].as_str().unwrap().starts_with("rule_"));
    assert_eq!((&created["enabled"], &created["executionCount"]), (&json!(true), &json!(0)));
    server.create("tickets", json!({"title": "Cannot pay"})).await;
    let answer = server
        .call("POST tickets", json!({"title": "Cannot pay", "priority": "high", "tags": ["old"]}))
        .await;
    let id = answer["data"]["id"].as_str().unwrap();
    let ticket = server.call(&format!("GET tickets/{id}"), Value::Null).await["data"].clone();
    assert_eq!(ticket["assignedTo"], "mem_00000000000040008000000000000005");
    assert_eq!(ticket["tags"], json!(["old", "vip"]));
    let mut types = Vec::new();
    while types.len() < 5 {
        let frame = stream.frame().await.unwrap();
        types.push(crate::sandbox::tests::client::field(&frame, "event").unwrap().to_owned());
    }
    assert_eq!(
        types,
        ["ticket.created", "ticket.created", "ticket.updated", "ticket.assigned", "ticket.updated"]
    );
    let notifications = server.call("GET notifications", Value::Null).await["data"].clone();
    let texts = |name: &str| -> Vec<&str> {
        notifications.as_array().unwrap().iter().map(|one| one[name].as_str().unwrap()).collect()
    };
    assert_eq!(texts("type"), ["automation", "ticket_assigned"]);
    assert_eq!((texts("title")[0], texts("body")[0]), ("Route VIPs", "Look"));
    let rule = created["id"].as_str().unwrap();
    let one = server.call(&format!("GET automations/{rule}"), Value::Null).await;
    assert_eq!(one["data"]["executionCount"], 1);
    server.call(&format!("PATCH automations/{rule}"), json!({"enabled": false})).await;
    server.create("tickets", json!({"title": "pay", "priority": "high"})).await;
    let one = server.call(&format!("GET automations/{rule}"), Value::Null).await;
    assert_eq!(one["data"]["executionCount"], 1, "disabled");
}

#[tokio::test]
async fn automations_run_in_order_and_end() {
    let server = Server::start().await;
    // each would start itself and all others again and again
    for number in 0..8 {
        server.create("automations", rule("R", "ticket.updated", tag(&format!("t{number}")))).await;
    }
    let id = server.create("tickets", json!({"title": "T"})).await;
    server.call(&format!("PATCH tickets/{id}"), json!({"priority": "low"})).await;
    let ticket = server.call(&format!("GET tickets/{id}"), Value::Null).await;
    assert_eq!(ticket["data"]["tags"], json!(["t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7"]));
    let list = server.call("GET automations", Value::Null).await["data"].clone();
    for rule in list.as_array().unwrap() {
        let count = rule["executionCount"].as_u64().unwrap();
        assert!((1..50).contains(&count), "{list}");
    }
}

#[tokio::test]
async fn chains_of_automations_are_bounded() {
    let server = Server::start().await;
    // each waits for the tag of the one before it
    for number in 0..7 {
        let mut body = rule("R", "ticket.updated", tag(&format!("t{}", number + 1)));
        let last = json!({"field": "tags", "operator": "contains", "value": format!("t{number}")});
        body["conditions"] = json!({"all": [last]});
        server.create("automations", body).await;
    }
    let id = server.create("tickets", json!({"title": "T"})).await;
    server.call(&format!("PATCH tickets/{id}"), json!({"tags": ["t0"]})).await;
    let tags = server.call(&format!("GET tickets/{id}"), Value::Null).await["data"]["tags"].clone();
    assert_eq!(tags, json!(["t0", "t1", "t2", "t3", "t4", "t5"]), "five links");
}

#[tokio::test]
async fn signup_starts_automations() {
    let server = Server::start().await;
    let id = server.create("automations", rule("Welcome", "customer.created", tag("new"))).await;
    let jane = r#"{"email":"jane@example.com","password":"correct horse"}"#;
    let line = "POST /api/auth/acme/signup?environment=test";
    let signup = server.send(line, &["Content-Type: application/json"], jane).await;
    assert_eq!(signup.status, 201, "{signup:?}");
    let customers = server.call("GET customers", Value::Null).await;
    assert_eq!(customers["data"][0]["tags"], json!(["new"]));
    assert_eq!(server.call(&format!("GET automations/{id}"), Value::Null).await["data"]["executionCount"], 1);
}

#[tokio::test]
async fn rules_that_undo_each_other_are_bounded() {
    let server = Server::start().await;
    for number in 0..9 {
        let assign = json!([{"type": "assign_to", "agentId": format!("mem_{number}")}]);
        server.create("automations", rule(&number.to_string(), "ticket.updated", assign)).await;
    }
    let ids = [
        server.create("tickets", json!({"title": "T"})).await,
        server.create("tickets", json!({"title": "T"})).await,
    ];
    let runs = async || -> u64 {
        let rules = server.call("GET automations", Value::Null).await["data"].clone();
        rules.as_array().unwrap().iter().map(|rule| rule["executionCount"].as_u64().unwrap()).sum()
    };
    server.call(&format!("PATCH tickets/{}", ids[0]), json!({"status": "open"})).await;
    // without a bound: more than ten thousand
    assert_eq!(runs().await, 100);
    let bulk = json!({"action": "update", "resource": "tickets", "ids": ids, "data": {"status": "pending"}});
    server.call("POST bulk", bulk).await;
    assert_eq!(runs().await, 300, "the bound is for each event of the request");
}

#[tokio::test]
async fn automation_is_the_actor_of_its_events() {
    let server = Server::start().await;
    let mut stream = server.listen("?types=article.updated", &[]).await;
    stream.session().await;
    let id = server.create("automations", rule("Tagger", "article.created", tag("new"))).await;
    server.create("articles", json!({"title": "A"})).await;
    let frame = stream.frame().await.unwrap();
    let event: Value =
        serde_json::from_str(crate::sandbox::tests::client::field(&frame, "data").unwrap()).unwrap();
    assert_eq!(names(&event), ["id", "type", "created_at", "team_id", "data"], "the documented envelope");
    assert_eq!(event["data"]["updated_by"], json!({"id": id, "name": "Tagger", "email": null}));
}

#[tokio::test]
async fn bulk_and_deletions_start_automations() {
    let server = Server::start().await;
    let tell = json!([{"type": "send_notification", "message": "Gone"}]);
    server.create("automations", rule("Closed", "ticket.closed", tag("done"))).await;
    server.create("automations", rule("Deleted", "ticket.deleted", tell.clone())).await;
    server.create("automations", rule("Survey", "survey.submitted", tell)).await;
    let mut ids = Vec::new();
    for title in ["A", "B"] {
        ids.push(server.create("tickets", json!({"title": title})).await);
    }
    let close = json!({"action": "update", "resource": "tickets", "ids": ids, "data": {"status": "closed"}});
    server.call("POST bulk", close).await;
    for id in &ids {
        let ticket = server.call(&format!("GET tickets/{id}"), Value::Null).await;
        assert_eq!(ticket["data"]["tags"], json!(["done"]));
    }
    server.call(&format!("DELETE tickets/{}", ids[0]), Value::Null).await;
    server.call("POST bulk", json!({"action": "delete", "resource": "tickets", "ids": [ids[1]]})).await;
    let fired = server
        .send("POST /_sandbox/events", &["Content-Type: application/json"], r#"{"type":"survey.submitted"}"#)
        .await;
    assert_eq!(fired.status, 200, "{fired:?}");
    assert_eq!(server.call("GET notifications", Value::Null).await["pagination"]["total"], 3);
}

#[tokio::test]
async fn dry_run_changes_nothing() {
    let server = Server::start().await;
    let mut body = rule("R", "ticket.created", tag("vip"));
    body["conditions"] =
        json!({"all": [{"field": "customer.email", "operator": "contains", "value": "vip@"}]});
    let rule = server.create("automations", body).await;
    let customer = server.create("customers", json!({"name": "J", "email": "vip@example.com"})).await;
    server.call(&format!("PATCH automations/{rule}"), json!({"enabled": false})).await;
    let ticket = server.create("tickets", json!({"title": "T", "customerId": customer})).await;
    let dry = async |body: Value| {
        server.call(&format!("POST automations/{rule}/dry-run"), body).await["data"].clone()
    };
    let found = dry(json!({"ticketId": ticket})).await;
    assert_eq!(found, json!({"wouldMatch": true, "actionsWouldExecute": tag("vip")}));
    assert_eq!(names(&found), ["wouldMatch", "actionsWouldExecute"]);
    let nothing = json!({"wouldMatch": false, "actionsWouldExecute": []});
    assert_eq!(dry(json!({})).await, nothing);
    assert_eq!(dry(json!({"data": {"customer": {"email": "x"}}})).await, nothing);
    let after = server.call(&format!("GET tickets/{ticket}"), Value::Null).await;
    assert_eq!(after["data"]["tags"], json!([]));
    let missing = server.refused(&format!("POST automations/{rule}/dry-run"), json!({"ticketId": "x"})).await;
    assert_eq!(missing.0, 404);
}

#[tokio::test]
async fn wrong_automations_are_refused() {
    let server = Server::start().await;
    let good = rule("R", "ticket.created", tag("a"));
    for (member, value) in [
        ("name", Value::Null),
        ("triggerEvent", Value::Null),
        ("triggerEvent", json!("ticket.opened")),
        ("conditions", json!([])),
        ("conditions", json!({"all": [{"field": "a", "operator": "like", "value": 1}]})),
        ("conditions", json!({"any": [{"field": "a", "operator": "equals"}]})),
        ("actions", json!([{"type": "explode"}])),
        ("actions", json!([{"type": "assign_to"}])),
        ("actions", json!([{"type": "add_tags", "tags": "a"}])),
    ] {
        let mut body = good.clone();
        body[member] = value;
        let refused = server.refused("POST automations", body.clone()).await;
        assert_eq!((refused.0, refused.2.as_str()), (400, member), "{body}");
    }
    let refused = server.ask("POST automations", good, PUBLISHABLE_TEST_KEY, &[]).await;
    assert_eq!(refused.status, 403);
}

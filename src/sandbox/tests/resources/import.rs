//! Imports: records become objects with their events, known objects are skipped or updated, errors are reported one by
//! one.

use super::*;

fn counts(result: &Value) -> Vec<u64> {
    ["total", "created", "updated", "skipped"].map(|name| result[name].as_u64().unwrap()).to_vec()
}

#[tokio::test]
async fn import_creates_and_skips_customers() {
    let server = Server::start().await;
    let mut stream = server.listen("?types=customer.*", &[]).await;
    stream.session().await;
    server.create("customers", json!({"name": "Known", "email": "known@example.com"})).await;
    assert!(stream.frame().await.unwrap().contains("customer.created"));
    let records = json!([
        {"name": "Ann", "email": "ann@example.com", "tags": ["vip"], "unknown": 1},
        {"name": "Other name", "email": "KNOWN@example.com"},
        {"email": "nameless@example.com"},
        {"name": "Ben", "email": "ben"},
        {"name": "Ann again", "email": "ann@example.com"},
    ]);
    let body = json!({"resource": "customers", "records": records});
    let result = server.call("POST import", body.clone()).await["data"].clone();
    let errors = json!([
        {"index": 2, "code": "parameter_missing", "message": "The 'name' field is required.", "param": "name"},
        {"index": 3, "code": "PARAMETER_INVALID", "message": "The 'email' field must be an email address.",
         "param": "email"},
    ]);
    let expected = json!({"object": "import_result", "resource": "customers", "total": 5, "created": 1,
        "updated": 0, "skipped": 2, "errors": errors});
    assert_eq!(result.to_string(), expected.to_string());
    let frame = stream.frame().await.unwrap();
    assert!(frame.contains("event: customer.created") && frame.contains("ann@example.com"), "{frame}");
    let again = server.call("POST import", body).await["data"].clone();
    assert_eq!(counts(&again), [5, 0, 0, 3], "{again}");
    let known = server.call("GET customers?search=known", Value::Null).await["data"][0].clone();
    assert_eq!(known["name"], "Known");
}

#[tokio::test]
async fn import_updates_what_it_knows() {
    let server = Server::start().await;
    let ticket = server.create("tickets", json!({"title": "Old", "tags": ["a"]})).await;
    let article = server.create("articles", json!({"title": "Help"})).await;
    let mut stream = server.listen("", &[]).await;
    stream.session().await;
    let records = json!([
        {"id": ticket, "title": "New", "status": "closed"},
        {"id": ticket, "title": "New"},
        {"id": ticket, "title": ""},
        {"id": "tkt_00000000000040008000000000000000", "title": "Elsewhere"},
        {"title": "No id"},
    ]);
    let body = json!({"resource": "tickets", "records": records, "mergeStrategy": "update"});
    let key = ["Idempotency-Key: import-1"];
    let first = server.ask("POST import", body.clone(), SECRET_TEST_KEY, &key).await;
    let result = first.json()["data"].clone();
    assert_eq!(counts(&result), [5, 2, 1, 1], "{result}");
    assert_eq!((&result["errors"][0]["index"], &result["errors"][0]["param"]), (&json!(2), &json!("title")));
    for kind in ["ticket.updated", "ticket.closed", "ticket.created", "ticket.created"] {
        let frame = stream.frame().await.unwrap();
        assert!(frame.contains(&format!("event: {kind}")), "{kind}: {frame}");
    }
    let again = server.ask("POST import", body, SECRET_TEST_KEY, &key).await;
    assert_eq!((again.header("idempotent-replayed"), &again.body), (Some("true"), &first.body));
    assert_eq!(server.call("GET tickets", Value::Null).await["pagination"]["total"], 3);
    let changed = server.call(&format!("GET tickets/{ticket}"), Value::Null).await["data"].clone();
    assert_eq!((&changed["title"], &changed["tags"]), (&json!("New"), &json!(["a"])));
    let records = json!([{"id": article, "title": "Help!"}, {"title": "More", "status": "published"}]);
    let body = json!({"resource": "articles", "records": records, "mergeStrategy": "update"});
    let result = server.call("POST import", body).await["data"].clone();
    assert_eq!(counts(&result), [2, 1, 1, 0], "{result}");
    // what was exported can be imported
    let list = server.call("GET tickets", Value::Null).await["data"].clone();
    let body = json!({"resource": "tickets", "records": list, "mergeStrategy": "update"});
    let result = server.call("POST import", body).await["data"].clone();
    assert_eq!(counts(&result), [3, 0, 0, 3], "{result}");
}

#[tokio::test]
async fn import_refuses_what_it_cannot_read() {
    let server = Server::start().await;
    let base = json!({"resource": "tickets", "records": [{"title": "T"}]});
    for (member, value) in [
        ("resource", json!("members")),
        ("resource", Value::Null),
        ("records", Value::Null),
        ("records", json!(["T"])),
        ("records", json!(vec![json!({"title": "T"}); 501])),
        ("mergeStrategy", json!("overwrite")),
    ] {
        let mut body = base.clone();
        body[member] = value;
        let refused = server.refused("POST import", body).await;
        assert_eq!((refused.0, refused.2.as_str()), (400, member));
    }
    let refused = server.ask("POST import", base, PUBLISHABLE_TEST_KEY, &[]).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "publishable_key_write"));
    assert_eq!(server.call("GET tickets", Value::Null).await["pagination"]["total"], 0);
    let most = json!({"resource": "tickets", "records": vec![json!({"title": "T"}); 500]});
    assert_eq!(counts(&server.call("POST import", most).await["data"]), [500, 500, 0, 0]);
}

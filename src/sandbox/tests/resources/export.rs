//! Exports: JSON of several resources, CSV of one, filtered as lists are, sent in parts.

use super::*;

#[tokio::test]
async fn export_has_the_filtered_objects() {
    let server = Server::start().await;
    for (title, status) in [("A", "open"), ("B", "closed"), ("C", "open")] {
        server.create("tickets", json!({"title": title, "status": status})).await;
    }
    for name in ["x", "y"] {
        let body = json!({"name": name, "email": format!("{name}@example.com"), "tags": [name]});
        server.create("customers", body).await;
    }
    server.create("articles", json!({"title": "Draft", "isPublic": false})).await;
    let resources = json!([
        {"type": "tickets", "filters": {"status": "open", "priority": null, "unknown": 1}},
        {"type": "customers", "filters": {"tag": "y"}},
        {"type": "articles", "filters": {"isPublic": true}},
        {"type": "tickets", "filters": {"search": "b"}},
        {"type": "tickets"},
    ]);
    let answer = server.ask("POST export", json!({"resources": resources}), SECRET_TEST_KEY, &[]).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    let export = answer.json()["data"].clone();
    assert_eq!((&export["object"], &export["format"]), (&json!("export"), &json!("json")));
    assert_eq!((&export["totalRows"], &export["hasMore"]), (&json!(4), &json!(false)));
    let titles = |name: &str, member: &str| {
        let rows = export["resources"][name].as_array().unwrap();
        rows.iter().map(|row| row[member].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(titles("tickets", "title"), ["C", "A", "B"], "each once");
    assert_eq!(titles("customers", "name"), ["y"]);
    assert!(titles("articles", "title").is_empty());
    let list = server.call("GET tickets", Value::Null).await["data"].clone();
    assert_eq!(export["resources"]["tickets"][0], list[0], "as in a list");
    let live = json!({"resources": [{"type": "tickets"}]});
    let live = server.ask("POST export", live, SECRET_LIVE_KEY, &[]).await;
    assert_eq!(live.json()["data"]["resources"], json!({"tickets": []}));
}

#[tokio::test]
async fn csv_export_has_the_documented_columns() {
    let server = Server::start().await;
    let body = json!({"name": "=cmd()", "email": "a@example.com", "tags": ["a", "b"], "notes": "one\ntwo, \"three\""});
    let id = server.create("customers", body).await;
    let body = json!({"resources": [{"type": "customers"}], "format": "csv"});
    let answer = server.ask("POST export", body, SECRET_TEST_KEY, &[]).await;
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"customers.csv\""));
    let expected = format!(
        "id,object,name,email,sentiment,status,tags,notes,customFields,ticketCount,metadata,createdAt,updatedAt\r\n\
         {id},customer,'=cmd(),a@example.com,neutral,active,\"[\"\"a\"\",\"\"b\"\"]\",\"one\ntwo, \"\"three\"\"\",{{}},0,{{}},\
         2025-12-10T14:30:00Z,2025-12-10T14:30:00Z\r\n"
    );
    assert_eq!(answer.body, expected);
    let none = json!({"resources": [{"type": "tickets"}], "format": "csv"});
    let none = server.ask("POST export", none, SECRET_TEST_KEY, &[]).await;
    assert_eq!(none.body.lines().count(), 1, "{none:?}");
}

#[tokio::test]
async fn export_in_parts_has_every_row_once() {
    let server = Server::start().await;
    let records: Vec<Value> = (0..130).map(|number| json!({"title": number.to_string()})).collect();
    server.call("POST import", json!({"resource": "tickets", "records": records})).await;
    let body = json!({"resources": [{"type": "articles"}, {"type": "tickets"}, {"type": "customers"}]});
    let export = server.call("POST export", body).await["data"].clone();
    assert_eq!(export["totalRows"], 130);
    let titles = export["resources"]["tickets"].as_array().unwrap().iter().map(|row| row["title"].clone());
    assert!(titles.eq((0..130).rev().map(|number| json!(number.to_string()))), "newest first");
    let csv = json!({"resources": [{"type": "tickets"}], "format": "csv"});
    let csv = server.ask("POST export", csv, SECRET_TEST_KEY, &[]).await;
    assert_eq!(csv.body.matches("\r\ntkt_").count(), 130);
}

#[tokio::test]
async fn export_refuses_what_it_cannot_do() {
    let server = Server::start().await;
    let tickets = json!([{"type": "tickets"}]);
    for (body, param) in [
        (json!({}), "resources"),
        (json!({"resources": []}), "resources"),
        (json!({"resources": ["tickets"]}), "resources"),
        (json!({"resources": [{}]}), "type"),
        (json!({"resources": [{"type": "members"}]}), "type"),
        (json!({"resources": [{"type": "tickets", "filters": "open"}]}), "filters"),
        (json!({"resources": [{"type": "tickets", "filters": {"status": "lost"}}]}), "status"),
        (json!({"resources": [{"type": "tickets", "filters": {"search": 1}}]}), "search"),
        (json!({"resources": tickets, "format": "xml"}), "format"),
        (json!({"resources": [{"type": "tickets"}, {"type": "customers"}], "format": "csv"}), "format"),
        (json!({"resources": [{"type": "tickets"}, {"type": "tickets"}], "format": "csv"}), "format"),
        (json!({"resources": vec![json!({"type": "tickets"}); 11]}), "resources"),
    ] {
        let refused = server.refused("POST export", body.clone()).await;
        assert_eq!((refused.0, refused.2.as_str()), (400, param), "{body}");
    }
    let refused = server.ask("POST export", json!({"resources": tickets}), PUBLISHABLE_TEST_KEY, &[]).await;
    assert_eq!(refused.status, 403);
}

//! Finding objects: ids of both shapes, filters, sorting and pages.

use super::*;

#[tokio::test]
async fn ticket_is_found_by_id_and_uuid() {
    let server = Server::start().await;
    let id = server.create("tickets", json!({"title": "T", "initialMessage": "Hello"})).await;
    let hex = id.strip_prefix("tkt_").unwrap();
    let (a, b, c, d, e) = (&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]);
    let uuid = format!("{a}-{b}-{c}-{d}-{e}");
    for spelling in [&id, &uuid, &uuid.to_uppercase()] {
        assert_eq!(server.call(&format!("GET tickets/{spelling}"), Value::Null).await["data"]["id"], *id);
    }
    let deleted = server.call(&format!("DELETE tickets/{uuid}"), Value::Null).await;
    assert_eq!(deleted["data"], json!({"deleted": true, "id": id}));
    let missing = (404, "RESOURCE_MISSING".to_owned(), String::new());
    for line in ["GET tickets/", "DELETE tickets/"] {
        assert_eq!(server.refused(&format!("{line}{id}"), Value::Null).await, missing);
    }
    assert_eq!(server.refused(&format!("GET tickets/{id}/messages"), Value::Null).await, missing);
    assert_eq!(server.refused(&format!("PATCH tickets/{id}"), json!({})).await, missing);
    for odd in ["tkt_", "x", "cus_123", "%00", "tkt_%F0%9F%92%A9"] {
        assert_eq!(server.refused(&format!("GET tickets/{odd}"), Value::Null).await, missing, "{odd}");
    }
    let answer = server.ask(&format!("GET tickets/{id}"), Value::Null, SECRET_TEST_KEY, &[]).await;
    assert_eq!(answer.json()["error"]["message"], "Ticket not found");
}

#[tokio::test]
async fn filters_and_pages_select_objects() {
    let server = Server::start().await;
    let jane = server
        .create("customers", json!({"name": "Jane", "email": "jane@example.com", "tags": ["vip"]}))
        .await;
    for n in 0..25 {
        let body = json!({
            "title": format!("Ticket {n}"),
            "status": if n % 2 == 0 { "open" } else { "pending" },
            "priority": if n < 5 { "urgent" } else { "low" },
            "customerId": if n == 3 { json!(jane) } else { Value::Null },
            "customerName": if n == 3 { Value::Null } else { json!("Grüße Straße") },
            "assignedTo": if n == 4 { json!("mem_abc123") } else { Value::Null },
        });
        server.call("POST tickets", body).await;
    }
    let uuid = {
        let hex = jane.strip_prefix("cus_").unwrap();
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    };
    for (query, total) in [
        ("", 25),
        ("status=open", 13),
        ("status=open&priority=urgent", 3),
        ("status=closed", 0),
        ("assignedTo=mem_abc123", 1),
        (&format!("customerId={jane}"), 1),
        (&format!("customerId={uuid}"), 1),
        (&format!("customerId={uuid}&status=open"), 0),
        ("customerId=unknown", 0),
        ("search=TICKET+1", 11),
        ("search=jane", 1),
        ("search=gr%C3%BC%C3%9Fe", 24),
        ("search=%25", 0),
        ("search=", 25),
        ("search=ticket&status=pending&priority=low", 10),
        ("unknown=1", 25),
    ] {
        let list = server.call(&format!("GET tickets?{query}"), Value::Null).await;
        assert_eq!(list["pagination"]["total"], total, "{query}");
    }
    let titles = |list: &Value| {
        let all =
            list["data"].as_array().unwrap().iter().map(|one| one["title"].as_str().unwrap().to_owned());
        all.collect::<Vec<_>>()
    };
    let first = server.call("GET tickets?pageSize=10", Value::Null).await;
    assert_eq!(titles(&first)[0], "Ticket 24", "the newest first");
    assert_eq!(first["pagination"], json!({"total": 25, "page": 1, "pageSize": 10, "hasMore": true}));
    let last = server.call("GET tickets?pageSize=10&page=3", Value::Null).await;
    assert_eq!(titles(&last), ["Ticket 4", "Ticket 3", "Ticket 2", "Ticket 1", "Ticket 0"]);
    assert_eq!(last["pagination"]["hasMore"], false);
    let beyond = server.call("GET tickets?pageSize=10&page=4", Value::Null).await;
    assert_eq!((titles(&beyond).len(), &beyond["pagination"]["hasMore"]), (0, &json!(false)));
    let expanded = server.call(&format!("GET tickets?customerId={jane}&expand=customer"), Value::Null).await;
    assert_eq!(expanded["data"][0]["customer"]["email"], "jane@example.com");
    let unassigned = server.call("GET tickets?assignedTo=mem_abc123&expand=customer", Value::Null).await;
    assert_eq!(unassigned["data"][0]["customer"], Value::Null);
    let customers = server.call("GET customers?tag=vip&search=EXAMPLE.com&status=active", Value::Null).await;
    assert_eq!(customers["data"][0]["ticketCount"], 1);
    assert_eq!(server.call("GET customers?tag=vi", Value::Null).await["pagination"]["total"], 0);
}

#[tokio::test]
async fn invalid_pages_and_filters_are_refused() {
    let server = Server::start().await;
    for (query, param) in [
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=%2B1", "page"),
        ("page=1.5", "page"),
        ("page=x", "page"),
        ("page=99999999999999999999999", "page"),
        ("pageSize=0", "pageSize"),
        ("pageSize=101", "pageSize"),
        ("status=bogus", "status"),
        ("priority=critical", "priority"),
        ("expand=agent", "expand"),
        ("expand=customer,agent", "expand"),
    ] {
        let expected = (400, "PARAMETER_INVALID".to_owned(), param.to_owned());
        assert_eq!(server.refused(&format!("GET tickets?{query}"), Value::Null).await, expected, "{query}");
    }
    server.call("GET tickets?page=4294967295&pageSize=100", Value::Null).await;
    let posts = server.refused("GET community/posts?sort=best", Value::Null).await;
    assert_eq!(posts.2, "sort");
    assert_eq!(server.refused("GET articles?isPublic=1", Value::Null).await.2, "isPublic");
}

#[tokio::test]
async fn posts_are_sorted_by_parameter() {
    let server = Server::start().await;
    let topic = "0f8fad5b-d9cb-469f-a165-70867728950e";
    let body = json!({"title": "A", "topic_id": topic, "attachments": [{"filename": "a.png"}]});
    let a = server.create("community/posts", body).await;
    server.create("community/posts", json!({"title": "B", "status": "planned"})).await;
    for sort in ["recent", "votes", "comments"] {
        let list = server.call(&format!("GET community/posts?sort={sort}"), Value::Null).await;
        assert_eq!(list["data"][1]["id"], *a, "the newest first among equals: {sort}");
    }
    for (query, total) in
        [(format!("topic={topic}"), 1), ("topic=x".to_owned(), 0), ("status=planned".to_owned(), 1)]
    {
        let list = server.call(&format!("GET community/posts?{query}"), Value::Null).await;
        assert_eq!(list["pagination"]["total"], total, "{query}");
    }
    let members = server.call("GET members?role=owner", Value::Null).await;
    assert_eq!(members["data"][0]["roleDisplayName"], "The Hero");
}

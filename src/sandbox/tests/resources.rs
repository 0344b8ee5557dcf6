//! The documented resources over HTTP: shapes of the documentation, filters, pages and errors.

use serde_json::{Value, json};

use crate::sandbox::tests::client::{Answer, Server, bearer, team};
use crate::sandbox_info::{
    PUBLISHABLE_LIVE_KEY, PUBLISHABLE_TEST_KEY, SECRET_LIVE_KEY, SECRET_TEST_KEY, TEAM_SLUG,
};

impl Server {
    /// Sends a request such as `GET tickets`, with or without a body.
    pub(crate) async fn ask(&self, line: &str, body: Value, key: &str, headers: &[&str]) -> Answer {
        let (method, path) = line.split_once(' ').unwrap();
        let (auth, json) = (bearer(key), "Content-Type: application/json");
        let headers = [&[auth.as_str(), json], headers].concat();
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.send(&format!("{method} {}", team(path)), &headers, &body).await
    }

    /// Sends a request that must succeed, with the secret test key.
    pub(crate) async fn call(&self, line: &str, body: Value) -> Value {
        let answer = self.ask(line, body, SECRET_TEST_KEY, &[]).await;
        assert!(answer.status < 300, "{line}: {answer:?}");
        answer.json()
    }

    /// Sends a request that must fail, and returns status, code and param.
    pub(crate) async fn refused(&self, line: &str, body: Value) -> (u16, String, String) {
        let answer = self.ask(line, body, SECRET_TEST_KEY, &[]).await;
        assert!(answer.status >= 400, "{line}: {answer:?}");
        let param = answer.json()["error"]["param"].as_str().unwrap_or_default().to_owned();
        (answer.status, answer.code(), param)
    }

    /// Creates an object and returns its id.
    pub(crate) async fn create(&self, path: &str, body: Value) -> String {
        let created = self.call(&format!("POST {path}"), body).await;
        created["data"]["id"].as_str().unwrap().to_owned()
    }
}

fn names(object: &Value) -> Vec<&str> {
    object.as_object().unwrap_or_else(|| panic!("{object}")).keys().map(String::as_str).collect()
}

/// Checks that every member of the sample exists, in its order and with its type; `null` matches any type.
fn is_like(ours: &Value, sample: &Value) {
    let documented = names(sample);
    let found: Vec<&str> = names(ours).into_iter().filter(|name| documented.contains(name)).collect();
    assert_eq!(found, documented, "{ours}");
    for (name, value) in sample.as_object().unwrap() {
        let same = std::mem::discriminant(value) == std::mem::discriminant(&ours[name]);
        assert!(
            same || value.is_null() || ours[name].is_null(),
            "{name}: {} is not like {value}",
            ours[name]
        );
    }
}

/// The documented list of tickets.
pub(crate) const TICKETS: &str = r#"{"success":true,"data":[{"id":"tkt_a1B2c3D4e5F6","object":"ticket","title":"Need help with billing","priority":"high","status":"open","customerId":"cus_x9Y8z7W6v5U4","customerName":"Jane Doe","assignedTo":null,"tags":["billing"],"notes":null,"messageCount":3,"responseDeadline":null,"resolutionDeadline":null,"firstResponseAt":null,"responseTier":null,"resolutionTier":null,"slaPaused":false,"metadata":{},"createdAt":"2026-03-30T10:00:00Z","closedAt":null,"updatedAt":"2026-03-30T10:30:00Z"}],"pagination":{"total":42,"page":1,"pageSize":20,"hasMore":true}}"#;

#[tokio::test]
async fn ticket_list_matches_the_documentation() {
    let server = Server::start().await;
    let customer = server.create("customers", json!({"name": "Jane Doe", "email": "jane@example.com"})).await;
    let title = "Need help with billing";
    let body = json!({"title": title, "priority": "high", "customerId": customer, "tags": ["billing"]});
    server.call("POST tickets", body).await;
    let list = server.call("GET tickets?status=new", Value::Null).await;
    let sample: Value = serde_json::from_str(TICKETS).unwrap();
    is_like(&list, &sample);
    is_like(&list["data"][0], &sample["data"][0]);
    is_like(&list["pagination"], &sample["pagination"]);
    assert_eq!(list["data"][0]["createdAt"], "2025-12-10T14:30:00Z", "whole seconds");
    assert_eq!(names(&list), ["success", "data", "pagination", "meta"]);
    // the other documented place
    let in_meta = &list["meta"]["pagination"];
    is_like(in_meta, &json!({"page": 1, "pageSize": 20, "total": 142, "totalPages": 8}));
    is_like(&list["meta"], &json!({"requestId": "req_abc123", "timestamp": "2025-12-10T14:30:00Z"}));
}

#[tokio::test]
async fn every_resource_has_the_documented_members() {
    let server = Server::start().await;
    let category = server.create("categories", json!({"name": "Billing"})).await;
    let created = [
        ("customers", json!({"name": "J", "email": "j@example.com"})),
        ("articles", json!({"title": "Reset your password", "content": "Do.", "categoryId": category})),
        ("customer-groups", json!({"name": "Enterprise"})),
        ("community/posts", json!({"title": "Dark mode"})),
        ("tickets", json!({"title": "T", "initialMessage": "Hello"})),
    ];
    for (path, body) in created {
        server.create(path, body).await;
    }
    for (path, documented) in [
        (
            "customers",
            "id object name email sentiment status tags notes customFields ticketCount metadata createdAt updatedAt",
        ),
        (
            "articles",
            "id object title slug excerpt content categoryId status tags notes viewCount useCount readTime isPublic publishedAt metaDescription metadata createdAt updatedAt",
        ),
        ("categories", "id object name slug description icon color sortOrder isPublic createdAt updatedAt"),
        (
            "customer-groups",
            "id object name slug description externalId customFields customerCount createdAt updatedAt",
        ),
        (
            "community/posts",
            "id title slug body topic_id status visibility vote_count comment_count is_pinned is_locked custom_fields attachments created_at",
        ),
        ("members", "id userId name email avatarUrl role roleDisplayName permissions level xp joinedAt"),
    ] {
        let list = server.call(&format!("GET {path}"), Value::Null).await;
        assert_eq!(names(&list["data"][0]).join(" "), documented, "{path}");
        let id = list["data"][0]["id"].as_str().unwrap();
        let one = server.call(&format!("GET {path}/{id}"), Value::Null).await;
        assert_eq!(one["data"], list["data"][0], "{path}");
        assert_eq!(names(&one), ["success", "data", "meta"]);
    }
    let settings = server.call("GET settings", Value::Null).await;
    is_like(&settings["data"], &json!({"object": "settings", "teamName": "Acme", "teamSlug": TEAM_SLUG}));
    let ticket = server.call("GET tickets", Value::Null).await["data"][0].clone();
    let id = ticket["id"].as_str().unwrap();
    let one = server.call(&format!("GET tickets/{id}"), Value::Null).await;
    let message = "id ticketId content sender senderName isInternal createdAt";
    assert_eq!(names(&one["data"]["messages"][0]).join(" "), message);
    let messages = server.call(&format!("GET tickets/{id}/messages"), Value::Null).await;
    assert_eq!(messages["data"], one["data"]["messages"]);
    assert_eq!(names(&messages), ["success", "data", "meta"], "a plain list");
    assert_eq!(names(&messages["meta"]), ["requestId", "timestamp"]);
    for (path, size) in [("customer-groups", 25), ("tickets", 20), ("members", 20)] {
        assert_eq!(server.call(&format!("GET {path}"), Value::Null).await["pagination"]["pageSize"], size);
    }
}

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

#[tokio::test]
async fn keys_limit_reads_and_writes() {
    let server = Server::start().await;
    let id = server.create("tickets", json!({"title": "T"})).await;
    let total = async |key: &str| {
        server.ask("GET tickets", Value::Null, key, &[]).await.json()["pagination"]["total"].clone()
    };
    assert_eq!((total(PUBLISHABLE_TEST_KEY).await, total(SECRET_LIVE_KEY).await), (json!(1), json!(0)));
    for line in ["GET", "PATCH", "DELETE"] {
        let line = format!("{line} tickets/{id}");
        let answer = server.ask(&line, json!({"status": "open"}), SECRET_LIVE_KEY, &[]).await;
        assert_eq!(answer.status, 404, "live keys do not see test data: {line}");
    }
    for line in
        ["POST tickets", &format!("PATCH tickets/{id}"), &format!("DELETE tickets/{id}"), "PATCH settings"]
    {
        let answer = server.ask(line, json!({"title": "T"}), PUBLISHABLE_TEST_KEY, &[]).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "publishable_key_write"), "{line}");
    }
    let settings = server.ask("GET settings", Value::Null, PUBLISHABLE_LIVE_KEY, &[]).await;
    assert_eq!((settings.status, settings.code().as_str()), (403, "insufficient_permissions"));
    let same = json!({"name": "J", "email": "j@example.com"});
    for key in [SECRET_TEST_KEY, SECRET_LIVE_KEY] {
        assert_eq!(
            server.ask("POST customers", same.clone(), key, &[]).await.status,
            201,
            "unique per environment"
        );
    }
    let put = server.ask(&format!("PUT tickets/{id}"), json!({}), SECRET_TEST_KEY, &[]).await;
    assert_eq!(put.status, 405);
    assert_eq!(server.ask("POST members", json!({}), SECRET_TEST_KEY, &[]).await.status, 405);
}

#[tokio::test]
async fn version_is_checked_and_echoed() {
    let server = Server::start().await;
    let plain = server.ask("GET tickets", Value::Null, SECRET_TEST_KEY, &[]).await;
    assert_eq!(plain.header("cstar-version"), Some("2026-03-01"));
    let later = server.ask("GET tickets", Value::Null, SECRET_TEST_KEY, &["CStar-Version: 2027-01-01"]).await;
    assert_eq!((later.status, later.header("cstar-version")), (200, Some("2026-03-01")));
    for bad in ["CStar-Version: 1", "CStar-Version: 2020-01-01"] {
        let answer = server.ask("GET tickets", Value::Null, SECRET_TEST_KEY, &[bad]).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "PARAMETER_INVALID"), "{bad}");
        assert!(answer.header("x-ratelimit-remaining").is_some());
    }
}

#[tokio::test]
async fn idempotent_write_happens_once() {
    let server = Server::start().await;
    let key = ["Idempotency-Key: 5a"];
    let body = json!({"title": "T"});
    let first = server.ask("POST tickets", body.clone(), SECRET_TEST_KEY, &key).await;
    let again = server.ask("POST tickets", body, SECRET_TEST_KEY, &key).await;
    assert_eq!((again.status, &again.body), (201, &first.body));
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(server.call("GET tickets", Value::Null).await["pagination"]["total"], 1);
    let other = server.ask("POST tickets", json!({"title": "U"}), SECRET_TEST_KEY, &key).await;
    assert_eq!((other.status, other.code().as_str()), (409, "idempotency_key_reused"));
    let id = first.json()["data"]["id"].as_str().unwrap().to_owned();
    let line = format!("PATCH tickets/{id}");
    let key = ["Idempotency-Key: 5b"];
    let patched = server.ask(&line, json!({"status": "open"}), SECRET_TEST_KEY, &key).await;
    server.call(&line, json!({"status": "pending"})).await;
    let again = server.ask(&line, json!({"status": "open"}), SECRET_TEST_KEY, &key).await;
    assert_eq!(again.body, patched.body);
    assert_eq!(server.call(&format!("GET tickets/{id}"), Value::Null).await["data"]["status"], "pending");
}

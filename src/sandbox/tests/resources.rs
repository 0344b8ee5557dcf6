//! The documented resources over HTTP.

mod access;
mod audit_log;
mod automations;
mod bulk;
mod community;
mod export;
mod import;
mod more;
mod queries;
mod writes;

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

//! Calls every operation of a running sandbox and checks each response against the document.

mod client;
mod ours;

use serde_json::{Value, json};

use self::client::CheckedClient;
use crate::sandbox::tests::client::{bearer, team};
use crate::sandbox::tests::openapi::operations;
use crate::sandbox_info::{PUBLISHABLE_TEST_KEY, SECRET_LIVE_KEY, SECRET_TEST_KEY};

#[tokio::test]
async fn every_response_matches_the_document() {
    let mut client = CheckedClient::start().await;
    let created = client.resources().await;
    let ticket = &created[2].1;
    for query in ["", "?expand=customer"] {
        client.call(&format!("GET tickets{query}"), "", Value::Null).await;
        client.call(&format!("GET tickets/{{id}}{query}"), ticket, Value::Null).await;
    }
    client.call("POST tickets/{id}/messages", ticket, json!({"content": "Hello"})).await;
    client.call("GET tickets/{id}/messages", ticket, Value::Null).await;
    client.refused("GET tickets/{id}/messages", "none", Value::Null, 404).await;
    let member = client.call("GET members", "", Value::Null).await[0]["id"].as_str().unwrap().to_owned();
    client.call("GET members/{id}", &member, Value::Null).await;
    client.call("GET search?q=see&types=tickets,articles", "", Value::Null).await;
    client.refused("GET search", "", Value::Null, 400).await;
    client.call("POST tags", "", json!({"name": "spare"})).await;
    client.call("GET tags", "", Value::Null).await;
    client.call("DELETE tags/{name}", "spare", Value::Null).await;
    client.refused("DELETE tags/{name}", "spare", Value::Null, 404).await;
    let bulk =
        json!({"action": "update", "resource": "tickets", "ids": [ticket, "x"], "data": {"status": "open"}});
    client.call("POST bulk", "", bulk).await;
    client.refused("POST bulk", "", json!({}), 400).await;
    let records = json!([{"name": "I", "email": "i@example.com"}, {"name": "no address"}]);
    client.call("POST import", "", json!({"resource": "customers", "records": records})).await;
    client.refused("POST import", "", json!({}), 400).await;
    let resources = json!([{"type": "customers", "filters": {"tag": "vip"}}, {"type": "articles"}]);
    client.call("POST export", "", json!({"resources": resources})).await;
    client.refused("POST export", "", json!({"resources": resources, "format": "csv"}), 400).await;
    client.call("GET audit-log?resourceType=ticket&endDate=2030-01-01&pageSize=5", "", Value::Null).await;
    client.refused("GET audit-log?startDate=x", "", Value::Null, 400).await;
    client.more(ticket).await;
    client.automations_and_posts(&created[5].1).await;
    client.call("GET settings", "", Value::Null).await;
    client.call("PATCH settings", "", json!({"csatEnabled": true})).await;
    client.call("POST webhooks/trigger-test", "", json!({"event": "ticket.created", "data": {}})).await;
    client.refused("POST webhooks/trigger-test", "", json!({"event": "x"}), 400).await;
    client.call("GET /api/v1/auth/whoami", "", Value::Null).await;
    for (path, id) in &created {
        client.call(&format!("DELETE {path}/{{id}}"), id, Value::Null).await;
        client.refused(&format!("DELETE {path}/{{id}}"), id, Value::Null, 404).await;
    }
    client.webhooks().await;
    client.library().await;
    client.ours().await;
    // streams, and what is refused always
    let streams = [
        "webhooks/listen",
        "realtime",
        "logs/stream",
        "mentions",
        "attachments",
        "activity",
        "community/topics",
    ];
    let streams = streams.map(|path| format!("GET /api/v1/teams/{{team}}/{path}"));
    // and what needs the access token of a customer, which this client does not send
    let customers = ["GET /api/auth/{team}/session", "POST /api/auth/{team}/logout"];
    let described = operations(&client.checker.document);
    let unseen: Vec<&String> = described
        .iter()
        .filter(|operation| {
            !client.seen.contains(*operation)
                && !streams.contains(operation)
                && !customers.contains(&operation.as_str())
        })
        .collect();
    assert!(unseen.is_empty(), "this test asks for no answer of {unseen:#?}");
}

impl CheckedClient {
    async fn more(&mut self, ticket: &str) {
        let field = json!({"name": "Plan", "type": "select", "entityType": "customers", "options": ["a"]});
        self.removed("custom-fields", field, json!({"required": true})).await;
        let rule = json!({"name": "R", "priority": "high", "responseTarget": 60, "resolutionTarget": 480});
        self.removed("sla/rules", rule, json!({"enabled": false})).await;
        let view = json!({"name": "V", "entityType": "tickets", "filters": {"status": "new"}});
        let id = self.round("views", view, json!({"sortDirection": "asc"})).await;
        self.call("GET views/{id}/results", &id, Value::Null).await;
        self.refused("GET views/{id}/results", "none", Value::Null, 404).await;
        self.call("DELETE views/{id}", &id, Value::Null).await;
        let seen = self.call("GET notifications?unreadOnly=true", "", Value::Null).await;
        let id = seen[0]["id"].as_str().unwrap().to_owned();
        self.call("GET notifications/{id}", &id, Value::Null).await;
        self.call("PATCH notifications/{id}", &id, json!({"read": true})).await;
        self.call("GET notifications/unread-count", "", Value::Null).await;
        self.call("GET analytics/overview?period=month", "", Value::Null).await;
        self.refused("GET analytics/overview?period=x", "", Value::Null, 400).await;
        self.call("GET game/player", "", Value::Null).await;
        self.refused("GET game/player?userId=x", "", Value::Null, 404).await;
        self.call("GET billing/subscription", "", Value::Null).await;
        self.call("POST billing/portal", "", json!({"returnUrl": "https://example.com"})).await;
        for action in ["auto-tag", "suggest-reply", "summarize"] {
            self.call("POST ai", "", json!({"action": action, "ticketId": ticket})).await;
        }
        self.call("POST ai", "", json!({"action": "improve", "text": "helo"})).await;
        self.refused("POST ai", "", json!({"action": "summarize"}), 400).await;
        self.refused("POST ai", "", json!({"action": "summarize", "ticketId": "x"}), 404).await;
    }

    async fn automations_and_posts(&mut self, post: &str) {
        let rule = json!({"name": "A", "triggerEvent": "ticket.created",
            "conditions": {"all": [{"field": "priority", "operator": "equals", "value": "high"}]},
            "actions": [{"type": "add_tags", "tags": ["hot"]}, {"type": "send_notification", "message": "Hi"}]});
        let id = self.round("automations", rule, json!({"enabled": false})).await;
        self.call("POST automations/{id}/dry-run", &id, json!({})).await;
        self.refused("POST automations/{id}/dry-run", "none", json!({}), 404).await;
        self.call("DELETE automations/{id}", &id, Value::Null).await;
        let comment = json!({"body": "Yes", "is_official": true, "author_id": "mem_x"});
        let comment = self.call("POST community/posts/{id}/comments", post, comment).await;
        self.call("GET community/posts/{id}/comments", post, Value::Null).await;
        let path = "community/posts/{id}/comments/{comment}";
        self.refused(&format!("DELETE {path}"), post, Value::Null, 404).await;
        let target = team(&path.replace("{id}", post).replace("{comment}", comment["id"].as_str().unwrap()));
        let answer = self.server.send(&format!("DELETE {target}"), &[&bearer(self.key)], "").await;
        self.check_response(&format!("DELETE /api/v1/teams/{{team}}/{path}"), &answer);
        self.call("POST community/posts/{id}/vote", post, json!({})).await;
        self.call("DELETE community/posts/{id}/vote", post, Value::Null).await;
        self.refused("DELETE community/posts/{id}/vote", post, Value::Null, 404).await;
        self.call("POST /_sandbox/events", "", json!({"type": "boss.defeated"})).await;
        self.refused("POST /_sandbox/events", "", json!({"type": "x"}), 400).await;
    }

    /// A round, and the deletion.
    async fn removed(&mut self, path: &str, body: Value, change: Value) {
        let id = self.round(path, body, change).await;
        self.call(&format!("DELETE {path}/{{id}}"), &id, Value::Null).await;
    }

    async fn webhooks(&mut self) {
        // the sandbox itself is the endpoint, and refuses deliveries
        let url = format!("http://127.0.0.1:{}/", self.server.port);
        let webhook = json!({"name": "W", "url": url, "events": "ticket.*, *"});
        assert!(self.checker.at("components/schemas/WebhookCreation").is_valid(&webhook));
        let id = self.call("POST webhooks", "", webhook).await["id"].as_str().unwrap().to_owned();
        self.call("GET webhooks?active=true", "", Value::Null).await;
        self.call("GET webhooks/{id}", &id, Value::Null).await;
        self.call("PATCH webhooks/{id}", &id, json!({"flatPayload": true})).await;
        let fired = self.call("POST webhooks/trigger-test", "", json!({"event": "ticket.created"})).await;
        assert_eq!(fired["deliveries"][0]["status"], 405, "{fired}");
        let tested = self.call("POST webhooks/{id}/test", &id, json!({"event": "ticket.closed"})).await;
        let resend = "webhooks/{id}/deliveries/{delivery}/resend";
        let delivery = tested["deliveryId"].as_str().unwrap();
        let path = team(&resend.replace("{id}", &id).replace("{delivery}", delivery));
        let answer = self.server.send(&format!("POST {path}"), &[&bearer(self.key)], "").await;
        self.check_response(&format!("POST /api/v1/teams/{{team}}/{resend}"), &answer);
        let listed = self.call("GET webhooks/{id}/deliveries?limit=5&status=failed", &id, Value::Null).await;
        assert_eq!(listed[0]["attempts"][1]["status"], 405, "{listed}");
        self.refused("GET webhooks/{id}/deliveries?status=x", &id, Value::Null, 400).await;
        self.call("POST webhooks/{id}/rotate-secret", &id, Value::Null).await;
        self.refused("POST webhooks", "", json!({"name": "W", "url": "ftp://x", "events": "*"}), 400).await;
        self.call("DELETE webhooks/{id}", &id, Value::Null).await;
        self.refused("GET webhooks/{id}", &id, Value::Null, 404).await;
    }

    async fn library(&mut self) {
        self.key = SECRET_LIVE_KEY;
        let category = self.call("POST categories", "", json!({"name": "B"})).await["id"].clone();
        let article = json!({"title": "Seen", "status": "published", "categoryId": category});
        self.call("POST articles", "", article).await;
        for path in ["articles", "categories", "search?q=seen"] {
            self.call(&format!("GET /api/library/{{team}}/{path}"), "", Value::Null).await;
        }
        self.call("GET /api/library/{team}/articles/{slug}", "seen", Value::Null).await;
        self.call("POST /api/library/{team}/articles/{slug}/view", "seen", Value::Null).await;
        self.call("POST /api/library/{team}/articles/{slug}/feedback", "seen", json!({"rating": 5})).await;
        self.refused("GET /api/library/{team}/articles/{slug}", "none", Value::Null, 404).await;
        self.refused("GET /api/library/{team}/search", "", Value::Null, 400).await;
        self.key = SECRET_TEST_KEY;
    }
}

#[tokio::test]
async fn key_requirements_match_the_description() {
    let mut client = CheckedClient::start().await;
    let document = client.checker.document.clone();
    for operation in operations(&document) {
        let (method, path) = operation.split_once(' ').unwrap();
        if path.starts_with("/api/auth/") {
            // no API key, but the token of a customer
            continue;
        }
        let security = document["paths"][path][method.to_ascii_lowercase()]["security"].as_array().unwrap();
        let opens = |key: &str| security.iter().any(|one| one.get(key).is_some());
        client.key = PUBLISHABLE_TEST_KEY;
        let with_publishable = client.status(method, path).await;
        client.key = "unknown";
        let without = client.status(method, path).await;
        assert_eq!(without == 401, !security.is_empty(), "{operation}: {without} without a key");
        let refused = with_publishable == 403;
        assert_eq!(
            refused,
            opens("secretKey") && !opens("publishableKey"),
            "{operation}: {with_publishable}"
        );
    }
}

impl CheckedClient {
    /// The status of a request without a body.
    async fn status(&mut self, method: &str, path: &str) -> u16 {
        let answer = self.ask(&format!("{method} {path}"), "none", Value::Null).await;
        answer.status
    }
}

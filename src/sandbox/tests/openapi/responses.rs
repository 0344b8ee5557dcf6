//! Calls every operation of a running sandbox and checks each response against the document.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::sandbox::tests::client::{Answer, Server, bearer, team};
use crate::sandbox::tests::openapi::{Checker, operations};
use crate::sandbox_info::{PUBLISHABLE_TEST_KEY, SECRET_LIVE_KEY, SECRET_TEST_KEY, TEAM_ID};

struct CheckedClient {
    server: Server,
    checker: Checker,
    /// The operations that succeeded, such as `GET /path/{template}`.
    seen: BTreeSet<String>,
    key: &'static str,
}

impl CheckedClient {
    async fn start() -> Self {
        let server = Server::start().await;
        Self { server, checker: Checker::strict(), seen: BTreeSet::new(), key: SECRET_TEST_KEY }
    }

    /// Sends a request such as `GET tickets/{id}?x`. Paths without a leading slash are below the team.
    async fn ask(&mut self, line: &str, id: &str, body: Value) -> Answer {
        let (method, template) = line.split_once(' ').unwrap();
        let template = match template.strip_prefix('/') {
            Some(_) => template.to_owned(),
            None => format!("/api/v1/teams/{{team}}/{template}"),
        };
        let team = if template.starts_with("/api/library") || template.starts_with("/api/auth") {
            "acme"
        } else {
            TEAM_ID
        };
        let path = template
            .replace("{team}", team)
            .replace("{id}", id)
            .replace("{slug}", id)
            .replace("{delivery}", id)
            .replace("{comment}", "none")
            .replace("{name}", id);
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let headers = [&bearer(self.key), "Content-Type: application/json"];
        let answer = self.server.send(&format!("{method} {path}"), &headers, &body).await;
        let operation = format!("{method} {}", template.split('?').next().unwrap());
        self.check_response(&operation, &answer);
        answer
    }

    fn check_response(&mut self, operation: &str, answer: &Answer) {
        if answer.status != 204 {
            self.checker.check(operation, answer.status, &answer.json());
        }
        if answer.status < 300 {
            self.seen.insert(operation.to_owned());
            let (method, path) = operation.split_once(' ').unwrap();
            let described = &self.checker.document["paths"][path][method.to_ascii_lowercase()];
            let headers = described["responses"][answer.status.to_string()]["headers"].as_object().unwrap();
            for name in headers.keys().filter(|name| *name != "Idempotent-Replayed") {
                assert!(answer.header(name).is_some(), "{operation}: no {name}");
            }
        }
    }

    /// Sends a request that must succeed and returns its `data`.
    async fn call(&mut self, line: &str, id: &str, body: Value) -> Value {
        let answer = self.ask(line, id, body).await;
        assert!(answer.status < 300, "{line}: {answer:?}");
        if answer.body.is_empty() { Value::Null } else { answer.json()["data"].clone() }
    }

    /// Sends a request that must fail with `status`.
    async fn refused(&mut self, line: &str, id: &str, body: Value, status: u16) {
        let answer = self.ask(line, id, body).await;
        assert_eq!(answer.status, status, "{line}: {answer:?}");
    }

    /// Creates, lists, reads and updates an object, and returns its id.
    async fn round(&mut self, path: &str, body: Value, change: Value) -> String {
        let id = self.call(&format!("POST {path}"), "", body).await["id"].as_str().unwrap().to_owned();
        self.call(&format!("GET {path}"), "", Value::Null).await;
        self.call(&format!("GET {path}/{{id}}"), &id, Value::Null).await;
        self.call(&format!("PATCH {path}/{{id}}"), &id, change).await;
        self.call(&format!("GET {path}?page=2&pageSize=1"), "", Value::Null).await;
        self.refused(&format!("GET {path}?page=0"), "", Value::Null, 400).await;
        self.refused(&format!("GET {path}/{{id}}"), "none", Value::Null, 404).await;
        self.refused(&format!("POST {path}"), "", json!({}), 400).await;
        id
    }

    /// Does a round with every writable resource and returns the paths and ids.
    async fn resources(&mut self) -> Vec<(&'static str, String)> {
        let category = self.round("categories", json!({"name": "B"}), json!({"color": "red"})).await;
        let article = json!({"title": "Seen", "categoryId": category, "status": "published"});
        let customer = json!({"name": "J", "email": "j@example.com", "metadata": {"a": {"b": [1]}}});
        let customer = self.round("customers", customer, json!({"tags": ["vip"], "notes": "N"})).await;
        let ticket =
            json!({"title": "T", "customerId": customer, "assignedTo": "mem_x", "initialMessage": "Hi"});
        let post = json!({"title": "P", "attachments": [{"filename": "a.png"}]});
        vec![
            ("articles", self.round("articles", article, json!({"excerpt": null})).await),
            ("categories", category),
            ("tickets", self.round("tickets", ticket, json!({"status": "closed"})).await),
            ("customers", customer),
            (
                "customer-groups",
                self.round("customer-groups", json!({"name": "G"}), json!({"name": "H"})).await,
            ),
            ("community/posts", self.round("community/posts", post, json!({"status": "planned"})).await),
        ]
    }
}

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

    async fn ours(&mut self) {
        let key =
            self.call("POST api-keys", "", json!({"name": "CI"})).await["id"].as_str().unwrap().to_owned();
        self.call("GET api-keys", "", Value::Null).await;
        self.call("DELETE api-keys/{id}", &key, Value::Null).await;
        self.refused("DELETE api-keys/{id}", &key, Value::Null, 404).await;
        self.call("GET logs?limit=2&status=4xx,200-299&method=GET", "", Value::Null).await;
        self.refused("GET logs?status=x", "", Value::Null, 400).await;
        for path in ["/", "/_sandbox", "/_sandbox/ready", "/favicon.ico", "/openapi.json"] {
            self.ask(&format!("GET {path}"), "", Value::Null).await;
        }
        for fault in [
            json!({"latency": "1ms", "path": "nothing"}),
            json!([{"status": 503, "probability": 0.5, "path": "nothing"}, {"cut": true}, {"cut": 3}]),
            json!({"seed": 7, "faults": [{"duplicate": true}, {"skew": "-10m", "count": 0}]}),
            // found by a fuzzer: the response has another unit
            json!([{"latency": "9.5h", "jitter": "300m", "path": "nothing"}, {"skew": "9.999h", "count": 4_294_967_295_u32}]),
            json!({"seed": u64::MAX, "faults": [{"cut": 1.0}]}),
        ] {
            let schema = self.checker.at("components/schemas/FaultInput");
            assert!(schema.is_valid(&fault), "{fault}");
            self.call("POST /_sandbox/faults", "", fault).await;
        }
        // the longest durations of each shape, all below the limit of a day
        for longest in ["9999999.999ms", "9999.999s", "999.999m", "9.999h"] {
            let fault = json!({"latency": longest, "path": "nothing"});
            self.call("POST /_sandbox/faults", "", fault).await;
        }
        let longer = json!({"latency": "92679s", "path": "nothing"});
        assert!(!self.checker.at("components/schemas/FaultInput").is_valid(&longer));
        self.refused("POST /_sandbox/faults", "", longer, 400).await;
        self.refused("POST /_sandbox/faults", "", json!({}), 400).await;
        let listed = self.ask("GET /_sandbox/faults", "", Value::Null).await.json();
        let id = listed["faults"][0]["id"].as_str().unwrap();
        self.call("DELETE /_sandbox/faults/{id}", id, Value::Null).await;
        self.call("DELETE /_sandbox/faults", "", Value::Null).await;
        self.teams().await;
        self.unpublished().await;
        self.customers_log_in().await;
        self.ask("POST /_sandbox/reset", "", json!({})).await;
        let plan = json!({"environment": "live", "tickets": 1, "customers": 1, "seed": 2, "events": false});
        self.ask("POST /_sandbox/seed", "", plan).await;
        self.refused("POST /_sandbox/seed", "", json!({"tickets": -1}), 400).await;
        let state = "{\"format\":\"cstar-sandbox\",\"version\":2}\n";
        self.ask("POST /_sandbox/export", "", Value::Null).await;
        self.ask("POST /_sandbox/import", "", json!({"state": state, "accept_access": true})).await;
        self.refused("POST /_sandbox/import", "", json!({"state": "x"}), 400).await;
        self.test_api().await;
    }

    async fn test_api(&mut self) {
        self.call("POST webhooks/trigger-test", "", json!({"event": "ticket.created"})).await;
        self.ask("POST /_sandbox/settings", "", json!({"log_bodies": true})).await;
        for path in [
            "events?type=ticket.*&containing=a",
            "deliveries",
            "requests?limit=5",
            "settings",
            "clock",
            "snapshots",
        ] {
            self.call(&format!("GET /_sandbox/{path}"), "", Value::Null).await;
        }
        for line in ["POST /_sandbox/snapshots/{name}", "POST /_sandbox/snapshots/{name}/restore"] {
            self.call(line, "first", Value::Null).await;
        }
        self.refused("POST /_sandbox/snapshots/{name}", "-", Value::Null, 400).await;
        self.call("DELETE /_sandbox/snapshots/{name}", "first", Value::Null).await;
        self.refused("POST /_sandbox/snapshots/{name}/restore", "first", Value::Null, 404).await;
        self.refused("GET /_sandbox/deliveries?status=x", "", Value::Null, 400).await;
        self.refused("GET /_sandbox/events?wait=61s", "", Value::Null, 400).await;
        self.refused("POST /_sandbox/clock", "", json!({"advance": "x"}), 400).await;
        for body in
            [json!({"advance": "999.999h"}), json!({"set": "2999-01-01T00:00:00Z"}), json!({"reset": true})]
        {
            assert!(self.checker.at("components/schemas/ClockMove").is_valid(&body), "{body}");
            self.call("POST /_sandbox/clock", "", body).await;
        }
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

impl CheckedClient {
    /// The accessors of the SDK that no page describes say so.
    async fn unpublished(&mut self) {
        for path in ["mentions", "attachments", "activity", "community/topics"] {
            let answer = self.ask(&format!("GET {path}"), "", Value::Null).await;
            let text = format!("cStar has {path}, but its shape is published nowhere");
            assert!(answer.status == 404 && answer.body.contains(&text), "{answer:?}");
        }
        self.ask("GET /api/library/{team}/stats", "acme", Value::Null).await;
    }

    async fn customers_log_in(&mut self) {
        let path = |rest: &str| format!("/api/auth/{{team}}/{rest}");
        let login = json!({"email": "ada@example.com", "password": "correct horse"});
        self.call(&format!("POST {}", path("signup")), "", login.clone()).await;
        self.refused(&format!("POST {}", path("signup")), "", login.clone(), 409).await;
        self.refused(&format!("POST {}", path("login")), "", json!({}), 400).await;
        self.call(&format!("POST {}", path("confirm")), "", json!({"email": "ada@example.com"})).await;
        let tokens = self.call(&format!("POST {}", path("login")), "", login).await;
        let refresh = json!({"refreshToken": tokens["refreshToken"]});
        self.call(&format!("POST {}", path("refresh")), "", refresh.clone()).await;
        self.refused(&format!("POST {}", path("refresh")), "", refresh, 401).await;
        // with an API key in place of the token of a customer
        self.refused(&format!("GET {}", path("session")), "", Value::Null, 401).await;
        self.refused(&format!("POST {}", path("logout")), "", Value::Null, 401).await;
    }

    async fn teams(&mut self) {
        let team = self.ask("POST /_sandbox/teams", "", json!({"name": "T"})).await.json();
        self.refused("POST /_sandbox/teams", "", json!({"name": 1}), 400).await;
        self.ask("GET /_sandbox/teams", "", Value::Null).await;
        self.call("DELETE /_sandbox/teams/{id}", team["id"].as_str().unwrap(), Value::Null).await;
        self.refused("DELETE /_sandbox/teams/{id}", "none", Value::Null, 404).await;
    }
}

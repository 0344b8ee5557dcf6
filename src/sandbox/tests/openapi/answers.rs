//! A running sandbox, asked for everything: each answer is as described, to the last member.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::sandbox::tests::client::{Answer, Server, bearer, team};
use crate::sandbox::tests::openapi::{Judge, operations};
use crate::sandbox_info::{PUBLISHABLE_TEST_KEY, SECRET_LIVE_KEY, SECRET_TEST_KEY, TEAM_ID};

/// A client that has every answer judged.
struct Critic {
    server: Server,
    judge: Judge,
    /// What has succeeded, as `GET /path/{template}`.
    seen: BTreeSet<String>,
    key: &'static str,
}

impl Critic {
    async fn start() -> Self {
        let server = Server::start().await;
        Self { server, judge: Judge::strict(), seen: BTreeSet::new(), key: SECRET_TEST_KEY }
    }

    /// Asks for `GET tickets/{id}?x` with the id put in; paths without a slash are below the team.
    async fn ask(&mut self, line: &str, id: &str, body: Value) -> Answer {
        let (method, template) = line.split_once(' ').unwrap();
        let template = match template.strip_prefix('/') {
            Some(_) => template.to_owned(),
            None => format!("/api/v1/teams/{{team}}/{template}"),
        };
        let team = if template.starts_with("/api/library") { "acme" } else { TEAM_ID };
        let path = template
            .replace("{team}", team)
            .replace("{id}", id)
            .replace("{slug}", id)
            .replace("{delivery}", id);
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let headers = [&bearer(self.key), "Content-Type: application/json"];
        let answer = self.server.send(&format!("{method} {path}"), &headers, &body).await;
        let operation = format!("{method} {}", template.split('?').next().unwrap());
        self.judge_answer(&operation, &answer);
        answer
    }

    fn judge_answer(&mut self, operation: &str, answer: &Answer) {
        if answer.status != 204 {
            self.judge.judge(operation, answer.status, &answer.json());
        }
        if answer.status < 300 {
            self.seen.insert(operation.to_owned());
            let (method, path) = operation.split_once(' ').unwrap();
            let described = &self.judge.document["paths"][path][method.to_ascii_lowercase()];
            let headers = described["responses"][answer.status.to_string()]["headers"].as_object().unwrap();
            for name in headers.keys().filter(|name| *name != "Idempotent-Replayed") {
                assert!(answer.header(name).is_some(), "{operation}: no {name}");
            }
        }
    }

    /// The same, which has to succeed; what comes back is `data`.
    async fn call(&mut self, line: &str, id: &str, body: Value) -> Value {
        let answer = self.ask(line, id, body).await;
        assert!(answer.status < 300, "{line}: {answer:?}");
        if answer.body.is_empty() { Value::Null } else { answer.json()["data"].clone() }
    }

    /// The same, refused with `status`.
    async fn refused(&mut self, line: &str, id: &str, body: Value, status: u16) {
        let answer = self.ask(line, id, body).await;
        assert_eq!(answer.status, status, "{line}: {answer:?}");
    }

    /// Makes, lists, reads and changes one; gives its id.
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

    /// A round of every resource that can be written; gives path and id of each.
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
async fn every_operation_answers_as_described() {
    let mut critic = Critic::start().await;
    let made = critic.resources().await;
    let ticket = &made[2].1;
    for query in ["", "?expand=customer"] {
        critic.call(&format!("GET tickets{query}"), "", Value::Null).await;
        critic.call(&format!("GET tickets/{{id}}{query}"), ticket, Value::Null).await;
    }
    critic.call("POST tickets/{id}/messages", ticket, json!({"content": "Hello"})).await;
    critic.call("GET tickets/{id}/messages", ticket, Value::Null).await;
    critic.refused("GET tickets/{id}/messages", "none", Value::Null, 404).await;
    let member = critic.call("GET members", "", Value::Null).await[0]["id"].as_str().unwrap().to_owned();
    critic.call("GET members/{id}", &member, Value::Null).await;
    critic.call("GET settings", "", Value::Null).await;
    critic.call("PATCH settings", "", json!({"csatEnabled": true})).await;
    critic.call("POST webhooks/trigger-test", "", json!({"event": "ticket.created", "data": {}})).await;
    critic.refused("POST webhooks/trigger-test", "", json!({"event": "x"}), 400).await;
    critic.call("GET /api/v1/auth/whoami", "", Value::Null).await;
    for (path, id) in &made {
        critic.call(&format!("DELETE {path}/{{id}}"), id, Value::Null).await;
        critic.refused(&format!("DELETE {path}/{{id}}"), id, Value::Null, 404).await;
    }
    critic.webhooks().await;
    critic.library().await;
    critic.ours().await;
    let streams = ["webhooks/listen", "realtime", "logs/stream"];
    let streams = streams.map(|path| format!("GET /api/v1/teams/{{team}}/{path}"));
    let described = operations(&critic.judge.document);
    let unseen: Vec<&String> = described
        .iter()
        .filter(|operation| !critic.seen.contains(*operation) && !streams.contains(operation))
        .collect();
    assert!(unseen.is_empty(), "this test asks for no answer of {unseen:#?}");
}

impl Critic {
    async fn webhooks(&mut self) {
        // the sandbox itself, which refuses what is delivered to it
        let url = format!("http://127.0.0.1:{}/", self.server.port);
        let wish = json!({"name": "W", "url": url, "events": "ticket.*, *"});
        assert!(self.judge.at("components/schemas/WebhookCreation").is_valid(&wish));
        let id = self.call("POST webhooks", "", wish).await["id"].as_str().unwrap().to_owned();
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
        self.judge_answer(&format!("POST /api/v1/teams/{{team}}/{resend}"), &answer);
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
        for path in ["/", "/_sandbox", "/favicon.ico", "/openapi.json"] {
            self.ask(&format!("GET {path}"), "", Value::Null).await;
        }
        for fault in [
            json!({"latency": "1ms", "path": "nothing"}),
            json!([{"status": 503, "probability": 0.5, "path": "nothing"}, {"cut": true}, {"cut": 3}]),
            json!({"seed": 7, "faults": [{"duplicate": true}, {"skew": "-10m", "count": 0}]}),
            // found by a fuzzer: they are answered in another unit
            json!([{"latency": "9.5h", "jitter": "300m", "path": "nothing"}, {"skew": "9.999h", "count": 4_294_967_295_u32}]),
            json!({"seed": u64::MAX, "faults": [{"cut": 1.0}]}),
        ] {
            let schema = self.judge.at("components/schemas/FaultWish");
            assert!(schema.is_valid(&fault), "{fault}");
            self.call("POST /_sandbox/faults", "", fault).await;
        }
        // as were these: no time of such a shape is longer than a day, which is as long as it may be
        for longest in ["9999999.999ms", "9999.999s", "999.999m", "9.999h"] {
            let fault = json!({"latency": longest, "path": "nothing"});
            self.call("POST /_sandbox/faults", "", fault).await;
        }
        let longer = json!({"latency": "92679s", "path": "nothing"});
        assert!(!self.judge.at("components/schemas/FaultWish").is_valid(&longer));
        self.refused("POST /_sandbox/faults", "", longer, 400).await;
        self.refused("POST /_sandbox/faults", "", json!({}), 400).await;
        let listed = self.ask("GET /_sandbox/faults", "", Value::Null).await.json();
        let id = listed["faults"][0]["id"].as_str().unwrap();
        self.call("DELETE /_sandbox/faults/{id}", id, Value::Null).await;
        self.call("DELETE /_sandbox/faults", "", Value::Null).await;
        self.ask("POST /_sandbox/reset", "", json!({})).await;
        let plan = json!({"environment": "live", "tickets": 1, "customers": 1, "seed": 2, "events": false});
        self.ask("POST /_sandbox/seed", "", plan).await;
        self.refused("POST /_sandbox/seed", "", json!({"tickets": -1}), 400).await;
        let state = "{\"format\":\"cstar-sandbox\",\"version\":2}\n";
        self.ask("POST /_sandbox/export", "", Value::Null).await;
        self.ask("POST /_sandbox/import", "", json!({"state": state, "accept_access": true})).await;
        self.refused("POST /_sandbox/import", "", json!({"state": "x"}), 400).await;
    }
}

#[tokio::test]
async fn key_requirements_match_the_description() {
    let mut critic = Critic::start().await;
    let document = critic.judge.document.clone();
    for operation in operations(&document) {
        let (method, path) = operation.split_once(' ').unwrap();
        let security = document["paths"][path][method.to_ascii_lowercase()]["security"].as_array().unwrap();
        let opens = |key: &str| security.iter().any(|one| one.get(key).is_some());
        critic.key = PUBLISHABLE_TEST_KEY;
        let with_publishable = critic.status(method, path).await;
        critic.key = "nobody";
        let without = critic.status(method, path).await;
        assert_eq!(without == 401, !security.is_empty(), "{operation}: {without} without a key");
        let refused = with_publishable == 403;
        assert_eq!(
            refused,
            opens("secretKey") && !opens("publishableKey"),
            "{operation}: {with_publishable}"
        );
    }
}

impl Critic {
    /// What a request with nothing in it is answered with, judged like all others if it is JSON.
    async fn status(&mut self, method: &str, path: &str) -> u16 {
        let answer = self.ask(&format!("{method} {path}"), "none", Value::Null).await;
        answer.status
    }
}

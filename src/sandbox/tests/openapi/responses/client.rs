//! A client that checks each response against the document.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::sandbox::tests::client::{Answer, Server, bearer};
use crate::sandbox::tests::openapi::Checker;
use crate::sandbox_info::{SECRET_TEST_KEY, TEAM_ID};

pub(super) struct CheckedClient {
    pub(super) server: Server,
    pub(super) checker: Checker,
    /// The operations that succeeded, such as `GET /path/{template}`.
    pub(super) seen: BTreeSet<String>,
    pub(super) key: &'static str,
}

impl CheckedClient {
    pub(super) async fn start() -> Self {
        let server = Server::start().await;
        Self { server, checker: Checker::strict(), seen: BTreeSet::new(), key: SECRET_TEST_KEY }
    }

    /// Sends a request such as `GET tickets/{id}?x`. Paths without a leading slash are below the team.
    pub(super) async fn ask(&mut self, line: &str, id: &str, body: Value) -> Answer {
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

    pub(super) fn check_response(&mut self, operation: &str, answer: &Answer) {
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
    pub(super) async fn call(&mut self, line: &str, id: &str, body: Value) -> Value {
        let answer = self.ask(line, id, body).await;
        assert!(answer.status < 300, "{line}: {answer:?}");
        if answer.body.is_empty() { Value::Null } else { answer.json()["data"].clone() }
    }

    /// Sends a request that must fail with `status`.
    pub(super) async fn refused(&mut self, line: &str, id: &str, body: Value, status: u16) {
        let answer = self.ask(line, id, body).await;
        assert_eq!(answer.status, status, "{line}: {answer:?}");
    }

    /// Creates, lists, reads and updates an object, and returns its id.
    pub(super) async fn round(&mut self, path: &str, body: Value, change: Value) -> String {
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
    pub(super) async fn resources(&mut self) -> Vec<(&'static str, String)> {
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

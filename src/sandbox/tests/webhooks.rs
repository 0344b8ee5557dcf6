//! Webhooks over the API: the documented samples, both forms of requests, and the permissions of keys.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::sandbox::settings::Settings;
use crate::sandbox::tests::client::{Answer, Server, bearer, settings, team};
use crate::sandbox_info::{PUBLISHABLE_TEST_KEY, SECRET_LIVE_KEY, SECRET_TEST_KEY};

/// The documented request. Tests replace some of its members.
const DOCUMENTED: &str = r#"{ "name": "My Webhook", "url": "https://example.com/webhook", "events": "ticket.created,ticket.closed" }"#;

async fn ask(server: &Server, key: &str, line: &str, body: &str) -> Answer {
    let (method, path) = line.split_once(' ').unwrap();
    let auth = bearer(key);
    let headers = [auth.as_str(), "Content-Type: application/json"];
    server.send(&format!("{method} {}", team(path)), &headers, body).await
}

async fn created(server: &Server, body: &str) -> Value {
    let answer = ask(server, SECRET_TEST_KEY, "POST webhooks", body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()["data"].clone()
}

/// Checks that every member of the sample exists, in its order and with its type.
fn like(sample: &Value, found: &Value) {
    let (sample, found) = (sample.as_object().unwrap(), found.as_object().unwrap());
    let order: Vec<_> = found.keys().filter(|name| sample.contains_key(*name)).collect();
    assert_eq!(order, sample.keys().collect::<Vec<_>>());
    for (name, value) in sample {
        let same = std::mem::discriminant(value) == std::mem::discriminant(&found[name]);
        assert!(same, "{name}: {value} and {}", found[name]);
    }
}

#[tokio::test]
async fn documented_requests_get_documented_responses() {
    let server = Server::start().await;
    let new = created(&server, DOCUMENTED).await;
    like(
        &json!({"id": "whk_b2c3d4e5f6a7", "name": "My Webhook", "url": "https://example.com/webhook",
            "events": ["ticket.created", "ticket.closed"], "secret": "whsec_AbCdEf1234567890...", "isActive": true,
            "createdAt": "2025-12-10T14:30:00Z"}),
        &new,
    );
    let id = new["id"].as_str().unwrap();
    let digits = id.strip_prefix("whk_").unwrap();
    assert!(digits.len() == 12 && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')), "{id}");
    assert!(new["secret"].as_str().unwrap().starts_with("whsec_") && new["secret"] == new["signingSecret"]);
    assert_eq!(new["events"], json!(["ticket.created", "ticket.closed"]));
    assert_eq!((&new["isActive"], &new["createdAt"]), (&json!(true), &json!("2025-12-10T14:30:00Z")));

    let one = ask(&server, SECRET_TEST_KEY, &format!("GET webhooks/{id}"), "").await;
    let sample = json!({"id": "", "name": "", "url": "", "events": [], "isActive": true, "createdAt": "", "updatedAt": ""});
    like(&sample, &one.json()["data"]);
    let list = ask(&server, SECRET_TEST_KEY, "GET webhooks", "").await;
    assert_eq!(list.json()["data"], json!([one.json()["data"]]));
    assert!(!list.body.contains("whsec_") && !one.body.contains("whsec_"), "a secret is shown once");

    let change = r#"{ "events": "ticket.created,ticket.updated,ticket.closed" }"#;
    let changed = ask(&server, SECRET_TEST_KEY, &format!("PATCH webhooks/{id}"), change).await;
    assert_eq!((changed.status, &changed.json()["data"]["events"][1]), (200, &json!("ticket.updated")));
    let deleted = ask(&server, SECRET_TEST_KEY, &format!("DELETE webhooks/{id}"), "").await;
    assert_eq!(
        deleted.golden(),
        r#"{"success":true,"data":{"deleted":true},"meta":{"requestId":"req_abc123","timestamp":"2025-12-10T14:30:00Z"}}"#
    );
    for line in ["GET webhooks/", "PATCH webhooks/", "DELETE webhooks/"] {
        let missing = ask(&server, SECRET_TEST_KEY, &format!("{line}{id}"), "{}").await;
        assert_eq!(
            missing.golden(),
            r#"{"success":false,"error":{"type":"not_found_error","code":"RESOURCE_MISSING","message":"Webhook not found","request_id":"req_abc123"},"meta":{"requestId":"req_abc123","timestamp":"2025-12-10T14:30:00Z"}}"#,
            "{line}"
        );
    }
}

#[tokio::test]
async fn webhooks_need_a_secret_key() {
    let server = Server::start().await;
    let id = created(&server, DOCUMENTED).await["id"].as_str().unwrap().to_owned();
    for line in
        ["GET webhooks".to_owned(), format!("GET webhooks/{id}"), format!("GET webhooks/{id}/deliveries")]
    {
        let refused = ask(&server, PUBLISHABLE_TEST_KEY, &line, "").await;
        assert_eq!((refused.status, refused.code().as_str()), (403, "insufficient_permissions"), "{line}");
    }
    for line in [
        "POST webhooks".to_owned(),
        format!("POST webhooks/{id}/test"),
        format!("POST webhooks/{id}/rotate-secret"),
    ] {
        let refused = ask(&server, PUBLISHABLE_TEST_KEY, &line, DOCUMENTED).await;
        assert_eq!((refused.status, refused.code().as_str()), (403, "publishable_key_write"), "{line}");
    }
    let live = ask(&server, SECRET_LIVE_KEY, "GET webhooks", "").await;
    assert_eq!(live.json()["data"], json!([]));
    for line in ["GET webhooks/", "DELETE webhooks/"] {
        assert_eq!(ask(&server, SECRET_LIVE_KEY, &format!("{line}{id}"), "").await.status, 404);
    }
    assert_eq!(
        ask(&server, SECRET_LIVE_KEY, &format!("POST webhooks/{id}/rotate-secret"), "").await.status,
        404
    );
}

#[tokio::test]
async fn wrong_requests_name_the_member() {
    let server = Server::start().await;
    let id = created(&server, DOCUMENTED).await["id"].as_str().unwrap().to_owned();
    let one = format!("webhooks/{id}");
    for (line, body, code, param) in [
        ("POST webhooks", r#"{"name":"a","url":"https://e.test/"}"#, "parameter_missing", "events"),
        ("POST webhooks", r#"{"url":"https://e.test/","events":"*"}"#, "parameter_missing", "name"),
        ("POST webhooks", r#"{"name":"a","events":"*"}"#, "parameter_missing", "url"),
        ("POST webhooks", r#"{"name":"a","url":"http://e.test/","events":"*"}"#, "PARAMETER_INVALID", "url"),
        (
            "POST webhooks",
            r#"{"name":"a","url":"https://e.test/","events":"x.y"}"#,
            "PARAMETER_INVALID",
            "events",
        ),
        (&format!("PATCH {one}"), r#"{"isActive":1}"#, "PARAMETER_INVALID", "isActive"),
        (&format!("POST {one}/test"), "{}", "parameter_missing", "event"),
        (&format!("POST {one}/test"), r#"{"event":"x.y"}"#, "PARAMETER_INVALID", "event"),
        ("GET webhooks?active=maybe", "", "PARAMETER_INVALID", "active"),
        (&format!("GET {one}/deliveries?status=lost"), "", "PARAMETER_INVALID", "status"),
        (&format!("GET {one}/deliveries?limit=0"), "", "PARAMETER_INVALID", "limit"),
        (&format!("GET {one}/deliveries?after=dlv_x"), "", "PARAMETER_INVALID", "after"),
    ] {
        let answer = ask(&server, SECRET_TEST_KEY, line, body).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, code), "{line} {body}: {answer:?}");
        assert_eq!(answer.json()["error"]["param"], param, "{line} {body}");
    }
    let resend = ask(&server, SECRET_TEST_KEY, &format!("POST {one}/deliveries/dlv_x/resend"), "{}").await;
    assert_eq!(
        (resend.status, resend.json()["error"]["message"].clone()),
        (404, json!("Delivery not found"))
    );
    assert_eq!(ask(&server, SECRET_TEST_KEY, "GET webhooks/trigger-test", "").await.status, 405);
}

#[tokio::test]
async fn retried_creation_returns_the_same_secret() {
    let server = Server::start().await;
    let auth = bearer(SECRET_TEST_KEY);
    let headers = [auth.as_str(), "Content-Type: application/json", "Idempotency-Key: k1"];
    let create = async || server.send(&format!("POST {}", team("webhooks")), &headers, DOCUMENTED).await;
    let (first, second) = (create().await, create().await);
    assert_eq!((first.status, second.status), (201, 201), "{first:?}");
    assert_eq!(first.json()["data"], second.json()["data"]);
    assert_eq!(
        ask(&server, SECRET_TEST_KEY, "GET webhooks", "").await.json()["data"].as_array().unwrap().len(),
        1
    );
}

#[tokio::test]
async fn webhooks_are_filtered_by_active() {
    let server = Server::start().await;
    let (on, off) = (created(&server, DOCUMENTED).await, created(&server, DOCUMENTED).await);
    let id = off["id"].as_str().unwrap();
    ask(&server, SECRET_TEST_KEY, &format!("PATCH webhooks/{id}"), r#"{"isActive":false}"#).await;
    for (query, expected) in [("true", &on), ("false", &off)] {
        let list = ask(&server, SECRET_TEST_KEY, &format!("GET webhooks?active={query}"), "").await.json();
        assert_eq!(list["data"].as_array().unwrap().len(), 1);
        assert_eq!(list["data"][0]["id"], expected["id"]);
    }
}

#[tokio::test]
async fn number_of_webhooks_is_limited() {
    let server =
        Server::with(Settings { rate_limit: crate::sandbox::http::limits::RateLimit::Off, ..settings() })
            .await;
    for _ in 0..100 {
        created(&server, DOCUMENTED).await;
    }
    let refused = ask(&server, SECRET_TEST_KEY, "POST webhooks", DOCUMENTED).await;
    assert_eq!((refused.status, refused.code().as_str()), (400, "too_many_webhooks"));
}

#[tokio::test]
async fn endpoint_timeout_is_a_failure() {
    let settings = Settings { delivery_timeout: Duration::from_millis(40), ..settings() };
    let server = Server::with(settings).await;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let body = json!({"name": "silent", "url": url, "events": "*"}).to_string();
    let id = created(&server, &body).await["id"].as_str().unwrap().to_owned();
    let line = format!("POST webhooks/{id}/test");
    let tested = ask(&server, SECRET_TEST_KEY, &line, r#"{"event":"ticket.created"}"#).await;
    let data = &tested.json()["data"];
    let members: Vec<&String> = data.as_object().unwrap().keys().collect();
    assert_eq!(members, ["deliveryId", "event", "url", "success", "status", "responseTimeMs", "error"]);
    assert_eq!((&data["success"], &data["status"]), (&json!(false), &Value::Null));
    assert_eq!(data["error"], "did not answer within 0.04 s");
    // a test is not retried
    let list = ask(&server, SECRET_TEST_KEY, &format!("GET webhooks/{id}/deliveries"), "").await.json();
    let delivery = &list["data"][0];
    assert_eq!((&delivery["status"], &delivery["nextAttemptAt"]), (&json!("failed"), &Value::Null));
    assert_eq!(delivery["attempts"][0]["number"], 1);
}

#[tokio::test]
async fn shutdown_does_not_wait_for_endpoints() {
    let server = Server::start().await;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    created(&server, &json!({"name": "silent", "url": url, "events": "*"}).to_string()).await;
    server.trigger(SECRET_TEST_KEY, r#"{"event":"ticket.created"}"#).await;
    let began = std::time::Instant::now();
    let state = std::sync::Arc::downgrade(&server.state);
    server.stop().await;
    assert!(began.elapsed() < Duration::from_secs(5));
    assert!(state.upgrade().is_none(), "the sandbox closes its store");
}

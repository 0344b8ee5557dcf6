//! What every resource has in common: keys, versions and idempotency.

use super::*;

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

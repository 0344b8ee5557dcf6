//! Snapshots: the whole state comes back, streams and polls continue, and the request log stays.

use serde_json::{Value, json};

use super::{answer, ask, fire, poll, refused, types};
use crate::sandbox::snapshots::MOST;
use crate::sandbox::tests::client::{Server, Stream, bearer, team};
use crate::sandbox_info::{SECRET_LIVE_KEY, SECRET_TEST_KEY};

async fn call(server: &Server, key: &str, line: &str, body: Value) -> Value {
    let (method, path) = line.split_once(' ').unwrap();
    let headers = [&bearer(key), "Content-Type: application/json"];
    let body = if body.is_null() { String::new() } else { body.to_string() };
    server.send(&format!("{method} {}", team(path)), &headers, &body).await.json()
}

async fn titles(server: &Server, key: &str) -> Vec<String> {
    let list = call(server, key, "GET tickets?sort=createdAt", Value::Null).await;
    let list = list["data"].as_array().unwrap_or_else(|| panic!("{list}")).clone();
    list.iter().map(|ticket| ticket["title"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_restore_brings_the_whole_state_back() {
    let server = Server::start().await;
    let key = call(&server, SECRET_TEST_KEY, "POST api-keys", json!({"name": "CI"})).await;
    let key = key["data"]["key"].as_str().unwrap().to_owned();
    call(&server, &key, "POST tickets", json!({"title": "before"})).await;
    call(&server, SECRET_LIVE_KEY, "POST tickets", json!({"title": "live"})).await;
    let saved = ask(&server, "POST /_sandbox/snapshots/a-1", Value::Null).await;
    assert_eq!((saved.status, &saved.json()["name"]), (201, &json!("a-1")));
    let mut stream = Stream::open(server.connect().await, server.port, &key, "", &[]).await;
    stream.session().await;
    call(&server, &key, "POST tickets", json!({"title": "after"})).await;
    let gone = stream.event().await;
    for _ in 0..2 {
        answer(&server, "POST /_sandbox/snapshots/a-1/restore", Value::Null).await;
        assert_eq!(titles(&server, &key).await, ["before"]);
        assert_eq!(titles(&server, SECRET_LIVE_KEY).await, ["live"]);
    }
    let found = poll(&server, "").await;
    assert_eq!(types(&found), ["ticket.created"]);
    assert_eq!(refused(&server, &format!("GET /_sandbox/events?after={gone}"), Value::Null).await, "after");
    // The key is the same, so its stream continues: without what the snapshot came with.
    let next = fire(&server, SECRET_TEST_KEY, "ticket.closed", json!({})).await;
    assert_eq!(stream.event().await, next);
    let after = found["cursor"].as_str().unwrap();
    assert_eq!(types(&poll(&server, &format!("after={after}")).await), ["ticket.closed"]);
    let requests = answer(&server, "GET /_sandbox/requests?method=POST", Value::Null).await;
    assert!(requests["requests"].as_array().unwrap().len() > 3, "the request log stays: {requests}");
    let search = call(&server, &key, "GET tickets?search=fore", Value::Null).await;
    assert_eq!(search["data"].as_array().unwrap().len(), 1, "the text index came back too");
}

#[tokio::test]
async fn a_restore_repeats_pending_deliveries() {
    let server = Server::start().await;
    let url = format!("http://127.0.0.1:{}/", server.port);
    let made = json!({"name": "W", "url": url, "events": "*"});
    call(&server, SECRET_TEST_KEY, "POST webhooks", made).await;
    fire(&server, SECRET_TEST_KEY, "ticket.created", json!({})).await;
    let before = answer(&server, "GET /_sandbox/deliveries?status=pending", Value::Null).await;
    answer(&server, "POST /_sandbox/snapshots/s", Value::Null).await;
    let failed = "GET /_sandbox/deliveries?status=failed&wait=60s";
    for _ in 0..2 {
        answer(&server, "POST /_sandbox/clock", json!({"advance": "48h"})).await;
        let over = answer(&server, failed, Value::Null).await;
        assert_eq!(over["deliveries"][0]["attempts"].as_array().unwrap().len(), 7);
        answer(&server, "POST /_sandbox/snapshots/s/restore", Value::Null).await;
        // The clock stays, so it is due at once: the second attempt, again.
        let after = over["cursor"].as_str().unwrap();
        let line = format!("GET /_sandbox/deliveries?status=pending&wait=60s&after={after}");
        let again = answer(&server, &line, Value::Null).await;
        assert_eq!(again["deliveries"][0]["id"], before["deliveries"][0]["id"]);
        assert_eq!(again["deliveries"][0]["attempts"].as_array().unwrap().len(), 2, "{again}");
    }
}

#[tokio::test]
async fn snapshots_are_named_listed_and_bounded() {
    let server = Server::start().await;
    let none = answer(&server, "GET /_sandbox/snapshots", Value::Null).await;
    assert_eq!(none, json!({"snapshots": [], "bytes": 0}));
    for number in 0..MOST {
        answer(&server, &format!("POST /_sandbox/snapshots/s{number:02}"), Value::Null).await;
    }
    answer(&server, "POST /_sandbox/snapshots/s00", Value::Null).await;
    assert_eq!(refused(&server, "POST /_sandbox/snapshots/more", Value::Null).await, "name");
    let all = answer(&server, "GET /_sandbox/snapshots", Value::Null).await;
    let all = all["snapshots"].as_array().unwrap();
    assert_eq!((all.len(), &all[0]["name"]), (MOST, &json!("s00")));
    let left = answer(&server, "DELETE /_sandbox/snapshots/s00", Value::Null).await;
    assert_eq!(left["snapshots"].as_array().unwrap().len(), MOST - 1);
    for line in ["DELETE /_sandbox/snapshots/s00", "POST /_sandbox/snapshots/s00/restore"] {
        assert_eq!(ask(&server, line, Value::Null).await.status, 404, "{line}");
    }
    for bad in ["-a", "a%20b", ".a", "%C3%BC", &"x".repeat(65)] {
        let line = format!("POST /_sandbox/snapshots/{bad}");
        assert_eq!(refused(&server, &line, Value::Null).await, "name", "{bad}");
    }
}

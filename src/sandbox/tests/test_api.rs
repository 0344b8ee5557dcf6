//! The API for tests below `/_sandbox`: long polls, the clock, settings.

mod clock;
mod cursors;
mod deliveries;
mod snapshots;

use axum::http::HeaderMap;
use serde_json::{Value, json};

use crate::sandbox::settings::Settings;
use crate::sandbox::state::State;
use crate::sandbox::tests::client::{Answer, Server, bearer, team};
use crate::sandbox::tools::poll::Poll;
use crate::sandbox_info::{SECRET_LIVE_KEY, SECRET_TEST_KEY};

/// Sends a request without a key.
async fn ask(server: &Server, line: &str, body: Value) -> Answer {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    server.send(line, &["Content-Type: application/json"], &body).await
}

/// The answer to a request without a key, which must succeed.
async fn answer(server: &Server, line: &str, body: Value) -> Value {
    let answer = ask(server, line, body).await;
    assert!(answer.status < 300, "{line}: {answer:?}");
    answer.json()
}

/// The parameter that a request is refused for.
async fn refused(server: &Server, line: &str, body: Value) -> String {
    let answer = ask(server, line, body).await;
    assert_eq!(answer.status, 400, "{line}: {answer:?}");
    answer.json()["error"]["param"].as_str().unwrap_or_default().to_owned()
}

async fn poll(server: &Server, query: &str) -> Value {
    answer(server, &format!("GET /_sandbox/events?{query}"), Value::Null).await
}

fn types(answer: &Value) -> Vec<&str> {
    answer["events"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap()).collect()
}

async fn fire(server: &Server, key: &str, event: &str, data: Value) -> String {
    let fired = server.trigger(key, &json!({ "event": event, "data": data }).to_string()).await;
    assert_eq!(fired.status, 200, "{fired:?}");
    fired.json()["data"]["eventId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_poll_answers_what_matches() {
    let server = Server::start().await;
    let empty = poll(&server, "").await;
    assert_eq!(types(&empty), [""; 0]);
    let first = fire(&server, SECRET_TEST_KEY, "ticket.created", json!({"ticket": {"id": "tkt_1"}})).await;
    fire(&server, SECRET_TEST_KEY, "ticket.closed", json!({"ticket": {"title": "say \"hi\" & ümlaut"}}))
        .await;
    fire(&server, SECRET_LIVE_KEY, "customer.created", json!({})).await;
    assert_eq!(types(&poll(&server, "").await), ["ticket.created", "ticket.closed"]);
    let since = empty["cursor"].as_str().unwrap();
    assert_eq!(types(&poll(&server, &format!("after={since}")).await), ["ticket.created", "ticket.closed"]);
    for (query, expected) in [
        ("type=ticket.*", vec!["ticket.created", "ticket.closed"]),
        ("type=customer.*,ticket.closed", vec!["ticket.closed"]),
        ("containing=tkt_1", vec!["ticket.created"]),
        ("containing=say+%22hi%22+%26+%C3%BCmlaut", vec!["ticket.closed"]),
        ("containing=tkt_1&type=ticket.closed", vec![]),
        ("where=data.ticket.id%3Dtkt_1", vec!["ticket.created"]),
        ("limit=1", vec!["ticket.created"]),
        ("environment=live", vec!["customer.created"]),
        ("after=latest", vec![]),
    ] {
        assert_eq!(types(&poll(&server, query).await), expected, "{query}");
    }
    let one = poll(&server, "limit=1").await;
    assert_eq!(one["cursor"], json!(first));
    assert_eq!(types(&poll(&server, &format!("after={first}")).await), ["ticket.closed"]);
    let live = server.send("GET /_sandbox/events", &[&bearer(SECRET_LIVE_KEY)], "").await.json();
    assert_eq!(types(&live), ["customer.created"]);
}

#[tokio::test]
async fn a_poll_waits_for_what_matches() {
    let server = Server::start().await;
    let waiting = poll(&server, "type=ticket.closed&wait=60s");
    let firing = async {
        fire(&server, SECRET_TEST_KEY, "ticket.created", json!({})).await;
        fire(&server, SECRET_TEST_KEY, "ticket.closed", json!({})).await
    };
    let (answer, closed) = tokio::join!(waiting, firing);
    assert_eq!((types(&answer), &answer["cursor"]), (vec!["ticket.closed"], &json!(closed)));
    // The cursor is after what did not match, too.
    let none = poll(&server, "type=customer.created&wait=1ms").await;
    assert_eq!((types(&none), &none["cursor"]), (vec![], &json!(closed)));
}

#[tokio::test]
async fn a_stopping_sandbox_ends_its_polls() {
    let state = State::new(Settings::default(), 80);
    let uri = "/_sandbox/events?wait=60s".parse().unwrap();
    let poll = Poll::parse(&state, &HeaderMap::new(), &uri).unwrap();
    assert!(poll.wait(&state, std::future::ready(())).await);
    let (again, ()) = tokio::join!(poll.wait(&state, std::future::pending()), async { state.close() });
    assert!(!again);
    assert!(!poll.wait(&state, std::future::pending()).await);
}

#[tokio::test]
async fn bad_polls_name_the_parameter() {
    let server = Server::start().await;
    for (query, param) in [
        ("wait=10", "wait"),
        ("wait=61s", "wait"),
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("environment=both", "environment"),
        ("after=evt_none", "after"),
    ] {
        for path in ["events", "requests"] {
            let line = format!("GET /_sandbox/{path}?{query}");
            assert_eq!(refused(&server, &line, Value::Null).await, param, "{line}");
        }
    }
    assert_eq!(refused(&server, "GET /_sandbox/events?type=tickets.*", Value::Null).await, "type");
    assert_eq!(refused(&server, "GET /_sandbox/events?where=a%3D%3Db", Value::Null).await, "where");
    assert_eq!(refused(&server, "GET /_sandbox/requests?status=x", Value::Null).await, "status");
    let wrong = bearer("sk_test_wrong");
    let answer = server.send("GET /_sandbox/events", &[&wrong], "").await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "invalid_api_key"), "{answer:?}");
    let foreign = server.send("GET /_sandbox/events", &["Origin: http://evil.example"], "").await;
    assert_eq!((foreign.status, foreign.code().as_str()), (403, "origin_not_allowed"));
}

#[tokio::test]
async fn requests_are_awaited_with_bodies() {
    let server = Server::start().await;
    let customers = format!("POST {}", team("customers"));
    let create = |name: &'static str| {
        let body = json!({ "name": name, "email": format!("{name}@example.com") }).to_string();
        let line = customers.clone();
        let server = &server;
        async move {
            let headers = [&bearer(SECRET_TEST_KEY), "Content-Type: application/json"];
            assert_eq!(server.send(&line, &headers, &body).await.status, 201);
        }
    };
    create("ada").await;
    let first = answer(&server, "GET /_sandbox/requests", Value::Null).await;
    assert_eq!((first["requests"].as_array().unwrap().len(), &first["log_bodies"]), (1, &json!(false)));
    assert!(first["requests"][0].get("request_body").is_none());
    let on = answer(&server, "POST /_sandbox/settings", json!({"log_bodies": true})).await;
    assert_eq!(on, json!({"log_bodies": true}));
    let after = first["cursor"].as_str().unwrap();
    let line =
        format!("GET /_sandbox/requests?method=POST&path=*/customers&status=2xx&wait=60s&after={after}");
    let (second, ()) = tokio::join!(answer(&server, &line, Value::Null), create("bob"));
    assert_eq!(second["requests"].as_array().unwrap().len(), 1, "{second}");
    assert_eq!(second["requests"][0]["request_body"]["name"], "bob");
    assert_eq!(second["requests"][0]["response_body"]["data"]["email"], "bob@example.com");
    assert_eq!(second["log_bodies"], true);
    let none = answer(&server, &line.replace("60s", "0s").replace("2xx", "4xx"), Value::Null).await;
    assert_eq!((&none["requests"], &none["cursor"]), (&json!([]), &second["cursor"]));
    assert_eq!(refused(&server, "POST /_sandbox/settings", json!({"log_bodies": 1})).await, "log_bodies");
    assert_eq!(refused(&server, "POST /_sandbox/settings", json!({"bodies": true})).await, "settings");
}

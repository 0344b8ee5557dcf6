//! The movable clock: retries on the way, rate limits, idempotency keys, and what stays real.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{answer, fire, refused};
use crate::host::clock::Clock;
use crate::sandbox::http::limits::RateLimit;
use crate::sandbox::settings::Settings;
use crate::sandbox::tests::client::{Server, bearer, settings, team};
use crate::sandbox_info::SECRET_TEST_KEY;
use crate::signature::Verifier;

async fn advance(server: &Server, by: &str) -> Value {
    answer(server, "POST /_sandbox/clock", json!({ "advance": by })).await
}

async fn call(server: &Server, line: &str, headers: &[&str], body: Value) -> Value {
    let (method, path) = line.split_once(' ').unwrap();
    let auth = bearer(SECRET_TEST_KEY);
    let headers = [&[auth.as_str(), "Content-Type: application/json"], headers].concat();
    let body = if body.is_null() { String::new() } else { body.to_string() };
    server.send(&format!("{method} {}", team(path)), &headers, &body).await.json()
}

/// A webhook that refuses every delivery: the sandbox itself. Its id and secret.
async fn refusing(server: &Server) -> (String, String) {
    let url = format!("http://127.0.0.1:{}/", server.port);
    let made = call(server, "POST webhooks", &[], json!({"name": "W", "url": url, "events": "*"})).await;
    let text = |name: &str| made["data"][name].as_str().unwrap().to_owned();
    (text("id"), text("secret"))
}

async fn deliveries(server: &Server, webhook: &str) -> Value {
    call(server, &format!("GET webhooks/{webhook}/deliveries"), &[], Value::Null).await["data"].clone()
}

fn attempts(delivery: &Value) -> Vec<Timestamp> {
    let attempts = delivery["attempts"].as_array().unwrap().iter();
    attempts.map(|attempt| attempt["attemptedAt"].as_str().unwrap().parse().unwrap()).collect()
}

/// The documented delays, in seconds. Jitter makes them up to a tenth longer.
const DELAYS: [i64; 6] = [30, 120, 600, 3_600, 21_600, 86_400];

#[tokio::test]
async fn a_moved_clock_follows_the_retries() {
    let server = Server::start().await;
    let (webhook, _) = refusing(&server).await;
    for number in 0..3 {
        fire(&server, SECRET_TEST_KEY, "ticket.created", json!({"ticket": {"id": format!("t{number}")}}))
            .await;
    }
    // In one step or in many, the way is the same.
    advance(&server, "24h").await;
    for delivery in deliveries(&server, &webhook).await.as_array().unwrap() {
        assert_eq!((attempts(delivery).len(), &delivery["status"]), (6, &json!("pending")), "{delivery}");
    }
    // all delays with their jitter are at most 34.4 hours
    for _ in 0..11 {
        advance(&server, "1h").await;
    }
    let found = deliveries(&server, &webhook).await;
    for delivery in found.as_array().unwrap() {
        let times = attempts(delivery);
        assert_eq!((times.len(), &delivery["status"]), (7, &json!("failed")), "{delivery}");
        for (pair, delay) in times.windows(2).zip(DELAYS) {
            let waited = pair[1].duration_since(pair[0]).as_millis();
            let delay = i128::from(delay) * 1_000;
            assert!((delay..=delay * 11 / 10 + 1).contains(&waited), "{waited} instead of {delay} ms");
        }
        assert_eq!(delivery["nextAttemptAt"], Value::Null);
    }
    assert_eq!(found.as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn what_depends_on_time_follows_the_clock() {
    let server = Server::with(Settings { rate_limit: RateLimit::PerHour(3), ..Settings::default() }).await;
    let once = ["Idempotency-Key: one"];
    let customer = json!({"name": "A", "email": "a@example.com"});
    let first = call(&server, "POST customers", &once, customer.clone()).await;
    assert_eq!(call(&server, "POST customers", &once, customer.clone()).await["data"], first["data"]);
    call(&server, "GET tags", &[], Value::Null).await;
    let limited = call(&server, "GET tags", &[], Value::Null).await;
    assert_eq!(limited["error"]["code"], "rate_limit_exceeded");
    let moved = advance(&server, "25h").await;
    assert_eq!(moved["offset_ms"], 90_000_000);
    let again = call(&server, "POST customers", &once, customer).await;
    assert_eq!(again["error"]["code"], "resource_conflict", "the key is forgotten, so it is a new request");
    let ticket = call(&server, "POST tickets", &[], json!({"title": "T"})).await;
    let created: Timestamp = ticket["data"]["createdAt"].as_str().unwrap().parse().unwrap();
    let now: Timestamp = moved["now"].as_str().unwrap().parse().unwrap();
    assert!(created.duration_since(now).as_secs() < 3_600 && created.as_second() >= now.as_second());
    let back = answer(&server, "POST /_sandbox/clock", json!({"reset": true})).await;
    assert_eq!(back["offset_ms"], 0);
    let shown = answer(&server, "GET /_sandbox/clock", Value::Null).await;
    assert_eq!(shown["now"].as_str().unwrap()[..16], back["real"].as_str().unwrap()[..16]);
}

#[tokio::test]
async fn signatures_have_the_real_time() {
    let server = Server::with(Settings::default()).await;
    let (webhook, secret) = refusing(&server).await;
    advance(&server, "240h").await;
    fire(&server, SECRET_TEST_KEY, "ticket.created", json!({})).await;
    let found = deliveries(&server, &webhook).await;
    let attempt = &found[0]["attempts"][0];
    let header = attempt["requestHeaders"]["x-signature"].as_str().unwrap();
    let real = Clock::System.now();
    let verified = Verifier::new(&secret)
        .at(real.as_second())
        .verify(found[0]["requestBody"].as_str().unwrap().as_bytes(), Some(header));
    assert!(verified.is_ok(), "{header}");
    let at: Timestamp = attempt["attemptedAt"].as_str().unwrap().parse().unwrap();
    assert!(at.duration_since(real).as_hours() >= 239, "the attempt itself is in the time of the sandbox");
}

#[tokio::test]
async fn bad_moves_name_the_field() {
    let server = Server::with(settings()).await;
    for (body, param) in [
        (json!({}), "advance"),
        (json!({"advance": "1h", "reset": true}), "advance"),
        (json!({"advance": "24"}), "advance"),
        (json!({"advance": "-1h"}), "advance"),
        (json!({"advance": 24}), "advance"),
        (json!({"advance": "8785h"}), "advance"),
        (json!({"set": "tomorrow"}), "set"),
        (json!({"set": "2001-01-01T00:00:00Z"}), "set"),
        (json!({"set": "9000-01-01T00:00:00Z"}), "set"),
        (json!({"reset": false}), "reset"),
        (json!({"rewind": "1h"}), "advance"),
    ] {
        assert_eq!(refused(&server, "POST /_sandbox/clock", body.clone()).await, param, "{body}");
    }
    let set = answer(&server, "POST /_sandbox/clock", json!({"set": "2027-01-01T00:00:00+01:00"})).await;
    assert_eq!(set["now"], "2026-12-31T23:00:00.000Z");
}

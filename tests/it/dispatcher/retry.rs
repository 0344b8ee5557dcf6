//! Failed and interrupted attempts, across kills and pauses.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::{register, sandbox, settled, text, trigger, verifies};
use crate::support::api_connection::ApiConnection;
use crate::support::ports::closed_port;
use crate::support::receiver::{Receiver, Response};
use crate::support::{Home, TIMEOUT};

#[test]
fn failed_delivery_is_retried_until_accepted() {
    let home = Home::new();
    let sandbox = sandbox(&home, "0.001");
    let count = AtomicUsize::new(0);
    let receiver = Receiver::start_with(move |_| match count.fetch_add(1, Ordering::Relaxed) {
        0 => Response::status(500),
        1 => Response::status(302).header("location", "/elsewhere"),
        _ => Response::status(204),
    });
    let mut api = ApiConnection::open(sandbox.port);
    let webhook = register(&mut api, &receiver.url(), "ticket.created");
    trigger(&mut api, "ticket.created");
    let requests = receiver.take(3);
    for (at, request) in requests.iter().enumerate() {
        assert_eq!(request.header("x-delivery-attempt"), (at + 1).to_string());
        assert_eq!(
            (&request.body, request.header("x-event-id")),
            (&requests[0].body, requests[0].header("x-event-id"))
        );
        assert!(verifies(request, text(&webhook, "secret")));
    }
    let delivery = settled(&mut api, &webhook, "succeeded");
    let attempts = delivery["attempts"].as_array().unwrap();
    let statuses: Vec<&Value> = attempts.iter().map(|attempt| &attempt["status"]).collect();
    assert_eq!(statuses, [500, 302, 204]);
    assert_eq!(attempts[1]["responseHeaders"]["location"], "/elsewhere");
    assert_eq!(attempts[2]["requestHeaders"]["x-signature"], requests[2].header("x-signature"));
    assert_eq!(text(&delivery, "requestBody").as_bytes(), requests[0].body);
    assert_eq!(delivery["nextAttemptAt"], Value::Null);
    let now = api.data(&format!("GET webhooks/{}", text(&webhook, "id")), &Value::Null);
    assert_eq!(now["consecutiveFailures"], 0, "a success resets the count");
    assert!(receiver.drain().is_empty());
}

#[test]
fn delivery_gives_up_after_seven_attempts() {
    let home = Home::new();
    let sandbox = sandbox(&home, "0.00001");
    let receiver = Receiver::start_with(|_| Response::status(503));
    let mut api = ApiConnection::open(sandbox.port);
    let webhook = register(&mut api, &receiver.url(), "ticket.created");
    trigger(&mut api, "ticket.created");
    let delivery = settled(&mut api, &webhook, "failed");
    assert_eq!(delivery["attempts"].as_array().unwrap().len(), 7);
    let now = api.data(&format!("GET webhooks/{}", text(&webhook, "id")), &Value::Null);
    assert_eq!(now["consecutiveFailures"], 7);
    let path = format!("GET webhooks/{}/deliveries?status=succeeded", text(&webhook, "id"));
    assert_eq!(api.data(&path, &Value::Null), json!([]));
    assert_eq!(receiver.stop().len(), 7);
}

#[test]
fn pending_retry_survives_a_kill() {
    let home = Home::new();
    let mut first = sandbox(&home, "0.05");
    let port = closed_port();
    let mut api = ApiConnection::open(first.port);
    let webhook = register(&mut api, &format!("http://127.0.0.1:{port}/"), "ticket.created");
    let triggered = trigger(&mut api, "ticket.created");
    assert_eq!(triggered["deliveries"][0]["error"], "refuses connections");
    first.kill();
    let receiver = Receiver::start_at(port, |_| Response::status(200));
    let second = sandbox(&home, "0.05");
    let request = receiver.next();
    assert_eq!(request.header("x-event-id"), text(&triggered, "eventId"));
    assert_eq!(request.header("x-delivery-attempt"), "2");
    assert!(verifies(&request, text(&webhook, "secret")), "the secret is kept as well");
    let delivery = settled(&mut ApiConnection::open(second.port), &webhook, "succeeded");
    assert_eq!(delivery["attempts"].as_array().unwrap().len(), 2);
}

#[test]
fn attempt_interrupted_by_a_kill_is_repeated() {
    let home = Home::new();
    let mut first = sandbox(&home, "1");
    let count = AtomicUsize::new(0);
    let receiver = Receiver::start_with(move |_| match count.fetch_add(1, Ordering::Relaxed) {
        0 => Response::status(200).after(TIMEOUT),
        _ => Response::status(200),
    });
    let mut api = ApiConnection::open(first.port);
    let webhook = register(&mut api, &receiver.url(), "ticket.created");
    api.data("POST tickets", &json!({"title": "a"}));
    let broken = receiver.next();
    first.kill();
    let second = sandbox(&home, "1");
    assert_eq!(receiver.next().body, broken.body);
    settled(&mut ApiConnection::open(second.port), &webhook, "succeeded");
}

#[test]
fn resumed_webhook_gets_its_queued_events() {
    let home = Home::new();
    let sandbox = sandbox(&home, "0.001");
    let failing = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    let script = failing.clone();
    let receiver = Receiver::start_with(move |_| {
        Response::status(if script.load(Ordering::Relaxed) { 500 } else { 200 })
    });
    let mut api = ApiConnection::open(sandbox.port);
    let webhook = register(&mut api, &receiver.url(), "ticket.created");
    let path = format!("PATCH webhooks/{}", text(&webhook, "id"));
    let triggered = trigger(&mut api, "ticket.created");
    receiver.next();
    api.data(&path, &json!({"isActive": false}));
    assert_eq!(trigger(&mut api, "ticket.created")["deliveredTo"], 0, "the webhook is paused");
    failing.store(false, Ordering::Relaxed);
    receiver.drain();
    api.data(&path, &json!({"isActive": true}));
    let late = receiver.next();
    assert_eq!(late.header("x-event-id"), text(&triggered, "eventId"));
    settled(&mut api, &webhook, "succeeded");
    failing.store(true, Ordering::Relaxed);
    trigger(&mut api, "ticket.created");
    api.data(&format!("DELETE webhooks/{}", text(&webhook, "id")), &Value::Null);
    assert_eq!(trigger(&mut api, "ticket.created")["deliveredTo"], 0);
}

#[test]
fn retry_due_during_a_resend_still_runs() {
    let home = Home::new();
    // 30 seconds take 0.3.
    let sandbox = sandbox(&home, "0.01");
    let count = AtomicUsize::new(0);
    let receiver = Receiver::start_with(move |_| match count.fetch_add(1, Ordering::Relaxed) {
        0 => Response::status(500),
        1 => Response::status(500).after(Duration::from_millis(600)),
        _ => Response::status(200),
    });
    let mut api = ApiConnection::open(sandbox.port);
    let webhook = register(&mut api, &receiver.url(), "ticket.created");
    trigger(&mut api, "ticket.created");
    let waiting = settled(&mut api, &webhook, "pending");
    let path = format!("POST webhooks/{}/deliveries/{}/resend", text(&webhook, "id"), text(&waiting, "id"));
    let resend = api.send(&path, &json!({}), None);
    // Unless the machine was so slow that the attempt was made before.
    assert!(resend.status == 200 || resend.status == 409, "{resend:?}");
    settled(&mut api, &webhook, "succeeded");
}

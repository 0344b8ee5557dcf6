//! The sandbox delivers to registered webhooks: signed, retried, separated by environment, across restarts.

mod order;
mod retry;

use std::sync::Mutex;
use std::time::Instant;

use cstar::signature::{SIGNATURE_HEADER_ALIAS, verify_signature};
use serde_json::{Value, json};

use crate::support::api_connection::ApiConnection;
use crate::support::receiver::{ReceivedRequest, Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::{Home, LIVE_KEY, TIMEOUT};

/// A sandbox whose waiting times are scaled by this factor.
fn sandbox(home: &Home, scale: &str) -> Sandbox {
    Sandbox::start_at(home, 0, &["--rate-limit", "0", "--time-scale", scale])
}

/// Registers `url`; returns the webhook with its secret.
fn register(api: &mut ApiConnection, url: &str, events: &str) -> Value {
    api.data("POST webhooks", &json!({"name": "test", "url": url, "events": events}))
}

fn text<'v>(value: &'v Value, member: &str) -> &'v str {
    value[member].as_str().unwrap_or_else(|| panic!("no {member}: {value}"))
}

fn trigger(api: &mut ApiConnection, event: &str) -> Value {
    api.data("POST webhooks/trigger-test", &json!({ "event": event }))
}

fn deliveries(api: &mut ApiConnection, webhook: &Value) -> Vec<Value> {
    let found = api.data(&format!("GET webhooks/{}/deliveries", text(webhook, "id")), &Value::Null);
    found.as_array().unwrap().clone()
}

/// Waits until the webhook's newest delivery has this status.
fn settled(api: &mut ApiConnection, webhook: &Value, status: &str) -> Value {
    let deadline = Instant::now() + TIMEOUT;
    loop {
        let newest = deliveries(api, webhook).first().cloned().unwrap_or_default();
        if newest["status"] == status {
            return newest;
        }
        assert!(Instant::now() < deadline, "never {status}: {newest}");
        std::thread::yield_now();
    }
}

fn verifies(request: &ReceivedRequest, secret: &str) -> bool {
    verify_signature(&request.body, Some(request.header("x-signature")), secret).is_ok()
}

#[test]
fn endpoint_gets_its_events_and_headers() {
    let home = Home::new();
    let sandbox = sandbox(&home, "1");
    let (receiver, other) = (Receiver::start(), Receiver::start());
    let mut api = ApiConnection::open(sandbox.port);
    let webhook = register(&mut api, &receiver.url(), "ticket.*,customer.created");
    register(&mut api, &other.url(), "boss.spawned");
    let triggered = trigger(&mut api, "ticket.created");
    assert_eq!((&triggered["deliveredTo"], &triggered["listeners"]), (&json!(1), &json!(0)));
    let [reported] = triggered["deliveries"].as_array().unwrap().as_slice() else { panic!("{triggered}") };
    assert_eq!(
        (&reported["success"], &reported["status"], &reported["error"]),
        (&json!(true), &json!(200), &Value::Null)
    );
    assert_eq!((text(reported, "url"), text(reported, "event")), (receiver.url().as_str(), "ticket.created"));

    let request = receiver.next();
    assert!(verifies(&request, text(&webhook, "secret")) && !verifies(&request, "whsec_other"));
    assert!(request.headers.get(SIGNATURE_HEADER_ALIAS).is_none(), "only `listen` sends the alias");
    assert!(request.headers.get("authorization").is_none(), "no key is sent");
    for (name, value) in [
        ("content-type", "application/json"),
        ("user-agent", "cStar-Webhooks/1.0"),
        ("x-event-type", "ticket.created"),
        ("x-event-id", text(&triggered, "eventId")),
        ("x-webhook-id", text(&webhook, "id")),
        ("x-delivery-attempt", "1"),
    ] {
        assert_eq!(request.header(name), value);
    }
    assert!(request.header("x-cstar-request-id").starts_with("req_"));
    assert_eq!(request.json()["id"], triggered["eventId"]);

    // Only subscribed events arrive, including those that a change causes.
    assert_eq!(trigger(&mut api, "article.created")["deliveredTo"], 0);
    api.data("POST customers", &json!({"name": "Jane", "email": "jane@example.com"}));
    assert_eq!(receiver.next().header("x-event-type"), "customer.created");
    assert!(receiver.drain().is_empty() && other.drain().is_empty());
}

#[test]
fn environments_are_kept_apart() {
    let home = Home::new();
    let sandbox = sandbox(&home, "1");
    let (for_test, for_live) = (Receiver::start(), Receiver::start());
    let (mut test, mut live) =
        (ApiConnection::open(sandbox.port), ApiConnection::open_with_key(sandbox.port, LIVE_KEY));
    register(&mut test, &for_test.url(), "*");
    register(&mut live, &for_live.url(), "*");
    let (of_test, of_live) = (trigger(&mut test, "ticket.created"), trigger(&mut live, "ticket.closed"));
    assert_eq!(for_test.next().header("x-event-id"), text(&of_test, "eventId"));
    assert_eq!(for_live.next().header("x-event-id"), text(&of_live, "eventId"));
    assert!(for_test.drain().is_empty() && for_live.drain().is_empty());
}

#[test]
fn both_secrets_verify_during_the_overlap() {
    let home = Home::new();
    // A day is 2.6 seconds.
    let sandbox = sandbox(&home, "0.00003");
    let receiver = Receiver::start();
    let mut api = ApiConnection::open(sandbox.port);
    let webhook = register(&mut api, &receiver.url(), "ticket.created");
    let path = format!("POST webhooks/{}", text(&webhook, "id"));
    let rotated = api.data(&format!("{path}/rotate-secret"), &json!({}));
    let (old, new) = (text(&webhook, "secret"), text(&rotated, "secret"));
    assert!(old != new && rotated["signingSecret"] == new && rotated["previousSecretExpiresAt"].is_string());
    let send = |api: &mut ApiConnection| {
        api.data(&format!("{path}/test"), &json!({"event": "ticket.created"}));
        receiver.next()
    };
    let both = send(&mut api);
    assert_eq!(both.header("x-signature").matches(",v1=").count(), 2);
    assert!(verifies(&both, old) && verifies(&both, new));
    let deadline = Instant::now() + TIMEOUT;
    loop {
        let later = send(&mut api);
        assert!(verifies(&later, new));
        if !verifies(&later, old) {
            assert_eq!(later.header("x-signature").matches("v1=").count(), 1);
            break;
        }
        assert!(Instant::now() < deadline, "the old secret never expires");
    }
}

#[test]
fn delivery_can_be_resent() {
    let home = Home::new();
    let sandbox = sandbox(&home, "1");
    let answers = Mutex::new(vec![200, 200, 500, 410]);
    let receiver = Receiver::start_with(move |_| Response::status(answers.lock().unwrap().pop().unwrap()));
    let mut api = ApiConnection::open(sandbox.port);
    let webhook = register(&mut api, &receiver.url(), "ticket.created");
    trigger(&mut api, "ticket.created");
    let first = receiver.next();
    let waiting = settled(&mut api, &webhook, "pending");
    let path = format!("POST webhooks/{}/deliveries/{}/resend", text(&webhook, "id"), text(&waiting, "id"));
    let again = api.data(&path, &json!({}));
    assert_eq!(
        (&again["success"], &again["status"], &again["deliveryId"]),
        (&json!(false), &json!(500), &waiting["id"])
    );
    let still = settled(&mut api, &webhook, "pending");
    assert_eq!(still["nextAttemptAt"], waiting["nextAttemptAt"], "the planned attempt is kept");
    assert_eq!(api.data(&path, &json!({}))["success"], true);
    assert_eq!(settled(&mut api, &webhook, "succeeded")["nextAttemptAt"], Value::Null);
    // A delivered event can be resent too, any number of times, but once per idempotency key.
    let keyed = api.send(&path, &json!({}), Some("once"));
    let replayed = api.send(&path, &json!({}), Some("once"));
    assert!(replayed.replayed && keyed.json["data"] == replayed.json["data"], "{replayed:?}");
    let numbers: Vec<String> = receiver
        .take(3)
        .iter()
        .map(|request| {
            assert_eq!(request.body, first.body);
            request.header("x-delivery-attempt").to_owned()
        })
        .collect();
    assert_eq!(numbers, ["2", "3", "4"]);
    assert!(receiver.drain().is_empty());
}

#[test]
fn flat_payload_has_key_members_at_the_root() {
    let home = Home::new();
    let sandbox = sandbox(&home, "1");
    let (flat, nested) = (Receiver::start(), Receiver::start());
    let mut api = ApiConnection::open(sandbox.port);
    let body =
        json!({"name": "Zapier", "url": flat.url(), "events": ["ticket.created"], "flatPayload": true});
    let webhook = api.data("POST webhooks", &body);
    assert_eq!(webhook["flatPayload"], true);
    register(&mut api, &nested.url(), "ticket.created");
    trigger(&mut api, "ticket.created");
    let (flat, nested) = (flat.next(), nested.next());
    assert!(verifies(&flat, text(&webhook, "secret")));
    let (flat, nested) = (flat.json(), nested.json());
    let ticket = &nested["data"]["ticket"];
    assert_eq!((&flat["ticket_id"], &flat["ticket_title"]), (&ticket["id"], &ticket["title"]));
    assert_eq!(flat["customer_email"], nested["data"]["customer"]["email"]);
    assert!(flat["data"] == nested["data"] && nested.get("ticket_id").is_none());
}

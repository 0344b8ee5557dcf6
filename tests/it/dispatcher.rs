//! The sandbox delivers to registered webhooks: signed, retried, kept apart, and across a restart.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cstar::signature::{SIGNATURE_HEADER_ALIAS, verify_signature};
use serde_json::{Value, json};

use crate::support::api_connection::{ApiConnection, LIVE_KEY};
use crate::support::ports::closed_port;
use crate::support::receiver::{ReceivedRequest, Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::{Home, TIMEOUT};

/// A sandbox whose waits are this much shorter.
fn sandbox(home: &Home, scale: &str) -> Sandbox {
    Sandbox::start_at(home, 0, &["--rate-limit", "0", "--time-scale", scale])
}

/// Registers `url`; gives the webhook with its secret.
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

/// Asks until the webhook's newest delivery is so.
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
    let fired = trigger(&mut api, "ticket.created");
    assert_eq!((&fired["deliveredTo"], &fired["listeners"]), (&json!(1), &json!(0)));
    let [told] = fired["deliveries"].as_array().unwrap().as_slice() else { panic!("{fired}") };
    assert_eq!(
        (&told["success"], &told["status"], &told["error"]),
        (&json!(true), &json!(200), &Value::Null)
    );
    assert_eq!((text(told, "url"), text(told, "event")), (receiver.url().as_str(), "ticket.created"));

    let request = receiver.next();
    assert!(verifies(&request, text(&webhook, "secret")) && !verifies(&request, "whsec_other"));
    assert!(request.headers.get(SIGNATURE_HEADER_ALIAS).is_none(), "only `listen` sends the alias");
    assert!(request.headers.get("authorization").is_none(), "no key of anybody");
    for (name, value) in [
        ("content-type", "application/json"),
        ("user-agent", "cStar-Webhooks/1.0"),
        ("x-event-type", "ticket.created"),
        ("x-event-id", text(&fired, "eventId")),
        ("x-webhook-id", text(&webhook, "id")),
        ("x-delivery-attempt", "1"),
    ] {
        assert_eq!(request.header(name), value);
    }
    assert!(request.header("x-cstar-request-id").starts_with("req_"));
    assert_eq!(request.json()["id"], fired["eventId"]);

    // What is not subscribed to does not come; what a change fires does.
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
    assert_eq!(now["consecutiveFailures"], 0, "a success ends the count");
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
    let fired = trigger(&mut api, "ticket.created");
    assert_eq!(fired["deliveries"][0]["error"], "refuses connections");
    first.kill();
    let receiver = Receiver::start_at(port, |_| Response::status(200));
    let second = sandbox(&home, "0.05");
    let request = receiver.next();
    assert_eq!(request.header("x-event-id"), text(&fired, "eventId"));
    assert_eq!(request.header("x-delivery-attempt"), "2");
    assert!(verifies(&request, text(&webhook, "secret")), "the secret is kept, too");
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
fn hanging_endpoint_delays_no_other() {
    let home = Home::new();
    let sandbox = sandbox(&home, "1");
    let hanging = Receiver::start_with(|_| Response::status(200).after(TIMEOUT));
    let healthy = Receiver::start();
    let mut api = ApiConnection::open(sandbox.port);
    let hung = register(&mut api, &hanging.url(), "ticket.created");
    register(&mut api, &healthy.url(), "ticket.created");
    let began = Instant::now();
    for number in 0..30 {
        api.data("POST tickets", &json!({"title": number.to_string()}));
    }
    let mut titles: Vec<usize> = healthy
        .take(30)
        .iter()
        .map(|request| text(&request.json()["data"]["ticket"], "title").parse().unwrap())
        .collect();
    titles.sort_unstable();
    assert_eq!(titles, (0..30).collect::<Vec<_>>());
    // well before the first attempt at the other one is given up
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    assert!(hanging.drain().len() <= 8, "an endpoint has a bounded number of attempts under way");
    assert!(deliveries(&mut api, &hung).iter().all(|delivery| delivery["status"] == "pending"));
}

#[test]
fn slow_endpoint_keeps_order_per_ticket() {
    let home = Home::new();
    let sandbox = sandbox(&home, "1");
    let count = AtomicUsize::new(0);
    let receiver = Receiver::start_with(move |_| {
        // the earlier ones are the slower ones
        let slow = 12_u64.saturating_sub(count.fetch_add(1, Ordering::Relaxed) as u64);
        Response::status(200).after(Duration::from_millis(slow))
    });
    let mut api = ApiConnection::open(sandbox.port);
    register(&mut api, &receiver.url(), "ticket.updated");
    let tickets: Vec<Value> = (0..3).map(|_| api.data("POST tickets", &json!({"title": "0"}))).collect();
    for number in 1..=10 {
        for ticket in &tickets {
            api.data(&format!("PATCH tickets/{}", text(ticket, "id")), &json!({"title": number.to_string()}));
        }
    }
    let requests = receiver.take(30);
    for ticket in &tickets {
        let of_ticket = requests
            .iter()
            .map(ReceivedRequest::json)
            .filter(|event| event["data"]["ticket"]["id"] == ticket["id"]);
        let titles: Vec<usize> =
            of_ticket.map(|event| text(&event["data"]["ticket"], "title").parse().unwrap()).collect();
        assert_eq!(titles, (1..=10).collect::<Vec<_>>());
    }
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
        assert!(Instant::now() < deadline, "the old secret never ends");
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
    assert_eq!(still["nextAttemptAt"], waiting["nextAttemptAt"], "what was planned stays");
    assert_eq!(api.data(&path, &json!({}))["success"], true);
    assert_eq!(settled(&mut api, &webhook, "succeeded")["nextAttemptAt"], Value::Null);
    // Also one that was received, as often as one likes; but once for each key.
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
    let fired = trigger(&mut api, "ticket.created");
    receiver.next();
    api.data(&path, &json!({"isActive": false}));
    assert_eq!(trigger(&mut api, "ticket.created")["deliveredTo"], 0, "it is off");
    failing.store(false, Ordering::Relaxed);
    receiver.drain();
    api.data(&path, &json!({"isActive": true}));
    let late = receiver.next();
    assert_eq!(late.header("x-event-id"), text(&fired, "eventId"));
    settled(&mut api, &webhook, "succeeded");
    failing.store(true, Ordering::Relaxed);
    trigger(&mut api, "ticket.created");
    api.data(&format!("DELETE webhooks/{}", text(&webhook, "id")), &Value::Null);
    assert_eq!(trigger(&mut api, "ticket.created")["deliveredTo"], 0);
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

#[test]
fn retry_due_during_a_resend_still_runs() {
    let home = Home::new();
    // 30 seconds are 0.3.
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
    // Unless the machine was so slow that it went out before.
    assert!(resend.status == 200 || resend.status == 409, "{resend:?}");
    settled(&mut api, &webhook, "succeeded");
}

#[test]
fn kills_keep_every_change_and_its_order() {
    let home = Home::new();
    let receiver = Receiver::start();
    let mut running = sandbox(&home, "1");
    register(&mut ApiConnection::open(running.port), &receiver.url(), "ticket.updated");
    let ticket = ApiConnection::open(running.port).data("POST tickets", &json!({"title": "0"}));
    let line = format!("PATCH tickets/{}", text(&ticket, "id"));
    let (mut last, mut requests) = (0, Vec::new());
    for round in 1..=5 {
        let (mut api, line) = (ApiConnection::open(running.port), line.clone());
        // Changes without a pause, until the sandbox is killed under them.
        let writer = std::thread::spawn(move || {
            let mut number = last + 1;
            while api.try_send(&line, &json!({"title": number.to_string()}), None).is_some() {
                number += 1;
            }
            number - 1
        });
        requests.extend(receiver.take(round * 5));
        running.kill();
        last = writer.join().unwrap();
        running = sandbox(&home, "1");
    }
    // The answer to the last change of a round may be all that is missing of it.
    let now =
        ApiConnection::open(running.port).data(&format!("GET tickets/{}", text(&ticket, "id")), &Value::Null);
    let newest: u64 = text(&now, "title").parse().unwrap();
    let title =
        |request: &ReceivedRequest| text(&request.json()["data"]["ticket"], "title").parse::<u64>().unwrap();
    while requests.last().is_none_or(|request| title(request) != newest) {
        requests.push(receiver.next());
    }
    // What was under way at a kill may come twice; nothing is missing, invented or out of order.
    let mut titles: Vec<u64> = requests.iter().map(title).collect();
    titles.dedup();
    assert!(titles.windows(2).all(|pair| pair[0] < pair[1]), "{titles:?}");
    assert_eq!(titles, (1..=newest).collect::<Vec<_>>());
}

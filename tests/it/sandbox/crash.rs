//! `kill -9` between a change and the delivery of its event: nothing is lost, nothing invented.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;

use crate::support::Home;
use crate::support::api_connection::ApiConnection;
use crate::support::listen::Listen;
use crate::support::ports::ReservedPort;
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;

#[test]
fn killed_sandbox_loses_and_repeats_nothing() {
    let home = Home::new();
    let port = ReservedPort::new();
    let start = || Sandbox::start_at(&home, port.port, &["--rate-limit", "0"]);
    let mut sandbox = start();
    let receiver = Receiver::start();
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url()]);
    let ticket = ApiConnection::open(port.port).data("POST tickets", &json!({"title": "0"}));
    let line = format!("PATCH tickets/{}", ticket["id"].as_str().unwrap());

    // The sandbox is killed during a run of changes. A change without a response is sent again with its
    // idempotency key, so it is made once whether or not it was committed.
    let mut sent = 0;
    for round in 1..=4 {
        let (mut api, line) = (ApiConnection::open(port.port), line.clone());
        let first = sent + 1;
        let writer = std::thread::spawn(move || {
            let mut number = first;
            let send = |api: &mut ApiConnection, number: i32| {
                api.try_send(&line, &json!({"title": number.to_string()}), Some(&format!("k-{number}")))
            };
            while let Some(reply) = send(&mut api, number) {
                assert_eq!(reply.status, 200, "{reply:?}");
                number += 1;
            }
            number
        });
        // a different moment in each round
        for _ in 0..round * 3 {
            receiver.next();
        }
        sandbox.kill();
        let unanswered = writer.join().unwrap();
        sandbox = start();
        let body = json!({"title": unanswered.to_string()});
        let retried =
            ApiConnection::open(port.port).send(&line_of(&ticket), &body, Some(&format!("k-{unanswered}")));
        assert_eq!(retried.status, 200, "{retried:?}");
        sent = unanswered;
    }
    // One event for the creation of the ticket, and one for each change.
    let expected = usize::try_from(sent).unwrap() + 1;
    listen.wait_for_all("received", expected);
    listen.wait_for_all("delivered", expected);
    assert!(listen.all("gap").is_empty() && listen.all("skipped").is_empty());
    let received = listen.all("received");
    let ids: HashSet<&str> = received.iter().map(|line| line["id"].as_str().unwrap()).collect();
    assert_eq!((ids.len(), received.len()), (expected, expected));
    let last = sent.to_string();
    let now = ApiConnection::open(port.port)
        .data(&format!("GET tickets/{}", ticket["id"].as_str().unwrap()), &json!(null));
    assert_eq!(now["title"], *last);
}

fn line_of(ticket: &serde_json::Value) -> String {
    format!("PATCH tickets/{}", ticket["id"].as_str().unwrap())
}

/// Requests that are handled at the same time share a commit.
#[test]
fn kill_keeps_every_answered_ticket() {
    const WRITERS: usize = 8;
    let (home, port) = (Home::new(), ReservedPort::new());
    let start = || Sandbox::start_at(&home, port.port, &["--rate-limit", "0"]);
    let mut sandbox = start();
    let receiver = Receiver::start();
    let listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url()]);
    let mut answered: HashSet<String> = HashSet::new();
    for round in 1..=3 {
        let done = Arc::new(AtomicUsize::new(0));
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| {
                let (mut api, done) = (ApiConnection::open(port.port), Arc::clone(&done));
                std::thread::spawn(move || {
                    let mut ids = Vec::new();
                    while let Some(reply) = api.try_send("POST tickets", &json!({"title": "t"}), None) {
                        assert_eq!(reply.status, 201, "{reply:?}");
                        ids.push(reply.json["data"]["id"].as_str().unwrap().to_owned());
                        done.fetch_add(1, Ordering::Release);
                    }
                    ids
                })
            })
            .collect();
        while done.load(Ordering::Acquire) < round * 30 {
            std::thread::sleep(Duration::from_micros(200));
        }
        sandbox.kill();
        writers.into_iter().for_each(|writer| answered.extend(writer.join().unwrap()));
        sandbox = start();
    }
    let mut api = ApiConnection::open(port.port);
    for id in &answered {
        assert_eq!(api.data(&format!("GET tickets/{id}"), &json!(null))["id"], *id);
    }
    while !answered.is_empty() {
        let event = receiver.next().json();
        answered.remove(event["data"]["ticket"]["id"].as_str().unwrap());
    }
    assert!(listen.all("gap").is_empty() && listen.all("skipped").is_empty());
}

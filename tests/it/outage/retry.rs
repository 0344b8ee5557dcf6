//! What is retried, how often, and what is final.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::Home;
use crate::support::api_connection::ApiConnection;
use crate::support::listen::{FinishedListen, Listen};
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;

/// Triggers one event for a `listen --count 1` with these arguments and waits for its end.
fn one_event(receiver: &Receiver, args: &[&str]) -> FinishedListen {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let url = receiver.url();
    let args = [&["--forward-to", &url, "--count", "1"], args].concat();
    let listen = Listen::start(sandbox.cstar(&home), &args);
    ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 1);
    listen.finish()
}

fn lines<'a>(ended: &'a FinishedListen, kind: &str) -> Vec<&'a Value> {
    ended.seen.iter().filter(|line| line["type"] == kind).collect()
}

#[test]
fn retry_after_of_the_target_is_kept() {
    let receiver = Receiver::start_with(|request| match request.header("x-delivery-attempt") {
        "1" => Response::status(429).header("retry-after", "1"),
        _ => Response::status(204),
    });
    let began = Instant::now();
    let ended = one_event(&receiver, &[]);
    assert!(began.elapsed() >= Duration::from_secs(1), "{:?}", began.elapsed());
    assert_eq!(ended.code, 0, "{ended:#?}");
    assert_eq!(lines(&ended, "retrying")[0]["retry_in_ms"], 1000);
    assert_eq!(lines(&ended, "delivered")[0]["status"], 204);
}

#[test]
fn other_client_errors_and_redirects_are_final() {
    let elsewhere = Receiver::start();
    for status in [400, 401, 404, 410, 302, 307] {
        let to = elsewhere.url();
        let receiver = Receiver::start_with(move |_| Response::status(status).header("location", &to));
        let ended = one_event(&receiver, &[]);
        assert_eq!(ended.code, 1, "{ended:#?}");
        assert_eq!(receiver.take(1).len() + receiver.drain().len(), 1);
        let failed = lines(&ended, "failed");
        assert_eq!((&failed[0]["status"], &failed[0]["attempt"]), (&json!(status), &json!(1)));
        assert_eq!(ended.summary()["failed"], 1);
        assert!(ended.stderr.contains("1 delivery failed"), "{ended:#?}");
    }
    assert!(elsewhere.drain().is_empty(), "a redirect was followed");
}

#[test]
fn target_that_times_out_is_retried() {
    let receiver = Receiver::start_with(|request| match request.header("x-delivery-attempt") {
        "1" => Response::status(200).after(Duration::from_secs(60)),
        _ => Response::status(200),
    });
    let ended = one_event(&receiver, &["--timeout", "200ms"]);
    assert_eq!(ended.code, 0, "{ended:#?}");
    let retrying = lines(&ended, "retrying");
    assert_eq!(retrying[0]["status"], Value::Null);
    assert_eq!(retrying[0]["reason"], "did not answer within 0.2 s");
    assert_eq!(receiver.take(2)[1].header("x-delivery-attempt"), "2");
}

#[test]
fn zero_retries_means_one_attempt() {
    let receiver = Receiver::start_with(|_| Response::status(503));
    let ended = one_event(&receiver, &["--retries", "0"]);
    assert_eq!(ended.code, 1);
    assert!(lines(&ended, "retrying").is_empty());
    assert_eq!(lines(&ended, "failed").len(), 1);
    assert_eq!(receiver.take(1).len() + receiver.drain().len(), 1);
}

#[test]
fn retries_end_after_the_limit() {
    let receiver = Receiver::start_with(|_| Response::status(500));
    let ended = one_event(&receiver, &["--retries", "1"]);
    assert_eq!(ended.code, 1);
    assert_eq!((lines(&ended, "retrying").len(), lines(&ended, "failed").len()), (1, 1));
    assert_eq!(lines(&ended, "failed")[0]["attempt"], 2);
    assert_eq!(receiver.take(2).len() + receiver.drain().len(), 2);
}

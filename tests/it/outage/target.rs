//! The developer's server is down, crashes, or recovers.

use std::time::Duration;

use cstar::signature::{Verifier, verify_signature};

use super::assert_complete_and_in_order;
use crate::support::Home;
use crate::support::api_connection::ApiConnection;
use crate::support::listen::Listen;
use crate::support::ports::ReservedPort;
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;

pub(super) const SECRET: &str = "whsec_sandboxtest000000000000000000000";

#[test]
fn events_wait_in_order_for_a_target() {
    const COUNT: usize = 100;
    let (home, port) = (Home::new(), ReservedPort::new());
    let sandbox = Sandbox::start(&home);
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &port.url()]);
    let mut api = ApiConnection::open(sandbox.port);
    for number in 0..COUNT {
        api.trigger_ticket(&format!("tkt_{}", number % 7), number);
    }
    listen.wait_for_all("received", COUNT);

    let receiver = Receiver::start_at(port.port, |_| Response::status(200));
    let requests = receiver.take(COUNT);
    listen.wait_for_all("delivered", COUNT);
    assert_complete_and_in_order(&requests, COUNT as u64);
    assert!(receiver.drain().is_empty());
    // A refused connection is not an attempt.
    assert!(requests.iter().all(|request| request.header("x-delivery-attempt") == "1"));
    assert_eq!((listen.all("waiting").len(), listen.all("resumed").len()), (1, 1), "{:#?}", listen.seen);
    assert!(listen.all("retrying").is_empty());
    listen.interrupt();
    let summary = listen.summary();
    assert_eq!((&summary["delivered"], &summary["waiting"]), (&COUNT.into(), &0.into()));
}

#[test]
fn each_target_outage_is_reported_once() {
    let (home, port) = (Home::new(), ReservedPort::new());
    let sandbox = Sandbox::start(&home);
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &port.url()]);
    let mut api = ApiConnection::open(sandbox.port);
    for outage in 0..3 {
        api.trigger_ticket("tkt_1", outage);
        listen.wait_for("waiting");
        let receiver = Receiver::start_at(port.port, |_| Response::status(200));
        assert_eq!(listen.wait_for("resumed")["waiting"], 1);
        listen.wait_for("delivered");
        assert_eq!(receiver.next().header("x-delivery-attempt"), "1");
    }
    assert_eq!((listen.all("waiting").len(), listen.all("resumed").len()), (3, 3));
    listen.stop();
}

#[test]
fn killed_target_gets_the_event_again() {
    let (home, port) = (Home::new(), ReservedPort::new());
    let sandbox = Sandbox::start(&home);
    let dying = Receiver::start_at(port.port, |_| Response::status(200).after(Duration::from_secs(60)));
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &port.url()]);
    let id = ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 1);
    let first = dying.next();
    drop(dying);
    assert_eq!(listen.wait_for("retrying")["attempt"], 1);

    let receiver = Receiver::start_at(port.port, |_| Response::status(200));
    let second = receiver.next();
    let delivered = listen.wait_for("delivered");
    assert_eq!((first.header("x-event-id"), second.header("x-event-id")), (id.as_str(), id.as_str()));
    assert_eq!((first.header("x-delivery-attempt"), second.header("x-delivery-attempt")), ("1", "2"));
    assert_eq!(first.body, second.body);
    verify_signature(&second.body, Some(second.header("x-signature")), SECRET).unwrap();
    // The time of this attempt: in milliseconds in one header, in seconds in the other.
    assert_ne!(first.header("x-timestamp"), second.header("x-timestamp"));
    assert_eq!(delivered["attempt"], 2);
    listen.stop();
}

#[test]
fn every_attempt_has_a_new_signature() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start_with(|request| match request.header("x-delivery-attempt") {
        "1" | "2" => Response::status(500),
        _ => Response::status(200),
    });
    let args = ["--forward-to", &receiver.url(), "--count", "1"];
    let mut listen = Listen::start(sandbox.cstar(&home), &args);
    ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 1);
    let requests = receiver.take(3);
    listen.summary();
    let attempts: Vec<_> = requests.iter().map(|request| request.header("x-delivery-attempt")).collect();
    assert_eq!(attempts, ["1", "2", "3"]);
    let times: Vec<i64> = requests.iter().map(signed_at).collect();
    // The attempts are 0.5 s and 1 s apart.
    assert!(times[0] <= times[1] && times[1] < times[2], "{times:?}");
    assert!(requests.iter().all(|request| request.body == requests[0].body));
    let retries: Vec<_> = listen.all("retrying").iter().map(|line| line["retry_in_ms"].clone()).collect();
    assert_eq!(retries, [500, 1000]);
    assert_eq!(listen.finish().code, 0);
}

/// `t` of a valid signature.
fn signed_at(request: &crate::support::receiver::ReceivedRequest) -> i64 {
    let header = request.header("x-signature");
    Verifier::new(SECRET).verify(&request.body, Some(header)).unwrap();
    let t = header.strip_prefix("t=").unwrap().split(',').next().unwrap();
    t.parse().unwrap()
}

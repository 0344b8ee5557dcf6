//! `listen` with injected faults: every event is delivered once, and every problem is reported.

use serde_json::json;

use super::{faults, sandbox};
use crate::support::api_connection::{ApiConnection, ticket_and_seq};
use crate::support::listen::Listen;
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;
use crate::support::{Home, over_each_transport};

/// `listen` at a sandbox with these faults.
struct Setup {
    home: Home,
    sandbox: Sandbox,
    receiver: Receiver,
}

impl Setup {
    fn new(chaos: &[&str]) -> Self {
        let home = Home::new();
        Self { sandbox: sandbox(&home, chaos), home, receiver: Receiver::start() }
    }

    fn listen(&self, transport: &str) -> Listen {
        let args = ["--transport", transport, "--forward-to", &self.receiver.url()];
        Listen::start(self.sandbox.cstar(&self.home), &args)
    }

    /// Triggers this many events about one ticket and expects all of them at the receiver, in order, once.
    fn trigger_and_receive(&self, listen: &mut Listen, count: usize) {
        let mut api = ApiConnection::open(self.sandbox.port);
        for number in 0..count {
            api.trigger_ticket("tkt_1", number);
        }
        let seqs: Vec<u64> =
            self.receiver.take(count).iter().map(|request| ticket_and_seq(request).1).collect();
        assert_eq!(seqs, (0..count as u64).collect::<Vec<_>>());
        listen.wait_for_all("delivered", count);
        assert!(self.receiver.drain().is_empty(), "delivered twice");
        assert!(listen.all("gap").is_empty(), "{:#?}", listen.seen);
    }
}

#[test]
fn stream_breaks_after_every_third_event() {
    over_each_transport(|transport| {
        let scene = Setup::new(&["cut=3,path=webhooks/listen"]);
        let mut listen = scene.listen(transport);
        scene.trigger_and_receive(&mut listen, 12);
        listen.wait_for_all("disconnected", 4);
        let reported = listen.all("disconnected")[0]["reason"].as_str().unwrap().to_owned();
        assert!(reported.contains("cut") || reported.contains("connection"), "{reported}");
        listen.stop();
    });
}

#[test]
fn stream_breaks_at_greeting_or_by_chance() {
    over_each_transport(|transport| {
        let scene = Setup::new(&["cut=0,count=2", "cut,probability=20%"]);
        let mut listen = scene.listen(transport);
        scene.trigger_and_receive(&mut listen, 30);
        assert!(listen.all("disconnected").len() > 3, "{:#?}", listen.seen);
        listen.stop();
    });
}

#[test]
fn duplicate_events_are_delivered_once() {
    over_each_transport(|transport| {
        let scene = Setup::new(&["duplicate"]);
        let mut listen = scene.listen(transport);
        scene.trigger_and_receive(&mut listen, 5);
        listen.wait_for_all("skipped", 5);
        let skipped = listen.all("skipped");
        assert!(skipped.iter().all(|line| line["reason"] == "received before in this run"), "{skipped:#?}");
        listen.stop();
    });
}

#[test]
fn stream_refused_for_a_while_recovers() {
    over_each_transport(|transport| {
        let refusals =
            ["status=503,retry_after=0,count=2", "status=429,retry_after=0,count=1", "status=500,count=1"];
        let refusals = refusals.map(|fault| format!("{fault},path=webhooks/listen"));
        let scene = Setup::new(&refusals.each_ref().map(String::as_str));
        let mut listen = scene.listen(transport);
        let reported: Vec<String> = listen
            .all("disconnected")
            .iter()
            .map(|line| line["reason"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(reported.len(), 4, "{reported:?}");
        for status in ["503", "429", "500"] {
            assert!(reported.iter().any(|reason| reason.contains(&format!("HTTP {status}"))), "{reported:?}");
        }
        scene.trigger_and_receive(&mut listen, 3);
        listen.stop();
    });
}

#[test]
fn slow_api_with_wrong_clock_still_works() {
    over_each_transport(|transport| {
        let scene = Setup::new(&["latency=120ms,jitter=60ms,path=webhooks/listen", "skew=-10m"]);
        let mut listen = scene.listen(transport);
        scene.trigger_and_receive(&mut listen, 5);
        listen.stop();
    });
}

#[test]
fn new_fault_affects_an_open_stream() {
    over_each_transport(|transport| {
        let scene = Setup::new(&[]);
        let mut listen = scene.listen(transport);
        scene.trigger_and_receive(&mut listen, 3);
        assert!(listen.poll("disconnected").is_none());
        let cut = json!({ "cut": 0, "count": 1, "path": "webhooks/listen" });
        assert_eq!(faults(&scene.sandbox, "POST", "", &cut.to_string()).0, 201);
        ApiConnection::open(scene.sandbox.port).trigger_ticket("tkt_2", 0);
        assert_eq!(ticket_and_seq(&scene.receiver.next()).0, "tkt_2");
        listen.wait_for("disconnected");
        listen.wait_for("connected");
        listen.stop();
    });
}

#[test]
fn all_faults_together_lose_nothing() {
    over_each_transport(|transport| {
        let chaos = [
            "cut,probability=10%,path=webhooks/listen",
            "duplicate,probability=30%",
            "latency=1ms,jitter=30ms,probability=50%,path=webhooks/listen",
            "status=503,retry_after=0,probability=20%,path=webhooks/listen",
        ];
        let scene = Setup::new(&chaos);
        let mut listen = scene.listen(transport);
        scene.trigger_and_receive(&mut listen, 60);
        assert!(!listen.all("disconnected").is_empty() && !listen.all("skipped").is_empty());
        listen.stop();
    });
}

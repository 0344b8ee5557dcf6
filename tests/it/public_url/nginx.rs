//! `listen --public-url` behind a real nginx with TLS.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use super::{records, trigger_id, webhooks};
use crate::nginx::Nginx;
use crate::support::listen::Listen;
use crate::support::ports::closed_port;
use crate::support::receiver::{ReceivedRequest, Receiver};
use crate::support::sandbox::Sandbox;
use crate::support::{Home, TIMEOUT, tls_front};

const EVENTS: usize = 1_000;
const TRIGGERS: usize = 8;

fn server(port: u16, receive: u16) -> String {
    let file = |name| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/support/tls_front").join(name);
    format!(
        "server {{
    listen 127.0.0.1:{port} ssl;
    server_name localhost;
    ssl_certificate {};
    ssl_certificate_key {};
    location / {{ proxy_pass http://127.0.0.1:{receive}; }}
}}",
        file("good.pem").display(),
        file("server.key").display()
    )
}

/// A sandbox that delivers through a nginx with TLS to the port of a `listen`.
struct Front {
    home: Home,
    sandbox: Sandbox,
    url: String,
    receive: u16,
    _nginx: Nginx,
}

impl Front {
    fn start() -> Self {
        let home = Home::new();
        // Its first retries come after 0.3, 1.2 and 6 seconds.
        let sandbox = Sandbox::start_trusting(&home, &tls_front::authority(), &["--time-scale", "0.01"]);
        let (public, receive) = (closed_port(), closed_port());
        let nginx = Nginx::start(&server(public, receive));
        Self { home, sandbox, url: format!("https://localhost:{public}"), receive, _nginx: nginx }
    }

    fn listen(&self, args: &[&str]) -> Listen {
        let own = ["--public-url", &self.url, "--receive", &self.receive.to_string()];
        Listen::start(self.sandbox.cstar(&self.home), &[&own, args].concat())
    }
}

/// Triggers all events, about 200 in a second. Returns their ids, sorted.
fn trigger_all(sandbox: &Sandbox) -> Vec<String> {
    let mut ids: Vec<String> = std::thread::scope(|scope| {
        let trigger = |_| {
            std::thread::sleep(Duration::from_millis(40));
            trigger_id(sandbox)
        };
        let threads: Vec<_> = (0..TRIGGERS)
            .map(|_| scope.spawn(move || (0..EVENTS / TRIGGERS).map(trigger).collect::<Vec<_>>()))
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    ids.sort();
    ids
}

fn sorted_ids(requests: &[ReceivedRequest]) -> Vec<String> {
    let mut ids: Vec<String> =
        requests.iter().map(|request| request.header("x-event-id").to_owned()).collect();
    ids.sort();
    ids
}

#[test]
#[ignore = "needs nginx, which .ci/run installs"]
fn thousand_events_pass_an_nginx_with_tls() {
    let (front, receiver) = (Front::start(), Receiver::start());
    let mut listen = front.listen(&["--forward-to", &receiver.url()]);
    let expected = trigger_all(&front.sandbox);
    listen.wait_for_all("delivered", EVENTS);
    assert_eq!(sorted_ids(&receiver.take(EVENTS)), expected);
    assert_eq!(listen.all("received").len(), EVENTS, "cStar repeated none");
    listen.stop();
    assert!(receiver.drain().is_empty() && webhooks(&front.sandbox).is_empty());
}

#[test]
#[ignore = "needs nginx, which .ci/run installs"]
fn killed_run_behind_nginx_loses_no_event() {
    let (front, receiver) = (Front::start(), Receiver::start());
    let target = receiver.url();
    let mut killed = front.listen(&["--forward-to", &target]);
    let sandbox = &front.sandbox;
    std::thread::scope(|scope| {
        let triggering = scope.spawn(|| trigger_all(sandbox));
        killed.wait_for_all("delivered", EVENTS / 3);
        // SIGKILL, while events arrive. cStar retries what was not confirmed.
        drop(killed);
        let resumed = front.listen(&["--forward-to", &target, "--resume"]);
        let [webhook] = <[_; 1]>::try_from(webhooks(&front.sandbox)).unwrap();
        assert_eq!(resumed.all("receiver")[0]["webhook_id"], webhook["id"], "it was taken over");
        let expected = triggering.join().unwrap();

        let (mut delivered, deadline) = (BTreeSet::new(), Instant::now() + TIMEOUT);
        while delivered.len() < EVENTS {
            assert!(Instant::now() < deadline, "{} of {EVENTS} were delivered", delivered.len());
            delivered.insert(receiver.next().header("x-event-id").to_owned());
        }
        assert!(delivered.into_iter().eq(expected), "no event was invented");
        resumed.interrupt();
        let ended = resumed.finish();
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{ended:#?}");
    });
    assert!(webhooks(&front.sandbox).is_empty() && records(&front.home).is_empty());
    let list = ["history", "list", "--limit", "5000", "--status", "delivered", "--json"];
    let stored = front.sandbox.run(&front.home, list).ok().json();
    let stored: BTreeSet<_> =
        stored.as_array().unwrap().iter().map(|event| event["id"].as_str().unwrap()).collect();
    assert_eq!(stored.len(), EVENTS, "each is in the history as delivered");
}

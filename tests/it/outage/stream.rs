//! The sandbox dies and recovers, or the connection to it breaks.

use std::time::{Duration, Instant};

use super::assert_complete_and_in_order;
use crate::support::api_connection::ApiConnection;
use crate::support::listen::Listen;
use crate::support::ports::ReservedPort;
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;
use crate::support::tcp_proxy::TcpProxy;
use crate::support::{Home, TEST_KEY, over_each_transport};

/// `cstar listen` whose stream goes through `proxy`.
fn through(proxy: &TcpProxy, home: &Home, receiver: &Receiver, transport: &str) -> Listen {
    let mut command = home.cstar();
    command.env("CSTAR_BASE_URL", proxy.base_url()).env("CSTAR_API_KEY", TEST_KEY);
    Listen::start(command, &["--transport", transport, "--forward-to", &receiver.url()])
}

#[test]
fn restarted_empty_sandbox_is_reported_as_gap() {
    over_each_transport(|transport| {
        let (home, port, receiver) = (Home::new(), ReservedPort::new(), Receiver::start());
        let args = ["--rate-limit", "0", "--ephemeral"];
        let mut sandbox = Sandbox::start_at(&home, port.port, &args);
        let mut listen =
            Listen::start(sandbox.cstar(&home), &["--transport", transport, "--forward-to", &receiver.url()]);
        let first = ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 0);
        assert_eq!(receiver.next().header("x-event-id"), first);
        sandbox.kill();
        listen.wait_for("disconnected");

        let sandbox = Sandbox::start_at(&home, port.port, &args);
        let restarted = Instant::now();
        let connected = listen.wait_for("connected");
        assert!(restarted.elapsed() < Duration::from_secs(2), "{:?}", restarted.elapsed());
        assert_eq!(connected["reconnected"], true);
        let gap = listen.wait_for("gap");
        assert_eq!(gap["after"], first);
        let later = ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 1);
        assert_eq!(receiver.next().header("x-event-id"), later);
        assert_eq!(listen.wait_until("the later event", |line| line["id"] == *later)["type"], "received");
        listen.wait_for("delivered");
        assert_eq!(listen.all("gap").len(), 1);
        listen.stop();
    });
}

#[test]
fn events_during_a_cut_arrive_afterwards() {
    over_each_transport(|transport| {
        let (home, receiver) = (Home::new(), Receiver::start());
        let sandbox = Sandbox::start(&home);
        let proxy = TcpProxy::start(sandbox.port);
        let mut listen = through(&proxy, &home, &receiver, transport);
        let mut api = ApiConnection::open(sandbox.port);
        let mut triggered = 0;
        // The first cut comes before the first event of the session.
        for _ in 0..4 {
            proxy.cut();
            for _ in 0..5 {
                api.trigger_ticket("tkt_1", triggered);
                triggered += 1;
            }
            listen.wait_for("disconnected");
            listen.wait_for("connected");
        }
        let requests = receiver.take(triggered);
        listen.wait_for_all("delivered", triggered);
        assert_complete_and_in_order(&requests, triggered as u64);
        assert!(receiver.drain().is_empty(), "delivered twice");
        assert!(listen.all("gap").is_empty(), "{:#?}", listen.seen);
        listen.interrupt();
        assert_eq!(listen.summary()["delivered"], triggered);
    });
}

#[test]
fn stalled_connection_delivers_everything() {
    over_each_transport(|transport| {
        let (home, receiver) = (Home::new(), Receiver::start());
        let sandbox = Sandbox::start(&home);
        let proxy = TcpProxy::start(sandbox.port);
        let mut listen = through(&proxy, &home, &receiver, transport);
        let mut api = ApiConnection::open(sandbox.port);
        proxy.pause();
        for number in 0..10 {
            api.trigger_ticket("tkt_1", number);
        }
        assert!(receiver.drain().is_empty());
        // Bytes held by the proxy are lost with its connections.
        proxy.cut();
        listen.wait_for("disconnected");
        proxy.resume();
        listen.wait_for("connected");
        assert_complete_and_in_order(&receiver.take(10), 10);
        listen.wait_for_all("delivered", 10);
        assert!(listen.all("gap").is_empty());
        assert!(proxy.accepted() >= 2);
        listen.stop();
    });
}

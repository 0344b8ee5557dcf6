//! Many faults in a row, random with a seed: nothing is lost, and order is kept per ticket.

use std::collections::HashMap;
use std::time::Duration;

use super::assert_complete_and_in_order;
use crate::support::api_connection::ApiConnection;
use crate::support::listen::Listen;
use crate::support::ports::ReservedPort;
use crate::support::receiver::{ReceivedRequest, Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::tcp_proxy::TcpProxy;
use crate::support::{Home, TEST_KEY, over_each_transport};

const FAULTS: usize = 60;
const EVENTS_PER_FAULT: usize = 8;
const TICKETS: usize = 24;

/// A small generator (step and output of PCG), so that a failure can be reproduced.
pub(crate) struct Rng(pub(crate) u64);

impl Rng {
    pub(crate) fn next_below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// The developer's server, which stops and starts on one port and sometimes fails.
pub(super) struct Server {
    pub(super) port: ReservedPort,
    running: Option<Receiver>,
    pub(super) received: Vec<ReceivedRequest>,
}

impl Server {
    pub(super) fn new() -> Self {
        Self { port: ReservedPort::new(), running: None, received: Vec::new() }
    }

    pub(super) fn start(&mut self, every: u64) {
        self.stop();
        let served = std::sync::atomic::AtomicU64::new(1);
        self.running = Some(Receiver::start_at(self.port.port, move |_| {
            let number = served.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Response::status(if number.is_multiple_of(every) { 503 } else { 200 })
                .after(Duration::from_millis(number % 7))
        }));
    }

    /// Collects the requests so far.
    pub(super) fn drain(&mut self) {
        if let Some(receiver) = &self.running {
            self.received.extend(receiver.drain());
        }
    }

    pub(super) fn stop(&mut self) {
        if let Some(receiver) = self.running.take() {
            self.received.extend(receiver.stop());
        }
    }
}

#[test]
fn sixty_random_faults_lose_nothing() {
    over_each_transport(sixty_faults);
}

fn sixty_faults(transport: &str) {
    let (home, mut server) = (Home::new(), Server::new());
    let sandbox = Sandbox::start(&home);
    let proxy = TcpProxy::start(sandbox.port);
    let mut command = home.cstar();
    command.env("CSTAR_BASE_URL", proxy.base_url()).env("CSTAR_API_KEY", TEST_KEY);
    server.start(u64::MAX);
    let args = ["--transport", transport, "--forward-to", &server.port.url(), "--retries", "1000"];
    let mut listen = Listen::start(command, &args);
    let mut api = ApiConnection::open(sandbox.port);
    let mut rng = Rng(20_261_120);
    for fault in 0..FAULTS {
        let fault_at = fault * EVENTS_PER_FAULT;
        let kind = rng.next_below(6);
        match kind {
            0 | 1 => proxy.cut(),
            2 | 3 => proxy.pause(),
            4 => server.stop(),
            _ => server.start(5 + rng.next_below(20)),
        }
        for number in fault_at..fault_at + EVENTS_PER_FAULT {
            api.trigger_ticket(&format!("tkt_{}", number % TICKETS), number);
        }
        std::thread::sleep(Duration::from_millis(40 + rng.next_below(80)));
        match kind {
            2 => proxy.resume(),
            3 => {
                // Bytes held back by the proxy are lost.
                proxy.cut();
                proxy.resume();
            }
            4 => server.start(5 + rng.next_below(20)),
            _ => {}
        }
    }
    proxy.resume();
    server.start(u64::MAX);
    let count = FAULTS * EVENTS_PER_FAULT;
    listen.wait_for_all("delivered", count);
    server.stop();
    listen.interrupt();
    let summary = listen.summary();
    assert_eq!((&summary["delivered"], &summary["failed"]), (&count.into(), &0.into()), "{summary}");
    assert_complete_and_in_order(&server.received, count as u64);
    assert_duplicates_are_equal(&server.received);
    assert!(listen.all("gap").is_empty());
    assert!(listen.all("disconnected").len() >= 5, "the faults did not reach the stream");
    assert!(listen.all("retrying").len() >= 5, "the faults did not reach the target");
}

/// A repeated event has the same bytes, and the same or a higher attempt number: a request lost with a kept
/// connection is repeated within its attempt.
fn assert_duplicates_are_equal(requests: &[ReceivedRequest]) {
    let mut last: HashMap<&str, &ReceivedRequest> = HashMap::new();
    for request in requests {
        let attempt =
            |request: &ReceivedRequest| request.header("x-delivery-attempt").parse::<u32>().unwrap();
        if let Some(earlier) = last.insert(request.header("x-event-id"), request) {
            assert_eq!(earlier.body, request.body);
            assert!(attempt(earlier) <= attempt(request), "{earlier:?} {request:?}");
        }
    }
}

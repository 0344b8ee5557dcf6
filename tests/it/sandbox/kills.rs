//! `kill -9` of the sandbox at random moments, with registered endpoints and listeners: every committed change
//! is reported to each of them, none is invented, and the order per ticket is kept.
//!
//! The short form runs with every `cargo test`. The long one, with 10,000 changes and 50 kills, takes a
//! few minutes:
//!
//! ```text
//! CSTAR_SOAK=1 cargo test --release --test it repeated_kills_lose_and_repeat_nothing
//! ```

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::outage::chaos::Rng;
use crate::support::Home;
use crate::support::api_connection::ApiConnection;
use crate::support::listen::Listen;
use crate::support::ports::ReservedPort;
use crate::support::receiver::{ReceivedRequest, Receiver};
use crate::support::sandbox::Sandbox;

const TICKETS: usize = 20;
const ENDPOINTS: usize = 3;
const LISTENERS: usize = 5;
/// How long all committed changes may take to arrive.
const TIMEOUT: Duration = Duration::from_secs(240);

/// The number of changes and of kills.
fn size() -> (usize, usize) {
    if std::env::var_os("CSTAR_SOAK").is_some() { (10_000, 50) } else { (240, 4) }
}

#[test]
fn repeated_kills_lose_and_repeat_nothing() {
    let (home, port, began) = (Home::new(), ReservedPort::new(), Instant::now());
    let start = || Sandbox::start_at(&home, port.port, &["--rate-limit", "0", "--time-scale", "0.001"]);
    let mut sandbox = start();
    let mut receivers: Vec<Receiver> = (0..ENDPOINTS + LISTENERS).map(|_| Receiver::start()).collect();
    for endpoint in &receivers[..ENDPOINTS] {
        let body = json!({ "name": "E", "url": endpoint.url(), "events": ["ticket.updated"] });
        ApiConnection::open(port.port).data("POST webhooks", &body);
    }
    let listening = |receiver: &Receiver| {
        let args = ["--events", "ticket.updated", "--forward-to", &receiver.url()];
        Listen::start(sandbox.cstar(&home), &args)
    };
    let listeners: Vec<Listen> = receivers[ENDPOINTS..].iter().map(listening).collect();
    let lines = tickets(port.port);

    let (changes, kills) = size();
    let (mut rng, mut seen) = (Rng(20_261_122), vec![Seen::default(); receivers.len()]);
    let (mut next, mut killed) = (1, 0);
    while next <= changes {
        let goal = if killed < kills { next + changes / (kills + 1) } else { changes + 1 };
        let progress = Arc::new(AtomicUsize::new(next));
        let writer = {
            let (lines, progress, port) = (lines.clone(), Arc::clone(&progress), port.port);
            std::thread::spawn(move || write(port, &lines, next, changes, &progress))
        };
        while progress.load(Ordering::Acquire) < goal && !writer.is_finished() {
            std::thread::sleep(Duration::from_micros(200));
        }
        if killed < kills {
            // not at a step of the writer, but anywhere within one
            std::thread::sleep(Duration::from_micros(rng.next_below(4_000)));
            sandbox.kill();
            killed += 1;
            next = writer.join().unwrap();
            sandbox = start();
        } else {
            next = writer.join().unwrap();
        }
        take(&receivers, &mut seen);
    }
    assert_eq!((next, killed), (changes + 1, kills));

    let deadline = Instant::now() + TIMEOUT;
    while seen.iter().any(|seen| seen.titles.len() < changes) {
        let counts: Vec<usize> = seen.iter().map(|seen| seen.titles.len()).collect();
        assert!(Instant::now() < deadline, "only {counts:?} of {changes} arrived");
        std::thread::sleep(Duration::from_millis(10));
        take(&receivers, &mut seen);
    }
    drop(listeners);
    drop(sandbox);
    for (receiver, seen) in receivers.drain(..).zip(&mut seen) {
        receiver.stop().iter().for_each(|request| seen.take(request));
    }
    let repeated: Vec<usize> = seen.iter().map(|seen| seen.repeated).collect();
    for seen in &seen {
        assert_eq!(seen.titles.len(), changes);
        assert!(seen.titles.keys().copied().eq(1..=changes), "exactly one event for each change");
    }
    let first = &seen[0].titles;
    assert!(seen.iter().all(|seen| seen.titles == *first), "all receivers got the same events");
    // visible with --nocapture, for soak runs
    eprintln!("{changes} changes, {kills} kills, {:.0?}; sent twice: {repeated:?}", began.elapsed());
}

/// Changes tickets in turn, starting with change `number`, until all are done or the sandbox is gone; returns the
/// first change without a response. Such a change is sent again with its idempotency key, so that it is made once
/// whether or not it was committed.
fn write(port: u16, lines: &[String], first: usize, last: usize, progress: &AtomicUsize) -> usize {
    let mut api = ApiConnection::open(port);
    for number in first..=last {
        let body = json!({ "title": number.to_string() });
        let line = &lines[number % lines.len()];
        let Some(reply) = api.try_send(line, &body, Some(&format!("k-{number}"))) else { return number };
        assert_eq!(reply.status, 200, "{reply:?}");
        progress.store(number + 1, Ordering::Release);
    }
    last + 1
}

/// Creates tickets; returns the request lines that change them.
fn tickets(port: u16) -> Vec<String> {
    let mut api = ApiConnection::open(port);
    let made = (0..TICKETS).map(|_| api.data("POST tickets", &json!({ "title": "0" })));
    made.map(|ticket| format!("PATCH tickets/{}", ticket["id"].as_str().unwrap())).collect()
}

fn take(receivers: &[Receiver], seen: &mut [Seen]) {
    for (receiver, seen) in receivers.iter().zip(seen) {
        receiver.drain().iter().for_each(|request| seen.take(request));
    }
}

/// What one receiver got.
#[derive(Clone, Default)]
struct Seen {
    /// The change number of each event, by event id.
    ids: HashMap<String, usize>,
    /// The event of each change.
    titles: BTreeMap<usize, String>,
    /// The newest change of each ticket.
    newest: HashMap<String, usize>,
    /// The number of repeated events: an attempt in flight when the sandbox was killed is repeated.
    repeated: usize,
}

impl Seen {
    fn take(&mut self, request: &ReceivedRequest) {
        let (id, body) = (request.header("x-event-id").to_owned(), request.json());
        let number = title(&body);
        if let Some(known) = self.ids.insert(id.clone(), number) {
            assert_eq!(known, number, "{id} has two different events");
            self.repeated += 1;
            return;
        }
        let ticket = body["data"]["ticket"]["id"].as_str().unwrap().to_owned();
        let before = self.newest.insert(ticket, number);
        assert!(before.is_none_or(|before| before < number), "{number} arrived after {before:?}");
        let twice = self.titles.insert(number, id);
        assert_eq!(twice, None, "change {number} has two events");
    }
}

fn title(event: &Value) -> usize {
    event["data"]["ticket"]["title"].as_str().unwrap().parse().unwrap()
}

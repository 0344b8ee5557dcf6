//! `listen` under a burst of events: throughput, order and memory.
//!
//! Repeat with `cargo bench --bench burst`. The limit is what a receiver that takes this long for each
//! request can do at that concurrency: events / concurrency (rounded up) x time. A lost or reordered
//! event fails the run. The aim is less than 40 MB. Measured on a two-core machine:
//!
//! ```text
//!                                        concurrency  limit s   took s  events/s  peak MB
//! 5000 events, 50 tickets, 20ms each              16     6.26     6.53       766     12.3
//! 5000 events, 50 tickets, 20ms each              50     2.00     2.08      2408     14.3
//! 100 events, 100 tickets, 300ms each             16     2.10     2.11        47      7.1
//! 100 events, 100 tickets, 300ms each             50     0.60     0.62       162      8.3
//! ```

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark prints its table, and anything unexpected ends it"
)]

mod http;
mod process;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use http::{Connection, Receiver};
use process::{Listen, Sandbox};
use serde_json::Value;

/// Connections that trigger events; each has tickets of its own, so that the order per ticket is known.
const FIRING: usize = 5;
/// The default of `listen --concurrency`.
const DEFAULT_CONCURRENCY: usize = 64;

/// A burst and the receiver that gets it.
struct Burst {
    events: usize,
    tickets: usize,
    takes: Duration,
    /// `None` leaves the flag out.
    concurrency: Option<usize>,
}

fn main() {
    println!(
        "{:<38} {:>11} {:>8} {:>8} {:>9} {:>8}",
        "", "concurrency", "limit s", "took s", "events/s", "peak MB"
    );
    let many = |concurrency| Burst { events: 5_000, tickets: 50, takes: ms(20), concurrency };
    let slow = |concurrency| Burst { events: 100, tickets: 100, takes: ms(300), concurrency };
    for burst in [many(None), many(Some(50)), slow(None), slow(Some(50))] {
        println!("{}", run(&burst));
    }
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn run(burst: &Burst) -> String {
    let sandbox = Sandbox::start();
    let receiver = Receiver::start(burst.takes);
    let flag = burst.concurrency.map(|number| number.to_string());
    let args: Vec<&str> = flag.iter().flat_map(|number| ["--concurrency", number]).collect();
    let listen = Listen::start(&sandbox, receiver.port, &args);

    let start = Instant::now();
    let last = std::thread::scope(|scope| {
        for part in 0..FIRING {
            let sandbox = &sandbox;
            scope.spawn(move || fire(sandbox, burst, part));
        }
        take_in_order(&receiver, burst)
    });
    listen.wait_for_delivered(burst.events);
    let took = (last + burst.takes - start).as_secs_f64();

    let concurrency = burst.concurrency.unwrap_or(DEFAULT_CONCURRENCY);
    let limit = burst.takes.as_secs_f64() * burst.events.div_ceil(concurrency) as f64;
    let name = format!("{} events, {} tickets, {:?} each", burst.events, burst.tickets, burst.takes);
    let peak = listen.peak_megabytes().map_or("-".to_owned(), |peak| format!("{peak:.1}"));
    let rate = burst.events as f64 / took;
    format!("{name:<38} {concurrency:>11} {limit:>8.2} {took:>8.2} {rate:>9.0} {peak:>8}")
}

/// Triggers every event whose ticket belongs to this part, numbered in order.
fn fire(sandbox: &Sandbox, burst: &Burst, part: usize) {
    let mut api = Connection::open(&sandbox.address);
    for number in 0..burst.events {
        let ticket = number % burst.tickets;
        if ticket % FIRING == part {
            let event = format!(
                r#"{{"event":"ticket.updated","data":{{"ticket":{{"id":"tkt_{ticket}"}},"number":{number}}}}}"#
            );
            api.post(&sandbox.trigger, &sandbox.authorization, &event);
        }
    }
}

/// Receives every event once and checks the order per ticket; returns the time of the last one.
fn take_in_order(receiver: &Receiver, burst: &Burst) -> Instant {
    let mut newest: HashMap<String, u64> = HashMap::new();
    let mut last = Instant::now();
    for _ in 0..burst.events {
        let request = receiver.next();
        let event: Value = serde_json::from_slice(&request.body).unwrap();
        let ticket = event["data"]["ticket"]["id"].as_str().unwrap().to_owned();
        let number = event["data"]["number"].as_u64().unwrap();
        let before = newest.insert(ticket, number);
        let expected = before.map(|before| before + burst.tickets as u64);
        assert!(expected.is_none_or(|expected| expected == number), "{number} after {before:?}");
        last = request.at;
    }
    last
}

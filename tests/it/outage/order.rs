//! Different resources in parallel, up to a limit; one resource strictly in order.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::support::Home;
use crate::support::api_connection::{ApiConnection, ticket_and_seq};
use crate::support::listen::Listen;
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;

/// How long the receiver takes for each request.
const WORK: Duration = Duration::from_millis(250);

/// When each request arrived, with its ticket.
type Arrivals = Vec<(Instant, String, u64)>;

/// Triggers `events` for `tickets` and returns the requests in order of arrival.
fn arrivals(args: &[&str], events: usize, tickets: usize) -> Arrivals {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let receiver = Receiver::start_with({
        let seen = Arc::clone(&seen);
        move |request| {
            let (ticket, seq) = ticket_and_seq(request);
            seen.lock().unwrap().push((Instant::now(), ticket, seq));
            Response::status(200).after(WORK)
        }
    });
    let (url, count) = (receiver.url(), events.to_string());
    let args = [&["--forward-to", &url, "--count", &count], args].concat();
    let mut listen = Listen::start(sandbox.cstar(&home), &args);
    let mut api = ApiConnection::open(sandbox.port);
    for number in 0..events {
        api.trigger_ticket(&format!("tkt_{}", number % tickets), number);
    }
    assert_eq!(listen.summary()["delivered"], events);
    let seen = seen.lock().unwrap();
    seen.clone()
}

/// The most concurrent requests: each takes at least [`WORK`] from its arrival.
fn max_parallel(arrivals: &Arrivals) -> usize {
    let at_work =
        |now: Instant| arrivals.iter().filter(|(began, ..)| *began <= now && now < *began + WORK).count();
    arrivals.iter().map(|(began, ..)| at_work(*began)).max().unwrap()
}

fn assert_strictly_sequential(arrivals: &Arrivals) {
    let mut last: HashMap<&str, (Instant, u64)> = HashMap::new();
    for (at, ticket, seq) in arrivals {
        if let Some((before, earlier)) = last.insert(ticket, (*at, *seq)) {
            assert!(earlier < *seq, "{ticket}: {seq} after {earlier}");
            assert!(*at >= before + WORK, "{ticket}: two in parallel");
        }
    }
}

#[test]
fn tickets_run_in_parallel_up_to_the_limit() {
    let arrivals = arrivals(&["--concurrency", "4"], 16, 16);
    assert_eq!(max_parallel(&arrivals), 4);
}

#[test]
fn concurrency_grows_to_64_by_default() {
    let arrivals = arrivals(&[], 400, 400);
    assert_eq!(max_parallel(&arrivals), 64);
}

#[test]
fn one_ticket_stays_in_order_at_any_limit() {
    let arrivals = arrivals(&["--concurrency", "64"], 15, 3);
    assert_strictly_sequential(&arrivals);
    assert_eq!(max_parallel(&arrivals), 3);
}

#[test]
fn ordered_keeps_the_whole_stream_in_order() {
    let arrivals = arrivals(&["--ordered"], 8, 8);
    assert_eq!(max_parallel(&arrivals), 1);
    let numbers: Vec<_> = arrivals.iter().map(|(.., seq)| *seq).collect();
    assert_eq!(numbers, (0..8).collect::<Vec<_>>());
}

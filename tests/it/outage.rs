//! `listen` while its surroundings fail and recover: the target, the sandbox, the connection between them.

mod burst;
mod flapping;
// Ends with an interrupt, which a test cannot send on other systems.
pub(crate) mod chaos;
mod order;
mod retry;
mod routes;
mod single;
mod soak;
mod stop;
mod stream;
mod target;

use std::collections::{HashMap, HashSet};

use crate::support::api_connection::ticket_and_seq;
use crate::support::receiver::ReceivedRequest;

/// The numbers of each ticket's first deliveries, in order of arrival.
fn first_deliveries(requests: &[ReceivedRequest]) -> HashMap<String, Vec<u64>> {
    let mut seen = HashSet::new();
    let mut tickets: HashMap<String, Vec<u64>> = HashMap::new();
    for request in requests {
        if seen.insert(request.header("x-event-id")) {
            let (ticket, seq) = ticket_and_seq(request);
            tickets.entry(ticket).or_default().push(seq);
        }
    }
    tickets
}

/// Fails unless every number up to `count` arrived, and those of each ticket in order.
fn assert_complete_and_in_order(requests: &[ReceivedRequest], count: u64) {
    let tickets = first_deliveries(requests);
    for (ticket, numbers) in &tickets {
        assert!(numbers.is_sorted(), "{ticket}: {numbers:?}");
    }
    let mut all: Vec<u64> = tickets.into_values().flatten().collect();
    all.sort_unstable();
    assert_eq!(all, (0..count).collect::<Vec<_>>());
}

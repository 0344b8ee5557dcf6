//! The figures of `limit`: each function measures one thing for every case, in rounds.

mod calls;
pub(crate) mod case;
mod flow;
mod idle;
mod instructions;
mod memory;
mod options;
mod pace;
mod road;
mod table;

use std::time::Duration;

use crate::raw::{events, reference};
use case::Case;
use flow::Flow;
use options::Options;

const BURST: usize = 30_000;
/// Two seconds of handlers that take 5 ms.
const HANDLER_BURST: usize = 20_000;
const LARGE_BURST: usize = 5_000;
const CONNECTIONS: usize = 64;

/// Measures what the command line asks for.
pub(crate) fn all() {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        // One of the cases, which this program starts as a process of its own.
        Err((base, port, count)) => return reference::forward(&base, port, count),
    };
    let cases = Case::all(&options);
    for (binary, letter) in options.binaries.iter().zip('A'..) {
        println!("{letter}: {}", binary.display());
    }
    for flow in flows() {
        if options.wants(flow.name) {
            flow.measure(&cases, options.rounds);
        }
    }
    if options.wants("latency") {
        pace::measure(&cases, options.rounds);
    }
    if options.wants("idle") {
        idle::measure(&cases, options.rounds);
    }
    if options.wants("reconnection") {
        idle::reconnection(&cases, options.rounds);
    }
    if options.wants("calls") {
        calls::measure(&cases);
    }
    if options.wants("memory") {
        memory::measure(&cases, if options.million { 1_000_000 } else { 300_000 });
    }
    // Takes minutes under valgrind, so only on request.
    if options.only.iter().any(|name| name == "instructions") {
        instructions::measure(&cases);
    }
}

fn flows() -> [Flow; 4] {
    let burst =
        Flow { name: "burst", count: BURST, body: events::SMALL, takes: Duration::ZERO, window: None };
    [
        burst,
        Flow { name: "window", window: Some(CONNECTIONS), ..burst },
        Flow { name: "large", count: LARGE_BURST, body: events::LARGE, ..burst },
        Flow { name: "handler", count: HANDLER_BURST, takes: Duration::from_millis(5), ..burst },
    ]
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

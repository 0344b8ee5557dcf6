//! How long an event takes from `trigger` to the developer's server, over real processes.
//!
//! Repeat with `cargo bench --bench trip`. The limit is a bare POST to the same receiver on an open
//! connection, interleaved with the rest, so that a busy machine slows all of them.
//! The aim is less than 50 ms. Measured on a two-core machine:
//!
//! ```text
//!                                                  n    p50 ms    p95 ms   x bare
//! bare POST, until the receiver has it           500     0.015     0.045      1.0
//! trigger-test, until the receiver has it        500     0.158     0.243     10.3
//! the same by `cstar trigger`, from its start    100     2.593     3.767    168.8
//! listen's peak memory: 6.5 MB
//! ```

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark prints its table, and anything unexpected ends it"
)]

mod http;
mod process;
mod samples;

use std::process::Stdio;
use std::time::{Duration, Instant};

use http::{Connection, Receiver};
use process::{Listen, Sandbox};
use samples::{Samples, head};

const WARM_UP: usize = 50;
const TRIPS: usize = 500;
const COMMANDS: usize = 100;
const EVENT: &str = r#"{"event":"ticket.created"}"#;

fn main() {
    let sandbox = Sandbox::start();
    let receiver = Receiver::start(Duration::ZERO);
    let listen = Listen::start(&sandbox, receiver.port, &[]);
    let mut api = Connection::open(&sandbox.address);
    let mut direct = Connection::open(&format!("127.0.0.1:{}", receiver.port));
    let (mut bare, mut trip, mut command) = (Samples::default(), Samples::default(), Samples::default());

    for round in 0..WARM_UP + TRIPS {
        let start = Instant::now();
        api.post(&sandbox.trigger, &sandbox.authorization, EVENT);
        let request = receiver.next();
        let fired = request.at - start;
        listen.wait_for_delivered(1);

        let body = String::from_utf8(request.body).unwrap();
        let start = Instant::now();
        direct.post("/webhook", "", &body);
        let posted = receiver.next().at - start;
        if round >= WARM_UP {
            trip.push(fired);
            bare.push(posted);
        }
    }
    for _ in 0..COMMANDS {
        let start = Instant::now();
        let mut child =
            sandbox.cstar().args(["trigger", "ticket.created"]).stdout(Stdio::null()).spawn().unwrap();
        command.push(receiver.next().at - start);
        assert!(child.wait().unwrap().success());
        listen.wait_for_delivered(1);
    }

    let unit = bare.percentile(50);
    println!("{}", head("x bare"));
    println!("{}", bare.line("bare POST, until the receiver has it", unit));
    println!("{}", trip.line("trigger-test, until the receiver has it", unit));
    println!("{}", command.line("the same by `cstar trigger`, from its start", unit));
    if let Some(peak) = listen.peak_megabytes() {
        println!("listen's peak memory: {peak:.1} MB");
    }
}

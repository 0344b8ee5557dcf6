//! What it costs to start `cstar` at all, held against a program that does nothing.
//!
//! Repeat with `cargo bench --bench startup`. Measured on a two-core machine:
//!
//! ```text
//!                                                  n    p50 ms    p95 ms   x true
//! /bin/true                                      200     0.746     0.998      1.0
//! cstar --version                                200     1.488     2.011      2.0
//! cstar --help                                   200     1.629     2.104      2.2
//! cstar events                                   200     1.571     2.095      2.1
//! ```

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints its table, and anything unexpected ends it"
)]

mod samples;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use samples::{Samples, head};

const ROUNDS: usize = 200;
const CSTAR: &str = env!("CARGO_BIN_EXE_cstar");

fn main() {
    let commands: [(&str, &str, &[&str]); 4] = [
        ("/bin/true", "/bin/true", &[]),
        ("cstar --version", CSTAR, &["--version"]),
        ("cstar --help", CSTAR, &["--help"]),
        ("cstar events", CSTAR, &["events"]),
    ];
    let mut samples: Vec<Samples> = commands.iter().map(|_| Samples::default()).collect();
    for round in 0..ROUNDS + 10 {
        for ((_, program, args), samples) in commands.iter().zip(&mut samples) {
            let took = time(program, args);
            // The first rounds only bring the files into memory.
            if round >= 10 {
                samples.push(took);
            }
        }
    }
    let unit = samples[0].percentile(50);
    println!("{}", head("x true"));
    for ((name, ..), samples) in commands.iter().zip(&mut samples) {
        println!("{}", samples.line(name, unit));
    }
}

fn time(program: &str, args: &[&str]) -> Duration {
    let start = Instant::now();
    let status =
        Command::new(program).args(args).stdin(Stdio::null()).stdout(Stdio::null()).status().unwrap();
    assert!(status.success(), "{program} {args:?}: {status}");
    start.elapsed()
}

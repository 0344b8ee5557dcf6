//! The cost of starting `cstar`, compared with a program that does nothing.
//!
//! `cstar mcp-server` is timed until it has listed its tools and ended; the aim is 50 ms.
//!
//! Repeat with `cargo bench --bench startup`. Measured on a two-core machine:
//!
//! ```text
//!                                                  n    p50 ms    p95 ms   x true
//! /bin/true                                      200     0.650     0.926      1.0
//! cstar --version                                200     2.739     3.877      4.2
//! cstar --help                                   200     2.927     4.055      4.5
//! cstar events                                   200     2.937     4.026      4.5
//! cstar mcp-server                               200     3.850     5.322      5.9
//! ```
//!
//! That was before two changes. Instructions of each, counted with `valgrind --tool=callgrind`, which load does not
//! change, in a build without LTO:
//!
//! ```text
//!                                                 before        after
//! cstar --version                             12,814,441    1,625,166
//! cstar --help                                14,347,919    7,018,209
//! cstar listen --help                         14,497,181    3,346,225
//! cstar events                                13,713,341    2,412,007
//! cstar __complete, a command                 28,953,337    9,568,492
//! cstar __complete, a flag                    29,125,136    2,966,276
//! cstar mcp-server, until `initialize`        21,572,944    2,360,162
//! ```
//!
//! - The names of the tools of `mcp-server` are constants. clap asked for them at each start, and each came with two
//!   schemas: 7.9 million instructions, which the server now spends when a client asks for the tools.
//! - clap gets the arguments of one command, unless an error or the list of commands needs all: 3 million.
//!
//! Of what `--version` still takes, 1.1 million are the dynamic linker (58,000 relocations) and 0.4 are `cstar`.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints its table, and anything unexpected ends it"
)]

mod samples;

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use samples::{Samples, head};

const ROUNDS: usize = 200;
const CSTAR: &str = env!("CARGO_BIN_EXE_cstar");
/// The first request of an agent, in the version of the protocol that has no handshake.
const LIST_TOOLS: &str = concat!(
    r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"#,
    r#""io.modelcontextprotocol/protocolVersion":"2026-07-28","#,
    r#""io.modelcontextprotocol/clientInfo":{"name":"bench","version":"1"},"#,
    r#""io.modelcontextprotocol/clientCapabilities":{}}}}"#,
    "\n"
);

fn main() {
    let commands: [(&str, &str, &[&str]); 5] = [
        ("/bin/true", "/bin/true", &[]),
        ("cstar --version", CSTAR, &["--version"]),
        ("cstar --help", CSTAR, &["--help"]),
        ("cstar events", CSTAR, &["events"]),
        ("cstar mcp-server", CSTAR, &["mcp-server"]),
    ];
    let mut samples: Vec<Samples> = commands.iter().map(|_| Samples::default()).collect();
    for round in 0..ROUNDS + 10 {
        for ((_, program, args), samples) in commands.iter().zip(&mut samples) {
            let took = time(program, args);
            // The first rounds only load the files into memory.
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
    let mut command = Command::new(program);
    let mut child = command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    // Those that read nothing may already have ended.
    let _ = child.stdin.take().unwrap().write_all(LIST_TOOLS.as_bytes());
    let output = child.wait_with_output().unwrap();
    let took = start.elapsed();
    assert!(output.status.success(), "{program} {args:?}: {output:?}");
    assert!(args != ["mcp-server"] || contains(&output.stdout, b"cstar_list_tickets"), "{output:?}");
    took
}

fn contains(text: &[u8], wanted: &[u8]) -> bool {
    text.windows(wanted.len()).any(|window| window == wanted)
}

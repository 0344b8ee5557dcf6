//! `listen` compared with the physical limit: throughput, processor time, memory, latency, reconnection.
//!
//! Repeat with `cargo bench --bench limit`. After `--`:
//!
//! - `--binary PATH` (repeatable) compares builds in alternating rounds, as A, B and so on.
//! - `--flags "--concurrency 16"` (repeatable) is a case of `listen` with these flags. Without it there are two: the
//!   defaults, and `--no-history`.
//! - `--only NAME` (repeatable): burst, window (64 events at a time), large (16 KiB), handler (answers after 5 ms),
//!   latency (100 events/s), idle, reconnection, calls, memory (`--million` for a million events), instructions.
//! - `--rounds N`, otherwise five. The figures are medians, with the smallest and the largest.
//!
//! The limit is the same request, byte for byte, posted by one thread over 64 connections to the same receiver,
//! before and after each case. The reference is `raw/reference.rs`: one thread that reads the stream, signs and
//! posts, without order, output or history. CPU is that of all threads, from `/proc`.
//!
//! On a busy machine use what load does not change: `--only calls` counts system calls with strace, and `--only
//! instructions` those of user code with valgrind, to about 1 %. The counts it names are read with
//! `callgrind_annotate --inclusive=yes FILE`, by function if the binary was built with
//! `CARGO_PROFILE_DIST_STRIP=none CARGO_PROFILE_DIST_DEBUG=line-tables-only`.
//!
//! # Figures
//!
//! Only ratios within one run compare. Static binaries of `[profile.dist]`, two cores with nothing else to do, medians
//! of five alternating rounds. "Before" has neither the inspector nor commits every 50 ms:
//!
//! ```text
//!                                      before            after         limit  reference
//!                                 history   none   history   none
//! burst: events/s                  22,344  37,014   22,617  34,309   139,725    110,711
//! burst: ms/1000                     61.5    30.1     59.3    32.1       6.9        8.8
//! burst: peak MiB                    20.1    14.2     20.2    14.5                  3.1
//! window of 64: events/s           19,394  36,783   24,437  33,476   136,587     83,217
//! 16 KiB: events/s                  6,847  22,002    9,819  19,509   104,429     28,378
//! 16 KiB: ms/1000, peak MiB     136, 21.1  48.7, 14.8  118, 18.9  55.1, 15.2  8.5  32.5
//! handler of 5 ms: events/s         9,663   9,513    9,452   9,657    10,555     10,279
//! 100/s: p50, p99 ms            .17, .31  .23, .37  .17, .34  .18, .35  .07, .12  .11, .25
//! 100/s: ms/1000                      439     275      250     216       120         51
//! connected after ms                 12.8    7.44     10.6    3.59                 1.06
//! at rest: MiB                       10.2    8.32     9.91    8.25                 2.98
//! at rest: CPU ms/s                 0.153   0.141    0.153   0.157                 0.000
//! calls per event: burst, 100/s 5.4, 32.0  3.1, 14.5  3.7, 14.0  2.7, 9.7       2.0, 5.0
//! ```
//!
//! A start in a new home syncs the disk eight times to create the history: two transactions of SQLite in its older
//! journal, for the tables and for the change to the write-ahead log. On a busy disk `listen` was connected after
//! 89 ms, and after 25 with `--no-history`. Most of the idle memory is the program itself: of 20 MiB in a build
//! without LTO 17 are pages of its file, 1.5 are allocated.
//!
//! # What was tried
//!
//! Milliseconds are processor time for 1,000 events in a burst.
//!
//! - Partly kept: `opt-level = 3` for every crate: 19.7 to 16.3 ms at 64, 21.3 to 17.7 at 16, 1.2 MB more.
//! - Removed: request and response in the attempt's own task, head and body in one `send`. With the next two, 1 to
//!   4 ms and 1 to 3 MiB less, but an HTTP client of our own was too much code to trust.
//! - Kept: JSON lines are searched eight bytes at a time for what a terminal obeys (10,000 instructions before).
//! - Kept: a pause of a millisecond for the printing thread, 1,024 lines in its channel, several items per turn of
//!   the engine: 22.3 to 19.7 ms at 64, 28.7 to 21.3 at 16.
//! - Kept: one row and one record for a delivery, neighbouring events removed by one statement, a smaller channel
//!   and page cache: 2 to 4 ms and 3 to 5 MiB less.
//! - Kept: an attempt reaches its socket before printing and recording are woken, which takes longer than itself.
//! - Removed: a channel of 1,536 instead of 2,048 records: 2 MiB less, a fifth of the throughput, because the engine
//!   waits out each checkpoint.
//! - Kept: a request is built again when its connection is closed, instead of copied: 11 of 86 allocations.
//! - Kept: the id of a resource is found in one pass (11,000 instructions less); constants and buffers for
//!   signature, times and headers.
//! - Kept: JSON lines are printed from one buffer. The printing thread waited for the lock of the allocator.
//! - Kept: one write and one read without hyper where the answer is ordinary and the target plain HTTP; hyper takes over
//!   the connection for every other answer. On a busy machine, 31.0 to 23.6 ms (27.7 to 23.8 in another run) and 24.6
//!   to 22.4 MiB without history, 43.0 to 39.7 ms and 32.0 to 25.3 MiB with it.
//!   Of 12,000 instructions that are left of such an exchange, 4,700 render the head and 3,000 parse the answer.
//! - Not tried: attempts without a task of their own, which could save at most 4,300 instructions, and a head that is
//!   kept for the next attempt, because nearly all events need only one.
//! - Not tried: freeing what other threads have used in the engine, which allocated it.
//!
//! Instructions of each event, history and no history:
//!
//! ```text
//! with a fixed number of deliveries at once                    215,013   171,572
//! with the adaptive limit and redaction                        220,092   173,173
//! with one event shared by all that handle it                  218,158   172,243
//! after request, search, id and buffers                        183,328   143,784
//! before the exchange without hyper, and without LTO                     168,416
//! after it                                                               146,353
//! ```
//!
//! By a profile of an earlier build, of 17 ms without history about 5.5 are `send` (the bare client's whole cost is
//! 5.7), 8 are user code of the engine's thread (malloc first, 4 % of all in SHA-256), 2 the printing thread.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a benchmark prints its table, and anything unexpected ends it"
)]

#[cfg(target_os = "linux")]
mod figures;
#[cfg(target_os = "linux")]
mod raw;

fn main() {
    #[cfg(target_os = "linux")]
    figures::all();
    #[cfg(not(target_os = "linux"))]
    println!("this benchmark reads /proc and waits with epoll: it runs on Linux");
}

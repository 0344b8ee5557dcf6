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
//! On a two-core machine with other work on it, several builds in one run, without history:
//!
//! ```text
//!                                                    events/s  of limit   ms/1000  peak MiB
//! bare POST, 64 connections                             94269      1.00       5.7
//! over hyper's connections, --json, 16                  42363      0.35      29.0      12.1
//! over hyper's connections, --json, 64                  30863      0.31      29.7      12.6
//! own exchange, --json, 16                              36050      0.38      24.7      11.1
//! own exchange, --json, 64                              32637      0.40      25.3      11.0
//! ... and the two changes marked * below, --json, 16    41055      0.45      16.7      10.9
//! ... and the two changes marked * below, --json, 64    56135      0.53      16.3      11.4
//! ```
//!
//! With history, which is the default of `listen`, and without (`--no-history`), in one run under load:
//!
//! ```text
//! bare POST, 64 connections                             78486      1.00       5.3
//! --no-history, --json, 16                              30871      0.36      19.7      12.1
//! --no-history, --json, 64                              30341      0.42      19.3      14.3
//! history, --json, 16                                   17721      0.23      37.3      24.8
//! history, --json, 64                                   18247      0.24      37.3      25.3
//! ```
//!
//! Later, before and after the history's format 2 and the changes with it (see below), in one run:
//!
//! ```text
//! bare POST, 64 connections                            130464      1.00       5.3
//! before: history, --json, 16                           25608      0.27      35.7      23.5
//! before: history, --json, 64                           37082      0.22      31.0      25.8
//! after: history, --json, 16                            32412      0.22      32.0      20.4
//! after: history, --json, 64                            28422      0.26      31.7      22.7
//! 100 events/s: p50 0.23 ms, p99 0.50 ms, of which a bare POST takes 0.05 and 0.14 (before: 0.26 and 1.0)
//! into a handler of 5 ms at 64: 8,400 events/s where the bare client reaches 9,960
//! three cut streams: 0.20 s; memory after 1,000,000 events 5 % above that after 10,000
//! ```
//!
//! With a release built for size except for its hot crates (see `[profile.dist]`), on an idle machine:
//!
//! ```text
//! bare POST, 64 connections                            182475      1.00       5.3
//! history, --json, 16                                   39130      0.21      29.0      22.0
//! history, --json, 64                                   38501      0.23      31.3      23.6
//! 100 events/s: p50 0.076 ms, p99 0.229 ms, of which a bare POST takes 0.017 and 0.057
//! into a handler of 5 ms at 64: 9,886 events/s where the bare client reaches 11,114
//! three cut streams: 0.22 s; memory after 300,000 events 13 % above that after 10,000
//! ```
//!
//! Only ratios within one run compare: on an idle machine the limit is 166,000 and the first two are at 0.30
//! and 0.36 with 23.7 and 21.7 ms, the own exchange at 0.34 and 0.38 with 22.7 and 19.3 ms.
//!
//! # What was tried
//!
//! The first three were only measured together: 1 to 4 ms less per 1,000 events and 1 to 3 MiB less at
//! the peak ("own exchange" above).
//!
//! - Removed again: request and response in the attempt's own task, with httparse for the lines, and head and
//!   body in one `send`. hyper runs a task for each connection, so each request is handed over; but an
//!   HTTP client of our own is too much code to trust for that.
//! - Kept: JSON lines were searched character by character for what a terminal might obey: about 10 % of
//!   the samples of a profile. They, and lines without escapes, now skip the search if they are plain ASCII.
//! - \* Kept: a pause of a millisecond for the printing thread after each batch, and a channel of 1,024 lines
//!   (strace saw a futex call for every third event); several finished attempts and items per turn of the engine;
//!   the target's name stored instead of formatted each time. Together 22.3 to 19.7 ms at 64, 28.7 to 21.3 ms
//!   at 16, in one run.
//! - \* Kept: `opt-level = 3` for every crate, where most libraries of this path had it: 19.7 to 16.3 ms at 64,
//!   21.3 to 17.7 ms at 16, in the same run, for a binary that is 1.2 MB larger.
//!
//! - Kept: one row and one record for a successful delivery (two and three before), neighbouring events
//!   removed by one statement, half the channel and a quarter of SQLite's page cache: 2 to 4 ms less, 3 to
//!   5 MiB less. Of the 10 ms that the history now takes, 4 are writes and syncs of pages; the rest is a third
//!   each of statements, copies of bodies, and memory freed by another thread than the one that allocated it.
//! - Kept: an attempt reaches its socket before the printing and the recording thread are woken, which
//!   strace saw take longer than the delivery itself.
//! - Removed: a channel of 1,536 instead of 2,048 saved 2 MiB and cost a fifth of the throughput: the
//!   engine then waits out each checkpoint.
//!
//! Instructions of each event, counted as above with the requests of this benchmark, history and no history:
//!
//! ```text
//! a week earlier, with a fixed number of deliveries at once    215,013   171,572
//! with the adaptive limit and redaction                        220,092   173,173
//! with one event shared by all that handle it                  218,158   172,243
//! after the changes that follow                                183,328   143,784
//! ```
//!
//! The processor time went the same way: without history 32.7, 39.9 and 33.2 ms per 1,000 events for the first,
//! third and last build, medians of three alternating rounds on a busy machine.
//!
//! - Kept: a request is built again when a kept connection turns out to be closed, instead of copied before
//!   each attempt in case it is: 11 of 86 allocations.
//! - Kept: lines of JSON are searched eight bytes at a time, which took 10,000 of the instructions; the id of a
//!   resource is found in one pass over the body, where a second one took 11,000; digits of a signature, times
//!   and names of headers in constants or buffers; fewer look-ups in maps and copies of ids.
//! - Kept, not in the table: lines of JSON are printed from one buffer. The printing thread waited for the lock
//!   of the allocator, which the engine needs too.
//! - Not tried: freeing what the other threads have used in the engine, which allocated it.
//!
//! The remaining cost with both, by a profile: of 17 ms per 1,000 events about 5.5 are `send` (the bare client's
//! whole cost is 5.7), 8 are user code of the engine's thread (malloc first, 4 % of all in SHA-256), 2 the
//! printing thread. The engine's single thread is the limit. Not tried: reading the stream on a second one,
//! attempts without a task each, another allocator.

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

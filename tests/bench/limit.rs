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
//! Only ratios within one run compare. Static binaries of `[profile.dist]`, two cores with tests beside them, medians
//! of five alternating rounds. "Before" has the allocator of musl, `opt-level = "s"`, and hyper for every delivery:
//!
//! ```text
//!                                      before            after         limit  reference
//!                                 history   none   history   none
//! burst: events/s                  17,265  26,715   25,959  39,761   151,907     92,273
//! burst: ms/1000                     50.6    35.5     34.1    18.2      3.08       6.02
//! burst: peak MiB                    21.7    14.7     19.3    16.0                  3.0
//! window of 64: events/s           20,528  26,634   27,142  44,822   155,575    115,291
//! window of 64: ms/1000              61.6    36.7     32.3    17.8      4.21       7.24
//! 16 KiB: events/s                  7,608  14,359    9,872  20,066   115,240     22,983
//! 16 KiB: ms/1000, peak MiB     142, 19.2  71.3, 16.3  102, 22.5  45.6, 20.1  6.41  39.1
//! handler of 5 ms: events/s         9,324   9,638    9,907  10,123    11,069     10,618
//! 100/s: p50, p99 ms            .16, .91  .15, .42  .13, .56  .16, 2.3  .04, .98  .08, 1.4
//! 100/s: ms/1000                      247     196      214     178        78         47
//! ```
//!
//! On a quiet machine, before that, also with "earlier" for commits every few milliseconds:
//!
//! ```text
//!                                     earlier           before         limit  reference
//! burst: events/s                  22,344  37,014   22,617  34,309   139,725    110,711
//! 100/s: p50, p99 ms            .17, .31  .23, .37  .17, .34  .18, .35  .07, .12  .11, .25
//! 100/s: ms/1000                      439     275      250     216       120         51
//! connected after ms                 12.8    7.44     10.6    3.59                 1.06
//! at rest: MiB                       10.2    8.32     9.91    8.25                 2.98
//! at rest: CPU ms/s                 0.153   0.141    0.153   0.157                 0.000
//! calls per event: burst, 100/s 5.4, 32.0  3.1, 14.5  3.7, 14.0  2.7, 9.7       2.0, 5.0
//! ```
//!
//! A start in a new home syncs the disk five times to create the history, eight before its file was switched to the
//! write-ahead log first. At rest the process woke once a second to compare the clocks, now every three seconds.
//!
//! After that, static binaries of `[profile.dist]` on a quiet machine, medians of five alternating rounds (three at 100/s).
//! "After" has batches in the history, attempts in the engine's task, and memcpy of Zig's runtime:
//!
//! ```text
//!                                      before            after         limit  reference
//!                                 history   none   history   none
//! burst: events/s                  36,779  55,919   73,505  78,897   224,751    129,038
//! burst: of limit, ms/1000      .17, 36.2  .25, 19.3  .33, 17.7  .36, 12.7  4.15  .60, 6.97
//! burst: peak MiB                    20.9    17.5     19.4    16.8                  3.1
//! window of 64: events/s           35,811  58,638   59,450  75,125   224,310    129,313
//! window: of limit, ms/1000     .17, 32.9  .26, 18.2  .27, 17.9  .34, 12.4  4.18  .60, 6.62
//! 16 KiB: of ref, ms/1000       .45, 93.1  .78, 48.7  .47, 84.7  .85, 45.6        36.4
//! 16 KiB: peak MiB                   25.2    19.8     23.7    20.1                  3.1
//! 100/s: p50, p99 ms            .12, .29  .13, .25  .12, .24  .11, .23  .04, .07  .08, .20
//! 100/s: ms/1000                      218     162      194     133       102         40
//! ```
//!
//! With a history, rows and their pages, checkpoints and the removal of old rows took 17 of 36 ms. Now a commit in a burst
//! is one value with all its records, which takes 5 ms; rows follow when it is quiet.
//!
//! # What was tried
//!
//! Milliseconds are processor time for 1,000 events in a burst.
//!
//! - Kept: mimalloc instead of the allocator of musl, which has one lock for all threads: 51.6 to 44.7 ms with a
//!   history, 32.9 to 27.3 without, 2 MiB more. With huge pages it had 10 MiB more at rest.
//! - Kept: memcpy and memmove of Zig's runtime on x86_64 (`.ci/release`); musl's is `rep movsq` for all lengths, and 60 %
//!   of 143 copies for each event have 32 bytes or fewer: 44.2 to 33.1 ms with a history, 26.7 to 18.8 without; with
//!   16 KiB 110 to 99 and 54.1 to 48.2. memset and memcmp have under 0.1 ms.
//! - Kept: `opt-level = 3` for this crate: 51.0 to 43.0 ms with a history, 27.8 to 20.4 without; 183,551 to 162,451
//!   instructions; 4 MB more. For every other crate that an event passes it was there before.
//! - Kept: SQLite at 3, without its memory counters and unused extensions: 40.3 to 35.8 ms.
//! - Removed: options of mimalloc (purge at once, no eager commit, no retained pages). The peak is the same to 0.3 MiB,
//!   because six sevenths of the memory at rest are pages of the program file: 2.1 MiB are data. `--icf=safe` of the
//!   linker finds nothing, `--icf=all` 1.8 %.
//! - Not tried: thin LTO and `panic = "abort"`, because a panic in one sandbox request must not end the process.
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
//! - Kept: one write and one read without hyper where the answer is ordinary and the target plain HTTP; hyper takes
//!   over the connection for every other answer. On a busy machine, 31.0 to 23.6 ms (27.7 to 23.8 in another run) and
//!   24.6 to 22.4 MiB without history, 43.0 to 39.7 ms and 32.0 to 25.3 MiB with it.
//!   Of 12,000 instructions that are left of such an exchange, 4,700 render the head and 3,000 parse the answer.
//! - Kept: the engine drives attempts itself, without a task for each. With a future of 824 instead of 2,600 bytes and
//!   one timer for each server: 138,556 to 127,898 instructions without LTO, of which 60,000 are SHA-256, and one
//!   call less of `epoll_pwait` for each event at 100/s.
//! - Kept: the JSON of `received` and `delivered`, and the head of a request, are made of few whole pieces. The `memcpy`
//!   of musl has a high price for each call.
//! - Removed: no `poll` before a request on a connection that was used within the last millisecond, a third of the
//!   calls of a burst. What the server sends unasked would then be taken as the answer.
//! - Not tried: a head that is kept for the next attempt, because nearly all events need only one.
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

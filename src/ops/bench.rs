//! A load test of one endpoint: signed, unique events at a constant rate, and how long the answers take.
//!
//! The load is a schedule and not a loop: event `n` is due at `n / rate`, whatever happened to those before it. Its
//! latency is measured from that time, so an event that had to wait for a free connection, because the handler was
//! slow, counts with its wait. A closed loop, in which each connection sends its next request after an answer, leaves
//! out exactly those times (coordinated omission). The answer time, measured from when the event was sent, is kept
//! beside it.
//!
//! ```text
//! pace (thread: builds, sleeps) ─> load (signs, sends, counts) ─> Measurement ─> Report
//!                                                     └ limit: which rate is next
//! ```
//!
//! # Compared with wrk
//!
//! `wrk` is a closed loop that measures from when it sends, so its figures compare with the answer time, at a load that
//! both hold: the rate that `wrk` reached with a few connections is the rate to give to `cstar bench`. The server was a
//! thread for each connection that reads the event, sleeps for 5 or 20 ms and answers; a server with timers of a
//! millisecond, such as Node, answers a closed loop in step with its timers, and a schedule half a millisecond later.
//!
//! ```text
//! wrk -t1 -c4 -d5s --latency -s event.lua URL      event.lua sets method, body and headers of a signed event
//! cstar bench URL --rate RATE --for 5s             RATE is what wrk reached
//!
//! milliseconds, four alternating rounds of    wrk          answer time         latency
//! the same load, best and median           p50    p99      p50    p99      p50    p99
//! 20 ms, 193/s, quietest round           20.33  24.31    20.46  24.83    20.74  26.48
//! 20 ms, 192/s, medians                  20.31  24.7     20.49  27.3     20.78  38.8
//! 5 ms, 702/s, quietest round             5.22   9.95     5.40  12.18     5.69  19.68
//! 5 ms, 701/s, medians                    5.22  10.1      5.42  13.7      5.70  19.8
//! ```
//!
//! p50 differs by 1 and 4 %, that of the latency by 2 and 9 %. This is a debug build, beside other work that kept both
//! cores busy, which is what p99 shows: a thread that sleeps then wakes late, and the latency counts that.

mod limit;
mod load;
mod measurement;
mod pace;

pub(crate) use limit::{LimitReport, LimitRule, Step, find_limit};
pub(crate) use load::{Load, Run, run};
pub(crate) use measurement::{Measurement, Report, Times};
pub(crate) use pace::Schedule;

/// Most events a second: beyond it this program would be measured, and not the endpoint.
pub(crate) const MAX_RATE: u32 = 10_000;

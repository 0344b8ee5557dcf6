//! How many deliveries to one server run at the same time: an adaptive limit between 1 and `--concurrency`.
//!
//! The algorithm is that of TCP Vegas (Brakmo and Peterson, 1995) with the gradient step of Netflix's
//! `concurrency-limits` (`GradientLimit`): slow start doubles the limit once per round of answers while they do not
//! get slower than the best round, then it grows by a step; when answers get slower the limit shrinks by
//! the ratio of the best time to the present one, at most by half. An explicit sign of overload (a
//! timeout, a refused connection, 429, 503) shrinks it as a loss does in AIMD (Chiu and Jain, 1989).
//!
//! What differs, and why:
//!
//! - The median of a round counts, not each sample: handlers differ by nature.
//! - Times that differ by less than [`JITTER`] count as equal, so that scheduling does not slow down a server
//!   that answers within a millisecond.
//! - No timer measures the best time again. When the limit is 1, none of our requests waits in the server, so
//!   that round is the new baseline: a handler that has become slower leads there by itself.
//! - After a step that made answers slower, the next one waits twice as long, so that a server with one thread
//!   stays at 1 nearly all the time. With a fast handler the wait is short, because two simultaneous requests
//!   cost it little. Consecutive successful steps double. From [`MANY`] on a step is small, so the wait is short.
//! - A smaller limit whose answers are within [`JITTER`] is the new baseline: nothing waits in the server there,
//!   and the best round may date from a time when the handler had less to do.
//! - From [`MANY`] on a round with a fast handler takes a few milliseconds, no longer than a pause of the
//!   operating system. So only [`SLOW_ROUNDS`] consecutive slow rounds shrink the limit.
//!
//! A pure state machine without a clock: its inputs are when a delivery starts and how each one ended.

use std::time::Duration;

use super::summary::Concurrency;

/// A smaller difference between answers does not count.
const JITTER: Duration = Duration::from_millis(10);
/// Answers that took more than `SLOWER.0 / SLOWER.1` of the best time are slower. One worker with two
/// requests takes twice as long.
const SLOWER: (u32, u32) = (8, 5);
/// Answers in a round, once slow start is over.
const MIN_ROUND: usize = 8;
const MAX_ROUND: usize = 64;
/// Rounds without growth after a step that made answers slower.
const FIRST_REST: u32 = 2;
const LONGEST_REST: u32 = 32;
/// A handler that takes at most this long is fast.
const FAST: Duration = Duration::from_millis(25);
const LONGEST_REST_OF_FAST: u32 = 4;
/// From this limit on, a single slow round does not count and the rest does not grow.
const MANY: usize = 8;
/// Consecutive slow rounds that shrink a limit of [`MANY`] or more.
const SLOW_ROUNDS: u32 = 3;

/// The limit of one server.
#[derive(Debug)]
pub(crate) struct Limiter {
    max: usize,
    limit: usize,
    /// The highest limit so far that was used to the full.
    reached: usize,
    /// Slow start ends here.
    threshold: usize,
    /// The median of the best round.
    best: Option<Duration>,
    /// Counts changes of the limit. Attempts that started before the last change are not samples of the
    /// current limit.
    epoch: u64,
    /// Whether the limit was used to the full in this round.
    full: bool,
    round: Vec<Duration>,
    /// Consecutive slow rounds.
    slow: u32,
    /// Rounds left without growth.
    rest: u32,
    next_rest: u32,
    /// Whether the last change was a step up.
    stepped: bool,
    /// Consecutive steps up that did not make answers slower, without the last one.
    right_steps: u32,
    /// Whether the limit has grown since the last rest began.
    grown: bool,
    /// Whether the last change was made because answers were slower, and no round has ended since.
    shrunk: bool,
}

/// A delivery that has started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Started {
    epoch: u64,
}

/// How a server shows that it is overloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Overload {
    /// It answers 429 or 503, or refuses a connection while it answers other requests.
    Pushback,
    /// No answer in time.
    TimedOut,
}

impl Limiter {
    /// A limit between 1 and `max`, which begins at 1.
    pub(crate) fn new(max: usize) -> Self {
        let max = max.max(1);
        Self {
            max,
            limit: 1,
            reached: 0,
            threshold: max,
            best: None,
            epoch: 0,
            full: false,
            round: Vec::new(),
            slow: 0,
            rest: 0,
            next_rest: FIRST_REST,
            stepped: false,
            right_steps: 0,
            grown: false,
            shrunk: false,
        }
    }

    /// The most deliveries that may be in flight.
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    pub(crate) fn concurrency(&self) -> Concurrency {
        Concurrency { max: self.max, reached: self.reached, last: self.limit }
    }

    /// A delivery starts. `in_flight` includes it.
    pub(crate) fn start(&mut self, in_flight: usize) -> Started {
        self.full |= in_flight >= self.limit;
        self.reached = self.reached.max(in_flight);
        Started { epoch: self.epoch }
    }

    /// The server answered `took` after the request was written.
    pub(crate) fn answered(&mut self, started: Started, took: Duration) {
        if started.epoch != self.epoch {
            return;
        }
        self.round.push(took);
        if self.round.len() >= self.round_length() {
            self.end_round();
        }
    }

    pub(crate) fn overloaded(&mut self, started: Started, how: Overload) {
        // React once to a burst: the other failures were sent under the same limit.
        if started.epoch != self.epoch {
            return;
        }
        self.rest_longer();
        self.threshold = (self.limit / 2).max(1);
        match how {
            Overload::Pushback => self.change(self.limit / 2),
            Overload::TimedOut => self.change(1),
        }
    }

    /// The server accepted a connection only after others had been closed for it, so it serves fewer at the
    /// same time. Counts whenever the delivery started, because such a delivery takes much longer than others.
    pub(crate) fn starved(&mut self) {
        if self.limit > 1 {
            self.rest_longer();
            self.threshold = self.limit / 2;
            self.change(self.limit / 2);
        }
    }

    /// Whether the server turned out to serve one request at a time.
    pub(crate) fn is_serial(&self) -> bool {
        self.limit == 1 && self.threshold == 1 && self.max > 1
    }

    /// In slow start a round is a round trip; later it is long enough for a meaningful median.
    fn round_length(&self) -> usize {
        if self.in_slow_start() { self.limit.min(MAX_ROUND) } else { self.limit.clamp(MIN_ROUND, MAX_ROUND) }
    }

    fn in_slow_start(&self) -> bool {
        self.limit < self.threshold
    }

    fn end_round(&mut self) {
        let middle = self.round.len() / 2;
        let median = *self.round.select_nth_unstable(middle).1;
        self.round.clear();
        let full = std::mem::take(&mut self.full);
        let shrunk = std::mem::take(&mut self.shrunk);
        let best = match self.best {
            // With a limit of 1, no delivery waits for another one.
            _ if self.limit == 1 => median,
            Some(best) if shrunk && median <= best.saturating_add(JITTER) => median,
            Some(best) => best.min(median),
            None => median,
        };
        self.best = Some(best);
        if is_slower(median, best) {
            self.slow += 1;
            if self.limit < MANY || self.slow >= SLOW_ROUNDS {
                self.shrink(best, median);
            }
        } else {
            self.slow = 0;
            if full {
                self.grow();
            }
        }
    }

    fn grow(&mut self) {
        if self.stepped && !self.in_slow_start() {
            self.right_steps += 1;
            self.next_rest = FIRST_REST;
        }
        self.stepped = false;
        if self.rest > 0 {
            self.rest -= 1;
        } else if self.limit < self.max {
            let right = self.right_steps;
            let (step, bound) = if self.in_slow_start() {
                (self.limit, self.threshold)
            } else {
                ((self.limit / 8).max(1 << right.min(6)).min(self.limit), self.max)
            };
            self.change((self.limit + step).min(bound));
            (self.stepped, self.grown, self.right_steps) = (true, true, right);
        }
    }

    fn shrink(&mut self, best: Duration, median: Duration) {
        if self.limit < MANY {
            self.rest_longer();
        } else {
            self.rest = FIRST_REST;
        }
        let ratio = best.as_secs_f64() / median.as_secs_f64();
        // Both are small and positive.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a limit is far below where precision ends, and the ratio lies between 0 and 1"
        )]
        let target = (self.limit as f64 * ratio).round() as usize;
        self.threshold = (self.limit / 2).max(1);
        self.change(target.clamp(self.limit / 2, self.limit.saturating_sub(1)));
        self.shrunk = true;
    }

    fn rest_longer(&mut self) {
        let fast = self.best.is_some_and(|best| best <= FAST);
        let longest = if fast { LONGEST_REST_OF_FAST } else { LONGEST_REST };
        self.rest = self.next_rest.min(longest);
        // Several failures of one step count once.
        if std::mem::take(&mut self.grown) {
            self.next_rest = (self.next_rest * 2).min(LONGEST_REST);
        }
    }

    fn change(&mut self, limit: usize) {
        self.limit = limit.clamp(1, self.max);
        self.epoch += 1;
        self.round.clear();
        self.slow = 0;
        self.full = false;
        self.stepped = false;
        self.right_steps = 0;
        self.shrunk = false;
    }
}

fn is_slower(median: Duration, best: Duration) -> bool {
    median > best.saturating_mul(SLOWER.0) / SLOWER.1 && median > best.saturating_add(JITTER)
}

#[cfg(test)]
mod tests;

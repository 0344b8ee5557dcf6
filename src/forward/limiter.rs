//! How many deliveries one target is given at once: an adaptive limit between 1 and `--concurrency`.
//!
//! The algorithm is that of TCP Vegas (Brakmo and Peterson, 1995) with the gradient step of Netflix's
//! `concurrency-limits` (`GradientLimit`): slow start doubles the limit once per round of answers while they do not
//! get slower than the best round, then it grows by a step; when answers get slower the limit shrinks by
//! the ratio of the best time to the present one, at most by half. What an overloaded server says itself (a
//! timeout, a refused connection, 429, 503) shrinks it as a loss does in AIMD (Chiu and Jain, 1989).
//!
//! Changed, and why:
//!
//! - A round is judged by its median, not sample by sample: handlers differ by nature.
//! - Times that differ by less than [`JITTER`] count as equal, so that scheduling does not slow down a server that answers within a
//!   millisecond.
//! - There is no timer that measures the best time again. Whenever the limit is 1, nothing of ours waits
//!   in the server, so that round is the new measure: a handler that has become slower leads there by itself.
//! - After a step that made answers slower, the next one is tried later, twice as late each time: a server with
//!   one thread is left at 1 for nearly all of the time. A fast handler is asked again soon, since two requests
//!   at once cost it little. Steps that were right in a row double. From [`MANY`] on a step is a small one, so it is
//!   tried again soon.
//! - A smaller limit whose answers are within [`JITTER`] is the new measure: nothing waits in the server there, and
//!   the best round may date from a time when the handler had less to do.
//! - From [`MANY`] on a round takes a few milliseconds when the handler is fast, no longer than a pause of
//!   the scheduler. So only [`SLOW_ROUNDS`] slow rounds in a row shrink the limit.
//!
//! A pure state machine without a clock: its inputs are when a delivery starts and how each one ended.

use std::time::Duration;

/// Answers that took this much longer are not slower.
const JITTER: Duration = Duration::from_millis(10);
/// Answers that took more than `SLOWER.0 / SLOWER.1` of the best time are slower. One worker with two
/// requests takes twice as long.
const SLOWER: (u32, u32) = (8, 5);
/// Answers in a round, once slow start is over.
const MIN_ROUND: usize = 8;
/// No round has to be longer.
const MAX_ROUND: usize = 64;
/// Rounds without growth after a step that made answers slower.
const FIRST_REST: u32 = 2;
const LONGEST_REST: u32 = 32;
/// A handler that takes no longer is fast.
const FAST: Duration = Duration::from_millis(25);
const LONGEST_REST_OF_FAST: u32 = 4;
/// From this limit on, one slow round does not count and the rest does not grow.
const MANY: usize = 8;
/// Slow rounds in a row that shrink a limit of [`MANY`] or more.
const SLOW_ROUNDS: u32 = 3;

/// The limit of one target.
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
    /// Counts changes of the limit: what started before the last one says nothing about the present limit.
    epoch: u64,
    /// Whether the limit was used to the full in this round.
    full: bool,
    round: Vec<Duration>,
    /// Slow rounds in a row.
    slow: u32,
    /// Rounds left without growth.
    rest: u32,
    next_rest: u32,
    /// Whether the last change was a step up.
    stepped: bool,
    /// Steps up in a row that did not make answers slower, the last one not counted.
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

/// What a target that cannot take more does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Overload {
    /// 429, 503, or no connection while it answers others.
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

    /// Deliveries that may be under way at once.
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// The upper bound.
    pub(crate) fn max(&self) -> usize {
        self.max
    }

    /// The most deliveries that were under way at once.
    pub(crate) fn reached(&self) -> usize {
        self.reached
    }

    /// A delivery starts; `in_flight` are under way with it.
    pub(crate) fn start(&mut self, in_flight: usize) -> Started {
        self.full |= in_flight >= self.limit;
        self.reached = self.reached.max(in_flight);
        Started { epoch: self.epoch }
    }

    /// The target answered, so long after the request was written.
    pub(crate) fn answered(&mut self, started: Started, took: Duration) {
        if started.epoch != self.epoch {
            return;
        }
        self.round.push(took);
        if self.round.len() >= self.round_length() {
            self.end_round();
        }
    }

    /// The target cannot take as many.
    pub(crate) fn overloaded(&mut self, started: Started, how: Overload) {
        // One answer to each burst: the others that fail were sent under the same limit.
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

    /// The target took up a connection only once others had been closed for it: it serves fewer at
    /// once. No matter when the delivery started, since such a one takes much longer than the others.
    pub(crate) fn starved(&mut self) {
        if self.limit > 1 {
            self.rest_longer();
            self.threshold = self.limit / 2;
            self.change(self.limit / 2);
        }
    }

    /// Whether the target was found to serve one at a time.
    pub(crate) fn is_serial(&self) -> bool {
        self.limit == 1 && self.threshold == 1 && self.max > 1
    }

    /// In slow start a round is a round trip; later it is long enough for its median to mean something.
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
            // Alone, nothing waits for another delivery.
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

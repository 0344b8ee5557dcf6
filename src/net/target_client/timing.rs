//! Measures how long a server has actually worked on each request, and detects requests that it has not accepted.
//!
//! A server with one worker leaves the other requests in its accept queue, which we cannot see. It serves
//! connections in the order in which they were made. So the clock of a request starts when it is written, and
//! starts again whenever an earlier one ends: one worker cannot have begun it before. Once a later request was
//! answered on a connection that is not older, the server has this one in hand, and its clock runs on: a
//! handler that hangs in a parallel server is still noticed.
//!
//! [`RequestTimings`] is a pure state machine: its inputs are what happens and when.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A connection without its first answer waits this long, and twice the usual time of the handler, before
/// it counts as starving.
const PATIENCE: Duration = Duration::from_millis(25);
/// Times that differ by less are equal.
const JITTER: Duration = Duration::from_millis(10);
/// The usual time of a handler that never answered yet.
const UNKNOWN: Duration = Duration::from_millis(500);

/// The requests under way to one server.
#[derive(Debug, Default)]
pub(super) struct RequestTimings {
    next: u64,
    in_flight: Vec<Request>,
    /// How long the handler takes, as a moving average.
    typical: Option<Duration>,
    /// The same of requests that were written while no other was under way, which is exact.
    alone: Option<Duration>,
}

#[derive(Debug)]
struct Request {
    /// Later requests have higher numbers.
    number: u64,
    /// Later connections have higher numbers.
    connection: u64,
    /// The connection has had no answer yet, so the server may not have accepted it.
    fresh: bool,
    written: Instant,
    /// The server cannot have begun before.
    begun: Instant,
    alone: bool,
    overtaken: bool,
    /// Its clock was started again though nothing was answered.
    extended: bool,
    starving: bool,
}

/// How long an answer took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ResponseTimes {
    /// How long the server had it in hand.
    pub(super) handler: Duration,
    /// From the written request.
    pub(super) round_trip: Duration,
    /// It was only taken up once other connections had been closed for it.
    pub(super) starved: bool,
}

/// What a request has come to without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimerState {
    /// Nothing: wait on.
    Wait,
    /// The server does not accept its connection. Idle ones have to go.
    Starving,
    TimedOut,
}

fn average(before: Option<Duration>, now: Duration) -> Duration {
    before.map_or(now, |before| (before * 7 + now) / 8)
}

impl RequestTimings {
    /// A request is written; gives its number.
    pub(super) fn written(&mut self, connection: u64, fresh: bool, now: Instant) -> u64 {
        self.next += 1;
        let alone = self.in_flight.is_empty();
        self.in_flight.push(Request {
            number: self.next,
            connection,
            fresh,
            written: now,
            begun: now,
            alone,
            overtaken: false,
            extended: false,
            starving: false,
        });
        self.next
    }

    /// The head of the answer to request `number` has come.
    pub(super) fn answered(&mut self, number: u64, now: Instant) -> Option<ResponseTimes> {
        let answered = self.remove(number)?;
        for other in &mut self.in_flight {
            let later = other.number > number;
            if !later && (answered.connection >= other.connection || !other.fresh) {
                other.overtaken = true;
                other.starving = false;
            }
            if !other.overtaken {
                other.begun = now;
            }
        }
        let round_trip = now.saturating_duration_since(answered.written);
        if answered.alone && !answered.starving {
            self.alone = Some(average(self.alone, round_trip));
        }
        // One that took no longer than alone did not wait for the others: the server works in parallel.
        let parallel = self.alone.is_some_and(|alone| round_trip <= alone * 8 / 5 + JITTER);
        let handler = if parallel { round_trip } else { now.saturating_duration_since(answered.begun) };
        self.typical = Some(average(self.typical, handler));
        Some(ResponseTimes { handler, round_trip, starved: answered.starving })
    }

    /// Request `number` has ended without an answer; nothing happens when it was answered.
    pub(super) fn ended(&mut self, number: u64, now: Instant) {
        if self.remove(number).is_none() {
            return;
        }
        for other in &mut self.in_flight {
            // Once only: a server that hangs altogether must not be waited for as often as it has requests.
            if other.number > number && !other.overtaken && !other.extended {
                other.begun = now;
                other.extended = true;
            }
        }
    }

    /// When [`due`](Self::due) is worth asking.
    pub(super) fn wake_at(&self, number: u64, limit: Option<Duration>) -> Option<Instant> {
        let request = self.in_flight.iter().find(|request| request.number == number)?;
        let timed_out = limit.map(|limit| request.begun + limit);
        timed_out.into_iter().chain(self.starves_at(request)).min()
    }

    /// What request `number` has come to.
    pub(super) fn due(&mut self, number: u64, limit: Option<Duration>, now: Instant) -> TimerState {
        let Some(index) = self.in_flight.iter().position(|request| request.number == number) else {
            return TimerState::Wait;
        };
        let Some(request) = self.in_flight.get(index) else { return TimerState::Wait };
        if limit.is_some_and(|limit| request.begun + limit <= now) {
            return TimerState::TimedOut;
        }
        if self.starves_at(request).is_some_and(|at| at <= now)
            && let Some(request) = self.in_flight.get_mut(index)
        {
            request.starving = true;
            return TimerState::Starving;
        }
        TimerState::Wait
    }

    /// Whether the server has requests that were written.
    pub(super) fn has_any(&self) -> bool {
        !self.in_flight.is_empty()
    }

    /// Whether a connection of ours is not accepted while others are open.
    pub(super) fn is_any_starving(&self) -> bool {
        self.in_flight.iter().any(|request| request.starving)
    }

    fn starves_at(&self, request: &Request) -> Option<Instant> {
        let may_starve = request.fresh && !request.overtaken && !request.starving;
        let typical = self.typical.unwrap_or(UNKNOWN);
        may_starve.then(|| request.written + typical.saturating_mul(2) + PATIENCE)
    }

    fn remove(&mut self, number: u64) -> Option<Request> {
        let index = self.in_flight.iter().position(|request| request.number == number)?;
        Some(self.in_flight.swap_remove(index))
    }
}

/// One request among those under way, until it is dropped.
pub(super) struct RequestTimer<'a> {
    timings: &'a Mutex<RequestTimings>,
    number: u64,
    written: Instant,
}

impl<'a> RequestTimer<'a> {
    pub(super) fn start(timings: &'a Mutex<RequestTimings>, connection: u64, fresh: bool) -> Self {
        let written = Instant::now();
        let number = lock(timings).written(connection, fresh, written);
        Self { timings, number, written }
    }

    pub(super) fn wake_at(&self, limit: Option<Duration>) -> Option<Instant> {
        lock(self.timings).wake_at(self.number, limit)
    }

    pub(super) fn due(&self, limit: Option<Duration>) -> TimerState {
        lock(self.timings).due(self.number, limit, Instant::now())
    }

    pub(super) fn answered(&self) -> ResponseTimes {
        let waited = self.written.elapsed();
        let unknown = ResponseTimes { handler: waited, round_trip: waited, starved: false };
        lock(self.timings).answered(self.number, Instant::now()).unwrap_or(unknown)
    }
}

impl Drop for RequestTimer<'_> {
    fn drop(&mut self) {
        lock(self.timings).ended(self.number, Instant::now());
    }
}

fn lock(timings: &Mutex<RequestTimings>) -> MutexGuard<'_, RequestTimings> {
    timings.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Option<Duration> = Some(Duration::from_secs(10));

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn one_worker_is_timed_exactly() {
        let (mut timings, start) = (RequestTimings::default(), Instant::now());
        let numbers: Vec<u64> = (0..10).map(|connection| timings.written(connection, true, start)).collect();
        for (done, number) in (1..).zip(numbers) {
            let now = start + seconds(6) * done;
            assert_ne!(timings.due(number, LIMIT, now), TimerState::TimedOut, "{done}");
            let times = timings.answered(number, now).unwrap();
            assert_eq!((times.handler, times.round_trip), (seconds(6), seconds(6) * done));
        }
    }

    #[test]
    fn a_parallel_server_is_timed_from_the_request() {
        let (mut timings, start) = (RequestTimings::default(), Instant::now());
        let alone = timings.written(0, true, start);
        timings.answered(alone, start + seconds(2));
        let numbers: Vec<u64> =
            (2..10).map(|second| timings.written(second, true, start + seconds(second))).collect();
        for (second, number) in (4..).zip(numbers) {
            assert_eq!(timings.answered(number, start + seconds(second)).unwrap().handler, seconds(2));
        }
    }

    #[test]
    fn a_hung_handler_is_noticed_in_parallel() {
        let (mut timings, start) = (RequestTimings::default(), Instant::now());
        let hung = timings.written(0, true, start);
        for second in 1..10 {
            let number = timings.written(second, true, start + seconds(second - 1));
            timings.answered(number, start + seconds(second));
        }
        assert_eq!(timings.due(hung, LIMIT, start + seconds(10)), TimerState::TimedOut);
    }

    #[test]
    fn a_hung_handler_on_a_kept_connection_too() {
        let (mut timings, start) = (RequestTimings::default(), Instant::now());
        let hung = timings.written(7, false, start);
        for second in 1..10 {
            let number = timings.written(3, false, start + seconds(second - 1));
            timings.answered(number, start + seconds(second));
        }
        assert_eq!(timings.due(hung, LIMIT, start + seconds(10)), TimerState::TimedOut);
    }

    #[test]
    fn starving_behind_an_older_connection_is_no_timeout() {
        let (mut timings, start) = (RequestTimings::default(), Instant::now());
        let starving = timings.written(1, true, start);
        for second in 1..20 {
            let number = timings.written(0, false, start + seconds(second - 1));
            timings.answered(number, start + seconds(second));
        }
        assert_eq!(timings.due(starving, LIMIT, start + seconds(20)), TimerState::Starving);
        assert!(timings.is_any_starving());
        let times = timings.answered(starving, start + seconds(20)).unwrap();
        assert!(times.starved);
        assert_eq!(times.handler, seconds(1));
        assert!(!timings.is_any_starving());
    }

    #[test]
    fn a_server_that_hangs_altogether_times_out_soon() {
        let (mut timings, start) = (RequestTimings::default(), Instant::now());
        let numbers: Vec<u64> = (0..5).map(|connection| timings.written(connection, true, start)).collect();
        timings.ended(numbers[0], start + seconds(10));
        for number in &numbers[1..] {
            assert_ne!(timings.due(*number, LIMIT, start + seconds(19)), TimerState::TimedOut);
        }
        timings.ended(numbers[1], start + seconds(20));
        for number in &numbers[2..] {
            assert_eq!(timings.due(*number, LIMIT, start + seconds(20)), TimerState::TimedOut);
        }
    }
}

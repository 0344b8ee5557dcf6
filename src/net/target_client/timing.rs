//! Measures how long a server works on each request, and detects connections that it has not accepted.
//!
//! A server with one worker leaves other connections in its accept queue, which we cannot see, and serves them in
//! order. So the timer of a request starts when the request is written, and restarts whenever an earlier request ends,
//! because a single worker cannot have started before. When a later request on the same or a newer connection is
//! answered, the server works in parallel and this request has been started: its timer is no longer restarted, so that
//! a handler that hangs in a parallel server still times out.
//!
//! [`RequestTimings`] is a pure state machine: every input has its time as an argument.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// A new connection counts as starving after twice the usual handler time and this margin.
const PATIENCE: Duration = Duration::from_millis(25);
/// Times with a smaller difference count as equal.
const JITTER: Duration = Duration::from_millis(10);
/// The usual handler time before the first response.
const UNKNOWN: Duration = Duration::from_millis(500);

/// The requests in flight to one server.
#[derive(Debug, Default)]
pub(super) struct RequestTimings {
    next: u64,
    in_flight: Vec<Request>,
    /// The moving average of the handler time.
    typical: Option<Duration>,
    /// The same for requests that were the only one in flight, where the time is exact.
    alone: Option<Duration>,
    /// When [`ring`](Self::ring) is called next; `None` if it is not.
    rings_at: Option<Instant>,
}

#[derive(Debug)]
struct Request {
    /// Later requests have higher numbers.
    number: u64,
    /// Later connections have higher numbers.
    connection: u64,
    /// There was no response on the connection yet, so the server may not have accepted it.
    fresh: bool,
    written: Instant,
    /// The earliest time at which the server can have started.
    started: Instant,
    alone: bool,
    /// A later request was answered, so the server has started this one.
    overtaken: bool,
    /// The timer was restarted because an earlier request ended without a response.
    extended: bool,
    starving: bool,
    /// When to look at the request, and what to wake for that.
    alarm: Option<(Instant, Waker)>,
}

/// How long a response took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ResponseTimes {
    /// How long the server worked on the request.
    pub(super) handler: Duration,
    /// The time since the request was written.
    pub(super) round_trip: Duration,
    /// The server accepted the connection only after idle connections were closed.
    pub(super) starved: bool,
}

/// The state of a request without a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimerState {
    Wait,
    /// The server does not accept the connection. Idle connections must be closed.
    Starving,
    TimedOut,
}

fn average(before: Option<Duration>, now: Duration) -> Duration {
    before.map_or(now, |before| (before * 7 + now) / 8)
}

impl RequestTimings {
    /// Records a written request and returns its number.
    pub(super) fn written(&mut self, connection: u64, fresh: bool, now: Instant) -> u64 {
        self.next += 1;
        let alone = self.in_flight.is_empty();
        self.in_flight.push(Request {
            number: self.next,
            connection,
            fresh,
            written: now,
            started: now,
            alone,
            overtaken: false,
            extended: false,
            starving: false,
            alarm: None,
        });
        self.next
    }

    /// Records the head of the response to request `number`.
    pub(super) fn answered(&mut self, number: u64, now: Instant) -> Option<ResponseTimes> {
        let answered = self.remove(number)?;
        for other in &mut self.in_flight {
            let later = other.number > number;
            if !later && (answered.connection >= other.connection || !other.fresh) {
                other.overtaken = true;
                other.starving = false;
            }
            if !other.overtaken {
                other.started = now;
            }
        }
        let round_trip = now.saturating_duration_since(answered.written);
        if answered.alone && !answered.starving {
            self.alone = Some(average(self.alone, round_trip));
        }
        // A request that took no longer than one alone did not wait: the server works in parallel.
        let parallel = self.alone.is_some_and(|alone| round_trip <= alone * 8 / 5 + JITTER);
        let handler = if parallel { round_trip } else { now.saturating_duration_since(answered.started) };
        self.typical = Some(average(self.typical, handler));
        Some(ResponseTimes { handler, round_trip, starved: answered.starving })
    }

    /// Records that request `number` ended without a response. Does nothing if it was answered.
    pub(super) fn ended(&mut self, number: u64, now: Instant) {
        if self.remove(number).is_none() {
            return;
        }
        for other in &mut self.in_flight {
            // Only once per request: with a server that hangs, the timeouts must not add up.
            if other.number > number && !other.overtaken && !other.extended {
                other.started = now;
                other.extended = true;
            }
        }
    }

    /// Wakes `waker` when [`due`](Self::due) is to be called again. Returns whether [`ring`](Self::ring) has to be called
    /// earlier than it would be.
    fn set_alarm(&mut self, number: u64, limit: Option<Duration>, waker: &Waker) -> bool {
        let Some(index) = self.in_flight.iter().position(|request| request.number == number) else {
            return false;
        };
        let Some(request) = self.in_flight.get(index) else { return false };
        let timed_out = limit.map(|limit| request.started + limit);
        let at = timed_out.into_iter().chain(self.starves_at(request)).min();
        if let Some(request) = self.in_flight.get_mut(index) {
            request.alarm = at.map(|at| (at, waker.clone()));
        }
        let is_earlier = at.is_some_and(|at| self.rings_at.is_none_or(|rings_at| at < rings_at));
        if is_earlier {
            self.rings_at = at;
        }
        is_earlier
    }

    /// Wakes the requests whose time has come. Returns when to call this again.
    fn ring(&mut self, now: Instant) -> Option<Instant> {
        for request in &mut self.in_flight {
            if let Some((_, waker)) = request.alarm.take_if(|(at, _)| *at <= now) {
                waker.wake();
            }
        }
        self.rings_at = self.in_flight.iter().filter_map(|request| Some(request.alarm.as_ref()?.0)).min();
        self.rings_at
    }

    pub(super) fn due(&mut self, number: u64, limit: Option<Duration>, now: Instant) -> TimerState {
        let Some(index) = self.in_flight.iter().position(|request| request.number == number) else {
            return TimerState::Wait;
        };
        let Some(request) = self.in_flight.get(index) else { return TimerState::Wait };
        if limit.is_some_and(|limit| request.started + limit <= now) {
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

    pub(super) fn has_any(&self) -> bool {
        !self.in_flight.is_empty()
    }

    /// Whether the server does not accept one of our connections while others are open.
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

/// The timings of one server, and the one timer for all its requests: a timer for each costs as much as reading its answer.
#[derive(Debug, Default)]
pub(super) struct Timings {
    requests: Mutex<RequestTimings>,
    rings_earlier: Notify,
}

impl Timings {
    pub(super) fn lock(&self) -> MutexGuard<'_, RequestTimings> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes requests until none has an alarm.
    async fn ring(self: Arc<Self>) {
        loop {
            let Some(next) = self.lock().ring(Instant::now()) else { return };
            tokio::select! {
                () = tokio::time::sleep_until(next.into()) => {}
                () = self.rings_earlier.notified() => {}
            }
        }
    }
}

/// The timer of one request in flight; the request ends when it is dropped.
pub(super) struct RequestTimer<'a> {
    timings: &'a Arc<Timings>,
    number: u64,
    written: Instant,
    answered: bool,
}

impl<'a> RequestTimer<'a> {
    pub(super) fn start(timings: &'a Arc<Timings>, connection: u64, fresh: bool) -> Self {
        let written = Instant::now();
        let number = timings.lock().written(connection, fresh, written);
        Self { timings, number, written, answered: false }
    }

    /// The state of the request. While that is [`TimerState::Wait`], the task of `context` is woken to ask again.
    pub(super) fn poll(&self, context: &Context<'_>, limit: Option<Duration>) -> TimerState {
        let mut requests = self.timings.lock();
        let state = requests.due(self.number, limit, Instant::now());
        if state == TimerState::Wait {
            let is_ringing = requests.rings_at.is_some();
            if requests.set_alarm(self.number, limit, context.waker()) {
                if is_ringing {
                    self.timings.rings_earlier.notify_one();
                } else {
                    tokio::spawn(Arc::clone(self.timings).ring());
                }
            }
        }
        state
    }

    pub(super) fn answered(&mut self) -> ResponseTimes {
        self.answered = true;
        let now = Instant::now();
        let waited = now.saturating_duration_since(self.written);
        let unknown = ResponseTimes { handler: waited, round_trip: waited, starved: false };
        self.timings.lock().answered(self.number, now).unwrap_or(unknown)
    }
}

impl Drop for RequestTimer<'_> {
    fn drop(&mut self) {
        if !self.answered {
            self.timings.lock().ended(self.number, Instant::now());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Option<Duration> = Some(Duration::from_secs(10));

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn single_worker_times_are_exact() {
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
    fn parallel_server_times_start_at_request() {
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
    fn hung_handler_times_out_in_parallel() {
        let (mut timings, start) = (RequestTimings::default(), Instant::now());
        let hung = timings.written(0, true, start);
        for second in 1..10 {
            let number = timings.written(second, true, start + seconds(second - 1));
            timings.answered(number, start + seconds(second));
        }
        assert_eq!(timings.due(hung, LIMIT, start + seconds(10)), TimerState::TimedOut);
    }

    #[test]
    fn hung_handler_times_out_on_kept_connection() {
        let (mut timings, start) = (RequestTimings::default(), Instant::now());
        let hung = timings.written(7, false, start);
        for second in 1..10 {
            let number = timings.written(3, false, start + seconds(second - 1));
            timings.answered(number, start + seconds(second));
        }
        assert_eq!(timings.due(hung, LIMIT, start + seconds(10)), TimerState::TimedOut);
    }

    #[test]
    fn starving_request_does_not_time_out() {
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
    fn hanging_server_times_out_once() {
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

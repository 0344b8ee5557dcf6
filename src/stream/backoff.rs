//! Computes the wait before the next connection: a pure state machine. Time and random numbers are arguments.
//!
//! The server must not control the rate of connections. Only a session of [`STABLE_AFTER`] resets the backoff; a
//! session frame, an event or a heartbeat does not, because a broken server can send one and close many times a second.
//! There are [`QUICK_RETRIES`] short waits, each of which is available again after a minute. A wait that the server
//! asks for (`retry:`, `Retry-After`, `retryAfter`) is a lower bound, up to [`LONGEST_REQUESTED`]. The result is at
//! most 15 connections in any 10 s.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(500);
const SHORTEST: Duration = Duration::from_millis(50);
/// The longest quick wait: three lost connections cost less than 0.3 s.
const QUICK: Duration = Duration::from_millis(90);
/// The number of quick waits; each becomes available again after [`REFILL`].
const QUICK_RETRIES: usize = 3;
const REFILL: Duration = Duration::from_secs(60);
/// A session that lasted this long proves that the server works.
pub(super) const STABLE_AFTER: Duration = Duration::from_secs(5);
/// The longest wait that a server can ask for, so that it cannot stop `listen` for days.
pub(super) const LONGEST_REQUESTED: Duration = Duration::from_secs(5 * 60);
/// Added to the wait that a server asks for, so that not all clients reconnect at the same time.
const REQUESTED_JITTER: Duration = Duration::from_millis(200);

/// The longest wait for a remote server.
pub(crate) const DEFAULT_CEILING: Duration = Duration::from_secs(10);

/// The longest wait for a server on this machine, to find a restarted sandbox soon. There are few other clients.
pub(crate) const LOOPBACK_CEILING: Duration = Duration::from_secs(2);

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ConnectionEnd {
    /// How long its session lasted; none if there was no session.
    pub(super) session: Option<Duration>,
    /// The wait that the server asked for when it ended the connection.
    pub(super) requested: Option<Duration>,
}

/// Exponential backoff with equal jitter: each wait is between half of a cap and the cap, which doubles with every
/// failure. Full jitter was rejected, because it allows many short waits in sequence.
#[derive(Clone, Debug)]
pub(super) struct Backoff {
    ceiling: Duration,
    failures: u32,
    /// When the latest quick retries were taken, on the caller's clock.
    quick: Vec<Duration>,
    /// The server's `retry:`, which applies to all later waits.
    retry: Duration,
}

impl Backoff {
    /// Starts at half a second; the cap never goes over `ceiling`.
    pub(super) fn new(ceiling: Duration) -> Self {
        Self { ceiling, failures: 0, quick: Vec::new(), retry: Duration::ZERO }
    }

    /// Sets the shortest wait from now on, from the server's `retry:`.
    pub(super) fn set_retry(&mut self, retry: Duration) {
        self.retry = retry;
    }

    /// Uses one of the quick retries, if one is available at `now` (the time since any fixed moment).
    pub(super) fn take_quick(&mut self, now: Duration) -> bool {
        self.quick.retain(|taken| now.saturating_sub(*taken) < REFILL);
        let left = self.quick.len() < QUICK_RETRIES;
        if left {
            self.quick.push(now);
        }
        left
    }

    /// The wait after a connection that ended at `now`; `random` is in `0.0..1.0`.
    pub(super) fn next(&mut self, now: Duration, ending: ConnectionEnd, random: f64) -> Duration {
        let random = random.clamp(0.0, 1.0);
        let between = |least: Duration, most: Duration| least + most.saturating_sub(least).mul_f64(random);
        if ending.session.is_some_and(|lasted| lasted >= STABLE_AFTER) {
            self.failures = 0;
        }
        let requested = self.retry.max(ending.requested.unwrap_or_default()).min(LONGEST_REQUESTED);
        if ending.session.is_some() && requested <= QUICK && self.take_quick(now) {
            return between(SHORTEST, QUICK.min(self.ceiling)).max(requested);
        }
        let base = FIRST.min(self.ceiling);
        let cap = base.saturating_mul(1 << self.failures.min(20)).min(self.ceiling);
        self.failures = self.failures.saturating_add(1);
        let grown = between(cap / 2, cap).max(SHORTEST);
        if requested.is_zero() { grown } else { grown.max(between(requested, requested + REQUESTED_JITTER)) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Duration = Duration::ZERO;
    const NO_SESSION: ConnectionEnd = ConnectionEnd { session: None, requested: None };
    const GREETED: ConnectionEnd = ConnectionEnd { session: Some(Duration::ZERO), requested: None };
    const LASTED: ConnectionEnd = ConnectionEnd { session: Some(STABLE_AFTER), requested: None };

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn remote() -> Backoff {
        Backoff::new(DEFAULT_CEILING)
    }

    /// The waits after the same ending at the same moment, with the same random number.
    fn waits(backoff: &mut Backoff, ending: ConnectionEnd, random: f64, count: usize) -> Vec<u128> {
        std::iter::repeat_with(|| backoff.next(NOW, ending, random).as_millis()).take(count).collect()
    }

    #[test]
    fn waits_double_up_to_the_ceiling() {
        assert_eq!(waits(&mut remote(), NO_SESSION, 1.0, 7), [500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
        assert_eq!(waits(&mut remote(), NO_SESSION, 0.0, 6), [250, 500, 1000, 2000, 4000, 5000]);
        let mut near = Backoff::new(LOOPBACK_CEILING);
        assert_eq!(waits(&mut near, NO_SESSION, 1.0, 4), [500, 1000, 2000, 2000]);
        assert_eq!(waits(&mut Backoff::new(ms(60)), NO_SESSION, 0.0, 2), [50, 50]);
    }

    #[test]
    fn three_lost_connections_retry_quickly() {
        let mut backoff = remote();
        assert_eq!(waits(&mut backoff, GREETED, 1.0, 5), [90, 90, 90, 500, 1000]);
        assert_eq!(waits(&mut remote(), GREETED, 0.0, 4), [50, 50, 50, 250]);
        // Each is available again after a minute.
        assert_eq!(backoff.next(ms(59_999), GREETED, 1.0), ms(2000));
        assert_eq!(backoff.next(ms(60_000), GREETED, 1.0), ms(90));
    }

    #[test]
    fn only_long_sessions_reset_the_backoff() {
        let mut backoff = remote();
        waits(&mut backoff, GREETED, 1.0, 6);
        let short = ConnectionEnd { session: Some(STABLE_AFTER - ms(1)), requested: None };
        assert_eq!(waits(&mut backoff, short, 1.0, 1), [4000]);
        assert_eq!(waits(&mut backoff, LASTED, 1.0, 2), [500, 500], "no quick retry is left");
        assert_eq!(waits(&mut backoff, NO_SESSION, 1.0, 1), [1000]);
    }

    #[test]
    fn no_quick_retry_without_a_session() {
        assert_eq!(waits(&mut remote(), NO_SESSION, 0.0, 1), [250]);
    }

    #[test]
    fn retry_is_a_lasting_lower_bound() {
        let mut backoff = remote();
        backoff.set_retry(ms(1500));
        assert_eq!(waits(&mut backoff, LASTED, 0.0, 2), [1500, 1500]);
        assert_eq!(waits(&mut backoff, LASTED, 1.0, 1), [1700]);
        assert_eq!(waits(&mut backoff, NO_SESSION, 1.0, 4), [1700, 2000, 4000, 8000], "the wait grows on");
        backoff.set_retry(ms(70));
        let later = REFILL + ms(1);
        assert_eq!(backoff.next(later, GREETED, 0.0), ms(70), "a quick retry that respects it");
    }

    #[test]
    fn retry_after_is_a_lower_bound_once() {
        let requested =
            |seconds| ConnectionEnd { session: None, requested: Some(Duration::from_secs(seconds)) };
        let mut backoff = remote();
        assert_eq!(backoff.next(NOW, requested(7), 0.0), ms(7000));
        assert_eq!(backoff.next(NOW, requested(7), 0.5), ms(7100));
        assert_eq!(backoff.next(NOW, NO_SESSION, 1.0), ms(2000));
        assert_eq!(waits(&mut backoff, requested(0), 0.0, 2), [2000, 4000], "zero is not a request");
    }

    #[test]
    fn requested_waits_are_at_most_five_minutes() {
        let requested = |wait| ConnectionEnd { session: Some(STABLE_AFTER), requested: Some(wait) };
        let mut backoff = remote();
        assert_eq!(backoff.next(NOW, requested(ms(86_400_000)), 0.0), LONGEST_REQUESTED);
        assert_eq!(backoff.next(NOW, requested(Duration::MAX), 1.0), LONGEST_REQUESTED + REQUESTED_JITTER);
        backoff.set_retry(Duration::MAX);
        assert_eq!(backoff.next(NOW, LASTED, 0.0), LONGEST_REQUESTED);
    }

    /// The start times of connections within a minute, to a server that always ends them like this.
    fn connections(
        ceiling: Duration,
        endings: &[(ConnectionEnd, Option<u64>)],
        random: &[f64],
    ) -> Vec<Duration> {
        let mut backoff = Backoff::new(ceiling);
        let mut now = NOW;
        let mut begun = Vec::new();
        for ((ending, retry), random) in endings.iter().cycle().zip(random.iter().cycle()) {
            if now > Duration::from_secs(100) {
                break;
            }
            begun.push(now);
            if let Some(retry) = retry {
                backoff.set_retry(ms(*retry));
            }
            now += ending.session.unwrap_or_default();
            now += backoff.next(now, *ending, *random);
        }
        begun
    }

    /// The most connections in any 10 s.
    fn busiest(begun: &[Duration]) -> usize {
        let within = |first: &Duration| {
            begun.iter().filter(|at| *at >= first && **at < *first + Duration::from_secs(10)).count()
        };
        begun.iter().map(within).max().unwrap_or_default()
    }

    #[test]
    fn connection_rate_is_bounded() {
        let heartbeat = |millis| ConnectionEnd { session: Some(ms(millis)), requested: None };
        let requested =
            |session, seconds| ConnectionEnd { session, requested: Some(Duration::from_secs(seconds)) };
        let rows = [
            ("session and close", GREETED, None),
            ("session, one event, close", heartbeat(1), None),
            ("retry: 0", GREETED, Some(0)),
            ("retryAfter: 0", requested(Some(NOW), 0), None),
            ("a short heartbeat", heartbeat(30), None),
            ("a session of a second", heartbeat(1000), None),
            ("close without a session", NO_SESSION, None),
            ("5xx with Retry-After: 0", requested(None, 0), None),
        ];
        for (what, ending, retry) in rows {
            for ceiling in [DEFAULT_CEILING, LOOPBACK_CEILING] {
                let count = busiest(&connections(ceiling, &[(ending, retry)], &[0.0]));
                assert!(count <= 15, "{what}: {count} connections in 10 s");
            }
        }
    }

    fn ending() -> impl Strategy<Value = (ConnectionEnd, Option<u64>)> {
        let session = prop_oneof![Just(None), Just(Some(0)), (0_u64..8000).prop_map(Some)];
        let requested = prop_oneof![Just(None), Just(Some(0)), (0_u64..5000).prop_map(Some)];
        let retry = prop_oneof![Just(None), Just(Some(0)), (0_u64..3000).prop_map(Some)];
        (session, requested, retry).prop_map(|(session, requested, retry)| {
            (ConnectionEnd { session: session.map(ms), requested: requested.map(ms) }, retry)
        })
    }

    proptest! {
        #[test]
        fn servers_do_not_control_the_rate(
            endings in proptest::collection::vec(ending(), 1..20),
            random in proptest::collection::vec(prop_oneof![Just(0.0), 0.0..1.0], 1..20),
            near in any::<bool>(),
        ) {
            let ceiling = if near { LOOPBACK_CEILING } else { DEFAULT_CEILING };
            let count = busiest(&connections(ceiling, &endings, &random));
            prop_assert!(count <= 15, "{} connections in 10 s", count);
        }

        #[test]
        fn waits_have_lower_and_upper_bounds(
            endings in proptest::collection::vec((ending(), any::<u64>(), 0.0..1.0), 1..40),
        ) {
            let mut backoff = remote();
            let mut retry = NOW;
            for ((mut ending, set), requested, random) in endings {
                if let Some(set) = set {
                    retry = ms(set);
                    backoff.set_retry(retry);
                }
                ending.requested = ending.requested.map(|_| ms(requested));
                let wait = backoff.next(NOW, ending, random);
                let least = retry.max(ending.requested.unwrap_or_default()).min(LONGEST_REQUESTED);
                prop_assert!(wait >= least.max(SHORTEST));
                prop_assert!(wait <= DEFAULT_CEILING.max(least + REQUESTED_JITTER));
            }
        }
    }
}

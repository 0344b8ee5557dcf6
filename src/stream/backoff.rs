//! How long to wait before the next connection: a pure state machine. Time and random numbers are passed in.
//!
//! The peer must not set the pace. Only time proves a session: one that lasted [`STABLE_AFTER`] ends the growth of
//! the waits; a session frame, an event or a heartbeat does not, because a broken server can send one and
//! close many times a second. Short waits come from a bucket of [`QUICK_RETRIES`], and each of them comes back
//! after a minute. What the server asks for (`retry:`, `Retry-After`, `retryAfter`) is a lower bound on top
//! of the growing wait, up to [`LONGEST_REQUESTED`]. Together this is at most 15 connections in any 10 s.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(500);
/// Never sooner than this.
const SHORTEST: Duration = Duration::from_millis(50);
/// The longest quick wait: three cuts in a row cost less than 0.3 s.
const QUICK: Duration = Duration::from_millis(90);
/// The number of quick waits; each becomes available again after [`REFILL`].
const QUICK_RETRIES: usize = 3;
const REFILL: Duration = Duration::from_secs(60);
/// A session that lasted this long proves that the server works.
pub(super) const STABLE_AFTER: Duration = Duration::from_secs(5);
/// The longest wait that a server can ask for, so that it cannot stop `listen` for days.
pub(super) const LONGEST_REQUESTED: Duration = Duration::from_secs(5 * 60);
/// Added to what a server asks for, so that not all clients come back at the same time.
const REQUESTED_JITTER: Duration = Duration::from_millis(200);

/// The longest wait for a remote server.
pub(crate) const DEFAULT_CEILING: Duration = Duration::from_secs(10);

/// The longest wait for a server on this machine: a restarted sandbox is found soon, and no other client
/// competes with the attempts.
pub(crate) const LOOPBACK_CEILING: Duration = Duration::from_secs(2);

/// How a connection ended, as far as the wait depends on it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ConnectionEnd {
    /// How long its session lasted; none if there was no session.
    pub(super) session: Option<Duration>,
    /// The wait that the server asked for with this ending.
    pub(super) requested: Option<Duration>,
}

/// Exponential backoff with equal jitter: each wait is between half of a cap and the cap, which doubles with
/// every failure. Full jitter was rejected: it may draw many short waits in a row.
#[derive(Clone, Debug)]
pub(super) struct Backoff {
    ceiling: Duration,
    failures: u32,
    /// When the latest quick retries were taken, on the caller's clock.
    quick: Vec<Duration>,
    /// The server's `retry:`, which lasts.
    retry: Duration,
}

impl Backoff {
    /// Starts at half a second; the cap never goes over `ceiling`.
    pub(super) fn new(ceiling: Duration) -> Self {
        Self { ceiling, failures: 0, quick: Vec::new(), retry: Duration::ZERO }
    }

    /// The server's `retry:` is the least wait from here on.
    pub(super) fn set_retry(&mut self, retry: Duration) {
        self.retry = retry;
    }

    /// Takes one of the quick retries, if one is left at `now` (time since any fixed moment).
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
    fn three_cuts_are_retried_quickly() {
        let mut backoff = remote();
        assert_eq!(waits(&mut backoff, GREETED, 1.0, 5), [90, 90, 90, 500, 1000]);
        assert_eq!(waits(&mut remote(), GREETED, 0.0, 4), [50, 50, 50, 250]);
        // each of them comes back a minute after it was taken
        assert_eq!(backoff.next(ms(59_999), GREETED, 1.0), ms(2000));
        assert_eq!(backoff.next(ms(60_000), GREETED, 1.0), ms(90));
    }

    #[test]
    fn only_time_proves_a_session() {
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
    fn retry_is_a_lower_bound_that_lasts() {
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
        assert_eq!(waits(&mut backoff, requested(0), 0.0, 2), [2000, 4000], "zero is no wish");
    }

    #[test]
    fn no_server_asks_for_more_than_five_minutes() {
        let requested = |wait| ConnectionEnd { session: Some(STABLE_AFTER), requested: Some(wait) };
        let mut backoff = remote();
        assert_eq!(backoff.next(NOW, requested(ms(86_400_000)), 0.0), LONGEST_REQUESTED);
        assert_eq!(backoff.next(NOW, requested(Duration::MAX), 1.0), LONGEST_REQUESTED + REQUESTED_JITTER);
        backoff.set_retry(Duration::MAX);
        assert_eq!(backoff.next(NOW, LASTED, 0.0), LONGEST_REQUESTED);
    }

    /// When the connections begin to a server that always ends them like this, within a minute.
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
    fn every_known_ending_has_a_bounded_pace() {
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
        fn no_server_sets_the_pace(
            endings in proptest::collection::vec(ending(), 1..20),
            random in proptest::collection::vec(prop_oneof![Just(0.0), 0.0..1.0], 1..20),
            near in any::<bool>(),
        ) {
            let ceiling = if near { LOOPBACK_CEILING } else { DEFAULT_CEILING };
            let count = busiest(&connections(ceiling, &endings, &random));
            prop_assert!(count <= 15, "{} connections in 10 s", count);
        }

        #[test]
        fn waits_are_bounded_on_both_sides(
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

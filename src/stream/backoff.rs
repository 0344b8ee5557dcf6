//! How long to wait before connecting again: a pure state machine, random numbers are passed in.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(500);
/// Never sooner than this, so that a server that refuses is not hammered.
const SHORTEST: Duration = Duration::from_millis(50);
const LEAST_BASE: Duration = Duration::from_millis(100);
const LARGEST_BASE: Duration = Duration::from_secs(30);
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60 * 60);
const RETRY_AFTER_JITTER: Duration = Duration::from_millis(200);

/// The longest first wait after a session: three cuts in a row cost less than 0.3 s.
const QUICK: Duration = Duration::from_millis(90);
/// So many sessions may end before they have proved themselves and still be followed by a short wait.
const CREDIT: u8 = 3;

/// The longest wait for a server elsewhere.
pub(crate) const DEFAULT_CEILING: Duration = Duration::from_secs(10);

/// The longest wait for a server on this machine: a sandbox that was restarted is found at once,
/// and nobody else is bothered by the attempts.
pub(crate) const LOOPBACK_CEILING: Duration = Duration::from_secs(1);

/// Exponential backoff with full jitter: each wait is drawn from zero up to a cap that doubles with
/// every failure. The least wait grows along, at a tenth of the cap: pure full jitter may draw
/// many short waits in a row.
#[derive(Clone, Debug)]
pub(crate) struct Backoff {
    base: Duration,
    ceiling: Duration,
    failures: u32,
    /// Whether the next wait is a short one.
    quick: bool,
    /// Sessions that may still end at once and be followed by a short wait.
    credit: u8,
    /// Whether the server has named the base.
    asked: bool,
}

impl Backoff {
    /// Starts at half a second; the cap never goes over `ceiling`.
    pub(crate) fn new(ceiling: Duration) -> Self {
        Self { base: FIRST.min(ceiling), ceiling, failures: 0, quick: false, credit: CREDIT, asked: false }
    }

    /// The server's `retry:` replaces the base. What it asks for goes over the ceiling if need be.
    pub(crate) fn set_base(&mut self, retry: Duration) {
        self.base = retry.clamp(LEAST_BASE, LARGEST_BASE);
        self.asked = true;
        self.quick = false;
    }

    /// A session was opened: the next failure is a first one, and one quick attempt comes before the
    /// waits, unless the server has asked for patience. A server that only greets and hangs up is hurried
    /// after a few times, not for ever.
    pub(crate) fn connected(&mut self) {
        self.failures = 0;
        self.quick = self.credit > 0 && !self.asked;
        self.credit = self.credit.saturating_sub(1);
    }

    /// The session has proved itself.
    pub(crate) fn healthy(&mut self) {
        self.quick = !self.asked;
        self.credit = CREDIT;
    }

    /// The wait after one more failure; `random` is in `0.0..1.0`.
    pub(crate) fn next(&mut self, random: f64) -> Duration {
        if std::mem::take(&mut self.quick) {
            let longest = QUICK.min(self.ceiling).max(SHORTEST);
            return SHORTEST + (longest - SHORTEST).mul_f64(random.clamp(0.0, 1.0));
        }
        let cap = self.base.saturating_mul(1 << self.failures.min(20)).min(self.ceiling.max(self.base));
        self.failures = self.failures.saturating_add(1);
        cap.mul_f64(random.clamp(0.0, 1.0)).max(Self::least(cap))
    }

    /// The wait after a failure whose answer named one by `Retry-After`: never less than that, and
    /// never less than the plain backoff's least wait, because the answer may say zero for ever.
    pub(crate) fn next_after(&mut self, retry_after: Duration, random: f64) -> Duration {
        self.quick = false;
        let least = self.next(0.0);
        let jitter = RETRY_AFTER_JITTER.mul_f64(random.clamp(0.0, 1.0));
        (retry_after.min(LONGEST_RETRY_AFTER) + jitter).max(least)
    }

    fn least(cap: Duration) -> Duration {
        (cap / 10).max(SHORTEST)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    /// The waits when the largest possible number is drawn each time.
    fn caps(backoff: &mut Backoff, count: usize) -> Vec<u128> {
        std::iter::repeat_with(|| backoff.next(1.0).as_millis()).take(count).collect()
    }

    #[test]
    fn the_cap_doubles_up_to_the_ceiling() {
        let mut backoff = Backoff::new(DEFAULT_CEILING);
        assert_eq!(caps(&mut backoff, 7), [500, 1000, 2000, 4000, 8000, 10000, 10000]);
        assert_eq!(caps(&mut Backoff::new(LOOPBACK_CEILING), 3), [500, 1000, 1000]);
    }

    #[test]
    fn the_least_wait_is_a_tenth_of_the_cap() {
        let mut backoff = Backoff::new(DEFAULT_CEILING);
        let waits: Vec<_> = std::iter::repeat_with(|| backoff.next(0.0).as_millis()).take(6).collect();
        assert_eq!(waits, [50, 100, 200, 400, 800, 1000]);
    }

    #[test]
    fn jitter_is_drawn_from_the_whole_range() {
        assert_eq!(Backoff::new(DEFAULT_CEILING).next(0.5), ms(250));
        assert_eq!(Backoff::new(DEFAULT_CEILING).next(0.2), ms(100));
    }

    #[test]
    fn a_session_starts_the_count_anew() {
        let mut backoff = Backoff::new(DEFAULT_CEILING);
        caps(&mut backoff, 4);
        backoff.connected();
        assert_eq!(caps(&mut backoff, 3), [90, 500, 1000]);
    }

    #[test]
    fn a_server_that_only_greets_is_hurried_after_three_times() {
        let mut backoff = Backoff::new(DEFAULT_CEILING);
        let mut greeted = || {
            backoff.connected();
            backoff.next(1.0).as_millis()
        };
        let waits: Vec<_> = std::iter::repeat_with(&mut greeted).take(5).collect();
        assert_eq!(waits, [90, 90, 90, 500, 500]);
        backoff.healthy();
        let waits = std::iter::repeat_with(|| {
            backoff.connected();
            backoff.next(1.0).as_millis()
        });
        assert_eq!(waits.take(4).collect::<Vec<_>>(), [90, 90, 90, 500]);
    }

    #[test]
    fn the_first_wait_after_a_healthy_session_is_short_and_no_other() {
        let mut backoff = Backoff::new(DEFAULT_CEILING);
        caps(&mut backoff, 4);
        backoff.connected();
        backoff.healthy();
        assert_eq!(caps(&mut backoff, 3), [90, 500, 1000]);
        backoff.connected();
        backoff.healthy();
        assert_eq!(backoff.next(0.0), ms(50));
        backoff.healthy();
        assert_eq!(backoff.next_after(ms(7000), 0.0), ms(7000));
        assert_eq!(Backoff::new(ms(60)).tap_healthy().next(1.0), ms(60));
    }

    #[test]
    fn a_server_that_names_a_wait_gets_it_after_healthy_sessions_too() {
        let mut backoff = Backoff::new(DEFAULT_CEILING);
        backoff.set_base(ms(3000));
        backoff.connected();
        backoff.healthy();
        assert_eq!(backoff.next(1.0), ms(3000));
    }

    impl Backoff {
        fn tap_healthy(mut self) -> Self {
            self.healthy();
            self
        }
    }

    #[test]
    fn the_servers_retry_is_the_base_within_limits() {
        let first = |retry: Duration| {
            let mut backoff = Backoff::new(DEFAULT_CEILING);
            backoff.set_base(retry);
            caps(&mut backoff, 2)
        };
        assert_eq!(first(ms(3000)), [3000, 6000]);
        assert_eq!(first(ms(0)), [100, 200]);
        assert_eq!(first(ms(20_000)), [20_000, 20_000]);
        assert_eq!(first(Duration::from_millis(u64::MAX)), [30_000, 30_000]);
    }

    #[test]
    fn retry_after_is_kept_with_a_little_jitter() {
        let mut backoff = Backoff::new(DEFAULT_CEILING);
        assert_eq!(backoff.next_after(ms(7000), 0.0), ms(7000));
        assert_eq!(backoff.next_after(ms(7000), 0.5), ms(7100));
        assert_eq!(backoff.next_after(Duration::from_secs(86400), 0.0), Duration::from_secs(3600));
        assert_eq!(backoff.next_after(Duration::MAX, 1.0), Duration::from_secs(3600) + ms(200));
    }

    #[test]
    fn a_retry_after_of_zero_for_ever_does_not_make_a_hot_loop() {
        let mut backoff = Backoff::new(DEFAULT_CEILING);
        let waits: Vec<_> =
            std::iter::repeat_with(|| backoff.next_after(ms(0), 0.0).as_millis()).take(6).collect();
        assert_eq!(waits, [50, 100, 200, 400, 800, 1000]);
    }

    proptest! {
        #[test]
        fn a_refusing_server_sees_few_attempts(
            random in proptest::collection::vec(prop_oneof![Just(0.0), 0.0..1.0], 20),
            retry in proptest::option::of(0_u64..60_000),
        ) {
            let mut backoff = Backoff::new(DEFAULT_CEILING);
            if let Some(retry) = retry {
                backoff.set_base(ms(retry));
            }
            backoff.healthy();
            let mut elapsed = Duration::ZERO;
            let mut attempts = 1;
            for random in random {
                let wait = backoff.next(random);
                prop_assert!(wait >= SHORTEST && wait <= LARGEST_BASE);
                elapsed += wait;
                attempts += u32::from(elapsed < ms(4000));
            }
            prop_assert!(attempts <= 15, "{} attempts", attempts);
        }
    }
}

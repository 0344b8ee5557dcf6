//! Chaos: what a network may do to deliveries, made on purpose. What happens to a delivery follows from a seed and the
//! id of its event alone, so that a run can be repeated. The engine carries it out.

mod marks;
mod state;
mod stats;

use std::time::Duration;

use bytes::Bytes;
use sha2::{Digest, Sha256};

pub(crate) use marks::ChaosKind;
pub(super) use marks::ChaosMarks;
pub(super) use state::DeliveryChaos;
pub(super) use stats::ChaosStats;

/// The parts of a percentage that can be given: two decimals.
const WHOLE: u32 = 100 * 100;
/// How old the signature of a stale request is: more than receivers tolerate, which is 5 minutes by default.
pub(crate) const STALE: Duration = Duration::from_secs(3600);
/// How long an event waits for another one of its resource to swap with.
pub(super) const PARTNER_WAIT: Duration = Duration::from_secs(1);

/// How often each kind happens, and the seed that decides when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chaos {
    seed: u64,
    /// In hundredths of a percent, in the order of [`ChaosKind::ALL`].
    rates: [u32; ChaosKind::ALL.len()],
    delay: (Duration, Duration),
}

impl Chaos {
    /// Nothing happens until kinds are added.
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, rates: [0; ChaosKind::ALL.len()], delay: (Duration::ZERO, Duration::ZERO) }
    }

    /// `kind` happens to this many deliveries of 10,000.
    #[must_use]
    pub(crate) fn with(mut self, kind: ChaosKind, of_ten_thousand: u32) -> Self {
        if let Some(rate) = self.rates.get_mut(kind as usize) {
            *rate = of_ten_thousand.min(WHOLE);
        }
        self
    }

    /// The shortest and the longest delay.
    #[must_use]
    pub(crate) fn with_delay(self, from: Duration, to: Duration) -> Self {
        Self { delay: (from.min(to), from.max(to)), ..self }
    }

    /// What happens to the delivery of this event, each at most once.
    pub(super) fn decide(&self, id: &str) -> ChaosMarks {
        let mut decided = ChaosMarks::default();
        for (kind, rate) in ChaosKind::ALL.into_iter().zip(self.rates) {
            if rate > 0 && self.number(id, kind.name()) % u64::from(WHOLE) < u64::from(rate) {
                decided.insert(kind);
            }
        }
        decided
    }

    /// How long the delivery of this event is delayed.
    pub(super) fn delay_of(&self, id: &str) -> Duration {
        let (from, to) = self.delay;
        let range = u64::try_from((to - from).as_millis()).unwrap_or(u64::MAX);
        from + Duration::from_millis(self.number(id, "length of the delay") % range.saturating_add(1))
    }

    /// The body with one byte changed. It stays JSON if a letter can be found whose change leaves it so: a receiver that
    /// only parses the body must not look as if it had checked the signature.
    pub(super) fn tamper(&self, id: &str, body: &Bytes) -> Bytes {
        /// Each needs a copy that is parsed.
        const TRIES: usize = 16;
        if body.is_empty() {
            return Bytes::from_static(b"x");
        }
        let place = self.number(id, "place of the change") % (body.len() as u64);
        let place = usize::try_from(place).unwrap_or_default();
        let is_json = |bytes: &[u8]| serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok();
        let letters = (place..body.len()).chain(0..place);
        let letters = letters.filter(|at| body.get(*at).is_some_and(u8::is_ascii_lowercase));
        let mut changes = letters.take(TRIES).map(|at| changed(body, at));
        changes.find(|changed| is_json(changed)).unwrap_or_else(|| changed(body, place))
    }

    /// A number that follows from the seed, the event and what it is for.
    fn number(&self, id: &str, purpose: &str) -> u64 {
        let hash = Sha256::new().chain_update(self.seed.to_be_bytes()).chain_update(purpose);
        let hash = hash.chain_update([0]).chain_update(id).finalize();
        hash.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

/// A copy with another byte at `at`: a letter becomes the next one.
fn changed(body: &[u8], at: usize) -> Bytes {
    let mut copy = body.to_vec();
    if let Some(byte) = copy.get_mut(at) {
        *byte = match *byte {
            letter @ b'a'..=b'y' => letter + 1,
            b'z' => b'a',
            other => other ^ 1,
        };
    }
    copy.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids() -> impl Iterator<Item = String> {
        (0..10_000).map(|number| format!("evt_{number}"))
    }

    #[test]
    fn same_seed_decides_the_same() {
        let chaos =
            |seed| ChaosKind::ALL.into_iter().fold(Chaos::new(seed), |all, kind| all.with(kind, 1000));
        let decided = |seed| ids().map(|id| chaos(seed).decide(&id)).collect::<Vec<_>>();
        assert_eq!(decided(7), decided(7));
        assert_ne!(decided(7), decided(8));
    }

    #[test]
    fn kinds_happen_as_often_as_asked() {
        let chaos = Chaos::new(1).with(ChaosKind::Stale, 500).with(ChaosKind::Duplicate, WHOLE);
        let count = |kind| ids().filter(|id| chaos.decide(id).has(kind)).count();
        assert!((400..600).contains(&count(ChaosKind::Stale)), "{}", count(ChaosKind::Stale));
        assert_eq!((count(ChaosKind::Duplicate), count(ChaosKind::Tamper)), (10_000, 0));
    }

    #[test]
    fn delays_stay_within_their_bounds() {
        let bounds = (Duration::from_millis(10), Duration::from_millis(13));
        let chaos = Chaos::new(1).with_delay(bounds.1, bounds.0);
        let mut delays: Vec<_> = ids().map(|id| chaos.delay_of(&id)).collect();
        delays.sort();
        delays.dedup();
        assert_eq!(delays, [10, 11, 12, 13].map(Duration::from_millis));
        assert_eq!(Chaos::new(1).delay_of("evt_1"), Duration::ZERO);
    }

    #[test]
    fn tampered_body_differs_in_one_byte() {
        let chaos = Chaos::new(3);
        for body in [r#"{"id":"evt_1","n":[1,true,"\n\u00e9"]}"#, "{}", "17", "\u{e9}", "not json"] {
            for id in ids().take(100) {
                let body = Bytes::from(body);
                let tampered = chaos.tamper(&id, &body);
                assert_eq!(tampered.len(), body.len());
                assert_eq!(tampered.iter().zip(&body).filter(|(one, other)| one != other).count(), 1);
                if body.starts_with(b"{\"") {
                    serde_json::from_slice::<serde_json::Value>(&tampered).unwrap();
                }
            }
        }
        assert_eq!(chaos.tamper("evt_1", &Bytes::new()), "x");
    }
}

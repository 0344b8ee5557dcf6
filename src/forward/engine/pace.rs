//! How much one server is given at once, and whether one that takes no connection is busy or down.

use std::time::{Duration, Instant};

use crate::forward::attempt::{AttemptOutcome, AttemptResult};
use crate::forward::limiter::{Limiter, Overload, Started};
use crate::forward::plan::Target;
use crate::net::FailureCause;

/// A target that answered within this time is up, whatever happens to the next connection.
const RECENTLY: Duration = Duration::from_secs(2);
/// How long a delivery waits that found no room in the accept queue, doubled each time.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// The pace of one server, which may be that of several targets.
///
/// The limit is the server's, not the address's: one worker serves all its paths, one after the other.
#[derive(Debug)]
pub(super) struct Pace {
    pub(super) limiter: Limiter,
    answered_at: Option<Instant>,
    wait: Duration,
}

impl Pace {
    pub(super) fn new(max: usize) -> Self {
        Self { limiter: Limiter::new(max), answered_at: None, wait: FIRST_WAIT }
    }

    /// Learns from an attempt that has ended.
    pub(super) fn settled(&mut self, started: Started, tried: &AttemptResult, now: Instant) {
        match (&tried.outcome, &tried.answer) {
            (AttemptOutcome::Answered { status, .. }, answer) => {
                self.answered_at = Some(now);
                self.wait = FIRST_WAIT;
                match answer {
                    _ if matches!(status, 429 | 503) => self.limiter.overloaded(started, Overload::Pushback),
                    Some(answer) if answer.starved => self.limiter.starved(),
                    Some(answer) => self.limiter.answered(started, answer.round_trip),
                    None => {}
                }
            }
            (AttemptOutcome::TimedOut { .. }, _) => self.limiter.overloaded(started, Overload::TimedOut),
            (AttemptOutcome::Broken(_), _) => self.limiter.overloaded(started, Overload::Pushback),
            (AttemptOutcome::NotReached(_) | AttemptOutcome::Impossible { .. }, _) => {}
        }
    }

    /// How long to wait with a delivery that did not reach the target, when that is busy: it has requests
    /// of ours `in_hand`, or answered just now. `None` when it is down.
    pub(super) fn busy(
        &mut self,
        started: Started,
        outcome: &AttemptOutcome,
        in_hand: bool,
        now: Instant,
    ) -> Option<Duration> {
        let AttemptOutcome::NotReached(failure) = outcome else { return None };
        let by_load = matches!(
            failure.cause,
            FailureCause::Refused | FailureCause::ConnectTimeout | FailureCause::TlsTimeout
        );
        let answered = self.answered_at.is_some_and(|at| now.saturating_duration_since(at) < RECENTLY);
        if !by_load || !(in_hand || answered) {
            return None;
        }
        self.limiter.overloaded(started, Overload::Pushback);
        let wait = self.wait;
        self.wait = (wait * 2).min(LONGEST_WAIT);
        Some(wait)
    }
}

/// The paces of all servers.
#[derive(Debug)]
pub(super) struct Paces {
    servers: Vec<Pace>,
    /// The place of each target's server.
    places: Vec<usize>,
}

impl Paces {
    /// Targets with the same scheme, host and port share a server.
    pub(super) fn new(targets: &[Target], max: usize) -> Self {
        let mut origins = Vec::new();
        let place = |target: &Target| {
            let origin = target.url.origin();
            origins.iter().position(|known| *known == origin).unwrap_or_else(|| {
                origins.push(origin);
                origins.len() - 1
            })
        };
        let places = targets.iter().map(place).collect();
        Self { servers: origins.iter().map(|_| Pace::new(max)).collect(), places }
    }

    /// The pace of a target.
    pub(super) fn of(&mut self, target: usize) -> Option<&mut Pace> {
        self.servers.get_mut(*self.places.get(target)?)
    }

    /// One for each target.
    pub(super) fn of_targets(&self) -> impl Iterator<Item = &Pace> {
        self.places.iter().filter_map(|place| self.servers.get(*place))
    }

    /// Of one thing per target: those of the targets at the server of `target`, itself included.
    pub(super) fn neighbours<'a, T>(&'a self, target: usize, all: &'a [T]) -> impl Iterator<Item = &'a T> {
        let place = self.places.get(target);
        all.iter().zip(&self.places).filter(move |(_, at)| Some(*at) == place).map(|(one, _)| one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused() -> AttemptOutcome {
        AttemptOutcome::NotReached(FailureCause::Refused.into())
    }

    fn answered(status: u16) -> AttemptResult {
        let outcome = AttemptOutcome::Answered { status, retry_after: None, details: None };
        AttemptResult { outcome, answer: None, took: Duration::ZERO }
    }

    #[test]
    fn a_target_that_never_answered_is_down() {
        let mut pace = Pace::new(64);
        let started = pace.limiter.start(1);
        assert_eq!(pace.busy(started, &refused(), false, Instant::now()), None);
    }

    #[test]
    fn one_that_answers_others_is_busy_for_a_while() {
        let (mut pace, now) = (Pace::new(64), Instant::now());
        let started = pace.limiter.start(1);
        pace.settled(started, &answered(200), now);
        assert_eq!(pace.busy(started, &refused(), false, now), Some(FIRST_WAIT));
        assert_eq!(pace.busy(started, &refused(), false, now), Some(FIRST_WAIT * 2));
        assert_eq!(pace.busy(started, &refused(), false, now + RECENTLY), None);
        assert!(pace.busy(started, &refused(), true, now + RECENTLY).is_some());
    }

    #[test]
    fn an_unknown_name_is_no_load() {
        let (mut pace, now) = (Pace::new(64), Instant::now());
        let started = pace.limiter.start(1);
        let unknown = AttemptOutcome::NotReached(FailureCause::NameNotFound.into());
        assert_eq!(pace.busy(started, &unknown, true, now), None);
    }
}

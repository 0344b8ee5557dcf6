//! How many deliveries each server gets at the same time, and whether one that refuses a connection is busy or down.

use std::time::{Duration, Instant};

use crate::forward::attempt::{AttemptOutcome, AttemptResult};
use crate::forward::command::CommandEnd;
use crate::forward::limiter::{Limiter, Overload, Started};
use crate::forward::plan::Target;
use crate::forward::policy::EX_TEMPFAIL;
use crate::net::FailureCause;

/// A server that answered within this time is up, even if it refuses the next connection.
const RECENTLY: Duration = Duration::from_secs(2);
/// How long a delivery waits after a busy server refused it, doubled each time.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// The throttle of one server. Its targets share it, because one worker may serve all paths one after the other.
#[derive(Debug)]
pub(super) struct Throttle {
    pub(super) limiter: Limiter,
    answered_at: Option<Instant>,
    wait: Duration,
}

impl Throttle {
    pub(super) fn new(max: usize) -> Self {
        Self { limiter: Limiter::new(max), answered_at: None, wait: FIRST_WAIT }
    }

    pub(super) fn adapt(&mut self, started: Started, result: &AttemptResult, now: Instant) {
        match (&result.outcome, &result.answer) {
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
            (AttemptOutcome::Exited(exit), answer) => match (exit.end, answer) {
                (CommandEnd::TimedOut(_), _) => self.limiter.overloaded(started, Overload::TimedOut),
                (CommandEnd::Code(EX_TEMPFAIL), _) => self.limiter.overloaded(started, Overload::Pushback),
                (_, Some(answer)) => self.limiter.answered(started, answer.round_trip),
                (_, None) => {}
            },
            (AttemptOutcome::TimedOut { .. }, _) => self.limiter.overloaded(started, Overload::TimedOut),
            (AttemptOutcome::Broken(_), _) => self.limiter.overloaded(started, Overload::Pushback),
            (AttemptOutcome::NotReached(_) | AttemptOutcome::Impossible { .. }, _) => {}
        }
    }

    /// How long to wait with a delivery that did not reach the target because the target is busy: it has
    /// other requests of this run (`in_hand`), or answered recently. `None` if it is down.
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

#[derive(Debug)]
pub(super) struct Throttles {
    servers: Vec<Throttle>,
    /// The index of each target's server.
    indexes: Vec<usize>,
}

impl Throttles {
    /// Targets with the same scheme, host and port share a server.
    pub(super) fn new(targets: &[Target], max: usize) -> Self {
        let mut firsts: Vec<&Target> = Vec::new();
        let indexes = targets.iter().map(|target| {
            firsts.iter().position(|first| first.shares_server(target)).unwrap_or_else(|| {
                firsts.push(target);
                firsts.len() - 1
            })
        });
        let indexes = indexes.collect();
        Self { servers: firsts.iter().map(|_| Throttle::new(max)).collect(), indexes }
    }

    pub(super) fn of_target(&mut self, target: usize) -> Option<&mut Throttle> {
        self.servers.get_mut(*self.indexes.get(target)?)
    }

    pub(super) fn per_target(&self) -> impl Iterator<Item = &Throttle> {
        self.indexes.iter().filter_map(|index| self.servers.get(*index))
    }

    /// From a list with one item per target, the items of the targets at the server of `target`.
    pub(super) fn neighbours<'a, T>(&'a self, target: usize, all: &'a [T]) -> impl Iterator<Item = &'a T> {
        let server = self.indexes.get(target);
        all.iter().zip(&self.indexes).filter(move |(_, index)| Some(*index) == server).map(|(one, _)| one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused() -> AttemptOutcome {
        AttemptOutcome::NotReached(FailureCause::Refused.into())
    }

    fn answered(status: u16) -> AttemptResult {
        AttemptResult { outcome: AttemptOutcome::answered(status), answer: None, took: Duration::ZERO }
    }

    #[test]
    fn target_that_never_answered_is_down() {
        let mut throttle = Throttle::new(64);
        let started = throttle.limiter.start(1);
        assert_eq!(throttle.busy(started, &refused(), false, Instant::now()), None);
    }

    #[test]
    fn recently_answering_target_is_busy() {
        let (mut throttle, now) = (Throttle::new(64), Instant::now());
        let started = throttle.limiter.start(1);
        throttle.adapt(started, &answered(200), now);
        assert_eq!(throttle.busy(started, &refused(), false, now), Some(FIRST_WAIT));
        assert_eq!(throttle.busy(started, &refused(), false, now), Some(FIRST_WAIT * 2));
        assert_eq!(throttle.busy(started, &refused(), false, now + RECENTLY), None);
        assert!(throttle.busy(started, &refused(), true, now + RECENTLY).is_some());
    }

    #[test]
    fn unknown_host_is_not_overload() {
        let (mut throttle, now) = (Throttle::new(64), Instant::now());
        let started = throttle.limiter.start(1);
        let unknown = AttemptOutcome::NotReached(FailureCause::NameNotFound.into());
        assert_eq!(throttle.busy(started, &unknown, true, now), None);
    }
}

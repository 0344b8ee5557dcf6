//! The deliveries to one target that have not ended. The queue keeps the order per resource, bounds how many run
//! at the same time, waits between attempts, and probes a target that is down.
//!
//! A pure state machine: its inputs are the time and what happened, its output is what to start.

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

const FIRST_PROBE: Duration = Duration::from_millis(100);
const LONGEST_PROBE: Duration = Duration::from_secs(1);

/// The resource of an event. Deliveries with the same key stay in order.
pub(crate) type Key = Arc<str>;

#[derive(Debug)]
pub(crate) struct Queue<J> {
    lanes: HashMap<Key, Lane<J>>,
    /// Lanes whose next delivery may start, oldest first.
    ready: VecDeque<Key>,
    /// Lanes that wait for their next attempt.
    parked: BinaryHeap<Reverse<(Instant, Key)>>,
    health: TargetHealth,
    concurrency: usize,
    in_flight: usize,
    len: usize,
    /// The next delivery does not fit into memory, so that only the end of another one can start it.
    blocked: bool,
}

/// The deliveries about one resource, in order. At most one of them is in flight.
#[derive(Debug)]
struct Lane<J> {
    jobs: VecDeque<J>,
    busy: bool,
}

/// Whether the target accepts connections.
#[derive(Clone, Copy, Debug)]
enum TargetHealth {
    Up,
    /// It refused one. One delivery at a time probes whether it is back.
    Down {
        probe_at: Instant,
        wait: Duration,
        probing: bool,
    },
}

impl<J> Queue<J> {
    /// An empty queue that runs at most `concurrency` deliveries at the same time.
    pub(crate) fn new(concurrency: usize) -> Self {
        Self {
            lanes: HashMap::new(),
            ready: VecDeque::new(),
            parked: BinaryHeap::new(),
            health: TargetHealth::Up,
            concurrency: concurrency.max(1),
            in_flight: 0,
            len: 0,
            blocked: false,
        }
    }

    /// Changes the most deliveries that run at the same time. Does not affect those in flight.
    pub(crate) fn limit(&mut self, concurrency: usize) {
        self.concurrency = concurrency.max(1);
    }

    /// Adds a delivery behind all others with the same key.
    pub(crate) fn push(&mut self, key: &Key, job: J) {
        self.len += 1;
        let lane =
            self.lanes.entry(Arc::clone(key)).or_insert_with(|| Lane { jobs: VecDeque::new(), busy: false });
        let was_idle = lane.jobs.is_empty() && !lane.busy;
        lane.jobs.push_back(job);
        if was_idle {
            self.ready.push_back(Arc::clone(key));
        }
    }

    #[cfg(test)]
    pub(crate) fn take(&mut self, now: Instant) -> Option<(Key, J)> {
        self.take_if(now, |_| true)
    }

    /// The next delivery to start, if any may start now. It ends with [`done`](Self::done),
    /// [`retry`](Self::retry) or [`mark_down`](Self::mark_down).
    /// Takes nothing while the next one does not fit: no other delivery overtakes it.
    pub(crate) fn take_if(&mut self, now: Instant, fits: impl FnOnce(&J) -> bool) -> Option<(Key, J)> {
        self.unpark(now);
        if self.in_flight >= self.concurrency {
            return None;
        }
        let lane = self.lanes.get_mut(self.ready.front()?)?;
        self.blocked = !fits(lane.jobs.front()?);
        if self.blocked || !self.health.may_start(now) {
            return None;
        }
        let key = self.ready.pop_front()?;
        let job = lane.jobs.pop_front()?;
        lane.busy = true;
        self.in_flight += 1;
        Some((key, job))
    }

    /// Lets `hold` see the deliveries of the lane whose turn it is, the next one first. If it returns a time, the lane
    /// waits until then. Returns whether it does: then it is the turn of another one.
    pub(crate) fn hold_front(
        &mut self,
        now: Instant,
        hold: impl FnOnce(&mut VecDeque<J>) -> Option<Instant>,
    ) -> bool {
        self.unpark(now);
        let lane = self.ready.front().and_then(|key| self.lanes.get_mut(key));
        let Some(at) = lane.and_then(|lane| {
            let at = hold(&mut lane.jobs);
            lane.busy |= at.is_some();
            at
        }) else {
            return false;
        };
        self.parked.extend(self.ready.pop_front().map(|key| Reverse((at, key))));
        true
    }

    /// A delivery has ended.
    pub(crate) fn done(&mut self, key: &Key) {
        self.in_flight -= 1;
        self.len -= 1;
        if let Entry::Occupied(mut lane) = self.lanes.entry(Arc::clone(key)) {
            lane.get_mut().busy = false;
            if lane.get().jobs.is_empty() {
                lane.remove();
            } else {
                self.ready.push_back(Arc::clone(key));
            }
        }
    }

    /// A delivery will be retried at `at`. Its lane waits; the others continue.
    pub(crate) fn retry(&mut self, key: &Key, job: J, at: Instant) {
        self.in_flight -= 1;
        if let Some(lane) = self.lanes.get_mut(key) {
            lane.jobs.push_front(job);
            self.parked.push(Reverse((at, Arc::clone(key))));
        }
    }

    /// The target refused a connection: the delivery goes back to the front and the target is down. Returns
    /// whether it was up until now.
    pub(crate) fn mark_down(&mut self, key: &Key, job: J, now: Instant) -> bool {
        self.in_flight -= 1;
        if let Some(lane) = self.lanes.get_mut(key) {
            lane.jobs.push_front(job);
            lane.busy = false;
            self.ready.push_front(Arc::clone(key));
        }
        match self.health {
            TargetHealth::Up => {
                self.health =
                    TargetHealth::Down { probe_at: now + FIRST_PROBE, wait: FIRST_PROBE, probing: false };
                true
            }
            TargetHealth::Down { probing: true, wait, .. } => {
                let wait = (wait * 2).min(LONGEST_PROBE);
                self.health = TargetHealth::Down { probe_at: now + wait, wait, probing: false };
                false
            }
            // This attempt started before the target went down.
            TargetHealth::Down { .. } => false,
        }
    }

    /// The target accepted a connection. Returns whether it was down until now.
    pub(crate) fn mark_up(&mut self) -> bool {
        let was_down = matches!(self.health, TargetHealth::Down { .. });
        self.health = TargetHealth::Up;
        was_down
    }

    pub(crate) fn is_down(&self) -> bool {
        matches!(self.health, TargetHealth::Down { .. })
    }

    /// When [`take_if`](Self::take_if) is worth calling again even if nothing has ended.
    pub(crate) fn wake_at(&self) -> Option<Instant> {
        let parked = self.parked.peek().map(|Reverse((at, _))| *at);
        let probe = match self.health {
            TargetHealth::Down { probe_at, probing: false, .. }
                if !self.ready.is_empty() && !self.blocked =>
            {
                Some(probe_at)
            }
            _ => None,
        };
        parked.into_iter().chain(probe).min()
    }

    /// Whether any delivery can end until `limit`. Without a limit all can; with one, those to a target that is
    /// down cannot.
    pub(crate) fn can_progress_by(&self, limit: Option<Instant>) -> bool {
        let Some(limit) = limit else { return self.len > 0 };
        let is_up = matches!(self.health, TargetHealth::Up);
        let retry_due = self.parked.peek().is_some_and(|Reverse((at, _))| *at < limit);
        self.in_flight > 0 || (is_up && (!self.ready.is_empty() || retry_due))
    }

    /// Deliveries that have not ended, including those in flight.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// The deliveries that are not in flight, in no particular order between resources.
    pub(crate) fn untaken(&self) -> impl Iterator<Item = &J> {
        self.lanes.values().flat_map(|lane| &lane.jobs)
    }

    fn unpark(&mut self, now: Instant) {
        while let Some(Reverse((at, _))) = self.parked.peek() {
            if *at > now {
                break;
            }
            if let Some(Reverse((_, key))) = self.parked.pop()
                && let Some(lane) = self.lanes.get_mut(&key)
            {
                lane.busy = false;
                self.ready.push_front(key);
            }
        }
    }
}

impl TargetHealth {
    /// Whether a delivery may start now. If so while the target is down, it is the probe.
    fn may_start(&mut self, now: Instant) -> bool {
        match self {
            Self::Up => true,
            Self::Down { probe_at, probing, .. } => {
                let due = !*probing && *probe_at <= now;
                *probing |= due;
                due
            }
        }
    }
}

#[cfg(test)]
mod tests;

//! A client that follows the request log.

use std::sync::Arc;

use tokio::sync::watch;

use super::RequestLog;
use crate::sandbox::lock::locked;
use crate::sandbox::request_log::entry::LogEntry;
use crate::sandbox::request_log::filter::Filter;
use crate::sandbox::source::{Source, Step};

impl RequestLog {
    /// Reads the log from its beginning in memory.
    pub(crate) fn follow_all(self: &Arc<Self>, filter: Filter) -> Follower {
        let first = Arc::clone(&locked(&self.ring).before_first);
        self.follow(Some(&first), 0, filter)
    }

    /// Follows the log: after the entry `last_id`, or from the last `replay` matching entries.
    pub(crate) fn follow(self: &Arc<Self>, last_id: Option<&str>, replay: usize, filter: Filter) -> Follower {
        let ring = locked(&self.ring);
        let (index, resumed) = match last_id {
            Some(id) if *id == *ring.before_first => (0, true),
            Some(id) => ring.index_of(id).map_or((0, false), |index| (index + 1, true)),
            None => (ring.replay_from(replay, &filter), false),
        };
        let id = ring.id_before(index);
        let position = ring.first + index as u64;
        drop(ring);
        Follower { log: Arc::clone(self), filter, id, resumed, position, head: self.head.subscribe() }
    }
}

#[derive(Debug)]
pub(crate) struct Follower {
    log: Arc<RequestLog>,
    filter: Filter,
    /// The id of its first position: resuming after it loses and repeats nothing.
    pub(crate) id: Arc<str>,
    /// Whether this is the requested position.
    pub(crate) resumed: bool,
    position: u64,
    head: watch::Receiver<u64>,
}

impl Follower {
    /// The id of the last entry that it passed: one that follows after it misses and repeats nothing. `None` if the log has
    /// moved past it.
    pub(crate) fn reached(&self) -> Option<Arc<str>> {
        let ring = locked(&self.log.ring);
        let index = usize::try_from(self.position.checked_sub(ring.first)?).ok()?;
        Some(ring.id_before(index))
    }
}

impl Source for Follower {
    type Item = Arc<LogEntry>;

    fn step(&mut self) -> Step<Arc<LogEntry>> {
        // marked as seen before looking, so that an entry appended meanwhile still wakes us
        self.head.borrow_and_update();
        let ring = locked(&self.log.ring);
        let Some(index) = self.position.checked_sub(ring.first).and_then(|at| usize::try_from(at).ok())
        else {
            return Step::Overtaken;
        };
        for entry in ring.entries.iter().skip(index) {
            self.position += 1;
            if self.filter.admits(entry) {
                return Step::Item(Arc::clone(entry));
            }
        }
        Step::Idle
    }

    async fn changed(&mut self) {
        // an error would mean that the log is gone, and the follower holds it
        let _ = self.head.changed().await;
    }
}

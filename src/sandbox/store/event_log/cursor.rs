//! Positions in the event log: of a reader, and of a listener, which is a reader that is counted.

use std::sync::Arc;

use tokio::sync::watch;

use super::entry::Logged;
use super::{EventLog, Filter, Ring, Start};
use crate::sandbox::lock::locked;
use crate::sandbox::source::{Source, Step};

/// Where a reader begins.
#[derive(Clone, Copy, Debug)]
pub(crate) enum After<'i> {
    /// With the oldest event.
    Oldest,
    /// After the newest event.
    Newest,
    /// After this one.
    Id(&'i str),
}

impl EventLog {
    /// A cursor that continues after `last_event_id`, or starts at now without one.
    pub(crate) fn join(self: &Arc<Self>, last_event_id: Option<&str>, filter: Filter) -> Cursor {
        let filter = Arc::new(filter);
        let mut ring = locked(&self.ring);
        let start = ring.locate(last_event_id);
        let listener = ring.next_listener;
        ring.next_listener += 1;
        ring.listeners.insert(listener, Arc::clone(&filter));
        Cursor { reader: self.reader(&ring, start.position), listener, filter, start }
    }

    /// A reader that is not counted as a listener; `None` if there is no event with this id.
    pub(crate) fn read(self: &Arc<Self>, after: After<'_>) -> Option<Reader> {
        let ring = locked(&self.ring);
        let position = match after {
            After::Oldest => ring.floor,
            After::Newest => ring.end(),
            After::Id(id) => ring.after(id)?,
        };
        Some(self.reader(&ring, position))
    }

    fn reader(self: &Arc<Self>, ring: &Ring, position: u64) -> Reader {
        Reader { log: Arc::clone(self), position, joined: ring.replaced, head: self.head.subscribe() }
    }
}

/// A position in the log.
#[derive(Debug)]
pub(crate) struct Reader {
    log: Arc<EventLog>,
    position: u64,
    /// How many times the state was replaced before.
    joined: u64,
    head: watch::Receiver<u64>,
}

impl Reader {
    /// The next event whose type is `wanted`.
    pub(crate) fn step(&mut self, wanted: impl Fn(&str) -> bool) -> Step<Arc<Logged>> {
        // marked as seen before looking, so that an event appended meanwhile still wakes us
        self.head.borrow_and_update();
        let ring = locked(&self.log.ring);
        loop {
            let news = |range: &&(u64, std::ops::Range<u64>)| range.0 > self.joined;
            let restored =
                ring.restored.iter().filter(news).find(|(_, range)| range.contains(&self.position));
            if let Some((_, range)) = restored {
                self.position = range.end;
            }
            if self.position < ring.first {
                return Step::Overtaken;
            }
            let Some(entry) = ring.get(self.position) else { return Step::Idle };
            self.position += 1;
            if wanted(&entry.kind) {
                return Step::Item(Arc::clone(entry));
            }
        }
    }

    /// The id of the last event that it passed: a reader that begins after it misses and repeats nothing. `None` if the
    /// log has moved past it.
    pub(crate) fn id(&self) -> Option<String> {
        let ring = locked(&self.log.ring);
        (self.position >= ring.first).then(|| ring.id_before(self.position).to_owned())
    }

    /// Waits until events were added since the last step.
    pub(crate) async fn changed(&mut self) {
        // an error would mean that the log is gone, and the reader holds it
        let _ = self.head.changed().await;
    }
}

/// One listener's place in the log. Dropping it takes the listener off the count.
#[derive(Debug)]
pub(crate) struct Cursor {
    reader: Reader,
    listener: u64,
    filter: Arc<Filter>,
    start: Start,
}

impl Cursor {
    /// The place the cursor began at.
    pub(crate) fn start(&self) -> &Start {
        &self.start
    }
}

impl Source for Cursor {
    type Item = Arc<Logged>;

    fn step(&mut self) -> Step<Arc<Logged>> {
        let filter = &self.filter;
        self.reader.step(|kind| filter.admits(kind))
    }

    async fn changed(&mut self) {
        self.reader.changed().await;
    }
}

impl Drop for Cursor {
    fn drop(&mut self) {
        let ring: &mut Ring = &mut locked(&self.reader.log.ring);
        ring.listeners.remove(&self.listener);
    }
}

//! The events that arrive while a scenario runs, over the stream that `listen` reads.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::event::{Filter, ReceivedEvent};
use crate::host::clock::Clock;
use crate::ops::session::Session;
use crate::ops::stream_errors::{refused, stream_error};
use crate::output::{Exit, Failure};
use crate::stream::subscription::{StreamItem, subscribe};

/// For the first connection.
const CONNECT: Duration = Duration::from_secs(10);
/// Events that belong to no step, such as those of other people.
const MOST_UNUSED: usize = 10_000;

/// An open stream, and the events that no step has used yet.
#[derive(Debug)]
pub(crate) struct EventWatch {
    items: mpsc::Receiver<StreamItem>,
    unused: Vec<ReceivedEvent>,
    account: crate::account::Account,
}

/// An event that must arrive.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) event_type: String,
    pub(super) filters: Vec<Filter>,
    /// The request that causes it. An event that names another one is not it.
    pub(super) request_id: Option<String>,
}

impl Wanted {
    fn is_of_request(&self, event: &ReceivedEvent) -> bool {
        match (&self.request_id, &event.request_id) {
            (Some(wanted), Some(of_event)) => wanted == of_event,
            // cStar does not document it for every frame.
            _ => true,
        }
    }

    fn is(&self, event: &ReceivedEvent) -> bool {
        event.event_type == self.event_type
            && self.is_of_request(event)
            && Filter::all_match(&self.filters, &event.body)
    }

    /// The first filter that an event of the right type does not pass.
    fn mismatch(&self, event: &ReceivedEvent) -> Option<&Filter> {
        let is_near = event.event_type == self.event_type && self.is_of_request(event);
        self.filters.iter().find(|filter| is_near && !filter.matches(&event.body))
    }
}

impl EventWatch {
    /// Opens the stream, and waits until it is open: an event before that would be missed.
    pub(crate) async fn open(session: &Session, clock: Clock) -> Result<Self, Failure> {
        let mut items = subscribe(session.event_stream(clock));
        let connected = async {
            while let Some(item) = items.recv().await {
                match item {
                    StreamItem::Connected(_) => return Ok(()),
                    StreamItem::Refused(refusal) => return Err(refused(refusal, &session.account)),
                    StreamItem::ErrorFrame(error) if error.is_fatal() => return Err(stream_error(error)),
                    _ => {}
                }
            }
            Err(Failure::new(Exit::Unreachable, "could not open the event stream"))
        };
        let late = || Err(Failure::new(Exit::Unreachable, "the event stream did not open within 10 s"));
        tokio::time::timeout(CONNECT, connected).await.unwrap_or_else(|_| late())?;
        Ok(Self { items, unused: Vec::new(), account: session.account.clone() })
    }

    /// Forgets what arrived before a call.
    pub(super) fn clear(&mut self) {
        while self.items.try_recv().is_ok() {}
        self.unused.clear();
    }

    /// Waits for one event. The error says what arrived instead.
    pub(super) async fn wait(&mut self, wanted: &Wanted, until: Instant) -> Result<ReceivedEvent, Failure> {
        loop {
            if let Some(at) = self.unused.iter().position(|event| wanted.is(event)) {
                return Ok(self.unused.remove(at));
            }
            match tokio::time::timeout_at(until, self.items.recv()).await {
                Ok(Some(StreamItem::Event(event))) => {
                    self.unused.push(event);
                    if self.unused.len() > MOST_UNUSED {
                        self.unused.remove(0);
                    }
                }
                Ok(Some(StreamItem::Refused(refusal))) => return Err(refused(refusal, &self.account)),
                Ok(Some(StreamItem::ErrorFrame(error))) if error.is_fatal() => {
                    return Err(stream_error(error));
                }
                Ok(Some(_)) => {}
                Ok(None) => return Err(Failure::new(Exit::Unreachable, "the event stream ended")),
                Err(_) => return Err(Failure::failed(self.missing(wanted))),
            }
        }
    }

    fn missing(&self, wanted: &Wanted) -> String {
        let Wanted { event_type, .. } = wanted;
        if let Some(filter) = self.unused.iter().find_map(|event| wanted.mismatch(event)) {
            return format!("{event_type} arrived, but its body does not match `{filter}`");
        }
        let of_call: Vec<&str> = self
            .unused
            .iter()
            .filter(|event| wanted.is_of_request(event))
            .map(|event| event.event_type.as_str())
            .collect();
        match of_call.is_empty() {
            true => format!("{event_type} did not arrive, nor did another event"),
            false => format!("{event_type} did not arrive; what did: {}", of_call.join(", ")),
        }
    }
}

//! What is under way for one client: requests that were read and have a place, the batches they belong to,
//! and replies that need no tool. It reads no stream and writes none.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use rmcp::model::{
    ClientJsonRpcMessage, ClientNotification, GetExtensions, JsonRpcMessage, ProtocolVersion, RequestId,
    ServerJsonRpcMessage, ServerResult,
};
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::admission::{Place, Places};
use super::wire::{self, Inbound, Part};

/// Batches under way; their answers are kept until the last one is there.
const BATCHES: usize = 4;

/// A line to write. What it keeps is given back when it is dropped, so after it was written.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) line: Vec<u8>,
    _keeps: Keeps,
}

#[derive(Debug)]
#[expect(dead_code, reason = "they are only kept")]
enum Keeps {
    Nothing,
    Place(Place),
    Batch(OwnedSemaphorePermit),
}

impl Outgoing {
    fn new(value: &impl serde::Serialize, keeps: Keeps) -> Self {
        let mut line = serde_json::to_vec(value).unwrap_or_default();
        line.push(b'\n');
        Self { line, _keeps: keeps }
    }
}

/// Which batch a part is of.
type BatchId = u64;

enum Waiting {
    /// A batch that has no number yet.
    Batch(Vec<Part>),
    Part(Part, Option<BatchId>),
}

struct UnderWay {
    place: Place,
    batch: Option<BatchId>,
}

struct Batch {
    /// Parts that are not settled yet.
    open: usize,
    answers: Vec<Value>,
    permit: OwnedSemaphorePermit,
}

/// The state of one connection.
pub(super) struct Desk {
    places: Places,
    batch_places: Arc<Semaphore>,
    waiting: VecDeque<Waiting>,
    under_way: HashMap<RequestId, UnderWay>,
    batches: HashMap<BatchId, Batch>,
    next_batch: BatchId,
    replies: VecDeque<Outgoing>,
    /// Of the protocol that was agreed on.
    has_batches: bool,
}

impl Desk {
    pub(super) fn new() -> Self {
        Self {
            places: Places::new(),
            batch_places: Arc::new(Semaphore::new(BATCHES)),
            waiting: VecDeque::new(),
            under_way: HashMap::new(),
            batches: HashMap::new(),
            next_batch: 0,
            replies: VecDeque::new(),
            has_batches: false,
        }
    }

    /// Takes in one line.
    pub(super) fn take(&mut self, text: &[u8]) {
        self.waiting.push_back(match wire::read(text, self.has_batches) {
            Inbound::One(part) => Waiting::Part(part, None),
            Inbound::Batch(parts) => Waiting::Batch(parts),
        });
    }

    /// Answers a line that was not taken in.
    pub(super) fn refuse(&mut self, error: &Value) {
        self.replies.push_back(Outgoing::new(error, Keeps::Nothing));
    }

    pub(super) fn has_replies(&self) -> bool {
        !self.replies.is_empty()
    }

    /// The next reply to write.
    pub(super) fn reply(&mut self) -> Option<Outgoing> {
        self.replies.pop_front()
    }

    pub(super) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// The next message for the server, once there is a place for it; `None` when what was next is settled
    /// otherwise. May be dropped while it waits.
    pub(super) async fn admit(&mut self) -> Option<ClientJsonRpcMessage> {
        match self.waiting.front()? {
            Waiting::Batch(_) => {
                let permit = Arc::clone(&self.batch_places).acquire_owned().await.ok()?;
                self.open(permit);
                None
            }
            Waiting::Part(Part::Message(message), _) if matches!(**message, JsonRpcMessage::Request(_)) => {
                let place = self.places.take().await;
                self.begin(place)
            }
            Waiting::Part(..) => self.settle(),
        }
    }

    fn open(&mut self, permit: OwnedSemaphorePermit) {
        let Some(Waiting::Batch(parts)) = self.waiting.pop_front() else { return };
        let id = self.next_batch;
        self.next_batch += 1;
        self.batches.insert(id, Batch { open: parts.len(), answers: Vec::new(), permit });
        for part in parts.into_iter().rev() {
            self.waiting.push_front(Waiting::Part(part, Some(id)));
        }
    }

    fn begin(&mut self, place: Place) -> Option<ClientJsonRpcMessage> {
        let Some(Waiting::Part(Part::Message(mut message), batch)) = self.waiting.pop_front() else {
            return None;
        };
        if let JsonRpcMessage::Request(request) = &mut *message {
            if self.under_way.contains_key(&request.id) {
                let text = format!("the id {} is that of a request under way", request.id);
                self.settled(batch, Some(wire::invalid(&text, Value::Null)));
                return None;
            }
            request.request.extensions_mut().insert(place.clone());
            self.under_way.insert(request.id.clone(), UnderWay { place, batch });
        }
        Some(*message)
    }

    /// What needs no place.
    fn settle(&mut self) -> Option<ClientJsonRpcMessage> {
        let Some(Waiting::Part(part, batch)) = self.waiting.pop_front() else { return None };
        match part {
            Part::Message(message) => {
                if let JsonRpcMessage::Notification(told) = &*message
                    && let ClientNotification::CancelledNotification(cancelled) = &told.notification
                    && let Some(id) = &cancelled.params.request_id
                    && let Some(ended) = self.under_way.remove(id)
                {
                    // A cancelled request is not answered.
                    self.settled(ended.batch, None);
                }
                self.settled(batch, None);
                Some(*message)
            }
            Part::Ignored => {
                self.settled(batch, None);
                None
            }
            Part::Wrong(error) => {
                match batch {
                    None => self.refuse(&error),
                    batch => self.settled(batch, Some(error)),
                }
                None
            }
        }
    }

    /// Notes that a part is settled, with its answer if it has one; on its own it is answered at once.
    fn settled(&mut self, batch: Option<BatchId>, answer: Option<Value>) {
        let Some(id) = batch else {
            if let Some(answer) = answer {
                self.refuse(&answer);
            }
            return;
        };
        if let Some(line) = self.close_part(id, answer) {
            self.replies.push_back(line);
        }
    }

    /// The line with all answers, when this was the last part of a batch that has any.
    fn close_part(&mut self, id: BatchId, answer: Option<Value>) -> Option<Outgoing> {
        let batch = self.batches.get_mut(&id)?;
        batch.open -= 1;
        batch.answers.extend(answer);
        if batch.open > 0 {
            return None;
        }
        let batch = self.batches.remove(&id)?;
        (!batch.answers.is_empty()).then(|| Outgoing::new(&batch.answers, Keeps::Batch(batch.permit)))
    }

    /// The line for a message of the server; `None` while the rest of its batch is missing.
    pub(super) fn answer(&mut self, message: &ServerJsonRpcMessage) -> Option<Outgoing> {
        let id = match message {
            JsonRpcMessage::Response(response) => {
                if let ServerResult::InitializeResult(agreed) = &response.result {
                    self.has_batches = agreed.protocol_version <= ProtocolVersion::V_2025_03_26;
                }
                Some(&response.id)
            }
            JsonRpcMessage::Error(error) => error.id.as_ref(),
            _ => None,
        };
        match id.and_then(|id| self.under_way.remove(id)) {
            None => Some(Outgoing::new(message, Keeps::Nothing)),
            Some(UnderWay { place, batch: None }) => Some(Outgoing::new(message, Keeps::Place(place))),
            Some(UnderWay { batch: Some(batch), .. }) => {
                self.close_part(batch, Some(serde_json::to_value(message).unwrap_or_default()))
            }
        }
    }
}

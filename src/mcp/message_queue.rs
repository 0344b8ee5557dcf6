//! The messages of one client: those that wait, requests in flight, the batches they belong to, and replies that
//! need no tool. Does no I/O.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use rmcp::model::{
    ClientJsonRpcMessage, ClientNotification, GetExtensions, JsonRpcMessage, ProtocolVersion, RequestId,
    ServerJsonRpcMessage, ServerResult,
};
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::admission::{RequestSlot, RequestSlots};
use super::jsonrpc::{self, Inbound, Part};

/// Batches in flight. Their responses are kept until the last one is complete.
const BATCHES: usize = 4;

/// A line to write. Dropping it, after it was written, releases its slot.
#[derive(Debug)]
pub(super) struct OutgoingLine {
    pub(super) line: Vec<u8>,
    _keeps: Held,
}

#[derive(Debug)]
#[expect(dead_code, reason = "held until they are dropped")]
enum Held {
    Nothing,
    RequestSlot(RequestSlot),
    Batch(OwnedSemaphorePermit),
}

impl OutgoingLine {
    fn new(value: &impl serde::Serialize, keeps: Held) -> Self {
        let mut line = serde_json::to_vec(value).unwrap_or_default();
        line.push(b'\n');
        Self { line, _keeps: keeps }
    }
}

type BatchId = u64;

enum Waiting {
    /// A batch without a number yet.
    Batch(Vec<Part>),
    Part(Part, Option<BatchId>),
}

struct InFlight {
    slot: RequestSlot,
    batch: Option<BatchId>,
}

struct Batch {
    /// Parts that are not finished yet.
    open: usize,
    answers: Vec<Value>,
    permit: OwnedSemaphorePermit,
}

/// The state of one connection.
pub(super) struct MessageQueue {
    slots: RequestSlots,
    batch_slots: Arc<Semaphore>,
    waiting: VecDeque<Waiting>,
    in_flight: HashMap<RequestId, InFlight>,
    batches: HashMap<BatchId, Batch>,
    next_batch: BatchId,
    replies: VecDeque<OutgoingLine>,
    /// Whether the negotiated version of the protocol has batches.
    has_batches: bool,
}

impl MessageQueue {
    pub(super) fn new() -> Self {
        Self {
            slots: RequestSlots::new(),
            batch_slots: Arc::new(Semaphore::new(BATCHES)),
            waiting: VecDeque::new(),
            in_flight: HashMap::new(),
            batches: HashMap::new(),
            next_batch: 0,
            replies: VecDeque::new(),
            has_batches: false,
        }
    }

    pub(super) fn push(&mut self, text: &[u8]) {
        self.waiting.push_back(match jsonrpc::read(text, self.has_batches) {
            Inbound::One(part) => Waiting::Part(part, None),
            Inbound::Batch(parts) => Waiting::Batch(parts),
        });
    }

    /// Replies to a line that was not queued.
    pub(super) fn reject(&mut self, error: &Value) {
        self.replies.push_back(OutgoingLine::new(error, Held::Nothing));
    }

    pub(super) fn has_replies(&self) -> bool {
        !self.replies.is_empty()
    }

    /// The next reply to write.
    pub(super) fn reply(&mut self) -> Option<OutgoingLine> {
        self.replies.pop_front()
    }

    pub(super) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// The next message for the server, as soon as there is a slot for it; `None` if the next message needed no
    /// server. Cancel safe.
    pub(super) async fn admit(&mut self) -> Option<ClientJsonRpcMessage> {
        match self.waiting.front()? {
            Waiting::Batch(_) => {
                let permit = Arc::clone(&self.batch_slots).acquire_owned().await.ok()?;
                self.open_batch(permit);
                None
            }
            Waiting::Part(Part::Message(message), _) if matches!(**message, JsonRpcMessage::Request(_)) => {
                let slot = self.slots.acquire().await;
                self.start_request(slot)
            }
            Waiting::Part(..) => self.handle_without_slot(),
        }
    }

    fn open_batch(&mut self, permit: OwnedSemaphorePermit) {
        let Some(Waiting::Batch(parts)) = self.waiting.pop_front() else { return };
        let id = self.next_batch;
        self.next_batch += 1;
        self.batches.insert(id, Batch { open: parts.len(), answers: Vec::new(), permit });
        for part in parts.into_iter().rev() {
            self.waiting.push_front(Waiting::Part(part, Some(id)));
        }
    }

    fn start_request(&mut self, slot: RequestSlot) -> Option<ClientJsonRpcMessage> {
        let Some(Waiting::Part(Part::Message(mut message), batch)) = self.waiting.pop_front() else {
            return None;
        };
        if let JsonRpcMessage::Request(request) = &mut *message {
            if self.in_flight.contains_key(&request.id) {
                let text = format!("the id {} is in use by a request in flight", request.id);
                self.finish_part(batch, Some(jsonrpc::invalid(&text, Value::Null)));
                return None;
            }
            request.request.extensions_mut().insert(slot.clone());
            self.in_flight.insert(request.id.clone(), InFlight { slot, batch });
        }
        Some(*message)
    }

    /// Handles a message that needs no slot.
    fn handle_without_slot(&mut self) -> Option<ClientJsonRpcMessage> {
        let Some(Waiting::Part(part, batch)) = self.waiting.pop_front() else { return None };
        match part {
            Part::Message(message) => {
                if let JsonRpcMessage::Notification(notification) = &*message
                    && let ClientNotification::CancelledNotification(cancelled) = &notification.notification
                    && let Some(id) = &cancelled.params.request_id
                    && let Some(ended) = self.in_flight.remove(id)
                {
                    // A cancelled request is not answered.
                    self.finish_part(ended.batch, None);
                }
                self.finish_part(batch, None);
                Some(*message)
            }
            Part::Ignored => {
                self.finish_part(batch, None);
                None
            }
            Part::Invalid(error) => {
                match batch {
                    None => self.reject(&error),
                    batch => self.finish_part(batch, Some(error)),
                }
                None
            }
        }
    }

    /// Finishes a part, with its response if it has one. Outside a batch the response is queued immediately.
    fn finish_part(&mut self, batch: Option<BatchId>, answer: Option<Value>) {
        let Some(id) = batch else {
            if let Some(answer) = answer {
                self.reject(&answer);
            }
            return;
        };
        if let Some(line) = self.close_part(id, answer) {
            self.replies.push_back(line);
        }
    }

    /// The line with all responses, if this was the last part of the batch and there are any.
    fn close_part(&mut self, id: BatchId, answer: Option<Value>) -> Option<OutgoingLine> {
        let batch = self.batches.get_mut(&id)?;
        batch.open -= 1;
        batch.answers.extend(answer);
        if batch.open > 0 {
            return None;
        }
        let batch = self.batches.remove(&id)?;
        (!batch.answers.is_empty()).then(|| OutgoingLine::new(&batch.answers, Held::Batch(batch.permit)))
    }

    /// The line for a message of the server; `None` while its batch is incomplete.
    pub(super) fn answer(&mut self, message: &ServerJsonRpcMessage) -> Option<OutgoingLine> {
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
        match id.and_then(|id| self.in_flight.remove(id)) {
            None => Some(OutgoingLine::new(message, Held::Nothing)),
            Some(InFlight { slot, batch: None }) => Some(OutgoingLine::new(message, Held::RequestSlot(slot))),
            Some(InFlight { batch: Some(batch), .. }) => {
                self.close_part(batch, Some(serde_json::to_value(message).unwrap_or_default()))
            }
        }
    }
}

//! An event in the log, and what its listeners receive.

use std::ops::Deref;
use std::sync::Arc;

use bytes::Bytes;

/// An event as it is sent.
#[derive(Debug)]
pub(crate) struct Entry {
    /// `evt_…`.
    pub(crate) id: String,
    /// Such as `ticket.created`.
    pub(crate) kind: String,
    /// The exact bytes to deliver: one line of JSON.
    pub(crate) body: Bytes,
    /// The API request that caused it.
    pub(crate) request_id: Arc<str>,
}

/// An event in the log, with what every listener without a WebSocket receives.
#[derive(Debug)]
pub(crate) struct Logged {
    /// Its body is part of `frame`, so that it is in memory once.
    entry: Entry,
    /// `data` is byte for byte the body to forward, which is one line; plain SSE clients ignore `request-id`.
    pub(crate) frame: Bytes,
}

impl Logged {
    pub(super) fn new(mut entry: Entry) -> Self {
        let Entry { id, kind, request_id, body } = &entry;
        let head = format!("id: {id}\nevent: {kind}\nrequest-id: {request_id}\ndata: ");
        let frame = Bytes::from([head.as_bytes(), body, b"\n\n"].concat());
        entry.body = frame.slice(head.len()..head.len() + body.len());
        Self { entry, frame }
    }
}

impl Deref for Logged {
    type Target = Entry;

    fn deref(&self) -> &Entry {
        &self.entry
    }
}

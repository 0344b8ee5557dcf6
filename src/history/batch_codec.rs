//! How records are encoded in a batch: one [`Entry`] after the other, as postcard writes them.
//!
//! A batch is short-lived, but one may be left by a process that was killed, and found by a later version. To change an
//! entry, add a variant, or a format whose migration expands what is left.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};

use super::attempt_rows::{is_truncated, micros, response};
use super::headers;
use super::model::{DeliveryState, EventOrigin, MAX_TARGETS, RecordedOutcome, time};
use super::record::{
    AttemptRecord, DisconnectRecord, GapRecord, LocalOrigin, ReceivedRecord, Record, SettledDelivery,
    SkippedEvent, truncate_text,
};
use crate::event::{EventMeta, ReceivedEvent};

/// A record as it is stored. Times are in milliseconds, and states and origins have their names, as in the tables.
#[derive(Debug, Serialize, Deserialize)]
enum Entry<'a> {
    Received {
        seq: u64,
        id: &'a str,
        event_type: &'a str,
        request_id: Option<&'a str>,
        webhook_id: Option<&'a str>,
        received_at: i64,
        #[serde(borrow)]
        body: Blob<'a>,
        targets: Vec<&'a str>,
        origin: Option<(&'a str, Option<&'a str>)>,
    },
    Skipped {
        id: Option<&'a str>,
        event_type: Option<&'a str>,
        at: i64,
        reason: &'a str,
    },
    #[serde(borrow)]
    Attempt(Attempt<'a>),
    Settled {
        seq: u64,
        target: &'a str,
        state: &'a str,
        at: i64,
    },
    Gap {
        at: i64,
        after: Option<&'a str>,
        since: Option<i64>,
        reason: &'a str,
    },
    Disconnected {
        at: i64,
        reason: &'a str,
        retry_in_ms: u64,
    },
    BeganAt(&'a str),
}

#[derive(Debug, Serialize, Deserialize)]
struct Attempt<'a> {
    seq: u64,
    target: &'a str,
    attempt: u32,
    started_at: i64,
    duration_us: i64,
    status: Option<u16>,
    outcome: &'a str,
    reason: Option<&'a str>,
    /// As in the tables: one per line, without credentials.
    request_headers: Option<String>,
    response_headers: String,
    #[serde(borrow)]
    response_body: Blob<'a>,
    truncated: bool,
    settles: Option<(&'a str, i64)>,
    chaos: Option<&'a str>,
}

/// Bytes, which serde would otherwise write one by one.
#[derive(Debug, Deserialize)]
struct Blob<'a>(&'a [u8]);

impl Serialize for Blob<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

/// Appends a record.
pub(super) fn encode(record: &Record, out: Vec<u8>) -> Result<Vec<u8>, postcard::Error> {
    postcard::to_extend(&entry(record), out)
}

/// The records of a batch.
pub(super) fn decode(mut batch: &[u8]) -> Result<Vec<Record>, postcard::Error> {
    let mut records = Vec::new();
    while !batch.is_empty() {
        let (entry, rest) = postcard::take_from_bytes(batch)?;
        records.push(record(entry));
        batch = rest;
    }
    Ok(records)
}

fn entry(record: &Record) -> Entry<'_> {
    match record {
        Record::Received(ReceivedRecord { seq, event, targets, local }) => Entry::Received {
            seq: *seq,
            id: &event.id,
            event_type: &event.event_type,
            request_id: event.request_id.as_deref().map(truncate_text),
            webhook_id: event.webhook_id.as_deref().map(truncate_text),
            received_at: event.received_at.as_millisecond(),
            body: Blob(&event.body),
            targets: targets.iter().take(MAX_TARGETS).map(AsRef::as_ref).collect(),
            origin: local
                .as_ref()
                .and_then(|local| Some((local.origin.as_str()?, local.source_id.as_deref()))),
        },
        Record::Skipped(SkippedEvent { id, event_type, at, reason }) => Entry::Skipped {
            id: id.as_deref().map(truncate_text),
            event_type: event_type.as_deref().map(truncate_text),
            at: at.as_millisecond(),
            reason: truncate_text(reason),
        },
        Record::Attempt(attempt) => Entry::Attempt(attempt_entry(attempt)),
        Record::Settled(SettledDelivery { seq, target, state, at }) => {
            Entry::Settled { seq: *seq, target, state: state.as_str(), at: at.as_millisecond() }
        }
        Record::Gap(GapRecord { at, after, since, reason }) => Entry::Gap {
            at: at.as_millisecond(),
            after: after.as_deref().map(truncate_text),
            since: since.map(Timestamp::as_millisecond),
            reason: truncate_text(reason),
        },
        Record::Disconnected(DisconnectRecord { at, reason, retry_in }) => Entry::Disconnected {
            at: at.as_millisecond(),
            reason: truncate_text(reason),
            retry_in_ms: u64::try_from(retry_in.as_millis()).unwrap_or(u64::MAX),
        },
        Record::BeganAt(cursor) => Entry::BeganAt(cursor),
    }
}

fn attempt_entry(attempt: &AttemptRecord) -> Attempt<'_> {
    Attempt {
        seq: attempt.seq,
        target: &attempt.target,
        attempt: attempt.attempt,
        started_at: attempt.started_at.as_millisecond(),
        duration_us: micros(attempt.duration),
        status: attempt.status,
        outcome: attempt.outcome.as_str(),
        reason: attempt.reason.as_deref().map(truncate_text),
        request_headers: attempt.request_headers.as_ref().map(headers::to_text),
        response_headers: headers::to_text(&attempt.response_headers),
        response_body: Blob(response(attempt)),
        truncated: is_truncated(attempt),
        settles: attempt.settles.map(|(state, at)| (state.as_str(), at.as_millisecond())),
        chaos: attempt.chaos.as_deref(),
    }
}

fn record(entry: Entry<'_>) -> Record {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    match entry {
        Entry::Received {
            seq,
            id,
            event_type,
            request_id,
            webhook_id,
            received_at,
            body,
            targets,
            origin,
        } => {
            let meta = EventMeta {
                id: id.to_owned(),
                event_type: event_type.to_owned(),
                request_id: owned(request_id),
                webhook_id: webhook_id.map(Arc::from),
                received_at: time(received_at),
            };
            let event = ReceivedEvent { meta: Arc::new(meta), body: Bytes::copy_from_slice(body.0) };
            let local = origin.map(|(origin, source_id)| {
                let origin = EventOrigin::from_name(Some(origin));
                Box::new(LocalOrigin { origin, source_id: owned(source_id) })
            });
            let targets = targets.into_iter().map(Arc::from).collect();
            Record::Received(ReceivedRecord { seq, event, targets, local })
        }
        Entry::Skipped { id, event_type, at, reason } => Record::Skipped(SkippedEvent {
            id: owned(id),
            event_type: owned(event_type),
            at: time(at),
            reason: reason.to_owned(),
        }),
        Entry::Attempt(attempt) => Record::Attempt(Box::new(attempt_record(attempt))),
        Entry::Settled { seq, target, state, at } => Record::Settled(SettledDelivery {
            seq,
            target: target.into(),
            state: DeliveryState::from_name(state),
            at: time(at),
        }),
        Entry::Gap { at, after, since, reason } => Record::Gap(GapRecord {
            at: time(at),
            after: owned(after),
            since: since.map(time),
            reason: reason.to_owned(),
        }),
        Entry::Disconnected { at, reason, retry_in_ms } => Record::Disconnected(DisconnectRecord {
            at: time(at),
            reason: reason.to_owned(),
            retry_in: Duration::from_millis(retry_in_ms),
        }),
        Entry::BeganAt(cursor) => Record::BeganAt(cursor.to_owned()),
    }
}

fn attempt_record(attempt: Attempt<'_>) -> AttemptRecord {
    AttemptRecord {
        seq: attempt.seq,
        target: attempt.target.into(),
        attempt: attempt.attempt,
        started_at: time(attempt.started_at),
        duration: Duration::from_micros(attempt.duration_us.unsigned_abs()),
        status: attempt.status,
        outcome: RecordedOutcome::from_name(attempt.outcome),
        reason: attempt.reason.map(str::to_owned),
        request_headers: attempt.request_headers.as_deref().map(header_map),
        response_headers: header_map(&attempt.response_headers),
        response_body: Bytes::copy_from_slice(attempt.response_body.0),
        truncated: attempt.truncated,
        settles: attempt.settles.map(|(state, at)| (DeliveryState::from_name(state), time(at))),
        chaos: attempt.chaos.map(str::to_owned),
    }
}

/// The headers of which [`headers::to_text`] makes this text.
fn header_map(text: &str) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in text.lines().filter_map(|line| line.split_once(": ")) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(value.as_bytes()))
        {
            map.append(name, value);
        }
    }
    map
}

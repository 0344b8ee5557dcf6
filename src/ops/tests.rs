//! A history to try the commands on, written by a journal as `listen` would.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use jiff::Timestamp;

use crate::event::{EventMeta, ReceivedEvent};
use crate::history::{
    AttemptRecord, DisconnectRecord, EventDetail, HistorySettings, Journal, ReceivedRecord, Record,
    RecordedOutcome, RunScope, SkippedEvent,
};
use crate::history::{EventFilter, EventLookup, EventSummary, HistoryReader};
use crate::host::clock::Clock;

pub(crate) const TARGET: &str = "http://localhost:3000/hook";
/// 2026-03-06 14:30:00 UTC.
pub(crate) const NOW: i64 = 1_772_807_400_000;

/// A history in a directory of its own.
pub(crate) struct Seeded {
    pub(crate) dir: tempfile::TempDir,
}

pub(crate) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(NOW + millis).expect("a time")
}

impl Seeded {
    pub(crate) fn path(&self) -> PathBuf {
        self.dir.path().join("history.sqlite3")
    }

    pub(crate) fn reader(&self) -> HistoryReader {
        HistoryReader::open(&self.path()).expect("a reader")
    }

    pub(crate) fn get(&self, id: &str) -> EventDetail {
        match self.reader().get(id).expect("an answer") {
            EventLookup::Found(detail) => *detail,
            other => panic!("{id}: {other:?}"),
        }
    }

    /// Oldest first.
    pub(crate) fn list(&self) -> Vec<EventSummary> {
        let mut list = self.reader().list(&EventFilter::default()).expect("a list");
        list.reverse();
        list
    }

    /// `evt_good` got through at the second attempt, `evt_auth` was refused with 401, `evt_wait` waits,
    /// `evt_skip` was skipped; the connection was lost once.
    pub(crate) async fn new() -> Self {
        Self::at_target(TARGET).await
    }

    /// The same, sent to `target`.
    pub(crate) async fn at_target(target: &str) -> Self {
        let seeded = Self { dir: tempfile::tempdir().expect("a directory") };
        let journal =
            Journal::open(HistorySettings::new(seeded.path(), Clock::fixed(NOW))).expect("a journal");
        let scope = RunScope {
            base_url: "https://www.cstar.help".to_owned(),
            team_id: Some("team".to_owned()),
            environment: Some("test".to_owned()),
        };
        let target: Arc<str> = target.into();
        journal.begin_run(scope, vec![Arc::clone(&target)], 42).await.expect("a run");
        for record in records(&target) {
            journal.record(record).await;
        }
        journal.close().await;
        seeded
    }
}

fn records(target: &Arc<str>) -> Vec<Record> {
    let lost = DisconnectRecord {
        at: at(50),
        reason: "reset\x1b[2J".to_owned(),
        retry_in: Duration::from_millis(500),
    };
    let skipped = SkippedEvent {
        id: Some("evt_skip".to_owned()),
        event_type: Some("ticket.closed".to_owned()),
        at: at(30),
        reason: "not among --events".to_owned(),
    };
    let mut records = vec![
        received(target, 1, "evt_good"),
        attempt(target, 1, 1, Some(500), RecordedOutcome::Retry),
        attempt(target, 1, 2, Some(200), RecordedOutcome::Delivered),
        received(target, 2, "evt_auth"),
        attempt(target, 2, 1, Some(401), RecordedOutcome::Failed),
        Record::Skipped(skipped),
        Record::Disconnected(lost),
        received(target, 3, "evt_wait"),
    ];
    records.extend((0..3).map(|_| attempt(target, 3, 1, None, RecordedOutcome::Refused)));
    records
}

fn received(target: &Arc<str>, seq: u64, id: &str) -> Record {
    let title = r#"{"ticket":{"id":7,"title":"\u001b[2J evil","n":12345678901234567890123}}"#;
    let meta = EventMeta {
        id: id.to_owned(),
        event_type: "ticket.created".to_owned(),
        request_id: Some("req_1".to_owned()),
        webhook_id: Some("whk_1".into()),
        received_at: at(i64::try_from(seq).expect("small") * 10),
    };
    let body = Bytes::from(format!(r#"{{"id":"{id}","type":"ticket.created","data":{title}}}"#));
    Record::Received(ReceivedRecord {
        seq,
        event: ReceivedEvent { meta: Arc::new(meta), body },
        targets: vec![Arc::clone(target)],
    })
}

fn attempt(
    target: &Arc<str>,
    seq: u64,
    number: u32,
    status: Option<u16>,
    outcome: RecordedOutcome,
) -> Record {
    let mut request = HeaderMap::new();
    request.insert("x-event-type", HeaderValue::from_static("ticket.created"));
    request.insert("x-delivery-attempt", HeaderValue::from(number));
    let mut response = HeaderMap::new();
    response.insert("content-type", HeaderValue::from_static("text/plain"));
    Record::Attempt(Box::new(AttemptRecord {
        seq,
        target: Arc::clone(target),
        attempt: number,
        started_at: at(100 + i64::from(number) * 500),
        duration: Duration::from_micros(12_340),
        status,
        outcome,
        reason: match (status, outcome) {
            (_, RecordedOutcome::Delivered) => None,
            (Some(status), _) => Some(format!("answered HTTP {status}")),
            (None, _) => Some("refuses connections".to_owned()),
        },
        request_headers: Some(request),
        response_headers: response,
        response_body: Bytes::from_static(b"no\x1b[31m way"),
        truncated: false,
        settles: outcome.final_state().map(|state| (state, at(1200))),
    }))
}

//! The history as a whole: records are read back from any process, however the run ended.

mod active_runs;
mod batches;
mod bounds;
mod damage;
mod pause;
mod processes;
mod records;
mod resume;
mod selection;
mod watcher;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use jiff::Timestamp;

use super::model::Leftover;
use super::record::SettledDelivery;
use super::*;
use crate::event::{EventMeta, ReceivedEvent};
use crate::host::clock::Clock;

const TARGET: &str = "http://localhost:3000/";
const NOW: i64 = 1_774_583_010_044;

/// A history in its own directory, with a fixed clock.
struct TestHistory {
    dir: tempfile::TempDir,
    clock: Clock,
}

impl TestHistory {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().expect("a directory"), clock: Clock::fixed(NOW) }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("state").join("history.sqlite3")
    }

    fn settings(&self) -> HistorySettings {
        HistorySettings::new(self.path(), self.clock.clone())
    }

    fn open(&self) -> Journal {
        Journal::open(self.settings()).expect("a journal")
    }

    /// A journal with a run.
    async fn begin(&self) -> Journal {
        begin(self.settings()).await
    }

    /// A new history and its journal.
    async fn begun() -> (Self, Journal) {
        let history = Self::new();
        let journal = history.begin().await;
        (history, journal)
    }

    fn event(&self, id: &str) -> EventDetail {
        found(self.reader().get(id).expect("an answer"))
    }

    fn reader(&self) -> HistoryReader {
        HistoryReader::open(&self.path()).expect("a reader")
    }

    fn sql(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.path()).expect("a connection")
    }
}

async fn begin(settings: HistorySettings) -> Journal {
    let journal = Journal::open(settings).expect("a journal");
    journal.begin_run(scope(), vec![TARGET.into()], 42).await.expect("a run");
    journal
}

fn scope() -> RunScope {
    RunScope {
        base_url: "https://www.cstar.help".to_owned(),
        team_id: Some("team".to_owned()),
        environment: Some("test".to_owned()),
    }
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(NOW + millis).expect("a time")
}

fn received(seq: u64, id: &str) -> Record {
    Record::Received(ReceivedRecord { seq, event: event(seq, id), targets: vec![TARGET.into()], local: None })
}

fn event(seq: u64, id: &str) -> ReceivedEvent {
    let meta = EventMeta {
        id: id.to_owned(),
        event_type: "ticket.created".to_owned(),
        request_id: Some("req_1".to_owned()),
        webhook_id: Some("whk_1".into()),
        received_at: at(seq.cast_signed()),
    };
    ReceivedEvent { meta: Arc::new(meta), body: Bytes::from(format!("{{\"id\":\"{id}\"}}")) }
}

/// The metadata of an event that is not shared yet.
fn meta(record: &mut ReceivedRecord) -> &mut EventMeta {
    Arc::get_mut(&mut record.event.meta).expect("not shared")
}

fn an_attempt(seq: u64, attempt: u32, outcome: RecordedOutcome) -> AttemptRecord {
    AttemptRecord {
        seq,
        target: TARGET.into(),
        attempt,
        started_at: at(1000 + i64::from(attempt)),
        duration: Duration::from_micros(1234),
        status: Some(200),
        outcome,
        reason: None,
        request_headers: None,
        response_headers: HeaderMap::new(),
        response_body: Bytes::new(),
        truncated: false,
        settles: None,
        chaos: None,
    }
}

fn attempt(seq: u64, number: u32, outcome: RecordedOutcome) -> Record {
    Record::Attempt(Box::new(an_attempt(seq, number, outcome)))
}

fn settled(seq: u64, state: DeliveryState) -> Record {
    Record::Settled(SettledDelivery { seq, target: TARGET.into(), state, at: at(5000) })
}

/// Records an event and its delivery by the first attempt.
async fn deliver(journal: &Journal, seq: u64, id: &str) {
    journal.record(received(seq, id)).await;
    journal.record(at_once(seq)).await;
}

/// The first attempt, which delivers the event.
fn at_once(seq: u64) -> Record {
    let settles = Some((DeliveryState::Delivered, at(5000)));
    Record::Attempt(Box::new(AttemptRecord { settles, ..an_attempt(seq, 1, RecordedOutcome::Delivered) }))
}

fn found(lookup: EventLookup) -> EventDetail {
    match lookup {
        EventLookup::Found(detail) => *detail,
        other => panic!("not found: {other:?}"),
    }
}

async fn leftover(journal: &Journal) -> Leftover {
    journal.leftover(scope()).await.expect("an answer").expect("a leftover")
}

fn ids(list: &[EventSummary]) -> Vec<&str> {
    list.iter().map(|summary| summary.id.as_deref().unwrap_or("-")).collect()
}

fn integrity(path: &Path) -> String {
    let conn = rusqlite::Connection::open(path).expect("a connection");
    conn.pragma_query_value(None, "integrity_check", |row| row.get(0)).expect("an answer")
}

pub(super) fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in pairs {
        map.append(*name, HeaderValue::from_static(value));
    }
    map
}

fn target(name: &str) -> Arc<str> {
    name.into()
}

/// Every delivery goes to its own target.
fn own() -> Candidates {
    Box::new(|target, _| vec![target.into()])
}

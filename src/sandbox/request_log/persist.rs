//! The request log across restarts: writes entries of the ring to the store, and reads them back.
//!
//! A client that follows the log and had entries that a killed sandbox lost, does not resume: its position is
//! unknown.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::entry::LogEntry;
use super::ring::Archive;
use super::ring::{CAPACITY, RequestLog};
use crate::sandbox::caller::Environment;
use crate::sandbox::store::Store;
use crate::sandbox::store::requests::{RequestRow, RequestSummary};

/// An entry as it is stored.
#[derive(Debug, Deserialize, Serialize)]
struct StoredEntry {
    id: String,
    /// Unix milliseconds.
    time: i64,
    method: String,
    target: String,
    status: u16,
    micros: u64,
    error_code: Option<String>,
    key_prefix: Option<String>,
    user_agent: Option<String>,
    environment: Option<String>,
    ip: Option<String>,
    faults: Vec<String>,
    request_body: Option<String>,
    response_body: Option<String>,
    tail: Option<String>,
}

impl From<&LogEntry> for StoredEntry {
    fn from(entry: &LogEntry) -> Self {
        Self {
            id: entry.id.to_string(),
            time: entry.time.as_millisecond(),
            method: entry.method.to_string(),
            target: entry.target.clone(),
            status: entry.status.as_u16(),
            micros: u64::try_from(entry.duration.as_micros()).unwrap_or(u64::MAX),
            error_code: entry.error_code.as_deref().map(str::to_owned),
            key_prefix: entry.key_prefix.clone(),
            user_agent: entry.user_agent.clone(),
            environment: entry.environment.map(|environment| environment.as_str().to_owned()),
            ip: entry.ip.clone(),
            faults: entry.faults.clone(),
            request_body: entry.request_body.clone(),
            response_body: entry.response_body.clone(),
            tail: entry.tail.as_deref().map(str::to_owned),
        }
    }
}

impl StoredEntry {
    /// `None` if it cannot be read, as an entry of a later version might.
    fn entry(self) -> Option<LogEntry> {
        Some(LogEntry {
            id: self.id.into(),
            time: jiff::Timestamp::from_millisecond(self.time).ok()?,
            method: self.method.parse().ok()?,
            target: self.target,
            status: self.status.try_into().ok()?,
            duration: Duration::from_micros(self.micros),
            error_code: self.error_code.map(Into::into),
            key_prefix: self.key_prefix,
            user_agent: self.user_agent,
            environment: self.environment.as_deref().and_then(Environment::parse),
            ip: self.ip,
            faults: self.faults,
            request_body: self.request_body,
            response_body: self.response_body,
            tail: self.tail.map(Into::into),
        })
    }
}

/// How many older entries are read in one step, while the store is locked.
const STRIDE: usize = 10_000;

/// The log of one environment when the sandbox stopped; the store keeps `limit` entries.
pub(crate) fn load(store: &Store, environment: Environment, limit: usize) -> RequestLog {
    if !store.is_kept() {
        return RequestLog::new(limit.min(CAPACITY));
    }
    let kept = store.requests(environment, limit.min(CAPACITY)).unwrap_or_else(|error| {
        tracing::warn!(%error, "the request log cannot be read");
        Vec::new()
    });
    // stop at the first unreadable entry, or positions would shift
    let entries: Vec<(u64, LogEntry)> =
        kept.iter().rev().map_while(|(position, entry)| Some((*position, read(entry)?))).collect();
    let newest = kept.last().map_or(0, |(position, _)| position + 1);
    let unbroken =
        entries.iter().zip((0..newest).rev()).take_while(|((position, _), wanted)| position == wanted);
    let entries: Vec<LogEntry> = unbroken.map(|((_, entry), _)| entry.clone()).collect();
    let first = newest - entries.len() as u64;
    RequestLog::restored(entries.into_iter().rev(), first, limit)
}

fn read(entry: &str) -> Option<LogEntry> {
    serde_json::from_str::<StoredEntry>(entry).ok()?.entry()
}

pub(crate) struct StoreArchive<'s>(pub(crate) &'s Store, pub(crate) Environment);

impl Archive for StoreArchive<'_> {
    fn before(&self, position: u64) -> Vec<RequestSummary> {
        read_or_warn(self.0.request_summaries(self.1, position, STRIDE)).unwrap_or_default()
    }

    fn position(&self, id: &str) -> Option<u64> {
        read_or_warn(self.0.request_position(self.1, id)).flatten()
    }

    fn entries(&self, positions: &[u64]) -> Vec<LogEntry> {
        let entries = read_or_warn(self.0.request_lines(self.1, positions)).unwrap_or_default();
        entries.iter().filter_map(|entry| read(entry)).collect()
    }
}

fn read_or_warn<T>(read: rusqlite::Result<T>) -> Option<T> {
    read.inspect_err(|error| tracing::warn!(%error, "the request log cannot be read")).ok()
}

/// Writes the new entries of `log`; the store keeps `limit` entries.
pub(crate) fn save(store: &Store, environment: Environment, log: &RequestLog, limit: usize) {
    if !store.is_kept() {
        return;
    }
    log.save(|entries, first| {
        let rows: Vec<RequestRow> =
            entries.iter().zip(first..).filter_map(|(entry, position)| row(entry, position)).collect();
        let written = store.add_requests(environment, &rows, limit);
        // on failure they are written with the next ones
        written.inspect_err(|error| tracing::warn!(%error, "the request log cannot be written")).is_ok()
    });
}

pub(crate) fn row(entry: &LogEntry, position: u64) -> Option<RequestRow> {
    let facts = RequestSummary {
        position,
        at: entry.time.as_millisecond(),
        method: entry.method.to_string(),
        status: entry.status.as_u16(),
        path: entry.path().to_owned(),
        tail: entry.tail.as_deref().map(str::to_owned),
    };
    let text = serde_json::to_string(&StoredEntry::from(entry)).ok()?;
    Some(RequestRow { facts, id: entry.id.to_string(), line: text })
}

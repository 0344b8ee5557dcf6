//! The request log across restarts: what is new in the ring goes to the store now and then.
//!
//! A killed sandbox loses the entries of its last moments: of 50 ms, and what the write took. Whoever follows the
//! log learns of it then, since the place it was at is unknown.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::entry::LogEntry;
use super::ring::Archive;
use super::ring::{CAPACITY, RequestLog};
use crate::sandbox::caller::Environment;
use crate::sandbox::state::{Shared, State};
use crate::sandbox::store::Store;
use crate::sandbox::store::requests::{RequestRow, RequestSummary};

/// How long entries are collected before they are written.
const PAUSE: Duration = Duration::from_millis(50);

/// A entry as it is kept.
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
    /// `None` if it makes no sense, as a entry of a later version might not.
    fn entry(self) -> Option<LogEntry> {
        let environment = |name: &str| Environment::ALL.into_iter().find(|one| one.as_str() == name);
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
            environment: self.environment.as_deref().and_then(environment),
            ip: self.ip,
            faults: self.faults,
            request_body: self.request_body,
            response_body: self.response_body,
            tail: self.tail.map(Into::into),
        })
    }
}

/// How many older entries are looked at in one go, while the store is locked.
const STRIDE: usize = 10_000;

/// The log of one environment as it was when the sandbox ended, of which `limit` entries are kept.
pub(crate) fn load(store: &Store, environment: Environment, limit: usize) -> RequestLog {
    if !store.is_kept() {
        return RequestLog::new(limit.min(CAPACITY));
    }
    let kept = store.requests(environment, limit.min(CAPACITY)).unwrap_or_else(|error| {
        tracing::warn!(%error, "the request log cannot be read");
        Vec::new()
    });
    // what cannot be read ends the past, or positions would not be those of the entries
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

/// The entries of one environment in the store.
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

/// Writes what is new.
pub(crate) fn save(state: &State) {
    if !state.store.is_kept() {
        return;
    }
    for environment in Environment::ALL {
        state.requests(environment).save(|entries, first| {
            let rows: Vec<RequestRow> =
                entries.iter().zip(first..).filter_map(|(entry, position)| row(entry, position)).collect();
            let written = state.store.add_requests(environment, &rows, state.settings.log_limit);
            // they are tried again with the next ones
            written.inspect_err(|error| tracing::warn!(%error, "the request log cannot be written")).is_ok()
        });
    }
}

fn row(entry: &LogEntry, position: u64) -> Option<RequestRow> {
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

/// Learns of the entries that are in the store alone, beside everything else.
async fn load_older(state: &Shared) {
    let state = state.clone();
    let learn = move || {
        for environment in Environment::ALL {
            while !*state.closing().borrow()
                && state.requests(environment).load_older(&StoreArchive(&state.store, environment))
            {
            }
        }
    };
    let _ = tokio::task::spawn_blocking(learn).await;
}

/// Writes what is new now and then, until the sandbox shuts down.
pub(crate) async fn run(state: Shared) {
    load_older(&state).await;
    let mut closing = state.closing();
    let [mut test, mut live] = Environment::ALL.map(|environment| state.requests(environment).changes());
    while !*closing.borrow() {
        tokio::select! {
            _ = test.changed() => {}
            _ = live.changed() => {}
            _ = closing.changed() => return,
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            _ = closing.changed() => return,
        }
        // beside the requests that are answered meanwhile
        let state = state.clone();
        let _ = tokio::task::spawn_blocking(move || save(&state)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::request_log::filter::Filter;
    use crate::sandbox::settings::Settings;

    fn entry(number: usize, environment: Option<Environment>) -> LogEntry {
        LogEntry {
            id: format!("req_{number}").into(),
            time: jiff::Timestamp::from_second(1).unwrap(),
            method: axum::http::Method::PATCH,
            target: "/api/v1/x?a=b".to_owned(),
            status: axum::http::StatusCode::NOT_FOUND,
            duration: Duration::from_micros(1_234),
            error_code: Some("RESOURCE_MISSING".into()),
            key_prefix: Some("sk_test_AbCd".to_owned()),
            user_agent: None,
            environment,
            ip: Some("127.0.0.1".to_owned()),
            faults: vec!["flt_1".to_owned()],
            request_body: Some("{}".to_owned()),
            response_body: None,
            tail: Some("abc".into()),
        }
    }

    fn shown(state: &State, environment: Environment) -> Vec<serde_json::Value> {
        let archive = StoreArchive(&state.store, environment);
        let log = state.requests(environment);
        log.list(&archive, &Filter::default(), None, 100)
            .unwrap()
            .entries
            .iter()
            .map(|entry| entry.to_json())
            .collect()
    }

    #[test]
    fn what_is_new_is_written_once_and_found_again() {
        let home = tempfile::tempdir().unwrap();
        let open = || State::with(Settings::default(), Store::open(home.path(), 10).unwrap(), 80);
        let state = open();
        let log = state.requests(Environment::Test);
        for number in 0..3 {
            log.append(entry(number, Some(Environment::Test)).into());
            save(&state);
            save(&state);
        }
        state.requests(Environment::Live).append(entry(9, None).into());
        save(&state);
        let before = shown(&state, Environment::Test);
        drop(state);

        let again = open();
        assert_eq!(shown(&again, Environment::Test), before);
        assert_eq!(before.len(), 3);
        let live = shown(&again, Environment::Live);
        assert_eq!((live.len(), &live[0]["environment"]), (1, &serde_json::Value::Null));
        save(&again);
        assert_eq!(again.store.requests(Environment::Test, 10).unwrap().len(), 3, "what was read is not new");
    }

    #[test]
    fn the_table_is_bounded_and_memory_keeps_nothing() {
        let home = tempfile::tempdir().unwrap();
        let store = Store::open(home.path(), 10).unwrap();
        let rows: Vec<RequestRow> =
            (0..30).map(|number| row(&entry(number, None), number as u64).unwrap()).collect();
        store.add_requests(Environment::Test, &rows, 20).unwrap();
        store.add_requests(Environment::Live, &rows[..5], 20).unwrap();
        let kept = store.requests(Environment::Test, 100).unwrap();
        assert_eq!(kept.len(), 20);
        assert!(kept.iter().zip(&rows[10..]).all(|((_, kept), row)| *kept == row.line));
        assert_eq!(store.requests(Environment::Live, 100).unwrap().len(), 5);
        let memory = State::new(Settings::default(), 80);
        memory.requests(Environment::Test).append(entry(1, None).into());
        save(&memory);
        assert!(memory.store.requests(Environment::Test, 10).unwrap().is_empty());
    }

    #[test]
    fn lines_that_are_in_the_store_alone_are_listed_and_found_like_the_others() {
        let home = tempfile::tempdir().unwrap();
        let kept = CAPACITY + 5_000;
        let store = Store::open(home.path(), 10).unwrap();
        let mut rows = Vec::new();
        for number in 0..kept + 7 {
            let mut entry = entry(number, Some(Environment::Test));
            entry.time = jiff::Timestamp::from_millisecond(i64::try_from(number).unwrap()).unwrap();
            entry.status = if number % 1_000 == 0 { 500 } else { 200 }.try_into().unwrap();
            entry.target = format!("/api/v1/x/{}?q", number % 10);
            rows.push(row(&entry, number as u64).unwrap());
        }
        store.add_requests(Environment::Test, &rows, kept).unwrap();
        let settings = Settings { log_limit: kept, ..Settings::default() };
        let state = State::with(settings, store, 80);
        let log = state.requests(Environment::Test);
        let list = |query: &str, after: Option<&str>, limit| {
            let query =
                crate::sandbox::request_log::filter::Query::parse(&format!("/?{query}").parse().unwrap());
            let filter = Filter::parse(&query.unwrap()).unwrap();
            let page =
                log.list(&StoreArchive(&state.store, Environment::Test), &filter, after, limit).unwrap();
            let ids: Vec<String> = page.entries.iter().map(|entry| entry.id.to_string()).collect();
            (ids, page.total, page.has_more)
        };
        let (all, total, more) = list("", None, 100);
        assert_eq!((all[0].as_str(), total, more), ("req_15006", kept, true));
        let (broken, total, more) = list("status=5xx", None, 100);
        let wanted: Vec<String> = (1..=15).rev().map(|thousand| format!("req_{thousand}000")).collect();
        assert_eq!((broken, total, more), (wanted, 15, false), "req_0 is one of the seven too many");
        let (next, _, more) = list("status=5xx", Some("req_3000"), 1);
        assert_eq!(
            (next, more),
            (vec!["req_2000".to_owned()], true),
            "the entry it goes on after is old too"
        );
        let (some, total, _) =
            list("path=*/x/3&since=1970-01-01T00:00:00.020Z&until=1970-01-01T00:00:00.044Z", None, 9);
        assert_eq!((some.join(" ").as_str(), total), ("req_43 req_33 req_23", 3));
        // what is new pushes the oldest out, and goes on where the store ends
        log.append(entry(20_000, Some(Environment::Test)).into());
        save(&state);
        assert_eq!(list("", None, 1), (vec!["req_20000".to_owned()], kept, true));
        assert_eq!(list("", Some("req_9"), 5).0, ["req_8"]);
        assert_eq!(state.store.request_position(Environment::Test, "req_7").unwrap(), None);
    }
}

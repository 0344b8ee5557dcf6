//! Written log entries survive a restart.

use super::*;
use crate::sandbox::request_log::entry::LogEntry;
use crate::sandbox::request_log::filter::{Filter, Query};
use crate::sandbox::request_log::persist::row;
use crate::sandbox::request_log::ring::CAPACITY;
use crate::sandbox::settings::Settings;
use crate::sandbox::store::Store;
use crate::sandbox::store::requests::RequestRow;

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

fn listed(state: &State, environment: Environment) -> Vec<serde_json::Value> {
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
fn new_entries_are_written_once() {
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
    let before = listed(&state, Environment::Test);
    drop(state);

    let again = open();
    assert_eq!(listed(&again, Environment::Test), before);
    assert_eq!(before.len(), 3);
    let live = listed(&again, Environment::Live);
    assert_eq!((live.len(), &live[0]["environment"]), (1, &serde_json::Value::Null));
    save(&again);
    assert_eq!(again.store.requests(Environment::Test, 10).unwrap().len(), 3, "restored entries are not new");
}

#[test]
fn request_table_is_limited() {
    let home = tempfile::tempdir().unwrap();
    let store = Store::open(home.path(), 10).unwrap();
    let rows: Vec<RequestRow> =
        (0..30).map(|number| row(&entry(number, None), number as u64).unwrap()).collect();
    store.add_requests(Environment::Test, &rows, 20).unwrap();
    store.add_requests(Environment::Live, &rows[..5], 20).unwrap();
    let stored = store.requests(Environment::Test, 100).unwrap();
    assert_eq!(stored.len(), 20);
    assert!(stored.iter().zip(&rows[10..]).all(|((_, stored), row)| *stored == row.line));
    assert_eq!(store.requests(Environment::Live, 100).unwrap().len(), 5);
    let memory = State::new(Settings::default(), 80);
    memory.requests(Environment::Test).append(entry(1, None).into());
    save(&memory);
    assert!(memory.store.requests(Environment::Test, 10).unwrap().is_empty());
}

#[test]
fn stored_entries_are_listed() {
    let home = tempfile::tempdir().unwrap();
    let stored = CAPACITY + 5_000;
    let store = Store::open(home.path(), 10).unwrap();
    let mut rows = Vec::new();
    for number in 0..stored + 7 {
        let mut entry = entry(number, Some(Environment::Test));
        entry.time = jiff::Timestamp::from_millisecond(i64::try_from(number).unwrap()).unwrap();
        entry.status = if number % 1_000 == 0 { 500 } else { 200 }.try_into().unwrap();
        entry.target = format!("/api/v1/x/{}?q", number % 10);
        rows.push(row(&entry, number as u64).unwrap());
    }
    store.add_requests(Environment::Test, &rows, stored).unwrap();
    let settings = Settings { log_limit: stored, ..Settings::default() };
    let state = State::with(settings, store, 80);
    let log = state.requests(Environment::Test);
    let list = |query: &str, after: Option<&str>, limit| {
        let query = Query::parse(&format!("/?{query}").parse().unwrap());
        let filter = Filter::parse(&query.unwrap()).unwrap();
        let page = log.list(&StoreArchive(&state.store, Environment::Test), &filter, after, limit).unwrap();
        let ids: Vec<String> = page.entries.iter().map(|entry| entry.id.to_string()).collect();
        (ids, page.total, page.has_more)
    };
    let (all, total, more) = list("", None, 100);
    assert_eq!((all[0].as_str(), total, more), ("req_15006", stored, true));
    let (broken, total, more) = list("status=5xx", None, 100);
    let expected: Vec<String> = (1..=15).rev().map(|thousand| format!("req_{thousand}000")).collect();
    assert_eq!((broken, total, more), (expected, 15, false), "`req_0` is one of the seven dropped entries");
    let (next, _, more) = list("status=5xx", Some("req_3000"), 1);
    assert_eq!((next, more), (vec!["req_2000".to_owned()], true), "the cursor is a stored entry too");
    let (some, total, _) =
        list("path=*/x/3&since=1970-01-01T00:00:00.020Z&until=1970-01-01T00:00:00.044Z", None, 9);
    assert_eq!((some.join(" ").as_str(), total), ("req_43 req_33 req_23", 3));
    // a new entry evicts the oldest one and follows the stored ones
    log.append(entry(20_000, Some(Environment::Test)).into());
    save(&state);
    assert_eq!(list("", None, 1), (vec!["req_20000".to_owned()], stored, true));
    assert_eq!(list("", Some("req_9"), 5).0, ["req_8"]);
    assert_eq!(state.store.request_position(Environment::Test, "req_7").unwrap(), None);
}

//! The ring of log entries: pages, followers, and its limits.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use jiff::Timestamp;

use super::follower::Follower;
use super::*;
use crate::sandbox::request_log::filter::{LogReader, Query};
use crate::sandbox::source::{Source, Step};

fn entry(number: usize, status: u16, tail: Option<&str>) -> Arc<LogEntry> {
    Arc::new(LogEntry {
        id: format!("req_{number}").into(),
        time: Timestamp::from_second(i64::try_from(number).unwrap()).unwrap(),
        method: Method::GET,
        target: format!("/api/v1/x/{number}?a=/y"),
        status: StatusCode::from_u16(status).unwrap(),
        duration: Duration::from_micros(1_500),
        error_code: None,
        key_prefix: None,
        user_agent: None,
        environment: None,
        ip: None,
        faults: Vec::new(),
        request_body: None,
        response_body: None,
        tail: tail.map(Into::into),
    })
}

/// A store without stored entries.
struct Nothing;

impl Archive for Nothing {
    fn before(&self, _: u64) -> Vec<RequestSummary> {
        Vec::new()
    }

    fn position(&self, _: &str) -> Option<u64> {
        None
    }

    fn entries(&self, _: &[u64]) -> Vec<LogEntry> {
        Vec::new()
    }
}

/// A log of the entries 1 to `count`, of which every third is a 404.
fn log(capacity: usize, count: usize) -> Arc<RequestLog> {
    let log = RequestLog::new(capacity);
    for number in 1..=count {
        log.append(entry(number, if number % 3 == 0 { 404 } else { 200 }, None));
    }
    Arc::new(log)
}

fn filter(query: &str) -> Filter {
    Filter::parse(&Query::parse(&format!("/x?{query}").parse().unwrap()).unwrap()).unwrap()
}

fn ids(entries: &[Arc<LogEntry>]) -> Vec<String> {
    entries.iter().map(|entry| entry.id.to_string()).collect()
}

/// The remaining entries of a follower.
fn rest(follower: &mut Follower) -> Vec<String> {
    std::iter::from_fn(|| match follower.step() {
        Step::Item(entry) => Some(entry.id.to_string()),
        Step::Idle => None,
        Step::Overtaken => Some("overtaken".to_owned()),
    })
    .take(100)
    .collect()
}

#[test]
fn pages_are_stable_while_entries_arrive() {
    let log = log(100, 7);
    let page = |after: Option<&str>| log.list(&Nothing, &Filter::default(), after, 3).unwrap();
    let first = page(None);
    assert_eq!(
        (ids(&first.entries).join(" ").as_str(), first.total, first.has_more),
        ("req_7 req_6 req_5", 7, true)
    );
    log.append(entry(8, 200, None));
    let second = page(Some("req_5"));
    assert_eq!(
        (ids(&second.entries).join(" ").as_str(), second.total, second.has_more),
        ("req_4 req_3 req_2", 8, true)
    );
    let third = page(Some("req_2"));
    assert_eq!((ids(&third.entries).join(" ").as_str(), third.has_more), ("req_1", false));
}

#[test]
fn all_filters_apply_together() {
    let log = log(100, 12);
    let list = |query| ids(&log.list(&Nothing, &filter(query), None, 10).unwrap().entries);
    assert_eq!(list("status=4xx"), ["req_12", "req_9", "req_6", "req_3"]);
    assert_eq!(
        list("status=404&since=1970-01-01T00:00:06Z&until=1970-01-01T00:00:12Z"),
        ["req_9", "req_6"],
        "`since` is inclusive, `until` is exclusive"
    );
    assert_eq!(list("path=*/x/1?"), ["req_12", "req_11", "req_10"], "the query is not part of the path");
    assert!(list("method=POST").is_empty());
    assert!(log.list(&Nothing, &Filter::default(), Some("req_13"), 10).is_none());
}

#[test]
fn follower_starts_with_the_last_matches() {
    let log = log(100, 9);
    let mut follower = log.follow(None, 2, filter("status=404"));
    assert_eq!(
        (&*follower.id, follower.resumed),
        ("req_5", false),
        "the entry before the first returned one"
    );
    assert_eq!(rest(&mut follower), ["req_6", "req_9"]);
    log.append(entry(10, 200, None));
    log.append(entry(12, 404, None));
    assert_eq!(rest(&mut follower), ["req_12"]);
    assert!(rest(&mut log.follow(None, 0, filter(""))).is_empty());
}

#[test]
fn follower_resumes_or_reports_a_gap() {
    let log = log(5, 9);
    let mut current = log.follow(Some("req_7"), 3, filter(""));
    assert!(current.resumed);
    assert_eq!(rest(&mut current), ["req_8", "req_9"]);
    let mut oldest = log.follow(Some("req_4"), 3, filter(""));
    assert!(oldest.resumed, "the entry right before the oldest is a valid position");
    assert_eq!(rest(&mut oldest).len(), 5);
    let mut lost = log.follow(Some("req_3"), 3, filter(""));
    assert!(!lost.resumed);
    assert_eq!(rest(&mut lost).len(), 5, "all remaining entries");
}

#[test]
fn slow_follower_is_overtaken() {
    let log = log(5, 5);
    let mut slow = log.follow(Some("req_1"), 0, filter(""));
    for number in 6..=12 {
        log.append(entry(number, 200, None));
    }
    assert_eq!(rest(&mut slow)[0], "overtaken");
}

#[test]
fn own_requests_are_not_listed() {
    let log = log(100, 1);
    let reader = LogReader { request_id: "req_2".into(), tail: Some("abc".into()) };
    let mut own = filter("");
    own.reader = Some(reader);
    let mut follower = log.follow(None, 10, own);
    log.append(entry(2, 200, None));
    log.append(entry(3, 200, Some("abc")));
    log.append(entry(4, 200, Some("other")));
    log.append(entry(5, 200, None));
    assert_eq!(rest(&mut follower), ["req_1", "req_4", "req_5"]);
}

#[test]
fn memory_is_limited_in_bytes() {
    let log = RequestLog::new(1_000_000);
    let mut big = LogEntry::clone(&entry(1, 200, None));
    big.response_body = Some("x".repeat(1024 * 1024));
    for _ in 0..100 {
        log.append(Arc::new(big.clone()));
    }
    let total = log.list(&Nothing, &Filter::default(), None, 0).unwrap().total;
    assert!((20..=32).contains(&total), "{total}");
}

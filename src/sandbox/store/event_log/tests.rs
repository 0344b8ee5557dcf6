//! The ring of events: order, limits, resuming, and the count of listeners.

use bytes::Bytes;

use super::cursor::Cursor;
use super::*;
use crate::sandbox::source::{Source, Step};

fn entry(id: &str, kind: &str) -> Entry {
    Entry { id: id.into(), kind: kind.into(), body: Bytes::from_static(b"{}"), request_id: "req_1".into() }
}

fn nothing() -> Past {
    Past { before_first: "start_0".into(), entries: Vec::new() }
}

fn log(capacity: usize, ids: &[&str]) -> Arc<EventLog> {
    let log = Arc::new(EventLog::since(nothing(), capacity));
    for id in ids {
        log.append(entry(id, "ticket.created"));
    }
    log
}

fn filter(pattern: &str) -> Filter {
    Filter::new(vec![Pattern::parse(pattern).unwrap()])
}

fn rest(cursor: &mut Cursor) -> Vec<String> {
    let mut ids = Vec::new();
    loop {
        match cursor.step() {
            Step::Item(entry) => ids.push(entry.id.clone()),
            Step::Idle => return ids,
            Step::Overtaken => {
                ids.push("overtaken".into());
                return ids;
            }
        }
    }
}

#[test]
fn new_listener_starts_at_the_end() {
    let log = log(10, &["a", "b"]);
    let mut cursor = log.join(None, Filter::default());
    assert_eq!(cursor.start().id, "b");
    assert!(!cursor.start().resumed);
    assert!(rest(&mut cursor).is_empty());
    log.append(entry("c", "ticket.created"));
    log.append(entry("d", "customer.created"));
    assert_eq!(rest(&mut cursor), ["c", "d"]);
}

#[test]
fn empty_log_can_be_resumed() {
    let log = log(10, &[]);
    let start = log.join(None, Filter::default()).start().id.clone();
    assert!(start.starts_with("start_"), "{start}");
    log.append(entry("a", "ticket.created"));
    let mut again = log.join(Some(&start), Filter::default());
    assert!(again.start().resumed);
    assert_eq!(rest(&mut again), ["a"]);
}

#[test]
fn log_continues_after_a_restart() {
    let past = || Past {
        before_first: "x".into(),
        entries: vec![entry("a", "ticket.created"), entry("b", "ticket.created")],
    };
    let log = Arc::new(EventLog::since(past(), 10));
    let mut cursor = log.join(Some("a"), Filter::default());
    assert!(cursor.start().resumed);
    assert_eq!(rest(&mut cursor), ["b"]);
    assert!(log.join(Some("x"), Filter::default()).start().resumed, "no later event is missing");
    assert_eq!(log.join(None, Filter::default()).start().id, "b");
    let narrow = Arc::new(EventLog::since(past(), 1));
    assert!(!narrow.join(Some("x"), Filter::default()).start().resumed);
    assert_eq!(rest(&mut narrow.join(Some("a"), Filter::default())), ["b"]);
}

#[test]
fn resuming_keeps_the_listeners_id() {
    let log = log(10, &["a", "b", "c"]);
    let mut cursor = log.join(Some("a"), Filter::default());
    assert_eq!((cursor.start().id.as_str(), cursor.start().resumed), ("a", true));
    assert_eq!(rest(&mut cursor), ["b", "c"]);
    let mut newest = log.join(Some("c"), Filter::default());
    assert_eq!((newest.start().id.as_str(), newest.start().resumed), ("c", true));
    assert!(rest(&mut newest).is_empty());
}

#[test]
fn unknown_position_replays_everything() {
    let log = log(2, &["a", "b", "c", "d"]);
    for unknown in ["a", "zzz", "start_000000000000"] {
        let mut cursor = log.join(Some(unknown), Filter::default());
        assert_eq!((cursor.start().id.as_str(), cursor.start().resumed), ("b", false), "{unknown}");
        assert_eq!(rest(&mut cursor), ["c", "d"]);
    }
    // `b` itself is evicted, but nothing after it: no gap
    let mut cursor = log.join(Some("b"), Filter::default());
    assert!(cursor.start().resumed);
    assert_eq!(rest(&mut cursor), ["c", "d"]);
}

#[test]
fn slow_cursor_is_overtaken() {
    let log = log(2, &[]);
    let mut cursor = log.join(None, Filter::default());
    for id in ["a", "b"] {
        log.append(entry(id, "ticket.created"));
    }
    assert!(matches!(cursor.step(), Step::Item(entry) if entry.id == "a"));
    for id in ["c", "d"] {
        log.append(entry(id, "ticket.created"));
    }
    assert_eq!(rest(&mut cursor), ["overtaken"]);
}

#[test]
fn ring_is_limited_in_bytes() {
    let log = Arc::new(EventLog::with_max_bytes(nothing(), 100, 5));
    for id in ["a", "b", "c"] {
        log.append(entry(id, "ticket.created"));
    }
    assert_eq!(rest(&mut log.join(Some("?"), Filter::default())), ["b", "c"]);
    let large = Entry { body: Bytes::from_static(b"{\"large\":1}"), ..entry("d", "ticket.created") };
    log.append(large);
    assert_eq!(rest(&mut log.join(Some("?"), Filter::default())), ["d"]);
}

#[test]
fn filters_apply_to_reads_and_counts() {
    let log = log(10, &[]);
    let mut tickets = log.join(None, filter("ticket.*"));
    let everything = log.join(None, Filter::default());
    assert_eq!(log.append(entry("a", "ticket.created")), 2);
    assert_eq!(log.append(entry("b", "customer.created")), 1);
    assert_eq!(rest(&mut tickets), ["a"]);
    drop(everything);
    assert_eq!(log.listeners(), 1);
    assert_eq!(log.append(entry("c", "customer.created")), 0);
}

#[tokio::test]
async fn appended_event_wakes_the_cursor() {
    let log = log(10, &[]);
    let mut cursor = log.join(None, Filter::default());
    assert!(matches!(cursor.step(), Step::Idle));
    log.append(entry("a", "ticket.created"));
    cursor.changed().await;
    assert_eq!(rest(&mut cursor), ["a"]);
}

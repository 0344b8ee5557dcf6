//! The history stays within its bounds, and reports unsettled events that it removes.

use std::sync::atomic::Ordering;

use super::*;

fn count(history: &TestHistory) -> usize {
    history.reader().list(&EventFilter::default()).expect("a list").len()
}

#[tokio::test]
async fn oldest_settled_events_are_pruned_first() {
    let history = TestHistory::new();
    let journal = begin(HistorySettings { max_events: 50, ..history.settings() }).await;
    journal.record(received(1, "evt_waiting")).await;
    for seq in 2..=300 {
        deliver(&journal, seq, &format!("evt_{seq}")).await;
    }
    let status = journal.status();
    journal.close().await;
    let list = history.reader().list(&EventFilter::default()).expect("a list");
    let ids = ids(&list);
    assert_eq!((ids.len(), ids[0], ids[48], ids[49]), (50, "evt_300", "evt_252", "evt_waiting"));
    assert_eq!(*status.borrow(), JournalStatus::default(), "nothing to report");
    let orphans = "SELECT (SELECT count(*) FROM attempts WHERE event NOT IN (SELECT event FROM events))
        + (SELECT count(*) FROM deliveries WHERE event NOT IN (SELECT event FROM events))";
    assert_eq!(history.sql().query_row(orphans, [], |row| row.get::<_, i64>(0)).expect("a count"), 0);
}

#[tokio::test]
async fn burst_stays_within_the_bounds() {
    let history = TestHistory::new();
    let journal = begin(HistorySettings { max_events: 100, ..history.settings() }).await;
    for seq in 1..=5000 {
        journal.record(received(seq, "evt")).await;
        journal.record(settled(seq, DeliveryState::Delivered)).await;
        if seq % 500 == 0 {
            // Twice the events between two checks of the bounds, and a batch.
            let rows = number(&history, "SELECT count(*) FROM events");
            assert!(rows <= 100 + 2 * 512 + 512, "{rows} events at {seq}");
        }
    }
    journal.close().await;
    assert_eq!(count(&history), 100);
}

#[tokio::test]
async fn batches_of_a_burst_have_a_bound() {
    let history = TestHistory::new();
    let max_bytes = 4 * 1024 * 1024;
    let settings = HistorySettings { max_bytes, max_events: 100, burst: Some(1), ..history.settings() };
    let journal = begin(settings).await;
    let (mut most, mut rows) = (0, 0);
    for seq in 1..=5000 {
        let Record::Received(mut event) = received(seq, "evt") else { panic!("an event") };
        event.event.body = Bytes::from(vec![b'x'; 4096]);
        journal.record(Record::Received(event)).await;
        journal.record(settled(seq, DeliveryState::Delivered)).await;
        if seq % 100 == 0 {
            most = most.max(number(&history, "SELECT total(length(records)) FROM record_batches"));
            rows = rows.max(number(&history, "SELECT count(*) FROM events"));
        }
    }
    // A quarter of the file, and what the channel holds.
    assert!((1..=max_bytes as i64 / 4 + 3 * 1024 * 1024).contains(&most), "{most} bytes in batches");
    assert!((1..=100 + 3 * 512).contains(&rows), "{rows} rows");
    journal.close().await;
    assert_eq!(count(&history), 100);
}

fn number(history: &TestHistory, sql: &str) -> i64 {
    let sql = format!("SELECT CAST(({sql}) AS INTEGER)");
    history.sql().query_row(&sql, [], |row| row.get(0)).expect("a number")
}

#[tokio::test]
async fn old_events_are_pruned() {
    let (history, journal) = TestHistory::begun().await;
    deliver(&journal, 1, "evt_old").await;
    journal
        .record(Record::Disconnected(DisconnectRecord {
            at: at(0),
            reason: "reset".to_owned(),
            retry_in: Duration::ZERO,
        }))
        .await;
    journal.close().await;
    let Clock::Fixed(now) = &history.clock else { panic!("a fixed clock") };
    now.fetch_add(6 * 24 * 3600 * 1000, Ordering::Relaxed);
    history.open().close().await;
    assert_eq!(count(&history), 1, "not yet");
    now.fetch_add(2 * 24 * 3600 * 1000, Ordering::Relaxed);
    // The first start after that time only records it, because its clock may be wrong.
    begin(history.settings()).await.close().await;
    assert_eq!(count(&history), 1, "not at the first start");
    history.open().close().await;
    assert_eq!(count(&history), 0);
    assert!(history.reader().connection_events(None, None).expect("connection events").is_empty());
    let runs = "SELECT count(*) FROM runs";
    assert_eq!(history.sql().query_row(runs, [], |row| row.get::<_, i64>(0)).expect("a count"), 1);
}

#[tokio::test]
async fn file_stays_within_max_bytes() {
    let history = TestHistory::new();
    let max_bytes = 1024 * 1024;
    let journal = begin(HistorySettings { max_bytes, ..history.settings() }).await;
    for seq in 1..=1000 {
        let Record::Received(mut event) = received(seq, &format!("evt_{seq}")) else { panic!("an event") };
        event.event.body = Bytes::from(vec![b'x'; 20_000]);
        journal.record(Record::Received(event)).await;
        journal.record(settled(seq, DeliveryState::Delivered)).await;
        if seq % 20 == 0 {
            journal.flush().await.expect("committed");
        }
    }
    journal.close().await;
    let size = std::fs::metadata(history.path()).expect("a file").len();
    // Up to 4 MiB may be written between two checks.
    assert!(size < max_bytes + 5 * 1024 * 1024, "{size}");
    let kept = count(&history);
    assert!((40..=52).contains(&kept), "{kept}");
    assert!(
        matches!(history.reader().get("evt_1000").expect("an answer"), EventLookup::Found(_)),
        "the newest stay"
    );
}

#[tokio::test]
async fn active_run_keeps_its_waiting_events() {
    let history = TestHistory::new();
    let settings = || HistorySettings { max_events: 10, ..history.settings() };
    let first = begin(settings()).await;
    for seq in 1..=30 {
        first.record(received(seq, &format!("evt_{seq}"))).await;
    }
    first.flush().await.expect("committed");

    let second = begin(settings()).await;
    let status = second.status();
    second.close().await;
    assert_eq!(count(&history), 30, "the first run is active");
    assert_eq!(status.borrow().unsettled_pruned, 0);

    let status = first.status();
    first.close().await;
    assert_eq!((count(&history), status.borrow().unsettled_pruned), (30, 0), "its own events until the end");
    let third = begin(settings()).await;
    let status = third.status();
    third.close().await;
    assert_eq!((count(&history), status.borrow().unsettled_pruned), (10, 20));
}

#[tokio::test]
async fn wrong_clock_prunes_nothing() {
    let (history, journal) = TestHistory::begun().await;
    for seq in 1..=20 {
        deliver(&journal, seq, &format!("evt_{seq}")).await;
    }
    journal.close().await;
    let Clock::Fixed(now) = &history.clock else { panic!("a fixed clock") };
    const AHEAD: i64 = 30 * 24 * 3600 * 1000;
    now.fetch_add(AHEAD, Ordering::Relaxed);
    let journal = history.begin().await;
    let Record::Received(mut event) = received(1, "evt_ahead") else { panic!("an event") };
    meta(&mut event).received_at = at(AHEAD);
    journal.record(Record::Received(event)).await;
    journal.record(at_once(1)).await;
    journal.close().await;
    assert_eq!(count(&history), 21);
    now.fetch_sub(AHEAD, Ordering::Relaxed);
    let journal = history.begin().await;
    deliver(&journal, 1, "evt_after").await;
    journal.close().await;
    assert_eq!(count(&history), 22);
}

#[tokio::test]
async fn long_members_do_not_push_out_other_events() {
    let history = TestHistory::new();
    let max_bytes = 4 * 1024 * 1024;
    let journal = begin(HistorySettings { max_bytes, ..history.settings() }).await;
    for seq in 1..=200 {
        deliver(&journal, seq, &format!("evt_{seq}")).await;
    }
    for seq in 201..=230 {
        let Record::Received(mut event) = received(seq, &format!("evt_{seq}")) else { panic!("an event") };
        meta(&mut event).webhook_id = Some("w".repeat(1024 * 1024).into());
        meta(&mut event).request_id = Some("r".repeat(1024 * 1024));
        journal.record(Record::Received(event)).await;
        journal.record(at_once(seq)).await;
        let (id, reason) = (Some("i".repeat(1024 * 1024)), "r".repeat(1024 * 1024));
        journal.record(Record::Skipped(SkippedEvent { id, event_type: None, at: at(0), reason })).await;
        journal.flush().await.expect("committed");
    }
    journal.close().await;
    assert_eq!(count(&history), 260, "they are truncated, so that all fit");

    // Ids are not truncated: only as many events are removed as long ids need.
    let journal = begin(HistorySettings { max_bytes, ..history.settings() }).await;
    for seq in 301..=330 {
        deliver(&journal, seq, &format!("{}{seq}", "i".repeat(512 * 1024))).await;
        journal.flush().await.expect("committed");
    }
    journal.close().await;
    let kept = count(&history);
    assert!((3..=8).contains(&kept), "{kept}");
}

#[tokio::test]
async fn limit_asked_for_holds_for_later_runs() {
    let history = TestHistory::new();
    let limited = |limit| HistorySettings { limit, ..history.settings() };
    let journal = begin(limited(Some(20))).await;
    for seq in 1..=100 {
        deliver(&journal, seq, &format!("evt_{seq}")).await;
    }
    journal.close().await;
    assert_eq!(count(&history), 20);
    let journal = begin(limited(None)).await;
    for seq in 1..=30 {
        deliver(&journal, seq, &format!("evt_b{seq}")).await;
    }
    journal.close().await;
    assert_eq!(count(&history), 20, "a replay or a later run keeps the limit");
    let journal = begin(limited(Some(25))).await;
    for seq in 1..=30 {
        deliver(&journal, seq, &format!("evt_c{seq}")).await;
    }
    journal.close().await;
    assert_eq!(count(&history), 25);
}

#[tokio::test]
async fn events_of_another_process_are_counted() {
    let history = TestHistory::new();
    let settings = || HistorySettings { max_events: 10, ..history.settings() };
    let first = begin(settings()).await;
    let second = begin(settings()).await;
    for seq in 1..=100 {
        deliver(&first, seq, &format!("evt_a{seq}")).await;
        deliver(&second, seq, &format!("evt_b{seq}")).await;
    }
    second.close().await;
    first.close().await;
    assert_eq!(count(&history), 10);
}

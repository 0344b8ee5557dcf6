//! During a lock or on a full disk, records are kept; beyond a bound they are lost and counted.

use super::*;

async fn wait_until(journal: &Journal, wanted: impl FnMut(&JournalStatus) -> bool) -> JournalStatus {
    let mut status = journal.status();
    let found = tokio::time::timeout(Duration::from_secs(60), status.wait_for(wanted)).await;
    found.expect("in time").expect("a status").clone()
}

/// Lets the file grow again.
async fn free_the_disk(journal: &Journal) {
    let grown = journal.query(|store| {
        let sql = "PRAGMA max_page_count = 1000000";
        let grown = store.conn.query_row(sql, [], |row| row.get::<_, i64>(0));
        grown.map_err(|error| store.error(&error))
    });
    grown.await.expect("more pages");
}

/// Another process that locks the file until it is dropped.
fn hold(history: &TestHistory) -> rusqlite::Connection {
    let other = history.sql();
    other.execute_batch("BEGIN EXCLUSIVE").expect("locked");
    other
}

/// The journal of a run whose file cannot be used when it begins.
fn open_later(history: &TestHistory) -> Journal {
    let run = NewRun { scope: scope(), targets: vec![TARGET.into()], pid: 42 };
    let trouble = HistoryError::Off("locked".to_owned());
    Journal::open_later(history.settings(), run, &trouble).expect("a journal")
}

/// Every event of the file with the state of its first delivery.
fn all(history: &TestHistory) -> Vec<(String, DeliveryState)> {
    let mut list = history.reader().list(&EventFilter::default()).expect("a list");
    list.reverse();
    list.into_iter().map(|event| (event.id.unwrap_or_default(), event.deliveries[0].state)).collect()
}

#[tokio::test]
async fn locked_file_loses_nothing() {
    let (history, journal) = TestHistory::begun().await;
    journal.record(received(1, "evt_1")).await;
    journal.flush().await.expect("committed");
    let other = hold(&history);
    journal.record(at_once(1)).await;
    for seq in 2..=300 {
        deliver(&journal, seq, &format!("evt_{seq}")).await;
    }
    journal.record(received(301, "evt_301")).await;
    let status = wait_until(&journal, |status| status.paused.is_some()).await;
    assert!(status.paused.as_deref().is_some_and(|why| why.contains("another process")), "{status:?}");
    assert!(journal.is_paused() && !journal.is_off());
    // More records than the channel holds: recording does not wait for the file.
    for seq in 302..=4000 {
        deliver(&journal, seq, &format!("evt_{seq}")).await;
    }
    let bodies = journal.bodies(vec![301, 1]).await.expect("bodies");
    assert_eq!(bodies.len(), 2, "from memory, and from the file");
    drop(other);
    assert_eq!(wait_until(&journal, |status| status.paused.is_none()).await, JournalStatus::default());
    journal.record(settled(301, DeliveryState::Failed)).await;
    journal.close().await;
    let all = all(&history);
    assert_eq!(all.len(), 4000);
    for (number, (id, state)) in all.iter().enumerate() {
        let want = if number == 300 { DeliveryState::Failed } else { DeliveryState::Delivered };
        assert_eq!((id.as_str(), *state), (format!("evt_{}", number + 1).as_str(), want));
    }
    assert_eq!(integrity(&history.path()), "ok");
}

#[tokio::test]
async fn full_disk_loses_nothing_once_freed() {
    let history = TestHistory::new();
    let journal = begin(HistorySettings { max_pages: Some(20), ..history.settings() }).await;
    for seq in 1..=1500 {
        deliver(&journal, seq, &format!("evt_{seq}")).await;
    }
    let status = wait_until(&journal, |status| status.paused.is_some()).await;
    assert!(status.paused.as_deref().is_some_and(|why| why.contains("the disk is full")), "{status:?}");
    free_the_disk(&journal).await;
    wait_until(&journal, |status| status.paused.is_none()).await;
    journal.close().await;
    assert_eq!(all(&history).len(), 1500);
    assert!(all(&history).iter().all(|(_, state)| *state == DeliveryState::Delivered));
}

#[tokio::test]
async fn lost_records_beyond_the_bound_are_counted() {
    let history = TestHistory::new();
    let journal = begin(HistorySettings { max_pages: Some(20), ..history.settings() }).await;
    let large = |seq: u64| {
        let Record::Received(mut event) = received(seq, &format!("evt_{seq}")) else { panic!("an event") };
        event.event.body = Bytes::from(vec![b'x'; 1024 * 1024]);
        Record::Received(event)
    };
    let recording = async {
        for seq in 1..=40 {
            journal.record(large(seq)).await;
        }
        for seq in 1..=40 {
            journal.record(at_once(seq)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), recording).await.expect("recording does not wait");
    journal.query(|_| Ok(())).await.expect("all records are handled");
    let lost = journal.status().borrow().lost;
    assert!((20..40).contains(&lost.events), "{lost:?}");
    free_the_disk(&journal).await;
    let lost = wait_until(&journal, |status| status.paused.is_none()).await.lost;
    journal.close().await;
    let all = all(&history);
    assert_eq!(all.len() as u64 + lost.events, 40);
    assert!(all.iter().all(|(_, state)| *state == DeliveryState::Delivered), "ends are kept: {all:?}");
}

#[tokio::test]
async fn close_during_a_pause_counts_lost_records() {
    let (history, journal) = TestHistory::begun().await;
    journal.flush().await.expect("begun");
    let other = hold(&history);
    deliver(&journal, 1, "evt_1").await;
    let status = journal.status();
    wait_until(&journal, |status| status.paused.is_some()).await;
    journal.close().await;
    assert_eq!(status.borrow().lost, LostRecords { events: 1, attempts: 1 });
    drop(other);
    assert!(all(&history).is_empty());
}

#[tokio::test]
async fn lock_at_the_start_is_a_pause() {
    let history = TestHistory::new();
    history.begin().await.close().await;
    let other = hold(&history);
    let journal = open_later(&history);
    let mut status = journal.status();
    status.changed().await.expect("the pause is reported");
    assert!(status.borrow().paused.is_some() && journal.is_paused() && !journal.is_off());
    journal.begin_at("evt_0".to_owned()).await.expect("kept");
    for seq in 1..=50 {
        deliver(&journal, seq, &format!("evt_{seq}")).await;
    }
    assert!(journal.reopen(vec![]).await.is_err(), "not yet");
    drop(other);
    assert_eq!(wait_until(&journal, |status| status.paused.is_none()).await, JournalStatus::default());
    deliver(&journal, 51, "evt_51").await;
    journal.close().await;
    assert_eq!(all(&history).len(), 51);
    // A file that turns out not to be a history turns the journal off.
    let history = TestHistory::new();
    std::fs::create_dir_all(history.path().parent().expect("a directory")).expect("made");
    std::fs::write(history.path(), "no history at all, but text that someone wrote").expect("written");
    let journal = open_later(&history);
    wait_until(&journal, |status| status.off.is_some()).await;
    journal.close().await;
}

#[tokio::test]
async fn lock_that_outlasts_the_run_is_counted() {
    let history = TestHistory::new();
    history.begin().await.close().await;
    let _other = hold(&history);
    let journal = open_later(&history);
    deliver(&journal, 1, "evt_1").await;
    let status = journal.status();
    journal.close().await;
    assert_eq!(status.borrow().lost, LostRecords { events: 1, attempts: 1 });
    assert_eq!(status.borrow().off, None);
}

#[tokio::test]
async fn leftover_is_found_once_the_lock_is_gone() {
    let history = TestHistory::new();
    let earlier = history.begin().await;
    earlier.record(received(1, "evt_left")).await;
    deliver(&earlier, 2, "evt_made").await;
    earlier.close().await;
    let other = hold(&history);
    let journal = open_later(&history);
    deliver(&journal, 1, "evt_new").await;
    let status = wait_until(&journal, |status| status.paused.is_some()).await;
    assert_eq!(status.leftover, None);
    drop(other);
    let status = wait_until(&journal, |status| status.paused.is_none()).await;
    assert_eq!(status.leftover.map(|left| (left.events, left.deliveries)), Some((1, 1)));
    journal.close().await;
    let states: Vec<_> = all(&history).into_iter().map(|(_, state)| state).collect();
    assert_eq!(states, [DeliveryState::Waiting, DeliveryState::Delivered, DeliveryState::Delivered]);
}

#[tokio::test]
async fn waiting_ends_while_the_file_is_locked() {
    let (history, journal) = TestHistory::begun().await;
    let journal = Arc::new(journal);
    let other = hold(&history);
    deliver(&journal, 1, "evt_1").await;
    let waiting = Arc::clone(&journal);
    tokio::task::spawn_blocking(move || waiting.wait_for_commit(false)).await.expect("no panic");
    assert!(all(&history).is_empty());
    wait_until(&journal, |status| status.paused.is_some()).await;
    deliver(&journal, 2, "evt_2").await;
    let waiting = Arc::clone(&journal);
    let waited = tokio::task::spawn_blocking(move || waiting.wait_for_commit(false)).await.expect("no panic");
    assert!(!waited, "a paused journal is not waited for");
    drop(other);
    wait_until(&journal, |status| status.paused.is_none()).await;
    journal.close().await;
    assert_eq!(all(&history).len(), 2);
}

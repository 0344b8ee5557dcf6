//! The watcher sees what other connections write.

use super::*;

fn keys(keys: &[EventKey]) -> Vec<i64> {
    keys.iter().map(|key| key.0).collect()
}

/// Polls until older events were compared too, which happens once a second.
fn sweep(watcher: &mut Watcher) -> Changes {
    loop {
        let changes = watcher.poll().unwrap();
        if !changes.is_empty() {
            return changes;
        }
        std::thread::yield_now();
    }
}

#[tokio::test]
async fn new_and_changed_events_are_seen() {
    let (history, journal) = TestHistory::begun().await;
    deliver(&journal, 1, "evt_1").await;
    journal.end_run().await.unwrap();
    let mut watcher = Watcher::new(&history.path(), None);
    assert!(watcher.poll().unwrap().is_empty(), "the first poll only remembers");
    assert!(watcher.poll().unwrap().is_empty());
    let journal = history.begin().await;
    journal.record(received(2, "evt_2")).await;
    journal.last_received_id(scope()).await.unwrap();
    let changes = watcher.poll().unwrap();
    assert_eq!((keys(&changes.added), keys(&changes.updated), changes.newest.0), (vec![2], vec![], 2));
    journal.record(attempt(2, 1, RecordedOutcome::Retry)).await;
    journal.last_received_id(scope()).await.unwrap();
    let changes = watcher.poll().unwrap();
    assert_eq!((keys(&changes.added), keys(&changes.updated)), (vec![], vec![2]));
    journal.record(settled(2, DeliveryState::Failed)).await;
    journal.last_received_id(scope()).await.unwrap();
    assert_eq!(keys(&watcher.poll().unwrap().updated), [2]);
    assert!(watcher.poll().unwrap().is_empty());
}

#[tokio::test]
async fn changes_of_old_events_are_found_later() {
    let (history, journal) = TestHistory::begun().await;
    deliver(&journal, 1, "evt_1").await;
    for seq in 2..=2_100 {
        journal.record(received(seq, &format!("evt_{seq}"))).await;
    }
    journal.last_received_id(scope()).await.unwrap();
    let mut watcher = Watcher::new(&history.path(), None);
    watcher.poll().unwrap();
    history.sql().execute("UPDATE deliveries SET state = 'failed' WHERE event = 1", []).unwrap();
    assert_eq!(keys(&sweep(&mut watcher).updated), [1]);
}

#[tokio::test]
async fn many_new_events_are_truncated() {
    let (history, journal) = TestHistory::begun().await;
    for seq in 1..=1_200 {
        deliver(&journal, seq, &format!("evt_{seq}")).await;
    }
    journal.end_run().await.unwrap();
    let mut watcher = Watcher::new(&history.path(), Some(EventKey(10)));
    let changes = watcher.poll().unwrap();
    assert_eq!((changes.added.len(), changes.added[0].0, changes.newest.0), (1_000, 11, 1_200));
    assert!(changes.truncated);
    assert!(watcher.poll().unwrap().is_empty());
}

#[tokio::test]
async fn a_missing_file_is_opened_once_it_exists() {
    let history = TestHistory::new();
    let mut watcher = Watcher::new(&history.path(), None);
    assert!(watcher.poll().unwrap().is_empty());
    let journal = history.begin().await;
    deliver(&journal, 1, "evt_1").await;
    journal.end_run().await.unwrap();
    assert_eq!(keys(&watcher.poll().unwrap().added), [1]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_replaced_file_is_opened_again() {
    let (history, journal) = TestHistory::begun().await;
    for seq in 1..=3 {
        deliver(&journal, seq, &format!("evt_{seq}")).await;
    }
    journal.close().await;
    let mut watcher = Watcher::new(&history.path(), None);
    watcher.poll().unwrap();
    std::fs::remove_dir_all(history.path().parent().unwrap()).unwrap();
    assert!(watcher.poll().unwrap().restarted);
    let journal = history.begin().await;
    deliver(&journal, 1, "evt_1").await;
    journal.end_run().await.unwrap();
    assert_eq!(keys(&watcher.poll().unwrap().added), [1]);
}

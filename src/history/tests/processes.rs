//! Several writers on one file, and one that is killed.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::*;

/// The path of the history, in the environment of the process that is killed.
const VICTIM: &str = "CSTAR_TEST_HISTORY_VICTIM";

#[test]
fn two_journals_on_one_file_lose_nothing() {
    let history = TestHistory::new();
    // Both open the file at the same time, so that they also race to create it.
    let writers: Vec<_> = ["a", "b"]
        .map(|name| {
            let settings = history.settings();
            std::thread::spawn(move || {
                let runtime =
                    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("one");
                runtime.block_on(async {
                    let journal = begin(settings).await;
                    for seq in 1..=700 {
                        deliver(&journal, seq, &format!("evt_{name}_{seq}")).await;
                    }
                    journal.flush().await.expect("committed");
                    assert_eq!(journal.committed(), 700);
                    journal.close().await;
                });
            })
        })
        .into();
    // Reading continues meanwhile.
    while writers.iter().any(|writer| !writer.is_finished()) {
        if let Ok(reader) = HistoryReader::open(&history.path()) {
            reader.list(&EventFilter { limit: Some(10), ..EventFilter::default() }).expect("a list");
        }
    }
    writers.into_iter().for_each(|writer| writer.join().expect("no panic"));
    assert_eq!(integrity(&history.path()), "ok");
    for name in ["a", "b"] {
        let list = history.reader().list(&EventFilter::default()).expect("a list");
        let start = format!("evt_{name}_");
        let mut seqs: Vec<u64> = list
            .iter()
            .filter_map(|summary| summary.id.as_deref()?.strip_prefix(&start)?.parse().ok())
            .collect();
        assert!(seqs.is_sorted_by(|a, b| a > b), "each in its order");
        seqs.reverse();
        assert_eq!(seqs, (1..=700).collect::<Vec<u64>>(), "no gap in {name}");
        assert!(list.iter().all(|summary| summary.deliveries[0].attempts == 1));
    }
}

#[test]
fn file_being_created_elsewhere_is_accepted() {
    for round in 0..60 {
        let history = TestHistory::new();
        let start = std::sync::Barrier::new(4);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    start.wait();
                    let opened = super::super::schema::open(&history.path());
                    assert!(opened.is_ok(), "round {round}: {opened:?}");
                });
            }
        });
    }
}

/// Not a test by itself: writes until it is killed, and prints its progress.
#[test]
fn victim() {
    #[expect(clippy::disallowed_methods, reason = "how a test passes its child what to do")]
    let Ok(path) = std::env::var(VICTIM) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let journal = begin(HistorySettings::new(path, Clock::fixed(NOW))).await;
        for seq in 1.. {
            journal.record(received(seq, &format!("evt_{seq}"))).await;
            if seq % 2 == 0 {
                journal.record(settled(seq, DeliveryState::Delivered)).await;
            }
            // Most commits stay in batches until the kill; every tenth is expanded into rows.
            match (seq % 100, seq % 1000) {
                (0, 0) => journal.flush().await.expect("committed"),
                (0, _) => assert!(journal.has_committed().await),
                _ => continue,
            }
            println!("\ncommitted {seq}");
        }
    });
}

#[tokio::test]
async fn committed_records_survive_a_kill() {
    let history = TestHistory::new();
    let mut victim = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "history::tests::processes::victim", "--nocapture"])
        .env(VICTIM, history.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a child");
    let lines = BufReader::new(victim.stdout.take().expect("its output")).lines();
    let mut committed =
        lines.map_while(Result::ok).filter_map(|line| line.strip_prefix("committed ")?.parse().ok());
    let committed: u64 = committed.find(|seq| *seq >= 1700).expect("it gets that far");
    victim.kill().expect("killed");
    victim.wait().expect("gone");

    let journal = history.begin().await;
    let left = leftover(&journal).await;
    assert!(left.events >= committed / 2, "{left:?}");
    let adopted = journal.adopt(left, own()).await.expect("adopted").deliveries;
    journal.close().await;
    assert_eq!(integrity(&history.path()), "ok");
    let list = history.reader().list(&EventFilter::default()).expect("a list");
    let highest = list.len() as u64;
    assert!(highest >= committed, "{committed} were committed, {highest} are there");
    let want: Vec<String> = (1..=highest).rev().map(|seq| format!("evt_{seq}")).collect();
    assert_eq!(ids(&list), want, "no gap");
    let waiting: Vec<&str> = adopted.iter().map(|delivery| delivery.meta.id.as_str()).collect();
    let odd: Vec<String> = (1..=committed).step_by(2).map(|seq| format!("evt_{seq}")).collect();
    assert_eq!(waiting[..odd.len()], odd, "in the order received");
}

/// What was printed can be read: the thread that prints waits like this.
#[tokio::test]
async fn awaited_records_can_be_read() {
    let (history, journal) = TestHistory::begun().await;
    let journal = Arc::new(journal);
    let wait = |journal: &Arc<Journal>, is_urgent: bool| {
        let journal = Arc::clone(journal);
        tokio::task::spawn_blocking(move || journal.wait_for_commit(is_urgent))
    };
    assert!(!wait(&journal, false).await.expect("no panic"), "there is nothing to wait for");
    for seq in 1..=8 {
        let id = format!("evt_{seq}");
        journal.record(received(seq, &id)).await;
        assert!(wait(&journal, false).await.expect("no panic"));
        assert_eq!(history.event(&id).deliveries[0].state, DeliveryState::Waiting);
        journal.record(at_once(seq)).await;
        wait(&journal, seq % 2 == 0).await.expect("no panic");
        assert_eq!(history.event(&id).deliveries[0].state, DeliveryState::Delivered);
    }
    journal.close().await;
    assert!(!wait(&journal, false).await.expect("no panic"), "it is closed");
}

/// The writer sleeps while a batch fills, but not while the channel is full.
#[tokio::test]
async fn full_channel_wakes_the_writer() {
    let (history, journal) = TestHistory::begun().await;
    for seq in 1..=100 {
        let Record::Received(mut event) = received(seq, &format!("evt_{seq}")) else { panic!("an event") };
        event.event.body = Bytes::from(vec![b'x'; 1024 * 1024]);
        journal.record(Record::Received(event)).await;
        journal.record(at_once(seq)).await;
    }
    journal.close().await;
    assert_eq!(history.reader().list(&EventFilter::default()).expect("a list").len(), 100);
}

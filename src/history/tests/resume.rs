//! Runs that end or are killed, and adopt each other's leftover.

use super::*;

async fn begin_other(history: &TestHistory, base_url: &str) -> Journal {
    let journal = history.open();
    let scope = RunScope { base_url: base_url.to_owned(), ..scope() };
    journal.begin_run(scope, vec![], 43).await.expect("a run");
    journal
}

/// Three events: the first delivered, the second attempted twice, the third not attempted.
async fn leave_two(history: &TestHistory) -> Journal {
    let journal = history.begin().await;
    deliver(&journal, 1, "evt_1").await;
    journal.record(received(2, "evt_2")).await;
    journal.record(attempt(2, 1, RecordedOutcome::Retry)).await;
    journal.record(attempt(2, 2, RecordedOutcome::Retry)).await;
    journal.record(attempt(2, 3, RecordedOutcome::Refused)).await;
    journal.record(received(3, "evt_3")).await;
    journal.flush().await.expect("committed");
    journal
}

#[tokio::test]
async fn leftover_is_adopted_in_order() {
    let history = TestHistory::new();
    leave_two(&history).await.close().await;
    let journal = history.begin().await;
    let left = leftover(&journal).await;
    assert_eq!((left.events, left.deliveries, left.oldest), (2, 2, at(2)));
    assert_eq!(left.last_received_id.as_deref(), Some("evt_3"));
    let adopted = journal.adopt(left.clone(), own()).await.expect("adopted");
    let short: Vec<_> =
        adopted.deliveries.iter().map(|d| (d.seq, d.meta.id.as_str(), d.attempts_so_far)).collect();
    assert_eq!(short, [(1, "evt_2", 2), (2, "evt_3", 0)]);
    assert_eq!(adopted.next_seq, 3);
    let second = &adopted.deliveries[1];
    assert_eq!(second.body.as_deref(), Some(&b"{\"id\":\"evt_3\"}"[..]));
    assert_eq!((&*second.target, second.meta.received_at), (TARGET, at(3)));
    assert_eq!(second.meta.request_id.as_deref(), Some("req_1"));
    assert_eq!(second.meta.webhook_id.as_deref(), Some("whk_1"));
    assert!(journal.adopt(left, own()).await.expect("adopted").deliveries.is_empty(), "once");
    assert!(journal.leftover(scope()).await.expect("an answer").is_none());

    // They continue under their new numbers, beside new events.
    journal.record(attempt(1, 3, RecordedOutcome::Delivered)).await;
    journal.record(settled(1, DeliveryState::Delivered)).await;
    deliver(&journal, 3, "evt_4").await;
    journal.close().await;
    let detail = history.event("evt_2");
    let outcomes: Vec<_> = detail.attempts.iter().map(|a| (a.attempt, a.outcome)).collect();
    let retry = RecordedOutcome::Retry;
    assert_eq!(
        outcomes,
        [(1, retry), (2, retry), (3, RecordedOutcome::Refused), (3, RecordedOutcome::Delivered)]
    );
    assert_eq!(detail.state, EventState::Delivered);
    let journal = history.begin().await;
    let left = leftover(&journal).await;
    assert_eq!((left.events, left.last_received_id.as_deref()), (1, Some("evt_4")));
    journal.close().await;
}

#[tokio::test]
async fn active_run_has_no_leftover() {
    let history = TestHistory::new();
    let living = leave_two(&history).await;
    let journal = history.begin().await;
    assert!(journal.leftover(scope()).await.expect("an answer").is_none());
    living.end_run().await.expect("ended");
    assert!(journal.leftover(scope()).await.expect("an answer").is_some());
    living.close().await;
    journal.close().await;
}

#[tokio::test]
async fn only_unfinished_targets_are_adopted() {
    let (history, journal) = TestHistory::begun().await;
    let Record::Received(mut event) = received(1, "evt_a") else { panic!("an event") };
    event.targets = vec![target("a"), target("b"), target("c")];
    journal.record(Record::Received(event)).await;
    journal
        .record(Record::Settled(SettledDelivery {
            seq: 1,
            target: target("b"),
            state: DeliveryState::Failed,
            at: at(1),
        }))
        .await;
    journal.close().await;
    let journal = history.begin().await;
    let left = leftover(&journal).await;
    assert_eq!((left.events, left.deliveries), (1, 2));
    let adopted = journal.adopt(left, own()).await.expect("adopted");
    let short: Vec<_> = adopted.deliveries.iter().map(|d| (d.seq, &*d.target)).collect();
    assert_eq!(short, [(1, "a"), (1, "c")]);
    for name in ["a", "c"] {
        let (target, state) = (target(name), DeliveryState::Delivered);
        journal.record(Record::Settled(SettledDelivery { seq: 1, target, state, at: at(2) })).await;
    }
    journal.close().await;
    let states: Vec<_> = history
        .event("evt_a")
        .deliveries
        .into_iter()
        .map(|delivery| (delivery.target, delivery.state))
        .collect();
    let (delivered, failed) = (DeliveryState::Delivered, DeliveryState::Failed);
    let want = [("a", delivered), ("b", failed), ("c", delivered)];
    assert_eq!(states, want.map(|(name, state)| (name.to_owned(), state)));
}

#[tokio::test]
async fn runs_of_other_scopes_are_separate() {
    let history = TestHistory::new();
    leave_two(&history).await.close().await;
    let other = begin_other(&history, "http://127.0.0.1:4747").await;
    let theirs = RunScope { base_url: "http://127.0.0.1:4747".to_owned(), ..scope() };
    assert!(other.leftover(theirs.clone()).await.expect("an answer").is_none());
    assert_eq!(other.last_received_id(theirs.clone()).await.expect("an answer"), None);
    let nameless = RunScope { team_id: None, ..scope() };
    assert_eq!(other.last_received_id(nameless).await.expect("an answer"), None);
    deliver(&other, 1, "evt_other").await;
    assert_eq!(other.last_received_id(theirs).await.expect("an answer").as_deref(), Some("evt_other"));
    assert_eq!(other.last_received_id(scope()).await.expect("an answer").as_deref(), Some("evt_3"));
    let recent = other.recent_ids(scope(), 2).await.expect("ids");
    assert_eq!(recent, ["evt_3", "evt_2"]);
    other.close().await;
}

#[tokio::test]
async fn skipped_events_move_the_cursor() {
    let (_history, journal) = TestHistory::begun().await;
    deliver(&journal, 1, "evt_1").await;
    let (id, reason) = (Some("evt_2".to_owned()), "not among --events".to_owned());
    journal.record(Record::Skipped(SkippedEvent { id, event_type: None, at: at(0), reason })).await;
    assert_eq!(journal.last_received_id(scope()).await.expect("an answer").as_deref(), Some("evt_2"));
    journal.close().await;
}

#[tokio::test]
async fn redacted_id_is_no_cursor() {
    let (_history, journal) = TestHistory::begun().await;
    deliver(&journal, 1, "evt_1").await;
    let (id, reason) = (Some("evt_[key]_2".to_owned()), "its id repeats the API key".to_owned());
    journal.record(Record::Skipped(SkippedEvent { id, event_type: None, at: at(0), reason })).await;
    assert_eq!(journal.last_received_id(scope()).await.expect("an answer").as_deref(), Some("evt_1"));
    journal.close().await;
}

#[tokio::test]
async fn concurrent_adoptions_share_the_leftover() {
    let (history, journal) = TestHistory::begun().await;
    for seq in 1..=500 {
        journal.record(received(seq, &format!("evt_{seq}"))).await;
    }
    journal.close().await;
    let (first, second) = (history.begin().await, history.begin().await);
    let left = leftover(&first).await;
    assert_eq!(second.leftover(scope()).await.expect("an answer").as_ref(), Some(&left));
    let (a, b) = tokio::join!(first.adopt(left.clone(), own()), second.adopt(left, own()));
    let (a, b) = (a.expect("adopted").deliveries, b.expect("adopted").deliveries);
    let mut all: Vec<_> = a.iter().chain(&b).map(|delivery| delivery.event).collect();
    all.sort_unstable();
    all.dedup();
    assert_eq!((all.len(), a.len() + b.len()), (500, 500));
    first.close().await;
    second.close().await;
}

#[tokio::test]
async fn bodies_are_read_back_from_the_file() {
    let (_history, journal) = TestHistory::begun().await;
    for seq in 1..=3 {
        journal.record(received(seq, &format!("evt_{seq}"))).await;
    }
    journal.record(settled(2, DeliveryState::Delivered)).await;
    let bodies = journal.bodies(vec![3, 2, 1, 9]).await.expect("bodies");
    let want =
        [(3, Bytes::from_static(b"{\"id\":\"evt_3\"}")), (1, Bytes::from_static(b"{\"id\":\"evt_1\"}"))];
    assert_eq!(bodies, want);
    journal.close().await;
}

#[tokio::test]
async fn large_leftover_bodies_are_loaded_later() {
    let (history, journal) = TestHistory::begun().await;
    for seq in 1..=3 {
        let Record::Received(mut event) = received(seq, &format!("evt_{seq}")) else { panic!("an event") };
        event.event.body = Bytes::from(vec![b'x'; 7 * 1024 * 1024]);
        journal.record(Record::Received(event)).await;
    }
    journal.close().await;
    let journal = history.begin().await;
    let left = leftover(&journal).await;
    let adopted = journal.adopt(left, own()).await.expect("adopted");
    let there: Vec<_> = adopted.deliveries.iter().map(|delivery| delivery.body.is_some()).collect();
    assert_eq!(there, [true, true, false]);
    let bodies = journal.bodies(vec![3]).await.expect("bodies");
    assert_eq!(bodies[0].1.len(), 7 * 1024 * 1024);
    journal.close().await;
}

#[tokio::test]
async fn replay_adds_attempts_to_the_event() {
    let (history, journal) = TestHistory::begun().await;
    deliver(&journal, 1, "evt_a").await;
    journal.close().await;
    let journal = history.begin().await;
    let key = history.reader().list(&EventFilter::default()).expect("a list")[0].key;
    let again = journal.reopen(vec![key, EventKey(99)]).await.expect("reopened");
    assert_eq!(again.len(), 1, "what is gone is left out");
    assert_eq!((again[0].seq, again[0].attempts_so_far), (1, 1));
    let mut elsewhere = an_attempt(1, 2, RecordedOutcome::Failed);
    elsewhere.target = target("http://localhost:9/");
    journal.record(Record::Attempt(Box::new(elsewhere))).await;
    journal.flush().await.expect("committed");
    let deliveries = || history.event("evt_a").deliveries;
    assert_eq!(deliveries().len(), 1, "an unfinished replay holds nothing back");
    let (target, state) = (target("http://localhost:9/"), DeliveryState::Failed);
    journal.record(Record::Settled(SettledDelivery { seq: 1, target, state, at: at(9) })).await;
    journal.record(attempt(1, 2, RecordedOutcome::Delivered)).await;
    journal.record(settled(1, DeliveryState::Delivered)).await;
    journal.close().await;
    let states: Vec<_> = deliveries().into_iter().map(|d| (d.state, d.attempts)).collect();
    assert_eq!(states, [(DeliveryState::Delivered, 2), (DeliveryState::Failed, 2)]);
    assert_eq!(history.event("evt_a").attempts.len(), 3);
}

#[tokio::test]
async fn concurrent_replays_lose_no_attempt() {
    let (history, journal) = TestHistory::begun().await;
    deliver(&journal, 1, "evt_a").await;
    journal.flush().await.expect("committed");
    let key = history.reader().list(&EventFilter::default()).expect("a list")[0].key;
    let other = history.begin().await;
    for replay in [&journal, &other] {
        replay.reopen(vec![key]).await.expect("reopened");
    }
    for replay in [&journal, &other] {
        let seq = if std::ptr::eq(replay, &journal) { 2 } else { 1 };
        replay.record(attempt(seq, 2, RecordedOutcome::Retry)).await;
        replay.record(attempt(seq, 3, RecordedOutcome::Delivered)).await;
        replay.flush().await.expect("committed");
    }
    journal.close().await;
    other.close().await;
    assert_eq!(history.event("evt_a").attempts.len(), 5);
}

//! Records are read back unchanged, but without secrets.

mod attempts;

use super::*;

#[tokio::test]
async fn skips_and_connection_events_are_read_back() {
    let (history, journal) = TestHistory::begun().await;
    let skipped = SkippedEvent {
        id: Some("evt_s".to_owned()),
        event_type: Some("ticket.closed".to_owned()),
        at: at(3),
        reason: "not among --events".to_owned(),
    };
    journal.record(Record::Skipped(skipped)).await;
    let nameless = SkippedEvent { id: None, event_type: None, at: at(4), reason: "too large".to_owned() };
    journal.record(Record::Skipped(nameless)).await;
    let gap = GapRecord {
        at: at(5),
        after: Some("evt_a".to_owned()),
        since: Some(at(1)),
        reason: "too old".to_owned(),
    };
    journal.record(Record::Gap(gap)).await;
    let end =
        DisconnectRecord { at: at(6), reason: "reset".to_owned(), retry_in: Duration::from_millis(500) };
    journal.record(Record::Disconnected(end)).await;
    journal.close().await;

    let reader = history.reader();
    let list = reader
        .list(&EventFilter { state: Some(EventState::Skipped), ..EventFilter::default() })
        .expect("a list");
    assert_eq!(ids(&list), ["-", "evt_s"]);
    assert_eq!(list[1].skipped.as_deref(), Some("not among --events"));
    assert_eq!(list[1].received_at, at(3));
    let notes = reader.connection_events(None, None).expect("notes");
    let gap = ("gap", "too old", Some("evt_a"), Some(at(1)), None);
    let lost = ("disconnected", "reset", None, None, Some(Duration::from_millis(500)));
    let shape = |note: &ConnectionEvent| (note.at, note.kind.clone(), note.reason.clone());
    for (note, want) in notes.iter().zip([gap, lost]) {
        assert_eq!((note.kind.as_str(), note.reason.as_str()), (want.0, want.1), "{:?}", shape(note));
        assert_eq!((note.after.as_deref(), note.since, note.retry_in), (want.2, want.3, want.4));
    }
    assert_eq!(notes.len(), 2);
    assert_eq!(reader.connection_events(Some(at(6)), None).expect("notes").len(), 1);
}

#[tokio::test]
async fn each_target_has_its_own_state() {
    let (history, journal) = TestHistory::begun().await;
    let Record::Received(mut event) = received(1, "evt_a") else { panic!("an event") };
    event.targets = vec![target("a"), target("b"), target("c")];
    journal.record(Record::Received(event)).await;
    journal.flush().await.expect("committed");
    for (name, state) in [("b", DeliveryState::Failed), ("a", DeliveryState::Delivered)] {
        let (target, at) = (target(name), at(9));
        journal.record(Record::Settled(SettledDelivery { seq: 1, target, state, at })).await;
    }
    journal.flush().await.expect("committed");
    let list = history.reader().list(&EventFilter::default()).expect("a list");
    let states: Vec<_> = list[0].deliveries.iter().map(|d| (d.target.as_str(), d.state)).collect();
    let want = [("a", DeliveryState::Delivered), ("b", DeliveryState::Failed), ("c", DeliveryState::Waiting)];
    assert_eq!(states, want);
    for state in [EventState::Delivered, EventState::Failed, EventState::Waiting] {
        let filter = EventFilter { state: Some(state), ..EventFilter::default() };
        assert_eq!(history.reader().list(&filter).expect("a list").len(), 1, "{state:?}");
    }
    journal.close().await;
}

#[tokio::test]
async fn lists_are_filtered_paged_and_exported() {
    let (history, journal) = TestHistory::begun().await;
    for (seq, event_type) in (1..).zip(["ticket.created", "ticket_x.created", "customer.created"]) {
        let Record::Received(mut event) = received(seq, &format!("evt_{seq}")) else { panic!("an event") };
        meta(&mut event).event_type = event_type.to_owned();
        journal.record(Record::Received(event)).await;
    }
    journal.record(settled(2, DeliveryState::Failed)).await;
    journal.close().await;
    let reader = history.reader();
    let list = |filter: EventFilter| {
        let list = reader.list(&filter).expect("a list");
        ids(&list).join(" ")
    };
    let all = EventFilter::default;
    assert_eq!(list(all()), "evt_3 evt_2 evt_1");
    assert_eq!(list(EventFilter { types: vec!["ticket.*".to_owned()], ..all() }), "evt_1");
    assert_eq!(list(EventFilter { types: vec!["*".to_owned()], ..all() }), "evt_3 evt_2 evt_1");
    let two = vec!["customer.created".to_owned(), "ticket_*".to_owned()];
    assert_eq!(list(EventFilter { types: two, ..all() }), "evt_3 evt_2");
    assert_eq!(list(EventFilter { since: Some(at(2)), ..all() }), "evt_3 evt_2");
    assert_eq!(list(EventFilter { until: Some(at(2)), ..all() }), "evt_1");
    assert_eq!(list(EventFilter { limit: Some(1), ..all() }), "evt_3");
    let page = reader.list(&EventFilter { limit: Some(2), ..all() }).expect("a list");
    assert_eq!(list(EventFilter { before: page.last().map(|summary| summary.key), ..all() }), "evt_1");
    let failed_since = |since| EventFilter { state: Some(EventState::Failed), since: Some(since), ..all() };
    assert_eq!(list(failed_since(at(1))), "evt_2");
    assert_eq!(list(failed_since(at(3))), "");
    assert_eq!(list(EventFilter { limit: Some(2), ..all() }), "evt_3 evt_2");
    let exported: Vec<_> =
        reader.export(&all()).expect("an export").map(|item| item.expect("an event").id).collect();
    assert_eq!(exported, [1, 2, 3].map(|n| Some(format!("evt_{n}"))));
}

#[tokio::test]
async fn id_is_found_by_prefix_or_suffix() {
    let (history, journal) = TestHistory::begun().await;
    for (seq, id) in (1..).zip(["evt_ab", "evt_abc", "evt_x"]) {
        deliver(&journal, seq, id).await;
    }
    // The same event is received again.
    let skipped = SkippedEvent {
        id: Some("evt_x".to_owned()),
        event_type: None,
        at: at(9),
        reason: "received before in this run".to_owned(),
    };
    journal.record(Record::Skipped(skipped)).await;
    journal.close().await;
    let reader = history.reader();
    let get = |id| reader.get(id).expect("an answer");
    assert_eq!(found(get("evt_ab")).id.as_deref(), Some("evt_ab"), "the exact id wins");
    assert_eq!(found(get("evt_abc")).id.as_deref(), Some("evt_abc"));
    let EventLookup::Ambiguous(ids) = get("evt_a") else { panic!("ambiguous") };
    assert_eq!(ids, ["evt_abc", "evt_ab"]);
    assert!(matches!(get("evt_%"), EventLookup::Nothing));
    let twice = found(get("evt_x"));
    assert_eq!((twice.state, twice.receptions.len()), (EventState::Delivered, 2));
    assert_eq!(twice.body, Bytes::from_static(b"{\"id\":\"evt_x\"}"));
}

#[tokio::test]
async fn credentials_are_not_in_the_file() {
    let (history, journal) = TestHistory::begun().await;
    journal.record(received(1, "evt_a")).await;
    let mut attempt = an_attempt(1, 1, RecordedOutcome::Delivered);
    attempt.request_headers = Some(headers(&[("authorization", "Bearer hunter-one"), ("x-ok", "kept-one")]));
    attempt.response_headers = headers(&[
        ("set-cookie", "id=hunter-two"),
        ("authorization", "hunter-three"),
        ("proxy-authenticate", "hunter-four"),
        ("x-ok", "kept-two"),
    ]);
    journal.record(Record::Attempt(Box::new(attempt))).await;
    journal.flush().await.expect("committed");
    let everything = || {
        let files = std::fs::read_dir(history.dir.path().join("state")).expect("a directory");
        files
            .flat_map(|file| std::fs::read(file.expect("an entry").path()).expect("a file"))
            .collect::<Vec<u8>>()
    };
    let has = |needle: &str| memchr::memmem::find(&everything(), needle.as_bytes()).is_some();
    assert!(has("kept-one") && has("kept-two"), "the search can find something");
    assert!(!has("hunter"));
    journal.close().await;
    assert!(has("kept-one") && !has("hunter"));
}

#[tokio::test]
async fn batch_is_one_transaction() {
    let history = TestHistory::new();
    let journal = Arc::new(history.begin().await);
    // Records pile up while the query runs, and are then written in one transaction.
    let (enter, entered) = std::sync::mpsc::channel();
    let (leave, left) = std::sync::mpsc::channel::<()>();
    let asked = {
        let journal = Arc::clone(&journal);
        tokio::spawn(async move {
            journal
                .query(move |_| {
                    enter.send(()).expect("the test waits");
                    left.recv().expect("the test says so");
                    Ok(())
                })
                .await
        })
    };
    tokio::task::spawn_blocking(move || entered.recv()).await.expect("no panic").expect("entered");
    for seq in 1..=100 {
        deliver(&journal, seq, &format!("evt_{seq}")).await;
    }
    leave.send(()).expect("the writer waits");
    asked.await.expect("no panic").expect("asked");
    journal.flush().await.expect("committed");
    let delivered = EventFilter { state: Some(EventState::Delivered), ..EventFilter::default() };
    assert_eq!(history.reader().list(&delivered).expect("a list").len(), 100);
    assert_eq!(
        journal.query(|store| Ok(store.open.len())).await.expect("a count"),
        0,
        "nothing is kept in mind"
    );
    assert_eq!(journal.query(|store| Ok(store.batches)).await.expect("a count"), 1);
    journal.close().await;
}

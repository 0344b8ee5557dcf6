//! Which events a filter selects, and events that this program made.

use super::*;
use crate::event::Filter;

/// `evt_1` fails with 500 and then 503; `evt_2` is delivered at once; `evt_3` waits; `evt_4` is edited, from `evt_1`.
async fn written() -> TestHistory {
    let (history, journal) = TestHistory::begun().await;
    journal.record(received(1, "evt_1")).await;
    for (number, status, outcome) in [(1, 500, RecordedOutcome::Retry), (2, 503, RecordedOutcome::Failed)] {
        let answer = AttemptRecord {
            status: Some(status),
            duration: Duration::from_millis(u64::from(number) * 1000),
            response_body: Bytes::from(format!("Answer Number {number}")),
            ..an_attempt(1, number, outcome)
        };
        journal.record(Record::Attempt(Box::new(answer))).await;
    }
    journal.record(settled(1, DeliveryState::Failed)).await;
    deliver(&journal, 2, "evt_2").await;
    journal.record(received(3, "evt_3")).await;
    let refused = AttemptRecord { status: None, ..an_attempt(3, 1, RecordedOutcome::Refused) };
    journal.record(Record::Attempt(Box::new(refused))).await;
    let Record::Received(mut edited) = received(4, "evt_4") else { panic!("an event") };
    edited.targets = vec!["https://example.com/hook".into()];
    edited.local =
        Some(Box::new(LocalOrigin { origin: EventOrigin::Edited, source_id: Some("evt_1".to_owned()) }));
    journal.record(Record::Received(edited)).await;
    let delivered = AttemptRecord {
        target: "https://example.com/hook".into(),
        settles: Some((DeliveryState::Delivered, at(5000))),
        ..an_attempt(4, 1, RecordedOutcome::Delivered)
    };
    journal.record(Record::Attempt(Box::new(delivered))).await;
    journal.close().await;
    history
}

fn all() -> EventFilter {
    EventFilter::default()
}

fn listed(history: &TestHistory, filter: EventFilter) -> String {
    let reader = history.reader();
    let found = reader.list(&filter).expect("a list");
    if (filter.offset, filter.limit) == (0, None) {
        assert_eq!(reader.count(&filter).expect("a count"), found.len() as u64);
        let mut keys: Vec<EventKey> = found.iter().map(|event| event.key).collect();
        keys.sort_unstable_by(|one, other| other.cmp(one));
        assert_eq!(reader.all_keys(&filter).expect("keys"), keys);
    }
    for event in &found {
        let mut detail = reader.event(event.key).expect("an event").expect("it is there");
        // Only the detail says why a target is down.
        detail.deliveries.iter_mut().for_each(|delivery| delivery.target_down_reason = None);
        assert_eq!((&event.deliveries, event.state), (&detail.deliveries, detail.state));
    }
    ids(&found).join(" ")
}

#[tokio::test]
async fn filters_look_into_bodies() {
    let (history, journal) = TestHistory::begun().await;
    for (seq, number) in [(1, "1"), (2, "2.0"), (3, "2")] {
        let Record::Received(mut event) = received(seq, &format!("evt_{seq}")) else { panic!("an event") };
        event.event.body = Bytes::from(format!("{{\"data\":{{\"n\":{number}}}}}"));
        journal.record(Record::Received(event)).await;
    }
    let (id, reason) = (Some("evt_4".to_owned()), "not among --events".to_owned());
    journal.record(Record::Skipped(SkippedEvent { id, event_type: None, at: at(4), reason })).await;
    journal.close().await;
    let filter =
        |texts: &[&str]| texts.iter().map(|text| Filter::parse(text).expect("a filter")).collect::<Vec<_>>();
    let of = |texts: &[&str]| listed(&history, EventFilter { body: filter(texts), ..all() });
    assert_eq!(of(&["data.n=2"]), "evt_3 evt_2");
    assert_eq!(of(&["data.n!=1"]), "evt_3 evt_2");
    assert_eq!(of(&["data.n=2", "data.n~[.]"]), "evt_2");
    assert_eq!(of(&["data.m !exists"]), "evt_3 evt_2 evt_1");
    let page = EventFilter { body: filter(&["data.n=2"]), limit: Some(1), ..all() };
    assert_eq!(listed(&history, page.clone()), "evt_3");
    assert_eq!(listed(&history, EventFilter { offset: 1, ..page }), "evt_2");
}

#[tokio::test]
async fn answers_times_and_targets_select_events() {
    let history = written().await;
    let answer = |answer| listed(&history, EventFilter { answer: Some(answer), ..all() });
    assert_eq!(answer(AnswerFilter::Status(500)), "evt_1");
    assert_eq!(answer(AnswerFilter::Status(200)), "evt_4 evt_2");
    assert_eq!(answer(AnswerFilter::Class(5)), "evt_1");
    assert_eq!(answer(AnswerFilter::Class(4)), "");
    assert_eq!(answer(AnswerFilter::Nothing), "evt_3");
    let slower =
        |millis| listed(&history, EventFilter { slower: Some(Duration::from_millis(millis)), ..all() });
    assert_eq!((slower(1500), slower(2000)), ("evt_1".to_owned(), String::new()));
    // The target of evt_3 refused connections, which is no attempt.
    assert_eq!(slower(1), "evt_4 evt_2 evt_1");
    let target = |text: &str| listed(&history, EventFilter { target: Some(text.to_owned()), ..all() });
    assert_eq!(target("example.com"), "evt_4");
    assert_eq!(target(":3000/"), "evt_3 evt_2 evt_1");
    assert_eq!(target("%"), "");
}

#[tokio::test]
async fn text_is_found_in_ids_bodies_and_answers() {
    let history = written().await;
    let text = |text: &str| listed(&history, EventFilter { text: Some(text.to_owned()), ..all() });
    assert_eq!(text("EVT_2"), "evt_2");
    assert_eq!(text("ticket.CREATED"), "evt_4 evt_3 evt_2 evt_1");
    assert_eq!(text("\"id\":\"evt_3"), "evt_3");
    assert_eq!(text("answer number 2"), "evt_1");
    assert_eq!(text("3"), "evt_3");
    assert_eq!(text("nothing"), "");
    assert_eq!(text("%"), "");
    let both = EventFilter {
        text: Some("evt_".to_owned()),
        answer: Some(AnswerFilter::Class(5)),
        types: vec!["ticket.*".to_owned()],
        ..all()
    };
    assert_eq!(listed(&history, both), "evt_1");
}

#[tokio::test]
async fn pages_go_in_both_directions() {
    let history = written().await;
    let all_of_them = history.reader().list(&all()).expect("a list");
    let key = |place: usize| Some(all_of_them[place].key);
    assert_eq!(listed(&history, EventFilter { before: key(1), ..all() }), "evt_2 evt_1");
    assert_eq!(listed(&history, EventFilter { after: key(2), ..all() }), "evt_4 evt_3");
    assert_eq!(
        listed(&history, EventFilter { after: key(3), oldest_first: true, ..all() }),
        "evt_2 evt_3 evt_4"
    );
    let page = EventFilter { up_to: key(1), offset: 1, limit: Some(1), ..all() };
    assert_eq!(listed(&history, page), "evt_2");
    let first = EventFilter { after: key(3), oldest_first: true, limit: Some(1), ..all() };
    assert_eq!(listed(&history, first), "evt_2");
}

#[tokio::test]
async fn edited_events_name_their_source() {
    let history = written().await;
    let edited = EventFilter { origin: Some(EventOrigin::Edited), ..all() };
    assert_eq!(listed(&history, edited.clone()), "evt_4");
    assert_eq!(
        listed(&history, EventFilter { origin: Some(EventOrigin::Stream), ..all() }),
        "evt_3 evt_2 evt_1"
    );
    let found = history.reader().list(&edited).expect("a list");
    assert_eq!((found[0].origin, found[0].source_id.as_deref()), (EventOrigin::Edited, Some("evt_1")));
    let event = history.event("evt_4");
    assert_eq!((event.origin, event.source_id.as_deref()), (EventOrigin::Edited, Some("evt_1")));
    assert_eq!(history.event("evt_2").origin, EventOrigin::Stream);
    // The server does not have the edited one, so that a stream cannot resume after it.
    let journal = history.begin().await;
    assert_eq!(journal.last_received_id(scope()).await.expect("an answer").as_deref(), Some("evt_3"));
    journal.close().await;
}

#[tokio::test]
async fn format_2_gets_the_origin_of_events() {
    let history = TestHistory::new();
    history.open().close().await;
    let path = history.path();
    std::fs::remove_file(&path).expect("removed");
    std::fs::write(&path, b"").expect("written");
    #[cfg(unix)]
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("private");
    let mut conn = history.sql();
    let older = &super::super::schema::MIGRATIONS[..2];
    super::super::schema::migrate(&mut conn, &path, older).expect("format 2");
    let row = "INSERT INTO events (run, id, type, received_at, body) VALUES (1, 'evt_old', 'ticket.created', 5, x'7b7d')";
    conn.execute(row, []).expect("a row");
    drop(conn);
    let old = history.event("evt_old");
    assert_eq!((old.origin, old.source_id), (EventOrigin::Stream, None));
    assert_eq!(old.body.as_ref(), b"{}");
}

#[tokio::test]
async fn statistics_follow_the_filter() {
    let history = written().await;
    let of = |filter: EventFilter| history.reader().type_statistics(&filter).expect("figures");
    let all_of_them = of(all());
    let created = &all_of_them["ticket.created"];
    assert_eq!((created.count, created.failed), (4, 1));
    assert_eq!(created.durations, [1234, 1234, 1_000_000, 2_000_000], "a refused connection is no attempt");
    let some = EventFilter { text: Some("evt_1".to_owned()), answer: Some(AnswerFilter::Class(5)), ..all() };
    assert_eq!(of(some)["ticket.created"].attempts(), 2);
    assert!(of(EventFilter { types: vec!["x".to_owned()], ..all() }).is_empty());
}

#[tokio::test]
async fn interrupted_reader_reads_nothing_more() {
    let history = written().await;
    let interrupt = Interrupt::default();
    let reader = HistoryReader::open_until(&history.path(), interrupt.clone()).expect("a reader");
    assert_eq!(reader.all_keys(&all()).expect("keys").len(), 4);
    interrupt.interrupt();
    assert!(reader.all_keys(&all()).is_err());
    assert!(reader.list(&all()).is_err());
    assert_eq!(history.reader().all_keys(&all()).expect("keys").len(), 4, "others read on");
}

#[tokio::test]
async fn more_events_than_one_chunk_are_listed() {
    let (history, journal) = TestHistory::begun().await;
    let many = 2 * crate::history::summaries::CHUNK as u64 + 1;
    for seq in 1..=many {
        deliver(&journal, seq, &format!("evt_{seq}")).await;
    }
    journal.close().await;
    let found = history.reader().list(&all()).expect("a list");
    let expected: Vec<String> = (1..=many).rev().map(|seq| format!("evt_{seq}")).collect();
    assert_eq!(ids(&found), expected);
    assert!(found.iter().all(|event| event.deliveries.len() == 1 && event.bytes > 0));
    let keys: Vec<EventKey> = found.iter().map(|event| event.key).chain([EventKey(1_000_000)]).collect();
    let bodies = history.reader().summaries_with_bodies(&keys, usize::MAX).expect("bodies");
    assert!(
        bodies.len() == found.len() && bodies.iter().all(|(event, body)| event.bytes == body.len() as u64)
    );
}

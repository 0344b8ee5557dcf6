//! The records of a burst are stored in batches. Afterwards the tables are the same as without them.

use proptest::prelude::*;

use super::*;

/// Every row of every table.
fn dump(history: &TestHistory) -> Vec<String> {
    let conn = history.sql();
    let tables = ["events", "deliveries", "attempts", "notes", "record_batches", "open_events"];
    let of_table = |table: &&str| {
        let mut statement = conn.prepare(&format!("SELECT * FROM {table} ORDER BY 1")).expect("a table");
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| {
            let values = (0..columns).map(|at| row.get::<_, rusqlite::types::Value>(at));
            Ok(format!("{table} {:?}", values.collect::<Result<Vec<_>, _>>()?))
        });
        rows.expect("rows").collect::<Result<Vec<_>, _>>().expect("rows")
    };
    tables.iter().flat_map(of_table).collect()
}

fn in_batches(history: &TestHistory) -> HistorySettings {
    HistorySettings { burst: Some(1), ..history.settings() }
}

fn batches(history: &TestHistory) -> i64 {
    let sql = "SELECT count(*) FROM record_batches";
    history.sql().query_row(sql, [], |row| row.get(0)).expect("a count")
}

#[derive(Clone, Debug)]
enum Step {
    Received {
        targets: usize,
        body: usize,
    },
    Attempt {
        event: u64,
        target: usize,
        outcome: RecordedOutcome,
        reason: Option<String>,
        headers: bool,
    },
    Settled {
        event: u64,
        target: usize,
        state: DeliveryState,
    },
    Skipped(Option<String>),
    Gap,
    Disconnected,
    /// What was recorded so far becomes one batch.
    Commit,
    /// The process expands its batches.
    Expand,
    /// Another process does.
    Read,
}

fn step() -> impl Strategy<Value = Step> {
    use RecordedOutcome::{Delivered, Failed, Refused, Retry};
    let outcome = prop::sample::select(vec![Delivered, Delivered, Delivered, Retry, Failed, Refused]);
    let state = prop::sample::select(vec![DeliveryState::Delivered, DeliveryState::Failed]);
    let event = 1..12_u64;
    prop_oneof![
        5 => (0..4_usize, 0..40_usize).prop_map(|(targets, body)| Step::Received { targets, body: body * body }),
        9 => (event.clone(), 0..4_usize, outcome, prop::option::of(".{0,9}"), any::<bool>()).prop_map(
            |(event, target, outcome, reason, headers)| Step::Attempt { event, target, outcome, reason, headers }
        ),
        2 => (event, 0..4_usize, state)
            .prop_map(|(event, target, state)| Step::Settled { event, target, state }),
        1 => prop::option::of("[a-z]{1,4}").prop_map(Step::Skipped),
        1 => Just(Step::Gap),
        1 => Just(Step::Disconnected),
        4 => Just(Step::Commit),
        2 => Just(Step::Expand),
        2 => Just(Step::Read),
    ]
}

fn name(target: usize) -> Arc<str> {
    super::target(&format!("http://localhost:{target}/"))
}

fn record(step: &Step, seq: &mut u64, number: usize) -> Option<Record> {
    let later = i64::try_from(number).expect("a number");
    Some(match step {
        Step::Received { targets, body } => {
            *seq += 1;
            let Record::Received(mut event) = received(*seq, &format!("evt_{seq}")) else { return None };
            event.targets = (0..*targets).map(name).collect();
            event.event.body = Bytes::from(vec![b'x'; *body]);
            if *body == 9 {
                let origin = LocalOrigin { origin: EventOrigin::Edited, source_id: Some("evt_0".to_owned()) };
                event.local = Some(Box::new(origin));
            }
            Record::Received(event)
        }
        Step::Attempt { event, target, outcome, reason, headers } => {
            let map = super::headers(&[("content-type", "text/plain"), ("set-cookie", "secret")]);
            Record::Attempt(Box::new(AttemptRecord {
                target: name(*target),
                started_at: at(1000 + later),
                reason: reason.clone(),
                request_headers: headers.then(|| map.clone()),
                response_headers: map,
                response_body: Bytes::from(vec![b'y'; number]),
                settles: outcome.final_state().map(|state| (state, at(2000 + later))),
                chaos: (number.is_multiple_of(7)).then(|| "duplicate".to_owned()),
                ..an_attempt(*event, 1 + (number % 3) as u32, *outcome)
            }))
        }
        Step::Settled { event, target, state } => Record::Settled(SettledDelivery {
            seq: *event,
            target: name(*target),
            state: *state,
            at: at(3000 + later),
        }),
        Step::Skipped(id) => Record::Skipped(SkippedEvent {
            id: id.clone(),
            event_type: id.clone(),
            at: at(later),
            reason: "among others".to_owned(),
        }),
        Step::Gap => {
            let reason = "too old".to_owned();
            Record::Gap(GapRecord { at: at(later), after: None, since: Some(at(1)), reason })
        }
        Step::Disconnected => {
            let retry_in = Duration::from_millis(500);
            Record::Disconnected(DisconnectRecord { at: at(later), reason: "reset".to_owned(), retry_in })
        }
        Step::Commit | Step::Expand | Step::Read => return None,
    })
}

/// The tables after these steps, and after the process was killed, if `is_killed`.
async fn run(steps: &[Step], burst: usize, is_killed: bool) -> Vec<String> {
    let history = TestHistory::new();
    let journal = begin(HistorySettings { burst: Some(burst), ..history.settings() }).await;
    let mut seq = 0;
    for (number, step) in steps.iter().enumerate() {
        match record(step, &mut seq, number) {
            Some(record) => journal.record(record).await,
            None => match step {
                Step::Read => drop(history.reader().list(&EventFilter::default()).expect("a list")),
                Step::Expand => journal.flush().await.expect("committed"),
                _ => assert!(journal.has_committed().await),
            },
        }
    }
    if is_killed {
        assert!(journal.has_committed().await);
        journal.kill();
    } else {
        journal.close().await;
    }
    // Whatever is left, a reader expands.
    history.reader().list(&EventFilter::default()).expect("a list");
    active_runs(&history.path(), at(9000)).expect("runs");
    dump(&history)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn batches_become_the_rows_of_their_records(
        steps in prop::collection::vec(step(), 1..60),
        is_killed in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("one");
        let rows = runtime.block_on(run(&steps, usize::MAX, is_killed));
        let batches = runtime.block_on(run(&steps, 1, is_killed));
        prop_assert_eq!(rows, batches);
    }
}

#[tokio::test]
async fn killed_run_leaves_its_batches() {
    let history = TestHistory::new();
    let journal = begin(in_batches(&history)).await;
    for seq in 1..=50 {
        journal.record(received(seq, &format!("evt_{seq}"))).await;
    }
    assert!(journal.has_committed().await);
    for seq in 1..=40 {
        journal.record(at_once(seq)).await;
    }
    assert!(journal.has_committed().await);
    assert!(batches(&history) >= 2);
    journal.kill();

    let journal = history.begin().await;
    let left = leftover(&journal).await;
    assert_eq!((left.deliveries, left.last_received_id.as_deref()), (10, Some("evt_50")));
    assert_eq!(batches(&history), 0);
    assert_eq!(history.event("evt_40").deliveries[0].state, DeliveryState::Delivered);
    assert_eq!(integrity(&history.path()), "ok");
}

#[tokio::test]
async fn body_in_a_batch_is_found_while_the_file_is_locked() {
    let history = TestHistory::new();
    let journal = begin(in_batches(&history)).await;
    for seq in 1..=3 {
        journal.record(received(seq, &format!("evt_{seq}"))).await;
    }
    assert!(journal.has_committed().await);
    let other = history.sql();
    other.execute_batch("BEGIN IMMEDIATE").expect("locked");
    let bodies = journal.bodies(vec![3, 1, 4]).await.expect("bodies");
    assert_eq!(bodies.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [3, 1]);
    drop(other);
    let bodies = journal.bodies(vec![2]).await.expect("bodies");
    assert_eq!(bodies[0].1, &b"{\"id\":\"evt_2\"}"[..]);
}

#[tokio::test]
async fn quiet_moment_expands_the_batches() {
    let history = TestHistory::new();
    let journal = begin(in_batches(&history)).await;
    deliver(&journal, 1, "evt_1").await;
    assert!(journal.has_committed().await);
    let expanded = async {
        while batches(&history) > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), expanded).await.expect("in time");
    let sql = "SELECT count(*) FROM events";
    assert_eq!(history.sql().query_row(sql, [], |row| row.get::<_, i64>(0)).expect("a count"), 1);
    // What comes later is written as rows again.
    deliver(&journal, 2, "evt_2").await;
    journal.close().await;
    assert_eq!(history.event("evt_2").deliveries[0].attempts, 1);
}

#[tokio::test]
async fn damaged_batch_is_reported() {
    let history = TestHistory::new();
    let journal = begin(in_batches(&history)).await;
    deliver(&journal, 1, "evt_1").await;
    assert!(journal.has_committed().await);
    journal.kill();
    history.sql().execute("UPDATE record_batches SET records = x'ffff'", []).expect("changed");
    let read = history.reader().list(&EventFilter::default());
    let message = read.expect_err("damaged").to_string();
    assert!(message.contains("is damaged") && message.contains("a batch of records"), "{message}");
}

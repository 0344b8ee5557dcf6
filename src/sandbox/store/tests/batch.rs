//! Changes that share a transaction.

use super::*;
use crate::sandbox::store::batch::Fate;
use crate::sandbox::store::commit::Uncommitted;

fn join<'s, T>(
    store: &'s Store,
    work: impl FnOnce(&mut Change<'_>) -> Result<T, rusqlite::Error>,
) -> Result<(T, Uncommitted<'s>), rusqlite::Error> {
    store.join(Environment::Test, &meta(), work)
}

/// A change that creates an object that is found by `word`, and an event.
fn create(change: &mut Change<'_>, number: u8, word: &str) -> Result<i64, rusqlite::Error> {
    let index = Index {
        filter_values: vec![("color", Sql::Text("red".to_owned()))],
        search: word.to_owned(),
        ..Index::default()
    };
    let object = change.insert(KIND, Uuid::from_bytes([number; 16]), None, Body::new(), &index)?;
    change.append(entry(&format!("evt_{number}")))?;
    Ok(object.seq)
}

fn found(store: &Store, search: Option<&str>) -> u64 {
    let filter_values = vec![("color", Sql::Text("red".to_owned()))];
    let search = search.map(str::to_owned);
    let selection = Selection { filter_values, search, ..Selection::first(KIND, Order::Oldest, 10) };
    store.read(Environment::Test, |tables| tables.select(&selection)).unwrap().1
}

fn published(store: &Store, cursor: &mut crate::sandbox::store::event_log::cursor::Cursor) -> Vec<String> {
    drop(store.settled());
    let mut ids = Vec::new();
    while let Step::Item(entry) = cursor.step() {
        ids.push(entry.id.clone());
    }
    ids
}

#[test]
fn events_come_after_the_shared_commit() {
    let store = Store::in_memory(100).unwrap();
    let mut cursor = store.log(Environment::Test).join(None, Filter::default());
    let (_, first) = join(&store, |change| create(change, 1, "apple")).unwrap();
    let (_, second) = join(&store, |change| create(change, 2, "apple pie")).unwrap();
    assert!(matches!(cursor.step(), Step::Idle), "nothing is committed yet");
    assert_eq!(published(&store, &mut cursor), ["evt_1", "evt_2"]);
    drop((first, second));
    assert_eq!((found(&store, None), found(&store, Some("apple")), found(&store, Some("pie"))), (2, 2, 1));
}

/// Makes a change until it is committed; returns how many times it was made.
async fn persist(store: &Store, number: u8, between: &dyn Fn(u32)) -> u32 {
    for times in 1.. {
        let (_, change) = join(store, |change| create(change, number, "kept")).unwrap();
        between(times);
        if change.committed().await.unwrap() == Fate::Committed {
            return times;
        }
    }
    0
}

#[tokio::test]
async fn failed_change_takes_back_only_itself() {
    let store = Store::in_memory(100).unwrap();
    let mut cursor = store.log(Environment::Test).join(None, Filter::default());
    let fails = |change: &mut Change<'_>| {
        create(change, 9, "lost")?;
        assert_eq!(change.next_number("n")?, 1);
        Err::<(), _>(rusqlite::Error::QueryReturnedNoRows)
    };
    assert!(join(&store, fails).is_err(), "the first of a transaction");
    let fails_once = |times| assert!(times > 1 || join(&store, fails).is_err());
    let times = futures_util::future::join_all([
        persist(&store, 1, &|_| {}),
        persist(&store, 2, &fails_once),
        persist(&store, 3, &|_| {}),
    ]);
    assert_eq!(times.await, [2, 2, 1], "the others of its transaction are made again");
    let mut events = published(&store, &mut cursor);
    events.sort_unstable();
    assert_eq!(events, ["evt_1", "evt_2", "evt_3"]);
    assert_eq!((found(&store, None), found(&store, Some("kept")), found(&store, Some("lost"))), (3, 3, 0));
    let number = write(&store, |change| change.next_number("n"));
    assert_eq!(number.unwrap(), 1, "a failed change uses no number");
}

#[tokio::test]
async fn early_failure_disturbs_no_other_change() {
    let store = Store::in_memory(100).unwrap();
    let fails = |change: &mut Change<'_>| {
        assert_eq!(change.count(KIND, "color", &Sql::Text("red".to_owned()))?, 1);
        Err::<(), _>(rusqlite::Error::QueryReturnedNoRows)
    };
    let times = persist(&store, 1, &|_| assert!(join(&store, fails).is_err())).await;
    assert_eq!((times, found(&store, Some("kept"))), (1, 1), "it wrote nothing");
}

#[tokio::test]
async fn panic_takes_back_only_its_change() {
    let store = Store::in_memory(100).unwrap();
    let panics = || {
        let work = || {
            join(&store, |change| {
                create(change, 9, "lost")?;
                assert!(change.is_silent(), "a mistake");
                Ok(())
            })
        };
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(work())));
        assert!(caught.is_err());
    };
    panics();
    assert_eq!(
        persist(&store, 1, &|times| if times == 1 {
            panics()
        })
        .await,
        2
    );
    panics();
    assert_eq!((found(&store, Some("kept")), found(&store, Some("lost"))), (1, 0));
}

#[test]
fn abandoned_change_is_committed_as_well() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path(), 100).unwrap();
    let (_, change) = join(&store, |change| create(change, 1, "apple")).unwrap();
    // as when the client disconnects
    drop(change);
    // as when the process is killed: the file is read again
    drop(store);
    let store = Store::open(directory.path(), 100).unwrap();
    assert_eq!((found(&store, None), found(&store, Some("apple"))), (1, 1));
}

#[cfg(unix)]
#[test]
fn unanswered_change_is_not_in_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path(), 100).unwrap();
    let before = std::fs::read(directory.path().join("sandbox.db-wal")).unwrap();
    let (_, change) = join(&store, |change| create(change, 1, "apple")).unwrap();
    let uncommitted = std::fs::read(directory.path().join("sandbox.db-wal")).unwrap();
    assert!(before == uncommitted, "a killed sandbox has neither the change nor an answer");
    drop(change);
    assert!(before != std::fs::read(directory.path().join("sandbox.db-wal")).unwrap());
}

#[tokio::test]
async fn all_waiting_changes_get_the_outcome() {
    let store = Store::in_memory(100).unwrap();
    let changes =
        (1..=20).map(|number| join(&store, |change| create(change, number, "apple")).unwrap().1.committed());
    let outcomes = futures_util::future::join_all(changes).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(Fate::Committed))));
    // SQLite takes the whole transaction back after some errors, such as a full disk
    let changes = (21..=23).map(|number| join(&store, |change| create(change, number, "lost")).unwrap().1);
    let changes: Vec<_> = changes.collect();
    store.inner.lock().unwrap().conn.execute_batch("ROLLBACK").unwrap();
    let outcomes = futures_util::future::join_all(changes.into_iter().map(Uncommitted::committed)).await;
    let undone = |outcome: &Result<_, _>| matches!(outcome, Ok(Fate::Undone));
    assert!(outcomes.iter().all(undone), "none may be answered as if it was stored");
    assert_eq!((found(&store, Some("apple")), found(&store, Some("lost"))), (20, 0));
}

#[test]
fn large_change_is_counted_again() {
    let store = Store::in_memory(100).unwrap();
    let count = || while store.count_letters().unwrap() {};
    let uncounted = store.uncounted();
    count();
    write(&store, |change| create(change, 1, "zq")).unwrap();
    assert_eq!(found(&store, None), 1);
    let short = |term: &str| {
        let search = Some(term.to_owned());
        let selection = Selection { search, ..Selection::first(KIND, Order::Oldest, 5_000) };
        let (objects, total) = store.read(Environment::Test, |tables| tables.select(&selection)).unwrap();
        assert_eq!(objects.len() as u64, total);
        total
    };
    assert_eq!((short("z"), short("q"), short("zz")), (1, 1, 0));
    assert!(!uncounted.has_changed().unwrap());
    write(&store, |change| {
        (0..2_500).try_for_each(|_| {
            let (uuid, index) = (change.uuid(), Index { search: "za".to_owned(), ..Index::default() });
            change.insert(KIND, uuid, None, Body::new(), &index).map(drop)
        })
    })
    .unwrap();
    assert!(uncounted.has_changed().unwrap());
    for _ in 0..2 {
        // at first by reading every text
        assert_eq!((short("z"), short("a"), short("za"), short("zq")), (2_501, 2_500, 2_500, 1));
        count();
    }
    write(&store, |change| {
        change.clear()?;
        create(change, 2, "qz")
    })
    .unwrap();
    assert_eq!((short("z"), short("za"), short("qz")), (1, 0, 1));
}

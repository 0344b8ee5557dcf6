//! The active runs, as another process lists them.

use super::*;

fn list(history: &TestHistory) -> Vec<ActiveRun> {
    active_runs(&history.path(), at(9000)).expect("an answer")
}

#[tokio::test]
async fn run_is_active_until_it_ends_or_is_killed() {
    let history = TestHistory::new();
    assert_eq!(list(&history), []);
    assert!(!history.path().exists(), "listing creates no file");
    let first = history.begin().await;
    let second = history.open();
    let elsewhere = RunScope { environment: None, ..scope() };
    second.begin_run(elsewhere.clone(), vec![target("a"), target("b c")], 43).await.expect("a run");
    let listed = list(&history);
    let expected = ActiveRun { pid: 42, scope: scope(), targets: vec![TARGET.to_owned()], started_at: at(0) };
    assert_eq!(listed[0], expected);
    let (targets, pid) = (vec!["a".to_owned(), "b c".to_owned()], 43);
    assert_eq!(listed[1..], [ActiveRun { pid, scope: elsewhere, targets, started_at: at(0) }]);

    first.close().await;
    assert_eq!(list(&history).len(), 1);
    assert_eq!(list(&history).len(), 1, "listing ends no run");
    second.close().await;
    assert_eq!(list(&history), []);
}

#[tokio::test]
async fn killed_run_is_not_active() {
    let history = TestHistory::new();
    history.begin().await.close().await;
    history.sql().execute("UPDATE runs SET ended_at = NULL", []).expect("a change");
    assert_eq!(list(&history), []);
    let ended: i64 = history.sql().query_row("SELECT ended_at FROM runs", [], |row| row.get(0)).expect("one");
    assert_eq!(ended, at(9000).as_millisecond(), "its end is recorded");
}

#[test]
fn damaged_file_is_an_error() {
    let history = TestHistory::new();
    std::fs::create_dir_all(history.path().parent().expect("a parent")).expect("made");
    std::fs::write(history.path(), vec![b'x'; 4096]).expect("written");
    assert!(active_runs(&history.path(), at(0)).is_err());
}

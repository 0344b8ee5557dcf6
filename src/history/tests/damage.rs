//! Files that are older, newer, foreign, damaged or cannot grow.

use super::super::schema::{MIGRATIONS, migrate};
use super::*;

fn refused(history: &TestHistory) -> String {
    let error = Journal::open(history.settings()).expect_err("refused");
    let read = HistoryReader::open(&history.path()).expect_err("refused");
    assert_eq!(error.to_string(), read.to_string());
    error.to_string()
}

fn write(history: &TestHistory, bytes: &[u8]) {
    std::fs::create_dir_all(history.path().parent().expect("a directory")).expect("made");
    std::fs::write(history.path(), bytes).expect("written");
    // A file that others can read is refused.
    #[cfg(unix)]
    std::fs::set_permissions(history.path(), std::os::unix::fs::PermissionsExt::from_mode(0o600))
        .expect("private");
}

#[test]
fn missing_file_reads_as_an_empty_history() {
    let history = TestHistory::new();
    let reader = history.reader();
    assert!(reader.list(&EventFilter::default()).expect("a list").is_empty());
    assert!(matches!(reader.get("evt").expect("an answer"), EventLookup::Nothing));
    assert!(reader.export(&EventFilter::default()).expect("an export").next().is_none());
    assert!(!history.path().exists());
}

#[tokio::test]
async fn empty_file_becomes_a_history() {
    let history = TestHistory::new();
    write(&history, b"");
    let journal = history.begin().await;
    deliver(&journal, 1, "evt_a").await;
    journal.close().await;
    history.event("evt_a");
}

#[test]
fn older_format_is_migrated_with_its_data() {
    let history = TestHistory::new();
    write(&history, b"");
    let mut conn = history.sql();
    let steps = ["CREATE TABLE t (a TEXT) STRICT", "ALTER TABLE t ADD COLUMN b INTEGER NOT NULL DEFAULT 7"];
    migrate(&mut conn, &history.path(), &steps[..1]).expect("made");
    conn.execute("INSERT INTO t VALUES ('x')", []).expect("a row");
    migrate(&mut conn, &history.path(), &steps).expect("migrated");
    migrate(&mut conn, &history.path(), &steps).expect("nothing to do");
    let row = conn.query_row("SELECT a, b FROM t", [], |row| Ok((row.get(0)?, row.get(1)?)));
    assert_eq!(row.expect("a row"), ("x".to_owned(), 7));
    assert_eq!(conn.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0)).expect("it"), 2);
}

#[test]
fn failed_migration_keeps_the_older_format() {
    let history = TestHistory::new();
    write(&history, b"");
    let mut conn = history.sql();
    migrate(&mut conn, &history.path(), &["CREATE TABLE t (a)"]).expect("made");
    migrate(&mut conn, &history.path(), &["CREATE TABLE t (a)", "CREATE TABLE u (a); BROKEN"])
        .expect_err("a broken step");
    assert_eq!(conn.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0)).expect("it"), 1);
    conn.query_row("SELECT count(*) FROM u", [], |_| Ok(())).expect_err("no such table");
}

#[tokio::test]
async fn newer_format_is_refused() {
    let history = TestHistory::new();
    history.open().close().await;
    let newer = i64::try_from(MIGRATIONS.len()).expect("a number") + 1;
    history.sql().pragma_update(None, "user_version", newer).expect("set");
    let message = refused(&history);
    let reason = format!("newer cstar (format {newer}; this version supports up to {})", newer - 1);
    assert!(message.contains(&reason), "{message}");
    assert!(message.contains("history.sqlite3"), "{message}");
}

#[test]
fn foreign_sqlite_file_is_refused() {
    let history = TestHistory::new();
    write(&history, b"");
    history.sql().execute_batch("CREATE TABLE theirs (a)").expect("made");
    let message = refused(&history);
    assert!(message.contains("not a history of cstar"), "{message}");
}

#[test]
fn garbage_is_refused_and_not_changed() {
    let history = TestHistory::new();
    let garbage = b"this is no SQLite file. ".repeat(400);
    write(&history, &garbage);
    let message = refused(&history);
    assert!(message.contains("history.sqlite3") && message.contains("damaged"), "{message}");
    assert_eq!(std::fs::read(history.path()).expect("a file"), garbage);
}

#[tokio::test]
async fn later_damage_never_panics() {
    let (history, journal) = TestHistory::begun().await;
    for seq in 1..=200 {
        deliver(&journal, seq, &format!("evt_{seq}")).await;
    }
    journal.close().await;
    let journal = history.open();
    let mut bytes = std::fs::read(history.path()).expect("a file");
    // All but the first page, which has the tables.
    bytes.iter_mut().skip(8192).for_each(|byte| *byte = 0xA5);
    std::fs::write(history.path(), &bytes).expect("written");
    let error = history.reader().list(&EventFilter::default()).expect_err("damaged").to_string();
    assert!(error.contains("history.sqlite3") && error.contains("damaged"), "{error}");
    journal.begin_run(scope(), vec![], 1).await.expect_err("damaged");
    journal.record(received(1, "evt")).await;
    journal.flush().await.expect_err("off");
    journal.close().await;
}

#[tokio::test]
async fn records_without_a_run_turn_the_journal_off() {
    let history = TestHistory::new();
    let journal = history.open();
    journal.record(received(1, "evt")).await;
    journal.flush().await.expect_err("off");
    assert_eq!(journal.status().borrow().off.as_deref(), Some("no run has begun"));
    journal.close().await;
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let history = TestHistory::new();
    let mode = |path: &Path| std::fs::metadata(path).expect("a file").permissions().mode() & 0o777;
    let journal = history.begin().await;
    deliver(&journal, 1, "evt_a").await;
    journal.flush().await.expect("committed");
    let directory = history.path().parent().expect("a directory").to_owned();
    assert_eq!(mode(&directory), 0o700);
    let files: Vec<PathBuf> =
        std::fs::read_dir(&directory).expect("a directory").map(|file| file.expect("one").path()).collect();
    assert!(files.len() >= 4, "the file, its log, its index and the run's lock: {files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    journal.close().await;
    std::fs::set_permissions(history.path(), std::fs::Permissions::from_mode(0o644)).expect("set");
    history.open().close().await;
    assert_eq!(mode(&history.path()), 0o600, "narrowed again");
}

#[test]
fn uncreatable_directory_is_named() {
    let history = TestHistory::new();
    std::fs::write(history.dir.path().join("state"), b"a file").expect("written");
    let message = Journal::open(history.settings()).expect_err("no directory").to_string();
    assert!(message.contains("history.sqlite3"), "{message}");
}

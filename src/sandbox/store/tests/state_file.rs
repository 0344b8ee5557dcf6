//! The state file: private, locked, versioned, and readable after a crash.

use super::*;

#[test]
fn directory_is_locked_by_one_sandbox() {
    let home = tempfile::tempdir().unwrap();
    let directory = home.path().join("deep/er");
    let store = Store::open(&directory, 10).unwrap();
    let second = Store::open(&directory, 10);
    assert!(matches!(&second, Err(StoreError::InUse(path)) if *path == directory), "{second:?}");
    assert!(matches!(Store::remove(&directory), Err(StoreError::InUse(_))));
    drop(store);
    Store::open(&directory, 10).unwrap();
    Store::remove(&directory).unwrap();
    Store::remove(&directory).unwrap();
    assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let directory = home.path().join("data");
    let store = Store::open(&directory, 10).unwrap();
    add(&store, "red", 1, "");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&directory), 0o700);
    for file in std::fs::read_dir(&directory).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn foreign_newer_and_corrupt_files_differ() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join(file::NAME);
    let with = |sql: &str| {
        let _ = std::fs::remove_file(&path);
        rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        Store::open(home.path(), 10)
    };
    assert!(matches!(with("CREATE TABLE mine (a)"), Err(StoreError::NotOurs(_))));
    assert!(
        matches!(Store::remove(home.path()), Err(StoreError::NotOurs(_))),
        "a foreign file is not removed"
    );
    let newer = with("PRAGMA application_id = 1666413410; PRAGMA user_version = 99; CREATE TABLE a (b)");
    assert!(matches!(newer, Err(StoreError::Newer { found: 99, .. })), "{newer:?}");
    std::fs::write(&path, "not a database, and long enough not to be taken for an empty file ".repeat(20))
        .unwrap();
    assert!(matches!(Store::open(home.path(), 10), Err(StoreError::Corrupt { .. })));
    Store::remove(home.path()).unwrap();
    Store::open(home.path(), 10).unwrap();
}

#[test]
fn events_survive_a_restart() {
    let home = tempfile::tempdir().unwrap();
    let start = {
        let store = Store::open(home.path(), 3).unwrap();
        store.log(Environment::Test).join(None, Filter::default()).start().id.clone()
    };
    {
        let store = Store::open(home.path(), 3).unwrap();
        assert_eq!(read(&store, &start), (true, vec![]), "the start keeps its id");
        fire(&store, "a");
        fire(&store, "b");
        assert_eq!(read(&store, &start).1, ["a", "b"]);
    }
    {
        let store = Store::open(home.path(), 3).unwrap();
        assert_eq!(read(&store, &start), (true, vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(read(&store, "a"), (true, vec!["b".to_owned()]));
        for id in ["c", "d", "e"] {
            fire(&store, id);
        }
        assert_eq!(read(&store, "b").1, ["c", "d", "e"]);
    }
    let store = Store::open(home.path(), 3).unwrap();
    let rest = || vec!["c".to_owned(), "d".to_owned(), "e".to_owned()];
    assert_eq!(read(&store, "b"), (true, rest()), "no later event is missing");
    assert_eq!(read(&store, "a"), (false, rest()));
    assert_eq!(read(&store, &start), (false, rest()));
}

#[test]
fn event_table_is_limited() {
    let store = Store::in_memory(8).unwrap();
    for n in 0..500 {
        fire(&store, &n.to_string());
    }
    let rows: usize =
        store.settled().conn.query_row("SELECT count(*) FROM events", [], |row| row.get(0)).unwrap();
    assert!((8..=8 + 66).contains(&rows), "{rows}");
    assert!(read(&store, "491").0);
    assert!(!read(&store, "490").0);
}

#[test]
fn unclosed_state_is_read_as_committed() {
    let home = tempfile::tempdir().unwrap();
    let store = Store::open(home.path(), 10).unwrap();
    add(&store, "red", 1, "");
    fire(&store, "a");
    // the files after a kill: nothing is closed, and the write-ahead log still exists
    let copy = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(home.path()).unwrap() {
        let path = file.unwrap().path();
        std::fs::copy(&path, copy.path().join(path.file_name().unwrap())).unwrap();
    }
    let again = Store::open(copy.path(), 10).unwrap();
    assert_eq!(select(&again, &[], None, Order::Newest), (vec![1], 1));
    assert_eq!(read(&again, "?").1, ["a"]);
}

#[test]
fn migrated_state_is_indexed() {
    use crate::sandbox::tools::storage::{StorageLocation, open};
    let home = tempfile::tempdir().unwrap();
    let conn = Connection::open(home.path().join(file::NAME)).unwrap();
    for step in &file::MIGRATIONS[..4] {
        conn.execute_batch(step).unwrap();
    }
    conn.execute_batch(
        r#"PRAGMA application_id = 1666413410; PRAGMA user_version = 4;
        INSERT INTO objects (environment, kind, uuid, search, body) VALUES
            ('test', 'ticket', zeroblob(16), 'login broken', '{"title":"Login broken","status":"open","priority":"high"}');
        INSERT INTO objects (environment, kind, uuid, parent, search, body) VALUES
            ('test', 'message', zeroblob(16), 1, '', '{"content":"C"}');
        INSERT INTO requests (environment, line) VALUES ('live', '{}'), ('test', 'x'), ('test',
            '{"id":"req_1","time":5,"method":"GET","target":"/api/v1/x?q","status":404,"micros":1,"faults":[]}');
        INSERT INTO webhooks (environment, id, name, url, events, active, flat, created_at, updated_at) VALUES
            ('test', 'whk_1', 'w', 'http://localhost', '*', 1, 0, 0, 0);
        INSERT INTO deliveries (webhook, id, event_id, type, resource, request_id, body, created_at, status) VALUES
            (1, 'dlv_1', 'evt_1', 't', 'r', 'q', x'6161', 0, 'failed'), (1, 'dlv_2', 'evt_1', 't', 'r', 'q', x'6161', 0, 'failed'),
            (1, 'dlv_3', 'evt_1', 't', 'r', 'q', x'6262', 0, 'failed');
        INSERT INTO attempts VALUES (1, 1, 0, 0, 500, NULL, '[]', '[]', x'6f6b', 0);"#,
    )
    .unwrap();
    drop(conn);
    for _ in 0..2 {
        let store = open(&StorageLocation::Directory(home.path().to_owned()), 10).unwrap();
        let selection = Selection {
            filter_values: vec![
                ("status", Sql::Text("open".to_owned())),
                ("priority", Sql::Text("high".to_owned())),
            ],
            search: Some("gin br".to_owned()),
            ..Selection::first("ticket", Order::Newest, 10)
        };
        let found: Result<_, rusqlite::Error> = store.read(Environment::Test, |tables| {
            let (tickets, total) = tables.select(&selection)?;
            Ok((tickets[0].body["title"].clone(), total, tables.children("message", tickets[0].seq)?.len()))
        });
        assert_eq!(found.unwrap(), (json!("Login broken"), 1, 1));
        let bodies: Result<Vec<_>, rusqlite::Error> = store.read(Environment::Test, |tables| {
            Ok(tables.deliveries_of("evt_1")?.into_iter().map(|(_, delivery)| delivery.body).collect())
        });
        assert_eq!(bodies.unwrap(), [&b"aa"[..], b"aa", b"bb"]);
        assert_eq!(store.requests(Environment::Test, 10).unwrap()[0].0, 0);
        let facts = store.request_summaries(Environment::Test, 9, 10).unwrap();
        assert_eq!((facts[0].path.as_str(), facts[0].status, facts.len()), ("/api/v1/x", 404, 1));
    }
}

#[test]
fn migration_counts_the_tags_of_tickets() {
    use crate::sandbox::tools::storage::{StorageLocation, open};
    let home = tempfile::tempdir().unwrap();
    let conn = Connection::open(home.path().join(file::NAME)).unwrap();
    for step in &file::MIGRATIONS[..6] {
        conn.execute_batch(step).unwrap();
    }
    conn.execute_batch(
        r#"PRAGMA application_id = 1666413410; PRAGMA user_version = 6;
        INSERT INTO objects (environment, kind, uuid, body) VALUES
            ('test', 'ticket', randomblob(16), '{"tags":["ü:;","a","a"]}'), ('test', 'ticket', randomblob(16), '{"tags":["a"]}'),
            ('live', 'ticket', randomblob(16), '{"tags":["a"]}'), ('test', 'ticket', randomblob(16), '{"tags":[]}');
        INSERT INTO groups (environment, kind, name, total) VALUES ('test', 'ticket', '', 3);"#,
    )
    .unwrap();
    drop(conn);
    let store = open(&StorageLocation::Directory(home.path().to_owned()), 10).unwrap();
    let tags = |environment| {
        store.read::<_, rusqlite::Error>(environment, |tables| tables.texts("ticket", "tags")).unwrap()
    };
    assert_eq!(tags(Environment::Test), [("a".to_owned(), 2), ("ü:;".to_owned(), 1)]);
    assert_eq!(tags(Environment::Live), [("a".to_owned(), 1)]);
    let tagged: Result<_, rusqlite::Error> = store.read(Environment::Test, |tables| {
        Ok(tables.with("ticket", "tags", &Sql::Text("ü:;".to_owned()))?.len())
    });
    assert_eq!(tagged.unwrap(), 1);
}

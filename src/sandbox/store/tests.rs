//! The state file (private, locked, versioned), atomic changes, queries, and events that survive a restart.

use jiff::Timestamp;
use rusqlite::types::Value as Sql;
use serde_json::json;

use super::event_log::{Entry, Filter};
use super::object::{Body, Index, Object, Order, Selection};
use super::uuid::Uuid;
use super::*;
use crate::sandbox::source::Source;
use crate::sandbox::source::Step;

const KIND: &str = "thing";

fn meta() -> RequestMeta {
    RequestMeta { request_id: "req_1".into(), time: Timestamp::UNIX_EPOCH }
}

fn write<T>(
    store: &Store,
    work: impl FnOnce(&mut Change<'_>) -> Result<T, rusqlite::Error>,
) -> Result<T, rusqlite::Error> {
    store.write(Environment::Test, &meta(), work)
}

fn entry(id: &str) -> Entry {
    Entry {
        id: id.to_owned(),
        kind: "ticket.created".to_owned(),
        body: br#"{"data":{"ticket":{"id":"tkt_1"}}}"#.to_vec().into(),
        request_id: "req_1".into(),
    }
}

fn fire(store: &Store, id: &str) {
    write(store, |change| change.append(entry(id))).unwrap();
}

/// Whether a listener resumes at `last`, and the events that it reads.
fn read(store: &Store, last: &str) -> (bool, Vec<String>) {
    let mut cursor = store.log(Environment::Test).join(Some(last), Filter::default());
    let mut ids = Vec::new();
    while let Step::Item(entry) = cursor.step() {
        ids.push(entry.id.clone());
    }
    (cursor.start().resumed, ids)
}

fn index(color: &str, size: i64, search: &str) -> Index {
    let filter_values = vec![("color", Sql::Text(color.to_owned())), ("size", Sql::Integer(size))];
    let sort_keys = vec![("size", Sql::Integer(size))];
    Index { filter_values, sort_keys, search: search.to_owned(), ..Index::default() }
}

fn add(store: &Store, color: &str, size: i64, search: &str) -> Object {
    write(store, |change| {
        let uuid = change.uuid();
        let body = json!({ "color": color, "size": size }).as_object().cloned().unwrap();
        change.insert(KIND, uuid, None, body, &index(color, size, search))
    })
    .unwrap()
}

fn select(
    store: &Store,
    filter_values: &[(&'static str, Sql)],
    search: Option<&str>,
    order: Order,
) -> (Vec<i64>, u64) {
    let selection = Selection {
        kind: KIND,
        filter_values: filter_values.to_vec(),
        multi_values: Vec::new(),
        search: search.map(str::to_owned),
        order,
        offset: 0,
        limit: 100,
    };
    let found: Result<_, rusqlite::Error> = store.read(Environment::Test, |tables| tables.select(&selection));
    let (objects, total) = found.unwrap();
    (objects.iter().map(|object| object.body["size"].as_i64().unwrap()).collect(), total)
}

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
fn failed_change_is_rolled_back() {
    let store = Store::in_memory(10).unwrap();
    add(&store, "red", 1, "");
    let failed: Result<(), _> = write(&store, |change| {
        let uuid = change.uuid();
        change.insert(KIND, uuid, None, Body::new(), &index("red", 2, ""))?;
        change.append(entry("evt_1"))?;
        change.next_number("n")?;
        Err(rusqlite::Error::QueryReturnedNoRows)
    });
    assert!(failed.is_err());
    let red = [("color", Sql::Text("red".to_owned()))];
    assert_eq!(select(&store, &red, None, Order::Newest), (vec![1], 1));
    fire(&store, "evt_2");
    assert_eq!(read(&store, "?").1, ["evt_2"], "a failed change publishes nothing");
    assert_eq!(write(&store, |change| change.next_number("n")).unwrap(), 1);
}

#[test]
fn updated_object_is_found_by_new_values() {
    let store = Store::in_memory(10).unwrap();
    for (color, size, search) in
        [("red", 1, "one"), ("blue", 3, "two"), ("red", 2, "three"), ("red", 3, "100%")]
    {
        add(&store, color, size, search);
    }
    let color = |color: &str| ("color", Sql::Text(color.to_owned()));
    let size = |size| ("size", Sql::Integer(size));
    assert_eq!(select(&store, &[], None, Order::Newest), (vec![3, 2, 3, 1], 4));
    assert_eq!(select(&store, &[], None, Order::Oldest), (vec![1, 3, 2, 3], 4));
    assert_eq!(select(&store, &[color("red")], None, Order::Newest), (vec![3, 2, 1], 3));
    assert_eq!(select(&store, &[color("red"), size(3)], None, Order::Newest), (vec![3], 1));
    assert_eq!(select(&store, &[color("red")], None, Order::Rising("size")), (vec![1, 2, 3], 3));
    assert_eq!(select(&store, &[], None, Order::Falling("size")), (vec![3, 3, 2, 1], 4));
    assert_eq!(select(&store, &[], Some("e"), Order::Newest), (vec![2, 1], 2));
    assert_eq!(select(&store, &[], Some("%"), Order::Newest), (vec![3], 1));
    assert_eq!(select(&store, &[color("red"), size(1)], Some("one"), Order::Newest), (vec![1], 1));
    let last = write(&store, |change| Ok(change.with(KIND, "size", &Sql::Integer(1))?.remove(0))).unwrap();
    write(&store, |change| change.update(KIND, &last, &index("red", 1, "one"), &index("blue", 1, "x")))
        .unwrap();
    assert_eq!(select(&store, &[color("blue")], None, Order::Newest), (vec![3, 1], 2));
    assert_eq!(select(&store, &[color("red")], None, Order::Newest), (vec![3, 2], 2));
    write(&store, |change| change.delete(KIND, &last, &index("blue", 1, "x"))).unwrap();
    assert_eq!(select(&store, &[color("blue")], None, Order::Newest), (vec![3], 1));
    let live: Result<_, rusqlite::Error> = store.read(Environment::Live, |tables| tables.has(KIND));
    assert!(!live.unwrap(), "the other environment does not change");
}

#[test]
fn totals_follow_every_kind_of_change() {
    let store = Store::in_memory(10).unwrap();
    let red = [("color", Sql::Text("red".to_owned()))];
    let total = || select(&store, &red, None, Order::Newest).1;
    assert_eq!((total(), total()), (0, 0));
    let object = add(&store, "red", 1, "");
    assert_eq!((total(), total()), (1, 1));
    let failed = write(&store, |change| {
        change.delete(KIND, &object, &index("red", 1, ""))?;
        let selection = Selection {
            kind: KIND,
            filter_values: red.to_vec(),
            multi_values: Vec::new(),
            search: None,
            order: Order::Newest,
            offset: 0,
            limit: 1,
        };
        assert_eq!(change.select(&selection)?.1, 0, "a change sees its own writes");
        Err::<(), _>(rusqlite::Error::QueryReturnedNoRows)
    });
    assert!(failed.is_err());
    assert_eq!(total(), 1, "a rolled back change is not counted");
    let (was, is) = (index("red", 1, ""), index("blue", 1, ""));
    write(&store, |change| change.update(KIND, &object, &was, &is)).unwrap();
    assert_eq!(total(), 0);
    write(&store, |change| change.update(KIND, &object, &is, &was)).unwrap();
    assert_eq!(total(), 1);
    write(&store, |change| change.delete(KIND, &object, &was)).unwrap();
    assert_eq!(total(), 0);
    add(&store, "red", 1, "");
    assert_eq!(total(), 1);
    write(&store, |change| change.clear()).unwrap();
    assert_eq!(total(), 0);
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
        locked(&store.inner).conn.query_row("SELECT count(*) FROM events", [], |row| row.get(0)).unwrap();
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

/// Objects with a color, a size, one or two tags and a text.
type Model = Vec<(i64, Index)>;

fn drawn(rng: &mut crate::sandbox::rng::SeededRng) -> Index {
    let words = ["a", "b", "\"", "%", " ", "é", "ß", "\0", "日本", "*", "ab", "\n"];
    let text: String = (0..rng.below(9)).map(|_| rng.pick(&words)).collect();
    let tag = |text: &str| ("tag", Sql::Text(text.to_owned()));
    let mut index = index(rng.pick(&["red", "red", "red", "blue"]), rng.below(3).cast_signed(), &text);
    index.multi_values = vec![tag(rng.pick(&["x", "y"])), tag(rng.pick(&["y", "z"]))];
    index
}

/// The result of a full scan.
fn scanned(model: &Model, selection: &Selection) -> (Vec<i64>, u64) {
    let rank = |index: &Index| match index.sort_keys[0].1 {
        Sql::Integer(size) => size,
        _ => 0,
    };
    let mut found: Vec<(i64, i64)> = model
        .iter()
        .filter(|(_, index)| selection.filter_values.iter().all(|facet| index.filter_values.contains(facet)))
        .filter(|(_, index)| selection.multi_values.iter().all(|facet| index.multi_values.contains(facet)))
        .filter(|(_, index)| selection.search.as_ref().is_none_or(|text| index.search.contains(text)))
        .map(|(seq, index)| (rank(index), *seq))
        .collect();
    match selection.order {
        Order::Oldest => found.sort_by_key(|(_, seq)| *seq),
        Order::Newest => found.sort_by_key(|(_, seq)| -seq),
        Order::Rising(_) => found.sort_unstable(),
        Order::Falling(_) => found.sort_unstable_by(|a, b| b.cmp(a)),
    }
    let total = found.len() as u64;
    let page = found.into_iter().skip(selection.offset as usize).take(selection.limit as usize);
    (page.map(|(_, seq)| seq).collect(), total)
}

#[test]
fn lists_match_a_full_scan() {
    let store = Store::in_memory(10).unwrap();
    let (mut rng, mut model) = (crate::sandbox::rng::SeededRng::new(7), Model::new());
    write(&store, |change| {
        // another kind with texts in the same index
        let uuid = change.uuid();
        change.insert("other", uuid, None, Body::new(), &index("red", 1, "abab")).map(drop)
    })
    .unwrap();
    for round in 0..400 {
        write(&store, |change| {
            for _ in 0..if round == 0 { 1_500 } else { 1 } {
                let (uuid, index) = (change.uuid(), drawn(&mut rng));
                model.push((change.insert(KIND, uuid, None, Body::new(), &index)?.seq, index));
            }
            let at = rng.below(model.len() as u64) as usize;
            let object = |seq| Object { seq, uuid: Uuid::from_bytes([0; 16]), body: Body::new() };
            if rng.percent(50) {
                let (seq, old) = model.remove(at);
                return change.delete(KIND, &object(seq), &old);
            }
            let (seq, old) = &mut model[at];
            let new = drawn(&mut rng);
            change.update(KIND, &object(*seq), old, &new)?;
            *old = new;
            Ok(())
        })
        .unwrap();
        let text = |name, text: &str| (name, Sql::Text(text.to_owned()));
        let mut selection = Selection {
            kind: KIND,
            filter_values: Vec::new(),
            multi_values: Vec::new(),
            search: rng.percent(60).then(|| drawn(&mut rng).search).filter(|text| !text.is_empty()),
            order: [Order::Newest, Order::Oldest, Order::Rising("size"), Order::Falling("size")]
                [rng.below(4) as usize],
            offset: rng.below(1_600),
            limit: 1 + rng.below(30),
        };
        if rng.percent(40) {
            selection.filter_values.push(("size", Sql::Integer(rng.below(3).cast_signed())));
        }
        if rng.percent(40) {
            selection.filter_values.push(text("color", rng.pick(&["red", "blue", "green"])));
        }
        if rng.percent(40) {
            selection.multi_values.push(text("tag", rng.pick(&["x", "y", "z"])));
        }
        if let Some(text) = selection.search.as_mut().filter(|_| rng.percent(70)) {
            *text = text.chars().take(1 + rng.below(4) as usize).collect();
        }
        for offset in [selection.offset, selection.offset / 40, 0] {
            selection.offset = offset;
            let found: Result<_, rusqlite::Error> =
                store.read(Environment::Test, |tables| tables.select(&selection));
            let (objects, total) = found.unwrap();
            let seqs: Vec<i64> = objects.iter().map(|object| object.seq).collect();
            assert_eq!((seqs, total), scanned(&model, &selection), "{selection:?}");
        }
    }
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
            kind: "ticket",
            filter_values: vec![
                ("status", Sql::Text("open".to_owned())),
                ("priority", Sql::Text("high".to_owned())),
            ],
            multi_values: Vec::new(),
            search: Some("gin br".to_owned()),
            order: Order::Newest,
            offset: 0,
            limit: 10,
        };
        let found: Result<_, rusqlite::Error> = store.read(Environment::Test, |tables| {
            let (tickets, total) = tables.select(&selection)?;
            Ok((tickets[0].body["title"].clone(), total, tables.children("message", tickets[0].seq)?.len()))
        });
        assert_eq!(found.unwrap(), (json!("Login broken"), 1, 1));
        let bodies: Result<Vec<_>, rusqlite::Error> = store.read(Environment::Test, |tables| {
            Ok(tables.deliveries_of("evt_1")?.into_iter().map(|(_, delivery)| delivery.body).collect())
        });
        assert_eq!(bodies.unwrap(), [b"aa", b"aa", b"bb"]);
        assert_eq!(store.requests(Environment::Test, 10).unwrap()[0].0, 0);
        let facts = store.request_summaries(Environment::Test, 9, 10).unwrap();
        assert_eq!((facts[0].path.as_str(), facts[0].status, facts.len()), ("/api/v1/x", 404, 1));
    }
}

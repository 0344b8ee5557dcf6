//! The store: atomic changes and queries.

mod batch;
mod letters;
mod scan;
mod state_file;

use jiff::Timestamp;
use rusqlite::types::Value as Sql;
use serde_json::json;

use super::change::Change;
use super::event_log::Filter;
use super::event_log::entry::Entry;
use super::object::{Body, Index, Object, Order, Selection};
use super::uuid::Uuid;
use super::*;
use crate::sandbox::request_meta::RequestMeta;
use crate::sandbox::source::Source;
use crate::sandbox::source::Step;

const KIND: &str = "thing";

fn meta() -> RequestMeta {
    RequestMeta::of("req_1", Timestamp::UNIX_EPOCH)
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
        filter_values: filter_values.to_vec(),
        search: search.map(str::to_owned),
        ..Selection::first(KIND, order, 100)
    };
    let found: Result<_, rusqlite::Error> = store.read(Environment::Test, |tables| tables.select(&selection));
    let (objects, total) = found.unwrap();
    (objects.iter().map(|object| object.body["size"].as_i64().unwrap()).collect(), total)
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
        let selection = Selection { filter_values: red.to_vec(), ..Selection::first(KIND, Order::Newest, 1) };
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

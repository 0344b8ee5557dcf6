//! Cursors of the event poll: whatever happens between polls, together they are exactly the log.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{answer, ask, fire, poll, refused};
use crate::sandbox::caller::Environment;
use crate::sandbox::request_meta::RequestMeta;
use crate::sandbox::settings::Settings;
use crate::sandbox::source::Step;
use crate::sandbox::store::Store;
use crate::sandbox::store::event_log::cursor::{After, Reader};
use crate::sandbox::store::event_log::entry::Entry;
use crate::sandbox::tests::client::Server;
use crate::sandbox_info::SECRET_TEST_KEY;

/// What happens between two polls.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Append(u8),
    /// A poll with this limit.
    Poll(u8),
    Restart,
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = prop_oneof![
        4 => (0..12_u8).prop_map(Deed::Append),
        4 => (1..9_u8).prop_map(Deed::Poll),
        1 => Just(Deed::Restart),
    ];
    proptest::collection::vec(deed, 1..60)
}

fn append(store: &Store, number: usize) {
    let meta = RequestMeta::of("req_1", jiff::Timestamp::UNIX_EPOCH);
    let kind = if number.is_multiple_of(3) { "ticket.closed" } else { "ticket.created" };
    let entry = Entry {
        id: format!("evt_{number}"),
        kind: kind.to_owned(),
        body: format!("{{\"id\":\"evt_{number}\",\"type\":\"{kind}\"}}").into(),
        request_id: "req_1".into(),
    };
    store.write(Environment::Test, &meta, |change| change.append(entry)).unwrap();
}

fn ids(reader: &mut Reader, limit: usize) -> Vec<String> {
    let next = || match reader.step(|kind| kind == "ticket.closed") {
        Step::Item(event) => Some(event.id.clone()),
        Step::Idle => None,
        Step::Overtaken => panic!("nothing was pruned"),
    };
    std::iter::from_fn(next).take(limit).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn polls_together_are_exactly_the_log(deeds in deeds()) {
        let directory = tempfile::tempdir().unwrap();
        let mut store = Store::open(directory.path(), 1_000).unwrap();
        let log = |store: &Store, after: Option<&str>| {
            let after = after.map_or(After::Oldest, After::Id);
            Arc::clone(store.log(Environment::Test)).read(after).unwrap()
        };
        let (mut cursor, mut polled, mut count) = (None, Vec::new(), 0);
        for deed in deeds.into_iter().chain([Deed::Restart, Deed::Poll(255), Deed::Poll(255), Deed::Poll(255)]) {
            match deed {
                Deed::Append(more) => (0..more).for_each(|_| {
                    append(&store, count);
                    count += 1;
                }),
                Deed::Poll(limit) => {
                    let mut reader = log(&store, cursor.as_deref());
                    polled.extend(ids(&mut reader, limit.into()));
                    cursor = reader.id();
                }
                Deed::Restart => {
                    drop(store);
                    store = Store::open(directory.path(), 1_000).unwrap();
                }
            }
        }
        let expected: Vec<String> = (0..count).step_by(3).map(|number| format!("evt_{number}")).collect();
        prop_assert_eq!(polled, expected);
    }
}

#[tokio::test]
async fn a_cursor_of_dropped_events_is_refused() {
    let server = Server::with(Settings { history: 2, ..Settings::default() }).await;
    let empty = poll(&server, "").await;
    let first = fire(&server, SECRET_TEST_KEY, "ticket.created", json!({})).await;
    for _ in 0..2 {
        fire(&server, SECRET_TEST_KEY, "ticket.created", json!({})).await;
    }
    let kept = poll(&server, &format!("after={first}")).await;
    assert_eq!(kept["events"].as_array().unwrap().len(), 2, "nothing was missed");
    let start = empty["cursor"].as_str().unwrap();
    assert_eq!(refused(&server, &format!("GET /_sandbox/events?after={start}"), Value::Null).await, "after");
    fire(&server, SECRET_TEST_KEY, "ticket.created", json!({})).await;
    assert_eq!(refused(&server, &format!("GET /_sandbox/events?after={first}"), Value::Null).await, "after");
}

#[tokio::test]
async fn streams_and_polls_continue_after_reset() {
    let server = Server::start().await;
    let mut stream = server.open_session().await;
    let before = fire(&server, SECRET_TEST_KEY, "ticket.created", json!({})).await;
    answer(&server, "POST /_sandbox/reset", json!({})).await;
    let after = fire(&server, SECRET_TEST_KEY, "ticket.closed", json!({})).await;
    assert_eq!([stream.event().await, stream.event().await], [before.clone(), after.clone()]);
    let found = poll(&server, "").await;
    assert_eq!(found["events"].as_array().unwrap().len(), 1, "{found}");
    assert_eq!(found["cursor"], json!(after));
    let gone = ask(&server, &format!("GET /_sandbox/events?after={before}"), Value::Null).await;
    assert!(gone.json()["error"]["message"].as_str().unwrap().contains("the state was replaced"), "{gone:?}");
}

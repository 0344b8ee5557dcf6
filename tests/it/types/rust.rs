//! The Rust output is compiled with these tests. `cstar types rust --output tests/types/rust/events.rs` writes it again.

use serde_json::{Value, json};

use super::samples;
use crate::support::Home;

#[allow(dead_code, unreachable_pub, clippy::all, reason = "generated, and used in part")]
mod events {
    include!("../../types/rust/events.rs");
}

use events::Event;

fn parse(event: &Value) -> Result<Event, serde_json::Error> {
    serde_json::from_value(event.clone())
}

#[test]
fn compiled_file_is_up_to_date() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/types/rust/events.rs");
    Home::new().run(["types", "rust", "--check", file]).ok();
}

#[test]
fn rust_types_read_every_sample() {
    let samples = samples(&Home::new());
    assert_eq!(samples.len(), 35);
    for mut sample in samples {
        let event = parse(&sample).unwrap();
        assert!(!matches!(event, Event::Unknown(_)), "{sample}");
        // A modelled member of another type than expected would be `None`.
        let text = format!("{event:?}");
        for value in strings(&sample["data"]) {
            assert!(text.contains(&format!("{value:?}")), "{value}: {text}");
        }
        let data = sample["data"].clone();
        sample["type"] = "ticket.of_the_future".into();
        let Event::Unknown(event) = parse(&sample).unwrap() else { panic!("{sample}") };
        assert_eq!(json!(event.data), data);
    }
}

fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(strings).collect(),
        Value::Object(members) => members.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn rust_types_are_exact_where_documented() {
    let event = |kind: &str, data: Value| {
        parse(&json!({ "id": "e", "type": kind, "created_at": "c", "team_id": "t", "data": data }))
    };
    let error = event("ticket.created", json!({ "ticket": {} })).unwrap_err().to_string();
    assert!(error.contains("missing field `id`"), "{error}");
    assert!(event("ticket.updated", json!({ "ticket": { "id": 1 } })).is_err());
    let Event::TicketMessageAdded(event) =
        event("ticket.message_added", json!({ "ticket": 1, "colour": "red" })).unwrap()
    else {
        panic!()
    };
    assert!(event.data.ticket.is_none());
    assert_eq!(event.data.other["colour"], "red");
}

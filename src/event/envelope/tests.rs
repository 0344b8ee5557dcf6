//! Reading and writing the envelope, and the errors.

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::*;
use crate::event::fixtures::{NESTED, TICKET_ONLY, UNNESTED};

fn read(body: &str) -> Result<Event, EventError> {
    Event::from_body(body.to_owned())
}

#[test]
fn documented_samples_are_parsed() {
    let newest = ("evt_ticket_created_1774583010044_abc12345", "550e8400-e29b-41d4-a716-446655440000");
    for (body, (id, team_id), created_at) in [
        (NESTED, newest, "2026-03-06T14:30:00Z"),
        (TICKET_ONLY, ("evt_abc123def456", "ffce2c0d-a0c8-4285-a55f-c674f191feb0"), "2025-12-14T10:30:00Z"),
        (UNNESTED, ("evt_abc123", "t"), "2025-12-10T14:30:00Z"),
    ] {
        let event = read(body).unwrap();
        assert_eq!(event.body(), body.as_bytes());
        assert_eq!((event.id(), event.event_type()), (id, "ticket.created"));
        assert_eq!((event.created_at(), event.team_id()), (Some(created_at), Some(team_id)));
    }
}

#[test]
fn data_deserialises_as_any_type() {
    #[derive(Deserialize)]
    struct Data {
        ticket: Ticket,
    }
    #[derive(Deserialize)]
    struct Ticket {
        id: String,
        status: String,
    }
    let event = read(TICKET_ONLY).unwrap();
    let data: Data = event.data().unwrap();
    assert_eq!((data.ticket.id.as_str(), data.ticket.status.as_str()), ("tkt_123", "new"));
    assert!(matches!(event.data::<Vec<u8>>(), Err(EventError::Data(_))));
}

#[test]
fn only_id_and_type_are_required() {
    let event = read(r#"{"type":"a.b","id":"e"}"#).unwrap();
    assert_eq!((event.id(), event.event_type()), ("e", "a.b"));
    assert_eq!((event.created_at(), event.team_id()), (None, None));
    assert!(matches!(event.data::<Value>(), Err(EventError::MissingField { field: "data" })));
}

#[test]
fn odd_optional_members_are_ignored() {
    let event =
        read(r#"{"id":"e","type":"a.b","created_at":17,"team_id":null,"data":null,"x":[1]}"#).unwrap();
    assert_eq!((event.created_at(), event.team_id()), (None, None));
    assert_eq!(event.data::<Value>().unwrap(), Value::Null);
}

#[test]
fn body_bytes_stay_unchanged() {
    let data = r#"{"n":123456789012345678901234567890.10,"k":1,"k":2,"s":"\u00e9\/","\ud800":0}"#;
    let body = format!(
        " {{\"z\":1E400, \"id\":\"first\",\t\"id\" : \"e\\u0031\",\"type\":\"a.b\",\"data\":{data},{}}}\r\n",
        r#""\ud800":"\udfff""#
    );
    let event = read(&body).unwrap();
    assert_eq!(event.body(), body.as_bytes());
    assert_eq!(event.id(), "e1", "the last of a repeated member is used");
    let kept: Box<RawValue> = event.data().unwrap();
    assert_eq!(kept.get(), data);
}

#[test]
fn cloning_does_not_copy_the_body() {
    let body = Bytes::from(NESTED);
    let event = Event::from_body(body.clone()).unwrap();
    assert_eq!(event.body().as_ptr(), body.as_ptr());
    assert_eq!(event.clone().body().as_ptr(), body.as_ptr());
}

#[test]
fn deep_nesting_does_not_overflow() {
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    let event = read(&format!(r#"{{"id":"e","type":"a.b","data":{deep}}}"#)).unwrap();
    assert!(matches!(event.data::<Value>(), Err(EventError::Data(_))));
    assert_eq!(event.resource_key(), "a");
}

#[test]
fn errors_contain_line_and_column() {
    for (body, message) in [
        (&b"{\"id\":\"e\",\n \"type\" \"a\"}"[..], "the body is not JSON: expected `:` (line 2, column 9)"),
        (b"", "the body is not JSON: EOF while parsing a value (line 1, column 0)"),
        (
            b"{\"id\":\"e\",\"type\":\"a.b\"} x",
            "the body is not JSON: trailing characters (line 1, column 25)",
        ),
        (b"{\n\"id\":\"\xff\"}", "the body is not JSON: invalid UTF-8 (line 2, column 7)"),
        (b"\xef\xbb\xbf{}", "the body is not JSON: expected value (line 1, column 1)"),
    ] {
        assert_eq!(Event::from_body(body).unwrap_err().to_string(), message);
    }
}

#[test]
fn errors_contain_the_member() {
    let lone = "the event's `id` is a string that is not valid Unicode, not a string";
    for (body, message) in [
        ("[1]", "the body is an array, not a JSON object"),
        ("\"{}\"", "the body is a string, not a JSON object"),
        (" null ", "the body is null, not a JSON object"),
        ("{}", "the event has no `id`"),
        (r#"{"id":"e"}"#, "the event has no `type`"),
        (r#"{"id":7,"type":"a.b"}"#, "the event's `id` is a number, not a string"),
        (r#"{"id":"e","type":null}"#, "the event's `type` is null, not a string"),
        (r#"{"id":"\ud800","type":"a.b"}"#, lone),
    ] {
        assert_eq!(read(body).unwrap_err().to_string(), message, "{body}");
    }
}

#[test]
fn debug_does_not_print_the_body() {
    let shown = format!("{:?}", read(NESTED).unwrap());
    assert!(shown.contains("evt_ticket_created_1774583010044_abc12345"), "{shown}");
    assert!(!shown.contains("Jane") && !shown.contains("example.com"), "{shown}");
}

#[test]
fn envelope_is_compact_in_documented_order() {
    let at = "2026-03-06T14:30:00.0456Z".parse().unwrap();
    let event = envelope("evt_\"1\"", "ticket.created", at, "team", &json!({"b": 1, "a": [null]}));
    let body = concat!(
        r#"{"id":"evt_\"1\"","type":"ticket.created","created_at":"2026-03-06T14:30:00.045Z","#,
        r#""team_id":"team","data":{"b":1,"a":[null]}}"#
    );
    assert_eq!(event.body(), body.as_bytes());
    let again = read(body).unwrap();
    assert_eq!((again.id(), again.event_type()), (event.id(), event.event_type()));
    assert_eq!((again.created_at(), again.team_id()), (event.created_at(), event.team_id()));
    assert_eq!(again.data::<Value>().unwrap(), event.data::<Value>().unwrap());
}

#[test]
fn zero_milliseconds_are_written() {
    let at = "2026-03-06T14:30:00Z".parse().unwrap();
    let event = envelope("e", "a.b", at, "t", &Value::Null);
    assert_eq!(event.created_at(), Some("2026-03-06T14:30:00.000Z"));
}

/// JSON that a value tree would change: white space, big numbers, escapes and repeated members.
fn json_text() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        "-?[1-9][0-9]{0,40}(\\.[0-9]{1,25})?([eE][+-]?[0-9]{1,4})?",
        any::<String>().prop_map(|text| Value::from(text).to_string()),
        "\"(\\\\u[0-9a-f]{4}|\\\\/|é|[a-z])*\"",
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        let member = ("[a-c]{1,2}", "[ \t\r\n]{0,2}", inner.clone())
            .prop_map(|(name, blank, value)| format!("\"{name}\"{blank}:{blank}{value}"));
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(|items| format!("[{}]", items.join(" ,\n"))),
            prop::collection::vec(member, 0..5).prop_map(|members| format!("{{{}}}", members.join(","))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn reading_keeps_every_byte(
        id in any::<String>(), data in json_text(), other in json_text(),
        blank in "[ \t\r\n]{0,3}", turn in 0usize..4,
    ) {
        let mut members = [
            format!("\"id\"{blank}:{}", Value::from(id.as_str())),
            format!("{blank}\"type\":\"ticket.created\""),
            format!("\"data\":{blank}{data}{blank}"),
            format!("\"other\":{other}"),
        ];
        members.rotate_left(turn);
        let body = format!("{blank}{{{}}}{blank}", members.join(","));
        let event = read(&body).unwrap();
        prop_assert_eq!(event.body(), body.as_bytes());
        prop_assert_eq!(event.id(), id);
        let kept: Box<RawValue> = event.data().unwrap();
        prop_assert_eq!(kept.get(), data);
        prop_assert_eq!(event.resource_key(), crate::event::resource_key("ticket.created", body.as_bytes()));
    }

    #[test]
    fn random_bytes_never_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Event::from_body(body);
    }

    #[test]
    fn truncated_body_is_not_an_event(cut in 0..NESTED.len()) {
        let error = read(&NESTED[..cut]).unwrap_err();
        prop_assert!(matches!(error, EventError::NotJson { .. }), "{}", error);
    }
}

//! The resource key of every documented shape, and of bodies without an id.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::resource_key;
use crate::event::fixtures::{NESTED, TICKET_ONLY, UNNESTED};

fn key(event_type: &str, data: &str) -> String {
    resource_key(event_type, format!(r#"{{"id":"e","type":"x.y","data":{data}}}"#).as_bytes())
}

#[test]
fn documented_shapes_have_keys() {
    for (body, expected) in [
        (NESTED, "ticket:25990cb8-cbbf-4671-a973-672cde1cf42d"),
        (TICKET_ONLY, "ticket:tkt_123"),
        (UNNESTED, "ticket:tkt_9"),
    ] {
        assert_eq!(resource_key("ticket.created", body.as_bytes()), expected);
    }
}

#[test]
fn named_resource_comes_before_data_id() {
    let big = "12345678901234567890123";
    for (event_type, data, expected) in [
        ("ticket.updated", r#"{"customer":{"id":"c"},"id":"d","ticket":{"id":"t"}}"#, "ticket:t"),
        ("ticket.updated", r#"{"customer":{"id":"c"},"id":"d","ticket":{}}"#, "ticket:d"),
        (
            "message.added",
            r#"{"n":1,"note":{},"ticket":{"x":{"id":"no"},"id":"t"},"c":{"id":"c"}}"#,
            "ticket:t",
        ),
        ("player.xp_gained", &format!(r#"{{"player":{{"id":{big}}}}}"#), &format!("player:{big}")),
        ("a.b.c", r#"{"a":{"id":-1}}"#, "a:-1"),
        ("ticket.updated", r#"{"id":{"id":"odd"}}"#, "id:odd"),
        ("id.created", r#"{"id":"1"}"#, "id:1"),
        ("nodot", r#"{"nodot":{"id":"1"}}"#, "nodot:1"),
        ("ticket.updated", r#"{"ticket":{"id":"\u0074\u006bt"}}"#, "ticket:tkt"),
        ("ticket.updated", r#"{"\u0074icket":{"id":"t"}}"#, "ticket:t"),
        ("ticket.updated", r#"{"ticket":{"id":"old"},"ticket":{"id":"new","id":"newest"}}"#, "ticket:newest"),
        // JSON that is no Rust value.
        ("ticket.updated", r#"{"x":"\ud800","ticket":{"id":"t","\ud800":1}}"#, "ticket:t"),
        ("ticket.updated", r#"{"x":1e999,"y":[true,1.5,null,-1],"ticket":{"id":"t"},"z":1e999}"#, "ticket:t"),
    ] {
        assert_eq!(key(event_type, data), expected, "{event_type} {data}");
    }
}

#[test]
fn key_without_id_is_the_resource() {
    for data in
        ["null", "[]", "7", "{}", r#"{"ticket":{"id":null}}"#, r#"{"ticket":{"id":""},"x":[{"id":1}]}"#]
    {
        assert_eq!(key("ticket.created", data), "ticket", "{data}");
    }
    for body in ["", "garbage", "{", "[]", r#"{"id":"e"}"#, r#"{"data":{"ticket":{"id":"t"}}"#, "\u{feff}{}"]
    {
        assert_eq!(resource_key("ticket.created", body.as_bytes()), "ticket", "{body}");
    }
    assert_eq!(resource_key("ticket.created", b"{\"data\":{\"ticket\":{\"id\":\"\xff\"}}}"), "ticket");
    let twice = r#"{"data":{"ticket":{"id":"old"}},"x":{"id":1},"data":{"ticket":{"id":"new"}}}"#;
    assert_eq!(resource_key("ticket.created", twice.as_bytes()), "ticket:new");
    assert_eq!(resource_key("", b""), "");
}

/// The same rule on a value tree.
fn expected(resource: &str, data: &Value) -> String {
    let id = |value: &Value| match value.get("id") {
        Some(Value::String(id)) if !id.is_empty() => Some(id.clone()),
        Some(Value::Number(id)) => Some(id.to_string()),
        _ => None,
    };
    let Some(members) = data.as_object() else { return resource.to_owned() };
    let named = members.get(resource).and_then(id).or_else(|| id(data)).map(|id| (resource.to_owned(), id));
    let first = || members.iter().find_map(|(name, value)| id(value).map(|id| (name.clone(), id)));
    named.or_else(first).map_or(resource.to_owned(), |(name, id)| format!("{name}:{id}"))
}

fn object(
    name: impl Strategy<Value = &'static str>,
    value: impl Strategy<Value = Value>,
) -> impl Strategy<Value = Value> {
    prop::collection::vec((name.prop_map(str::to_owned), value), 0..5)
        .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>()))
}

fn data() -> impl Strategy<Value = Value> {
    let id = prop_oneof![
        Just(json!("")),
        "[a-z\"\\\\é]{1,6}".prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        Just(Value::Null),
        Just(json!({"id": "inner"})),
    ];
    let inner = object(prop_oneof![Just("id"), Just("x")], id.clone());
    object(prop_oneof![Just("ticket"), Just("customer"), Just("id"), Just("other")], prop_oneof![inner, id])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn agrees_with_a_value_tree(data in data()) {
        let body = json!({"id": "e", "type": "ticket.created", "data": data.clone()}).to_string();
        prop_assert_eq!(resource_key("ticket.created", body.as_bytes()), expected("ticket", &data));
    }

    #[test]
    fn random_bytes_never_panic(event_type in any::<String>(), body in prop::collection::vec(any::<u8>(), 0..200)) {
        let resource = event_type.split('.').next().unwrap_or_default();
        prop_assert!(resource_key(&event_type, &body).starts_with(resource));
    }
}

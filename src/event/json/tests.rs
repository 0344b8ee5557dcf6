//! Numbers keep their text; everything else is as in `serde_json`.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::Json;

fn round_trip(text: &str) -> String {
    Json::parse(text.as_bytes()).unwrap().to_string()
}

#[test]
fn numbers_keep_their_text() {
    for number in
        ["12345678901234567890123", "1.10", "1e400", "-0", "-0.0", "1E+2", "0.1000000000000000055511"]
    {
        assert_eq!(round_trip(number), number);
        let text = format!(r#"{{"a":[{number},{{"b":{number}}}]}}"#);
        assert_eq!(round_trip(&text), text);
    }
}

#[test]
fn last_of_repeated_names_is_kept() {
    assert_eq!(round_trip(r#" { "a" : 1 , "b":2, "a" : [ ] } "#), r#"{"a":[],"b":2}"#);
    assert_eq!(round_trip("{}"), "{}");
}

#[test]
fn text_that_is_not_json_is_rejected() {
    for text in ["", "{", "01", "1.", "nul", "[1,]", "{} x", r#""\ud800""#, "\u{feff}1"] {
        assert!(Json::parse(text.as_bytes()).is_err(), "{text}");
    }
    assert!(Json::parse(&[b'"', 0xff, b'"']).is_err());
    let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
    assert!(Json::parse(deep(127).as_bytes()).is_ok());
    assert!(Json::parse(deep(200).as_bytes()).is_err());
    assert!(Json::parse(deep(100_000).as_bytes()).is_err());
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,4}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec(("[a-d\"\\\\]", inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Compares every path of the result with the inputs.
fn check_overlay(base: &Value, over: &Value, result: &Value) -> Result<(), TestCaseError> {
    let (Value::Object(base), Value::Object(over)) = (base, over) else {
        prop_assert_eq!(result, over);
        return Ok(());
    };
    let names: Vec<_> = base.keys().chain(over.keys().filter(|name| !base.contains_key(*name))).collect();
    prop_assert_eq!(result.as_object().unwrap().keys().collect::<Vec<_>>(), names);
    for (name, value) in base.iter().chain(over) {
        match (base.get(name), over.get(name)) {
            (Some(base), Some(over)) => check_overlay(base, over, &result[name])?,
            _ => prop_assert_eq!(value, &result[name]),
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn reads_and_merges_like_serde_json(base in value(), over in value()) {
        let mut exact = Json::parse(base.to_string().as_bytes()).unwrap();
        prop_assert_eq!(&exact, &Json::from(&base));
        exact.overlay(Json::from(&over));
        let text = exact.to_string();
        check_overlay(&base, &over, &serde_json::from_str(&text).unwrap())?;
        exact.overlay(Json::from(&over));
        prop_assert_eq!(exact.to_string(), text, "the same overlay again changes nothing");
    }
}

#[test]
fn strings_and_null_are_recognised() {
    assert_eq!(Json::string("a\"b").as_string().as_deref(), Some("a\"b"));
    assert!(Json::from(&json!(null)).is_null() && Json::from(&json!(1)).as_string().is_none());
}

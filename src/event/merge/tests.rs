//! Objects merge, everything else replaces.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::merge;

fn merged(mut base: Value, over: Value) -> Value {
    merge(&mut base, over);
    base
}

#[test]
fn objects_merge_and_the_rest_replaces() {
    let base = json!({"ticket": {"id": "t", "tags": ["a", "b"], "priority": "low"}, "n": 1});
    let over = json!({"ticket": {"tags": ["c"], "priority": null, "extra": {"x": 1}}, "n": {"deep": true}});
    let text = r#"{"ticket":{"id":"t","tags":["c"],"priority":null,"extra":{"x":1}},"n":{"deep":true}}"#;
    assert_eq!(merged(base, over).to_string(), text);
    assert_eq!(merged(json!({"a": 1}), Value::Null), Value::Null);
    assert_eq!(merged(json!([1]), json!({"a": 1})), json!({"a": 1}));
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-z]{0,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec(("[a-d]", inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// The rule once more: what every path of the result must be.
fn check(base: &Value, over: &Value, result: &Value) -> Result<(), TestCaseError> {
    let (Value::Object(base), Value::Object(over)) = (base, over) else {
        prop_assert_eq!(result, over);
        return Ok(());
    };
    let result = result.as_object().unwrap();
    prop_assert!(result.keys().all(|name| base.contains_key(name) || over.contains_key(name)));
    for (name, value) in base.iter().chain(over) {
        match (base.get(name), over.get(name)) {
            (Some(base), Some(over)) => check(base, over, &result[name])?,
            _ => prop_assert_eq!(value, &result[name]),
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_path_follows_the_rule(base in value(), over in value()) {
        let once = merged(base.clone(), over.clone());
        check(&base, &over, &once)?;
        prop_assert_eq!(merged(once.clone(), over), once, "merging again changes nothing");
    }
}

//! The schemas of request bodies accept exactly what the sandbox accepts.

use serde_json::{Map, Value, json};

use crate::sandbox::model::field::{Access, Kind};
use crate::sandbox::model::input;
use crate::sandbox::model::registry::ALL;
use crate::sandbox::model::resource::Resource;
use crate::sandbox::tests::openapi::Checker;

/// Values of all types, near the limits of the fields.
fn values() -> Vec<Value> {
    let mut values = vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(-424.0),
        json!(1e6),
        json!(1e300),
        json!(1_000_000),
        json!(1_000_001),
        json!({}),
        json!({"a": null, "b": {"c": [1]}}),
        json!([]),
        json!([1]),
        json!([""]),
        json!([" "]),
        json!(["\u{85}"]),
        json!(["\u{feff}"]),
        json!(["a", "a"]),
        json!(["x".repeat(100)]),
        json!(["x".repeat(101)]),
        json!([{}]),
        json!([{"type": "add_tags", "tags": ["a"]}]),
        json!([{"type": "add_tags"}]),
        json!([{"type": "send_notification", "message": "a", "tags": 1}]),
        json!({"all": [{"field": "a", "operator": "equals", "value": null}], "any": null}),
        json!({"any": [{"field": "a", "operator": "like", "value": 1}]}),
        json!({"all": [{"field": "a", "operator": "equals"}]}),
        json!({"all": {}}),
        json!([{"filename": "a"}, 1]),
        json!(vec!["a"; 100]),
        json!(vec!["a"; 101]),
        json!(vec![json!({}); 20]),
        json!(vec![json!({}); 21]),
    ];
    let texts = [
        "tickets",
        "ticket.created",
        "",
        " ",
        "\n",
        "\u{85}",
        "\u{3000}",
        "\u{feff}",
        "x",
        " x ",
        "ü",
        "normal",
        "Normal",
        "open",
        "published",
        "neutral",
        "public",
        "agent",
        "a@b",
        "a@b@c",
        "@b",
        "a@",
        "a b@c",
        "a\u{85}b@c",
        "a\u{feff}b@c",
        "a@\u{7f}",
        "@@@",
        "2026-03-30T10:00:00Z",
        "abababab-abab-4bab-abab-abababababab",
        "ABABABAB-ABAB-4BAB-ABAB-ABABABABABAB",
        "abababababab4bababababababababab",
        "cus_abababababab4bababababababababab",
        "tkt_abababababab4bababababababababab",
        "cus_abababab-abab-4bab-abab-abababababab",
        "cus_a1B2c3D4e5F6",
    ];
    values.extend(texts.map(Value::from));
    for limit in [255, 320, 500, 1000, 100_000] {
        values.extend([json!("x".repeat(limit)), json!("ü".repeat(limit + 1))]);
        values.push(json!(format!("{}@b", "x".repeat(limit - 2))));
        values.push(json!(format!("{}@b", "x".repeat(limit - 1))));
    }
    values
}

/// The required members of a creation.
fn minimal(resource: &Resource) -> Map<String, Value> {
    let required = resource.fields.iter().filter(|field| field.required);
    let value = |kind| match kind {
        Kind::Email => json!("j@example.com"),
        Kind::Choice(words) => json!(words[0]),
        Kind::EventType => json!("ticket.created"),
        Kind::Integer { min, .. } => json!(min),
        _ => json!("x"),
    };
    required.map(|field| (field.name.to_owned(), value(field.kind))).collect()
}

#[test]
fn schema_matches_accepted_creations() {
    let checker = Checker::lenient();
    let mut compared = 0;
    for resource in ALL.into_iter().filter(|resource| resource.writable) {
        let schema = checker.at(&format!("components/schemas/{}Creation", name(resource)));
        let settable = |access| matches!(access, Access::Writable | Access::Argument);
        for field in resource.fields.iter().filter(|field| settable(field.access)) {
            for value in values() {
                let mut body = minimal(resource);
                body.insert(field.name.to_owned(), value.clone());
                let accepted = input::creation(resource, body.clone()).is_ok();
                let valid = schema.is_valid(&Value::Object(body));
                assert_eq!(valid, accepted, "{} {}: {value}", resource.kind, field.name);
                compared += 1;
            }
        }
        for name in minimal(resource).keys() {
            let mut body = minimal(resource);
            body.shift_remove(name);
            assert!(input::creation(resource, body.clone()).is_err());
            assert!(!schema.is_valid(&Value::Object(body)), "{} without {name}", resource.kind);
        }
    }
    assert!(compared > 2000, "{compared}");
}

#[test]
fn schema_matches_accepted_updates() {
    let checker = Checker::lenient();
    for resource in ALL {
        let place = format!("components/schemas/{}Update", name(resource));
        if checker.document.pointer(&format!("/{place}")).is_none() {
            continue;
        }
        let schema = checker.at(&place);
        let before = input::creation(resource, minimal(resource)).unwrap().body;
        for field in resource.fields {
            for value in values() {
                let body = Map::from_iter([(field.name.to_owned(), value.clone())]);
                let accepted = input::update(resource, body.clone(), &before).is_ok();
                let valid = schema.is_valid(&Value::Object(body));
                assert_eq!(valid, accepted, "{} {}: {value}", resource.kind, field.name);
            }
        }
    }
}

fn name(resource: &Resource) -> String {
    let words = resource.label.split(' ').map(|word| format!("{}{}", word[..1].to_uppercase(), &word[1..]));
    words.collect()
}

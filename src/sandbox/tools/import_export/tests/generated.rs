//! Imports of generated objects: what is accepted survives another export and import.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::sandbox::model::field::Kind;
use crate::sandbox::model::registry;
use crate::sandbox::model::resource::Resource;
use crate::sandbox::store::uuid::Uuid;

/// A value that is mostly valid for a field of this kind.
fn value(kind: Kind) -> BoxedStrategy<Value> {
    let good: BoxedStrategy<Value> = match kind {
        Kind::Time => Just(json!("2026-03-30T10:00:00.5Z")).boxed(),
        Kind::Integer { .. } => prop_oneof![Just(json!(1)), Just(json!(2.0))].boxed(),
        Kind::Bool => any::<bool>().prop_map(Value::from).boxed(),
        Kind::Texts { .. } => Just(json!(["a", "b"])).boxed(),
        Kind::Object => Just(json!({ "n": 1e15, "gone": null })).boxed(),
        Kind::Objects { .. } | Kind::Any => Just(json!([{ "n": 1e300 }])).boxed(),
        Kind::Record(_) => Just(json!({ "all": [] })).boxed(),
        Kind::Records { .. } | Kind::Variants { .. } => Just(json!([])).boxed(),
        Kind::EventType => Just(json!("ticket.created")).boxed(),
        Kind::Choice(words) => prop::sample::select(words).prop_map(Value::from).boxed(),
        Kind::Email => Just(json!("j@example.com")).boxed(),
        Kind::Text { .. } | Kind::Name { .. } => Just(json!("T \u{1f600}")).boxed(),
        Kind::Id(shape) => {
            let uuid = Uuid::parse("5e0b1c3e-0000-4000-8000-000000000001").unwrap();
            Just(Value::from(shape.show(uuid))).boxed()
        }
    };
    prop_oneof![8 => good, 1 => Just(Value::Null), 1 => Just(json!(7))].boxed()
}

fn body_of(resource: &'static Resource) -> impl Strategy<Value = Map<String, Value>> {
    let members: Vec<_> = resource
        .fields
        .iter()
        .map(|field| {
            let value = value(field.kind);
            // required members are mostly present, so that many imports succeed
            let there = prop::bool::weighted(if field.required { 0.99 } else { 0.6 });
            (there, value).prop_map(move |(there, value)| there.then(|| (field.name.to_owned(), value)))
        })
        .collect();
    members.prop_map(|members| members.into_iter().flatten().collect())
}

fn object_line() -> impl Strategy<Value = String> {
    let parents = registry::ALL.into_iter().enumerate().filter(|(_, one)| one.parent.is_none());
    let kinds: Vec<usize> = parents.map(|(at, _)| at).collect();
    (prop::sample::select(kinds), 0..4_u8, any::<bool>()).prop_flat_map(|(kind, place, live)| {
        let resource = registry::ALL[kind];
        body_of(resource).prop_map(move |body| {
            let environment = if live { "live" } else { "test" };
            let id = format!("5e0b1c3e-0000-4000-8000-00000000000{place}");
            json!({ "environment": environment, "kind": resource.kind, "id": id, "body": body }).to_string()
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn import_survives_export_and_import(lines in prop::collection::vec(object_line(), 1..4)) {
        let head = json!({ "format": "cstar-sandbox", "version": 2 }).to_string();
        for line in lines {
            crate::sandbox::fuzz::import(format!("{head}\n{line}\n").as_bytes());
        }
    }
}

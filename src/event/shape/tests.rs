//! The shapes of the catalogue, and what is learned from events.

use serde_json::{Value, json};

use super::*;
use crate::event::fixtures::NESTED;
use crate::event::{SampleSeed, catalogue, sample};

fn now() -> jiff::Timestamp {
    "2026-11-30T09:00:00Z".parse().unwrap()
}

fn sample_of(event_type: &crate::event::EventType, unique: &str) -> Value {
    let seed = SampleSeed { now: now(), unique, team_id: "team-1", team_slug: "my-team" };
    serde_json::from_slice(sample(event_type, &seed).body()).unwrap()
}

fn validator(shapes: &[EventShape], name: &str) -> jsonschema::Validator {
    let event = shapes.iter().find(|event| event.name == name).unwrap();
    let schema = event_schema(event, Dialect::File);
    assert!(jsonschema::draft202012::meta::validate(&schema).is_ok(), "{schema}");
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

fn learned(bodies: &[Value]) -> Observations {
    let mut observations = Observations::default();
    for body in bodies {
        assert!(observations.add(body.to_string().as_bytes()), "{body}");
    }
    observations
}

fn member<'s>(shape: &'s Shape, path: &str) -> &'s Member {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let Some(Object::Members(members)) = &shape.object else { panic!("{path}: {shape:?}") };
    let member = members.iter().find(|member| member.name == first).unwrap_or_else(|| panic!("no {path}"));
    rest.map_or(member, |rest| self::member(&member.shape, rest))
}

#[test]
fn every_sample_has_the_shape_of_its_type() {
    let shapes = event_shapes();
    assert_eq!(shapes.len(), 35);
    for event_type in catalogue() {
        let validator = validator(&shapes, event_type.name);
        for unique in ["a", "b"] {
            let sample = sample_of(event_type, unique);
            assert!(validator.is_valid(&sample), "{:?}: {sample}", validator.validate(&sample));
        }
    }
}

#[test]
fn documented_members_are_required() {
    let shapes = event_shapes();
    let created = validator(&shapes, "ticket.created");
    let documented: Value = serde_json::from_str(NESTED).unwrap();
    assert!(created.is_valid(&documented));
    for missing in ["/data/ticket/title", "/data/customer", "/team_id"] {
        let mut event = documented.clone();
        let (place, name) = missing.rsplit_once('/').unwrap();
        event.pointer_mut(place).unwrap().as_object_mut().unwrap().remove(name);
        assert!(!created.is_valid(&event), "{missing}");
    }
    // A modelled member may be missing, and others may be there.
    let message = validator(&shapes, "ticket.message_added");
    let mut event = documented;
    event["type"] = "ticket.message_added".into();
    event["data"] = json!({ "ticket": { "new": 1 } });
    assert!(message.is_valid(&event));
    assert!(!validator(&shapes, "ticket.updated").is_valid(&event), "another type");
}

#[test]
fn every_documented_path_is_in_a_template() {
    let shapes = event_shapes();
    for documented in documented::DOCUMENTED {
        let event = shapes.iter().find(|event| event.name == documented.event_type).unwrap();
        assert_ne!(event.coverage, Coverage::Nothing);
        for path in documented.always.iter().chain(documented.sometimes) {
            // The members of a map are not in the tree.
            if !path.starts_with("changes.") {
                assert_eq!(member(&event.data, path).source, Source::Documented, "{path}");
            }
        }
    }
}

#[test]
fn observed_members_are_added() {
    let event =
        |ticket: Value| json!({ "type": "ticket.deleted", "data": { "ticket": ticket, "reason": "spam" } });
    let observations = learned(&[
        event(json!({ "id": "t1", "title": 7, "queue": { "name": "a" }, "at": "2026-03-06T14:30:00Z" })),
        event(json!({ "id": "t2", "title": null, "queue": null, "score": 1 })),
        event(json!({ "id": "t3", "score": 1.5 })),
    ]);
    assert_eq!(observations.event_types(), 1);
    let shapes = observations.event_shapes();
    assert_eq!(shapes.len(), 35);
    let data = &shapes.iter().find(|event| event.name == "ticket.deleted").unwrap().data;
    let seen = |path| {
        let member = member(data, path);
        (member.source, member.is_required)
    };
    assert_eq!(seen("reason"), (Source::Observed, true));
    assert_eq!(seen("ticket.id"), (Source::Observed, true));
    assert_eq!(seen("ticket.title"), (Source::Observed, false));
    assert_eq!(seen("ticket.status"), (Source::Modelled, false), "not seen");
    assert_eq!(seen("ticket.queue.name"), (Source::Observed, false), "too few");
    assert_eq!(member(data, "ticket.score").shape.number, Some(Number::Decimal));
    assert_eq!(member(data, "ticket.at").shape.text, Some(Text::Time));
    let title = &member(data, "ticket.title").shape;
    assert_eq!(
        (title.text, title.number, title.is_null),
        (None, Some(Number::Integer), true),
        "not as guessed"
    );
}

#[test]
fn observed_events_relax_documented_ones() {
    let ticket = json!({ "id": "t", "title": "x", "status": "new", "priority": null, "customer_id": null, "created_at": "soon" });
    let observations = learned(&[json!({ "type": "ticket.created", "data": { "ticket": ticket } })]);
    let shapes = observations.event_shapes();
    let data = &shapes[0].data;
    assert!(member(data, "ticket.title").is_required);
    assert!(!member(data, "customer").is_required);
    assert_eq!(member(data, "customer").source, Source::Documented);
    let priority = &member(data, "ticket.priority").shape;
    assert_eq!((priority.is_null, priority.text), (true, Some(Text::Plain)));
    assert_eq!(member(data, "ticket.created_at").shape.text, Some(Text::Plain));
}

#[test]
fn names_that_are_data_are_not_kept() {
    let private = ["ada@example.com", "cus_4821", "Ada Lovelace", "4", ""];
    for name in private {
        let observations = learned(&[
            json!({ "type": "ticket.merged", "data": { "by": { "name": 1 }, "metadata": { "ada": 1 } } }),
            json!({ "type": "ticket.merged", "data": { "by": { name: "x" }, "metadata": { "bea": {} } } }),
        ]);
        let shapes = observations.event_shapes();
        let merged = shapes.last().unwrap();
        assert_eq!((merged.name.as_str(), merged.coverage), ("ticket.merged", Coverage::UnknownType));
        let text = format!("{shapes:?}");
        assert!(name.is_empty() || name == "4" || !text.contains(name), "{name}");
        assert!(!text.contains("\"ada\"") && !text.contains("\"bea\""));
        assert_eq!(member(&merged.data, "by").shape.object, Some(Object::Map(Box::default())));
    }
    let many: serde_json::Map<String, Value> = (0..50).map(|n| (format!("key{n}"), json!(n))).collect();
    let observations = learned(&[json!({ "type": "a.b", "data": { "many": many } })]);
    let shapes = observations.event_shapes();
    assert!(matches!(member(&shapes[35].data, "many").shape.object, Some(Object::Map(_))));
}

#[test]
fn bodies_that_are_no_events_are_left_out() {
    let mut observations = Observations::default();
    for body in [
        "",
        "[]",
        "{}",
        r#"{"type":"ticket.created"}"#,
        r#"{"type":"ticket.created","data":[]}"#,
        r#"{"type":"Ada Lovelace","data":{}}"#,
        r#"{"type":"ada@example.com","data":{}}"#,
        r#"{"type":"ping","data":{}}"#,
    ] {
        assert!(!observations.add(body.as_bytes()), "{body}");
    }
    assert_eq!(observations.event_types(), 0);
    // Deeper than any event, but not too deep to parse.
    let deep = format!(r#"{{"type":"a.b","data":{}1{}}}"#, r#"{"a":"#.repeat(100), "}".repeat(100));
    assert!(observations.add(deep.as_bytes()));
    assert!(format!("{:?}", observations.event_shapes().last()).len() < 20_000);
}

#[test]
fn schema_names_are_those_of_types() {
    assert_eq!(schema_name("ticket.created"), "TicketCreatedEvent");
    assert_eq!(schema_name("community_post.status_changed"), "CommunityPostStatusChangedEvent");
}

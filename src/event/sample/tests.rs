//! Checks every template against the catalogue and the documentation.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;
use serde_json::Value;

use super::*;
use crate::event::{Payload, catalogue, find};

const UNIQUE: &str = "abc12345DEFGH67890xyz";
const OTHER: &str = "abc12345DEFGH67890xyw";
const TEAM: &str = "550e8400-e29b-41d4-a716-446655440000";

fn seed(unique: &str) -> SampleSeed<'_> {
    let now = Timestamp::from_millisecond(1_774_583_010_044).unwrap();
    SampleSeed { now, unique, team_id: TEAM, team_slug: "acme" }
}

fn data(name: &str) -> Value {
    sample_data(find(name).unwrap(), &seed(UNIQUE))
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// Calls `see` with every member of every nested object.
fn walk(value: &Value, see: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, member)| {
            see(name, member);
            walk(member, see);
        }),
        Value::Array(items) => items.iter().for_each(|item| walk(item, see)),
        _ => {}
    }
}

#[test]
fn every_type_has_one_template() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/event/templates");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let expected: BTreeSet<String> = catalogue().iter().map(|t| format!("{}.json", t.name)).collect();
    assert_eq!(files, expected);
}

#[test]
fn every_template_has_its_resource() {
    for event_type in catalogue() {
        let template: Value = serde_json::from_str(event_type.template).unwrap();
        assert_eq!(keys(&template)[0], event_type.resource(), "{event_type:?}");
        assert!(event_type.template.ends_with("}\n"), "{event_type:?}");
    }
}

#[test]
fn every_sample_is_a_valid_event() {
    for event_type in catalogue() {
        let event = sample(event_type, &seed(UNIQUE));
        let again = Event::from_body(event.body().clone()).unwrap();
        assert_eq!((again.event_type(), again.id()), (event_type.name, event.id()));
        assert_eq!((again.created_at(), again.team_id()), (Some("2026-03-27T03:43:30.044Z"), Some(TEAM)));
        let data: Value = again.data().unwrap();
        assert_eq!(data, sample_data(event_type, &seed(UNIQUE)));
        let id = data[event_type.resource()]["id"].as_str().unwrap();
        assert_eq!(again.resource_key(), format!("{}:{id}", event_type.resource()));
        let envelope: Value = serde_json::from_slice(event.body()).unwrap();
        assert_eq!(keys(&envelope), ["id", "type", "created_at", "team_id", "data"]);
    }
}

#[test]
fn all_placeholders_are_replaced() {
    for event_type in catalogue() {
        let text = sample_data(event_type, &seed(UNIQUE)).to_string();
        assert!(!text.contains("{{") && !text.contains("}}\""), "{text}");
    }
}

#[test]
fn samples_depend_on_the_seed_only() {
    for event_type in catalogue() {
        let first = sample(event_type, &seed(UNIQUE));
        assert_eq!(first.body(), sample(event_type, &seed(UNIQUE)).body());
        let other = sample(event_type, &seed(OTHER));
        assert_ne!(first.body(), other.body(), "{event_type:?}");
        // The id of the team is that of the seed.
        if event_type.name != "team.preferences_updated" {
            assert_ne!(first.resource_key(), other.resource_key());
        }
    }
    let id = |unique| sample(&catalogue()[0], &seed(unique)).id().to_owned();
    assert_ne!(id("aaaaaaaa111111111111"), id("bbbbbbbb111111111111"));
}

#[test]
fn samples_of_one_type_differ() {
    let uniques: Vec<String> = (0..40).map(|n| format!("{n:020}")).collect();
    let created = find("ticket.created").unwrap();
    let samples: Vec<Value> = uniques.iter().map(|unique| sample_data(created, &seed(unique))).collect();
    for (member, at_least) in
        [("title", 6), ("customer_name", 8), ("priority", 4), ("channel", 3), ("id", 40)]
    {
        let seen: BTreeSet<&str> =
            samples.iter().map(|data| data["ticket"][member].as_str().unwrap()).collect();
        assert!(seen.len() >= at_least, "{member}: {seen:?}");
    }
}

#[test]
fn ticket_created_has_documented_members() {
    assert_eq!(find("ticket.created").unwrap().payload, Payload::Documented);
    let data = data("ticket.created");
    assert_eq!(keys(&data), ["ticket", "customer"]);
    let documented =
        "id prefixed_id title status priority channel customer_id customer_name created_at dashboard_url";
    assert_eq!(keys(&data["ticket"]).join(" "), documented);
    assert_eq!(keys(&data["customer"]), ["id", "name", "email"]);
    assert_eq!(data["ticket"]["status"], "new");
    assert_eq!(data["ticket"]["customer_id"], data["customer"]["id"]);
    assert_eq!(data["ticket"]["customer_name"], data["customer"]["name"]);
    assert_eq!(data["ticket"]["created_at"], "2026-03-27T03:43:30.044Z");
    for (id, prefix) in [(&data["ticket"]["id"], "tkt_"), (&data["customer"]["id"], "cus_")] {
        let random = id.as_str().unwrap().strip_prefix(prefix).unwrap();
        let legal = random.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        assert!(random.len() == 20 && legal, "{random}");
    }
}

#[test]
fn ticket_updates_have_documented_members() {
    let updated = data("ticket.updated");
    assert_eq!(keys(&updated), ["ticket", "changes"]);
    for change in updated["changes"].as_object().unwrap().values() {
        assert_eq!(keys(change), ["from", "to"]);
    }
    let closed = data("ticket.closed");
    assert_eq!(keys(&closed), ["ticket", "resolution"]);
    assert_eq!(keys(&closed["resolution"]), ["closed_at", "closed_by", "resolution_time"]);
    let at = |value: &Value| value.as_str().unwrap().parse::<Timestamp>().unwrap().as_millisecond();
    assert_eq!(
        closed["resolution"]["resolution_time"],
        at(&closed["resolution"]["closed_at"]) - at(&closed["ticket"]["created_at"]),
        "milliseconds from opened to closed"
    );
}

#[test]
fn ticket_events_link_to_the_dashboard() {
    for event_type in catalogue().iter().filter(|t| t.resource() == "ticket") {
        let data = data(event_type.name);
        let id = data["ticket"]["id"].as_str().unwrap();
        let url = format!("https://www.cstar.help/team/acme/tickets?selected={id}");
        assert_eq!(data["ticket"]["dashboard_url"], url, "{event_type:?}");
    }
}

#[test]
fn changes_match_the_current_values() {
    let mut seen = 0;
    for event_type in catalogue() {
        let data = data(event_type.name);
        for (field, change) in data.get("changes").and_then(Value::as_object).into_iter().flatten() {
            let resource = &data[event_type.resource()];
            let now = resource.get(field).unwrap_or(&resource["preferences"][field]);
            assert_eq!(&change["to"], now, "{event_type:?} {field}");
            assert_ne!(change["from"], change["to"], "{event_type:?} {field}");
            seen += 1;
        }
    }
    assert!(seen >= 9, "{seen}");
}

#[test]
fn values_have_realistic_forms() {
    let now = seed(UNIQUE).now;
    for event_type in catalogue() {
        walk(&data(event_type.name), &mut |name, value| {
            let snake = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
            assert!(snake, "{event_type:?} {name}");
            let text = value.as_str();
            if name.ends_with("_at") && !value.is_null() {
                let at: Timestamp = text.unwrap().parse().unwrap();
                assert!(at <= now || name == "expires_at", "{event_type:?} {name}");
                assert_eq!(text.unwrap().len(), 24, "{event_type:?} {name}: milliseconds");
            }
            if name == "email" {
                let (local, host) = text.unwrap().split_once('@').unwrap();
                assert_eq!(host, "example.com");
                assert!(local.chars().all(|c| c.is_ascii_lowercase() || c == '.'), "{local}");
            }
            if name == "id" || name.ends_with("_id") && !matches!(name, "prefixed_id" | "external_id") {
                assert!(text.is_some_and(|id| id.len() >= 16), "{event_type:?} {name}");
            }
        });
    }
}

#[test]
fn people_in_one_sample_differ() {
    let data = data("social.high_five_sent");
    assert_eq!(data["social"]["kind"], "high_five");
    assert_ne!(data["social"]["sender"]["id"], data["social"]["recipient"]["id"]);
    assert_ne!(data["social"]["sender"]["name"], data["social"]["recipient"]["name"]);
}

#[test]
fn event_ids_have_the_documented_shape() {
    let id = event_id("ticket.created", seed(UNIQUE).now, UNIQUE);
    assert_eq!(id, "evt_ticket_created_1774583010044_abc12345");
    assert_eq!(event_id("a.b.c", seed("x").now, "x"), "evt_a_b_c_1774583010044_x");
    for event_type in catalogue() {
        let id = sample(event_type, &seed(UNIQUE)).id().to_owned();
        assert!(id.len() <= 200 && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{id}");
    }
}

//! Samples, changed payloads and strange bodies.

use serde_json::{Value, json};

use super::*;
use crate::event::{Payload, SampleSeed, catalogue, find, sample};

fn body(event_type: &str) -> Value {
    let now = "2026-05-02T09:15:04Z".parse().unwrap();
    let seed = SampleSeed { now, unique: "0123456789abcdefghijklmn", team_id: "team", team_slug: "team" };
    let event = sample(find(event_type).unwrap(), &seed);
    serde_json::from_slice(event.body()).unwrap()
}

/// The differences of a changed sample, as lines.
fn lines(event_type: &str, change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut body = body(event_type);
    change(&mut body);
    let found = schema_differences(event_type, body.to_string().as_bytes());
    found.iter().map(SchemaDifference::to_string).collect()
}

#[test]
fn samples_of_all_types_have_no_differences() {
    for event_type in catalogue() {
        assert_eq!(lines(event_type.name, |_| {}), [""; 0], "{}", event_type.name);
        let has_shape = data_shape(event_type.name).is_some();
        assert_eq!(has_shape, event_type.payload != Payload::Modelled, "{}", event_type.name);
    }
}

#[test]
fn new_missing_and_retyped_members_are_found() {
    let mut found = lines("ticket.created", |body| {
        let data = &mut body["data"];
        data["ticket"]["sla"] = json!({ "secret": "value" });
        data["ticket"]["tags"] = json!(["vip"]);
        data["ticket"]["title"] = json!(7);
        data["ticket"].as_object_mut().unwrap().remove("status");
        data["customer"] = json!("cus_1");
        data["trace"] = json!(true);
    });
    found.sort();
    assert_eq!(
        found,
        [
            "member data.customer is string, documented as object",
            "member data.ticket.title is number, documented as string",
            "missing member data.ticket.status (string)",
            "new member data.ticket.sla (object)",
            "new member data.ticket.tags (array)",
            "new member data.trace (boolean)",
        ]
    );
}

#[test]
fn envelope_of_every_type_is_compared() {
    for event_type in ["customer.created", "boss.enraged"] {
        let body = json!({ "id": "evt_1", "type": event_type, "created_at": 7, "data": [] });
        let found = schema_differences(event_type, body.to_string().as_bytes());
        let lines: Vec<String> = found.iter().map(SchemaDifference::to_string).collect();
        assert_eq!(
            lines,
            [
                "member created_at is number, documented as string",
                "missing member team_id (string)",
                "member data is array, documented as object",
            ],
            "{event_type}"
        );
    }
}

#[test]
fn what_is_not_documented_is_no_difference() {
    // A page shows only a part of these, and modelled types have no page.
    for event_type in ["ticket.updated", "ticket.closed", "customer.created", "survey.submitted"] {
        let resource = event_type.split('.').next().unwrap();
        assert_eq!(lines(event_type, |body| body["data"][resource]["more"] = json!(1)), [""; 0]);
        assert_eq!(lines(event_type, |body| body["data"]["more"] = json!(1)), [""; 0]);
    }
    assert_eq!(lines("customer.created", |body| body["data"] = json!({})), [""; 0]);
    // A flat payload repeats members at the top.
    assert_eq!(lines("ticket.created", |body| body["ticket_id"] = json!("tkt_1")), [""; 0]);
    for optional in ["prefixed_id", "channel", "customer_name", "dashboard_url"] {
        let removed = lines("ticket.created", |body| {
            body["data"]["ticket"].as_object_mut().unwrap().remove(optional);
        });
        assert_eq!(removed, [""; 0]);
    }
    assert_eq!(lines("ticket.created", |body| body["data"]["customer"] = Value::Null), [""; 0]);
    assert_eq!(lines("ticket.created", |body| body["data"]["ticket"]["title"] = Value::Null), [""; 0]);
}

#[test]
fn strange_bodies_are_compared_safely() {
    for body in [&b""[..], b"[]", b"7", b"\xff", b"{", b"{\"data\":{\"ticket\":}", b"null"] {
        assert_eq!(schema_differences("ticket.created", body), [], "{body:?}");
    }
    let name = "n".repeat(10_000);
    let found = lines("ticket.created", |body| body["data"]["ticket"][&name] = json!(1));
    assert_eq!(found.len(), 1);
    assert!(found[0].len() < 120 && found[0].contains('…'), "{found:?}");
}

//! The `webhooks` of the document: the request that a receiver gets for each event type.

use serde_json::{Map, Value, json};

use super::schema::Schema;
use crate::event::shape::{Dialect, event_schema, event_shapes, schema_name, unknown_schema};
use crate::event::{self, EventType};

/// The name of the webhook for types that are not in the catalogue.
const OTHER: &str = "other";

/// Every event type, and one more for the types of the future. Adds the schemas of the bodies to `named`.
pub(crate) fn webhooks(named: &mut Map<String, Value>) -> Value {
    let mut webhooks = Map::new();
    for event in event_shapes() {
        let name = schema_name(&event.name);
        named.insert(name.clone(), event_schema(&event, Dialect::OpenApi));
        let summary = event.description.unwrap_or_default();
        webhooks.insert(event.name.clone(), webhook(&event.name, &name, summary));
    }
    let known: Vec<&str> = event::catalogue().iter().map(|event: &EventType| event.name).collect();
    let name = schema_name("unknown");
    named.insert(name.clone(), unknown_schema(&known));
    let summary = "an event of a type that is not in this document: answer 200";
    webhooks.insert(OTHER.to_owned(), webhook("*", &name, summary));
    webhooks.into()
}

fn webhook(event_type: &str, schema: &str, summary: &str) -> Value {
    let body = json!({ "$ref": format!("#/components/schemas/{schema}") });
    json!({
        "post": {
            "operationId": format!("on{schema}"),
            "summary": summary,
            "parameters": headers(event_type),
            "requestBody": { "required": true, "content": { "application/json": { "schema": body } } },
            "responses": {
                "2XX": { "description": "The event is accepted, and not sent again" },
                "default": { "description": "The event is sent again later" },
            },
            "security": [],
        },
    })
}

/// documented: the headers of a delivery.
fn headers(event_type: &str) -> Vec<Value> {
    let event_type = if event_type == "*" { Schema::string() } else { Schema::constant(event_type) };
    let signature = Schema::string().pattern("^t=[0-9]+,v1=[0-9a-f]{64}");
    let headers = [
        (
            "X-Signature",
            signature,
            "`t` in Unix seconds, and the HMAC-SHA256 of `t`, a dot and the raw body.",
        ),
        ("X-Event-Type", event_type, "As `type` in the body."),
        ("X-Event-ID", Schema::string(), "As `id` in the body; the same for each attempt."),
        ("X-Webhook-ID", Schema::string(), "The webhook that the event is sent to."),
        ("X-Delivery-Attempt", Schema::count_from(1), "The number of the attempt."),
    ];
    let one = |(name, schema, description): (&str, Schema, &str)| json!({ "name": name, "in": "header", "required": true, "description": description, "schema": schema.json() });
    headers.into_iter().map(one).collect()
}

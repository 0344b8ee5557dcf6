//! The `webhooks` of the document describe what the sandbox sends.

use serde_json::Value;

use crate::event::catalogue;
use crate::sandbox::tests::openapi::document;

/// A validator of the body of the webhook with this name.
fn body_validator(document: &Value, name: &str) -> jsonschema::Validator {
    let mut schema =
        document["webhooks"][name]["post"]["requestBody"]["content"]["application/json"]["schema"].clone();
    assert!(schema.is_object(), "{name}");
    schema["components"] = document["components"].clone();
    jsonschema::validator_for(&schema).unwrap()
}

#[test]
fn webhooks_describe_every_event_type() {
    let document = document();
    let webhooks = document["webhooks"].as_object().unwrap();
    assert_eq!(webhooks.len(), catalogue().len() + 1);
    let other = body_validator(&document, "other");
    for event_type in catalogue() {
        let sample = crate::sandbox_info::sample(event_type, jiff::Timestamp::UNIX_EPOCH);
        let mut sample: Value = serde_json::from_slice(sample.body()).unwrap();
        let validator = body_validator(&document, event_type.name);
        assert!(validator.is_valid(&sample), "{:?}", validator.validate(&sample));
        assert!(!other.is_valid(&sample), "{}", event_type.name);
        sample["type"] = "ticket.of_the_future".into();
        assert!(!validator.is_valid(&sample) && other.is_valid(&sample), "{}", event_type.name);
    }
}

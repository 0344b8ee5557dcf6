//! Builds the event of a change: the members of the sample event, with values from the state.

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::LazyLock;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::audit_log;
use super::automations::AUTOMATIONS;
use crate::event;
use crate::host::random;
use crate::sandbox::store::change::{Change, Events};
use crate::sandbox::store::event_log::entry::Entry;
use crate::sandbox::store::reactions::Fired;
use crate::sandbox_info;

/// The member of an update event with the changed fields.
const CHANGES: &str = "changes";

/// A sample of the `data` of each type. In events, only the names of its members matter.
static SHAPES: LazyLock<HashMap<&'static str, Value>> = LazyLock::new(|| {
    let seed = sandbox_info::sample_seed(Timestamp::UNIX_EPOCH, "000000000000000000000000");
    let types = event::catalogue().iter();
    types.map(|event_type| (event_type.name, event::sample_data(event_type, &seed))).collect()
});

/// Fires an event and writes it to the audit log, unless the change is silent. Its `data` has the members of the sample,
/// in the order of the sample, with the values of `payload`.
pub(crate) fn fire(change: &mut Change<'_>, event_type: &str, payload: &Value) -> rusqlite::Result<()> {
    if change.events == Events::Suppress {
        return Ok(());
    }
    let data = SHAPES.get(event_type).map_or_else(|| payload.clone(), |shape| shaped(shape, payload));
    let id = append(change, event_type, &data)?;
    audit_log::record(change, event_type, &id, &data)?;
    start_automations(change, event_type, data)
}

/// Lets automations run on an event when the change is complete.
pub(crate) fn start_automations(
    change: &mut Change<'_>,
    event_type: &str,
    data: Value,
) -> rusqlite::Result<()> {
    if change.has(AUTOMATIONS.kind)? {
        change.reactions.fired.push(Fired { event_type: event_type.to_owned(), data });
    }
    Ok(())
}

/// A sample of the `data` of a type.
pub(crate) fn sample(event_type: &str) -> Value {
    SHAPES.get(event_type).cloned().unwrap_or_default()
}

/// Adds an event with exactly this `data` to the outbox and returns its id.
pub(crate) fn append(
    change: &mut Change<'_>,
    event_type: &str,
    data: &impl Display,
) -> rusqlite::Result<String> {
    let entry = entry(change, event_type, data);
    let id = entry.id.clone();
    change.append(entry)?;
    Ok(id)
}

pub(crate) fn entry(change: &Change<'_>, event_type: &str, data: &impl Display) -> Entry {
    let now = change.meta.time;
    let id = event::event_id(event_type, now, &random::alphanumeric::<8>());
    let body = event::envelope_of(&id, event_type, now, &change.team.id, data).body().clone();
    Entry { id, kind: event_type.to_owned(), body, request_id: change.meta.request_id.clone() }
}

/// Picks the members of `shape`, two levels deep. Deeper members and `changes` are copied whole.
fn shaped(shape: &Value, payload: &Value) -> Value {
    let pick =
        |shape: &Map<String, Value>, payload: &Value, deeper: &dyn Fn(&str, &Value, &Value) -> Value| {
            let member = |(name, shape): (&String, &Value)| {
                let fact = payload.get(name).unwrap_or(&Value::Null);
                (name.clone(), deeper(name, shape, fact))
            };
            Value::Object(shape.iter().map(member).collect())
        };
    let Value::Object(members) = shape else { return payload.clone() };
    pick(members, payload, &|name, shape, fact| match (shape, fact) {
        (Value::Object(inner), Value::Object(_)) if name != CHANGES => {
            pick(inner, fact, &|_, _, value| value.clone())
        }
        _ => fact.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn payload_follows_the_shape() {
        let shape = json!({"a": {"x": 0, "y": {}}, "changes": {"q": 1}, "n": null});
        let payload =
            json!({"z": 1, "changes": {"b": 2}, "n": {"k": 1}, "a": {"w": 1, "y": {"free": 1}, "x": 3}});
        assert_eq!(
            shaped(&shape, &payload).to_string(),
            r#"{"a":{"x":3,"y":{"free":1}},"changes":{"b":2},"n":{"k":1}}"#
        );
        assert_eq!(shaped(&shape, &json!({})).to_string(), r#"{"a":null,"changes":null,"n":null}"#);
    }
}

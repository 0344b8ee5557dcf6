//! Automations: rules that change objects and notify when an event is fired.
//!
//! Members, list, creation, the two operators and the three actions are documented. Ours: `type` and the place of the
//! members of an action, and that a condition without any part always holds. `automation_runs` executes the rules.

use rusqlite::types::Value as Sql;
use serde_json::{Value, json};

use super::field::{Access, Field, Initial, Kind, LONG, NAME, Shape, count, time};
use super::resource::{New, Resource, Rules, Verb, set, text};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::store::change::Change;
use crate::sandbox::store::object::{Body, Index, Object, Order};
use crate::sandbox::store::uuid::IdShape;

pub(crate) const CONDITIONS: &str = "conditions";
pub(crate) const COUNT: &str = "executionCount";
/// The facet with the type of the event that starts a rule.
pub(crate) const TRIGGER: &str = "triggerEvent";

const CONDITION: &[Field] = &[
    Field::new("field", Kind::Name { max: NAME }).required(),
    Field::new("operator", Kind::Choice(&["equals", "contains"])).required(),
    Field::new("value", Kind::Any).required(),
];

const ACTIONS: &[Shape] = &[
    Shape { name: "assign_to", fields: &[Field::new("agentId", Kind::Name { max: NAME }).required()] },
    Shape {
        name: "add_tags",
        fields: &[Field::new("tags", Kind::Texts { items: 100, max: 100 }).required()],
    },
    Shape {
        name: "send_notification",
        fields: &[Field::new("message", Kind::Name { max: LONG }).required()],
    },
];

pub(crate) static AUTOMATIONS: Resource = Resource {
    kind: "automation",
    path: "automations",
    label: "Automation",
    id: Some(IdShape::Prefixed("rule_")),
    fields: &[
        Field::new("name", Kind::Name { max: NAME }).required(),
        Field::new(TRIGGER, Kind::EventType).required(),
        Field::new(
            CONDITIONS,
            Kind::Record(&[
                Field::new("all", Kind::Records { items: 50, fields: CONDITION }),
                Field::new("any", Kind::Records { items: 50, fields: CONDITION }),
            ]),
        ),
        Field::new("actions", Kind::Variants { items: 20, shapes: ACTIONS }),
        Field::new("enabled", Kind::Bool).or(Initial::Bool(true)),
        count(COUNT),
        time("createdAt").access(Access::Hidden),
        time("updatedAt").access(Access::Hidden),
    ],
    // the order in which they run
    sorts: &[("created", Order::Oldest)],
    documented: &[Verb::List, Verb::Create],
    rules: &Automations,
    ..Resource::DEFAULTS
};

struct Automations;

impl Rules for Automations {
    fn creating(&self, _: &mut Change<'_>, new: &mut New) -> Result<(), ApiError> {
        complete(&mut new.body);
        Ok(())
    }

    fn updating(&self, _: &mut Change<'_>, _: &Object, after: &mut Body) -> Result<(), ApiError> {
        complete(after);
        Ok(())
    }

    fn index(&self, body: &Body, index: &mut Index) {
        index.multi_values.push((TRIGGER, Sql::Text(text(body, TRIGGER).to_owned())));
    }
}

/// Both parts of the conditions are always there.
fn complete(body: &mut Body) {
    let part = |name: &str| {
        let part = body.get(CONDITIONS).and_then(|conditions| conditions.get(name));
        part.filter(|part| part.is_array()).cloned().unwrap_or_else(|| json!([]))
    };
    let conditions = json!({ "all": part("all"), "any": part("any") });
    set(body, CONDITIONS, conditions);
}

/// Whether the conditions of a rule hold for the data of an event.
pub(crate) fn matches(rule: &Body, event_type: &str, data: &Value) -> bool {
    let part = |name: &str| {
        let part = rule.get(CONDITIONS).and_then(|conditions| conditions.get(name));
        part.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    };
    let any = part("any");
    part("all").iter().all(|condition| holds(condition, event_type, data))
        && (any.is_empty() || any.iter().any(|condition| holds(condition, event_type, data)))
}

fn holds(condition: &Value, event_type: &str, data: &Value) -> bool {
    let member = |name: &str| condition.get(name).and_then(Value::as_str).unwrap_or_default();
    let wanted = condition.get("value").unwrap_or(&Value::Null);
    let found = find(data, event_type, member("field")).unwrap_or(&Value::Null);
    match member("operator") {
        "equals" => is_equal(found, wanted),
        _ => contains(found, wanted),
    }
}

/// `priority` is a member of the object of the event, `customer.email` one of another object in its data. The names
/// of the API are accepted too: `customerName` is `customer_name`.
fn find<'d>(data: &'d Value, event_type: &str, field: &str) -> Option<&'d Value> {
    let step = |value: &'d Value, name: &str| {
        value.get(name).or_else(|| value.get(super::view::snake_case(name).as_str()))
    };
    let path = |start: &'d Value| field.split('.').try_fold(start, step);
    data.get(resource_of(event_type)).and_then(path).or_else(|| path(data))
}

/// `ticket` of `ticket.created`: the member of the data with the object.
pub(crate) fn resource_of(event_type: &str) -> &str {
    event_type.split('.').next().unwrap_or_default()
}

/// A number is also equal to its text.
fn is_equal(found: &Value, wanted: &Value) -> bool {
    let as_text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    };
    found == wanted || as_text(found).is_some_and(|found| as_text(wanted) == Some(found))
}

/// A text in a text, in any case, or an item of a list.
fn contains(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::String(found), Value::String(wanted)) => {
            found.to_lowercase().contains(&wanted.to_lowercase())
        }
        (Value::Array(items), wanted) => items.iter().any(|item| is_equal(item, wanted)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_find_members_of_the_event() {
        let data = json!({"ticket": {"priority": "high", "tags": ["vip", 5], "customer_name": "Jane Doe"},
            "customer": {"email": "jane@example.com"}});
        let holds = |field: &str, operator: &str, value: Value| {
            holds(&json!({"field": field, "operator": operator, "value": value}), "ticket.created", &data)
        };
        assert!(holds("priority", "equals", json!("high")));
        assert!(holds("ticket.priority", "equals", json!("high")));
        assert!(holds("customerName", "contains", json!("jane")));
        assert!(holds("customer.email", "contains", json!("@example")));
        assert!(holds("tags", "contains", json!("5")));
        assert!(holds("nothing", "equals", Value::Null));
        assert!(!holds("priority", "equals", json!("hi")));
        assert!(!holds("priority", "contains", json!(1)));
        assert!(!holds("tags", "equals", json!("vip")));
    }

    #[test]
    fn all_and_any_are_combined() {
        let data = json!({"ticket": {"status": "new", "priority": "low"}});
        let is = |field: &str, value: &str| json!({"field": field, "operator": "equals", "value": value});
        let matches = |all: Value, any: Value| {
            let rule = json!({"conditions": {"all": all, "any": any}});
            matches(rule.as_object().unwrap(), "ticket.created", &data)
        };
        assert!(matches(json!([]), json!([])));
        assert!(matches(json!([is("status", "new")]), json!([is("priority", "x"), is("priority", "low")])));
        assert!(!matches(json!([is("status", "new"), is("priority", "x")]), json!([])));
        assert!(!matches(json!([is("status", "new")]), json!([is("priority", "x")])));
    }
}

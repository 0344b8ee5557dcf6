//! Reads the shapes of the catalogue from the templates of its samples.

use serde_json::{Map, Value};

use super::documented::{self, Documented};
use super::{Coverage, EventShape, Member, Number, Object, Shape, Source, Text};
use crate::event::catalogue::{EventType, Payload, catalogue};

/// Members whose own members are named by the customers of cStar.
pub(super) const FREE_OBJECTS: [&str; 2] = ["custom_fields", "metadata"];
/// The member with the old and the new value of each changed member.
pub(super) const CHANGES: &str = "changes";

/// The shapes of all types of the catalogue, in its order.
pub(crate) fn event_shapes() -> Vec<EventShape> {
    catalogue().iter().map(event_shape).collect()
}

fn event_shape(event_type: &EventType) -> EventShape {
    // The tests parse every template, so this never fails.
    let template: Map<String, Value> = serde_json::from_str(event_type.template).unwrap_or_default();
    let reader = TemplateReader { documented: documented::find(event_type.name) };
    EventShape {
        name: event_type.name.to_owned(),
        description: Some(event_type.description),
        coverage: match event_type.payload {
            Payload::Documented => Coverage::Full,
            Payload::Partial => Coverage::Partial,
            Payload::Modelled => Coverage::Nothing,
        },
        data: reader.members("", &template),
    }
}

struct TemplateReader {
    documented: Option<&'static Documented>,
}

impl TemplateReader {
    fn members(&self, place: &str, template: &Map<String, Value>) -> Shape {
        let one = |(name, value): (&String, &Value)| {
            let path = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
            self.member(name, self.shape(&path, name, value), &path)
        };
        Shape::of_object(Object::Members(template.iter().map(one).collect()))
    }

    fn member(&self, name: &str, shape: Shape, path: &str) -> Member {
        let always = self.documented.is_some_and(|documented| documented.always.contains(&path));
        let sometimes = self.documented.is_some_and(|documented| documented.sometimes.contains(&path));
        let source = if always || sometimes { Source::Documented } else { Source::Modelled };
        Member { name: name.to_owned(), shape, is_required: always, source }
    }

    fn shape(&self, path: &str, name: &str, value: &Value) -> Shape {
        match value {
            // The other kind of the value is not known.
            Value::Null => Shape::default(),
            Value::Bool(_) => Shape { is_boolean: true, ..Shape::default() },
            Value::Number(_) => Shape { number: Some(Number::Integer), ..Shape::default() },
            Value::String(text) => shape_of_text(text),
            Value::Array(items) => {
                Shape::of_list(items.first().map_or_else(Shape::default, |item| self.shape(path, "", item)))
            }
            Value::Object(_) if name == CHANGES => {
                let ends =
                    ["from", "to"].map(|end| self.member(end, Shape::default(), &format!("{path}.{end}")));
                Shape::of_object(Object::Map(Box::new(Shape::of_object(Object::Members(ends.into())))))
            }
            Value::Object(members) if members.is_empty() || FREE_OBJECTS.contains(&name) => {
                Shape::of_object(Object::Map(Box::default()))
            }
            Value::Object(members) => self.members(path, members),
        }
    }
}

/// The shape of a text with placeholders.
fn shape_of_text(text: &str) -> Shape {
    let is_only = |placeholder: &str| text.starts_with(placeholder) && text.ends_with("}}");
    if is_only("{{int:") {
        return Shape { number: Some(Number::Integer), ..Shape::default() };
    }
    let is_time = ["{{now", "{{before:", "{{after:"].into_iter().any(is_only);
    Shape::of_text(if is_time { Text::Time } else { Text::Plain })
}

//! Learns shapes from events that were received. Keeps names and types of members, never a value.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::templates::{CHANGES, FREE_OBJECTS};
use super::{Coverage, EventShape, Member, Number, Object, Shape, Source, Text, event_shapes};

/// How often an object must be seen before a member that is always there counts as required.
const ENOUGH: u64 = 3;
/// An object with more members than this has names that are data, such as ids.
const MOST_MEMBERS: usize = 40;
const LONGEST_NAME: usize = 40;
/// Deeper values are of any shape.
const DEEPEST: usize = 8;
/// More unknown types than this are left out.
const MOST_UNKNOWN_TYPES: usize = 200;

/// What was seen of each event type.
#[derive(Debug, Default)]
pub(crate) struct Observations {
    types: BTreeMap<String, SeenShape>,
}

impl Observations {
    /// Adds the body of an event. Returns whether it is an event with an object as `data`.
    pub(crate) fn add(&mut self, body: &[u8]) -> bool {
        let Ok(Value::Object(event)) = serde_json::from_slice::<Value>(body) else { return false };
        let (Some(Value::String(event_type)), Some(data @ Value::Object(_))) =
            (event.get("type"), event.get("data"))
        else {
            return false;
        };
        let is_known = crate::event::find(event_type).is_some() || self.types.contains_key(event_type);
        if !is_known && (!is_event_type(event_type) || self.types.len() >= MOST_UNKNOWN_TYPES) {
            return false;
        }
        self.types.entry(event_type.clone()).or_default().add(data, "", 0);
        true
    }

    /// The number of event types seen.
    pub(crate) fn event_types(&self) -> usize {
        self.types.len()
    }

    /// The shapes of the catalogue with what was seen, then the types that the catalogue does not have.
    pub(crate) fn event_shapes(&self) -> Vec<EventShape> {
        let mut shapes = event_shapes();
        for event in &mut shapes {
            if let Some(seen) = self.types.get(&event.name) {
                event.data = seen.refined(&event.data, Source::Modelled);
            }
        }
        let unknown = self.types.iter().filter(|(name, _)| crate::event::find(name).is_none());
        shapes.extend(unknown.map(|(name, seen)| EventShape {
            name: name.clone(),
            description: None,
            coverage: Coverage::UnknownType,
            data: seen.shape(),
        }));
        shapes
    }
}

/// `resource.action` in lower case: a type is written out, so it must not be some other text.
fn is_event_type(name: &str) -> bool {
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    name.len() <= 2 * LONGEST_NAME && name.contains('.') && name.split('.').all(is_word)
}

/// Whether a name can be that of a member, and not an id, an address or a sentence.
fn is_member_name(name: &str) -> bool {
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.len() <= LONGEST_NAME
        && digits < 4
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// What was seen in one place.
#[derive(Debug, Default)]
struct SeenShape {
    shape: Shape,
    items: Option<Box<SeenShape>>,
    object: Option<SeenObject>,
}

#[derive(Debug, Default)]
struct SeenObject {
    count: u64,
    /// In the order in which they were first seen.
    members: Vec<(String, u64, SeenShape)>,
    /// Of the values, if the names are data.
    values: Option<Box<SeenShape>>,
    /// Whether some values were not looked at.
    is_any: bool,
}

impl SeenShape {
    fn add(&mut self, value: &Value, name: &str, depth: usize) {
        match value {
            Value::Null => self.shape.is_null = true,
            Value::Bool(_) => self.shape.is_boolean = true,
            Value::Number(number) => {
                let is_whole = number.is_i64() || number.is_u64();
                let is_decimal = !is_whole || self.shape.number == Some(Number::Decimal);
                self.shape.number = Some(if is_decimal { Number::Decimal } else { Number::Integer });
            }
            Value::String(text) => {
                let is_time = self.shape.text != Some(Text::Plain) && text.parse::<Timestamp>().is_ok();
                self.shape.text = Some(if is_time { Text::Time } else { Text::Plain });
            }
            Value::Array(items) => {
                let seen = self.items.get_or_insert_default();
                items.iter().filter(|_| depth < DEEPEST).for_each(|item| seen.add(item, "", depth + 1));
            }
            Value::Object(members) => {
                self.object.get_or_insert_default().add(members, name, depth);
            }
        }
    }

    /// The shape without a template. Null alone says nothing about the other values.
    fn shape(&self) -> Shape {
        let shape = Shape {
            list: self.items.as_ref().map(|items| Box::new(items.shape())),
            object: self.object.as_ref().map(SeenObject::object),
            ..self.shape.clone()
        };
        if shape.single().is_none() && shape.kinds().len() < 2 { Shape::default() } else { shape }
    }

    /// The shape of the template with what was seen. What was seen replaces a guess, and is added to what is documented.
    fn refined(&self, template: &Shape, source: Source) -> Shape {
        let mut shape = self.shape();
        if let (Some(seen), Some(Object::Members(members))) = (&self.object, &template.object) {
            shape.object = Some(seen.refined(members));
        } else if let Some(Object::Map(values)) = &template.object {
            shape.object = shape.object.map(|_| Object::Map(values.clone()));
        }
        if let (Some(seen), Some(items)) = (&self.items, &template.list) {
            shape.list = Some(Box::new(seen.refined(items, source)));
        }
        if shape.is_any() {
            let is_null = self.shape.is_null && !template.is_any();
            return either(Shape { is_null, ..shape }, template);
        }
        if source == Source::Documented { either(shape, template) } else { shape }
    }
}

/// A shape that accepts what `seen` or `template` accept. Lists and objects are those of `seen`.
fn either(seen: Shape, template: &Shape) -> Shape {
    let is_decimal = [seen.number, template.number].contains(&Some(Number::Decimal));
    let is_plain = [seen.text, template.text].contains(&Some(Text::Plain));
    Shape {
        is_null: seen.is_null || template.is_null,
        is_boolean: seen.is_boolean || template.is_boolean,
        number: if is_decimal { Some(Number::Decimal) } else { seen.number.or(template.number) },
        text: if is_plain { Some(Text::Plain) } else { seen.text.or(template.text) },
        list: seen.list.or_else(|| template.list.clone()),
        object: seen.object.or_else(|| template.object.clone()),
    }
}

impl SeenObject {
    fn add(&mut self, members: &Map<String, Value>, name: &str, depth: usize) {
        self.count += 1;
        if FREE_OBJECTS.contains(&name) || depth >= DEEPEST {
            self.forget_names();
            self.is_any = true;
            return;
        }
        if name == CHANGES || !members.keys().all(|name| is_member_name(name)) {
            self.forget_names();
        }
        for (name, value) in members {
            if let Some(values) = &mut self.values {
                values.add(value, "", depth + 1);
                continue;
            }
            match self.members.iter_mut().find(|(known, ..)| known == name) {
                Some((_, count, seen)) => {
                    *count += 1;
                    seen.add(value, name, depth + 1);
                }
                None => {
                    let mut seen = SeenShape::default();
                    seen.add(value, name, depth + 1);
                    self.members.push((name.clone(), 1, seen));
                }
            }
        }
        if self.members.len() > MOST_MEMBERS {
            self.forget_names();
        }
    }

    /// From now on the names are data.
    fn forget_names(&mut self) {
        self.is_any |= !self.members.is_empty();
        self.members.clear();
        self.values.get_or_insert_default();
    }

    fn is_required(&self, count: u64) -> bool {
        count == self.count && count >= ENOUGH
    }

    fn object(&self) -> Object {
        if let Some(values) = &self.values {
            let values = if self.is_any { Shape::default() } else { values.shape() };
            return Object::Map(Box::new(values));
        }
        let members = self.members.iter().map(|(name, count, seen)| Member {
            name: name.clone(),
            shape: seen.shape(),
            is_required: self.is_required(*count),
            source: Source::Observed,
        });
        Object::Members(members.collect())
    }

    fn refined(&self, template: &[Member]) -> Object {
        if self.values.is_some() {
            return self.object();
        }
        let seen = |name: &str| self.members.iter().find(|(known, ..)| known == name);
        let mut members: Vec<Member> = template.to_vec();
        for member in &mut members {
            let is_documented = member.source == Source::Documented;
            let Some((_, count, seen)) = seen(&member.name) else {
                member.is_required = false;
                continue;
            };
            member.shape = seen.refined(&member.shape, member.source);
            member.is_required = match is_documented {
                true => member.is_required && *count == self.count,
                false => self.is_required(*count),
            };
            if !is_documented {
                member.source = Source::Observed;
            }
        }
        let is_new = |name: &String| !template.iter().any(|member| member.name == *name);
        let new = self.members.iter().filter(|(name, ..)| is_new(name));
        members.extend(new.map(|(name, count, seen)| Member {
            name: name.clone(),
            shape: seen.shape(),
            is_required: self.is_required(*count),
            source: Source::Observed,
        }));
        Object::Members(members)
    }
}

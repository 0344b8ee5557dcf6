//! Resource keys: events with the same key are delivered in order.

use std::borrow::Cow;
use std::fmt;

use serde_core::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::members::{Name, members, members_of};

/// The key `<resource>:<id>` of an event's resource, such as `ticket:tkt_1` (ours). The resource is the part of the
/// event type before the dot.
///
/// The id is the first of: `data.<resource>.id` (documented), `data.id` (documented for older payloads), and the `id`
/// of the first object in `data`, whose name then replaces the resource. Without an id, or if the body is not JSON, the
/// key is the resource alone, so that such events also stay in order. Never fails, and builds no value tree.
pub fn resource_key(event_type: &str, body: &[u8]) -> String {
    let (resource, found) = resource_name_and_id(event_type, body);
    key(resource, found)
}

type NameAndId<'a> = (Cow<'a, str>, Cow<'a, str>);

/// The resource of the event type, and the two parts of [`resource_key`] if there is an id. The id is not copied,
/// because it may be as long as the body.
pub(crate) fn resource_name_and_id<'a>(
    event_type: &'a str,
    body: &'a [u8],
) -> (&'a str, Option<NameAndId<'a>>) {
    let resource = resource_of(event_type);
    let found = std::str::from_utf8(body).ok().and_then(|text| {
        let read = |tolerant| {
            let mut deserializer = serde_json::Deserializer::from_str(text);
            let found = Body { resource, tolerant }.deserialize(&mut deserializer)?;
            deserializer.end().map(|()| found)
        };
        // A string or a number that is JSON but no Rust value fails the first time only.
        read(false).or_else(|_| read(true)).ok().flatten()
    });
    (resource, found)
}

/// [`resource_key`] from the `data` member.
pub(super) fn key_in(event_type: &str, data: Option<&str>) -> String {
    let resource = resource_of(event_type);
    let found = data.and_then(|data| {
        let mut found = Candidates::default();
        members(data, |name, value| found.add(resource, name, value)).ok()?;
        found.best(resource)
    });
    key(resource, found)
}

fn resource_of(event_type: &str) -> &str {
    event_type.split_once('.').map_or(event_type, |(resource, _)| resource)
}

fn key(resource: &str, found: Option<NameAndId<'_>>) -> String {
    found.map_or_else(|| resource.to_owned(), |(name, id)| format!("{name}:{id}"))
}

/// The ids found in `data` so far.
#[derive(Default)]
struct Candidates<'a> {
    /// `data.<resource>.id`
    named: Option<Cow<'a, str>>,
    /// `data.id`
    own: Option<Cow<'a, str>>,
    /// The first object with an id.
    first: Option<NameAndId<'a>>,
}

impl<'a> Candidates<'a> {
    fn add(&mut self, resource: &str, name: &[u8], value: &'a RawValue) {
        if name == b"id" {
            self.own = id_text(value);
        }
        if self.wants(resource, name) {
            self.add_id(resource, name, id_inside(value));
        }
    }

    /// Whether the id inside the member `name` could be the id.
    fn wants(&self, resource: &str, name: &[u8]) -> bool {
        name == resource.as_bytes() || self.first.is_none()
    }

    fn add_id(&mut self, resource: &str, name: &[u8], id: Option<Cow<'a, str>>) {
        if name == resource.as_bytes() {
            self.named = id;
        } else {
            self.first = std::str::from_utf8(name).ok().map(|name| name.to_owned().into()).zip(id);
        }
    }

    fn best(self, resource: &'a str) -> Option<NameAndId<'a>> {
        self.named.or(self.own).map(|id| (resource.into(), id)).or(self.first)
    }
}

/// Finds the ids in one pass over the body. Extracting `data` first and parsing it then would read nearly every byte
/// twice, for every event.
struct Body<'a> {
    resource: &'a str,
    /// Whether to look at raw values only, which takes a second pass over every object in `data`.
    tolerant: bool,
}

impl<'de> DeserializeSeed<'de> for Body<'de> {
    type Value = Option<NameAndId<'de>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Body<'de> {
    type Value = Option<NameAndId<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(Name(name)) = map.next_key()? {
            if *name == *b"data" {
                let mut candidates = Candidates::default();
                let (resource, add) = (self.resource, &mut candidates);
                // Fails if `data` is not an object; then there is no id.
                match self.tolerant {
                    true => map.next_value_seed(members_of(|name, value| add.add(resource, name, value)))?,
                    false => map.next_value_seed(Data { resource, found: add })?,
                }
                found = candidates.best(self.resource);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

/// Finds the ids in `data`.
struct Data<'f, 'de> {
    resource: &'f str,
    found: &'f mut Candidates<'de>,
}

impl<'de> DeserializeSeed<'de> for Data<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Data<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Name(name)) = map.next_key()? {
            if *name == *b"id" {
                self.found.add(self.resource, &name, map.next_value()?);
            } else if self.found.wants(self.resource, &name) {
                let id = map.next_value_seed(IdInside)?;
                self.found.add_id(self.resource, &name, id);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// The id of an object; other values have none.
struct IdInside;

impl<'de> DeserializeSeed<'de> for IdInside {
    type Value = Option<Cow<'de, str>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for IdInside {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut id = None;
        while let Some(Name(name)) = map.next_key()? {
            if *name == *b"id" {
                id = id_text(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(id)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

fn id_inside(value: &RawValue) -> Option<Cow<'_, str>> {
    // Only objects have an id, so other values are not parsed.
    if !value.get().starts_with('{') {
        return None;
    }
    let mut id = None;
    members(value.get(), |name, value| {
        if name == b"id" {
            id = id_text(value);
        }
    })
    .ok()?;
    id
}

/// A string or a number as text; numbers keep their digits.
fn id_text(value: &RawValue) -> Option<Cow<'_, str>> {
    let json = value.get();
    match json.bytes().next()? {
        b'"' => {
            // A string without escapes is borrowed.
            let plain = serde_json::from_str::<&str>(json).map(Cow::Borrowed);
            let id = plain.or_else(|_| serde_json::from_str::<String>(json).map(Cow::Owned)).ok()?;
            (!id.is_empty()).then_some(id)
        }
        b'-' | b'0'..=b'9' => Some(json.into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;

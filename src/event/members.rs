//! Reads the members of one JSON object without building a value tree.

use std::borrow::Cow;
use std::fmt;

use serde_core::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Calls `visit` with the name and the raw value of every member, in order, including repeated ones.
///
/// Names are bytes, because a lone surrogate escape is valid JSON but not a Rust string, and must not make the whole
/// body invalid.
pub(super) fn members<'a>(
    json: &'a str,
    visit: impl FnMut(&[u8], &'a RawValue),
) -> Result<(), serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    deserializer.deserialize_map(MemberVisitor { visit })?;
    deserializer.end()
}

/// The same for a nested object.
pub(super) fn members_of<'de, F: FnMut(&[u8], &'de RawValue)>(
    visit: F,
) -> impl DeserializeSeed<'de, Value = ()> {
    MemberVisitor { visit }
}

struct MemberVisitor<F> {
    visit: F,
}

impl<'de, F: FnMut(&[u8], &'de RawValue)> DeserializeSeed<'de> for MemberVisitor<F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, F: FnMut(&[u8], &'de RawValue)> Visitor<'de> for MemberVisitor<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(Name(name)) = map.next_key()? {
            (self.visit)(&name, map.next_value()?);
        }
        Ok(())
    }
}

/// The name of a member, see [`members`].
pub(super) struct Name<'a>(pub(super) Cow<'a, [u8]>);

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a member name")
            }

            fn visit_borrowed_bytes<E: Error>(self, name: &'de [u8]) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_bytes<E: Error>(self, name: &[u8]) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_vec())))
            }
        }
        deserializer.deserialize_bytes(NameVisitor)
    }
}

/// The kind of a JSON value, from its first character; for error messages.
pub(super) fn kind(json: &str) -> &'static str {
    match json.trim_start().bytes().next() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    }
}

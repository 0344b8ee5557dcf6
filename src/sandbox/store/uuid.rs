//! Version 4 UUIDs, and how the ids of the API show them.

use std::fmt;

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};

/// The identity of an object, whatever the form of its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Uuid(uuid::Uuid);

impl Uuid {
    /// A version 4 UUID of these random bytes.
    pub(crate) fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(uuid::Builder::from_random_bytes(bytes).into_uuid())
    }

    /// With hyphens, in either case.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::parse_length(text, 36)
    }

    /// 32 hexadecimal digits, in either case.
    pub(crate) fn parse_simple(text: &str) -> Option<Self> {
        Self::parse_length(text, 32)
    }

    /// The crate also accepts other forms, each of a different length.
    fn parse_length(text: &str, length: usize) -> Option<Self> {
        (text.len() == length).then(|| uuid::Uuid::try_parse(text).ok().map(Self))?
    }

    /// 32 lower-case hexadecimal digits.
    pub(crate) fn simple(self) -> String {
        self.0.simple().to_string()
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ToSql for Uuid {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(self.0.as_bytes())))
    }
}

impl FromSql for Uuid {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let bytes = value.as_blob()?;
        uuid::Uuid::from_slice(bytes).map(Self).map_err(|_| FromSqlError::InvalidType)
    }
}

/// How a kind of object shows its UUID as `id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdShape {
    /// A prefix and the UUID without hyphens (documented for tickets, customers and articles).
    Prefixed(&'static str),
    /// A prefix and 12 hexadecimal digits (documented for messages, which are not requested by id).
    Short(&'static str),
    /// The UUID itself (documented for categories, groups and posts).
    Plain,
}

impl IdShape {
    pub(crate) fn show(self, uuid: Uuid) -> String {
        match self {
            Self::Prefixed(prefix) => format!("{prefix}{}", uuid.simple()),
            Self::Short(prefix) => format!("{prefix}{}", uuid.simple().split_off(20)),
            Self::Plain => uuid.to_string(),
        }
    }

    /// The UUID of an id. The plain UUID is accepted for every kind (documented).
    pub(crate) fn read(self, id: &str) -> Option<Uuid> {
        match self {
            Self::Prefixed(prefix) | Self::Short(prefix) => {
                id.strip_prefix(prefix).map_or_else(|| Uuid::parse(id), Uuid::parse_simple)
            }
            Self::Plain => Uuid::parse(id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_parse_in_their_two_shapes_only() {
        let uuid = Uuid::from_bytes([0xab; 16]);
        assert_eq!(uuid.to_string(), "abababab-abab-4bab-abab-abababababab");
        let shape = IdShape::Prefixed("tkt_");
        assert_eq!(shape.show(uuid), "tkt_abababababab4bababababababababab");
        assert_eq!(shape.read(&shape.show(uuid)), Some(uuid));
        assert_eq!(shape.read(&uuid.to_string().to_uppercase()), Some(uuid));
        for bad in ["", "tkt_", "cus_abababababab4bababababababababab", "abababababab4bababababababababab"] {
            assert_eq!(shape.read(bad), None, "{bad}");
        }
        assert_eq!(shape.read("tkt_abababab-abab-4bab-abab-abababababab"), None);
        assert_eq!(IdShape::Plain.read("abababab-abab-4bab-ababa-bababababab"), None);
        assert_eq!(IdShape::Short("msg_").show(uuid), "msg_abababababab");
    }
}

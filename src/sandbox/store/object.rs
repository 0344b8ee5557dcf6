//! An object as the store has it, what it is found by, and what a list selects.

use std::borrow::Cow;

use rusqlite::Row;
use rusqlite::types::Value as Sql;
use serde_json::{Map, Value};

use super::uuid::Uuid;

/// The members of an object, as the API names them.
pub(crate) type Body = Map<String, Value>;

/// A stored object.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    /// Its place in the order of creation.
    pub(crate) seq: i64,
    pub(crate) uuid: Uuid,
    pub(crate) body: Body,
}

/// Members and their values.
pub(crate) type Values = Vec<(&'static str, Sql)>;

/// What an object is found by.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Index {
    /// Of few values each, found in any combination.
    pub(crate) filter_values: Values,
    /// Of many values, found one at a time; a member may have several.
    pub(crate) multi_values: Values,
    /// What it is sorted by.
    pub(crate) sort_keys: Values,
    /// In lower case.
    pub(crate) search: String,
}

/// In which order a list comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Newest,
    Oldest,
    /// By a rank that every object of the kind has, upwards.
    Rising(&'static str),
    /// By such a rank downwards, the newest first among equals.
    Falling(&'static str),
}

/// Which objects of a kind, and which of these.
#[derive(Debug)]
pub(crate) struct Selection {
    pub(crate) kind: &'static str,
    /// All of these have to hold.
    pub(crate) filter_values: Values,
    /// And all of these, which are not combined in advance.
    pub(crate) multi_values: Values,
    /// Text in lower case that has to occur.
    pub(crate) search: Option<String>,
    pub(crate) order: Order,
    pub(crate) offset: u64,
    pub(crate) limit: u64,
}

/// A text as it is looked through: the text index ends at a NUL.
pub(crate) fn searchable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "\u{fffd}").into() } else { text.into() }
}

pub(crate) fn object(row: &Row<'_>) -> rusqlite::Result<Object> {
    let body: String = row.get(2)?;
    let body = serde_json::from_str(&body).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(2, rusqlite::types::Type::Text, error.into())
    })?;
    Ok(Object { seq: row.get(0)?, uuid: row.get(1)?, body })
}

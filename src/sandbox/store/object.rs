//! A stored object, its index, and what a list selects.

use std::borrow::Cow;

use rusqlite::Row;
use rusqlite::types::Value as Sql;
use serde_json::{Map, Value};

use super::uuid::Uuid;

/// The members of an object, as the API names them.
pub(crate) type Body = Map<String, Value>;

#[derive(Clone, Debug)]
pub(crate) struct Object {
    /// The order of creation.
    pub(crate) seq: i64,
    pub(crate) uuid: Uuid,
    pub(crate) body: Body,
}

pub(crate) type Values = Vec<(&'static str, Sql)>;

/// What an object is filtered, sorted and searched by.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Index {
    /// Few values each; any combination can be selected.
    pub(crate) filter_values: Values,
    /// Many values, selected one at a time; a member may have several.
    pub(crate) multi_values: Values,
    pub(crate) sort_keys: Values,
    /// Lower case.
    pub(crate) search: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Newest,
    Oldest,
    /// By a sort key that every object of the kind has, ascending.
    Rising(&'static str),
    /// By a sort key, descending; newest first among equals.
    Falling(&'static str),
}

/// Which objects of a kind, and which page of them.
#[derive(Debug)]
pub(crate) struct Selection {
    pub(crate) kind: &'static str,
    /// All of these have to match.
    pub(crate) filter_values: Values,
    /// And all of these, for which there are no combined groups.
    pub(crate) multi_values: Values,
    /// Lower-case text that has to occur.
    pub(crate) search: Option<String>,
    pub(crate) order: Order,
    pub(crate) offset: u64,
    pub(crate) limit: u64,
}

impl Selection {
    /// The first `limit` objects of `kind`, without a filter.
    pub(crate) const fn first(kind: &'static str, order: Order, limit: u64) -> Self {
        Self {
            kind,
            filter_values: Vec::new(),
            multi_values: Vec::new(),
            search: None,
            order,
            offset: 0,
            limit,
        }
    }
}

/// Text for the search index, which would stop at a NUL.
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

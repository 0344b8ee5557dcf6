//! Reading objects of one environment: by id, by facet, by parent, and in pages.

use std::borrow::Cow;
use std::cell::RefCell;

use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Map, Value};

use super::groups::{self, Group, Pending};
use super::totals::Totals;
use super::uuid::Uuid;
use crate::sandbox::caller::Environment;

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

/// The tables, as seen from one environment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tables<'c> {
    pub(crate) conn: &'c Connection,
    pub(crate) environment: Environment,
    /// Not there during a change, which may be undone.
    pub(crate) totals: Option<&'c RefCell<Totals>>,
    /// What a change has done to groups; there during a change alone.
    pub(crate) pending: Option<&'c RefCell<Pending>>,
}

impl<'c> Tables<'c> {
    pub(crate) fn new(conn: &'c Connection, environment: Environment) -> Self {
        Self { conn, environment, totals: None, pending: None }
    }

    /// The same, with what was counted before.
    pub(crate) fn counted(self, totals: &'c RefCell<Totals>) -> Self {
        Self { totals: Some(totals), ..self }
    }

    /// The same, during a change.
    pub(crate) fn changing(self, pending: &'c RefCell<Pending>) -> Self {
        Self { pending: Some(pending), ..self }
    }

    /// The object with this UUID, unless it belongs to another.
    pub(crate) fn find(&self, kind: &str, uuid: Uuid) -> rusqlite::Result<Option<Object>> {
        let sql = "SELECT o.seq, o.uuid, o.body FROM objects o \
                   WHERE o.environment = ?1 AND o.kind = ?2 AND o.uuid = ?3 AND o.parent IS NULL";
        let mut statement = self.conn.prepare_cached(sql)?;
        statement.query_row(params![self.environment.as_str(), kind, uuid], object).optional()
    }

    /// Whether there is any of this kind.
    pub(crate) fn has(&self, kind: &str) -> rusqlite::Result<bool> {
        Ok(self.group(kind, "")?.is_some_and(|all| all.total > 0))
    }

    /// Hands over every object in the order of creation: its kind, itself, and what it belongs to.
    pub(crate) fn each<E: From<rusqlite::Error>>(
        &self,
        mut hand_over: impl FnMut(String, Object, Option<Uuid>) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = "SELECT o.seq, o.uuid, o.body, o.kind, p.uuid FROM objects o \
                   LEFT JOIN objects p ON p.seq = o.parent WHERE o.environment = ?1 ORDER BY o.seq";
        let mut statement = self.conn.prepare(sql)?;
        let mut rows = statement.query([self.environment.as_str()])?;
        while let Some(row) = rows.next()? {
            hand_over(row.get(3)?, object(row)?, row.get(4)?)?;
        }
        Ok(())
    }

    /// At most `count` objects of this kind that come after `seq`, the oldest first, however they are found.
    pub(crate) fn after(&self, kind: &str, seq: i64, count: usize) -> rusqlite::Result<Vec<Object>> {
        let sql = "SELECT o.seq, o.uuid, o.body FROM objects o \
                   WHERE o.seq > ?3 AND o.environment = ?1 AND o.kind = ?2 ORDER BY o.seq LIMIT ?4";
        let mut statement = self.conn.prepare_cached(sql)?;
        statement.query_map(params![self.environment.as_str(), kind, seq, count], object)?.collect()
    }

    /// The counters and where they stand.
    pub(crate) fn counters(&self) -> rusqlite::Result<Vec<(String, i64)>> {
        let sql = "SELECT name, value FROM counters WHERE environment = ?1 ORDER BY name";
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        self.conn.prepare(sql)?.query_map([self.environment.as_str()], read)?.collect()
    }

    /// What belongs to the object at `parent`, the oldest first.
    pub(crate) fn children(&self, kind: &str, parent: i64) -> rusqlite::Result<Vec<Object>> {
        let sql = "SELECT o.seq, o.uuid, o.body FROM objects o \
                   WHERE o.parent = ?1 AND o.kind = ?2 ORDER BY o.seq";
        self.conn.prepare_cached(sql)?.query_map(params![parent, kind], object)?.collect()
    }

    /// The objects with this value, the oldest first.
    pub(crate) fn with(&self, kind: &str, facet: &'static str, value: &Sql) -> rusqlite::Result<Vec<Object>> {
        let Some(group) = self.with_value(kind, facet, value)? else { return Ok(Vec::new()) };
        let sql = "SELECT o.seq, o.uuid, o.body FROM members m JOIN objects o ON o.seq = m.seq \
                   WHERE m.in_group = ?1 ORDER BY m.seq";
        self.conn.prepare_cached(sql)?.query_map([group.id], object)?.collect()
    }

    /// How many objects have this value.
    pub(crate) fn count(&self, kind: &str, facet: &'static str, value: &Sql) -> rusqlite::Result<u64> {
        Ok(self.with_value(kind, facet, value)?.map_or(0, |group| group.total))
    }

    fn with_value(&self, kind: &str, facet: &'static str, value: &Sql) -> rusqlite::Result<Option<Group>> {
        self.group(kind, &groups::name(&[(facet, value.clone())]))
    }
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

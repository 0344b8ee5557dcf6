//! Reads objects of one environment: by id, by value, by parent, and in pages.

use std::cell::RefCell;

use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::groups::{self, Group, Pending};
use super::object::{Object, object};
use super::totals::Totals;
use super::uuid::Uuid;
use crate::sandbox::caller::Environment;
use crate::sandbox::team::Team;

/// The tables, as seen from one environment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tables<'c> {
    pub(crate) conn: &'c Connection,
    pub(crate) environment: Environment,
    pub(crate) team: &'c Team,
    /// `None` during a change, which may be rolled back.
    pub(crate) totals: Option<&'c RefCell<Totals>>,
    /// The unwritten changes of groups, during a change.
    pub(crate) pending: Option<&'c RefCell<Pending>>,
}

impl<'c> Tables<'c> {
    pub(crate) fn new(conn: &'c Connection, environment: Environment, team: &'c Team) -> Self {
        Self { conn, environment, team, totals: None, pending: None }
    }

    /// Uses the totals of earlier lists.
    pub(crate) fn counted(self, totals: &'c RefCell<Totals>) -> Self {
        Self { totals: Some(totals), ..self }
    }

    /// Reads during a change.
    pub(crate) fn changing(self, pending: &'c RefCell<Pending>) -> Self {
        Self { pending: Some(pending), ..self }
    }

    /// The object with this UUID. Children are not found.
    pub(crate) fn find(&self, kind: &str, uuid: Uuid) -> rusqlite::Result<Option<Object>> {
        let sql = "SELECT o.seq, o.uuid, o.body FROM objects o \
                   WHERE o.environment = ?1 AND o.kind = ?2 AND o.uuid = ?3 AND o.parent IS NULL";
        let mut statement = self.conn.prepare_cached(sql)?;
        statement.query_row(params![self.environment.as_str(), kind, uuid], object).optional()
    }

    pub(crate) fn has(&self, kind: &str) -> rusqlite::Result<bool> {
        Ok(self.group(kind, "")?.is_some_and(|all| all.total > 0))
    }

    /// Calls `hand_over` with the kind, object and parent of every object, in the order of creation.
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

    /// At most `count` objects of this kind after `seq`, oldest first. Needs no index.
    pub(crate) fn after(&self, kind: &str, seq: i64, count: usize) -> rusqlite::Result<Vec<Object>> {
        let sql = "SELECT o.seq, o.uuid, o.body FROM objects o \
                   WHERE o.seq > ?3 AND o.environment = ?1 AND o.kind = ?2 ORDER BY o.seq LIMIT ?4";
        let mut statement = self.conn.prepare_cached(sql)?;
        statement.query_map(params![self.environment.as_str(), kind, seq, count], object)?.collect()
    }

    pub(crate) fn counters(&self) -> rusqlite::Result<Vec<(String, i64)>> {
        let sql = "SELECT name, value FROM counters WHERE environment = ?1 ORDER BY name";
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        self.conn.prepare(sql)?.query_map([self.environment.as_str()], read)?.collect()
    }

    /// The children of an object, oldest first.
    pub(crate) fn children(&self, kind: &str, parent: i64) -> rusqlite::Result<Vec<Object>> {
        let sql = "SELECT o.seq, o.uuid, o.body FROM objects o \
                   WHERE o.parent = ?1 AND o.kind = ?2 ORDER BY o.seq";
        self.conn.prepare_cached(sql)?.query_map(params![parent, kind], object)?.collect()
    }

    /// The objects with this value, oldest first.
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

    /// Each text that objects of a kind have in a facet, with the number of these objects. Reads only the groups.
    pub(crate) fn texts(&self, kind: &str, facet: &str) -> rusqlite::Result<Vec<(String, u64)>> {
        // the names of these groups, see `groups::name`: the character after `:` ends their range
        let sql = "SELECT id, name, total FROM groups \
                   WHERE environment = ?1 AND kind = ?2 AND name >= ?3 || ':' AND name < ?3 || ';'";
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get::<_, u64>(2)?));
        let mut statement = self.conn.prepare_cached(sql)?;
        let groups = statement.query_map([self.environment.as_str(), kind, facet], read)?;
        let mut texts = Vec::new();
        for group in groups {
            let (id, name, total) = group?;
            let added = self.pending.map_or(0, |pending| pending.borrow().added(id));
            let total = total.saturating_add_signed(added);
            texts.extend(groups::text_of(&name).filter(|_| total > 0).map(|text| (text.to_owned(), total)));
        }
        Ok(texts)
    }

    /// How many objects have a text of this length from `first` to `last` as the value. Reads group sizes only.
    pub(crate) fn count_between(
        &self,
        kind: &str,
        facet: &'static str,
        (first, last): (String, String),
    ) -> rusqlite::Result<u64> {
        let name = |text: String| groups::name(&[(facet, Sql::Text(text))]);
        let sql = "SELECT ifnull(sum(total), 0) FROM groups \
                   WHERE environment = ?1 AND kind = ?2 AND name BETWEEN ?3 AND ?4";
        let params = params![self.environment.as_str(), kind, name(first), name(last)];
        self.conn.prepare_cached(sql)?.query_row(params, |row| row.get(0))
    }

    /// The group of this name with its current size.
    pub(crate) fn group(&self, kind: &str, name: &str) -> rusqlite::Result<Option<Group>> {
        let Some(mut group) = groups::find(self.conn, self.environment, kind, name)? else { return Ok(None) };
        let added = self.pending.map_or(0, |pending| pending.borrow().added(group.id));
        group.total = group.total.saturating_add_signed(added);
        Ok(Some(group))
    }

    fn with_value(&self, kind: &str, facet: &'static str, value: &Sql) -> rusqlite::Result<Option<Group>> {
        self.group(kind, &groups::name(&[(facet, value.clone())]))
    }
}

//! Reading objects of one environment: by id, by facet, by parent, and in pages.

use std::cell::RefCell;
use std::collections::HashMap;

use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};
use serde_json::{Map, Value};

use super::uuid::Uuid;
use crate::sandbox::team::Environment;

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

/// What an object is found by.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Index {
    pub(crate) facets: Vec<(&'static str, Sql)>,
    /// In lower case.
    pub(crate) search: String,
}

/// In which order a list comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Newest,
    Oldest,
    /// By a facet that every object of the kind has, upwards.
    Rising(&'static str),
    /// By such a facet downwards, the newest first among equals.
    Falling(&'static str),
}

/// Which objects of a kind, and which of these.
#[derive(Debug)]
pub(crate) struct Selection {
    pub(crate) kind: &'static str,
    /// All of these have to hold.
    pub(crate) facets: Vec<(&'static str, Sql)>,
    /// Text in lower case that has to occur.
    pub(crate) search: Option<String>,
    pub(crate) order: Order,
    pub(crate) offset: u64,
    pub(crate) limit: u64,
}

/// How many objects each selection had when it was last counted, by kind. Counting is what takes long in a
/// large table, and lists are asked for far more often than they change.
#[derive(Debug, Default)]
pub(super) struct Totals(HashMap<&'static str, HashMap<String, u64>>);

impl Totals {
    /// More selections of one kind than anybody asks for.
    const MOST: usize = 1_000;

    /// What holds no longer once objects of this kind have changed.
    pub(super) fn forget(&mut self, kind: &str) {
        self.0.remove(kind);
    }

    fn known(&self, kind: &str, query: &str) -> Option<u64> {
        self.0.get(kind)?.get(query).copied()
    }

    fn learn(&mut self, kind: &'static str, query: String, total: u64) {
        let known = self.0.entry(kind).or_default();
        if known.len() >= Self::MOST {
            known.clear();
        }
        known.insert(query, total);
    }
}

/// The tables, as seen from one environment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tables<'c> {
    pub(super) conn: &'c Connection,
    pub(crate) environment: Environment,
    /// Not there during a change, which may be undone.
    totals: Option<&'c RefCell<Totals>>,
}

const COLUMNS: &str = "o.seq, o.uuid, o.body";

impl<'c> Tables<'c> {
    pub(super) fn new(conn: &'c Connection, environment: Environment) -> Self {
        Self { conn, environment, totals: None }
    }

    /// The same, with what was counted before.
    pub(super) fn counted(self, totals: &'c RefCell<Totals>) -> Self {
        Self { totals: Some(totals), ..self }
    }

    /// The object with this UUID.
    pub(crate) fn find(&self, kind: &str, uuid: Uuid) -> rusqlite::Result<Option<Object>> {
        let sql = "SELECT o.seq, o.uuid, o.body FROM objects o \
                   WHERE o.environment = ?1 AND o.kind = ?2 AND o.uuid = ?3";
        let mut statement = self.conn.prepare_cached(sql)?;
        statement.query_row(params![self.environment.as_str(), kind, uuid], object).optional()
    }

    /// Whether there is any of this kind.
    pub(crate) fn has(&self, kind: &str) -> rusqlite::Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM objects WHERE environment = ?1 AND kind = ?2)";
        self.conn.prepare_cached(sql)?.query_row([self.environment.as_str(), kind], |row| row.get(0))
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

    /// The objects with this facet, the oldest first.
    pub(crate) fn with(&self, kind: &str, facet: &str, value: &Sql) -> rusqlite::Result<Vec<Object>> {
        let sql = "SELECT o.seq, o.uuid, o.body FROM facets f JOIN objects o ON o.seq = f.seq \
                   WHERE f.environment = ?1 AND f.kind = ?2 AND f.name = ?3 AND f.value = ?4 ORDER BY f.seq";
        let mut statement = self.conn.prepare_cached(sql)?;
        statement.query_map(params![self.environment.as_str(), kind, facet, value], object)?.collect()
    }

    /// Where the first object with this facet is.
    pub(crate) fn holder(&self, kind: &str, facet: &str, value: &Sql) -> rusqlite::Result<Option<i64>> {
        let sql = "SELECT seq FROM facets \
                   WHERE environment = ?1 AND kind = ?2 AND name = ?3 AND value = ?4 ORDER BY seq LIMIT 1";
        let mut statement = self.conn.prepare_cached(sql)?;
        let params = params![self.environment.as_str(), kind, facet, value];
        statement.query_row(params, |row| row.get(0)).optional()
    }

    /// How many objects have this facet.
    pub(crate) fn count(&self, kind: &str, facet: &str, value: &Sql) -> rusqlite::Result<i64> {
        let sql = "SELECT count(*) FROM facets \
                   WHERE environment = ?1 AND kind = ?2 AND name = ?3 AND value = ?4";
        let mut statement = self.conn.prepare_cached(sql)?;
        statement.query_row(params![self.environment.as_str(), kind, facet, value], |row| row.get(0))
    }

    /// One page, and how many there are on all pages.
    pub(crate) fn select(&self, selection: &Selection) -> rusqlite::Result<(Vec<Object>, u64)> {
        let query = Query::new(self.environment, selection);
        let total = self.total(selection.kind, &query)?;
        if selection.offset >= total || selection.limit == 0 {
            return Ok((Vec::new(), total));
        }
        // the places first: skipped rows are then never read whole
        let (limit, offset) = (selection.limit, selection.offset);
        let sql = format!(
            "SELECT {COLUMNS} FROM (SELECT {seq} AS seq {matching} ORDER BY {order} \
             LIMIT {limit} OFFSET {offset}) page JOIN objects o ON o.seq = page.seq",
            seq = query.seq,
            matching = query.matching,
            order = query.order,
        );
        let mut statement = self.conn.prepare(&sql)?;
        let objects = statement.query_map(params_from_iter(&query.params), object)?;
        Ok((objects.collect::<Result<_, _>>()?, total))
    }
}

impl Tables<'_> {
    fn total(&self, kind: &'static str, query: &Query) -> rusqlite::Result<u64> {
        let name = format!("{}{:?}", query.matching, query.params);
        if let Some(total) = self.totals.and_then(|totals| totals.borrow().known(kind, &name)) {
            return Ok(total);
        }
        let sql = format!("SELECT count(*) {}", query.matching);
        let mut statement = self.conn.prepare_cached(&sql)?;
        let total = statement.query_row(params_from_iter(&query.params), |row| row.get(0))?;
        if let Some(totals) = self.totals {
            totals.borrow_mut().learn(kind, name, total);
        }
        Ok(total)
    }
}

/// A selection as SQL. Only names that are written in this program get into the text.
struct Query {
    /// `FROM … WHERE …`.
    matching: String,
    seq: &'static str,
    order: String,
    params: Vec<Sql>,
}

impl Query {
    fn new(environment: Environment, selection: &Selection) -> Self {
        let mut params: Vec<Sql> =
            vec![environment.as_str().to_owned().into(), selection.kind.to_owned().into()];
        let sorted_by = match selection.order {
            Order::Rising(facet) | Order::Falling(facet) => Some(facet),
            Order::Newest | Order::Oldest => None,
        };
        let mut facets = selection.facets.iter();
        // an index gives the order for free, whichever it is that drives the query
        let (mut matching, seq, by_value) = if let Some(facet) = sorted_by {
            params.push(facet.to_owned().into());
            (
                "FROM facets d WHERE d.environment = ?1 AND d.kind = ?2 AND d.name = ?3".to_owned(),
                "d.seq",
                true,
            )
        } else if let Some((name, value)) = facets.next() {
            params.extend([(*name).to_owned().into(), value.clone()]);
            let text =
                "FROM facets d WHERE d.environment = ?1 AND d.kind = ?2 AND d.name = ?3 AND d.value = ?4";
            (text.to_owned(), "d.seq", false)
        } else {
            ("FROM objects d WHERE d.environment = ?1 AND d.kind = ?2".to_owned(), "d.seq", false)
        };
        for (name, value) in facets {
            params.extend([(*name).to_owned().into(), value.clone()]);
            let (name, value) = (params.len() - 1, params.len());
            matching.push_str(&format!(
                " AND EXISTS (SELECT 1 FROM facets x WHERE x.environment = ?1 AND x.kind = ?2 \
                 AND x.name = ?{name} AND x.value = ?{value} AND x.seq = d.seq)"
            ));
        }
        if let Some(text) = &selection.search {
            params.push(text.clone().into());
            let text = params.len();
            matching.push_str(&format!(
                " AND instr((SELECT s.search FROM objects s WHERE s.seq = d.seq), ?{text}) > 0"
            ));
        }
        let order = match (selection.order, by_value) {
            (Order::Rising(_), true) => "d.value, d.seq",
            (Order::Falling(_), true) => "d.value DESC, d.seq DESC",
            (Order::Oldest, _) => "d.seq",
            _ => "d.seq DESC",
        };
        Self { matching, seq, order: order.to_owned(), params }
    }
}

pub(super) fn object(row: &Row<'_>) -> rusqlite::Result<Object> {
    let body: String = row.get(2)?;
    let body = serde_json::from_str(&body).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(2, rusqlite::types::Type::Text, error.into())
    })?;
    Ok(Object { seq: row.get(0)?, uuid: row.get(1)?, body })
}

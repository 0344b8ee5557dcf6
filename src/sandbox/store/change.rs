//! One change: what is written, and the events that follow from it, in one transaction.

use std::cell::RefCell;
use std::ops::Deref;

use rusqlite::{Connection, OptionalExtension, params};

use super::event_log::Entry;
use super::events;
use super::groups::Pending;
use super::object::{Body, Index, Object};
use super::tables::Tables;
use super::totals::IndexUpdate;
use super::uuid::Uuid;
use crate::host::random;
use crate::sandbox::caller::Environment;
use crate::sandbox::request_meta::RequestMeta;
use crate::sandbox::rng::SeededRng;

/// An answer that was given to a write with an `Idempotency-Key`.
#[derive(Debug)]
pub(crate) struct Answer {
    /// What the write was, apart from its key.
    pub(crate) fingerprint: [u8; 32],
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// How many answers are remembered, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    pub(crate) entries: i64,
    pub(crate) bytes: i64,
    pub(crate) milliseconds: i64,
}

/// Where the ids of new objects come from.
#[derive(Clone, Debug)]
pub(crate) enum Ids {
    Random,
    Seeded(SeededRng),
}

/// Whether events follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Events {
    Emit,
    Suppress,
}

/// Writes of one environment. Everything that [`Tables`] can read is seen as it will be.
pub(crate) struct Change<'c> {
    tables: Tables<'c>,
    /// Which API call it is, and when.
    pub(crate) meta: RequestMeta,
    pub(crate) events: Events,
    pub(crate) ids: Ids,
    count: &'c mut dyn FnMut(&str) -> usize,
    entries: Vec<Entry>,
    /// How many deliveries it lets go out.
    pub(crate) enqueued: usize,
    /// What it has done to groups, and to what lists show.
    pub(crate) groups: &'c RefCell<Pending>,
    index_updates: Vec<IndexUpdate>,
    cleared: bool,
}

/// What is to be done once a change is committed.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// To be published.
    pub(crate) entries: Vec<Entry>,
    /// What lists are to follow.
    pub(crate) index_updates: Vec<IndexUpdate>,
    /// Whether nothing is as it was.
    pub(crate) cleared: bool,
    /// How many deliveries may go out.
    pub(crate) enqueued: usize,
}

impl<'c> Deref for Change<'c> {
    type Target = Tables<'c>;

    fn deref(&self) -> &Tables<'c> {
        &self.tables
    }
}

impl<'c> Change<'c> {
    pub(crate) fn new(
        conn: &'c Connection,
        environment: Environment,
        meta: RequestMeta,
        count: &'c mut dyn FnMut(&str) -> usize,
        pending: &'c RefCell<Pending>,
    ) -> Self {
        Self {
            tables: Tables::new(conn, environment).changing(pending),
            meta,
            events: Events::Emit,
            ids: Ids::Random,
            count,
            entries: Vec::new(),
            enqueued: 0,
            groups: pending,
            index_updates: Vec::new(),
            cleared: false,
        }
    }

    /// A UUID that nothing else has.
    pub(crate) fn uuid(&mut self) -> Uuid {
        Uuid::from_bytes(match &mut self.ids {
            Ids::Random => random::bytes(),
            Ids::Seeded(rng) => rng.bytes(),
        })
    }

    /// Whether no event follows, so that nothing has to be gathered for one.
    pub(crate) fn is_silent(&self) -> bool {
        self.events == Events::Suppress
    }

    /// Stores a new object.
    pub(crate) fn insert(
        &mut self,
        kind: &'static str,
        uuid: Uuid,
        parent: Option<i64>,
        body: Body,
        index: &Index,
    ) -> rusqlite::Result<Object> {
        let sql = "INSERT INTO objects (environment, kind, uuid, parent, body) VALUES (?1, ?2, ?3, ?4, ?5)";
        let text = text_of(&body);
        self.conn.prepare_cached(sql)?.execute(params![
            self.environment.as_str(),
            kind,
            uuid,
            parent,
            text
        ])?;
        let seq = self.conn.last_insert_rowid();
        if parent.is_none() {
            self.reindex(kind, seq, None, Some(index))?;
        }
        Ok(Object { seq, uuid, body })
    }

    /// Stores what an object has become. `old` and `new` are what it was and is found by.
    pub(crate) fn update(
        &mut self,
        kind: &'static str,
        object: &Object,
        old: &Index,
        new: &Index,
    ) -> rusqlite::Result<()> {
        let sql = "UPDATE objects SET body = ?2 WHERE seq = ?1";
        self.conn.prepare_cached(sql)?.execute(params![object.seq, text_of(&object.body)])?;
        self.reindex(kind, object.seq, Some(old), Some(new))
    }

    /// Removes an object, and what belongs to it. What belongs to another is found by that one alone.
    pub(crate) fn delete(
        &mut self,
        kind: &'static str,
        object: &Object,
        index: &Index,
    ) -> rusqlite::Result<()> {
        self.reindex(kind, object.seq, Some(index), None)?;
        self.conn.prepare_cached("DELETE FROM objects WHERE parent = ?1")?.execute([object.seq])?;
        self.conn.prepare_cached("DELETE FROM objects WHERE seq = ?1")?.execute([object.seq])?;
        Ok(())
    }

    /// Remembers what lists are to follow.
    pub(crate) fn note(&mut self, update: IndexUpdate) {
        // once everything is cleared no list is remembered
        if !self.cleared {
            self.index_updates.push(update);
        }
    }

    /// The next number of this name, from 1 on. A number is given once, even if what got it is gone.
    pub(crate) fn next_number(&mut self, name: &str) -> rusqlite::Result<i64> {
        let sql = "INSERT INTO counters (environment, name, value) VALUES (?1, ?2, 1) \
                   ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value";
        let params = params![self.environment.as_str(), name];
        self.conn.prepare_cached(sql)?.query_row(params, |row| row.get(0))
    }

    /// Goes on in another environment. Only a silent change may: its events would go to the wrong log.
    pub(crate) fn switch_environment(&mut self, environment: Environment) {
        self.tables.environment = environment;
    }

    /// Sets where a counter stands.
    pub(crate) fn set_counter(&mut self, name: &str, value: i64) -> rusqlite::Result<()> {
        let sql = "INSERT OR REPLACE INTO counters (environment, name, value) VALUES (?1, ?2, ?3)";
        let params = params![self.environment.as_str(), name, value];
        self.conn.prepare_cached(sql)?.execute(params).map(drop)
    }

    /// Removes everything, of both environments.
    pub(crate) fn clear(&mut self) -> rusqlite::Result<()> {
        self.cleared = true;
        self.index_updates.clear();
        self.groups.borrow_mut().clear();
        self.conn.execute_batch(
            "DELETE FROM objects; DELETE FROM groups; DELETE FROM members; DELETE FROM ranks; \
             DELETE FROM search; DELETE FROM events; DELETE FROM answers; DELETE FROM counters; \
             DELETE FROM beginnings;",
        )
    }

    /// Removes the webhooks with their deliveries and the API keys, of both environments.
    pub(crate) fn clear_access(&mut self) -> rusqlite::Result<()> {
        self.conn.execute_batch(
            "DELETE FROM webhooks; DELETE FROM webhook_secrets; DELETE FROM deliveries; \
             DELETE FROM attempts; DELETE FROM api_keys;",
        )
    }

    /// The answer that was given under this key, unless it is too old.
    pub(crate) fn answer(&self, scope: &str, key: &str, memory: Memory) -> rusqlite::Result<Option<Answer>> {
        let sql = "SELECT print, status, body FROM answers WHERE scope = ?1 AND key = ?2 AND at > ?3";
        let read = |row: &rusqlite::Row<'_>| {
            Ok(Answer { fingerprint: row.get(0)?, status: row.get(1)?, body: row.get(2)? })
        };
        let params = params![scope, key, self.born_before(memory)];
        self.conn.prepare_cached(sql)?.query_row(params, read).optional()
    }

    /// Unix milliseconds: answers of then and earlier are too old.
    fn born_before(&self, memory: Memory) -> i64 {
        self.meta.time.as_millisecond().saturating_sub(memory.milliseconds)
    }

    /// Remembers an answer.
    pub(crate) fn remember(&mut self, scope: &str, key: &str, answer: &Answer) -> rusqlite::Result<()> {
        let sql = "INSERT OR REPLACE INTO answers (scope, key, print, status, body, at, total) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, \
                   length(?5) + ifnull((SELECT total FROM answers ORDER BY seq DESC LIMIT 1), 0))";
        let at = self.meta.time.as_millisecond();
        let params = params![scope, key, answer.fingerprint, answer.status, answer.body, at];
        self.conn.prepare_cached(sql)?.execute(params).map(drop)
    }

    /// Drops the answers that are too old or too many, the oldest first.
    pub(crate) fn forget(&mut self, memory: Memory) -> rusqlite::Result<()> {
        // `seq` and `total` only grow, and so does `at` unless the clock is set back
        let sql = "DELETE FROM answers WHERE seq <= ( \
                   SELECT max(old.seq) FROM answers old, \
                   (SELECT seq, total FROM answers ORDER BY seq DESC LIMIT 1) new \
                   WHERE old.seq IN (SELECT seq FROM answers ORDER BY seq LIMIT 100) \
                   AND (old.at <= ?1 OR old.seq <= new.seq - ?2 OR old.total - length(old.body) < new.total - ?3))";
        let params = params![self.born_before(memory), memory.entries, memory.bytes];
        self.conn.prepare_cached(sql)?.execute(params).map(drop)
    }

    /// Adds an event to the outbox, and its deliveries. Listeners see it when the change is committed.
    pub(crate) fn append(&mut self, entry: Entry) -> rusqlite::Result<()> {
        events::insert(self.conn, self.environment, &entry)?;
        self.enqueue(&entry)?;
        self.entries.push(entry);
        Ok(())
    }

    /// How many listeners will see an event of this type that this change appends. None comes or goes
    /// until the change is over.
    pub(crate) fn listeners(&mut self, event_type: &str) -> usize {
        (self.count)(event_type)
    }

    /// What is left to do.
    pub(crate) fn into_outcome(self) -> Outcome {
        let Self { entries, index_updates, cleared, enqueued, .. } = self;
        Outcome { entries, index_updates, cleared, enqueued }
    }
}

fn text_of(body: &Body) -> String {
    // maps of JSON values always serialise
    serde_json::to_string(body).unwrap_or_default()
}

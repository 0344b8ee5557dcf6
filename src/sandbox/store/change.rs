//! One change of the state, and the events that it causes, in one transaction.

use std::cell::RefCell;
use std::ops::Deref;

use rusqlite::params;

use super::event_log::entry::Entry;
use super::events;
use super::groups::Pending;
use super::object::{Body, Index, Object};
use super::reactions::Reactions;
use super::tables::Tables;
use super::totals::IndexUpdate;
use super::uuid::Uuid;
use super::words::Word;
use crate::event;
use crate::host::random;
use crate::sandbox::caller::Environment;
use crate::sandbox::request_meta::RequestMeta;
use crate::sandbox::rng::SeededRng;

/// Where the ids of new objects come from.
#[derive(Clone, Debug)]
pub(crate) enum Ids {
    Random,
    Seeded(SeededRng),
}

/// Whether a change emits events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Events {
    Emit,
    Suppress,
}

/// Writes to one environment. Reads through [`Tables`] see the uncommitted changes.
pub(crate) struct Change<'c> {
    tables: Tables<'c>,
    /// The API call that causes the change.
    pub(crate) meta: RequestMeta,
    pub(crate) events: Events,
    pub(crate) ids: Ids,
    pub(crate) reactions: Reactions,
    count: &'c mut dyn FnMut(&str) -> usize,
    entries: Vec<Entry>,
    /// How many deliveries it makes due.
    pub(crate) enqueued: usize,
    /// Changes of groups that are not written yet.
    pub(crate) groups: &'c RefCell<Pending>,
    index_updates: Vec<IndexUpdate>,
    cleared: bool,
    /// Changes of the text index that are not written yet.
    pub(super) words: Vec<Word>,
    /// Whether its transaction has no earlier changes.
    pub(super) is_first: bool,
    /// Whether some changes of the text index are written already.
    pub(super) is_uncounted: bool,
}

/// What to do once a change is committed.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Events to publish.
    pub(crate) entries: Vec<Entry>,
    /// Changes for the totals of lists.
    pub(crate) index_updates: Vec<IndexUpdate>,
    /// Whether everything was removed.
    pub(crate) cleared: bool,
    /// How many deliveries became due.
    pub(crate) enqueued: usize,
    /// Changes of the text index, to be written before the commit.
    pub(super) words: Vec<Word>,
    /// Whether there were more of them.
    pub(super) is_uncounted: bool,
}

impl<'c> Deref for Change<'c> {
    type Target = Tables<'c>;

    fn deref(&self) -> &Tables<'c> {
        &self.tables
    }
}

impl<'c> Change<'c> {
    pub(crate) fn new(
        tables: Tables<'c>,
        meta: RequestMeta,
        count: &'c mut dyn FnMut(&str) -> usize,
        pending: &'c RefCell<Pending>,
    ) -> Self {
        Self {
            tables: tables.changing(pending),
            meta,
            events: Events::Emit,
            ids: Ids::Random,
            reactions: Reactions::default(),
            count,
            entries: Vec::new(),
            enqueued: 0,
            groups: pending,
            index_updates: Vec::new(),
            cleared: false,
            words: Vec::new(),
            is_first: false,
            is_uncounted: false,
        }
    }

    /// A new UUID.
    pub(crate) fn uuid(&mut self) -> Uuid {
        Uuid::from_bytes(match &mut self.ids {
            Ids::Random => random::bytes(),
            Ids::Seeded(rng) => rng.bytes(),
        })
    }

    /// Whether no events are emitted, so that their data need not be collected.
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

    /// Updates an object. `old` and `new` are what it was and is indexed by.
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

    /// Removes an object and its children. Children have no index of their own.
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

    /// Records an update for the totals of lists.
    pub(crate) fn note(&mut self, update: IndexUpdate) {
        // after a clear there are no totals to update
        if !self.cleared {
            self.index_updates.push(update);
        }
    }

    /// The next number of this counter, from 1. A number is never used again.
    pub(crate) fn next_number(&mut self, name: &str) -> rusqlite::Result<i64> {
        let sql = "INSERT INTO counters (environment, name, value) VALUES (?1, ?2, 1) \
                   ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value";
        let params = params![self.environment.as_str(), name];
        self.conn.prepare_cached(sql)?.query_row(params, |row| row.get(0))
    }

    /// Continues in another environment. For silent changes only: events would go to the wrong log.
    pub(crate) fn switch_environment(&mut self, environment: Environment) {
        self.tables.environment = environment;
    }

    pub(crate) fn set_counter(&mut self, name: &str, value: i64) -> rusqlite::Result<()> {
        let sql = "INSERT OR REPLACE INTO counters (environment, name, value) VALUES (?1, ?2, ?3)";
        let params = params![self.environment.as_str(), name, value];
        self.conn.prepare_cached(sql)?.execute(params).map(drop)
    }

    /// Removes everything, of both environments.
    pub(crate) fn clear(&mut self) -> rusqlite::Result<()> {
        self.cleared = true;
        self.index_updates.clear();
        self.words.clear();
        self.groups.borrow_mut().clear();
        self.conn.execute_batch(
            "DELETE FROM objects; DELETE FROM groups; DELETE FROM members; DELETE FROM ranks; \
             DELETE FROM search; DELETE FROM events; DELETE FROM answers; DELETE FROM counters; \
             DELETE FROM beginnings; DELETE FROM audit; DELETE FROM letters; DELETE FROM letters_changed;",
        )
    }

    /// Removes the webhooks with their deliveries and the API keys, of both environments.
    pub(crate) fn clear_access(&mut self) -> rusqlite::Result<()> {
        self.conn.execute_batch(
            "DELETE FROM webhooks; DELETE FROM webhook_secrets; DELETE FROM deliveries; \
             DELETE FROM attempts; DELETE FROM api_keys;",
        )
    }

    /// Adds an event and its deliveries. Listeners see it when the change is committed.
    pub(crate) fn append(&mut self, entry: Entry) -> rusqlite::Result<()> {
        let resource = event::resource_key(&entry.kind, &entry.body);
        events::insert(self.conn, self.environment, &entry, &resource)?;
        self.enqueue(&entry, &resource)?;
        self.entries.push(entry);
        Ok(())
    }

    /// How many listeners will see an event of this type from this change. None connects or leaves
    /// until the change is committed.
    pub(crate) fn listeners(&mut self, event_type: &str) -> usize {
        (self.count)(event_type)
    }

    pub(crate) fn into_outcome(self) -> Outcome {
        let Self { entries, index_updates, cleared, enqueued, words, is_uncounted, .. } = self;
        Outcome { entries, index_updates, cleared, enqueued, words, is_uncounted }
    }
}

fn text_of(body: &Body) -> String {
    // maps of JSON values always serialise
    serde_json::to_string(body).unwrap_or_default()
}

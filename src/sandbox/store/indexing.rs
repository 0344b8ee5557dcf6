//! The index of objects, updated with every change: groups, sort keys, and searchable text.

use rusqlite::types::Value as Sql;
use rusqlite::{OptionalExtension, params};
use tokio::sync::watch;

use super::change::Change;
use super::groups;
use super::object::{Index, searchable};
use super::totals::IndexUpdate;
use super::words::{Word, search_base, write_words};
use super::{Inner, Store, counting};

/// How many changes of the text index are in memory, unless earlier ones have to be written before.
const MOST_WORDS: usize = 1_000;

impl Store {
    /// Changes when texts have to be counted again, or the counts saved.
    pub(crate) fn uncounted(&self) -> watch::Receiver<u64> {
        self.uncounted.subscribe()
    }

    /// Counts short sequences of characters in some more texts; returns whether there may be more.
    pub(crate) fn count_letters(&self) -> rusqlite::Result<bool> {
        let mut inner = self.settled();
        let Inner { conn, totals, .. } = &mut *inner;
        Ok(counting::count(conn, &mut totals.get_mut().letters)?.is_some())
    }

    /// Saves the counts for the next start, unless it can do without.
    pub(crate) fn save_letters(&self) -> rusqlite::Result<()> {
        let mut inner = self.settled();
        let Inner { conn, totals, .. } = &mut *inner;
        let letters = &mut totals.get_mut().letters;
        if letters.is_worth_saving() { letters.save(conn) } else { Ok(()) }
    }

    /// Counts and saves at once, for a state that no sandbox serves.
    pub(crate) fn finish_letters(&self) -> rusqlite::Result<()> {
        while self.count_letters()? {}
        self.save_letters()
    }

    /// Uses more memory for many changes in a row, until the store is closed.
    pub(crate) fn expect_much(&self) -> rusqlite::Result<()> {
        let conn = &self.settled().conn;
        // KiB: the leaves of the indexes, which are written in random places
        conn.pragma_update(None, "cache_size", -256 * 1024)?;
        conn.pragma_update(None, "wal_autocheckpoint", 40_000)
    }

    /// Whether there are objects without an index, as after a change of the format.
    pub(crate) fn is_unindexed(&self) -> rusqlite::Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM objects) AND NOT EXISTS (SELECT 1 FROM groups)";
        self.settled().conn.query_row(sql, [], |row| row.get(0))
    }
}

impl Change<'_> {
    /// Replaces the index entries of an object. `None` stands for an object that does not
    /// exist.
    pub(crate) fn reindex(
        &mut self,
        kind: &'static str,
        seq: i64,
        old: Option<&Index>,
        new: Option<&Index>,
    ) -> rusqlite::Result<()> {
        if old == new {
            return Ok(());
        }
        self.regroup(kind, seq, old, new)?;
        self.rank(kind, seq, old, new)?;
        self.word(kind, seq, old, new)?;
        self.note(IndexUpdate { environment: self.environment, kind, old: old.cloned(), new: new.cloned() });
        Ok(())
    }

    fn regroup(
        &mut self,
        kind: &'static str,
        seq: i64,
        old: Option<&Index>,
        new: Option<&Index>,
    ) -> rusqlite::Result<()> {
        let (was, is) =
            (old.map(groups::names).unwrap_or_default(), new.map(groups::names).unwrap_or_default());
        let mut pending = self.groups.borrow_mut();
        // once for all groups: finding a cached statement takes as long as running it
        let sql = "DELETE FROM members WHERE in_group = ?1 AND seq = ?2";
        let mut delete = self.conn.prepare_cached(sql)?;
        for name in was.difference(&is) {
            let group = pending.id(self.conn, self.environment, kind, name)?;
            delete.execute([group, seq])?;
            pending.add(group, -1);
        }
        let sql = "INSERT INTO members (in_group, seq) VALUES (?1, ?2)";
        let mut insert = self.conn.prepare_cached(sql)?;
        for name in is.difference(&was) {
            let group = pending.id(self.conn, self.environment, kind, name)?;
            insert.execute([group, seq])?;
            pending.add(group, 1);
        }
        Ok(())
    }

    fn rank(&self, kind: &str, seq: i64, old: Option<&Index>, new: Option<&Index>) -> rusqlite::Result<()> {
        let of = |index: Option<&Index>| index.map(|index| index.sort_keys.clone()).unwrap_or_default();
        let (was, is) = (of(old), of(new));
        let environment = self.environment.as_str();
        let run = |sql: &str, (name, value): &(&str, Sql)| {
            self.conn.prepare_cached(sql)?.execute(params![environment, kind, name, value, seq]).map(drop)
        };
        for rank in was.iter().filter(|rank| !is.contains(rank)) {
            run(
                "DELETE FROM ranks \
                 WHERE environment = ?1 AND kind = ?2 AND name = ?3 AND value = ?4 AND seq = ?5",
                rank,
            )?;
        }
        for rank in is.iter().filter(|rank| !was.contains(rank)) {
            run("INSERT INTO ranks (environment, kind, name, value, seq) VALUES (?1, ?2, ?3, ?4, ?5)", rank)?;
        }
        Ok(())
    }

    fn word(
        &mut self,
        kind: &'static str,
        seq: i64,
        old: Option<&Index>,
        new: Option<&Index>,
    ) -> rusqlite::Result<()> {
        let of = |index: Option<&Index>| searchable(index.map_or("", |index| &index.search)).into_owned();
        let (was, is) = (of(old), of(new));
        if was == is {
            return Ok(());
        }
        let all = self.groups.borrow_mut().id(self.conn, self.environment, kind, "")?;
        self.words.push(Word { row: search_base(all) | seq, was, is });
        if self.words.len() >= MOST_WORDS && self.is_first {
            write_words(self.conn, &self.words)?;
            self.words.clear();
            self.is_uncounted = true;
        }
        Ok(())
    }

    /// Whether the object at `parent` has children.
    pub(crate) fn has_child(
        &self,
        kind: &str,
        parent: i64,
        uuid: crate::sandbox::store::uuid::Uuid,
    ) -> rusqlite::Result<bool> {
        let sql = "SELECT 1 FROM objects WHERE parent = ?1 AND kind = ?2 AND uuid = ?3";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_row(params![parent, kind, uuid], |_| Ok(())).optional()?.is_some())
    }
}

//! The transactions of the store: several changes in one (`batch`), or one alone.

use std::sync::{Arc, MutexGuard};

use rusqlite::{Connection, Error};

use super::batch::{self, Batch, End, Failure, Fate};
use super::change::Change;
use super::event_log::Reservation;
use super::event_log::entry::Entry;
use super::tables::Tables;
use super::{Inner, Store, audit, counting, event_log, events, words};
use crate::sandbox::caller::Environment;
use crate::sandbox::lock::locked;
use crate::sandbox::request_meta::RequestMeta;

/// A change that is not committed yet. Dropping this commits it.
#[derive(Debug)]
#[must_use]
pub(crate) struct Uncommitted<'s> {
    store: &'s Store,
    end: End,
}

impl Uncommitted<'_> {
    /// Commits after other requests that are ready had the chance to join.
    pub(crate) async fn committed(self) -> rusqlite::Result<Fate> {
        tokio::task::yield_now().await;
        self.settle();
        self.end.get().cloned().unwrap_or(Ok(Fate::Committed)).map_err(Failure::error)
    }

    fn settle(&self) {
        if self.end.get().is_none() {
            drop(self.store.settled());
        }
    }
}

impl Drop for Uncommitted<'_> {
    fn drop(&mut self) {
        self.settle();
    }
}

impl Inner {
    /// Makes one change in the open transaction, or in a new one.
    fn change<T, E: From<Error>>(
        &mut self,
        (environment, meta): (Environment, &RequestMeta),
        count: &mut dyn FnMut(&str) -> usize,
        work: impl FnOnce(&mut Change<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        if self.conn.is_autocommit() {
            self.end(Ok(Fate::Undone));
            batch::run(&self.conn, "BEGIN IMMEDIATE")?;
        }
        let batch = self.open.get_or_insert_default();
        let is_first = batch.changes == 0;
        let tables = Tables::new(&self.conn, environment, &self.team);
        let changed = batch::changed(&self.conn, batch, |groups| {
            let mut change = Change::new(tables, meta.clone(), count, groups);
            change.is_first = is_first;
            let value = work(&mut change)?;
            Ok((value, change.into_outcome()))
        });
        match changed {
            Ok((value, outcome)) => {
                batch.add(environment, outcome);
                Ok(value)
            }
            Err(error) => {
                if self.conn.is_autocommit() {
                    self.end(Ok(Fate::Undone));
                }
                Err(error)
            }
        }
    }

    /// Rolls back everything that is not committed.
    fn end(&mut self, end: Result<Fate, Failure>) {
        if !self.conn.is_autocommit() {
            // if that fails, closing the connection rolls back
            let _ = batch::run(&self.conn, batch::ROLLBACK);
        }
        if let Some(batch) = self.open.take() {
            let _ = batch.end.set(end);
        }
    }

    /// Writes what was gathered during the changes, and commits.
    fn write_out(&mut self, history: usize) -> rusqlite::Result<()> {
        let Some(batch) = &mut self.open else { return Ok(()) };
        words::write_words(&self.conn, &batch.words)?;
        batch.groups.borrow_mut().write(&self.conn)?;
        // not each time: dropping many events together is cheaper
        let added = batch.entries.iter().map(|(_, entries)| entries.len()).sum::<usize>();
        let prune = self.unpruned + added > history / 8 + 64;
        if prune {
            for environment in Environment::ALL {
                events::prune(&self.conn, environment, history)?;
                audit::prune(&self.conn, environment)?;
            }
        }
        batch::run(&self.conn, "COMMIT")?;
        self.unpruned = if prune { 0 } else { self.unpruned + added };
        Ok(())
    }
}

impl Store {
    /// Changes one environment in a transaction of its own. The events are published when it is committed.
    pub(crate) fn write<T, E: From<Error>>(
        &self,
        environment: Environment,
        meta: &RequestMeta,
        work: impl FnOnce(&mut Change<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut inner = self.settled();
        let log = self.log(environment);
        let mut reserved = None;
        let mut count =
            |event_type: &str| reserved.get_or_insert_with(|| log.reserve()).listeners(event_type);
        let value = inner.change((environment, meta), &mut count, work)?;
        self.commit(&mut inner, reserved.map(|reserved| (environment, reserved)))?;
        Ok(value)
    }

    /// Changes one environment in a transaction that others may share: it is not committed yet, and may have to be made
    /// again. The change must not count listeners: they may connect and leave until then.
    pub(crate) fn join<T, E: From<Error>>(
        &self,
        environment: Environment,
        meta: &RequestMeta,
        work: impl FnOnce(&mut Change<'_>) -> Result<T, E>,
    ) -> Result<(T, Uncommitted<'_>), E> {
        let mut inner = locked(&self.inner);
        let log = self.log(environment);
        let mut count = |event_type: &str| log.reserve().listeners(event_type);
        let value = inner.change((environment, meta), &mut count, work)?;
        let end = inner.open.as_ref().map(|batch| Arc::clone(&batch.end)).unwrap_or_default();
        Ok((value, Uncommitted { store: self, end }))
    }

    /// Commits what is open, and returns the state. If that fails, the requests that made the changes get the error.
    pub(super) fn settled(&self) -> MutexGuard<'_, Inner> {
        let mut inner = locked(&self.inner);
        let _ = self.commit(&mut inner, None);
        inner
    }

    /// Commits what is open, and publishes its events.
    pub(super) fn commit(
        &self,
        inner: &mut Inner,
        mut reserved: Option<(Environment, Reservation<'_>)>,
    ) -> rusqlite::Result<()> {
        if inner.conn.is_autocommit() {
            // SQLite or a panic has rolled it back
            inner.end(Ok(Fate::Undone));
            return Ok(());
        }
        if let Err(error) = inner.write_out(self.history) {
            inner.end(Err(Failure::of(&error)));
            return Err(error);
        }
        let Some(batch) = inner.open.take() else { return Ok(()) };
        let Batch { mut entries, index_updates, words, cleared, is_uncounted, enqueued, end, .. } = batch;
        let totals = inner.totals.get_mut();
        if cleared {
            totals.clear();
        }
        totals.follow(&index_updates, &words);
        if is_uncounted {
            counting::load(&inner.conn, &mut totals.letters);
        }
        if is_uncounted || totals.letters.is_due() {
            self.uncounted.send_modify(|times| *times += 1);
        }
        if cleared {
            drop(reserved);
            self.replace_logs(&inner.conn)?;
            entries.clear();
            reserved = None;
        }
        // under the lock, so that listeners see events in the order of the transactions
        for environment in Environment::ALL {
            let own = entries.extract_if(.., |(of, _)| *of == environment);
            let entries: Vec<Entry> = own.flat_map(|(_, entries)| entries).collect();
            let kept = reserved.take_if(|(of, _)| *of == environment).map(|(_, reserved)| reserved);
            if !entries.is_empty() {
                kept.unwrap_or_else(|| self.log(environment).reserve()).append(entries);
            }
        }
        if enqueued {
            self.outbox.send_modify(|changes| *changes += 1);
        }
        let _ = end.set(Ok(Fate::Committed));
        Ok(())
    }

    /// Continues the event logs with the stored events, after the state was replaced.
    pub(super) fn replace_logs(&self, conn: &Connection) -> rusqlite::Result<()> {
        for environment in Environment::ALL {
            let past = events::load(conn, environment, self.history, event_log::MAX_BYTES)?;
            self.log(environment).reserve().replace(past);
        }
        Ok(())
    }
}

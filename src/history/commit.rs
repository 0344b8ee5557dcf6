//! Commits records: as rows, or in a burst as batches that become rows later.

use rusqlite::TransactionBehavior;

use super::batch::Committed;
use super::error::HistoryError;
use super::model::RunId;
use super::open_events::OpenEvents;
use super::record::Record;
use super::record_batches::{self, Expanded};
use super::schema;
use super::store::Store;

/// Records of one commit from which on they are stored as a batch: 50 ms of 1,300 events a second. Fewer are written as
/// rows at once, where every program can read them.
const BURST: usize = 128;
/// A record of more KiB goes to no batch: it costs more than its row, and a batch writes it twice (149 instead of 108 ms
/// for 1,000 events of 16 KiB).
const LARGEST: u32 = 5;
/// Bytes of batches that a large record does not wait for.
const SOON_EXPANDED: usize = 1024 * 1024;
/// Bytes of batches from which on the oldest are expanded although more records are coming.
const MOST_BATCHED: usize = 64 * 1024 * 1024;

impl Store {
    /// Writes `records` as one transaction. If it fails, nothing has changed.
    pub(super) fn commit(&mut self, records: &[Record]) -> Result<Committed, HistoryError> {
        let run = self.run()?;
        let has_large = records.iter().any(|record| record.weight() > LARGEST);
        while has_large && self.batched.is_some_and(|bytes| bytes < SOON_EXPANDED) {
            self.expand_some(SOON_EXPANDED)?;
        }
        let is_burst = records.len() >= self.burst() && !has_large;
        let committed = match self.batched.is_some() || is_burst {
            true => self.commit_batch(run, records),
            false => self.commit_rows(run, records),
        };
        #[cfg(test)]
        {
            self.batches += u64::from(committed.is_ok());
        }
        let committed = committed.map_err(|error| self.error(&error))?;
        self.next_seq = self.next_seq.max(committed.seq.map_or(0, |seq| seq + 1));
        Ok(committed)
    }

    fn commit_rows(&mut self, run: RunId, records: &[Record]) -> rusqlite::Result<Committed> {
        self.open.begin();
        let committed = (|| {
            let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let committed = record_batches::write_rows(&tx, run, &mut self.open, records)?;
            tx.commit()?;
            Ok(committed)
        })();
        match &committed {
            Ok(committed) => {
                self.open.commit();
                self.count.add(committed.events);
            }
            Err(_) => self.open.roll_back(),
        }
        committed
    }

    fn commit_batch(&mut self, run: RunId, records: &[Record]) -> rusqlite::Result<Committed> {
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if self.batched.is_none() {
            record_batches::begin(&tx, run, &self.open)?;
        }
        let bytes = record_batches::add(&tx, run, records)?;
        tx.commit()?;
        if self.batched.is_none() {
            self.open = OpenEvents::default();
            let _ = schema::checkpoint_after(&self.conn, 4 * schema::CHECKPOINT);
        }
        self.batched = Some(self.batched.unwrap_or_default() + bytes);
        Ok(record_batches::committed(records))
    }

    /// Whether batches have to be expanded although more records are coming.
    pub(super) fn has_many_batches(&self) -> bool {
        let most = usize::try_from(self.settings.max_bytes / 4).unwrap_or(usize::MAX);
        self.batched.is_some_and(|bytes| bytes > MOST_BATCHED.min(most))
    }

    /// Expands some of the batches of this run, about `most` bytes.
    pub(super) fn expand_some(&mut self, most: usize) -> Result<Expanded, HistoryError> {
        self.try_expand(most).map_err(|error| self.error(&error))
    }

    fn try_expand(&mut self, most: usize) -> rusqlite::Result<Expanded> {
        let (Some(batched), Some((run, _))) = (self.batched, &self.current) else {
            return Ok(Expanded::default());
        };
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut expanded = record_batches::expand(&tx, *run, most)?.unwrap_or_default();
        if !expanded.more {
            record_batches::end(&tx, *run)?;
        }
        tx.commit()?;
        self.count.add(expanded.events);
        let left = batched.saturating_sub(expanded.bytes);
        self.batched = expanded.more.then_some(left);
        if !expanded.more {
            expanded.by_others = left;
            let _ = schema::checkpoint_after(&self.conn, schema::CHECKPOINT);
            self.open = std::mem::take(&mut expanded.open);
        }
        Ok(expanded)
    }

    /// Expands the batches of other runs, so that what they have recorded can be found in the tables.
    pub(super) fn expand_others(&self) -> Result<(), HistoryError> {
        record_batches::expand_all(&self.conn).map_err(|error| self.error(&error))
    }

    fn burst(&self) -> usize {
        #[cfg(test)]
        if let Some(records) = self.settings.burst {
            return records;
        }
        BURST
    }
}

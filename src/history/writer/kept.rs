//! The records that are kept while the file cannot be written.

use std::sync::atomic::Ordering;

use bytes::Bytes;

use super::Writer;
use crate::history::error::HistoryError;
use crate::history::pause::{self, Pause};
use crate::history::record::Record;

impl Writer {
    /// Keeps a record in memory during a pause, or counts it as lost.
    pub(super) fn keep(&mut self, record: Record) {
        let Some(pause) = &mut self.pause else { return };
        let weight = record.weight() as usize;
        let (mut kept, is_first) = (None, !self.status.borrow().lost.has_any());
        self.status.send_if_modified(|status| {
            kept = pause.keep(record, weight, &mut status.lost);
            is_first && status.lost.has_any()
        });
        self.batch.extend(kept);
    }

    /// Keeps the batch and tries again later.
    pub(in crate::history) fn pause_after(&mut self, error: &HistoryError) {
        if let Some(pause) = &mut self.pause {
            return pause.extend();
        }
        let acquired = std::mem::take(&mut self.acquired);
        let kept = self.batch.iter().map(|record| record.weight() as usize).sum();
        self.pause = Some(Pause::new(kept));
        self.shared.paused.store(true, Ordering::Release);
        self.shared.progress.stop();
        self.status.send_modify(|status| status.paused = Some(error.to_string()));
        self.capacity.add_permits(acquired);
    }

    /// Bodies from the kept records, or else from the file.
    pub(super) fn bodies(&self, seqs: &[u64]) -> Result<Vec<(u64, Bytes)>, HistoryError> {
        let (mut found, others) = pause::bodies(&self.batch, seqs);
        found.extend(self.store.bodies(&others)?);
        Ok(found)
    }
}

//! How many events the file has, without counting them at every check: that takes longer the more there are.

use rusqlite::Transaction;

/// The count as of the last check and the commits of this connection since then.
#[derive(Debug, Default)]
pub(super) struct EventCount(Option<Known>);

#[derive(Debug)]
struct Known {
    events: u64,
    /// Changes when another connection has written.
    data_version: i64,
}

impl EventCount {
    /// The number of events in the snapshot of `tx`. Counts them only if another connection has written.
    pub(super) fn get(&mut self, tx: &Transaction<'_>) -> rusqlite::Result<u64> {
        let number = |sql| tx.prepare_cached(sql)?.query_row([], |row| row.get::<_, i64>(0));
        let data_version = number("PRAGMA data_version")?;
        match &self.0 {
            Some(known) if known.data_version == data_version => Ok(known.events),
            _ => {
                // Counted in the index on the time of receipt, which is small.
                let events = number("SELECT count(*) FROM events")?.unsigned_abs();
                self.0 = Some(Known { events, data_version });
                Ok(events)
            }
        }
    }

    /// After a commit that has added events.
    pub(super) fn add(&mut self, events: usize) {
        if let Some(known) = &mut self.0 {
            known.events += events as u64;
        }
    }

    /// After a commit that has removed events.
    pub(super) fn remove(&mut self, events: usize) {
        if let Some(known) = &mut self.0 {
            known.events = known.events.saturating_sub(events as u64);
        }
    }
}

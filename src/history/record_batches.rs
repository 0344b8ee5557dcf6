//! The records of a burst, which are stored as they are and become rows later.
//!
//! A row for each event and each delivery costs several times as much as the rest of a delivery. So while records come
//! fast, the writer stores each batch as one value, and expands the batches into rows when it is quiet, when a command
//! reads, or when there are too many of them.
//!
//! Any process may expand the batches of any run, in order, a part at a time: each step is one transaction that adds the
//! rows, removes the batches and stores which events are open after them. Meanwhile the run may add batches. So a reader
//! sees everything that was committed, and what a killed run has left is complete.

use rusqlite::{Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior, ffi, params};

use super::batch::{Batch, Committed};
use super::batch_codec;
use super::model::RunId;
use super::open_events::{OpenEvents, codec};
use super::record::Record;

/// A batch is divided into values of about this many bytes.
const VALUE: usize = 128 * 1024;
/// The bytes of batches that become rows in one step, which takes some milliseconds.
pub(super) const STEP: usize = 256 * 1024;

/// The result of expanding batches of one run.
#[derive(Debug, Default)]
pub(super) struct Expanded {
    pub(super) events: usize,
    pub(super) bytes: usize,
    /// Bytes that other processes have expanded since this one has stored them. Known once there are no more.
    pub(super) by_others: usize,
    /// Whether the run has more batches.
    pub(super) more: bool,
    /// The open events, which are stored as well.
    pub(super) open: OpenEvents,
}

/// Begins to store the records of a run in batches.
pub(super) fn begin(tx: &Transaction<'_>, run: RunId, open: &OpenEvents) -> rusqlite::Result<()> {
    store_open(tx, run, open)
}

/// Adds records of a run. Returns how many bytes they have.
pub(super) fn add(tx: &Transaction<'_>, run: RunId, records: &[Record]) -> rusqlite::Result<usize> {
    let mut insert = tx.prepare_cached("INSERT INTO record_batches (run, records) VALUES (?, ?)")?;
    let (mut bytes, mut value) = (0, Vec::with_capacity(VALUE + VALUE / 4));
    for (index, record) in records.iter().enumerate() {
        value = batch_codec::encode(record, value).map_err(unreadable)?;
        if value.len() >= VALUE || index + 1 == records.len() {
            insert.execute(params![run.0, value])?;
            bytes += value.len();
            value.clear();
        }
    }
    Ok(bytes)
}

/// What a commit of these records has added.
pub(super) fn committed(records: &[Record]) -> Committed {
    let mut committed = Committed::default();
    for record in records {
        match record {
            Record::Received(received) => {
                committed.events += 1;
                committed.seq = committed.seq.max(Some(received.seq));
            }
            Record::Skipped(_) => committed.events += 1,
            _ => {}
        }
    }
    committed
}

/// Expands the oldest batches of a run, at least one and about `most` bytes. `None` if its records are rows.
pub(super) fn expand(tx: &Transaction<'_>, run: RunId, most: usize) -> rusqlite::Result<Option<Expanded>> {
    let sql = "SELECT events FROM open_events WHERE run = ?";
    let open: Option<Vec<u8>> = tx.prepare_cached(sql)?.query_row([run.0], |row| row.get(0)).optional()?;
    let open = match open {
        Some(open) => codec::decode(&open).map_err(unreadable)?,
        None if has_any(tx, run)? => OpenEvents::default(),
        None => return Ok(None),
    };
    let mut expanded = Expanded { open, more: true, ..Expanded::default() };
    let mut batches =
        tx.prepare_cached("SELECT batch, records FROM record_batches WHERE run = ? ORDER BY batch")?;
    let mut rows = batches.query([run.0])?;
    let mut last = None;
    while expanded.bytes < most {
        let Some(row) = rows.next()? else {
            expanded.more = false;
            break;
        };
        let value = row.get_ref(1)?.as_blob()?;
        expanded.bytes += value.len();
        let records = batch_codec::decode(value).map_err(unreadable)?;
        expanded.events += write_rows(tx, run, &mut expanded.open, &records)?.events;
        last = Some(row.get::<_, i64>(0)?);
    }
    drop(rows);
    let remove = "DELETE FROM record_batches WHERE run = ? AND batch <= ?";
    tx.prepare_cached(remove)?.execute(params![run.0, last])?;
    store_open(tx, run, &expanded.open)?;
    Ok(Some(expanded))
}

/// Writes records as rows.
pub(super) fn write_rows(
    tx: &Transaction<'_>,
    run: RunId,
    open: &mut OpenEvents,
    records: &[Record],
) -> rusqlite::Result<Committed> {
    let mut batch = Batch::new(tx, run, open, records)?;
    for index in 0..records.len() {
        batch.write(index)?;
    }
    batch.finish()
}

/// The run has no batches, and its process tracks its open events again, or has ended.
pub(super) fn end(tx: &Transaction<'_>, run: RunId) -> rusqlite::Result<()> {
    tx.prepare_cached("DELETE FROM open_events WHERE run = ?")?.execute([run.0]).map(drop)
}

/// Expands everything that a run has left, and ends its batches.
pub(super) fn expand_leftover(tx: &Transaction<'_>, run: RunId) -> rusqlite::Result<()> {
    while expand(tx, run, STEP)?.is_some_and(|expanded| expanded.more) {}
    end(tx, run)
}

/// Expands all batches of all runs. Runs that are active may add more meanwhile.
pub(super) fn expand_all(conn: &Connection) -> rusqlite::Result<()> {
    while let Some(run) = next_run(conn)? {
        let tx = Transaction::new_unchecked(conn, TransactionBehavior::Immediate)?;
        let expanded = expand(&tx, RunId(run), 4 * STEP)?;
        if expanded.is_some_and(|expanded| !expanded.more) && has_ended(&tx, run)? {
            end(&tx, RunId(run))?;
        }
        tx.commit()?;
    }
    Ok(())
}

/// Expands all batches before a query on a connection that only reads otherwise. If that is not possible, for example
/// because the disk is full, the query sees the events before the burst.
pub(super) fn expand_to_read(conn: &Connection) -> rusqlite::Result<()> {
    if next_run(conn)?.is_none() {
        return Ok(());
    }
    conn.pragma_update(None, "query_only", false)?;
    let expanded = expand_all(conn);
    conn.pragma_update(None, "query_only", true)?;
    match expanded {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => Err(error),
        _ => Ok(()),
    }
}

fn has_ended(tx: &Transaction<'_>, run: i64) -> rusqlite::Result<bool> {
    let sql = "SELECT NOT EXISTS (SELECT 1 FROM runs WHERE run = ? AND ended_at IS NULL)";
    tx.prepare_cached(sql)?.query_row([run], |row| row.get(0))
}

fn has_any(conn: &Connection, run: RunId) -> rusqlite::Result<bool> {
    conn.prepare_cached("SELECT EXISTS (SELECT 1 FROM record_batches WHERE run = ?)")?
        .query_row([run.0], |row| row.get(0))
}

/// A run that has batches.
fn next_run(conn: &Connection) -> rusqlite::Result<Option<i64>> {
    let sql = "SELECT run FROM record_batches ORDER BY batch LIMIT 1";
    conn.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()
}

/// The body of an event that is in a batch.
pub(super) fn body(conn: &Connection, run: RunId, seq: u64) -> rusqlite::Result<Option<bytes::Bytes>> {
    let sql = "SELECT records FROM record_batches WHERE run = ? ORDER BY batch";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([run.0])?;
    while let Some(row) = rows.next()? {
        let records = batch_codec::decode(row.get_ref(0)?.as_blob()?).map_err(unreadable)?;
        let found = records.into_iter().find_map(|record| match record {
            Record::Received(received) if received.seq == seq => Some(received.event.body),
            _ => None,
        });
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

fn store_open(tx: &Transaction<'_>, run: RunId, open: &OpenEvents) -> rusqlite::Result<()> {
    let events = codec::encode(open).map_err(unreadable)?;
    let sql = "INSERT OR REPLACE INTO open_events (run, events) VALUES (?, ?)";
    tx.prepare_cached(sql)?.execute(params![run.0, events]).map(drop)
}

/// As SQLite reports a file that is damaged.
fn unreadable(error: postcard::Error) -> rusqlite::Error {
    let code = ffi::Error::new(ffi::SQLITE_CORRUPT);
    rusqlite::Error::SqliteFailure(code, Some(format!("a batch of records: {error}")))
}

//! Notices what others write to the history, for views that stay open. It only reads: the engine knows nothing of it.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::error::HistoryError;
use super::model::{EventKey, MAX_ATTEMPTS, MAX_TARGETS};
use super::record_batches;
use super::schema;

/// The most new events in one answer.
const MOST_ADDED: usize = 1_000;
/// How many of the newest events are compared at each poll.
const WINDOW: i64 = 2_000;
/// How often older events are compared, which a replay or a late retry can change.
const SWEEP: Duration = Duration::from_secs(1);
/// A sweep is at most this part of the time.
const SWEEP_SHARE: u32 = 50;

/// Watches one history file over a connection of its own. `PRAGMA data_version` makes a poll without news cheap.
#[derive(Debug)]
pub(crate) struct Watcher {
    path: PathBuf,
    open: Option<Opened>,
    /// The newest event that was reported.
    position: Option<EventKey>,
    /// A fingerprint of the deliveries and attempts of each event.
    known: BTreeMap<i64, u64>,
    /// Whether `known` covers the whole file.
    is_complete: bool,
    next_sweep: Option<Instant>,
    sweep_due: bool,
}

#[derive(Debug)]
struct Opened {
    conn: Connection,
    file: Option<FileId>,
    /// `None` before the first poll.
    version: Option<i64>,
}

/// What has changed since the last poll.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    /// New events, oldest first; at most 1,000, the oldest of them.
    pub(crate) added: Vec<EventKey>,
    /// Whether there are more new ones, which later polls do not report.
    pub(crate) truncated: bool,
    /// Known events with new deliveries, attempts or states, oldest first.
    pub(crate) updated: Vec<EventKey>,
    /// The newest event; 0 for none.
    pub(crate) newest: EventKey,
    /// Whether the file was removed or replaced, so that known keys mean nothing any more.
    pub(crate) restarted: bool,
}

impl Changes {
    pub(crate) fn is_empty(&self) -> bool {
        self.added.is_empty() && self.updated.is_empty() && !self.truncated && !self.restarted
    }
}

impl Watcher {
    /// Reports events that are newer than `after`; with `None` those that come after the first poll. Opens nothing yet.
    pub(crate) fn new(path: &Path, after: Option<EventKey>) -> Self {
        Self {
            path: path.to_owned(),
            open: None,
            position: after,
            known: BTreeMap::new(),
            is_complete: false,
            next_sweep: None,
            sweep_due: false,
        }
    }

    /// What has changed since the last poll. Blocks while the disk is read.
    pub(crate) fn poll(&mut self) -> Result<Changes, HistoryError> {
        let restarted = self.check_file()?;
        let Some(open) = &mut self.open else {
            return Ok(Changes { restarted, ..Changes::default() });
        };
        let failed = |error: rusqlite::Error| HistoryError::from_sql(&self.path, &error);
        let version = open.conn.pragma_query_value(None, "data_version", |row| row.get(0)).map_err(failed)?;
        let is_changed = open.version != Some(version);
        let sweep = (self.sweep_due || is_changed) && self.next_sweep.is_none_or(|at| Instant::now() >= at);
        if !is_changed && !sweep {
            return Ok(Changes {
                newest: self.position.unwrap_or_default(),
                restarted,
                ..Changes::default()
            });
        }
        let started = Instant::now();
        record_batches::expand_to_read(&open.conn).map_err(failed)?;
        let snapshot = open.conn.unchecked_transaction().map_err(failed)?;
        let newest = newest(&snapshot).map_err(failed)?;
        // Keys are used again once the newest event was removed: dismissed and pruned by another process.
        let restarted = restarted || self.position.is_some_and(|position| position.0 > newest);
        if restarted {
            self.position = self.position.map(|_| EventKey::default());
            self.known.clear();
        }
        let position = self.position.unwrap_or(EventKey(newest)).0;
        let (added, truncated) = added(&snapshot, position).map_err(failed)?;
        let first = if sweep { 0 } else { newest - WINDOW };
        let now = fingerprints(&snapshot, first).map_err(failed)?;
        drop(snapshot);
        open.version = Some(version);
        let updated = self.compare(first, now, position);
        self.sweep_due = !sweep;
        if sweep {
            self.is_complete = true;
            let took = started.elapsed();
            self.next_sweep = Some(Instant::now() + SWEEP.max(took * SWEEP_SHARE));
        }
        self.position = Some(EventKey(newest));
        Ok(Changes { added, truncated, updated, newest: EventKey(newest), restarted })
    }

    /// Replaces the fingerprints from `first` on, and returns the events up to `position` that differ.
    fn compare(&mut self, first: i64, now: BTreeMap<i64, u64>, position: i64) -> Vec<EventKey> {
        let before = self.known.split_off(&first);
        // At the first poll there is nothing to compare with.
        let differs = |event: &i64| self.is_complete && before.get(event) != now.get(event);
        let known = now.keys().filter(|event| **event <= position);
        let updated = known.filter(|event| differs(event)).map(|event| EventKey(*event)).collect();
        self.known.extend(now);
        updated
    }

    /// Opens the file, or opens it again when another one has its name. Returns whether events were forgotten.
    fn check_file(&mut self) -> Result<bool, HistoryError> {
        let file = match fs::metadata(&self.path) {
            Ok(metadata) => FileId::new(&metadata),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let existed = self.open.take().is_some();
                // What a new file contains is new.
                self.position = Some(EventKey::default());
                self.known.clear();
                return Ok(existed);
            }
            Err(error) => return Err(HistoryError::File { path: self.path.clone(), error }),
        };
        if self.open.as_ref().is_some_and(|open| open.file == file) {
            return Ok(false);
        }
        let replaced = self.open.take().is_some();
        let conn = schema::open_to_read(&self.path)?;
        self.open = conn.map(|conn| Opened { conn, file, version: None });
        if replaced {
            self.position = Some(EventKey::default());
            self.known.clear();
        }
        Ok(replaced)
    }
}

/// Identifies a file among others of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileId(u64, u64);

impl FileId {
    #[cfg(unix)]
    #[expect(clippy::unnecessary_wraps, reason = "the same shape as elsewhere")]
    fn new(metadata: &fs::Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        Some(Self(metadata.dev(), metadata.ino()))
    }

    /// Windows does not let an open file be removed.
    #[cfg(not(unix))]
    fn new(_: &fs::Metadata) -> Option<Self> {
        None
    }
}

fn newest(conn: &Connection) -> rusqlite::Result<i64> {
    conn.prepare_cached("SELECT coalesce(max(event), 0) FROM events")?.query_row([], |row| row.get(0))
}

/// The events after `position`, and whether there are more.
fn added(conn: &Connection, position: i64) -> rusqlite::Result<(Vec<EventKey>, bool)> {
    let mut statement =
        conn.prepare_cached("SELECT event FROM events WHERE event > ? ORDER BY event LIMIT ?")?;
    let limit = i64::try_from(MOST_ADDED + 1).unwrap_or(i64::MAX);
    let rows = statement.query_map([position, limit], |row| row.get(0).map(EventKey))?;
    let mut added: Vec<EventKey> = rows.collect::<Result<_, _>>()?;
    let truncated = added.len() > MOST_ADDED;
    added.truncate(MOST_ADDED);
    Ok((added, truncated))
}

/// Of the events from `first` on that have deliveries.
fn fingerprints(conn: &Connection, first: i64) -> rusqlite::Result<BTreeMap<i64, u64>> {
    let mut hashers: BTreeMap<i64, DefaultHasher> = BTreeMap::new();
    let sql = "SELECT delivery, state, ended_at FROM deliveries WHERE delivery >= ? ORDER BY delivery";
    let most = MAX_TARGETS as i64;
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([first.saturating_mul(most)])?;
    while let Some(row) = rows.next()? {
        let delivery: i64 = row.get(0)?;
        let hasher = hashers.entry(delivery / most).or_default();
        (delivery, row.get_ref(1)?.as_str()?, row.get::<_, Option<i64>>(2)?).hash(hasher);
    }
    let sql = "SELECT slot, repeats FROM attempts WHERE slot >= ? ORDER BY slot";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([first.saturating_mul(MAX_ATTEMPTS)])?;
    while let Some(row) = rows.next()? {
        let slot: i64 = row.get(0)?;
        (slot, row.get::<_, i64>(1)?).hash(hashers.entry(slot / MAX_ATTEMPTS).or_default());
    }
    Ok(hashers.into_iter().map(|(event, hasher)| (event, hasher.finish())).collect())
}

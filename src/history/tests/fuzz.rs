//! A history file of the first format with changed bytes is migrated and read, or refused. It never panics or
//! hangs.

use std::path::Path;
use std::sync::OnceLock;

use rusqlite::Connection;

use super::schema::MIGRATIONS;
use super::{EventFilter, HistoryReader};

/// As in `schema`.
const APPLICATION_ID: i64 = 0x6353_7461;

/// One event with one delivery and one attempt.
const ROWS: &str = "
    INSERT INTO runs (run, base_url, targets, pid, started_at, ended_at) VALUES (1, 'http://a', 'http://b', 1, 1, 2);
    INSERT INTO events (event, run, id, type, received_at, body)
        VALUES (1, 1, 'evt_1', 'ticket.created', 1, x'7b7d');
    INSERT INTO deliveries (delivery, run, target, state, ended_at) VALUES (256, 1, 'http://b', 'delivered', 2);
    INSERT INTO attempts (slot, target, attempt, started_at, duration_us, status, outcome, repeats, truncated)
        VALUES (1024, 'http://b', 1, 1, 5, 200, 'delivered', 1, 0);
    INSERT INTO notes (note, run, at, kind, reason) VALUES (1, 1, 1, 'gap', 'x');";

/// Every three bytes are a change: the position, in 65,536ths of the file, and the new byte.
pub(crate) fn history(data: &[u8]) {
    let mut file = first_format().to_vec();
    for change in data.chunks_exact(3).take(64) {
        let [high, low, byte] = change else { continue };
        let at = usize::from(u16::from_be_bytes([*high, *low])) * file.len() / 65_536;
        if let Some(place) = file.get_mut(at) {
            *place = *byte;
        }
    }
    let Ok(directory) = tempfile::tempdir() else { return };
    let path = directory.path().join("history.sqlite3");
    if std::fs::write(&path, &file).is_ok() {
        read(&path);
    }
}

fn read(path: &Path) {
    let Ok(reader) = HistoryReader::open(path) else { return };
    let Ok(list) = reader.list(&EventFilter::default()) else { return };
    for event in list {
        let _ = event.id.map(|id| reader.get(&id));
    }
    if let Ok(export) = reader.export(&EventFilter::default()) {
        export.take(100).for_each(drop);
    }
}

/// A file of the first version, with one event.
fn first_format() -> &'static [u8] {
    static FILE: OnceLock<Vec<u8>> = OnceLock::new();
    FILE.get_or_init(|| written().unwrap_or_default())
}

fn written() -> Option<Vec<u8>> {
    let directory = tempfile::tempdir().ok()?;
    let path = directory.path().join("history.sqlite3");
    let conn = Connection::open(&path).ok()?;
    conn.execute_batch(MIGRATIONS.first()?).ok()?;
    conn.pragma_update(None, "application_id", APPLICATION_ID).ok()?;
    conn.pragma_update(None, "user_version", 1).ok()?;
    conn.execute_batch(ROWS).ok()?;
    conn.close().ok()?;
    std::fs::read(&path).ok()
}

#[test]
fn fuzz_seed_is_a_valid_history() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("history.sqlite3");
    std::fs::write(&path, first_format()).unwrap();
    let list = HistoryReader::open(&path).unwrap().list(&EventFilter::default()).unwrap();
    assert_eq!(list.len(), 1);
}

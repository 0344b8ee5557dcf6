//! Reads the texts whose sequences of one and two characters are counted, in small parts.

use rusqlite::Connection;

use super::letters::Letters;
use super::words::{search_base, seq_of};

/// How many texts are counted while the store is locked: two milliseconds.
const TEXTS_AT_ONCE: i64 = 1_000;
/// The most texts that are counted at once after the saved counts are read.
const TEXTS_AT_START: usize = 5_000;

/// Begins with the saved counts, if they fit.
pub(super) fn load(conn: &Connection, letters: &mut Letters) {
    let loaded = letters.load(conn).and_then(|is_saved| {
        let mut rest = TEXTS_AT_START;
        while is_saved && rest > 0 {
            let Some(counted) = count(conn, letters)? else { break };
            rest = rest.saturating_sub(counted);
        }
        Ok(())
    });
    if loaded.is_err() {
        // they are only faster than the texts
        *letters = Letters::default();
    }
}

/// Counts some more texts, and returns how many; `None` if there are no more.
pub(super) fn count(conn: &Connection, letters: &mut Letters) -> rusqlite::Result<Option<usize>> {
    let sql = "SELECT id FROM groups WHERE name = ''";
    let groups: Vec<i64> =
        conn.prepare_cached(sql)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let Some((group, until)) = letters.next(&groups) else { return Ok(None) };
    // the table in which the text index stores the texts
    let sql = "SELECT id, c0 FROM search_content WHERE id > ?1 AND id < ?2 ORDER BY id LIMIT ?3";
    let (from, end) = (search_base(group) | until, search_base(group + 1));
    let texts = conn
        .prepare_cached(sql)?
        .query_map([from, end, TEXTS_AT_ONCE], |row| Ok((seq_of(row.get(0)?), row.get(1)?)))?
        .collect::<Result<Vec<_>, _>>()?;
    letters.count(group, &texts);
    Ok(Some(texts.len()))
}

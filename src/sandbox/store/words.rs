//! Changes of the text index.

use rusqlite::{Connection, params};

/// In row ids of `search` the group of the kind is above these bits.
pub(super) const SEQ_BITS: u32 = 40;

/// A change of the text index. It is written just before the commit: the index collects words in memory and
/// writes them at every savepoint, as a statement with a trigger is one.
#[derive(Debug)]
pub(super) struct Word {
    pub(super) row: i64,
    /// Empty without a text.
    pub(super) was: String,
    pub(super) is: String,
}

/// Keeps a text as it was when the saved counts of sequences were made (`letters`), at its first change since.
const KEEP: &str = "INSERT OR IGNORE INTO letters_changed (row, text) \
    SELECT ?1, ifnull((SELECT c0 FROM search_content WHERE id = ?1), '') \
    WHERE EXISTS (SELECT 1 FROM letters WHERE in_group = ?2 AND until >= ?3)";

/// Writes changes of the text index, oldest first.
pub(super) fn write_words(conn: &Connection, words: &[Word]) -> rusqlite::Result<()> {
    if words.is_empty() {
        return Ok(());
    }
    let mut keep = conn.prepare_cached(KEEP)?;
    let mut delete = conn.prepare_cached("DELETE FROM search WHERE rowid = ?1")?;
    let mut insert = conn.prepare_cached("INSERT INTO search (rowid, text) VALUES (?1, ?2)")?;
    // all of them first: after this statement the index writes what it collected
    for Word { row, .. } in words {
        keep.execute(params![row, row >> SEQ_BITS, seq_of(*row)])?;
    }
    for Word { row, was, is } in words {
        if !was.is_empty() {
            delete.execute([row])?;
        }
        if !is.is_empty() {
            insert.execute(params![row, is])?;
        }
    }
    Ok(())
}

/// The first row id of a kind in `search`; `group` has all objects of the kind.
pub(crate) fn search_base(group: i64) -> i64 {
    group << SEQ_BITS
}

/// The largest `seq` that has room in a row id of `search`.
pub(super) const MOST_SEQ: i64 = (1 << SEQ_BITS) - 1;

/// The `seq` of an object in a row id of `search`.
pub(super) fn seq_of(row: i64) -> i64 {
    row & MOST_SEQ
}

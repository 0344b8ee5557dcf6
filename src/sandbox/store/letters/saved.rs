//! The counts in the state file. Each kind is one row, with the object up to which its texts are counted. For each of
//! these texts that changes later, its transaction keeps the text as it was counted (`words`), so the saved counts stay
//! right however the process ends.
//!
//! Whatever does not fit is dropped, and counted again in the background.

use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

use super::{Count, Kind, Letters, Sequence};
use crate::sandbox::store::words::{SEQ_BITS, seq_of};

/// The first byte of saved counts. Another way of counting or writing needs another number.
const VERSION: u8 = 1;
/// The bytes of the check sum.
const SUM: usize = 32;
/// With more changed texts, counting all of them is not much slower, and can be done in the background.
const MOST_CHANGED: u64 = 20_000;

const CLEAR: &str = "DELETE FROM letters; DELETE FROM letters_changed;";

impl Letters {
    /// Saves what is counted so far, in a transaction of its own.
    pub(in crate::sandbox::store) fn save(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        let tx = conn.unchecked_transaction()?;
        let newest: i64 = tx.query_row("SELECT ifnull(max(seq), 0) FROM objects", [], |row| row.get(0))?;
        tx.execute_batch(CLEAR)?;
        for (group, kind) in &self.kinds {
            let until = kind.until.unwrap_or(newest);
            let sql = "INSERT INTO letters (in_group, until, counts) VALUES (?1, ?2, ?3)";
            tx.prepare_cached(sql)?.execute(params![group, until, kind.encode(*group, until)])?;
        }
        tx.commit()?;
        (self.unsaved, self.due) = (0, 0);
        Ok(())
    }

    /// Begins with the saved counts. Returns whether there were any.
    pub(in crate::sandbox::store) fn load(&mut self, conn: &Connection) -> rusqlite::Result<bool> {
        *self = Self::default();
        let saved: Vec<(i64, i64, Vec<u8>)> = conn
            .prepare_cached("SELECT in_group, until, counts FROM letters")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<Result<_, _>>()?;
        if saved.is_empty() {
            return Ok(false);
        }
        let decoded =
            saved.iter().map(|(group, until, bytes)| Some((*group, Kind::decode(*group, *until, bytes)?)));
        let sql = "SELECT count(*) FROM (SELECT 1 FROM letters_changed LIMIT ?1)";
        self.unsaved = conn.query_row(sql, [MOST_CHANGED + 1], |row| row.get(0))?;
        match decoded.collect() {
            Some(kinds) if self.unsaved <= MOST_CHANGED => self.kinds = kinds,
            _ => {
                self.unsaved = 0;
                let tx = conn.unchecked_transaction()?;
                tx.execute_batch(CLEAR)?;
                tx.commit()?;
                return Ok(false);
            }
        }
        self.repeat(conn)?;
        Ok(true)
    }

    /// Applies the changes since the counts were saved.
    fn repeat(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        let mut changed = conn.prepare_cached("SELECT row, text FROM letters_changed")?;
        let mut now = conn.prepare_cached("SELECT c0 FROM search_content WHERE id = ?1")?;
        let mut rows = changed.query([])?;
        while let Some(row) = rows.next()? {
            let (id, was): (i64, String) = (row.get(0)?, row.get(1)?);
            let is: Option<String> = now.query_row([id], |row| row.get(0)).optional()?;
            if let Some(kind) = self.kinds.get_mut(&(id >> SEQ_BITS)) {
                kind.change(seq_of(id), &was, &is.unwrap_or_default());
            }
        }
        Ok(())
    }
}

impl Kind {
    fn encode(&self, group: i64, until: i64) -> Vec<u8> {
        let mut bytes = vec![VERSION, u8::from(self.is_given_up)];
        for ([first, second], count) in &self.counts {
            let few = count.few.as_ref();
            let numbers = [u64::from(*first), u64::from(*second), count.total, count.newest.cast_unsigned()];
            numbers.iter().for_each(|number| write(&mut bytes, *number));
            write(&mut bytes, few.map_or(0, |few| few.len() as u64 + 1));
            let mut before = 0;
            for seq in few.into_iter().flatten() {
                write(&mut bytes, seq.wrapping_sub(before).cast_unsigned());
                before = *seq;
            }
        }
        bytes.extend(sum(group, until, &bytes));
        bytes
    }

    fn decode(group: i64, until: i64, bytes: &[u8]) -> Option<Self> {
        let (bytes, checked) = bytes.split_at_checked(bytes.len().checked_sub(SUM)?)?;
        let [VERSION, is_given_up, rest @ ..] = bytes else { return None };
        if sum(group, until, bytes) != *checked {
            return None;
        }
        let mut kind = Self { until: Some(until), is_given_up: *is_given_up == 1, ..Self::default() };
        let mut rest = rest;
        while !rest.is_empty() {
            let mut number = || read(&mut rest);
            let sequence: Sequence = [character(number()?)?, character(number()?)?];
            let (total, newest) = (number()?, number()?.cast_signed());
            let mut few = None;
            if let Some(length) = number()?.checked_sub(1) {
                let mut seq = 0_i64;
                let seqs = (0..length).map(|_| {
                    seq = seq.wrapping_add(number()?.cast_signed());
                    Some(seq)
                });
                few = Some(seqs.collect::<Option<Vec<i64>>>()?);
            }
            kind.known += few.as_ref().map_or(0, Vec::len);
            kind.counts.insert(sequence, Count { total, few, newest });
        }
        // a kind that was given up is complete
        kind.until = kind.until.filter(|_| !kind.is_given_up);
        Some(kind)
    }
}

fn character(number: u64) -> Option<char> {
    char::from_u32(u32::try_from(number).ok()?)
}

fn sum(group: i64, until: i64, bytes: &[u8]) -> [u8; SUM] {
    let mut sum = Sha256::new();
    sum.update(group.to_le_bytes());
    sum.update(until.to_le_bytes());
    sum.update(bytes);
    sum.finalize().into()
}

/// Seven bits in each byte, the lowest first; all but the last byte have the highest bit.
fn write(bytes: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        bytes.push(0x80 | (number & 0x7f) as u8);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn read(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

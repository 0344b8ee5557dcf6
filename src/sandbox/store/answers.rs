//! The responses to writes with an `Idempotency-Key`, which a repeated write gets again.

use rusqlite::{OptionalExtension, params};

use super::change::Change;

/// The response to a write with an `Idempotency-Key`.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Identifies the write, apart from its key.
    pub(crate) fingerprint: [u8; 32],
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// How many responses are kept, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    pub(crate) entries: i64,
    pub(crate) bytes: i64,
    pub(crate) milliseconds: i64,
}

impl Change<'_> {
    /// The response stored for this key, unless it is too old.
    pub(crate) fn answer(&self, scope: &str, key: &str, memory: Memory) -> rusqlite::Result<Option<Answer>> {
        let sql = "SELECT print, status, body FROM answers WHERE scope = ?1 AND key = ?2 AND at > ?3";
        let read = |row: &rusqlite::Row<'_>| {
            Ok(Answer { fingerprint: row.get(0)?, status: row.get(1)?, body: row.get(2)? })
        };
        let params = params![scope, key, self.born_before(memory)];
        self.conn.prepare_cached(sql)?.query_row(params, read).optional()
    }

    /// Unix milliseconds: responses of this time and before are too old.
    fn born_before(&self, memory: Memory) -> i64 {
        self.meta.time.as_millisecond().saturating_sub(memory.milliseconds)
    }

    pub(crate) fn remember(&mut self, scope: &str, key: &str, answer: &Answer) -> rusqlite::Result<()> {
        let sql = "INSERT OR REPLACE INTO answers (scope, key, print, status, body, at, total) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, \
                   length(?5) + ifnull((SELECT total FROM answers ORDER BY seq DESC LIMIT 1), 0))";
        let at = self.meta.time.as_millisecond();
        let params = params![scope, key, answer.fingerprint, answer.status, answer.body, at];
        self.conn.prepare_cached(sql)?.execute(params).map(drop)
    }

    /// Drops responses that are too old or too many, oldest first.
    pub(crate) fn forget(&mut self, memory: Memory) -> rusqlite::Result<()> {
        // `seq` and `total` only grow, and so does `at` unless the clock is set back
        let sql = "DELETE FROM answers WHERE seq <= ( \
                   SELECT max(old.seq) FROM answers old, \
                   (SELECT seq, total FROM answers ORDER BY seq DESC LIMIT 1) new \
                   WHERE old.seq IN (SELECT seq FROM answers ORDER BY seq LIMIT 100) \
                   AND (old.at <= ?1 OR old.seq <= new.seq - ?2 OR old.total - length(old.body) < new.total - ?3))";
        let params = params![self.born_before(memory), memory.entries, memory.bytes];
        self.conn.prepare_cached(sql)?.execute(params).map(drop)
    }
}

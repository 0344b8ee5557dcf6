//! The API keys that were created here. They survive a restart.

use rusqlite::{Connection, Row, params};

use super::change::Change;
use super::tables::Tables;

/// A stored key, without its text.
#[derive(Clone, Debug)]
pub(crate) struct KeyRow {
    /// Without `key_`.
    pub(crate) id: String,
    /// SHA-256 of the key.
    pub(crate) hash: [u8; 32],
    pub(crate) kind: String,
    pub(crate) environment: String,
    pub(crate) name: String,
    pub(crate) prefix: String,
    /// Unix milliseconds.
    pub(crate) created_at: i64,
}

impl Change<'_> {
    pub(crate) fn insert_key(&mut self, key: &KeyRow) -> rusqlite::Result<()> {
        let sql = "INSERT INTO api_keys (id, hash, type, environment, name, prefix, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)";
        let KeyRow { id, hash, kind, environment, name, prefix, created_at } = key;
        let row = params![id, hash, kind, environment, name, prefix, created_at];
        self.conn.prepare_cached(sql)?.execute(row).map(drop)
    }

    pub(crate) fn delete_key(&mut self, id: &str) -> rusqlite::Result<()> {
        self.conn.prepare_cached("DELETE FROM api_keys WHERE id = ?")?.execute([id]).map(drop)
    }
}

impl Tables<'_> {
    /// The keys of this environment, oldest first.
    pub(crate) fn keys(&self) -> rusqlite::Result<Vec<KeyRow>> {
        let mut keys = rows(self.conn)?;
        keys.retain(|key| key.environment == self.environment.as_str());
        Ok(keys)
    }
}

/// All stored keys, oldest first.
pub(crate) fn rows(conn: &Connection) -> rusqlite::Result<Vec<KeyRow>> {
    let sql = "SELECT id, hash, type, environment, name, prefix, created_at FROM api_keys ORDER BY seq";
    conn.prepare(sql)?.query_map([], row)?.collect()
}

fn row(row: &Row<'_>) -> rusqlite::Result<KeyRow> {
    Ok(KeyRow {
        id: row.get(0)?,
        hash: row.get(1)?,
        kind: row.get(2)?,
        environment: row.get(3)?,
        name: row.get(4)?,
        prefix: row.get(5)?,
        created_at: row.get(6)?,
    })
}

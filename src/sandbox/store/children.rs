//! Objects that belong to another one. They have no index of their own.

use rusqlite::{OptionalExtension, params};

use super::change::Change;
use super::object::{Object, object};
use super::tables::Tables;
use super::uuid::Uuid;

impl Tables<'_> {
    /// The child of an object with this UUID.
    pub(crate) fn child(&self, kind: &str, parent: i64, uuid: Uuid) -> rusqlite::Result<Option<Object>> {
        let sql = "SELECT o.seq, o.uuid, o.body FROM objects o \
                   WHERE o.parent = ?1 AND o.kind = ?2 AND o.uuid = ?3";
        self.conn.prepare_cached(sql)?.query_row(params![parent, kind, uuid], object).optional()
    }
}

impl Change<'_> {
    pub(crate) fn delete_child(&mut self, child: &Object) -> rusqlite::Result<()> {
        self.conn.prepare_cached("DELETE FROM objects WHERE seq = ?1")?.execute([child.seq]).map(drop)
    }
}

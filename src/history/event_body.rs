//! Writes and reads event bodies. A large body is written page by page through a blob handle, because SQLite
//! would copy a bound parameter twice.

use std::io::{self, Read, Write};

use bytes::Bytes;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension};

use crate::host::buffer;

/// The body column of a new row: the body, or zeros for a large one.
pub(super) struct Column<'a>(pub(super) &'a Bytes);

impl ToSql for Column<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match large_len(self.0) {
            Some(len) => ToSqlOutput::ZeroBlob(len),
            None => ToSqlOutput::Borrowed(ValueRef::Blob(self.0)),
        })
    }
}

/// Writes a large body into a row that was inserted with a [`Column`].
pub(super) fn fill(conn: &Connection, event: i64, body: &Bytes) -> rusqlite::Result<()> {
    if large_len(body).is_none() {
        return Ok(());
    }
    let mut blob = conn.blob_open(c"main", c"events", c"body", event, false)?;
    blob.write_all(body).map_err(sql_error)?;
    blob.close()
}

/// The body of an event; `None` if there is no such event or body.
pub(super) fn read(conn: &Connection, event: i64) -> rusqlite::Result<Option<Bytes>> {
    let sql = "SELECT length(body), iif(length(body) >= ?, NULL, body) FROM events WHERE event = ?";
    let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, Option<usize>>(0)?, row.get(1)?));
    let found = conn.prepare_cached(sql)?.query_row((buffer::LARGE, event), row).optional()?;
    match found {
        Some((Some(len), None)) => {
            let mut body = buffer::with_capacity(len);
            let blob = conn.blob_open(c"main", c"events", c"body", event, true)?;
            blob.take(len as u64).read_to_end(&mut body).map_err(sql_error)?;
            Ok(Some(Bytes::from(body)))
        }
        Some((_, body)) => Ok(body.map(|body: Vec<u8>| Bytes::from(body))),
        None => Ok(None),
    }
}

/// The length of a body that is written separately.
fn large_len(body: &Bytes) -> Option<u64> {
    (body.len() >= buffer::LARGE).then_some(body.len() as u64)
}

/// The error of SQLite inside.
fn sql_error(error: io::Error) -> rusqlite::Error {
    error.downcast().unwrap_or_else(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_of_any_size_are_unchanged() {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch("CREATE TABLE events (event INTEGER PRIMARY KEY, body BLOB) STRICT").unwrap();
        for len in [0, 1, buffer::LARGE - 1, buffer::LARGE, buffer::LARGE + 1, 5 << 20] {
            let body: Bytes = (0..len).map(|place| (place % 251) as u8).collect();
            conn.execute("INSERT INTO events (body) VALUES (?)", [Column(&body)]).unwrap();
            let event = conn.last_insert_rowid();
            fill(&conn, event, &body).unwrap();
            assert!(read(&conn, event).unwrap().as_ref() == Some(&body), "{len}");
        }
        conn.execute("INSERT INTO events (event, body) VALUES (100, NULL)", []).unwrap();
        assert!(read(&conn, 100).unwrap().is_none() && read(&conn, 101).unwrap().is_none());
    }
}

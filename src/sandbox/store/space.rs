//! The disk space of deliveries: each body is stored once, and the oldest deliveries are dropped when all of
//! them together take too much.

use rusqlite::{Connection, OptionalExtension, params};

/// The most bytes of bodies and attempts, over all webhooks.
pub(crate) const MAX_BYTES: i64 = 64 * 1024 * 1024;
/// Deliveries removed in one step.
const STEP: i64 = 16;

/// The id of a body: of a stored one if there is an equal one, or of a new one.
pub(crate) fn keep(conn: &Connection, event_id: &str, body: &[u8]) -> rusqlite::Result<i64> {
    let sql = "SELECT seq FROM bodies WHERE event_id = ?1 AND body = ?2";
    let known = conn.prepare_cached(sql)?.query_row(params![event_id, body], |row| row.get(0)).optional()?;
    if let Some(seq) = known {
        return Ok(seq);
    }
    let sql = "INSERT OR FAIL INTO bodies (event_id, body) VALUES (?1, ?2)";
    conn.prepare_cached(sql)?.insert(params![event_id, body])
}

/// Drops deliveries while all of them take more than `most` bytes: the oldest finished ones, and then
/// the oldest pending ones, but never the newest.
pub(crate) fn prune(conn: &Connection, most: i64) -> rusqlite::Result<()> {
    while taken(conn)? > most {
        let sql = "DELETE FROM deliveries WHERE seq IN \
                   (SELECT seq FROM deliveries WHERE status <> 'pending' ORDER BY seq LIMIT ?1)";
        if conn.prepare_cached(sql)?.execute([STEP])? > 0 {
            continue;
        }
        let sql = "DELETE FROM deliveries WHERE seq IN (SELECT seq FROM deliveries \
                   WHERE seq < (SELECT max(seq) FROM deliveries) ORDER BY seq LIMIT ?1)";
        if conn.prepare_cached(sql)?.execute([STEP])? == 0 {
            break;
        }
    }
    Ok(())
}

/// Bytes that deliveries take.
fn taken(conn: &Connection) -> rusqlite::Result<i64> {
    conn.prepare_cached("SELECT bytes FROM delivery_bytes")?.query_row([], |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::store::file;

    /// A delivery of `event` with `bytes` of body; its `seq`.
    fn deliver(conn: &Connection, event: &str, bytes: usize, status: &str) -> i64 {
        let body = keep(conn, event, &vec![b'x'; bytes]).unwrap();
        let sql = "INSERT INTO deliveries (webhook, id, event_id, type, resource, request_id, body_seq, created_at, \
                   status) VALUES (1, hex(randomblob(8)), ?1, 't', 'r', 'q', ?2, 0, ?3)";
        conn.prepare(sql).unwrap().insert(params![event, body, status]).unwrap()
    }

    fn attempt(conn: &Connection, delivery: i64, answer: usize) {
        let sql = "INSERT INTO attempts (delivery, number, at, milliseconds, request_headers, response_headers, \
                   response_body, truncated) VALUES (?1, 1, 0, 0, '[]', '[]', zeroblob(?2), 0)";
        conn.execute(sql, params![delivery, answer]).unwrap();
    }

    fn left(conn: &Connection) -> Vec<i64> {
        let mut statement = conn.prepare("SELECT seq FROM deliveries ORDER BY seq").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    #[test]
    fn deliveries_of_an_event_share_its_body() {
        let (conn, _) = file::in_memory().unwrap();
        let all: Vec<i64> = (0..100).map(|_| deliver(&conn, "evt_1", 900_000, "pending")).collect();
        assert_eq!(taken(&conn).unwrap(), 900_000);
        attempt(&conn, all[0], 1000);
        assert_eq!(taken(&conn).unwrap(), 901_004);
        for seq in all {
            conn.execute("DELETE FROM deliveries WHERE seq = ?1", [seq]).unwrap();
        }
        assert_eq!(taken(&conn).unwrap(), 0, "the last one takes its body along");
    }

    #[test]
    fn settled_deliveries_are_pruned_first() {
        let (conn, _) = file::in_memory().unwrap();
        let waiting = deliver(&conn, "evt_0", 1000, "pending");
        let settled: Vec<i64> =
            (1..=40).map(|n| deliver(&conn, &format!("evt_{n}"), 1000, "failed")).collect();
        prune(&conn, 41_000).unwrap();
        assert_eq!(left(&conn).len(), 41, "all fit");
        prune(&conn, 40_000).unwrap();
        assert_eq!(left(&conn), [&[waiting], &settled[16..]].concat());
        prune(&conn, 1_000).unwrap();
        assert_eq!(left(&conn), [waiting]);
    }

    #[test]
    fn waiting_deliveries_are_bounded_too() {
        let (conn, _) = file::in_memory().unwrap();
        for n in 0..100 {
            deliver(&conn, &format!("evt_{n}"), 1000, "pending");
            prune(&conn, 20_000).unwrap();
            assert!(taken(&conn).unwrap() <= 20_000);
        }
        let newest = deliver(&conn, "evt_huge", 30_000, "pending");
        prune(&conn, 20_000).unwrap();
        assert_eq!(left(&conn), [newest], "one larger than the room stays alone");
    }
}

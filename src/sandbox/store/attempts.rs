//! The attempts of deliveries.

use jiff::Timestamp;
use rusqlite::Row;

use super::tables::Tables;
use super::webhooks;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    /// From 1.
    pub(crate) number: u32,
    pub(crate) at: Timestamp,
    pub(crate) milliseconds: u64,
    /// The HTTP status of the response.
    pub(crate) status: Option<u16>,
    /// Why there is no response.
    pub(crate) error: Option<String>,
    pub(crate) request_headers: Headers,
    pub(crate) response_headers: Headers,
    /// The beginning of the body.
    pub(crate) response_body: Vec<u8>,
    /// Whether the body was longer.
    pub(crate) truncated: bool,
}

/// Names and values, in the order they were sent.
pub(crate) type Headers = Vec<(String, String)>;

impl Attempt {
    /// Only 2xx counts (documented).
    pub(crate) fn succeeded(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

impl Tables<'_> {
    /// The attempts of a delivery, oldest first.
    pub(crate) fn attempts(&self, delivery: i64) -> rusqlite::Result<Vec<Attempt>> {
        let sql = "SELECT number, at, milliseconds, status, error, request_headers, response_headers, \
                   response_body, truncated FROM attempts WHERE delivery = ?1 ORDER BY number";
        self.conn.prepare_cached(sql)?.query_map([delivery], attempt)?.collect()
    }
}

fn attempt(row: &Row<'_>) -> rusqlite::Result<Attempt> {
    let headers = |column| -> rusqlite::Result<Headers> {
        Ok(serde_json::from_str(&row.get::<_, String>(column)?).unwrap_or_default())
    };
    Ok(Attempt {
        number: row.get(0)?,
        at: webhooks::time(row, 1)?,
        milliseconds: row.get(2)?,
        status: row.get(3)?,
        error: row.get(4)?,
        request_headers: headers(5)?,
        response_headers: headers(6)?,
        response_body: row.get(7)?,
        truncated: row.get(8)?,
    })
}

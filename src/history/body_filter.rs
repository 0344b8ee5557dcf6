//! Filter expressions as a function of SQL.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef;

use crate::event::Filter;

/// The condition on a row of `events`, for a connection on which [`register`] was called.
pub(super) const CONDITION: &str = "body_matches(body)";

/// Makes `body_matches` accept the bodies that match all of `filters`.
pub(super) fn register(conn: &Connection, filters: &[Filter]) -> rusqlite::Result<()> {
    let filters = filters.to_vec();
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    conn.create_scalar_function("body_matches", 1, flags, move |context| {
        Ok(match context.get_raw(0) {
            ValueRef::Text(body) | ValueRef::Blob(body) => Filter::all_match(&filters, body),
            _ => false,
        })
    })
}

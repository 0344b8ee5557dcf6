//! Counts objects by the day of their creation: each is in the group of its day, so that no count reads objects.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use rusqlite::types::Value as Sql;

use crate::sandbox::store::tables::Tables;

/// The facet with a state and the day.
const DAY: &str = "day";

/// The facet of an object in this state (empty if there are no states) that was created at this time.
pub(crate) fn facet(state: &str, created: &str) -> (&'static str, Sql) {
    let day = created.split('T').next().unwrap_or_default();
    (DAY, Sql::Text(format!("{state} {day}")))
}

/// The days that end with today (UTC).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Days {
    first: Date,
    last: Date,
}

impl Days {
    pub(crate) fn until(now: Timestamp, count: i64) -> Self {
        let last = now.to_zoned(TimeZone::UTC).date();
        let before = Span::new().try_days(count - 1).and_then(|days| last.checked_sub(days));
        Self { first: before.unwrap_or(last), last }
    }

    /// How many objects of a kind in this state were created in these days.
    pub(crate) fn count(self, tables: &Tables<'_>, kind: &str, state: &str) -> rusqlite::Result<u64> {
        let ends = (format!("{state} {}", self.first), format!("{state} {}", self.last));
        tables.count_between(kind, DAY, ends)
    }
}

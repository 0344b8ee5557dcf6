//! The figures of the events that a filter selects, by type.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row, params_from_iter};

use super::error::HistoryError;
use super::reader::HistoryReader;
use super::selection::Selection;
use super::statistics::TypeStatistics;
use super::views::EventFilter;

impl HistoryReader {
    /// The types of the events that match, by name; an empty one for events without a type.
    pub(crate) fn type_statistics(
        &self,
        filter: &EventFilter,
    ) -> Result<BTreeMap<String, TypeStatistics>, HistoryError> {
        self.read(|conn| type_statistics(conn, filter))
    }
}

fn type_statistics(
    conn: &Connection,
    filter: &EventFilter,
) -> rusqlite::Result<BTreeMap<String, TypeStatistics>> {
    let selection = Selection::new(conn, filter)?;
    let condition = selection.condition();
    let sql = format!(
        "SELECT coalesce(type, ''), count(*),
            count(CASE WHEN event IN (SELECT event FROM deliveries WHERE state = 'failed') THEN 1 END)
        FROM events{condition} GROUP BY type"
    );
    let row = |row: &Row<'_>| {
        let figures = TypeStatistics { count: row.get(1)?, failed: row.get(2)?, ..TypeStatistics::default() };
        Ok((row.get(0)?, figures))
    };
    let mut statement = conn.prepare(&sql)?;
    let mut types: BTreeMap<String, TypeStatistics> =
        statement.query_map(params_from_iter(&selection.values), row)?.collect::<Result<_, _>>()?;
    let sql = format!(
        "SELECT coalesce(type, ''), duration_us FROM events JOIN (
            SELECT slot >> 10 AS owner, duration_us FROM attempts WHERE outcome <> 'refused'
            UNION ALL SELECT delivery >> 8, duration_us FROM deliveries WHERE attempted_at IS NOT NULL
        ) ON event = owner{condition}"
    );
    let mut statement = conn.prepare(&sql)?;
    let mut rows = statement.query(params_from_iter(&selection.values))?;
    while let Some(row) = rows.next()? {
        if let Some(figures) = types.get_mut(row.get_ref(0)?.as_str()?) {
            figures.durations.push(row.get(1)?);
        }
    }
    types.values_mut().for_each(|figures| figures.durations.sort_unstable());
    Ok(types)
}

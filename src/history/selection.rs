//! Turns an [`EventFilter`] into SQL. Conditions that are not asked for are left out, so that the planner walks the
//! rows in order and stops at the limit.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::body_filter;
use super::text_search;
use super::views::{AnswerFilter, EventFilter};

const UP_TO: &str = "event <= ?";

/// The keys of the events that match, in the order asked for.
pub(super) fn keys(conn: &Connection, filter: &EventFilter) -> rusqlite::Result<Vec<i64>> {
    let mut selection = Selection::new(conn, filter)?;
    let order = if filter.oldest_first { "ASC" } else { "DESC" };
    let sql =
        format!("SELECT event FROM events{} ORDER BY event {order} LIMIT ? OFFSET ?", selection.condition());
    selection.values.push(Value::Integer(filter.limit.map_or(-1, whole)));
    selection.values.push(Value::Integer(whole(filter.offset)));
    conn.prepare(&sql)?.query_map(params_from_iter(selection.values), |row| row.get(0))?.collect()
}

/// The keys of all events that match, newest first, without order, offset and limit.
///
/// The keys are compared and sorted here: then SQLite reads an index where it can, which is a hundredth of the rows with
/// their bodies.
pub(super) fn all_keys(conn: &Connection, filter: &EventFilter) -> rusqlite::Result<Vec<i64>> {
    let anywhere = EventFilter { before: None, after: None, up_to: None, ..filter.clone() };
    let selection = Selection::new(conn, &anywhere)?;
    let sql = format!("SELECT event FROM events{}", selection.condition());
    let mut statement = conn.prepare(&sql)?;
    let found = statement.query_map(params_from_iter(selection.values), |row| row.get::<_, i64>(0))?;
    let mut keys = found.collect::<rusqlite::Result<Vec<i64>>>()?;
    let is_within = |key: i64| {
        filter.before.is_none_or(|before| key < before.0)
            && filter.after.is_none_or(|after| key > after.0)
            && filter.up_to.is_none_or(|up_to| key <= up_to.0)
    };
    keys.retain(|key| is_within(*key));
    keys.sort_unstable();
    keys.reverse();
    Ok(keys)
}

/// How many events match.
pub(super) fn count(conn: &Connection, filter: &EventFilter) -> rusqlite::Result<u64> {
    let selection = Selection::new(conn, filter)?;
    // With the plus, SQLite counts in an index instead of walking all rows up to the key with their bodies.
    let condition = selection.condition().replace(UP_TO, &format!("+{UP_TO}"));
    let sql = format!("SELECT count(*) FROM events{condition}");
    conn.prepare(&sql)?.query_row(params_from_iter(selection.values), |row| row.get(0))
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) struct Selection {
    conditions: Vec<String>,
    pub(super) values: Vec<Value>,
}

impl Selection {
    pub(super) fn new(conn: &Connection, filter: &EventFilter) -> rusqlite::Result<Self> {
        let mut selection = Self { conditions: Vec::new(), values: Vec::new() };
        selection.place(filter);
        selection.conditions.extend(filter.state.map(|state| state.condition().to_owned()));
        selection.types(&filter.types);
        selection.attempts(filter);
        if let Some(origin) = filter.origin {
            selection
                .add("origin IS ?", [origin.as_str().map_or(Value::Null, |name| name.to_owned().into())]);
        }
        // These are last, because they read the bodies of the events that match the others.
        if !filter.body.is_empty() {
            body_filter::register(conn, &filter.body)?;
            selection.conditions.push(body_filter::CONDITION.to_owned());
        }
        if let Some(text) = filter.text.as_deref().filter(|text| !text.is_empty()) {
            text_search::register(conn, text)?;
            selection.conditions.push(text_search::CONDITION.to_owned());
        }
        Ok(selection)
    }

    fn add(&mut self, condition: &str, values: impl IntoIterator<Item = Value>) {
        self.conditions.push(condition.to_owned());
        self.values.extend(values);
    }

    pub(super) fn condition(&self) -> String {
        match self.conditions.as_slice() {
            [] => String::new(),
            conditions => format!(" WHERE {}", conditions.join(" AND ")),
        }
    }

    fn place(&mut self, filter: &EventFilter) {
        let keys = [("event < ?", filter.before), ("event > ?", filter.after), (UP_TO, filter.up_to)];
        for (condition, key) in keys {
            if let Some(key) = key {
                self.add(condition, [key.0.into()]);
            }
        }
        for (condition, time) in [("received_at >= ?", filter.since), ("received_at < ?", filter.until)] {
            if let Some(time) = time {
                self.add(condition, [time.as_millisecond().into()]);
            }
        }
    }

    fn types(&mut self, patterns: &[String]) {
        if patterns.is_empty() {
            return;
        }
        let mut tests = Vec::new();
        for pattern in patterns {
            // Not `LIKE`, in which a `_` matches any character.
            let (test, text) = match pattern.strip_suffix('*') {
                Some(start) => ("substr(type, 1, length(?)) = ?", vec![start; 2]),
                None => ("type = ?", vec![pattern.as_str()]),
            };
            tests.push(test);
            self.values.extend(text.into_iter().map(|text| Value::Text(text.to_owned())));
        }
        self.conditions.push(format!("({})", tests.join(" OR ")));
    }

    /// Each condition reads the two tables of attempts once, which is faster than looking every event up in them.
    fn attempts(&mut self, filter: &EventFilter) {
        if let Some(answer) = filter.answer {
            let (test, value) = match answer {
                AnswerFilter::Status(status) => ("status = ?", Some(i64::from(status))),
                AnswerFilter::Class(class) => ("status / 100 = ?", Some(i64::from(class))),
                AnswerFilter::Nothing => ("status IS NULL", None),
            };
            let values = value.into_iter().flat_map(|value| [Value::Integer(value), Value::Integer(value)]);
            self.add(&of_attempts(test), values);
        }
        if let Some(slower) = filter.slower {
            let micros = Value::Integer(i64::try_from(slower.as_micros()).unwrap_or(i64::MAX));
            // How long a target did not accept connections is no time of an attempt.
            let sql = "event IN (SELECT slot >> 10 FROM attempts WHERE outcome <> 'refused' AND duration_us > ?
                UNION SELECT delivery >> 8 FROM deliveries WHERE attempted_at IS NOT NULL AND duration_us > ?)";
            self.add(sql, [micros.clone(), micros]);
        }
        if let Some(target) = &filter.target {
            let sql = "event IN (SELECT slot >> 10 FROM attempts WHERE instr(target, ?)
                UNION SELECT delivery >> 8 FROM deliveries WHERE instr(target, ?))";
            self.add(sql, [Value::Text(target.clone()), Value::Text(target.clone())]);
        }
    }
}

fn of_attempts(test: &str) -> String {
    format!(
        "event IN (SELECT slot >> 10 FROM attempts WHERE {test}
        UNION SELECT delivery >> 8 FROM deliveries WHERE attempted_at IS NOT NULL AND {test})"
    )
}

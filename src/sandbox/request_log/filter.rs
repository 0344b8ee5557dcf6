//! The filter of the request log: the query parameters of its two endpoints (ours).

use std::ops::RangeInclusive;
use std::sync::Arc;

use axum::http::{Method, Uri};
use jiff::Timestamp;

use super::entry::LogEntry;
use crate::sandbox::glob::Glob;
use crate::sandbox::http::error::ApiError;

/// Conditions, all of which have to match.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    /// Any of these; all if empty.
    methods: Vec<Method>,
    /// In any of these; all if empty.
    statuses: Vec<RangeInclusive<u16>>,
    path: Option<Glob>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    /// The client whose own requests are left out.
    pub(crate) reader: Option<LogReader>,
}

/// The client that reads the log.
#[derive(Debug)]
pub(crate) struct LogReader {
    /// Its current request.
    pub(crate) request_id: Arc<str>,
    /// Its id across connections, if it sends one.
    pub(crate) tail: Option<Arc<str>>,
}

impl Filter {
    /// Reads `method`, `status`, `path`, `since` and `until`.
    pub(crate) fn parse(query: &Query) -> Result<Self, ApiError> {
        Ok(Self {
            methods: query.list("method", method, METHOD)?,
            statuses: query.list("status", statuses, STATUS)?,
            path: query.one("path", |text| Glob::parse(text).ok(), GLOB)?,
            since: query.one("since", time, TIME)?,
            until: query.one("until", time, TIME)?,
            reader: None,
        })
    }

    pub(crate) fn admits(&self, entry: &LogEntry) -> bool {
        self.admits_method(entry.method.as_str())
            && self.admits_status(entry.status.as_u16())
            && self.admits_path(entry.path())
            && self.since.is_none_or(|since| entry.time >= since)
            && self.until.is_none_or(|until| entry.time < until)
            && self.reader.as_ref().is_none_or(|reader| !reader.made(entry))
    }

    pub(crate) fn admits_method(&self, method: &str) -> bool {
        self.methods.is_empty() || self.methods.iter().any(|wanted| wanted.as_str() == method)
    }

    pub(crate) fn admits_status(&self, status: u16) -> bool {
        self.statuses.is_empty() || self.statuses.iter().any(|range| range.contains(&status))
    }

    pub(crate) fn admits_path(&self, path: &str) -> bool {
        self.path.as_ref().is_none_or(|glob| glob.matches(path))
    }

    /// The path pattern; empty if there is none.
    pub(crate) fn pattern(&self) -> String {
        self.path.as_ref().map(Glob::to_string).unwrap_or_default()
    }

    /// The range of time, in Unix milliseconds; the end is exclusive.
    pub(crate) fn milliseconds(&self) -> (i64, i64) {
        // entries have whole milliseconds: a later instant belongs to the next one
        let up = |time: Timestamp| {
            let whole = time.as_millisecond();
            whole + i64::from(time.as_nanosecond() > i128::from(whole) * 1_000_000)
        };
        (self.since.map_or(i64::MIN, up), self.until.map_or(i64::MAX, up))
    }

    pub(crate) fn left_out_tail(&self) -> Option<&str> {
        self.reader.as_ref()?.tail.as_deref()
    }
}

impl LogReader {
    fn made(&self, entry: &LogEntry) -> bool {
        self.request_id == entry.id || (self.tail.is_some() && self.tail == entry.tail)
    }
}

#[derive(Debug)]
pub(crate) struct Query(Vec<(String, String)>);

const METHOD: &str = "must be HTTP methods, such as GET or POST,PATCH";
const STATUS: &str = "must be a status such as 404, a class such as 4xx, or a range such as 400-499";
const GLOB: &str = "must be a pattern of 1 to 200 characters, such as */tickets/*";
const TIME: &str = "must be a time such as 2026-03-06T14:30:00Z";

impl Query {
    pub(crate) fn parse(uri: &Uri) -> Result<Self, ApiError> {
        let axum::extract::Query(pairs) = axum::extract::Query::try_from_uri(uri)
            .map_err(|_| ApiError::parameter_invalid("query", "The query string cannot be read."))?;
        Ok(Self(pairs))
    }

    /// The value of a parameter, unless it is empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let value = self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.trim());
        value.filter(|value| !value.is_empty())
    }

    /// A parameter that `read` parses.
    pub(crate) fn one<T>(
        &self,
        name: &'static str,
        read: impl Fn(&str) -> Option<T>,
        wanted: &str,
    ) -> Result<Option<T>, ApiError> {
        self.text(name).map(|text| read(text).ok_or_else(|| bad(name, wanted))).transpose()
    }

    /// Values separated by commas.
    fn list<T>(
        &self,
        name: &'static str,
        read: fn(&str) -> Option<T>,
        wanted: &str,
    ) -> Result<Vec<T>, ApiError> {
        let items = self.text(name).unwrap_or_default().split(',').map(str::trim);
        let items = items.filter(|item| !item.is_empty());
        items.map(|item| read(item).ok_or_else(|| bad(name, wanted))).collect()
    }

    /// A number in `range`.
    pub(crate) fn number(
        &self,
        name: &'static str,
        range: RangeInclusive<usize>,
    ) -> Result<Option<usize>, ApiError> {
        let wanted = format!("must be a number from {} to {}", range.start(), range.end());
        self.one(name, |text| text.parse().ok().filter(|number| range.contains(number)), &wanted)
    }
}

fn bad(name: &'static str, wanted: &str) -> ApiError {
    ApiError::parameter_invalid(name, format!("The '{name}' parameter {wanted}."))
}

fn method(text: &str) -> Option<Method> {
    let letters = text.bytes().all(|byte| byte.is_ascii_alphabetic());
    letters.then(|| Method::from_bytes(text.to_ascii_uppercase().as_bytes()).ok()).flatten()
}

/// `404`, `4xx`, `400-499`.
fn statuses(text: &str) -> Option<RangeInclusive<u16>> {
    let number = |text: &str| {
        let plain = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse::<u16>().ok()).flatten().filter(|status| (100..=599).contains(status))
    };
    if let Some(class) = text.strip_suffix("xx").or_else(|| text.strip_suffix("XX")) {
        let first = number(&format!("{class}00"))?;
        return Some(first..=first + 99);
    }
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let range = number(from)?..=number(to)?;
    (!range.is_empty()).then_some(range)
}

fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &str) -> Result<Filter, ApiError> {
        Filter::parse(&Query::parse(&format!("/x?{query}").parse().unwrap()).unwrap())
    }

    #[test]
    fn a_status_is_a_number_a_class_or_a_range() {
        for (text, range) in
            [("404", 404..=404), ("4xx", 400..=499), ("5XX", 500..=599), ("400-403", 400..=403)]
        {
            assert_eq!(parse(&format!("status={text}")).unwrap().statuses, [range], "{text}");
        }
        assert_eq!(parse("status=200,%205xx").unwrap().statuses, [200..=200, 500..=599]);
        assert!(parse("status=").unwrap().statuses.is_empty());
        for bad in ["x", "4", "40x", "4xxx", "6xx", "0xx", "499-400", "400-", "-400", "4040", "%2B404", "99"]
        {
            let error = parse(&format!("status={bad}")).unwrap_err();
            assert_eq!((error.param, error.status.as_u16()), (Some("status"), 400), "{bad}");
        }
    }

    #[test]
    fn bad_filter_parameters_are_named() {
        assert_eq!(parse("method=get,Post").unwrap().methods, [Method::GET, Method::POST]);
        assert!(parse("since=2026-03-06T14:30:00Z&until=2026-03-06T15:30:00%2B01:00&path=*/x").is_ok());
        for (bad, param) in [
            ("method=G%20ET", "method"),
            ("method=1", "method"),
            ("since=1h", "since"),
            ("until=2026-03-06", "until"),
        ] {
            assert_eq!(parse(bad).unwrap_err().param, Some(param), "{bad}");
        }
    }
}

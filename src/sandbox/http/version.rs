//! `CStar-Version`: the API version, as a date. Header, format and current version are documented; the response to an
//! unknown date is ours.

use axum::http::header::{HeaderMap, HeaderName, HeaderValue};

use super::error::ApiError;

const HEADER: HeaderName = HeaderName::from_static("cstar-version");

/// The supported versions, oldest first (documented).
const KNOWN: [&str; 1] = ["2026-03-01"];

/// A pattern for dates from the oldest version on.
pub(crate) const SINCE_THE_OLDEST: &str =
    "^(2026-(0[3-9]|1[0-2])|(202[7-9]|20[3-9][0-9]|2[1-9][0-9]{2}|[3-9][0-9]{3})-[0-9]{2})-[0-9]{2}$";

pub(crate) fn newest() -> &'static str {
    let [.., newest] = KNOWN;
    newest
}

/// The version of a request: the newest that is not later than the requested date, or without one the
/// newest. So a client that is ahead of the sandbox gets a response, and the header shows its version.
pub(crate) fn requested(headers: &HeaderMap) -> Result<&'static str, ApiError> {
    let newest = newest();
    let mut values = headers.get_all(HEADER).iter();
    let Some(value) = values.next() else { return Ok(newest) };
    let date = value.to_str().ok().filter(|text| is_date(text) && values.next().is_none());
    let date = date.ok_or_else(|| {
        ApiError::parameter_invalid("CStar-Version", format!("CStar-Version is one date, such as {newest}."))
    })?;
    // dates of this form sort as text
    KNOWN.into_iter().rev().find(|known| *known <= date).ok_or_else(|| {
        let message = format!("There is no version of {date} or before. Known: {}.", KNOWN.join(", "));
        ApiError::parameter_invalid("CStar-Version", message)
    })
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

/// Adds the version to a response (ours).
pub(crate) fn echo(version: &'static str, headers: &mut HeaderMap) {
    headers.insert(HEADER, HeaderValue::from_static(version));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version_of(value: &str) -> Result<&'static str, &'static str> {
        let headers = HeaderMap::from_iter([(HEADER, HeaderValue::from_str(value).unwrap())]);
        requested(&headers).map_err(|error| error.code)
    }

    #[test]
    fn newest_version_up_to_a_date_applies() {
        assert_eq!(requested(&HeaderMap::new()).unwrap(), "2026-03-01");
        assert_eq!(version_of("2026-03-01"), Ok("2026-03-01"));
        assert_eq!(version_of("2027-01-31"), Ok("2026-03-01"));
        for bad in ["2026-02-28", "", "latest", "2026-13-01", "2026-3-1", "2026-03-01T00:00", "20260301"] {
            assert_eq!(version_of(bad), Err("PARAMETER_INVALID"), "{bad}");
        }
    }

    #[test]
    fn pattern_allows_exactly_served_versions() {
        let schema = serde_json::json!({ "format": "date", "pattern": SINCE_THE_OLDEST });
        let options = jsonschema::options().should_validate_formats(true);
        let pattern = options.build(&schema).unwrap();
        for (year, month) in (1990..=2110).flat_map(|year| (0..=13).map(move |month| (year, month))) {
            for day in ["01", "28", "31", "32"] {
                let date = format!("{year}-{month:02}-{day}");
                assert_eq!(pattern.is_valid(&date.as_str().into()), version_of(&date).is_ok(), "{date}");
            }
        }
        assert!(pattern.is_valid(&"9999-12-31".into()));
    }
}

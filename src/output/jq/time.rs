//! The functions of dates, in UTC.

use jaq_core::native::{Filter, bome, unary, v};
use jaq_core::{Error, RunPtr};
use jaq_json::Val;
use jaq_std::ValT as _;
use jiff::Timestamp;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

use super::value::{Data, text};
use crate::host::clock::Clock;

pub(super) fn natives() -> [Filter<RunPtr<Data>>; 4] {
    [
        ("now", v(0), |_| bome(Ok(seconds(Clock::System.now())))),
        ("fromdateiso8601", v(0), |cv| {
            let parse = |text: &str| text.parse::<Timestamp>().map_err(Error::str);
            bome(text(&cv.1).and_then(parse).map(seconds))
        }),
        ("todateiso8601", v(0), |cv| bome(timestamp(&cv.1).map(|at| Val::from(at.to_string())))),
        ("strftime", v(1), |cv| {
            unary(cv, |at, format| {
                let at = timestamp(&at)?.to_zoned(TimeZone::UTC);
                strtime::format(text(&format)?, &at).map(Val::from).map_err(Error::str)
            })
        }),
    ]
}

/// Since 1970: whole, if it is.
fn seconds(at: Timestamp) -> Val {
    match at.subsec_nanosecond() {
        0 => isize::try_from(at.as_second()).map_or_else(|_| Val::from(at.as_second() as f64), Val::from),
        _ => Val::from(at.as_microsecond() as f64 / 1e6),
    }
}

fn timestamp(value: &Val) -> Result<Timestamp, Error<Val>> {
    let whole = value.as_isize().and_then(|seconds| i64::try_from(seconds).ok());
    let at = match (whole, value.as_f64()) {
        (Some(seconds), _) => Timestamp::from_second(seconds),
        (None, Some(seconds)) => Timestamp::from_microsecond((seconds * 1e6) as i64),
        (None, None) => return Err(Error::typ(value.clone(), "number")),
    };
    at.map_err(Error::str)
}

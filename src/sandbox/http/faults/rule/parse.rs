//! Reads a rule from a text or JSON, with a precise error for what is wrong.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Map, Value};

use super::{Fault, RETRY_AFTER, Rule};
use crate::sandbox::glob::Glob;

/// No fault lasts or shifts longer than this.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
/// The largest number of events, seconds or times.
pub(crate) const MOST: u32 = u32::MAX;

type Members = Vec<(String, String)>;

const EXPECTED: &str = "expected one of latency=200ms (with jitter=100ms), status=429 (with retry_after=1), cut=5 or cut, \
     duplicate, skew=-10m; and with any of them probability=20%, path=webhooks/*, count=3";

const MEMBERS: [&str; 10] = [
    "latency",
    "jitter",
    "status",
    "retry_after",
    "cut",
    "duplicate",
    "skew",
    "probability",
    "path",
    "count",
];

/// Names the unknown member and the most similar one.
fn unknown(name: &str) -> String {
    let short = shortened(name);
    let similar = MEMBERS.iter().map(|member| (distance(&name.to_lowercase(), member), member)).min();
    match similar {
        Some((steps, member)) if steps <= 2 => format!("'{short}' is unknown; did you mean '{member}'?"),
        _ => format!("'{short}' is unknown; {EXPECTED}"),
    }
}

/// The edit distance.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (at, left) in one.chars().take(40).enumerate() {
        let (mut diagonal, mut previous) = (at, at + 1);
        let mut next = vec![previous];
        for (right, above) in other.chars().zip(row.iter().skip(1)) {
            let best = (diagonal + usize::from(left != right)).min(above + 1).min(previous + 1);
            diagonal = *above;
            previous = best;
            next.push(best);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

impl Rule {
    /// Reads `latency=200ms,jitter=100ms,probability=20%,path=webhooks/*,count=3`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        Self::from_members(
            pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect(),
        )
    }

    /// Reads an object with the same members; numbers may be numbers, and a member may be `true`.
    pub(crate) fn from_json(object: &Map<String, Value>) -> Result<Self, String> {
        let mut members = Members::new();
        for (name, value) in object {
            match value {
                Value::Null | Value::Bool(false) => {}
                Value::Bool(true) => members.push((name.clone(), String::new())),
                Value::String(text) => members.push((name.clone(), text.trim().to_owned())),
                Value::Number(number) => members.push((name.clone(), number.to_string())),
                _ => return Err(format!("'{}' must be a string or a number", shortened(name))),
            }
        }
        Self::from_members(members)
    }

    fn from_members(mut members: Members) -> Result<Self, String> {
        let probability = take(&mut members, "probability").map_or(Ok(1.0), |text| probability(&text))?;
        let path = take(&mut members, "path").map(|text| Glob::parse(&text)).transpose();
        let path = path.map_err(|problem| format!("'path' {problem}"))?;
        let count =
            take(&mut members, "count").map(|text| number("count", &text)).transpose()?.map(u64::from);
        let fault = Fault::take(&mut members)?;
        match members.first() {
            Some((name, _)) if MEMBERS.contains(&name.as_str()) => {
                Err(format!("'{name}' does not go with '{}'; {EXPECTED}", fault.name()))
            }
            Some((name, _)) => Err(unknown(name)),
            None => Ok(Self { fault, probability, path, count }),
        }
    }
}

impl Fault {
    /// The member that selects the fault.
    fn name(&self) -> &'static str {
        match self {
            Self::Latency { .. } => "latency",
            Self::Status { .. } => "status",
            Self::Cut { .. } => "cut",
            Self::Duplicate => "duplicate",
            Self::Skew { .. } => "skew",
        }
    }

    fn take(members: &mut Members) -> Result<Self, String> {
        if let Some(text) = take(members, "latency") {
            let jitter = take(members, "jitter").map(|text| duration("jitter", &text)).transpose()?;
            return Ok(Self::Latency { by: duration("latency", &text)?, jitter: jitter.unwrap_or_default() });
        }
        if let Some(text) = take(members, "status") {
            let wait = take(members, "retry_after").map(|text| number("retry_after", &text)).transpose()?;
            return Ok(Self::Status {
                status: status(&text)?,
                retry_after: wait.map_or(RETRY_AFTER, u64::from),
            });
        }
        if let Some(text) = take(members, "cut") {
            let after = (!text.is_empty()).then(|| number("cut", &text)).transpose()?;
            return Ok(Self::Cut { after });
        }
        if let Some(text) = take(members, "duplicate") {
            return if text.is_empty() {
                Ok(Self::Duplicate)
            } else {
                Err("'duplicate' takes no value".into())
            };
        }
        if let Some(text) = take(members, "skew") {
            let back = text.strip_prefix('-');
            let by = duration("skew", back.unwrap_or(text.strip_prefix('+').unwrap_or(&text)))?;
            let seconds = i64::try_from(by.as_secs()).unwrap_or_default();
            return Ok(Self::Skew { seconds: if back.is_some() { -seconds } else { seconds } });
        }
        match members.first() {
            Some((name, _)) => Err(unknown(name)),
            None => Err(EXPECTED.to_owned()),
        }
    }
}

fn take(members: &mut Members, name: &str) -> Option<String> {
    let at = members.iter().position(|(found, _)| found == name)?;
    Some(members.remove(at).1)
}

fn probability(text: &str) -> Result<f64, String> {
    let (digits, scale) = text.strip_suffix('%').map_or((text, 1.0), |digits| (digits, 100.0));
    let value = digits.trim().parse::<f64>().ok().map(|value| value / scale);
    let value = value.filter(|value| *value > 0.0 && *value <= 1.0);
    value.ok_or_else(|| "'probability' must be over 0 and at most 1, or 100%".to_owned())
}

fn number(name: &str, text: &str) -> Result<u32, String> {
    whole(text).ok_or_else(|| format!("'{name}' must be a whole number up to {MOST}"))
}

/// A whole number, also written as `1.0`: some languages write all numbers this way.
pub(crate) fn whole<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.strip_suffix(".0").unwrap_or(text).parse().ok()
}

fn status(text: &str) -> Result<StatusCode, String> {
    let status = text.parse::<u16>().ok().filter(|status| matches!(status, 429 | 500 | 502..=504));
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    status.ok_or_else(|| "'status' must be 429, 500, 502, 503 or 504".to_owned())
}

fn duration(name: &str, text: &str) -> Result<Duration, String> {
    let bad = || format!("'{name}' must be a time with its unit, such as 200ms, 5s or 10m, up to 24h");
    let time = crate::sandbox::http::duration::parse(text).ok_or_else(bad)?;
    (time <= LONGEST).then_some(time).ok_or_else(bad)
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

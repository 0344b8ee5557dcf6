//! The statuses of `--expect-status`: `200`, `2xx`, `200..299` and lists of them.

use std::fmt;
use std::ops::RangeInclusive;

/// A set of HTTP statuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StatusSet {
    ranges: Vec<RangeInclusive<u16>>,
    text: String,
}

impl StatusSet {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split(',').map(str::trim).collect();
        let ranges = parts.iter().map(|part| range(part)).collect::<Result<_, _>>()?;
        Ok(Self { ranges, text: parts.join(",") })
    }

    pub(crate) fn contains(&self, status: u16) -> bool {
        self.ranges.iter().any(|range| range.contains(&status))
    }
}

impl fmt::Display for StatusSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn range(part: &str) -> Result<RangeInclusive<u16>, String> {
    let wrong = || format!("`{part}` is not a status: use 200, 2xx, 200..299 or a list of these");
    let status = |text: &str| text.trim().parse().ok().filter(|status| (100..=599).contains(status));
    if let Some(class) = part.to_ascii_lowercase().strip_suffix("xx") {
        let class: u16 = class.parse().ok().filter(|class| (1..=5).contains(class)).ok_or_else(wrong)?;
        return Ok(class * 100..=class * 100 + 99);
    }
    let Some((from, to)) = part.split_once("..") else {
        let one = status(part).ok_or_else(wrong)?;
        return Ok(one..=one);
    };
    let from = status(from).ok_or_else(wrong)?;
    let to = status(to.trim_start_matches('=')).ok_or_else(wrong)?;
    if from > to {
        return Err(format!("`{part}` ends before it begins"));
    }
    Ok(from..=to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_single_classes_or_ranges() {
        for (text, contained, other) in [
            ("2xx", &[200, 204, 299][..], &[199, 300][..]),
            ("200", &[200], &[201]),
            ("200..299", &[200, 299], &[300]),
            ("200, 401, 5XX", &[200, 401, 503], &[201, 400]),
        ] {
            let set = StatusSet::parse(text).unwrap();
            assert!(contained.iter().all(|status| set.contains(*status)), "{text}");
            assert!(!other.iter().any(|status| set.contains(*status)), "{text}");
            assert_eq!(StatusSet::parse(&set.to_string()).unwrap(), set);
        }
        for text in ["", "2x", "6xx", "99", "600", "299..200", "200..", "ok", "200,", "..", "2xx..3xx"] {
            assert!(StatusSet::parse(text).is_err(), "{text}");
        }
    }
}

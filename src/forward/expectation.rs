//! What a run is expected to receive and to be answered: the syntax of `--expect` and `--expect-status`, the counts so
//! far, and the report. Pure; who ends the run and who prints the report is elsewhere.

mod report;
mod status_set;
mod tally;

use std::fmt;

use crate::event::Pattern;
pub(crate) use report::{ExpectationReport, ExpectationResult, FailedDelivery};
pub(crate) use status_set::StatusSet;
pub(crate) use tally::{Progress, Tally};

/// How a number of events is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equal,
    NotEqual,
    AtLeast,
    MoreThan,
    AtMost,
    LessThan,
}

/// The operators, the longer ones first.
const OPERATORS: [(&str, Comparison); 6] = [
    (">=", Comparison::AtLeast),
    ("<=", Comparison::AtMost),
    ("!=", Comparison::NotEqual),
    (">", Comparison::MoreThan),
    ("<", Comparison::LessThan),
    ("=", Comparison::Equal),
];

/// How many events of some types are expected, such as `ticket.*>=1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expectation {
    pub(crate) pattern: Pattern,
    comparison: Comparison,
    count: u64,
}

impl Expectation {
    /// Reads a pattern with an optional operator and number; without them at least one event is expected.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let end = text.find(['=', '<', '>', '!']).unwrap_or(text.len());
        let (pattern, bound) = text.split_at(end);
        let pattern = Pattern::parse(pattern).map_err(|error| error.to_string())?;
        if bound.is_empty() {
            return Ok(Self { pattern, comparison: Comparison::AtLeast, count: 1 });
        }
        let found = OPERATORS.iter().find_map(|(sign, one)| Some((*one, bound.strip_prefix(sign)?)));
        let Some((comparison, number)) = found else {
            return Err(format!("`{bound}` has no operator: use =, !=, >=, <=, > or <"));
        };
        let count = number
            .trim()
            .parse()
            .map_err(|_| format!("`{}` is not a number of events, as in {pattern}=2", number.trim()))?;
        match (comparison, count) {
            (Comparison::LessThan, 0) => Err("there are never fewer than 0 events".to_owned()),
            (Comparison::AtLeast, 0) => Err(format!("this is always true; for no event at all: {pattern}=0")),
            _ => Ok(Self { pattern, comparison, count }),
        }
    }

    /// Whether `got` events are as expected.
    pub(crate) fn is_met(&self, got: u64) -> bool {
        match self.comparison {
            Comparison::Equal => got == self.count,
            Comparison::NotEqual => got != self.count,
            Comparison::AtLeast => got >= self.count,
            Comparison::MoreThan => got > self.count,
            Comparison::AtMost => got <= self.count,
            Comparison::LessThan => got < self.count,
        }
    }

    /// Whether enough events have arrived. Always true without a lower bound.
    pub(crate) fn has_enough(&self, got: u64) -> bool {
        match self.comparison {
            Comparison::Equal | Comparison::AtLeast => got >= self.count,
            Comparison::MoreThan => got > self.count,
            Comparison::NotEqual | Comparison::AtMost | Comparison::LessThan => true,
        }
    }

    /// Whether more have arrived than can be right, whatever arrives later.
    pub(crate) fn is_exceeded(&self, got: u64) -> bool {
        match self.comparison {
            Comparison::Equal | Comparison::AtMost => got > self.count,
            Comparison::LessThan => got >= self.count,
            Comparison::NotEqual | Comparison::AtLeast | Comparison::MoreThan => false,
        }
    }

    /// Whether one more event could make it false, so that it is decided only at the end.
    pub(crate) fn is_open_ended(&self) -> bool {
        !matches!(self.comparison, Comparison::AtLeast | Comparison::MoreThan)
    }

    /// The expected number in words, such as `at least 2`.
    fn wanted(&self) -> String {
        let count = self.count;
        match self.comparison {
            Comparison::Equal if count == 0 => "none".to_owned(),
            Comparison::Equal => format!("exactly {count}"),
            Comparison::NotEqual => format!("any number but {count}"),
            Comparison::AtLeast => format!("at least {count}"),
            Comparison::MoreThan => format!("more than {count}"),
            Comparison::AtMost => format!("at most {count}"),
            Comparison::LessThan => format!("fewer than {count}"),
        }
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = OPERATORS.iter().find(|(_, one)| *one == self.comparison).map_or("", |(sign, _)| sign);
        write!(f, "{}{sign}{}", self.pattern, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_has_its_bounds() {
        // The numbers of events from 0 to 4 that are as expected, enough, and too many.
        for (text, met, enough, exceeded) in [
            ("ticket.created", "-++++", "-++++", "-----"),
            ("ticket.created=2", "--+--", "--+++", "---++"),
            ("ticket.created=0", "+----", "+++++", "-++++"),
            ("ticket.*!=2", "++-++", "+++++", "-----"),
            ("ticket.*>=2", "--+++", "--+++", "-----"),
            ("ticket.* > 2", "---++", "---++", "-----"),
            ("*<=2", "+++--", "+++++", "---++"),
            ("*<2", "++---", "+++++", "--+++"),
        ] {
            let one = Expectation::parse(text).unwrap();
            let signs = |check: fn(&Expectation, u64) -> bool| -> String {
                (0..5).map(|got| if check(&one, got) { '+' } else { '-' }).collect()
            };
            assert_eq!(signs(Expectation::is_met), met, "{text}");
            assert_eq!(signs(Expectation::has_enough), enough, "{text}");
            assert_eq!(signs(Expectation::is_exceeded), exceeded, "{text}");
            assert_eq!(one.is_open_ended(), met.ends_with('-') || text.contains('!'), "{text}");
            assert_eq!(Expectation::parse(&one.to_string()).unwrap(), one);
        }
    }

    #[test]
    fn wrong_expectations_are_explained() {
        for (text, reason) in [
            ("ticket.create", "did you mean ticket.created"),
            ("tickets.*=1", "did you mean ticket.*?"),
            ("ticket.created=", "`` is not a number of events, as in ticket.created=2"),
            ("ticket.created=two", "`two` is not a number"),
            ("ticket.created=-1", "`-1` is not a number"),
            ("ticket.created==1", "`=1` is not a number"),
            ("ticket.created!2", "has no operator"),
            ("ticket.created<0", "never fewer than 0"),
            ("ticket.created>=0", "for no event at all: ticket.created=0"),
            ("=1", "it is empty"),
            ("ticket.created=99999999999999999999", "is not a number"),
        ] {
            let error = Expectation::parse(text).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}

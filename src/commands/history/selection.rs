//! Which events to list or export: `--type`, `--status`, `--search`, `--slower`, `--target`, `--since`, `--until`.

use std::time::Duration;

use clap::ValueEnum;
use clap::builder::{NonEmptyStringValueParser, PossibleValue, TypedValueParser};

use crate::args::filter::FilterArgs;
use crate::args::{duration, pattern, time_spec};
use crate::commands::Context;
use crate::event::Pattern;
use crate::history::{AnswerFilter, EventFilter, EventOrigin, EventState};
use crate::output::Failure;

#[derive(clap::Args, Debug)]
pub(super) struct Selection {
    /// Only these types: 'ticket.*,customer.created'; repeatable
    #[arg(long = "type", value_name = "PATTERN", value_delimiter = ',', value_parser = pattern::parse)]
    types: Vec<Pattern>,
    /// Only events with a delivery in this state, or an attempt with this answer
    #[arg(long, value_name = "STATUS", value_parser = StatusParser)]
    status: Option<Status>,
    /// Only events whose id, type, body or answers contain this text; ASCII letters match in any case
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    search: Option<String>,
    /// Only events with an attempt that took longer: 2s, 500ms
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    slower: Option<Duration>,
    /// Only events that went to a target whose URL contains this text
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    target: Option<String>,
    /// Only events received from the stream, or made on this machine
    #[arg(long, value_name = "ORIGIN")]
    origin: Option<Origin>,
    /// Only events received since: 1h (ago), 2026-03-06, 2026-03-06T14:30
    #[arg(long, value_name = "TIME", value_parser = time_spec::parse)]
    since: Option<time_spec::TimeSpec>,
    /// Only events received before this time
    #[arg(long, value_name = "TIME", value_parser = time_spec::parse)]
    until: Option<time_spec::TimeSpec>,
    #[command(flatten)]
    body: FilterArgs,
}

#[derive(Clone, Copy, Debug)]
enum Status {
    State(EventState),
    Answer(AnswerFilter),
}

/// States, as the list shows them, and `none` for no answer.
const STATUSES: [(&str, Status); 7] = [
    ("delivered", Status::State(EventState::Delivered)),
    ("failed", Status::State(EventState::Failed)),
    ("waiting", Status::State(EventState::Waiting)),
    ("dismissed", Status::State(EventState::Dismissed)),
    ("skipped", Status::State(EventState::Skipped)),
    ("received", Status::State(EventState::Received)),
    ("none", Status::Answer(AnswerFilter::Nothing)),
];

/// Reads the name of a state, or how an attempt was answered.
#[derive(Clone, Copy, Debug)]
struct StatusParser;

impl TypedValueParser for StatusParser {
    type Value = Status;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Status, clap::Error> {
        if let Some(answer) = value.to_str().and_then(answer) {
            return Ok(Status::Answer(answer));
        }
        let names = clap::builder::PossibleValuesParser::new(self.possible_values().into_iter().flatten());
        let name = names.parse_ref(command, arg, value)?;
        let found = STATUSES.into_iter().find(|(known, _)| *known == name);
        found.map(|(_, status)| status).ok_or_else(|| clap::Error::new(clap::error::ErrorKind::InvalidValue))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let names = STATUSES.into_iter().map(|(name, _)| PossibleValue::new(name));
        Some(Box::new(names.chain([PossibleValue::new("500"), PossibleValue::new("5xx")])))
    }
}

/// `404` or `4xx`.
fn answer(text: &str) -> Option<AnswerFilter> {
    let (class, rest) = (text.get(..1)?.parse().ok()?, text.get(1..)?);
    match rest {
        _ if !(1..=5).contains(&class) => None,
        "xx" | "XX" => Some(AnswerFilter::Class(class)),
        digits if digits.len() == 2 => text.parse().ok().map(AnswerFilter::Status),
        _ => None,
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Origin {
    Stream,
    Edited,
    Trigger,
}

impl Selection {
    pub(super) fn filter(&self, context: &mut Context, limit: Option<usize>) -> Result<EventFilter, Failure> {
        context.remark_on(&self.body.filters)?;
        let (now, zone) = (context.clock.now(), jiff::tz::TimeZone::system());
        let at = |time: &Option<time_spec::TimeSpec>| time.as_ref().map(|time| time.resolve(now, &zone));
        let (state, answer) = match self.status {
            Some(Status::State(state)) => (Some(state), None),
            Some(Status::Answer(answer)) => (None, Some(answer)),
            None => (None, None),
        };
        Ok(EventFilter {
            types: self.types.iter().map(|pattern| pattern.as_str().to_owned()).collect(),
            state,
            answer,
            slower: self.slower,
            target: self.target.clone(),
            text: self.search.clone(),
            origin: self.origin.map(|origin| match origin {
                Origin::Stream => EventOrigin::Stream,
                Origin::Edited => EventOrigin::Edited,
                Origin::Trigger => EventOrigin::Trigger,
            }),
            since: at(&self.since),
            until: at(&self.until),
            body: self.body.filters.clone(),
            limit,
            ..EventFilter::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_as_status_or_class() {
        for (text, wanted) in [
            ("500", Some(AnswerFilter::Status(500))),
            ("5xx", Some(AnswerFilter::Class(5))),
            ("2XX", Some(AnswerFilter::Class(2))),
            ("600", None),
            ("099", None),
            ("5x", None),
            ("5000", None),
            ("+50", None),
            ("\u{e9}00", None),
            ("", None),
        ] {
            assert_eq!(answer(text), wanted, "{text}");
        }
    }
}

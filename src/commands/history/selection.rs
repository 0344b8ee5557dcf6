//! Which events to list or export: `--type`, `--status`, `--since`, `--until`.

use clap::ValueEnum;

use crate::args::{pattern, time_spec};
use crate::commands::Context;
use crate::event::Pattern;
use crate::history::{EventFilter, EventState};

#[derive(clap::Args, Debug)]
pub(super) struct Selection {
    /// Only these types: 'ticket.*,customer.created'; repeatable
    #[arg(long = "type", value_name = "PATTERN", value_delimiter = ',', value_parser = pattern::parse)]
    types: Vec<Pattern>,
    /// Only events with a delivery that ended like this
    #[arg(long, value_name = "STATUS")]
    status: Option<Status>,
    /// Only events received since: 1h (ago), 2026-03-06, 2026-03-06T14:30
    #[arg(long, value_name = "TIME", value_parser = time_spec::parse)]
    since: Option<time_spec::TimeSpec>,
    /// Only events received before this time
    #[arg(long, value_name = "TIME", value_parser = time_spec::parse)]
    until: Option<time_spec::TimeSpec>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Status {
    Delivered,
    Failed,
    Waiting,
    Dismissed,
    Skipped,
}

impl Selection {
    pub(super) fn filter(&self, context: &Context, limit: Option<usize>) -> EventFilter {
        let (now, zone) = (context.clock.now(), jiff::tz::TimeZone::system());
        let at = |time: &Option<time_spec::TimeSpec>| time.as_ref().map(|time| time.resolve(now, &zone));
        EventFilter {
            types: self.types.iter().map(|pattern| pattern.as_str().to_owned()).collect(),
            state: self.status.map(|status| match status {
                Status::Delivered => EventState::Delivered,
                Status::Failed => EventState::Failed,
                Status::Waiting => EventState::Waiting,
                Status::Dismissed => EventState::Dismissed,
                Status::Skipped => EventState::Skipped,
            }),
            since: at(&self.since),
            until: at(&self.until),
            limit,
            after: None,
        }
    }
}

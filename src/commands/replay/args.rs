//! The arguments of `cstar replay`.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use reqwest::Url;

use crate::Secret;
use crate::args::filter::FilterArgs;
use crate::args::{duration, header, pattern, secret, target, time_spec};
use crate::event::Pattern;
use crate::ops::replay::{ReplaySelection, SendOptions};

/// Deliver events from the history again
///
/// Id and body are unchanged, the signature is fresh, and attempts continue to be counted. Events go to the targets that
/// the history has for them, including those of an earlier --to. With --to they go to another one instead, and count as
/// delivered if it accepts them.
#[derive(clap::Args, Debug)]
#[command(group(clap::ArgGroup::new("which").required(true).multiple(true).args(["ids", "failed", "since"])), after_help = examples![
    "cstar replay evt_ticket_created_1774583010044",
    "cstar replay --failed --since 1h",
    "cstar replay --since 10m --type 'ticket.*' --to localhost:4000/webhook",
    "cstar replay --failed --secret whsec_test",
])]
pub(crate) struct Args {
    /// Ids of events, their beginnings, or last for the newest event
    #[arg(value_name = "ID", conflicts_with_all = ["failed", "since", "types", "filters"])]
    ids: Vec<String>,
    /// Every delivery that failed
    #[arg(long)]
    failed: bool,
    /// Only events received since: 1h (ago), 2026-03-06; without --failed, delivered ones too
    #[arg(long, value_name = "TIME", value_parser = time_spec::parse)]
    since: Option<time_spec::TimeSpec>,
    /// Only these types: 'ticket.*,customer.created'; repeatable
    #[arg(long = "type", value_name = "PATTERN", value_delimiter = ',', value_parser = pattern::parse)]
    types: Vec<Pattern>,
    #[command(flatten)]
    pub(super) body: FilterArgs,
    /// Deliver to this target instead of the original ones
    #[arg(long, value_name = "TARGET", value_parser = target::parse)]
    to: Option<Url>,
    /// Sign with this secret [env: CSTAR_WEBHOOK_SECRET] [default: the session's]
    #[arg(long, value_name = "SECRET", value_parser = secret::parse)]
    pub(super) secret: Option<Secret>,
    /// Add a header, `Name: value`; repeatable
    #[arg(short = 'H', long, value_name = "HEADER", value_parser = header::parse)]
    header: Vec<header::Header>,
    /// Time limit of each request; 0 for none
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration::parse)]
    timeout: std::time::Duration,
    /// Skip certificate checks of https targets
    #[arg(long)]
    insecure: bool,
}

impl Args {
    pub(super) fn selection(&self, now: Timestamp) -> ReplaySelection {
        ReplaySelection {
            ids: self.ids.clone(),
            failed: self.failed,
            since: self.since.as_ref().map(|since| since.resolve(now, &TimeZone::system())),
            types: self.types.iter().map(|pattern| pattern.as_str().to_owned()).collect(),
            body: self.body.filters.clone(),
            to: self.to.clone(),
        }
    }

    pub(super) fn send_options(&self) -> SendOptions {
        SendOptions {
            extra: header::map(&self.header),
            limit: duration::limit(self.timeout),
            insecure: self.insecure,
        }
    }
}

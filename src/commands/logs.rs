//! `cstar logs`: requests to the API, as a list or live with `--tail`.

mod lines;
mod tail;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use jiff::tz::TimeZone;
use serde_json::Value;

use super::Context;
use crate::api::LogFilter;
use crate::args::time_spec::{self, TimeSpec};
use crate::host::random;
use crate::ops::session::Session;
use crate::output::{Failure, style};
use lines::{Lines, here};

/// Requests listed without `--limit`, and with `--tail` those shown before the live ones.
const LISTED: u16 = 50;
const BEFORE_TAIL: u16 = 10;
const MOST: u16 = 10_000;

/// Show API requests, as a list or live
///
/// Lists requests made with your team's keys by any client, newest last, with status, duration and id.
/// With `--tail` it follows new requests until Ctrl-C.
///
/// cStar does not document these requests. `cstar doctor` shows whether your server has them.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar logs",
    "cstar logs --status 4xx,5xx --since 1h",
    "cstar logs --method POST --path 'webhooks/*'",
    "cstar logs --tail",
    "cstar logs --json | jq -r '.[] | select(.duration_ms > 500) | .id'";
    "This needs a secret key (sk_…).",
])]
pub(crate) struct Args {
    /// Only these HTTP methods: POST or GET,POST
    #[arg(long, value_name = "METHOD", value_delimiter = ',', ignore_case = true, hide_possible_values = true, value_parser = method())]
    method: Vec<String>,
    /// Only these response statuses: 404, 4xx or 400-499; several with commas
    #[arg(long, value_name = "STATUS", value_delimiter = ',', value_parser = parse_status)]
    status: Vec<String>,
    /// Only paths that match, with * for any characters: 'tickets/*' or '/api/v1/auth/*'
    #[arg(long, value_name = "GLOB", value_parser = parse_path)]
    path: Option<String>,
    /// Only since this time: 1h or 2d (ago), 2026-03-06, 2026-03-06T14:30
    #[arg(long, value_name = "TIME", value_parser = time_spec::parse)]
    since: Option<TimeSpec>,
    /// Only before this time
    #[arg(long, value_name = "TIME", value_parser = time_spec::parse, conflicts_with = "tail")]
    until: Option<TimeSpec>,
    /// Show at most N requests, the newest [default: 50; with --tail 10]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=i64::from(MOST)))]
    limit: Option<u16>,
    /// Follow new requests until Ctrl-C
    #[arg(long)]
    tail: bool,
}

/// `PossibleValuesParser`, so that clap completes and suggests the values.
fn method() -> impl TypedValueParser<Value = String> {
    PossibleValuesParser::new(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
        .map(|method| method.to_ascii_uppercase())
}

fn parse_status(text: &str) -> Result<String, &'static str> {
    let expected = "expected a status such as 404, a class such as 4xx, or a range such as 400-499";
    let text = text.trim().to_ascii_lowercase();
    let status = |text: &str| text.parse::<u16>().ok().filter(|status| (100..=599).contains(status));
    let (from, to) = match text.strip_suffix("xx") {
        Some(class) => (status(&format!("{class}00")), status(&format!("{class}99"))),
        None => {
            let (from, to) = text.split_once('-').unwrap_or((&text, &text));
            (status(from), status(to))
        }
    };
    match (from, to) {
        (Some(from), Some(to)) if from <= to && !text.contains('+') => Ok(text),
        _ => Err(expected),
    }
}

fn parse_path(text: &str) -> Result<String, &'static str> {
    match text.trim() {
        "" => Err("expected a pattern such as 'tickets/*'"),
        path if path.chars().count() > 200 => Err("a pattern has at most 200 characters"),
        path => Ok(path.to_owned()),
    }
}

pub(crate) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    let filter = filter(context, &args)?;
    let account = context.account()?;
    // Our own requests are left out of the stream.
    let client = context.client_for(&account)?.with_tail_name(&random::alphanumeric::<16>());
    let session = Session::open(account, client).await?;
    if args.tail {
        let before = match (args.limit, &args.since) {
            (Some(limit), _) => limit,
            (None, Some(_)) => MOST,
            (None, None) => BEFORE_TAIL,
        };
        return tail::run(context, &session, &filter, usize::from(before)).await;
    }
    list(context, &session, &filter, usize::from(args.limit.unwrap_or(LISTED))).await
}

fn filter(context: &Context, args: &Args) -> Result<LogFilter, Failure> {
    let (now, zone) = (context.clock.now(), TimeZone::system());
    let at = |time: &Option<TimeSpec>| time.as_ref().map(|time| time.resolve(now, &zone));
    let (since, until) = (at(&args.since), at(&args.until));
    if let (Some(since), Some(until)) = (since, until)
        && since >= until
    {
        return Err(Failure::usage("--since is not before --until: no request can match"));
    }
    Ok(LogFilter {
        methods: args.method.clone(),
        statuses: args.status.clone(),
        path: args.path.clone(),
        since,
        until,
    })
}

async fn list(
    context: &mut Context,
    session: &Session,
    filter: &LogFilter,
    limit: usize,
) -> Result<(), Failure> {
    let mut requests = session.client.logs(&session.identity, filter, limit).await?;
    requests.reverse();
    let list: Vec<&Value> = requests.iter().map(|request| &request.raw).collect();
    let mut lines = Lines::new(here(context), &session.identity);
    context.output.show(&list, |out| {
        if requests.is_empty() {
            return out.status(&style::dim("No request matches."));
        }
        lines.fit(out.columns(), context.global.verbose > 0);
        lines.list(&requests).iter().try_for_each(|line| out.data(line))?;
        if requests.len() == limit && limit < usize::from(MOST) {
            let more = limit.saturating_mul(10).min(usize::from(MOST));
            out.status(&style::dim(&format!("The newest {limit}; there may be more: --limit {more}")))?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_a_number_a_class_or_a_range() {
        for (text, status) in [("404", "404"), ("4XX", "4xx"), (" 400-499 ", "400-499")] {
            assert_eq!(parse_status(text).as_deref(), Ok(status));
        }
        for bad in ["", "x", "4", "xx", "6xx", "40x", "499-400", "400-", "-400", "+404", "+4xx", "1000"] {
            assert!(parse_status(bad).is_err(), "{bad}");
        }
    }
}

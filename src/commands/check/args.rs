//! The flags of `cstar check`, and what they choose.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser};
use reqwest::Url;

use super::catalogue::{CHECKS, CheckInfo};
use crate::Secret;
use crate::args::{header, pattern, secret, target};
use crate::event::{self, Pattern};
use crate::output::Failure;

/// Test whether a webhook endpoint handles what cStar sends
///
/// Sends valid, forged, repeated and unusual events to the endpoint, and checks its answers: a table with a line per
/// check, and advice for the framework that the answers show. Exits with 1 if a check fails. It takes 20 seconds at
/// most.
///
/// The events are samples, but the endpoint cannot know: it acts on them. Signs with --secret, else with the secret
/// of `cstar listen`: that of the sandbox with --sandbox, else that of the profile or of this machine.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar check localhost:3000/webhook --sandbox",
    "cstar check http://localhost:3000/webhook --secret whsec_test --events 'ticket.*'",
    "cstar check 3000 --only raw-body,stale-timestamp",
    "cstar check https://staging.example.com/webhook --yes --junit report.xml",
    "cstar check --list";
    "`cstar help testing` explains what each check proves.",
])]
pub(crate) struct Args {
    /// URL, host:port/path or port of the endpoint
    #[arg(value_name = "URL", required_unless_present = "list", value_parser = target::parse)]
    pub(super) url: Option<Url>,
    /// Signing secret that the endpoint verifies with [env: CSTAR_WEBHOOK_SECRET]
    #[arg(long, value_name = "SECRET", value_parser = secret::parse)]
    pub(super) secret: Option<Secret>,
    /// Event types that the endpoint has to accept, such as 'ticket.*'; repeatable
    #[arg(long, value_name = "PATTERN", value_delimiter = ',', value_parser = pattern::parse)]
    pub(super) events: Vec<Pattern>,
    /// Run only this check; repeatable
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = check_names(), hide_possible_values = true)]
    pub(super) only: Vec<String>,
    /// Leave this check out; repeatable
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = check_names(), hide_possible_values = true)]
    pub(super) skip: Vec<String>,
    /// Extra header, `Name: value`; repeatable
    #[arg(short = 'H', long, value_name = "HEADER", value_parser = header::parse)]
    pub(super) header: Vec<header::Header>,
    /// Also write the results to this file as JUnit XML
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,
    /// List the checks
    #[arg(long, conflicts_with_all = ["url", "junit"])]
    pub(super) list: bool,
    /// Skip certificate checks
    #[arg(long)]
    pub(super) insecure: bool,
    /// Do not ask before events are sent to another machine
    #[arg(short, long)]
    pub(super) yes: bool,
}

fn check_names() -> PossibleValuesParser {
    PossibleValuesParser::new(CHECKS.iter().map(|check| PossibleValue::new(check.name).help(check.purpose)))
}

/// The checks that `--only` and `--skip` leave.
pub(super) fn wanted(args: &Args) -> Result<Vec<&'static CheckInfo>, Failure> {
    let is_wanted = |check: &&CheckInfo| {
        let is_in = |names: &[String]| names.iter().any(|name| name == check.name);
        (args.only.is_empty() || is_in(&args.only)) && !is_in(&args.skip)
    };
    let wanted: Vec<_> = CHECKS.iter().filter(is_wanted).collect();
    if wanted.is_empty() {
        return Err(
            Failure::usage("--only and --skip leave no check").hint("`cstar check --list` lists them")
        );
    }
    Ok(wanted)
}

/// The documented types that match `--events`.
pub(super) fn types(patterns: &[Pattern]) -> Result<Option<Vec<&'static str>>, Failure> {
    if patterns.is_empty() {
        return Ok(None);
    }
    let all = event::catalogue().iter().map(|event| event.name);
    let types: Vec<_> = all.filter(|name| patterns.iter().any(|pattern| pattern.matches(name))).collect();
    if types.is_empty() {
        return Err(Failure::usage("no event type matches --events").hint("`cstar events` lists them"));
    }
    Ok(Some(types))
}

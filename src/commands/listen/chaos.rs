//! `--chaos`: which kinds, how often, with which seed; and the confirmation that a live key needs.

use std::sync::Arc;
use std::time::Duration;

use crate::account::Account;
use crate::args::duration;
use crate::commands::Context;
use crate::commands::confirm::{Question, confirm};
use crate::forward::{Chaos, ChaosKind};
use crate::host::random;
use crate::output::{Failure, style};

/// Hundredths of a percent for a kind that has no percentage.
const DEFAULT_RATE: u32 = 10 * 100;
const DEFAULT_DELAY: (Duration, Duration) = (Duration::ZERO, Duration::from_secs(3));
const LONGEST_DELAY: Duration = Duration::from_secs(600);

#[derive(clap::Args, Debug, Default)]
pub(crate) struct ChaosArgs {
    /// Disturb deliveries as a network may: duplicate, delay=0..3s, reorder, drop-answer, stale, tamper, or all; 10% of them, or as in tamper=5%
    #[arg(long, value_name = "KINDS", value_delimiter = ',', value_parser = parse, conflicts_with_all = ["print", "print_secret"])]
    chaos: Vec<ChaosRule>,
    /// Repeat the chaos of another run: the same happens to the same events [default: a random number]
    #[arg(long, value_name = "N", requires = "chaos")]
    chaos_seed: Option<u64>,
    /// Do not ask before --chaos with a live key
    #[arg(short, long, requires = "chaos")]
    yes: bool,
}

/// One part of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ChaosRule {
    /// `None` for all.
    kind: Option<ChaosKind>,
    /// In hundredths of a percent.
    rate: u32,
    delay: Option<(Duration, Duration)>,
}

impl ChaosArgs {
    /// The chaos that the flags ask for, which is reported. Asks for a confirmation if the key is live.
    pub(super) async fn resolve(
        &self,
        context: &mut Context,
        account: &Account,
    ) -> Result<Option<Arc<Chaos>>, Failure> {
        if self.chaos.is_empty() {
            return Ok(None);
        }
        let seed = self.chaos_seed.unwrap_or_else(|| u64::from(u32::from_be_bytes(random::bytes())));
        let chaos = chaos(&self.chaos, seed)?;
        if account.key.environment() == "live" && !self.yes {
            let question = Question {
                text: "The key is live: real events would reach the server late, twice or changed. Disturb them?",
                action: "chaos with a live key",
                hint: "use a test key or --sandbox, or confirm with --yes",
            };
            // Ctrl-C belongs to the run from here on.
            drop(confirm(context, &question).await?);
        }
        let line = format!("Chaos is on: deliveries are disturbed on purpose. Seed: {seed}");
        context.output.status(&style::warn(&line))?;
        Ok(Some(Arc::new(chaos)))
    }
}

fn chaos(rules: &[ChaosRule], seed: u64) -> Result<Chaos, Failure> {
    let mut chaos = Chaos::new(seed).with_delay(DEFAULT_DELAY.0, DEFAULT_DELAY.1);
    let mut seen: Vec<ChaosKind> = Vec::new();
    for rule in rules {
        let kinds = rule.kind.map_or(ChaosKind::ALL.to_vec(), |kind| vec![kind]);
        for kind in kinds {
            if seen.contains(&kind) {
                return Err(Failure::usage(format!("--chaos names {} twice", kind.name())));
            }
            seen.push(kind);
            chaos = chaos.with(kind, rule.rate);
        }
        if let Some((from, to)) = rule.delay {
            chaos = chaos.with_delay(from, to);
        }
    }
    Ok(chaos)
}

/// Reads `KIND`, `KIND=5%`, `delay=0..3s` or `delay=0..3s@5%`.
fn parse(text: &str) -> Result<ChaosRule, String> {
    let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
    let kind = match name {
        "all" => None,
        _ => Some(ChaosKind::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(expected)?),
    };
    let Some(value) = value else { return Ok(ChaosRule { kind, rate: DEFAULT_RATE, delay: None }) };
    if kind != Some(ChaosKind::Delay) || value.ends_with('%') && !value.contains('@') {
        return Ok(ChaosRule { kind, rate: rate(value)?, delay: None });
    }
    let (times, rate) = match value.split_once('@') {
        Some((times, percent)) => (times, rate(percent)?),
        None => (value, DEFAULT_RATE),
    };
    let (from, to) = times.split_once("..").unwrap_or((times, times));
    let (from, to) = (duration::parse(from)?, duration::parse(to)?);
    if from > to || to > LONGEST_DELAY {
        return Err("expected a delay such as 0..3s, the shorter one first, at most 10m".to_owned());
    }
    Ok(ChaosRule { kind, rate, delay: Some((from, to)) })
}

/// Reads `5%` or `0.5%` into hundredths of a percent.
fn rate(text: &str) -> Result<u32, String> {
    let expected = || "expected a percentage from 0.01% to 100%, such as 5%".to_owned();
    let number = text.strip_suffix('%').ok_or_else(expected)?;
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let is_digits =
        |text: &str| !text.is_empty() && text.len() <= 3 && text.bytes().all(|c| c.is_ascii_digit());
    if !is_digits(whole) || !is_digits(part) || part.len() > 2 {
        return Err(expected());
    }
    let part: u32 = format!("{part:0<2}").parse().map_err(|_| expected())?;
    let whole: u32 = whole.parse().map_err(|_| expected())?;
    Some(whole * 100 + part).filter(|rate| (1..=10_000).contains(rate)).ok_or_else(expected)
}

fn expected() -> String {
    let names = ChaosKind::ALL.map(ChaosKind::name).join(", ");
    format!("expected {names} or all, each with a percentage if you like: stale=5%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_take_percentages_and_delays() {
        let seconds = |from, to| Some((Duration::from_secs(from), Duration::from_secs(to)));
        for (text, kind, rate, delay) in [
            ("stale", ChaosKind::Stale, 1000, None),
            ("drop-answer=5%", ChaosKind::DropAnswer, 500, None),
            ("tamper=0.5%", ChaosKind::Tamper, 50, None),
            ("duplicate=100%", ChaosKind::Duplicate, 10_000, None),
            ("delay", ChaosKind::Delay, 1000, None),
            ("delay=2%", ChaosKind::Delay, 200, None),
            ("delay=0..3s", ChaosKind::Delay, 1000, seconds(0, 3)),
            ("delay=2s", ChaosKind::Delay, 1000, seconds(2, 2)),
            ("delay=1s..1m@12.25%", ChaosKind::Delay, 1225, seconds(1, 60)),
        ] {
            assert_eq!(parse(text), Ok(ChaosRule { kind: Some(kind), rate, delay }), "{text}");
        }
        assert_eq!(parse("all=3%"), Ok(ChaosRule { kind: None, rate: 300, delay: None }));
    }

    #[test]
    fn wrong_parts_of_the_list_are_named() {
        for bad in ["", "loss", "Stale", "=5%", " stale"] {
            assert_eq!(parse(bad), Err(expected()), "{bad}");
        }
        for bad in ["stale=5", "stale=0%", "stale=101%", "stale=%", "stale=1.234%", "stale=-1%", "all=0..3s"]
        {
            assert!(parse(bad).unwrap_err().contains("percentage"), "{bad}");
        }
        for bad in ["delay=3s..1s", "delay=0..1h", "delay=x", "delay=1s..", "delay=..", "delay=1s@5"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn kind_may_be_named_only_once() {
        let rules = |texts: &[&str]| texts.iter().map(|text| parse(text).unwrap()).collect::<Vec<_>>();
        assert!(chaos(&rules(&["stale", "tamper"]), 1).is_ok());
        for twice in [["stale", "stale=5%"], ["all", "delay"]] {
            assert!(chaos(&rules(&twice), 1).unwrap_err().message().ends_with("twice"));
        }
    }
}

//! `cstar replay`: events of the history delivered once more, with the same id and bytes and a fresh
//! signature. What comes of it is recorded as further attempts.

mod select;
mod send;

use std::sync::Arc;

use reqwest::Url;
use serde_json::Value;

use super::Context;
use crate::Secret;
use crate::account::webhook_secret;
use crate::cli::{duration, header, moment, pattern, secret, target};
use crate::event::Pattern;
use crate::history::{Journal, Scope, Settings};
use crate::ops::history_file;
use crate::output::{Exit, Failure, style};
use select::{Selected, Wanted};
use send::{Sender, Sent, Verdict};

/// Deliver events from the history once more
#[derive(clap::Args, Debug)]
#[command(
    group(clap::ArgGroup::new("which").required(true).multiple(true).args(["ids", "failed", "since"])),
    after_help = "Examples:\n  cstar replay evt_ticket_created_1774583010044\n  cstar replay --failed --since 1h\n  cstar replay --since 10m --type 'ticket.*' --to localhost:4000/webhook\n  CSTAR_WEBHOOK_SECRET=$(cstar listen --print-secret) cstar replay --failed"
)]
pub(crate) struct Args {
    /// Ids of events, or their beginnings
    #[arg(value_name = "ID", conflicts_with_all = ["failed", "since", "types"])]
    ids: Vec<String>,
    /// Every delivery that failed
    #[arg(long)]
    failed: bool,
    /// Only what was received then or later: 1h (ago), 2026-03-06; without --failed, delivered events too
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    since: Option<moment::Moment>,
    /// Only these types: 'ticket.*,customer.created'; repeatable
    #[arg(long = "type", value_name = "PATTERN", value_delimiter = ',', value_parser = pattern::parse)]
    types: Vec<Pattern>,
    /// Deliver here instead of where they went
    #[arg(long, value_name = "TARGET", value_parser = target::parse)]
    to: Option<Url>,
    /// Sign with this secret [env: CSTAR_WEBHOOK_SECRET]
    #[arg(long, value_name = "SECRET", value_parser = secret::parse)]
    secret: Option<Secret>,
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

/// Runs the command.
pub(crate) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    let reader = history_file::open(&context.env, &mut context.output)?;
    let Selected { events, scope } = select::events(&reader, &args, context.clock.now())?;
    drop(reader);
    let Some(scope) = scope else {
        context.output.note(&style::dim("No event matches: nothing was sent."))?;
        return print_json(context, &[]);
    };
    let Some((secret, _)) = webhook_secret(args.secret.as_ref(), &context.env) else {
        return Err(Failure::usage("no signing secret to sign with: the history never holds one")
            .hint("set CSTAR_WEBHOOK_SECRET to what `cstar listen --print-secret` prints, or use --secret"));
    };
    let sender = Sender::new(&args, secret.expose(), &events, context.clock.clone())?;
    let journal = open_journal(context, scope, &events).await?;
    let outcome = replay(context, &journal, sender, &events).await;
    let off = journal.status().borrow().off.clone();
    journal.close().await;
    if let Some(reason) = off {
        context.output.note(&style::warn(&format!("The history is off: {reason}")))?;
    }
    outcome
}

async fn open_journal(context: &Context, scope: Scope, events: &[Wanted]) -> Result<Journal, Failure> {
    let path = history_file::needed_path(&context.env)?;
    let journal = Journal::open(Settings::new(path, context.clock.clone()));
    let failed = |error| Failure::failed(format!("could not write the history: {error}"));
    let journal = journal.map_err(failed)?;
    let mut targets: Vec<Arc<str>> = events.iter().flat_map(|event| event.targets.iter().cloned()).collect();
    targets.sort();
    targets.dedup();
    journal.begin_run(scope, targets, std::process::id()).await.map_err(failed)?;
    Ok(journal)
}

/// One after the other, in the order received.
async fn replay(
    context: &mut Context,
    journal: &Journal,
    mut sender: Sender,
    events: &[Wanted],
) -> Result<(), Failure> {
    let mut sent: Vec<Sent> = Vec::new();
    let mut outcome = Ok(());
    'all: for event in events {
        let stored = journal.reopen(vec![event.key]).await;
        let stored =
            stored.map_err(|error| Failure::failed(format!("could not read the history: {error}")))?;
        if stored.is_empty() {
            outcome = Err(Failure::failed(format!("the event `{}` is no longer in the history", event.id)));
            break;
        }
        for target in &event.targets {
            match sender.send(journal, &stored, target).await {
                Ok(one) => {
                    if !context.output.is_json() {
                        context.output.data(&one.line())?;
                    }
                    sent.push(one);
                }
                Err(failure) => {
                    outcome = Err(failure);
                    break 'all;
                }
            }
        }
    }
    let results: Vec<Value> = sent.iter().map(Sent::as_json).collect();
    print_json(context, &results)?;
    outcome.and_then(|()| judge(&sent))
}

fn print_json(context: &mut Context, results: &[Value]) -> Result<(), Failure> {
    if context.output.is_json() {
        context.output.json(&results)?;
    }
    Ok(())
}

/// A failed delivery counts more than one that could not even be tried.
fn judge(sent: &[Sent]) -> Result<(), Failure> {
    let of = |verdict| sent.iter().filter(move |one| one.verdict == verdict);
    if let Some(first) = of(Verdict::Failed).next() {
        let count = of(Verdict::Failed).count();
        return Err(Failure::failed(format!("{count} of {} replays failed", sent.len()))
            .hint(format!("what happened is told by: cstar why {}", first.id)));
    }
    match of(Verdict::Refused).next() {
        Some(first) => Err(Failure::new(Exit::Unreachable, format!("{} refuses connections", first.target))
            .hint("is your server running, at this address and port? another one is named by --to")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;

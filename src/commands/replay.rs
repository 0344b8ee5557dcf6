//! `cstar replay`: delivers events of the history again, with the same id and body and a fresh signature. The
//! attempts are recorded in the history.

mod args;

use serde_json::Value;

use super::Context;
use crate::Secret;
use crate::history::{Journal, RunScope};
use crate::ops::history_file;
use crate::ops::replay::{self, ReplayAttempt, ReplayItem, ReplayPlan, Sender};
use crate::output::attempt::AttemptView;
use crate::output::{Failure, activity, style};
pub(crate) use args::Args;

pub(crate) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    context.remark_on(&args.body.filters)?;
    let reader = history_file::open(&context.env, &mut context.output)?;
    let ReplayPlan { events, scope } = replay::select(&reader, &args.selection(context.clock.now()))?;
    let Some(scope) = scope else {
        let nothing = style::dim(&format!("{} Nothing was sent.", history_file::no_event(&reader)));
        return context.output.show(&Vec::<Value>::new(), |out| out.status(&nothing));
    };
    drop(reader);
    let secret = secret(context, args.secret.as_ref(), &scope).await?;
    let sender = Sender::new(args.send_options(), secret.expose(), &events, context.clock.clone())?;
    let path = history_file::needed_path(&context.env)?;
    let journal = replay::open_journal(path, context.clock.clone(), scope, &events).await?;
    let outcome = send(context, &journal, sender, &events).await;
    let status = journal.status();
    journal.close().await;
    if let Some(reason) = activity::not_recorded(&status.borrow()) {
        context.output.status(&style::warn(&reason))?;
    }
    outcome
}

/// The secret that `listen` would use: the given one, or that of a session at the server of the events. A server on
/// this machine is a sandbox.
async fn secret(context: &mut Context, flag: Option<&Secret>, scope: &RunScope) -> Result<Secret, Failure> {
    if let Some((secret, _)) = context.signing_secret(flag)? {
        return Ok(secret);
    }
    let options = context.global.account_options();
    let account = replay::account_of(scope, &options, &context.env)?;
    context.warn_about(&account)?;
    replay::secret_of(account, scope, (&options, &context.env, context.clock.clone())).await
}

async fn send(
    context: &mut Context,
    journal: &Journal,
    sender: Sender,
    events: &[ReplayItem],
) -> Result<(), Failure> {
    let types = events.iter().map(|event| event.event_type.as_str());
    let view = AttemptView::new(context.output.columns(), types, context.global.verbose > 0);
    let output = &mut context.output;
    let progress = output.progress("Replaying");
    let (mut done, total) = (0, events.iter().map(|event| event.targets.len() as u64).sum());
    progress.at(done, Some(total));
    let on_sent = |one: &ReplayAttempt| {
        done += 1;
        progress.at(done, Some(total));
        let line = view.columns.map_or_else(|| one.line(), |_| view.line(&one.attempt_line()));
        Ok(output.live(|out| out.data(&line))?)
    };
    let (sent, outcome) = replay::send_all(journal, sender, events, on_sent).await;
    drop(progress);
    let results: Vec<Value> = sent.iter().map(ReplayAttempt::as_json).collect();
    // People have already seen each attempt.
    context.output.show(&results, |_| Ok(()))?;
    outcome.and_then(|()| replay::exit_result(&sent))
}

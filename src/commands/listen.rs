//! `cstar listen`: forwards events to servers on this machine.

mod args;
mod chaos;
pub(crate) mod dev;
mod engine;
mod exec;
mod exit;
mod expect;
mod history;
mod keyboard;
mod local_sandbox;
mod page;
mod plan;
mod prepared;
mod print_secret;
mod public_url;
mod ready_file;
mod record;
mod schema;
mod show;
mod source;
mod targets;
mod temporary_webhook;
mod tui;
mod webhook_record;

use std::mem::take;

use super::Context;
use crate::account::Account;
use crate::api::Identity;
use crate::output::sanitize::sanitize;
use crate::output::{Failure, style};
use crate::stream::subscription::StreamConfig;
pub(crate) use args::Args;
use exit::{check_schema, exit_result};
use history::{HistoryUse, OpenedHistory};
use local_sandbox::start_sandbox_if_none;
use plan::plan;
use prepared::{Prepared, check};
use print_secret::{print_machine_secret, print_secret, warn_about_environment};
pub(crate) use ready_file::remove_named_in as remove_ready_file;
use source::EventSource;
use tui::TuiSetup;

pub(crate) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    if args.tui.tui {
        args.expect.check_no_command_with_tui()?;
        tui::require_terminal(context)?;
    }
    let given = context.signing_secret(args.secret.as_ref())?;
    if args.print_secret
        && let Some(secret) = &args.secret
    {
        return Ok(context.output.data(secret.expose())?);
    }
    if args.print_secret {
        warn_about_environment(context, given.map(|(_, origin)| origin))?;
    }
    check(context, &args)?;
    let mut account = context.account()?;
    let local = match account.sandbox.clone() {
        Some(choice) => start_sandbox_if_none(context, &mut account, &choice).await?,
        None => None,
    };
    let outcome = listen(context, args, &account, None).await;
    if let Some(local) = local {
        local.stop().await;
    }
    outcome
}

async fn listen(
    context: &mut Context,
    mut args: Args,
    account: &Account,
    prepared: Option<Prepared>,
) -> Result<(), Failure> {
    let (given, interrupts) = prepared.map_or((None, None), |it| (Some(it.targets), Some(it.interrupts)));
    let targets = match given {
        Some(targets) => targets,
        None if args.print_secret => Vec::new(),
        // Before any request, because these errors do not need the network.
        None => {
            let named = (take(&mut args.forward_to), take(&mut args.route));
            match args.show.print {
                true => Vec::new(),
                false => targets::resolve(context, named, take(&mut args.exec).targets())?,
            }
        }
    };
    let chaos = args.chaos.resolve(context, account).await?;
    let recording = args.record.open()?;
    args.expect.check(&args.events, &targets)?;
    let page = page::start(context, &args, account, &targets)?;
    if args.print_secret && args.public.is_given() {
        return print_machine_secret(context);
    }
    let public = take(&mut args.public).bind(context, account).await?;
    let session = context.session_for(account.clone()).await?;
    if args.print_secret {
        let config =
            StreamConfig { transport: args.transport, ..session.event_stream(context.clock.clone()) };
        return print_secret(context, config, account).await;
    }
    print_account(context, account, &session.identity)?;
    let ready_path = take(&mut args.ready_file);
    let (transport, resume, no_history) = (args.transport, args.resume, args.no_history);
    let limit = args.history_limit;
    let (stdin_eof, full_screen, is_strict) = (args.exit_on_stdin_eof, args.tui.tui, args.schema.strict);
    args.run_for = args.expect.limit().or(args.run_for);
    let (observer, conclusion) = take(&mut args.expect).observer(&targets, context.clock.now()).unzip();
    let plan = plan(context, args, (targets, chaos));
    let mut opened = match (no_history, HistoryUse::of(resume, public.is_some())) {
        (true, _) => OpenedHistory::none(),
        (false, need) => {
            history::open(context, (resume, need), limit, account, &session.identity, &plan.targets).await?
        }
    };
    let full_screen = full_screen.then(|| {
        let scope = history::scope(account, &session.identity);
        TuiSetup::new(context, scope, &plan)
    });
    let count = plan.count;
    let stream = StreamConfig {
        types: plan.subscription(),
        transport,
        cursor: opened.cursor.clone(),
        ..session.event_stream(context.clock.clone())
    };
    let interrupts = (interrupts, stdin_eof);
    let source = source::open(context, &session, (public, stream), (resume, &mut opened), interrupts);
    let EventSource { mut items, receiver, interrupts } = source.await?;
    let shown = full_screen.is_none().then(|| context.another_output());
    let recording = recording.map(|recording| recording.start(&plan, &mut items, shown));
    let files = (ready_path, interrupts, page);
    let ended = engine::run(context, plan, items, opened, files, (full_screen, observer)).await;
    if let Some(receiver) = receiver {
        receiver.close(context, &session).await?;
    }
    let recorded = record::finish(recording, context).await;
    let ended = ended?;
    let differences = check_schema(is_strict, &ended);
    let result = match conclusion {
        Some(conclusion) => conclusion.conclude(context, ended, account).await,
        None => exit_result(ended, count, account),
    };
    result.and(differences).and(recorded)
}

/// Prints team, key and server: the wrong profile is a common reason why no events arrive.
fn print_account(context: &mut Context, account: &Account, identity: &Identity) -> Result<(), Failure> {
    let team = identity.team_name.as_deref().unwrap_or(&identity.team_id);
    let data = identity.environment.as_deref().map(|name| format!(" ({name} data)")).unwrap_or_default();
    let profile = account.profile.as_ref().map(|name| format!("profile {name}, ")).unwrap_or_default();
    let key = format!("{profile}key {}… from {}", account.key.prefix(), account.origin);
    let line = format!("{}{}, {key}, {}", sanitize(team), sanitize(&data), account.base);
    Ok(context.output.status(&style::dim(&line))?)
}

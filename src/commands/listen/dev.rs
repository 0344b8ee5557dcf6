//! `cstar dev`: runs the user's server and forwards events to it. It is `listen` with a server process around it.

mod args;
mod environment;
mod port;
mod server;

use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;

use super::listen;
use super::local_sandbox::start_sandbox_if_none;
use super::prepared::{Prepared, check};
use crate::Secret;
use crate::account::{Account, ResolveError, generated_secret};
use crate::commands::Context;
use crate::host::dirs;
use crate::host::signals::{Interrupts, Stopper};
use crate::ops::session_secret::secret_of;
use crate::output::{Exit, Failure, style};
pub(crate) use args::Args;
use port::{Address, Opened};
use server::{ServerExit, ServerProcess};

/// The beginning of the lines of this program.
const OWN: &str = "[cstar] ";
/// After the server has ended, the deliveries in flight fail within this time.
const LAST_DELIVERIES: Duration = Duration::from_secs(1);

pub(crate) async fn run(context: &mut Context, mut args: Args) -> Result<(), Failure> {
    args.check()?;
    args.command = std::mem::take(&mut args.listen.expect.command);
    if !context.output.is_json() {
        context.global.prefix = Some(OWN);
        context.output = context.another_output();
    }
    check(context, &args.listen)?;
    args.listen.opens_page = args.listen.ui && context.output.stdout_is_terminal();
    let program = environment::program(context, &args.command)?;
    let mut account = account(context)?;
    let local = match account.sandbox.clone() {
        Some(choice) => start_sandbox_if_none(context, &mut account, &choice).await?,
        None => None,
    };
    let outcome = serve(context, (args, program), &account).await;
    if let Some(local) = local {
        local.stop().await;
    }
    outcome
}

/// The account in force, or that of the sandbox without a login.
fn account(context: &mut Context) -> Result<Account, Failure> {
    match Account::resolve(&context.global.account_options(), &context.env) {
        Err(ResolveError::NoKey) => {
            context.output.status(&style::dim("Not logged in: using the sandbox."))?;
            context.global.sandbox = true;
            context.account()
        }
        _ => context.account(),
    }
}

/// Runs the server with everything it needs, and ends it.
async fn serve(
    context: &mut Context,
    (mut args, program): (Args, PathBuf),
    account: &Account,
) -> Result<(), Failure> {
    let address = Address::choose(context, &mut args)?;
    address.require_free().await?;
    let secret = signing_secret(context, &args, account).await?;
    let stdin_eof = args.listen.exit_on_stdin_eof;
    let (interrupts, stopper) = Interrupts::listen_stoppable(stdin_eof)?;
    let command = environment::command(context, program, &args.command, (account, &secret, address.port()))?;
    let mut server = ServerProcess::start(context, command, &args.command)?;
    let grace = args.grace;
    let ended = forward(context, args, account, &mut server, (address, interrupts.clone(), stopper)).await;
    let signal = interrupts.last_signal();
    match ended {
        Ended::Server { code, before } => {
            server.finish().await;
            report_end(context, code, before)
        }
        Ended::Run(outcome) => {
            let is_interrupted = interrupts.has_interrupt();
            let code = server.stop(context, signal, grace, interrupts).await?;
            outcome?;
            // The server may have a reason of its own. To end by the signal is none.
            match code {
                ServerExit(code @ 1..128) if is_interrupted => Err(Failure::reported(Exit::Server(code))),
                _ => Ok(()),
            }
        }
    }
}

/// What ended first.
enum Ended {
    Server { code: ServerExit, before: &'static str },
    Run(Result<(), Failure>),
}

/// Waits for the port, then forwards until the run or the server ends.
async fn forward(
    context: &mut Context,
    args: Args,
    account: &Account,
    server: &mut ServerProcess,
    (address, mut interrupts, stopper): (Address, Interrupts, Stopper),
) -> Ended {
    let port = address.port();
    let opened = tokio::select! {
        opened = address.wait(server.id(), args.wait) => opened,
        code = server.wait() => return Ended::Server { code, before: " before it listened on a port" },
        () = interrupts.next() => return Ended::Run(Ok(())),
    };
    let targets = match report(context, &opened, port) {
        Ok(()) => opened.targets(),
        Err(failure) => return Ended::Run(Err(failure)),
    };
    let prepared = Prepared { targets, interrupts };
    let run = listen(context, args.listen, account, Some(prepared));
    tokio::pin!(run);
    tokio::select! {
        outcome = &mut run => Ended::Run(outcome),
        code = server.wait() => {
            stopper.stop();
            if tokio::time::timeout(LAST_DELIVERIES, &mut run).await.is_err() {
                stopper.stop();
                // Its own result is that it was interrupted.
                let _ = run.await;
            }
            Ended::Server { code, before: "" }
        }
    }
}

/// The secret that deliveries are signed with, found as `listen --print-secret` does.
async fn signing_secret(context: &mut Context, args: &Args, account: &Account) -> Result<Secret, Failure> {
    if let Some((secret, _)) = context.signing_secret(args.listen.secret.as_ref())? {
        return Ok(secret);
    }
    if args.listen.public.is_given() {
        let secret = generated_secret(dirs::config(&context.env).as_deref());
        return secret.map_err(|error| Failure::failed(error.to_string()));
    }
    let session = context.session_for(account.clone()).await?;
    Ok(secret_of(&session, &context.env, context.clock.clone()).await?.secret)
}

fn report(context: &mut Context, opened: &Opened, expected: Option<u16>) -> Result<(), Failure> {
    let line = json!({ "type": "server", "state": opened.state(), "port": opened.port() });
    let text = opened.text(expected);
    context.output.show_line(&line, |out| match text {
        Some(text) => out.status(&text),
        None => Ok(()),
    })?;
    match opened.warning() {
        Some(warning) => Ok(context.output.warning(&style::warn(&warning))?),
        None => Ok(()),
    }
}

/// The result after the server has ended by itself.
fn report_end(context: &mut Context, code: ServerExit, before: &str) -> Result<(), Failure> {
    let line = json!({ "type": "server", "state": "ended", "exit_code": code.0 });
    let text = format!("The server ended{before} ({code}).");
    match code.0 {
        0 => context.output.show_line(&line, |out| out.status(&text)),
        number => {
            context.output.show_line(&line, |_| Ok(()))?;
            Err(Failure::new(Exit::Server(number), format!("the server ended{before}: {code}")))
        }
    }
}

//! `listen --print-secret`: prints only the signing secret of this machine's deliveries.

use crate::account::{Account, Origin, generated_secret};
use crate::commands::Context;
use crate::host::dirs;
use crate::host::shell::unset_variable;
use crate::ops::stream_errors::{refused, stream_error};
use crate::output::{Exit, Failure, style};
use crate::stream::members::IgnoredMember;
use crate::stream::subscription::{StreamConfig, StreamItem, subscribe};

/// Without the stream, `--public-url` is the only way to receive.
const NO_STREAM: &str = "this server has no listen stream; the secret of --public-url: cstar listen --public-url URL --print-secret";

/// Deliveries are signed with the secret of the environment, not with the one that is about to be printed.
pub(super) fn warn_about_environment(context: &mut Context, origin: Option<Origin>) -> Result<(), Failure> {
    let Some(origin @ Origin::Environment(variable)) = origin else { return Ok(()) };
    let unset = unset_variable(variable);
    let line = format!("{origin} is set, and `listen` signs with it; to use this one: {unset}");
    Ok(context.output.warning(&style::warn(&line))?)
}

/// The secret that `--public-url` signs with: the webhook has another one, which changes with every run.
pub(super) fn print_machine_secret(context: &mut Context) -> Result<(), Failure> {
    let secret = generated_secret(dirs::config(&context.env).as_deref())
        .map_err(|error| Failure::failed(error.to_string()))?;
    Ok(context.output.data(secret.expose())?)
}

/// The secret of the session, or the one stored on this machine.
pub(super) async fn print_secret(
    context: &mut Context,
    config: StreamConfig,
    account: &Account,
) -> Result<(), Failure> {
    let mut stream = subscribe(config);
    while let Some(item) = stream.recv().await {
        match item {
            StreamItem::Connected(session) => {
                let secret = match session.secret {
                    Some(secret) => secret,
                    None => generated_secret(dirs::config(&context.env).as_deref())
                        .map_err(|error| Failure::failed(error.to_string()))?,
                };
                return Ok(context.output.data(secret.expose())?);
            }
            StreamItem::Ignored(IgnoredMember { member: "secret", flaw }) => {
                let line = format!("The session's signing secret is not used: {flaw}.");
                context.output.status(&style::warn(&line))?;
            }
            StreamItem::Refused(reason) if reason.is_missing_stream() => {
                return Err(refused(reason, account).hint(NO_STREAM));
            }
            StreamItem::Refused(reason) => return Err(refused(reason, account)),
            StreamItem::ErrorFrame(error) if error.is_fatal() => return Err(stream_error(error)),
            // Another transport is tried immediately.
            StreamItem::Disconnected { retry_in, .. } if retry_in.is_zero() => {}
            StreamItem::Disconnected { reason, .. } => {
                return Err(Failure::new(
                    Exit::Unreachable,
                    format!("could not open the event stream: {reason}"),
                ));
            }
            _ => {}
        }
    }
    Err(Failure::new(Exit::Unreachable, "could not open the event stream"))
}

//! Makes the inspector of a command: `listen --ui`, `sandbox` and `ui`.

use std::io;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::Context;
use crate::Secret;
use crate::account::AccountOptions;
use crate::args::{duration, pattern, target, time_spec};
use crate::host::io_error::io_message;
use crate::inspector::{Inspector, InspectorSettings, Mode, Parsers};
use crate::output::Failure;

/// `options` say which account is in force. An ephemeral one makes no file for its token.
pub(super) fn inspector(
    context: &Context,
    (mode, is_ephemeral): (Mode, bool),
    options: AccountOptions,
    secret: Option<Secret>,
    targets: Vec<String>,
) -> Result<Arc<Inspector>, Failure> {
    let parsers = Parsers {
        target: target::parse,
        time: |text, now| Ok(time_spec::parse(text)?.resolve(now, &TimeZone::system())),
        duration: duration::parse,
        pattern: |text| Ok(pattern::parse(text)?.as_str().to_owned()),
    };
    let (env, clock) = (context.env.clone(), context.clock.clone());
    let settings = InspectorSettings { mode, options, secret, targets, parsers, is_ephemeral, env, clock };
    Inspector::new(settings)
        .map_err(|error| Failure::failed(format!("could not make a token for the inspector: {error}")))
}

/// The failure when the port cannot be used.
pub(super) fn cannot_listen(port: Option<u16>, error: &io::Error) -> Failure {
    let place = port.map_or_else(|| "127.0.0.1".to_owned(), |port| format!("127.0.0.1:{port}"));
    let failure = Failure::failed(format!("could not listen on {place}: {}", io_message(error)));
    match error.kind() {
        io::ErrorKind::AddrInUse => failure.hint("name another port, or leave it out to get a free one"),
        _ => failure,
    }
}

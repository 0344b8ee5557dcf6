//! `--ui`: the inspector beside a run. It reads the history file, so that a page costs the engine nothing.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::args::Args;
use crate::account::{Account, AccountOptions};
use crate::commands::Context;
use crate::commands::inspector::{cannot_listen, inspector};
use crate::forward::{Activity, Target};
use crate::host::clock::Clock;
use crate::inspector::{InspectorServer, Mode};
use crate::output::Failure;

/// A running page, and its address with the token.
#[derive(Debug)]
pub(super) struct Page {
    _server: InspectorServer,
    pub(super) url: String,
}

/// Starts it if the flags ask for it, before anything connects: a port that is in use is an error.
pub(super) fn start(
    context: &Context,
    args: &Args,
    account: &Account,
    targets: &[Target],
) -> Result<Option<Page>, Failure> {
    if !args.ui {
        return Ok(None);
    }
    let own = context.global.account_options();
    let options = match account.sandbox.is_some() {
        // It may have been started at another port.
        true => AccountOptions { sandbox: true, base_url: Some(account.base.to_string()), ..own },
        false => own,
    };
    let targets = targets.iter().map(Target::display_url).collect();
    let inspector = inspector(context, (Mode::Listen, false), options, args.secret.clone(), targets)?;
    let server = InspectorServer::start(args.ui_port, Arc::clone(&inspector));
    let server = server.map_err(|error| cannot_listen(args.ui_port, &error))?;
    let url = inspector.url(&server.origin());
    Ok(Some(Page { _server: server, url }))
}

/// Passes activities on to `next`, and adds the address after the first connection.
pub(super) fn announce(url: String, clock: Clock, next: mpsc::Sender<Activity>) -> mpsc::Sender<Activity> {
    let (sender, mut receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        let mut url = Some(url);
        while let Some(activity) = receiver.recv().await {
            let is_ready = matches!(activity, Activity::Connected { .. });
            if next.send(activity).await.is_err() {
                break;
            }
            if let Some(url) = url.take_if(|_| is_ready)
                && next.send(Activity::Inspector { at: clock.now(), url }).await.is_err()
            {
                break;
            }
        }
    });
    sender
}

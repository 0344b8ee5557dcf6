//! `--ui`: the inspector beside a run. It reads the history file, so that a page costs the engine nothing.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::args::Args;
use crate::account::{Account, AccountOptions};
use crate::commands::Context;
use crate::commands::inspector::{cannot_listen, inspector};
use crate::forward::{Activity, Target};
use crate::host::browser::{self, expect_browser};
use crate::host::clock::Clock;
use crate::inspector::{InspectorServer, Mode};
use crate::output::Failure;

/// A running page, and its address with the token.
#[derive(Debug)]
pub(super) struct Page {
    _server: InspectorServer,
    pub(super) url: String,
    /// Where a browser of the user can be expected.
    opens_browser: bool,
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
    let opens_browser = args.opens_page && expect_browser(&context.env).is_ok();
    Ok(Some(Page { _server: server, url, opens_browser }))
}

/// Passes activities on to `next`, and adds the address after the first connection.
pub(super) fn announce(page: &Page, clock: Clock, next: mpsc::Sender<Activity>) -> mpsc::Sender<Activity> {
    let (sender, mut receiver) = mpsc::channel(1);
    let (mut url, opens_browser) = (Some(page.url.clone()), page.opens_browser);
    tokio::spawn(async move {
        while let Some(activity) = receiver.recv().await {
            let is_ready = matches!(activity, Activity::Connected { .. });
            if next.send(activity).await.is_err() {
                break;
            }
            let Some(url) = url.take_if(|_| is_ready) else { continue };
            if opens_browser {
                // Its address is printed in any case.
                let url = url.clone();
                std::thread::spawn(move || browser::open(&url));
            }
            if next.send(Activity::Inspector { at: clock.now(), url }).await.is_err() {
                break;
            }
        }
    });
    sender
}

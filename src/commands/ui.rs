//! `cstar ui`: serves the inspector over the history, without a stream.

use std::sync::Arc;

use serde_json::json;

use super::Context;
use super::inspector::inspector;
use crate::host::signals::Interrupts;
use crate::inspector::{InspectorServer, Mode};
use crate::output::{Failure, style};

/// Look at received events in the browser
///
/// Serves a page on this machine over the history that `cstar listen` writes: search, compare, replay. The address
/// contains a token, without which nothing is shown. `cstar help inspector` describes the page and its JSON API.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar ui",
    "cstar ui --port 5000",
    "cstar ui --json | jq -r .url",
])]
pub(crate) struct Args {
    /// Port on 127.0.0.1; 0 picks a free one [default: 4748, or the next free one]
    #[arg(long)]
    port: Option<u16>,
}

pub(crate) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    let mut interrupts = Interrupts::listen()?;
    let options = context.global.account_options();
    let inspector = inspector(context, (Mode::Ui, false), options, None, Vec::new())?;
    let server = InspectorServer::start(args.port, Arc::clone(&inspector));
    let server = server.map_err(|error| super::inspector::cannot_listen(args.port, &error))?;
    let url = inspector.url(&server.origin());
    let ready = json!({ "type": "ready", "url": url, "token": inspector.token().expose() });
    context.output.show_line(&ready, |out| {
        out.text(&format!("{}  {}", style::good("Inspector ready"), style::strong(&url)))?;
        out.status(&style::dim("The address lets its holder read your events. Ctrl-C stops."))
    })?;
    interrupts.next().await;
    drop(server);
    Ok(())
}

//! `cstar sandbox snapshot`: saves the state of a running sandbox under a name, and restores it.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::commands::Context;
use crate::commands::sandbox::state_dir::DataDir;
use crate::ops::sandbox_request::SandboxRequest;
use crate::output::sanitize::sanitize;
use crate::output::{Failure, style};

/// Save and restore the state of a running sandbox
///
/// A snapshot has every object, event, webhook, delivery and key of one team. It is in the memory of the sandbox: when
/// the sandbox stops, it is lost. `cstar sandbox export` writes a file. Open streams continue with what happens after a restore.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar sandbox snapshot save empty",
    "cstar sandbox snapshot restore empty",
    "cstar sandbox snapshot list",
])]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Subcommand,
}

#[derive(clap::Subcommand, Debug)]
enum Subcommand {
    /// Save the state, instead of an earlier snapshot of this name
    #[command(after_help = examples!["cstar sandbox snapshot save empty"])]
    Save(Named),
    /// Replace the state with that of a snapshot
    #[command(after_help = examples!["cstar sandbox snapshot restore empty"])]
    Restore(Named),
    /// List the snapshots
    #[command(after_help = examples!["cstar sandbox snapshot list"])]
    List {
        #[command(flatten)]
        directory: DataDir,
    },
    /// Delete a snapshot
    #[command(after_help = examples!["cstar sandbox snapshot delete empty"])]
    Delete(Named),
}

#[derive(clap::Args, Debug)]
struct Named {
    /// The name: letters, digits, hyphens, underscores and dots
    #[arg(value_parser = parse_name)]
    name: String,
    #[command(flatten)]
    directory: DataDir,
}

/// A large state takes seconds.
const TIMEOUT: Duration = Duration::from_secs(120);

fn parse_name(text: &str) -> Result<String, String> {
    match crate::sandbox::is_snapshot_name(text) {
        true => Ok(text.to_owned()),
        false => Err(
            "a name has 1 to 64 letters, digits, hyphens, underscores and dots, and begins with a letter or \
            a digit"
                .to_owned(),
        ),
    }
}

pub(super) async fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    let (method, path, directory, what) = match &args.command {
        Subcommand::Save(one) => {
            (Method::POST, format!("snapshots/{}", one.name), &one.directory, "save a snapshot")
        }
        Subcommand::Restore(one) => {
            (Method::POST, format!("snapshots/{}/restore", one.name), &one.directory, "restore the snapshot")
        }
        Subcommand::Delete(one) => {
            (Method::DELETE, format!("snapshots/{}", one.name), &one.directory, "delete the snapshot")
        }
        Subcommand::List { directory } => {
            (Method::GET, "snapshots".to_owned(), directory, "list its snapshots")
        }
    };
    let running = directory.running(context).await?;
    let request = SandboxRequest { method, path: &path, query: Vec::new(), body: None, timeout: TIMEOUT };
    let answer = request.send(&running).await?;
    let answer = answer
        .map_err(|refusal| refusal.failure(what).hint("list them with: cstar sandbox snapshot list"))?;
    match &args.command {
        Subcommand::Save(_) => done(context, "Saved", &answer, &answer),
        Subcommand::Restore(_) => done(context, "Restored", &answer, &answer),
        Subcommand::Delete(one) => done(context, "Deleted", &answer, &json!({ "name": one.name })),
        Subcommand::List { .. } => list(context, &answer),
    }
}

fn done(context: &mut Context, word: &str, answer: &Value, snapshot: &Value) -> Result<(), Failure> {
    context.output.show(answer, |out| out.text(&format!("{} {}", style::good(word), row(snapshot))))
}

fn list(context: &mut Context, answer: &Value) -> Result<(), Failure> {
    let snapshots = answer["snapshots"].as_array().map(Vec::as_slice).unwrap_or_default();
    context.output.show(answer, |out| {
        if snapshots.is_empty() {
            return out.status("No snapshots. Save one with: cstar sandbox snapshot save NAME");
        }
        snapshots.iter().try_for_each(|snapshot| out.text(&row(snapshot)))
    })
}

/// `empty  120 KiB  2026-12-01T10:00:00.000Z`.
fn row(snapshot: &Value) -> String {
    let text = |name: &str| snapshot[name].as_str().unwrap_or_default();
    let size = snapshot["bytes"].as_u64().map(|bytes| format!("  {} KiB", bytes / 1024)).unwrap_or_default();
    let time = Some(text("created_at")).filter(|time| !time.is_empty());
    let time = time.map(|time| format!("  {time}")).unwrap_or_default();
    sanitize(&format!("{}{size}{time}", text("name")))
}

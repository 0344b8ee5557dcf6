//! `cstar doctor`: checks everything between cStar and the user's server, layer by layer, and suggests fixes.

mod check;
mod deadline;
mod machine;
mod network;
mod service;
mod settings;
mod signing_secret;
mod target;
mod undocumented;

use std::time::Duration;

use reqwest::Url;
use serde_json::json;
use tokio::sync::oneshot;

use super::Context;
use crate::Secret;
use crate::args::{secret, target as target_argument};
use crate::host::clock::Clock;
use crate::output::format::pluralize;
use crate::output::{Exit, Failure, Output, style};
use check::{Check, Status};
use deadline::Deadline;
use settings::ResolvedSettings;
use signing_secret::{SecretSources, mistyped};
use target::Target;

/// Find out why something does not work, layer by layer
///
/// Checks files, the keychain, settings, the connection to cStar, its certificate, the key, the stream, the clock and
/// the local server. Each failure comes with a fix, and then the exit code is 1. It takes 15 seconds at most.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar doctor",
    "cstar doctor --sandbox --forward-to localhost:3000/webhook",
    "cstar doctor --json | jq -r '.checks[] | select(.status == \"fail\") | .fix'",
])]
pub(crate) struct Args {
    /// Also send one signed `ping` event to this URL, host:port/path, or port
    #[arg(short, long, value_name = "TARGET", value_parser = target_argument::parse)]
    forward_to: Option<Url>,
    /// Sign that event with this secret [env: CSTAR_WEBHOOK_SECRET] [default: the stream's]
    #[arg(long, value_name = "SECRET", requires = "forward_to", value_parser = secret::parse)]
    secret: Option<Secret>,
    /// Skip certificate checks of an https target
    #[arg(long, requires = "forward_to")]
    insecure: bool,
}

/// For all checks together, even if something hangs.
const TIME_LIMIT: Duration = Duration::from_millis(13_500);

pub(crate) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    let deadline = Deadline::new(TIME_LIMIT);
    let (session_secret, secret) = oneshot::channel();
    let resolved = ResolvedSettings::new(&context.global.account_options(), &context.env);
    let (env, clock) = (context.env.clone(), context.clock.clone());
    let machine = spawn_checks({
        let env = env.clone();
        move || machine::checks(&env)
    });
    let mut settings = resolved.checks.clone();
    settings.extend(mistyped(args.secret.as_ref(), &context.env));
    let signing = SecretSources { given: args.secret.clone(), env, stream: secret };
    let cstar = tokio::spawn(cstar(resolved, clock.clone(), deadline, session_secret));
    let local = tokio::spawn(local(args, signing, clock, deadline));

    let progress = context.output.progress("Checking the connection to cStar and your server");
    let mut all = Vec::new();
    let lost = |_| Failure::new(Exit::Bug, "a group of checks has ended early");
    // The groups run in parallel and are printed in order.
    for group in [machine.await.map_err(|_| lost(()))?, settings] {
        show(&mut context.output, group, &mut all)?;
    }
    for group in [cstar, local] {
        let group = group.await.map_err(|_| lost(()))?;
        show(&mut context.output, group, &mut all)?;
    }
    drop(progress);
    conclude(context, &all)
}

/// Runs on a thread of its own, because files and the keychain can block.
fn spawn_checks(work: impl FnOnce() -> Vec<Check> + Send + 'static) -> oneshot::Receiver<Vec<Check>> {
    let (sender, done) = oneshot::channel();
    std::thread::spawn(move || sender.send(work()));
    done
}

/// The connection to cStar, then cStar itself.
async fn cstar(
    resolved: ResolvedSettings,
    clock: Clock,
    deadline: Deadline,
    session_secret: oneshot::Sender<Option<Secret>>,
) -> Vec<Check> {
    let ResolvedSettings { base, trust, account, .. } = resolved;
    let skipped = |names: &[&'static str], from: usize, why: &str| -> Vec<Check> {
        names.iter().skip(from).map(|name| Check::skip(name, why)).collect()
    };
    let Some(base) = base else {
        let names = [&network::NAMES[..], &service::NAMES[..]].concat();
        return skipped(&names, 0, "there is no usable base URL");
    };
    let reached = network::checks(&base, &trust, &clock, deadline).await;
    let mut checks = reached.checks;
    checks.extend(skipped(&network::NAMES, checks.len(), "not reached"));
    if !reached.answers {
        checks.extend(skipped(&service::NAMES, 0, "not reached"));
        return checks;
    }
    let Some(account) = account else {
        checks.extend(skipped(&service::NAMES, 0, "needs a key: not logged in"));
        return checks;
    };
    let service = service::checks(&account, &clock, deadline).await;
    let done = service.checks.len();
    checks.extend(service.checks);
    checks.extend(skipped(&service::NAMES, done, "needs an accepted key"));
    // The other group may not need it any more.
    let _ = session_secret.send(service.secret);
    checks
}

async fn local(args: Args, signing: SecretSources, clock: Clock, deadline: Deadline) -> Vec<Check> {
    let named = args.forward_to.is_some();
    let default = || target_argument::parse(target_argument::DEFAULT).ok();
    let Some(url) = args.forward_to.or_else(default) else { return Vec::new() };
    let target = Target { url, named, insecure: args.insecure };
    let (check, reached) = target.reach(deadline).await;
    let mut checks = vec![check];
    if named && reached {
        checks.push(match signing.secret().await {
            Some(signed) => target.deliver(&signed, &clock, deadline).await,
            None => {
                Check::skip("delivery", "there is no signing secret: use --secret or CSTAR_WEBHOOK_SECRET")
            }
        });
    }
    checks
}

fn show(output: &mut Output, group: Vec<Check>, all: &mut Vec<Check>) -> Result<(), Failure> {
    let mut lines = group.chunk_by(Check::is_skipped_like).flat_map(check::lines);
    output.live(|out| lines.try_for_each(|line| out.text(&line)))?;
    all.extend(group);
    Ok(())
}

fn conclude(context: &mut Context, all: &[Check]) -> Result<(), Failure> {
    let count = |status| all.iter().filter(|check| check.status == status).count();
    let (broken, warnings) = (count(Status::Fail), count(Status::Warn));
    let checks: Vec<_> = all.iter().map(Check::to_json).collect();
    context.output.show(&json!({ "checks": checks, "ok": broken == 0 }), |out| {
        out.status(&match (broken, warnings) {
            (0, 0) => style::good("Nothing is broken."),
            (0, warnings) => style::warn(&format!("Nothing is broken; warnings: {warnings}.")),
            (broken, _) => {
                style::bad(&format!("{} failed. Start with the first.", pluralize(broken as u64, "check")))
            }
        })
    })?;
    if broken == 0 { Ok(()) } else { Err(Failure::reported(Exit::Failed)) }
}

//! `cstar listen`: real events on localhost.

mod exit;
mod history;
mod keyboard;
mod local_sandbox;
mod print_secret;
mod ready_file;
mod targets;

use std::mem::take;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use reqwest::Url;

use super::Context;
use crate::Secret;
use crate::account::{Account, Origin, generated_secret, webhook_secret};
use crate::api::{Client, Identity};
use crate::args::{duration, header, pattern, secret, target, transport};
use crate::event::Pattern;
use crate::forward::{self, Control, EngineIo, Plan, SecretChoice, SecretSource, Target};
use crate::host::dirs;
use crate::host::limits::open_files;
use crate::host::signals::Interrupts;
use crate::ops::history_file;
use crate::output::activity::{HumanRenderer, start_renderer};
use crate::output::sanitize::sanitize;
use crate::output::{Exit, Failure, style};
use crate::stream::backoff;
use crate::stream::subscription::{StreamConfig, subscribe};
use crate::stream::transport::Transport;
use exit::exit_result;
use history::OpenedHistory;
use keyboard::Keyboard;
use local_sandbox::start_sandbox_if_none;
use print_secret::print_secret;
pub(crate) use ready_file::remove_named_in as remove_ready_file;

/// Forward webhook events to your own server
///
/// Each event is sent as a POST, its body byte for byte as it came, with a fresh signature for every attempt.
/// Events about one resource stay in order. A failed attempt is made again, and while nothing listens at a
/// target its events wait.
///
/// Ctrl-C ends it: pending deliveries get a few seconds, and then a summary is printed.
#[derive(clap::Args, Debug)]
#[command(
    after_help = concat!(
        "Examples:\n",
        "  cstar listen --forward-to 3000\n",
        "  cstar listen --forward-to http://localhost:3000/webhook --events 'ticket.*,customer.created'\n",
        "  cstar listen --route 'ticket.*=3001' --route 'survey.*=3002'\n",
        "  cstar listen --sandbox --forward-to 3000\n",
        "  cstar listen --print-secret\n",
        "  cstar listen --json --count 1 --for 30s",
    )
)]
pub(crate) struct Args {
    /// URL, host:port/path, or port to deliver to; repeatable [default: http://localhost:3000/api/webhooks]
    #[arg(short, long, value_name = "TARGET", value_parser = target::parse)]
    forward_to: Vec<Url>,
    /// Deliver events that match PATTERN to TARGET: 'ticket.*=localhost:3001/tickets'; repeatable
    #[arg(long, value_name = "PATTERN=TARGET", value_parser = target::parse_route)]
    route: Vec<target::Route>,
    /// Only events that match: 'ticket.*,customer.created'; repeatable
    #[arg(short, long, value_name = "PATTERNS", value_delimiter = ',', value_parser = pattern::parse)]
    events: Vec<Pattern>,
    /// Add a header to every delivery, `Name: value`; repeatable
    #[arg(short = 'H', long, value_name = "HEADER", value_parser = header::parse)]
    header: Vec<header::Header>,
    /// Sign with this secret [env: CSTAR_WEBHOOK_SECRET] [default: the session's]
    #[arg(long, value_name = "SECRET", value_parser = secret::parse)]
    secret: Option<Secret>,
    /// How to receive: sse, ws (WebSocket), or auto, which changes to ws when a proxy holds sse back
    #[arg(long, value_name = "auto|sse|ws", default_value = "auto", hide_possible_values = true, value_parser = transport::parser())]
    transport: Transport,
    /// Also deliver what earlier runs left, and resume after the last event received
    #[arg(long, conflicts_with = "no_history")]
    resume: bool,
    /// Record nothing: no history, no replay, nothing to resume
    #[arg(long)]
    no_history: bool,
    /// Write this file once the stream is connected; one that is there is removed first
    #[arg(long, value_name = "PATH")]
    ready_file: Option<PathBuf>,
    /// Print only the signing secret, and exit
    #[arg(long)]
    print_secret: bool,
    /// Time limit of each attempt; 0 for none (cStar itself allows 10 s)
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration::parse)]
    timeout: Duration,
    /// Attempts after the first one, for timeouts, 429 and 5xx
    #[arg(long, value_name = "N", default_value_t = 5)]
    retries: u32,
    /// Most deliveries in flight per target; fewer while that makes its answers slower
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = parse_concurrency)]
    concurrency: usize,
    /// Deliver one event at a time, in the order of the stream
    #[arg(long)]
    ordered: bool,
    /// Skip certificate checks of https targets
    #[arg(long)]
    insecure: bool,
    /// Exit after this many events; exit code 1 if one failed
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// End after this time, 0 for no end; exit 1 if a delivery failed or --count was not reached, 3 if disconnected
    #[arg(long = "for", value_name = "DURATION", value_parser = duration::parse)]
    run_for: Option<Duration>,
}

fn parse_concurrency(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number @ 1..=1024) => Ok(number),
        _ => Err("expected a number from 1 to 1024".to_owned()),
    }
}

/// Runs the command.
pub(crate) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    let given = context.signing_secret(args.secret.as_ref())?;
    if args.print_secret
        && let Some(secret) = &args.secret
    {
        return Ok(context.output.data(secret.expose())?);
    }
    if let Some((_, origin @ Origin::Environment(variable))) = given
        && args.print_secret
    {
        let line = format!("{origin} is set, and `listen` signs with it: unset {variable} to use this one");
        context.output.warning(&style::warn(&line))?;
    }
    if let Some(path) = &args.ready_file {
        ready_file::remove_stale(path)?;
    }
    let mut account = context.account()?;
    let local = if account.sandbox { start_sandbox_if_none(context, &mut account).await? } else { None };
    let outcome = listen(context, args, &account).await;
    if let Some(local) = local {
        local.stop().await;
    }
    outcome
}

async fn listen(context: &mut Context, mut args: Args, account: &Account) -> Result<(), Failure> {
    let targets = match args.print_secret {
        true => Vec::new(),
        // Before the network: what is wrong here is wrong without it.
        false => targets::resolve(context, take(&mut args.forward_to), take(&mut args.route))?,
    };
    let client = context.client_for(account)?;
    let identity = client.whoami().await?;
    if args.print_secret {
        let config = config(context, &client, &identity, account, args.transport, Vec::new());
        return print_secret(context, config, account).await;
    }
    print_account(context, account, &identity)?;
    let ready_path = take(&mut args.ready_file);
    let (transport, resume, no_history) = (args.transport, args.resume, args.no_history);
    let plan = plan(context, args, targets);
    let opened = match no_history {
        true => OpenedHistory::none(),
        false => history::open(context, resume, account, &identity, &plan.targets).await?,
    };
    let journal = opened.journal();
    let (count, subscription) = (plan.count, plan.subscription());
    let mut config = config(context, &client, &identity, account, transport, subscription);
    config.cursor = opened.cursor;
    let stream = subscribe(config);
    let interrupts = Interrupts::listen()?;
    let unresponsive = interrupts.clone().unresponsive();
    let human = HumanRenderer::new(true, context.global.verbose > 0);
    let (wishes, control) = Control::channel();
    // Dropped with this function, which puts the terminal back however it ends.
    let keyboard = Keyboard::start(context.another_output(), wishes, human.only_failures());
    let human = human.with_closing_line(if keyboard.as_ref().is_some_and(|keyboard| keyboard.is_active) {
        keyboard::HELP
    } else {
        "Ctrl-C stops."
    });
    let (activity, drawn) = start_renderer(context.another_output(), human);
    let activity = match ready_path {
        Some(path) => ready_file::announce_in(path, activity),
        None => activity,
    };
    if let Some(notice) = opened.notice {
        // It is drawn with the rest, in its place.
        let _ = activity.send(notice).await;
    }
    let links = EngineIo { stream, activity, interrupts, control, history: opened.past };
    let run = async {
        let ended = forward::run(plan, links, context.clock.clone()).await;
        let status = journal.as_ref().map(|journal| journal.status());
        if let Some(journal) = journal {
            journal.close().await;
        }
        let lost = status.and_then(|status| history_file::not_recorded(&status.borrow()));
        (ended, drawn.await, lost)
    };
    let (ended, drawn, lost) = tokio::select! {
        finished = run => finished,
        // Our output is not read, so the engine cannot continue: it must not keep us from ending either.
        () = unresponsive => return Err(Failure::reported(Exit::Interrupted)),
    };
    drawn.map_err(|_| Failure::new(Exit::Bug, "the thread that prints has ended early"))??;
    if let Some(lost) = lost {
        context.output.status(&style::warn(&sanitize(&lost)))?;
    }
    exit_result(ended?, count, account)
}

/// Whose events these are, and by which key: the wrong profile is a common reason for silence.
fn print_account(context: &mut Context, account: &Account, identity: &Identity) -> Result<(), Failure> {
    let team = identity.team_name.as_deref().unwrap_or(&identity.team_id);
    let data = identity.environment.as_deref().map(|name| format!(" ({name} data)")).unwrap_or_default();
    let profile = account.profile.as_ref().map(|name| format!("profile {name}, ")).unwrap_or_default();
    let key = format!("{profile}key {}… from {}", account.key.prefix(), account.origin);
    let line = format!("{}{}, {key}, {}", sanitize(team), sanitize(&data), account.base);
    Ok(context.output.status(&style::dim(&line))?)
}

fn plan(context: &Context, args: Args, targets: Vec<Target>) -> Plan {
    let env = context.env.clone();
    let secret = match webhook_secret(args.secret.as_ref(), &env) {
        Some((secret, Origin::Environment(_))) => SecretChoice::Given(secret, SecretSource::Environment),
        Some((secret, _)) => SecretChoice::Given(secret, SecretSource::Flag),
        None => SecretChoice::Session(Box::new(move || {
            generated_secret(dirs::config(&env).as_deref()).map_err(|error| error.to_string())
        })),
    };
    let mut headers = HeaderMap::new();
    for header in args.header {
        headers.append(header.name, header.value);
    }
    let concurrency = if args.ordered { 1 } else { limit_to_open_files(args.concurrency, targets.len()) };
    Plan {
        targets,
        filter: args.events,
        headers: Arc::new(headers),
        timeout: (!args.timeout.is_zero()).then_some(args.timeout),
        retries: args.retries,
        concurrency,
        ordered: args.ordered,
        insecure: args.insecure,
        count: args.count,
        run_for: args.run_for.filter(|time| !time.is_zero()),
        secret,
    }
}

/// Each delivery in flight takes a connection. ResumeState what the system allows, connections would fail one by
/// one; within it, deliveries wait for each other.
fn limit_to_open_files(wanted: usize, targets: usize) -> usize {
    /// For everything else: streams, the history, the terminal.
    const OTHERS: u64 = 48;
    let Some(limit) = open_files() else { return wanted };
    let each = limit.saturating_sub(OTHERS) / targets.max(1) as u64;
    wanted.min(usize::try_from(each).unwrap_or(wanted)).max(1)
}

fn config(
    context: &Context,
    client: &Client,
    identity: &Identity,
    account: &Account,
    transport: Transport,
    types: Vec<String>,
) -> StreamConfig {
    let (http, headers) = (client.http().clone(), client.headers().clone());
    let near = account.base.is_loopback();
    StreamConfig {
        types,
        transport,
        backoff_ceiling: if near { backoff::LOOPBACK_CEILING } else { backoff::DEFAULT_CEILING },
        ..StreamConfig::new(http, client.listen_url(identity), headers, context.clock.clone())
    }
}

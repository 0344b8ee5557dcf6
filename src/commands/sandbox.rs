//! `cstar sandbox`: runs the local cStar until Ctrl-C. The subcommands work on its state, running or not.

mod address;
mod announce;
mod export;
mod healthcheck;
mod import;
mod openapi;
mod page;
mod reset;
mod running;
mod seed;
mod start_data;
mod state_dir;

use super::Context;
use crate::host::limits::raise_open_files;
use crate::host::random;
use crate::host::signals::Interrupts;
use crate::ops::local_sandbox;
use crate::output::Failure;
use crate::sandbox::{self, FaultRule, RateLimit, Settings, StorageLocation, Teams};

/// Run a local cStar for tests and offline work
///
/// The state survives a crash: every change that was answered is stored, with its events. After a `kill -9` the
/// last 50 milliseconds of the request log may be missing.
#[derive(clap::Args, Debug)]
#[command(args_conflicts_with_subcommands = true, after_help = examples![
    "cstar sandbox",
    "cstar sandbox --ephemeral --port 5000 --rate-limit 0",
    "cstar sandbox --import state.ndjson --seed 7",
    "cstar sandbox --healthcheck",
    "cstar sandbox --chaos status=503,probability=20% --chaos cut=5,path=webhooks/listen";
    "Faults:\n",
    "  latency=200ms[,jitter=100ms]    the answer comes later\n",
    "  status=429[,retry_after=1]      429, 500, 502, 503 or 504 instead of an answer\n",
    "  cut=5, cut                      a stream breaks after 5 events, or after any\n",
    "  duplicate                       an event is sent twice\n",
    "  skew=-10m                       the clock in Date and X-RateLimit-Reset is wrong\n",
    "  with any: probability=20%, path=GLOB, count=3; later changes: /_sandbox/faults\n\n",
    "Then, in another terminal:\n",
    "  cstar listen --sandbox --forward-to 3000\n",
    "  cstar trigger ticket.created --sandbox",
])]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Subcommand>,
    #[command(flatten)]
    address: address::Address,
    /// Enforce this many requests per hour and key; 0 for no limit and no headers [default: headers only]
    #[arg(long, value_name = "N")]
    rate_limit: Option<u32>,
    /// Multiply the retry delays of webhooks by this factor, such as 0.001 in tests
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = parse_scale)]
    time_scale: f64,
    /// Allow requests from web pages of this origin, such as http://localhost:5173; repeatable
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    cors_origin: Vec<String>,
    #[command(flatten)]
    directory: state_dir::DataDir,
    #[command(flatten)]
    start: start_data::StartData,
    #[command(flatten)]
    healthcheck: healthcheck::Healthcheck,
    /// Keep everything in memory only
    #[arg(long, conflicts_with = "data_dir")]
    ephemeral: bool,
    /// Create this many teams with data and keys of their own, up to 1000, for parallel tests
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, value_parser = clap::value_parser!(u16).range(..=1_000))]
    teams: u16,
    /// Requests kept in the log, for test and live keys each
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    log_limit: u32,
    /// Keep bodies in the request log too, without secrets and up to 4 KiB each, until the sandbox stops
    #[arg(long)]
    log_bodies: bool,
    /// Inject a fault, as described below; repeatable
    #[arg(long, value_name = "FAULT", value_parser = FaultRule::parse)]
    chaos: Vec<FaultRule>,
    /// Seed for reproducible faults: the same requests meet the same faults
    #[arg(long, value_name = "SEED")]
    chaos_seed: Option<u32>,
    /// Do not serve the inspector, a page for the browser, at /_inspector/
    #[arg(long)]
    no_ui: bool,
    /// Also stop when standard input ends, as a pipe does when the program that opened it ends
    #[arg(long)]
    exit_on_stdin_eof: bool,
}

#[derive(clap::Subcommand, Debug)]
enum Subcommand {
    Seed(seed::Args),
    Export(export::Args),
    Import(import::Args),
    Reset(reset::Args),
    #[command(flatten)]
    Running(running::Subcommand),
    Openapi(openapi::Args),
}

fn parse_scale(text: &str) -> Result<f64, &'static str> {
    let scale = text.trim().parse::<f64>().ok().filter(|scale| (0.000_001..=1_000.0).contains(scale));
    scale.ok_or("a factor is a number above 0, up to 1000")
}

pub(crate) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    if let (None, Some(address)) = (&args.command, args.healthcheck.address()) {
        return healthcheck::run(context, address, &args.directory).await;
    }
    match args.command {
        Some(Subcommand::Seed(args)) => seed::run(context, &args).await,
        Some(Subcommand::Export(args)) => export::run(context, &args).await,
        Some(Subcommand::Import(args)) => import::run(context, &args).await,
        Some(Subcommand::Reset(args)) => reset::run(context, &args).await,
        Some(Subcommand::Running(command)) => running::run(context, &command).await,
        Some(Subcommand::Openapi(args)) => openapi::run(context, &args),
        None => serve(context, args).await,
    }
}

async fn serve(context: &mut Context, args: Args) -> Result<(), Failure> {
    // Before the settings, which allow as many connections as there are files.
    raise_open_files();
    args.start.check_input(args.exit_on_stdin_eof)?;
    let fault_seed = args.chaos_seed.unwrap_or_else(|| u32::from_le_bytes(random::bytes()));
    let at = args.address.resolve()?;
    let keys = address::keys(at)?;
    let settings = Settings {
        keys,
        allow_hosts: args.address.allow_host,
        rate_limit: rate_limit(args.rate_limit),
        cors_origins: args.cors_origin,
        log_limit: usize::try_from(args.log_limit).unwrap_or(usize::MAX),
        log_bodies: args.log_bodies,
        faults: args.chaos,
        fault_seed: fault_seed.into(),
        time_scale: args.time_scale,
        ..Settings::default()
    };
    let place = if args.ephemeral {
        StorageLocation::Memory
    } else {
        StorageLocation::Directory(args.directory.resolve(&context.env)?)
    };
    let mut interrupts = Interrupts::listen_with(args.exit_on_stdin_eof).map_err(Failure::from)?;
    // The port first: if another sandbox has it, it also has the default directory, and this error is clearer.
    let bound = local_sandbox::bind(at).await?;
    let since = local_sandbox::state_created_at(&place);
    let store =
        sandbox::open(&place, settings.history).map_err(|error| state_dir::unusable_at_start(&error))?;
    let _entries = local_sandbox::register(&context.env, &place, at, &bound.base_url(), &settings.keys);
    let (store, loaded) = tokio::select! {
        loaded = args.start.load(context, &bound, store) => loaded?,
        () = interrupts.next() => {
            context.output.status("Sandbox stopped before it was ready.")?;
            return Ok(());
        }
    };
    let state = since.and_then(|since| local_sandbox::describe_state(&store, since));
    let teams = Teams::open(settings, store, bound.port(), place.clone());
    let teams = teams.map_err(|error| state_dir::unusable_at_start(&error))?;
    let created = teams.ensure(usize::from(args.teams));
    created.map_err(|error| Failure::failed(format!("could not create the teams: {error}")))?;
    // The last step that can fail, so that the file never has keys of a sandbox that did not start.
    if let Some(path) = &args.address.keys_file {
        address::write_keys(path, &teams)?;
    }
    let stops = interrupts.advice();
    // Its token and the secret would travel in plain text to other machines.
    let page = match args.no_ui || at.is_exposed() {
        true => None,
        false => Some(page::Page::new(context, &bound.base_url(), args.ephemeral)?),
    };
    let url = page.as_ref().map(|page| page.url.as_str());
    announce::announce(context, (&bound.base_url(), url), &place, &teams, (&loaded, stops))?;
    if let Some(state) = state {
        announce::announce_state(context, &place, &state)?;
    }
    let extra = page.as_ref().map(page::Page::routes);
    let shutdown = async move {
        interrupts.next().await;
        if let Some(page) = page {
            page.close();
        }
    };
    sandbox::serve(bound, teams, extra, shutdown).await;
    context.output.status("Sandbox stopped.")?;
    Ok(())
}

/// The limit of `--rate-limit`.
fn rate_limit(per_hour: Option<u32>) -> RateLimit {
    match per_hour {
        None => RateLimit::Documented,
        Some(0) => RateLimit::Off,
        Some(limit) => RateLimit::PerHour(limit),
    }
}

/// Must be exactly what browsers send, or it would never match.
fn origin(text: &str) -> Result<String, String> {
    match sandbox::is_origin(text) {
        true => Ok(text.to_owned()),
        false => {
            Err("an origin is a scheme, a host and maybe a port, as in http://localhost:5173".to_owned())
        }
    }
}

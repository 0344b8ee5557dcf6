//! The flags of `cstar dev`: its own, and those of `listen`.

use std::ffi::OsString;
use std::time::Duration;

use crate::args::duration;
use crate::output::Failure;

/// The flags of `listen` that the help shows. The others work as well.
const SHOWN: [&str; 13] = [
    "forward_to",
    "port",
    "path",
    "wait",
    "grace",
    "command",
    "events",
    "filters",
    "show",
    "secret",
    "timeout",
    "ui",
    "exit_on_stdin_eof",
];

#[derive(clap::Args, Debug)]
#[group(skip)]
#[command(
    about = "Run your server and forward webhook events to it",
    long_about = "Run your server and forward webhook events to it

Starts COMMAND with the signing secret in CSTAR_WEBHOOK_SECRET, waits until it listens on a port, and forwards events \
to it as `cstar listen` does. Without a login, or with --sandbox, the sandbox is used, and started if none runs; the \
server then also gets its address and key in CSTAR_BASE_URL and CSTAR_API_KEY.

Both outputs are printed, each line with its origin. Ctrl-C ends both, with all processes that the server has started. \
If the server ends by itself, its exit code is returned.

The other flags of `cstar listen` work too, except --tui and --print-secret.",
    after_help = examples![
        "cstar dev -- npm run dev",
        "cstar dev --port 8000 --path /webhook -- python3 receiver.py",
        "cstar dev --sandbox --ui -- go run .",
        "cstar dev --forward-to localhost:3000/webhook --events 'ticket.*' -- npm start",
        "cstar dev --count 1 --for 30s --json -- node server.js";
        "The port is --port, or that of --forward-to. Otherwise the server gets a free one in PORT, 3000 if possible; on\n",
        "Linux, the port that the server really listens on is found.",
    ],
    mut_args(|arg| match arg.get_id().as_str() {
        "command" => arg.required(true).help("The command that starts your server, after `--`"),
        name if SHOWN.contains(&name) => arg,
        _ => arg.hide(true),
    })
)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(super) listen: super::super::Args,
    /// Port that the server listens on; it is also in PORT [default: found, or PORT]
    #[arg(long, value_name = "N", conflicts_with = "forward_to", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) port: Option<u16>,
    /// Path that the server receives webhooks at
    #[arg(long, value_name = "PATH", default_value = crate::args::target::DEFAULT_PATH, conflicts_with = "forward_to", value_parser = path)]
    pub(super) path: String,
    /// How long to wait for the port; after it, events are queued until the port is open
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration::parse)]
    pub(super) wait: Duration,
    /// How long the server may take to end, before it is killed
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = duration::parse)]
    pub(super) grace: Duration,
    /// The command that starts the server: what `listen` has after `--` is taken out of its arguments.
    #[arg(skip)]
    pub(super) command: Vec<OsString>,
}

impl Args {
    /// Refuses what makes no sense with a server.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let refused = [
            (
                "--tui",
                self.listen.tui.tui,
                "both would write to the terminal; --ui shows the events in a browser",
            ),
            ("--print-secret", self.listen.print_secret, "use: cstar listen --print-secret"),
            ("--print", self.listen.show.print, "use --show body, or: cstar listen --print"),
        ];
        match refused.into_iter().find(|(_, is_given, _)| *is_given) {
            Some((flag, _, hint)) => {
                Err(Failure::usage(format!("{flag} cannot be used with `dev`")).hint(hint))
            }
            None => Ok(()),
        }
    }
}

fn path(text: &str) -> Result<String, String> {
    match text.starts_with('/') {
        true => Ok(text.to_owned()),
        false => Err("a path begins with `/`".to_owned()),
    }
}

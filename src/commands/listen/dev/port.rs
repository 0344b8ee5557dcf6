//! The port of the server: named, or found once the server listens.

use std::time::Duration;

use reqwest::Url;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use super::Args;
use super::environment::PORT;
use crate::args::{duration, target};
use crate::commands::Context;
use crate::commands::listen::targets;
use crate::forward::{Destination, Target};
use crate::net::is_loopback;
use crate::output::{Failure, style};

/// The pause between two looks.
const PAUSE: Duration = Duration::from_millis(100);
/// How long a connection on this machine may take.
const CONNECT: Duration = Duration::from_secs(1);
/// What many servers listen on without PORT.
const USUAL: u16 = 3000;

/// Where events go.
#[derive(Debug)]
pub(super) enum Address {
    /// A server on this machine at a known port.
    Known { targets: Vec<Target>, url: Url },
    /// The server gets `port` in PORT, but may listen on another one.
    Found { port: u16, path: String },
    /// Commands, or servers on other machines: there is no port to wait for.
    Elsewhere(Vec<Target>),
}

impl Address {
    /// The flags decide, then the project file. Takes the targets out of the flags of `listen`.
    pub(super) fn choose(context: &mut Context, args: &mut Args) -> Result<Self, Failure> {
        if let Some(port) = args.port {
            let url = at(port, &args.path)?;
            return Ok(Self::of(vec![Target { to: Destination::Url(url), patterns: Vec::new() }]));
        }
        let flags = &mut args.listen;
        let named = (std::mem::take(&mut flags.forward_to), std::mem::take(&mut flags.route));
        let named = targets::named(context, named, std::mem::take(&mut flags.exec).targets())?;
        if let Some(targets) = named {
            return Ok(Self::of(targets));
        }
        let port = match context.env.get(PORT).map(str::parse) {
            None => free_port()?,
            Some(Ok(port @ 1..)) => port,
            Some(_) => return Err(Failure::usage("PORT in the environment is not a port").hint("use --port")),
        };
        Ok(Self::Found { port, path: args.path.clone() })
    }

    fn of(targets: Vec<Target>) -> Self {
        let urls = targets.iter().filter_map(|target| match &target.to {
            Destination::Url(url) => Some(url),
            Destination::Command(_) => None,
        });
        match urls.into_iter().find(|url| is_loopback(url)).cloned() {
            Some(url) => Self::Known { targets, url },
            None => Self::Elsewhere(targets),
        }
    }

    /// What the server gets in PORT.
    pub(super) fn port(&self) -> Option<u16> {
        match self {
            Self::Known { url, .. } => url.port_or_known_default(),
            Self::Found { port, .. } => Some(*port),
            Self::Elsewhere(_) => None,
        }
    }

    async fn is_open(&self) -> bool {
        match self {
            Self::Known { url, .. } => is_open(url.host_str().unwrap_or("localhost"), self.port()).await,
            Self::Found { .. } => is_open("localhost", self.port()).await,
            Self::Elsewhere(_) => false,
        }
    }

    /// Fails if another program has the port, which would get the events.
    pub(super) async fn require_free(&self) -> Result<(), Failure> {
        match self.port() {
            Some(port) if self.is_open().await => {
                Err(Failure::failed(format!("another program listens on port {port} already"))
                    .hint("stop it, or name another port with --port"))
            }
            _ => Ok(()),
        }
    }

    /// Waits until the server, or a process that it has started, listens. `server` is the process above them.
    pub(super) async fn wait(self, server: u32, limit: Duration) -> Opened {
        let (started, limit) = (Instant::now(), duration::limit(limit));
        let mut search = Search::new(server);
        if let Self::Elsewhere(targets) = self {
            return Opened::NotAwaited(targets);
        }
        loop {
            let found = match &self {
                Self::Found { port, .. } => search.port(*port),
                _ => None,
            };
            let is_late = limit.is_some_and(|limit| started.elapsed() >= limit);
            let port = match found {
                Some(port) => Some(port),
                None if self.is_open().await => self.port(),
                None => None,
            };
            match (port, limit.filter(|_| is_late)) {
                (Some(port), _) => return Opened::At { targets: self.targets_at(port), port },
                (None, Some(limit)) => {
                    let port = self.port().unwrap_or_default();
                    let is_guess = matches!(self, Self::Found { .. });
                    return Opened::Late { targets: self.targets_at(port), port, limit, is_guess };
                }
                (None, None) => sleep(PAUSE).await,
            }
        }
    }

    fn targets_at(self, port: u16) -> Vec<Target> {
        match self {
            Self::Known { targets, .. } | Self::Elsewhere(targets) => targets,
            Self::Found { path, .. } => {
                let target = |url| Target { to: Destination::Url(url), patterns: Vec::new() };
                at(port, &path).map(target).into_iter().collect()
            }
        }
    }
}

/// What became of the port.
#[derive(Debug)]
pub(super) enum Opened {
    At { targets: Vec<Target>, port: u16 },
    Late { targets: Vec<Target>, port: u16, limit: Duration, is_guess: bool },
    NotAwaited(Vec<Target>),
}

impl Opened {
    pub(super) fn targets(self) -> Vec<Target> {
        match self {
            Self::At { targets, .. } | Self::Late { targets, .. } | Self::NotAwaited(targets) => targets,
        }
    }

    /// For `--json`.
    pub(super) fn state(&self) -> &'static str {
        match self {
            Self::At { .. } => "listening",
            Self::Late { .. } => "not_listening",
            Self::NotAwaited(_) => "not_awaited",
        }
    }

    pub(super) fn port(&self) -> Option<u16> {
        match self {
            Self::At { port, .. } | Self::Late { port, .. } => Some(*port),
            Self::NotAwaited(_) => None,
        }
    }

    pub(super) fn text(&self, expected: Option<u16>) -> Option<String> {
        let Self::At { port, .. } = self else { return None };
        let other = expected.filter(|expected| expected != port);
        let other = other.map(|port| format!(", not on PORT ({port})")).unwrap_or_default();
        Some(style::good(&format!("The server listens on port {port}{other}.")))
    }

    pub(super) fn warning(&self) -> Option<String> {
        let Self::Late { port, limit, is_guess, .. } = self else { return None };
        let other = if *is_guess { " If it listens on another port, name that with --port." } else { "" };
        let limit = limit.as_secs_f64();
        Some(format!(
            "The server does not listen on port {port} after {limit} s. Events are queued until it does.{other}"
        ))
    }
}

/// The URL of a path of this machine.
fn at(port: u16, path: &str) -> Result<Url, Failure> {
    target::parse(&format!("localhost:{port}{path}"))
        .map_err(|error| Failure::usage(format!("the path `{path}` cannot be used: {error}")))
}

/// The usual port if it is free, otherwise one that the system chooses.
fn free_port() -> Result<u16, Failure> {
    let bind = |port| std::net::TcpListener::bind(("127.0.0.1", port));
    let listener = bind(USUAL).or_else(|_| bind(0)).and_then(|listener| listener.local_addr());
    listener
        .map(|address| address.port())
        .map_err(|error| Failure::failed(format!("could not find a free port: {error}")))
}

async fn is_open(host: &str, port: Option<u16>) -> bool {
    let host = host.trim_matches(['[', ']']);
    let connected = timeout(CONNECT, TcpStream::connect((host, port.unwrap_or_default()))).await;
    matches!(connected, Ok(Ok(_)))
}

/// The search for a port that was not named.
struct Search {
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux has the tables"))]
    server: u32,
    /// When a port other than the expected one was seen first.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux has the tables"))]
    since: Option<Instant>,
}

impl Search {
    fn new(server: u32) -> Self {
        Self { server, since: None }
    }

    /// A port that the server listens on: `expected` if it is among them. For a moment others are not enough, because a
    /// server may open several.
    #[cfg(target_os = "linux")]
    fn port(&mut self, expected: u16) -> Option<u16> {
        use crate::host::listening_ports::listening_ports;
        use crate::host::process_tree::descendants;
        /// The debuggers of Node and Python.
        const DEBUGGERS: [u16; 3] = [9229, 9230, 5678];
        const MOMENT: Duration = Duration::from_millis(500);

        let ports = listening_ports(&descendants(self.server));
        if ports.contains(&expected) {
            return Some(expected);
        }
        let found = ports.into_iter().find(|port| !DEBUGGERS.contains(port))?;
        let since = *self.since.get_or_insert_with(Instant::now);
        (since.elapsed() >= MOMENT).then_some(found)
    }

    /// Other systems have no table of it.
    #[cfg(not(target_os = "linux"))]
    fn port(&mut self, _expected: u16) -> Option<u16> {
        None
    }
}

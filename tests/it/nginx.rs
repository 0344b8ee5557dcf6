//! `listen` behind a real nginx: one that buffers event streams, and one that does not.
//!
//! nginx is not on every machine, so a plain `cargo test` leaves these out. `.ci/run` installs it and
//! runs these too: `cargo test --test it -- --ignored`.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::Receiver as Lines;

use tempfile::TempDir;

use crate::support::listen::Listen;
use crate::support::ports::closed_port;
use crate::support::process::{self, Process};
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home, TIMEOUT};

/// nginx buffers responses, and lets a WebSocket through. The sandbox asks it not to buffer, so that
/// header is ignored. One location cannot have two versions of HTTP, hence the detour.
const BUFFERING: &str = "
    location / {
        error_page 418 = @upgrade;
        if ($http_upgrade) { return 418; }
        proxy_pass http://SANDBOX;
        proxy_buffering on;
        proxy_ignore_headers X-Accel-Buffering;
    }
    location @upgrade {
        proxy_pass http://SANDBOX;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection upgrade;
    }";

/// The minimal configuration: nginx buffers unless the server forbids it, and does not upgrade
/// connections.
const UNBUFFERED: &str = "
    location / { proxy_pass http://SANDBOX; }";

/// A running nginx, on a free port of 127.0.0.1. It is killed when this is dropped.
pub(crate) struct Nginx {
    base_url: String,
    /// Read to its end on a thread: nginx must not block on its output.
    _stderr: Lines<String>,
    /// Declared before the directory, in which nginx writes, so that it is dropped first.
    _running: Process,
    _directory: TempDir,
}

impl Nginx {
    /// Starts one in front of the sandbox and waits until it listens.
    fn before(sandbox: &Sandbox, locations: &str) -> Self {
        let port = closed_port();
        // The address is also the Host header that nginx sends, which the sandbox checks.
        let locations = locations.replace("SANDBOX", &format!("127.0.0.1:{}", sandbox.port));
        let running = Self::start(&format!("server {{\n    listen 127.0.0.1:{port};{locations}\n    }}"));
        Self { base_url: format!("http://127.0.0.1:{port}"), ..running }
    }

    /// Starts one with these servers.
    pub(crate) fn start(servers: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("nginx.conf");
        std::fs::write(&file, configuration(directory.path(), servers)).unwrap();
        let mut command = Command::new(program());
        // `-e`: before it has read its configuration, it would write to the system's log.
        command.args(["-e", "stderr", "-p"]).arg(directory.path()).arg("-c").arg(&file);
        let mut running = Process::start(command.stdin(Stdio::null()).stderr(Stdio::piped()));
        let stderr = process::lines(running.stderr());
        let mut printed = String::new();
        // Logged when it listens.
        while !printed.contains("event method") {
            let line = stderr.recv_timeout(TIMEOUT);
            printed.push_str(&line.unwrap_or_else(|error| panic!("nginx: {error} after: {printed}")));
            printed.push('\n');
        }
        Self { base_url: String::new(), _stderr: stderr, _running: running, _directory: directory }
    }

    /// `cstar` with the sandbox's test key, and nginx as the base URL.
    fn cstar(&self, sandbox: &Sandbox, home: &Home) -> Command {
        let mut command = sandbox.cstar(home);
        command.env("CSTAR_BASE_URL", &self.base_url);
        command
    }
}

/// Debian puts it where only root finds it.
fn program() -> &'static str {
    let usual = "/usr/sbin/nginx";
    if Path::new(usual).exists() { usual } else { "nginx" }
}

/// One process, which writes nothing outside `directory`. A worker would outlive a killed master.
fn configuration(directory: &Path, servers: &str) -> String {
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("    {kind}_temp_path {};\n", directory.join(kind).display()))
        .concat();
    let pid = directory.join("nginx.pid");
    format!(
        "daemon off;
master_process off;
error_log stderr notice;
pid {};
events {{ worker_connections 256; }}
http {{
    access_log off;
{temporary}    {servers}
}}
",
        pid.display()
    )
}

/// The types of the lines seen so far.
fn kinds(listen: &Listen) -> Vec<&str> {
    listen.seen.iter().map(|line| line["type"].as_str().unwrap()).collect()
}

/// An event triggered through nginx arrives and is delivered over the existing connection.
fn assert_delivers(mut listen: Listen, mut trigger: Command, receiver: &Receiver) {
    let triggered = CommandOutput::run(trigger.args(["trigger", "ticket.created", "--json"])).ok().json();
    assert_eq!(receiver.next().header("x-event-id"), triggered["eventId"].as_str().unwrap());
    let delivered = listen.wait_for("delivered");
    assert_eq!(delivered["id"], triggered["eventId"]);
    assert!(kinds(&listen).ends_with(&["connected", "received", "delivered"]), "{:#?}", listen.seen);
    listen.stop();
}

#[test]
#[ignore = "needs nginx, which .ci/run installs"]
fn auto_transport_leaves_a_buffered_stream() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let nginx = Nginx::before(&sandbox, BUFFERING);
    let cstar = || nginx.cstar(&sandbox, &home);
    let args = ["--transport", "auto", "--forward-to", &receiver.url()];
    let mut listen = Listen::start_unconnected(cstar(), &args);

    let changed = listen.wait_for("transport_changed");
    assert_eq!(changed["to"], "ws", "{changed}");
    assert!(changed["reason"].as_str().unwrap().contains("seems to buffer the event stream"), "{changed}");
    listen.wait_for("connected");
    let expected = ["connecting", "disconnected", "transport_changed", "connecting", "connected"];
    assert_eq!(kinds(&listen), expected, "one attempt each: {:#?}", listen.seen);
    assert_delivers(listen, cstar(), &receiver);
}

#[test]
#[ignore = "needs nginx, which .ci/run installs"]
fn websocket_passes_a_buffering_nginx() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let nginx = Nginx::before(&sandbox, BUFFERING);
    let cstar = || nginx.cstar(&sandbox, &home);
    let listen = Listen::start(cstar(), &["--transport", "ws", "--forward-to", &receiver.url()]);

    assert_eq!(kinds(&listen), ["connecting", "connected"], "the first attempt");
    assert_delivers(listen, cstar(), &receiver);
}

#[test]
#[ignore = "needs nginx, which .ci/run installs"]
fn event_stream_passes_an_unbuffered_nginx() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let nginx = Nginx::before(&sandbox, UNBUFFERED);
    let cstar = || nginx.cstar(&sandbox, &home);
    for transport in ["sse", "auto"] {
        let receiver = Receiver::start();
        let listen = Listen::start(cstar(), &["--transport", transport, "--forward-to", &receiver.url()]);
        assert_eq!(kinds(&listen), ["connecting", "connected"], "{transport}: the first attempt");
        assert_delivers(listen, cstar(), &receiver);
    }
}

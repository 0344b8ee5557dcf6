//! The real binary as processes: a sandbox without limits and a `listen` that is connected to it.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

use serde_json::Value;
use tempfile::TempDir;

const TEST_KEY: &str = "sk_test_sandbox0000000000000000000000000";

/// A running sandbox in a home of its own.
pub(crate) struct Sandbox {
    child: Child,
    home: TempDir,
    /// `127.0.0.1:port`.
    pub(crate) address: String,
    /// The path of `trigger-test`.
    pub(crate) trigger: String,
    /// The `Authorization` header line.
    pub(crate) authorization: String,
}

impl Sandbox {
    pub(crate) fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut command = cstar(&home);
        let (child, mut lines) =
            spawn(command.args(["sandbox", "--json", "--port", "0", "--rate-limit", "0"]));
        let ready = read_line(&mut lines);
        let base = ready["base_url"].as_str().unwrap();
        let team = ready["team_id"].as_str().unwrap();
        Self {
            child,
            home,
            address: base.trim_start_matches("http://").to_owned(),
            trigger: format!("/api/v1/teams/{team}/webhooks/trigger-test"),
            authorization: format!("Authorization: Bearer {TEST_KEY}\r\n"),
        }
    }

    /// `cstar` with this sandbox and its key in its environment.
    pub(crate) fn cstar(&self) -> Command {
        let mut command = cstar(&self.home);
        command.env("CSTAR_BASE_URL", format!("http://{}", self.address)).env("CSTAR_API_KEY", TEST_KEY);
        command
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// A running `listen`, whose lines are read as they arrive.
pub(crate) struct Listen {
    child: Child,
    delivered: Receiver<()>,
}

impl Listen {
    /// Starts one that forwards to `port`, and waits until it is connected.
    pub(crate) fn start(sandbox: &Sandbox, port: u16, args: &[&str]) -> Self {
        let target = format!("http://127.0.0.1:{port}/webhook");
        let mut command = sandbox.cstar();
        let (child, mut lines) =
            spawn(command.args(["listen", "--json", "--forward-to", &target]).args(args));
        while read_line(&mut lines)["type"] != "connected" {}
        let (sender, delivered) = channel();
        std::thread::spawn(move || {
            for line in lines.lines() {
                let Ok(line) = line else { return };
                let sent = line.starts_with(r#"{"type":"delivered""#).then(|| sender.send(()));
                if matches!(sent, Some(Err(_))) {
                    return;
                }
            }
        });
        Self { child, delivered }
    }

    /// Waits until it has reported `count` deliveries.
    pub(crate) fn wait_for_delivered(&self, count: usize) {
        for _ in 0..count {
            self.delivered.recv().unwrap();
        }
    }

    /// Its peak resident memory, in MB; `None` where there is no `/proc`.
    pub(crate) fn peak_megabytes(&self) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kib: f64 = line.trim().trim_end_matches(" kB").parse().ok()?;
        Some(kib * 1024.0 / 1e6)
    }
}

impl Drop for Listen {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

fn cstar(home: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cstar"));
    command.env("HOME", home.path()).env("CSTAR_HOME", home.path()).stdin(Stdio::null());
    for name in ["CSTAR_API_KEY", "CSTAR_BASE_URL", "CSTAR_WEBHOOK_SECRET"] {
        command.env_remove(name);
    }
    command
}

fn spawn(command: &mut Command) -> (Child, BufReader<ChildStdout>) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap());
    (child, lines)
}

fn read_line(lines: &mut BufReader<ChildStdout>) -> Value {
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    serde_json::from_str(&line).unwrap()
}

fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

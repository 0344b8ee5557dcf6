//! A sandbox: the real binary, as a process of its own.

use std::process::{Command, Stdio};

use serde_json::Value;

use super::process::{Process, read_until};
use super::{CommandOutput, Home, TEST_KEY};

/// A running `cstar sandbox`. It is killed when this is dropped.
pub(crate) struct Sandbox {
    running: Process,
    pub(crate) base_url: String,
    pub(crate) port: u16,
    /// The line that it printed when it was ready.
    pub(crate) ready: Value,
    /// Its own home, if it does not share the test's.
    _home: Option<Home>,
}

impl Sandbox {
    /// Starts one on a free port, without a rate limit.
    pub(crate) fn start(home: &Home) -> Self {
        Self::start_at(home, 0, &["--rate-limit", "0"])
    }

    /// Starts one on `port`, with more arguments.
    pub(crate) fn start_at(home: &Home, port: u16, args: &[&str]) -> Self {
        Self::start_as(home.cstar(), port, args)
    }

    /// Starts one that delivers to https addresses with certificates of this authority, without a rate limit.
    #[cfg(unix)]
    pub(crate) fn start_trusting(home: &Home, authority: &std::path::Path, args: &[&str]) -> Self {
        let mut command = home.cstar();
        command.env("SSL_CERT_FILE", authority);
        Self::start_as(command, 0, &[&["--rate-limit", "0"], args].concat())
    }

    fn start_as(mut command: Command, port: u16, args: &[&str]) -> Self {
        command.args(["sandbox", "--json", "--port", &port.to_string()]).args(args);
        let mut running = Process::start(command.stdout(Stdio::piped()));
        let (_, line) = read_until(running.stdout(), "{");
        let ready: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(ready["type"], "ready");
        let base_url = ready["base_url"].as_str().unwrap().to_owned();
        let port = base_url.rsplit(':').next().unwrap().parse().unwrap();
        Self { running, base_url, port, ready, _home: None }
    }

    /// Starts one on a free port with a separate home, for tests that look at all files in theirs.
    pub(crate) fn start_in_own_home(args: &[&str]) -> Self {
        let home = Home::new();
        let sandbox = Self::start_at(&home, 0, args);
        Self { _home: Some(home), ..sandbox }
    }

    /// Kills it without warning.
    pub(crate) fn kill(&mut self) {
        self.running.kill();
    }

    /// Interrupts it, and waits for its end.
    pub(crate) fn interrupt(&mut self) {
        self.running.interrupt();
        assert_eq!(self.running.wait().code(), Some(0));
    }

    /// `cstar` with this sandbox and its test key in its environment.
    pub(crate) fn cstar(&self, home: &Home) -> Command {
        let mut command = home.cstar();
        command.env("CSTAR_BASE_URL", &self.base_url).env("CSTAR_API_KEY", TEST_KEY);
        command
    }

    /// The same with another key.
    pub(crate) fn cstar_with_key(&self, home: &Home, key: &str) -> Command {
        let mut command = self.cstar(home);
        command.env("CSTAR_API_KEY", key);
        command
    }

    /// Runs `cstar` against this sandbox to its end.
    pub(crate) fn run<const N: usize>(&self, home: &Home, args: [&str; N]) -> CommandOutput {
        CommandOutput::run(self.cstar(home).args(args))
    }
}

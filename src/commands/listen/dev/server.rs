//! The running server, below its guard.

use std::ffi::OsString;
use std::fmt;
use std::io::Write;
use std::process::{ChildStdin, Command, Stdio};
use std::time::Duration;

use serde_json::json;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::commands::Context;
use crate::host::guard::KILL;
use crate::host::io_error::io_message;
use crate::host::process_group::detach;
use crate::host::signals::{Interrupts, StopSignal};
use crate::output::relay::start_relay;
use crate::output::sanitize::sanitize;
use crate::output::{Failure, Options, Output, style};

/// The beginning of the lines of the server.
const PREFIX: &str = "[server]";
/// After the end of the server, the rest of its output arrives at once.
const REST: Duration = Duration::from_millis(500);
/// A killed process ends at once, unless the system holds it back.
const KILLED: Duration = Duration::from_secs(3);

/// The exit code of the server, as a shell shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ServerExit(pub(super) u8);

impl fmt::Display for ServerExit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exit code {}", self.0)?;
        let signal = match self.0 {
            129 => "SIGHUP",
            130 => "SIGINT",
            131 => "SIGQUIT",
            134 => "SIGABRT",
            137 => "SIGKILL",
            139 => "SIGSEGV",
            143 => "SIGTERM",
            _ => return Ok(()),
        };
        write!(f, ", which means {signal}")
    }
}

#[derive(Debug)]
pub(super) struct ServerProcess {
    id: u32,
    /// The guard ends the server when this is closed.
    orders: Option<ChildStdin>,
    ended: oneshot::Receiver<ServerExit>,
    output: Vec<oneshot::Receiver<()>>,
}

impl ServerProcess {
    /// Starts `command`, a guard with the server `words`.
    pub(super) fn start(
        context: &mut Context,
        mut command: Command,
        words: &[OsString],
    ) -> Result<Self, Failure> {
        let shown = words.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ");
        let failed = |error| Failure::failed(format!("could not start `{shown}`: {}", io_message(&error)));
        detach(&mut command);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(failed)?;
        let id = child.id();
        let line = json!({ "type": "server", "state": "started", "pid": id });
        context
            .output
            .show_line(&line, |out| out.status(&style::dim(&format!("Starting: {}", sanitize(&shown)))))?;
        let orders = child.stdin.take();
        let options = Options { prefix: Some(PREFIX), ..context.global.output_options() };
        let print = || Output::from_process(options, &context.env);
        let mut output = Vec::new();
        output.extend(child.stdout.take().map(|pipe| start_relay(pipe, print(), false)));
        output.extend(child.stderr.take().map(|pipe| start_relay(pipe, print(), true)));
        let (sender, ended) = oneshot::channel();
        std::thread::spawn(move || {
            let code = child.wait().ok().and_then(|status| status.code());
            // It fails if nothing waits any more.
            let _ = sender.send(ServerExit(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)));
        });
        Ok(Self { id, orders, ended, output })
    }

    /// The guard, which is above all processes of the server.
    pub(super) fn id(&self) -> u32 {
        self.id
    }

    /// Waits until the server has ended, with everything it has started. Cancel safe.
    pub(super) async fn wait(&mut self) -> ServerExit {
        // The thread always sends.
        (&mut self.ended).await.unwrap_or(ServerExit(1))
    }

    /// Waits for the rest of the output.
    pub(super) async fn finish(&mut self) {
        for output in self.output.drain(..) {
            let _ = timeout(REST, output).await;
        }
    }

    /// Passes `signal` on, and kills the server after `grace` or at another interrupt.
    pub(super) async fn stop(
        &mut self,
        context: &mut Context,
        signal: StopSignal,
        grace: Duration,
        mut interrupts: Interrupts,
    ) -> Result<ServerExit, Failure> {
        interrupts.forget();
        self.order(signal.letter());
        let code = tokio::select! {
            code = self.wait() => Some(code),
            () = tokio::time::sleep(grace) => None,
            () = interrupts.next() => None,
        };
        let code = match code {
            Some(code) => code,
            None => {
                let line = "The server did not end in time and was killed.";
                context.output.warning(&style::warn(line))?;
                self.order(KILL);
                timeout(KILLED, self.wait()).await.unwrap_or(ServerExit(137))
            }
        };
        self.finish().await;
        let line = json!({ "type": "server", "state": "ended", "exit_code": code.0 });
        context.output.show_line(&line, |_| Ok(()))?;
        Ok(code)
    }

    /// A failure means that the guard has ended.
    fn order(&mut self, letter: u8) {
        if let Some(orders) = &mut self.orders {
            let _ = orders.write_all(&[letter]).and_then(|()| orders.flush());
        }
    }
}

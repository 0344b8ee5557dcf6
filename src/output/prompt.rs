//! Prompts on the terminal. Secrets are not echoed, and Ctrl-C restores the terminal.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use dialoguer::{Confirm, Password};
use secrecy::zeroize::Zeroizing;
use tokio::sync::oneshot;

use super::failure::{Exit, Failure};
use super::stdio::Stdio;
use super::width::wrap;
use crate::Secret;
use crate::host::io_error::io_message;
use crate::host::signals::Interrupts;
use crate::host::terminal::{Mode, ModeGuard};

/// Shows the cursor, which a prompt may have hidden, and starts a new line.
const CURSOR_BACK: &[u8] = b"\x1b[?25h\n";
/// A prompt sets its mode in microseconds, but a busy machine may not let it run at once.
const SLOWEST_BEGIN: Duration = Duration::from_millis(500);

/// Whether there is a terminal to prompt on.
pub(crate) fn is_possible() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Whether standard input is a terminal.
pub(crate) fn stdin_is_terminal() -> bool {
    io::stdin().is_terminal()
}

/// Asks questions on the terminal.
///
/// While it exists, Ctrl-C does not end the process: wrap futures in [`Prompt::unless_interrupted`].
#[derive(Debug)]
pub(crate) struct Prompt {
    interrupts: Interrupts,
    mode: Mode,
}

impl Prompt {
    /// Must be called inside a Tokio runtime.
    ///
    /// # Errors
    /// A usage error without a terminal, with `instead` as its hint.
    pub(crate) fn new(instead: &str) -> Result<Self, Failure> {
        if !is_possible() {
            return Err(Failure::usage("there is no terminal to ask on").hint(instead));
        }
        Ok(Self { interrupts: Interrupts::listen()?, mode: Mode::now() })
    }

    /// Asks for a secret; white space around it is not part of it.
    pub(crate) async fn secret(&mut self, question: &str) -> Result<Secret, Failure> {
        let question = last_line(question);
        // The prompt turns echo off once; a shell turns it on again when the process stops and continues.
        let _hidden = ModeGuard::keep_echo_off();
        let prompt = || Password::new().with_prompt(question).allow_empty_password(true).interact();
        let typed = Zeroizing::new(self.ask(prompt).await?);
        Ok(Secret::new(typed.trim()))
    }

    /// Asks for a confirmation.
    pub(crate) async fn confirm(&mut self, question: &str) -> Result<bool, Failure> {
        let question = last_line(question);
        self.ask(|| Confirm::new().with_prompt(question).default(false).wait_for_newline(true).interact())
            .await
    }

    /// Runs `work` until it is done or interrupted.
    ///
    /// # Errors
    /// Those of `work`, or that it was interrupted.
    pub(crate) async fn unless_interrupted<T>(
        &mut self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        tokio::select! {
            done = work => done,
            () = self.interrupts.next() => Err(interrupted()),
        }
    }

    /// Reads on a thread of its own: reading cannot be cancelled, but the process can exit without it.
    async fn ask<T: Send + 'static>(
        &mut self,
        question: impl FnOnce() -> dialoguer::Result<T> + Send + 'static,
    ) -> Result<T, Failure> {
        let (sender, answer) = oneshot::channel();
        std::thread::spawn(move || drop(sender.send(question())));
        let answered = tokio::select! {
            answered = answer => answered,
            () = self.interrupts.next() => {
                self.prompt_has_begun().await;
                return Err(self.give_up());
            }
        };
        match answered {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(dialoguer::Error::IO(error))) if error.kind() == io::ErrorKind::Interrupted => {
                Err(self.give_up())
            }
            Ok(Err(dialoguer::Error::IO(error))) => {
                self.mode.restore();
                Err(Failure::failed(format!("could not read the answer: {}", io_message(&error))))
            }
            Err(_) => Err(Failure::new(Exit::Bug, "the thread that asks has ended early")),
        }
    }

    /// Waits until the thread that asks has set its mode. If it did so after the mode was restored, the terminal would stay
    /// as it is for the prompt.
    async fn prompt_has_begun(&self) {
        let began = tokio::time::Instant::now();
        while self.mode.is_current() && began.elapsed() < SLOWEST_BEGIN {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    fn give_up(&self) -> Failure {
        self.mode.restore();
        let _ = Stdio::Error.write_all(CURSOR_BACK);
        interrupted()
    }
}

/// Prints a long question up to its last line, which is left for the prompt.
fn last_line(question: &str) -> String {
    /// `? ` before the question, ` [y/N] ` and the answer behind it.
    const AROUND: usize = 14;
    let room = Stdio::Error.columns().map(|columns| columns.saturating_sub(AROUND));
    let shown = wrap(question, room);
    let Some((before, last)) = shown.rsplit_once('\n') else { return shown };
    // If the terminal is gone, the prompt reports it.
    let _ = Stdio::Error.write_all(format!("{before}\n").as_bytes());
    last.trim_start().to_owned()
}

fn interrupted() -> Failure {
    Failure::new(Exit::Interrupted, "interrupted")
}

//! Questions on the terminal: the only place that asks. What is secret is not shown while it is typed, and
//! Ctrl-C leaves the terminal as it was.

use std::io::{self, IsTerminal, Write};

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

/// Shows the cursor, which a question may have hidden, on a line of its own.
const CURSOR_BACK: &[u8] = b"\x1b[?25h\n";

/// Whether one can ask, and hear the answer.
pub(crate) fn is_possible() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks, one question after the other.
///
/// While it lives, Ctrl-C does not end the process by itself: what is awaited is to be wrapped in
/// [`Prompt::unless_interrupted`].
#[derive(Debug)]
pub(crate) struct Prompt {
    interrupts: Interrupts,
    mode: Mode,
}

impl Prompt {
    /// Someone to ask. Must be called inside a Tokio runtime.
    ///
    /// # Errors
    /// A usage error without a terminal. `instead` says what to do there.
    pub(crate) fn new(instead: &str) -> Result<Self, Failure> {
        if !is_possible() {
            return Err(Failure::usage("there is no terminal to ask on").hint(instead));
        }
        Ok(Self { interrupts: Interrupts::listen()?, mode: Mode::now() })
    }

    /// Asks for a secret; white space around it is not part of it.
    ///
    /// # Errors
    /// When it is interrupted, or the terminal is gone.
    pub(crate) async fn secret(&mut self, question: &str) -> Result<Secret, Failure> {
        let question = last_line(question);
        // The prompt turns echo off once; a shell turns it on again when the process stops and continues.
        let _hidden = ModeGuard::keep_echo_off();
        let prompt = || Password::new().with_prompt(question).allow_empty_password(true).interact();
        let typed = Zeroizing::new(self.ask(prompt).await?);
        Ok(Secret::new(typed.trim()))
    }

    /// Asks a question that is answered with yes or no.
    ///
    /// # Errors
    /// As for [`Prompt::secret`].
    pub(crate) async fn confirm(&mut self, question: &str) -> Result<bool, Failure> {
        let question = last_line(question);
        self.ask(|| Confirm::new().with_prompt(question).default(false).wait_for_newline(true).interact())
            .await
    }

    /// Does `work`, of which an interrupt is the end.
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

    /// On a thread of its own: reading cannot be stopped, but the process can end without it.
    async fn ask<T: Send + 'static>(
        &mut self,
        question: impl FnOnce() -> dialoguer::Result<T> + Send + 'static,
    ) -> Result<T, Failure> {
        let (sender, answer) = oneshot::channel();
        std::thread::spawn(move || drop(sender.send(question())));
        let answered = tokio::select! {
            answered = answer => answered,
            () = self.interrupts.next() => return Err(self.give_up()),
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
    // A terminal that is gone is found out by the prompt.
    let _ = Stdio::Error.write_all(format!("{before}\n").as_bytes());
    last.trim_start().to_owned()
}

fn interrupted() -> Failure {
    Failure::new(Exit::Interrupted, "interrupted")
}

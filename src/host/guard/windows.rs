//! The guard on Windows: a job object, which holds the program and everything it starts. Windows has no signals, so that
//! every order kills.

use std::io;
use std::process::{Command, ExitStatus};
use std::time::Duration;

use process_wrap::std::{CommandWrap, JobObject};
use tokio::sync::mpsc;

use super::order::Order;
use crate::host::signals::Interrupts;

/// The pause between two looks at the program.
const PAUSE: Duration = Duration::from_millis(30);

pub(super) async fn run(
    command: &mut Command,
    mut orders: mpsc::Receiver<Order>,
    mut interrupts: Interrupts,
) -> io::Result<ExitStatus> {
    let command = std::mem::replace(command, Command::new(""));
    let mut job = CommandWrap::from(command).wrap(JobObject).spawn()?;
    let mut is_killed = false;
    loop {
        if let Some(status) = job.try_wait()? {
            // What it has started may still run.
            job.start_kill()?;
            return Ok(status);
        }
        tokio::select! {
            _ = orders.recv(), if !is_killed => is_killed = true,
            () = interrupts.next(), if !is_killed => is_killed = true,
            () = tokio::time::sleep(PAUSE) => continue,
        }
        job.start_kill()?;
    }
}

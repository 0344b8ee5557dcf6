//! The guard on Unix: a process group of its own, and on Linux also the processes that left the group.

use std::io;
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, WaitOptions, kill_process_group, waitid};
use tokio::sync::{mpsc, oneshot};

use super::order::Order;
use crate::host::signals::{Interrupts, StopSignal};

/// How long the processes may take to end when nothing waits for them any more.
const GRACE: Duration = Duration::from_secs(2);

pub(super) async fn run(
    command: &mut Command,
    mut orders: mpsc::Receiver<Order>,
    mut interrupts: Interrupts,
) -> io::Result<ExitStatus> {
    adopt_orphans();
    std::os::unix::process::CommandExt::process_group(command, 0);
    let mut child = command.spawn()?;
    let group = Pid::from_child(&child);
    let mut ended = wait_unreaped(group)?;
    let mut deadline: Option<Instant> = None;
    loop {
        let is_stopping = deadline.is_some();
        tokio::select! {
            _ = &mut ended => break,
            order = orders.recv(), if !is_stopping => match order {
                Some(Order::Signal(stop)) => signal(group, number(stop)),
                Some(Order::Kill) => kill(group),
                None => deadline = Some(end(group)),
            },
            () = interrupts.next(), if !is_stopping => deadline = Some(end(group)),
            () = sleep_until(deadline), if is_stopping => {
                kill(group);
                break;
            }
        }
    }
    end_rest(group).await;
    let status = child.wait();
    // Those that were adopted: not every container has an init process that does it.
    while matches!(rustix::process::wait(WaitOptions::NOHANG), Ok(Some(_))) {}
    status
}

/// Asks all of them to end, and returns until when they may take.
fn end(group: Pid) -> Instant {
    signal(group, Signal::TERM);
    // A stopped process gets no signal but this one.
    signal(group, Signal::CONT);
    Instant::now() + GRACE
}

async fn sleep_until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}

/// Completes when the child has ended. It is not reaped, so that the number of its group is not given to another one.
fn wait_unreaped(child: Pid) -> io::Result<oneshot::Receiver<()>> {
    let (sender, ended) = oneshot::channel();
    std::thread::Builder::new().name("wait".to_owned()).spawn(move || {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while waitid(WaitId::Pid(child), options).is_err_and(|error| error == rustix::io::Errno::INTR) {}
        // It fails if nothing waits any more.
        let _ = sender.send(());
    })?;
    Ok(ended)
}

fn number(stop: StopSignal) -> Signal {
    match stop {
        StopSignal::Interrupt => Signal::INT,
        StopSignal::Terminate => Signal::TERM,
        StopSignal::Quit => Signal::QUIT,
        StopSignal::Hangup => Signal::HUP,
    }
}

fn kill(group: Pid) {
    signal(group, Signal::KILL);
}

/// A failure means that they have ended already.
fn signal(group: Pid, signal: Signal) {
    let _ = kill_process_group(group, signal);
}

/// Ends what the child has left behind.
#[cfg(target_os = "linux")]
async fn end_rest(group: Pid) {
    use std::collections::BTreeSet;

    use rustix::process::{getpid, kill_process};

    use crate::host::process_tree::descendants;

    let own = getpid().as_raw_nonzero().get().unsigned_abs();
    let started = Instant::now();
    let mut asked = BTreeSet::new();
    while started.elapsed() < 2 * GRACE {
        let rest = descendants(own);
        if rest.is_empty() {
            break;
        }
        for id in rest {
            let is_late = started.elapsed() > GRACE;
            let process = i32::try_from(id).ok().and_then(Pid::from_raw);
            if let Some(process) = process.filter(|_| asked.insert(id) || is_late) {
                // A failure means that it has ended already.
                let _ = kill_process(process, if is_late { Signal::KILL } else { Signal::TERM });
            }
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    kill(group);
}

#[cfg(not(target_os = "linux"))]
async fn end_rest(group: Pid) {
    /// There is no list of the processes to look at.
    const MOMENT: Duration = Duration::from_millis(200);
    signal(group, Signal::TERM);
    tokio::time::sleep(MOMENT).await;
    kill(group);
}

/// Makes this process the parent of processes whose own has ended, so that they are found.
fn adopt_orphans() {
    #[cfg(target_os = "linux")]
    {
        // Without it, only processes that left the group are missed.
        let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
    }
}

//! Child processes in a process group of their own, so that a time limit ends their children too, and a Ctrl-C at the
//! terminal reaches only this process.

use std::io;
use std::process::ExitStatus;

use tokio::process::{Child, Command};

/// A running child. Dropping it kills it and the processes it has started, unless it has ended.
#[derive(Debug)]
pub(crate) struct ProcessGroup {
    pub(crate) leader: Child,
}

impl ProcessGroup {
    pub(crate) fn spawn(command: &mut Command) -> io::Result<Self> {
        separate(command);
        Ok(Self { leader: command.kill_on_drop(true).spawn()? })
    }

    /// Waits until the child itself has ended; its children may continue. Cancel safe.
    pub(crate) async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.leader.wait().await
    }

    /// Kills the child and the processes it has started.
    pub(crate) fn kill(&mut self) {
        // There is no id once it has ended: then its number may belong to another process.
        if let Some(id) = self.leader.id() {
            kill_group(id);
            // A failure means that it has ended already.
            let _ = self.leader.start_kill();
        }
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Whether a file was not started because it is no program: a script without `#!`, or a program of another system.
pub(crate) fn is_no_program(error: &io::Error) -> bool {
    #[cfg(unix)]
    let expected = rustix::io::Errno::NOEXEC.raw_os_error();
    // ERROR_BAD_EXE_FORMAT
    #[cfg(windows)]
    let expected = 193;
    error.raw_os_error() == Some(expected)
}

/// Keeps a Ctrl-C at the terminal away from the child. It is not killed when its handle is dropped.
pub(crate) fn detach(command: &mut std::process::Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(windows)]
    std::os::windows::process::CommandExt::creation_flags(command, CREATE_NEW_PROCESS_GROUP);
}

#[cfg(unix)]
fn separate(command: &mut Command) {
    command.process_group(0);
}

#[cfg(unix)]
fn kill_group(id: u32) {
    use rustix::process::{Pid, Signal, kill_process_group};
    if let Some(group) = i32::try_from(id).ok().and_then(Pid::from_raw) {
        // A failure means that it has ended already.
        let _ = kill_process_group(group, Signal::KILL);
    }
}

/// Ctrl-C is not passed on, and no window opens.
#[cfg(windows)]
const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;

#[cfg(windows)]
fn separate(command: &mut Command) {
    command.creation_flags(CREATE_NEW_PROCESS_GROUP);
}

/// A job object would need unsafe code; `taskkill` is part of every Windows.
#[cfg(windows)]
fn kill_group(id: u32) {
    let mut command = std::process::Command::new("taskkill");
    command.args(["/T", "/F", "/PID", &id.to_string()]);
    command.stdin(std::process::Stdio::null());
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    // The tree is found through the leader, so this has to end before the leader is killed.
    let _ = command.status();
}

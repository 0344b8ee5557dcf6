//! A forwarder as a process, and its costs.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Instant;

use tempfile::TempDir;

use crate::figures::case::Case;

/// A running forwarder. What it prints goes to a file.
pub(crate) struct Listen {
    child: Child,
    pub(crate) started: Instant,
    /// Removed with it.
    _home: TempDir,
}

impl Listen {
    /// Starts it below another program, if `wrapper` names one. It ends by itself after `count` events.
    pub(crate) fn start(wrapper: &[&str], case: &Case, base: &str, port: u16, count: Option<usize>) -> Self {
        let home = tempfile::tempdir().unwrap();
        let out = File::create(home.path().join("out")).unwrap();
        let mut command = case.command(wrapper, home.path(), base, port, count);
        command.stdin(Stdio::null()).stdout(out).stderr(Stdio::null());
        let started = Instant::now();
        Self { child: command.spawn().unwrap(), started, _home: home }
    }

    /// Waits until it ends by itself.
    pub(crate) fn wait(&mut self) {
        assert!(self.child.wait().unwrap().success());
    }

    pub(crate) fn cpu(&self) -> Cpu {
        let tasks = format!("/proc/{}/task", self.child.id());
        let threads = std::fs::read_dir(tasks).unwrap().filter_map(|thread| {
            let path = thread.ok()?.path();
            // A thread may have ended since the list was read.
            let text = std::fs::read_to_string(path.join("schedstat")).ok()?;
            Some((path.file_name()?.to_string_lossy().into_owned(), millis(&text)))
        });
        Cpu(threads.collect())
    }

    /// `VmRSS` or `VmHWM`, in MiB.
    pub(crate) fn memory(&self, name: &str) -> f64 {
        number_after(&self.proc("status"), name) / 1024.0
    }

    pub(crate) fn written(&self) -> Written {
        let io = self.proc("io");
        Written { calls: number_after(&io, "wchar"), disk: number_after(&io, "write_bytes") }
    }

    fn proc(&self, name: &str) -> String {
        std::fs::read_to_string(Path::new("/proc").join(self.child.id().to_string()).join(name)).unwrap()
    }
}

impl Drop for Listen {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Bytes written so far.
pub(crate) struct Written {
    /// By `write` and its kin, which includes those to pipes and, in some programs, sockets.
    pub(crate) calls: f64,
    /// To the disk, in whole pages.
    pub(crate) disk: f64,
}

/// Processor time of each thread in milliseconds, in the kernel and in user space. Unlike that of `stat`, it is
/// not counted in ticks of 10 ms.
pub(crate) struct Cpu(HashMap<String, f64>);

impl Cpu {
    /// The time since then, without that of threads that have ended.
    pub(crate) fn since(&self, before: &Self) -> f64 {
        self.0.iter().map(|(thread, now)| now - before.0.get(thread).unwrap_or(&0.0)).sum()
    }
}

/// Processor time of this thread so far in milliseconds.
pub(crate) fn own_cpu() -> f64 {
    millis(&std::fs::read_to_string("/proc/thread-self/schedstat").unwrap())
}

/// The first number of a `schedstat` file, which is in nanoseconds.
fn millis(schedstat: &str) -> f64 {
    schedstat.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e6
}

fn number_after(text: &str, name: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

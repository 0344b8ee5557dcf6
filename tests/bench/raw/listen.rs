//! The real `cstar listen` as a process, and its costs.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// The output of the process.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Form {
    /// `--json`, to a file.
    Json,
    /// Lines for people, to /dev/null.
    Human,
}

/// A running `listen`.
pub(crate) struct Listen {
    child: Child,
    /// Removed with it.
    _home: TempDir,
}

impl Listen {
    pub(crate) fn start(binary: &Path, base: &str, port: u16, form: Form, args: &[&str]) -> Self {
        Self::run(Command::new(binary), base, port, form, args)
    }

    /// Runs it under callgrind, which writes to `counts` when it ends.
    pub(crate) fn counted(binary: &Path, counts: &Path, base: &str, port: u16, args: &[&str]) -> Self {
        let mut command = Command::new("valgrind");
        let file = format!("--callgrind-out-file={}", counts.display());
        command.args(["--tool=callgrind", "--quiet", &file]).arg(binary);
        Self::run(command, base, port, Form::Json, args)
    }

    fn run(mut command: Command, base: &str, port: u16, form: Form, args: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let out = match form {
            Form::Json => File::create(home.path().join("out")).unwrap().into(),
            Form::Human => Stdio::null(),
        };
        command
            .env_clear()
            .env("HOME", home.path())
            .env("CSTAR_HOME", home.path())
            .env("CSTAR_BASE_URL", base)
            .env("CSTAR_API_KEY", "sk_test_sandbox0000000000000000000000000")
            .args(["listen", "--forward-to", &format!("http://127.0.0.1:{port}/webhook")])
            .args(args);
        if form == Form::Json {
            command.arg("--json");
        }
        let child = command.stdin(Stdio::null()).stdout(out).stderr(Stdio::null()).spawn().unwrap();
        Self { child, _home: home }
    }

    /// Waits until it ends by itself.
    pub(crate) fn wait(mut self) {
        assert!(self.child.wait().unwrap().success());
    }

    /// Processor time of all threads so far in milliseconds, in the kernel and in user space.
    pub(crate) fn cpu_millis(&self) -> f64 {
        millis_of(&self.proc("stat"))
    }

    /// `VmRSS` or `VmHWM`, in MiB.
    pub(crate) fn memory(&self, name: &str) -> f64 {
        let status = self.proc("status");
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        let kib: f64 = line.trim_start_matches(':').trim().trim_end_matches(" kB").parse().unwrap();
        kib / 1024.0
    }

    fn proc(&self, name: &str) -> String {
        std::fs::read_to_string(format!("/proc/{}/{name}", self.child.id())).unwrap()
    }
}

/// Processor time of this thread so far in milliseconds.
pub(crate) fn own_cpu_millis() -> f64 {
    millis_of(&std::fs::read_to_string("/proc/thread-self/stat").unwrap())
}

/// `utime` and `stime` of a `stat` file of /proc.
fn millis_of(stat: &str) -> f64 {
    let after_name = stat.rsplit_once(") ").unwrap().1;
    let mut fields = after_name.split(' ').skip(11).map(|field| field.parse::<f64>().unwrap());
    // A clock tick of /proc is 10 ms on every Linux that matters.
    (fields.next().unwrap() + fields.next().unwrap()) * 10.0
}

impl Drop for Listen {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

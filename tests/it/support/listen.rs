//! A running `cstar listen --json`, read line by line.

use std::process::{Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::process::{self, Process};
use super::{TIMEOUT, json_line};

/// The running command. It is killed when this is dropped.
pub(crate) struct Listen {
    running: Process,
    lines: Receiver<String>,
    stderr: Receiver<String>,
    /// Every line seen so far.
    pub(crate) seen: Vec<Value>,
}

impl Listen {
    /// Starts `command listen --json args…` and waits until it is connected.
    pub(crate) fn start(command: Command, args: &[&str]) -> Self {
        let mut listen = Self::start_unconnected(command, args);
        listen.wait_for("connected");
        listen
    }

    /// Starts it without waiting for anything.
    pub(crate) fn start_unconnected(mut command: Command, args: &[&str]) -> Self {
        command.args(["listen", "--json"]).args(args).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = Process::start(&mut command);
        let (lines, stderr) = (process::lines(running.stdout()), process::lines(running.stderr()));
        Self { running, lines, stderr, seen: Vec::new() }
    }

    /// The next line; `None` at the end of the stream.
    pub(crate) fn next(&mut self) -> Option<Value> {
        match self.lines.recv_timeout(TIMEOUT) {
            Ok(line) => {
                let value = json_line(&line);
                self.seen.push(value.clone());
                Some(value)
            }
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => None,
            Err(timeout) => panic!("{timeout}; seen: {:#?}", self.tail()),
        }
    }

    /// Reads until a line of this type.
    pub(crate) fn wait_for(&mut self, kind: &str) -> Value {
        self.wait_until(kind, |value| value["type"] == kind)
    }

    /// Reads until a line for which `is_wanted` is true. `what` names it in the failure.
    pub(crate) fn wait_until(&mut self, what: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + TIMEOUT;
        while let Some(value) = self.next() {
            if is_wanted(&value) {
                return value;
            }
            assert!(Instant::now() < deadline, "{what} never arrived; seen: {:#?}", self.tail());
        }
        panic!("ended before {what}; seen: {:#?}\nstderr: {}", self.tail(), self.stderr());
    }

    /// Reads until the summary, whose counts must add up.
    pub(crate) fn summary(&mut self) -> Value {
        let summary = self.wait_for("summary");
        assert_balanced(&summary);
        summary
    }

    /// Reads until there are this many lines of this type, including those seen before.
    pub(crate) fn wait_for_all(&mut self, kind: &str, count: usize) {
        let deadline = Instant::now() + TIMEOUT;
        while self.all(kind).len() < count {
            self.wait_for(kind);
            let seen = self.all(kind).len();
            assert!(Instant::now() < deadline, "only {seen} of {count} {kind}; seen: {:#?}", self.tail());
        }
    }

    /// The first line of this type among those printed so far.
    pub(crate) fn poll(&mut self, kind: &str) -> Option<Value> {
        self.seen.extend(self.lines.try_iter().map(|line| json_line(&line)));
        self.seen.iter().find(|value| value["type"] == kind).cloned()
    }

    /// All lines of a type seen so far.
    pub(crate) fn all(&self, kind: &str) -> Vec<&Value> {
        self.seen.iter().filter(|value| value["type"] == kind).collect()
    }

    /// Interrupts it, as Ctrl-C does.
    pub(crate) fn interrupt(&self) {
        self.running.interrupt();
    }

    /// The same; `false` if it has ended.
    pub(crate) fn try_interrupt(&self) -> bool {
        self.running.try_interrupt()
    }

    /// Its peak resident memory, in KiB.
    #[cfg(target_os = "linux")]
    pub(crate) fn peak_kib(&self) -> u64 {
        self.kib("VmHWM:")
    }

    /// The same without the pages of the program itself, which are many in a debug build.
    #[cfg(target_os = "linux")]
    pub(crate) fn peak_data_kib(&self) -> u64 {
        self.kib("VmHWM:").saturating_sub(self.kib("RssFile:"))
    }

    #[cfg(target_os = "linux")]
    fn kib(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.running.pid()
    }

    /// Interrupts it: it must exit with 0, with a summary that adds up.
    pub(crate) fn stop(self) {
        if process::is_under_wine() {
            // It is killed. Its history is written a few milliseconds after its output.
            std::thread::sleep(Duration::from_millis(200));
            return;
        }
        self.interrupt();
        let ended = self.finish();
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{ended:#?}");
        ended.summary();
    }

    /// Reads to the end; returns the exit code and standard error.
    pub(crate) fn finish(mut self) -> FinishedListen {
        let deadline = Instant::now() + TIMEOUT;
        while self.next().is_some() {
            assert!(Instant::now() < deadline, "it keeps running; seen: {:#?}", self.tail());
        }
        let code = self.running.wait().code().unwrap_or(-1);
        let stderr = self.stderr();
        FinishedListen { code, stderr, seen: std::mem::take(&mut self.seen) }
    }

    fn stderr(&mut self) -> String {
        self.running.kill();
        let mut text = String::new();
        while let Ok(line) = self.stderr.recv_timeout(TIMEOUT) {
            text.push_str(&line);
            text.push('\n');
        }
        text
    }

    fn tail(&self) -> Vec<String> {
        self.seen.iter().rev().take(20).rev().map(ToString::to_string).collect()
    }
}

/// A `listen` that has ended.
#[derive(Debug)]
pub(crate) struct FinishedListen {
    pub(crate) code: i32,
    pub(crate) stderr: String,
    pub(crate) seen: Vec<Value>,
}

impl FinishedListen {
    /// The last line, the summary.
    pub(crate) fn summary(&self) -> &Value {
        let last = self.seen.last().unwrap_or_else(|| panic!("it printed nothing: {self:?}"));
        assert_balanced(last);
        last
    }
}

/// Fails unless this is a `summary` whose counts add up, in total and per target.
pub(crate) fn assert_balanced(summary: &Value) {
    assert_eq!(summary["type"], "summary", "{summary}");
    assert_eq!(summary["balanced"], true, "{summary}");
    let count = |of: &Value, name: &str| of[name].as_u64().unwrap_or_else(|| panic!("no {name}: {of}"));
    let sum = |of: &Value, names: &[&str]| names.iter().map(|name| count(of, name)).sum::<u64>();
    let ends = ["delivered", "failed", "waiting"];
    let skipped = count(summary, "skipped");
    assert_eq!(count(summary, "received"), sum(summary, &ends) + skipped, "{summary}");
    let targets = summary["targets"].as_array().unwrap();
    assert!(!targets.is_empty(), "{summary}");
    for target in targets {
        assert_eq!(count(target, "received"), sum(target, &ends), "{summary}");
    }
    for name in ends {
        let of_targets: u64 = targets.iter().map(|target| count(target, name)).sum();
        assert_eq!(count(summary, name), of_targets, "{name}: {summary}");
    }
    let of_targets: u64 = targets.iter().map(|target| count(target, "received")).sum();
    assert_eq!(count(summary, "received"), of_targets + skipped, "{summary}");
}

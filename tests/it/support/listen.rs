//! A running `cstar listen --json`, read line by line.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::Instant;

use serde_json::Value;

use super::{PATIENCE, json_line};

/// The running command. It is killed when this is dropped.
pub(crate) struct Listen {
    child: Child,
    lines: Receiver<String>,
    stderr: Option<JoinHandle<String>>,
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
        let mut child = command
            .args(["listen", "--json"])
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in stdout.lines() {
                let Ok(line) = line else { return };
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let mut stderr = child.stderr.take().unwrap();
        let stderr = std::thread::spawn(move || {
            let mut text = String::new();
            let _ = std::io::Read::read_to_string(&mut stderr, &mut text);
            text
        });
        Self { child, lines, stderr: Some(stderr), seen: Vec::new() }
    }

    /// The next line; `None` at the end of the stream.
    pub(crate) fn next(&mut self) -> Option<Value> {
        match self.lines.recv_timeout(PATIENCE) {
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

    /// Reads until `wanted` says yes. `what` names it in the failure.
    pub(crate) fn wait_until(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + PATIENCE;
        while let Some(value) = self.next() {
            if wanted(&value) {
                return value;
            }
            assert!(Instant::now() < deadline, "{what} never came; seen: {:#?}", self.tail());
        }
        panic!("ended before {what}; seen: {:#?}\nstderr: {}", self.tail(), self.stderr());
    }

    /// Reads until there were so many lines of this type, those seen before included.
    pub(crate) fn wait_for_all(&mut self, kind: &str, count: usize) {
        while self.all(kind).len() < count {
            self.wait_for(kind);
        }
    }

    /// The first line of this type among what has been printed by now.
    pub(crate) fn poll(&mut self, kind: &str) -> Option<Value> {
        self.seen.extend(self.lines.try_iter().map(|line| json_line(&line)));
        self.seen.iter().find(|value| value["type"] == kind).cloned()
    }

    /// All lines of a type seen so far.
    pub(crate) fn all(&self, kind: &str) -> Vec<&Value> {
        self.seen.iter().filter(|value| value["type"] == kind).collect()
    }

    /// Sends SIGINT, as Ctrl-C does.
    #[cfg(unix)]
    pub(crate) fn interrupt(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    }

    /// The most memory it ever had resident, in KiB.
    #[cfg(target_os = "linux")]
    pub(crate) fn peak_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// The process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Reads to the end; gives the exit code and standard error.
    pub(crate) fn finish(mut self) -> Finished {
        let deadline = Instant::now() + PATIENCE;
        while self.next().is_some() {
            assert!(Instant::now() < deadline, "it does not end; seen: {:#?}", self.tail());
        }
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        let stderr = self.stderr();
        Finished { code, stderr, seen: std::mem::take(&mut self.seen) }
    }

    fn stderr(&mut self) -> String {
        let _ = self.child.kill();
        self.stderr.take().map(|thread| thread.join().unwrap()).unwrap_or_default()
    }

    fn tail(&self) -> Vec<String> {
        self.seen.iter().rev().take(20).rev().map(ToString::to_string).collect()
    }
}

impl Drop for Listen {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A `listen` that has ended.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) code: i32,
    pub(crate) stderr: String,
    pub(crate) seen: Vec<Value>,
}

impl Finished {
    /// The last line, which says what became of everything.
    pub(crate) fn stopped(&self) -> &Value {
        let last = self.seen.last().unwrap();
        assert_eq!(last["type"], "stopped", "{last}");
        last
    }
}

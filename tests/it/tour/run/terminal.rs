//! The terminals of a tour: shells that run blocks, and what their screens show.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender};
use std::time::{Duration, Instant};

use super::matches;
use crate::support::{Home, TIMEOUT};

pub(crate) const BLOCK_DONE: &str = "tour: block done";
const SHELL_ENDED: &str = "tour: shell ended";

fn is_free(port: u16) -> bool {
    TcpListener::bind(("127.0.0.1", port)).is_ok_and(|listener| {
        crate::support::ports::stop_listening(&listener);
        true
    })
}

/// The ports in the texts and their replacements.
pub(crate) struct Ports([(&'static str, String); 3]);

impl Ports {
    /// Below the range from which the system picks, so that no other test gets one of them.
    pub(crate) fn free() -> Self {
        static TOURS: AtomicU32 = AtomicU32::new(0);
        let tour = std::process::id().wrapping_mul(7) + TOURS.fetch_add(1, Ordering::Relaxed);
        let start = 20_000 + u16::try_from(tour % 500 * 20).unwrap();
        let mut free = (start..32_000).filter(|port| [*port, port + 1].iter().all(|port| is_free(*port)));
        let mut next = |screen| (screen, free.next().unwrap().to_string());
        Self([next("4747"), next("3000"), next("3001")])
    }

    /// Replaces every port in `text`. Digits within a longer word are kept.
    pub(crate) fn replace(&self, text: &str) -> String {
        let is_part = |c: char| c.is_ascii_alphanumeric();
        let mut out = String::new();
        let mut word = String::new();
        for c in text.chars().map(Some).chain([None]) {
            match c {
                Some(c) if is_part(c) => word.push(c),
                other => {
                    let port = self.0.iter().find(|(screen, _)| *screen == word);
                    out.push_str(port.map_or(word.as_str(), |(_, used)| used));
                    out.extend(other);
                    word.clear();
                }
            }
        }
        out
    }

    /// A script that uses the test's sandbox, which is not on the default port.
    pub(crate) fn script(&self, text: &str) -> String {
        let at = &self.0[0].1;
        let text = self.replace(text);
        let text = text.replace("cstar sandbox\n", &format!("cstar sandbox --port {at}\n"));
        // Loopback is enough to show that the command works.
        let text = text.replace("sandbox --bind 0.0.0.0", &format!("sandbox --port {at} --bind 127.0.0.1"));
        text.replace("--sandbox", &format!("--sandbox --base-url http://127.0.0.1:{at}"))
    }
}

/// A shell in a process group of its own, which is killed when this is dropped.
pub(crate) struct Terminal {
    shell: Child,
    input: ChildStdin,
}

impl Terminal {
    pub(crate) fn open(home: &Home, lines: &Sender<String>) -> Self {
        let binary = std::path::Path::new(env!("CARGO_BIN_EXE_cstar"));
        let path = std::env::var("PATH").unwrap();
        let mut shell = Command::new("bash")
            .args(["-euo", "pipefail", "-s"])
            .env_clear()
            .env("PATH", format!("{}:{path}", binary.parent().unwrap().display()))
            .env("HOME", home.path())
            .env("CSTAR_HOME", home.path().join("cstar-home"))
            .env("TMPDIR", home.path())
            // Nothing listens there, so that remote requests fail.
            .env("HTTPS_PROXY", "http://127.0.0.1:9")
            .current_dir(home.path().join("tour"))
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        forward(shell.stdout.take().unwrap(), lines.clone());
        forward(shell.stderr.take().unwrap(), lines.clone());
        let mut input = shell.stdin.take().unwrap();
        writeln!(input, "trap 'echo \"{SHELL_ENDED}: $?\"' EXIT").unwrap();
        Self { shell, input }
    }

    /// In braces, so that the commands do not read the rest of the script as their input.
    pub(crate) fn paste(&mut self, script: &str) {
        writeln!(self.input, "{{\n{script}}} < /dev/null\necho '{BLOCK_DONE}'").unwrap();
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let kill = format!("kill -KILL -- -{}", self.shell.id());
        let _ = Command::new("bash").args(["-c", &kill]).status();
        let _ = self.shell.wait();
        // A killed process frees its ports a moment later, and the next terminal needs them.
        let deadline = Instant::now() + TIMEOUT;
        while Instant::now() < deadline && group_is_alive(self.shell.id()) {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// Whether a process of the group still runs.
fn group_is_alive(group: u32) -> bool {
    if cfg!(not(target_os = "linux")) {
        let try_group = format!("kill -0 -- -{group}");
        let tried = Command::new("bash").args(["-c", &try_group]).stderr(Stdio::null()).status();
        return tried.is_ok_and(|status| status.success());
    }
    // Also while it waits for its parent, a process is in the group.
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes.filter_map(|process| std::fs::read_to_string(process.path().join("stat")).ok()).any(|stat| {
        // After the name, which may contain anything: state, parent, group.
        let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
        let mut fields = after.split_whitespace();
        let state = fields.next();
        !matches!(state, Some("Z" | "X")) && fields.nth(1) == Some(group.to_string().as_str())
    })
}

fn forward(stream: impl Read + Send + 'static, lines: Sender<String>) {
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if lines.send(line).is_err() {
                return;
            }
        }
    });
}

/// The output of all terminals.
pub(crate) struct Screen {
    lines: Receiver<String>,
    pub(crate) seen: Vec<String>,
    /// Where the output of the latest block begins.
    block: usize,
    claimed: HashSet<usize>,
}

impl Screen {
    pub(crate) fn new(lines: Receiver<String>) -> Self {
        Self { lines, seen: Vec::new(), block: 0, claimed: HashSet::new() }
    }

    pub(crate) fn begin_block(&mut self) {
        self.seen.extend(self.lines.try_iter());
        self.block = self.seen.len();
    }

    /// Waits for a line that no other expectation has claimed.
    pub(crate) fn expect(&mut self, expected: &str) {
        let deadline = Instant::now() + TIMEOUT;
        let mut at = self.block;
        loop {
            while at < self.seen.len() {
                let line = &self.seen[at];
                assert!(!line.starts_with(SHELL_ENDED), "before `{expected}`: {:#?}", self.seen);
                if matches(expected, &without_container_note(line)) && self.claimed.insert(at) {
                    return;
                }
                at += 1;
            }
            let patience = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(patience) {
                Ok(line) => self.seen.push(line),
                Err(_) => panic!("`{expected}` was not shown: {:#?}", &self.seen[self.block..]),
            }
        }
    }
}

/// A line without the advice that is only printed in a container, such as that of a CI job.
fn without_container_note(line: &str) -> String {
    match line.split_once(" (in a container").and_then(|(start, rest)| Some((start, rest.split_once(')')?.1)))
    {
        Some((start, end)) => format!("{start}{end}"),
        None => line.to_owned(),
    }
}

#[test]
fn ports_are_replaced_as_whole_words() {
    let ports = Ports([("4747", "1".into()), ("3000", "2".into()), ("3001", "3".into())]);
    let text = "localhost:3000/webhook 0.0.0.0:3001, 4747 30000 x3000";
    assert_eq!(ports.replace(text), "localhost:2/webhook 0.0.0.0:3, 1 30000 x3000");
    assert_eq!(ports.script("cstar sandbox\n"), "cstar sandbox --port 1\n");
}

//! What users copy into their own CI: the fixtures of `cstar help testing`, the action for GitHub and the jobs of
//! `cstar help ci`, all run as printed with the real tools.
//!
//! Nearly all need programs that `.ci/test-runners` installs, so a plain `cargo test` leaves them out.

mod action;
mod fixtures;
mod github;
mod gitlab;
mod releases;
mod texts;

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::process::Process;
use crate::support::{Home, TIMEOUT, set_mode};
use crate::tour::run::terminal::Ports;

/// Far longer than a runner of tests takes to start and to end, on a busy machine too.
const LONG: Duration = TIMEOUT.saturating_mul(10);

/// Where `.ci/test-runners` installs a program or packages.
fn installed(path: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    assert!(path.exists(), "{} is missing: .ci/test-runners installs it", path.display());
    path
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn write_program(path: &Path, text: &str) {
    write(path, text);
    set_mode(path, 0o755);
}

/// Waits until `condition` is true, for a step of one program.
fn wait_until(what: &str, condition: impl Fn() -> bool) {
    wait_within(TIMEOUT, what, condition);
}

fn wait_within(limit: Duration, what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + limit;
    while !condition() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Replaces `from`, which has to be there.
fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "`{from}` is not in {text}");
    text.replace(from, to)
}

/// A project of a user in a home of its own, whose `cstar` is a script: it notes its process and the one that started
/// it, and then becomes the real program.
struct Project {
    home: Home,
}

impl Project {
    fn new() -> Self {
        let project = Self { home: Home::new() };
        std::fs::create_dir(project.folder()).unwrap();
        write_program(&project.program(), &project.script());
        project
    }

    fn script(&self) -> String {
        let (log, real) = (self.log(), env!("CARGO_BIN_EXE_cstar"));
        format!("#!/bin/sh\necho \"$$ $PPID $1\" >> '{}'\nexec '{real}' \"$@\"\n", log.display())
    }

    fn folder(&self) -> PathBuf {
        self.home.path().join("project")
    }

    fn program(&self) -> PathBuf {
        self.home.path().join("bin/cstar")
    }

    fn log(&self) -> PathBuf {
        self.home.path().join("started")
    }

    fn write(&self, name: &str, text: &str) {
        write(&self.folder().join(name), text);
    }

    /// The processes of `cstar COMMAND` that were started, and their parents.
    fn started(&self, command: &str) -> Vec<(u32, u32)> {
        let log = std::fs::read_to_string(self.log()).unwrap_or_default();
        // A line that is being written has no end yet.
        let complete = log.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
        let fields = complete.map(|line| line.splitn(3, ' ').collect::<Vec<_>>());
        let wanted = fields.filter(|fields| fields[2] == command);
        wanted.map(|fields| (fields[0].parse().unwrap(), fields[1].parse().unwrap())).collect()
    }

    /// A program in the folder of the project, with nothing of the developer's but the PATH.
    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let path = std::env::var("PATH").unwrap();
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", format!("{}:{path}", self.program().parent().unwrap().display()))
            .env("HOME", self.home.path())
            .env("TMPDIR", self.home.path())
            .env("CI", "true")
            .current_dir(self.folder())
            .stdin(Stdio::null());
        command
    }

    /// Starts a command in a process group of its own.
    fn start(&self, command: &mut Command) -> Running {
        let output = self.home.path().join("output");
        let file = std::fs::File::create(&output).unwrap();
        // A file, because a process that outlives the command would keep a pipe open.
        command.stdout(file.try_clone().unwrap()).stderr(file).process_group(0);
        Running { process: Process::start(command), output }
    }

    /// Writes `my-server`, the server of the user, which answers `status` to everything on port 3000 of the texts.
    fn write_server(&self, status: u16, ports: &Ports) {
        let log = self.log();
        let server = format!(
            "#!/usr/bin/env python3
import os
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers['Content-Length']))
        self.send_response({status})
        self.end_headers()
open('{}', 'a').write(f'{{os.getpid()}} {{os.getppid()}} server\\n')
HTTPServer(('127.0.0.1', 3000), Handler).serve_forever()
",
            log.display()
        );
        write_program(&self.folder().join("my-server"), &ports.replace(&server));
    }

    /// Makes the project a git repository with everything in it committed.
    fn commit(&self) {
        commit(&self.folder());
    }

    /// Everything that outlives the step that started it.
    fn all_started(&self) -> Vec<u32> {
        ["sandbox", "listen", "server"]
            .iter()
            .flat_map(|name| self.started(name))
            .map(|(process, _)| process)
            .collect()
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        for process in self.all_started().into_iter().filter(|process| is_running(*process)) {
            kill("-KILL", &process.to_string());
        }
    }
}

fn commit(folder: &Path) {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"];
    for args in [&["init", "-q"][..], &["add", "-A"], &["commit", "-qm", "all"]] {
        let mut git = Command::new("git");
        git.env("GIT_CONFIG_GLOBAL", "/dev/null").current_dir(folder).args(identity).args(args);
        assert!(git.status().unwrap().success(), "{args:?}");
    }
}

/// A command that was started, and its output so far.
struct Running {
    process: Process,
    output: PathBuf,
}

impl Running {
    /// Waits for its end; returns whether it succeeded, and what it printed.
    fn end(&mut self) -> (bool, String) {
        let status = self.process.wait_within(LONG);
        (status.success(), std::fs::read_to_string(&self.output).unwrap())
    }

    fn succeeds(&mut self) -> String {
        let (success, printed) = self.end();
        assert!(success, "{printed}");
        printed
    }

    fn fails(&mut self) -> String {
        let (success, printed) = self.end();
        assert!(!success, "{printed}");
        printed
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        kill("-KILL", &format!("-{}", self.process.pid()));
    }
}

fn kill(signal: &str, process: &str) {
    let _ = Command::new("kill").args([signal, "--", process]).stderr(Stdio::null()).status();
}

/// Whether a process runs. One that has ended may stay in the table until its parent asks how.
fn is_running(process: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"));
    // The state comes after the name, which may contain anything.
    stat.is_ok_and(|stat| !matches!(stat.rsplit_once(") ").unwrap().1.as_bytes()[0], b'Z' | b'X'))
}

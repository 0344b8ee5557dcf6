//! A pseudoterminal, for what happens only on a terminal.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

use super::TIMEOUT;
use super::process::{Process, read_to_end, read_until, read_up_to};

/// Runs a command on a terminal of its own. Bytes from standard input are typed, except for 0, which asks
/// for the mode, and of 1, which makes the terminal small. The screen goes to standard output, followed by the exit
/// code.
const TERMINAL: &str = r#"
import fcntl, os, pty, select, struct, sys, termios

master, slave = pty.openpty()
columns = int(sys.argv.pop(1))
if columns:
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for standard in (0, 1, 2):
        os.dup2(slave, standard)
    os.execv(sys.argv[1], sys.argv[1:])

def say(text):
    os.write(1, ("\n[" + text + "]\n").encode())

def mode():
    flags = termios.tcgetattr(slave)[3]
    say("canonical %d, echo %d" % (bool(flags & termios.ICANON), bool(flags & termios.ECHO)))

mode()
status = None
while status is None:
    ended, code = os.waitpid(pid, os.WNOHANG)
    if ended:
        status = os.waitstatus_to_exitcode(code)
    readable, _, _ = select.select([0, master], [], [], 0.02)
    if master in readable:
        os.write(1, os.read(master, 65536))
    if 0 in readable:
        typed = os.read(0, 1)
        if not typed:
            os.kill(pid, 9)
        elif typed == b"\0":
            mode()
        elif typed == b"\1":
            fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 10, 40, 0, 0))
        else:
            os.write(master, typed)
while select.select([master], [], [], 0)[0]:
    os.write(1, os.read(master, 65536))
mode()
say("exit %d" % status)
"#;

/// Printed by a test that cannot have a terminal.
pub(crate) const SKIPPED: &str = "skipped: this needs python3 with its pty module";

/// `cstar` on a terminal of its own.
pub(crate) struct Terminal {
    running: Process,
    keyboard: ChildStdin,
    screen: Option<ChildStdout>,
}

impl Terminal {
    /// Runs `cstar` with `args`; `None` where there is no Python.
    pub(crate) fn start(cstar: &Command, args: &[&str]) -> Option<Self> {
        Self::start_with_width(0, cstar, args)
    }

    /// The same with this many columns; 0 for a terminal of unknown width.
    pub(crate) fn start_with_width(columns: usize, cstar: &Command, args: &[&str]) -> Option<Self> {
        let python = |command: &mut Command| {
            command.env_clear().envs(cstar.get_envs().filter_map(|(name, value)| Some((name, value?))));
        };
        static IS_POSSIBLE: OnceLock<bool> = OnceLock::new();
        let is_possible = IS_POSSIBLE.get_or_init(|| {
            let mut version = Command::new("python3");
            // `waitstatus_to_exitcode` came with 3.9.
            version.args(["-c", "import os, pty, termios; os.waitstatus_to_exitcode"]);
            python(&mut version);
            version.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
        });
        if !is_possible {
            return None;
        }
        let mut command = Command::new("python3");
        python(&mut command);
        command.args(["-c", TERMINAL, &columns.to_string()]).arg(cstar.get_program()).args(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut running = Process::start(&mut command);
        let (keyboard, screen) = (running.stdin()?, Some(running.stdout()));
        Some(Self { running, keyboard, screen })
    }

    /// An interactive bash with job control and the environment of `cstar`; `None` where there is none.
    pub(crate) fn bash(cstar: &Command) -> Option<Self> {
        let bash = ["/bin/bash", "/usr/bin/bash"].into_iter().find(|path| Path::new(path).exists())?;
        let mut command = Command::new(bash);
        command.env_clear().envs(cstar.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.env("PS1", "$ ").env("TERM", "dumb");
        Self::start(&command, &["--norc", "--noprofile", "-i"])
    }

    /// Types one character.
    pub(crate) fn type_key(&mut self, key: char) {
        write!(self.keyboard, "{key}").unwrap();
    }

    /// Reads until the screen shows `wanted`; returns its text so far.
    pub(crate) fn wait_for(&mut self, expected: &'static str) -> String {
        let (screen, printed) = read_until(self.screen.take().unwrap(), expected);
        self.screen = Some(screen);
        printed
    }

    /// Waits until typed keys are no longer shown.
    pub(crate) fn wait_for_echo_off(&mut self) {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            self.type_key('\0');
            let (screen, printed) = read_until(self.screen.take().unwrap(), "[canonical");
            self.screen = Some(screen);
            if printed.contains("echo 0") {
                return;
            }
            assert!(Instant::now() < deadline, "echo stays on: {printed}");
        }
    }

    /// What the screen is sent from now on, as it comes.
    pub(crate) fn output(&mut self) -> Receiver<Vec<u8>> {
        let (sender, receiver) = channel();
        let mut screen = self.screen.take().unwrap();
        std::thread::spawn(move || {
            let mut buffer = vec![0; 65_536];
            while let Ok(length @ 1..) = screen.read(&mut buffer) {
                if sender.send(buffer[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        receiver
    }

    /// Reads to the end.
    pub(crate) fn read_to_end(&mut self) -> String {
        read_to_end(self.screen.take().unwrap())
    }

    /// Reads until the screen shows `question`, which need not end its line.
    pub(crate) fn wait_for_prompt(&mut self, question: &'static str) {
        self.screen = Some(read_up_to(self.screen.take().unwrap(), question));
    }

    /// Reads until the screen shows this mode of the terminal.
    pub(crate) fn wait_for_mode(&mut self, expected: &'static str) {
        self.type_key('\0');
        self.wait_for(expected);
    }

    /// Types a line.
    pub(crate) fn type_line(&mut self, line: &str) {
        writeln!(self.keyboard, "{line}").unwrap();
    }

    /// Sends a signal, such as `HUP`, to the command on the terminal.
    pub(crate) fn signal(&self, name: &str) {
        let parent = self.running.pid().to_string();
        let sent = Command::new("pkill").args([&format!("-{name}"), "-P", &parent]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for the end of the terminal.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.running.wait()
    }
}

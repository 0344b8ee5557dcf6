//! The keys of `listen` on a real terminal: what each does, and that the terminal is put back.

use std::io::Write;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

use crate::support::Home;
use crate::support::fire::Fire;
use crate::support::receiver::Receiver;
use crate::support::running::{Running, read_until};
use crate::support::sandbox::Sandbox;

/// Runs a command on a terminal of its own. Bytes from standard input are typed, but for 0, which asks
/// for the mode; what the terminal shows goes to standard output, and at the end the exit code.
const TERMINAL: &str = r#"
import fcntl, os, pty, select, sys, termios

master, slave = pty.openpty()
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
        else:
            os.write(master, typed)
while select.select([master], [], [], 0)[0]:
    os.write(1, os.read(master, 65536))
mode()
say("exit %d" % status)
"#;

const SKIPPED: &str = "skipped: this needs python3 with its pty module";

/// A `listen` on a terminal.
struct Terminal {
    running: Running,
    keyboard: ChildStdin,
    screen: Option<ChildStdout>,
}

impl Terminal {
    /// `None` where there is no Python to make one.
    fn start(cstar: &Command, args: &[&str]) -> Option<Self> {
        let python = |command: &mut Command| {
            command.env_clear().envs(cstar.get_envs().filter_map(|(name, value)| Some((name, value?))));
        };
        let mut version = Command::new("python3");
        // `waitstatus_to_exitcode` came with 3.9.
        version.args(["-c", "import os, pty, termios; os.waitstatus_to_exitcode"]);
        python(&mut version);
        if !version.stderr(Stdio::null()).status().is_ok_and(|status| status.success()) {
            return None;
        }
        let mut command = Command::new("python3");
        python(&mut command);
        command.args(["-c", TERMINAL]).arg(cstar.get_program()).arg("listen").args(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut running = Running::start(&mut command);
        let (keyboard, screen) = (running.stdin()?, Some(running.stdout()));
        Some(Self { running, keyboard, screen })
    }

    fn press(&mut self, key: char) {
        write!(self.keyboard, "{key}").unwrap();
    }

    /// Reads until the screen shows `wanted`.
    fn shows(&mut self, wanted: &'static str) {
        let (screen, _) = read_until(self.screen.take().unwrap(), wanted);
        self.screen = Some(screen);
    }

    fn mode_is(&mut self, wanted: &'static str) {
        self.press('\0');
        self.shows(wanted);
    }
}

#[test]
fn keys_pause_replay_and_quit_and_the_terminal_is_put_back() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let Some(mut terminal) = Terminal::start(&sandbox.cstar(&home), &["-v", "--forward-to", &receiver.url()])
    else {
        println!("{SKIPPED}");
        return;
    };
    terminal.shows("[canonical 1, echo 1]");
    terminal.shows("Ready.");
    terminal.shows("Keys: r replay last");
    terminal.mode_is("[canonical 0, echo 0]");
    let mut fire = Fire::at(sandbox.port);
    let first = fire.ticket("tkt_1", 1);
    assert_eq!(receiver.next().header("x-event-id"), first);
    terminal.shows("200");

    terminal.press('p');
    terminal.shows("Paused; 0 waiting");
    let second = fire.ticket("tkt_1", 2);
    terminal.shows("received ticket.updated");
    assert!(receiver.rest().is_empty(), "delivered in spite of the pause");
    terminal.press('p');
    // So it did wait.
    terminal.shows("Going on; 1 waiting");
    let delivered = receiver.next();
    assert_eq!(delivered.header("x-event-id"), second);
    assert_eq!(delivered.header("x-delivery-attempt"), "1");
    terminal.shows("200");

    terminal.press('r');
    let again = receiver.next();
    assert_eq!((again.header("x-event-id"), &again.body), (second.as_str(), &delivered.body));
    assert_eq!(again.header("x-delivery-attempt"), "2");
    terminal.shows("200");

    terminal.press('f');
    terminal.shows("Showing failures only.");
    terminal.press('?');
    terminal.shows("Keys: r replay last");
    terminal.press('q');
    terminal.shows("3 received = 3 delivered + 0 failed + 0 skipped");
    terminal.shows("[canonical 1, echo 1]");
    terminal.shows("[exit 0]");
    assert!(terminal.running.exit().success());
    assert!(receiver.rest().is_empty());
}

#[test]
fn an_interrupt_puts_the_terminal_back_too() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let Some(mut terminal) = Terminal::start(&sandbox.cstar(&home), &["--forward-to", "1"]) else {
        println!("{SKIPPED}");
        return;
    };
    terminal.shows("[canonical 1, echo 1]");
    terminal.shows("Keys: r replay last");
    // Ctrl-C, which is still a signal.
    terminal.press('\u{3}');
    terminal.shows("Stopped (interrupted)");
    terminal.shows("[canonical 1, echo 1]");
    terminal.shows("[exit 0]");
}

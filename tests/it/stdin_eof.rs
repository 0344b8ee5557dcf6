//! `--exit-on-stdin-eof`: a sandbox or a `listen` that ends with the program at the other end of its standard input.

use std::io::{Write, pipe};
use std::process::Stdio;
#[cfg(unix)]
use std::time::Duration;

use crate::support::Home;
use crate::support::listen::Listen;
use crate::support::process::{Process, read_until};
#[cfg(unix)]
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;

#[test]
fn sandbox_stops_at_the_end_of_stdin() {
    let (home, (input, mut parent), (stderr, output)) = (Home::new(), pipe().unwrap(), pipe().unwrap());
    let mut command = home.cstar();
    command.args(["sandbox", "--port", "0", "--ephemeral", "--exit-on-stdin-eof"]);
    let mut running = Process::start(command.stdin(input).stdout(Stdio::null()).stderr(output));
    drop(command);
    // Data is no end.
    parent.write_all(b"typed\n").unwrap();
    let (stderr, printed) = read_until(stderr, "stops.");
    assert!(printed.contains("Ctrl-C or the end of standard input stops."), "{printed}");
    drop(parent);
    read_until(stderr, "Sandbox stopped.");
    assert_eq!(running.wait().code(), Some(0));
}

#[test]
fn listen_stops_at_the_end_of_stdin() {
    let (home, (input, parent)) = (Home::new(), pipe().unwrap());
    let sandbox = Sandbox::start(&home);
    let mut command = sandbox.cstar(&home);
    command.stdin(input);
    let listen = Listen::start(command, &["--forward-to", "9", "--exit-on-stdin-eof"]);
    drop(parent);
    let ended = listen.finish();
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{ended:?}");
    assert_eq!(ended.summary()["reason"], "interrupted");
}

#[test]
fn empty_stdin_stops_nothing_by_default() {
    let home = Home::new();
    // Both read from the null device, which has ended before they begin.
    let sandbox = Sandbox::start(&home);
    let listen = Listen::start(sandbox.cstar(&home), &["--forward-to", "9", "--for", "1s"]);
    assert_eq!(listen.finish().summary()["reason"], "time up");
    sandbox.run(&home, ["trigger", "ticket.created"]).ok();
}

/// Ctrl-C reaches the parent as well, which then ends too. Two interrupts would stop it at once.
#[cfg(unix)]
#[test]
fn stdin_eof_after_an_interrupt_is_ignored() {
    let (home, (input, parent)) = (Home::new(), pipe().unwrap());
    // Answers long after the interrupt, and within the time that `listen` gives it.
    let receiver = Receiver::start_with(|_| Response::status(200).after(Duration::from_secs(1)));
    let sandbox = Sandbox::start(&home);
    let mut command = sandbox.cstar(&home);
    command.stdin(input);
    let mut listen = Listen::start(command, &["--forward-to", &receiver.url(), "--exit-on-stdin-eof"]);
    sandbox.run(&home, ["trigger", "ticket.created"]).ok();
    receiver.next();
    listen.interrupt();
    listen.wait_for("draining");
    drop(parent);
    let ended = listen.finish();
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(ended.summary()["delivered"], 1);
}

//! The keys of `listen` on a real terminal: their effects, and that the terminal mode is restored.

use std::process::Command;
use std::time::Duration;

use crate::support::Home;
use crate::support::api_connection::ApiConnection;
use crate::support::listen::Listen;
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::terminal::{SKIPPED, Terminal};

#[test]
fn keys_pause_replay_quit_and_restore_mode() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let Some(mut terminal) =
        Terminal::start(&sandbox.cstar(&home), &["listen", "-v", "--forward-to", &receiver.url()])
    else {
        println!("{SKIPPED}");
        return;
    };
    terminal.wait_for("[canonical 1, echo 1]");
    terminal.wait_for("Ready.");
    terminal.wait_for("Keys: r replay last");
    terminal.wait_for_mode("[canonical 0, echo 0]");
    let mut api = ApiConnection::open(sandbox.port);
    let first = api.trigger_ticket("tkt_1", 1);
    assert_eq!(receiver.next().header("x-event-id"), first);
    // Not the status, whose digits ids can have too.
    terminal.wait_for(" ms");

    terminal.type_key('p');
    terminal.wait_for("Paused, 0 queued");
    let second = api.trigger_ticket("tkt_1", 2);
    terminal.wait_for("received ticket.updated");
    assert!(receiver.drain().is_empty(), "delivered during the pause");
    terminal.type_key('p');
    // So it waited.
    terminal.wait_for("Resumed, 1 queued");
    let delivered = receiver.next();
    assert_eq!(delivered.header("x-event-id"), second);
    assert_eq!(delivered.header("x-delivery-attempt"), "1");
    terminal.wait_for("200");

    terminal.type_key('r');
    let again = receiver.next();
    assert_eq!((again.header("x-event-id"), &again.body), (second.as_str(), &delivered.body));
    assert_eq!(again.header("x-delivery-attempt"), "2");
    terminal.wait_for("200");

    terminal.type_key('f');
    terminal.wait_for("Showing failures only.");
    terminal.type_key('?');
    terminal.wait_for("Keys: r replay last");
    terminal.type_key('q');
    terminal.wait_for("3 received = 3 delivered + 0 failed + 0 skipped");
    terminal.wait_for("[canonical 1, echo 1]");
    terminal.wait_for("[exit 0]");
    assert!(terminal.wait().success());
    assert!(receiver.drain().is_empty());
}

#[test]
fn interrupt_restores_the_terminal_mode() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let Some(mut terminal) = Terminal::start(&sandbox.cstar(&home), &["listen", "--forward-to", "1"]) else {
        println!("{SKIPPED}");
        return;
    };
    terminal.wait_for("[canonical 1, echo 1]");
    terminal.wait_for("Keys: r replay last");
    // Ctrl-C still sends a signal.
    terminal.type_key('\u{3}');
    terminal.wait_for("Stopped (interrupted)");
    terminal.wait_for("[canonical 1, echo 1]");
    terminal.wait_for("[exit 0]");
}

/// An interactive bash in which `$listen` runs `cstar listen`.
fn bash(home: &Home, sandbox: &Sandbox, target: &str) -> Option<Terminal> {
    let mut cstar = sandbox.cstar(home);
    cstar.env("listen", format!("{} listen -v --forward-to {target}", env!("CARGO_BIN_EXE_cstar")));
    Terminal::bash(&cstar)
}

#[test]
fn keys_work_after_ctrl_z_and_fg() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let Some(mut terminal) = bash(&home, &sandbox, &receiver.url()) else {
        println!("{SKIPPED}");
        return;
    };
    terminal.type_line("$listen");
    terminal.wait_for("Keys: r replay last");
    for _ in 0..2 {
        terminal.type_key('\u{1a}');
        terminal.wait_for("Stopped");
        // The commands of the shell find the terminal in its normal mode.
        terminal.type_line("stty -a | tr ' ;' '\\n\\n' | grep -x -e icanon -e echo | paste -s -d +");
        terminal.wait_for("icanon+echo");
        terminal.type_line("fg");
        terminal.wait_for("$listen");
        terminal.type_key('p');
        terminal.wait_for("Paused, 0 queued");
        terminal.type_key('p');
        terminal.wait_for("Resumed, 0 queued");
    }
    ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 1);
    receiver.next();
    terminal.wait_for("200");
    terminal.type_key('q');
    terminal.wait_for("1 received = 1 delivered");
}

#[test]
fn keys_work_when_brought_to_the_foreground() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let Some(mut terminal) = bash(&home, &sandbox, "1") else {
        println!("{SKIPPED}");
        return;
    };
    terminal.type_line("$listen &");
    terminal.wait_for("Ready.");
    terminal.wait_for("Ctrl-C stops.");
    terminal.type_line("fg");
    terminal.wait_for("$listen");
    terminal.type_key('?');
    terminal.wait_for("Keys: r replay last");
    terminal.type_key('q');
    terminal.wait_for("0 received = 0 delivered");
}

/// Sends a signal, or presses a key that does, during a delivery.
#[expect(clippy::print_stdout, reason = "reports that it is skipped")]
fn drains(send: impl Fn(&mut Terminal)) {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start_with(|_| Response::status(200).after(Duration::from_millis(700)));
    let Some(mut terminal) =
        Terminal::start(&sandbox.cstar(&home), &["listen", "-v", "--forward-to", &receiver.url()])
    else {
        println!("{SKIPPED}");
        return;
    };
    terminal.wait_for("Keys: r replay last");
    ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 1);
    receiver.next();
    send(&mut terminal);
    let screen = terminal.read_to_end();
    assert!(screen.contains("Waiting for 1 delivery, Ctrl-C again to stop now."), "{screen}");
    assert!(screen.contains("1 received = 1 delivered + 0 failed"), "{screen}");
    assert!(screen.contains("[canonical 1, echo 1]") && screen.contains("[exit 0]"), "{screen}");
}

#[test]
fn hangup_drains_and_restores_the_mode() {
    drains(|terminal| terminal.signal("HUP"));
}

#[test]
fn sigquit_drains_and_restores_the_mode() {
    drains(|terminal| terminal.signal("QUIT"));
    drains(|terminal| terminal.type_key('\u{1c}'));
}

#[test]
fn ctrl_c_and_q_name_the_open_deliveries() {
    drains(|terminal| terminal.type_key('\u{3}'));
    drains(|terminal| terminal.type_key('q'));
}

#[test]
fn ignored_hangup_stays_ignored() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let cstar = sandbox.cstar(&home);
    let mut command = Command::new("sh");
    command.env_clear().envs(cstar.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.args(["-c", "trap '' HUP; exec \"$0\" \"$@\""]).arg(cstar.get_program());
    let mut listen = Listen::start(command, &["--forward-to", &receiver.url()]);
    let pid = listen.pid().to_string();
    assert!(Command::new("kill").args(["-HUP", &pid]).status().unwrap().success());
    ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 1);
    receiver.next();
    listen.wait_for("delivered");
    listen.stop();
}

#[test]
fn replay_is_shown_in_failures_only_mode() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let Some(mut terminal) =
        Terminal::start(&sandbox.cstar(&home), &["listen", "--forward-to", &receiver.url()])
    else {
        println!("{SKIPPED}");
        return;
    };
    terminal.wait_for("Keys: r replay last");
    terminal.type_key('r');
    terminal.wait_for("There is no event to send again yet.");
    ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 1);
    receiver.next();
    terminal.wait_for("200");
    terminal.type_key('f');
    terminal.wait_for("Showing failures only.");
    terminal.type_key('r');
    receiver.next();
    terminal.wait_for("Sending ticket.updated");
    terminal.wait_for("attempt 2");
    terminal.type_key('q');
    assert!(terminal.read_to_end().contains("2 received = 2 delivered"));
}

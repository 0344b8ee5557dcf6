//! The keys of `listen` on a real terminal: what each does, and that the terminal is put back.

use crate::support::Home;
use crate::support::fire::Fire;
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;
use crate::support::terminal::{SKIPPED, Terminal};

#[test]
fn keys_pause_replay_and_quit_and_the_terminal_is_put_back() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let Some(mut terminal) =
        Terminal::start(&sandbox.cstar(&home), &["listen", "-v", "--forward-to", &receiver.url()])
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
    assert!(terminal.exit().success());
    assert!(receiver.rest().is_empty());
}

#[test]
fn an_interrupt_puts_the_terminal_back_too() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let Some(mut terminal) = Terminal::start(&sandbox.cstar(&home), &["listen", "--forward-to", "1"]) else {
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

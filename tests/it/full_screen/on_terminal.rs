//! The view on a terminal: events arrive, are searched, opened, replayed and copied, and the screen is restored.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::emulator::Emulator;
use crate::support::Home;
use crate::support::api_connection::ApiConnection;
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::terminal::{SKIPPED, Terminal};

struct View {
    _home: Home,
    sandbox: Sandbox,
    terminal: Terminal,
    screen: Emulator,
}

/// A connected view on a terminal of 100 columns; `None` where there is none.
#[expect(clippy::print_stdout, reason = "reports that it is skipped")]
fn start(receiver: &Receiver, args: &[&str]) -> Option<View> {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let url = receiver.url();
    let args = [&["listen", "--tui", "--forward-to", &url], args].concat();
    let Some(mut terminal) = Terminal::start_with_width(100, &sandbox.cstar(&home), &args) else {
        println!("{SKIPPED}");
        return None;
    };
    let mut screen = Emulator::new(&mut terminal);
    screen.wait_for("cstar listen  connected");
    assert!(!screen.is_cursor_shown);
    Some(View { _home: home, sandbox, terminal, screen })
}

impl View {
    fn keys(&mut self, keys: &str) {
        keys.chars().for_each(|key| self.terminal.type_key(key));
    }

    fn assert_restored(&mut self) {
        self.screen.wait_for_usual("[exit 0]");
        let usual = &self.screen.usual;
        assert!(!self.screen.is_full && self.screen.is_cursor_shown, "{usual}");
        assert!(usual.contains("[canonical 1, echo 1]\n\n[exit 0]"), "{usual}");
        assert!(usual.contains("Stopped (interrupted)"), "{usual}");
    }
}

#[test]
fn event_is_opened_replayed_and_copied() {
    let receiver = Receiver::start_with(|_| Response::status(200).body("seen".to_owned()));
    let Some(mut view) = start(&receiver, &[]) else { return };
    let id = ApiConnection::open(view.sandbox.port).trigger_ticket("tkt_1", 1);
    let first = receiver.next();
    assert_eq!(first.header("x-event-id"), id);
    view.screen.wait_for("200 ticket.updated");
    view.screen.wait_for("1 delivered");

    view.keys("\r");
    view.screen.wait_for("▾ ticket {");
    view.keys("G");
    view.screen.wait_for("seen");
    view.keys("r");
    let again = receiver.next();
    assert_eq!((again.header("x-event-id"), &again.body), (id.as_str(), &first.body));
    assert_eq!((first.header("x-delivery-attempt"), again.header("x-delivery-attempt")), ("1", "2"));
    assert_ne!(again.header("x-signature"), "");
    view.screen.wait_for("Attempt 2");
    view.keys("r");
    assert_eq!(receiver.next().header("x-delivery-attempt"), "3");
    view.screen.wait_for("Signature  valid for the secret of this run");

    view.keys("y");
    view.screen.wait("the copy", |screen| !screen.copied.is_empty());
    let command = String::from_utf8(STANDARD.decode(&view.screen.copied[0]).unwrap()).unwrap();
    assert!(command.starts_with("curl ") && command.contains(&receiver.url()), "{command}");
    assert!(command.contains("x-signature: t=") && command.contains(&id), "{command}");

    view.keys("q");
    view.screen.wait_for_usual("1 received = 1 delivered + 0 failed + 0 skipped");
    view.assert_restored();
    assert!(receiver.drain().is_empty());
}

#[test]
fn list_is_searched_filtered_and_resized() {
    let receiver = Receiver::start_with(|request| {
        Response::status(if request.header("x-event-type") == "ticket.closed" { 422 } else { 200 })
    });
    let Some(mut view) = start(&receiver, &[]) else { return };
    let mut api = ApiConnection::open(view.sandbox.port);
    for (kind, title) in
        [("ticket.created", "printer on fire"), ("ticket.closed", "日本語"), ("ticket.updated", "x")]
    {
        api.trigger(kind, &serde_json::json!({ "ticket": { "id": "tkt_1", "title": title } }));
        receiver.next();
    }
    view.screen.wait_for("Event 1 of 3");
    view.keys("/on fire\r");
    view.screen.wait_for("Event 1 of 1  /on fire");
    view.screen.wait("one row", |screen| !screen.text().contains("ticket.closed"));
    view.keys("/\u{15}no such text\r");
    view.screen.wait_for("No event matches.");
    view.keys("\u{1b}");
    view.screen.wait_for("Event 1 of 3");
    view.keys("f");
    view.screen.wait_for("Event 1 of 1  failed only");
    view.screen.wait_for("✗ 422 ticket.closed");
    view.keys("\u{1b}[B\r");
    view.screen.wait_for("日本語");
    // Makes the terminal small.
    view.keys("\u{1}");
    view.screen.wait("a small screen", |screen| {
        let text = screen.text();
        text.lines().count() <= 10 && text.contains("? help") && text.contains("── Details")
    });
    view.keys("q");
    view.screen.wait_for_usual("3 received = 2");
    view.assert_restored();
}

#[test]
fn signals_restore_the_screen() {
    let receiver = Receiver::start();
    for signal in ["TERM", "HUP", "INT"] {
        let Some(mut view) = start(&receiver, &[]) else { return };
        view.terminal.signal(signal);
        view.assert_restored();
    }
    let Some(mut view) = start(&receiver, &[]) else { return };
    view.keys("\u{3}");
    view.assert_restored();
}

#[test]
fn log_lines_and_colours_stay_out_of_the_view() {
    let receiver = Receiver::start();
    let Some(mut view) = start(&receiver, &["-vv", "--no-color"]) else { return };
    ApiConnection::open(view.sandbox.port).trigger_ticket("tkt_1", 1);
    receiver.next();
    view.screen.wait_for("200 ticket.updated");
    assert!(!view.screen.text().contains("cstar::"), "{}", view.screen.text());
    assert_eq!(view.screen.colors, Vec::<String>::new(), "without colour");
    view.keys("q");
    view.assert_restored();
    assert!(view.screen.usual.contains("cstar::api"), "{}", view.screen.usual);
}

#[test]
fn ctrl_z_shows_the_usual_screen() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let mut cstar = sandbox.cstar(&home);
    let program = env!("CARGO_BIN_EXE_cstar");
    cstar.env("listen", format!("env TERM=xterm {program} listen --tui --forward-to {}", receiver.url()));
    let Some(mut terminal) = Terminal::bash(&cstar) else { return };
    let mut screen = Emulator::new(&mut terminal);
    terminal.type_line("$listen");
    screen.wait_for("cstar listen  connected");
    terminal.type_key('\u{1a}');
    screen.wait_for_usual("Stopped");
    assert!(!screen.is_full && screen.is_cursor_shown);
    ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 1);
    terminal.type_line("fg");
    screen.wait_for("200 ticket.updated");
    screen.wait_for("Event 1 of 1");
    terminal.type_key('q');
    screen.wait_for_usual("1 received = 1 delivered");
    assert!(!screen.is_full && screen.is_cursor_shown);
}

#[test]
fn dumb_terminal_shows_no_full_screen() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let mut cstar = sandbox.cstar(&home);
    cstar.env("TERM", "dumb");
    let Some(mut terminal) = Terminal::start(&cstar, &["listen", "--tui", "--forward-to", "1"]) else {
        return;
    };
    let screen = terminal.read_to_end();
    assert!(screen.contains("--tui needs a terminal") && screen.contains("[exit 2]"), "{screen}");
    assert!(!screen.contains("\x1b[?1049h"), "{screen}");
}

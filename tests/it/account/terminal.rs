//! `login` on a terminal: the hidden prompt, and what Ctrl-C leaves behind.

use super::{Home, TEST_KEY, contents, home_and_sandbox, stored_key};
use crate::support::terminal::{SKIPPED, Terminal};

#[test]
fn the_key_is_asked_for_and_not_shown() {
    let (home, sandbox) = home_and_sandbox();
    let args = ["login", "--store", "file", "--base-url", &sandbox.base_url];
    let Some(mut terminal) = Terminal::start(&home.cstar(), &args) else {
        println!("{SKIPPED}");
        return;
    };
    terminal.echo_is_off();
    // What is pasted often has a space too much.
    terminal.enter(&format!(" {TEST_KEY} "));
    let shown = terminal.rest();
    assert!(shown.contains("Logged in") && shown.contains("Acme Corp"), "{shown}");
    assert!(!shown.contains(TEST_KEY), "{shown}");
    assert!(shown.contains("[canonical 1, echo 1]") && shown.contains("[exit 0]"), "{shown}");
    assert_eq!(stored_key(&home, "default").as_deref(), Some(TEST_KEY));
}

#[test]
fn ctrl_c_puts_the_terminal_back_and_changes_nothing() {
    let home = Home::new();
    let Some(mut terminal) = Terminal::start(&home.cstar(), &["login"]) else {
        println!("{SKIPPED}");
        return;
    };
    terminal.echo_is_off();
    for key in ['s', 'k', '_', '\u{3}'] {
        terminal.press(key);
    }
    let shown = terminal.rest();
    assert!(shown.contains("interrupted"), "{shown}");
    assert!(shown.contains("[canonical 1, echo 1]") && shown.contains("[exit 130]"), "{shown}");
    assert!(!shown.contains("sk_"), "{shown}");
    assert!(contents(&home).is_empty());
}

#[test]
fn an_empty_line_or_a_wrong_key_ends_it() {
    let home = Home::new();
    for (typed, says) in [("", "the API key is empty"), ("hunter2", "must begin with sk_live_")] {
        let Some(mut terminal) = Terminal::start(&home.cstar(), &["login"]) else {
            println!("{SKIPPED}");
            return;
        };
        terminal.echo_is_off();
        terminal.enter(typed);
        let shown = terminal.rest();
        assert!(shown.contains(says) && shown.contains("[exit 4]"), "{shown}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}

/// A bash in which `$login` runs `cstar login` for `sandbox`.
fn bash(home: &Home, base_url: &str) -> Option<Terminal> {
    let mut cstar = home.cstar();
    let login = format!("{} login --store file --base-url {base_url}", env!("CARGO_BIN_EXE_cstar"));
    Terminal::bash(cstar.env("login", login))
}

/// The same with `$login` begun: it asks for the key.
fn asking_in_bash(home: &Home, base_url: &str) -> Option<Terminal> {
    let mut terminal = bash(home, base_url)?;
    terminal.enter("$login");
    terminal.asks("API key");
    Some(terminal)
}

/// Suspends the command that asks for the key.
fn suspend(terminal: &mut Terminal) {
    terminal.echo_is_off();
    terminal.press('\u{1a}');
    terminal.shows("Stopped");
}

/// The terminal is as it was before the login.
fn is_put_back(terminal: &mut Terminal) {
    terminal.enter(MODE);
    terminal.shows("icanon+echo");
}

/// Enters the key where it is asked for, and ends the shell. The key is never shown.
fn enter_key(mut terminal: Terminal) {
    terminal.echo_is_off();
    terminal.enter(TEST_KEY);
    terminal.asks("Logged in");
    is_put_back(&mut terminal);
    terminal.enter("exit");
    let shown = terminal.rest();
    assert!(!shown.contains(TEST_KEY), "{shown}");
}

/// What the shell's own commands find.
const MODE: &str = "stty -a | tr ' ;' '\\n\\n' | grep -x -e icanon -e echo | paste -s -d +";

#[test]
fn the_key_is_not_shown_after_ctrl_z_and_fg() {
    let (home, sandbox) = home_and_sandbox();
    let Some(mut terminal) = asking_in_bash(&home, &sandbox.base_url) else {
        println!("{SKIPPED}");
        return;
    };
    for _ in 0..2 {
        suspend(&mut terminal);
        is_put_back(&mut terminal);
        terminal.enter("fg");
        terminal.shows("$login");
    }
    enter_key(terminal);
    assert_eq!(stored_key(&home, "default").as_deref(), Some(TEST_KEY));
}

#[test]
fn ctrl_c_after_ctrl_z_puts_the_terminal_back() {
    let home = Home::new();
    let Some(mut terminal) = asking_in_bash(&home, "http://127.0.0.1:9") else {
        println!("{SKIPPED}");
        return;
    };
    suspend(&mut terminal);
    terminal.enter("fg; echo the''end");
    terminal.shows("$login");
    terminal.echo_is_off();
    terminal.press('\u{3}');
    terminal.asks("interrupted");
    // Before that, what is typed may still be read by the process that ends.
    terminal.shows("theend");
    is_put_back(&mut terminal);
    terminal.enter("exit");
    terminal.rest();
}

#[test]
fn a_login_of_the_background_asks_in_the_foreground() {
    let (home, sandbox) = home_and_sandbox();
    let Some(mut terminal) = bash(&home, &sandbox.base_url) else {
        println!("{SKIPPED}");
        return;
    };
    terminal.enter("$login &");
    terminal.enter("wait -n 2> /dev/null; echo wait''ed; jobs");
    terminal.shows("Stopped");
    terminal.enter("fg");
    terminal.asks("API key");
    enter_key(terminal);
}

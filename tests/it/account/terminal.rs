//! `login` on a terminal: the hidden prompt, and the state after Ctrl-C.

use super::{Home, TEST_KEY, contents, home_and_sandbox, stored_key};
use crate::support::terminal::{SKIPPED, Terminal};

#[test]
fn key_prompt_hides_the_input() {
    let (home, sandbox) = home_and_sandbox();
    let args = ["login", "--store", "file", "--base-url", &sandbox.base_url];
    let Some(mut terminal) = Terminal::start(&home.cstar(), &args) else {
        println!("{SKIPPED}");
        return;
    };
    terminal.wait_for_echo_off();
    // Pasted keys often have trailing space.
    terminal.type_line(&format!(" {TEST_KEY} "));
    let screen = terminal.read_to_end();
    assert!(screen.contains("Logged in") && screen.contains("Acme Corp"), "{screen}");
    assert!(!screen.contains(TEST_KEY), "{screen}");
    assert!(screen.contains("[canonical 1, echo 1]") && screen.contains("[exit 0]"), "{screen}");
    assert_eq!(stored_key(&home, "default").as_deref(), Some(TEST_KEY));
}

#[test]
fn ctrl_c_restores_terminal_and_keeps_state() {
    let home = Home::new();
    let Some(mut terminal) = Terminal::start(&home.cstar(), &["login"]) else {
        println!("{SKIPPED}");
        return;
    };
    terminal.wait_for_echo_off();
    for key in ['s', 'k', '_', '\u{3}'] {
        terminal.type_key(key);
    }
    let screen = terminal.read_to_end();
    assert!(screen.contains("interrupted"), "{screen}");
    assert!(screen.contains("[canonical 1, echo 1]") && screen.contains("[exit 130]"), "{screen}");
    assert!(!screen.contains("sk_"), "{screen}");
    assert!(contents(&home).is_empty());
}

#[test]
fn empty_or_wrong_key_ends_the_login() {
    let home = Home::new();
    for (typed, expected) in [("", "the API key is empty"), ("hunter2", "must begin with sk_live_")] {
        let Some(mut terminal) = Terminal::start(&home.cstar(), &["login"]) else {
            println!("{SKIPPED}");
            return;
        };
        terminal.wait_for_echo_off();
        terminal.type_line(typed);
        let screen = terminal.read_to_end();
        assert!(screen.contains(expected) && screen.contains("[exit 4]"), "{screen}");
        assert!(!screen.contains("hunter2"), "{screen}");
    }
}

/// A bash in which `$login` runs `cstar login` for `sandbox`.
fn bash(home: &Home, base_url: &str) -> Option<Terminal> {
    let mut cstar = home.cstar();
    let login = format!("{} login --store file --base-url {base_url}", env!("CARGO_BIN_EXE_cstar"));
    Terminal::bash(cstar.env("login", login))
}

/// The same, with `$login` started and waiting for the key.
fn asking_in_bash(home: &Home, base_url: &str) -> Option<Terminal> {
    let mut terminal = bash(home, base_url)?;
    terminal.type_line("$login");
    terminal.wait_for_prompt("API key");
    Some(terminal)
}

/// Suspends the command that asks for the key.
fn suspend(terminal: &mut Terminal) {
    terminal.wait_for_echo_off();
    terminal.type_key('\u{1a}');
    terminal.wait_for("Stopped");
}

/// The mode is that from before the login.
fn assert_mode_restored(terminal: &mut Terminal) {
    terminal.type_line(MODE);
    terminal.wait_for("icanon+echo");
}

/// Types the key at the prompt and ends the shell. The key is never printed.
fn enter_key(mut terminal: Terminal) {
    terminal.wait_for_echo_off();
    terminal.type_line(TEST_KEY);
    terminal.wait_for_prompt("Logged in");
    assert_mode_restored(&mut terminal);
    terminal.type_line("exit");
    let screen = terminal.read_to_end();
    assert!(!screen.contains(TEST_KEY), "{screen}");
}

/// The mode in which the shell's own commands run.
const MODE: &str = "stty -a | tr ' ;' '\\n\\n' | grep -x -e icanon -e echo | paste -s -d +";

#[test]
fn key_stays_hidden_after_ctrl_z_and_fg() {
    let (home, sandbox) = home_and_sandbox();
    let Some(mut terminal) = asking_in_bash(&home, &sandbox.base_url) else {
        println!("{SKIPPED}");
        return;
    };
    for _ in 0..2 {
        suspend(&mut terminal);
        assert_mode_restored(&mut terminal);
        terminal.type_line("fg");
        terminal.wait_for("$login");
    }
    enter_key(terminal);
    assert_eq!(stored_key(&home, "default").as_deref(), Some(TEST_KEY));
}

#[test]
fn ctrl_c_after_ctrl_z_restores_the_terminal() {
    let home = Home::new();
    let Some(mut terminal) = asking_in_bash(&home, "http://127.0.0.1:9") else {
        println!("{SKIPPED}");
        return;
    };
    suspend(&mut terminal);
    terminal.type_line("fg; echo the''end");
    terminal.wait_for("$login");
    terminal.wait_for_echo_off();
    terminal.type_key('\u{3}');
    terminal.wait_for_prompt("interrupted");
    // Earlier, the ending process might still read the input.
    terminal.wait_for("theend");
    assert_mode_restored(&mut terminal);
    terminal.type_line("exit");
    terminal.read_to_end();
}

#[test]
fn background_login_prompts_in_foreground() {
    let (home, sandbox) = home_and_sandbox();
    let Some(mut terminal) = bash(&home, &sandbox.base_url) else {
        println!("{SKIPPED}");
        return;
    };
    terminal.type_line("$login &");
    terminal.type_line("wait -n 2> /dev/null; echo wait''ed; jobs");
    terminal.wait_for("Stopped");
    terminal.type_line("fg");
    terminal.wait_for_prompt("API key");
    enter_key(terminal);
}

//! The key file of an older tool.

use std::process::Command;

use super::super::{CommandOutput, Home, LIVE_KEY, TEST_KEY, home_and_sandbox, logged_in};

const LEGACY_KEY: &str = r#"{"version": 2, "auth": {"apiKey": "sk_test_sandbox0000000000000000000000000"}}"#;

/// `cstar` with the home directory as its home, in which an older tool left a key.
fn cstar_with_legacy_key(home: &Home) -> Command {
    std::fs::create_dir(home.path().join(".cstar")).unwrap();
    std::fs::write(home.path().join(".cstar").join("config.json"), LEGACY_KEY).unwrap();
    let mut command = home.cstar();
    command.env_remove("CSTAR_HOME").env("XDG_CONFIG_HOME", home.path().join("config"));
    command.env("APPDATA", home.path().join("config"));
    command
}

#[test]
fn legacy_key_is_mentioned_and_kept_in_a_pipe() {
    let (home, sandbox) = home_and_sandbox();
    let mut command = cstar_with_legacy_key(&home);
    command.args(["login", "--store", "file", "--base-url", &sandbox.base_url]);
    let output = CommandOutput::run_with_input(&mut command, LIVE_KEY.as_bytes()).ok();
    assert!(output.stderr.contains("An older tool stores the key sk_test_…0000"), "{output:?}");
    let stored = std::fs::read_to_string(home.path().join("config/cstar/credentials.toml")).unwrap();
    assert!(stored.contains(LIVE_KEY) && !stored.contains(TEST_KEY), "{stored}");
    let older = std::fs::read_to_string(home.path().join(".cstar").join("config.json")).unwrap();
    assert_eq!(older, LEGACY_KEY);
    // With a key, or with another home, there is nothing to mention.
    let output = CommandOutput::run(command.args(["--api-key", LIVE_KEY])).ok();
    assert!(!output.stderr.contains("older tool"), "{output:?}");
    let output = logged_in(&home, &sandbox, "default", LIVE_KEY);
    assert!(!output.stderr.contains("older tool"), "{output:?}");
}

#[cfg(unix)]
#[test]
fn legacy_key_is_imported_once_confirmed() {
    use crate::support::terminal::{SKIPPED, Terminal};
    let (home, sandbox) = home_and_sandbox();
    let command = cstar_with_legacy_key(&home);
    let args = ["login", "--store", "file", "--base-url", &sandbox.base_url];
    let stored = || std::fs::read_to_string(home.path().join("config/cstar/credentials.toml")).ok();
    for (answer, imported) in [("n", LIVE_KEY), ("yes", TEST_KEY)] {
        let Some(mut terminal) = Terminal::start(&command, &args) else {
            println!("{SKIPPED}");
            return;
        };
        // The prompt reads single keys, without echo.
        terminal.wait_for_echo_off();
        terminal.type_line(answer);
        if answer == "n" {
            terminal.wait_for("? no");
            terminal.wait_for_echo_off();
            terminal.type_line(LIVE_KEY);
        }
        let screen = terminal.read_to_end();
        assert!(screen.contains("[exit 0]"), "{screen}");
        assert!(stored().unwrap().contains(imported), "{screen}");
    }
    // It is not offered again.
    let mut terminal = Terminal::start(&command, &args).unwrap();
    terminal.wait_for_echo_off();
    terminal.type_line(LIVE_KEY);
    let screen = terminal.read_to_end();
    assert!(!screen.contains("Use the key") && screen.contains("[exit 0]"), "{screen}");
}

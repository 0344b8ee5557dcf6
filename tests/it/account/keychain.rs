//! The keychain: a real one, a locked one, none at all, and one that never answers.
//!
//! A real one is not on every machine, so a plain `cargo test` leaves it out. `.ci/run` installs it and runs
//! these too: `cargo test --test it -- --ignored`.

mod secret_service;

use std::os::unix::net::UnixListener;
use std::time::{Duration, Instant};

use super::{
    CommandOutput, Home, LIVE_KEY, TEST_KEY, contents, error_line, home_and_sandbox, logged_in, login,
    stored_key,
};
use crate::support::sandbox::Sandbox;

/// The promised limit, without reserve for a slow machine: a call takes 3 s, the rest is ours.
const LIMIT: Duration = Duration::from_secs(4);

fn timed(run: impl FnOnce() -> CommandOutput) -> (CommandOutput, Duration) {
    let start = Instant::now();
    let output = run();
    (output, start.elapsed())
}

/// Marks the key of the profile as stored in the keychain.
fn mark_as_in_keychain(home: &Home) {
    let path = home.path().join("cstar").join("config.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("store = \"file\""));
    std::fs::write(&path, text.replace("store = \"file\"", "store = \"keychain\"")).unwrap();
}

/// A bus that accepts every connection and sends nothing.
fn silent_bus(home: &Home) -> (UnixListener, String) {
    let path = home.path().join("bus");
    let address = format!("unix:path={}", path.display());
    // The system accepts the connections; no program needs to.
    (UnixListener::bind(path).unwrap(), address)
}

#[test]
fn without_a_keychain_the_file_is_announced_once() {
    let (home, sandbox) = home_and_sandbox();
    let dead = "unix:path=/no/such/bus";
    for bus in [None, Some(dead)] {
        let mut command = login(&home, &sandbox, &[]);
        command.envs(bus.map(|bus| ("DBUS_SESSION_BUS_ADDRESS", bus)));
        let (output, took) = timed(|| CommandOutput::run_with_input(&mut command, TEST_KEY.as_bytes()).ok());
        let reported: Vec<&str> = output.stderr.lines().filter(|line| line.contains("keychain")).collect();
        assert_eq!(reported.len(), 1, "{output:?}");
        assert!(reported[0].contains("credentials.toml, which only you can read, because"), "{output:?}");
        assert!(took < LIMIT, "{took:?}");
        assert_eq!(stored_key(&home, "default").as_deref(), Some(TEST_KEY));
        let before = contents(&home);
        let forced = ["--store", "keychain", "--profile", "other"];
        let mut command = login(&home, &sandbox, &forced);
        command.envs(bus.map(|bus| ("DBUS_SESSION_BUS_ADDRESS", bus)));
        let output = CommandOutput::run_with_input(&mut command, LIVE_KEY.as_bytes());
        assert_eq!(output.code, 1, "{output:?}");
        assert!(
            error_line(&output).contains("keychain") && output.stderr.contains("--store file"),
            "{output:?}"
        );
        assert_eq!(contents(&home), before);
    }
}

#[test]
fn json_reports_the_file_fallback_as_a_note() {
    let (home, sandbox) = home_and_sandbox();
    let value = CommandOutput::run_with_input(&mut login(&home, &sandbox, &["--json"]), TEST_KEY.as_bytes())
        .ok()
        .json();
    assert_eq!(value["store"], "file");
    assert!(value["notes"][0].as_str().unwrap().contains("there is no keychain"), "{value}");
}

/// Runs `login` with a silent bus.
fn login_with_bus(bus: &str, home: &Home, sandbox: &Sandbox, profile: &str) -> CommandOutput {
    let mut command = login(home, sandbox, &["--profile", profile]);
    command.env("DBUS_SESSION_BUS_ADDRESS", bus);
    let (output, took) = timed(|| CommandOutput::run_with_input(&mut command, LIVE_KEY.as_bytes()).ok());
    assert!(took < LIMIT, "{profile}: {took:?}");
    assert_eq!(stored_key(home, profile).as_deref(), Some(LIVE_KEY));
    output
}

#[test]
fn hanging_keychain_delays_no_two_logins() {
    let (home, sandbox) = home_and_sandbox();
    let (_listener, bus) = silent_bus(&home);
    std::thread::scope(|scope| {
        for profile in ["one", "two"] {
            let (home, sandbox, bus) = (&home, &sandbox, &bus);
            scope.spawn(move || {
                let output = login_with_bus(bus, home, sandbox, profile);
                assert!(
                    output.stderr.contains("because the keychain did not respond within 3 s"),
                    "{output:?}"
                );
            });
        }
    });
}

/// The key comes from the environment, so the keychain is not asked again.
#[test]
fn hanging_keychain_delays_no_other_login() {
    let (home, sandbox) = home_and_sandbox();
    let (_listener, bus) = silent_bus(&home);
    logged_in(&home, &sandbox, "default", TEST_KEY);
    mark_as_in_keychain(&home);
    let output = login_with_bus(&bus, &home, &sandbox, "default");
    assert!(output.stderr.contains("The previous key is still in the system's keychain"), "{output:?}");
}

/// All at the same time: none waits for another.
#[test]
fn hanging_keychain_delays_no_command() {
    let (home, sandbox) = home_and_sandbox();
    let (_listener, bus) = silent_bus(&home);
    logged_in(&home, &sandbox, "default", TEST_KEY);
    mark_as_in_keychain(&home);
    let before = contents(&home);
    std::thread::scope(|scope| {
        for (args, code, expected) in [
            (&["trigger", "ticket.created"][..], 4, "the keychain did not respond"),
            (&["listen"], 4, "the keychain did not respond"),
            (&["logout", "--yes"], 1, "which is still stored"),
            (&["profiles", "remove", "default", "--yes"], 1, "which is still stored"),
        ] {
            let (home, bus) = (&home, &bus);
            scope.spawn(move || {
                let mut command = home.cstar();
                command.env("DBUS_SESSION_BUS_ADDRESS", bus).args(args);
                let (output, took) = timed(|| CommandOutput::run(&mut command));
                assert_eq!(output.code, code, "{args:?}: {output:?}");
                assert!(error_line(&output).contains(expected), "{args:?}: {output:?}");
                assert!(took < LIMIT, "{args:?}: {took:?}");
            });
        }
    });
    assert_eq!(contents(&home), before);
}

#[test]
fn commands_without_key_skip_the_keychain() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    mark_as_in_keychain(&home);
    let (_listener, bus) = silent_bus(&home);
    for args in [
        &["events"][..],
        &["events", "show", "ticket.created"],
        &["sign", "--secret", "whsec_a", "x"],
        &["history"],
        &["completion", "bash"],
        &["profiles", "list"],
        &["profiles", "use", "default"],
        &["trigger", "ticket.created", "--api-key", TEST_KEY],
        &["trigger", "ticket.created", "--sandbox", "--base-url", &sandbox.base_url],
    ] {
        std::fs::write(home.path().join("x"), "{}").unwrap();
        let (output, took) =
            timed(|| CommandOutput::run(home.cstar().env("DBUS_SESSION_BUS_ADDRESS", &bus).args(args)));
        assert_eq!(output.code, 0, "{args:?}: {output:?}");
        assert!(took < Duration::from_millis(2_500), "{args:?}: {took:?}");
    }
}

//! Login, logout, profiles and project files: what is stored and sent where, and that nothing is lost when
//! something fails.

mod damage;
#[cfg(unix)]
mod files;
#[cfg(target_os = "linux")]
mod honesty;
#[cfg(target_os = "linux")]
mod keychain;
mod login;
mod logout;
mod project;
mod resolve;
mod sandbox_setting;
mod steering;
mod stores;
#[cfg(unix)]
mod terminal;

use std::collections::BTreeMap;
use std::process::Command;

use toml_edit::DocumentMut;

use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home, LIVE_KEY, PUBLISHABLE_KEY, TEST_KEY};

/// A well-formed key that no server has.
const UNKNOWN_KEY: &str = "sk_test_hunter2hunter2hunter2hunter2";

/// A home, and a sandbox that has the keys above and stores nothing in that home.
fn home_and_sandbox() -> (Home, Sandbox) {
    (Home::new(), Sandbox::start_in_own_home(&["--rate-limit", "0", "--ephemeral"]))
}

/// `cstar login` with the sandbox.
fn login(home: &Home, sandbox: &Sandbox, args: &[&str]) -> Command {
    let mut command = home.cstar();
    command.args(["login", "--base-url", &sandbox.base_url]).args(args);
    command
}

/// Logs in with a piped key and the file as its store.
fn logged_in(home: &Home, sandbox: &Sandbox, profile: &str, key: &str) -> CommandOutput {
    let args = ["--store", "file", "--profile", profile];
    CommandOutput::run_with_input(&mut login(home, sandbox, &args), key.as_bytes()).ok()
}

/// Every file in the configuration directory, except for the lock, which is always empty.
fn contents(home: &Home) -> BTreeMap<String, String> {
    let Ok(entries) = std::fs::read_dir(home.path().join("cstar")) else { return BTreeMap::new() };
    entries
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_name() != "config.lock")
        .map(|entry| {
            let text = std::fs::read_to_string(entry.path()).unwrap_or_else(|error| error.to_string());
            (entry.file_name().into_string().unwrap(), text)
        })
        .collect()
}

fn document(home: &Home, file: &str) -> Option<DocumentMut> {
    let text = std::fs::read_to_string(home.path().join("cstar").join(file)).ok()?;
    Some(text.parse().unwrap())
}

/// The key in the file, if it is there.
fn stored_key(home: &Home, profile: &str) -> Option<String> {
    let document = document(home, "credentials.toml")?;
    Some(document.get("keys")?.get(profile)?.as_str()?.to_owned())
}

/// The only line on standard error, an error.
fn error_line(output: &CommandOutput) -> &str {
    let errors: Vec<&str> = output.stderr.lines().filter(|line| line.starts_with("error: ")).collect();
    assert_eq!(errors.len(), 1, "{output:?}");
    assert!(output.stderr.lines().count() <= 3, "{output:?}");
    errors[0]
}

/// Triggers an event with the stored account only.
fn trigger(home: &Home, args: &[&str]) -> CommandOutput {
    CommandOutput::run(home.cstar().args(["trigger", "ticket.created"]).args(args))
}

//! `.cstar.toml`: found, used where that is harmless, refused otherwise, and trusted with its exact content.

mod trust;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;

use super::{CommandOutput, Home, LIVE_KEY, TEST_KEY, error_line, home_and_sandbox, logged_in};
use crate::support::api_connection::ApiConnection;
use crate::support::listen::Listen;
use crate::support::process::{Process, read_until};
use crate::support::receiver::Receiver;
use crate::support::{native, set_mode};

const FILE: &str = ".cstar.toml";

/// A project in `home` with this file; returns its root and a directory far below.
fn project(home: &Home, text: &str) -> (PathBuf, PathBuf) {
    let root = home.path().join("shop");
    let below = root.join("src").join("deep");
    std::fs::create_dir_all(&below).unwrap();
    // As git creates it, also where the group of a user is private.
    std::fs::write(root.join(FILE), text).unwrap();
    set_mode(&root.join(FILE), 0o664);
    (root.join(FILE), below)
}

fn at(home: &Home, directory: &Path, args: &[&str]) -> Command {
    let mut command = home.cstar();
    command.current_dir(directory).args(args);
    command
}

fn run(home: &Home, directory: &Path, args: &[&str]) -> CommandOutput {
    CommandOutput::run(&mut at(home, directory, args))
}

/// What `listen` prints until it is ready.
fn ready(home: &Home, directory: &Path, args: &[&str]) -> String {
    let mut command = at(home, directory, &["listen"]);
    let mut running = Process::start(command.args(args).stderr(Stdio::piped()));
    read_until(running.stderr(), "Ctrl-C stops").1
}

/// The signing secrets differ by environment, which shows which key was used.
const WHICH: [&str; 2] = ["listen", "--print-secret"];

#[test]
fn project_file_selects_a_profile() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "test", TEST_KEY);
    logged_in(&home, &sandbox, "live", LIVE_KEY);
    let (file, below) = project(&home, "profile = \"live\"\n");
    let live = run(&home, home.path(), &["listen", "--print-secret", "--profile", "live"]).ok().stdout;
    let test = run(&home, home.path(), &WHICH).ok().stdout;
    assert_ne!(test, live);
    run(&home, &below, &["profiles", "trust", "--yes"]).ok();
    assert_eq!(run(&home, &below, &WHICH).ok().stdout, live);
    assert_eq!(run(&home, &below, &["listen", "--print-secret", "--profile", "test"]).ok().stdout, test);
    let by_variable = CommandOutput::run(at(&home, &below, &WHICH).env("CSTAR_PROFILE", "test"));
    assert_eq!(by_variable.ok().stdout, test);
    // The nearest file counts.
    std::fs::write(below.join(FILE), "profile = \"test\"").unwrap();
    assert_eq!(run(&home, &below, &WHICH).ok().stdout, test);
    std::fs::remove_file(below.join(FILE)).unwrap();

    std::fs::write(&file, "profile = \"missing\"").unwrap();
    let output = run(&home, &below, &WHICH);
    assert_eq!(output.code, 2);
    assert_eq!(error_line(&output), "error: there is no profile `missing` (from .cstar.toml)");
    // It decides neither where a new key is stored nor which one is removed.
    run(&home, &below, &["logout", "--yes"]).ok();
    let list = home.run(["profiles", "list", "--json"]).ok().json();
    assert_eq!((list.as_array().unwrap().len(), &list[0]["name"]), (1, &json!("live")));
}

#[test]
fn home_directory_is_not_a_project() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "test", TEST_KEY);
    std::fs::write(home.path().join(FILE), "broken").unwrap();
    let below = home.path().join("a");
    std::fs::create_dir(&below).unwrap();
    run(&home, &below, &WHICH).ok();
    run(&home, home.path(), &WHICH).ok();
    // For another home it is a project.
    let with_home = |other: &Path| {
        CommandOutput::run(at(&home, &below, &WHICH).env("HOME", other).env("USERPROFILE", other))
    };
    let output = with_home(&below);
    assert_eq!(output.code, 0, "a directory above it is not a project either: {output:?}");
    let output = with_home(&home.path().join("elsewhere"));
    assert_eq!(output.code, 2, "{output:?}");
}

#[test]
fn flags_override_project_targets() {
    let (home, sandbox) = home_and_sandbox();
    let (all, tickets) = (Receiver::start(), Receiver::start());
    logged_in(&home, &sandbox, "default", TEST_KEY);
    let text =
        format!("# the shop\nforward_to = \"{}\"\nroutes = [\"ticket.*={}\"]\n", all.port, tickets.port);
    let (file, below) = project(&home, &text);
    let listen = Listen::start(at(&home, &below, &[]), &["--count", "2"]);
    let mut api = ApiConnection::open(sandbox.port);
    api.trigger_ticket("tkt_1", 1);
    assert_eq!(all.next().header("x-event-type"), "ticket.updated");
    assert_eq!(tickets.next().header("x-event-type"), "ticket.updated");
    drop(listen);
    let printed = ready(&home, &below, &[]);
    assert!(
        printed.contains("Targets are those of ") && printed.contains(&native("shop/.cstar.toml")),
        "{printed}"
    );
    assert!(printed.contains(&format!("http://localhost:{}/api/webhooks", all.port)), "{printed}");
    let printed = ready(&home, &below, &["--forward-to", "1"]);
    assert!(!printed.contains(FILE) && printed.contains("http://localhost:1/"), "{printed}");
    std::fs::write(&file, "forward_to = 4321").unwrap();
    let printed = ready(&home, &below, &[]);
    assert!(printed.contains("http://localhost:4321/api/webhooks"), "{printed}");
    std::fs::write(&file, "forward_to = [\"3000/x y\"]").unwrap();
    let output = run(&home, &below, &["listen", "--for", "10ms"]);
    assert_eq!(output.code, 2, "{output:?}");
    assert!(error_line(&output).contains("forward_to `3000/x y`"), "{output:?}");
}

#[test]
fn invalid_project_file_is_ignored() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    let refused = |below: &Path, expected: &str| {
        let output = run(&home, below, &WHICH);
        assert_eq!(output.code, 2, "{expected}: {output:?}");
        assert!(error_line(&output).contains(expected), "{expected}: {output:?}");
        let output = run(&home, below, &["profiles", "trust", "--yes"]);
        assert_eq!(output.code, 2, "{expected}: {output:?}");
    };
    let (file, below) = project(&home, "profile = \"default\"");
    run(&home, &below, &WHICH).ok();
    std::fs::remove_file(&file).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        std::fs::write(&file, "profile = \"default\"").unwrap();
        set_mode(&file, 0o646);
        refused(&below, "other users can write to it");
        std::fs::remove_file(&file).unwrap();
        std::fs::write(home.path().join("elsewhere"), "profile = \"default\"").unwrap();
        symlink(home.path().join("elsewhere"), &file).unwrap();
        refused(&below, "a symbolic link");
        std::fs::remove_file(&file).unwrap();
        symlink("/no/such/file", &file).unwrap();
        refused(&below, "a symbolic link");
        std::fs::remove_file(&file).unwrap();
        // Reading this file would block forever.
        assert!(Command::new("mkfifo").arg(&file).status().unwrap().success());
        refused(&below, "not a file");
        std::fs::remove_file(&file).unwrap();
    }
    std::fs::create_dir(&file).unwrap();
    refused(&below, "not a file");
    std::fs::remove_dir(&file).unwrap();
    std::fs::write(&file, "#".repeat(65 * 1024)).unwrap();
    refused(&below, "larger than 64 KiB");
    std::fs::write(&file, b"profile = \"\xff\"").unwrap();
    refused(&below, "not UTF-8 text");
}

#[test]
fn project_file_is_not_read_when_irrelevant() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    let (_, below) = project(&home, "broken");
    let base = ["--base-url", &sandbox.base_url];
    assert_eq!(run(&home, &below, &["trigger", "ticket.created"]).code, 2);
    for more in [&["--profile", "default"][..], &["--api-key", TEST_KEY]] {
        let args = [&["trigger", "ticket.created"][..], &base, more].concat();
        run(&home, &below, &args).ok();
    }
    run(&home, &below, &["profiles", "list"]).ok();
    run(&home, &below, &["listen", "--for", "10ms", "--forward-to", "1", "--sandbox", base[0], base[1]]).ok();
}

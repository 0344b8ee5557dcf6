//! `.cstar.toml`: found, obeyed where that is harmless, refused where it is not, and trusted as it is.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;

use super::{CommandOutput, Home, LIVE_KEY, TEST_KEY, contents, error_line, home_and_sandbox, logged_in};
use crate::support::api_connection::ApiConnection;
use crate::support::listen::Listen;
use crate::support::ports::closed_port;
use crate::support::process::{Process, read_until};
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{ScriptedServer, json_response};
use crate::support::terminal::{SKIPPED, Terminal};

const FILE: &str = ".cstar.toml";

/// A project in `home`, with this file in it; and a directory far below.
fn project(home: &Home, text: &str) -> (PathBuf, PathBuf) {
    let root = home.path().join("shop");
    let below = root.join("src").join("deep");
    std::fs::create_dir_all(&below).unwrap();
    // As git leaves it, also for those whose group is their own.
    std::fs::write(root.join(FILE), text).unwrap();
    std::fs::set_permissions(root.join(FILE), std::fs::Permissions::from_mode(0o664)).unwrap();
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

/// What `listen` says until it is ready.
fn ready(home: &Home, directory: &Path, args: &[&str]) -> String {
    let mut command = at(home, directory, &["listen"]);
    let mut running = Process::start(command.args(args).stderr(Stdio::piped()));
    read_until(running.stderr(), "Ctrl-C stops").1
}

/// The signing secret tells which environment the key is of.
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
    // The nearest one counts.
    std::fs::write(below.join(FILE), "profile = \"test\"").unwrap();
    assert_eq!(run(&home, &below, &WHICH).ok().stdout, test);
    std::fs::remove_file(below.join(FILE)).unwrap();

    std::fs::write(&file, "profile = \"nobody\"").unwrap();
    let output = run(&home, &below, &WHICH);
    assert_eq!(output.code, 2);
    assert_eq!(error_line(&output), "error: there is no profile `nobody` (from .cstar.toml)");
    // It has no say in where a new key goes, nor in which is removed.
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
    // Seen from another home it is one.
    let output = CommandOutput::run(at(&home, &below, &WHICH).env("HOME", &below));
    assert_eq!(output.code, 0, "nor is what is above it: {output:?}");
    let output = CommandOutput::run(at(&home, &below, &WHICH).env("HOME", home.path().join("elsewhere")));
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
    let said = ready(&home, &below, &[]);
    assert!(said.contains("Targets are those of ") && said.contains("shop/.cstar.toml"), "{said}");
    assert!(said.contains(&format!("http://localhost:{}/api/webhooks", all.port)), "{said}");
    let said = ready(&home, &below, &["--forward-to", "1"]);
    assert!(!said.contains(FILE) && said.contains("http://localhost:1/"), "{said}");
    std::fs::write(&file, "forward_to = 4321").unwrap();
    let said = ready(&home, &below, &[]);
    assert!(said.contains("http://localhost:4321/api/webhooks"), "{said}");
    std::fs::write(&file, "forward_to = [\"3000/x y\"]").unwrap();
    let output = run(&home, &below, &["listen", "--for", "10ms"]);
    assert_eq!(output.code, 2, "{output:?}");
    assert!(error_line(&output).contains("forward_to `3000/x y`"), "{output:?}");
}

/// What a cloned repository might try. None of it may reach the network.
#[test]
fn untrusted_file_redirects_nothing() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    let thief = ScriptedServer::without_whoami(|_, _| json_response(200, &[], "{}"));
    let base = thief.base_url();
    for (text, command, says) in [
        (
            "base_url = \"https://cstar.help.evil.example\"".to_owned(),
            &WHICH[..],
            "base_url `https://cstar.help.evil.example`",
        ),
        ("base_url = \"http://192.0.2.1\"".to_owned(), &WHICH, "never sent over plain http"),
        ("base_url = \"https://u:hunter2@127.0.0.1\"".to_owned(), &WHICH, "user name or password"),
        // On this machine, but the key is not for it.
        (format!("base_url = \"{base}\""), &WHICH, "is not sent to"),
        (format!("base_url = \"{base}\""), &["trigger", "ticket.created"], "is not sent to"),
        (
            "forward_to = \"https://evil.example/x\"".to_owned(),
            &["listen"],
            "forward_to `https://evil.example/x`",
        ),
        (
            "forward_to = [\"3000\", \"evil.example:80\"]".to_owned(),
            &["listen"],
            "forward_to `evil.example:80`",
        ),
        ("forward_to = \"http://localhost.evil.example/\"".to_owned(), &["listen"], "localhost.evil.example"),
        ("forward_to = \"http://127.0.0.1.evil.example/\"".to_owned(), &["listen"], "127.0.0.1.evil.example"),
        ("forward_to = \"http://127.0.0.1@evil.example/\"".to_owned(), &["listen"], "user name or password"),
        (
            "routes = [\"ticket.*=https://evil.example/\"]".to_owned(),
            &["listen"],
            "routes `ticket.*=https://evil.example/`",
        ),
        ("api_key = \"sk_test_hunter2\"".to_owned(), &WHICH, "`api_key` is not allowed in a project file"),
        ("\"a\\u001b[2J\" = 1".to_owned(), &WHICH, "a\\x1b[2J"),
        ("profile = \"sk_live_hunter2hunter2\"".to_owned(), &WHICH, "`profile` is not allowed"),
        ("webhook_secret = 1".to_owned(), &WHICH, "`webhook_secret` is not allowed"),
        ("\n\ncolour = \"red\"".to_owned(), &WHICH, "line 3: `colour` is none of its members"),
        (
            "[profiles.default]\nbase_url = \"https://evil.example\"".to_owned(),
            &WHICH,
            "`profiles` is none of its members",
        ),
        ("profile = \"../x\"".to_owned(), &WHICH, "`profile` is not a valid profile name"),
        ("profile = 1".to_owned(), &WHICH, "`profile` must be a string"),
        ("forward_to = [0]".to_owned(), &["listen"], "`forward_to`: 0 is not a port"),
        ("forward_to = 65536".to_owned(), &["listen"], "`forward_to`: 65536 is not a port"),
        ("forward_to = [3000, 1.5]".to_owned(), &["listen"], "`forward_to` must be a port, a URL"),
        ("routes = [1]".to_owned(), &["listen"], "`routes` must be a string or a list of strings"),
        ("profile = ".to_owned(), &WHICH, "line 1"),
        ("\u{feff}\u{0}".to_owned(), &WHICH, "could not understand"),
    ] {
        let (file, below) = project(&home, &text);
        let output = run(&home, &below, command);
        assert_eq!(output.code, 2, "{text}: {output:?}");
        assert!(error_line(&output).contains(says), "{text}: {output:?}");
        assert!(output.stdout.is_empty() && !output.stderr.contains("hunter2"), "{text}: {output:?}");
        let json = CommandOutput::run(at(&home, &below, command).arg("--json"));
        assert_eq!(json.json_error()["exit_code"], 2, "{text}: {json:?}");
        std::fs::remove_file(file).unwrap();
    }
    assert!(thief.requests().is_empty(), "it was asked something");
}

#[test]
fn invalid_project_file_is_ignored() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    let refused = |below: &Path, says: &str| {
        let output = run(&home, below, &WHICH);
        assert_eq!(output.code, 2, "{says}: {output:?}");
        assert!(error_line(&output).contains(says), "{says}: {output:?}");
        let output = run(&home, below, &["profiles", "trust", "--yes"]);
        assert_eq!(output.code, 2, "{says}: {output:?}");
    };
    let (file, below) = project(&home, "profile = \"default\"");
    run(&home, &below, &WHICH).ok();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o646)).unwrap();
    refused(&below, "other users can write to it");
    std::fs::remove_file(&file).unwrap();
    std::fs::write(home.path().join("elsewhere"), "profile = \"default\"").unwrap();
    symlink(home.path().join("elsewhere"), &file).unwrap();
    refused(&below, "a symbolic link");
    std::fs::remove_file(&file).unwrap();
    symlink("/no/such/file", &file).unwrap();
    refused(&below, "a symbolic link");
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    refused(&below, "not a file");
    std::fs::remove_dir(&file).unwrap();
    // Reading this one would wait for ever.
    assert!(Command::new("mkfifo").arg(&file).status().unwrap().success());
    refused(&below, "not a file");
    std::fs::remove_file(&file).unwrap();
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

/// Only the administrator can make a file of somebody else.
#[test]
fn foreign_project_file_needs_trust() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    let (file, below) = project(&home, &format!("forward_to = \"{}\"", closed_port()));
    if std::os::unix::fs::chown(&file, Some(65_534), None).is_err() {
        println!("skipped: this needs the right to give a file away");
        return;
    }
    let output = run(&home, &below, &["listen", "--for", "10ms"]);
    assert_eq!(output.code, 2, "{output:?}");
    assert!(error_line(&output).contains("belongs to another user"), "{output:?}");
    run(&home, &below, &["profiles", "trust", "--yes"]).ok();
    run(&home, &below, &["listen", "--for", "10ms"]).ok();
}

#[test]
fn trust_ends_when_the_file_changes() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    let elsewhere = "profile = \"default\"\nforward_to = \"https://192.0.2.1/hook\"\n";
    let (file, below) = project(&home, elsewhere);
    let refused = |says: &str| {
        let output = run(&home, &below, &["listen", "--for", "10ms"]);
        assert_eq!(output.code, 2, "{output:?}");
        assert!(
            error_line(&output).contains(says) && output.stderr.contains("cstar profiles trust"),
            "{output:?}"
        );
    };
    refused("is not trusted, and its forward_to `https://192.0.2.1/hook`");
    let output = run(&home, &below, &["profiles", "trust"]);
    assert_eq!(output.code, 2, "{output:?}");
    assert!(output.stderr.contains("no terminal to ask on") && output.stderr.contains("--yes"), "{output:?}");
    for shown in ["profile", "default", "forward_to", "https://192.0.2.1/hook"] {
        assert!(output.stderr.contains(shown), "{shown}: {output:?}");
    }
    let output = run(&home, &below, &["profiles", "trust", "--yes"]).ok();
    assert!(
        output.stdout.starts_with("Trusted  ") && output.stdout.contains("shop/.cstar.toml"),
        "{output:?}"
    );
    let said = ready(&home, &below, &[]);
    assert!(said.contains("https://192.0.2.1/hook"), "{said}");
    assert!(run(&home, &below, &["profiles", "trust"]).ok().stderr.contains("trusted already"));
    let value = run(&home, &below, &["profiles", "trust", "--json"]).ok().json();
    assert_eq!((&value["trusted"], &value["forward_to"]), (&json!(true), &json!(["https://192.0.2.1/hook"])));
    assert_eq!(value["sha256"].as_str().unwrap().len(), 64);
    let mode = std::fs::metadata(home.path().join("cstar/trusted.toml")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    // One more byte, or the same bytes elsewhere, are another file.
    std::fs::write(&file, format!("{elsewhere}\n")).unwrap();
    refused("is not trusted");
    std::fs::write(&file, elsewhere).unwrap();
    run(&home, &below, &["listen", "--for", "10ms"]).ok();
    let copy = home.path().join("copy");
    std::fs::create_dir(&copy).unwrap();
    std::fs::copy(&file, copy.join(FILE)).unwrap();
    assert_eq!(run(&home, &copy, &["listen", "--for", "10ms"]).code, 2);
    // By its name, from anywhere.
    let named = copy.join(FILE);
    run(&home, home.path(), &["profiles", "trust", "--yes", named.to_str().unwrap()]).ok();
    run(&home, &copy, &["listen", "--for", "10ms"]).ok();
    // A trusted file does not take a stored key elsewhere either.
    let thief = ScriptedServer::without_whoami(|_, _| json_response(200, &[], "{}"));
    std::fs::write(&file, format!("base_url = \"{}\"", thief.base_url())).unwrap();
    run(&home, &below, &["profiles", "trust", "--yes"]).ok();
    let output = run(&home, &below, &WHICH);
    assert_eq!(output.code, 2, "{output:?}");
    assert!(error_line(&output).contains("(from .cstar.toml)") && thief.requests().is_empty(), "{output:?}");
}

#[test]
fn missing_project_file_is_reported() {
    let home = Home::new();
    let output = home.run(["profiles", "trust"]);
    assert_eq!(output.code, 1, "{output:?}");
    assert!(error_line(&output).contains("there is no .cstar.toml"), "{output:?}");
    let output = home.run(["profiles", "trust", "no-such-file", "--yes"]);
    assert_eq!(output.code, 2, "{output:?}");
    assert!(error_line(&output).contains("could not read"), "{output:?}");
}

#[test]
fn terminal_asks_for_trust() {
    let home = Home::new();
    let (_, below) =
        project(&home, "forward_to = \"https://192.0.2.1/\u{1b}[2J\"".replace('\u{1b}', "\\u001b").as_str());
    for (answer, code, trusted) in
        [("n", "[exit 0]", false), ("", "[exit 0]", false), ("y", "[exit 0]", true)]
    {
        // The terminal starts where it is, so the file is named.
        let file = home.path().join("shop").join(FILE);
        let args = ["profiles", "trust", file.to_str().unwrap()];
        let Some(mut terminal) = Terminal::start(&home.cstar(), &args) else {
            println!("{SKIPPED}");
            return;
        };
        terminal.wait_for("\\x1b[2J");
        terminal.wait_for_echo_off();
        terminal.type_line(answer);
        let shown = terminal.read_to_end();
        assert!(shown.contains(code), "{shown}");
        assert_eq!(contents(&home).contains_key("trusted.toml"), trusted, "{shown}");
    }
    assert!(below.exists());
}

#[test]
fn ctrl_c_at_trust_prompt_restores_the_cursor() {
    let home = Home::new();
    let (file, _) = project(&home, "profile = \"default\"");
    let args = ["profiles", "trust", file.to_str().unwrap()];
    let Some(mut terminal) = Terminal::start(&home.cstar(), &args) else {
        println!("{SKIPPED}");
        return;
    };
    terminal.wait_for("asks for");
    terminal.wait_for_echo_off();
    terminal.type_key('\u{3}');
    let shown = terminal.read_to_end();
    assert!(shown.contains("\u{1b}[?25h") && shown.contains("interrupted"), "{shown}");
    assert!(shown.contains("[canonical 1, echo 1]") && shown.contains("[exit 130]"), "{shown}");
    assert!(!contents(&home).contains_key("trusted.toml"));
}

/// The sandbox's public key may go to a server on this machine that a project names: that is what tests do.
#[test]
fn local_server_works_with_the_public_key() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let (_, below) = project(&home, &format!("base_url = \"{}\"", sandbox.base_url));
    CommandOutput::run(at(&home, &below, &["trigger", "ticket.created"]).env("CSTAR_API_KEY", TEST_KEY)).ok();
    // And a stored one, if it is that server's.
    logged_in(&home, &sandbox, "default", TEST_KEY);
    run(&home, &below, &["trigger", "ticket.created"]).ok();
}

//! Trust in project files: what an untrusted file cannot do, and how trust begins and ends.

use serde_json::json;

#[cfg(unix)]
use super::super::contents;
use super::super::{CommandOutput, Home, TEST_KEY, error_line, home_and_sandbox, logged_in};
use super::{FILE, WHICH, at, project, ready, run};
#[cfg(unix)]
use crate::support::ports::closed_port;
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{ScriptedServer, json_response};
#[cfg(unix)]
use crate::support::terminal::{SKIPPED, Terminal};
use crate::support::{assert_private, native};

/// What a cloned repository might try. None of it may cause a request.
#[test]
fn untrusted_file_redirects_nothing() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    let attacker = ScriptedServer::without_whoami(|_, _| json_response(200, &[], "{}"));
    let base = attacker.base_url();
    for (text, command, expected) in [
        (
            "base_url = \"https://cstar.help.evil.example\"".to_owned(),
            &WHICH[..],
            "base_url `https://cstar.help.evil.example`",
        ),
        ("base_url = \"http://192.0.2.1\"".to_owned(), &WHICH, "never sent over plain http"),
        ("base_url = \"https://u:hunter2@127.0.0.1\"".to_owned(), &WHICH, "user name or password"),
        // A local address, but the key does not belong to it.
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
        ("exec = \"touch evil\"".to_owned(), &["listen"], "exec `touch evil` would run on this machine"),
        ("exec = [\"cat 'open\"]".to_owned(), &["listen"], "a quote is not closed"),
        ("api_key = \"sk_test_hunter2\"".to_owned(), &WHICH, "`api_key` is not allowed in a project file"),
        ("\"a\\u001b[2J\" = 1".to_owned(), &WHICH, "a\\x1b[2J"),
        ("profile = \"sk_live_hunter2hunter2\"".to_owned(), &WHICH, "`profile` is not allowed"),
        ("webhook_secret = 1".to_owned(), &WHICH, "`webhook_secret` is not allowed"),
        ("\n\ncolour = \"red\"".to_owned(), &WHICH, "line 3: unknown member `colour`"),
        (
            "[profiles.default]\nbase_url = \"https://evil.example\"".to_owned(),
            &WHICH,
            "unknown member `profiles`",
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
        assert!(error_line(&output).contains(expected), "{text}: {output:?}");
        assert!(output.stdout.is_empty() && !output.stderr.contains("hunter2"), "{text}: {output:?}");
        let json = CommandOutput::run(at(&home, &below, command).arg("--json"));
        assert_eq!(json.json_error()["exit_code"], 2, "{text}: {json:?}");
        std::fs::remove_file(file).unwrap();
    }
    assert!(attacker.requests().is_empty(), "it got a request");
}

/// Only the administrator can create a file of another user.
#[cfg(unix)]
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
    let refused = |expected: &str| {
        let output = run(&home, &below, &["listen", "--for", "10ms"]);
        assert_eq!(output.code, 2, "{output:?}");
        assert!(
            error_line(&output).contains(expected) && output.stderr.contains("cstar profiles trust"),
            "{output:?}"
        );
    };
    refused("is not trusted, and its forward_to `https://192.0.2.1/hook`");
    let output = run(&home, &below, &["profiles", "trust"]);
    assert_eq!(output.code, 2, "{output:?}");
    assert!(output.stderr.contains("no terminal to ask on") && output.stderr.contains("--yes"), "{output:?}");
    for part in ["profile", "default", "forward_to", "https://192.0.2.1/hook"] {
        assert!(output.stderr.contains(part), "{part}: {output:?}");
    }
    let output = run(&home, &below, &["profiles", "trust", "--yes"]).ok();
    assert!(
        output.stdout.starts_with("Trusted  ") && output.stdout.contains(&native("shop/.cstar.toml")),
        "{output:?}"
    );
    let printed = ready(&home, &below, &[]);
    assert!(printed.contains("https://192.0.2.1/hook"), "{printed}");
    assert!(run(&home, &below, &["profiles", "trust"]).ok().stderr.contains("trusted already"));
    let value = run(&home, &below, &["profiles", "trust", "--json"]).ok().json();
    assert_eq!((&value["trusted"], &value["forward_to"]), (&json!(true), &json!(["https://192.0.2.1/hook"])));
    assert_eq!(value["sha256"].as_str().unwrap().len(), 64);
    assert_private(&home.path().join("cstar/trusted.toml"));

    // One more byte, or the same bytes in another place, make another file.
    std::fs::write(&file, format!("{elsewhere}\n")).unwrap();
    refused("is not trusted");
    std::fs::write(&file, elsewhere).unwrap();
    run(&home, &below, &["listen", "--for", "10ms"]).ok();
    let copy = home.path().join("copy");
    std::fs::create_dir(&copy).unwrap();
    std::fs::copy(&file, copy.join(FILE)).unwrap();
    assert_eq!(run(&home, &copy, &["listen", "--for", "10ms"]).code, 2);
    // By its path, from anywhere.
    let named = copy.join(FILE);
    run(&home, home.path(), &["profiles", "trust", "--yes", named.to_str().unwrap()]).ok();
    run(&home, &copy, &["listen", "--for", "10ms"]).ok();
    // A trusted file does not redirect a stored key either.
    let attacker = ScriptedServer::without_whoami(|_, _| json_response(200, &[], "{}"));
    std::fs::write(&file, format!("base_url = \"{}\"", attacker.base_url())).unwrap();
    run(&home, &below, &["profiles", "trust", "--yes"]).ok();
    let output = run(&home, &below, &WHICH);
    assert_eq!(output.code, 2, "{output:?}");
    assert!(
        error_line(&output).contains("(from .cstar.toml)") && attacker.requests().is_empty(),
        "{output:?}"
    );
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

#[cfg(unix)]
#[test]
fn terminal_asks_for_trust() {
    let home = Home::new();
    let (_, below) =
        project(&home, "forward_to = \"https://192.0.2.1/\u{1b}[2J\"".replace('\u{1b}', "\\u001b").as_str());
    for (answer, code, trusted) in
        [("n", "[exit 0]", false), ("", "[exit 0]", false), ("y", "[exit 0]", true)]
    {
        // The terminal starts in another directory, so the file is named.
        let file = home.path().join("shop").join(FILE);
        let args = ["profiles", "trust", file.to_str().unwrap()];
        let Some(mut terminal) = Terminal::start(&home.cstar(), &args) else {
            println!("{SKIPPED}");
            return;
        };
        terminal.wait_for("\\x1b[2J");
        terminal.wait_for_echo_off();
        terminal.type_line(answer);
        let screen = terminal.read_to_end();
        assert!(screen.contains(code), "{screen}");
        assert_eq!(contents(&home).contains_key("trusted.toml"), trusted, "{screen}");
    }
    assert!(below.exists());
}

#[cfg(unix)]
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
    let screen = terminal.read_to_end();
    assert!(screen.contains("\u{1b}[?25h") && screen.contains("interrupted"), "{screen}");
    assert!(screen.contains("[canonical 1, echo 1]") && screen.contains("[exit 130]"), "{screen}");
    assert!(!contents(&home).contains_key("trusted.toml"));
}

/// The sandbox's public key may be sent to a local server that a project names, as tests do.
#[test]
fn local_server_works_with_the_public_key() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let (_, below) = project(&home, &format!("base_url = \"{}\"", sandbox.base_url));
    CommandOutput::run(at(&home, &below, &["trigger", "ticket.created"]).env("CSTAR_API_KEY", TEST_KEY)).ok();
    // A stored key may, too, if it belongs to that server.
    logged_in(&home, &sandbox, "default", TEST_KEY);
    run(&home, &below, &["trigger", "ticket.created"]).ok();
}

//! `CSTAR_SANDBOX` and `sandbox = true` in a project file: the same as `--sandbox`, unless something more explicit
//! is given.

use std::process::Command;

use serde_json::json;

use super::{CommandOutput, Home, LIVE_KEY, TEST_KEY, UNKNOWN_KEY, contents, error_line, logged_in};
use crate::support::ports::closed_port;
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{ScriptedServer, json_response};

/// A home with a running sandbox of its own, and a server that must not be asked.
fn setting() -> (Home, Sandbox, ScriptedServer) {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    (home, sandbox, ScriptedServer::without_whoami(|_, _| json_response(200, &[], "{}")))
}

fn with(home: &Home, variable: &str, args: &[&str]) -> Command {
    let mut command = home.cstar();
    command.env("CSTAR_SANDBOX", variable).args(args);
    command
}

fn run(home: &Home, variable: &str, args: &[&str]) -> CommandOutput {
    CommandOutput::run(&mut with(home, variable, args))
}

#[test]
fn sandbox_variable_replaces_the_flag() {
    let (home, sandbox, other) = setting();
    for value in ["1", "true", "TRUE", " 1 ", &sandbox.base_url] {
        let status = run(&home, value, &["status", "--json"]).ok().json();
        assert_eq!(status["base_url"], json!(sandbox.base_url), "{value}");
        assert_eq!(status["key_origin"], "CSTAR_SANDBOX", "{value}");
    }
    run(&home, "1", &["trigger", "ticket.created"]).ok();
    run(&home, "1", &["keys", "list"]).ok();
    run(&home, "1", &["webhooks", "list", "--json"]).ok();
    let logged = run(&home, "1", &["logs", "--json"]).ok().json();
    assert!(
        logged.as_array().unwrap().iter().any(|entry| entry["path"].to_string().contains("trigger-test"))
    );
    run(&home, "1", &["listen", "--print-secret"]).ok();
    let doctor = run(&home, "1", &["doctor"]);
    let base = format!("{} (from CSTAR_SANDBOX)", sandbox.base_url);
    assert!(
        doctor.stdout.contains(&base) && doctor.stdout.contains("sk_test_… (from CSTAR_SANDBOX)"),
        "{doctor:?}"
    );
    // A real key of the environment never goes there.
    let mut status = with(&home, "1", &["status", "--json"]);
    let status = CommandOutput::run(status.env("CSTAR_API_KEY", UNKNOWN_KEY).env("CSTAR_PROFILE", "missing"));
    assert_eq!(status.ok().json()["key_origin"], "CSTAR_SANDBOX");
    // Its address precedes the one of the other variable, and a flag precedes both.
    let mut status = with(&home, &sandbox.base_url, &["status", "--json"]);
    let status = CommandOutput::run(status.env("CSTAR_BASE_URL", other.base_url()));
    assert_eq!(status.ok().json()["base_url"], json!(sandbox.base_url));
    let flag = run(&home, &other.base_url(), &["status", "--json", "--base-url", &sandbox.base_url]);
    assert_eq!(flag.ok().json()["base_url"], json!(sandbox.base_url));
    assert!(other.requests().is_empty(), "it got a request");
}

#[test]
fn sandbox_variable_can_be_off() {
    let (home, sandbox, _) = setting();
    logged_in(&home, &sandbox, "default", LIVE_KEY);
    for value in ["", "0", "false", "False"] {
        let status = run(&home, value, &["status", "--json"]).ok().json();
        assert_eq!(status["environment"], "live", "{value}");
        assert_eq!(run(&home, value, &["status", "--json", "--sandbox"]).ok().json()["environment"], "test");
    }
}

#[test]
fn bad_sandbox_values_are_usage_errors() {
    let home = Home::new();
    for (value, wanted) in [
        ("maybe", "error: CSTAR_SANDBOX is `maybe`, which is neither 1, 0 nor a base URL"),
        ("ftp://x", "error: the base URL `ftp://x` (from CSTAR_SANDBOX) cannot be used: its scheme is `ftp`"),
        (
            "localhost:4747",
            "error: the base URL `localhost:4747` (from CSTAR_SANDBOX) cannot be used: it has no scheme",
        ),
        (
            "http://cstar:4747",
            "error: the base URL `http://cstar:4747` (from CSTAR_SANDBOX) cannot be used: a key is",
        ),
        (
            "https://h.example",
            "error: CSTAR_SANDBOX needs a loopback address, but https://h.example (from CSTAR_SANDBOX)",
        ),
    ] {
        for args in [&["status"][..], &["listen", "--print-secret"], &["status", "--sandbox"]] {
            let output = run(&home, value, args);
            let line = error_line(&output).replace("--sandbox needs", "CSTAR_SANDBOX needs");
            assert!(output.code == 2 && line.starts_with(wanted), "{value} {args:?}: {output:?}");
        }
        let error = run(&home, value, &["status", "--json"]);
        assert_eq!(error.json_error()["exit_code"], 2, "{value}");
        let checks = run(&home, value, &["doctor"]).stdout;
        assert!(checks.contains("CSTAR_SANDBOX"), "{checks}");
    }
    // What does not need the account does not need the variable.
    run(&home, "maybe", &["events"]).ok();
}

#[test]
fn cstar_itself_needs_sandbox_unset() {
    let (home, sandbox, _) = setting();
    logged_in(&home, &sandbox, "acme", TEST_KEY);
    let before = contents(&home);
    let login = run(&home, "1", &["login", "--api-key", UNKNOWN_KEY]);
    assert_eq!(
        (login.code, error_line(&login)),
        (2, "error: CSTAR_SANDBOX is set, and the sandbox needs no login")
    );
    assert_eq!(contents(&home), before);
    let profile = run(&home, "1", &["trigger", "ticket.created", "--profile", "acme"]);
    let line = "error: --profile acme names a stored key, but CSTAR_SANDBOX is set";
    assert_eq!((profile.code, error_line(&profile)), (2, line));
    assert!(profile.stderr.contains("unset CSTAR_SANDBOX"), "{profile:?}");
    // To store the sandbox's key is possible with the flag.
    run(&home, "1", &["login", "--sandbox", "--store", "file", "--profile", "box"]).ok();
    assert_ne!(contents(&home), before);
}

#[test]
fn listen_starts_the_sandbox_of_the_variable() {
    let home = Home::new();
    let secret = run(&home, "1", &["listen", "--print-secret"]).ok();
    assert!(secret.stderr.contains("No sandbox was running"), "{secret:?}");
    // Another machine's is only looked for.
    let address = format!("http://0.0.0.0:{}", closed_port());
    let mut command = with(&home, &address, &["listen", "--print-secret"]);
    let output = CommandOutput::run(command.env("CSTAR_INSECURE_HTTP_HOSTS", "0.0.0.0"));
    assert_eq!(output.code, 3, "{output:?}");
    assert!(!output.stderr.contains("No sandbox was running"), "{output:?}");
}

#[test]
fn live_keys_do_not_go_to_a_remote_sandbox() {
    let home = Home::new();
    let mut command = with(&home, "http://cstar:1", &["status", "--api-key", LIVE_KEY]);
    let output = CommandOutput::run(command.env("CSTAR_INSECURE_HTTP_HOSTS", "cstar"));
    assert_eq!(error_line(&output), "error: a live key is never sent over plain http to `cstar`");
    assert_eq!(output.code, 2);
}

#[test]
fn sandbox_commands_follow_the_address() {
    let (home, sandbox, _) = setting();
    let elsewhere = Home::new();
    let seeded =
        run(&elsewhere, &sandbox.base_url, &["sandbox", "seed", "--tickets", "3", "--json"]).ok().json();
    assert_eq!(seeded["base_url"], json!(sandbox.base_url));
    let tickets = run(&home, "1", &["sandbox", "export"]).ok().stdout;
    assert_eq!(tickets.matches("\"kind\":\"ticket\"").count(), 3);
    let own = home.path().join("own").display().to_string();
    let own =
        run(&elsewhere, &sandbox.base_url, &["sandbox", "seed", "--data-dir", &own, "--json"]).ok().json();
    assert_eq!(own["base_url"], json!(null), "the flag names another state");
}

#[test]
fn agents_get_the_sandbox_of_the_variable() {
    let home = Home::new();
    let config = |value: &str| run(&home, value, &["mcp-server", "--print-config", "claude"]).ok().json();
    let args = |value: &str| config(value)["mcpServers"]["cstar"]["args"].clone();
    assert_eq!(args("1"), json!(["mcp-server", "--sandbox"]));
    let url = "http://127.0.0.1:5000";
    assert_eq!(args(url), json!(["mcp-server", "--sandbox", "--base-url", url]));
    assert_eq!(args("0"), json!(["mcp-server"]));
}

#[cfg(unix)]
mod project {
    use super::*;

    /// A directory in `home` with this project file.
    fn in_project(home: &Home, text: &str, args: &[&str]) -> Command {
        let shop = home.path().join("shop");
        std::fs::create_dir_all(&shop).unwrap();
        std::fs::write(shop.join(".cstar.toml"), text).unwrap();
        let mut command = home.cstar();
        command.current_dir(shop).args(args);
        command
    }

    #[test]
    fn project_file_selects_the_sandbox() {
        let (home, sandbox, _) = setting();
        logged_in(&home, &sandbox, "default", LIVE_KEY);
        let status = |text, variables: &[(&str, &str)], more: &[&str]| {
            let mut command = in_project(&home, text, &["status", "--json"]);
            CommandOutput::run(command.args(more).envs(variables.iter().copied()))
        };
        let chosen = status("sandbox = true", &[], &[]).ok();
        assert_eq!(chosen.json()["key_origin"], ".cstar.toml");
        assert_eq!(chosen.json()["base_url"], json!(sandbox.base_url));
        let shown = CommandOutput::run(&mut in_project(&home, "sandbox = true", &["status"])).ok();
        let line = format!(".cstar.toml chose the sandbox at {}", sandbox.base_url);
        assert!(shown.stderr.contains(&line) && shown.stdout.contains("Key from"), "{shown:?}");
        let with_key = status("sandbox = true", &[("CSTAR_API_KEY", UNKNOWN_KEY)], &[]).ok();
        assert_eq!(with_key.json()["key_origin"], ".cstar.toml", "a real key is not sent there");
        // A profile, an address or the variable overrides it.
        let url = sandbox.base_url.as_str();
        for (variables, more) in [
            (&[("CSTAR_SANDBOX", "0")][..], &[][..]),
            (&[("CSTAR_PROFILE", "default")], &[]),
            (&[("CSTAR_BASE_URL", url)], &[]),
            (&[], &["--profile", "default"]),
            (&[], &["--base-url", url]),
        ] {
            let output = status("sandbox = true", variables, more).ok().json();
            assert_eq!(output["environment"], "live", "{variables:?} {more:?}");
        }
        assert_eq!(status("sandbox = false", &[], &[]).ok().json()["environment"], "live");
        let bad = status("sandbox = \"http://127.0.0.1:1\"", &[], &[]);
        assert!(bad.code == 2 && bad.stderr.contains("line 1: `sandbox` must be true or false"), "{bad:?}");
    }

    #[test]
    fn untrusted_project_gets_only_sandbox_keys() {
        let (home, sandbox, other) = setting();
        let at_other = format!("sandbox = true\nbase_url = \"{}\"\n", other.base_url());
        let status =
            |text: &str, args: &[&str]| CommandOutput::run(in_project(&home, text, &["status"]).args(args));
        let refused = status(&at_other, &["--api-key", UNKNOWN_KEY]);
        assert_eq!(refused.code, 2, "{refused:?}");
        assert!(error_line(&refused).contains("would get the key from --api-key"), "{refused:?}");
        assert!(other.requests().is_empty(), "it got a request");
        // The running sandbox of this home may get it.
        let sent = status("sandbox = true", &["--api-key", UNKNOWN_KEY]);
        assert_eq!(sent.code, 4, "{sent:?}");
        status(&at_other, &[]);
        let keys: Vec<_> = other
            .requests()
            .iter()
            .filter_map(|request| request.header("authorization").map(str::to_owned))
            .collect();
        assert!(!keys.is_empty() && keys.iter().all(|key| key.contains(TEST_KEY)), "{keys:?}");
        let remote =
            status("sandbox = true\nbase_url = \"http://cstar:4747\"", &["--insecure-http-host", "cstar"]);
        assert!(remote.code == 2 && remote.stderr.contains("is not trusted, and its base_url"), "{remote:?}");
        drop(sandbox);
    }

    #[test]
    fn listen_follows_the_project_file() {
        let home = Home::new();
        let output =
            CommandOutput::run(&mut in_project(&home, "sandbox = true", &["listen", "--print-secret"])).ok();
        assert!(output.stderr.contains("No sandbox was running"), "{output:?}");
        let trusted =
            CommandOutput::run(&mut in_project(&home, "sandbox = true", &["profiles", "trust", "--yes"]))
                .ok();
        assert!(trusted.stderr.contains("sandbox     true"), "{trusted:?}");
    }
}

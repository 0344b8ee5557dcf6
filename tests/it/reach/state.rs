//! Reset, seed, import and export of a running sandbox.

use serde_json::{Value, json};

use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home};

#[test]
fn running_sandbox_can_be_reset_and_seeded() {
    let home = Home::new();
    let sandbox = Sandbox::start_at(&home, 0, &["--ephemeral"]);
    let tickets = || -> u64 {
        let mut api = crate::support::api_connection::ApiConnection::open(sandbox.port);
        api.total("tickets")
    };
    for word in ["Created", "Already there"] {
        let output = home.run(["sandbox", "seed", "--tickets", "7"]).ok();
        assert!(output.stdout.contains(word), "{output:?}");
        assert_eq!(tickets(), 7);
    }
    home.run(["sandbox", "reset", "--yes"]).ok();
    assert_eq!(tickets(), 0);
}

#[test]
fn running_sandbox_can_import_a_state() {
    let home = Home::new();
    let url = "https://stranger.example/hook";
    let mut source = Sandbox::start_at(&home, 0, &["--data-dir", "a"]);
    source.run(&home, ["webhooks", "create", "--name", "a", "--url", url, "--events", "*"]).ok();
    source.kill();
    home.run(["sandbox", "export", "state.ndjson", "--data-dir", "a"]).ok();

    let sandbox = Sandbox::start_at(&home, 0, &["--data-dir", "b"]);
    let import = ["sandbox", "import", "state.ndjson", "--data-dir", "b"];
    let webhooks =
        || sandbox.run(&home, ["webhooks", "list", "--json"]).ok().json().as_array().unwrap().len();
    let unasked = home.run(import);
    assert!(unasked.code == 2 && unasked.stderr.contains("--yes"), "{unasked:?}");
    let foreign = CommandOutput::run(home.cstar().args(import).arg("--yes"));
    assert!(foreign.code == 2 && foreign.stderr.contains("--accept-access"), "{foreign:?}");
    assert_eq!(webhooks(), 0, "nothing was changed");
    let output = CommandOutput::run(home.cstar().args(import).args(["--yes", "--accept-access"])).ok();
    assert!(output.stdout.contains(&sandbox.base_url), "{output:?}");
    assert_eq!(webhooks(), 1);
    std::fs::write(home.path().join("state.ndjson"), "{}\n").unwrap();
    let bad = CommandOutput::run(home.cstar().args(import).arg("--yes"));
    assert!(bad.code == 2 && bad.stderr.contains("line 1"), "{bad:?}");
    assert!(!bad.stderr.contains("--accept-access"), "{bad:?}");
    assert_eq!(webhooks(), 1, "nothing was changed");
}

#[test]
fn reset_names_the_sandbox() {
    let home = Home::new();
    let sandbox = Sandbox::start_at(&home, 0, &["--ephemeral"]);
    let reset =
        |args: &[&str]| CommandOutput::run(home.cstar().args(["sandbox", "reset", "--yes"]).args(args)).ok();
    let output = reset(&[]);
    assert!(output.stdout.contains(&sandbox.base_url), "{output:?}");
    let json = reset(&["--json"]).json();
    assert_eq!((json["base_url"].as_str(), json["data_dir"].as_str()), (Some(&*sandbox.base_url), None));
    let unasked = home.run(["sandbox", "reset"]);
    assert!(unasked.code == 2 && unasked.stderr.contains("--yes"), "{unasked:?}");
}

#[test]
fn sandbox_can_be_reset_by_address() {
    let home = Home::new();
    let other = Sandbox::start_in_own_home(&["--ephemeral"]);
    let tickets = || crate::support::api_connection::ApiConnection::open(other.port).total("tickets");
    home.run(["sandbox", "seed", "--tickets", "3"]).ok();
    let output = home.run(["sandbox", "seed", "--tickets", "5", "--base-url", &other.base_url]).ok();
    assert!(output.stdout.contains(&other.base_url), "{output:?}");
    assert_eq!(tickets(), 5);
    home.run(["sandbox", "reset", "--yes", "--base-url", &other.base_url]).ok();
    assert_eq!(tickets(), 0);
    let kept = home.run(["sandbox", "export"]).ok().stdout;
    assert_eq!(kept.matches(r#""kind":"ticket""#).count(), 3, "its own state is unchanged");

    let receiver = crate::support::receiver::Receiver::start();
    let base = receiver.url().replace("/webhook", "");
    let output = home.run(["sandbox", "reset", "--yes", "--base-url", &base]);
    assert!(output.code == 3 && output.stderr.contains("no sandbox"), "{output:?}");
    let both = home.run(["sandbox", "reset", "--yes", "--base-url", &other.base_url, "--data-dir", "x"]);
    assert_eq!(both.code, 2, "{both:?}");
}

#[test]
fn foreign_keys_are_imported_only_on_request() {
    let home = Home::new();
    let sandbox = Sandbox::start_at(&home, 0, &["--log-bodies"]);
    sandbox.run(&home, ["keys", "create", "--name", "CI"]).ok();
    let jane = r#"{"email":"jane@example.com","password":"correct horse"}"#;
    let signup = crate::support::http::send(sandbox.port, "POST /api/auth/acme/signup", &[], jane);
    let token = signup.json()["data"]["accessToken"].as_str().unwrap().to_owned();
    let logs = sandbox.run(&home, ["logs", "--json"]).ok().stdout;
    assert!(logs.contains("/api/auth/acme/signup") && logs.contains("jane@example.com"), "{logs}");
    assert!(!logs.contains("correct horse") && !logs.contains(&token), "{logs}");
    let url = "https://stranger.example/hook";
    sandbox.run(&home, ["webhooks", "create", "--name", "a", "--url", url, "--events", "*"]).ok();
    drop(sandbox);
    home.run(["sandbox", "export", "state.ndjson"]).ok();
    let args = ["sandbox", "import", "state.ndjson", "--yes", "--data-dir", "other"];
    let refused = home.run(args);
    assert_eq!(refused.code, 2, "{refused:?}");
    for named in [url, "\"CI\"", "the live password of the customer cus_", "--accept-access"] {
        assert!(refused.stderr.contains(named), "{named}: {refused:?}");
    }
    let lines = std::fs::read_to_string(home.path().join("state.ndjson")).unwrap();
    assert!(lines.contains("passwordHash") && !lines.contains("tokenKey"), "a hash, but no key of a session");
    // A new directory needs no --yes, but that does not answer the question about keys.
    let unasked = home.run(["sandbox", "import", "state.ndjson", "--data-dir", "new"]);
    assert!(unasked.code == 2 && unasked.stderr.contains("--accept-access"), "{unasked:?}");
    assert!(!unasked.stderr.contains("--yes"), "{unasked:?}");
    CommandOutput::run(home.cstar().args(args).arg("--accept-access")).ok();
    let text = std::fs::read_to_string(home.path().join("state.ndjson")).unwrap();
    let (objects, end) = text.trim_end().rsplit_once('\n').unwrap();
    let lines = serde_json::from_str::<Value>(end).unwrap()["lines"].as_u64().unwrap();
    let line = r#"{"environment":"test","counter":"ticket","value":9223372036854775807}"#;
    let end = json!({ "end": true, "lines": lines + 1 });
    std::fs::write(home.path().join("bad.ndjson"), format!("{objects}\n{line}\n{end}\n")).unwrap();
    let capped = home.run(["sandbox", "import", "bad.ndjson", "--yes", "--accept-access"]);
    assert!(capped.code == 2 && capped.stderr.contains("counter"), "{capped:?}");
}

#[test]
fn export_without_state_creates_nothing() {
    let home = Home::new();
    for args in [["export", "--data-dir", "./typo"], ["reset", "--data-dir=./typo", "--yes"]] {
        let output = CommandOutput::run(home.cstar().arg("sandbox").args(args));
        assert_eq!(output.code, 2, "{output:?}");
        assert!(output.stderr.contains("typo") && !home.path().join("typo").exists(), "{output:?}");
    }
    let json = CommandOutput::run(home.cstar().args(["sandbox", "export", "--data-dir", "x", "--json"]));
    let error: Value = serde_json::from_str(json.stderr.trim()).unwrap_or_else(|_| json.json_error());
    assert!(error.is_object());
}

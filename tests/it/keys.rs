//! `cstar keys`: keys are created, listed, used and revoked, also from a script.

mod revoke;
mod wire;

#[cfg(unix)]
use std::process::Command;

use serde_json::json;

use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{ScriptedServer, json_response};
use crate::support::{CommandOutput, Home, LIVE_KEY, PUBLISHABLE_KEY, TEST_KEY};

/// Creates a key; returns its id and the key itself.
fn create(sandbox: &Sandbox, home: &Home) -> (String, String) {
    let made = sandbox.run(home, ["keys", "create", "--name", "CI", "--json"]).ok().json();
    let text = |member: &str| made[member].as_str().unwrap().to_owned();
    (text("id"), text("key"))
}

#[test]
fn created_key_works_until_it_is_revoked() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let made = sandbox.run(&home, ["keys", "create", "--name", "CI"]).ok();
    let key = made.stdout.strip_suffix('\n').unwrap().to_owned();
    assert!(key.starts_with("sk_test_") && key.len() == 40 && !key.contains(char::is_whitespace), "{made:?}");
    assert!(!made.stderr.contains(&key) && made.stderr.contains("not shown again"), "{made:?}");

    let triggered =
        CommandOutput::run(sandbox.cstar_with_key(&home, &key).args(["trigger", "ticket.created"])).ok();
    assert!(triggered.stdout.starts_with("Fired "), "{triggered:?}");
    let listed = sandbox.run(&home, ["keys", "list"]).ok();
    assert!(!listed.stdout.contains(&key) && listed.stdout.contains(&key[..12]), "{listed:?}");

    let deleted = sandbox.run(&home, ["keys", "revoke", &key[..12], "--yes"]).ok();
    assert!(deleted.stdout.starts_with("Revoked  key_") && deleted.stdout.contains("CI"), "{deleted:?}");
    let refused = CommandOutput::run(sandbox.cstar_with_key(&home, &key).args(["trigger", "ticket.created"]));
    assert_eq!((refused.code, refused.stdout.as_str()), (4, ""), "{refused:?}");
    assert!(refused.stderr.contains("has been revoked"), "{refused:?}");
    assert!(refused.stderr.contains("\nhint: ") && refused.stderr.contains("cstar login"), "{refused:?}");
    let error =
        CommandOutput::run(sandbox.cstar_with_key(&home, &key).args(["keys", "list", "--json"])).json_error();
    assert_eq!((&error["code"], &error["exit_code"]), (&json!("invalid_api_key"), &json!(4)));
    assert!(error["hint"].is_string(), "{error}");
}

#[test]
fn keys_and_revocations_survive_a_kill() {
    let home = Home::new();
    let mut sandbox = Sandbox::start(&home);
    let ((_, kept), (gone_id, deleted)) = (create(&sandbox, &home), create(&sandbox, &home));
    sandbox.run(&home, ["keys", "revoke", &gone_id, "--yes"]).ok();
    sandbox.kill();
    let sandbox = Sandbox::start(&home);
    CommandOutput::run(sandbox.cstar_with_key(&home, &kept).args(["trigger", "ticket.created"])).ok();
    let refused =
        CommandOutput::run(sandbox.cstar_with_key(&home, &deleted).args(["trigger", "ticket.created"]));
    assert_eq!(refused.code, 4, "{refused:?}");
    assert!(sandbox.run(&home, ["keys", "list"]).ok().stdout.contains(&kept[..12]));
}

/// A user's script; `field` replaces jq where it is missing.
#[cfg(unix)]
const SCRIPT: &str = r#"
set -euo pipefail
field() {
    if command -v jq >/dev/null; then jq -r ".$1"; else python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; fi
}
login=$("$CSTAR" login --base-url "$BASE_URL" --store file --json <<<"$KEY")
test "$(field name <<<"$login")" = default
made=$("$CSTAR" keys create --name script --json)
id=$(field id <<<"$made")
key=$(field key <<<"$made")
CSTAR_API_KEY=$key "$CSTAR" trigger ticket.created --json | field eventId
test "$("$CSTAR" keys revoke "$id" --yes --json | field id)" = "$id"
code=0
CSTAR_API_KEY=$key "$CSTAR" trigger ticket.created --json >out 2>error || code=$?
test ! -s out
echo "$code $("$CSTAR" keys list --quiet | grep -c script || true)"
if command -v jq >/dev/null; then jq -r '.error.code' error; else grep -o invalid_api_key error; fi
grep -o 'cstar login' error
"#;

#[cfg(unix)]
#[test]
fn key_rotation_works_in_a_strict_script() {
    let has = |program: &str| Command::new(program).arg("--version").output().is_ok();
    if !has("jq") && !has("python3") {
        println!("skipped: this needs jq or python3 to read JSON");
        return;
    }
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let mut bash = Command::new("bash");
    let mut cstar = home.cstar();
    cstar.env("CSTAR", env!("CARGO_BIN_EXE_cstar"));
    cstar.env("BASE_URL", &sandbox.base_url).env("KEY", TEST_KEY);
    bash.env_clear().envs(cstar.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = CommandOutput::run(bash.args(["-c", SCRIPT]).current_dir(home.path())).ok();
    let lines: Vec<&str> = output.stdout.lines().collect();
    assert_eq!(lines.len(), 4, "{output:?}");
    assert!(lines[0].starts_with("evt_ticket_created_"), "{output:?}");
    assert_eq!(lines[1..], ["4 0", "invalid_api_key", "cstar login"], "{output:?}");
    assert_eq!(output.stderr, "");
}

#[test]
fn list_uses_tabs_and_json_is_the_api_answer() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let (id, key) = create(&sandbox, &home);
    let list = sandbox.run(&home, ["keys", "list"]).ok();
    let rows: Vec<Vec<&str>> = list.stdout.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(rows.len(), 5);
    assert!(rows.iter().all(|row| row.len() == 7), "{rows:?}");
    assert_eq!(rows[4][..5], [&id, "CI", "secret", "test", &key[..12]]);
    assert_eq!(rows[4][6], "-", "it was never used");
    assert_eq!(list.stderr, "In use now: key_secrettest00, from CSTAR_API_KEY\n");

    let reported = sandbox.run(&home, ["keys", "list", "--json"]).ok();
    assert_eq!(reported.stderr, "");
    let reported = reported.json();
    let members: Vec<&String> = reported[4].as_object().unwrap().keys().collect();
    let documented =
        ["id", "object", "name", "type", "environment", "prefix", "createdAt", "lastUsedAt", "expiresAt"];
    assert_eq!(members, documented);
    assert_eq!((&reported[4]["id"], &reported[4]["object"]), (&json!(id), &json!("api_key")));
}

#[test]
fn key_type_and_environment_can_be_chosen() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    for (args, prefix) in [
        (&[][..], "sk_test_"),
        (&["--type", "publishable"], "pk_test_"),
        (&["--type", "publishable", "--environment", "test"], "pk_test_"),
        (&["--type", "secret", "--environment", "test"], "sk_test_"),
    ] {
        let output =
            CommandOutput::run(sandbox.cstar(&home).args(["keys", "create", "--name", "a", "-q"]).args(args))
                .ok();
        assert!(output.stdout.starts_with(prefix) && output.stderr.is_empty(), "{args:?}: {output:?}");
    }
    // The default is the environment of the key in use: here live.
    let output =
        CommandOutput::run(sandbox.cstar_with_key(&home, LIVE_KEY).args(["keys", "create", "--name", "a"]))
            .ok();
    assert!(output.stdout.starts_with("sk_live_") && output.stderr.contains("(secret, live)"), "{output:?}");
}

#[test]
fn usage_errors_send_nothing() {
    let home = Home::new();
    let server = ScriptedServer::without_whoami(|_, _| json_response(500, &[], "{}"));
    for (args, expected) in [
        (&["create"][..], "--name <NAME>"),
        (&["create", "--name", " "], "a key needs a name"),
        (&["create", "--name", "a", "--type", "admin"], "secret, publishable"),
        (&["create", "--name", "a", "--environment", "staging"], "live, test"),
        (&["revoke"], "<ID|PREFIX>"),
        (&["show"], "unrecognized subcommand"),
    ] {
        let output = CommandOutput::run(server.cstar(&home).arg("keys").args(args));
        assert_eq!((output.code, output.stdout.as_str()), (2, ""), "{args:?}: {output:?}");
        assert!(output.stderr.contains(expected), "{args:?}: {output:?}");
    }
    assert!(server.requests().is_empty());
}

#[test]
fn missing_key_is_reported_with_a_next_step() {
    let home = Home::new();
    for args in [&["list"][..], &["create", "--name", "a"], &["revoke", "key_a", "--yes"]] {
        let output = CommandOutput::run(home.cstar().arg("keys").args(args));
        assert_eq!((output.code, output.stdout.as_str()), (4, ""), "{output:?}");
        assert!(
            output.stderr.contains("not logged in") && output.stderr.contains("cstar login"),
            "{output:?}"
        );
        let error = CommandOutput::run(home.cstar().args(["--json", "keys"]).args(args)).json_error();
        assert_eq!(error["exit_code"], 4);
    }
}

#[test]
fn publishable_key_is_refused_with_a_reason() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    for args in [&["list"][..], &["create", "--name", "a"], &["revoke", "key_secretlive00", "--yes"]] {
        let output =
            CommandOutput::run(sandbox.cstar_with_key(&home, PUBLISHABLE_KEY).arg("keys").args(args));
        assert_eq!((output.code, output.stdout.as_str()), (4, ""), "{output:?}");
        assert!(output.stderr.contains("this needs a secret key"), "{output:?}");
    }
    assert_eq!(sandbox.run(&home, ["keys", "list"]).ok().stdout.lines().count(), 4);
}

#[test]
#[cfg_attr(windows, ignore = "the key would go to the Credential Manager of the machine")]
fn key_can_be_saved_without_being_printed() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let made = sandbox.run(&home, ["keys", "create", "--name", "CI", "--save", "ci"]).ok();
    assert!(made.stdout.starts_with("Created  key_") && !made.stdout.contains("sk_"), "{made:?}");
    assert!(made.stderr.contains("--profile ci") && !made.stderr.contains("sk_"), "{made:?}");
    // The profile has the address as well.
    let listed = home.run(["keys", "list", "--profile", "ci"]).ok();
    assert!(listed.stderr.contains("from the credentials file"), "{listed:?}");
    home.run(["trigger", "ticket.created", "--profile", "ci"]).ok();

    let args = ["keys", "create", "--name", "web", "--type", "publishable", "--save", "ci", "--json"];
    let again = sandbox.run(&home, args).ok();
    let reported = again.json();
    assert!(
        reported.get("key").is_none() && reported["id"].as_str().unwrap().starts_with("key_"),
        "{reported}"
    );
    let profile = &reported["profile"];
    assert_eq!((&profile["name"], &profile["key_type"]), (&json!("ci"), &json!("publishable")));
    assert_eq!((&profile["store"], &profile["base_url"]), (&json!("file"), &json!(sandbox.base_url)));
    assert_eq!(profile["team"]["slug"], "acme");
    let refused = home.run(["trigger", "ticket.created", "--profile", "ci"]);
    assert_eq!(refused.code, 4, "it was replaced: {refused:?}");
}

#[test]
#[cfg_attr(windows, ignore = "the key would go to the Credential Manager of the machine")]
fn key_that_cannot_be_saved_is_revoked() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let save = |name: &str| {
        let output = sandbox.run(&home, ["keys", "create", "--name", "CI", "--save", name]);
        assert_eq!(output.stdout, "", "{output:?}");
        assert_eq!(sandbox.run(&home, ["keys", "list"]).ok().stdout.lines().count(), 4, "{output:?}");
        output
    };
    assert_eq!(save("a/b").code, 2);
    // A directory in place of the file.
    std::fs::create_dir_all(home.path().join("cstar/credentials.toml")).unwrap();
    let output = save("ci");
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stderr.contains("so it was revoked"), "{output:?}");
    assert_eq!(home.run(["profiles", "list", "--json"]).ok().json(), json!([]));
}

#[test]
fn no_verbosity_prints_a_new_key_to_stderr() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    for verbosity in ["-v", "-vv", "-vvv"] {
        let made = sandbox.run(&home, ["keys", "create", "--name", "a", verbosity]).ok();
        let key = made.stdout.trim();
        assert!(made.stderr.contains("api-keys"), "{verbosity} logs nothing: {made:?}");
        assert!(!made.stderr.contains(&key[12..]) && !made.stderr.contains(TEST_KEY), "{made:?}");
        let deleted =
            CommandOutput::run(sandbox.cstar(&home).args(["keys", "revoke", key, "--yes", verbosity])).ok();
        assert!(!deleted.stderr.contains(&key[12..]), "{deleted:?}");
    }
}

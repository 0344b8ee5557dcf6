//! Every command through the real binary: that it works, how it fails, and that it says why.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::Instant;

use serde_json::{Value, json};

use crate::support::listen::Listen;
use crate::support::ports::closed_port;
use crate::support::process::Process;
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home, TEST_KEY, TIMEOUT};

const SECRET: &str = "whsec_of_this_test";
/// Bytes that are no text, no JSON, and that a line-wise reader would change.
const BINARY: &[u8] = b"\x00\xff\xfe\r\n\x1b[2J\x80 \n\n";
const COMMANDS: [&str; 11] = [
    "demo",
    "listen",
    "trigger",
    "events",
    "verify",
    "sign",
    "sandbox",
    "login",
    "logout",
    "profiles",
    "completion",
];

fn sign(home: &Home, body: &str, at: i64) -> String {
    let output = home.run(["sign", "--secret", SECRET, "--at", &at.to_string(), body]).ok();
    output.stdout.trim_end().to_owned()
}

fn verify(home: &Home, signature: &str, more: &[&str]) -> CommandOutput {
    let mut command = home.cstar();
    command.args(["verify", "--secret", SECRET, "--signature", signature]).args(more);
    CommandOutput::run(&mut command)
}

// --- help and version ---

#[test]
fn version_and_help_exit_with_0() {
    let home = Home::new();
    let version = home.run(["--version"]).ok();
    assert_eq!(version.stdout, format!("cstar {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(home.run(["-V"]).ok().stdout, version.stdout);
    let help = home.run(["--help"]).ok();
    assert_eq!(help.stderr, "");
    for said in ["Exit codes:", "  4 ", "  70 ", "  130 ", "CSTAR_API_KEY", "CSTAR_HOME", "cstar demo"] {
        assert!(help.stdout.contains(said), "{said} is not in: {}", help.stdout);
    }
    for command in COMMANDS {
        assert!(help.stdout.contains(&format!("\n  {command} ")), "{command} is not in: {}", help.stdout);
    }
    assert!(!help.stdout.contains("artifacts"), "a hidden command is shown");
}

#[test]
fn every_command_has_help_with_an_example() {
    let home = Home::new();
    for command in COMMANDS {
        let help = home.run([command, "--help"]).ok().stdout;
        assert!(help.contains("Example"), "{command}: {help}");
        assert!(
            help.contains(&format!("\n  cstar {command}")) || help.contains(&format!("cstar {command}")),
            "{help}"
        );
        // A topic that has the name of a command follows its flags.
        let by_name = home.run(["help", command]).ok().stdout;
        let guide = by_name.strip_prefix(&*help).unwrap_or_else(|| panic!("`help {command}` is the same"));
        let has_guide = ["sandbox", "webhooks", "profiles"].contains(&command);
        assert_eq!(guide.lines().count() > 20, has_guide, "{command}: {guide}");
        assert_eq!(guide.is_empty(), !has_guide, "{command}: {guide}");
        assert!(home.run([command, "-h"]).ok().stdout.contains("Usage: cstar "), "{command}");
    }
    assert!(home.run(["events", "show", "--help"]).ok().stdout.contains("Example"));
}

// --- global flags ---

#[test]
fn global_flags_work_before_and_after_commands() {
    let home = Home::new();
    let before = home.run(["--json", "events"]).ok().stdout;
    assert_eq!(home.run(["events", "--json"]).ok().stdout, before);
    let sandbox = Sandbox::start(&home);
    let (url, key) = (sandbox.base_url.as_str(), TEST_KEY);
    home.run(["--base-url", url, "--api-key", key, "trigger", "ticket.created"]).ok();
    home.run(["trigger", "ticket.created", "--base-url", url, "--api-key", key]).ok();
    home.run(["--base-url", &format!("{url}/api/v1/"), "trigger", "ticket.created", "--api-key", key]).ok();
}

#[test]
fn flags_override_the_environment() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let mut command = sandbox.cstar(&home);
    command.env("CSTAR_API_KEY", "sk_test_wrong");
    let output = CommandOutput::run(command.args(["trigger", "ticket.created"]));
    assert_eq!(output.code, 4, "{output:?}");
    assert!(output.stderr.contains("HTTP 401") && !output.stderr.contains("sk_test_wrong"), "{output:?}");
    CommandOutput::run(command.args(["--api-key", TEST_KEY])).ok();
}

#[test]
fn quiet_leaves_only_data_and_errors() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let output = sandbox.run(&home, ["trigger", "ticket.created"]).ok();
    assert!(output.stderr.contains("was not received"), "{output:?}");
    let output = sandbox.run(&home, ["-q", "trigger", "ticket.created"]).ok();
    assert_eq!(output.stderr, "");
    assert!(output.stdout.starts_with("Fired  ticket.created  evt_"), "{output:?}");
    let output = home.run(["-q", "events", "show", "nope"]);
    assert!(output.stderr.starts_with("error: "), "{output:?}");
}

#[test]
fn missing_key_is_exit_4_with_a_next_step() {
    let home = Home::new();
    for args in [["trigger", "ticket.created"], ["listen", "--print-secret"]] {
        let output = home.run(args);
        assert_eq!((output.code, output.stdout.as_str()), (4, ""), "{output:?}");
        assert!(output.stderr.contains("CSTAR_API_KEY") && output.stderr.contains("--sandbox"), "{output:?}");
    }
    let error = home.run(["listen", "--json"]).json_error();
    assert_eq!((&error["type"], &error["exit_code"]), (&json!("authentication_error"), &json!(4)));
}

#[test]
fn typos_get_a_suggestion() {
    let home = Home::new();
    for (args, nearest) in [
        (&["lisen"][..], "'listen'"),
        (&["triger", "ticket.created"], "'trigger'"),
        (&["listen", "--forward", "3000"], "'--forward-to'"),
        (&["listen", "--evnts", "ticket.*"], "'--events'"),
        (&["trigger", "tickt.created"], "`ticket.created`"),
        (&["trigger", "Ticket_Created"], "`ticket.created`"),
        (&["trigger", "achievement.unlocked"], "`player.achievement_unlocked`"),
        (&["events", "show", "ticket.create"], "`ticket.created`"),
        (&["events", "--category", "ticket"], "'tickets'"),
        (&["listen", "--events", "tikcet.*"], "ticket.*"),
        (&["listen", "--route", "tikcet.*=3000"], "ticket.*"),
        (&["completion", "bsh"], "'bash'"),
    ] {
        let output = CommandOutput::run(home.cstar().args(args));
        assert_eq!(output.code, 2, "{output:?}");
        assert!(output.stderr.contains(nearest), "{args:?}: {}", output.stderr);
    }
}

// --- events, completion ---

#[test]
fn events_list_has_columns_for_cut() {
    let home = Home::new();
    let all = home.run(["events"]).ok();
    assert_eq!(all.stdout.lines().count(), 35);
    let rows: Vec<Vec<&str>> = all.stdout.lines().map(|line| line.split('\t').collect()).collect();
    assert!(rows.iter().all(|row| row.len() == 3 && row.iter().all(|cell| !cell.is_empty())), "{rows:?}");
    let categories: BTreeSet<&str> = rows.iter().map(|row| row[1]).collect();
    assert_eq!(categories.len(), 7, "{categories:?}");
    let mut sum = 0;
    for category in categories {
        let some = home.run(["events", "--category", category]).ok();
        assert!(some.stdout.lines().all(|line| line.split('\t').nth(1) == Some(category)), "{some:?}");
        sum += some.stdout.lines().count();
    }
    assert_eq!(sum, 35);
}

#[test]
fn events_show_prints_a_whole_event() {
    let home = Home::new();
    let shown = home.run(["events", "show", "ticket.created"]).ok().json();
    for member in ["id", "type", "created_at", "team_id", "data"] {
        assert!(!shown[member].is_null(), "{member}: {shown}");
    }
    assert_eq!(shown["type"], "ticket.created");
    let catalogue = home.run(["events", "--json"]).ok().json();
    for event in catalogue.as_array().unwrap() {
        let name = event["type"].as_str().unwrap();
        assert_eq!(home.run(["events", "show", name, "--json"]).ok().json()["type"], name);
    }
}

#[test]
fn completion_has_every_command() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let offered = home.run(["__complete", shell, "1", "--", "cstar", ""]).ok().stdout;
        let offered: Vec<&str> = offered.lines().filter_map(|line| line.split(['\t', ':']).next()).collect();
        for command in COMMANDS {
            assert!(offered.contains(&command), "{shell} does not know {command}: {offered:?}");
        }
    }
}

// --- sign and verify ---

#[test]
fn verify_accepts_what_sign_signs() {
    let home = Home::new();
    std::fs::write(home.path().join("body"), BINARY).unwrap();
    let from_file = home.run(["sign", "--secret", SECRET, "body"]).ok().stdout;
    let from_stdin = home.run_with_input(["sign", "--secret", SECRET, "-"], BINARY).ok().stdout;
    for header in [from_file.trim_end(), from_stdin.trim_end()] {
        assert!(header.starts_with("t=") && header.contains(",v1="), "{header}");
        let output = verify(&home, header, &["body"]).ok();
        assert!(output.stdout.starts_with("The signature is valid"), "{output:?}");
        let args = ["verify", "--secret", SECRET, "--signature", header];
        assert_eq!(home.run_with_input(args, BINARY).ok().stderr, "");
        let json = verify(&home, header, &["--json", "body"]).ok().json();
        assert_eq!((&json["valid"], &json["scheme"]), (&json!(true), &json!("v1")));
        let changed = home.run_with_input(args, &BINARY[1..]);
        assert_eq!((changed.code, changed.stdout.as_str()), (1, ""), "{changed:?}");
    }
}

#[test]
fn secret_flag_overrides_the_environment() {
    let home = Home::new();
    let run = |args: &[&str]| {
        let mut command = home.cstar();
        CommandOutput::run(command.env("CSTAR_WEBHOOK_SECRET", SECRET).args(args)).ok().stdout
    };
    std::fs::write(home.path().join("body"), "{}").unwrap();
    assert_eq!(run(&["sign", "--at", "1000", "body"]).trim_end(), sign(&home, "body", 1000));
    let other = run(&["sign", "--at", "1000", "--secret", "whsec_other", "body"]);
    assert_ne!(other.trim_end(), sign(&home, "body", 1000));
}

#[test]
fn signature_is_the_documented_hmac() {
    // printf '1000.{}' | openssl dgst -sha256 -hmac whsec_test
    let home = Home::new();
    let output =
        home.run_with_input(["sign", "--secret", "whsec_test", "--at", "1000", "--json"], b"{}").ok();
    let expected = "291d03e2e8ca99ce6b2dd4a86974b888822bbc53e44c7c5718da223c4c86d444";
    assert_eq!(output.json(), json!({"signature": format!("t=1000,v1={expected}"), "timestamp": 1000}));
}

#[test]
fn signature_window_is_300_seconds_each_way() {
    let home = Home::new();
    std::fs::write(home.path().join("body"), "{}").unwrap();
    let header = sign(&home, "body", 1_000_000);
    for (at, code) in [("1000300", 0), ("1000301", 1), ("999700", 0), ("999699", 1)] {
        let output = verify(&home, &header, &["--at", at, "body"]);
        assert_eq!(output.code, code, "{at}: {output:?}");
        if code == 1 {
            assert!(output.stderr.contains("301 s") && output.stderr.contains("300 s"), "{output:?}");
        }
    }
    verify(&home, &header, &["--at", "1000301", "--tolerance", "301", "body"]).ok();
    let json = verify(&home, &header, &["--at", "1000007", "--json", "body"]).ok().json();
    assert_eq!(json, json!({"valid": true, "scheme": "v1", "timestamp": 1_000_000, "age_seconds": 7}));
    // Far ends of the number line are answered, not computed into a crash.
    for at in [i64::MIN, i64::MAX] {
        let output = verify(&home, &header, &["--at", &at.to_string(), "--tolerance", "99999999h", "body"]);
        assert_eq!(output.code, 1, "{output:?}");
    }
}

#[test]
fn legacy_signatures_warn_unless_strict() {
    let home = Home::new();
    // printf '{}' | openssl dgst -sha256 -hmac whsec_test
    let header = "sha256=46bdc2a2e83964bd2695acc6a1f97162d8bafc135a071aa5cd5c99aae5481440";
    let args = ["verify", "--secret", "whsec_test", "--signature", header];
    let output = home.run_with_input(args, b"{}").ok();
    assert!(output.stderr.contains("--strict") && output.stderr.contains("replayed"), "{output:?}");
    let output = CommandOutput::run(home.cstar().args(["--json"]).args(args).arg("no-such-file"));
    assert_eq!(output.json_error()["exit_code"], 2);
    let strict = ["verify", "--strict", "--secret", "whsec_test", "--signature", header];
    let output = home.run_with_input(strict, b"{}");
    assert_eq!((output.code, output.stdout.as_str()), (1, ""), "{output:?}");
}

#[test]
fn verify_reports_the_reason() {
    let home = Home::new();
    std::fs::write(home.path().join("body"), r#"{"a":1}"#).unwrap();
    let header = sign(&home, "body", 1_000);
    let explain = |header: &str, secret: &str, body: &str| {
        let args = ["verify", "--at", "1000", "--secret", secret, "--signature", header];
        let output = home.run_with_input(args, body.as_bytes());
        assert_eq!((output.code, output.stdout.as_str()), (1, ""), "{output:?}");
        assert!(!output.stderr.contains(SECRET), "{output:?}");
        output.stderr
    };
    let body = r#"{"a":1}"#;
    for (header, secret, body, cause) in [
        (header.as_str(), SECRET, "{\"a\":1}\n", "line break was added"),
        (&header, SECRET, "{ \"a\": 1 }", "parsed and written out again"),
        (&header, SECRET, "", "the body is empty"),
        (&header, "whsec_of_this_test ", body, "white space"),
        (&header, "of_this_test", body, "lacks its `whsec_` prefix"),
        (&header, TEST_KEY, body, "an API key"),
        (&header.replace("t=1000", "t=1000000"), SECRET, body, "matches the body"),
        (&header[..20], SECRET, body, "malformed"),
        (&format!("X-Signature: {header}"), SECRET, body, "name is part of the value"),
    ] {
        let said = explain(header, secret, body);
        assert!(said.contains(cause), "{cause}: {said}");
    }
}

// --- trigger ---

/// Fires with `args` straight at a receiver and gives what arrived.
fn fired_at(receiver: &Receiver, home: &Home, args: &[&str], input: Option<&[u8]>) -> Value {
    let url = receiver.url();
    let mut command = home.cstar();
    command.args(["trigger", "ticket.created", "--to", &url, "--secret", SECRET]).args(args);
    CommandOutput::run_with_input(&mut command, input.unwrap_or_default()).ok();
    receiver.next().json()
}

#[test]
fn trigger_reads_data_from_json_file_and_stdin() {
    let home = Home::new();
    let receiver = Receiver::start();
    let data = r#"{"ticket":{"title":"Größe 😀","priority":"low"}}"#;
    std::fs::write(home.path().join("data.json"), data).unwrap();
    std::fs::write(home.path().join("event.json"), format!(r#"{{"id":"evt_1","type":"x","data":{data}}}"#))
        .unwrap();
    for (args, input) in [
        (&["--data", data][..], None),
        (&["--data", "@data.json"], None),
        (&["--data", "@event.json"], None),
        (&["--data", "-"], Some(data.as_bytes())),
    ] {
        let event = fired_at(&receiver, &home, args, input);
        assert_eq!(event["data"]["ticket"]["title"], "Größe 😀", "{args:?}");
        assert_eq!(event["type"], "ticket.created");
        assert!(
            !event["data"]["ticket"]["status"].is_null(),
            "the rest of the sample is still there: {event}"
        );
    }
    let event = fired_at(
        &receiver,
        &home,
        &["--data", data, "--set", "data.ticket.priority=urgent", "--set", "data.ticket.tags=[\"a\"]"],
        None,
    );
    assert_eq!(event["data"]["ticket"]["priority"], "urgent");
    assert_eq!(event["data"]["ticket"]["tags"], json!(["a"]));
    assert_eq!(event["data"]["ticket"]["title"], "Größe 😀");
}

#[test]
fn trigger_to_signs_and_reports_the_response() {
    let home = Home::new();
    let receiver = Receiver::start();
    let url = receiver.url();
    let output = home
        .run(["trigger", "ticket.created", "--to", &url, "--secret", SECRET, "-H", "X-Tag: 7", "--json"])
        .ok();
    let request = receiver.next();
    assert_eq!(request.header("x-tag"), "7");
    std::fs::write(home.path().join("received"), &request.body).unwrap();
    verify(&home, request.header("x-signature"), &["--strict", "received"]).ok();
    let result = output.json();
    assert_eq!((&result["success"], &result["status"]), (&json!(true), &json!(200)));
    assert_eq!(result["eventId"], request.header("x-event-id"));

    let output = home.run(["trigger", "--all", "--to", &url, "--secret", SECRET]).ok();
    assert_eq!(output.stdout.lines().count(), 35);
    let types: BTreeSet<String> =
        receiver.take(35).iter().map(|request| request.header("x-event-type").to_owned()).collect();
    assert_eq!(types.len(), 35);
}

#[test]
fn trigger_to_fails_when_the_endpoint_fails() {
    let home = Home::new();
    for (status, code) in [(400, 1), (401, 1), (404, 1), (302, 1), (500, 1), (204, 0), (299, 0)] {
        let receiver = Receiver::start_with(move |_| Response::status(status));
        let output = home.run([
            "trigger",
            "ticket.created",
            "--to",
            &receiver.url(),
            "--secret",
            SECRET,
            "--count",
            "3",
            "--json",
        ]);
        assert_eq!(output.code, code, "{status}: {output:?}");
        let results = output.json();
        assert_eq!(results.as_array().unwrap().len(), 3, "each is tried: {results}");
        assert_eq!(results[0]["status"], status);
    }
    let to = format!("http://127.0.0.1:{}/", closed_port());
    let output = home.run(["trigger", "ticket.created", "--to", &to, "--secret", SECRET]);
    assert_eq!(output.code, 3, "{output:?}");
    assert!(output.stderr.contains("refuses connections") && output.stderr.contains("hint:"), "{output:?}");
}

#[test]
fn trigger_sends_one_several_or_all_events() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let one = sandbox.run(&home, ["trigger", "ticket.created", "--json"]).ok().json();
    assert!(one["eventId"].as_str().unwrap().starts_with("evt_ticket_created_"), "{one}");
    let three = sandbox.run(&home, ["trigger", "ticket.created", "--count", "3", "--json"]).ok().json();
    let ids: BTreeSet<&str> =
        three.as_array().unwrap().iter().map(|result| result["eventId"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 3);
    let all = sandbox.run(&home, ["trigger", "--all"]).ok();
    assert_eq!(all.stdout.lines().count(), 35, "{all:?}");
    assert!(all.stdout.lines().all(|line| line.starts_with("Fired  ")), "{all:?}");
}

// --- listen ---

#[test]
fn print_secret_prints_only_the_secret() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let output = sandbox.run(&home, ["listen", "--print-secret"]).ok();
    assert_eq!((output.stdout.lines().count(), output.stderr.as_str()), (1, ""), "{output:?}");
    assert!(output.stdout.starts_with("whsec_"), "{output:?}");
    // One that the user named needs neither key nor network.
    assert_eq!(home.run(["listen", "--print-secret", "--secret", SECRET]).ok().stdout, format!("{SECRET}\n"));
}

#[test]
fn listen_routes_events_and_ends_after_count() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let (tickets, surveys) = (Receiver::start(), Receiver::start());
    let routes = [format!("ticket.*={}", tickets.url()), format!("survey.*={}", surveys.url())];
    let listen = Listen::start(
        sandbox.cstar(&home),
        &["--route", &routes[0], "--route", &routes[1], "-H", "X-Tag: 7", "--count", "2"],
    );
    let survey = home.run(["events", "--category", "surveys"]).ok().stdout;
    let survey = survey.split('\t').next().unwrap();
    sandbox.run(&home, ["trigger", "ticket.created"]).ok();
    sandbox.run(&home, ["trigger", survey]).ok();
    assert_eq!(tickets.next().header("x-event-type"), "ticket.created");
    let request = surveys.next();
    assert_eq!((request.header("x-event-type"), request.header("x-tag")), (survey, "7"));
    let finished = listen.finish();
    assert_eq!((finished.code, finished.stderr.as_str()), (0, ""));
    finished.summary();
    assert!(tickets.drain().is_empty() && surveys.drain().is_empty());
}

#[test]
fn listen_exits_1_after_a_failed_delivery() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start_with(|_| Response::status(404));
    let listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url(), "--count", "1"]);
    sandbox.run(&home, ["trigger", "ticket.created"]).ok();
    let finished = listen.finish();
    assert_eq!(finished.code, 1, "{finished:?}");
    assert!(finished.seen.iter().any(|line| line["type"] == "failed"), "{finished:?}");
}

#[test]
fn listen_timeout_reports_a_missed_count() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let output = sandbox.run(&home, ["listen", "--forward-to", "1", "--for", "200ms", "--json"]).ok();
    assert_eq!(output.json_lines().last().unwrap()["type"], "summary");
    let output = sandbox.run(&home, ["listen", "--forward-to", "1", "--for", "200ms", "--count", "1"]);
    assert_eq!((output.code, output.stdout.as_str()), (1, ""), "{output:?}");
    assert!(output.stderr.contains("--count"), "{output:?}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_listen_with_exit_0() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url()]);
    listen.interrupt();
    let finished = listen.finish();
    assert_eq!((finished.code, finished.stderr.as_str()), (0, ""));
}

// --- demo, sandbox ---

#[test]
fn demo_needs_no_setup_and_exits_with_0() {
    let home = Home::new();
    let output = home.run(["demo"]).ok();
    assert!(output.stdout.contains("7 fired, 7 delivered, 7 verified, 1 forgery rejected"), "{output:?}");
    assert_eq!(output.stderr, "");
    let lines = home.run(["demo", "--json"]).ok().json_lines();
    assert_eq!(lines.iter().filter(|line| line["type"] == "event" && line["verified"] == true).count(), 7);
    assert_eq!(lines.last().unwrap()["ok"], true);
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0, "the demo leaves nothing behind");
}

#[test]
fn sandbox_prints_its_address_and_keys() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let output = home.run(["trigger", "ticket.created", "--sandbox", "--base-url", &sandbox.base_url]).ok();
    assert!(output.stdout.starts_with("Fired  "), "{output:?}");
    let output = home.run(["sandbox", "--port", &sandbox.port.to_string()]);
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stderr.contains("may be running there already"), "{output:?}");
}

#[test]
fn client_reports_the_sandbox_rate_limit() {
    let home = Home::new();
    let sandbox = Sandbox::start_at(&home, 0, &["--rate-limit", "1"]);
    let output = sandbox.run(&home, ["trigger", "ticket.created"]);
    assert_eq!((output.code, output.stdout.as_str()), (1, ""), "{output:?}");
    assert!(output.stderr.contains("HTTP 429"), "{output:?}");
}

// --- secrets ---

#[test]
fn no_verbosity_prints_a_key_or_a_secret() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    for verbosity in ["-v", "-vv", "-vvv"] {
        let secrets = [TEST_KEY, SECRET, "hunter2", "whsec_sandboxtest"];
        let mut command = sandbox.cstar(&home);
        let url = receiver.url();
        command.args([
            "listen",
            "--json",
            verbosity,
            "--forward-to",
            &url,
            "--count",
            "1",
            "--secret",
            SECRET,
        ]);
        command.args(["--header", "Authorization: Bearer hunter2"]);
        let listen = Process::start(command.stdout(Stdio::piped()).stderr(Stdio::piped()));
        let mut said = String::new();
        let deadline = Instant::now() + TIMEOUT;
        // Fired until somebody listens: there is no other way to see that from outside.
        while receiver.drain().is_empty() {
            assert!(Instant::now() < deadline, "{verbosity}: nothing arrived");
            let output = sandbox.run(&home, ["trigger", "ticket.created", verbosity]).ok();
            said += &(output.stdout + &output.stderr);
        }
        let output = CommandOutput::from(listen.output()).ok();
        assert!(output.stderr.contains("whoami"), "{verbosity} says nothing: {output:?}");
        said += &(output.stdout + &output.stderr);
        let output =
            home.run(["trigger", "ticket.created", "--to", &url, "--secret", SECRET, verbosity]).ok();
        said += &(output.stdout + &output.stderr);
        receiver.next();
        for secret in secrets {
            assert!(!said.contains(secret), "{verbosity} shows {secret}: {said}");
        }
    }
}

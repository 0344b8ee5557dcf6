//! `sign` and `verify`.

use serde_json::json;

use super::{SECRET, sign, verify};
use crate::support::{CommandOutput, Home, TEST_KEY};

/// Neither text nor JSON, and changed by anything that reads line by line.
const BINARY: &[u8] = b"\x00\xff\xfe\r\n\x1b[2J\x80 \n\n";

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
    // No overflow at the ends of the range.
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
        let reason = explain(header, secret, body);
        assert!(reason.contains(cause), "{cause}: {reason}");
    }
}

//! A secret that looks mistyped gets a warning; one that is not text is refused.

use std::process::Command;

use crate::support::listen::Listen;
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home, TEST_KEY, not_unicode};

fn with_secret(home: &Home, secret: &str, args: &[&str]) -> CommandOutput {
    let mut command: Command = home.cstar();
    command.env("CSTAR_WEBHOOK_SECRET", secret).args(args);
    CommandOutput::run_with_input(&mut command, b"{}")
}

#[test]
fn unusual_secret_is_warned_about_once() {
    let home = Home::new();
    for (secret, expected) in [
        ("whsec_a\r", "ends with a carriage return (a .env file with Windows line ends?)"),
        ("whsec_a ", "ends with a space"),
        ("\"whsec_a\"", "is in quotes"),
        ("\u{feff}whsec_a", "begins with a byte order mark"),
        ("whsec_\u{e9}", "U+00E9"),
        ("whsec_\u{200b}a", "has a zero-width space (U+200B) in it"),
        ("whsec_a\u{2060}", "ends with a word joiner"),
    ] {
        for args in [
            &["sign", "-"][..],
            &["sign", "-", "--json"],
            &["verify", "-", "--signature", "t=1,v1=00"],
            &["trigger", "ticket.created", "--to", "http://127.0.0.1:1/"],
        ] {
            let output = with_secret(&home, secret, args);
            let warnings = output.stderr.matches("the signing secret from CSTAR_WEBHOOK_SECRET ").count();
            assert!(warnings == 1 && output.stderr.contains(expected), "{args:?}: {output:?}");
        }
        let by_flag = home.run_with_input(["sign", "-", "--secret", secret], b"{}").ok();
        assert!(by_flag.stderr.contains(expected) && by_flag.stderr.contains("from --secret"), "{by_flag:?}");
        let printed = home.run(["listen", "--print-secret", "--secret", secret]).ok();
        assert!(printed.stderr.contains(expected) && printed.stdout == format!("{secret}\n"), "{printed:?}");
    }
    assert_eq!(with_secret(&home, "whsec_a", &["sign", "-"]).ok().stderr, "");
}

#[test]
fn unusual_secret_is_named_by_replay() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let listener = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url(), "--count", "1"]);
    sandbox.run(&home, ["trigger", "ticket.created"]).ok();
    assert_eq!(listener.finish().code, 0);
    let output = with_secret(&home, "whsec_a\r", &["replay", "last"]).ok();
    assert!(output.stderr.contains("CSTAR_WEBHOOK_SECRET ends with a carriage return"), "{output:?}");
}

#[test]
fn doctor_names_the_unusual_secret() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start_with(|_| Response::status(401));
    let mut command = sandbox.cstar(&home);
    command.env("CSTAR_WEBHOOK_SECRET", "whsec_a\r").args([
        "doctor",
        "--json",
        "--forward-to",
        &receiver.url(),
    ]);
    let output = CommandOutput::run(&mut command);
    let checks = output.json()["checks"].clone();
    let check = |name: &str| {
        checks
            .as_array()
            .unwrap()
            .iter()
            .find(|check| check["name"] == name)
            .unwrap_or_else(|| panic!("{output:?}"))
    };
    let warning = "the signing secret from CSTAR_WEBHOOK_SECRET ends with a carriage return";
    assert_eq!(check("secret")["status"], "warn");
    assert!(check("secret")["message"].as_str().unwrap().starts_with(warning), "{output:?}");
    assert!(check("delivery")["fix"].as_str().unwrap().starts_with(warning), "{output:?}");
    assert!(!check("delivery")["message"].as_str().unwrap().contains("signature is right"), "{output:?}");
}

#[test]
fn invalid_key_error_names_the_character() {
    let home = Home::new();
    for (key, expected) in [
        ("sk_test_abc\r", "ends with a carriage return"),
        ("\u{feff}sk_test_abc", "begins with a byte order mark"),
        ("\"sk_test_abc\"", "is in quotes"),
        ("sk_test_\u{200b}abc", "has a zero-width space (U+200B) in it"),
    ] {
        let mut command = home.cstar();
        let output = CommandOutput::run(command.env("CSTAR_API_KEY", key).arg("status"));
        assert_eq!(output.code, 4, "{output:?}");
        assert!(output.stderr.contains(expected) && !output.stderr.contains("sk_test_abc"), "{output:?}");
    }
}

#[test]
fn variable_that_is_not_utf8_is_refused() {
    let home = Home::new();
    for name in ["CSTAR_WEBHOOK_SECRET", "CSTAR_API_KEY", "CSTAR_BASE_URL", "CSTAR_PROFILE", "CSTAR_HOME"] {
        let mut command = home.cstar();
        command.env(name, not_unicode());
        let output = CommandOutput::run_with_input(command.args(["sign", "-", "--secret", "whsec_a"]), b"{}");
        assert_eq!(output.code, 2, "{name}: {output:?}");
        assert!(output.stderr.contains(&format!("{name} is not valid UTF-8")), "{output:?}");
    }
}

/// If it were ignored, requests would bypass the proxy.
#[cfg(unix)]
#[test]
fn unusable_proxy_is_refused() {
    use std::os::unix::ffi::OsStrExt;
    let home = Home::new();
    let commands: [&[&str]; 5] = [
        &["status"],
        &["keys", "list"],
        &["listen"],
        &["trigger", "ticket.created"],
        &["login", "--api-key", TEST_KEY],
    ];
    for args in commands {
        for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HTTP_PROXY", "NO_PROXY"] {
            let values: &[&[u8]] = match name {
                "HTTP_PROXY" | "NO_PROXY" => &[b"http://p\xff:1"],
                _ => &[b"http://p\xff:1", b"notaurl::", b"http://p:99999", b"ftp://p:1"],
            };
            for value in values {
                let mut command = home.cstar();
                command.env(name, std::ffi::OsStr::from_bytes(value)).env("CSTAR_API_KEY", TEST_KEY);
                let output =
                    CommandOutput::run(command.args(["--base-url", "https://cstar.invalid"]).args(args));
                assert_eq!(output.code, 2, "{name} {args:?}: {output:?}");
                assert!(output.stderr.contains(&format!("unset {name}")), "{output:?}");
            }
        }
    }
    // It is not used for local addresses, nor for excepted hosts.
    let sandbox = Sandbox::start(&home);
    CommandOutput::run(sandbox.cstar(&home).env("HTTPS_PROXY", "notaurl::").arg("status")).ok();
    let mut command = home.cstar();
    command.env("HTTPS_PROXY", "notaurl::").env("NO_PROXY", "*").env("CSTAR_API_KEY", TEST_KEY);
    assert_eq!(CommandOutput::run(command.args(["status", "--base-url", "https://cstar.invalid"])).code, 3);
}

#[test]
fn print_secret_ignores_the_environment() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let args = ["listen", "--print-secret", "--base-url", &sandbox.base_url, "--api-key", TEST_KEY];
    let clean = home.run(args).ok();
    assert_eq!(clean.stdout, "whsec_sandboxtest000000000000000000000\n");
    let with_variable = with_secret(&home, "whsec_other", &args).ok();
    assert_eq!(with_variable.stdout, clean.stdout);
    assert!(with_variable.stderr.contains("CSTAR_WEBHOOK_SECRET is set"), "{with_variable:?}");
    assert!(!with_variable.stderr.contains("whsec_other"), "{with_variable:?}");
}

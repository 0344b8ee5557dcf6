//! `cstar login`: the origin of the key, the output, and what is stored.

mod legacy;

use serde_json::json;

use super::{
    CommandOutput, Home, LIVE_KEY, PUBLISHABLE_KEY, TEST_KEY, UNKNOWN_KEY, contents, error_line,
    home_and_sandbox, logged_in, login, stored_key, trigger,
};
use crate::support::ports::closed_port;

#[test]
fn piped_key_is_checked_stored_and_used() {
    let (home, sandbox) = home_and_sandbox();
    let output = CommandOutput::run_with_input(
        &mut login(&home, &sandbox, &["--store", "file"]),
        format!("{TEST_KEY}\n").as_bytes(),
    );
    let output = output.ok();
    let printed = format!("default: secret key sk_test_…0000 of Acme Corp (test data, {})", sandbox.base_url);
    assert!(output.stdout.contains(&printed), "{output:?}");
    assert!(output.stderr.contains("credentials.toml, which only you can read.\n"), "{output:?}");
    assert!(!output.stdout.contains(TEST_KEY) && !output.stderr.contains(TEST_KEY), "{output:?}");
    assert_eq!(stored_key(&home, "default").as_deref(), Some(TEST_KEY));
    let config = &contents(&home)["config.toml"];
    assert!(!config.contains(TEST_KEY) && config.contains("sk_test_…0000"), "{config}");
    // Another process, without a key or server in its environment.
    assert!(trigger(&home, &[]).ok().stdout.starts_with("Fired"));
}

#[cfg(unix)]
#[test]
fn stored_files_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    let directory = home.path().join("cstar");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&directory), 0o700);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&directory).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{path:?}");
        names.push(path.file_name().unwrap().to_owned());
    }
    names.sort();
    assert_eq!(names, ["config.lock", "config.toml", "credentials.toml"], "a draft was left behind");
}

#[test]
fn key_argument_gets_a_hint_to_use_stdin() {
    let (home, sandbox) = home_and_sandbox();
    const VISIBLE: &str = "Other users can see arguments";
    let mut dash = login(&home, &sandbox, &["--api-key", "-", "--store", "file"]);
    let output = CommandOutput::run_with_input(&mut dash, format!("{TEST_KEY}\r\n").as_bytes()).ok();
    assert!(!output.stderr.contains(VISIBLE), "{output:?}");
    let output =
        CommandOutput::run(&mut login(&home, &sandbox, &["--api-key", TEST_KEY, "--store", "file"])).ok();
    assert!(output.stderr.contains(VISIBLE), "{output:?}");
    let quiet = ["--api-key", TEST_KEY, "--store", "file", "--quiet"];
    assert_eq!(CommandOutput::run(&mut login(&home, &sandbox, &quiet)).ok().stderr, "");
}

#[test]
fn sandbox_key_is_stored_with_its_address() {
    let (home, sandbox) = home_and_sandbox();
    CommandOutput::run(&mut login(&home, &sandbox, &["--sandbox", "--store", "file"])).ok();
    assert_eq!(stored_key(&home, "default").as_deref(), Some(TEST_KEY));
    trigger(&home, &[]).ok();
}

#[test]
fn login_json_is_the_profile_without_key() {
    let (home, sandbox) = home_and_sandbox();
    let args = ["--store", "file", "--json", "--profile", "acme"];
    let output = CommandOutput::run_with_input(&mut login(&home, &sandbox, &args), TEST_KEY.as_bytes()).ok();
    assert_eq!((output.stdout.lines().count(), output.stderr.as_str()), (1, ""), "{output:?}");
    let mut value = output.json();
    let at = value["saved_at"].take();
    assert!(at.as_str().unwrap().ends_with('Z'), "{at}");
    assert_eq!(
        value,
        json!({
            "name": "acme", "active": true,
            "team": {"id": "550e8400-e29b-41d4-a716-446655440000", "name": "Acme Corp", "slug": "acme"},
            "environment": "test", "key_type": "secret", "key": "sk_test_…0000",
            "base_url": sandbox.base_url, "store": "file", "saved_at": null, "replaced": null, "notes": []
        })
    );
    let args = ["--json", "--profile", "acme"];
    let again =
        CommandOutput::run_with_input(&mut login(&home, &sandbox, &args), LIVE_KEY.as_bytes()).ok().json();
    assert_eq!(again["replaced"]["key"], "sk_test_…0000");
    let list = home.run(["profiles", "list", "--json"]).ok().json();
    assert_eq!((&list[0]["key"], list.as_array().unwrap().len()), (&json!("sk_live_…0000"), 1));
    assert!(!output.stdout.contains(TEST_KEY));
}

#[test]
fn replaced_key_is_named() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    let output = logged_in(&home, &sandbox, "default", LIVE_KEY);
    assert!(output.stderr.contains("It replaces sk_test_…0000 of Acme Corp (test data"), "{output:?}");
    assert_eq!(stored_key(&home, "default").as_deref(), Some(LIVE_KEY));
}

#[test]
fn live_and_test_keys_coexist() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "test", TEST_KEY);
    let output = logged_in(&home, &sandbox, "live", LIVE_KEY);
    assert!(output.stderr.contains("The active profile is still test"), "{output:?}");
    let keys = |home| [stored_key(home, "test"), stored_key(home, "live")].map(Option::unwrap);
    assert_eq!(keys(&home), [TEST_KEY, LIVE_KEY]);
    // The environment of the events shows which key was sent.
    let environment = |args: &[&str]| {
        let output = CommandOutput::run(home.cstar().args(["listen", "--print-secret"]).args(args)).ok();
        output.stdout.trim_end().to_owned()
    };
    let (test, live) = (environment(&[]), environment(&["--profile", "live"]));
    assert!(test.contains("test") && live.contains("live"), "{test} {live}");
    home.run(["profiles", "use", "live"]).ok();
    assert_eq!(environment(&[]), live);
    assert_eq!(environment(&["--profile", "test"]), test);
    let by_variable =
        CommandOutput::run(home.cstar().env("CSTAR_PROFILE", "test").args(["listen", "--print-secret"]));
    assert_eq!(by_variable.ok().stdout.trim_end(), test);
}

#[test]
fn publishable_key_is_stored_with_a_warning() {
    let (home, sandbox) = home_and_sandbox();
    let output = logged_in(&home, &sandbox, "default", PUBLISHABLE_KEY);
    assert!(output.stdout.contains("publishable key pk_test_…0000"), "{output:?}");
    assert!(output.stderr.contains("read-only") && output.stderr.contains("listen, trigger"), "{output:?}");
    // As the message says.
    assert_eq!(trigger(&home, &[]).code, 4);
    assert_eq!(home.run(["listen", "--count", "1"]).code, 4);
}

#[test]
fn variable_that_overrides_the_key_is_named() {
    let (home, sandbox) = home_and_sandbox();
    let mut command = login(&home, &sandbox, &["--store", "file"]);
    let output =
        CommandOutput::run_with_input(command.env("CSTAR_API_KEY", LIVE_KEY), TEST_KEY.as_bytes()).ok();
    assert!(output.stderr.contains("CSTAR_API_KEY is set, and is used before the stored key."), "{output:?}");
    assert_eq!(stored_key(&home, "default").as_deref(), Some(TEST_KEY), "the piped key counts");
}

#[test]
fn wrong_key_changes_nothing_stored() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", LIVE_KEY);
    let before = contents(&home);
    let long = format!("sk_test_{}", "x".repeat(5000));
    for (code, key, expected) in [
        (4, &b""[..], "no API key on standard input"),
        (4, b"\n", "no API key on standard input"),
        (4, b"\n\n", "white space"),
        (4, b"hunter2", "must begin with sk_live_"),
        (4, b"sk_test_", "ends after its prefix"),
        (4, b"sk_test_hunter2\nhunter2", "white space"),
        (4, b" sk_test_hunter2", "white space"),
        (4, b"sk_test_hunter2\0hunter2", "is not allowed in an HTTP header"),
        (4, "sk_test_hunter2é".as_bytes(), "is not allowed in an HTTP header"),
        (2, b"sk_test_hunter2\xff", "standard input is not UTF-8 text"),
        (4, b"whsec_hunter2", "webhook signing secret"),
        (4, UNKNOWN_KEY.as_bytes(), "HTTP 401"),
        (4, long.as_bytes(), "HTTP 401"),
    ] {
        for json in [false, true] {
            let args: &[&str] = if json { &["--json"] } else { &[] };
            let output = CommandOutput::run_with_input(&mut login(&home, &sandbox, args), key);
            let name = String::from_utf8_lossy(key);
            assert_eq!(output.code, code, "{name}: {output:?}");
            let printed = match json {
                true => output.json_error()["message"].as_str().unwrap().to_owned(),
                false => error_line(&output).to_owned(),
            };
            assert!(printed.contains(expected), "{name}: {output:?}");
            assert!(output.stdout.is_empty() && !output.stderr.contains("hunter2"), "{name}: {output:?}");
        }
    }
    assert_eq!(contents(&home), before);
}

#[test]
fn usage_errors_come_before_the_key_prompt() {
    let home = Home::new();
    let nowhere = format!("http://127.0.0.1:{}", closed_port());
    let run = |args: &[&str]| {
        CommandOutput::run_with_input(home.cstar().arg("login").args(args), TEST_KEY.as_bytes())
    };
    for (code, args, expected) in [
        (2, &["--profile", "a b"][..], "is not a valid profile name"),
        (2, &["--profile", ""], "is not a valid profile name"),
        (2, &["--profile=--x"], "is not a valid profile name"),
        (2, &["--base-url", "http://www.cstar.help"], "never sent over plain http"),
        (2, &["--base-url", "nonsense"], "has no scheme"),
        (2, &["--store", "drawer"], "it is one of keychain, file"),
        (2, &["--sandbox", "--base-url", "https://h.example"], "is remote"),
        (2, &["--ca-cert", "no-such-file"], "could not use --ca-cert"),
        (3, &["--base-url", &nowhere], "could not reach"),
    ] {
        let output = run(args);
        assert_eq!(output.code, code, "{args:?}: {output:?}");
        assert!(error_line(&output).contains(expected), "{args:?}: {output:?}");
    }
    assert!(contents(&home).is_empty());
}

#[test]
fn concurrent_logins_lose_nothing() {
    let (home, sandbox) = home_and_sandbox();
    let names: Vec<String> = (0..6).map(|number| format!("p{number}")).collect();
    std::thread::scope(|scope| {
        for name in &names {
            let (home, sandbox) = (&home, &sandbox);
            scope.spawn(move || logged_in(home, sandbox, name, TEST_KEY));
        }
        // Readers run as well, and never see a partial file.
        for _ in 0..4 {
            scope.spawn(|| home.run(["profiles", "list"]).ok());
        }
    });
    let list = home.run(["profiles", "list", "--json"]).ok().json();
    let listed: Vec<&str> = list.as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    assert_eq!(listed, names);
    for name in &names {
        assert_eq!(stored_key(&home, name).as_deref(), Some(TEST_KEY), "{name}");
    }
}

#[test]
fn comments_in_the_file_are_kept() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    let path = home.path().join("cstar").join("config.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text.replace("[profiles.default]", "# of the shop\n[profiles.default]");
    let text = text.replace("key_type = \"secret\"", "key_type = \"secret\" # writes too");
    std::fs::write(&path, text + "# the end\n").unwrap();
    logged_in(&home, &sandbox, "default", LIVE_KEY);
    logged_in(&home, &sandbox, "other", TEST_KEY);
    let text = std::fs::read_to_string(&path).unwrap();
    for kept in ["# of the shop\n[profiles.default]", "key_type = \"secret\" # writes too", "# the end"] {
        assert!(text.contains(kept), "{kept}: {text}");
    }
    assert!(text.contains("sk_live_…0000"), "{text}");
}

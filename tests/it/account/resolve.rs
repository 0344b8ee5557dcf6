//! Which key is sent where: a stored key goes only to the server that it was stored with.

use super::{
    CommandOutput, Home, LIVE_KEY, TEST_KEY, UNKNOWN_KEY, contents, error_line, home_and_sandbox, logged_in,
    trigger,
};
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{ScriptedServer, json_response};

#[test]
fn stored_key_stays_with_its_server() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    let other = ScriptedServer::without_whoami(|_, _| json_response(200, &[], "{}"));
    let by_flag = trigger(&home, &["--base-url", &other.base_url()]);
    let by_variable = CommandOutput::run(
        home.cstar().env("CSTAR_BASE_URL", other.base_url()).args(["trigger", "ticket.created"]),
    );
    for (output, origin) in [(by_flag, "--base-url"), (by_variable, "CSTAR_BASE_URL")] {
        assert_eq!(output.code, 2, "{output:?}");
        let line = error_line(&output);
        for printed in [&sandbox.base_url, &other.base_url(), "profile `default`", origin] {
            assert!(line.contains(printed), "{printed}: {line}");
        }
        assert!(
            output.stderr.contains("CSTAR_API_KEY") && output.stderr.contains("cstar login --base-url"),
            "{output:?}"
        );
    }
    assert!(other.requests().is_empty(), "it got a request");
    // The same server in another notation.
    trigger(&home, &["--base-url", &format!("{}/api/v1/", sandbox.base_url)]).ok();
    // A key that is given with the address is sent there.
    let key = ["--base-url", &other.base_url(), "--api-key", UNKNOWN_KEY];
    assert_ne!(trigger(&home, &key).code, 2);
    assert!(
        other.requests().iter().all(|request| request.header("authorization").unwrap().contains(UNKNOWN_KEY))
    );
}

#[test]
fn key_order_is_flag_environment_profile() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "test", TEST_KEY);
    logged_in(&home, &sandbox, "live", LIVE_KEY);
    let secret = |variables: &[(&str, &str)], args: &[&str]| {
        let mut command = home.cstar();
        command.args(["listen", "--print-secret"]).args(args).envs(variables.iter().copied());
        CommandOutput::run(&mut command).ok().stdout
    };
    let (test, live) = (secret(&[], &["--api-key", TEST_KEY]), secret(&[], &["--api-key", LIVE_KEY]));
    assert_ne!(test, live);
    assert_eq!(secret(&[], &[]), test, "the first login is the active one");
    assert_eq!(secret(&[("CSTAR_PROFILE", "live")], &[]), live);
    assert_eq!(secret(&[("CSTAR_PROFILE", "live")], &["--profile", "test"]), test);
    assert_eq!(secret(&[("CSTAR_API_KEY", LIVE_KEY)], &["--profile", "test"]), live);
    assert_eq!(secret(&[("CSTAR_API_KEY", LIVE_KEY)], &["--api-key", TEST_KEY]), test);
}

#[test]
fn unknown_profile_is_a_usage_error() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    for (output, origin) in [
        (trigger(&home, &["--profile", "missing"]), "--profile"),
        (
            CommandOutput::run(
                home.cstar().env("CSTAR_PROFILE", "missing").args(["trigger", "ticket.created"]),
            ),
            "CSTAR_PROFILE",
        ),
    ] {
        assert_eq!(output.code, 2, "{output:?}");
        assert_eq!(error_line(&output), format!("error: there is no profile `missing` (from {origin})"));
        assert!(output.stderr.contains("cstar login --profile missing"), "{output:?}");
    }
}

#[test]
fn sandbox_never_gets_a_stored_key() {
    let home = Home::new();
    let server = ScriptedServer::without_whoami(|_, _| json_response(401, &[], "{}"));
    let sandbox = Sandbox::start(&home);
    logged_in(&home, &sandbox, "default", LIVE_KEY);
    trigger(&home, &["--sandbox", "--base-url", &server.base_url()]);
    let requests = server.requests();
    assert!(!requests.is_empty());
    assert!(
        requests.iter().all(|request| request.header("authorization") == Some(&format!("Bearer {TEST_KEY}")))
    );
    // The stored files are not even read.
    std::fs::write(home.path().join("cstar").join("config.toml"), "= broken").unwrap();
    let output = trigger(&home, &["--sandbox", "--base-url", &sandbox.base_url, "--profile", "missing"]);
    assert_eq!(output.code, 0, "{output:?}");
}

#[test]
fn listen_names_the_profile_it_uses() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "shop", TEST_KEY);
    let output = home.run(["listen", "--for", "50ms", "--forward-to", "1"]).ok();
    assert!(output.stderr.contains("profile shop, key sk_test_… from the credentials file"), "{output:?}");
}

#[test]
fn swapped_stored_key_is_not_sent() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    let path = home.path().join("cstar").join("credentials.toml");
    let text = std::fs::read_to_string(&path).unwrap().replace(TEST_KEY, UNKNOWN_KEY);
    std::fs::write(&path, text).unwrap();
    let output = trigger(&home, &[]);
    assert_eq!(output.code, 4, "{output:?}");
    assert!(error_line(&output).contains("another key than profile `default` was saved with"), "{output:?}");
    assert!(output.stderr.contains("cstar login --profile default"), "{output:?}");
    std::fs::remove_file(&path).unwrap();
    let output = trigger(&home, &[]);
    assert_eq!(output.code, 4, "{output:?}");
    assert!(error_line(&output).contains("is missing"), "{output:?}");
    assert!(contents(&home).contains_key("config.toml"));
}

//! `cstar logout` and `cstar profiles`.

use serde_json::json;

use super::{
    CommandOutput, Home, LIVE_KEY, TEST_KEY, contents, error_line, home_and_sandbox, logged_in, stored_key,
    trigger,
};

#[test]
fn logout_removes_key_and_profile() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    let output = home.run(["logout", "--yes"]).ok();
    assert!(output.stdout.starts_with("Logged out  default: sk_test_…0000 of Acme Corp"), "{output:?}");
    assert_eq!((stored_key(&home, "default"), output.stderr.as_str()), (None, ""));
    assert!(!contents(&home)["config.toml"].contains("sk_test_"), "{:?}", contents(&home));
    let output = trigger(&home, &[]);
    assert_eq!(output.code, 4);
    assert!(
        error_line(&output).contains("not logged in") && output.stderr.contains("cstar login"),
        "{output:?}"
    );
    // Logging out again is not an error.
    let again = home.run(["logout", "--yes"]).ok();
    assert!(again.stdout.is_empty() && again.stderr.contains("nothing to remove"), "{again:?}");
}

#[test]
fn logout_reports_what_remains() {
    let (home, sandbox) = home_and_sandbox();
    for (name, key) in [("live", LIVE_KEY), ("test", TEST_KEY), ("third", TEST_KEY)] {
        logged_in(&home, &sandbox, name, key);
    }
    let output =
        CommandOutput::run(home.cstar().env("CSTAR_API_KEY", TEST_KEY).args(["logout", "--yes"])).ok();
    assert!(output.stdout.contains("live: sk_live_…0000"), "{output:?}");
    assert!(output.stderr.contains("CSTAR_API_KEY is still set"), "{output:?}");
    assert!(output.stderr.contains("Still logged in: test, third."), "{output:?}");
    assert!(output.stderr.contains("cstar profiles use test"), "{output:?}");
    // No other profile becomes the default: neither for commands, nor for another logout.
    assert_eq!(trigger(&home, &[]).code, 4);
    home.run(["logout", "--yes"]).ok();
    assert_eq!(stored_key(&home, "test").as_deref(), Some(TEST_KEY));

    let mut command = home.cstar();
    let value =
        CommandOutput::run(command.args(["logout", "--yes", "--profile", "test", "--json"])).ok().json();
    assert_eq!(value["removed"][0]["name"], "test");
    assert_eq!((&value["remaining"], &value["key_in_environment"]), (&json!(["third"]), &json!(false)));
    let value = home.run(["logout", "--yes", "--json"]).ok().json();
    assert_eq!(value["removed"], json!([]));
}

#[test]
fn logout_all_removes_every_profile() {
    let (home, sandbox) = home_and_sandbox();
    for name in ["a", "b", "c"] {
        logged_in(&home, &sandbox, name, TEST_KEY);
    }
    let output = home.run(["logout", "--yes", "--all", "--profile", "a"]);
    assert_eq!(output.code, 2);
    assert!(error_line(&output).contains("exclude each other"), "{output:?}");
    let output = home.run(["logout", "--yes", "--all"]).ok();
    assert_eq!(output.stdout.lines().count(), 3, "{output:?}");
    let files = contents(&home);
    assert!(files.values().all(|text| !text.contains("sk_test_")), "{files:?}");
    assert!(home.run(["logout", "--yes", "--all"]).ok().stderr.contains("nothing to remove"));
}

#[test]
fn profiles_are_listed_used_and_removed() {
    let home = Home::new();
    let empty = home.run(["profiles", "list"]).ok();
    assert!(empty.stdout.is_empty() && empty.stderr.contains("cstar login"), "{empty:?}");
    assert_eq!(home.run(["profiles", "list", "--json"]).ok().json(), json!([]));
    let sandbox = crate::support::sandbox::Sandbox::start(&home);
    logged_in(&home, &sandbox, "live", LIVE_KEY);
    logged_in(&home, &sandbox, "test", TEST_KEY);
    let row = |mark: &str, name: &str| {
        format!("{mark}\t{name}\tAcme Corp\t{name}\tsk_{name}_…0000\tfile\t{}\n", sandbox.base_url)
    };
    assert_eq!(home.run(["profiles", "list"]).ok().stdout, row("*", "live") + &row("", "test"));
    let used = home.run(["profiles", "use", "test"]).ok();
    assert!(used.stdout.starts_with("Active  test: "), "{used:?}");
    assert_eq!(home.run(["profiles", "list"]).ok().stdout, row("", "live") + &row("*", "test"));
    let value = home.run(["profiles", "use", "live", "--json"]).ok().json();
    assert_eq!((&value["name"], &value["active"]), (&json!("live"), &json!(true)));
    let named = CommandOutput::run(home.cstar().env("CSTAR_PROFILE", "test").args(["profiles", "list"])).ok();
    assert!(named.stderr.contains("In use here: test, because of CSTAR_PROFILE"), "{named:?}");

    let before = contents(&home);
    for command in ["use", "remove"] {
        let output = home.run(["profiles", command, "missing"]);
        assert_eq!(output.code, 2, "{output:?}");
        assert!(error_line(&output).contains("there is no profile `missing`"), "{output:?}");
        let output = home.run(["profiles", command, "missing", "--json"]);
        assert_eq!(output.json_error()["exit_code"], 2);
    }
    assert_eq!(contents(&home), before);
    let removed = home.run(["profiles", "remove", "test", "--yes"]).ok();
    assert!(removed.stdout.starts_with("Removed  test: "), "{removed:?}");
    assert_eq!(stored_key(&home, "test"), None);
    assert_eq!(home.run(["profiles", "list"]).ok().stdout, row("*", "live"));
}

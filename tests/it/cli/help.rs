//! Help, version, global flags, and suggestions for typos.

use serde_json::json;

use super::commands;
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home, TEST_KEY, help_section};

#[test]
fn version_and_help_exit_with_0() {
    let home = Home::new();
    let version = home.run(["--version"]).ok();
    assert_eq!(version.stdout, format!("cstar {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(home.run(["-V"]).ok().stdout, version.stdout);
    let help = home.run(["--help"]).ok();
    assert_eq!(help.stderr, "");
    for part in ["Exit codes:", "  4 ", "  70 ", "  130 ", "CSTAR_API_KEY", "CSTAR_HOME", "cstar demo"] {
        assert!(help.stdout.contains(part), "{part} is not in: {}", help.stdout);
    }
    assert!(!help.stdout.contains("__complete"), "a hidden command is listed");
}

#[test]
fn every_command_has_help_with_an_example() {
    let home = Home::new();
    let overview = home.run(["--help"]).ok().stdout;
    let topics: Vec<&str> = help_section(&overview, "Topics, shown by `cstar help TOPIC`:");
    for command in commands(&home) {
        let help = home.run([&command, "--help"]).ok().stdout;
        assert!(help.contains("Example") && help.contains(&format!("cstar {command}")), "{command}: {help}");
        // A topic with the name of a command follows its help.
        let by_name = home.run(["help", &command]).ok().stdout;
        let guide = by_name.strip_prefix(&*help).unwrap_or_else(|| panic!("`help {command}` differs"));
        let has_guide = topics.contains(&command.as_str());
        assert_eq!(guide.lines().count() > 20, has_guide, "{command}: {guide}");
        assert_eq!(guide.is_empty(), !has_guide, "{command}: {guide}");
        assert!(home.run([&command, "-h"]).ok().stdout.contains("Usage: cstar "), "{command}");
    }
    assert!(home.run(["events", "show", "--help"]).ok().stdout.contains("Example"));
}

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

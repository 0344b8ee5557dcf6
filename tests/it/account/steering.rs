//! What an untrusted `.cstar.toml` cannot do: redirect a key to its own address, switch to live data, or
//! choose where events are delivered on this machine.

use std::path::PathBuf;

use super::{
    CommandOutput, Home, LIVE_KEY, PUBLISHABLE_KEY, TEST_KEY, error_line, home_and_sandbox, logged_in,
};
use crate::support::native;
use crate::support::scripted_server::{ScriptedServer, json_response};

/// A key that is not one of the sandbox's public keys.
const PRIVATE_KEY: &str = "sk_live_hunter2hunter2hunter2hunter2";

/// A port without a server.
const CLOSED: &str = "http://127.0.0.1:1";

/// A directory below one with this project file.
fn project(home: &Home, text: &str) -> PathBuf {
    let below = home.path().join("clone").join("src");
    std::fs::create_dir_all(&below).unwrap();
    std::fs::write(home.path().join("clone").join(".cstar.toml"), text).unwrap();
    below
}

fn run(home: &Home, text: &str, args: &[&str], key: Option<&str>) -> CommandOutput {
    let mut command = home.cstar();
    command.current_dir(project(home, text)).args(args);
    if let Some(key) = key {
        command.env("CSTAR_API_KEY", key);
    }
    CommandOutput::run(&mut command)
}

#[test]
fn explicit_key_is_not_sent_to_a_local_port() {
    let home = Home::new();
    let attacker = ScriptedServer::without_whoami(|_, _| json_response(200, &[], "{}"));
    let port = attacker.base_url().rsplit_once(':').unwrap().1.to_owned();
    let commands: [&[&str]; 9] = [
        &["trigger", "ticket.created"],
        &["listen", "--for", "10ms"],
        &["listen", "--print-secret"],
        &["logs"],
        &["keys", "list"],
        &["webhooks", "list"],
        &["status"],
        &["keys", "create", "--name", "x"],
        &["webhooks", "create", "--url", "https://h.example/x", "--events", "ticket.created"],
    ];
    for host in ["127.0.0.1", "localhost", "LOCALHOST", "[::1]", "127.1", "127.9.9.9", "0x7f.1"] {
        let text = format!("base_url = \"http://{host}:{port}\"");
        let output = run(&home, &text, commands[0], Some(PRIVATE_KEY));
        assert_eq!(output.code, 2, "{host}: {output:?}");
        assert!(error_line(&output).contains("would get the key from CSTAR_API_KEY"), "{host}: {output:?}");
        assert!(
            output.stderr.contains("cstar profiles trust") && !output.stderr.contains("hunter2"),
            "{output:?}"
        );
    }
    let text = format!("base_url = \"http://127.0.0.1:{port}\"");
    for command in commands {
        let output = run(&home, &text, command, Some(PRIVATE_KEY));
        assert_eq!(output.code, 2, "{command:?}: {output:?}");
        let by_flag = run(&home, &text, &[command, &["--api-key", PRIVATE_KEY]].concat(), None);
        assert_eq!(by_flag.code, 2, "{command:?}: {by_flag:?}");
        assert!(error_line(&by_flag).contains("would get the key from --api-key"), "{by_flag:?}");
        let json = run(&home, &text, &[command, &["--json"]].concat(), Some(PRIVATE_KEY));
        assert_eq!(json.json_error()["exit_code"], 2, "{command:?}: {json:?}");
    }
    let doctor = run(&home, &text, &["doctor"], Some(PRIVATE_KEY));
    assert!(doctor.stdout.contains("cstar profiles trust"), "{doctor:?}");
    assert!(attacker.requests().is_empty(), "it got a request");
}

#[test]
fn trusted_file_sets_address_of_explicit_key() {
    let (home, sandbox) = home_and_sandbox();
    let text = format!("base_url = \"{}\"", sandbox.base_url);
    let output = run(&home, &text, &["status"], Some(PRIVATE_KEY));
    assert_eq!(output.code, 2, "{output:?}");
    for public in [TEST_KEY, LIVE_KEY, PUBLISHABLE_KEY] {
        run(&home, &text, &["status"], Some(public)).ok();
    }
    run(&home, &text, &["profiles", "trust", "--yes"], None).ok();
    let output = run(&home, &text, &["status"], Some(PRIVATE_KEY));
    assert_eq!(output.code, 4, "the server rejects the key: {output:?}");
}

/// A profile belongs to the user, but the file does not choose among several.
#[test]
fn profile_does_not_redirect_explicit_key() {
    let (home, sandbox) = home_and_sandbox();
    let other = ScriptedServer::without_whoami(|_, _| json_response(200, &[], "{}"));
    logged_in(&home, &sandbox, "default", TEST_KEY);
    logged_in(&home, &sandbox, "other", TEST_KEY);
    let file = home.path().join("cstar/config.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let (first, second) = text.split_once("[profiles.other]").unwrap();
    let second = second.replace(&sandbox.base_url, &other.base_url());
    std::fs::write(&file, format!("{first}[profiles.other]{second}")).unwrap();
    let output = run(&home, "profile = \"other\"", &["status"], Some(PRIVATE_KEY));
    assert_eq!(output.code, 2, "{output:?}");
    assert!(error_line(&output).contains("profile `other`") && other.requests().is_empty(), "{output:?}");
}

#[test]
fn untrusted_file_cannot_select_live() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "test", TEST_KEY);
    logged_in(&home, &sandbox, "prod", LIVE_KEY);
    let text = "profile = \"prod\"";
    let trigger: &[&str] = &["trigger", "ticket.created"];
    let output = run(&home, text, trigger, None);
    assert_eq!(output.code, 2, "{output:?}");
    assert!(
        error_line(&output).ends_with("its profile `prod` is for live data and is not the active profile")
    );
    for command in [&["doctor"][..], &["listen", "--print-secret"], &["status", "--json"]] {
        assert_ne!(run(&home, text, command, None).code, 0, "{command:?}");
    }
    // An address that the user names, or that is in use anyway, needs no trust.
    run(&home, text, &["trigger", "ticket.created", "--profile", "prod"], None).ok();
    home.run(["profiles", "use", "prod"]).ok();
    let output = run(&home, text, trigger, None).ok();
    assert!(output.stderr.contains("chose profile prod: Acme Corp, live data"), "{output:?}");
    home.run(["profiles", "use", "test"]).ok();
    run(&home, text, &["profiles", "trust", "--yes"], None).ok();
    let output = run(&home, text, trigger, None).ok();
    assert!(output.stderr.contains(".cstar.toml chose profile prod: Acme Corp, live data"), "{output:?}");
}

#[test]
fn nondefault_local_targets_need_trust() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    let listen: &[&str] = &["listen", "--for", "10ms"];
    for (value, why) in [
        ("forward_to = \"http://127.0.0.1:2375/containers/create\"", "default path /api/webhooks"),
        ("forward_to = [\"3000\", \"localhost:9200/_all\"]", "default path /api/webhooks"),
        ("forward_to = \"http://localhost:1/api/webhooks?x=1\"", "default path /api/webhooks"),
        ("routes = [\"ticket.*=[::1]:3000/x\"]", "default path /api/webhooks"),
        ("routes = [\"ticket.*=https://h.example/api/webhooks\"]", "is not on this machine"),
    ] {
        let output = run(&home, value, listen, None);
        assert_eq!(output.code, 2, "{value}: {output:?}");
        assert!(error_line(&output).contains(why), "{value}: {output:?}");
        assert!(output.stderr.contains("cstar profiles trust"), "{value}: {output:?}");
    }
    let output = run(&home, "forward_to = \"1\"", listen, None).ok();
    let printed = native("clone/.cstar.toml") + ": http://localhost:1/api/webhooks";
    assert!(output.stderr.contains(&printed), "{output:?}");
}

#[test]
fn password_in_an_address_is_not_printed() {
    let home = Home::new();
    for address in [
        "https://u:hunter2@h.example",
        "//u:hunter2@h.example",
        "u:hunter2@h.example",
        "https:u:hunter2@h.example",
        "HTTPS://u:hunter2@h.example",
        "https://u:hunter2%40h.example",
        "https:%2F%2Fu:hunter2@h.example",
    ] {
        let project = format!("base_url = \"{address}\"\nforward_to = \"{address}\"");
        for (text, args) in [
            ("", &["status", "--api-key", TEST_KEY, "--base-url", address][..]),
            ("", &["listen", "--base-url", CLOSED, "--api-key", TEST_KEY, "--forward-to", address]),
            ("", &["listen", "--base-url", CLOSED, "--route", &format!("ticket.*={address}")]),
            ("", &["trigger", "ticket.created", "--to", address]),
            ("", &["replay", "--failed", "--to", address]),
            ("", &["listen", address]),
            ("", &["webhooks", "create", "--base-url", CLOSED, "--url", address]),
            (&project, &["status", "--api-key", TEST_KEY]),
            (&project, &["listen", "--base-url", CLOSED, "--api-key", TEST_KEY]),
            (&project, &["profiles", "trust"]),
        ] {
            let output = run(&home, text, args, None);
            assert_ne!(output.code, 0, "{address}: {args:?}: {output:?}");
            assert!(!output.stderr.contains("hunter2"), "{address}: {args:?}: {output:?}");
        }
        let mut command = home.cstar();
        command.env("CSTAR_BASE_URL", address).args(["doctor", "--api-key", TEST_KEY]);
        command.env("HTTPS_PROXY", address);
        let output = CommandOutput::run(&mut command);
        assert!(
            !output.stdout.contains("hunter2") && !output.stderr.contains("hunter2"),
            "{address}: {output:?}"
        );
    }
}

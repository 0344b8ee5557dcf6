//! `cstar keys revoke`: confirmation, and the key in use.

use super::create;
use crate::support::listen::Listen;
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{ScriptedServer, json_response};
#[cfg(unix)]
use crate::support::terminal::SKIPPED;
#[cfg(unix)]
use crate::support::terminal::Terminal;
use crate::support::{CommandOutput, Home, over_each_transport};

#[test]
fn revoking_a_key_needs_confirmation() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let (id, key) = create(&sandbox, &home);
    for args in [&["keys", "revoke", id.as_str()][..], &["keys", "revoke", id.as_str(), "--json"]] {
        let output = CommandOutput::run(sandbox.cstar(&home).args(args));
        assert_eq!((output.code, output.stdout.as_str()), (2, ""), "{output:?}");
        assert!(output.stderr.contains(&format!("cstar keys revoke {id} --yes")), "{output:?}");
    }
    CommandOutput::run(sandbox.cstar_with_key(&home, &key).args(["keys", "list"])).ok();
}

#[cfg(unix)]
#[test]
fn terminal_revokes_only_after_yes() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let (id, key) = create(&sandbox, &home);
    for (answer, code) in [('n', "[exit 1]"), ('\r', "[exit 1]"), ('\u{3}', "[exit 130]"), ('y', "[exit 0]")]
    {
        CommandOutput::run(sandbox.cstar_with_key(&home, &key).args(["keys", "list"])).ok();
        let Some(mut terminal) = Terminal::start(&sandbox.cstar(&home), &["keys", "revoke", &id]) else {
            println!("{SKIPPED}");
            return;
        };
        terminal.wait_for("[canonical 1, echo 1]");
        terminal.wait_for_prompt("refused from then on.");
        // Ctrl-C comes at once: it is still a signal then, and the prompt is only about to set its mode.
        if answer != '\u{3}' {
            terminal.wait_for_echo_off();
        }
        terminal.type_key(answer);
        if answer.is_alphabetic() {
            terminal.type_key('\r');
        }
        terminal.wait_for("[canonical 1, echo 1]");
        terminal.wait_for(code);
    }
    assert_eq!(CommandOutput::run(sandbox.cstar_with_key(&home, &key).args(["keys", "list"])).code, 4);
}

#[cfg(unix)]
#[test]
fn key_in_use_is_refused_before_the_prompt() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let own = ["keys", "revoke", "key_secrettest00"];
    let Some(mut terminal) = Terminal::start(&sandbox.cstar(&home), &own) else {
        println!("{SKIPPED}");
        return;
    };
    terminal.wait_for("key_secrettest00 is the key in use");
    terminal.wait_for("[exit 2]");
}

#[test]
fn key_in_use_needs_a_flag_and_gets_a_warning() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let (id, key) = create(&sandbox, &home);
    // Also by the key itself, which is compared here and not sent.
    for name in [&id, &key] {
        let output = CommandOutput::run(sandbox.cstar_with_key(&home, &key).args(["keys", "revoke", name]));
        assert_eq!((output.code, output.stdout.as_str()), (2, ""), "{output:?}");
        assert!(
            output.stderr.contains(&format!("{id} is the key in use (from CSTAR_API_KEY)")),
            "{output:?}"
        );
        assert!(output.stderr.contains("--yes") && !output.stderr.contains(&key), "{output:?}");
    }
    let output =
        CommandOutput::run(sandbox.cstar_with_key(&home, &key).args(["keys", "revoke", &id, "--yes"])).ok();
    assert!(output.stderr.contains("This was the key in use (from CSTAR_API_KEY)"), "{output:?}");
    assert_eq!(CommandOutput::run(sandbox.cstar_with_key(&home, &key).args(["keys", "list"])).code, 4);
}

#[test]
fn unknown_and_ambiguous_key_ids_are_refused() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    for (name, code, expected) in [
        ("key_nothing", 1, "there is no API key `key_nothing`"),
        ("sk_test_hunter2", 1, "there is no API key `sk_test_…`"),
        ("key_secret", 2, "key_secrettest00, key_secretlive00"),
        ("sk_", 2, "several API keys"),
        ("key_", 2, "names no key in particular"),
        ("", 2, "names no key in particular"),
    ] {
        let output = sandbox.run(&home, ["keys", "revoke", name, "--yes"]);
        assert_eq!((output.code, output.stdout.as_str()), (code, ""), "{name}: {output:?}");
        assert!(output.stderr.contains(expected), "{name}: {output:?}");
    }
    assert_eq!(sandbox.run(&home, ["keys", "list"]).ok().stdout.lines().count(), 4);
}

#[test]
fn listener_ends_when_its_key_is_revoked() {
    over_each_transport(|transport| {
        let home = Home::new();
        let sandbox = Sandbox::start(&home);
        let receiver = Receiver::start();
        let (id, key) = create(&sandbox, &home);
        let args = ["--forward-to", &receiver.url(), "--transport", transport];
        let mut listen = Listen::start(sandbox.cstar_with_key(&home, &key), &args);
        let mut other = Listen::start(sandbox.cstar(&home), &args);
        sandbox.run(&home, ["trigger", "ticket.created"]).ok();
        listen.wait_for("delivered");
        sandbox.run(&home, ["keys", "revoke", &id, "--yes"]).ok();
        let finished = listen.finish();
        assert_eq!(finished.code, 4, "{finished:?}");
        assert!(finished.stderr.contains("invalid_api_key"), "{finished:?}");
        assert_eq!(finished.summary()["delivered"], 1);
        sandbox.run(&home, ["trigger", "ticket.created"]).ok();
        other.wait_for_all("delivered", 2);
        other.stop();
    });
}

#[test]
fn malformed_list_revokes_nothing() {
    let home = Home::new();
    let malformed =
        r#"{"data":[{"id":"../webhooks/whk_1","prefix":"sk_live_AbCd"},{"id":"","prefix":""},7]}"#;
    let server = ScriptedServer::start(move |_, _| json_response(200, &[], malformed));
    for (name, code) in [("sk_live_AbCd", 1), ("../webhooks/whk_1", 1), ("sk_live_x", 1)] {
        let output = CommandOutput::run(server.cstar(&home).args(["keys", "revoke", name, "--yes"]));
        assert_eq!((output.code, output.stdout.as_str()), (code, ""), "{output:?}");
    }
    assert!(server.requests().iter().all(|request| request.head.starts_with("GET ")));

    let keyless = ScriptedServer::start(|_, _| json_response(201, &[], r#"{"data":{"id":"key_a1"}}"#));
    let output = CommandOutput::run(keyless.cstar(&home).args(["keys", "create", "--name", "a"]));
    assert_eq!((output.code, output.stdout.as_str()), (1, ""), "{output:?}");
    assert!(output.stderr.contains("cstar keys revoke key_a1"), "{output:?}");
}

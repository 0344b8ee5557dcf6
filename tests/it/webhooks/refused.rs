//! Command lines, ids and keys that `cstar webhooks` refuses.

use super::PUBLISHABLE_KEY;
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{ScriptedServer, json_response};
use crate::support::{CommandOutput, Home};

#[test]
fn unknown_and_ambiguous_webhooks_are_refused() {
    let listed = r#"{"data":[{"id":"whk_aa11"},{"id":"whk_aa22"},{"id":"whk_b"}]}"#;
    let server = ScriptedServer::start(move |_, _| json_response(200, &[], listed));
    let home = Home::new();
    for (id, code, expected) in [
        ("whk_zz", 1, "there is no webhook `whk_zz`"),
        ("whk_aa", 2, "whk_aa11, whk_aa22"),
        ("whk_", 2, "is too short for the id of a webhook"),
        ("", 2, "is too short for the id of a webhook"),
        ("../tickets", 2, "is not the id of a webhook"),
    ] {
        for args in [
            &["get", id][..],
            &["delete", id, "--yes"],
            &["rotate-secret", id, "--yes"],
            &["test", id],
            &["deliveries", id],
            &["resend", id, "dlv_1"],
            &["update", id, "--active", "true"],
        ] {
            let output = CommandOutput::run(server.cstar(&home).arg("webhooks").args(args));
            assert_eq!((output.code, output.stdout.as_str()), (code, ""), "{args:?}: {output:?}");
            assert!(output.stderr.contains(expected), "{args:?}: {output:?}");
        }
    }
    assert!(server.requests().iter().all(|request| request.head.starts_with("GET ")), "nothing was changed");
}

#[test]
fn usage_errors_send_nothing() {
    let home = Home::new();
    let server = ScriptedServer::without_whoami(|_, _| json_response(500, &[], "{}"));
    for (args, expected) in [
        (&["create", "--url", "https://e.test/"][..], "--events"),
        (&["create", "--events", "*"], "--url"),
        (&["create", "--url", "e.test", "--events", "*"], "expected a URL"),
        (&["create", "--url", "https://e.test/", "--events", "ticket.craeted"], "ticket.created"),
        (&["create", "--url", "https://e.test/", "--events", ""], "empty"),
        (&["create", "--name", " ", "--url", "https://e.test/", "--events", "*"], "needs a name"),
        (&["update", "whk_a", "--active", "maybe"], "true"),
        (&["update", "whk_a"], "nothing to change"),
        (&["test", "whk_a", "no.such"], "cstar events"),
        (&["deliveries", "whk_a", "--status", "lost"], "pending"),
        (&["deliveries", "whk_a", "--limit", "101"], "100"),
        (&["resend", "whk_a", "dlv_/x"], "dlv_x9y8z7w6v5u4"),
        (&["resend", "whk_a"], "<DELIVERY>"),
        (&["show"], "unrecognized subcommand"),
    ] {
        let output = CommandOutput::run(server.cstar(&home).arg("webhooks").args(args));
        assert_eq!((output.code, output.stdout.as_str()), (2, ""), "{args:?}: {output:?}");
        assert!(output.stderr.contains(expected), "{args:?}: {output:?}");
    }
    assert!(server.requests().is_empty());
    // A sandbox decides itself whether it delivers over plain http; cStar never does.
    let mut plain = server.cstar(&home);
    plain.env("CSTAR_BASE_URL", "https://cstar.invalid");
    let plain =
        CommandOutput::run(plain.args(["webhooks", "create", "--url", "http://e.test/", "--events", "*"]));
    assert!(plain.code == 2 && plain.stderr.contains("webhooks need https"), "{plain:?}");
    let scale = CommandOutput::run(home.cstar().args(["sandbox", "--ephemeral", "--time-scale", "0"]));
    assert!(scale.code == 2 && scale.stderr.contains("above 0"), "{scale:?}");
}

#[test]
fn webhook_commands_need_a_secret_key() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let publishable = |args: &[&str]| {
        CommandOutput::run(sandbox.cstar_with_key(&home, PUBLISHABLE_KEY).arg("webhooks").args(args))
    };
    for args in [
        &["list"][..],
        &["get", "whk_a"],
        &["create", "--url", "3000", "--events", "*"],
        &["update", "whk_a", "--active", "true"],
        &["delete", "whk_a", "--yes"],
        &["test", "whk_a"],
        &["rotate-secret", "whk_a", "--yes"],
        &["deliveries", "whk_a"],
        &["resend", "whk_a", "dlv_a"],
    ] {
        let output = CommandOutput::run(home.cstar().arg("webhooks").args(args));
        assert_eq!((output.code, output.stdout.as_str()), (4, ""), "{args:?}: {output:?}");
        assert!(output.stderr.contains("not logged in") && output.stderr.contains("--sandbox"), "{output:?}");
        let refused = publishable(args);
        assert_eq!((refused.code, refused.stdout.as_str()), (4, ""), "{args:?}: {refused:?}");
        assert!(refused.stderr.contains("this needs a secret key"), "{args:?}: {refused:?}");
    }
}

//! What a command gets, and what its end means for the delivery.

use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use super::Setup;
use crate::support::api_connection::ticket_and_seq;
use crate::support::receiver::Receiver;

#[test]
fn body_arrives_exactly_and_secrets_do_not() {
    let mut setup = Setup::new();
    let mut command = setup.sandbox.cstar(&setup.home);
    command.env("CSTAR_WEBHOOK_SECRET", "whsec_hidden_from_commands").env("CSTAR_REQUEST_ID", "outer");
    let script = "cat > body; env > variables";
    let args = ["--exec-shell", script, "--header", "X-Tenant: acme"];
    let mut listen = crate::support::listen::Listen::start(command, &args);
    let id = setup.api.trigger("ticket.created", &json!({ "ticket": { "title": "ü \"quoted\" \\ \n" } }));
    listen.wait_for("delivered");
    listen.stop();
    let event = setup.event(&id);
    assert_eq!(event["body"], setup.read("body"));
    let variables = setup.read("variables");
    let has = |line: &str| variables.lines().any(|other| other == line);
    let text = |name: &str| event[name].as_str().unwrap().to_owned();
    for line in [
        format!("CSTAR_EVENT_ID={id}"),
        "CSTAR_EVENT_TYPE=ticket.created".to_owned(),
        "CSTAR_DELIVERY_ATTEMPT=1".to_owned(),
        format!("CSTAR_WEBHOOK_ID={}", text("webhook_id")),
        format!("CSTAR_REQUEST_ID={}", text("request_id")),
        "CSTAR_HEADER_X_TENANT=acme".to_owned(),
    ] {
        assert!(has(&line), "{line}: {variables}");
    }
    for start in ["CSTAR_SIGNATURE=t=", "CSTAR_TIMESTAMP=20"] {
        assert!(variables.lines().any(|line| line.starts_with(start)), "{start}: {variables}");
    }
    for secret in ["CSTAR_API_KEY", "CSTAR_WEBHOOK_SECRET", "whsec_hidden", "sk_test"] {
        assert!(!variables.contains(secret), "{secret}: {variables}");
    }
}

#[test]
fn failed_command_is_retried_in_order() {
    let mut setup = Setup::new();
    let script = "cat >> log; echo >> log; echo trouble >&2; test \"$CSTAR_DELIVERY_ATTEMPT\" = 2";
    let mut listen = setup.listen(&["--exec-shell", script]);
    let id = setup.api.trigger_ticket("tkt_1", 1);
    setup.api.trigger_ticket("tkt_1", 2);
    listen.wait_for_all("delivered", 2);
    let retrying = listen.all("retrying")[0].clone();
    assert_eq!((&retrying["exit_code"], &retrying["reason"]), (&1.into(), &"exited with code 1".into()));
    assert_eq!((&retrying["answer"], &retrying["retry_in_ms"]), (&"trouble".into(), &500.into()));
    assert_eq!(listen.all("delivered")[0]["attempt"], 2);
    listen.stop();
    let log = setup.read("log");
    let seqs: Vec<i64> = log
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["data"]["ticket"]["seq"]
                .as_i64()
                .unwrap()
        })
        .collect();
    assert_eq!(seqs, [1, 1, 2, 2], "the second event waits for the first");
    let why = setup.home.run(["why", &id]).ok().stdout;
    assert!(why.contains("exited with code 1") && why.contains("saying \"trouble\""), "{why}");
    assert!(why.contains("exited with code 0") && why.contains("was delivered"), "{why}");
}

#[test]
fn rejected_event_is_not_retried() {
    let mut setup = Setup::new();
    let mut listen = setup.listen(&["--exec-shell", "echo no such customer; exit 100"]);
    let id = setup.api.trigger_ticket("tkt_1", 1);
    let failed = listen.wait_for("failed");
    assert_eq!((&failed["attempt"], &failed["exit_code"]), (&1.into(), &100.into()));
    assert_eq!(failed["answer"], "no such customer");
    assert!(failed["hint"].as_str().unwrap().contains("rejects this event"), "{failed}");
    listen.interrupt();
    listen.finish();
    let why = setup.home.run(["why", &id]).ok().stdout;
    assert!(why.contains("the command rejected the event"), "{why}");
    let shown = setup.home.run(["history", "show", &id]).ok().stdout;
    assert!(shown.contains("Last output") && shown.contains("no such customer"), "{shown}");
}

#[test]
fn events_wait_for_a_program_that_is_missing() {
    let mut setup = Setup::new();
    let mut listen = setup.listen(&["--exec", "./handler one"]);
    setup.api.trigger_ticket("tkt_1", 1);
    let waiting = listen.wait_for("waiting");
    assert_eq!(waiting["reason"], "cannot be started: there is no such program");
    assert!(waiting["hint"].as_str().unwrap().contains("--exec-shell"), "{waiting}");
    let draft = setup.path("draft");
    std::fs::write(&draft, "#!/bin/sh\necho \"$1\" > argument\n").unwrap();
    std::fs::set_permissions(&draft, std::fs::Permissions::from_mode(0o700)).unwrap();
    std::fs::rename(draft, setup.path("handler")).unwrap();
    listen.wait_for("resumed");
    assert_eq!(listen.wait_for("delivered")["attempt"], 1, "no attempt was counted");
    listen.stop();
    assert_eq!(setup.read("argument"), "one\n");
}

#[test]
fn file_that_is_not_executable_is_explained() {
    let mut setup = Setup::new();
    std::fs::write(setup.path("handler"), "#!/bin/sh\n").unwrap();
    let mut listen = setup.listen(&["--exec", "./handler"]);
    setup.api.trigger_ticket("tkt_1", 1);
    let waiting = listen.wait_for("waiting");
    assert!(waiting["reason"].as_str().unwrap().contains("permission denied"), "{waiting}");
    assert!(waiting["hint"].as_str().unwrap().contains("chmod +x"), "{waiting}");
    // Executable, but neither a script nor a program.
    std::fs::write(setup.path("other"), "true\n").unwrap();
    std::fs::set_permissions(setup.path("other"), std::fs::Permissions::from_mode(0o700)).unwrap();
    let mut listen = setup.listen(&["--exec", "./other"]);
    setup.api.trigger_ticket("tkt_1", 2);
    let hint = listen.wait_for("waiting")["hint"].to_string();
    assert!(hint.contains("#!"), "{hint}");
}

#[test]
fn large_body_that_is_not_read_does_not_block() {
    let mut setup = Setup::new();
    let mut listen = setup.listen(&["--exec", "true", "--exec-shell", "exec <&-; wc -c < /dev/null"]);
    let padding = "x".repeat(300_000);
    let id = setup.api.trigger("ticket.created", &json!({ "ticket": { "padding": padding } }));
    listen.wait_for_all("delivered", 2);
    assert!(listen.all("received")[0]["bytes"].as_u64().unwrap() > 300_000);
    listen.stop();
    assert_eq!(setup.event(&id)["status"], "delivered");
}

#[test]
fn large_output_is_kept_up_to_its_limit() {
    let mut setup = Setup::new();
    let script = "head -c 3000000 /dev/zero | tr '\\0' x; exit 65";
    let mut listen = setup.listen(&["--exec-shell", script]);
    let id = setup.api.trigger_ticket("tkt_1", 1);
    listen.wait_for("failed");
    listen.interrupt();
    listen.finish();
    let attempt = &setup.event(&id)["attempts"][0];
    assert_eq!(attempt["response_body"].as_str().unwrap(), "x".repeat(4096));
    assert_eq!(attempt["response_truncated"], true);
}

#[test]
fn command_and_server_both_get_every_event() {
    let mut setup = Setup::new();
    let receiver = Receiver::start();
    let mut listen = setup.listen(&["--forward-to", &receiver.url(), "--exec", "cat", "--exec", "cat"]);
    setup.api.trigger_ticket("tkt_1", 7);
    listen.wait_for_all("delivered", 2);
    assert_eq!(ticket_and_seq(&receiver.next()), ("tkt_1".to_owned(), 7));
    listen.interrupt();
    let ended = listen.finish();
    let targets = ended.summary()["targets"].as_array().unwrap();
    assert_eq!(targets.len(), 2, "the same command twice is one target");
    assert_eq!(targets[1]["url"], "exec: cat");
    let deliveries = ended.seen.iter().filter(|line| line["type"] == "delivered");
    let with_code = deliveries.filter(|line| line.get("exit_code").is_some()).count();
    assert_eq!(with_code, 1, "a server has no exit code");
}

#[test]
fn replay_runs_the_command_again() {
    let mut setup = Setup::new();
    let mut listen = setup.listen(&["--exec-shell", "cat > copy; test -e ok || exit 100"]);
    let id = setup.api.trigger_ticket("tkt_1", 1);
    listen.wait_for("failed");
    listen.interrupt();
    listen.finish();
    let replayed = setup.sandbox.run(&setup.home, ["replay", &id, "--json"]);
    assert_eq!(replayed.code, 1, "{}", replayed.stderr);
    std::fs::write(setup.path("ok"), "").unwrap();
    std::fs::remove_file(setup.path("copy")).unwrap();
    let replayed = setup.sandbox.run(&setup.home, ["replay", &id, "--json"]).ok().json();
    let replayed = replayed.as_array().map_or(&replayed, |all| &all[0]);
    assert_eq!((&replayed["exit_code"], &replayed["attempt"]), (&0.into(), &3.into()), "{replayed}");
    let event = setup.event(&id);
    assert_eq!((&event["body"], &event["status"]), (&setup.read("copy").into(), &"delivered".into()));
}

/// It comes with a repository, so it runs only once it is trusted.
#[test]
fn command_of_a_project_file_needs_trust() {
    let mut setup = Setup::new();
    let project = setup.path("project");
    std::fs::create_dir(&project).unwrap();
    std::fs::write(project.join(".cstar.toml"), "exec = [\"cp /dev/stdin copy\"]\n").unwrap();
    let command = || {
        let mut command = setup.sandbox.cstar(&setup.home);
        command.current_dir(&project);
        command
    };
    let refused = command().arg("listen").output().unwrap();
    let stderr = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("exec `cp /dev/stdin copy` would run on this machine"), "{stderr}");
    let trusted = command().args(["profiles", "trust", "--yes"]).output().unwrap();
    assert!(trusted.status.success());
    let mut listen = crate::support::listen::Listen::start(command(), &[]);
    let id = setup.api.trigger_ticket("tkt_1", 1);
    assert_eq!(listen.wait_for("delivered")["target"], "exec: cp /dev/stdin copy");
    listen.interrupt();
    listen.finish();
    assert_eq!(setup.event(&id)["body"], std::fs::read_to_string(project.join("copy")).unwrap());
}

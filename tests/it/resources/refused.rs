//! Every resource command with each refusal of a server, and without a key.

use crate::support::scripted_server::{ScriptedServer, json_response};
use crate::support::{CommandOutput, Home};

/// One command line of each resource command.
fn commands() -> Vec<Vec<&'static str>> {
    let mut all: Vec<Vec<&str>> = Vec::new();
    for name in [
        "tickets",
        "customers",
        "articles",
        "categories",
        "customer-groups",
        "posts",
        "automations",
        "views",
        "custom-fields",
    ] {
        let id = "0123456789abcdef0123456789abcdef";
        all.push(vec![name, "list"]);
        all.push(vec![name, "get", id]);
        all.push(vec![
            name,
            "create",
            "--yes",
            "--data",
            r#"{"title": "T", "name": "N", "email": "e@example.com", "triggerEvent": "ticket.created",
                "entityType": "tickets", "type": "text"}"#,
        ]);
        all.push(vec![name, "update", id, "--yes", "--field", "x=1"]);
        all.push(vec![name, "delete", id, "--yes"]);
    }
    let id = "tkt_0123456789abcdef0123456789abcdef";
    all.push(vec!["tickets", "close", id, "--yes"]);
    all.push(vec!["tickets", "reply", id, "Hello", "--yes"]);
    all.push(vec!["tickets", "messages", id]);
    all.push(vec!["members", "list"]);
    all.push(vec!["settings", "get"]);
    all.push(vec!["settings", "update", "--csat", "true", "--yes"]);
    all.push(vec!["search", "x"]);
    all.push(vec!["tags", "list"]);
    all.push(vec!["tags", "create", "x", "--yes"]);
    all.push(vec!["tags", "delete", "x", "--yes"]);
    all.push(vec!["bulk", "update", "tickets", id, "--status", "open", "--yes"]);
    all.push(vec!["bulk", "delete", "tickets", id, "--yes"]);
    all.push(vec!["audit-log", "--since", "1h"]);
    all.push(vec!["export", "tickets", "--search", "x"]);
    all
}

#[test]
fn refusals_have_documented_exit_codes() {
    for (status, code) in [(403, 4), (404, 1), (422, 1), (429, 1)] {
        let body = format!(
            r#"{{"success":false,"error":{{"type":"t","code":"c","message":"Refused here","param":"title","request_id":"req_1"}},"status":{status}}}"#
        );
        let server = ScriptedServer::start(move |_, _| json_response(status, &["Retry-After: 3600"], &body));
        let home = Home::new();
        std::thread::scope(|scope| {
            for part in commands().chunks(12) {
                let (server, home, part) = (&server, &home, part.to_vec());
                scope.spawn(move || {
                    for args in part {
                        let output = CommandOutput::run(server.cstar(home).args(&args));
                        assert_eq!((output.code, output.stdout.as_str()), (code, ""), "{args:?}: {output:?}");
                        assert!(output.stderr.contains(&format!("HTTP {status}")), "{args:?}: {output:?}");
                        if args[0] == "export" {
                            // prints CSV only
                            continue;
                        }
                        let json = CommandOutput::run(server.cstar(home).args(&args).arg("--json"));
                        assert_eq!((json.code, json.stdout.as_str()), (code, ""), "{args:?}: {json:?}");
                        assert_eq!(json.json_error()["request_id"], "req_1", "{args:?}: {json:?}");
                    }
                });
            }
        });
    }
}

#[test]
fn resource_commands_need_a_key() {
    let home = Home::new();
    for args in commands() {
        let output = CommandOutput::run(home.cstar().args(&args));
        assert_eq!((output.code, output.stdout.as_str()), (4, ""), "{args:?}: {output:?}");
        assert!(output.stderr.contains("cstar login"), "{args:?}: {output:?}");
    }
}

//! `cstar api --paginate`: all pages of a list.

#[cfg(unix)]
use std::process::Command;

use serde_json::{Value, json};

use super::api;
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{ScriptedServer, json_response};
use crate::support::{CommandOutput, Home};

/// A page of the documented shape.
fn page(items: &[&str], pagination: &Value) -> String {
    json!({ "success": true, "data": items, "pagination": pagination }).to_string()
}

#[test]
fn pages_are_printed_one_after_the_other() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    for title in ["a", "b", "c"] {
        api(&sandbox, &home, &["tickets", "-f", &format!("title={title}")]).ok();
    }
    let all = api(&sandbox, &home, &["tickets?pageSize=2", "--paginate"]).ok();
    let pages: Vec<Value> = all.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(pages.iter().map(|page| page["data"].as_array().unwrap().len()).collect::<Vec<_>>(), [2, 1]);
    let slurped = api(&sandbox, &home, &["tickets?pageSize=2", "--paginate", "--slurp"]).ok().json();
    assert_eq!(slurped.as_array().map(Vec::len), Some(2));
    let count = ["tickets?pageSize=1", "--paginate", "--slurp", "--jq", "map(.data[]) | length"];
    assert_eq!(api(&sandbox, &home, &count).ok().stdout, "3\n");
    // What is no list has one page.
    let one = api(&sandbox, &home, &["auth/whoami", "--paginate", "--jq", ".data.teamSlug"]).ok();
    assert_eq!(one.stdout, "acme\n");
    let logs = api(&sandbox, &home, &["logs?limit=2", "--paginate", "--jq", ".data[].id"]).ok();
    assert!(logs.stdout.lines().count() > 4, "{logs:?}");
}

#[test]
fn pages_follow_cursors_and_both_shapes() {
    let server = ScriptedServer::start(|_, request| {
        let body = match request.target().split_once('?').map(|(_, query)| query) {
            Some("pageSize=100") => page(&["a"], &json!({"hasMore": true, "nextAfter": "c 1"})),
            Some("pageSize=100&after=c+1") => {
                json!({"data": ["b"], "meta": {"pagination": {"page": 1, "totalPages": 2}}}).to_string()
            }
            Some("pageSize=100&after=c+1&page=2") => page(&["c"], &json!({"page": 2, "hasMore": false})),
            other => panic!("{other:?}"),
        };
        json_response(200, &[], &body)
    });
    let home = Home::new();
    let all =
        CommandOutput::run(server.cstar(&home).args(["api", "x", "--paginate", "--jq", ".data[]"])).ok();
    assert_eq!(all.stdout, "a\nb\nc\n");
}

#[test]
fn endless_pages_of_a_server_end() {
    for body in [
        page(&[], &json!({"page": 1, "hasMore": true})),
        page(&["a"], &json!({"page": 1, "hasMore": true})),
        page(&["a"], &json!({"hasMore": true, "after": "same"})),
    ] {
        let server = ScriptedServer::start(move |_, _| json_response(200, &[], &body));
        let home = Home::new();
        CommandOutput::run(server.cstar(&home).args(["api", "x", "--paginate", "--silent"])).ok();
        assert!(server.requests().len() <= 2, "{:?}", server.requests().len());
    }
}

#[test]
fn paging_waits_for_the_rate_limit() {
    let server = ScriptedServer::start(|number, _| match number {
        0 => json_response(200, &[], &page(&["a"], &json!({"page": 1, "hasMore": true}))),
        1 => json_response(429, &["retry-after: 1"], "{}"),
        _ => json_response(200, &[], &page(&["b"], &json!({"page": 2, "hasMore": false}))),
    });
    let home = Home::new();
    let all =
        CommandOutput::run(server.cstar(&home).args(["api", "x", "--paginate", "--jq", ".data[]"])).ok();
    assert_eq!(all.stdout, "a\nb\n");
    let server = ScriptedServer::start(|number, _| match number {
        0 => json_response(200, &[], &page(&["a"], &json!({"page": 1, "hasMore": true}))),
        _ => json_response(429, &["retry-after: 3000"], "{}"),
    });
    let part = CommandOutput::run(server.cstar(&home).args(["api", "x", "--paginate", "--jq", ".data[]?"]));
    assert_eq!((part.code, part.stdout.as_str()), (1, "a\n{}"), "the error is not hidden: {part:?}");
}

#[cfg(unix)]
#[test]
fn strict_script_pages_through_all_tickets() {
    if Command::new("bash").arg("--version").output().is_err() {
        return println!("skipped: strict_script_pages_through_all_tickets needs bash");
    }
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let seed = ["api", "POST", "_sandbox/seed", "-F", "tickets=2500", "-F", "customers=10", "-F", "seed=1"];
    let seeded = CommandOutput::run(sandbox.cstar(&home).args(seed).args(["-f", "environment=test"])).ok();
    assert!(!seeded.stdout.is_empty());
    let script = r#"
        set -euo pipefail
        cstar api tickets --paginate --jq '.data[] | [.id, .status] | @tsv' > tickets.tsv
        sort -u tickets.tsv | wc -l
        cstar api tickets --paginate --jq '.data[].id' | head -1 | wc -l
        cut -f 2 tickets.tsv | sort | uniq -c | awk '{n += $1} END {print n}'
    "#;
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_cstar"));
    let mut command = Command::new("bash");
    for (name, value) in sandbox.cstar(&home).get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    let path =
        format!("{}:{}", binary.parent().unwrap().display(), std::env::var("PATH").unwrap_or_default());
    let output =
        CommandOutput::run(command.args(["-c", script]).env("PATH", path).current_dir(home.path())).ok();
    let numbers: Vec<&str> = output.stdout.split_whitespace().collect();
    assert_eq!(numbers, ["2500", "1", "2500"], "{output:?}");
}

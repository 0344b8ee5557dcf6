//! The official clients against the real sandbox, each tool once with valid and once with invalid arguments, in
//! both eras: the Python package `mcp`, and the inspector of npm.
//!
//! They need packages, so a plain `cargo test` leaves them out. `.ci/run` installs them and runs these too:
//! `cargo test --test it -- --ignored`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::client::{McpClient, names};
use crate::support::http::api;
use crate::support::listen::Listen;
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home};

/// The objects that the tools need.
struct Setup {
    home: Home,
    sandbox: Sandbox,
    _listen: Listen,
    receiver: Receiver,
    ticket: String,
    customer: String,
    article: String,
    event: String,
}

impl Setup {
    /// A customer, a ticket, and an event whose delivery has failed.
    fn new() -> Self {
        let home = Home::new();
        let sandbox = Sandbox::start(&home);
        let receiver = Receiver::start_with(|request| {
            Response::status(if request.header("x-event-type") == "survey.submitted" { 401 } else { 200 })
        });
        let args = ["--forward-to", &receiver.url()];
        let mut listen = Listen::start(sandbox.cstar(&home), &args);
        let create = |path: &str, body: Value| -> String {
            let answer = api(sandbox.port, "POST", path, &body.to_string());
            assert_eq!(answer.status, 201, "{answer:?}");
            answer.json()["data"]["id"].as_str().unwrap().to_owned()
        };
        let customer = create("/customers", json!({ "name": "Jane Doe", "email": "jane@example.com" }));
        let ticket = create("/tickets", json!({ "title": "Cannot log in", "customerId": customer }));
        let article = create("/articles", json!({ "title": "How to log in", "content": "Text" }));
        let triggered = sandbox.run(&home, ["trigger", "survey.submitted", "--json"]).ok().json();
        listen.wait_for("failed");
        let event = triggered["eventId"].as_str().unwrap().to_owned();
        Self { home, sandbox, _listen: listen, receiver, ticket, customer, article, event }
    }

    /// The environment with which `cstar` finds its home and this sandbox.
    fn environment(&self) -> Vec<(String, String)> {
        let command = self.sandbox.cstar(&self.home);
        let pairs = command.get_envs().map(|(name, value)| (name, value.unwrap()));
        pairs
            .map(|(name, value)| (name.to_str().unwrap().to_owned(), value.to_str().unwrap().to_owned()))
            .collect()
    }

    /// Each tool, with valid and with invalid arguments.
    fn calls(&self) -> Vec<(&'static str, Value, Value)> {
        let nothing = json!({ "no_such_argument": 1 });
        let signature = json!({ "body": "body", "signature": "t=1,v1=00", "secret": "whsec_x" });
        let customer = json!({ "externalId": "1", "email": "jane@example.com", "timestamp": 1_774_583_010 });
        let identity = json!({ "customer": customer, "signature": "00", "key": "sk_test_x" });
        vec![
            ("cstar_list_tickets", json!({ "status": "new", "page_size": 5 }), json!({ "page_size": 101 })),
            ("cstar_get_ticket", json!({ "ticket_id": self.ticket }), json!({ "ticket_id": "tkt_none" })),
            (
                "cstar_create_ticket",
                json!({ "title": "Another", "tags": ["a"] }),
                json!({ "title": "x", "priority": "none" }),
            ),
            (
                "cstar_reply_to_ticket",
                json!({ "ticket_id": self.ticket, "content": "Try again." }),
                json!({ "ticket_id": "tkt_none", "content": "x" }),
            ),
            (
                "cstar_update_ticket",
                json!({ "ticket_id": self.ticket, "status": "open" }),
                json!({ "ticket_id": self.ticket }),
            ),
            ("cstar_list_customers", json!({ "search": "Jane" }), json!({ "status": "gone" })),
            (
                "cstar_get_customer",
                json!({ "customer_id": self.customer }),
                json!({ "customer_id": "cus_none" }),
            ),
            ("cstar_list_articles", json!({ "is_public": true }), json!({ "page": 0 })),
            ("cstar_get_article", json!({ "article_id": self.article }), json!({ "article_id": "art_none" })),
            (
                "cstar_search",
                json!({ "query": "log in", "limit": 2 }),
                json!({ "query": "log in", "limit": 0 }),
            ),
            ("cstar_trigger_webhook", json!({ "event": "boss.spawned" }), json!({ "event": "boss.slept" })),
            ("cstar_get_status", json!({}), nothing.clone()),
            ("cstar_list_events", json!({ "event": "ticket.created" }), json!({ "category": "none" })),
            (
                "cstar_wait_for_event",
                json!({ "types": ["survey.*"], "lookback_seconds": 3600 }),
                json!({ "types": ["x"] }),
            ),
            ("cstar_list_deliveries", json!({ "status": "failed" }), json!({ "cursor": "none" })),
            ("cstar_explain_delivery", json!({ "event_id": self.event }), json!({ "event_id": "evt_none" })),
            (
                "cstar_replay_event",
                json!({ "event_id": self.event, "to": self.receiver.url() }),
                json!({ "event_id": self.event, "to": "https://example.com/" }),
            ),
            ("cstar_verify_signature", signature, json!({})),
            ("cstar_verify_identity", identity, json!({})),
            ("cstar_list_logs", json!({ "method": "GET", "limit": 2 }), json!({ "status": "none" })),
            ("cstar_list_webhooks", json!({ "active_only": true }), nothing),
        ]
    }
}

fn installed(path: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    assert!(path.exists(), "{} is missing: .ci/run installs it", path.display());
    path
}

#[test]
fn client_script_calls_every_tool() {
    let scene = Setup::new();
    let mut client = McpClient::start(scene.sandbox.cstar(&scene.home), &[]);
    let offered = names(&client.request("tools/list", json!({})));
    assert_eq!(scene.calls().iter().map(|(tool, ..)| *tool).collect::<Vec<_>>(), offered);
    for (tool, good, bad) in scene.calls() {
        client.call(tool, good);
        client.call_error(tool, bad);
    }
}

#[test]
#[ignore = "needs the Python package mcp: see .ci/run"]
fn python_client_calls_every_tool() {
    let scene = Setup::new();
    let python = installed("target/agents/bin/python");
    let mut command = Command::new(python);
    command
        .arg(installed("tests/agents/python/session.py"))
        .arg(env!("CARGO_BIN_EXE_cstar"))
        .arg("mcp-server");
    command.envs(scene.environment());
    let calls: Vec<String> = scene
        .calls()
        .into_iter()
        .flat_map(|(tool, good, bad)| [(tool, good), (tool, bad)])
        .map(|(tool, arguments)| json!({ "tool": tool, "arguments": arguments }).to_string())
        .collect();
    let output = CommandOutput::run_with_input(&mut command, calls.join("\n").as_bytes()).ok();
    let printed: Vec<Value> = output.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for (era, version) in [("legacy", "2025-11-25"), ("auto", "2026-07-28")] {
        let of_era: Vec<&Value> = printed.iter().filter(|line| line["era"] == era).collect();
        let (first, results) = of_era.split_first().unwrap();
        assert_eq!(first["version"], version);
        for (kind, count) in [("tools", 21), ("resources", 13), ("templates", 2), ("prompts", 2)] {
            assert_eq!(first["offered"][kind].as_array().unwrap().len(), count, "{era}: {kind}");
        }
        assert_eq!(results.len(), calls.len());
        for (number, result) in results.iter().enumerate() {
            assert_eq!(result["is_error"], number % 2 == 1, "{era}: {result}");
            assert_eq!(result["structured"].is_object(), number % 2 == 0, "{era}: {result}");
        }
    }
}

/// Runs the inspector in its command-line mode; returns its exit code and output.
fn inspect(environment: &[(String, String)], era: &str, args: &[&str]) -> CommandOutput {
    let inspector = "tests/agents/inspector/node_modules/@modelcontextprotocol/inspector";
    let launcher = installed(inspector).join("clients/launcher/build/index.js");
    let mut command = Command::new("node");
    command.arg(launcher).args(["--cli", env!("CARGO_BIN_EXE_cstar"), "mcp-server"]);
    for (name, value) in environment {
        // The inspector passes only explicitly given variables to the server.
        command.env(name, value).args(["-e", &format!("{name}={value}")]);
    }
    CommandOutput::run(command.args(["--protocol-era", era]).args(args))
}

#[test]
#[ignore = "needs the inspector of npm: see .ci/run"]
fn inspector_reports_no_problem() {
    let scene = Setup::new();
    let environment = scene.environment();
    for era in ["legacy", "modern"] {
        let output = inspect(&environment, era, &["--method", "tools/list", "--strict"]).ok();
        assert_eq!(names(&output.json()).len(), 21, "{era}");
        assert!(
            !output.stderr.contains("Warning: tool") && !output.stderr.contains("Error: tool"),
            "{}",
            output.stderr
        );
        for method in ["resources/list", "resources/templates/list", "prompts/list"] {
            inspect(&environment, era, &["--method", method]).ok();
        }
    }
}

#[test]
#[ignore = "needs the inspector of npm: see .ci/run"]
fn inspector_calls_every_tool() {
    let scene = Setup::new();
    let environment = scene.environment();
    let mut jobs = Vec::new();
    for (number, (tool, good, bad)) in scene.calls().into_iter().enumerate() {
        let (one, other) = if number % 2 == 0 { ("modern", "legacy") } else { ("legacy", "modern") };
        jobs.extend([(one, tool, good, 0), (other, tool, bad, 5)]);
    }
    // Each call starts a process of Node, which takes a second; hence not every call is made twice.
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some((era, tool, arguments, code)) = jobs.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    let mut args = vec![
                        "--method".to_owned(),
                        "tools/call".into(),
                        "--tool-name".into(),
                        (*tool).into(),
                    ];
                    for (name, value) in arguments.as_object().unwrap() {
                        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                        args.extend(["--tool-arg".to_owned(), format!("{name}={value}")]);
                    }
                    let args: Vec<&str> = args.iter().map(String::as_str).collect();
                    let output = inspect(&environment, era, &args);
                    if output.code != *code {
                        failed.lock().unwrap().push(format!("{era} {tool} {arguments}: {output:?}"));
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{failed:#?}");
}

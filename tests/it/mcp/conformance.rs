//! The scenarios of the official conformance suite that do not need its demonstration tools, over HTTP.
//!
//! `.ci/run` installs the suite and its Node, and runs it. It cannot send a token, so it gets the
//! address of a small proxy that adds one.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;

use super::http::Server;
use crate::support::{CommandOutput, Home};

/// By protocol revision.
const SCENARIOS: [(&str, &[&str]); 2] = [
    (
        "2025-11-25",
        &[
            "server-initialize",
            "server-session-lifecycle",
            "ping",
            "completion-complete",
            "tools-list",
            "server-sse-polling",
            "server-sse-multiple-streams",
            "resources-list",
            "prompts-list",
            "dns-rebinding-protection",
        ],
    ),
    (
        "2026-07-28",
        &[
            "server-stateless",
            "completion-complete",
            "tools-list",
            "server-sse-multiple-streams",
            "resources-list",
            "sep-2164-resource-not-found",
            "prompts-list",
            "dns-rebinding-protection",
            "caching",
            "http-header-validation",
            "input-required-result-missing-input-response",
            "input-required-result-unsupported-methods",
            "input-required-result-ignore-extra-params",
            "input-required-result-validate-input",
        ],
    ),
];

/// Forwards requests to `server`, one per connection, with its token and its port.
fn proxy(server: &Server) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = listener.local_addr().unwrap().port();
    let (port, bearer) = (server.port, server.bearer());
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let bearer = bearer.clone();
            std::thread::spawn(move || pass(client, own, port, &bearer));
        }
    });
    own
}

fn pass(mut client: TcpStream, own: u16, port: u16, bearer: &str) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        client.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).ok()?.replace(&format!(":{own}"), &format!(":{port}"));
    let (line, rest) = head.split_once("\r\n")?;
    let rest: Vec<&str> =
        rest.split("\r\n").filter(|line| !line.to_lowercase().starts_with("connection:")).collect();
    let mut server = TcpStream::connect(("127.0.0.1", port)).ok()?;
    let head = format!("{line}\r\n{bearer}\r\nconnection: close\r\n{}", rest.join("\r\n"));
    server.write_all(head.as_bytes()).ok()?;
    let (mut from, mut to) = (client.try_clone().ok()?, server.try_clone().ok()?);
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
    });
    let _ = std::io::copy(&mut server, &mut client);
    client.shutdown(Shutdown::Both).ok()
}

/// The failed checks of a scenario. Checks for a demonstration tool name it.
fn failed_checks(checks: &str) -> Vec<String> {
    let checks: Vec<serde_json::Value> = serde_json::from_str(checks).unwrap();
    assert!(!checks.is_empty());
    let failed = checks.iter().filter(|check| check["status"] == "FAILURE");
    let reported = failed.map(|check| format!("{}: {}", check["id"], check["errorMessage"]));
    reported
        .filter(|reported| !reported.contains("Not testable: server does not list the diagnostic tool"))
        .collect()
}

#[test]
#[ignore = "needs the conformance suite of npm: see .ci/run"]
fn official_conformance_scenarios_pass() {
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/agents/conformance/node_modules");
    assert!(installed.exists(), "{} is missing: .ci/run installs it", installed.display());
    let home = Home::new();
    let server = Server::start(home.cstar());
    let url = format!("http://127.0.0.1:{}/mcp", proxy(&server));
    for (revision, scenarios) in SCENARIOS {
        for scenario in scenarios {
            let results = home.path().join(revision).join(scenario);
            let mut command = Command::new(installed.join(".bin/node"));
            command.arg(installed.join("@modelcontextprotocol/conformance/dist/index.js"));
            command.args(["server", "--url", &url, "--scenario", scenario, "--spec-version", revision]);
            let output = CommandOutput::run(command.arg("--output-dir").arg(&results));
            let folder = std::fs::read_dir(&results).unwrap().next().unwrap_or_else(|| panic!("{output:?}"));
            let checks = std::fs::read_to_string(folder.unwrap().path().join("checks.json")).unwrap();
            assert_eq!(failed_checks(&checks), Vec::<String>::new(), "{revision} {scenario}");
        }
    }
}

//! `cstar check` against real frameworks: `tests/receivers/faulty` has receivers with defects to choose from.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{SECRET, findings};
use crate::support::Home;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A receiver with one defect. It is killed when this is dropped.
struct Faulty {
    child: Child,
    url: String,
}

impl Faulty {
    fn start(mut command: Command, defect: &str) -> Self {
        let mut child = command
            .env("CSTAR_WEBHOOK_SECRET", SECRET)
            .env("DEFECT", defect)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        Self { child, url: format!("http://127.0.0.1:{}/webhook", ready["port"]) }
    }
}

impl Drop for Faulty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Checks a correct receiver, then one with each defect.
fn finds_every_defect(framework: &str, command: impl Fn() -> Command, defects: &[(&str, &[&str])]) {
    let home = Home::new();
    let correct = ("", &[][..]);
    for (defect, expected) in [correct].iter().chain(defects) {
        let receiver = Faulty::start(command(), defect);
        let started = Instant::now();
        let output = home.run(["check", &receiver.url, "--secret", SECRET, "--json"]);
        assert!(started.elapsed() < Duration::from_secs(20), "{framework} {defect}");
        let report = output.json();
        assert_eq!(findings(&report), *expected, "{framework} {defect}: {report:#}");
        assert_eq!(report["framework"], framework, "{framework} {defect}: {report:#}");
    }
}

fn node(framework: &str) -> Command {
    let packages = root().join("tests/receivers/express/node_modules");
    assert!(packages.exists(), "{} is missing: .ci/run installs it", packages.display());
    let mut command = Command::new("node");
    command.arg(root().join("tests/receivers/faulty/node.mjs")).arg(framework);
    command
}

#[test]
#[ignore = "needs Node with Express: see .ci/run"]
fn defects_in_express_are_found() {
    let defects: &[(&str, &[&str])] = &[
        ("no-verification", &["wrong-secret"]),
        ("optional-signature", &["missing-signature"]),
        ("throws-on-missing", &["missing-signature"]),
        ("throws-on-length", &["malformed-signature"]),
        ("no-timestamp", &["stale-timestamp", "future-timestamp"]),
        ("parsed-body", &["raw-body"]),
        ("signs-string", &["unicode"]),
        ("last-v1", &["rotated-secret"]),
        ("reads-alias", &["production-headers"]),
        ("small-limit", &["large-body"]),
        ("json-only", &["content-type"]),
        ("race", &["concurrent-duplicate"]),
        ("order", &["reordered-events"]),
        ("stack-trace", &["stack-trace"]),
        ("answers-expected", &["exposed-secret"]),
        ("redirect", &["redirect"]),
        ("get-crashes", &["get-request"]),
        ("slow", &["response-time"]),
    ];
    finds_every_defect("Express", || node("express"), defects);
}

#[test]
#[ignore = "needs Node with Express: see .ci/run"]
fn defects_in_fastify_are_found() {
    let defects: &[(&str, &[&str])] = &[
        ("parsed-body", &["raw-body"]),
        ("small-limit", &["large-body"]),
        ("one-sided", &["future-timestamp"]),
        ("refuses-with-500", &["wrong-secret"]),
        ("conflict", &["duplicate-event"]),
        ("unknown-type", &["unknown-type"]),
        ("one-type", &["event-types"]),
        ("not-idempotent", &["duplicate-event (advice)"]),
    ];
    finds_every_defect("Fastify", || node("fastify"), defects);
}

#[test]
#[ignore = "needs Python with Flask: see .ci/run"]
fn defects_in_flask_are_found() {
    let python = root().join("target/flask/bin/python");
    assert!(python.exists(), "{} is missing: .ci/run installs it", python.display());
    let command = || {
        let mut command = Command::new(&python);
        command.arg(root().join("tests/receivers/faulty/receiver.py"));
        command
    };
    let defects: &[(&str, &[&str])] = &[
        ("reprinted", &["valid-event"]),
        ("key-without-prefix", &["valid-event"]),
        ("legacy-only", &["valid-event"]),
        ("accepts-legacy", &["legacy-signature (advice)"]),
        ("crashes-on-format", &["missing-signature", "malformed-signature"]),
        ("conflict", &["duplicate-event"]),
        ("member-missing", &["event-types", "unknown-type"]),
        ("shows-trace", &["stack-trace"]),
        ("small-limit", &["large-body"]),
        ("no-timestamp", &["stale-timestamp", "future-timestamp"]),
    ];
    finds_every_defect("Flask", command, defects);
}

#[test]
#[ignore = "needs Go: see .ci/run"]
fn defects_in_go_are_found() {
    let home = Home::new();
    let program: PathBuf = home.path().join("faulty");
    let built = Command::new("go")
        .args(["build", "-o"])
        .arg(&program)
        .arg("main.go")
        .current_dir(root().join("tests/receivers/faulty"))
        .status()
        .unwrap();
    assert!(built.success());
    let defects: &[(&str, &[&str])] = &[
        ("sorted", &["valid-event"]),
        ("no-timestamp", &["stale-timestamp", "future-timestamp"]),
        ("one-sided", &["future-timestamp"]),
        ("first-v1", &["rotated-secret"]),
        ("small-limit", &["large-body"]),
        ("truncates", &["large-body"]),
        ("shows-trace", &["stack-trace"]),
        ("panics-on-type", &["event-types"]),
        ("not-idempotent", &["duplicate-event (advice)"]),
    ];
    finds_every_defect("Go", || Command::new(&program), defects);
}

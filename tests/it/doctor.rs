//! `cstar doctor`: every layer that can fail is reported separately, with a fix.

mod machine;
mod network;
mod service;
mod target;

use std::process::Command;

use serde_json::Value;

use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home};

/// The result of a run.
#[derive(Debug)]
struct DoctorReport {
    code: i32,
    value: Value,
}

impl DoctorReport {
    /// Runs `command doctor --json args…`.
    fn run(command: &mut Command, args: &[&str]) -> Self {
        let output = CommandOutput::run(command.args(["doctor", "--json"]).args(args));
        assert_eq!(output.stderr, "", "{output:?}");
        let value = output.json();
        let broken = value["checks"].as_array().unwrap().iter().any(|check| check["status"] == "fail");
        assert_eq!((value["ok"].as_bool(), output.code), (Some(!broken), i32::from(broken)), "{output:?}");
        Self { code: output.code, value }
    }

    fn checks(&self) -> &[Value] {
        self.value["checks"].as_array().unwrap()
    }

    fn names(&self) -> Vec<&str> {
        self.checks().iter().map(|check| check["name"].as_str().unwrap()).collect()
    }

    fn of_status(&self, status: &str) -> Vec<&str> {
        let found = self.checks().iter().filter(|check| check["status"] == status);
        found.map(|check| check["name"].as_str().unwrap()).collect()
    }

    fn check(&self, name: &str) -> &Value {
        let found: Vec<_> = self.checks().iter().filter(|check| check["name"] == name).collect();
        assert_eq!(found.len(), 1, "{name}: {self:#?}");
        found[0]
    }

    /// Fails unless exactly this check has failed, with these parts in its message and fix.
    fn assert_only_failure(&self, name: &str, message: &str, fix: &str) {
        assert_eq!(self.of_status("fail"), [name], "{self:#?}");
        self.assert_check(name, message, fix);
    }

    fn assert_check(&self, name: &str, message: &str, fix: &str) {
        let check = self.check(name);
        assert!(check["message"].as_str().unwrap().contains(message), "`{message}`: {check:#}");
        assert!(check["fix"].as_str().unwrap_or_default().contains(fix), "`{fix}`: {check:#}");
    }
}

#[test]
fn doctor_passes_with_sandbox_and_receiver() {
    let (home, receiver) = (Home::new(), Receiver::start());
    let sandbox = Sandbox::start(&home);
    let found = DoctorReport::run(&mut sandbox.cstar(&home), &["--forward-to", &receiver.url()]);
    assert_eq!(found.code, 0, "{found:#?}");
    assert_eq!(found.of_status("warn"), Vec::<&str>::new(), "{found:#?}");
    let fine = ["http", "clock", "key", "stream", "target", "delivery"];
    assert!(fine.iter().all(|name| found.check(name)["status"] == "ok"), "{found:#?}");
    for check in found.checks() {
        let members: Vec<_> = check.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, ["name", "status", "message", "fix"]);
        assert_eq!(check["fix"], Value::Null, "{check}");
    }
    // It sends what `listen` would send.
    let request = receiver.next();
    assert_eq!(request.header("x-event-type"), "ping");
    let secret = sandbox.run(&home, ["listen", "--print-secret"]).ok().stdout;
    let verifier = cstar::signature::Verifier::new(secret.trim());
    verifier.construct_event(request.body.clone(), Some(request.header("x-signature"))).unwrap();
    assert!(receiver.drain().is_empty(), "one event and no more");
}

#[test]
fn each_check_has_a_line_and_each_fix_another() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let output = sandbox.run(&home, ["doctor", "--forward-to", "1"]);
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stdout.contains("\nok    stream        opened in "), "{output:?}");
    // In a container, the fix has a note.
    assert!(
        output.stdout.contains(
            "fail  target        localhost:1 refuses connections\n      fix: start your server, or name its port: --forward-to PORT"
        ),
        "{output:?}"
    );
    assert_eq!(output.stderr, "1 check failed. Start with the first.\n");
    assert_eq!(sandbox.run(&home, ["doctor", "--quiet"]).ok().stderr, "");
    assert_eq!(sandbox.run(&home, ["doctor"]).ok().stderr, "Nothing is broken.\n");
}

#[test]
fn tour_names_every_doctor_check() {
    let listed = crate::tour::first_column("tour", "## Find out what is wrong");
    let (home, receiver) = (Home::new(), Receiver::start());
    let authority = crate::support::tls_front::authority();
    let args = ["--sandbox", "--ca-cert", authority.to_str().unwrap(), "--forward-to", &receiver.url()];
    let sandbox = Sandbox::start(&home);
    let mut command = sandbox.cstar(&home);
    let found = DoctorReport::run(&mut command, &[&args[..], &["--base-url", &sandbox.base_url]].concat());
    assert_eq!(listed, found.names());
}

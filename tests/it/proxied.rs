//! Local names, exceptions from the proxy, and a proxy that refuses connections.

use std::io::{Read, Write};

use serde_json::Value;

use crate::support::listen::Listen;
use crate::support::raw_server::raw_server;
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home};

/// A proxy that answers every request with this status line; returns its port.
fn refusing(status: &'static str) -> u16 {
    raw_server(move |mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").as_bytes());
    })
}

fn behind(home: &Home, port: u16, exceptions: &str) -> std::process::Command {
    let mut command = home.cstar();
    command.env("HTTPS_PROXY", format!("http://127.0.0.1:{port}")).env("NO_PROXY", exceptions);
    command
        .env("CSTAR_API_KEY", crate::support::TEST_KEY)
        .env("CSTAR_BASE_URL", "https://cstar.corp.invalid");
    command
}

#[test]
fn names_below_localhost_are_local() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    for host in ["shop.localhost", "LOCALHOST", "localhost.", "a.b.localhost"] {
        let to = format!("http://{host}:{}/x", receiver.port);
        let output = sandbox.run(&home, ["trigger", "ticket.created", "--to", &to, "--secret", "whsec_x"]);
        assert_eq!(output.code, 0, "{to}: {output:?}");
        receiver.next();
    }
    let to = format!("http://app.localhost:{}/x", receiver.port);
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &to]);
    sandbox.run(&home, ["trigger", "ticket.created"]).ok();
    listen.wait_for("delivered");
    for host in ["evil-localhost", "localhost.evil.example", "127.0.0.1.evil.example"] {
        let mut command = home.cstar();
        command.env("CSTAR_API_KEY", crate::support::TEST_KEY);
        let base = format!("http://{host}:{}", sandbox.port);
        let output = CommandOutput::run(command.args(["status", "--base-url", &base]));
        assert_eq!(output.code, 2, "{output:?}");
        assert!(output.stderr.contains("plain http"), "{output:?}");
    }
}

#[test]
fn refusing_proxy_is_named_with_its_status() {
    let home = Home::new();
    for status in ["403 Forbidden", "407 Proxy Authentication Required", "502 Bad Gateway"] {
        let port = refusing(status);
        let output = CommandOutput::run(behind(&home, port, "").arg("status"));
        let expected = format!("the proxy 127.0.0.1:{port} refused the connection: {status}");
        assert_ne!(output.code, 0);
        assert!(output.stderr.contains(&expected), "no {expected:?} in {}", output.stderr);
        assert!(!output.stderr.contains("tunnel error"), "{output:?}");
        let doctor = CommandOutput::run(behind(&home, port, "").args(["doctor", "--json"]));
        assert!(doctor.stdout.contains(&expected), "no {expected:?} in {}", doctor.stdout);
    }
}

/// Status and hint of `doctor` behind a proxy, and the error of `status`.
fn doctor_and_status(port: u16) -> (String, String) {
    let home = Home::new();
    let output = CommandOutput::run(behind(&home, port, "").arg("status"));
    assert_eq!(output.code, 3, "{output:?}");
    (output.stderr, CommandOutput::run(behind(&home, port, "").args(["doctor", "--json"])).stdout)
}

#[test]
fn each_proxy_refusal_has_its_advice() {
    for (status, advice) in [
        ("403 Forbidden", "lets you through"),
        ("407 Proxy Authentication Required", "name and a password"),
        ("502 Bad Gateway", "could not reach the server"),
    ] {
        let doctor = doctor_and_status(refusing(status)).1;
        assert!(doctor.contains(advice), "no {advice:?} in {doctor}");
        assert_eq!(doctor.contains("password"), status.starts_with("407"), "{doctor}");
    }
}

#[test]
fn servers_that_are_not_proxies_are_described() {
    for (opening, printed) in [
        ("", "closed the connection without an answer"),
        ("SSH-2.0-OpenSSH_9.6\r\n", "did not answer as a proxy does"),
        ("220 mail ready\r\n", "did not answer as a proxy does"),
    ] {
        let port = raw_server(move |mut stream| {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(opening.as_bytes());
        });
        let expected = format!("the proxy 127.0.0.1:{port} {printed}");
        let (status, doctor) = doctor_and_status(port);
        for text in [status, doctor.clone()] {
            assert!(text.contains(&expected), "no {expected:?} in {text}");
            assert!(!text.contains("tunnel error") && !text.contains("refused"), "{text}");
        }
        assert!(doctor.contains("check HTTPS_PROXY"), "{doctor}");
    }
    let port = crate::support::ports::closed_port();
    let status = doctor_and_status(port).0;
    assert!(status.contains(&format!("the proxy 127.0.0.1:{port} refuses connections")), "{status}");
}

#[test]
fn exceptions_from_the_proxy_are_honoured() {
    let home = Home::new();
    let port = refusing("403 Forbidden");
    let proxy = |exceptions: &str| -> String {
        let output = CommandOutput::run(behind(&home, port, exceptions).args(["doctor", "--json"]));
        let whole: Value =
            serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
        let checks = whole["checks"].as_array().unwrap();
        let check = checks.iter().find(|check| check["name"] == "proxy").unwrap();
        check["message"].as_str().unwrap().to_owned()
    };
    for exceptions in
        ["*.invalid", "cstar.corp.invalid:443", ".corp.invalid", "corp.invalid", "*", "a b corp.invalid"]
    {
        assert!(proxy(exceptions).starts_with("none for cstar.corp.invalid"), "{exceptions}");
    }
    let output = CommandOutput::run(behind(&home, port, "*.corp.invalid").arg("status"));
    assert!(!output.stderr.contains("proxy"), "{output:?}");
    assert!(proxy("other.corp, 10.0.0.0/8").contains("not for other.corp, 10.0.0.0/8 (NO_PROXY)"));
    assert!(proxy("other.corp, 10.0.*").contains("`10.0.*` in NO_PROXY"));
    assert!(!proxy("cstar.corp.invalid:8443").starts_with("none"));
}

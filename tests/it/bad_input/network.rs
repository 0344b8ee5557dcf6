//! Ports, certificates and proxies that are not what a command expects.

use std::net::TcpListener;
use std::process::Stdio;

use super::{KEY, SECRET};
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{ScriptedServer, WHOAMI, json_response};
use crate::support::tls_front::{Certificate, TlsFront};
use crate::support::{CommandOutput, Home};

#[test]
fn taken_port_is_reported() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let home = Home::new();
    let mut command = home.cstar();
    let output = CommandOutput::run(command.args(["sandbox", "--port", &port]).stdin(Stdio::null()));
    assert_eq!((output.code, output.stdout.as_str()), (1, ""), "{output:?}");
    assert!(output.stderr.contains("another port"), "{output:?}");
}
#[test]
fn untrusted_tls_server_gets_no_request() {
    let receiver = Receiver::start();
    let front = TlsFront::start(receiver.port, Certificate::Good);
    let home = Home::new();
    let url = front.base_url();
    let api = CommandOutput::run(
        home.cstar().args(["trigger", "ticket.created", "--base-url", &url]).env("CSTAR_API_KEY", KEY),
    );
    let to = home.run(["trigger", "ticket.created", "--to", &url, "--secret", SECRET]);
    for output in [api, to] {
        assert_eq!(output.code, 3, "{output:?}");
        assert!(output.stderr.contains("certificate"), "no reason: {output:?}");
        assert!(output.stderr.lines().count() <= 2, "{output:?}");
    }
    assert!(receiver.drain().is_empty());
    // `--insecure` is the exception, and only for the target of deliveries.
    let output = home.run(["trigger", "ticket.created", "--to", &url, "--secret", SECRET, "--insecure"]).ok();
    assert!(output.stdout.starts_with("200 "), "{output:?}");
    receiver.next();
}

#[test]
fn local_requests_bypass_the_proxy() {
    let proxy = ScriptedServer::without_whoami(|_, _| json_response(200, &[], WHOAMI));
    let sandbox_home = Home::new();
    let sandbox = Sandbox::start(&sandbox_home);
    let receiver = Receiver::start();
    let port = receiver.port;
    let proxied = |args: &[&str]| {
        let home = Home::new();
        let mut command = sandbox.cstar(&home);
        for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            command.env(name, proxy.base_url());
        }
        CommandOutput::run(command.args(args)).ok()
    };
    proxied(&["demo"]);
    proxied(&["trigger", "ticket.created"]);
    proxied(&["trigger", "ticket.created", "--base-url", &format!("http://localhost:{}", sandbox.port)]);
    proxied(&["listen", "--print-secret"]);
    for host in ["localhost", "127.0.0.1"] {
        let to = format!("http://{host}:{port}/");
        proxied(&["trigger", "ticket.created", "--to", &to, "--secret", SECRET]);
        receiver.next();
    }
    assert!(proxy.requests().is_empty(), "{:?}", proxy.requests());
}

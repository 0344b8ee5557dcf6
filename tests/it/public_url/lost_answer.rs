//! The answer to the request that creates a webhook is lost: the request is repeated, and creates no second one.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{records, webhooks};
use crate::support::Home;
use crate::support::listen::Listen;
use crate::support::ports::closed_port;
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{RecordedRequest, ScriptedServer, send};

/// Passes requests to `sandbox`, and drops its first answer to a new webhook.
fn losing_proxy(sandbox: &Sandbox) -> ScriptedServer {
    let (port, is_lost) = (sandbox.port, AtomicBool::new(false));
    ScriptedServer::without_whoami(move |_, request| {
        let answer = forward(port, request);
        if is_creation(request) && !is_lost.swap(true, Ordering::SeqCst) {
            return Vec::new();
        }
        vec![send(answer)]
    })
}

fn is_creation(request: &RecordedRequest) -> bool {
    request.head.starts_with("POST ") && request.target().ends_with("/webhooks")
}

fn forward(port: u16, request: &RecordedRequest) -> Vec<u8> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let head = format!("{}\r\nconnection: close\r\n\r\n", request.head.trim_end());
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&request.body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer
}

/// The requests that create a webhook all have one key.
fn assert_repeated(proxy: &ScriptedServer) {
    let requests = proxy.requests();
    let keys: Vec<_> = requests
        .iter()
        .filter(|request| is_creation(request))
        .map(|request| request.header("idempotency-key").unwrap())
        .collect();
    assert_eq!(keys.len(), 2, "{requests:?}");
    assert_eq!(keys[0], keys[1]);
}

#[test]
fn repeated_creation_makes_one_webhook() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let proxy = losing_proxy(&sandbox);
    let mut create = sandbox.cstar(&home);
    create.env("CSTAR_BASE_URL", proxy.base_url()).args([
        "webhooks",
        "create",
        "--url",
        "https://a.example",
        "--events",
        "ticket.*",
    ]);
    let created = crate::support::CommandOutput::run(&mut create).ok();
    assert!(created.stdout.starts_with("whsec_"), "{created:?}");
    assert_repeated(&proxy);
    assert_eq!(webhooks(&sandbox).len(), 1);
}

#[test]
fn repeated_registration_makes_one_webhook() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let proxy = losing_proxy(&sandbox);
    let mut command = sandbox.cstar(&home);
    command.env("CSTAR_BASE_URL", proxy.base_url());
    let (public, port) = ("http://127.0.0.1:1/hook", closed_port().to_string());
    let listen = Listen::start(command, &["--print", "--public-url", public, "--receive", &port]);
    assert_repeated(&proxy);
    assert_eq!(webhooks(&sandbox).len(), 1);
    super::stop(listen);
    assert!(webhooks(&sandbox).is_empty() && records(&home).is_empty());
}

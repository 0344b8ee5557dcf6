//! Signals that ask a server on standard input to end.

use std::process::Command;

use serde_json::json;

use super::client::Client;
use crate::support::Home;
use crate::support::sandbox::Sandbox;

const SIGNALS: [&str; 4] = ["INT", "TERM", "QUIT", "HUP"];

/// Sends the signal; the server must end in order though its input is still open.
fn ends(client: Client, signal: &str) {
    let pid = client.pid().to_string();
    assert!(Command::new("kill").args([&format!("-{signal}"), &pid]).status().unwrap().success());
    let (status, stderr) = client.signalled();
    assert_eq!(status.code(), Some(0), "{signal}: {status}");
    assert!(stderr.is_empty(), "{signal}: {stderr:?}");
}

#[test]
fn signals_end_the_server_in_order() {
    let home = Home::new();
    for signal in SIGNALS {
        let mut client = Client::lonely(&home);
        client.is_alive();
        ends(client, signal);
    }
}

#[test]
fn signals_end_a_call_that_waits() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    for signal in SIGNALS {
        let mut client = Client::start(sandbox.cstar(&home), &[]);
        client.post_call("cstar_wait_for_event", json!({ "timeout_seconds": 300 }));
        client.is_alive();
        ends(client, signal);
    }
}

#[test]
fn a_signal_before_the_handshake_is_no_error() {
    let home = Home::new();
    let mut client = Client::silent(home.cstar(), &[]);
    // It answers this, so its handlers are installed.
    client.write(b"no JSON");
    client.next();
    ends(client, "TERM");
}

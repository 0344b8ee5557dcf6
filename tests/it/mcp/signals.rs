//! Signals that end a server on standard input.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use serde_json::json;

use super::client::{McpClient, modern_meta};
use crate::support::Home;
use crate::support::process::Process;
use crate::support::sandbox::Sandbox;

const SIGNALS: [&str; 4] = ["INT", "TERM", "QUIT", "HUP"];

/// Sends the signal; the server must end cleanly although its input is still open.
fn assert_signal_ends(client: McpClient, signal: &str) {
    let pid = client.pid().to_string();
    assert!(Command::new("kill").args([&format!("-{signal}"), &pid]).status().unwrap().success());
    let (status, stderr) = client.wait();
    assert_eq!(status.code(), Some(0), "{signal}: {status}");
    assert!(stderr.is_empty(), "{signal}: {stderr:?}");
}

#[test]
fn signals_shut_the_server_down_cleanly() {
    let home = Home::new();
    for signal in SIGNALS {
        let mut client = McpClient::start_without_account(&home);
        client.drain();
        assert_signal_ends(client, signal);
    }
}

#[test]
fn signals_end_a_waiting_call() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    for signal in SIGNALS {
        let mut client = McpClient::start(sandbox.cstar(&home), &[]);
        client.post_call("cstar_wait_for_event", json!({ "timeout_seconds": 300 }));
        client.drain();
        assert_signal_ends(client, signal);
    }
}

#[test]
fn signal_before_the_handshake_is_no_error() {
    let home = Home::new();
    let mut client = McpClient::start_uninitialized(home.cstar(), &[]);
    // It responds to this, so its handlers are installed.
    client.write(b"no JSON");
    client.next();
    assert_signal_ends(client, "TERM");
}

/// Its pipe is full, so the last responses cannot be written.
#[test]
fn unresponsive_client_does_not_block_the_end() {
    let home = Home::new();
    let mut command = home.cstar();
    command.arg("mcp-server").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut server = Process::start(&mut command);
    let (mut stdin, mut stdout) = (server.stdin().unwrap(), server.stdout());
    let request =
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": { "_meta": modern_meta() } });
    for _ in 0..8 {
        writeln!(stdin, "{request}").unwrap();
    }
    // It has begun to write, so its handlers are installed.
    stdout.read_exact(&mut [0]).unwrap();
    let pid = server.pid().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    // 130 if a clean end took too long.
    assert!(matches!(server.wait().code(), Some(0 | 130)));
}

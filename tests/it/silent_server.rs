//! A cStar or a sandbox that accepts connections and never answers, or answers one byte per second.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::raw_server::raw_server;
use crate::support::terminal::{SKIPPED, Terminal};
use crate::support::{CommandOutput, Home, TEST_KEY};

fn server(handle: fn(TcpStream)) -> String {
    format!("http://127.0.0.1:{}", raw_server(handle))
}

/// Reads everything and sends nothing.
fn read_forever(mut stream: TcpStream) {
    let mut buffer = [0; 1024];
    while stream.read(&mut buffer).is_ok_and(|count| count > 0) {}
}

/// Answers one byte per second.
fn answer_slowly(mut stream: TcpStream) {
    // The request fits one read.
    if stream.read(&mut [0; 65_536]).is_err() {
        return;
    }
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n";
    for byte in head.bytes().chain(std::iter::repeat(b' ')) {
        if stream.write_all(&[byte]).is_err() {
            return;
        }
        thread::sleep(Duration::from_secs(1));
    }
}

#[test]
fn terminal_shows_what_it_waits_for() {
    let home = Home::new();
    let mut command = home.cstar();
    let address = server(read_forever);
    command.env("CSTAR_BASE_URL", &address).env("CSTAR_API_KEY", TEST_KEY);
    let Some(mut terminal) = Terminal::start_with_width(80, &command, &["status"]) else {
        return println!("{SKIPPED}");
    };
    terminal.wait_for_prompt("Waiting for http://127.0.0.1:");
}

#[test]
#[ignore = "takes half a minute"]
fn every_command_ends_within_half_a_minute() {
    const COMMANDS: [&[&str]; 11] = [
        &["status"],
        &["keys", "list"],
        &["webhooks", "list"],
        &["webhooks", "test", "whk_1"],
        &["logs"],
        &["logs", "--tail"],
        &["trigger", "--all"],
        &["login", "--api-key", TEST_KEY],
        &["listen", "--forward-to", "3999"],
        &["listen", "--print-secret"],
        &["doctor"],
    ];
    thread::scope(|scope| {
        for serve in [read_forever, answer_slowly] {
            let address = server(serve);
            for args in COMMANDS {
                let address = address.clone();
                scope.spawn(move || {
                    let home = Home::new();
                    let mut command = home.cstar();
                    command.env("CSTAR_BASE_URL", &address).env("CSTAR_API_KEY", TEST_KEY).args(args);
                    let began = Instant::now();
                    let output = CommandOutput::run_within(Duration::from_secs(60), &mut command);
                    // Half as much again, for a busy machine.
                    assert!(began.elapsed() < Duration::from_secs(45), "{args:?}: {output:?}");
                    if args != ["doctor"] {
                        assert_eq!(output.code, 3, "{args:?}: {output:?}");
                        assert!(
                            output.stderr.contains("there was no answer in time"),
                            "{args:?}: {output:?}"
                        );
                    }
                });
            }
        }
    });
}

#[test]
#[ignore = "takes 10 seconds"]
fn silent_sandbox_is_not_reported_as_missing() {
    let home = Home::new();
    let output = home.run(["listen", "--sandbox", "--base-url", &server(read_forever)]);
    assert_eq!(output.code, 3, "{output:?}");
    assert!(output.stderr.contains("accepted the connection, but there was no answer in time"), "{output:?}");
    assert!(!output.stderr.contains("cstar sandbox"), "{output:?}");
}

#[test]
#[ignore = "takes 20 seconds"]
fn mcp_tool_ends_within_20_seconds() {
    let home = Home::new();
    let mut command = home.cstar();
    command.env("CSTAR_BASE_URL", server(read_forever)).env("CSTAR_API_KEY", TEST_KEY);
    let mut client = crate::mcp::client::McpClient::start(command, &[]);
    let began = Instant::now();
    let printed = client.call_error("cstar_get_status", json!({}));
    assert!(began.elapsed() < Duration::from_secs(30) && printed.contains("no answer in time"), "{printed}");
}

//! A server that ends one session after the other: the messages for people are consistent.

use serde_json::json;

use crate::support::receiver::Receiver;
use crate::support::scripted_server::{STREAM, ScriptedServer, send, session, ticket_event};
use crate::support::{CommandOutput, Home};

const SESSIONS: usize = 6;

/// The lines about the connection on standard error, when each session ends after one event.
fn lines(resumed: Option<bool>) -> Vec<String> {
    let server = ScriptedServer::start(move |number, _| {
        let mut members = json!({"webhook_id": "whk_1", "secret": "whsec_flapping"});
        if let (Some(resumed), 1..) = (resumed, number) {
            members["resumed"] = json!(resumed);
        }
        vec![send(STREAM.to_owned() + &session(&members) + &ticket_event(&format!("evt_{number}")))]
    });
    let (home, receiver) = (Home::new(), Receiver::start());
    let mut command = server.cstar(&home);
    command.args(["listen", "--transport", "sse", "--forward-to", &receiver.url()]);
    let output = CommandOutput::run(command.args(["--count", &SESSIONS.to_string()])).ok();
    let kinds = ["Disconnected", "Reconnected", "Possible gap"];
    let kind = |line: &str| kinds.iter().find(|kind| line.contains(**kind)).map(|kind| (*kind).to_owned());
    output.stderr.lines().filter_map(kind).collect()
}

#[test]
fn quick_reconnects_are_reported_together() {
    let lines = lines(Some(true));
    assert_eq!(lines, ["Disconnected", "Reconnected"].repeat(3), "known after an attempt");
}

#[test]
fn each_gap_follows_its_interruption() {
    for resumed in [None, Some(false)] {
        let lines = lines(resumed);
        assert!(lines.len() >= 3 * (SESSIONS - 1), "{lines:?}");
        for (index, line) in lines.iter().enumerate() {
            assert_eq!(line, ["Disconnected", "Reconnected", "Possible gap"][index % 3], "{lines:?}");
        }
    }
}

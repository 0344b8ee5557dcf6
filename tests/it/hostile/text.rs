//! Remote text is always escaped on a terminal: ids, types, names and errors.

use serde_json::json;

use super::opened;
use crate::support::receiver::Receiver;
use crate::support::scripted_server::{
    ScriptedServer, Step, WHOAMI, event, json_response, send, ticket_event,
};
use crate::support::{CommandOutput, Home};

/// Clears the screen, sets the title, hides, reorders, tags, moves back.
const CONTROL_TEXTS: [&str; 9] = [
    "\u{1b}[2J",
    "\u{1b}]0;t\u{7}",
    "\u{9b}31m",
    "\u{202e}x",
    "\u{200b}",
    "\u{e0041}",
    "\r",
    "\u{7f}",
    "\u{feff}",
];

/// Panics if the output contains a character that controls a terminal.
fn assert_escaped(output: &CommandOutput) {
    for text in [&output.stdout, &output.stderr] {
        for c in text.chars().filter(|c| *c != '\n') {
            let code = u32::from(c);
            let hidden = matches!(code, 0x200b | 0x200e..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f
                | 0xfeff | 0xe0000..=0xe0fff);
            assert!(!c.is_control() && !hidden, "{c:?} in {output:?}");
        }
    }
}

#[test]
fn stream_texts_are_escaped_on_the_terminal() {
    let evil = CONTROL_TEXTS.concat();
    let quoted = json!(evil).to_string();
    // A raw CR would end the line in the frame.
    let raw = evil.replace('\r', "");
    let server = ScriptedServer::start(move |number, _| match number {
        0 => vec![
            opened(json!({"session_id": evil, "webhook_id": evil})),
            send(event(&format!("evt_{raw}"), "ticket.created", "{}")),
            send(event("evt_1", &format!("ticket.{raw}"), "{}")),
            send(format!("data: {{\"id\":{quoted},\"type\":{quoted}}}\n\n")),
            send(format!("event: error\ndata: {{\"error\":{{\"message\":{quoted},\"code\":{quoted}}}}}\n\n")),
        ],
        _ => vec![opened(json!({"resumed": false})), send(ticket_event("evt_2")), Step::Hold],
    });
    let (home, receiver) = (Home::new(), Receiver::start());
    for verbosity in ["-vv", "--no-color", "--json"] {
        let mut command = server.cstar(&home);
        let output = CommandOutput::run(command.args([
            verbosity,
            "listen",
            "--forward-to",
            &receiver.url(),
            "--count",
            "1",
        ]));
        assert_eq!(output.code, 0, "{output:?}");
        assert_escaped(&output);
    }
}

#[test]
fn api_texts_are_escaped_on_the_terminal() {
    let evil = CONTROL_TEXTS.concat();
    let name = WHOAMI.replace("\"Acme Corp\"", &json!(evil).to_string());
    let error = json!({"success": false, "error": {"type": evil, "code": evil, "message": evil,
        "request_id": evil, "param": evil}})
    .to_string();
    let named = ScriptedServer::without_whoami({
        let error = error.clone();
        move |_, request| match request.target() {
            "/api/v1/auth/whoami" => json_response(200, &[], &name),
            _ => json_response(403, &[], &error),
        }
    });
    let refused = ScriptedServer::without_whoami(move |_, _| json_response(401, &[], &error));
    let evil_reason = ScriptedServer::start(|_, _| {
        vec![send("HTTP/1.1 404 \u{9b}2J\u{202e}\r\ncontent-length: 5\r\n\r\n\u{1b}[2J\r")]
    });
    let location =
        ScriptedServer::start(|_, _| json_response(302, &["location: http://x/\u{9b}31m\u{202e}"], ""));
    let home = Home::new();
    for server in [named, refused, evil_reason, location] {
        for args in [
            &["listen", "--for", "9s", "--forward-to", "1"][..],
            &["trigger", "ticket.created"],
            &["listen", "--for", "9s", "--json"],
        ] {
            let output = CommandOutput::run(server.cstar(&home).args(args));
            assert_ne!(output.code, 0, "{output:?}");
            assert_escaped(&output);
        }
    }
}

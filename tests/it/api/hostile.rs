//! Answers of hostile servers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::scripted_server::{ScriptedServer, Step, json_response, send};
#[cfg(unix)]
use crate::support::terminal::{SKIPPED, Terminal};
use crate::support::{CommandOutput, Home};

fn api(server: &ScriptedServer, home: &Home, args: &[&str]) -> CommandOutput {
    CommandOutput::run(server.cstar(home).arg("api").args(args))
}

#[test]
fn huge_answers_are_not_read_to_the_end() {
    let head = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
    let server =
        ScriptedServer::start(move |_, _| vec![send(head), Step::Flood(vec![b' '; 65536], 64 << 20)]);
    let output = api(&server, &Home::new(), &["tickets"]);
    assert_eq!((output.code, output.stdout.as_str()), (1, ""), "{output:?}");
    assert!(output.stderr.contains("too large"), "{output:?}");
    let many = format!("[{}0]", "0,".repeat(200_000));
    let server = ScriptedServer::start(move |_, _| json_response(200, &[], &many));
    let output = api(&server, &Home::new(), &["tickets", "--jq", "length"]);
    assert!(output.code == 1 && output.stderr.contains("too many values"), "{}", output.stderr);
}

#[test]
fn answers_that_are_not_json_are_printed() {
    let html = "<html>\u{1b}[2J</html>";
    let server = ScriptedServer::start(move |_, _| json_response(200, &[], html));
    let home = Home::new();
    let output = api(&server, &home, &["tickets"]);
    assert_eq!((output.code, output.stdout.as_str()), (0, html));
    let output = api(&server, &home, &["tickets", "--jq", ".data"]);
    assert_eq!((output.code, output.stdout.as_str()), (1, html));
    assert!(output.stderr.contains("the response is not JSON"), "{output:?}");
    let output = api(&server, &home, &["tickets", "--paginate"]);
    assert_eq!((output.code, output.stdout), (0, format!("{html}\n")));
    let failing = ScriptedServer::start(move |_, _| json_response(418, &[], html));
    let output = api(&failing, &home, &["tickets", "--json"]);
    assert_eq!((output.code, output.stdout.as_str()), (1, html));
    assert_eq!(output.json_error()["exit_code"], 1);
}

#[test]
fn deep_json_is_no_crash() {
    let deep = "[".repeat(1_000_000);
    let server = ScriptedServer::start(move |_, _| json_response(200, &[], &deep));
    for args in
        [&["tickets", "--jq", "."][..], &["tickets", "--paginate"], &["tickets", "--paginate", "--slurp"]]
    {
        let output = api(&server, &Home::new(), args);
        assert!(matches!(output.code, 0 | 1), "{} {}", output.code, output.stderr);
    }
}

#[test]
fn streams_of_events_are_refused() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
    let server = ScriptedServer::start(move |_, _| vec![send(head), Step::Hold]);
    let output = api(&server, &Home::new(), &["webhooks/listen"]);
    assert_eq!((output.code, output.stdout.as_str()), (1, ""), "{output:?}");
    assert!(output.stderr.contains("cstar listen --print"), "{output:?}");
}

#[test]
fn redirects_do_not_carry_the_key() {
    let asked = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&asked);
    let other = ScriptedServer::without_whoami(move |_, _| {
        seen.fetch_add(1, Ordering::Relaxed);
        json_response(200, &[], "{}")
    });
    let to = format!("location: {}/api/v1/auth/whoami", other.base_url());
    let server = ScriptedServer::start(move |_, _| json_response(307, &[&to], "moved"));
    let output = api(&server, &Home::new(), &["tickets", "-f", "title=x"]);
    assert_eq!((output.code, output.stdout.as_str()), (1, "moved"), "{output:?}");
    assert!(output.stderr.contains("redirects are not followed"), "{output:?}");
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}

#[cfg(unix)]
#[test]
fn terminals_get_no_control_characters() {
    let body = "{\"data\":{\"title\":\"\u{202e}a\\u001b[2J\",\"n\":1.50}}";
    let server = ScriptedServer::start(move |_, _| json_response(200, &["x-odd: \u{9b}2J"], body));
    let home = Home::new();
    for (args, expected) in [
        (&["api", "tickets"][..], "\\u001b[2J"),
        (&["api", "tickets", "--jq", ".data.title"], "\\x1b[2J"),
        (&["api", "tickets", "-i"], "x-odd"),
    ] {
        let Some(mut terminal) = Terminal::start(&server.cstar(&home), args) else {
            return println!("{SKIPPED}");
        };
        let shown = terminal.read_to_end();
        assert!(shown.contains(expected), "{args:?}: {shown:?}");
        assert!(
            !shown.contains("\u{1b}[2J") && !shown.contains(['\u{202e}', '\u{9b}']),
            "{args:?}: {shown:?}"
        );
    }
}

#[test]
fn writes_are_repeated_with_the_same_key() {
    let server = ScriptedServer::start(|number, _| match number {
        0 => json_response(503, &[], "{}"),
        1 => json_response(429, &["retry-after: 0"], "{}"),
        _ => json_response(200, &[], "{\"ok\":true}"),
    });
    let output = api(&server, &Home::new(), &["DELETE", "tickets/tkt_1"]).ok();
    assert_eq!(output.stdout, "{\"ok\":true}");
    let keys: Vec<_> = server
        .requests()
        .iter()
        .map(|request| request.header("idempotency-key").unwrap().to_owned())
        .collect();
    assert_eq!(keys.len(), 3);
    assert!(keys.iter().all(|key| *key == keys[0] && key.len() == 32), "{keys:?}");
    let own = api(&server, &Home::new(), &["tickets", "-f", "title=x", "-H", "Idempotency-Key: mine"]).ok();
    assert_eq!(own.code, 0);
    assert_eq!(server.requests()[3].header("idempotency-key"), Some("mine"));
    api(&server, &Home::new(), &["tickets"]).ok();
    assert_eq!(server.requests()[4].header("idempotency-key"), None);
}

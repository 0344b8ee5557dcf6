//! A delivery with a 2xx status and an incomplete body: every view of it reports that.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::mcp::client::McpClient;
use crate::support::api_connection::ApiConnection;
use crate::support::listen::Listen;
use crate::support::raw_server::{raw_server, read_request};
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home};

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 9\r\n\r\nok";

/// The connection stays open until the client closes it.
fn never_ends(mut stream: TcpStream) {
    read_request(&mut stream);
    let _ = stream.write_all(HEAD);
    let _ = stream.read(&mut [0; 1]);
}

fn breaks_off(mut stream: TcpStream) {
    if read_request(&mut stream) {
        let _ = stream.write_all(HEAD);
    }
}

/// `listen` delivers one event to each of `servers`; returns the event's id.
fn deliver(home: &Home, sandbox: &Sandbox, servers: &[u16]) -> String {
    let mut args = Vec::new();
    for port in servers {
        args.extend(["--forward-to".to_owned(), format!("http://127.0.0.1:{port}/x")]);
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let mut listen = Listen::start(sandbox.cstar(home), &args);
    let id = ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 1);
    listen.wait_for_all("delivered", servers.len());
    listen.stop();
    id
}

fn check_views(server: fn(TcpStream), remark: &str, advice: &str) {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let port = raw_server(server);
    let id = deliver(&home, &sandbox, &[port]);
    let reason = format!("answered HTTP 200, but {remark}");

    let why = home.run(["why", &id]).ok().stdout;
    assert!(why.contains("was delivered.") && why.contains("answered HTTP 200 after "), "{why}");
    assert!(why.contains(&format!(", but {remark}; delivered.")), "{why}");
    let show = home.run(["history", "show", &id]).ok().stdout;
    assert!(show.contains(&format!("delivered: {reason}")), "{show}");
    assert!(show.contains("the response is incomplete"), "{show}");
    let export = home.run(["history", "export", "--jsonl"]).ok().stdout;
    assert!(export.contains(&reason), "{export}");
    let har = home.run(["history", "export", "--har"]).ok().stdout;
    assert!(har.contains(&reason), "{har}");

    let about = |event: &Value| {
        assert_eq!(event["status"], "delivered", "{event}");
        assert_eq!(event["deliveries"][0]["last_reason"], *reason, "{event}");
        assert_eq!(event["deliveries"][0]["attempts"], 1, "{event}");
    };
    let whole = |event: &Value| {
        about(event);
        let attempts = event["attempts"].as_array().unwrap();
        assert_eq!(attempts.len(), 1, "{event}");
        assert_eq!((&attempts[0]["outcome"], &attempts[0]["status"]), (&json!("delivered"), &json!(200)));
        assert_eq!(attempts[0]["reason"], *reason, "{event}");
        assert_eq!(
            (&attempts[0]["response_body"], &attempts[0]["response_truncated"]),
            (&json!("ok"), &json!(true))
        );
    };
    let view = |args: &[&str]| CommandOutput::run(home.cstar().args(args).arg("--json")).ok().json();
    let why = view(&["why", &id]);
    whole(&why);
    let next = why["next"].to_string();
    assert!(next.contains(advice) && !next.contains("Nothing needs"), "{next}");
    whole(&view(&["history", "show", &id]));
    about(&view(&["history"])[0]);
    let mut agent = McpClient::start_without_account(&home);
    about(&agent.call("cstar_list_deliveries", json!({}))["deliveries"][0]);
    let explained = agent.call("cstar_explain_delivery", json!({ "event_id": id }));
    whole(&explained["event"]);
    assert!(explained["story"].to_string().contains(remark), "{explained}");

    // A replay is recorded in the same way, and reports it.
    let replayed = view(&["replay", &id, "--secret", "whsec_unfinished_test"]);
    assert_eq!((&replayed[0]["success"], &replayed[0]["remark"]), (&json!(true), &json!(remark)));
    let attempts = view(&["history", "show", &id]);
    assert_eq!(attempts["attempts"][1]["reason"], *reason, "{attempts}");
    assert_eq!(attempts["status"], "delivered");
}

#[test]
fn views_report_a_body_that_never_ended() {
    check_views(never_ends, "the body never ended", "end the response in the handler");
}

#[test]
fn views_report_a_body_that_broke_off() {
    check_views(breaks_off, "the body broke off", "send the whole body");
}

#[test]
fn only_the_unfinished_target_has_a_reason() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let good = raw_server(|mut stream| {
        if read_request(&mut stream) {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        }
    });
    let id = deliver(&home, &sandbox, &[good, raw_server(breaks_off)]);
    let event = home.run(["history", "show", &id, "--json"]).ok().json();
    let reasons: Vec<_> =
        event["deliveries"].as_array().unwrap().iter().map(|one| &one["last_reason"]).collect();
    assert_eq!(reasons, [&Value::Null, &json!("answered HTTP 200, but the body broke off")]);
    assert_eq!(event["attempts"].as_array().unwrap().len(), 2, "{event}");
}

#[test]
fn trigger_json_has_the_remark() {
    let target = format!("http://127.0.0.1:{}/x", raw_server(breaks_off));
    let args = ["trigger", "ticket.created", "--secret", "whsec_unfinished_test", "--json", "--to", &target];
    let output = Home::new().run(args).ok().json();
    assert_eq!((&output["success"], &output["remark"]), (&json!(true), &json!("the body broke off")));
}

#[test]
fn trigger_wait_has_the_reason() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let target = format!("http://127.0.0.1:{}/x", raw_server(breaks_off));
    let _listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &target]);
    let reason = "answered HTTP 200, but the body broke off";
    let output = sandbox.run(&home, ["trigger", "ticket.created", "--wait", "--json"]).ok().json();
    let waited = &output["waited"][0];
    assert_eq!((&waited["status"], &waited["last_reason"]), (&json!("delivered"), &json!(reason)));
    let output = sandbox.run(&home, ["trigger", "ticket.created", "--wait"]).ok();
    assert!(output.stdout.contains(reason), "{output:?}");
}

//! The tools for debugging webhooks, in the order in which an agent uses them.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::client::McpClient;
use crate::support::listen::Listen;
use crate::support::ports::closed_port;
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{STREAM, ScriptedServer, Step, send, session, ticket_event};
use crate::support::{Home, TIMEOUT};

#[test]
fn wait_returns_the_requested_event() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let mut client = McpClient::start(sandbox.cstar(&home), &[]);
    let waiting =
        client.post_call("cstar_wait_for_event", json!({ "types": ["customer.*"], "containing": "Zoe-7" }));
    // Events are sent only after the wait is connected.
    let deadline = Instant::now() + TIMEOUT;
    let trigger = |kind: &str, name: &str| -> Value {
        let data = json!({ "customer": { "name": name } }).to_string();
        sandbox.run(&home, ["trigger", kind, "--data", &data, "--json"]).ok().json()
    };
    while trigger("customer.created", "Zoe-6")["deliveredTo"] == 0 {
        assert!(Instant::now() < deadline, "the wait never connects");
    }
    trigger("ticket.created", "Zoe-7");
    let expected = trigger("customer.updated", "Zoe-7");
    let result = client.answer(waiting)["result"]["structuredContent"].clone();
    assert_eq!((&result["received"], &result["event"]["id"]), (&true.into(), &expected["eventId"]));
    assert!(result.get("delivery").is_none(), "{result}");
    assert!(result["conclusion"].as_str().unwrap().contains("No `cstar listen`"), "{result}");
}

#[test]
fn wait_times_out_with_what_to_check() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let mut client = McpClient::start(sandbox.cstar(&home), &[]);
    let begun = Instant::now();
    let waited = client.call("cstar_wait_for_event", json!({ "timeout_seconds": 1 }));
    assert!(begun.elapsed() >= Duration::from_secs(1) && begun.elapsed() < Duration::from_secs(5));
    assert_eq!(waited["received"], false);
    assert!(waited["conclusion"].as_str().unwrap().contains("cstar_get_status"), "{waited}");
}

#[test]
fn wait_reports_progress_and_can_be_cancelled() {
    let home = Home::new();
    let server = ScriptedServer::start(|_, _| {
        vec![
            send(STREAM),
            send(session(&json!({ "session_id": "lst_1" }))),
            send(ticket_event("evt_1")),
            Step::Hold,
        ]
    });
    let mut client = McpClient::start(server.cstar(&home), &[]);
    let params = json!({
        "name": "cstar_wait_for_event",
        "arguments": { "types": ["survey.submitted"], "timeout_seconds": 300 },
        "_meta": { "progressToken": "p1" },
    });
    let id = client.post("tools/call", params);
    let reported = client.next();
    assert_eq!(
        (&reported["method"], &reported["params"]["progressToken"]),
        (&"notifications/progress".into(), &"p1".into())
    );
    assert_eq!((&reported["params"]["progress"], &reported["params"]["total"]), (&5.0.into(), &300.0.into()));
    assert_eq!(reported["params"]["message"], "waiting; 1 other events so far");
    client.cancel(id);
    assert!(client.drain().is_empty(), "a cancelled request is not answered");
    // The wait has closed its connection, so the server can see that.
    assert_eq!(client.close().0.code(), Some(0));
}

#[test]
fn refused_stream_ends_the_wait() {
    let home = Home::new();
    let refusal = r#"{"success":false,"error":{"type":"authentication_error","code":"insufficient_permissions","message":"Secret key required","request_id":"req_7"}}"#;
    let server =
        ScriptedServer::start(move |_, _| crate::support::scripted_server::json_response(403, &[], refusal));
    let reported = McpClient::start(server.cstar(&home), &[]).call_error("cstar_wait_for_event", json!({}));
    assert!(reported.contains("HTTP 403") && reported.contains("Request id: req_7"), "{reported}");
}

#[test]
fn deliveries_are_paginated() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let args = ["--forward-to", &receiver.url(), "--count", "5"];
    let listen = Listen::start(sandbox.cstar(&home), &args);
    sandbox.run(&home, ["trigger", "ticket.created", "--count", "5"]).ok();
    listen.finish();
    let mut client = McpClient::start(sandbox.cstar(&home), &[]);
    let (mut seen, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let page = client.call("cstar_list_deliveries", json!({ "limit": 2, "cursor": cursor }));
        let ids =
            page["deliveries"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned());
        seen.extend(ids);
        cursor = page["next_cursor"].clone();
        assert_eq!(page["has_more"].as_bool(), Some(cursor.is_string()), "{page}");
        if cursor.is_null() {
            break;
        }
    }
    let mut unique = seen.clone();
    unique.sort();
    unique.dedup();
    assert_eq!((seen.len(), unique.len()), (5, 5), "{seen:?}");
    let none = client.call("cstar_list_deliveries", json!({ "types": ["survey.*"] }));
    assert!(none["hint"].as_str().unwrap().contains("cstar listen"), "{none}");
}

#[test]
fn replay_goes_only_where_the_user_chose() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url()]);
    let triggered = sandbox.run(&home, ["trigger", "ticket.created", "--json"]).ok().json();
    listen.wait_for("delivered");
    receiver.next();
    let mut client = McpClient::start(sandbox.cstar(&home), &[]);
    let port = receiver.port;
    for (to, part) in [
        ("https://evil.example/take".to_owned(), "evil.example:443"),
        (format!("http://localhost.evil.example:{port}/"), "localhost.evil.example"),
        (format!("http://127.0.0.1:{}/", closed_port()), "before"),
        (format!("http://user:pw@127.0.0.1:{port}/"), "user name or password"),
        (format!("http://user@127.0.0.1:{port}/"), "user name or password"),
        ("ftp://localhost/".to_owned(), "ftp"),
        ("evil".to_owned(), "expected a URL"),
        ("0".to_owned(), "port 0"),
    ] {
        let reported =
            client.call_error("cstar_replay_event", json!({ "event_id": triggered["eventId"], "to": to }));
        assert!(reported.contains(part), "{to}: {reported}");
        assert!(!reported.contains("pw@"), "{reported}");
    }
    let again = client.call("cstar_replay_event", json!({ "event_id": triggered["eventId"] }));
    assert_eq!(
        (&again["delivered"], &again["signed_with"]),
        (&true.into(), &"the secret of the listen session".into())
    );
    assert_eq!(receiver.next().header("x-delivery-attempt"), "2");
    // Another path of a known server, by any of its names.
    let to = format!("http://localhost:{port}/other");
    let other = client.call("cstar_replay_event", json!({ "event_id": triggered["eventId"], "to": to }));
    assert_eq!(other["delivered"], true, "{other}");
    receiver.next();
}

#[test]
fn wrong_signature_is_explained() {
    let home = Home::new();
    let mut command = home.cstar();
    command.env("CSTAR_WEBHOOK_SECRET", "whsec_x");
    let mut client = McpClient::start(command, &[]);
    let now =
        i64::try_from(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs())
            .unwrap();
    let header = cstar::signature::sign(b"{}", "whsec_x", now);
    let good = client.call("cstar_verify_signature", json!({ "body": "{}", "signature": header }));
    assert_eq!((&good["valid"], &good["scheme"]), (&true.into(), &"v1".into()));
    assert!(good.get("secret_warning").is_none(), "{good}");
    let unusual = json!({ "body": "{}", "signature": header, "secret": "whsec_x\u{200b}" });
    let unusual = client.call("cstar_verify_signature", unusual);
    assert!(unusual["secret_warning"].as_str().unwrap().contains("zero-width space"), "{unusual}");
    for (body, header, secret, cause) in [
        ("{}\n", header.clone(), "whsec_x", "line break"),
        ("{}", header.clone(), "whsec_x ", "white space"),
        ("{}", cstar::signature::sign(b"{}", "whsec_x", now - 3600), "whsec_x", "old"),
    ] {
        let verified = client
            .call("cstar_verify_signature", json!({ "body": body, "signature": header, "secret": secret }));
        assert_eq!(verified["valid"], false);
        let reported = format!("{}{}", verified["causes"], verified["reason"]);
        assert!(reported.contains(cause), "no {cause:?} in {verified}");
    }
    let other = client.call(
        "cstar_verify_signature",
        json!({ "body": "{}", "signature": header, "secret": "whsec_other" }),
    );
    assert!(other["conclusion"].as_str().unwrap().contains("--print-secret"), "{other}");
    assert!(!other.to_string().contains("whsec_other"));
}

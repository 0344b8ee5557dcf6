//! The samples in cStar's documentation, as responses of a server: each is read, forwarded or refused as its
//! page describes. And the requests that our client sends.

// The requests of the page are run by a Unix shell.
#[cfg(unix)]
mod webhooks;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::support::receiver::Receiver;
use crate::support::scripted_server::{
    FAKE_KEY, RecordedRequest, STREAM, ScriptedServer, Step, json_response, send, session,
};
use crate::support::{CommandOutput, Home};

/// The payload sample of the webhooks page, byte for byte.
const ENVELOPE: &str = include_str!("golden/envelope.json");

const SECRET: &str = "whsec_AbCdEf1234567890...";

/// The published verifier with its habits: no trimming, the last `v1` wins, hex in either case.
fn published_verifier_accepts(body: &[u8], header: &str, secret: &str, now: f64) -> bool {
    let (mut t, mut v1) = ("", "");
    for part in header.split(',') {
        let mut halves = part.split('=');
        match (halves.next(), halves.next()) {
            (Some("t"), Some(value)) => t = value,
            (Some("v1"), Some(value)) => v1 = value,
            _ => {}
        }
    }
    let seconds: f64 = t.parse().unwrap_or(0.0);
    if seconds == 0.0 || v1.is_empty() || (now - seconds).abs() > 300.0 {
        return false;
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body);
    mac.finalize().into_bytes()[..] == hex::decode(v1).unwrap_or_default()
}

fn now() -> f64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64()
}

#[test]
fn documented_event_passes_published_verifier() {
    let lines: String = ENVELOPE.lines().map(|line| format!("data: {line}\n")).collect();
    let server = ScriptedServer::start(move |_, _| {
        let opening = session(&json!({"webhook_id": "whk_b2c3d4e5f6a7", "secret": SECRET}));
        // The id and the type are those in the body.
        vec![send(STREAM.to_owned() + &opening + &lines + "request-id: req_abc123\n\n"), Step::Hold]
    });
    let (home, receiver) = (Home::new(), Receiver::start());
    let mut listen = server.listen(&home, &["--forward-to", &receiver.url(), "--count", "1"]);
    listen.wait_for("delivered");
    let request = receiver.next();
    assert_eq!(request.body, ENVELOPE.as_bytes());
    assert_eq!(request.header("x-event-id"), "evt_ticket_created_1774583010044_abc12345");
    assert_eq!(request.header("x-event-type"), "ticket.created");
    assert_eq!(request.header("x-webhook-id"), "whk_b2c3d4e5f6a7");
    assert_eq!(request.header("x-cstar-request-id"), "req_abc123");
    assert_eq!(request.header("x-delivery-attempt"), "1");
    assert_eq!(request.header("user-agent"), "cStar-Webhooks/1.0");
    assert_eq!(request.header("content-type"), "application/json");
    assert!(request.header("x-timestamp").ends_with('Z'));
    for name in ["x-signature", "cstar-signature"] {
        let header = request.header(name);
        assert!(published_verifier_accepts(&request.body, header, SECRET, now()), "{name}: {header}");
        assert!(!published_verifier_accepts(&request.body, header, SECRET, now() + 302.0));
        assert!(!published_verifier_accepts(&request.body, header, "whsec_other", now()));
    }
}

/// Runs `cstar trigger ticket.created` with these arguments against a server with this response.
fn trigger(reply: &'static str, args: &[&str]) -> CommandOutput {
    let (home, server) = (Home::new(), ScriptedServer::start(move |_, _| json_response(200, &[], reply)));
    CommandOutput::run(server.cstar(&home).args(["trigger", "ticket.created"]).args(args))
}

#[test]
fn documented_trigger_reply_is_accepted() {
    let reply = r#"{
  "success": true,
  "data": {
    "event": "ticket.created",
    "eventId": "evt_abc123",
    "test": true,
    "deliveries": []
  },
  "meta": {
    "requestId": "req_abc123",
    "timestamp": "2025-12-10T14:30:00Z"
  }
}"#;
    let human = trigger(reply, &[]).ok();
    assert_eq!(human.stdout, "Fired  ticket.created  evt_abc123\n");
    assert_eq!(human.stderr, "");
    let data = json!({"event": "ticket.created", "eventId": "evt_abc123", "test": true, "deliveries": []});
    assert_eq!(trigger(reply, &["--json"]).ok().json(), data);
}

#[test]
fn second_documented_trigger_reply_is_accepted() {
    let reply = r#"{"success":true,"data":{"event":"ticket.created","deliveredTo":2}}"#;
    let human = trigger(reply, &[]).ok();
    assert!(human.stdout.contains("2 receivers"), "{human:?}");
    let data = json!({"event": "ticket.created", "deliveredTo": 2});
    assert_eq!(trigger(reply, &["--json"]).ok().json(), data);
    let unreceived =
        trigger(r#"{"success":true,"data":{"event":"ticket.created","deliveredTo":0}}"#, &[]).ok();
    assert!(unreceived.stderr.contains("was not received"), "{unreceived:?}");
}

/// The error bodies of the reference page: status, type, code, message, documentation.
const ERRORS: [(u16, u8, &str, &str, &str); 5] = [
    (400, 1, "validation_error", "PARAMETER_INVALID", "Unknown event type: invalid.event"),
    (401, 4, "authentication_error", "authentication_required", "Invalid or expired API key"),
    (403, 4, "authorization_error", "insufficient_permissions", "Secret key required for this endpoint"),
    (404, 1, "not_found_error", "RESOURCE_MISSING", "Webhook not found"),
    (429, 1, "rate_limit_error", "rate_limit_exceeded", "Rate limit exceeded. Try again in 60 seconds"),
];

#[test]
fn documented_errors_keep_code_and_message() {
    for (status, exit, kind, code, message) in ERRORS {
        let body = json!({
            "success": false,
            "error": {"type": kind, "code": code, "message": message, "param": "event",
                "doc_url": "https://www.cstar.help/developers/api-reference", "request_id": "req_abc123"},
            "meta": {"timestamp": "2025-12-10T14:30:00Z"},
        })
        .to_string();
        // Longer than the client waits.
        let retry_after = ["retry-after: 61"];
        let server = ScriptedServer::start(move |_, _| json_response(status, &retry_after, &body));
        let home = Home::new();
        let output = CommandOutput::run(server.cstar(&home).args(["trigger", "ticket.created", "--json"]));
        assert_eq!(output.code, i32::from(exit), "{output:?}");
        assert_eq!(output.stdout, "");
        let error = output.json_error();
        assert_eq!((&error["type"], &error["code"]), (&json!(kind), &json!(code)));
        assert_eq!((&error["param"], &error["request_id"]), (&json!("event"), &json!("req_abc123")));
        assert!(error["message"].as_str().unwrap().contains(message), "{error}");
        assert_eq!(server.requests().len(), 1, "{status} was tried again");
        let human = CommandOutput::run(server.cstar(&home).args(["trigger", "ticket.created"]));
        assert!(human.stderr.contains(message) && human.stderr.contains("req_abc123"), "{human:?}");
    }
}

#[test]
fn documented_rate_limit_is_waited_for() {
    let server = ScriptedServer::start(|number, _| match number {
        0 => json_response(429, &[], r#"{"error":{"code":"RATE_LIMITED","retryAfter":1}}"#),
        1 => json_response(429, &["Retry-After: 2"], r#"{"error":{"retryAfter":1}}"#),
        _ => json_response(200, &[], r#"{"data":{"event":"ticket.created"}}"#),
    });
    CommandOutput::run(server.cstar(&Home::new()).current_dir("/").args(["trigger", "ticket.created"])).ok();
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    // More than the backoff alone, which is 0.5 s and 1 s.
    let waits: Vec<_> = requests.windows(2).map(|pair| (pair[1].at - pair[0].at).as_millis()).collect();
    assert!(waits[0] >= 1000 && waits[1] >= 2000, "{waits:?}");
}

#[test]
fn documented_whoami_names_the_team() {
    let server = ScriptedServer::start(|_, _| json_response(401, &[], "{}"));
    let home = Home::new();
    let output = CommandOutput::run(server.cstar(&home).args(["listen", "--forward-to", "1"]));
    assert!(output.stderr.contains("Acme Corp (live data), key sk_test_"), "{output:?}");
    assert_eq!(server.requests()[0].target(), "/api/v1/teams/your-team-uuid/webhooks/listen");
}

fn assert_common_headers(request: &RecordedRequest) {
    assert_eq!(request.header("authorization"), Some(format!("Bearer {FAKE_KEY}").as_str()));
    assert_eq!(request.header("cstar-version"), Some("2026-03-01"));
    let agent = request.header("user-agent").unwrap();
    let rest = agent.strip_prefix("cstar-cli/").unwrap_or_else(|| panic!("{agent}"));
    let (version, system) = rest.split_once(' ').unwrap();
    assert_eq!(version, env!("CARGO_PKG_VERSION"));
    let inner = system.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap();
    assert_eq!(inner, format!("{}; {}", std::env::consts::OS, std::env::consts::ARCH));
}

#[test]
fn retries_keep_their_idempotency_key() {
    let server = ScriptedServer::without_whoami(|number, _| match number {
        0 => json_response(200, &[], crate::support::scripted_server::WHOAMI),
        1 => json_response(500, &[], "{}"),
        2 => json_response(503, &[], "{}"),
        _ => json_response(200, &[], r#"{"data":{"event":"ticket.created"}}"#),
    });
    let home = Home::new();
    CommandOutput::run(server.cstar(&home).args([
        "trigger",
        "ticket.created",
        "--count",
        "2",
        "--set",
        "data.ticket.x=1",
    ]))
    .ok();
    let requests = server.requests();
    requests.iter().for_each(assert_common_headers);
    assert_eq!(requests[0].target(), "/api/v1/auth/whoami");
    assert_eq!(requests[0].header("idempotency-key"), None);
    let posts = &requests[1..];
    assert_eq!(posts.len(), 4);
    for post in posts {
        assert!(post.head.starts_with("POST /api/v1/teams/your-team-uuid/webhooks/trigger-test HTTP/1.1"));
        assert_eq!(post.header("content-type"), Some("application/json"));
        let body: Value = serde_json::from_slice(&post.body).unwrap();
        assert_eq!(body["event"], "ticket.created");
        assert!(!body["data"]["ticket"]["x"].is_null());
    }
    let keys: Vec<_> = posts.iter().map(|post| post.header("idempotency-key").unwrap()).collect();
    assert!(keys[0].len() >= 16, "{keys:?}");
    assert_eq!((keys[0], keys[1]), (keys[1], keys[2]));
    assert_ne!(keys[2], keys[3]);
}

#[test]
fn trigger_sends_exactly_the_documented_body() {
    let server = ScriptedServer::start(|_, _| json_response(200, &[], r#"{"data":{}}"#));
    let home = Home::new();
    CommandOutput::run(server.cstar(&home).args(["trigger", "ticket.created"])).ok();
    let body: Value = serde_json::from_slice(&server.requests()[0].body).unwrap();
    assert_eq!(body, json!({"event": "ticket.created"}));
}

#[test]
fn listen_request_refuses_compression() {
    let server = ScriptedServer::start(|_, _| json_response(401, &[], "{}"));
    let args = ["--forward-to", "1", "--events", "ticket.*,customer.created"];
    server.listen(&Home::new(), &args).finish();
    let request = &server.requests()[0];
    assert_common_headers(request);
    assert!(request.head.starts_with("GET "), "{request:?}");
    let query = request.target().split_once('?').unwrap().1;
    assert_eq!(query, "types=customer.created,ticket.*");
    assert_eq!(request.header("accept"), Some("text/event-stream"));
    assert_eq!(request.header("accept-encoding"), Some("identity"));
    assert_eq!(request.header("last-event-id"), None);
}

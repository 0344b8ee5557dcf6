//! The requests that `cstar webhooks` sends, and responses that the sandbox would not give.

use serde_json::{Value, json};

use crate::support::scripted_server::{FAKE_KEY, ScriptedServer, json_response};
use crate::support::{CommandOutput, Home};

const LISTED: &str = r#"{"success":true,"data":[
    {"id":"whk_a1","name":"Server","url":"https://e.test/","events":["ticket.created"],"isActive":true},
    {"id":"whk_b2","name":"\u001b[2Jweb\nfake\ttab","url":"https://f.test/","events":"ticket.*, boss.spawned","is_active":false,"new":1}
    ],"pagination":{"total":2,"page":1,"pageSize":20,"hasMore":false},"meta":{"requestId":"req_abc123"}}"#;

#[test]
fn requests_are_the_documented_ones() {
    let server = ScriptedServer::start(|_, request| {
        let (method, target) = (request.head.split(' ').next().unwrap(), request.target());
        let tested = r#"{"data":{"deliveryId":"dlv_1","event":"boss.spawned","success":true,"status":200}}"#;
        match method {
            "GET" if target.contains("/deliveries") => {
                json_response(200, &[], r#"{"data":[{"id":"dlv_1"}]}"#)
            }
            "GET" if target.ends_with("/whk_b2") => json_response(200, &[], r#"{"data":{"id":"whk_b2"}}"#),
            "GET" => json_response(200, &[], LISTED),
            "POST" if target.ends_with("/test") || target.ends_with("/resend") => {
                json_response(200, &[], tested)
            }
            "POST" => json_response(201, &[], r#"{"data":{"id":"whk_c3","signingSecret":"whsec_new"}}"#),
            "DELETE" => json_response(200, &[], r#"{"data":{"deleted":true}}"#),
            _ => json_response(200, &[], r#"{"data":{"id":"whk_a1"}}"#),
        }
    });
    let home = Home::new();
    let run = |args: &[&str]| CommandOutput::run(server.cstar(&home).arg("webhooks").args(args)).ok();
    assert_eq!(
        run(&[
            "create",
            "--name",
            " Büro ",
            "--url",
            "3000",
            "--events",
            "ticket.*",
            "--events",
            "boss.spawned"
        ])
        .stdout,
        "whsec_new\n"
    );
    run(&["update", "whk_a", "--active", "false"]);
    run(&["test", "whk_b"]);
    run(&["rotate-secret", "whk_a1", "--yes"]);
    run(&["deliveries", "whk_a1", "--status", "failed", "--limit", "7", "--after", "dlv_9"]);
    run(&["resend", "whk_a1", "dlv_1"]);
    run(&["delete", "whk_b2", "--yes"]);
    let active = run(&["list", "--active"]);
    assert_eq!(active.stdout.lines().count(), 1, "filtered here, because the server does not");

    let requests = server.requests();
    let path = "/api/v1/teams/your-team-uuid/webhooks";
    let lines: Vec<String> = requests
        .iter()
        .map(|request| request.head.lines().next().unwrap().replace(path, "W").replace(" HTTP/1.1", ""))
        .filter(|line| line != "GET W")
        .collect();
    assert_eq!(
        lines,
        [
            "POST W",
            "PATCH W/whk_a1",
            "POST W/whk_b2/test",
            "POST W/whk_a1/rotate-secret",
            "GET W/whk_a1/deliveries?limit=7&status=failed&after=dlv_9",
            "GET W/whk_a1/deliveries?limit=100",
            "POST W/whk_a1/deliveries/dlv_1/resend",
            "DELETE W/whk_b2",
            "GET W?active=true",
        ]
    );
    let bodies: Vec<Value> =
        requests.iter().filter_map(|request| serde_json::from_slice(&request.body).ok()).collect();
    let created = json!({"name": "Büro", "url": "http://localhost:3000/api/webhooks", "events": "ticket.*,boss.spawned"});
    assert_eq!(bodies[..3], [created, json!({"isActive": false}), json!({"event": "ticket.created"})]);
    for request in &requests {
        assert_eq!(request.header("authorization"), Some(format!("Bearer {FAKE_KEY}").as_str()));
        assert_eq!(request.header("idempotency-key").is_some(), !request.body.is_empty());
    }
}

#[test]
fn list_of_another_api_version_is_escaped() {
    let server = ScriptedServer::start(|_, _| json_response(200, &[], LISTED));
    let home = Home::new();
    let list = CommandOutput::run(server.cstar(&home).args(["webhooks", "list"])).ok();
    assert_eq!(
        list.stdout,
        "whk_a1\tServer\tactive\tticket.created\thttps://e.test/\t-\n\
         whk_b2\t\\x1b[2Jweb\\x0afake\\x09tab\tinactive\tticket.*,boss.spawned\thttps://f.test/\t-\n"
    );
    let reported = CommandOutput::run(server.cstar(&home).args(["webhooks", "list", "--json"])).ok();
    assert!(!reported.stdout.contains('\u{1b}') && reported.json()[1]["new"] == 1, "{reported:?}");
}

#[test]
fn response_without_secret_gets_a_hint() {
    let server = ScriptedServer::start(|_, _| json_response(201, &[], r#"{"data":{"id":"whk_c3"}}"#));
    let home = Home::new();
    let args = ["webhooks", "create", "--url", "3000", "--events", "*"];
    let output = CommandOutput::run(server.cstar(&home).args(args));
    assert_eq!((output.code, output.stdout.as_str()), (1, ""), "{output:?}");
    assert!(output.stderr.contains("cstar webhooks rotate-secret whk_c3"), "{output:?}");
}

#[test]
fn malformed_responses_get_a_one_line_error() {
    for (status, body, code, expected) in [
        (200, "<html>", 1, "not what the API documents"),
        (200, r#"{"data":{"id":"whk_1"}}"#, 1, "not what the API documents"),
        (
            404,
            r#"{"success":false,"error":{"type":"not_found_error","code":"RESOURCE_MISSING","message":"Webhook not found"}}"#,
            1,
            "Webhook not found",
        ),
        (
            403,
            r#"{"success":false,"error":{"type":"authorization_error","code":"insufficient_permissions","message":"Secret key required for this endpoint"}}"#,
            4,
            "needs a secret key",
        ),
    ] {
        let server = ScriptedServer::start(move |_, _| json_response(status, &[], body));
        let home = Home::new();
        let output = CommandOutput::run(server.cstar(&home).args(["webhooks", "list"]));
        assert_eq!((output.code, output.stdout.as_str()), (code, ""), "{output:?}");
        assert!(output.stderr.contains(expected), "{output:?}");
        assert!(output.stderr.lines().count() <= 2, "{output:?}");
    }
}

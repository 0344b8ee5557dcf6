//! The requests that `cstar keys` sends, and responses that the sandbox would not give.

use serde_json::{Value, json};

use crate::support::scripted_server::{FAKE_KEY, ScriptedServer, json_response};
use crate::support::{CommandOutput, Home};

const LISTED: &str = r#"{"success":true,"data":[
    {"id":"key_a1","name":"Server","type":"secret","environment":"live","prefix":"sk_live_AbCd","lastUsedAt":null},
    {"id":"key_b2","object":"api_key","name":"\u001b[2Jweb\nfake\ttab","prefix":"pk_test_AbCd","createdAt":"2025-12-10T14:30:00Z","new":1}
    ],"pagination":{"total":2,"page":1,"pageSize":20,"hasMore":false},"meta":{"requestId":"req_abc123"}}"#;

#[test]
fn key_is_sent_only_in_its_header() {
    let server = ScriptedServer::start(|_, request| match request.head.split(' ').next() {
        Some("POST") => json_response(201, &[], r#"{"data":{"id":"key_c3","key":"sk_live_new"}}"#),
        Some("DELETE") => json_response(200, &[], r#"{"data":{"deleted":true}}"#),
        _ => json_response(200, &[], LISTED),
    });
    let home = Home::new();
    let run = |args: &[&str]| CommandOutput::run(server.cstar(&home).arg("keys").args(args)).ok();
    run(&["create", "--name", " Büro ", "--type", "publishable"]);
    run(&["create", "--name", "a", "--environment", "test"]);
    let deleted = run(&["revoke", "sk_live_AbCd_and_the_rest_of_it", "--yes", "--json"]);
    assert_eq!(deleted.json(), json!({"deleted": true}));

    let requests = server.requests();
    let lines: Vec<&str> = requests.iter().map(|request| request.head.lines().next().unwrap()).collect();
    let path = "/api/v1/teams/your-team-uuid/api-keys";
    let expected = [
        format!("POST {path} HTTP/1.1"),
        format!("POST {path} HTTP/1.1"),
        format!("GET {path} HTTP/1.1"),
        format!("DELETE {path}/key_a1 HTTP/1.1"),
    ];
    assert_eq!(lines, expected);
    let bodies: Vec<Value> =
        requests[..2].iter().map(|request| serde_json::from_slice(&request.body).unwrap()).collect();
    // `whoami` reports live.
    assert_eq!(bodies[0], json!({"name": "Büro", "type": "publishable", "environment": "live"}));
    assert_eq!(bodies[1], json!({"name": "a", "environment": "test"}));
    for request in &requests {
        assert_eq!(request.header("authorization"), Some(format!("Bearer {FAKE_KEY}").as_str()));
        let all = format!("{}{}", request.head, String::from_utf8_lossy(&request.body));
        assert_eq!(all.matches(FAKE_KEY).count(), 1, "{all}");
        assert!(!all.contains("and_the_rest_of_it"), "{all}");
        let keyed = request.header("idempotency-key").is_some();
        assert_eq!(keyed, request.head.starts_with("POST"), "{}", request.head);
    }
}

#[test]
fn other_response_shapes_are_read_and_escaped() {
    let home = Home::new();
    let server = ScriptedServer::start(|_, _| json_response(200, &[], LISTED));
    let list = CommandOutput::run(server.cstar(&home).args(["keys", "list"])).ok();
    assert_eq!(
        list.stdout,
        "key_a1\tServer\tsecret\tlive\tsk_live_AbCd\t-\t-\nkey_b2\t\\x1b[2Jweb\\x0afake\\x09tab\t-\t-\tpk_test_AbCd\t2025-12-10T14:30:00Z\t-\n"
    );
    assert_eq!(list.stderr, "", "neither is the key in use");
    let json = CommandOutput::run(server.cstar(&home).args(["keys", "list", "--json"])).ok().json();
    assert_eq!(json[1]["new"], 1, "what is not known is kept");
}

//! Batches of JSON-RPC, which only protocol 2025-03-26 has.

use serde_json::{Value, json};

use super::client::McpClient;
use crate::support::Home;

fn request(id: impl Into<Value>, method: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id.into(), "method": method })
}

fn started(home: &Home, version: &str) -> McpClient {
    let mut client = McpClient::start_uninitialized(home.cstar(), &[]);
    client.initialize(version);
    client
}

/// Sends a line and returns the messages before the response to the next request.
fn messages_after(client: &mut McpClient, line: &Value) -> Vec<Value> {
    client.write(line.to_string().as_bytes());
    client.drain_with_batches()
}

/// The codes of errors by id, and the ids of results.
fn outline(answers: &Value) -> Vec<(Value, Option<i64>)> {
    let mut outline: Vec<(Value, Option<i64>)> = answers
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| (answer["id"].clone(), answer["error"]["code"].as_i64()))
        .collect();
    outline.sort_by_key(|(id, _)| id.to_string());
    outline
}

#[test]
fn batch_is_answered_by_one_array() {
    let home = Home::new();
    for version in ["2025-03-26", "2024-11-05"] {
        let mut client = started(&home, version);
        let call = json!({ "jsonrpc": "2.0", "id": "c", "method": "tools/call",
            "params": { "name": "cstar_list_events", "arguments": { "category": "surveys" } } });
        let note = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        let batch = json!([request(500, "ping"), note, call, request(501, "no/such"), 7]);
        let answers = messages_after(&mut client, &batch);
        assert_eq!(answers.len(), 1, "{answers:?}");
        let expected =
            [(json!("c"), None), (json!(500), None), (json!(501), Some(-32601)), (Value::Null, Some(-32600))];
        assert_eq!(outline(&answers[0]), expected, "{version}");
        // A batch of notifications gets no response.
        assert_eq!(messages_after(&mut client, &json!([note, note])), Vec::<Value>::new());
        for (wrong, code) in [(json!([]), -32600), (json!([[]]), -32600), (json!([1, 2]), -32600)] {
            let answers = messages_after(&mut client, &wrong);
            let first = answers[0].get(0).unwrap_or(&answers[0]);
            assert_eq!((answers.len(), &first["error"]["code"]), (1, &json!(code)), "{wrong}");
        }
        assert_eq!(client.close().0.code(), Some(0));
    }
}

#[test]
fn cancelled_member_leaves_its_batch() {
    let home = Home::new();
    let server = crate::support::scripted_server::ScriptedServer::start(|_, _| {
        vec![crate::support::scripted_server::Step::Hold]
    });
    let mut client = McpClient::start_uninitialized(server.cstar(&home), &[]);
    client.initialize("2025-03-26");
    let wait = json!({ "jsonrpc": "2.0", "id": 700, "method": "tools/call",
        "params": { "name": "cstar_wait_for_event", "arguments": { "timeout_seconds": 300 } } });
    assert!(messages_after(&mut client, &json!([wait, request(701, "ping")])).is_empty());
    let cancel =
        json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 700 } });
    let answers = messages_after(&mut client, &cancel);
    assert_eq!(outline(&answers[0]), [(json!(701), None)]);
}

#[test]
fn large_and_late_batches_are_refused() {
    let home = Home::new();
    let many = |count: i64| Value::from_iter((0..count).map(|id| request(500 + id, "ping")));
    let mut client = started(&home, "2025-03-26");
    assert_eq!(outline(&messages_after(&mut client, &many(64))[0]).len(), 64);
    for (version, batch) in [("2025-03-26", many(65)), ("2025-06-18", many(1)), ("2025-11-25", many(2))] {
        let answers = messages_after(&mut started(&home, version), &batch);
        let error = &answers[0]["error"];
        assert_eq!((answers.len(), &error["code"]), (1, &json!(-32600)), "{version}: {answers:?}");
        assert!(error["message"].as_str().unwrap().contains("batch"), "{error}");
    }
}

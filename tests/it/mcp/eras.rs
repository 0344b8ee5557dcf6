//! Both eras of the protocol, malformed messages in each, and how the server starts and ends.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::client::{McpClient, modern_meta, names};
use crate::support::Home;
use crate::support::scripted_server::{ScriptedServer, json_response};

#[test]
fn every_version_with_a_handshake_works() {
    let home = Home::new();
    for (version, answered) in [
        ("2024-11-05", "2024-11-05"),
        ("2025-03-26", "2025-03-26"),
        ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"),
        ("2026-07-28", "2025-11-25"),
        ("1999-01-01", "2025-11-25"),
    ] {
        let mut client = McpClient::start_uninitialized(home.cstar(), &[]);
        let hello = client.initialize(version);
        assert_eq!(hello["protocolVersion"], answered, "{version}");
        assert_eq!(hello["serverInfo"]["name"], "cstar");
        assert!(hello["instructions"].as_str().unwrap().contains("cstar_explain_delivery"));
        for capability in ["tools", "resources", "prompts", "completions"] {
            assert!(hello["capabilities"][capability].is_object(), "{capability}: {hello}");
        }
        assert_eq!(names(&client.request("tools/list", json!({}))).len(), 21);
        assert_eq!(client.request("ping", json!({})), json!({}));
        let (status, stderr) = client.close();
        assert_eq!((status.code(), stderr), (Some(0), Vec::new()));
    }
}

#[test]
fn newest_version_needs_no_handshake() {
    let home = Home::new();
    let mut client = McpClient::start_without_handshake(home.cstar(), &[]);
    let found = client.request("server/discover", json!({}));
    let versions = found["supportedVersions"].as_array().unwrap();
    assert!(versions.contains(&"2026-07-28".into()) && versions.contains(&"2025-11-25".into()), "{found}");
    assert!(found["capabilities"]["tools"].is_object(), "{found}");
    let list = client.request("tools/list", json!({}));
    assert_eq!(names(&list).len(), 21);
    assert_eq!(list["resultType"], "complete");
    let listed = client.request("tools/call", json!({ "name": "cstar_list_events", "arguments": {} }));
    assert_eq!(listed["structuredContent"]["events"].as_array().unwrap().len(), 35);
    assert_eq!(client.error("ping", json!({}))["code"], -32601, "the newest version has no ping");

    let mut meta = modern_meta();
    meta["io.modelcontextprotocol/protocolVersion"] = "2099-01-01".into();
    client.send(&json!({ "jsonrpc": "2.0", "id": 900, "method": "tools/list", "params": { "_meta": meta } }));
    let refused = client.answer(900);
    assert_eq!(refused["error"]["code"], -32022, "{refused}");
    assert!(
        refused["error"]["data"]["supported"].as_array().unwrap().contains(&"2026-07-28".into()),
        "{refused}"
    );
    client.drain();
    assert_eq!(client.close().0.code(), Some(0));
}

/// A request without metadata gets an error that names what is missing, and the next one may be correct.
#[test]
fn early_messages_are_harmless() {
    let home = Home::new();
    let mut client = McpClient::start_uninitialized(home.cstar(), &[]);
    for line in [
        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}"#,
        r#"{"jsonrpc":"2.0","id":1,"result":{}}"#,
        r#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m"}}"#,
        "",
        "garbage",
    ] {
        client.write(line.as_bytes());
    }
    let early = client.error("tools/list", json!({}));
    assert_eq!(early["code"], -32602);
    assert!(early["message"].as_str().unwrap().contains("protocolVersion"), "{early}");
    client.initialize("2025-11-25");
    client.drain();
}

/// Messages, and the code of the response; `None` for those without a response.
const MALFORMED: [(&[u8], Option<i64>); 26] = [
    (b"garbage", Some(-32700)),
    (b"{", Some(-32700)),
    (b"\xff\xfe\x00", Some(-32700)),
    (b"\x00", Some(-32700)),
    (b"{\"jsonrpc\":\"2.0\",\"id\":500,\"method\":\"tools/list\"", Some(-32700)),
    (b"{\"jsonrpc\":\"2.0\"} {}", Some(-32700)),
    (b"   ", None),
    (b"\r", None),
    (br#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"m"}}"#, None),
    (br#"{"jsonrpc":"2.0","method":"no/such"}"#, None),
    (b"[]", Some(-32600)),
    (b"1", Some(-32600)),
    (b"null", Some(-32600)),
    (b"\"text\"", Some(-32600)),
    (br#"{"id":500,"method":"ping"}"#, Some(-32600)),
    (br#"{"jsonrpc":"1.0","id":500,"method":"ping"}"#, Some(-32600)),
    (br#"{"jsonrpc":"2.0","id":500}"#, Some(-32600)),
    (br#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, Some(-32600)),
    (br#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, Some(-32600)),
    (br#"[{"jsonrpc":"2.0","id":500,"method":"ping"}]"#, Some(-32600)),
    (br#"{"jsonrpc":"2.0","id":500,"method":"no/such"}"#, Some(-32601)),
    (br#"{"jsonrpc":"2.0","id":500,"method":"tools/call"}"#, Some(-32602)),
    (br#"{"jsonrpc":"2.0","id":500,"method":"tools/call","params":{}}"#, Some(-32602)),
    (br#"{"jsonrpc":"2.0","id":500,"method":"tools/call","params":{"name":7}}"#, Some(-32602)),
    (br#"{"jsonrpc":"2.0","id":500,"method":"tools/call","params":{"name":"cstar_list_events","arguments":[]}}"#, Some(-32602)),
    (br#"{"jsonrpc":"2.0","id":500,"method":"resources/read","params":{"uri":3}}"#, Some(-32602)),
];

#[test]
fn malformed_messages_do_not_end_the_server() {
    let home = Home::new();
    let mut client = McpClient::start_without_account(&home);
    for (line, code) in MALFORMED {
        client.write(line);
        let printed = client.drain();
        let codes: Vec<Option<i64>> = printed.iter().map(|one| one["error"]["code"].as_i64()).collect();
        assert_eq!(
            codes,
            code.map(Some).into_iter().collect::<Vec<_>>(),
            "{}",
            String::from_utf8_lossy(line)
        );
    }
    assert_eq!(client.close().0.code(), Some(0));
}

#[test]
fn unreadable_lines_get_an_error_with_null_id() {
    let home = Home::new();
    let mut client = McpClient::start_without_account(&home);
    let mut printed = |line: &[u8]| {
        client.write(line);
        client.drain().remove(0)
    };
    for line in [&b"garbage"[..], b"[]", br#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#] {
        let answer = printed(line);
        assert!(answer.get("id").is_some_and(Value::is_null), "{answer}");
    }
    assert_eq!(printed(br#"{"id":"mine","method":"ping"}"#)["id"], "mine");
    let long = printed(&vec![b'x'; 17 * 1024 * 1024]);
    assert_eq!((&long["error"]["code"], &long["id"]), (&json!(-32600), &Value::Null));
    assert!(long["error"]["message"].as_str().unwrap().contains("4 MiB"), "{long}");
    client.drain();
}

/// A request that reuses an id in use gets an error, and the first request is answered.
#[test]
fn request_ids_in_use_are_refused() {
    let home = Home::new();
    let server = ScriptedServer::start(|_, _| vec![crate::support::scripted_server::Step::Hold]);
    let mut client = McpClient::start(server.cstar(&home), &[]);
    let id = client.post_call("cstar_wait_for_event", json!({ "timeout_seconds": 300 }));
    let again = json!({ "jsonrpc": "2.0", "id": id, "method": "ping" });
    client.send(&again);
    let printed = client.drain();
    assert_eq!(
        (&printed[0]["error"]["code"], &printed[0]["id"]),
        (&json!(-32600), &Value::Null),
        "{printed:?}"
    );
    client.cancel(id);
    client.drain();
}

#[test]
fn server_starts_without_network_requests() {
    let home = Home::new();
    let server = ScriptedServer::without_whoami(|_, _| json_response(500, &[], "{}"));
    let mut client = McpClient::start(server.cstar(&home), &[]);
    client.request("tools/list", json!({}));
    assert!(server.requests().is_empty(), "{:?}", server.requests());
}

#[test]
fn end_of_input_ends_a_waiting_server() {
    let home = Home::new();
    let server = ScriptedServer::start(|_, _| vec![crate::support::scripted_server::Step::Hold]);
    let mut client = McpClient::start(server.cstar(&home), &[]);
    client.post_call("cstar_wait_for_event", json!({ "timeout_seconds": 300 }));
    client.drain();
    let begun = Instant::now();
    let (status, stderr) = client.close();
    assert_eq!((status.code(), stderr), (Some(0), Vec::new()));
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
}

/// `printf … | cstar mcp-server` answers all requests before it ends.
#[test]
fn requests_before_end_of_input_are_answered() {
    let home = Home::new();
    let meta = modern_meta();
    let line = |id: u64| {
        let params = json!({ "name": "cstar_list_events", "arguments": {}, "_meta": meta });
        json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params }).to_string() + "\n"
    };
    let output = home.run_with_input(["mcp-server"], (line(1) + &line(2)).as_bytes()).ok();
    let ids: Vec<Value> = output
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].clone())
        .collect();
    assert_eq!((ids.len(), ids.contains(&json!(1)), ids.contains(&json!(2))), (2, true, true));
    assert_eq!(home.run(["mcp-server"]).ok().stdout, "");
}

//! What the server offers: tools and their flags, resources, prompts, completion, and helpful errors.

use serde_json::{Value, json};

use super::client::{McpClient, names};
use crate::support::ports::closed_port;
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{ScriptedServer, json_response};
use crate::support::{Home, TEST_KEY};

#[test]
fn read_only_and_tools_flags_limit_the_tools() {
    let home = Home::new();
    let mut client = McpClient::start(home.cstar(), &["--read-only"]);
    let offered = names(&client.request("tools/list", json!({})));
    assert_eq!(offered.len(), 16);
    for name in ["cstar_create_ticket", "cstar_trigger_webhook", "cstar_replay_event"] {
        assert!(!offered.iter().any(|offered| offered == name));
        let error = client.error("tools/call", json!({ "name": name, "arguments": {} }));
        assert_eq!(error["code"], -32602);
        assert!(error["message"].as_str().unwrap().contains("--read-only"), "{error}");
    }
    let args = ["--tools", "cstar_list_events,cstar_create_ticket", "--read-only"];
    let mut client = McpClient::start(home.cstar(), &args);
    assert_eq!(names(&client.request("tools/list", json!({}))), ["cstar_list_events"]);

    let output = home.run(["mcp-server", "--tools", "cstar_create_ticket", "--read-only"]);
    assert!(output.code == 2 && output.stderr.contains("no tool is left"), "{output:?}");
    let output = home.run(["mcp-server", "--tools", "cstar_list_ticket"]);
    assert_eq!((output.code, output.stdout.as_str()), (2, ""));
    assert!(output.stderr.contains("cstar_list_tickets"), "{}", output.stderr);
}

#[test]
fn unavailable_tools_are_explained() {
    let home = Home::new();
    let mut client = McpClient::start_without_account(&home);
    let error = client.error("tools/call", json!({ "name": "no\u{1b}tool", "arguments": {} }));
    assert_eq!(
        (error["code"].as_i64(), error["message"].as_str()),
        (Some(-32602), Some("there is no tool `no\\x1btool`"))
    );
    for (tool, arguments, part) in [
        (
            "cstar_list_tickets",
            json!({ "page_size": 0 }),
            "`page_size` must be an integer from 1 to 100, not 0",
        ),
        ("cstar_list_tickets", json!({ "status": "opened" }), "one of new, open, pending, resolved, closed"),
        ("cstar_get_ticket", json!({}), "`ticket_id` is missing"),
        ("cstar_get_ticket", json!({ "ticket_id": [7] }), "`ticket_id` must be a string, not an array"),
        (
            "cstar_trigger_webhook",
            json!({ "event": "ticket.createt" }),
            "`event` must be one of ticket.created",
        ),
        ("cstar_get_status", json!({ "verbose": true }), "this tool has no arguments"),
        ("cstar_wait_for_event", json!({ "timeout_seconds": 301 }), "from 1 to 300"),
        ("cstar_wait_for_event", json!({ "types": ["tickets.*"] }), "tickets.*"),
        ("cstar_list_deliveries", json!({ "cursor": "x" }), "next_cursor"),
        ("cstar_verify_signature", json!({ "body": "{}" }), "either event_id, or both body and signature"),
        ("cstar_explain_delivery", json!({ "event_id": "evt_none" }), "there is no event `evt_none`"),
    ] {
        let reported = client.call_error(tool, arguments);
        assert!(reported.to_lowercase().contains(&part.to_lowercase()), "{tool}: no {part:?} in {reported}");
    }
    // The server still runs, and tools that need no account work.
    assert_eq!(
        client.call("cstar_list_events", json!({ "category": "surveys" }))["events"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn call_without_a_key_names_the_next_step() {
    let home = Home::new();
    let mut client = McpClient::start_without_account(&home);
    let reported = client.call_error("cstar_list_tickets", json!({}));
    for part in ["No API key", "CSTAR_API_KEY", "--sandbox", "never ask for the key"] {
        assert!(reported.contains(part), "no {part:?} in {reported}");
    }
    let mut command = home.cstar();
    command.env("CSTAR_API_KEY", "hunter2");
    let reported = McpClient::start(command, &[]).call_error("cstar_get_status", json!({}));
    assert!(reported.contains("sk_test_…") && !reported.contains("hunter2"), "{reported}");
}

#[test]
fn api_failures_name_the_next_step() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let mut command = sandbox.cstar(&home);
    command.env("CSTAR_API_KEY", "sk_test_revoked0000000000000000000000000");
    let mut client = McpClient::start(command, &[]);
    let reported = client.call_error("cstar_list_customers", json!({}));
    for part in ["HTTP 401", "Code: invalid_api_key", "Request id: req_", "Next: "] {
        assert!(reported.contains(part), "no {part:?} in {reported}");
    }
    assert!(!reported.contains("sk_test_revoked"), "{reported}");

    let mut command = home.cstar();
    let base = format!("http://127.0.0.1:{}", closed_port());
    command.env("CSTAR_BASE_URL", &base).env("CSTAR_API_KEY", TEST_KEY);
    let mut client = McpClient::start(command, &[]);
    let reported = client.call_error("cstar_get_status", json!({}));
    assert!(reported.contains("Could not reach") && reported.contains("cstar sandbox"), "{reported}");
}

/// A key that works again is used again: a refusal clears what was cached about it.
#[test]
fn refusal_of_a_key_is_not_remembered() {
    let home = Home::new();
    let refusal = r#"{"success":false,"error":{"type":"authentication_error","code":"invalid_api_key","message":"no","request_id":"req_9"}}"#;
    let server = ScriptedServer::start(move |number, _| match number {
        0 => json_response(401, &[], refusal),
        _ => json_response(200, &[], r#"{"success":true,"data":[]}"#),
    });
    let mut client = McpClient::start(server.cstar(&home), &[]);
    assert!(client.call_error("cstar_list_webhooks", json!({})).contains("req_9"));
    assert_eq!(client.call("cstar_list_webhooks", json!({}))["webhooks"], json!([]));
}

#[test]
fn resources_are_catalogue_samples_and_guides() {
    let home = Home::new();
    let mut client = McpClient::start_without_account(&home);
    let list = client.request("resources/list", json!({}));
    let uris: Vec<&str> =
        list["resources"].as_array().unwrap().iter().map(|one| one["uri"].as_str().unwrap()).collect();
    let guides = ["node", "python", "rust", "go", "php", "ruby"].map(|name| format!("cstar://guides/{name}"));
    assert_eq!(uris[0], "cstar://events");
    assert_eq!(uris[1..7], guides);
    let sheets = ["", "/js", "/react", "/svelte", "/cli", "/webhooks"];
    let sheets = sheets.map(|path| format!("https://cstar.help/developers/cheatsheets{path}"));
    assert_eq!(uris[7..], sheets);
    let templates = client.request("resources/templates/list", json!({}));
    assert_eq!(templates["resourceTemplates"][0]["uriTemplate"], "cstar://events/{type}");

    let mut read = |uri: &str| client.request("resources/read", json!({ "uri": uri }))["contents"][0].clone();
    let catalogue: Value = serde_json::from_str(read("cstar://events")["text"].as_str().unwrap()).unwrap();
    assert_eq!(catalogue.as_array().unwrap().len(), 35);
    for event in catalogue.as_array().unwrap() {
        let sample = read(event["sample"].as_str().unwrap());
        assert_eq!(sample["mimeType"], "application/json");
        let sample: Value = serde_json::from_str(sample["text"].as_str().unwrap()).unwrap();
        assert_eq!(sample["type"], event["type"]);
    }
    for guide in guides {
        let guide = read(&guide);
        assert_eq!(guide["mimeType"], "text/markdown");
        let text = guide["text"].as_str().unwrap();
        for part in
            ["CSTAR_WEBHOOK_SECRET", "X-Signature", "10 seconds", "cstar listen --sandbox --forward-to 3000"]
        {
            assert!(text.contains(part), "no {part:?} in {text}");
        }
    }
    for uri in sheets {
        let sheet = read(&uri);
        assert!(
            sheet["mimeType"] == "text/plain" && sheet["text"].as_str().unwrap().ends_with(&uri),
            "{sheet}"
        );
    }
    for uri in [
        "https://cstar.help/developers/cheatsheets/cobol",
        "cstar://events/no.such",
        "cstar://guides/cobol",
        "file:///etc/passwd",
        "",
    ] {
        let error = client.error("resources/read", json!({ "uri": uri }));
        assert_eq!(error["code"], -32002, "{uri}: {error}");
    }
}

#[test]
fn prompts_name_the_tools_to_call() {
    let home = Home::new();
    let mut client = McpClient::start_without_account(&home);
    let list = client.request("prompts/list", json!({}));
    assert_eq!(list["prompts"].as_array().unwrap().len(), 2);
    let mut get = |name: &str, arguments: Value| -> String {
        let result = client.request("prompts/get", json!({ "name": name, "arguments": arguments }));
        result["messages"][0]["content"]["text"].as_str().unwrap().to_owned()
    };
    let build = get("build_webhook_receiver", json!({ "language": "go", "events": "ticket.created" }));
    for part in ["these events: ticket.created", "net/http", "cstar_trigger_webhook"] {
        assert!(build.contains(part), "no {part:?} in {build}");
    }
    assert!(get("why_did_my_webhook_fail", json!({})).contains("cstar_explain_delivery without an id"));
    assert!(get("why_did_my_webhook_fail", json!({ "event_id": "evt_7" })).contains("event_id evt_7"));
    for (name, arguments) in [("build_webhook_receiver", json!({ "language": "cobol" })), ("none", json!({}))]
    {
        assert_eq!(
            client.error("prompts/get", json!({ "name": name, "arguments": arguments }))["code"],
            -32602
        );
    }
    let reference = json!({ "type": "ref/prompt", "name": "build_webhook_receiver" });
    let params = json!({ "ref": reference, "argument": { "name": "language", "value": "p" } });
    assert_eq!(
        client.request("completion/complete", params)["completion"]["values"],
        json!(["python", "php"])
    );
    let reference = json!({ "type": "ref/resource", "uri": "cstar://events/{type}" });
    let params = json!({ "ref": reference, "argument": { "name": "type", "value": "survey" } });
    assert_eq!(
        client.request("completion/complete", params)["completion"]["values"],
        json!(["survey.submitted"])
    );
}

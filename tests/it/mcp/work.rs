//! The tools that work on tickets, articles and identities, search, toolsets, and `--lockdown`.

use serde_json::{Value, json};

use super::client::{McpClient, names};
use crate::support::Home;
use crate::support::http::api;
use crate::support::listen::Listen;
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{ScriptedServer, json_response};

#[test]
fn tickets_are_answered_and_updated() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let mut client = McpClient::start(sandbox.cstar(&home), &[]);
    let created = client.call("cstar_create_ticket", json!({ "title": "Cannot log in" }));
    let id = created["ticket"]["id"].clone();
    let reply = client.call("cstar_reply_to_ticket", json!({ "ticket_id": id, "content": "Try again." }));
    assert_eq!(
        (&reply["message"]["content"], &reply["message"]["sender"]),
        (&json!("Try again."), &json!("agent"))
    );
    let changes = json!({ "ticket_id": id, "status": "pending", "priority": "high", "tags": ["a"] });
    let updated = client.call("cstar_update_ticket", changes);
    assert_eq!(
        (&updated["ticket"]["status"], &updated["ticket"]["tags"]),
        (&json!("pending"), &json!(["a"]))
    );
    let ticket = &client.call("cstar_get_ticket", json!({ "ticket_id": id }))["ticket"];
    assert_eq!((&ticket["title"], &ticket["priority"]), (&json!("Cannot log in"), &json!("high")));
    assert_eq!(ticket["messages"][0]["content"], "Try again.");
    for (tool, arguments, part) in [
        ("cstar_reply_to_ticket", json!({ "ticket_id": "tkt_none", "content": "x" }), "Ticket not found"),
        ("cstar_reply_to_ticket", json!({ "ticket_id": id }), "content"),
        ("cstar_update_ticket", json!({ "ticket_id": "tkt_none", "status": "open" }), "Ticket not found"),
        ("cstar_update_ticket", json!({ "ticket_id": id }), "Nothing to change"),
        ("cstar_update_ticket", json!({ "ticket_id": id, "status": "lost" }), "status"),
        ("cstar_update_ticket", json!({ "ticket_id": "a/b", "status": "open" }), "a/b"),
    ] {
        let reported = client.call_error(tool, arguments);
        assert!(reported.contains(part), "{tool}: no {part:?} in {reported}");
    }
    let mut none = McpClient::start_without_account(&home);
    let reported = none.call_error("cstar_reply_to_ticket", json!({ "ticket_id": "tkt_1", "content": "x" }));
    assert!(reported.contains("No API key"), "{reported}");
}

#[test]
fn one_article_is_read_with_its_content() {
    let home = Home::new();
    let article =
        r#"{"success":true,"data":{"id":"art_1","title":"T","content":"Long text","isPublic":true}}"#;
    let missing = r#"{"success":false,"error":{"type":"not_found_error","code":"RESOURCE_MISSING","message":"Article not found"}}"#;
    let server =
        ScriptedServer::start(move |_, request| match request.target().ends_with("/articles/art_1") {
            true => json_response(200, &[], article),
            false => json_response(404, &[], missing),
        });
    let mut client = McpClient::start(server.cstar(&home), &[]);
    let article = &client.call("cstar_get_article", json!({ "article_id": "art_1" }))["article"];
    assert_eq!((&article["id"], &article["content"]), (&json!("art_1"), &json!("Long text")));
    let reported = client.call_error("cstar_get_article", json!({ "article_id": "art_none" }));
    assert!(reported.contains("Article not found"), "{reported}");
}

#[test]
fn search_sends_the_documented_query() {
    let home = Home::new();
    let found = r#"{"success":true,"data":[{"object":"search_result","type":"ticket","id":"tkt_1","title":"T","snippet":"s"}]}"#;
    let refused = r#"{"success":false,"error":{"type":"invalid_request_error","code":"PARAMETER_INVALID","message":"no such type"}}"#;
    let server = ScriptedServer::start(move |_, request| match request.target().contains("none") {
        true => json_response(400, &[], refused),
        false => json_response(200, &[], found),
    });
    let mut client = McpClient::start(server.cstar(&home), &[]);
    let arguments = json!({ "query": "log in", "types": ["tickets", "articles"], "limit": 5 });
    let result = client.call("cstar_search", arguments);
    assert_eq!(
        (&result["results"][0]["id"], &result["results"][0]["type"]),
        (&json!("tkt_1"), &json!("ticket"))
    );
    let asked = server.requests().into_iter().find(|one| one.target().contains("/search")).unwrap();
    assert!(
        asked.target().ends_with("/search?q=log+in&types=tickets%2Carticles&limit=5"),
        "{}",
        asked.target()
    );
    assert!(client.call_error("cstar_search", json!({ "query": "none" })).contains("PARAMETER_INVALID"));
    assert!(
        client.call_error("cstar_search", json!({ "query": "x", "types": ["webhooks"] })).contains("types")
    );
}

#[test]
fn identities_are_verified_and_explained() {
    let home = Home::new();
    let mut command = home.cstar();
    command.env("CSTAR_IDENTITY_KEY", "sk_test_widget");
    let mut client = McpClient::start(command, &[]);
    let customer = json!({ "timestamp": 1_774_583_010, "externalId": "user_42", "name": "Ada", "email": "ada@example.com" });
    let signature = "f6645c488d4eb2ad9bea0974bfd5b56e77f5424750e4913f0b51fb0f4a158e5b";
    let valid = client.call("cstar_verify_identity", json!({ "customer": customer, "signature": signature }));
    assert_eq!((&valid["valid"], &valid["causes"]), (&json!(true), &json!([])));
    let upper = json!({ "customer": customer, "signature": signature.to_uppercase() });
    let result = client.call("cstar_verify_identity", upper);
    assert_eq!(result["valid"], false);
    assert!(result["causes"][0].as_str().unwrap().contains("upper-case"), "{result}");
    let broken = json!({ "customer": { "email": "a@b" }, "signature": signature });
    assert!(client.call_error("cstar_verify_identity", broken).contains("`externalId` is missing"));
    let mut client = McpClient::start_without_account(&home);
    let reported =
        client.call_error("cstar_verify_identity", json!({ "customer": customer, "signature": signature }));
    assert!(reported.contains("CSTAR_IDENTITY_KEY"), "{reported}");
}

#[test]
fn toolsets_limit_the_tools() {
    let home = Home::new();
    let mut client = McpClient::start(home.cstar(), &["--toolsets", "signatures,account"]);
    let list = client.request("tools/list", json!({}));
    assert_eq!(
        names(&list),
        ["cstar_get_status", "cstar_verify_signature", "cstar_verify_identity", "cstar_list_logs"]
    );
    let error = client.error("tools/call", json!({ "name": "cstar_get_ticket", "arguments": {} }));
    assert!(error["message"].as_str().unwrap().contains("--toolsets"), "{error}");
    let unknown = home.run(["mcp-server", "--toolsets", "nosuch"]);
    assert_eq!((unknown.code, unknown.stdout.as_str()), (2, ""), "{unknown:?}");
    let line = unknown.stderr.lines().next().unwrap();
    assert!(line.contains("'nosuch'") && line.contains("read, tickets, customers"), "{unknown:?}");
    let nothing = home.run(["mcp-server", "--read-only", "--tools", "cstar_create_ticket"]);
    assert_eq!(nothing.code, 2, "{nothing:?}");
    let config =
        home.run(["mcp-server", "--print-config", "claude", "--toolsets", "read", "--lockdown"]).ok().json();
    let args = json!(["mcp-server", "--toolsets", "read", "--lockdown"]);
    assert_eq!(config["mcpServers"]["cstar"]["args"], args);
}

const CANARY: &str = "cAnAry7";

/// Every tool that reads, after a customer wrote the canary wherever one can.
#[test]
fn lockdown_shows_no_text_of_customers() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    // Before `listen` runs, which would get an event of each.
    let create = |path: &str, body: Value| {
        let answer = api(sandbox.port, "POST", path, &body.to_string());
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()["data"]["id"].clone()
    };
    let customer = json!({ "name": CANARY, "email": format!("{CANARY}@example.com"), "notes": CANARY });
    let customer = create("/customers", customer);
    let article = create("/articles", json!({ "title": CANARY, "content": CANARY }));
    let receiver = Receiver::start_with(|_| Response::status(500).body(format!("no {CANARY} here")));
    let mut listen =
        Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url(), "--retries", "0"]);
    let mut open = McpClient::start(sandbox.cstar(&home), &[]);
    let mut locked = McpClient::start(sandbox.cstar(&home), &["--lockdown"]);

    let new = json!({
        "title": CANARY, "customer_name": CANARY, "initial_message": CANARY, "tags": [CANARY], "notes": CANARY,
        "metadata": { CANARY: CANARY, "n": { CANARY: [CANARY] } },
    });
    let created = locked.call("cstar_create_ticket", new);
    let id = created["ticket"]["id"].as_str().unwrap().to_owned();
    assert!(id.starts_with("tkt_") && created["ticket"]["status"] == "new", "{created}");
    let failed = listen.wait_for("failed");
    let data =
        json!({ "customer": { "name": CANARY, "email": format!("{CANARY}@example.com"), "notes": CANARY } });
    let data = data.to_string();
    sandbox.run(&home, ["trigger", "customer.created", "--data", &data]).ok();
    let newest =
        listen.wait_until("the next failure", |line| line["type"] == "failed" && line["id"] != failed["id"]);

    let mut calls = vec![
        ("cstar_get_customer", json!({ "customer_id": customer })),
        ("cstar_get_article", json!({ "article_id": article })),
        ("cstar_search", json!({ "query": CANARY })),
        ("cstar_get_ticket", json!({ "ticket_id": id })),
        ("cstar_list_tickets", json!({ "search": CANARY, "expand_customer": true })),
        ("cstar_list_customers", json!({})),
        ("cstar_list_articles", json!({})),
        ("cstar_list_deliveries", json!({})),
        ("cstar_explain_delivery", json!({})),
        ("cstar_explain_delivery", json!({ "event_id": failed["id"] })),
        (
            "cstar_wait_for_event",
            json!({ "types": ["customer.*"], "lookback_seconds": 600, "timeout_seconds": 5 }),
        ),
        ("cstar_list_logs", json!({})),
        ("cstar_list_webhooks", json!({})),
        ("cstar_get_status", json!({})),
        ("cstar_replay_event", json!({ "event_id": failed["id"] })),
        ("cstar_verify_signature", json!({ "event_id": failed["id"] })),
        ("cstar_update_ticket", json!({ "ticket_id": id, "title": format!("{CANARY} 2") })),
        ("cstar_reply_to_ticket", json!({ "ticket_id": id, "content": CANARY })),
    ];
    let mut shown = 0;
    for (tool, arguments) in calls.drain(..) {
        let result = locked.call(tool, arguments.clone());
        assert!(!result.to_string().contains(CANARY), "{tool}: {result}");
        if open.call(tool, arguments).to_string().contains(CANARY) {
            shown += 1;
        }
        if tool == "cstar_explain_delivery" && result["event"]["id"] != failed["id"] {
            assert_eq!(result["event"]["id"], newest["id"], "the newest failure");
        }
    }
    assert!(shown >= 10, "only {shown} tools showed the canary without --lockdown");
    let ticket = &locked.call("cstar_get_ticket", json!({ "ticket_id": id }))["ticket"];
    assert_eq!(ticket["title"], "withheld (9 characters)");
    for (method, params) in [
        ("resources/list", json!({})),
        ("resources/read", json!({ "uri": "cstar://events" })),
        ("prompts/list", json!({})),
        ("prompts/get", json!({ "name": "why_did_my_webhook_fail", "arguments": {} })),
    ] {
        assert!(!locked.request(method, params).to_string().contains(CANARY), "{method}");
    }
    let reported = locked.call_error("cstar_get_ticket", json!({ "ticket_id": "tkt_none" }));
    assert!(reported.contains("withheld") && reported.contains("Code: "), "{reported}");
}

#[test]
fn explain_without_failures_names_the_next_step() {
    let home = Home::new();
    let mut client = McpClient::start_without_account(&home);
    let reported: Value = client.call_error("cstar_explain_delivery", json!({})).into();
    assert!(reported.as_str().unwrap().contains("cstar_list_deliveries"), "{reported}");
}

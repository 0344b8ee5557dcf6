//! A thousand concurrent calls, mixed with cancellations and invalid lines: the server keeps running, answers each
//! request that was not cancelled exactly once, writes nothing else, and does not grow.

use std::collections::BTreeSet;

use serde_json::json;

use super::client::McpClient;
use crate::support::Home;
use crate::support::scripted_server::{ScriptedServer, Step, json_response};

const CALLS: usize = 1_000;

/// Resident memory, in kilobytes.
#[cfg(target_os = "linux")]
fn memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[cfg(not(target_os = "linux"))]
fn memory(_: u32) -> u64 {
    0
}

/// One round; returns the number of responses, and how many of them are errors.
fn round(client: &mut McpClient, calls: usize) -> (usize, usize) {
    let (mut expected, mut cancelled) = (BTreeSet::new(), BTreeSet::new());
    let mut refused = 0;
    for number in 0..calls {
        let id = match number % 8 {
            0 => {
                let id = client.post_call("cstar_wait_for_event", json!({ "timeout_seconds": 300 }));
                client.cancel(id);
                cancelled.insert(id);
                continue;
            }
            1 => client.post_call("cstar_list_events", json!({ "category": "tickets" })),
            2 => client.post_call("cstar_list_tickets", json!({ "page": 0 })),
            3 => client.post_call("cstar_no_such", json!({})),
            4 => {
                client.write(b"{\"jsonrpc\":\"2.0\",\"id\":");
                client.write(b"[1,2");
                client.post("resources/read", json!({ "uri": "cstar://guides/go" }))
            }
            5 => {
                // Cancellations of an unknown id, and of a finished one.
                client.cancel(-5);
                client.cancel(1);
                client.post_call("cstar_list_deliveries", json!({}))
            }
            6 => client.post_call("cstar_get_customer", json!({ "customer_id": "cus_1" })),
            _ => client.post("tools/list", json!({})),
        };
        expected.insert(id);
        if number % 50 == 49 {
            // Responses may exceed the size of a pipe, so read in between, as clients do.
            refused += read_until_missing(client, &mut expected, &cancelled, 20);
        }
    }
    refused += read_until_missing(client, &mut expected, &cancelled, 0);
    (calls - cancelled.len(), refused)
}

/// Reads until at most this many responses are missing; returns how many were errors.
fn read_until_missing(
    client: &mut McpClient,
    expected: &mut BTreeSet<i64>,
    cancelled: &BTreeSet<i64>,
    left: usize,
) -> usize {
    let mut errors = 0;
    while expected.len() > left {
        let message = client.next();
        if message["error"]["code"] == -32700 {
            // The invalid lines.
            continue;
        }
        let id = message["id"].as_i64().unwrap_or_else(|| panic!("{message}"));
        assert!(expected.remove(&id), "cancelled {}: {message}", cancelled.contains(&id));
        errors += usize::from(message.get("error").is_some() || message["result"]["isError"] == true);
    }
    errors
}

#[test]
fn thousand_interleaved_calls_leak_nothing() {
    let home = Home::new();
    let customer = json!({ "success": true, "data": { "id": "cus_1", "name": "J" } }).to_string();
    let server = ScriptedServer::start(move |_, request| match request.target().contains("/listen") {
        true => vec![Step::Hold],
        false => json_response(200, &[], &customer),
    });
    let mut client = McpClient::start(server.cstar(&home), &[]);
    round(&mut client, CALLS / 4);
    let before = memory(client.pid());
    let (answered, refused) = round(&mut client, CALLS);
    assert_eq!((answered, refused), (CALLS - CALLS / 8, CALLS / 4));
    let grown = memory(client.pid()).saturating_sub(before);
    assert!(grown < 4_096, "{before} kB have grown by {grown}");
    let rest = client.drain();
    assert!(rest.iter().all(|message| message["error"]["code"] == -32700), "{rest:?}");
    let (status, stderr) = client.close();
    assert_eq!((status.code(), stderr), (Some(0), Vec::new()));
}

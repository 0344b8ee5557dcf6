//! A client that does not read responses, and one that waits for thousands of events concurrently.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::client::{McpClient, modern_meta};
use crate::support::process::Process;
use crate::support::scripted_server::{STREAM, ScriptedServer, Step, send, session, ticket_event};
use crate::support::{Home, TIMEOUT};

/// The number of concurrent requests.
const REQUESTS: usize = 3_000;

/// Peak memory, in kilobytes.
#[cfg(target_os = "linux")]
fn peak(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[cfg(not(target_os = "linux"))]
fn peak(_: u32) -> u64 {
    0
}

fn call(id: usize, tool: &str, arguments: &Value) -> String {
    let params = json!({ "name": tool, "arguments": arguments, "_meta": modern_meta() });
    json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params }).to_string() + "\n"
}

/// Waits until a counter has not changed for a while. Returning too early only makes the test weaker.
fn wait_until_stable(counter: &AtomicUsize) -> usize {
    let deadline = Instant::now() + TIMEOUT;
    let mut before = usize::MAX;
    loop {
        let now = counter.load(Ordering::Relaxed);
        if (now > 0 && now == before) || Instant::now() > deadline {
            return now;
        }
        before = now;
        thread::sleep(Duration::from_millis(300));
    }
}

/// Unread responses do not pile up: the server stops reading requests, and continues when the client reads.
#[test]
fn unread_responses_stop_request_reading() {
    let home = Home::new();
    let mut command: Command = home.cstar();
    command.arg("mcp-server").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut server = Process::start(&mut command);
    let mut stdin = server.stdin().unwrap();
    let written = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&written);
    let writing = thread::spawn(move || {
        for id in 0..REQUESTS {
            stdin.write_all(call(id, "cstar_list_events", &json!({})).as_bytes()).unwrap();
            counter.store(id + 1, Ordering::Relaxed);
        }
        stdin
    });
    let taken = wait_until_stable(&written);
    assert!(taken < REQUESTS, "all requests were taken though no answer was read");
    let lines = BufReader::new(server.stdout()).lines().take(REQUESTS).map(Result::unwrap);
    let ids: BTreeSet<u64> =
        lines.map(|line| serde_json::from_str::<Value>(&line).unwrap()["id"].as_u64().unwrap()).collect();
    assert_eq!((ids.len(), ids.last().copied()), (REQUESTS, Some(REQUESTS as u64 - 1)));
    let peak = peak(server.pid());
    assert!(peak < 120_000, "it took {peak} kB");
    drop(writing.join().unwrap());
    assert_eq!(server.wait().code(), Some(0));
}

/// Waiting calls share one stream, do not block other calls, and all get the event.
#[test]
fn two_thousand_waits_share_one_stream() {
    const WAITS: usize = 2_000;
    let home = Home::new();
    let gate = Arc::new(AtomicUsize::new(0));
    let open = Arc::clone(&gate);
    let server = ScriptedServer::start(move |_, request| {
        if request.target().contains("/listen") {
            let greeting = session(&json!({ "secret": "whsec_a", "environment": "test" }));
            let deadline = Instant::now() + TIMEOUT;
            // The first event is sent once all calls are accepted; calls that began later get the next.
            while open.load(Ordering::Relaxed) == 0 && Instant::now() < deadline {
                thread::sleep(Duration::from_millis(5));
            }
            let events = (0..200).flat_map(|number| {
                let event = send(ticket_event(&format!("evt_{number}")));
                [event, Step::Repeat(":\n", 1, Duration::from_millis(100))]
            });
            return std::iter::once(send(format!("{STREAM}{greeting}"))).chain(events).collect();
        }
        vec![Step::Hold]
    });
    let mut client = McpClient::start(server.cstar(&home), &[]);
    let mut waiting = BTreeSet::new();
    for _ in 0..WAITS {
        let arguments = json!({ "types": ["ticket.*"], "timeout_seconds": 300, "lookback_seconds": 0 });
        waiting.insert(client.post_call("cstar_wait_for_event", arguments));
    }
    // Everything before has been read.
    client.drain();
    let streams = || server.requests().iter().filter(|one| one.target().contains("/listen")).count();
    let deadline = Instant::now() + TIMEOUT;
    while streams() == 0 && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(5));
    }
    gate.store(1, Ordering::Relaxed);
    while !waiting.is_empty() {
        let message = client.next();
        let id = message["id"].as_i64().unwrap_or_else(|| panic!("{message}"));
        assert!(waiting.remove(&id), "{message}");
        let result = &message["result"]["structuredContent"];
        assert_eq!(result["received"], true, "{message}");
    }
    assert!((1..=4).contains(&streams()), "{} streams", streams());
    client.drain();
}

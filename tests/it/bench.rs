//! `cstar bench`: every event of the schedule arrives once and is signed, and what fails is counted.
//!
//! Nothing here depends on how fast the machine is: counts are exact, and times are only compared with what a sleeping
//! handler makes certain.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::ports::closed_port;
use crate::support::process::Process;
use crate::support::receiver::{Receiver, Response};
use crate::support::{CommandOutput, Home};

const SECRET: &str = "whsec_of_this_test";

fn bench(home: &Home, url: &str, flags: &[&str]) -> CommandOutput {
    let mut command = home.cstar();
    command.args(["bench", url, "--secret", SECRET]).args(flags);
    CommandOutput::run(&mut command)
}

#[test]
fn every_event_arrives_once_and_is_signed() {
    let home = Home::new();
    let receiver = Receiver::start();
    let flags =
        ["--rate", "100", "--for", "500ms", "--events", "ticket.*,survey.*", "-H", "X-Tag: 7", "--json"];
    let result = bench(&home, &receiver.url(), &flags).ok().json();
    let requests = receiver.stop();
    assert_eq!(requests.len(), 50);
    let distinct = |name: &str| -> BTreeSet<String> {
        requests.iter().map(|request| request.header(name).to_owned()).collect()
    };
    assert_eq!(distinct("x-event-id").len(), 50);
    assert_eq!(distinct("x-tag").len(), 1);
    let types = distinct("x-event-type");
    assert_eq!(types.len(), 7, "each type in turn: {types:?}");
    for request in &requests {
        let header = request.header("x-signature");
        let time = header.trim_start_matches("t=").split(',').next().unwrap().parse().unwrap();
        assert_eq!(header, cstar::signature::sign(&request.body, SECRET, time));
        assert_eq!(request.json()["id"], request.header("x-event-id"));
    }
    let counts = ["due", "sent", "succeeded", "failed", "unfinished", "over_10s"].map(|name| &result[name]);
    assert_eq!(counts, [50, 50, 50, 0, 0, 0].map(Value::from).each_ref());
    assert_eq!(result["statuses"], json!({"200": 50}));
    assert_eq!((&result["errors"], &result["interrupted"]), (&json!([]), &json!(false)));
    for times in ["latency_ms", "answer_ms", "late_ms"] {
        let [p50, max] = ["p50", "max"].map(|name| result[times][name].as_f64().unwrap());
        assert!(p50 <= max, "{result}");
    }
    assert_eq!(result["events"].as_array().unwrap().len(), types.len());

    let receiver = Receiver::start();
    let text = bench(&home, &receiver.url(), &["--rate", "20", "--for", "200ms"]).ok().stdout;
    let expected = ["4 sent, 4 accepted", "asked for 20", "Latency", "Answer time", "Over 10 s"];
    assert!(expected.iter().all(|part| text.contains(part)), "{text}");
}

#[test]
fn failed_events_are_counted_by_status() {
    let home = Home::new();
    let seen = AtomicUsize::new(0);
    let receiver = Receiver::start_with(move |_| match seen.fetch_add(1, Ordering::Relaxed) % 4 {
        0 => Response::status(500),
        1 => Response::status(429),
        _ => Response::status(200),
    });
    let flags = ["--rate", "100", "--for", "200ms"];
    let output = bench(&home, &receiver.url(), &[&flags[..], &["--json"]].concat());
    assert_eq!(output.code, 1, "{output:?}");
    let result = output.json();
    assert_eq!(result["statuses"], json!({"200": 10, "429": 5, "500": 5}));
    assert_eq!((&result["failed"], result["errors"].as_array().unwrap().len()), (&json!(10), 2));
    assert_eq!(result["errors"][0]["kind"], "status");
    let output = bench(&home, &receiver.url(), &flags);
    assert!(output.stderr.contains("10 of 20 events failed"), "{output:?}");
    assert!(output.stdout.contains("5 × answered HTTP 429"), "{output:?}");

    let slow = Receiver::start_with(|_| Response::status(200).after(Duration::from_secs(60)));
    let output =
        bench(&home, &slow.url(), &["--rate", "20", "--for", "200ms", "--timeout", "300ms", "--json"]);
    assert_eq!(output.code, 1, "{output:?}");
    let error =
        json!({"kind": "timed_out", "status": null, "reason": "did not answer within 0.3 s", "count": 4});
    assert_eq!(output.json()["errors"], json!([error]));
}

#[test]
fn unreachable_endpoint_ends_the_load_early() {
    let home = Home::new();
    let url = format!("http://127.0.0.1:{}/", closed_port());
    for flags in [&["--for", "1h"][..], &["--for", "1h", "--find-limit"]] {
        let output = bench(&home, &url, flags);
        assert_eq!(output.code, 3, "{output:?}");
        assert!(
            output.stderr.contains("refuses connections") && output.stderr.contains("hint:"),
            "{output:?}"
        );
    }
}

/// With one connection and 20 ms for each answer, the last of 20 events that are due within 200 ms ends after 400 ms.
/// A closed loop would report 20 ms for it.
#[test]
fn slow_handler_does_not_hide_its_delay() {
    let home = Home::new();
    let receiver = Receiver::start_with(|_| Response::status(200).after(Duration::from_millis(20)));
    let flags = ["--rate", "100", "--for", "200ms", "--connections", "1", "--json"];
    let result = bench(&home, &receiver.url(), &flags).ok().json();
    assert_eq!((receiver.stop().len(), &result["succeeded"]), (20, &json!(20)));
    let latency = result["latency_ms"]["max"].as_f64().unwrap();
    assert!(latency >= 205.0, "{result}");
}

/// The handler answers none of the events before all have arrived.
#[test]
fn slow_handler_does_not_lower_the_rate() {
    let home = Home::new();
    let barrier = std::sync::Arc::new(std::sync::Barrier::new(8));
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", server.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in server.incoming().flatten() {
            let barrier = std::sync::Arc::clone(&barrier);
            std::thread::spawn(move || {
                use std::io::{Read as _, Write as _};
                let (mut stream, mut text) = (stream, String::new());
                while !text.ends_with('}') {
                    let mut buffer = [0; 4096];
                    let count = stream.read(&mut buffer).unwrap_or_default();
                    if count == 0 {
                        return;
                    }
                    text.push_str(&String::from_utf8_lossy(&buffer[..count]));
                }
                barrier.wait();
                let _ =
                    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            });
        }
    });
    let result = bench(&home, &url, &["--rate", "80", "--for", "100ms", "--json"]).ok().json();
    assert_eq!((&result["succeeded"], &result["failed"]), (&json!(8), &json!(0)));
}

#[test]
fn find_limit_names_the_rate_that_fails() {
    let home = Home::new();
    // Each rate is tried for 100 ms: 1, 2, 4 and 8 events, of which the seventh and all later ones fail.
    let seen = AtomicUsize::new(0);
    let receiver = Receiver::start_with(move |_| {
        Response::status(if seen.fetch_add(1, Ordering::Relaxed) < 7 { 200 } else { 503 })
    });
    let flags = ["--find-limit", "--rate", "10", "--for", "100ms", "--max-p99", "1m"];
    let output = bench(&home, &receiver.url(), &[&flags[..], &["--json"]].concat()).ok();
    let result = output.json();
    let rates: Vec<u64> =
        result["steps"].as_array().unwrap().iter().map(|step| step["rate"].as_u64().unwrap()).collect();
    assert_eq!(&rates[..4], [10, 20, 40, 80], "{result}");
    assert_eq!((&result["passes"], &result["fails"]), (&json!(40), &json!(42)), "{result}");
    assert!(result["why"].as_str().unwrap().contains("events failed: answered HTTP 503"), "{result}");

    let broken = Receiver::start_with(|_| Response::status(500));
    let output = bench(&home, &broken.url(), &["--find-limit", "--rate", "2", "--for", "100ms"]);
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stderr.contains("it fails at every rate"), "{output:?}");
}

#[test]
fn load_on_another_machine_needs_confirmation() {
    let home = Home::new();
    let output = bench(&home, "http://192.0.2.1/webhook", &["--rate", "5"]);
    assert_eq!(output.code, 2, "{output:?}");
    assert!(output.stderr.contains("needs a confirmation") && output.stderr.contains("--yes"), "{output:?}");
    for (flags, expected) in [
        (&["--rate", "0"][..], "1 to 10000"),
        (&["--rate", "10001"], "1 to 10000"),
        (&["--for", "2h"], "expected a duration from 100ms to 1h"),
        (&["--for", "0"], "expected a duration from 100ms to 1h"),
        (&["--timeout", "0"], "expected a duration from 1ms to 1m"),
        (&["--connections", "0"], "1 to 5000"),
        (&["--events", "tickt.*"], "tickt"),
        (&["--max-p99", "1s"], "--find-limit"),
    ] {
        let output = bench(&home, "3000", flags);
        assert_eq!(output.code, 2, "{output:?}");
        assert!(output.stderr.contains(expected), "{expected}: {output:?}");
    }
    let output = home.run(["bench", "3000"]);
    assert_eq!(output.code, 2, "{output:?}");
    assert!(output.stderr.contains("no signing secret"), "{output:?}");
}

#[test]
fn interrupt_prints_the_result_so_far() {
    let home = Home::new();
    let receiver = Receiver::start();
    let mut command = home.cstar();
    command.args(["bench", &receiver.url(), "--secret", SECRET, "--rate", "50", "--for", "1h", "--json"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let process = Process::start(&mut command);
    receiver.take(3);
    process.interrupt();
    let output = process.output();
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(result["interrupted"], true, "{result}");
    assert!(result["sent"].as_u64().unwrap() >= 3, "{result}");
}

//! `history export`: JSON lines and HTTP archives that other tools can read.

use serde_json::Value;

use super::{SECRET, body, home_with_history};
use crate::support::ports::closed_port;

#[test]
fn json_lines_keep_every_event_and_its_body() {
    let (home, _receiver) = home_with_history();
    let output = home.run(["history", "export", "--jsonl"]).ok();
    let events = output.json_lines();
    let ids: Vec<_> = events.iter().map(|event| event["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["evt_skip", "evt_good", "evt_late", "evt_auth", "evt_path"]);
    assert_eq!(events[3]["body"], body("evt_auth"));
    assert_eq!(events[3]["attempts"][0]["status"], 401);
    assert!(!output.stdout.contains(['\u{1b}', '\u{9b}', '\u{202e}']));
    let some = home.run(["history", "export", "--jsonl", "-", "--status", "failed"]).ok();
    assert_eq!(some.stdout.lines().count(), 2);
}

#[test]
fn har_export_has_one_entry_per_attempt() {
    let (home, receiver) = home_with_history();
    let nowhere = format!("http://127.0.0.1:{}/x?a=1&b=x%20y", closed_port());
    assert_eq!(home.run(["replay", "evt_good", "--secret", SECRET, "--to", &nowhere]).code, 3);
    let file = home.path().join("out.har");
    let output = home.run(["history", "export", "--har", file.to_str().unwrap()]).ok();
    assert_eq!(output.stdout, "");
    assert!(output.stderr.contains("Exported 5 events"), "{output:?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let archive: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let log = &archive["log"];
    assert_eq!((&log["version"], &log["creator"]["name"]), (&"1.2".into(), &"cstar".into()));
    assert!(log["creator"]["version"].is_string());
    let entries = log["entries"].as_array().unwrap();
    let (refused, entries): (Vec<&Value>, Vec<&Value>) =
        entries.iter().partition(|entry| entry["request"]["url"] == nowhere);
    let [refused] = &refused[..] else { panic!("one refused attempt: {refused:?}") };
    assert_eq!((&refused["response"]["status"], &refused["_repeats"]), (&0.into(), &1.into()), "{refused}");
    assert_eq!(refused["_error"], "refuses connections");
    assert_eq!(refused["request"]["queryString"][1], serde_json::json!({"name": "b", "value": "x y"}));
    assert_eq!(entries.len(), 5, "one of the four was retried");
    for entry in entries.iter().copied() {
        assert!(entry["startedDateTime"].as_str().unwrap().ends_with('Z'), "{entry}");
        assert!(entry["time"].is_number() && entry["cache"].is_object(), "{entry}");
        let (request, response) = (&entry["request"], &entry["response"]);
        assert_eq!((&request["method"], &request["url"]), (&"POST".into(), &receiver.url().into()));
        assert_eq!(request["postData"]["mimeType"], "application/json");
        for list in [&request["headers"], &request["cookies"], &request["queryString"], &response["headers"]]
        {
            assert!(list.is_array(), "{entry}");
        }
        assert!(response["status"].is_u64() && response["content"]["size"].is_u64(), "{entry}");
        for member in ["httpVersion", "headersSize", "bodySize"] {
            assert!(request.get(member).is_some() && response.get(member).is_some(), "{member}: {entry}");
        }
        for member in ["statusText", "redirectURL", "cookies"] {
            assert!(response.get(member).is_some(), "{member}: {entry}");
        }
        for part in ["send", "wait", "receive"] {
            assert!(entry["timings"][part].is_number(), "{entry}");
        }
    }
    let text = entries[0]["request"]["postData"]["text"].as_str().unwrap();
    assert_eq!(text, body(entries[0]["_event"].as_str().unwrap()));
    assert!(!archive.to_string().contains("hunter2"));
}

#[test]
fn unwritable_export_file_is_named() {
    let (home, _receiver) = home_with_history();
    let output = home.run(["history", "export", "--jsonl", "no/such/dir/file"]);
    assert_eq!(output.code, 1);
    assert!(output.stderr.contains("could not write `no/such/dir/file`"), "{output:?}");
}

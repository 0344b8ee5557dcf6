//! `history save` and `history stats`, and the filters that search.

use serde_json::{Value, json};

use super::{body, home_with_history};
use crate::support::receiver::Receiver;
use crate::support::scripted_server::{STREAM, ScriptedServer, Step, event, send, session};
use crate::support::{Home, assert_private};

fn listed(home: &Home, flag: &str, value: &str) -> Vec<String> {
    let output = home.run(["history", "list", flag, value, "--json"]).ok();
    let list = output.json();
    list.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn filters_search_bodies_answers_and_targets() {
    let (home, receiver) = home_with_history();
    assert_eq!(listed(&home, "--search", "EVIL"), ["evt_good", "evt_late", "evt_auth", "evt_path"]);
    assert_eq!(listed(&home, "--search", "evt_au"), ["evt_auth"]);
    assert_eq!(listed(&home, "--search", "au"), ["evt_auth"]);
    assert_eq!(listed(&home, "--search", "evt_skip"), ["evt_skip"]);
    assert_eq!(listed(&home, "--status", "500"), ["evt_late"]);
    assert_eq!(listed(&home, "--status", "4xx"), ["evt_auth", "evt_path"]);
    assert_eq!(listed(&home, "--status", "none"), [] as [&str; 0]);
    assert_eq!(listed(&home, "--slower", "1h"), [] as [&str; 0]);
    assert_eq!(listed(&home, "--slower", "0ms").len(), 4);
    assert_eq!(listed(&home, "--target", &receiver.url()).len(), 4);
    assert_eq!(listed(&home, "--target", "nowhere"), [] as [&str; 0]);
    assert_eq!(listed(&home, "--origin", "edited"), [] as [&str; 0]);
    let lines = home.run(["history", "export", "--jsonl", "--search", "evt_path"]).ok();
    assert_eq!(lines.stdout.lines().count(), 1);
    let cut = home.run(["history", "--limit", "2"]).ok();
    assert_eq!(cut.stderr, "The newest 2 of 5; for all: --limit 5\n");
    assert_eq!(home.run(["history", "--limit", "5"]).ok().stderr, "");
    for wrong in ["6xx", "50", "5xxx", ""] {
        assert_eq!(home.run(["history", "--status", wrong]).code, 2, "{wrong}");
    }
    assert_eq!(home.run(["history", "--search", ""]).code, 2);
}

#[test]
fn stats_count_events_and_failures_by_type() {
    let (home, _receiver) = home_with_history();
    let stats = home.run(["history", "stats", "--json"]).ok().json();
    assert_eq!(stats["limit_ms"], 10_000);
    let types = stats["types"].as_array().unwrap();
    assert_eq!(types.len(), 2);
    let (closed, created) = (&types[0], &types[1]);
    assert_eq!(
        (&closed["type"], &closed["count"], &closed["p50_ms"]),
        (&json!("ticket.closed"), &json!(1), &Value::Null)
    );
    assert_eq!(
        (&created["count"], &created["failed"], &created["attempts"]),
        (&json!(4), &json!(2), &json!(5))
    );
    assert_eq!(created["over_10s"], 0);
    let [p50, p95, max] = ["p50_ms", "p95_ms", "max_ms"].map(|name| created[name].as_f64().unwrap());
    assert!(0.0 < p50 && p50 <= p95 && p95 <= max, "{created}");
    let some = home.run(["history", "stats", "--status", "5xx"]).ok();
    let cells: Vec<&str> = some.stdout.trim_end().split('\t').collect();
    assert_eq!((cells[0], cells[1], cells[2], cells.len()), ("ticket.created", "1", "0", 7));
    let none = home.run(["history", "stats", "--search", "nothing"]).ok();
    assert_eq!((none.stdout.as_str(), none.stderr.as_str()), ("", "No event matches.\n"));
    let empty = Home::new();
    assert_eq!(empty.run(["history", "stats", "--json"]).ok().json()["types"], json!([]));
    for args in [["history", "list"], ["history", "stats"], ["replay", "--failed"]] {
        let nothing = empty.run(args).ok();
        assert!(nothing.stderr.contains("No events are recorded yet."), "{nothing:?}");
    }
}

const PERSONAL: &str = r#"{"id":"evt_1","type":"ticket.created","created_at":"2026-03-06T14:30:00Z","team_id":"t","data":{"ticket":{"id":"25990cb8-1111-4222-8333-444444444444","title":"My card was charged twice","priority":"urgent","customer_name":"Ada Lovelace"},"actor":{"type":"customer","name":"Ada Lovelace","email":"ada@acme.test"}}}"#;

#[test]
fn skipped_event_makes_no_fixture() {
    let (home, _receiver) = home_with_history();
    let output = home.run(["history", "save", "evt_skip", "-"]);
    assert!(output.code == 1 && output.stderr.contains("its body was not kept"), "{output:?}");
}

fn home_with_personal_data() -> Home {
    let (home, receiver) = (Home::new(), Receiver::start());
    let server = ScriptedServer::start(|_, _| {
        let mut frames = session(&json!({"webhook_id": "whk_1", "secret": "whsec_save"}));
        frames += &event("evt_1", "ticket.created", PERSONAL);
        vec![send(STREAM.to_owned() + &frames), Step::Hold]
    });
    let ended = server.listen(&home, &["--forward-to", &receiver.url(), "--count", "1"]).finish();
    assert_eq!(ended.code, 0, "{ended:#?}");
    home
}

#[test]
fn saved_fixture_has_no_personal_data() {
    let home = home_with_personal_data();
    let file = home.path().join("my ticket.json");
    let name = file.to_str().unwrap();
    let output = home.run(["history", "save", "evt_1", name]).ok();
    assert_eq!(output.stdout, "");
    let quote = if cfg!(windows) { '"' } else { '\'' };
    let hint = format!("Use it with: cstar trigger ticket.created --data {quote}@");
    assert!(output.stderr.contains(&hint), "{output:?}");
    assert_private(&file);
    let text = std::fs::read_to_string(&file).unwrap();
    for personal in ["Ada", "Lovelace", "acme", "charged"] {
        assert!(!text.contains(personal), "{personal} in {text}");
    }
    let data: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(data["ticket"]["id"], "25990cb8-1111-4222-8333-444444444444");
    assert_eq!((&data["ticket"]["priority"], &data["actor"]["type"]), (&json!("urgent"), &json!("customer")));
    assert_eq!(data["ticket"]["customer_name"], data["actor"]["name"]);
    assert_eq!(data["ticket"]["title"].as_str().unwrap().split(' ').count(), 5);
    // It is usable at once.
    let receiver = Receiver::start();
    let at = format!("@{name}");
    home.run(["trigger", "ticket.created", "--data", &at, "--to", &receiver.url(), "--secret", "whsec_test"])
        .ok();
    let sent = receiver.next().json();
    for path in ["/ticket/id", "/ticket/title", "/actor/name", "/actor/email"] {
        assert_eq!(sent["data"].pointer(path), data.pointer(path), "{path}");
    }
}

#[test]
fn fixture_replaces_a_file_only_by_force() {
    let home = home_with_personal_data();
    let file = home.path().join("kept.json");
    std::fs::write(&file, "mine").unwrap();
    let name = file.to_str().unwrap();
    let refused = home.run(["history", "save", "evt_1", name, "--json"]);
    assert_eq!(refused.code, 1);
    assert!(refused.json_error()["hint"].as_str().unwrap().contains("--force"), "{refused:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
    let saved = home.run(["history", "save", "last", name, "--force", "--keep-data", "--json"]).ok().json();
    assert_eq!(
        (&saved["id"], &saved["type"], &saved["neutral"]),
        (&json!("evt_1"), &json!("ticket.created"), &json!(false))
    );
    assert!(std::fs::read_to_string(&file).unwrap().contains("ada@acme.test"));
    let printed = home.run(["history", "save", "evt_1", "-"]).ok();
    assert!(printed.stdout.starts_with("{\n  \"ticket\"") && !printed.stdout.contains("Ada"), "{printed:?}");
    assert_eq!(home.run(["history", "save", "evt_9", "-"]).code, 1);
    assert_eq!(home.run(["history", "save", "evt_1", "/no/such/directory/x.json"]).code, 1);
    let leftovers = std::fs::read_dir(home.path()).unwrap().map(|file| file.unwrap().file_name());
    assert!(!leftovers.into_iter().any(|name| name.to_string_lossy().contains("draft")));
}

#[test]
fn history_limit_is_kept_by_later_runs() {
    let home = Home::new();
    let run = |flags: &[&str], from: usize| {
        let receiver = Receiver::start();
        let server = ScriptedServer::start(move |_, _| {
            let mut frames = session(&json!({"webhook_id": "whk_1", "secret": "whsec_limit"}));
            for number in from..from + 5 {
                let id = format!("evt_{number}");
                frames += &event(&id, "ticket.created", &body(&id));
            }
            vec![send(STREAM.to_owned() + &frames), Step::Hold]
        });
        let url = receiver.url();
        let args = [&["--forward-to", url.as_str(), "--count", "5"][..], flags].concat();
        assert_eq!(server.listen(&home, &args).finish().code, 0);
        let list = home.run(["history", "--json"]).ok().json();
        list.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(run(&["--history-limit", "3"], 0), ["evt_2", "evt_3", "evt_4"]);
    assert_eq!(run(&[], 5), ["evt_7", "evt_8", "evt_9"]);
    assert_eq!(run(&["--history-limit", "6"], 10).len(), 6);
    for wrong in [["--history-limit", "0"], ["--history-limit", "1000001"]] {
        assert_eq!(home.run(["listen", wrong[0], wrong[1]]).code, 2);
    }
    assert_eq!(home.run(["listen", "--no-history", "--history-limit", "5"]).code, 2);
}

//! `history`, `history show` and `why`: what they print about events that `listen` received.

use serde_json::json;

use super::{SECRET, body, home_with_history};
use crate::support::Home;
use crate::support::ports::closed_port;
use crate::support::receiver::{Receiver, Response};
use crate::support::scripted_server::{STREAM, ScriptedServer, Step, send, session, ticket_event};

#[test]
fn missing_history_is_empty_and_not_created() {
    let home = Home::new();
    let output = home.run(["history"]).ok();
    assert_eq!(output.stdout, "");
    assert!(output.stderr.contains("There is no history yet"), "{output:?}");
    let json = home.run(["history", "--json"]).ok();
    assert_eq!((json.stdout.as_str(), json.stderr.as_str()), ("[]\n", ""));
    for command in [["why", "evt_1"], ["replay", "evt_1"]] {
        let output = home.run(command);
        assert_eq!(output.code, 1, "{output:?}");
        assert!(output.stderr.contains("there is no event `evt_1`"), "{output:?}");
    }
    let show = home.run(["history", "show", "evt_1", "--json"]);
    assert_eq!((show.code, &show.json_error()["exit_code"]), (1, &1.into()));
    assert!(!home.path().join("cstar").join("history.sqlite3").exists());
}

#[test]
fn wrong_filter_values_list_the_valid_ones() {
    let home = Home::new();
    let status = home.run(["history", "--status", "faild"]);
    assert_eq!(status.code, 2);
    assert!(status.stderr.contains("'failed'") && status.stderr.contains("skipped"), "{status:?}");
    let time = home.run(["history", "--since", "yesterdayish"]);
    assert_eq!(time.code, 2);
    assert!(time.stderr.contains("2026-03-06"), "{time:?}");
    let kind = home.run(["history", "--type", "tickt.created"]);
    assert!(kind.code == 2 && kind.stderr.contains("ticket.created"), "{kind:?}");
}

#[test]
fn list_has_one_line_per_event_in_order() {
    let (home, receiver) = home_with_history();
    let output = home.run(["history"]).ok();
    let rows: Vec<Vec<&str>> = output.stdout.lines().map(|line| line.split('\t').collect()).collect();
    let url = receiver.url();
    let of: Vec<_> = rows.iter().map(|row| (row[3], row[1], row[4], row[6])).collect();
    assert_eq!(
        of,
        [
            ("evt_skip", "skipped", "0", "-"),
            ("evt_good", "delivered", "1", url.as_str()),
            ("evt_late", "delivered", "2", &url),
            ("evt_auth", "failed", "1", &url),
            ("evt_path", "failed", "1", &url),
        ]
    );
    let last: Vec<&str> = rows.iter().map(|row| row[5]).collect();
    assert_eq!(last, ["not among --events", "200", "200", "401", "404"]);
    assert!(rows.iter().all(|row| row.len() == 7 && row[0].ends_with('Z')), "{rows:?}");
}

#[test]
fn history_filters_combine() {
    let (home, _receiver) = home_with_history();
    let ids = |args: &[&str]| {
        let output =
            crate::support::CommandOutput::run(home.cstar().arg("history").args(args).arg("--json")).ok();
        let list = output.json();
        let ids: Vec<_> =
            list.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
        ids.join(" ")
    };
    assert_eq!(ids(&["--status", "failed"]), "evt_auth evt_path");
    assert_eq!(ids(&["--status", "skipped"]), "evt_skip");
    assert_eq!(ids(&["--status", "waiting"]), "");
    assert_eq!(ids(&["--type", "ticket.closed,survey.*"]), "evt_skip");
    assert_eq!(ids(&["--type", "ticket.*", "--limit", "2"]), "evt_auth evt_path");
    assert_eq!(ids(&["--since", "1h", "--status", "delivered"]), "evt_good evt_late");
    assert_eq!(ids(&["--until", "1h"]), "");
    assert_eq!(ids(&["--since", "2000-01-01", "--limit", "1"]), "evt_path");
    assert_eq!(ids(&["list"]), "evt_skip evt_good evt_late evt_auth evt_path");
}

#[test]
fn show_prints_a_whole_event_escaped() {
    let (home, receiver) = home_with_history();
    let page = home.run(["history", "show", "evt_lat"]).ok().stdout;
    for part in [
        "evt_late  ticket.created  delivered",
        &format!("POST {}", receiver.url()),
        "(headers as sent at attempt 1)",
        "x-delivery-attempt: 1",
        "\"n\": 12345678901234567890123",
        "\\u{202e}evil",
        "retry: answered HTTP 500",
        "HTTP 200 from",
    ] {
        assert!(page.contains(part), "no {part:?} in {page}");
    }
    assert!(!page.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{page:?}");
    assert!(!page.contains("hunter2") && !page.contains("set-cookie"), "{page}");
    let value = home.run(["history", "show", "evt_late", "--json"]).ok().json();
    assert_eq!(value["body"], body("evt_late"));
    let attempts = value["attempts"].as_array().unwrap();
    let short: Vec<_> =
        attempts.iter().map(|one| (&one["attempt"], &one["status"], &one["outcome"])).collect();
    assert_eq!(
        short,
        [(&1.into(), &500.into(), &"retry".into()), (&2.into(), &200.into(), &"delivered".into())]
    );
}

#[test]
fn ambiguous_id_prefix_lists_the_matches() {
    let (home, _receiver) = home_with_history();
    let output = home.run(["history", "show", "evt_"]);
    assert_eq!(output.code, 2);
    assert!(output.stderr.contains("evt_good") && output.stderr.contains("evt_path"), "{output:?}");
}

#[test]
fn why_explains_the_cause_and_the_next_step() {
    let (home, receiver) = home_with_history();
    let url = receiver.url();
    let late = home.run(["why", "evt_late"]).ok().stdout;
    for part in [
        "evt_late (ticket.created) was delivered.",
        &format!("Attempt 1 to {url}: answered HTTP 500 after "),
        "temporary failure; retried after ",
        &format!("Delivered to {url} after 2 attempts"),
    ] {
        assert!(late.contains(part), "no {part:?} in {late}");
    }
    let auth = home.run(["why", "evt_auth"]).ok().stdout;
    assert!(auth.contains("cstar listen --print-secret") && auth.contains("cstar replay evt_auth"), "{auth}");
    let path = home.run(["why", "evt_path", "--json"]).ok().json();
    assert_eq!(path["status"], "failed");
    assert!(path["next"][0].as_str().unwrap().contains("no handler accepts a POST"), "{path}");
    let skip = home.run(["why", "evt_skip"]).ok().stdout;
    assert!(skip.contains("was skipped") && skip.contains("its body was not kept"), "{skip}");
}

#[test]
fn why_shows_the_lost_connection() {
    let home = Home::new();
    let receiver = Receiver::start();
    // The first stream breaks after an event, and the second one continues.
    let server = ScriptedServer::start(|number, _| {
        let frames = session(&json!({ "secret": SECRET, "resumed": number > 0 }));
        let frames = STREAM.to_owned() + &frames + &ticket_event(&format!("evt_{number}"));
        if number == 0 { vec![send(frames)] } else { vec![send(frames), Step::Hold] }
    });
    let ended = server.listen(&home, &["--forward-to", &receiver.url(), "--count", "2"]).finish();
    assert_eq!(ended.code, 0, "{ended:#?}");
    let page = home.run(["why", "evt_0"]).ok().stdout;
    assert!(page.contains("The connection around then\n"), "{page}");
    assert!(
        page.contains("The connection to cStar was lost: the server ended the stream; tried again "),
        "{page}"
    );
    let json = home.run(["why", "evt_0", "--json"]).ok().json();
    assert_eq!(json["notes"][0]["kind"], "disconnected", "{json}");
    assert!(json["notes"][0]["retry_in_ms"].is_number(), "{json}");
}

#[test]
fn skipped_event_has_no_request() {
    let (home, _receiver) = home_with_history();
    let page = home.run(["history", "show", "evt_skip"]).ok().stdout;
    assert!(page.contains("skipped: not among --events") && !page.contains("Request"), "{page}");
    let event = &home.run(["history", "--json"]).ok().json()[0];
    assert_eq!((&event["id"], &event["skipped"]), (&"evt_skip".into(), &"not among --events".into()));
}

/// Fails unless the parts appear in this order.
fn assert_order(page: &str, parts: &[&str]) {
    let mut rest = page;
    for part in parts {
        let at = rest.find(part).unwrap_or_else(|| panic!("no {part:?} in its place: {page}"));
        rest = &rest[at + part.len()..];
    }
}

#[test]
fn why_is_in_chronological_order() {
    let (home, receiver) = home_with_history();
    let url = receiver.url();
    let other = Receiver::start_with(|_| Response::status(500));
    let closed = closed_port();
    let replay = |to: &str| home.run(["replay", "evt_late", "--secret", SECRET, "--to", to]);
    assert_eq!(replay(&other.url()).code, 1);
    assert_eq!(replay(&closed.to_string()).code, 3);
    let delivered = format!("Delivered to {url} after 2 attempts");
    let given_up = format!("Given up for {}", other.url());
    let parts = [
        "  Received from ",
        "Targets: ",
        &format!("Attempt 1 to {url}"),
        &format!("Attempt 2 to {url}"),
        &delivered,
        &format!("ttempt 3 to {}", other.url()),
        &given_up,
        "refuses connections",
        "Next\n",
    ];
    assert_order(&home.run(["why", "evt_late"]).ok().stdout, &parts);
    let page = home.run(["history", "show", "evt_late"]).ok().stdout;
    assert!(page.contains("not reached, tried 1 time: refuses connections"), "{page}");
    let json = home.run(["why", "evt_late", "--json"]).ok().json();
    let story: Vec<&str> =
        json["story"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    assert_order(&story.join("\n"), &parts[..8]);
    // A replay is the newest entry, and earlier entries stay before it.
    receiver.drain();
    replay(&url).ok();
    let page = home.run(["why", "evt_late"]).ok().stdout;
    let again = format!("Replayed, attempt 3 to {url}");
    assert_order(&page, &["refuses connections", &again, &format!("Delivered to {url}"), "Next\n"]);
}

//! The views of a history that a journal wrote.

use jiff::tz::TimeZone;
use serde_json::Value;

use super::{har, list, show};
use crate::ops::tests::{Seeded, TARGET};
use crate::output::history_json;

fn plain(lines: &[String]) -> Vec<String> {
    lines.iter().map(|line| anstream::adapter::strip_str(line).to_string()).collect()
}

#[tokio::test]
async fn list_has_tabs_in_a_pipe_and_columns_else() {
    let history = Seeded::new().await;
    let tabs = list::for_program(&history.list());
    assert_eq!(
        tabs[0],
        format!("2026-03-06T14:30:00.010Z\tdelivered\tticket.created\tevt_good\t2\t200\t{TARGET}")
    );
    let cells: Vec<Vec<&str>> = tabs.iter().map(|line| line.split('\t').collect()).collect();
    let of_column = |column: usize| cells.iter().map(|row| row[column]).collect::<Vec<_>>();
    assert_eq!(of_column(1), ["delivered", "failed", "skipped", "waiting"]);
    assert_eq!(of_column(3), ["evt_good", "evt_auth", "evt_skip", "evt_wait"]);
    assert_eq!(of_column(4), ["2", "1", "0", "0"]);
    assert_eq!(of_column(5), ["200", "401", "not among --events", "refuses connections"]);
    assert_eq!(of_column(6)[2], "-");
    let on = |day: &str| day.parse::<jiff::Timestamp>().unwrap().to_zoned(TimeZone::UTC);
    let later = plain(&list::for_person(&history.list(), &on("2026-03-07T09:00:00Z"), None, false));
    assert!(later[0].starts_with("TIME                 STATUS     TYPE"), "{later:#?}");
    assert!(later[1].starts_with("2026-03-06 14:30:00  delivered  ticket.created"), "{later:#?}");
    let same_day = plain(&list::for_person(&history.list(), &on("2026-03-06T15:00:00Z"), Some(80), false));
    assert!(same_day[1].starts_with("14:30:00  delivered  ticket.created"), "{same_day:#?}");
}

#[tokio::test]
async fn show_prints_request_attempts_and_response() {
    let history = Seeded::new().await;
    let page = plain(&show::lines(&history.get("evt_good"), &TimeZone::UTC, None)).join("\n");
    for part in [
        "evt_good  ticket.created  delivered\n",
        "received  2026-03-06 14:30:00.010 from https://www.cstar.help\n",
        "request   req_1",
        "POST http://localhost:3000/hook\n",
        "x-delivery-attempt: 2\n",
        "      \"n\": 12345678901234567890123\n",
        "\"title\": \"\\u001b[2J evil\"",
        "  1   14:30:00.600  http://localhost:3000/hook  500     12.34  retry: answered HTTP 500\n",
        "  2   14:30:01.100  http://localhost:3000/hook  200     12.34  delivered\n",
        "HTTP 200 from http://localhost:3000/hook\n",
        "content-type: text/plain\n",
        "no\\x1b[31m way",
    ] {
        assert!(page.contains(part), "no {part:?} in:\n{page}");
    }
    assert!(!page.contains('\x1b'), "{page:?}");
}

#[tokio::test]
async fn what_waits_or_was_skipped_says_so() {
    let history = Seeded::new().await;
    let waiting = plain(&show::lines(&history.get("evt_wait"), &TimeZone::UTC, None)).join("\n");
    assert!(waiting.contains("not reached, tried 3 times: refuses connections"), "{waiting}");
    assert!(!waiting.contains("Last response"), "{waiting}");
    let skipped = plain(&show::lines(&history.get("evt_skip"), &TimeZone::UTC, None)).join("\n");
    assert!(skipped.contains("skipped: not among --events") && !skipped.contains("Request"), "{skipped}");
}

#[tokio::test]
async fn json_holds_everything_and_the_exact_body() {
    let history = Seeded::new().await;
    let event = history.get("evt_auth");
    let value = history_json::detail(&event);
    assert_eq!((&value["id"], &value["status"]), (&"evt_auth".into(), &"failed".into()));
    assert_eq!(value["body"].as_str().unwrap().as_bytes(), &event.body[..]);
    assert_eq!(value["attempts"][0]["status"], 401);
    assert_eq!(value["attempts"][0]["outcome"], "failed");
    assert_eq!(value["attempts"][0]["response_body"], "no\x1b[31m way");
    assert_eq!(value["deliveries"][0]["last_reason"], "answered HTTP 401");
    assert_eq!(value["receptions"][0]["run"]["pid"], 42);
    assert_eq!(history_json::summary(&history.list()[2])["skipped"], "not among --events");
}

#[tokio::test]
async fn har_entry_has_all_required_members() {
    let history = Seeded::at_target("http://localhost:3000/hook?a=1&b=x%20y").await;
    let entries = har::entries(&history.get("evt_good"));
    let archive = format!(
        "{}{}{}",
        har::start().unwrap(),
        entries.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
        har::END
    );
    let archive: Value = serde_json::from_str(&archive).unwrap();
    assert_eq!(archive["log"]["version"], "1.2");
    assert_eq!(archive["log"]["creator"]["name"], "cstar");
    assert_eq!(archive["log"]["entries"].as_array().unwrap().len(), 2);
    let entry = &archive["log"]["entries"][0];
    for (part, members) in [
        (
            &entry["request"],
            &["method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"]
                [..],
        ),
        (
            &entry["response"],
            &[
                "status",
                "statusText",
                "httpVersion",
                "cookies",
                "headers",
                "content",
                "redirectURL",
                "headersSize",
                "bodySize",
            ],
        ),
        (&entry["timings"], &["send", "wait", "receive"]),
        (entry, &["startedDateTime", "time", "cache"]),
    ] {
        for member in members {
            assert!(part.get(member).is_some(), "no {member} in {part}");
        }
    }
    assert_eq!(entry["request"]["queryString"][1], serde_json::json!({"name": "b", "value": "x y"}));
    assert_eq!((&entry["response"]["status"], &entry["time"]), (&500.into(), &12.34.into()));
    let refused = &har::entries(&history.get("evt_wait"))[0];
    assert_eq!(
        (&refused["response"]["status"], &refused["_error"]),
        (&0.into(), &"refuses connections".into())
    );
    assert_eq!(refused["_repeats"], 3);
}

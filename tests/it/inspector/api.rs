//! What the API answers about a history, and what it sends.

use serde_json::{Value, json};

use super::{Ui, key};
use crate::history::home_with_history;
use crate::support::Home;
use crate::support::ports::closed_port;
use crate::support::receiver::Receiver;
use crate::support::scripted_server::{STREAM, ScriptedServer, Step, send, session, ticket_event};

fn ids(list: &Value) -> Vec<&str> {
    list["events"].as_array().unwrap().iter().map(|event| event["id"].as_str().unwrap()).collect()
}

#[test]
fn events_are_listed_and_filtered() {
    let (home, _receiver) = home_with_history();
    let ui = Ui::start(&home);
    let all = ui.get("events");
    assert_eq!(ids(&all), ["evt_path", "evt_auth", "evt_late", "evt_good", "evt_skip"]);
    assert_eq!((&all["total"], &all["newest"], &all["oldest"]), (&5.into(), &5.into(), &1.into()));
    let event = &all["events"][1];
    assert_eq!((&event["resource"], &event["http_status"]), (&"ticket:evt_auth".into(), &401.into()));
    assert!(event["duration_ms"].is_number() && event["origin"].is_null(), "{event}");
    for (query, wanted) in [
        ("status=failed", &["evt_path", "evt_auth"][..]),
        ("status=401", &["evt_auth"]),
        ("status=5xx", &["evt_late"]),
        ("status=skipped", &["evt_skip"]),
        ("type=ticket.closed", &["evt_skip"]),
        ("type=ticket.created&limit=1&offset=1", &["evt_auth"]),
        ("q=EVT_GOOD", &["evt_good"]),
        ("after=3", &["evt_auth", "evt_path"]),
        ("up_to=2", &["evt_good", "evt_skip"]),
        ("filter=data.ticket.id=evt_late", &["evt_late"]),
        ("target=nowhere", &[]),
        ("slower=1h", &[]),
        ("since=2100-01-01", &[]),
        ("until=2020-01-01", &[]),
        // The number and the title are the same in all of them.
        ("changed=1&type=ticket.created", &["evt_good"]),
    ] {
        assert_eq!(ids(&ui.get(&format!("events?{query}"))), wanted, "{query}");
    }
    for (query, part) in [
        ("typ=x", "there is no query parameter `typ`"),
        ("limit=x", "`limit` is not a number"),
        ("status=sent", "expected delivered"),
        ("type=a&type=b", "twice"),
        ("since=soon", "`since` cannot be"),
        ("filter==", "`filter` cannot be"),
        ("changed=2", "`changed` is 1 or 0"),
    ] {
        let (status, message) = ui.refused(&format!("GET /_inspector/events?{query}"), "");
        assert!(status == 400 && message.contains(part), "{query}: {message}");
    }
}

#[test]
fn first_page_comes_without_a_count() {
    let (home, _receiver) = home_with_history();
    let ui = Ui::start(&home);
    let page = ui.get("events?type=ticket.created&limit=2&total=0");
    assert_eq!(
        (ids(&page), &page["total"], &page["list"]),
        (vec!["evt_path", "evt_auth"], &Value::Null, &Value::Null)
    );
    // The last page is known to be the last one.
    let last = ui.get("events?type=ticket.created&limit=3&offset=2&total=0");
    assert_eq!((ids(&last), &last["total"]), (vec!["evt_late", "evt_good"], &4.into()));
    assert_eq!(ui.get("events?q=nothing&total=0")["total"], 0);
    assert_eq!(ui.get("events?type=ticket.created&limit=0")["total"], 4);
    assert_eq!(ui.get("events?limit=2&offset=9")["total"], 5);
}

#[test]
fn kept_list_is_read_page_by_page() {
    let (home, _receiver) = home_with_history();
    let ui = Ui::start(&home);
    let first = ui.get("events?type=ticket.created&limit=1&keep=1");
    let list = first["list"].as_str().unwrap();
    assert_eq!((ids(&first), &first["total"]), (vec!["evt_path"], &4.into()));
    // Its own filters count, not those of the request.
    let page = |query: &str| ui.get(&format!("events?status=skipped&list={list}&{query}"));
    for (query, wanted, total) in [
        ("offset=1&limit=2", &["evt_auth", "evt_late"][..], 4),
        ("offset=4", &[], 4),
        ("up_to=3", &["evt_late", "evt_good"], 2),
        ("after=3", &["evt_auth", "evt_path"], 2),
    ] {
        let page = page(query);
        assert_eq!(
            (ids(&page), &page["total"], &page["list"]),
            (wanted.to_vec(), &total.into(), &list.into()),
            "{query}"
        );
    }
    // A list that is gone is searched for again.
    let other = ui.get("events?status=skipped&list=gone");
    assert_eq!((ids(&other), &other["list"]), (vec!["evt_skip"], &Value::Null));
    let changed = ui.get("events?changed=1&type=ticket.created&keep=1");
    assert_eq!((ids(&changed), &changed["total"]), (vec!["evt_good"], &1.into()));
    assert!(changed["list"].is_string() && changed["list"] != list);
}

#[test]
fn event_is_shown_before_its_secret_is_known() {
    let home = Home::new();
    let receiver = Receiver::start();
    // It opens one session, and then answers nothing.
    let server = ScriptedServer::start(|number, _| match number {
        0 => {
            let frames = session(&json!({"webhook_id": "whk_1", "secret": crate::history::SECRET}));
            vec![send(STREAM.to_owned() + &frames + &ticket_event("evt_1")), Step::Hold]
        }
        _ => vec![Step::Hold],
    });
    server.listen(&home, &["--forward-to", &receiver.url(), "--count", "1"]).finish();
    let ui = Ui::start_with(server.cstar(&home));
    let event = ui.get("events/evt_1?wait=0");
    assert_eq!((&event["signature_pending"], &event["signature"]), (&true.into(), &json!([])));
    assert_eq!(ui.refused("GET /_inspector/events/evt_1?wait=soon", "").0, 400);
}

#[test]
fn one_event_has_everything_about_it() {
    let (home, _receiver) = home_with_history();
    let ui = Ui::start(&home);
    let event = ui.get("events/evt_auth");
    assert_eq!(ui.get(&format!("events/{}", event["key"])), event);
    assert_eq!(event["previous_of_type"]["id"], "evt_late");
    assert!(event["previous"].is_null() && event["next"].is_null() && event["cause"].is_null(), "{event}");
    let signature = &event["signature"][0];
    assert_eq!((&signature["valid"], &signature["reconstructed"]), (&true.into(), &false.into()));
    assert_eq!(signature["expected"], signature["sent"]);
    let good = ui.get("events/evt_good");
    assert_eq!(good["attempts"][0]["reconstructed"], true);
    assert_eq!(good["signature"][0]["valid"], true);
    let body = ui.request("GET /_inspector/events/evt_good/body", "");
    assert_eq!(body.body, good["body"].as_str().unwrap());
    assert_eq!(body.header("content-type"), Some("application/octet-stream"));
    assert_eq!(ui.get("events/evt_good/template")["type"], "ticket.created");
    assert!(!event.to_string().contains(crate::history::SECRET));
    for missing in ["events/999", "events/evt_nope", "events/%F0%9F%98%80", "events/..%2f1", "events/'"] {
        assert_eq!(ui.refused(&format!("GET /_inspector/{missing}"), "").0, 404, "{missing}");
    }
    assert_eq!(ui.refused("GET /_inspector/events/evt_", "").0, 400, "several match");
}

#[test]
fn events_are_copied_for_other_tools() {
    let (home, receiver) = home_with_history();
    let ui = Ui::start(&home);
    receiver.drain();
    let copy = |query: &str| ui.request(&format!("GET /_inspector/events/evt_path/copy?{query}"), "");
    assert_eq!(copy("as=why").body, "cstar why evt_path\n");
    let fixture: Value = copy("as=fixture").json();
    assert_eq!(fixture["id"], "evt_path");
    assert!(copy("as=fixture").body.contains("\"n\": 12345678901234567890123"), "numbers stay");
    assert_eq!(copy("as=har").json()["log"]["entries"][0]["response"]["status"], 404);
    assert_eq!(copy("as=xml").status, 400);
    let curl = copy("as=curl").body;
    assert!(curl.starts_with("curl -sS -i 'http://127.0.0.1:") && curl.contains("x-signature: t="), "{curl}");
    let elsewhere = copy("as=curl&target=http://localhost:1/a'b").body;
    assert!(elsewhere.contains("'http://localhost:1/a%27b'") || elsewhere.contains(r"a'\''b"), "{elsewhere}");
    #[cfg(unix)]
    if std::process::Command::new("curl").arg("--version").output().is_ok() {
        let ran = std::process::Command::new("sh").args(["-c", &curl]).output().unwrap();
        assert!(ran.status.success(), "{ran:?}");
        let request = receiver.next();
        let verifier = cstar::signature::Verifier::new(crate::history::SECRET);
        verifier.verify(&request.body, Some(request.header("x-signature"))).unwrap();
    }
}

#[test]
fn events_are_replayed_and_edited() {
    let (home, receiver) = home_with_history();
    let ui = Ui::start(&home);
    receiver.drain();
    let (good, auth) = (key(&ui, "evt_good"), key(&ui, "evt_auth"));
    let replayed = ui.post("replay", &json!({ "keys": [good, auth] }));
    let outcomes: Vec<_> =
        replayed["attempts"].as_array().unwrap().iter().map(|one| (&one["key"], &one["outcome"])).collect();
    assert_eq!(outcomes, [(&json!(good), &json!("delivered")), (&json!(auth), &json!("failed"))]);
    assert_eq!(receiver.take(2)[0].header("x-delivery-attempt"), "2");
    let edited = json!({ "from": good, "body": "{\"id\":\"x\", \"type\":\"ticket.updated\",\"n\":1.10}" });
    let sent = ui.post("send", &edited);
    let request = receiver.next();
    let id = sent["id"].as_str().unwrap();
    let body = format!("{{\"id\":\"{id}\", \"type\":\"ticket.updated\",\"n\":1.10}}");
    assert_eq!(String::from_utf8_lossy(&request.body), body);
    assert_eq!(request.header("x-event-type"), "ticket.updated");
    let stored = ui.get(&format!("events/{}", sent["key"]));
    assert_eq!((&stored["origin"], &stored["source_id"]), (&"edited".into(), &"evt_good".into()));
    let nowhere = format!("http://127.0.0.1:{}/", closed_port());
    let refused = ui.post("send", &json!({ "from": good, "body": "no json", "target": nowhere }));
    assert_eq!(refused["attempts"][0]["outcome"], "refused");
    assert_eq!(ui.get(&format!("events/{}", refused["key"]))["status"], "failed", "nothing waits");
    assert_eq!(ui.refused("POST /_inspector/replay", r#"{"keys":[999]}"#).0, 404);
    let skipped = json!({ "keys": [key(&ui, "evt_skip")] }).to_string();
    assert_eq!(ui.refused("POST /_inspector/replay", &skipped).0, 422);
}

#[test]
fn statistics_count_types_and_minutes() {
    let (home, _receiver) = home_with_history();
    let ui = Ui::start(&home);
    let stats = ui.get("stats");
    assert_eq!(
        (&stats["total"], &stats["failed"], &stats["success_rate"]),
        (&5.into(), &2.into(), &0.5.into())
    );
    let created =
        stats["types"].as_array().unwrap().iter().find(|one| one["type"] == "ticket.created").unwrap();
    assert_eq!(
        (&created["count"], &created["failed"], &created["over_10s"]),
        (&4.into(), &2.into(), &0.into())
    );
    assert!(created["p50_ms"].as_f64().unwrap() <= created["max_ms"].as_f64().unwrap());
    let received: u64 =
        stats["minutes"].as_array().unwrap().iter().map(|one| one["received"].as_u64().unwrap()).sum();
    assert_eq!((received, &stats["waiting"]), (5, &json!([])));
    assert_eq!(ui.get("stats?since=2100-01-01")["total"], 0);
    assert_eq!(ui.refused("GET /_inspector/stats?since=x", "").0, 400);
}

#[test]
fn document_describes_the_operations() {
    let home = Home::new();
    let ui = Ui::start(&home);
    let document = ui.get("openapi.json");
    assert_eq!(document["openapi"], "3.1.0");
    for path in ["events", "events/{event}", "replay", "stats", "stream", "trigger", "cstar/{path}"] {
        assert!(document["paths"][format!("/_inspector/{path}")].is_object(), "{path}");
    }
    let types = ui.get("types");
    assert_eq!(types["types"].as_array().unwrap().len(), 35);
}

#[test]
fn unusable_histories_are_reported() {
    let home = Home::new();
    let directory = home.path().join("cstar");
    std::fs::create_dir_all(&directory).unwrap();
    std::fs::write(directory.join("history.sqlite3"), "not a database, but some longer text").unwrap();
    let ui = Ui::start(&home);
    let (status, message) = ui.refused("GET /_inspector/events", "");
    assert!(status == 500 && message.contains("damaged"), "{message}");
    assert_eq!(ui.get("config")["base_url"], Value::Null, "without an account");
    assert_eq!(ui.refused("POST /_inspector/trigger", r#"{"type":"ticket.created"}"#).0, 403);
    assert_eq!(ui.refused("GET /_inspector/cstar/v1/x", "").0, 404);
}

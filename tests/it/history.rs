//! What `listen` received and delivered can be listed, explained, exported and replayed.

mod export;
mod fixtures;
mod replay;
mod unfinished;
mod views;

use std::collections::HashMap;
use std::sync::Mutex;

use serde_json::{Value, json};

use crate::support::receiver::{Receiver, Response};
use crate::support::scripted_server::{STREAM, ScriptedServer, Step, event, send, session};
use crate::support::{Home, assert_private};

/// Signs everything here; it must never appear in the history.
pub(crate) const SECRET: &str = "whsec_history0000000000000000000000";

/// One event for each outcome, by the response of [`receiver`].
const EVENTS: [&str; 4] = ["evt_good", "evt_late", "evt_auth", "evt_path"];

/// The body of an event: with a title that contains escape sequences, and a number that rounding would change.
fn body(id: &str) -> String {
    let title = "\\u001b[2J\u{202e}evil";
    format!(
        r#"{{"id":"{id}","type":"ticket.created","created_at":"2026-03-06T14:30:00Z","team_id":"t","data":{{"ticket":{{"id":"{id}","title":"{title}","n":12345678901234567890123}}}}}}"#
    )
}

/// 200; 500 and then 200; 401; 404.
fn receiver() -> Receiver {
    let seen: Mutex<HashMap<String, u32>> = Mutex::default();
    Receiver::start_with(move |request| {
        let id = request.header("x-event-id").to_owned();
        let mut seen = seen.lock().unwrap();
        let times = seen.entry(id.clone()).or_default();
        *times += 1;
        let status = match (id.as_str(), *times) {
            ("evt_auth", _) => 401,
            ("evt_path", _) => 404,
            ("evt_late", 1) => 500,
            _ => 200,
        };
        Response::status(status).header("x-answered", "by \u{9b}2J").header("set-cookie", "id=hunter2")
    })
}

/// Runs `listen` for one event that its filter skips, and then for each of [`EVENTS`].
fn seed(home: &Home, receiver: &Receiver) -> Vec<Value> {
    let server = ScriptedServer::start(|_, _| {
        let mut frames = session(&json!({"webhook_id": "whk_1", "secret": SECRET}));
        frames += &event("evt_skip", "ticket.closed", &body("evt_skip").replace("created\"", "closed\""));
        for id in EVENTS {
            frames += &event(id, "ticket.created", &body(id));
        }
        vec![send(STREAM.to_owned() + &frames), Step::Hold]
    });
    let args = [
        "--forward-to",
        &receiver.url(),
        "--events",
        "ticket.created",
        "-H",
        "Authorization: Bearer hunter2",
        "--count",
        "4",
    ];
    let ended = server.listen(home, &args).finish();
    assert_eq!(ended.code, 1, "two events failed: {ended:#?}");
    receiver.drain();
    ended.seen
}

/// A home with a history, and the server that received its deliveries.
pub(crate) fn home_with_history() -> (Home, Receiver) {
    let (home, receiver) = (Home::new(), receiver());
    seed(&home, &receiver);
    (home, receiver)
}

/// All bytes of the history.
fn bytes_of(home: &Home) -> Vec<u8> {
    let files = std::fs::read_dir(home.path().join("cstar")).unwrap().map(|file| file.unwrap().path());
    let history = files.filter(|path| path.to_str().unwrap().contains("history.sqlite3"));
    history.filter(|path| path.is_file()).flat_map(|path| std::fs::read(path).unwrap()).collect()
}

#[test]
fn history_file_holds_no_credentials() {
    let (home, receiver) = home_with_history();
    let output =
        home.run(["replay", "evt_good", "--secret", SECRET, "-H", "Authorization: Bearer hunter2"]).ok();
    receiver.next();
    let bytes = bytes_of(&home);
    let holds = |text: &str| memchr::memmem::find(&bytes, text.as_bytes()).is_some();
    assert!(holds("evt_good") && holds("x-answered"), "the search works");
    for secret in [SECRET, "hunter2", "sk_test_"] {
        assert!(!holds(secret), "{secret} is in the history");
    }
    for printed in
        [output, home.run(["history", "show", "evt_good"]), home.run(["why", "evt_good", "--json"])]
    {
        assert!(!format!("{printed:?}").contains(SECRET), "{printed:?}");
    }
}

#[test]
fn history_file_is_private() {
    let (home, _receiver) = home_with_history();
    assert_private(&home.path().join("cstar/history.sqlite3"));
}

//! The stream of new and changed events.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use super::{Ui, key};
use crate::history::home_with_history;
use crate::support::TIMEOUT;

/// An open stream.
struct Stream(BufReader<TcpStream>);

impl Stream {
    fn open(ui: &Ui, path: &str, headers: &str) -> Self {
        let mut stream = TcpStream::connect(("127.0.0.1", ui.port)).unwrap();
        stream.set_read_timeout(Some(TIMEOUT)).unwrap();
        let (port, token) = (ui.port, &ui.token);
        let head = format!(
            "GET /_inspector/{path} HTTP/1.1\r\nhost: localhost:{port}\r\nauthorization: Bearer {token}\r\n{headers}\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut opened = Self(BufReader::new(stream));
        assert!(opened.line().contains(" 200 "));
        while opened.line() != "retry: 1000" {}
        opened
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        assert_ne!(self.0.read_line(&mut line).unwrap(), 0, "the stream has ended");
        line.trim_end().to_owned()
    }

    /// The name and the data of the next event.
    fn next(&mut self) -> (String, Value) {
        let mut name = String::new();
        loop {
            let line = self.line();
            if let Some(found) = line.strip_prefix("event: ") {
                name = found.to_owned();
            }
            if let Some(data) = line.strip_prefix("data: ") {
                return (name, serde_json::from_str(data).unwrap());
            }
        }
    }
}

#[test]
fn new_and_changed_events_are_streamed() {
    let (home, _receiver) = home_with_history();
    let ui = Ui::start(&home);
    let mut stream = Stream::open(&ui, "stream", "");
    let auth = key(&ui, "evt_auth");
    ui.post("replay", &json!({ "keys": [auth] }));
    let (name, event) = stream.next();
    assert_eq!((name.as_str(), &event["key"]), ("update", &json!(auth)));
    let sent = ui.post("send", &json!({ "from": auth, "body": "{}" }));
    let (name, event) = std::iter::repeat_with(|| stream.next()).find(|(name, _)| name != "update").unwrap();
    assert_eq!((name.as_str(), &event["id"], &event["origin"]), ("event", &sent["id"], &json!("edited")));
}

#[test]
fn a_stream_is_resumed_after_an_event() {
    let (home, _receiver) = home_with_history();
    let ui = Ui::start(&home);
    let ids = |(name, data): (String, Value)| -> Vec<String> {
        assert_eq!(name, "events");
        let events = data["events"].as_array().unwrap();
        events.iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect()
    };
    let mut resumed = Stream::open(&ui, "stream", "last-event-id: 3\r\n");
    assert_eq!(ids(resumed.next()), ["evt_auth", "evt_path"]);
    let mut first = Stream::open(&ui, "stream?after=2", "");
    assert_eq!(ids(first.next()), ["evt_late", "evt_auth", "evt_path"]);
    let mut foreign = Stream::open(&ui, "stream", "last-event-id: 900\r\n");
    assert_eq!(foreign.next(), ("reset".to_owned(), json!({ "newest": 5 })));
}

#[test]
fn too_many_streams_are_refused() {
    let (home, _receiver) = home_with_history();
    let mut ui = Ui::start(&home);
    let streams: Vec<Stream> = (0..32).map(|_| Stream::open(&ui, "stream", "")).collect();
    assert_eq!(ui.refused("GET /_inspector/stream", "").0, 503);
    assert_eq!(ui.get("events")["total"], 5, "everything else still works");
    // Open streams do not keep it from ending.
    ui.running.interrupt();
    assert_eq!(ui.running.wait().code(), Some(0));
    drop(streams);
}

//! `listen --record` and `trigger --play`: what was received is sent again, byte for byte, and signed now.

use std::fs;
use std::path::{Path, PathBuf};

use cstar::signature::{SIGNATURE_HEADER, verify_signature};
use serde_json::{Value, json};

use crate::support::listen::Listen;
use crate::support::receiver::{ReceivedRequest, Receiver, Response};
use crate::support::scripted_server::{FAKE_KEY, STREAM, ScriptedServer, Step, event, send, session, ticket};
use crate::support::{CommandOutput, Home, SANDBOX_SECRET};

/// Bodies as they were written, with odd spaces, numbers and escapes.
fn bodies() -> Vec<(String, String)> {
    let odd = |id: &str| {
        format!(
            r#"{{ "id" : "{id}","type":"ticket.created","created_at":"2026-03-06T14:30:00Z","team_id":"t", "data":{{"ticket":{{"id":"tkt_{id}","n":1.10,"s":"\u00e9\/é"}}}}  }}"#
        )
    };
    let plain = (0..6).map(|number| {
        let id = format!("evt_{number}");
        (id.clone(), ticket(&id, &format!("tkt_{}", number % 2)))
    });
    plain.chain([("evt_odd".to_owned(), odd("evt_odd"))]).collect()
}

/// Runs `listen` with these flags on a stream of these events.
fn listen(home: &Home, events: &[(String, String)], args: &[&str]) -> i32 {
    let frames: String = events.iter().map(|(id, body)| event(id, "ticket.created", body)).collect();
    let ready = session(&json!({ "secret": SANDBOX_SECRET }));
    let server = ScriptedServer::start(move |_, _| {
        vec![send(STREAM), send(ready.clone()), send(frames.clone()), Step::Hold]
    });
    let (receiver, count) = (Receiver::start(), events.len().to_string());
    let url = receiver.url();
    let args = [&["--forward-to", &url, "--count", &count, "--for", "60s"], args].concat();
    let ended = Listen::start_unconnected(server.cstar(home), &args).finish();
    assert!(ended.code != 101, "{}", ended.stderr);
    ended.code
}

fn play(home: &Home, file: &Path, receiver: &Receiver, args: &[&str]) -> CommandOutput {
    let url = receiver.url();
    let file = file.to_str().unwrap();
    let mut command = home.cstar();
    command.args(["trigger", "--play", file, "--to", &url, "--secret", SANDBOX_SECRET]).args(args);
    CommandOutput::run(&mut command)
}

fn recording(home: &Home, events: &[(String, String)], args: &[&str]) -> PathBuf {
    let file = home.path().join("events.jsonl");
    let name = file.to_str().unwrap().to_owned();
    assert_eq!(listen(home, events, &[&["--record", &name], args].concat()), 0);
    file
}

fn lines(file: &Path) -> Vec<Value> {
    fs::read_to_string(file).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn assert_signed(request: &ReceivedRequest) {
    verify_signature(&request.body, Some(request.header(SIGNATURE_HEADER)), SANDBOX_SECRET).unwrap();
}

#[test]
fn recorded_events_are_played_byte_for_byte() {
    let (home, events) = (Home::new(), bodies());
    let file = recording(&home, &events, &[]);
    let text = fs::read_to_string(&file).unwrap();
    assert!(!text.contains("signature") && !text.contains("whsec_"), "{text}");
    assert!(text.contains(r#"["x-event-id","evt_0"]"#), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let receiver = Receiver::start();
    play(&home, &file, &receiver, &["--speed", "max"]).ok();
    let requests = receiver.stop();
    requests.iter().for_each(assert_signed);
    let mut played: Vec<(String, String)> = requests
        .iter()
        .map(|one| (one.header("x-event-id").to_owned(), String::from_utf8(one.body.to_vec()).unwrap()))
        .collect();
    // Different tickets may overtake each other, one ticket may not.
    let of_ticket: Vec<&str> =
        played.iter().filter(|(_, body)| body.contains("tkt_1\"")).map(|(id, _)| id.as_str()).collect();
    assert_eq!(of_ticket, ["evt_1", "evt_3", "evt_5"]);
    played.sort();
    let mut expected = events.clone();
    expected.sort();
    assert_eq!(played, expected);

    let name = file.to_str().unwrap();
    assert_eq!(listen(&home, &events, &["--record", name]), 1, "an old recording was replaced");
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    assert_eq!(listen(&home, &events[..1], &["--record", name, "--force", "--events", "ticket.*"]), 0);
    assert_eq!(lines(&file).len(), 1);
    let empty = home.path().join("empty.jsonl");
    let mut unreachable = home.cstar();
    unreachable.env("CSTAR_BASE_URL", "http://127.0.0.1:9").env("CSTAR_API_KEY", FAKE_KEY);
    unreachable.args(["listen", "--forward-to", "3000", "--record", empty.to_str().unwrap()]);
    assert_eq!(CommandOutput::run(&mut unreachable).code, 3);
    assert!(!empty.exists(), "a recording without an event was left");
}

#[test]
fn redacted_recording_has_no_personal_data() {
    let body = |number: u32| {
        format!(
            r#"{{"id":"evt_{number}","type":"ticket.created","created_at":"2026-03-06T14:30:00Z","team_id":"t","data":{{"ticket":{{"id":"tkt_1","title":"Please call Ada","customer_name":"Ada Lovelace","summary":"Ada Lovelace, ada@acme.test"}},"customer":{{"name":"Ada Lovelace","email":"Ada@acme.test","phone":"+49 170 1234567"}}}}}}"#
        )
    };
    let events: Vec<(String, String)> =
        (0..2).map(|number| (format!("evt_{number}"), body(number))).collect();
    let runs = [&["--redact", "--redact-salt", "x"][..], &["--redact", "--redact-salt", "x"], &["--redact"]]
        .map(|args| {
            let home = Home::new();
            let file = recording(&home, &events, args);
            let text = fs::read_to_string(&file).unwrap().to_lowercase();
            for original in ["ada", "lovelace", "acme", "1234567", "please"] {
                assert!(!text.contains(original), "{original}: {text}");
            }
            let bodies: Vec<Value> = lines(&file)
                .iter()
                .map(|line| serde_json::from_str(line["body"].as_str().unwrap()).unwrap())
                .collect();
            let name = bodies[0]["data"]["customer"]["name"].clone();
            assert_eq!(
                (&bodies[0]["data"]["ticket"]["customer_name"], &bodies[1]["data"]["customer"]["name"]),
                (&name, &name)
            );
            assert_eq!(
                (&bodies[0]["id"], &bodies[0]["data"]["ticket"]["id"]),
                (&json!("evt_0"), &json!("tkt_1"))
            );
            let receiver = Receiver::start();
            play(&home, &file, &receiver, &["--speed", "max"]).ok();
            assert_eq!(receiver.stop().len(), 2);
            name
        });
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
}

#[test]
fn new_ids_are_the_same_for_the_same_things() {
    let (home, events) = (Home::new(), bodies());
    let file = recording(&home, &events, &[]);
    let receiver = Receiver::start();
    play(&home, &file, &receiver, &["--speed", "max", "--new-ids"]).ok();
    let requests = receiver.stop();
    assert_eq!(requests.len(), events.len());
    let mut tickets: Vec<String> = Vec::new();
    for request in &requests {
        assert_signed(request);
        let body = request.json();
        assert_eq!(body["id"], request.header("x-event-id"));
        assert!(!events.iter().any(|(id, _)| body["id"] == id.as_str()));
        assert!(body["id"].as_str().unwrap().starts_with("evt_"), "{body}");
        assert_eq!(body["team_id"], "t");
        tickets.push(body["data"]["ticket"]["id"].as_str().unwrap().to_owned());
    }
    tickets.sort();
    tickets.dedup();
    assert_eq!(tickets.len(), 3);
}

#[test]
fn exports_of_the_history_can_be_played() {
    let (home, events) = (Home::new(), bodies());
    assert_eq!(listen(&home, &events, &[]), 0);
    for format in ["--jsonl", "--har"] {
        let file = home.path().join("export");
        home.run(["history", "export", format, file.to_str().unwrap()]).ok();
        let receiver = Receiver::start();
        play(&home, &file, &receiver, &["--speed", "max", "--json"]).ok();
        let mut played: Vec<Vec<u8>> = receiver.stop().iter().map(|one| one.body.to_vec()).collect();
        let mut expected: Vec<Vec<u8>> = events.iter().map(|(_, body)| body.clone().into_bytes()).collect();
        played.sort();
        expected.sort();
        assert_eq!(played, expected, "{format}");
    }
    let har = home.path().join("browser.har");
    let entry = |body: &str| json!({ "request": { "method": "POST", "url": "http://x/", "headers": [], "postData": { "text": body } } });
    let page = json!({ "request": { "method": "GET", "url": "http://x/", "headers": [] } });
    let body = &events[0].1;
    let archive =
        json!({ "log": { "version": "1.2", "entries": [page, entry(body), entry("a=b"), entry(body)] } });
    fs::write(&har, format!("\u{feff}{archive:#}")).unwrap();
    let receiver = Receiver::start();
    play(&home, &har, &receiver, &["--speed", "1000x"]).ok();
    let played = receiver.stop();
    assert_eq!((played.len(), played[0].header("x-event-type")), (1, "ticket.created"));
}

#[test]
fn broken_recording_sends_nothing() {
    let (home, receiver) = (Home::new(), Receiver::start());
    let file = home.path().join("events.jsonl");
    let good = r#"{"id":"evt_1","type":"ticket.created","body":"{}"}"#;
    for (text, says) in [
        (format!("{good}\n\n{{\"id\":\"evt_2\"}}\n"), "events.jsonl:3: it has no `type`"),
        (format!("{good}\nnonsense\n"), "events.jsonl:2: not JSON"),
        (format!("{good}\nnonsense"), "events.jsonl:2: not JSON"),
        (r#"{"log":{"entries":[{"#.to_owned(), "events.jsonl:1: the HAR is not valid"),
        (r#"{"log":{}}"#.to_owned(), "has no list `log.entries`"),
        (String::new(), "has no event to play"),
    ] {
        fs::write(&file, text).unwrap();
        let refused = play(&home, &file, &receiver, &[]);
        assert_eq!(refused.code, 2, "{says}: {}", refused.stderr);
        assert!(refused.stderr.contains(says), "{says}: {}", refused.stderr);
    }
    let missing = play(&home, &home.path().join("missing"), &receiver, &[]);
    assert!(missing.code == 2 && missing.stderr.contains("cannot read"), "{}", missing.stderr);
    let wrong = play(&home, &file, &receiver, &["--speed", "fast"]);
    assert!(wrong.code == 2 && wrong.stderr.contains("10x"), "{}", wrong.stderr);
    assert!(receiver.drain().is_empty());

    // What a killed process leaves can be played up to there.
    fs::write(&file, format!("{good}\n{{\"id\":\"evt_2\",\"type\":\"ticket.cr")).unwrap();
    let played = play(&home, &file, &receiver, &[]).ok();
    assert!(played.stderr.contains("events.jsonl:2: the line is cut off"), "{}", played.stderr);
    assert_eq!(receiver.stop().len(), 1);
}

#[test]
fn failed_play_has_the_exit_code_of_its_cause() {
    let (home, events) = (Home::new(), bodies());
    let file = recording(&home, &events, &[]);
    let receiver = Receiver::start_with(|request| {
        Response::status(if request.header("x-event-id") == "evt_odd" { 500 } else { 200 })
    });
    let failed = play(&home, &file, &receiver, &["--speed", "max", "--json"]);
    assert_eq!(failed.code, 1);
    assert!(failed.stderr.contains("1 of 7 events failed"), "{}", failed.stderr);
    let lines: Vec<Value> = failed.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let count = |kind: &str| lines.iter().filter(|line| line["type"] == kind).count();
    assert_eq!((count("delivered"), count("failed"), count("summary")), (6, 1, 1));
    let gone = Receiver::start();
    let url = gone.url();
    drop(gone);
    let args = ["trigger", "--play", file.to_str().unwrap(), "--to", &url, "--secret", "whsec_x"];
    let unreachable = home.run(args);
    assert_eq!(unreachable.code, 3, "{}", unreachable.stderr);
    assert!(unreachable.stderr.contains("0 of 7 events delivered"), "{}", unreachable.stderr);
}

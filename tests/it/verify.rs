//! `verify` of requests that were kept: raw HTTP, curl, HAR, lines of JSON, and events of the history.

use serde_json::{Value, json};

use crate::support::receiver::{Receiver, Response};
use crate::support::scripted_server::{STREAM, ScriptedServer, Step, event, send, session};
use crate::support::{CommandOutput, Home};

const SECRET: &str = "whsec_test";
/// The documented form of an event.
const BODY: &str = r#"{"id":"evt_1","type":"ticket.created","created_at":"2026-03-06T14:30:00.000Z","team_id":"team_1","data":{"ticket":{"id":"tkt_1","title":"it's \"quoted\""}}}"#;
const AT: &str = "1772807400";

fn home_with_body() -> (Home, String) {
    let home = Home::new();
    std::fs::write(home.path().join("body.json"), BODY).unwrap();
    let header = home.run(["sign", "--secret", SECRET, "--at", AT, "body.json"]).ok().stdout;
    (home, header.trim_end().to_owned())
}

/// Verifies `input` from standard input, in a form that is recognised.
fn from_stdin(home: &Home, input: &str) -> CommandOutput {
    home.run_with_input(["verify", "--secret", SECRET, "--at", AT], input.as_bytes())
}

fn raw_request(header: &str, line_break: &str) -> String {
    let length = BODY.len();
    let head = [
        "POST /webhook HTTP/1.1",
        "Host: localhost:3000",
        &format!("Content-Length: {length}"),
        "Content-Type: application/json",
        &format!("X-Signature: {header}"),
        "",
        "",
    ];
    // Editors end the file with a line break.
    format!("{}{BODY}\n", head.join(line_break))
}

#[test]
fn raw_requests_are_recognised_and_verified() {
    let (home, header) = home_with_body();
    for line_break in ["\r\n", "\n"] {
        let request = raw_request(&header, line_break);
        let output = from_stdin(&home, &request).ok();
        assert!(output.stdout.starts_with("The signature is valid"), "{output:?}");
        assert!(output.stderr.contains("Content-Length is"), "{output:?}");
        std::fs::write(home.path().join("request.txt"), &request).unwrap();
        let json =
            home.run(["verify", "--request", "request.txt", "--secret", SECRET, "--at", AT, "--json"]).ok();
        assert_eq!(
            json.json(),
            json!({"valid": true, "scheme": "v1", "timestamp": 1_772_807_400, "age_seconds": 0})
        );
        let changed = from_stdin(&home, &request.replace("tkt_1", "tkt_2"));
        assert_eq!((changed.code, changed.stdout.as_str()), (1, ""), "{changed:?}");
    }
    let not = home.run_with_input(["verify", "--request", "-", "--secret", SECRET], b"{}");
    assert_eq!(not.code, 2);
    assert!(not.stderr.contains("it is not an HTTP request"), "{not:?}");
}

#[test]
fn curl_commands_are_verified() {
    let (home, header) = home_with_body();
    let quoted = BODY.replace('\'', r"'\''");
    let command = format!(
        "curl -sS -X POST 'http://localhost:3000/webhook' \\\n  -H 'content-type: application/json' \\\n  -H 'X-Signature: {header}' \\\n  --data-raw '{quoted}'"
    );
    from_stdin(&home, &command).ok();
    home.run(["verify", "--curl", &command, "--secret", SECRET, "--at", AT]).ok();
    let file = format!("curl http://x -H 'cstar-signature: {header}' --data-binary @body.json");
    home.run(["verify", "--curl", &file, "--secret", SECRET, "--at", AT]).ok();
    let missing = home.run(["verify", "--curl", "curl http://x", "--secret", SECRET]);
    assert_eq!(missing.code, 2);
    assert!(missing.stderr.contains("has no body"), "{missing:?}");
    let both = home.run(["verify", "--curl", &file, "--signature", &header, "--secret", SECRET]);
    assert_eq!(both.code, 2, "{both:?}");
}

#[test]
fn archives_and_lines_name_their_requests() {
    let (home, header) = home_with_body();
    let entry = |id: &str, body: &str| {
        json!({
            "startedDateTime": "2026-03-06T14:30:00.500Z",
            "request": {
                "url": "http://localhost:3000/webhook",
                "headers": [{"name": "X-Signature", "value": header}, {"name": "X-Event-Id", "value": id}],
                "postData": {"mimeType": "application/json", "text": body},
            },
        })
    };
    let har = |entries: &[Value]| json!({"log": {"version": "1.2", "entries": entries}}).to_string();
    // As of the time it was sent.
    let verify = |input: &str, entry: &str| {
        home.run_with_input(["verify", "--secret", SECRET, "--entry", entry], input.as_bytes())
    };
    let one = har(&[entry("evt_1", BODY)]);
    assert_eq!(verify(&one, "1").ok().stdout, "The signature is valid: event evt_1 of the HAR\n");
    let two = har(&[entry("evt_1", BODY), entry("evt_2", "{}")]);
    verify(&two, "evt_1").ok();
    assert_eq!(verify(&two, "2").code, 1);
    let which = from_stdin(&home, &two);
    assert_eq!(which.code, 2);
    assert!(which.stderr.contains("2 signed requests") && which.stderr.contains("--entry"), "{which:?}");
    assert_eq!(verify(&two, "3").code, 2);
    let lines = [
        // As `listen` begins.
        json!({"type": "connecting", "attempt": 1}),
        json!({"type": "received", "id": "evt_1", "event": "ticket.created", "body": BODY}),
        json!({"type": "failed", "id": "evt_1", "attempt": 1, "at": "2026-03-06T14:30:01Z", "request_headers": [["x-signature", header]]}),
    ];
    let lines = lines.map(|line| line.to_string() + "\n").concat();
    assert_eq!(verify(&lines, "evt_1").ok().stdout, "The signature is valid: attempt 1 of evt_1\n");
    let none = from_stdin(&home, &har(&[]));
    assert!(none.code == 2 && none.stderr.contains("no request with a signature"), "{none:?}");
}

#[test]
fn steps_show_the_signed_bytes() {
    let (home, header) = home_with_body();
    let args = ["verify", "--signature", &header, "--secret", SECRET, "--at", AT, "--explain", "body.json"];
    let output = home.run(args).ok();
    let digits = header.split_once("v1=").unwrap().1;
    for part in [
        "t = 1772807400 (2026-03-06T14:30:00Z)".to_owned(),
        format!("`1772807400.` and the body of {} bytes: {} bytes in all", BODY.len(), BODY.len() + 11),
        r#"1772807400.{"id":"evt_1","type":"ticket.created""#.to_owned(),
        "from --secret, 10 characters".to_owned(),
        format!("SHA-256: {digits}"),
        format!("{digits}  equal"),
        "verdict   valid".to_owned(),
    ] {
        assert!(output.stdout.contains(&part), "{part} in {}", output.stdout);
    }
    assert!(!output.stdout.contains(SECRET));
    std::fs::write(home.path().join("body.json"), format!("{BODY}\n")).unwrap();
    let changed = home.run(args);
    assert_eq!(changed.code, 1);
    for part in ["different", "not valid", "a line break was added"] {
        assert!(changed.stdout.contains(part), "{part} in {changed:?}");
    }
    let json = home.run([
        "verify",
        "--signature",
        &header,
        "--secret",
        SECRET,
        "--at",
        AT,
        "--explain",
        "--json",
        "body.json",
    ]);
    assert_eq!(json.code, 1);
    let steps: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((&steps["valid"], &steps["signed"]["prefix"]), (&json!(false), &json!("1772807400.")));
    assert_eq!(steps["causes"][0]["code"], "body_newline_added");
    assert_eq!(steps["compared"], json!([{"sent": digits, "equal": false}]));
    assert!(steps["computed"].as_str().unwrap().len() == 64 && !json.stdout.contains(SECRET));
}

/// The secret of the sandbox for live data: the documented answer about the key says `live`.
const SCRIPTED_SECRET: &str = "whsec_sandboxlive000000000000000000000";

/// A home whose history has `evt_1`, which failed with 401, and `evt_good`, which was delivered.
fn home_with_history() -> (Home, String) {
    let home = Home::new();
    let receiver = Receiver::start_with(|request| {
        Response::status(if request.header("x-event-id") == "evt_1" { 401 } else { 200 })
    });
    let server = ScriptedServer::start(|_, _| {
        let mut frames = session(&json!({"webhook_id": "whk_1", "secret": SCRIPTED_SECRET}));
        frames += &event("evt_1", "ticket.created", BODY);
        frames += &event("evt_good", "ticket.created", &BODY.replace("evt_1", "evt_good"));
        vec![send(STREAM.to_owned() + &frames), Step::Hold]
    });
    server.listen(&home, &["--forward-to", &receiver.url(), "--count", "2"]).finish();
    // Events about different resources are delivered at the same time.
    let mut requests = [receiver.next(), receiver.next()].into_iter();
    let request = requests.find(|request| request.header("x-event-id") == "evt_1").unwrap();
    (home, request.header("x-signature").to_owned())
}

#[test]
fn events_of_the_history_are_verified() {
    let (home, header) = home_with_history();
    let output = home.run(["verify", "evt_1"]).ok();
    assert!(
        output.stdout.starts_with("The signature is valid: attempt 1 of evt_1, to http://"),
        "{output:?}"
    );
    let steps = home.run(["verify", "evt_1", "--explain", "--attempt", "1"]).ok();
    assert!(steps.stdout.contains("of the sandbox") && !steps.stdout.contains(SCRIPTED_SECRET), "{steps:?}");
    let wrong = home.run(["verify", "evt_1", "--secret", "whsec_other"]);
    assert_eq!(wrong.code, 1);
    assert!(wrong.stderr.contains("was signed with the secret of the sandbox"), "{wrong:?}");
    home.run(["verify", "evt_1", "--signature", &header, "--tolerance", "1h"]).ok();
    for (flag, value) in [("--attempt", "7"), ("--target", "elsewhere")] {
        let missing = home.run(["verify", "evt_1", flag, value]);
        assert_eq!(missing.code, 2);
        let asked = format!("matches {flag} {value}");
        assert!(missing.stderr.contains(&asked) && missing.stderr.contains("attempt 1, to"), "{missing:?}");
    }
    // As tables show it, and as other commands accept it.
    for end in ["vt_good", "…vt_good", "last"] {
        let output = home.run(["verify", end, "--signature", &header, "--tolerance", "1h"]);
        assert!(output.code == 1 && output.stderr.contains("matches the body"), "{end}: {output:?}");
    }
    assert!(
        home.run(["verify", "no_such_file", "--secret", SECRET]).stderr.contains("could not read the body")
    );
    let good = home.run(["verify", "evt_good", "--json"]);
    assert_eq!(good.code, 2);
    let message = good.json_error()["message"].as_str().unwrap().to_owned();
    assert!(message.contains("none of its attempts failed"), "{message}");
    assert_eq!(home.run(["verify", "evt_9"]).code, 1);
}

#[test]
fn curl_data_from_a_file_is_explained() {
    let (home, header) = home_with_body();
    std::fs::write(home.path().join("body.json"), format!("{BODY}\n")).unwrap();
    let curl =
        |flag: &str| format!("curl -H 'X-Signature: {header}' {flag} @body.json http://localhost:3000");
    let text = home.run(["verify", "--curl", &curl("-d"), "--secret", SECRET, "--at", AT]).ok();
    assert!(text.stderr.contains("leaves out line breaks"), "{text:?}");
    let binary = home.run(["verify", "--curl", &curl("--data-binary"), "--secret", SECRET, "--at", AT]);
    assert!(binary.code == 1 && !binary.stderr.contains("leaves out"), "{binary:?}");
}

#[test]
fn exports_of_the_history_are_verified() {
    let (home, _) = home_with_history();
    let secret = ["--secret", SCRIPTED_SECRET];
    for format in ["--jsonl", "--har"] {
        let export = home.run(["history", "export", format, "--status", "failed"]).ok().stdout;
        let output = home.run_with_input(["verify", secret[0], secret[1]], export.as_bytes()).ok();
        assert!(output.stdout.starts_with("The signature is valid"), "{output:?}");
    }
    let show = home.run(["history", "show", "evt_1", "--json"]).ok().stdout;
    home.run_with_input(["verify", secret[0], secret[1]], show.as_bytes()).ok();
}

#[test]
fn file_comes_before_an_event_of_its_name() {
    let (home, header) = home_with_body();
    std::fs::rename(home.path().join("body.json"), home.path().join("evt_1")).unwrap();
    let output = home.run(["verify", "--signature", &header, "--secret", SECRET, "--at", AT, "evt_1"]).ok();
    assert!(output.stderr.contains("Reading the file `evt_1`"), "{output:?}");
    let no_secret = home.run(["verify", "evt_2"]);
    assert_eq!(no_secret.code, 1, "there is no such event: {no_secret:?}");
}

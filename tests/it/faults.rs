//! Injected faults: the sandbox produces them reproducibly, and `cstar` copes with them and
//! reports them.

mod listen;

use serde_json::{Value, json};

use crate::support::http::{TEAM, api, bearer, send};
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home, TEST_KEY};

/// A sandbox with these faults, seed 7.
fn sandbox(home: &Home, chaos: &[&str]) -> Sandbox {
    let mut args = vec!["--rate-limit", "0", "--ephemeral", "--chaos-seed", "7"];
    args.extend(chaos.iter().flat_map(|fault| ["--chaos", fault]));
    Sandbox::start_at(home, 0, &args)
}

fn faults(sandbox: &Sandbox, method: &str, path: &str, body: &str) -> (u16, Value) {
    let answer = send(sandbox.port, &format!("{method} /_sandbox/faults{path}"), &[], body);
    (answer.status, answer.json())
}

#[test]
fn faults_can_be_managed_over_http() {
    let home = Home::new();
    let sandbox = sandbox(&home, &["latency=5ms,path=nothing/*"]);
    let (status, list) = faults(&sandbox, "GET", "", "");
    let first = json!({ "id": "flt_1", "latency": "5ms", "jitter": "0ms", "probability": 1.0, "path": "nothing/*",
        "count": null, "hits": 0 });
    assert_eq!((status, &list), (200, &json!({ "seed": 7, "faults": [first] })));

    let more = json!({ "seed": 9, "faults": [{ "status": 503, "count": 1 }, { "cut": true, "probability": "20%" }] });
    let (status, list) = faults(&sandbox, "POST", "", &more.to_string());
    assert_eq!((status, &list["seed"], list["faults"].as_array().unwrap().len()), (201, &json!(9), 3));

    assert_eq!(api(sandbox.port, "GET", "/nothing/1", "").status, 503);
    let answer = api(sandbox.port, "GET", "/nothing/1", "");
    assert_eq!((answer.status, answer.header("x-cstar-sandbox-fault")), (404, Some("flt_1")));
    assert_eq!(api(sandbox.port, "GET", "/api-keys", "").header("x-cstar-sandbox-fault"), None);
    let hits = |list: &Value| {
        list["faults"].as_array().unwrap().iter().map(|f| f["hits"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(hits(&faults(&sandbox, "GET", "", "").1), [json!(2), json!(1), json!(0)]);

    assert_eq!(faults(&sandbox, "DELETE", "/flt_1", "").0, 200);
    assert_eq!(faults(&sandbox, "DELETE", "/flt_1", "").0, 404);
    assert_eq!(faults(&sandbox, "DELETE", "", "").1, json!({ "seed": 9, "faults": [] }));
    // what a list shows can be sent back
    let (status, again) = faults(&sandbox, "POST", "", &list["faults"].to_string());
    assert_eq!((status, again["faults"].as_array().unwrap().len()), (201, 3));
}

#[test]
fn invalid_fault_is_refused_with_a_reason() {
    let home = Home::new();
    for (fault, expected) in [
        ("status=404", "'status' must be 429, 500"),
        ("latency=200", "'latency' must be a time with its unit"),
        ("cut=5,jitter=1s", "'jitter' does not go with 'cut'"),
        ("explode", "expected one of latency=200ms"),
        ("cut,probability=2", "'probability' must be"),
    ] {
        let output = home.run(["sandbox", "--port", "0", "--chaos", fault]);
        assert_eq!(output.code, 2, "{output:?}");
        assert!(output.stderr.lines().next().unwrap().contains(expected), "{output:?}");
    }
    let sandbox = sandbox(&home, &[]);
    for body in ["{", "7", "[7]", "{}", r#"{"status":404}"#, r#"{"faults":{}}"#, r#"{"seed":-1,"faults":[]}"#]
    {
        let (status, answer) = faults(&sandbox, "POST", "", body);
        assert_eq!((status, &answer["success"]), (400, &json!(false)), "{body}");
    }
    let many = vec![json!({ "duplicate": true }); 101];
    assert_eq!(faults(&sandbox, "POST", "", &json!(many).to_string()).0, 400);
    assert_eq!(faults(&sandbox, "GET", "", "").1["faults"], json!([]));
}

#[test]
fn web_pages_cannot_change_faults() {
    let home = Home::new();
    let sandbox = sandbox(&home, &["duplicate"]);
    let origin = "origin: http://evil.example";
    for line in ["POST /_sandbox/faults", "DELETE /_sandbox/faults", "GET /_sandbox/faults"] {
        assert_eq!(send(sandbox.port, line, &[origin], "").status, 403, "{line}");
    }
    let head = ["content-type: text/plain", "content-length: 2"];
    assert_eq!(send(sandbox.port, "POST /_sandbox/faults", &head, "").status, 415);
    assert_eq!(faults(&sandbox, "GET", "", "").1["faults"].as_array().unwrap().len(), 1);
}

#[test]
fn same_seed_gives_the_same_faults() {
    let home = Home::new();
    let chaos = ["status=503,probability=40%", "status=429,probability=20%,path=nothing/1"];
    let run = || {
        let sandbox = sandbox(&home, &chaos);
        let ask = |number: usize| api(sandbox.port, "GET", &format!("/nothing/{}", number % 3), "").status;
        (0..60).map(ask).collect::<Vec<_>>()
    };
    let first = run();
    assert_eq!(run(), first);
    for status in [404, 429, 503] {
        assert!(first.contains(&status), "{first:?}");
    }
}

#[test]
fn injected_error_is_documented_and_logged() {
    let home = Home::new();
    let sandbox = sandbox(&home, &["status=429,retry_after=7,count=1", "status=500,count=1", "status=503"]);
    let limited = api(sandbox.port, "GET", "/nothing", "");
    assert_eq!(limited.status, 429);
    assert_eq!(
        (limited.header("retry-after"), limited.header("x-ratelimit-remaining")),
        (Some("7"), Some("0"))
    );
    let error = &limited.json()["error"];
    assert_eq!((&error["code"], &error["retryAfter"]), (&json!("rate_limit_exceeded"), &json!(7)));
    let broken = api(sandbox.port, "GET", "/nothing", "");
    assert_eq!((broken.status, &broken.json()["error"]["type"]), (500, &json!("api_error")));
    let away = api(sandbox.port, "GET", "/nothing", "");
    assert_eq!((away.status, away.header("retry-after")), (503, Some("1")));
    // the public library needs no key, and has the same faults
    let library = send(sandbox.port, "GET /api/library/acme/articles", &[], "");
    assert_eq!((library.status, library.header("x-cstar-sandbox-fault")), (503, Some("flt_3")));
    // a request without a key gets this response first
    assert_eq!(send(sandbox.port, &format!("GET /api/v1/teams/{TEAM}/x"), &[], "").status, 401);

    faults(&sandbox, "DELETE", "", "");
    let log = sandbox.run(&home, ["logs", "--json", "--path", "nothing"]).ok().json();
    let reported: Vec<_> =
        log.as_array().unwrap().iter().map(|line| (&line["status"], &line["faults"][0])).collect();
    let (a, b, c) = (json!(429), json!(500), json!(503));
    assert_eq!(reported, [(&a, &json!("flt_1")), (&b, &json!("flt_2")), (&c, &json!("flt_3"))]);
}

#[test]
fn client_retries_and_reports_lasting_faults() {
    let home = Home::new();
    let passing = sandbox(&home, &["status=429,retry_after=0,count=2", "status=503,count=1"]);
    passing.run(&home, ["status"]).ok();
    assert_eq!(faults(&passing, "GET", "", "").1["faults"][1]["hits"], 1);

    for (fault, expected, code) in [
        (
            "status=429,retry_after=0,path=*/trigger-test",
            "too many requests: Rate limit exceeded",
            "rate_limit_exceeded",
        ),
        (
            "status=429,retry_after=3600,path=*/trigger-test",
            "Try again in 3600 seconds",
            "rate_limit_exceeded",
        ),
        ("status=500,path=*/trigger-test", "the API failed: Something went wrong", "internal_error"),
    ] {
        let lasting = sandbox(&home, &[fault]);
        let output = lasting.run(&home, ["trigger", "ticket.created"]);
        assert_eq!((output.code, output.stdout.as_str()), (1, ""), "{output:?}");
        assert!(output.stderr.contains(expected) && output.stderr.contains("\nhint: "), "{output:?}");
        let tries = faults(&lasting, "GET", "", "").1["faults"][0]["hits"].as_u64().unwrap();
        assert_eq!(tries, if fault.contains("3600") { 1 } else { 4 });
        if fault.contains("3600") {
            let error = lasting.run(&home, ["trigger", "ticket.created", "--json"]).json_error();
            assert_eq!((&error["code"], &error["exit_code"]), (&json!(code), &json!(1)));
        }
    }
}

#[test]
fn refused_request_has_no_effect() {
    let home = Home::new();
    let sandbox = sandbox(&home, &["status=500,count=1,path=api-keys"]);
    sandbox.run(&home, ["keys", "create", "--name", "once"]).ok();
    let keys = sandbox.run(&home, ["keys", "list", "--json"]).ok().json();
    let made = keys.as_array().unwrap().iter().filter(|key| key["name"] == "once").count();
    assert_eq!(made, 1, "one try was refused, one made the key");
}

#[test]
fn latency_and_clock_faults_take_effect() {
    let home = Home::new();
    let sandbox =
        Sandbox::start_at(&home, 0, &["--chaos", "latency=150ms,path=nothing", "--chaos", "skew=-1h"]);
    let right = |answer: &crate::support::http::HttpResponse| {
        let reset: i64 = answer.header("x-ratelimit-reset").unwrap().parse().unwrap();
        (answer.header("date").unwrap().to_owned(), reset)
    };
    let began = std::time::Instant::now();
    let answer = api(sandbox.port, "GET", "/nothing", "");
    assert!(began.elapsed().as_millis() >= 150, "{:?}", began.elapsed());
    let (wrong_date, wrong_reset) = right(&answer);
    assert_eq!(answer.header("x-cstar-sandbox-fault"), Some("flt_1,flt_2"));
    faults(&sandbox, "DELETE", "", "");
    let (date, reset) = right(&api(sandbox.port, "GET", "/nothing", ""));
    assert_eq!(reset - wrong_reset, 3600);
    assert_eq!((date.len(), wrong_date.len(), &date[25..], &wrong_date[25..]), (29, 29, " GMT", " GMT"));
    assert_ne!(date[17..19], wrong_date[17..19], "{date} {wrong_date}");
    let log =
        CommandOutput::run(sandbox.cstar(&home).args(["logs", "--json", "--path", "nothing"])).ok().json();
    assert!(log[0]["duration_ms"].as_f64().unwrap() >= 150.0, "{log:#}");
}

#[test]
fn every_fault_in_the_topic_is_valid() {
    let specs = crate::tour::first_column("sandbox", "## Inject faults");
    let specs: Vec<&str> = specs.iter().map(String::as_str).collect();
    assert!(specs.len() > 5, "{specs:?}");
    let home = Home::new();
    let (_, list) = faults(&sandbox(&home, &specs), "GET", "", "");
    assert_eq!(list["faults"].as_array().unwrap().len(), specs.len());
}

#[test]
fn sandbox_prints_faults_and_their_flags() {
    use crate::support::process::{Process, read_until};
    use std::process::Stdio;
    let home = Home::new();
    let mut command = home.cstar();
    command.args([
        "sandbox",
        "--ephemeral",
        "--port",
        "0",
        "--chaos",
        "cut=3, path=webhooks/listen",
        "--chaos-seed",
        "42",
    ]);
    let mut running = Process::start(command.stdout(Stdio::null()).stderr(Stdio::piped()));
    let (_, printed) = read_until(running.stderr(), "--chaos-seed 42");
    assert!(printed.contains("cut=3,path=webhooks/listen"), "{printed}");
    assert_eq!(send(sandbox(&home, &[]).port, "GET /_sandbox/faults", &[&bearer(TEST_KEY)], "").status, 200);
}

//! `cstar check`: finds the defect of an endpoint, and nothing else.

mod faulty;

use std::collections::{BTreeMap, HashSet};
use std::sync::Mutex;
use std::time::Duration;

use cstar::signature::{Verifier, sign};
use serde_json::Value;

use crate::support::ports::closed_port;
use crate::support::receiver::{ReceivedRequest, Receiver, Response};
use crate::support::{CommandOutput, Home, SANDBOX_SECRET};

const SECRET: &str = "whsec_0123456789abcdefghijklmnop";

/// What an endpoint knows.
#[derive(Default)]
struct Memory(Mutex<HashSet<String>>);

impl Memory {
    /// Whether it was known before.
    fn remember(&self, id: &str) -> bool {
        !self.0.lock().unwrap().insert(id.to_owned())
    }
}

fn is_authentic(request: &ReceivedRequest, body: &[u8], tolerance: u64) -> bool {
    let header = request.headers.get("x-signature").and_then(|value| value.to_str().ok());
    let verifier = Verifier::new(SECRET).strict(true).tolerance(Duration::from_secs(tolerance));
    verifier.verify(body, header).is_ok()
}

fn refusal() -> Response {
    Response::status(401).body(r#"{"error":"invalid signature"}"#.to_owned())
}

fn acceptance(is_known: bool) -> Response {
    Response::status(200)
        .body(format!(r#"{{"duplicate":{is_known}}}"#).replace(r#"{"duplicate":false}"#, "{}"))
}

/// An endpoint with one defect; without a name it is correct.
fn endpoint(defect: &'static str) -> Receiver {
    let memory = Memory::default();
    Receiver::start_with(move |request| answer(defect, &memory, request))
}

fn answer(defect: &str, memory: &Memory, request: &ReceivedRequest) -> Response {
    let header = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
    let body = match defect {
        "parses" => serde_json::from_slice::<Value>(&request.body).unwrap_or_default().to_string().into(),
        "ascii" => String::from_utf8_lossy(&request.body).replace(|c: char| !c.is_ascii(), "?").into(),
        _ => request.body.clone(),
    };
    let tolerance = if defect == "any-time" { 1_000_000 } else { 300 };
    let is_signed = match defect {
        "no-check" => true,
        "optional" if header("x-signature").is_none() => true,
        "alias" if header("cstar-signature").is_none() => false,
        "last-v1" if header("x-signature").is_some_and(|value| value.matches("v1=").count() > 1) => {
            let (start, last) = header("x-signature").unwrap().rsplit_once(",v1=").unwrap();
            let time = start.split(',').next().unwrap();
            sign(&body, SECRET, time[2..].parse().unwrap()).ends_with(last)
        }
        "legacy" if header("x-signature").is_some_and(|value| value.starts_with("sha256=")) => true,
        _ => is_authentic(request, &body, tolerance),
    };
    let event: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let text = |name: &str| event[name].as_str().unwrap_or_default();
    match defect {
        "redirects" => return Response::status(308).header("location", "/elsewhere"),
        "missing" => return Response::status(404),
        "crashes" if !request.body.is_empty() => return Response::status(500),
        "small" if request.body.len() > 100_000 => return Response::status(413),
        "get" if request.body.is_empty() => return Response::status(502),
        "plain" if header("content-type") == Some("text/plain") => return Response::status(500),
        "throws" if header("x-signature").is_some_and(|value| value.len() < 30) => {
            return Response::status(500);
        }
        "limited" => return Response::status(429),
        _ if request.body.is_empty() => return Response::status(405),
        _ => {}
    }
    if !is_signed {
        return match defect {
            "trace" => Response::status(401).body("Error\n    at check (/app/hook.js:3:9)\n".to_owned()),
            "leak" => Response::status(401).header("x-debug", SECRET),
            "oracle" => {
                let now = header("x-timestamp").unwrap();
                let now = now.parse::<jiff::Timestamp>().unwrap().as_second();
                Response::status(401).body(format!("expected {}", sign(&body, SECRET, now)))
            }
            "error-500" => Response::status(500),
            _ => refusal(),
        };
    }
    if defect == "race" {
        let is_third = memory.remember(&format!("{} again", text("id"))) && memory.remember(text("id"));
        return acceptance(is_third);
    }
    let is_known = memory.remember(text("id"));
    let ticket = event["data"]["ticket"]["id"].as_str().unwrap_or_default();
    match defect {
        "conflict" if is_known => return Response::status(409),
        "same" => return acceptance(false),
        // No defect: the other way to call an event known.
        "status-208" => return Response::status(if is_known { 208 } else { 200 }),
        "unknown" if text("type").contains("unknown") => return Response::status(500),
        "one-type" if text("type") == "survey.submitted" => return Response::status(500),
        "one-refused" if text("type") == "survey.submitted" => return Response::status(422),
        "order" if text("type") == "ticket.created" => _ = memory.remember(ticket),
        "order" if text("type") == "ticket.updated" && !memory.0.lock().unwrap().contains(ticket) => {
            return Response::status(500);
        }
        _ => {}
    }
    acceptance(is_known)
}

fn check(home: &Home, receiver: &Receiver, args: &[&str]) -> CommandOutput {
    CommandOutput::run(home.cstar().args(["check", &receiver.url(), "--secret", SECRET]).args(args))
}

/// The names of checks by their status.
fn by_status(report: &Value) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for check in report["checks"].as_array().unwrap() {
        let (status, name) = (check["status"].as_str().unwrap(), check["name"].as_str().unwrap());
        found.entry(status.to_owned()).or_default().push(name.to_owned());
    }
    found
}

/// The checks that a report complains about.
fn findings(report: &Value) -> Vec<String> {
    let found = by_status(report);
    let of = |status: &str| found.get(status).cloned().unwrap_or_default();
    of("fail").into_iter().chain(of("advice").into_iter().map(|name| format!("{name} (advice)"))).collect()
}

#[test]
fn duplicate_can_be_reported_by_status() {
    let receiver = endpoint("status-208");
    let report = check(&Home::new(), &receiver, &["--json"]).ok().json();
    assert!(findings(&report).is_empty(), "{report:#}");
    assert!(!by_status(&report).contains_key("skip"), "{report:#}");
}

#[test]
fn each_defect_is_the_only_finding() {
    let home = Home::new();
    for (defect, expected) in [
        ("parses", &["raw-body"][..]),
        ("ascii", &["unicode"]),
        ("no-check", &["wrong-secret"]),
        ("error-500", &["wrong-secret"]),
        ("optional", &["missing-signature"]),
        ("throws", &["malformed-signature"]),
        ("any-time", &["stale-timestamp", "future-timestamp"]),
        ("last-v1", &["rotated-secret"]),
        ("alias", &["production-headers"]),
        ("small", &["large-body"]),
        ("one-type", &["event-types"]),
        ("unknown", &["unknown-type"]),
        ("conflict", &["duplicate-event"]),
        // It calls only the third a duplicate.
        ("race", &["concurrent-duplicate", "duplicate-event (advice)"]),
        ("order", &["reordered-events"]),
        ("get", &["get-request"]),
        ("plain", &["content-type"]),
        ("leak", &["exposed-secret"]),
        ("oracle", &["exposed-secret"]),
        ("trace", &["stack-trace"]),
        ("redirects", &["redirect"]),
        ("missing", &["valid-event"]),
        ("crashes", &["valid-event"]),
        ("legacy", &["legacy-signature (advice)"]),
        ("same", &["duplicate-event (advice)"]),
    ] {
        let receiver = endpoint(defect);
        let output = check(&home, &receiver, &["--json"]);
        let report = output.json();
        assert_eq!(findings(&report), expected, "{defect}: {report:#}");
        let is_advice = expected[0].ends_with("(advice)");
        assert_eq!(
            (output.code, &report["ok"]),
            (i32::from(!is_advice), &Value::from(is_advice)),
            "{defect}"
        );
        for check in report["checks"].as_array().unwrap() {
            let needs_advice = ["fail", "advice"].contains(&check["status"].as_str().unwrap());
            assert_eq!(check["advice"].is_string(), needs_advice, "{defect}: {check}");
        }
    }
}

#[test]
fn correct_endpoint_passes_every_check() {
    let (home, receiver) = (Home::new(), endpoint(""));
    let output = check(&home, &receiver, &[]).ok();
    assert!(output.stderr.contains("signed with whsec_…mnop from --secret"), "{output:?}");
    assert!(output.stdout.lines().all(|line| line.starts_with("pass")), "{output:?}");
    assert!(output.stdout.contains("pass    raw-body "), "{output:?}");
    assert!(output.stderr.contains(": 24 passed."), "{output:?}");
    assert!(!format!("{output:?}").contains(SECRET));

    // Without --events a type may be refused.
    let receiver = endpoint("one-refused");
    let report = check(&home, &receiver, &["--json"]).ok().json();
    assert_eq!(by_status(&report).keys().collect::<Vec<_>>(), ["pass"], "{report:#}");
    let named = check(&home, &receiver, &["--json", "--events", "survey.*,ticket.*"]);
    assert_eq!((named.code, findings(&named.json())), (1, vec!["event-types".to_owned()]), "{named:?}");
    check(&home, &receiver, &["--events", "ticket.*"]).ok();

    let limited = check(&home, &endpoint("limited"), &["--json"]).ok().json();
    assert!(findings(&limited).is_empty(), "{limited:#}");
    assert!(limited["skipped"].as_u64().unwrap() > 15, "{limited:#}");
}

#[test]
fn failed_table_has_advice_and_a_report() {
    let (home, receiver) = (Home::new(), endpoint("any-time"));
    let file = home.path().join("report.xml");
    let output = check(&home, &receiver, &["--junit", file.to_str().unwrap()]);
    assert_eq!(output.code, 1, "{output:?}");
    let lines: Vec<&str> = output.stdout.lines().collect();
    let at = lines.iter().position(|line| line.starts_with("fail    stale-timestamp  ")).unwrap();
    assert!(lines[at].ends_with("accepted a signature that is 10 minutes old"), "{output:?}");
    assert!(lines[at + 1].contains("→ refuse a `t` that is more than 300 s old"), "{output:?}");
    assert!(output.stderr.contains("22 passed, 2 failed."), "{output:?}");

    let xml = std::fs::read_to_string(&file).unwrap();
    assert!(xml.contains(r#"tests="24" failures="2" errors="0" skipped="0""#), "{xml}");
    assert!(xml.contains(r#"<testcase classname="cstar.check" name="stale-timestamp""#), "{xml}");
    let missing = home.path().join("missing").join("report.xml");
    let output = check(&home, &receiver, &["--only", "redirect", "--junit", missing.to_str().unwrap()]);
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stderr.contains("could not write"), "{output:?}");
}

#[test]
fn checks_are_chosen_and_listed_by_name() {
    let (home, receiver) = (Home::new(), endpoint("any-time"));
    let only = check(&home, &receiver, &["--only", "future-timestamp,redirect", "--json"]);
    assert_eq!(by_status(&only.json())["fail"], ["future-timestamp"]);
    assert_eq!(by_status(&only.json())["pass"], ["redirect"]);
    let skips = ["--skip", "future-timestamp", "--skip", "stale-timestamp", "--json"];
    assert_eq!(by_status(&check(&home, &receiver, &skips).ok().json())["pass"].len(), 22);
    // What only repeats another check is reported when that one is left out.
    let alone = check(&home, &endpoint("no-check"), &["--skip", "wrong-secret", "--json"]).json();
    assert!(findings(&alone).contains(&"missing-signature".to_owned()), "{alone:#}");

    let wrong = check(&home, &receiver, &["--only", "stale-timestam"]);
    assert_eq!(wrong.code, 2, "{wrong:?}");
    assert!(wrong.stderr.contains("stale-timestamp"), "{wrong:?}");
    let none = check(&home, &receiver, &["--only", "redirect", "--skip", "redirect"]);
    assert!(none.code == 2 && none.stderr.contains("leave no check"), "{none:?}");
    let none = check(&home, &receiver, &["--events", "nothing.*"]);
    assert!(none.code == 2 && none.stderr.contains("--events"), "{none:?}");

    let list = home.run(["check", "--list"]).ok();
    assert!(list.stdout.contains("concurrent-duplicate"), "{list:?}");
    assert_eq!(home.run(["check", "--list", "--json"]).ok().json().as_array().unwrap().len(), 24);
    assert_eq!(home.run(["check"]).code, 2);
}

#[test]
fn unreachable_endpoint_is_one_error() {
    let home = Home::new();
    let url = format!("http://127.0.0.1:{}/webhook", closed_port());
    let output = home.run(["check", &url, "--secret", SECRET]);
    assert_eq!((output.code, output.stdout.as_str()), (3, ""), "{output:?}");
    assert_eq!(output.stderr.lines().filter(|line| line.starts_with("error:")).count(), 1, "{output:?}");
    let failed = home.run(["check", &url, "--secret", SECRET, "--json"]);
    assert_eq!((failed.code, &failed.json_error()["type"]), (3, &Value::from("unreachable")), "{failed:?}");
}

#[test]
fn other_machines_need_a_confirmation() {
    let home = Home::new();
    // Never resolved: the question comes first.
    let url = "https://webhooks.invalid/hook";
    let output = home.run(["check", url, "--secret", SECRET]);
    assert_eq!(output.code, 2, "{output:?}");
    assert!(
        output.stderr.contains("checking webhooks.invalid") && output.stderr.contains("--yes"),
        "{output:?}"
    );
    let output = home.run(["check", url, "--secret", SECRET, "--yes"]);
    assert_eq!(output.code, 3, "{output:?}");
}

#[test]
fn secret_is_that_of_the_receiver() {
    let home = Home::new();
    let receiver = Receiver::start_with(|request| {
        let header = request.headers.get("x-signature").and_then(|value| value.to_str().ok());
        let is_valid = Verifier::new(SANDBOX_SECRET).verify(&request.body, header).is_ok();
        Response::status(if is_valid { 200 } else { 401 })
    });
    let none = home.run(["check", &receiver.url(), "--only", "valid-event"]);
    assert_eq!(none.code, 2, "{none:?}");
    assert!(none.stderr.contains("no signing secret") && none.stderr.contains("--sandbox"), "{none:?}");
    let sandbox =
        home.run(["check", &receiver.url(), "--only", "valid-event", "--sandbox", "--json"]).ok().json();
    assert!(sandbox["secret"].as_str().unwrap().ends_with("of the sandbox"), "{sandbox}");

    let mut variable = home.cstar();
    variable.env("CSTAR_WEBHOOK_SECRET", SANDBOX_SECRET).args(["check", &receiver.url()]);
    CommandOutput::run(variable.args(["--only", "valid-event"])).ok();

    // A refused event is explained by the variant that the endpoint accepts.
    let wrong =
        home.run(["check", &receiver.url(), "--only", "valid-event", "--secret", SECRET, "--json"]).json();
    assert_eq!(wrong["checks"][0]["status"], "fail", "{wrong}");
    let bare = SANDBOX_SECRET.strip_prefix("whsec_").unwrap();
    let receiver = Receiver::start_with(move |request| {
        let header = request.headers.get("x-signature").and_then(|value| value.to_str().ok());
        let is_valid = Verifier::new(bare).verify(&request.body, header).is_ok();
        Response::status(if is_valid { 200 } else { 401 })
    });
    let explained = home.run(["check", &receiver.url(), "--only", "valid-event", "--secret", SANDBOX_SECRET]);
    assert!(explained.stdout.contains("the secret without `whsec_`"), "{explained:?}");
}

//! `listen --chaos`: every kind against a server that records, repeatable by its seed, and nothing is lost.

use std::collections::{BTreeMap, HashSet};

use cstar::signature::{SIGNATURE_HEADER, verify_signature};
use serde_json::Value;

use crate::support::listen::FinishedListen;
use crate::support::receiver::{ReceivedRequest, Receiver, Response};
use crate::support::scripted_server::{FAKE_KEY, STREAM, ScriptedServer, Step, event, send, session, ticket};
use crate::support::{Home, LIVE_KEY, SANDBOX_SECRET};

/// A stream of events about a few tickets, all at once.
fn server(events: usize, tickets: usize) -> ScriptedServer {
    ScriptedServer::start(move |_, _| {
        let frames = (0..events).map(|number| {
            let id = format!("evt_{number}");
            event(&id, "ticket.created", &ticket(&id, &format!("tkt_{}", number % tickets)))
        });
        let frames: String = frames.collect();
        let ready = session(&serde_json::json!({ "secret": SANDBOX_SECRET }));
        vec![send(STREAM), send(ready), send(frames), Step::Hold]
    })
}

fn is_signed(request: &ReceivedRequest) -> bool {
    let header = request.headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok());
    verify_signature(&request.body, header, SANDBOX_SECRET).is_ok()
}

/// A server that checks signatures.
fn careful() -> Receiver {
    Receiver::start_with(|request| Response::status(if is_signed(request) { 200 } else { 401 }))
}

/// Runs until all events are delivered.
fn run(home: &Home, events: usize, tickets: usize, to: &Receiver, args: &[&str]) -> FinishedListen {
    let server = server(events, tickets);
    let (url, count) = (to.url(), events.to_string());
    let args = [&["--forward-to", &url, "--count", &count, "--for", "60s"], args].concat();
    server.listen(home, &args).finish()
}

/// What happened to the attempts of each event, in their order.
fn marks(seen: &[Value]) -> BTreeMap<String, Vec<String>> {
    let mut marks: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for one in seen.iter().filter(|one| one.get("attempt").is_some()) {
        let Some(id) = one["id"].as_str() else { continue };
        marks.entry(id.to_owned()).or_default().push(format!("{}{}", one["attempt"], one["chaos"]));
    }
    marks
}

#[test]
fn all_kinds_of_chaos_lose_no_event() {
    const EVENTS: usize = 500;
    let runs = [(); 2].map(|()| {
        let (home, receiver) = (Home::new(), careful());
        let kinds = "delay=0..50ms@12%,reorder=12%,stale=12%,tamper=12%,drop-answer=12%,duplicate=12%";
        let ended =
            run(&home, EVENTS, 50, &receiver, &["--chaos", kinds, "--chaos-seed", "7", "--retries", "0"]);
        assert_eq!(ended.code, 0, "{:#?}", ended.stderr);
        let summary = ended.summary();
        assert_eq!((&summary["delivered"], &summary["failed"]), (&EVENTS.into(), &0.into()), "{summary}");
        assert_eq!((&summary["chaos"]["seed"], &summary["balanced"]), (&7.into(), &true.into()));
        assert_eq!(summary["chaos"]["findings"], serde_json::json!([]));
        for kind in ["delay", "reorder", "stale", "tamper", "drop-answer", "duplicate"] {
            assert!(summary["chaos"]["attempts"][kind].as_u64() > Some(20), "{kind}: {summary}");
        }
        let requests = receiver.stop();
        let signed = requests.iter().filter(|request| is_signed(request));
        let arrived: HashSet<String> = signed.map(|one| one.header("x-event-id").to_owned()).collect();
        assert_eq!(arrived.len(), EVENTS);
        assert!(requests.len() > EVENTS);
        marks(&ended.seen)
    });
    assert!(runs[0] == runs[1], "the same seed made another sequence");
}

#[test]
fn each_kind_of_chaos_does_what_it_says() {
    for kind in ["delay=1ms..2ms@100%", "stale=100%", "tamper=100%", "drop-answer=100%", "duplicate=100%"] {
        let (home, receiver) = (Home::new(), careful());
        let ended = run(&home, 1, 1, &receiver, &["--chaos", kind]);
        assert_eq!(ended.code, 0, "{kind}: {}", ended.stderr);
        let requests = receiver.stop();
        let signed: Vec<bool> = requests.iter().map(is_signed).collect();
        let numbers: Vec<&str> = requests.iter().map(|one| one.header("x-delivery-attempt")).collect();
        let (name, _) = kind.split_once('=').unwrap();
        let (is_ok, all): (&[bool], &[&str]) = match name {
            "delay" => (&[true], &["1"]),
            "stale" | "tamper" => (&[false, true], &["1", "2"]),
            _ => (&[true, true], &["1", "2"]),
        };
        assert_eq!((&*signed, &*numbers), (is_ok, all), "{name}");
        let same_body = requests[0].body == requests[requests.len() - 1].body;
        assert_eq!(same_body, name != "tamper", "{name}");
        let marked: Vec<String> = marks(&ended.seen).remove("evt_0").unwrap();
        let expected = match name {
            "delay" => vec![r#"1["delay"]"#.to_owned()],
            "duplicate" => vec!["1null".to_owned(), r#"2["duplicate"]"#.to_owned()],
            _ => vec![format!(r#"1["{name}"]"#), "2null".to_owned()],
        };
        assert_eq!(marked, expected, "{name}");
        let shown = home.run(["history", "show", "evt_0", "--json"]).ok().json();
        let attempts = shown["attempts"].as_array().unwrap();
        assert!(attempts.iter().any(|one| one["chaos"] == serde_json::json!([name])), "{shown}");
        assert_eq!(shown["status"], "delivered");
        let why = home.run(["why", "evt_0"]).ok().stdout;
        assert!(why.contains(&format!("(chaos: {name})")), "{why}");
        let page = home.run(["history", "show", "evt_0"]).ok().stdout;
        assert!(page.contains(&format!("(chaos: {name})")), "{page}");
    }
}

#[test]
fn reordered_events_of_a_ticket_swap() {
    let (home, receiver) = (Home::new(), careful());
    let ended = run(&home, 4, 1, &receiver, &["--chaos", "reorder=100%"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let requests = receiver.stop();
    let ids: Vec<&str> = requests.iter().map(|one| one.header("x-event-id")).collect();
    assert_eq!(ids, ["evt_1", "evt_0", "evt_3", "evt_2"]);
    assert_eq!(ended.summary()["chaos"]["attempts"]["reorder"], 4);
}

#[test]
fn lone_event_is_not_held_for_a_swap() {
    let (home, receiver) = (Home::new(), careful());
    let ended = run(&home, 1, 1, &receiver, &["--chaos", "reorder=100%"]);
    assert_eq!((ended.code, receiver.stop().len()), (0, 1), "{}", ended.stderr);
    assert_eq!(ended.summary()["chaos"]["attempts"], serde_json::json!({}));
}

#[test]
fn accepted_forgery_is_a_finding() {
    let (home, receiver) = (Home::new(), Receiver::start());
    let ended = run(&home, 3, 3, &receiver, &["--chaos", "stale=100%,tamper=100%"]);
    assert_eq!(ended.code, 1);
    let chaos = &ended.summary()["chaos"];
    let kinds: Vec<&Value> = chaos["findings"].as_array().unwrap().iter().map(|one| &one["kind"]).collect();
    assert_eq!(kinds, ["stale", "tamper"]);
    assert_eq!((&chaos["findings"][0]["attempts"], &ended.summary()["delivered"]), (&3.into(), &3.into()));
    let found = ended.seen.iter().filter(|one| one["type"] == "chaos" && one["finding"].is_string());
    assert_eq!(found.count(), 6);
    let why = home.run(["why", "evt_0"]).ok().stdout;
    assert!(why.contains("it accepted a body that does not match its signature"), "{why}");
    assert!(why.contains("cstar help signing"), "{why}");
    for what in ["an hour old accepted", "changed body accepted", "exact bytes"] {
        assert!(ended.stderr.contains(what), "{}", ended.stderr);
    }
}

#[test]
fn refused_duplicate_is_a_finding() {
    let seen = std::sync::atomic::AtomicU32::new(0);
    let receiver = Receiver::start_with(move |_| {
        let first = seen.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 0;
        Response::status(if first { 200 } else { 500 })
    });
    let home = Home::new();
    let ended = run(&home, 1, 1, &receiver, &["--chaos", "duplicate=100%"]);
    assert_eq!((ended.code, receiver.stop().len()), (1, 2));
    let summary = ended.summary();
    assert_eq!((&summary["delivered"], &summary["failed"]), (&1.into(), &0.into()), "{summary}");
    assert_eq!(summary["chaos"]["findings"][0]["kind"], "duplicate");
    assert!(ended.stderr.contains("1 duplicate refused (evt_0)"), "{}", ended.stderr);
    assert_eq!(home.run(["history", "show", "evt_0", "--json"]).ok().json()["status"], "delivered");
}

#[test]
fn chaos_with_a_live_key_needs_consent() {
    let (home, receiver) = (Home::new(), careful());
    let server = server(1, 1);
    let listen = |args: &[&str]| {
        let mut command = server.cstar(&home);
        command.env("CSTAR_API_KEY", LIVE_KEY);
        let (url, common) = (receiver.url(), ["--count", "1", "--for", "60s", "--forward-to"]);
        let args = [&common, &[url.as_str(), "--chaos", "stale=100%"][..], args].concat();
        crate::support::listen::Listen::start_unconnected(command, &args).finish()
    };
    let refused = listen(&[]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("chaos with a live key needs a confirmation"), "{}", refused.stderr);
    assert!(server.requests().is_empty());
    let confirmed = listen(&["--yes"]);
    assert_eq!(confirmed.code, 0, "{}", confirmed.stderr);
}

#[test]
fn wrong_chaos_is_refused_in_one_line() {
    let home = Home::new();
    for (args, says) in [
        (["--chaos", "loss", "--json"], "drop-answer, duplicate or all"),
        (["--chaos", "stale=200%", "--json"], "percentage from 0.01% to 100%"),
        (["--chaos", "delay=3s..1s", "--json"], "0..3s"),
        (["--chaos", "stale,stale", "--json"], "names stale twice"),
        (["--chaos", "stale", "--print"], "--print"),
        (["--chaos-seed", "1", "--json"], "--chaos"),
        (["--yes", "--json", "--for=1s"], "--chaos"),
    ] {
        let [one, two, three] = args;
        let mut command = home.cstar();
        command.env("CSTAR_API_KEY", FAKE_KEY);
        let refused = command.args(["listen", one, two, three]).output().unwrap();
        let stderr = String::from_utf8_lossy(&refused.stderr);
        assert_eq!(refused.status.code(), Some(2), "{stderr}");
        assert!(stderr.contains(says), "{stderr}");
    }
}

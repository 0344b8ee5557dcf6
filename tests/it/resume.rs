//! The history under `listen`: killed runs are resumed, a target that is down uses no memory, and an unusable
//! history does not stop forwarding.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::support::Home;
use crate::support::api_connection::{ApiConnection, ticket_and_seq};
use crate::support::listen::Listen;
use crate::support::ports::ReservedPort;
use crate::support::receiver::{ReceivedRequest, Receiver, Response};
use crate::support::sandbox::Sandbox;

/// Events of each ticket by their first arrival; panics unless that is the order in which they were triggered.
fn in_order(requests: &[ReceivedRequest]) -> HashMap<String, Vec<u64>> {
    let mut seen = HashSet::new();
    let mut tickets: HashMap<String, Vec<u64>> = HashMap::new();
    for request in requests {
        if seen.insert(request.header("x-event-id").to_owned()) {
            let (ticket, seq) = ticket_and_seq(request);
            tickets.entry(ticket).or_default().push(seq);
        }
    }
    for (ticket, seqs) in &tickets {
        assert!(seqs.is_sorted(), "{ticket}: {seqs:?}");
    }
    tickets
}

#[test]
fn next_run_resumes_leftover_and_missed_events() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let down = ReservedPort::new();
    let (url, port) = (down.url(), down.port);
    let mut api = ApiConnection::open(sandbox.port);
    let mut first = Listen::start(sandbox.cstar(&home), &["--forward-to", &url]);
    for seq in 0..5 {
        api.trigger_ticket("tkt_1", seq);
    }
    first.wait_for_all("received", 5);
    first.interrupt();
    assert_eq!(first.finish().summary()["waiting"], 5);
    for seq in 5..8 {
        api.trigger_ticket("tkt_1", seq);
    }

    // Without --resume the leftover is reported and kept.
    let args = ["--forward-to", &url, "--for", "300ms"];
    let mut reported = Listen::start_unconnected(sandbox.cstar(&home), &args);
    let leftover = reported.wait_for("leftover");
    assert_eq!((&leftover["resumed"], &leftover["deliveries"]), (&false.into(), &5.into()));
    reported.finish();

    drop(down);
    let receiver = Receiver::start_at(port, |_| Response::status(200));
    let mut resumed = Listen::start_unconnected(sandbox.cstar(&home), &["--forward-to", &url, "--resume"]);
    assert_eq!(resumed.wait_for("leftover")["resumed"], true);
    let requests = receiver.take(8);
    resumed.wait_for_all("delivered", 8);
    assert_eq!(in_order(&requests)["tkt_1"], (0..8).collect::<Vec<u64>>());
    assert!(receiver.drain().is_empty(), "each is delivered once");
}

/// No event is recorded, but the start of the stream is, and cStar still has the events.
#[test]
fn run_killed_before_an_event_is_resumed() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let down = ReservedPort::new();
    let (url, port) = (down.url(), down.port);
    let mut api = ApiConnection::open(sandbox.port);
    drop(Listen::start(sandbox.cstar(&home), &["--forward-to", &url]));
    (0..2).for_each(|seq| drop(api.trigger_ticket("tkt_1", seq)));
    drop(down);
    let receiver = Receiver::start_at(port, |_| Response::status(200));
    let mut resumed = Listen::start(sandbox.cstar(&home), &["--forward-to", &url, "--resume"]);
    resumed.wait_for_all("delivered", 2);
    assert_eq!(in_order(&receiver.take(2))["tkt_1"], [0, 1]);
}

/// The history is written in batches, but a line is printed only after its record.
#[test]
fn printed_lines_survive_a_kill() {
    const ROUNDS: usize = 4;
    const EACH: usize = 25;
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let url = receiver.url();
    let mut api = ApiConnection::open(sandbox.port);
    for round in 0..ROUNDS {
        let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &url, "--resume"]);
        let ids: Vec<String> = (0..EACH).map(|seq| api.trigger_ticket("tkt_1", round * EACH + seq)).collect();
        listen.wait_for_all("delivered", EACH);
        drop(listen);
        let event = home.run(["history", "show", ids.last().unwrap(), "--json"]).ok().json();
        assert_eq!(event["deliveries"][0]["status"], "delivered", "{event}");
    }
    let resumed = ["--forward-to", &url, "--resume", "--for", "300ms"];
    let last = Listen::start_unconnected(sandbox.cstar(&home), &resumed).finish();
    let repeats = |line: &Value| line["type"] == "leftover" || line["type"] == "delivered";
    assert!(!last.seen.iter().any(repeats), "{:#?}", last.seen);
    assert_eq!(receiver.drain().len(), ROUNDS * EACH, "each is delivered once");
}

#[test]
fn kills_under_load_lose_nothing() {
    const ROUNDS: usize = 6;
    const EACH: usize = 40;
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let url = receiver.url();
    let mut api = ApiConnection::open(sandbox.port);
    let mut requests = Vec::new();
    for round in 0..ROUNDS {
        let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &url, "--resume"]);
        for number in 0..EACH {
            let seq = round * EACH + number;
            api.trigger_ticket(&format!("tkt_{}", seq % 7), seq);
            if number == EACH / 2 {
                listen.wait_for("delivered");
            }
        }
        // Killed during deliveries.
        drop(listen);
        requests.extend(receiver.drain());
    }
    let mut last = Listen::start(sandbox.cstar(&home), &["--forward-to", &url, "--resume"]);
    api.trigger_ticket("tkt_end", 9_999);
    last.wait_until("the last event", |line| line["type"] == "delivered" && line["id"].as_str().is_some());
    let expected = ROUNDS * EACH + 1;
    let mut ids: HashSet<String> =
        requests.iter().map(|request| request.header("x-event-id").to_owned()).collect();
    while ids.len() < expected {
        let request = receiver.next();
        ids.insert(request.header("x-event-id").to_owned());
        requests.push(request);
    }
    let bodies: HashMap<&str, HashSet<&[u8]>> =
        requests.iter().fold(HashMap::new(), |mut bodies, request| {
            bodies.entry(request.header("x-event-id")).or_default().insert(&request.body);
            bodies
        });
    assert!(bodies.values().all(|bodies| bodies.len() == 1), "the same id has the same bytes");
    assert_eq!(in_order(&requests).values().map(Vec::len).sum::<usize>(), expected);
}

#[test]
fn target_that_is_down_uses_no_memory() {
    const EVENTS: usize = 1_500;
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let down = ReservedPort::new();
    let (url, port) = (down.url(), down.port);
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &url]);
    let mut api = ApiConnection::open(sandbox.port);
    for seq in 0..EVENTS {
        api.trigger_ticket(&format!("tkt_{}", seq % 10), seq);
    }
    // More than fits into memory: the excess waits in the history, and the stream is still read.
    listen.wait_for_all("received", EVENTS);
    drop(down);
    let receiver = Receiver::start_at(port, |_| Response::status(200));
    let requests = receiver.take(EVENTS);
    assert_eq!(in_order(&requests).values().map(Vec::len).sum::<usize>(), EVENTS);
    listen.wait_for_all("delivered", EVENTS);
    #[cfg(target_os = "linux")]
    assert!(listen.peak_data_kib() < 16 * 1024, "{} KiB", listen.peak_data_kib());
}

#[test]
fn unusable_history_does_not_stop_forwarding() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let config = home.path().join("cstar");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(config.join("history.sqlite3"), "this is no database, and longer than a header would be")
        .unwrap();
    let mut listen = Listen::start_unconnected(sandbox.cstar(&home), &["--forward-to", &receiver.url()]);
    let off = listen.wait_for("history_off");
    assert!(off["reason"].as_str().unwrap().contains("history.sqlite3"), "{off}");
    listen.wait_for("connected");
    sandbox.run(&home, ["trigger", "ticket.created"]).ok();
    listen.wait_for("delivered");
    drop(listen);

    let resume = sandbox.run(&home, ["listen", "--resume", "--for", "1s"]);
    assert_eq!(resume.code, 1, "{resume:?}");
    assert!(resume.stderr.contains("could not resume"), "{resume:?}");
}

/// A backup or a database browser locks the file for longer than a write waits.
#[test]
fn locked_history_is_used_again_when_free() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url()]);
    let mut api = ApiConnection::open(sandbox.port);
    api.trigger_ticket("tkt_1", 0);
    listen.wait_for("delivered");
    let other = rusqlite::Connection::open(home.path().join("cstar/history.sqlite3")).unwrap();
    other.busy_timeout(std::time::Duration::from_secs(30)).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    for seq in 1..20 {
        api.trigger_ticket("tkt_1", seq);
    }
    let paused = listen.wait_for("history_paused");
    assert!(paused["reason"].as_str().unwrap().contains("history.sqlite3"), "{paused}");
    for seq in 20..40 {
        api.trigger_ticket("tkt_1", seq);
    }
    listen.wait_for_all("delivered", 40);
    drop(other);
    let back = listen.wait_for("history_resumed");
    assert_eq!((&back["lost_events"], &back["lost_attempts"]), (&0.into(), &0.into()));
    assert!(listen.all("history_off").is_empty());
    listen.stop();
    let list = home.run(["history", "--status", "delivered", "--json"]).ok().json();
    assert_eq!(list.as_array().unwrap().len(), 40);
}

#[test]
#[ignore = "takes 20 seconds"]
fn history_locked_at_start_is_used_when_free() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let down = ReservedPort::new();
    let (url, port) = (down.url(), down.port);
    let forward = ["--forward-to", &url];
    let mut first = Listen::start(sandbox.cstar(&home), &forward);
    ApiConnection::open(sandbox.port).trigger_ticket("tkt_0", 0);
    first.wait_for("waiting");
    first.interrupt();
    assert_eq!(first.finish().summary()["waiting"], 1);
    drop(down);
    let _receiver = Receiver::start_at(port, |_| Response::status(200));
    let other = rusqlite::Connection::open(home.path().join("cstar/history.sqlite3")).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let resume = sandbox.run(&home, ["listen", "--resume", "--for", "1s"]);
    assert_eq!(resume.code, 1, "{resume:?}");
    assert!(resume.stderr.contains("Waiting for the history file"), "{resume:?}");
    let mut listen = Listen::start_unconnected(sandbox.cstar(&home), &forward);
    listen.wait_for("history_paused");
    listen.wait_for("connected");
    // The sandbox closes connections that are idle this long.
    let mut api = ApiConnection::open(sandbox.port);
    api.trigger_ticket("tkt_1", 0);
    api.trigger_ticket("tkt_1", 1);
    listen.wait_for_all("delivered", 2);
    drop(other);
    listen.wait_for("history_resumed");
    let leftover = listen.wait_for("leftover");
    assert_eq!((&leftover["resumed"], &leftover["deliveries"]), (&false.into(), &1.into()));
    assert!(listen.all("history_off").is_empty());
    listen.stop();
    let list = home.run(["history", "--status", "delivered", "--json"]).ok().json();
    assert_eq!(list.as_array().unwrap().len(), 2);
}

#[test]
fn no_history_writes_no_file() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let args = ["--forward-to", &receiver.url(), "--no-history", "--count", "1"];
    let listen = Listen::start(sandbox.cstar(&home), &args);
    sandbox.run(&home, ["trigger", "ticket.created"]).ok();
    assert_eq!(listen.finish().code, 0);
    assert!(!home.path().join("cstar/history.sqlite3").exists());
}

/// More than fits into memory waits before the first session arrives, which brings the signing secret.
#[test]
fn large_leftover_does_not_delay_the_stream() {
    const EVENTS: usize = 1_300;
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let down = ReservedPort::new();
    let (url, port) = (down.url(), down.port);
    let mut first = Listen::start(sandbox.cstar(&home), &["--forward-to", &url]);
    let mut api = ApiConnection::open(sandbox.port);
    for seq in 0..EVENTS {
        api.trigger_ticket(&format!("tkt_{}", seq % 10), seq);
    }
    first.wait_for_all("received", EVENTS);
    first.interrupt();
    first.finish();
    drop(down);
    let receiver = Receiver::start_at(port, |_| Response::status(200));
    let mut resumed = Listen::start(sandbox.cstar(&home), &["--forward-to", &url, "--resume"]);
    resumed.wait_for_all("delivered", EVENTS);
    let requests = receiver.take(EVENTS);
    assert_eq!(in_order(&requests).values().map(Vec::len).sum::<usize>(), EVENTS);
}

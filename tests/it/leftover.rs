//! Which target gets a delivery that an earlier run left behind when the targets have changed, and what settles it.

use serde_json::{Value, json};

use crate::support::Home;
use crate::support::api_connection::ApiConnection;
use crate::support::listen::Listen;
use crate::support::ports::ReservedPort;
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{STREAM, ScriptedServer, Step, event, send, session};

const SECRET: &str = "whsec_leftover000000000000000000000";

/// A home whose history holds this many events that were never delivered to `target`.
fn home_with_leftover(home: &Home, sandbox: &Sandbox, targets: &[&str], events: usize) -> Vec<String> {
    let mut args = Vec::new();
    targets.iter().for_each(|target| args.extend(["--forward-to", target]));
    let mut listen = Listen::start(sandbox.cstar(home), &args);
    let mut api = ApiConnection::open(sandbox.port);
    let ids = (0..events).map(|seq| api.trigger_ticket("tkt_1", seq)).collect();
    listen.wait_for_all("received", events);
    listen.wait_for_all("waiting", 1);
    listen.interrupt();
    listen.finish();
    ids
}

/// One run with `--resume`: its line about the leftover, and the number of deliveries.
fn resume(home: &Home, sandbox: &Sandbox, target: &str) -> (Option<Value>, usize) {
    let args = ["--forward-to", target, "--resume", "--for", "600ms"];
    let ended = Listen::start_unconnected(sandbox.cstar(home), &args).finish();
    let of = |kind: &str| ended.seen.iter().filter(|line| line["type"] == kind).cloned().collect::<Vec<_>>();
    (of("leftover").first().cloned(), of("delivered").len())
}

fn delivery_states(home: &Home, id: &str) -> Vec<String> {
    let event = home.run(["history", "show", id, "--json"]).ok().json();
    let deliveries = event["deliveries"].as_array().unwrap().iter();
    deliveries.map(|delivery| delivery["status"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn leftover_for_another_target_comes_once() {
    let (home, old) = (Home::new(), ReservedPort::new());
    let sandbox = Sandbox::start(&home);
    let ids = home_with_leftover(&home, &sandbox, &[&old.url()], 1);
    let receiver = Receiver::start();
    let (reported, delivered) = resume(&home, &sandbox, &receiver.url());
    let reported = reported.expect("announced");
    assert_eq!((&reported["deliveries"], &reported["kept"], delivered), (&1.into(), &0.into(), 1));
    for _ in 0..2 {
        assert_eq!(resume(&home, &sandbox, &receiver.url()), (None, 0), "settled");
    }
    assert_eq!(receiver.take(1)[0].header("x-event-id"), ids[0]);
    assert!(receiver.drain().is_empty());
    assert_eq!(delivery_states(&home, &ids[0]), ["moved", "delivered"]);
    let why = home.run(["why", &ids[0]]).ok().stdout;
    assert!(why.contains("another target got it"), "{why}");
}

/// More than is read into memory at a time: the order is kept across reads.
#[test]
fn large_leftover_keeps_order_per_resource() {
    let padding = "x".repeat(1_500_000);
    let server = ScriptedServer::start(move |number, _| {
        let mut steps = vec![send(STREAM), send(session(&json!({ "secret": SECRET, "resumed": true })))];
        if number == 0 {
            steps.extend((0..16).map(|seq| {
                let id = format!("evt_{seq}");
                let body = json!({ "id": id, "data": { "ticket": { "id": "tkt_1", "padding": padding } } });
                send(event(&id, "ticket.updated", &body.to_string()))
            }));
        }
        steps.push(Step::Hold);
        steps
    });
    let (home, down) = (Home::new(), ReservedPort::new());
    let mut listen = server.listen(&home, &["--forward-to", &down.url()]);
    listen.wait_for_all("received", 16);
    listen.interrupt();
    listen.finish();
    let receiver = Receiver::start();
    let mut listen = server.listen(&home, &["--forward-to", &receiver.url(), "--resume"]);
    listen.wait_for_all("delivered", 16);
    let delivered_ids: Vec<String> =
        receiver.take(16).iter().map(|one| one.header("x-event-id").to_owned()).collect();
    assert_eq!(delivered_ids, (0..16).map(|seq| format!("evt_{seq}")).collect::<Vec<_>>());
}

#[test]
fn resume_to_a_target_that_is_down_leaves_one() {
    let (home, old, new) = (Home::new(), ReservedPort::new(), ReservedPort::new());
    let sandbox = Sandbox::start(&home);
    let ids = home_with_leftover(&home, &sandbox, &[&old.url()], 2);
    let (url, port) = (new.url(), new.port);
    for _ in 0..2 {
        let (reported, delivered) = resume(&home, &sandbox, &url);
        assert_eq!((&reported.expect("announced")["deliveries"], delivered), (&2.into(), 0));
    }
    // Back to the first target, and to the second again: still one delivery each.
    assert_eq!(resume(&home, &sandbox, &old.url()).0.expect("announced")["deliveries"], 2);
    drop(new);
    let receiver = Receiver::start_at(port, |_| Response::status(200));
    assert_eq!(resume(&home, &sandbox, &url).1, 2);
    assert_eq!(resume(&home, &sandbox, &url), (None, 0));
    let delivered_ids: Vec<String> =
        receiver.take(2).iter().map(|one| one.header("x-event-id").to_owned()).collect();
    assert_eq!(delivered_ids, ids);
    assert!(receiver.drain().is_empty());
}

#[test]
fn two_removed_targets_make_one_delivery() {
    let (home, one, two) = (Home::new(), ReservedPort::new(), ReservedPort::new());
    let sandbox = Sandbox::start(&home);
    let ids = home_with_leftover(&home, &sandbox, &[&one.url(), &two.url()], 1);
    let receiver = Receiver::start();
    assert_eq!(resume(&home, &sandbox, &receiver.url()).1, 1);
    assert_eq!(resume(&home, &sandbox, &receiver.url()), (None, 0));
    assert_eq!(receiver.take(1)[0].header("x-event-id"), ids[0]);
    assert!(receiver.drain().is_empty());
    assert_eq!(delivery_states(&home, &ids[0]), ["moved", "moved", "delivered"]);
}

#[test]
fn target_that_has_the_event_gets_no_second() {
    let (home, down) = (Home::new(), ReservedPort::new());
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let ids = home_with_leftover(&home, &sandbox, &[&down.url(), &receiver.url()], 1);
    receiver.take(1);
    let (reported, delivered) = resume(&home, &sandbox, &receiver.url());
    let reported = reported.expect("announced");
    assert_eq!((&reported["deliveries"], &reported["kept"], delivered), (&0.into(), &1.into(), 0));
    assert!(receiver.drain().is_empty());
    assert_eq!(delivery_states(&home, &ids[0]), ["waiting", "delivered"]);
}

#[test]
fn attempt_numbers_continue_at_a_new_target() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let failing = Receiver::start_with(|_| Response::status(500));
    let args = ["--forward-to", &failing.url(), "--retries", "50"];
    let mut listen = Listen::start(sandbox.cstar(&home), &args);
    ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 0);
    listen.wait_for("retrying");
    listen.interrupt();
    listen.finish();
    let old = home.run(["history", "--json"]).ok().json()[0]["deliveries"][0]["attempts"].as_u64().unwrap();
    failing.stop();
    let receiver = Receiver::start();
    assert_eq!(resume(&home, &sandbox, &receiver.url()).1, 1);
    let number: u64 = receiver.next().header("x-delivery-attempt").parse().unwrap();
    assert!(old >= 1 && number == old + 1, "{number} after {old}");
}

#[test]
fn replay_elsewhere_settles_the_old_failure() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let failing = Receiver::start_with(|_| Response::status(404));
    let args = ["--forward-to", &failing.url(), "--secret", SECRET];
    let mut listen = Listen::start(sandbox.cstar(&home), &args);
    let id = ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 0);
    listen.wait_for("failed");
    listen.interrupt();
    listen.finish();
    let receiver = Receiver::start();
    let again = ["replay", "--failed", "--to", &receiver.url(), "--secret", SECRET, "--json"];
    assert_eq!(home.run(again).ok().json().as_array().unwrap().len(), 1);
    assert_eq!(home.run(again).ok().stdout, "[]\n");
    assert_eq!(receiver.take(1)[0].header("x-event-id"), id);
    assert_eq!(delivery_states(&home, &id), ["moved", "delivered"]);
}

#[test]
fn replay_settles_a_leftover() {
    let (home, old) = (Home::new(), ReservedPort::new());
    let sandbox = Sandbox::start(&home);
    let ids = home_with_leftover(&home, &sandbox, &[&old.url()], 2);
    let receiver = Receiver::start();
    home.run(["replay", &ids[0], "--to", &receiver.url(), "--secret", SECRET]).ok();
    let port = old.port;
    drop(old);
    let back = Receiver::start_at(port, |_| Response::status(200));
    home.run(["replay", &ids[1], "--secret", SECRET]).ok();
    assert_eq!((receiver.take(1).len(), back.take(1).len()), (1, 1));
    assert_eq!(resume(&home, &sandbox, &back.url()), (None, 0));
    assert!(back.drain().is_empty());
}

#[test]
fn dismiss_settles_without_delivering() {
    let (home, old) = (Home::new(), ReservedPort::new());
    let sandbox = Sandbox::start(&home);
    let ids = home_with_leftover(&home, &sandbox, &[&old.url()], 3);
    let refused = home.run(["history", "dismiss", "--leftover"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.stderr.contains("cstar history dismiss --leftover --yes"), "{refused:?}");
    let one = home.run(["history", "dismiss", &ids[0], "--yes", "--json"]).ok().json();
    assert_eq!((&one[0]["id"], &one[0]["status"]), (&ids[0].as_str().into(), &"waiting".into()));
    assert_eq!(delivery_states(&home, &ids[0]), ["dismissed"]);
    let list = home.run(["history", "--status", "dismissed", "--json"]).ok().json();
    assert_eq!((list.as_array().unwrap().len(), &list[0]["status"]), (1, &"dismissed".into()));
    let rest = home.run(["history", "dismiss", "--leftover", "--yes"]).ok();
    assert_eq!(rest.stdout.lines().count(), 2, "{rest:?}");
    assert!(rest.stderr.contains("Dismissed 2 deliveries."), "{rest:?}");
    assert_eq!(home.run(["history", "dismiss", "--leftover", "--yes", "--json"]).ok().stdout, "[]\n");
    let receiver = Receiver::start();
    assert_eq!(resume(&home, &sandbox, &receiver.url()), (None, 0));
    assert!(receiver.drain().is_empty());
}

#[test]
fn dismissing_the_wrong_event_is_refused() {
    let (home, old) = (Home::new(), ReservedPort::new());
    let sandbox = Sandbox::start(&home);
    let unknown = home.run(["history", "dismiss", "evt_nowhere", "--yes"]);
    assert_eq!(unknown.code, 1, "{unknown:?}");
    assert!(unknown.stderr.contains("no event `evt_nowhere`"), "{unknown:?}");
    assert_eq!(home.run(["history", "dismiss"]).code, 2);
    assert_eq!(home.run(["history", "dismiss", "evt_1", "--leftover"]).code, 2);

    let url = old.url();
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &url]);
    let id = ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 0);
    listen.wait_for("waiting");
    // A later event shows that the first one has been written.
    ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 1);
    listen.wait_for("received");
    while home.run(["history", "--json"]).ok().json().as_array().unwrap().is_empty() {}
    let alive = home.run(["history", "dismiss", &id, "--yes"]);
    assert_eq!(alive.code, 1, "{alive:?}");
    assert!(alive.stderr.contains("is about to deliver"), "{alive:?}");
    assert_eq!(home.run(["history", "dismiss", "--leftover", "--yes", "--json"]).ok().stdout, "[]\n");
    drop(old);
    let receiver = Receiver::start_at(
        url.rsplit(':').next().unwrap().split('/').next().unwrap().parse().unwrap(),
        |_| Response::status(200),
    );
    listen.wait_for_all("delivered", 2);
    receiver.take(2);
    listen.stop();
    let done = home.run(["history", "dismiss", &id, "--yes"]);
    assert_eq!(done.code, 1, "{done:?}");
    assert!(done.stderr.contains("has nothing to dismiss"), "{done:?}");
}

/// From the same sources as `listen`: events of a sandbox need no option.
#[test]
fn replay_signs_with_the_session_secret() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url()]);
    let id = ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 0);
    listen.wait_for("delivered");
    listen.stop();
    let secret = sandbox.run(&home, ["listen", "--print-secret"]).ok().stdout;
    let first = receiver.next();
    home.run(["replay", &id]).ok();
    sandbox.run(&home, ["replay", &id]).ok();
    for request in [first, receiver.next(), receiver.next()] {
        let signature = Some(request.header(cstar::signature::SIGNATURE_HEADER));
        cstar::signature::construct_event(request.body.clone(), signature, secret.trim()).expect("signed");
    }
}

//! `replay`: the same id and bytes, a fresh signature, one more attempt.

use cstar::signature::{SIGNATURE_HEADER, construct_event};

use super::{SECRET, body, home_with_history};
use crate::support::ports::closed_port;
use crate::support::receiver::{Receiver, Response};

#[test]
fn replay_uses_the_original_target() {
    let (home, receiver) = home_with_history();
    let output = home.run(["replay", "evt_late", "--secret", SECRET, "--json"]).ok();
    let request = receiver.next();
    assert_eq!(request.body, body("evt_late").as_bytes());
    let signature = Some(request.header(SIGNATURE_HEADER));
    assert_eq!(construct_event(request.body.clone(), signature, SECRET).unwrap().id(), "evt_late");
    assert_eq!(request.header("x-event-id"), "evt_late");
    assert_eq!(request.header("x-delivery-attempt"), "3");
    assert_eq!(request.header("x-webhook-id"), "whk_1");
    let result = &output.json()[0];
    assert_eq!((&result["id"], &result["attempt"]), (&"evt_late".into(), &3.into()));
    assert_eq!((&result["success"], &result["status"]), (&true.into(), &200.into()));
    let event = home.run(["history", "show", "evt_late", "--json"]).ok().json();
    assert_eq!(event["attempts"].as_array().unwrap().len(), 3);
    let why = home.run(["why", "evt_late"]).ok().stdout;
    assert!(why.contains("Replayed, attempt 3 to "), "{why}");
}

#[test]
fn failed_events_replay_elsewhere_in_order() {
    let (home, _receiver) = home_with_history();
    let fixed = Receiver::start();
    let mut command = home.cstar();
    command.env("CSTAR_WEBHOOK_SECRET", SECRET).args(["replay", "--failed", "--to", &fixed.url()]);
    let output = crate::support::CommandOutput::run(&mut command).ok();
    let ids: Vec<_> = fixed.take(2).iter().map(|request| request.header("x-event-id").to_owned()).collect();
    assert_eq!(ids, ["evt_auth", "evt_path"]);
    assert_eq!(output.stdout.lines().count(), 2, "{output:?}");
    assert!(output.stdout.lines().all(|line| line.starts_with("200  ticket.created  evt_")), "{output:?}");
}

#[test]
fn named_events_are_each_replayed_once() {
    let (home, receiver) = home_with_history();
    let args = ["replay", "evt_lat", "evt_go", "evt_late", "--secret", SECRET, "-H", "X-Mine: yes", "--json"];
    let sent = home.run(args).ok().json();
    assert_eq!(sent.as_array().unwrap().len(), 2, "{sent}");
    for (request, id) in receiver.take(2).iter().zip(["evt_late", "evt_good"]) {
        assert_eq!((request.header("x-event-id"), request.header("x-mine")), (id, "yes"));
    }
    let since =
        |time: &str| home.run(["replay", "--since", time, "--failed", "--secret", SECRET, "--json"]).json();
    assert_eq!(since("1h").as_array().unwrap().len(), 2);
    assert_eq!(since("2999-01-01"), serde_json::json!([]));
}

#[test]
fn new_target_continues_the_count() {
    let (home, receiver) = home_with_history();
    let other =
        Receiver::start_with(|_| Response::status(500).header("set-cookie", "id=1").header("x-is", "it"));
    let output = home.run(["replay", "evt_late", "--secret", SECRET, "--to", &other.url(), "--json"]);
    assert_eq!((output.code, &output.json()[0]["reason"]), (1, &"answered HTTP 500".into()), "{output:?}");
    let event = home.run(["history", "show", "evt_late", "--json"]).ok().json();
    let deliveries = event["deliveries"].as_array().unwrap();
    let ends: Vec<_> =
        deliveries.iter().map(|one| (&one["target"], &one["status"], &one["attempts"])).collect();
    assert_eq!(
        ends,
        [
            (&receiver.url().into(), &"delivered".into(), &2.into()),
            (&other.url().into(), &"failed".into(), &3.into())
        ]
    );
    let headers = event["attempts"][2]["response_headers"].to_string();
    assert!(headers.contains("x-is") && !headers.contains("set-cookie"), "{headers}");
}

#[test]
fn failed_replay_is_exit_1_refused_target_is_3() {
    let (home, receiver) = home_with_history();
    let failed = home.run(["replay", "evt_auth", "evt_good", "--secret", SECRET, "--json"]);
    assert_eq!(failed.code, 1, "{failed:?}");
    let results = failed.json();
    assert_eq!((&results[0]["status"], &results[1]["status"]), (&401.into(), &200.into()));
    assert!(failed.json_error()["hint"].as_str().unwrap().contains("cstar why evt_auth"), "{failed:?}");
    receiver.take(2);
    let nowhere = closed_port().to_string();
    let refused = home.run(["replay", "evt_good", "--secret", SECRET, "--to", &nowhere]);
    assert_eq!(refused.code, 3, "{refused:?}");
    assert!(refused.stderr.contains("refuses connections"), "{refused:?}");
    let list = home.run(["history", "--status", "delivered", "--json"]).ok().json();
    assert_eq!(
        list[0]["deliveries"].as_array().unwrap().len(),
        1,
        "an event that was not sent has no delivery"
    );
}

#[test]
fn replay_checks_everything_before_sending() {
    let (home, receiver) = home_with_history();
    let no_secret = home.run(["replay", "--failed"]);
    assert_eq!(no_secret.code, 2, "{no_secret:?}");
    assert!(no_secret.stderr.contains("cstar listen --print-secret"), "{no_secret:?}");
    let skipped = home.run(["replay", "evt_good", "evt_skip", "--secret", SECRET]);
    assert_eq!(skipped.code, 1, "{skipped:?}");
    assert!(skipped.stderr.contains("its body was not kept"), "{skipped:?}");
    let nothing = home.run(["replay", "--failed", "--type", "survey.*", "--json"]).ok();
    assert_eq!(nothing.stdout, "[]\n");
    assert_eq!(home.run(["replay"]).code, 2);
    assert_eq!(home.run(["replay", "evt_good", "--failed"]).code, 2);
    assert!(receiver.drain().is_empty());
}

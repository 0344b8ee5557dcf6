//! Names from a server are limited when they are read: ids, types, members of a session, its secret.

use serde_json::{Value, json};

use super::opened;
use crate::support::receiver::Receiver;
use crate::support::scripted_server::{FAKE_KEY, ScriptedServer, Step, event, send, ticket, ticket_event};
use crate::support::{CommandOutput, Home};

#[test]
fn rejected_ids_and_types_are_shortened() {
    let long = "x".repeat(1_000_000);
    let body = ticket("evt_1", "tkt_1");
    let events = [event(&long, "ticket.created", &body), event("evt_1", &long, &body), ticket_event("evt_2")];
    let server =
        ScriptedServer::start(move |_, _| vec![opened(json!({})), send(events.concat()), Step::Hold]);
    let (home, receiver) = (Home::new(), Receiver::start());
    let mut listen = server.listen(&home, &["--forward-to", &receiver.url(), "--count", "1"]);
    listen.summary();
    let skipped = listen.all("skipped");
    let expected = format!("{}… (1000000 characters)", "x".repeat(200));
    assert_eq!((&skipped[0]["id"], &skipped[1]["event"]), (&json!(expected), &json!(expected)));
    let reported = home.run(["history", "--limit", "10"]);
    assert!(reported.stdout.len() + reported.stderr.len() < 10_000, "{} bytes", reported.stdout.len());
}

#[test]
fn long_members_of_a_session_are_ignored() {
    let long = "x".repeat(1_000_000);
    let members = json!({ "session_id": long, "webhook_id": long, "secret": long });
    let server = ScriptedServer::start(move |_, _| {
        vec![opened(members.clone()), send(ticket_event("evt_1")), Step::Hold]
    });
    let (home, receiver) = (Home::new(), Receiver::start());
    let mut listen = server.listen(&home, &["--forward-to", &receiver.url(), "--count", "1"]);
    listen.summary();
    let ignored: Vec<Value> = listen.all("ignored").iter().map(|one| one["member"].clone()).collect();
    assert_eq!(ignored, ["session_id", "webhook_id", "secret"]);
    assert_eq!(listen.all("connected")[0]["secret_source"], "generated");
    let headers = receiver.next().headers;
    assert!(headers.values().all(|value| value.len() < 1_000), "{headers:?}");
}

#[test]
fn api_key_is_not_used_as_session_secret() {
    let secrets = [FAKE_KEY.to_owned(), format!("whsec_{FAKE_KEY}"), "SK_live_other".to_owned()];
    for secret in secrets {
        let named = secret.clone();
        let server = ScriptedServer::start(move |number, _| {
            let opened = opened(json!({ "secret": named }));
            // cut twice, but reported once
            if number < 2 { vec![opened] } else { vec![opened, send(ticket_event("evt_1")), Step::Hold] }
        });
        let home = Home::new();
        let mut listen = server.listen(&home, &["--forward-to", "1"]);
        listen.wait_for("received");
        assert_eq!(listen.all("ignored").len(), 1, "{:?}", listen.seen);
        assert!(listen.all("connected").iter().all(|one| one["secret_source"] == "generated"));

        let printed = CommandOutput::run(server.cstar(&home).args(["listen", "--print-secret"])).ok();
        let (stdout, stderr) = (printed.stdout, printed.stderr);
        assert!(!stdout.contains(&secret) && stdout.starts_with("whsec_"), "{stdout}");
        assert!(stderr.contains("API key") && !stderr.contains(&secret), "{stderr}");
    }
}

/// Only the beginning of a long id is recorded, which no server has: the next run resumes after the event before.
#[test]
fn resume_ignores_truncated_ids() {
    let long = "e".repeat(512 * 1024);
    let server = ScriptedServer::start(move |number, _| {
        let mut steps = vec![opened(json!({"resumed": true}))];
        if number == 0 {
            steps.extend([
                send(ticket_event("evt_1")),
                send(event(&long, "ticket.created", &ticket(&long, "tkt_1"))),
            ]);
        }
        steps.push(Step::Hold);
        steps
    });
    let (home, receiver) = (Home::new(), Receiver::start());
    let mut listen = server.listen(&home, &["--forward-to", &receiver.url()]);
    listen.wait_for("skipped");
    listen.interrupt();
    listen.finish();
    let listed = home.run(["history", "list", "--json"]).ok();
    let listed = listed.json();
    let ids = listed.as_array().unwrap().iter().map(|event| event["id"].as_str().unwrap().chars().count());
    let ids: Vec<usize> = ids.collect();
    assert!(ids.len() == 2 && ids.iter().all(|length| *length <= 250), "{ids:?}");
    let mut resumed = server.listen(&home, &["--forward-to", &receiver.url(), "--resume"]);
    resumed.wait_for("connected");
    let requests = server.requests();
    assert_eq!(requests.last().unwrap().header("last-event-id"), Some("evt_1"));
}

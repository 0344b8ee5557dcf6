//! Events from the catalogue to the history, and the webhooks of a team.

use super::Screens;
use crate::snapshots::filter::Names;
use crate::support::listen::Listen;
use crate::support::ports::closed_port;
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home};

/// A receiver that refuses closed tickets.
fn receiver() -> Receiver {
    Receiver::start_with(|request| match request.header("x-event-type") {
        "ticket.closed" => {
            Response::status(422).header("content-type", "text/plain").body("no such ticket".to_owned())
        }
        _ => Response::status(200),
    })
}

#[test]
fn event_screens_are_as_reviewed() {
    let (home, receiver) = (Home::new(), receiver());
    let sandbox = Sandbox::start(&home);
    std::fs::write(home.path().join("body"), r#"{"id":"evt_1"}"#).unwrap();
    let names = Names::default()
        .name("[API]", &sandbox.base_url)
        .name("[HOME]", home.path().display())
        .name("[SERVER]", receiver.port)
        .name("[CLOSED]", closed_port());
    let cstar = || sandbox.cstar(&home);
    let mut screens = Screens::new("screens-events", names, &cstar);
    screens.show("history-empty", "cstar history");
    screens.show("events-list", "cstar events");
    screens.show("events-of-a-category", "cstar events --category tickets");
    screens.show("events-show", "cstar events show ticket.created");
    let mut listen = Listen::start(cstar(), &["--forward-to", &receiver.url(), "--count", "2"]);
    for event in ["ticket.created", "ticket.closed"] {
        sandbox.run(&home, ["trigger", event]).ok();
        // In sequence, so that the order of lists is fixed.
        listen.wait_for(if event == "ticket.closed" { "failed" } else { "delivered" });
    }
    assert_eq!(listen.finish().code, 1);
    screens.show("history", "cstar history");
    screens.show("history-show", "cstar history show last");
    screens.run_all("why-failed", &["cstar why", "json cstar why"]);
    screens.run_all(
        "logs",
        &[
            "cstar logs --path webhooks/trigger-test",
            "json cstar logs --path webhooks/trigger-test --limit 1",
        ],
    );
    screens.show("status", "cstar status");
    screens.run_all(
        "trigger",
        &[
            "cstar trigger ticket.created",
            "json cstar trigger ticket.created",
            "cstar trigger ticket.created ticket.updated --count 2",
            "cstar trigger ticket.created --to http://127.0.0.1:[SERVER]/webhook --secret whsec_x",
            "json cstar trigger ticket.created --to http://127.0.0.1:[SERVER]/webhook --secret whsec_x",
            "cstar trigger ticket.closed --to http://127.0.0.1:[SERVER]/webhook --secret whsec_x",
        ],
    );
    screens.run_all(
        "replay",
        &[
            "cstar replay last --secret whsec_x",
            "cstar replay --failed --secret whsec_x",
            "json cstar replay last --secret whsec_x",
            "cstar replay --since 1h --type ticket.created --secret whsec_x",
            "cstar replay last --to http://127.0.0.1:[CLOSED]/x --secret whsec_x",
        ],
    );
    screens.run_all(
        "history-dismiss",
        &["cstar history dismiss last", "cstar history dismiss --leftover", "cstar why"],
    );
    screens.run_all(
        "sign-and-verify",
        &[
            "cstar sign --secret whsec_x --at 1700000000 body",
            "json cstar sign --secret whsec_x --at 1700000000 body",
            "cstar verify --secret whsec_x --at 1700000000 --signature t=1700000000,v1=15bd body",
        ],
    );
    screens.finish();
}

#[test]
fn webhook_screens_are_as_reviewed() {
    let (home, receiver) = (Home::new(), receiver());
    let sandbox = Sandbox::start(&home);
    let names = Names::default().name("[API]", &sandbox.base_url).name("[SERVER]", receiver.port);
    let cstar = || sandbox.cstar(&home);
    let mut screens = Screens::new("screens-webhooks", names, &cstar);
    screens.show("list-empty", "cstar webhooks list");
    screens.run_all(
        "create",
        &[
            "cstar webhooks create --url http://127.0.0.1:[SERVER]/webhook --events ticket.*",
            "json cstar webhooks create --url http://127.0.0.1:[SERVER]/webhook --events survey.submitted",
            "cstar webhooks create --url [SERVER] --events * --quiet",
        ],
    );
    let webhooks = sandbox.run(&home, ["webhooks", "list", "--json"]).ok().json();
    let of_tickets = webhooks.as_array().unwrap().iter().find(|webhook| webhook["events"][0] == "ticket.*");
    screens.name("[WEBHOOK]", of_tickets.unwrap()["id"].as_str().unwrap());
    screens.show("get", "cstar webhooks get [WEBHOOK]");
    screens.run_all(
        "test",
        &[
            "cstar webhooks test [WEBHOOK]",
            "cstar webhooks test [WEBHOOK] ticket.closed",
            "json cstar webhooks test [WEBHOOK]",
        ],
    );
    screens.run_all("list", &["cstar webhooks list", "json cstar webhooks list"]);
    screens.run_all(
        "deliveries",
        &[
            "cstar webhooks deliveries [WEBHOOK]",
            "cstar webhooks deliveries [WEBHOOK] --status failed",
            "json cstar webhooks deliveries [WEBHOOK] --status failed",
        ],
    );
    let failed = ["webhooks", "deliveries", "[WEBHOOK]", "--status", "failed", "--json"];
    let failed = failed.map(|word| screens.names.fill(word));
    let failed = CommandOutput::run(sandbox.cstar(&home).args(failed)).ok().json();
    screens.name("[DELIVERY]", failed[0]["id"].as_str().unwrap());
    screens.run_all(
        "resend",
        &["cstar webhooks resend [WEBHOOK] [DELIVERY]", "json cstar webhooks resend [WEBHOOK] [DELIVERY]"],
    );
    screens.run_all(
        "update",
        &[
            "cstar webhooks update [WEBHOOK] --name Server",
            "cstar webhooks update [WEBHOOK] --active false",
            "json cstar webhooks update [WEBHOOK] --active true",
            "cstar webhooks rotate-secret [WEBHOOK] --yes",
            "cstar webhooks rotate-secret [WEBHOOK] --yes --quiet",
            "json cstar webhooks rotate-secret [WEBHOOK] --yes",
            "cstar webhooks delete [WEBHOOK]",
            "cstar webhooks delete [WEBHOOK] --yes",
        ],
    );
    screens.finish();
}

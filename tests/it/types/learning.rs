//! `--from-history`: members and types of the user's own events, never their values.

use serde_json::{Value, json};

use crate::support::Home;
use crate::support::listen::Listen;
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{STREAM, ScriptedServer, Step, event, send, session};

/// Everything in here that begins with `private` is a value.
fn bodies() -> Vec<(&'static str, Value)> {
    let created = |extra: Value| {
        let mut ticket = json!({ "id": "private-1", "prefixed_id": "private-2", "title": "private-3", "status": "private-4",
            "priority": "private-5", "channel": "private-6", "customer_id": "private-7", "created_at": "2026-03-06T14:30:00Z" });
        ticket.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let customer = json!({ "id": "private-8", "name": "private-9", "email": "private@example.com" });
        json!({ "ticket": ticket, "customer": customer })
    };
    let fields = json!({ "private_field": "private-10" });
    let merged = json!({ "merged_into": "private-11", "count": 2, "by": { "private@example.com": 1 } });
    vec![
        ("ticket.created", created(json!({ "queue": "private-12", "custom_fields": fields }))),
        ("ticket.created", created(json!({ "queue": "private-13", "sla": { "due_at": null } }))),
        ("ticket.created", created(json!({ "queue": "private-14" }))),
        ("ticket.merged", merged),
    ]
}

/// A home whose history has these events.
fn home_with_history() -> Home {
    let frames: Vec<String> = bodies()
        .iter()
        .enumerate()
        .map(|(number, (kind, data))| {
            let id = format!("evt_{number}");
            let body = json!({ "id": id, "type": kind, "created_at": "2026-03-06T14:30:00Z", "team_id": "private-team", "data": data });
            event(&id, kind, &body.to_string())
        })
        .collect();
    let script = format!("{STREAM}{}{}", session(&json!({ "secret": "whsec_own" })), frames.concat());
    let server = ScriptedServer::start(move |_, _| vec![send(script.clone()), Step::Hold]);
    let home = Home::new();
    let mut listen = Listen::start(server.cstar(&home), &["--print", "--count", "4"]);
    listen.wait_for_all("received", 4);
    listen.finish();
    home
}

#[test]
fn members_of_the_history_are_added() {
    let home = home_with_history();
    let learned = home.run(["types", "typescript", "--from-history"]).ok();
    assert!(learned.stderr.contains("Used 4 events of 2 types"), "{}", learned.stderr);
    let value = home.run(["types", "typescript", "--from-history", "--json"]).ok().json();
    assert_eq!(value["text"], learned.stdout);
    assert_eq!(value["events"].as_array().unwrap().len(), 36);
    let text = value["text"].as_str().unwrap();
    for line in [
        "    queue: string; // observed",
        "    custom_fields?: Record<string, unknown>; // observed",
        "    sla?: { // observed\n      due_at?: unknown; // observed",
        "    prefixed_id?: string;",
        "export type TicketMergedEvent = CStarEnvelope<\"ticket.merged\", TicketMergedData>;",
        "  by?: Record<string, number>;",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    for language in super::LANGUAGES {
        let text = home.run(["types", language, "--from-history"]).ok().stdout;
        assert!(text.contains("merged_into"), "{language}");
        assert!(!text.contains("private"), "{language}: {text}");
    }
    let only = home.run(["types", "go", "--from-history", "--events", "survey.*"]).ok();
    assert!(only.stderr.contains("Used 0 events of 0 types"), "{only:?}");
    assert!(!only.stdout.contains("merged_into"));
    // A file remembers the flag, and changes with the history only.
    home.run(["types", "zod", "--from-history", "--output", "a.ts"]).ok();
    home.run(["types", "zod", "--from-history", "--check", "a.ts"]).ok();
    let plain = home.run(["types", "zod", "--check", "a.ts"]);
    assert_eq!(plain.code, 1, "{plain:?}");
}

#[test]
fn history_without_events_changes_nothing() {
    let home = Home::new();
    let plain = home.run(["types", "python"]).ok().stdout;
    let learned = home.run(["types", "python", "--from-history"]).ok();
    assert_eq!(learned.stdout.replace(" --from-history", ""), plain);
    assert!(learned.stderr.contains("There is no history yet"), "{learned:?}");
    // Events of the sandbox are samples of this catalogue.
    let sandbox = Sandbox::start(&home);
    let mut listen = Listen::start(sandbox.cstar(&home), &["--print", "--count", "1"]);
    sandbox.run(&home, ["trigger", "ticket.deleted"]).ok();
    listen.wait_for("received");
    listen.finish();
    let learned = home.run(["types", "python", "--from-history"]).ok();
    assert_eq!(learned.stdout.replace(" --from-history", ""), plain);
    assert!(learned.stderr.contains("Left out 1 event of a sandbox"), "{learned:?}");
}

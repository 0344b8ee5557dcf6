//! `open`: prints documented addresses, and opens nothing that an event made up.

use serde_json::{Value, json};

use crate::support::Home;
use crate::support::receiver::Receiver;
use crate::support::scripted_server::{STREAM, ScriptedServer, Step, event, send, session};

fn printed<const N: usize>(words: [&str; N]) -> String {
    let home = Home::new();
    let output = home.run(words).ok();
    assert_eq!(output.stderr, "", "{words:?}");
    output.stdout
}

#[test]
fn documented_pages_are_printed_in_a_pipe() {
    assert_eq!(printed(["open", "webhooks"]), "https://www.cstar.help/developers/webhooks\n");
    assert_eq!(printed(["open", "Docs", "--print"]), "https://www.cstar.help/developers/api-reference\n");
    assert_eq!(printed(["open", "cheatsheet", "js"]), "https://cstar.help/developers/cheatsheets/js\n");
    assert_eq!(printed(["open", "cheatsheet"]), "https://cstar.help/developers/cheatsheets\n");
    let error = "https://cstar.help/developers/errors#parameter_missing\n";
    assert_eq!(printed(["open", "errors", "parameter_missing"]), error);
    let json: Value = serde_json::from_str(&printed(["open", "sdk", "--json"])).unwrap();
    assert_eq!(json, json!({ "url": "https://cstar.help/developers/sdk/js" }));
}

#[test]
fn unknown_pages_name_the_known_ones() {
    let home = Home::new();
    let output = home.run(["open", "webhook"]);
    assert_eq!(output.code, 2);
    assert!(output.stderr.contains("there is no page `webhook`\n"), "{output:?}");
    assert!(output.stderr.contains("did you mean: cstar open webhooks"), "{output:?}");
    let nothing = home.run(["open", "nonsense"]);
    assert_eq!(nothing.code, 2);
    assert!(nothing.stderr.contains("there is no page `nonsense`\n"), "{nothing:?}");
    let known = "use one of: docs, webhooks, errors, sdk, cheatsheet, or the id of an event or a ticket";
    assert!(nothing.stderr.contains(known), "{nothing:?}");
    let sheet = home.run(["open", "cheatsheet", "python", "--json"]);
    assert_eq!(sheet.code, 2);
    assert_eq!(sheet.json_error()["hint"], "use one of: js, react, svelte, cli, webhooks");
    for wrong in [["open", "docs", "js"], ["open", "errors", "No Code"]] {
        assert_eq!(home.run(wrong).code, 2);
    }
}

/// A history with an event about each ticket, whose address is the second part.
fn history_of(tickets: [(&'static str, &'static str); 2]) -> Home {
    let (home, receiver) = (Home::new(), Receiver::start());
    let server = ScriptedServer::start(move |_, _| {
        let mut frames = session(&json!({"webhook_id": "whk_1", "secret": "whsec_open"}));
        for (number, (id, url)) in tickets.iter().enumerate() {
            let id_of_event = format!("evt_{number}");
            let body = json!({
                "id": id_of_event,
                "type": "ticket.created",
                "created_at": "2026-03-27T03:36:50.044Z",
                "team_id": "team_1",
                "data": { "ticket": { "id": id, "dashboard_url": url } },
            });
            frames += &event(&id_of_event, "ticket.created", &body.to_string());
        }
        vec![send(STREAM.to_owned() + &frames), Step::Hold]
    });
    let ended = server.listen(&home, &["--forward-to", &receiver.url(), "--count", "2"]).finish();
    assert_eq!(ended.code, 0, "{ended:#?}");
    home
}

#[test]
fn tickets_are_found_by_event_or_ticket() {
    let url = "https://www.cstar.help/team/my-team/tickets?selected=25990cb8";
    let home = history_of([("tkt_1", url), ("tkt_2", "https://evil.example/\u{1b}[2J")]);
    for id in ["evt_0", "tkt_1"] {
        assert_eq!(home.run(["open", id]).ok().stdout, format!("{url}\n"));
    }
    let foreign = home.run(["open", "tkt_2"]);
    assert_eq!((foreign.code, foreign.stdout.as_str()), (1, ""));
    assert!(
        foreign.stderr.contains("not on cstar.help") && !foreign.stderr.contains('\u{1b}'),
        "{foreign:?}"
    );
    let missing = home.run(["open", "tkt_3"]);
    assert_eq!(missing.code, 1);
    assert!(missing.stderr.contains("no event in the history is about the ticket `tkt_3`"), "{missing:?}");
}

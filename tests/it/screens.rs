//! What people see on terminals of 60, 80, 100 and 200 columns: no line is wider than the terminal, so nothing
//! is broken in the middle of an id or a word.

use std::process::Command;

use crate::support::Home;
use crate::support::receiver::{Receiver, Reply};
use crate::support::sandbox::Sandbox;
use crate::support::terminal::{SKIPPED, Terminal};

const WIDTHS: [usize; 4] = [60, 80, 100, 200];

/// The lines that a terminal of so many columns shows, without colours; `None` where there is no terminal.
fn screen(columns: usize, cstar: &Command, args: &[&str]) -> Option<Vec<String>> {
    let shown = Terminal::of_width(columns, cstar, args)?.rest();
    let plain = anstream::adapter::strip_str(&shown).to_string();
    let ours = |line: &&str| !line.is_empty() && !line.starts_with('[');
    Some(plain.lines().map(|line| line.trim_end_matches('\r')).filter(ours).map(str::to_owned).collect())
}

/// A word that is wider than what is left beside the indentation stays whole: it is to be copied.
fn fits(line: &str, columns: usize) -> bool {
    line.chars().count() <= columns || line.split_whitespace().count() == 1
}

/// A sandbox with a webhook, and a history with a delivery that went well and one that failed.
fn seeded() -> (Home, Sandbox, Receiver) {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::scripted(|request| match request.header("x-event-type") {
        "ticket.closed" => Reply::status(422),
        _ => Reply::status(200),
    });
    let url = receiver.url();
    sandbox
        .run(
            &home,
            [
                "webhooks",
                "create",
                "--url",
                &url,
                "--name",
                "日本語 Server",
                "--events",
                "ticket.*,customer.*,survey.submitted",
            ],
        )
        .ok();
    (home, sandbox, receiver)
}

/// Runs `listen` on a terminal for two events, one of which fails.
fn listen(columns: usize, home: &Home, sandbox: &Sandbox, receiver: &Receiver) -> Option<Vec<String>> {
    let args = ["listen", "--forward-to", &receiver.url(), "--count", "2"];
    let mut terminal = Terminal::of_width(columns, &sandbox.cstar(home), &args)?;
    terminal.shows("signing secret");
    for event in ["ticket.created", "ticket.closed"] {
        sandbox.run(home, ["trigger", event]).ok();
    }
    let plain = anstream::adapter::strip_str(&terminal.rest()).to_string();
    Some(
        plain
            .lines()
            .map(|line| line.trim_end_matches('\r').to_owned())
            .filter(|line| !line.starts_with('['))
            .collect(),
    )
}

#[test]
fn no_screen_is_wider_than_its_terminal() {
    let (home, sandbox, receiver) = seeded();
    for columns in WIDTHS {
        let Some(lines) = listen(columns, &home, &sandbox, &receiver) else {
            return println!("{SKIPPED}");
        };
        let good = lines.iter().find(|line| line.contains("  200  ticket.created")).unwrap();
        assert!(good.contains('…') && !good.contains("evt_"), "{columns}: {good}");
        let failed = lines.join("\n");
        assert!(failed.contains("  422  ticket.closed") && failed.contains("evt_ticket_closed_"), "{failed}");
        assert!(lines.iter().all(|line| fits(line, columns)), "{columns}: {lines:#?}");
    }
    let webhook =
        sandbox.run(&home, ["webhooks", "list", "--json"]).ok().json()[0]["id"].as_str().unwrap().to_owned();
    let cstar = sandbox.cstar(&home);
    let failed = sandbox.run(&home, ["history", "--status", "failed", "--json"]).ok().json()[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for columns in WIDTHS {
        for args in [
            &["trigger", "ticket.created"][..],
            &["trigger", "--all"],
            &["history", "list"],
            &["logs"],
            &["webhooks", "list"],
            &["webhooks", "deliveries", &webhook],
            &["status"],
            &["why", &failed],
            &["why", "evt_none"],
        ] {
            let lines = screen(columns, &cstar, args).unwrap();
            assert!(lines.iter().all(|line| fits(line, columns)), "{columns} {args:?}: {lines:#?}");
            assert!(!lines.is_empty(), "{args:?}");
        }
    }
}

#[test]
fn an_id_is_found_by_its_end_as_shown() {
    let (home, sandbox, receiver) = seeded();
    let Some(lines) = listen(80, &home, &sandbox, &receiver) else {
        return println!("{SKIPPED}");
    };
    let line = lines.iter().find(|line| line.contains("  200  ticket.created")).unwrap();
    let end = line.split_whitespace().last().unwrap();
    assert!(end.starts_with('…') && end.chars().count() == 9, "{line}");
    for id in [end, end.trim_start_matches('…')] {
        let event = home.run(["history", "show", id, "--json"]).ok().json();
        assert!(event["id"].as_str().unwrap().ends_with(end.trim_start_matches('…')), "{event}");
        home.run(["why", id]).ok();
    }
}

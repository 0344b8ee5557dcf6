//! Screens on terminals of 60, 80, 100 and 200 columns: no line is wider than the terminal, so no id and no
//! word is broken.

use std::process::Command;

use unicode_width::UnicodeWidthStr;

use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::terminal::{SKIPPED, Terminal};
use crate::support::{CommandOutput, Home, TEST_KEY};

const WIDTHS: [usize; 4] = [60, 80, 100, 200];

/// The lines that a terminal of this many columns shows, without colours; `None` where there is no terminal.
fn screen(columns: usize, cstar: &Command, args: &[&str]) -> Option<Vec<String>> {
    let printed = Terminal::start_with_width(columns, cstar, args)?.read_to_end();
    let plain = anstream::adapter::strip_str(&printed).to_string();
    let ours = |line: &&str| !line.is_empty() && !line.starts_with('[');
    Some(plain.lines().map(|line| line.trim_end_matches('\r')).filter(ours).map(str::to_owned).collect())
}

fn assert_fits(line: &str, columns: usize) -> bool {
    line.width() <= columns
}

/// A response of a handler that is hard to display: wide characters, and a word wider than any terminal.
fn answer() -> String {
    format!("日本語 Fehler 🎉: the ticket is not known, {}", "very_long/".repeat(24))
}

/// A sandbox with a webhook, and a history with a successful and a failed delivery.
fn home_with_deliveries() -> (Home, Sandbox, Receiver) {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start_with(|request| match request.header("x-event-type") {
        "ticket.closed" => Response::status(422).body(answer()),
        _ => Response::status(200),
    });
    let url = format!("{}/a/path/that/is/as/long/as/those/of/some/frameworks", receiver.url());
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
    let mut terminal = Terminal::start_with_width(columns, &sandbox.cstar(home), &args)?;
    terminal.wait_for("signing secret");
    for event in ["ticket.created", "ticket.closed"] {
        sandbox.run(home, ["trigger", event]).ok();
    }
    let plain = anstream::adapter::strip_str(&terminal.read_to_end()).to_string();
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
    let (home, sandbox, receiver) = home_with_deliveries();
    for columns in WIDTHS {
        let Some(lines) = listen(columns, &home, &sandbox, &receiver) else {
            return println!("{SKIPPED}");
        };
        let good = lines.iter().find(|line| line.contains("  200  ticket.created")).unwrap();
        assert!(good.contains('…') && !good.contains("evt_"), "{columns}: {good}");
        let failed = lines.join("\n");
        assert!(failed.contains("  422  ticket.closed") && failed.contains("evt_ticket_closed_"), "{failed}");
        assert!(lines.iter().all(|line| assert_fits(line, columns)), "{columns}: {lines:#?}");
    }
    let webhook =
        sandbox.run(&home, ["webhooks", "list", "--json"]).ok().json()[0]["id"].as_str().unwrap().to_owned();
    let cstar = sandbox.cstar(&home);
    let target = format!("{}/a/path/of/the/handler/that/has/many/parts/and/日本語", receiver.url());
    let failed = sandbox.run(&home, ["history", "--status", "failed", "--json"]).ok().json()[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let check = &|columns: usize| {
        for args in [
            &["trigger", "ticket.created"][..],
            &["trigger", "--all"],
            &["trigger", "--all", "--to", &target, "--secret", "whsec_wide"],
            &["trigger", "ticket.closed", "--to", &target, "--secret", "whsec_wide"],
            &["replay", "--failed", "--secret", "whsec_wide"],
            &["replay", "last", "--to", &target, "--secret", "whsec_wide"],
            &["events"],
            &["keys", "list"],
            &["profiles", "list"],
            &["doctor", "--forward-to", &target],
            &["history", "show", &failed],
            &["webhooks", "get", &webhook],
            &["webhooks", "test", &webhook, "ticket.closed"],
            &["sandbox", "import", "/a/file/with/a/long/path/that/is/not/there/on/any/machine.json"],
            &["listen", "--forward-to", "ftp://localhost/a/long/path/that/is/not/one/of/a/web/server/at/all"],
            &["history", "list"],
            &["logs"],
            &["webhooks", "list"],
            &["webhooks", "deliveries", &webhook],
            &["status"],
            &["why", &failed],
            &["why", "evt_none"],
        ] {
            let lines = screen(columns, &cstar, args).unwrap();
            let whole = |id: &str| !id.starts_with("evt_") || id.split('_').count() > 3;
            assert!(
                lines.iter().flat_map(|line| line.split_whitespace()).all(whole),
                "{columns} {args:?}: {lines:#?}"
            );
            assert!(lines.iter().all(|line| assert_fits(line, columns)), "{columns} {args:?}: {lines:#?}");
            assert!(!lines.is_empty(), "{args:?}");
        }
    };
    std::thread::scope(|scope| {
        for columns in WIDTHS {
            scope.spawn(move || check(columns));
        }
    });
}

#[test]
fn shortened_id_is_found_by_its_end() {
    let (home, sandbox, receiver) = home_with_deliveries();
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

#[test]
fn live_requests_fit_the_terminal() {
    let (home, sandbox, _receiver) = home_with_deliveries();
    for columns in WIDTHS {
        let Some(mut terminal) =
            Terminal::start_with_width(columns, &sandbox.cstar(&home), &["logs", "--tail"])
        else {
            return println!("{SKIPPED}");
        };
        terminal.wait_for("Ctrl-C stops");
        sandbox.run(&home, ["webhooks", "list"]).ok();
        terminal.wait_for("webhooks");
        terminal.type_key('\u{3}');
        // The terminal shows the key, perhaps before one more request.
        let plain = anstream::adapter::strip_str(&terminal.read_to_end()).to_string().replace("^C", "");
        assert!(
            plain.lines().all(|line| assert_fits(line.trim_end_matches('\r'), columns)),
            "{columns}: {plain}"
        );
    }
}

#[test]
fn pipes_get_full_lines() {
    let (home, sandbox, receiver) = home_with_deliveries();
    let target = format!("{}/a/path/of/the/handler/that/has/many/parts", receiver.url());
    let args = ["trigger", "ticket.closed", "--to", &target, "--secret", "whsec_wide"];
    let output = sandbox.run(&home, args);
    let line = output.stdout.lines().next().unwrap();
    assert!(
        line.starts_with("422  ticket.closed  evt_ticket_closed_") && line.contains(&target),
        "{output:?}"
    );
    assert!(output.stderr.lines().next().unwrap().contains(answer().get(..120).unwrap()), "{output:?}");
}

#[test]
fn lines_of_several_targets_fit() {
    let (home, sandbox, receiver) = home_with_deliveries();
    let route = format!("ticket.*={}/a/path/of/the/handler/that/has/many/parts/日本語", receiver.url());
    for columns in WIDTHS {
        let args =
            ["listen", "--forward-to", &receiver.url(), "--route", &route, "--count", "2", "--retries", "0"];
        let Some(mut terminal) = Terminal::start_with_width(columns, &sandbox.cstar(&home), &args) else {
            return println!("{SKIPPED}");
        };
        terminal.wait_for("signing secret");
        for event in ["ticket.created", "ticket.closed"] {
            sandbox.run(&home, ["trigger", event]).ok();
        }
        let plain = anstream::adapter::strip_str(&terminal.read_to_end()).to_string();
        assert!(plain.contains("  422  ticket.closed"), "{plain}");
        assert!(
            plain.lines().all(|line| assert_fits(line.trim_end_matches('\r'), columns)),
            "{columns}: {plain}"
        );
    }
}

#[test]
fn long_questions_fit_the_terminal() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let login = ["login", "--api-key", TEST_KEY, "--base-url", &sandbox.base_url, "--profile", "wide"];
    home.run(login).ok();
    let Some(mut terminal) = Terminal::start_with_width(60, &home.cstar(), &["profiles", "remove", "wide"])
    else {
        return println!("{SKIPPED}");
    };
    // Only a broken line ends before the answer.
    terminal.wait_for("Remove the key");
    terminal.type_key('n');
    terminal.type_key('\r');
    let plain = anstream::adapter::strip_str(&terminal.read_to_end()).to_string();
    assert!(plain.contains("nothing was changed"), "{plain}");
    assert!(home.run(["profiles", "list"]).ok().stdout.contains("wide"));
}

#[test]
fn topics_are_wrapped_to_the_terminal() {
    let home = Home::new();
    for topic in ["environment", "exit-codes", "delivery", "json", "receivers", "signing", "ci"] {
        let mut before = 0;
        for columns in [100, 78, 60, 40] {
            let Some(lines) = screen(columns, &home.cstar(), &["help", topic]) else {
                return println!("{SKIPPED}");
            };
            let prose: Vec<&String> = lines.iter().filter(|line| !line.starts_with("  ")).collect();
            assert!(prose.iter().all(|line| assert_fits(line, columns.min(78))), "{columns}: {prose:#?}");
            assert!(prose.len() >= before, "{topic} {columns}: {prose:#?}");
            before = prose.len();
        }
        // In a pipe the text is always the same, whatever `COLUMNS` is.
        let mut command = home.cstar();
        let output = CommandOutput::run(command.env("COLUMNS", "30").args(["help", topic, "--json"]));
        let text = output.ok().json()["text"].as_str().unwrap().to_owned();
        assert!(text.lines().any(|line| line.len() > 60), "{text}");
    }
}

#[test]
fn wider_terminals_drop_no_columns() {
    let (home, sandbox, receiver) = home_with_deliveries();
    if listen(80, &home, &sandbox, &receiver).is_none() {
        return println!("{SKIPPED}");
    }
    let cstar = sandbox.cstar(&home);
    for args in [&["history"][..], &["logs"], &["webhooks", "list"], &["keys", "list"]] {
        let mut printed: Vec<String> = Vec::new();
        for columns in [60, 70, 80, 90, 100, 110, 120, 140, 200] {
            let header = screen(columns, &cstar, args).unwrap().remove(0);
            let titles: Vec<String> = header.split_whitespace().map(str::to_owned).collect();
            let is_there = |title: &String| columns < 80 || titles.contains(title);
            assert!(printed.iter().all(is_there), "{args:?} {columns}: {printed:?} {titles:?}");
            printed = titles;
        }
    }
}

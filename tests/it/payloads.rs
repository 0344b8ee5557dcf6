//! `listen --print`, `--show` and `--include`: events, requests and answers in the output.

use serde_json::{Value, json};

use crate::support::listen::Listen;
use crate::support::ports::closed_port;
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;
#[cfg(unix)]
use crate::support::terminal::{SKIPPED, Terminal};
use crate::support::{CommandOutput, Home};

/// Fires a ticket event of this title; returns its id.
fn fire(sandbox: &Sandbox, home: &Home, title: &str) -> String {
    let set = format!("data.ticket.title={title}");
    let fired = sandbox.run(home, ["trigger", "ticket.created", "--set", &set, "--json"]).ok().json();
    fired["eventId"].as_str().unwrap().to_owned()
}

/// A server that answers with JSON and with headers that are none of anyone's business.
fn talkative() -> Receiver {
    Receiver::start_with(|_| {
        let body = r#"{"saved":true,"n":1.10,"key":"sk_live_abc"}"#.to_owned();
        Response::status(200).header("set-cookie", "s=1").header("x-note", "whsec_abc").body(body)
    })
}

#[test]
fn print_needs_no_target_and_records() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let args = ["--print", "--count", "2", "--filter", "data.ticket.title~^T"];
    let mut listen = Listen::start(sandbox.cstar(&home), &args);
    let first = fire(&sandbox, &home, "T1");
    let received = listen.wait_for("received");
    assert_eq!(received["id"], first.as_str(), "{received}");
    let body: Value = serde_json::from_str(received["body"].as_str().unwrap()).unwrap();
    assert_eq!((&body["id"], &body["data"]["ticket"]["title"]), (&json!(first), &json!("T1")));
    let other = fire(&sandbox, &home, "other");
    assert_eq!(listen.wait_for("skipped")["id"], other.as_str());
    let second = fire(&sandbox, &home, "T2");
    let ended = listen.finish();
    assert_eq!(ended.code, 0, "{ended:#?}");
    let summary = ended.seen.last().unwrap();
    let counts = ["events", "received", "delivered", "skipped", "printed"].map(|name| summary[name].clone());
    assert_eq!(counts, [3, 3, 0, 1, 2].map(|count| json!(count)), "{summary}");
    assert_eq!((&summary["balanced"], &summary["targets"]), (&json!(true), &json!([])));

    let listed = home.run(["history", "--json", "--status", "received"]).ok().json();
    let ids: Vec<&Value> = listed.as_array().unwrap().iter().map(|event| &event["id"]).collect();
    assert_eq!(ids, [&json!(first), &json!(second)], "{listed}");
    let why = home.run(["why", &first]).ok();
    assert!(why.stdout.contains("--to 3000"), "{why:?}");
    let receiver = Receiver::start();
    sandbox.run(&home, ["replay", &first, "--to", &receiver.url()]).ok();
    assert_eq!(receiver.next().header("x-event-id"), first);
    let listed = home.run(["history", "--json", "--status", "received"]).ok().json();
    assert_eq!(listed.as_array().unwrap().len(), 1, "{listed}");
}

#[test]
fn printed_events_are_whole_in_a_pipe() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let ready = home.path().join("ready");
    let mut command = sandbox.cstar(&home);
    command.args(["listen", "--print", "--count", "1", "--ready-file"]).arg(&ready);
    let output = std::thread::scope(|scope| {
        let run = scope.spawn(|| CommandOutput::run(&mut command));
        while !ready.exists() && !run.is_finished() {
            std::thread::yield_now();
        }
        fire(&sandbox, &home, &format!("\"{}\u{202e} sk_live_abc\"", "x".repeat(3_000)));
        run.join().unwrap()
    });
    let output = output.ok();
    assert!(output.stderr.contains("to forward them: cstar listen --forward-to 3000"), "{output:?}");
    assert!(output.stderr.contains("1 received = 1 printed + 0 skipped"), "{output:?}");
    let lines: Vec<&str> = output.stdout.lines().collect();
    assert!(lines[0].contains("ticket.created  evt_ticket_created_"), "{lines:?}");
    assert!((lines[1], *lines.last().unwrap()) == ("  {", "  }"), "{lines:?}");
    let title = format!("        \"title\": \"{}\\u{{202e}} sk_live_…\",", "x".repeat(3_000));
    assert!(lines.contains(&title.as_str()) && !output.stdout.contains('\x1b'), "{lines:?}");
}

#[test]
fn resume_without_targets_keeps_deliveries() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let url = format!("http://127.0.0.1:{}/", closed_port());
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &url]);
    fire(&sandbox, &home, "T1");
    listen.wait_for("waiting");
    listen.interrupt();
    listen.finish();
    let missed = fire(&sandbox, &home, "T2");
    let resumed = sandbox.run(&home, ["listen", "--print", "--resume", "--count", "1"]).ok();
    assert!(resumed.stdout.contains(&missed), "{resumed:?}");
    assert!(resumed.stderr.contains("No target of this run matches 1 delivery"), "{resumed:?}");
    assert!(!resumed.stderr.contains("Taking over"), "{resumed:?}");
}

#[test]
fn show_prints_request_and_answer() {
    let (home, receiver) = (Home::new(), talkative());
    let sandbox = Sandbox::start(&home);
    let ready = home.path().join("ready");
    let mut command = sandbox.cstar(&home);
    command.args(["listen", "--forward-to", &receiver.url(), "--show", "all", "--count", "1"]);
    command.args(["-H", "X-Tag: a", "-H", "Authorization: Bearer hunter2", "--ready-file"]).arg(&ready);
    let output = std::thread::scope(|scope| {
        let run = scope.spawn(|| CommandOutput::run(&mut command));
        while !ready.exists() && !run.is_finished() {
            std::thread::yield_now();
        }
        fire(&sandbox, &home, "T1");
        run.join().unwrap()
    });
    let output = output.ok();
    for wanted in [
        "\n  Request\n  content-type: application/json\n",
        "\n  x-tag: a\n",
        "\n  authorization: …\n",
        "\n        \"title\": \"T1\",\n",
        "\n  Answer 200\n",
        "\n  set-cookie: …\n",
        "\n  x-note: whsec_…\n",
        "\n    \"n\": 1.10,\n    \"key\": \"sk_live_…\"\n  }\n",
    ] {
        assert!(output.stdout.contains(wanted), "{wanted}: {}", output.stdout);
    }
    assert!(!output.stdout.contains("hunter2"), "{output:?}");
}

#[test]
fn include_adds_members_to_json() {
    let (home, receiver) = (Home::new(), talkative());
    let sandbox = Sandbox::start(&home);
    let args = ["--forward-to", &receiver.url(), "--include", "body,headers,answer", "--count", "1"];
    let listen = Listen::start(sandbox.cstar(&home), &args);
    fire(&sandbox, &home, "T1");
    let ended = listen.finish();
    let of = |kind: &str| ended.seen.iter().find(|value| value["type"] == kind).unwrap();
    let sent = receiver.next();
    assert_eq!(of("received")["body"].as_str().unwrap().as_bytes(), &sent.body[..]);
    let delivered = of("delivered");
    assert_eq!(delivered["response_body"], r#"{"saved":true,"n":1.10,"key":"sk_live_abc"}"#, "{delivered}");
    assert_eq!(delivered["response_truncated"], false);
    let pair = |members: &str, name: &str| {
        let pairs = delivered[members].as_array().unwrap().iter();
        pairs
            .filter(|pair| pair[0] == name)
            .map(|pair| pair[1].as_str().unwrap().to_owned())
            .collect::<String>()
    };
    assert_eq!(pair("request_headers", "x-signature"), sent.header("x-signature"));
    assert_eq!(pair("response_headers", "set-cookie"), "…");
    assert_eq!(pair("response_headers", "x-note"), "whsec_…");
    assert!(delivered.get("body").is_none(), "{delivered}");

    // Without the flag nothing is added.
    let args = ["--forward-to", &receiver.url(), "--count", "1"];
    let listen = Listen::start(sandbox.cstar(&home), &args);
    fire(&sandbox, &home, "T2");
    let plain = listen.finish();
    assert!(plain.seen.iter().all(|value| value.get("body").is_none()), "{plain:?}");
    assert!(plain.seen.iter().all(|value| value.get("response_body").is_none()), "{plain:?}");
}

#[test]
fn contradicting_flags_are_usage_errors() {
    let home = Home::new();
    for (args, hint) in [
        (&["--print", "--forward-to", "3000"][..], "--show body"),
        (&["--print", "--route", "ticket.*=3000"], "--show body"),
        (&["--print", "--exec", "cat"], "--show body"),
        (&["--include", "body"], "--show body"),
        (&["--json", "--show", "body"], "--include body"),
        (&["--show", "bodies"], "--help"),
        (&["--print", "--show", "body"], "--help"),
    ] {
        let output = CommandOutput::run(home.cstar().arg("listen").args(args));
        assert_eq!(output.code, 2, "{args:?} {output:?}");
        assert!(output.stderr.contains(hint), "{args:?} {output:?}");
    }
}

/// On a terminal `listen` prints when it has no target; the body is as high as the screen, and in colour.
#[cfg(unix)]
#[test]
fn listen_without_target_prints_on_a_terminal() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let mut cstar = sandbox.cstar(&home);
    cstar.env("TERM", "xterm");
    let Some(mut terminal) = Terminal::start_with_width(60, &cstar, &["listen"]) else {
        println!("{SKIPPED}");
        return;
    };
    terminal.wait_for("Keys: ? help, q quit");
    let tags: Vec<String> = (0..80).map(|at| format!("\"tag {at}\"")).collect();
    let set = format!("data.ticket.tags=[{}]", tags.join(","));
    let wide = format!("data.ticket.title={}", "x".repeat(200));
    sandbox.run(&home, ["trigger", "ticket.created", "--set", &set, "--set", &wide]).ok();
    let screen = terminal.wait_for("more lines: cstar history show ");
    assert!(
        screen.contains("\x1b[36m\"title\"\x1b[39m") || screen.contains("\x1b[36m\"title\"\x1b[0m"),
        "{screen}"
    );
    let shown = without_colours(&screen);
    assert!(shown.contains("        \"title\": \"xxxxx") && !shown.contains(&"x".repeat(60)), "{shown}");
    assert!(!shown.contains("\"tag 79\""), "{shown}");
    terminal.type_key('p');
    terminal.type_key('q');
    let end = terminal.wait_for("1 received = 1 printed + 0 skipped");
    assert!(!end.contains("Paused"), "{end}");
    terminal.wait_for("[exit 0]");
    assert!(terminal.wait().success());
}

/// Without the escape sequences of colours.
#[cfg(unix)]
fn without_colours(screen: &str) -> String {
    let mut parts = screen.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or(part, |(_, rest)| rest))
}

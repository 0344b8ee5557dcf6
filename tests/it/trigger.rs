//! `trigger` through a sandbox: who received the event, and how each delivery ended.

use crate::support::listen::Listen;
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home};

#[test]
fn session_with_two_targets_counts_once() {
    let (home, one, two) = (Home::new(), Receiver::start(), Receiver::start());
    let sandbox = Sandbox::start(&home);
    let args = ["--forward-to", &one.url(), "--forward-to", &two.url()];
    let listen = Listen::start(sandbox.cstar(&home), &args);
    let triggered = sandbox.run(&home, ["trigger", "ticket.created"]).ok();
    assert!(triggered.stdout.contains("sent to 1 listen session"), "{triggered:?}");
    let triggered = sandbox.run(&home, ["trigger", "ticket.created", "--wait", "--json"]).ok().json();
    assert_eq!(triggered["waited"].as_array().unwrap().len(), 2, "{triggered}");
    assert!(
        triggered["waited"].as_array().unwrap().iter().all(|end| end["status"] == "delivered"),
        "{triggered}"
    );
    listen.stop();
}

#[test]
fn require_receiver_fails_without_a_receiver() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let plain = sandbox.run(&home, ["trigger", "ticket.created"]).ok();
    assert!(plain.stderr.contains("no listen session is connected"), "{plain:?}");
    assert!(plain.stderr.contains("reconnecting still gets it"), "{plain:?}");
    let expected = sandbox.run(&home, ["trigger", "ticket.created", "--require-receiver", "--json"]);
    assert_eq!(expected.code, 1, "{expected:?}");
    assert!(expected.stdout.contains("eventId"), "{expected:?}");
    let waited = sandbox.run(&home, ["trigger", "ticket.created", "--wait", "--wait-for", "300ms"]);
    assert_eq!(waited.code, 1, "{waited:?}");
    assert!(waited.stderr.contains("not delivered within 0.3 s"), "{waited:?}");
}

#[test]
fn wait_reports_how_each_delivery_ended() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start_with(|request| {
        Response::status(if request.header("x-event-type") == "ticket.closed" { 404 } else { 200 })
    });
    let listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url()]);
    let output = sandbox.run(&home, ["trigger", "ticket.created", "ticket.closed", "--wait"]);
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stdout.contains("delivered  evt_ticket_created"), "{output:?}");
    assert!(output.stdout.contains("failed  evt_ticket_closed"), "{output:?}");
    assert!(output.stderr.contains("1 of 2 deliveries failed"), "{output:?}");
    drop(listen);
}

#[test]
fn wait_follows_webhooks_too() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start_with(|_| Response::status(204));
    sandbox.run(&home, ["webhooks", "create", "--url", &receiver.url(), "--events", "ticket.*"]).ok();
    let triggered = sandbox.run(&home, ["trigger", "ticket.created", "--wait", "--json"]).ok().json();
    assert_eq!(
        (&triggered["waited"][0]["status"], &triggered["waited"][0]["last_status"]),
        (&"delivered".into(), &204.into())
    );
}

#[test]
fn several_types_and_patterns_are_sent() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let output =
        sandbox.run(&home, ["trigger", "survey.submitted", "customer_group.*", "--json"]).ok().json();
    let types: Vec<&str> =
        output.as_array().unwrap().iter().map(|one| one["event"].as_str().unwrap()).collect();
    assert_eq!(types.len(), 4, "{types:?}");
    assert_eq!(types[0], "survey.submitted");
    let unknown = sandbox.run(&home, ["trigger", "nothing.*"]);
    assert_eq!(unknown.code, 2, "{unknown:?}");
}

#[test]
fn unknown_data_members_are_reported() {
    let (home, receiver) = (Home::new(), Receiver::start());
    let to = receiver.url();
    let file = home.path().join("data.json");
    std::fs::write(&file, r#"{"ticket":{"priorty":"low","title":"x"},"zzzz":1}"#).unwrap();
    let (at, direct) = (format!("@{}", file.display()), ["--to", &to, "--secret", "whsec_a"]);
    let output =
        CommandOutput::run(home.cstar().args(["trigger", "ticket.created", "--data", &at]).args(direct)).ok();
    let lines: Vec<&str> = output.stderr.lines().collect();
    assert_eq!(
        lines,
        [
            "--data adds `data.zzzz`, which the sample of ticket.created does not have.",
            "--data adds `data.ticket.priorty`, which the sample of ticket.created does not have. Did you mean \
             `priority`?",
        ]
    );
    assert!(receiver.next().json()["data"]["ticket"]["priorty"] == "low", "it is sent all the same");
    let plain = r#"{"ticket":{"priority":"low"}}"#;
    for more in [&["--json"][..], &["--quiet"]] {
        let output = CommandOutput::run(
            home.cstar().args(["trigger", "ticket.*", "--data", plain]).args(direct).args(more),
        );
        assert_eq!(output.ok().stderr, "");
    }
    std::fs::write(&file, "\n").unwrap();
    let output =
        CommandOutput::run(home.cstar().args(["trigger", "ticket.created", "--data", &at]).args(direct));
    assert!(
        output.code == 2 && output.stderr.contains("is empty; --data expects a JSON object"),
        "{output:?}"
    );
}

#[test]
fn data_reaches_the_receiver_as_written() {
    let (home, receiver) = (Home::new(), Receiver::start());
    let sandbox = Sandbox::start(&home);
    let listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url()]);
    let exact = r#"{"ticket":{"long":12345678901234567890123,"price":1.10},"far":1e400}"#;
    let file = home.path().join("data.json");
    std::fs::write(&file, exact).unwrap();
    let (at, set) = (format!("@{}", file.display()), "data.ticket.exact=0.50");
    sandbox.run(&home, ["trigger", "ticket.created", "--data", &at, "--set", set, "--wait"]).ok();
    let to = receiver.url();
    let direct =
        ["trigger", "ticket.created", "--data", exact, "--set", set, "--to", &to, "--secret", "whsec_a"];
    home.run(direct).ok();
    let bodies = receiver.take(2);
    assert_eq!(bodies.len(), 2);
    for request in &bodies {
        let body = String::from_utf8(request.body.to_vec()).unwrap();
        for part in
            [r#""long":12345678901234567890123,"#, r#""price":1.10,"#, r#""exact":0.50"#, r#""far":1e400"#]
        {
            assert!(body.contains(part), "{part}: {body}");
        }
    }
    listen.stop();
}

#[test]
fn set_accepts_indexes_and_suggests_names() {
    let (home, receiver) = (Home::new(), Receiver::start());
    let sandbox = Sandbox::start(&home);
    let to = receiver.url();
    let direct = ["--to", &to, "--secret", "whsec_a"];
    let run = |sets: &[&str]| {
        let sets = sets.iter().flat_map(|set| ["--set", set]);
        CommandOutput::run(home.cstar().args(["trigger", "article.created"]).args(sets).args(direct))
    };
    run(&["data.article.tags[0]=zz", "data.article.tags[]=more", r"data.article.a\.b=1"]).ok();
    let body = String::from_utf8(receiver.take(1)[0].body.to_vec()).unwrap();
    assert!(body.contains(r#""tags":["zz","#) && body.contains(r#","more"]"#), "{body}");
    assert!(body.contains(r#""a.b":1"#), "{body}");
    for (set, part) in [
        ("data.article.tags[9]=x", "out of range"),
        ("data.article.tags[-1]=x", "is no index"),
        ("data.article.title.x=1", "nothing can be set below it"),
    ] {
        let output = run(&[set]);
        assert!(output.code == 2 && output.stderr.contains(part), "{output:?}");
    }
    let triggered = sandbox.run(&home, ["trigger", "article.created", "--set", "data.article.titel=x"]).ok();
    assert!(triggered.stderr.contains("Did you mean `title`?"), "{triggered:?}");
}

#[test]
fn all_types_are_tried_after_one_fails() {
    let home = Home::new();
    let receiver = Receiver::start_with(|request| {
        Response::status(if request.header("x-event-type").starts_with("boss.") { 500 } else { 200 })
    });
    let to = receiver.url();
    let output = home.run(["trigger", "--all", "--to", &to, "--secret", "whsec_all", "--json"]);
    assert_eq!(output.code, 1, "{output:?}");
    assert_eq!(output.json().as_array().unwrap().len(), 35);
    assert!(output.stderr.contains("3 of 35 events failed"), "{output:?}");
}

#[test]
fn last_means_the_newest_event() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start_with(|request| {
        Response::status(if request.header("x-event-type") == "ticket.closed" { 404 } else { 200 })
    });
    let listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url()]);
    assert_eq!(home.run(["why"]).code, 1, "nothing has failed");
    sandbox.run(&home, ["trigger", "ticket.closed", "ticket.created", "--wait"]);
    drop(listen);
    let failed = home.run(["why"]).ok().stdout;
    assert!(failed.contains("ticket.closed"), "{failed}");
    let last = home.run(["why", "last"]).ok().stdout;
    assert!(last.contains("ticket.created"), "{last}");
    assert_eq!(home.run(["history", "show", "last", "--json"]).ok().json()["type"], "ticket.created");
}

fn utf16_le(text: &str) -> Vec<u8> {
    [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

#[test]
fn text_of_other_editors_is_read() {
    let (home, receiver) = (Home::new(), Receiver::start());
    let to = receiver.url();
    let args = ["trigger", "ticket.created", "--data", "-", "--to", &to, "--secret", "whsec_a"];
    let data = "{\"note\":\"gr\u{fc}n\"}\r\n";
    for bytes in [["\u{feff}", data].concat().into_bytes(), utf16_le(data)] {
        home.run_with_input(args, &bytes).ok();
        let body = String::from_utf8(receiver.next().body.to_vec()).unwrap();
        assert!(body.contains("\"note\":\"gr\u{fc}n\""), "{body}");
    }
    let inline = ["\u{feff}", data].concat();
    home.run(["trigger", "ticket.created", "--data", &inline, "--to", &to, "--secret", "whsec_a"]).ok();
    let output = home.run_with_input(args, b"{\"note\":\"gr\xfcn\"}");
    assert!(output.code == 2 && output.stderr.contains("standard input is not UTF-8 text"), "{output:?}");
}

#[test]
fn import_reads_text_of_other_editors() {
    let home = Home::new();
    home.run(["sandbox", "seed", "--tickets", "1", "--customers", "1"]).ok();
    let state = home.run(["sandbox", "export"]).ok().stdout;
    let import = ["sandbox", "import", "-", "--yes"];
    for bytes in [["\u{feff}", &state].concat().into_bytes(), utf16_le(&state)] {
        home.run_with_input(import, &bytes).ok();
    }
    let (head, rest) = state.split_once('\n').unwrap();
    let latin = [head.as_bytes(), b"\n{\"a\":\"\xfc\"}\n", rest.as_bytes()].concat();
    let output = home.run_with_input(import, &latin);
    assert!(output.code == 2 && output.stderr.contains("not UTF-8 text"), "{output:?}");
    let output = home.run_with_input(["login", "--api-key", "-"], b"s\0k\0_\0");
    assert!(output.code == 2 && output.stderr.contains("standard input is not UTF-8 text"), "{output:?}");
}

#[test]
fn zero_means_no_limit_for_listen_too() {
    let (home, receiver) = (Home::new(), Receiver::start());
    let sandbox = Sandbox::start(&home);
    let args = ["--forward-to", &receiver.url(), "--for", "0", "--timeout", "0"];
    let listen = Listen::start(sandbox.cstar(&home), &args);
    sandbox.run(&home, ["trigger", "ticket.created", "--wait"]).ok();
    assert_eq!(receiver.next().header("x-event-type"), "ticket.created");
    listen.stop();
}

#[test]
fn long_target_is_shortened_on_a_terminal() {
    let home = Home::new();
    let receiver = Receiver::start();
    let long = format!("{}/{}/end", receiver.url(), "a".repeat(7_000));
    let trigger = ["trigger", "ticket.created", "--secret", "whsec_x", "--to", &long];
    let output = home.run(trigger).ok();
    let screen = output.stdout.lines().next().unwrap();
    assert!(screen.len() < 500 && screen.contains("/aaa") && screen.contains("aaa/end"), "{output:?}");
    let output = CommandOutput::run(home.cstar().args(trigger).arg("--json")).ok();
    assert!(output.stdout.contains(&long), "{output:?}");
    let listened = home.run(["listen", "--sandbox", "--for", "1s", "--forward-to", &long]);
    assert!(listened.stderr.contains("a … a"), "{listened:?}");
    assert!(listened.stderr.lines().all(|line| line.len() < 500), "{listened:?}");
    let longer = format!("{long}{long}");
    for args in [
        &["trigger", "ticket.created", "--to", &longer][..],
        &["listen", "--forward-to", &longer],
        &["replay", "last", "--to", &longer],
        &["webhooks", "create", "--events", "ticket.*", "--url", &longer],
    ] {
        let refused = CommandOutput::run(home.cstar().args(args));
        assert_eq!(refused.code, 2, "{refused:?}");
        assert!(refused.stderr.len() < 700, "{refused:?}");
        assert!(refused.stderr.contains("characters; the limit is 8000"), "{refused:?}");
    }
}

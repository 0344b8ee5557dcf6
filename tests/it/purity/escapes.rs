//! Control characters and colours in terminal output.

use super::{SECRET, assert_only_our_colours, assert_plain, piped};
use crate::support::process::{read_to_end, read_until};
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home};

/// Titles of tickets: whatever a customer can type, and worse. All must be delivered unchanged and printed
/// escaped.
pub(super) const PAYLOADS: [&str; 23] = [
    "\u{1b}[2J",
    "\u{1b}]0;title\u{7}",
    "\u{1b}]52;c;aGk=\u{1b}\\",
    "\u{1b}]8;;http://evil.example\u{7}link\u{1b}]8;;\u{7}",
    "\u{1b}P$q\"p\u{1b}\\",
    "\u{1b}c",
    "\u{1b}[6n",
    "\u{1b}[8m hidden",
    "over\rwritten",
    "back\u{8}\u{8}\u{8}space",
    "two\nlines",
    "a\ttab",
    "\u{7}\u{c}\u{b}",
    "\u{7f}",
    "\u{9b}2J",
    "\u{90}q\u{9c}",
    "\u{202e}gpj.exe",
    "\u{2066}isolate\u{2069}",
    "\u{200b}zero\u{200f}width",
    "\u{feff}mark",
    "\u{2028}line\u{2029}paragraph",
    "\u{e0041}tag\u{e007f}",
    "\u{e000}private\u{fff9}",
];

#[test]
fn customer_texts_are_delivered_and_escaped() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let count = PAYLOADS.len().to_string();
    let mut listen = {
        let mut command = sandbox.cstar(&home);
        command.args(["listen", "-v", "--ordered", "--count", &count, "--forward-to", &receiver.url()]);
        command.args(["--for", "30s"]).env("CLICOLOR_FORCE", "1");
        piped(command)
    };
    let (notes, mut printed) = read_until(listen.stderr(), "Ready.");
    for (number, payload) in PAYLOADS.into_iter().enumerate() {
        let title = serde_json::to_string(payload).unwrap();
        let set = format!("data.ticket.title={title}");
        let flag = if number % 2 == 0 { "--json" } else { "-v" };
        let mut command = sandbox.cstar(&home);
        command.args(["trigger", "ticket.created", "--set", &set, flag]).env("CLICOLOR_FORCE", "1");
        assert_only_our_colours(&CommandOutput::run(&mut command).ok());
        assert_eq!(
            receiver.next().json()["data"]["ticket"]["title"],
            payload,
            "it arrives as it was written"
        );
    }
    printed += &read_to_end(notes);
    let output = CommandOutput::from(listen.output()).ok();
    assert_eq!(output.stdout.lines().count(), PAYLOADS.len(), "{output:?}");
    assert_only_our_colours(&CommandOutput { stderr: printed, ..output });
}

#[test]
fn arguments_are_escaped_when_printed() {
    let home = Home::new();
    std::fs::write(home.path().join("file"), "").unwrap();
    for payload in PAYLOADS {
        let output = home.run(["events", "show", payload]);
        let screen = output.stderr.contains("\\x") || output.stderr.contains("\\u{");
        assert!(screen, "never dropped in silence: {output:?}");
        for args in [
            &["events", "show", payload][..],
            &["sign", "--secret", SECRET, payload],
            &["trigger", payload],
            &["trigger", "ticket.created", "--set", payload],
            &["trigger", "ticket.created", "--data", payload],
            &["listen", "--forward-to", payload],
            &["listen", "--events", payload],
            &["listen", "--header", payload],
            &["listen", "--base-url", payload, "--api-key", "sk_test_a"],
            &[payload],
            &["listen", &format!("--{payload}")],
        ] {
            let output = CommandOutput::run(home.cstar().args(args));
            assert!(output.code == 1 || output.code == 2, "{args:?}: {output:?}");
            assert_plain(&output);
            assert_only_our_colours(&CommandOutput::run(home.cstar().args(args).env("CLICOLOR_FORCE", "1")));
        }
    }
}

#[test]
fn pipes_get_colour_only_on_request() {
    let home = Home::new();
    let run = |args: &[&str], env: &[(&str, &str)]| {
        let mut command = home.cstar();
        CommandOutput::run(command.args(args).envs(env.iter().copied()))
    };
    let forced = [("CLICOLOR_FORCE", "1")];
    for args in
        [&["demo"][..], &["--help"], &["listen", "--help"], &["events", "show", "nope"], &["lisen"], &[]]
    {
        assert_plain(&run(args, &[]));
        let colored = run(args, &forced);
        assert!((colored.stdout + &colored.stderr).contains("\u{1b}["), "{args:?} has no colour");
        assert_plain(&run(args, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
        if !args.is_empty() {
            assert_plain(&run(&[&["--no-color"], args].concat(), &forced));
            assert_plain(&run(&[args, &["--no-color"]].concat(), &forced));
        }
    }
    // JSON never has colour.
    assert_plain(&run(&["events", "--json"], &forced));
    assert_plain(&run(&["lisen", "--json"], &forced));
    assert_plain(&run(&["completion", "bash"], &forced));
}

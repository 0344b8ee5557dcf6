//! What goes where: data alone on standard output, JSON alone with `--json`, no escapes in a pipe,
//! and an answer for readers that have gone and disks that are full.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::listen::Listen;
use crate::support::process::{Process, read_to_end, read_until};
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home};

const SECRET: &str = "whsec_of_this_test";

/// What a ticket's title may hold: whatever a customer can type, and worse. All of it must arrive and
/// none of it may be obeyed.
const PAYLOADS: [&str; 23] = [
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

/// Whether a terminal might do something else than show `c`.
fn is_dangerous(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(u32::from(c), 0xad | 0x61c | 0x180e | 0x200b | 0x200e..=0x200f | 0x2028..=0x202e
            | 0x2060..=0x206f | 0xfeff | 0xfff9..=0xfffb | 0xe0000..=0xe0fff | 0xe000..=0xf8ff)
}

fn assert_safe(what: &str, text: &str) {
    if let Some(at) = text.find(is_dangerous) {
        let start = text[..at].char_indices().rev().nth(40).map_or(0, |(start, _)| start);
        panic!("{what} holds {:?}: …{:?}", text[at..].chars().next().unwrap(), &text[start..at]);
    }
}

/// As [`assert_plain`] for a run with colour, where nothing strips what was not escaped: the only
/// sequences are those of our own styles.
fn assert_only_our_colours(output: &CommandOutput) {
    let mut all = format!("{}{}", output.stdout, output.stderr);
    for style in ["0", "1", "2", "4", "22", "31", "32", "33", "36"] {
        all = all.replace(&format!("\u{1b}[{style}m"), "");
    }
    assert_safe("coloured output", &all);
}

fn assert_plain(output: &CommandOutput) {
    assert_safe("standard output", &output.stdout);
    assert_safe("standard error", &output.stderr);
}

fn piped(mut command: Command) -> Process {
    Process::start(command.stdout(Stdio::piped()).stderr(Stdio::piped()))
}

/// Closes standard output after one line, as `| head -1` does, and gives that line and the rest.
fn head_1(command: Command) -> (String, i32, String) {
    let mut running = piped(command);
    let (_, line) = read_until(running.stdout(), "");
    let output = CommandOutput::from(running.output());
    (line, output.code, output.stderr)
}

// --- only JSON ---

#[test]
fn json_is_one_value_on_one_line() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let url = receiver.url();
    std::fs::write(home.path().join("body"), "{}").unwrap();
    let signature = home.run(["sign", "--secret", SECRET, "body"]).ok().stdout;
    let signature = signature.trim_end();
    for args in [
        &["events"][..],
        &["events", "--category", "tickets"],
        &["events", "show", "ticket.created"],
        &["sign", "--secret", SECRET, "body"],
        &["verify", "--secret", SECRET, "--signature", signature, "body"],
        &["trigger", "ticket.created"],
        &["trigger", "ticket.created", "--count", "2"],
        &["trigger", "--all"],
        &["trigger", "ticket.created", "--to", &url, "--secret", SECRET],
        &["trigger", "ticket.created", "--to", &url, "--secret", SECRET, "--count", "2"],
    ] {
        let output = CommandOutput::run(sandbox.cstar(&home).arg("--json").args(args)).ok();
        assert_eq!((output.stdout.lines().count(), output.stderr.as_str()), (1, ""), "{args:?}: {output:?}");
        let value = output.json();
        let many = args == ["events"]
            || args.contains(&"--category")
            || args.contains(&"2")
            || args.contains(&"--all");
        assert!(if many { value.is_array() } else { value.is_object() }, "{args:?}: {value}");
    }
}

#[test]
fn events_json_has_35_uniform_entries() {
    let home = Home::new();
    let events = home.run(["events", "--json"]).ok().json();
    let events = events.as_array().unwrap();
    assert_eq!(events.len(), 35);
    for event in events {
        let members: Vec<&String> = event.as_object().unwrap().keys().collect();
        assert_eq!(members, ["type", "category", "description", "payload"]);
    }
}

#[test]
fn json_streams_print_only_typed_objects() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    // `Listen` reads each line as an object with a type.
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url(), "--count", "3"]);
    for payload in PAYLOADS.iter().take(3) {
        let set = format!("data.ticket.title={payload}");
        sandbox.run(&home, ["trigger", "ticket.created", "--set", &set]).ok();
    }
    listen.wait_for("delivered");
    let finished = listen.finish();
    assert_eq!((finished.code, finished.stderr.as_str()), (0, ""), "{finished:?}");
    let output = home.run(["demo", "--json"]).ok();
    assert_eq!(output.stderr, "");
    assert!(output.json_lines().len() >= 10);
    assert_plain(&output);
}

// --- nothing that a terminal obeys ---

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
    let (notes, mut said) = read_until(listen.stderr(), "Ready.");
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
    said += &read_to_end(notes);
    let output = CommandOutput::from(listen.output()).ok();
    assert_eq!(output.stdout.lines().count(), PAYLOADS.len(), "{output:?}");
    assert_only_our_colours(&CommandOutput { stderr: said, ..output });
}

#[test]
fn arguments_are_escaped_when_printed() {
    let home = Home::new();
    std::fs::write(home.path().join("file"), "").unwrap();
    for payload in PAYLOADS {
        let output = home.run(["events", "show", payload]);
        let shown = output.stderr.contains("\\x") || output.stderr.contains("\\u{");
        assert!(shown, "never dropped in silence: {output:?}");
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
            &["artifacts", &format!("file/{payload}")],
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
    // Data for machines has no colour at all.
    assert_plain(&run(&["events", "--json"], &forced));
    assert_plain(&run(&["lisen", "--json"], &forced));
    assert_plain(&run(&["completion", "bash"], &forced));
}

// --- readers that have gone, disks that are full ---

#[test]
fn closed_pipe_is_not_a_failure() {
    let home = Home::new();
    for args in [
        &["events"][..],
        &["events", "--json"],
        &["events", "show", "ticket.created"],
        &["completion", "bash"],
        &["completion", "powershell"],
        &["demo"],
        &["demo", "--json"],
        &["--help"],
    ] {
        let mut command = home.cstar();
        command.args(args);
        let (_, code, stderr) = head_1(command);
        assert_eq!((code, stderr.as_str()), (0, ""), "{args:?}");
    }
}

#[test]
fn closed_pipe_ends_listen_cleanly() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let mut command = sandbox.cstar(&home);
    command.args(["listen", "--json", "--for", "30s", "--forward-to", &receiver.url()]);
    let mut running = piped(command);
    drop(read_until(running.stdout(), "\"connected\""));
    sandbox.run(&home, ["trigger", "ticket.created"]).ok();
    let output = CommandOutput::from(running.output());
    assert_eq!((output.code, output.stderr.as_str()), (0, ""), "{output:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn full_disk_is_reported_in_one_line() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let url = receiver.url();
    std::fs::write(home.path().join("body"), "{}").unwrap();
    for args in [
        &["events"][..],
        &["events", "show", "ticket.created"],
        &["completion", "bash"],
        &["sign", "--secret", SECRET, "body"],
        &["--version"],
        &["--help"],
        &["demo"],
        &["trigger", "ticket.created"],
        &["trigger", "ticket.created", "--to", &url, "--secret", SECRET],
        &["listen", "--print-secret"],
        &["listen", "--json", "--for", "30s", "--forward-to", &url],
        &["sandbox", "--port", "0", "--ephemeral"],
    ] {
        for json in [false, true] {
            let mut command = sandbox.cstar(&home);
            command.arg("-q").args(args);
            if json && !args.contains(&"--json") {
                command.arg("--json");
            }
            let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
            let output = Process::start(command.stdout(full).stderr(Stdio::piped())).output();
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(1), "{args:?} {json}: {stderr}");
            assert_eq!(stderr.lines().count(), 1, "{args:?} {json}: {stderr}");
            assert!(stderr.contains("could not write the output"), "{args:?} {json}: {stderr}");
            if stderr.starts_with('{') {
                assert!(serde_json::from_str::<Value>(&stderr).is_ok(), "{stderr}");
            }
        }
    }
}

//! The two outputs: only data on standard output, only JSON with `--json`, no escape sequences in a pipe,
//! and clean ends for closed pipes and full disks.

mod escapes;

use std::process::{Command, Stdio};

use escapes::PAYLOADS;
#[cfg(target_os = "linux")]
use serde_json::Value;

use crate::support::listen::Listen;
use crate::support::process::{Process, read_until};
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home};

const SECRET: &str = "whsec_of_this_test";

/// Whether a terminal might do anything other than show `c`.
fn is_dangerous(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(u32::from(c), 0xad | 0x61c | 0x180e | 0x200b | 0x200e..=0x200f | 0x2028..=0x202e
            | 0x2060..=0x206f | 0xfeff | 0xfff9..=0xfffb | 0xe0000..=0xe0fff | 0xe000..=0xf8ff)
}

fn assert_safe(what: &str, text: &str) {
    if let Some(at) = text.find(is_dangerous) {
        let start = text[..at].char_indices().rev().nth(40).map_or(0, |(start, _)| start);
        panic!("{what} contains {:?}: …{:?}", text[at..].chars().next().unwrap(), &text[start..at]);
    }
}

/// Like [`assert_plain`] for output with colour, where nothing removes unescaped sequences: the only
/// ones are those of our own styles.
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

/// Closes standard output after one line, as `| head -1` does; returns that line and the other output.
fn head_1(command: Command) -> (String, i32, String) {
    let mut running = piped(command);
    let (_, line) = read_until(running.stdout(), "");
    let output = CommandOutput::from(running.output());
    (line, output.code, output.stderr)
}

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

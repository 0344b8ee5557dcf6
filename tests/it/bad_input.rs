//! Wrong command lines and malformed responses: the documented exit code, at most three lines, no secret
//! repeated, no crash, no hang.

mod command_lines;
mod network;
mod responses;

use std::ffi::OsString;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{CommandOutput, Home};

/// Part of every secret that a case uses, so that one search finds them all.
const MARK: &str = "hunter2";
const KEY: &str = "sk_test_hunter2hunter2hunter2";
const SECRET: &str = "whsec_hunter2";
/// The lines around a certificate, without the certificate.
const BROKEN_PEM: &str = "-----BEGIN CERTIFICATE-----\n$hunter2$\n-----END CERTIFICATE-----\n";
/// Longer than the three retries of the API client.
const QUICKLY: Duration = Duration::from_secs(10);

/// One wrong command line.
struct Case {
    code: i32,
    args: Vec<OsString>,
    env: Vec<(&'static str, String)>,
    /// A part of the error or its hints.
    expected: &'static str,
}

impl Case {
    fn env(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.env.push((name, value.into()));
        self
    }

    /// Adds a well-formed key.
    fn key(self) -> Self {
        self.env("CSTAR_API_KEY", KEY)
    }

    fn command(&self, home: &Home) -> Command {
        let mut command = home.cstar();
        command.args(&self.args).envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    fn name(&self) -> String {
        format!("{:?} {:?}", self.args, self.env)
    }
}

fn case<A: Into<OsString>, const N: usize>(code: i32, expected: &'static str, args: [A; N]) -> Case {
    Case { code, expected, args: args.into_iter().map(Into::into).collect(), env: Vec::new() }
}

/// A command line that clap or an argument type rejects.
fn usage<const N: usize>(expected: &'static str, args: [&str; N]) -> Case {
    case(2, expected, args)
}
/// Runs `cases` on a few threads, each with and without `--json`.
fn check_all(cases: &[Case], threads: usize) {
    let home = Home::new();
    std::fs::write(home.path().join("junk"), b"\x00\xff\x1b[31m{").unwrap();
    std::fs::write(home.path().join("empty"), "").unwrap();
    std::fs::write(home.path().join("broken.pem"), BROKEN_PEM).unwrap();
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let mut found: Vec<String> = check(case, &home, false).into_iter().collect();
                    found.extend(check(case, &home, true));
                    failures.lock().unwrap().extend(found);
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// Checks one case; returns what is wrong.
fn check(case: &Case, home: &Home, json: bool) -> Option<String> {
    let mut command = case.command(home);
    if json {
        command = {
            let mut first = home.cstar();
            first.arg("--json").args(&case.args).envs(case.env.iter().map(|(name, value)| (name, value)));
            first
        };
    }
    let begin = Instant::now();
    let output = CommandOutput::run(&mut command);
    let took = begin.elapsed();
    let wrong = if json { wrong_json(case, &output) } else { wrong_text(case, &output) };
    let wrong = wrong.or_else(|| {
        let all = format!("{}{}", output.stdout, output.stderr);
        [
            (output.code != case.code, format!("exit {} instead of {}", output.code, case.code)),
            (!output.stdout.is_empty(), "output on standard output".to_owned()),
            (all.contains(MARK), "a secret is printed".to_owned()),
            (all.contains("panicked"), "a panic".to_owned()),
            (all.chars().any(|c| c.is_control() && c != '\n'), "a control character".to_owned()),
            (output.stderr.len() > if json { 9_000 } else { 2_000 }, "a very long error".to_owned()),
            (took > QUICKLY, format!("it took {took:?}")),
        ]
        .into_iter()
        .find_map(|(wrong, what)| wrong.then_some(what))
    })?;
    Some(format!("{:.300}\n  json {json}: {wrong}\n  {output:#?}", case.name()))
}

fn wrong_text(case: &Case, output: &CommandOutput) -> Option<String> {
    let lines: Vec<&str> = output.stderr.lines().collect();
    match lines.as_slice() {
        [first, hints @ ..] if hints.len() <= 2 => {
            let fits = first.starts_with("error: ") && hints.iter().all(|line| line.starts_with("hint: "));
            let is_named = output.stderr.contains(case.expected);
            (!fits || !is_named).then(|| format!("`{}` is not in the error and hint lines", case.expected))
        }
        lines => Some(format!("{} lines", lines.len())),
    }
}

fn wrong_json(case: &Case, output: &CommandOutput) -> Option<String> {
    let mut lines = output.stderr.lines();
    let (Some(line), None) = (lines.next(), lines.next()) else { return Some("not one line".to_owned()) };
    let Ok(value) = serde_json::from_str::<Value>(line) else { return Some("not JSON".to_owned()) };
    let Some(error) = value.get("error").and_then(Value::as_object) else {
        return Some("no error".to_owned());
    };
    let members: Vec<&str> = error.keys().map(String::as_str).collect();
    if members != ["type", "code", "message", "param", "request_id", "hint", "exit_code"] {
        return Some(format!("members {members:?}"));
    }
    if error["exit_code"] != case.code {
        return Some(format!("exit_code {}", error["exit_code"]));
    }
    let text = error["message"].is_string() && error["type"].is_string();
    (!text).then(|| "no message or type".to_owned())
}

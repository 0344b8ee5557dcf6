//! The main screens: in a pipe, on a terminal of 100 columns, and as JSON.

mod account;
mod events;
mod sandboxes;
mod streams;

use std::process::Command;

use serde_json::Value;

use super::filter::Names;
use super::{Folder, run, transcript, words};
use crate::support::terminal::Terminal;

/// Wide enough for every column of a table.
const COLUMNS: usize = 100;

/// The screen of a terminal, without colours and without the lines of the test support.
pub(super) fn plain(screen: &str) -> String {
    let plain = anstream::adapter::strip_str(screen).to_string().replace('\r', "");
    plain.lines().filter(|line| !line.starts_with("[canonical")).collect::<Vec<_>>().join("\n")
}

/// JSON with a member per line, and without the data of sample events.
fn pretty(stdout: &str) -> String {
    let values = serde_json::Deserializer::from_str(stdout).into_iter::<Value>();
    let values: Result<Vec<Value>, _> = values.collect();
    match values {
        Ok(values) if stdout.starts_with(['{', '[']) => {
            let texts = values.into_iter().map(|mut value| {
                hide_samples(&mut value);
                serde_json::to_string_pretty(&value).unwrap() + "\n"
            });
            texts.collect()
        }
        _ => stdout.to_owned(),
    }
}

/// The data of a sample is random.
fn hide_samples(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                match member {
                    Value::Object(_) if name == "data" => *member = "[SAMPLE]".into(),
                    Value::Object(_) if name == "handler_ms" => *member = "[NUMBERS]".into(),
                    Value::String(body) if body.starts_with("{\"id\":\"evt_") => *member = "[EVENT]".into(),
                    member => hide_samples(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(hide_samples),
        _ => {}
    }
}

/// The same for an event printed among other lines.
fn without_sample(text: &str) -> String {
    let (mut kept, mut end) = (Vec::new(), None::<String>);
    for line in text.lines() {
        match &end {
            Some(last) if line.trim_end_matches(',') == last => {
                kept.push(format!("{line} [SAMPLE]"));
                end = None;
            }
            Some(_) => {}
            None if line.ends_with("\"data\": {") => {
                end = Some(line.replace("\"data\": {", "}"));
                kept.push(line.to_owned());
            }
            None => kept.push(line.to_owned()),
        }
    }
    kept.join("\n")
}

/// The screens of one test.
struct Screens<'a> {
    folder: Folder,
    names: Names,
    cstar: &'a dyn Fn() -> Command,
}

impl<'a> Screens<'a> {
    fn new(folder: &'static str, names: Names, cstar: &'a dyn Fn() -> Command) -> Self {
        Self { folder: Folder::new(folder), names, cstar }
    }

    /// Adds a placeholder for a value that is only known now.
    fn name(&mut self, placeholder: &'static str, value: impl ToString) {
        self.names = std::mem::take(&mut self.names).name(placeholder, value);
    }

    fn piped(&self, line: &str, json: bool) -> String {
        let output = run((self.cstar)(), &self.names.fill(line), json);
        let screen = if json { line.replacen("cstar", "cstar --json", 1) } else { line.to_owned() };
        let text = transcript(&screen, &output);
        let text = match json {
            true => text.replace(output.stdout.trim_end_matches('\n'), pretty(&output.stdout).trim_end()),
            false => without_sample(&text),
        };
        self.names.hide_all(&text)
    }

    fn on_terminal(&self, line: &str) -> Option<String> {
        let words = words(&self.names.fill(line));
        let args: Vec<&str> = words[1..].iter().map(String::as_str).collect();
        let screen = plain(&Terminal::start_with_width(COLUMNS, &(self.cstar)(), &args)?.read_to_end());
        let screen = format!("$ {line}\n{}\n", without_sample(&screen).trim());
        Some(self.names.hide_all(&screen))
    }

    /// A command that changes nothing: in a pipe, on a terminal and with `--json`.
    fn show(&mut self, name: &str, line: &str) {
        let Some(terminal) = self.on_terminal(line) else { return };
        let text = [self.piped(line, false), terminal, self.piped(line, true)].join("\n");
        self.folder.check(name, &text);
    }

    /// Commands that change something, in sequence, each once and, if it may run twice, with `--json`.
    fn run_all(&mut self, name: &str, lines: &[&str]) {
        let texts: Vec<String> = lines
            .iter()
            .map(|line| match line.strip_prefix("json ") {
                Some(line) => self.piped(line, true),
                None => self.piped(line, false),
            })
            .collect();
        self.folder.check(name, &texts.join("\n"));
    }

    fn finish(self) {
        self.folder.finish();
    }
}

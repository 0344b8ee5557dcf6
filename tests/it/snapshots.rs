//! Every text that people read, kept as snapshots: help pages, topics, errors with their hints, and the main
//! screens. A changed text is visible as the diff of a file in `tests/it/snapshots/data`.
//!
//! A test fails when a text differs from its snapshot, when a snapshot is missing, and when one is no longer
//! used. To accept changes:
//!
//! ```sh
//! INSTA_UPDATE=always cargo test --test it snapshots
//! git diff tests/it/snapshots/data
//! ```
//!
//! What differs from run to run (ports, times, ids, paths) is replaced by placeholders, see [`filter`].

mod errors;
mod filter;
mod help;
mod screens;
mod topics;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::CommandOutput;

/// The snapshots of one test, in a folder of their own.
struct Folder {
    name: &'static str,
    used: BTreeSet<String>,
    differ: Vec<String>,
}

impl Folder {
    fn new(name: &'static str) -> Self {
        Self { name, used: BTreeSet::new(), differ: Vec::new() }
    }

    /// Compares `text` with the snapshot called `name`. A difference is printed now and fails in [`Self::finish`],
    /// so that one run shows all of them.
    fn check(&mut self, name: &str, text: &str) {
        assert!(self.used.insert(name.to_owned()), "{name} is used twice in {}", self.name);
        let mut settings = insta::Settings::new();
        settings.set_snapshot_path(format!("snapshots/data/{}", self.name));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let compare = || settings.bind(|| insta::assert_snapshot!(name, text));
        if catch_unwind(AssertUnwindSafe(compare)).is_err() {
            self.differ.push(name.to_owned());
        }
    }

    fn finish(self) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/snapshots/data").join(self.name);
        let names = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name());
        let unused: Vec<String> = names
            .filter_map(|name| name.to_str().unwrap().strip_suffix(".snap").map(str::to_owned))
            .filter(|name| !self.used.contains(name))
            .collect();
        assert!(unused.is_empty(), "delete snapshots that nothing uses in {}: {unused:?}", self.name);
        let differ = self.differ;
        assert!(
            differ.is_empty(),
            "changed in {}: {differ:?}; to accept: INSTA_UPDATE=always cargo test --test it snapshots",
            self.name
        );
    }
}

/// The words of a command line; single quotes group words with spaces.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let (mut word, mut quoted) = (None::<String>, false);
    for c in line.chars() {
        match c {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// Runs a line such as `NAME=value cstar trigger --data -`, or `echo TEXT | cstar sign -`, with the environment
/// and the directory of `cstar`.
fn run(mut cstar: Command, line: &str, json: bool) -> CommandOutput {
    let (input, line) = match line.strip_prefix("echo ").and_then(|rest| rest.split_once(" | ")) {
        Some((input, line)) => (Some(words(input).join(" ") + "\n"), line),
        None => (None, line),
    };
    let words = words(line);
    let program = words.iter().position(|word| word == "cstar").unwrap();
    cstar.envs(words[..program].iter().map(|word| word.split_once('=').unwrap()));
    cstar.args(json.then_some("--json")).args(&words[program + 1..]);
    match input {
        Some(input) => CommandOutput::run_with_input(&mut cstar, input.as_bytes()),
        None => CommandOutput::run(&mut cstar),
    }
}

/// A command line with its exit code and what it printed.
fn transcript(line: &str, output: &CommandOutput) -> String {
    let mut text = format!("$ {line}\n");
    for (name, stream) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        if !stream.is_empty() {
            text.push_str(&format!("[{name}]\n{}\n", stream.trim_end_matches('\n')));
        }
    }
    text.push_str(&format!("[exit {}]\n", output.code));
    text
}

/// Runs `work` for each of `items` on a few threads; the results are in the order of the items.
fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    on_threads(4, items, work)
}

/// The same on this many threads; with one, the items run in sequence.
fn on_threads<T: Sync, R: Send>(threads: usize, items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(number) else { break };
                    let result = work(item);
                    done.lock().unwrap().push((number, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}

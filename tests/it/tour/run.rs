//! README.md and the topics, run for real: every shell block through `bash`, every output block compared.
//!
//! `sh` is pasted and ends, `sh terminal N` keeps running in that terminal, `sh running` keeps running until the
//! next such block. A `text` block below one of them is its expected output, in any order.

pub(crate) mod terminal;

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Sender, channel};

use terminal::{BLOCK_DONE, Ports, Screen, Terminal};

use super::{Block, README, blocks, only_builds, text, texts};
use crate::support::Home;

/// Whether `line` matches `wanted`, in which `…` stands for anything. White space counts as one space:
/// columns are wider on a terminal.
pub(crate) fn matches(expected: &str, line: &str) -> bool {
    let squeeze = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (expected, line) = (squeeze(expected), squeeze(line));
    let parts: Vec<&str> = expected.split('…').collect();
    let [first, middle @ .., last] = &parts[..] else { return expected == line };
    let Some(rest) = line.strip_prefix(first) else { return false };
    let Some(mut rest) = rest.strip_suffix(last.trim_end()) else { return false };
    middle.iter().all(|part| match rest.find(part) {
        Some(at) => {
            rest = &rest[at + part.len()..];
            true
        }
        None => false,
    })
}

pub(crate) fn has(program: &str) -> bool {
    let found = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    found.is_ok_and(|status| status.success())
}

#[test]
fn ellipsis_matches_anything() {
    assert!(matches("a  b", " a b"));
    assert!(matches("… x: … ms", "12:00  x: 5 ms") && matches("a …", "a b c"));
    assert!(!matches("a …", "b a c") && !matches("a … z", "a b c") && !matches("a", "a b"));
    assert!(!matches("a … b … c", "a c b c".trim_end_matches("b c")));
}

/// What has to run before a text, and the line that shows that it runs.
type Before = (&'static str, &'static str);
const SANDBOX: Before = ("cstar sandbox\n", "Sandbox ready …");
const RECEIVER: Before = ("CSTAR_WEBHOOK_SECRET=whsec_ci python3 receiver.py\n", "receiver ready");

/// Every text with commands, what has to run before, and the least number of output lines.
const RUN: [(&str, &[Before], usize); 14] = [
    (README, &[], 6),
    ("tour", &[], 45),
    ("sandbox", &[], 20),
    ("webhooks", &[], 10),
    ("api", &[], 6),
    ("profiles", &[], 20),
    ("delivery", &[SANDBOX], 4),
    ("signing", &[SANDBOX], 0),
    ("identity", &[], 1),
    ("agents", &[RECEIVER], 3),
    ("ci", &[RECEIVER], 0),
    ("environment", &[SANDBOX], 3),
    ("exit-codes", &[SANDBOX], 0),
    ("output", &[SANDBOX], 0),
];

/// The receiver that is written in Python without a framework.
pub(super) fn python_receiver() -> String {
    let blocks = blocks("tour");
    let (_, source) =
        blocks.iter().find_map(|block| block.text.split_once("cat > receiver.py <<'EOF'\n")).unwrap();
    source.split_once("\nEOF\n").unwrap().0.to_owned()
}

#[test]
fn readme_and_tour_have_the_same_receiver() {
    assert!(text(README).contains(&python_receiver()));
}

#[test]
fn every_text_with_commands_is_run() {
    for name in texts() {
        let has_commands = blocks(&name).iter().any(|block| block.language.starts_with("sh"));
        let is_run = RUN.iter().any(|(run, ..)| *run == name);
        assert_eq!(is_run, has_commands, "{name}");
    }
}

/// A text that is being run.
struct Run {
    ports: Ports,
    home: Home,
    sender: Sender<String>,
    screen: Screen,
    terminals: BTreeMap<String, Terminal>,
    main: Terminal,
}

impl Run {
    fn start() -> Self {
        let home = Home::new();
        std::fs::create_dir(home.path().join("tour")).unwrap();
        let (sender, lines) = channel();
        let screen = Screen::new(lines);
        let main = Terminal::open(&home, &sender);
        Self { ports: Ports::free(), home, sender, screen, terminals: BTreeMap::new(), main }
    }

    /// Pastes a script into the terminal of this name, after ending what runs there, as the text asks for.
    fn paste(&mut self, terminal: &str, script: &str) {
        drop(self.terminals.remove(terminal));
        let mut opened = Terminal::open(&self.home, &self.sender);
        opened.paste(script);
        self.terminals.insert(terminal.to_owned(), opened);
    }

    fn shell(&mut self, block: &Block) {
        self.screen.begin_block();
        let script = self.ports.script(&block.text);
        match block.language.strip_prefix("sh ") {
            Some(name) => {
                let is_named = name == "running" || block.before.contains(name);
                assert!(is_named, "the reader does not learn of {name}");
                self.paste(name, &script);
            }
            None => {
                self.main.paste(&script);
                self.screen.expect(BLOCK_DONE);
            }
        }
    }
}

/// Runs a text; returns what could not be run here.
fn runs_as_pasted(name: &str) -> String {
    if !has("python3") {
        return "skipped: the receiver needs python3".to_owned();
    }
    let (_, before, lines) = RUN.iter().find(|(run, ..)| *run == name).unwrap();
    let (jq, curl, mut run) = (has("jq"), has("curl"), Run::start());
    if ![README, "tour"].contains(&name) {
        let receiver = run.home.path().join("tour/receiver.py");
        std::fs::write(receiver, run.ports.replace(&python_receiver())).unwrap();
    }
    for (script, printed) in *before {
        let script = run.ports.script(script);
        run.paste(printed, &script);
        run.screen.expect(printed);
    }
    let (mut checked, mut skip, mut skipped, mut left_out) = (0, true, false, String::new());
    for block in blocks(name) {
        match block.language.as_str() {
            language if language.starts_with("sh") => {
                let lacks = (!jq && block.text.contains("jq ")) || (!curl && block.text.contains("curl "));
                skip = lacks || only_builds(&block);
                skipped |= lacks;
                if skip {
                    left_out += &format!("not run:\n{}", block.text);
                } else {
                    run.shell(&block);
                }
            }
            "text" if !skip => {
                run.ports.replace(&block.text).lines().for_each(|line| run.screen.expect(line));
                checked += block.text.lines().count();
                skip = true;
            }
            // Only what follows a block that ran is its output.
            _ => skip = true,
        }
    }
    assert!(skipped || checked >= *lines, "only {checked} lines of output were checked");
    left_out
}

macro_rules! run_as_pasted {
    ($($test:ident: $name:expr;)*) => {$(
        #[test]
        fn $test() {
            println!("{}", runs_as_pasted($name));
        }
    )*};
}

run_as_pasted! {
    readme_runs_as_pasted: README;
    tour_topic_runs_as_pasted: "tour";
    sandbox_topic_runs_as_pasted: "sandbox";
    webhooks_topic_runs_as_pasted: "webhooks";
    api_topic_runs_as_pasted: "api";
    profiles_topic_runs_as_pasted: "profiles";
    delivery_topic_runs_as_pasted: "delivery";
    signing_topic_runs_as_pasted: "signing";
    identity_topic_runs_as_pasted: "identity";
    agents_topic_runs_as_pasted: "agents";
    ci_topic_runs_as_pasted: "ci";
    environment_topic_runs_as_pasted: "environment";
    exit_codes_topic_runs_as_pasted: "exit-codes";
    output_topic_runs_as_pasted: "output";
}

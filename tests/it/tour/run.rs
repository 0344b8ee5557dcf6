//! README.md and the topics, run for real: every shell block through `bash`, every output block compared.
//!
//! `sh` is pasted and ends, `sh terminal N` keeps running in the terminal that the text names, `sh running` keeps
//! running until the next such block. A `text` block below one of them is what is shown then, in any order.

use std::collections::{BTreeMap, HashSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use super::{Block, README, blocks, only_builds, text, texts};
use crate::support::{Home, TIMEOUT};

const BLOCK_DONE: &str = "tour: block done";
const SHELL_ENDED: &str = "tour: shell ended";

fn is_free(port: u16) -> bool {
    TcpListener::bind(("127.0.0.1", port)).is_ok_and(|listener| {
        crate::support::ports::stop_listening(&listener);
        true
    })
}

/// The ports of the texts and those used instead.
pub(super) struct Ports([(&'static str, String); 3]);

impl Ports {
    /// Below the range from which the system picks, so that no other test is given one of them.
    pub(super) fn free() -> Self {
        static TOURS: AtomicU32 = AtomicU32::new(0);
        let tour = std::process::id().wrapping_mul(7) + TOURS.fetch_add(1, Ordering::Relaxed);
        let start = 20_000 + u16::try_from(tour % 500 * 20).unwrap();
        let mut free = (start..32_000).filter(|port| [*port, port + 1].iter().all(|port| is_free(*port)));
        let mut next = |shown| (shown, free.next().unwrap().to_string());
        Self([next("4747"), next("3000"), next("3001")])
    }

    /// `text` with every port replaced. Digits that are part of something longer stay.
    pub(super) fn replace(&self, text: &str) -> String {
        let is_part = |c: char| c.is_ascii_alphanumeric();
        let mut out = String::new();
        let mut word = String::new();
        for c in text.chars().map(Some).chain([None]) {
            match c {
                Some(c) if is_part(c) => word.push(c),
                other => {
                    let port = self.0.iter().find(|(shown, _)| *shown == word);
                    out.push_str(port.map_or(word.as_str(), |(_, used)| used));
                    out.extend(other);
                    word.clear();
                }
            }
        }
        out
    }

    /// A script that uses the test's sandbox, which is not at the default port.
    fn script(&self, text: &str) -> String {
        let at = &self.0[0].1;
        let text = self.replace(text);
        let text = text.replace("cstar sandbox\n", &format!("cstar sandbox --port {at}\n"));
        // Loopback is enough to see that the command works.
        let text = text.replace("sandbox --bind 0.0.0.0", &format!("sandbox --port {at} --bind 127.0.0.1"));
        text.replace("--sandbox", &format!("--sandbox --base-url http://127.0.0.1:{at}"))
    }
}

/// A shell in a process group of its own, which is killed when this is dropped.
pub(super) struct Terminal {
    shell: Child,
    input: ChildStdin,
}

impl Terminal {
    pub(super) fn open(home: &Home, lines: &Sender<String>) -> Self {
        let binary = std::path::Path::new(env!("CARGO_BIN_EXE_cstar"));
        let path = std::env::var("PATH").unwrap();
        let mut shell = Command::new("bash")
            .args(["-euo", "pipefail", "-s"])
            .env_clear()
            .env("PATH", format!("{}:{path}", binary.parent().unwrap().display()))
            .env("HOME", home.path())
            .env("CSTAR_HOME", home.path().join("cstar-home"))
            .env("TMPDIR", home.path())
            // Nothing listens there: what leaves this machine fails.
            .env("HTTPS_PROXY", "http://127.0.0.1:9")
            .current_dir(home.path().join("tour"))
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        forward(shell.stdout.take().unwrap(), lines.clone());
        forward(shell.stderr.take().unwrap(), lines.clone());
        let mut input = shell.stdin.take().unwrap();
        writeln!(input, "trap 'echo \"{SHELL_ENDED}: $?\"' EXIT").unwrap();
        Self { shell, input }
    }

    /// In braces, so that the commands do not read the rest of the script as their input.
    pub(super) fn paste(&mut self, script: &str) {
        writeln!(self.input, "{{\n{script}}} < /dev/null\necho '{BLOCK_DONE}'").unwrap();
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let kill = format!("kill -KILL -- -{}", self.shell.id());
        let _ = Command::new("bash").args(["-c", &kill]).status();
        let _ = self.shell.wait();
        // What was killed frees its ports a moment later, and the next terminal listens on them again.
        let deadline = Instant::now() + TIMEOUT;
        while Instant::now() < deadline && group_is_alive(self.shell.id()) {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// Whether a process of the group has not exited yet; false where that cannot be seen.
fn group_is_alive(group: u32) -> bool {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes.filter_map(|process| std::fs::read_to_string(process.path().join("stat")).ok()).any(|stat| {
        // After the name, which may hold anything: state, parent, group.
        let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
        let mut fields = after.split_whitespace();
        let state = fields.next();
        !matches!(state, Some("Z" | "X")) && fields.nth(1) == Some(group.to_string().as_str())
    })
}

fn forward(stream: impl Read + Send + 'static, lines: Sender<String>) {
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if lines.send(line).is_err() {
                return;
            }
        }
    });
}

/// What all terminals have shown.
pub(super) struct Screen {
    lines: Receiver<String>,
    pub(super) seen: Vec<String>,
    /// Where the latest block began.
    block: usize,
    claimed: HashSet<usize>,
}

impl Screen {
    pub(super) fn new(lines: Receiver<String>) -> Self {
        Self { lines, seen: Vec::new(), block: 0, claimed: HashSet::new() }
    }

    fn begin_block(&mut self) {
        self.seen.extend(self.lines.try_iter());
        self.block = self.seen.len();
    }

    /// Waits for a line that no other expectation has claimed.
    pub(super) fn expect(&mut self, wanted: &str) {
        let deadline = Instant::now() + TIMEOUT;
        let mut at = self.block;
        loop {
            while at < self.seen.len() {
                let line = &self.seen[at];
                assert!(!line.starts_with(SHELL_ENDED), "before `{wanted}`: {:#?}", self.seen);
                if matches(wanted, line) && self.claimed.insert(at) {
                    return;
                }
                at += 1;
            }
            let patience = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(patience) {
                Ok(line) => self.seen.push(line),
                Err(_) => panic!("`{wanted}` was not shown: {:#?}", &self.seen[self.block..]),
            }
        }
    }
}

/// Whether `line` is `wanted`, in which `…` stands for anything. White space counts as one space:
/// columns are wider on a terminal.
pub(crate) fn matches(wanted: &str, line: &str) -> bool {
    let squeeze = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (wanted, line) = (squeeze(wanted), squeeze(line));
    let parts: Vec<&str> = wanted.split('…').collect();
    let [first, middle @ .., last] = &parts[..] else { return wanted == line };
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

#[test]
fn ports_are_replaced_as_whole_words() {
    let ports = Ports([("4747", "1".into()), ("3000", "2".into()), ("3001", "3".into())]);
    let text = "localhost:3000/webhook 0.0.0.0:3001, 4747 30000 x3000";
    assert_eq!(ports.replace(text), "localhost:2/webhook 0.0.0.0:3, 1 30000 x3000");
    assert_eq!(ports.script("cstar sandbox\n"), "cstar sandbox --port 1\n");
}

/// What has to run before a text does, and the line that shows that it does.
type Before = (&'static str, &'static str);
const SANDBOX: Before = ("cstar sandbox\n", "Sandbox ready …");
const RECEIVER: Before = ("CSTAR_WEBHOOK_SECRET=whsec_ci python3 receiver.py\n", "receiver ready");

/// Every text with commands, what has to run before, and at least how many lines of output it shows.
const RUN: [(&str, &[Before], usize); 12] = [
    (README, &[], 6),
    ("tour", &[], 45),
    ("sandbox", &[], 20),
    ("webhooks", &[], 10),
    ("profiles", &[], 20),
    ("delivery", &[SANDBOX], 4),
    ("signing", &[SANDBOX], 0),
    ("agents", &[], 0),
    ("ci", &[RECEIVER], 0),
    ("environment", &[], 0),
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

    /// Pastes a script into the terminal of this name. What runs there is ended first, as the text asks for.
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

/// Runs a text; gives what could not be run here.
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
    for (script, shown) in *before {
        let script = run.ports.script(script);
        run.paste(shown, &script);
        run.screen.expect(shown);
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
    profiles_topic_runs_as_pasted: "profiles";
    delivery_topic_runs_as_pasted: "delivery";
    signing_topic_runs_as_pasted: "signing";
    agents_topic_runs_as_pasted: "agents";
    ci_topic_runs_as_pasted: "ci";
    environment_topic_runs_as_pasted: "environment";
    exit_codes_topic_runs_as_pasted: "exit-codes";
    output_topic_runs_as_pasted: "output";
}

//! The recipes of `cstar help delivery`, run as they are printed, and Redis with a kill in between.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Setup;
use crate::support::listen::Listen;
use crate::support::process::Process;
use crate::support::{Home, TIMEOUT};
use crate::tour::blocks;

/// The block of the topic that contains these words.
fn recipe(words: &str) -> String {
    let found = blocks("delivery").into_iter().find(|block| block.text.contains(words));
    found.unwrap_or_else(|| panic!("no block with {words}")).text
}

/// Runs a recipe in the home of a test. With arguments of `listen --json` behind it, they are its.
fn shell(setup: &Setup, recipe: &str) -> Command {
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_cstar"));
    let path = std::env::var("PATH").unwrap();
    let mut command = setup.sandbox.cstar(&setup.home);
    let environment: Vec<_> =
        command.get_envs().map(|(name, value)| (name.to_owned(), value.map(ToOwned::to_owned))).collect();
    command = Command::new("bash");
    command.env_clear().current_dir(setup.home.path()).stdin(Stdio::null());
    for (name, value) in environment {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    command.env_remove("CSTAR_API_KEY").env_remove("CSTAR_BASE_URL");
    command.env("PATH", format!("{}:{path}", binary.parent().unwrap().display()));
    command.arg("-c").arg(recipe.replace("cstar listen", "exec cstar listen --json"));
    command
}

/// What a recipe writes to its file for three events.
fn lines_of(words: &str) -> Vec<String> {
    let mut setup = Setup::new();
    // The arguments that `Listen` adds become `$0` and `$1`, which the recipe does not use.
    let mut listen = Listen::start(shell(&setup, &recipe(words)), &[]);
    let ids: Vec<String> = (0..3).map(|seq| setup.api.trigger_ticket(&format!("tkt_{seq}"), seq)).collect();
    listen.wait_for_all("delivered", ids.len());
    listen.stop();
    let written = setup.read("events.ndjson");
    let lines: Vec<String> = written.lines().map(str::to_owned).collect();
    let events = lines
        .iter()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned());
    assert_eq!(events.collect::<HashSet<_>>(), ids.into_iter().collect(), "{written}");
    lines
}

#[test]
fn recipe_with_a_shell_appends_one_line_per_event() {
    assert_eq!(lines_of("{ cat; echo; } >>").len(), 3);
}

#[test]
fn recipe_in_python_appends_one_line_per_event() {
    if crate::tour::run::has("python3") {
        assert_eq!(lines_of("append.py").len(), 3);
    }
}

/// A Redis server of its own, without a port. It is killed when this is dropped.
struct Redis {
    home: Home,
    _server: Process,
}

impl Redis {
    fn start() -> Self {
        let home = Home::new();
        let mut command = Command::new("redis-server");
        command
            .args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket"])
            .arg(home.path().join("redis"));
        command.current_dir(home.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let redis = Self { _server: Process::start(&mut command), home };
        let deadline = Instant::now() + TIMEOUT;
        while redis.run(&["PING"]) != "PONG\n" {
            assert!(Instant::now() < deadline, "Redis never answered");
            std::thread::sleep(Duration::from_millis(5));
        }
        redis
    }

    fn cli(&self) -> String {
        format!("redis-cli -s {}", self.home.path().join("redis").display())
    }

    fn run(&self, args: &[&str]) -> String {
        let output = Command::new("redis-cli")
            .arg("-s")
            .arg(self.home.path().join("redis"))
            .args(args)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    /// The ids of the events in the stream, and how often each is there.
    fn ids(&self) -> HashMap<String, usize> {
        let mut times = HashMap::new();
        for line in self.run(&["XRANGE", "events", "-", "+"]).lines().filter(|line| line.starts_with("evt_"))
        {
            *times.entry(line.to_owned()).or_default() += 1;
        }
        times
    }

    fn len(&self) -> usize {
        self.run(&["XLEN", "events"]).trim().parse().unwrap()
    }
}

/// 10,000 events into Redis Streams, with a `kill -9` in between: none is missing, and what arrived twice has the same
/// id.
#[test]
#[ignore = "needs redis-server, which .ci/run installs"]
fn redis_has_every_event_after_a_kill() {
    const EVENTS: usize = 10_000;
    let (redis, mut setup) = (Redis::start(), Setup::new());
    let recipe = recipe("id \"$CSTAR_EVENT_ID\"").replace("redis-cli", &redis.cli());
    let trigger = |setup: &mut Setup, seqs: Range<usize>| -> Vec<String> {
        seqs.map(|seq| setup.api.trigger_ticket(&format!("tkt_{}", seq % 100), seq)).collect()
    };
    let mut killed = Listen::start(shell(&setup, &recipe), &[]);
    let mut ids = trigger(&mut setup, 0..EVENTS / 3);
    while redis.len() < EVENTS / 6 {
        killed.wait_for("delivered");
    }
    // However fast the commands are, the last of these are still to be delivered.
    ids.extend(trigger(&mut setup, EVENTS / 3..EVENTS / 2));
    // SIGKILL, in the middle of many commands.
    drop(killed);
    let before = redis.len();
    ids.extend(trigger(&mut setup, EVENTS / 2..EVENTS));

    let mut resumed = Listen::start_unconnected(shell(&setup, &recipe), &[]);
    resumed.wait_for("leftover");
    let started = Instant::now();
    let mut deliveries = 0;
    // A delivery that the killed run had made may not be repeated, so Redis itself decides.
    while redis.len() < EVENTS || redis.ids().len() < EVENTS {
        resumed.wait_for("delivered");
        deliveries += 1;
        // Asking Redis each time would be slow.
        while deliveries + 100 < EVENTS - before && deliveries % 100 != 0 {
            resumed.wait_for("delivered");
            deliveries += 1;
        }
    }
    let took = started.elapsed();
    resumed.interrupt();
    resumed.finish();
    let times = redis.ids();
    let missing: Vec<&String> = ids.iter().filter(|id| !times.contains_key(*id)).collect();
    assert!(missing.is_empty(), "{} missing: {missing:?}", missing.len());
    assert_eq!(times.len(), EVENTS, "no other id");
    let twice = times.values().filter(|times| **times > 1).count();
    assert!(times.values().all(|times| *times <= 2), "{times:?}");
    let rate = f64::from(u32::try_from(deliveries).unwrap()) / took.as_secs_f64();
    eprintln!("{before} before the kill, {deliveries} after it at {rate:.0}/s, {twice} ids twice");
}

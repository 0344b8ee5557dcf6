//! Commands that do not end, and a `listen` that ends before them.

use std::time::{Duration, Instant};

use super::Setup;
use crate::support::TIMEOUT;

/// Whether the process whose id a command wrote to this file still runs.
fn is_running(setup: &Setup, name: &str) -> bool {
    let id = setup.read(name);
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", id.trim()));
    // A zombie waits for its parent to notice.
    let state = stat.ok().and_then(|stat| stat.rsplit_once(") ").map(|(_, rest)| rest.starts_with('Z')));
    match (state, cfg!(target_os = "linux")) {
        (state, true) => state == Some(false),
        (_, false) => std::process::Command::new("kill").args(["-0", id.trim()]).status().unwrap().success(),
    }
}

fn wait_until_gone(setup: &Setup, name: &str) {
    let deadline = Instant::now() + TIMEOUT;
    while is_running(setup, name) {
        assert!(Instant::now() < deadline, "{name} still runs");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn wait_for_file(setup: &Setup, name: &str) {
    let deadline = Instant::now() + TIMEOUT;
    while !std::fs::read_to_string(setup.path(name)).is_ok_and(|text| text.ends_with('\n')) {
        assert!(Instant::now() < deadline, "{name} was never written");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn time_limit_kills_the_children_too() {
    let mut setup = Setup::new();
    let script = "echo begun; sleep 600 & echo $! > child; wait";
    let mut listen = setup.listen(&["--exec-shell", script, "--timeout", "500ms", "--retries", "0"]);
    let id = setup.api.trigger_ticket("tkt_1", 1);
    let failed = listen.wait_for("failed");
    assert_eq!(failed["reason"], "did not end within 0.5 s and was killed");
    assert_eq!((failed.get("exit_code"), &failed["answer"]), (None, &"begun".into()));
    assert!(failed["hint"].as_str().unwrap().contains("--timeout"), "{failed}");
    wait_until_gone(&setup, "child");
    listen.interrupt();
    listen.finish();
    assert_eq!(setup.event(&id)["attempts"][0]["response_body"], "begun\n");
}

#[test]
fn child_that_keeps_the_output_open_is_left_alone() {
    let mut setup = Setup::new();
    let script = "sleep 600 & echo $! > child; echo done";
    let mut listen = setup.listen(&["--exec-shell", script, "--timeout", "20s"]);
    let id = setup.api.trigger_ticket("tkt_1", 1);
    assert_eq!(listen.wait_for("delivered")["exit_code"], 0);
    listen.stop();
    assert!(is_running(&setup, "child"), "a command may start what lasts longer");
    let killed = std::process::Command::new("kill").arg(setup.read("child").trim()).status().unwrap();
    assert!(killed.success());
    assert_eq!(setup.event(&id)["attempts"][0]["response_body"], "done\n");
}

#[test]
fn killed_command_is_retried() {
    let mut setup = Setup::new();
    let script = "test \"$CSTAR_DELIVERY_ATTEMPT\" = 2 || kill -9 $$";
    let mut listen = setup.listen(&["--exec-shell", script]);
    setup.api.trigger_ticket("tkt_1", 1);
    let retrying = listen.wait_for("retrying");
    assert_eq!(retrying["reason"], "was killed by signal 9 (SIGKILL)");
    assert_eq!((retrying.get("exit_code"), &retrying["status"]), (None, &serde_json::Value::Null));
    listen.wait_for("delivered");
    listen.stop();
}

#[test]
fn first_interrupt_waits_for_a_command() {
    let mut setup = Setup::new();
    let script = "echo $$ > child; until test -e go; do sleep 0.01; done";
    let mut listen = setup.listen(&["--exec-shell", script]);
    setup.api.trigger_ticket("tkt_1", 1);
    wait_for_file(&setup, "child");
    listen.interrupt();
    listen.wait_for("draining");
    std::fs::write(setup.path("go"), "").unwrap();
    listen.wait_for("delivered");
    let ended = listen.finish();
    assert_eq!((ended.code, &ended.summary()["delivered"]), (0, &1.into()));
}

#[test]
fn second_interrupt_kills_the_command() {
    let mut setup = Setup::new();
    let mut listen = setup.listen(&["--exec-shell", "echo $$ > child; sleep 600; true"]);
    setup.api.trigger_ticket("tkt_1", 1);
    wait_for_file(&setup, "child");
    listen.interrupt();
    listen.wait_for("draining");
    // Two that arrive at once count as one.
    std::thread::sleep(Duration::from_millis(300));
    listen.interrupt();
    assert_eq!(listen.finish().summary()["waiting"], 1);
    wait_until_gone(&setup, "child");
}

/// Killed in the middle of many commands: the next run delivers what is missing, and repeats only what was in flight.
#[test]
fn run_killed_among_its_commands_is_resumed() {
    const EVENTS: usize = 120;
    let mut setup = Setup::new();
    // Half of them wait for the file, so that a slow test does not kill too late.
    let script = "while [ ! -e go ] && [ \"$(cat ids | wc -l)\" -ge 60 ]; do sleep 0.05; done
        echo \"$CSTAR_EVENT_ID\" >> ids";
    std::fs::write(setup.path("ids"), "").unwrap();
    let mut killed = setup.listen(&["--exec-shell", script]);
    let sent: Vec<String> =
        (0..EVENTS).map(|seq| setup.api.trigger_ticket(&format!("tkt_{}", seq % 8), seq)).collect();
    killed.wait_for_all("delivered", EVENTS / 4);
    drop(killed);
    let before = setup.read("ids").lines().count();
    assert!(before < EVENTS, "{before} were delivered before the kill");
    std::fs::write(setup.path("go"), "").unwrap();
    let mut resumed = setup.listen(&["--exec-shell", script, "--resume"]);
    let wait = |setup: &Setup| {
        let ids: std::collections::HashSet<String> = setup.read("ids").lines().map(str::to_owned).collect();
        sent.iter().all(|id| ids.contains(id))
    };
    let deadline = Instant::now() + TIMEOUT;
    while !wait(&setup) {
        resumed.wait_for("delivered");
        assert!(Instant::now() < deadline, "some are missing");
    }
    resumed.stop();
    let ids = setup.read("ids");
    for id in ids.lines() {
        assert!(sent.iter().any(|one| one == id), "{id} was never sent");
    }
}

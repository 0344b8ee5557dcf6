//! The recipe of `cstar help ci`, run as it stands, and jobs that share a machine.

use std::path::Path;
use std::process::Command;

use crate::support::receiver::{Receiver, Reply, closed_port};
use crate::support::running::Running;
use crate::support::{Home, Ran};

/// The recipe for a server at `port`, which runs already.
fn recipe(home: &Home, port: u16, limit: &str) -> String {
    let text = home.run(["help", "ci"]).ok().stdout;
    let lines = text.lines().skip_while(|line| !line.contains("export CSTAR_HOME"));
    let block: Vec<&str> = lines.take_while(|line| !line.is_empty()).map(|line| line.trim_start()).collect();
    assert!(block.len() >= 6 && block.len() <= 9, "it is short: {block:?}");
    let script = block.join("\n");
    assert!(script.contains("./my-server &") && script.contains("--forward-to 3000"), "{script}");
    script
        .replace("./my-server &", ":")
        .replace("--forward-to 3000", &format!("--forward-to {port}"))
        .replace("--for 30s", &format!("--for {limit}"))
}

/// Runs it in bash, as a job of its own.
fn job(directory: &Path, script: &str) -> Command {
    let binary = Path::new(env!("CARGO_BIN_EXE_cstar")).parent().unwrap().display().to_string();
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new("bash");
    command.args(["-c", script]).env_clear().current_dir(directory);
    command.env("PATH", format!("{binary}:{path}")).env("HOME", directory).env("TMPDIR", directory);
    command
}

fn has_bash() -> bool {
    Command::new("bash").arg("--version").output().is_ok()
}

#[test]
fn two_ci_jobs_see_only_their_own_events() {
    if !has_bash() {
        eprintln!("skipped: two_ci_jobs_see_only_their_own_events needs bash");
        return;
    }
    let (one, other) = (Home::new(), Home::new());
    let receivers = [Receiver::start(), Receiver::start()];
    let mut jobs = Vec::new();
    for (home, receiver) in [&one, &other].into_iter().zip(&receivers) {
        let mut command = job(home.path(), &recipe(home, port_of(&receiver.url()), "30s"));
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        jobs.push(Running::start(&mut command));
    }
    for running in jobs {
        let output = running.output();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    }
    for receiver in receivers {
        assert_eq!(receiver.stop().len(), 1, "each job has one event, its own");
    }
}

/// The port of `http://127.0.0.1:PORT/path`.
fn port_of(url: &str) -> u16 {
    let rest = url.strip_prefix("http://").unwrap();
    let authority = rest.split('/').next().unwrap();
    authority.rsplit(':').next().unwrap().parse().unwrap()
}

#[test]
fn a_ci_job_is_red_when_the_server_fails() {
    if !has_bash() {
        eprintln!("skipped: a_ci_job_is_red_when_the_server_fails needs bash");
        return;
    }
    let home = Home::new();
    let receiver = Receiver::scripted(|_| Reply::status(500));
    let script = recipe(&home, port_of(&receiver.url()), "3s");
    let ran = Ran::of(&mut job(home.path(), &script));
    assert_ne!(ran.code, 0, "{ran:?}");
    let activity = std::fs::read_to_string(home.path().join("activity.ndjson")).unwrap();
    assert!(activity.contains("500"), "{activity}");
}

#[test]
fn a_ci_job_without_a_server_ends_red() {
    if !has_bash() {
        eprintln!("skipped: a_ci_job_without_a_server_ends_red needs bash");
        return;
    }
    let home = Home::new();
    // what an earlier run left must not satisfy it
    std::fs::write(home.path().join("activity.ndjson"), r#"{"type":"connected"}"#).unwrap();
    let ran = Ran::of(&mut job(home.path(), &recipe(&home, closed_port(), "2s")));
    assert_ne!(ran.code, 0, "{ran:?}");
}

#[test]
fn a_stale_ready_file_is_removed() {
    let home = Home::new();
    let ready = home.path().join("ready");
    std::fs::write(&ready, "old").unwrap();
    let ran = Ran::of(home.cstar().env("CSTAR_API_KEY", "sk_test_x").args([
        "listen",
        "--base-url",
        &format!("http://127.0.0.1:{}", closed_port()),
        "--ready-file",
        ready.to_str().unwrap(),
    ]));
    assert_ne!(ran.code, 0, "{ran:?}");
    assert!(!ready.exists());
}

//! The recipe of `cstar help ci`, run as printed, and jobs that share a machine.

mod expected;
// Needs named pipes, as Unix has them.
#[cfg(unix)]
mod late;

use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::listen::Listen;
use crate::support::ports::closed_port;
use crate::support::process::Process;
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home, not_unicode};

/// The recipe that `cstar help ci` prints.
fn printed() -> String {
    let text = Home::new().run(["help", "ci"]).ok().stdout;
    let lines = text.lines().skip_while(|line| !line.contains("export CSTAR_HOME"));
    lines.take_while(|line| !line.is_empty()).map(|line| format!("{}\n", &line[2..])).collect()
}

/// The recipe for a server at `port`, which is run by the test.
fn recipe(port: u16, limit: &str) -> String {
    let script = printed();
    for target_text in ["./my-server &\n", "--forward-to 3000 ", "--for 30s "] {
        assert!(script.contains(target_text), "{target_text}: {script}");
    }
    script
        .replace("./my-server &", ":")
        .replace("--forward-to 3000", &format!("--forward-to {port}"))
        .replace("--for 30s", &format!("--for {limit}"))
}

/// Runs it in bash, as a separate job.
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
        println!("skipped: two_ci_jobs_see_only_their_own_events needs bash");
        return;
    }
    let (one, other) = (Home::new(), Home::new());
    let receivers = [Receiver::start(), Receiver::start()];
    let mut jobs = Vec::new();
    for (home, receiver) in [&one, &other].into_iter().zip(&receivers) {
        let mut command = job(home.path(), &recipe(receiver.port, "30s"));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        jobs.push(Process::start(&mut command));
    }
    for running in jobs {
        let output = running.output();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    }
    for receiver in receivers {
        assert_eq!(receiver.stop().len(), 1, "each job gets exactly its own event");
    }
}

#[test]
fn readme_and_help_have_the_same_recipe() {
    let readme = crate::tour::text(crate::tour::README);
    assert!(readme.contains(&format!("```bash\n{}```\n", printed())), "{}", printed());
}

/// What a failing job prints, in `bash` with default options and with those of strict scripts.
fn assert_job_fails(limit: &str, port: u16, expected: &[&str]) {
    let script = recipe(port, limit);
    for options in ["", "set -euo pipefail\n"] {
        let home = Home::new();
        // Files of an earlier run must not satisfy it.
        std::fs::write(home.path().join("activity.ndjson"), r#"{"type":"connected"}"#).unwrap();
        std::fs::write(home.path().join("ready"), "connected\n").unwrap();
        let output = CommandOutput::run(&mut job(home.path(), &format!("{options}{script}")));
        assert!(output.code > 0, "{output:?}");
        for expected in expected {
            assert!(output.stderr.contains(expected), "{expected}: {output:?}");
        }
    }
}

#[test]
fn ci_job_fails_when_the_server_fails() {
    if !has_bash() {
        println!("skipped: ci_job_fails_when_the_server_fails needs bash");
        return;
    }
    let receiver = Receiver::start_with(|_| Response::status(500));
    assert_job_fails("3s", receiver.port, &[&format!("localhost:{}", receiver.port), "500"]);
}

#[test]
fn ci_job_without_a_server_fails() {
    if !has_bash() {
        println!("skipped: ci_job_without_a_server_fails needs bash");
        return;
    }
    let port = closed_port();
    assert_job_fails("2s", port, &[&format!("localhost:{port}"), "refuses connections"]);
}

#[test]
fn ci_job_ends_when_listen_cannot_start() {
    if !has_bash() {
        println!("skipped: ci_job_ends_when_listen_cannot_start needs bash");
        return;
    }
    assert_job_fails("no-time", closed_port(), &["--for"]);
}

#[test]
fn run_that_ends_disconnected_fails() {
    let home = Home::new();
    let mut sandbox = Sandbox::start(&home);
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", "9", "--for", "2s"]);
    sandbox.kill();
    listen.wait_for("disconnected");
    let ended = listen.finish();
    assert_eq!(ended.code, 3, "{ended:?}");
    for expected in ["nothing was delivered", "no connection", sandbox.base_url.as_str()] {
        assert!(ended.stderr.contains(expected), "{expected}: {ended:?}");
    }
    // A run that was connected and had nothing to deliver succeeds.
    let sandbox = Sandbox::start(&home);
    sandbox.run(&home, ["listen", "--forward-to", "9", "--for", "1s"]).ok();
}

#[test]
fn listener_fails_when_its_sandbox_ends() {
    let home = Home::new();
    let args = |limit| ["--sandbox", "--forward-to", "9", "--for", limit];
    let first = Listen::start(home.cstar(), &args("3s"));
    let second = Listen::start(home.cstar(), &args("6s"));
    assert_eq!(first.finish().code, 0);
    assert_eq!(second.finish().code, 3);
}

#[test]
fn stale_ready_file_is_removed() {
    let home = Home::new();
    let ready = home.path().join("ready");
    std::fs::write(&ready, "old").unwrap();
    let output = CommandOutput::run(home.cstar().env("CSTAR_API_KEY", "sk_test_x").args([
        "listen",
        "--base-url",
        &format!("http://127.0.0.1:{}", closed_port()),
        "--ready-file",
        ready.to_str().unwrap(),
    ]));
    assert_ne!(output.code, 0, "{output:?}");
    assert!(!ready.exists());
    let nowhere = home.run(["listen", "--sandbox", "--ready-file", "none/ready", "--for", "1s"]);
    assert!(nowhere.code == 2 && nowhere.stderr.contains("none/ready"), "{nowhere:?}");
}

#[test]
fn usage_error_leaves_no_ready_file() {
    let home = Home::new();
    let ready = home.path().join("ready");
    for (args, variable) in [
        (&["listen", "--ready-file", "ready", "--no-such-flag"][..], ""),
        (&["listen", "--ready-file=ready", "--forward-to", "ftp://x"], ""),
        (&["listen", "--count", "0", "--ready-file", "ready", "--json"], ""),
        (&["listen", "--ready-file", "ready", "--base-url", "nonsense"], ""),
        (&["listen", "--ready-file", "ready"], "CSTAR_API_KEY"),
    ] {
        std::fs::write(&ready, "connected\n").unwrap();
        let mut command = home.cstar();
        command.current_dir(home.path()).args(args);
        if !variable.is_empty() {
            command.env(variable, not_unicode());
        }
        let output = CommandOutput::run(&mut command);
        assert!(output.code != 0 && !ready.exists(), "{args:?}: {output:?}");
    }
    std::fs::write(&ready, "connected\n").unwrap();
    CommandOutput::run(home.cstar().current_dir(home.path()).args([
        "listen",
        "--ready-file",
        "ready",
        "--help",
    ]))
    .ok();
    assert!(ready.exists(), "--help starts nothing");
}

//! Clients against the sandbox, in the languages of its users: suites of ours that call it as the documentation of
//! cStar's SDK shows, and clients that other people's generators make of its OpenAPI document.
//!
//! They are not part of a plain `cargo test`: `.ci/run` installs what they need, and runs these tests as well.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home};

/// Compilers and generators start slowly on a busy machine.
const LIMIT: Duration = Duration::from_secs(180);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A sandbox for the suites. They make teams of their own.
fn sandbox(home: &Home) -> Sandbox {
    Sandbox::start_at(home, 0, &["--ephemeral", "--rate-limit", "0"])
}

/// Runs a program of `tests/clients` with the address of the sandbox in its environment.
fn run(
    sandbox: &Sandbox,
    folder: &Path,
    program: impl AsRef<std::ffi::OsStr>,
    args: &[&str],
) -> CommandOutput {
    let mut command = Command::new(program);
    command.args(args).current_dir(folder).env("CSTAR_BASE_URL", &sandbox.base_url);
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    CommandOutput::run_within(LIMIT, &mut command).ok()
}

fn clients(folder: &str) -> PathBuf {
    root().join("tests/clients").join(folder)
}

#[test]
#[ignore = "needs Python: see .ci/run"]
fn python_suite_speaks_to_the_sandbox() {
    let home = Home::new();
    let output = run(&sandbox(&home), &clients("python"), "python3", &["suite.py"]);
    assert!(output.stderr.contains("\nOK"), "{output:?}");
}

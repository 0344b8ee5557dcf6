//! Clients against the sandbox, in the languages of its users: suites of ours that call it as the documentation of
//! cStar's SDK shows, and clients that other people's generators make of its OpenAPI document.
//!
//! They are not part of a plain `cargo test`: `.ci/run` installs what they need, and runs these tests as well.

use std::fs;
use std::os::unix::fs::symlink;
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

/// A program that `.ci/run` installs below the repository.
fn installed(path: &str) -> PathBuf {
    let path = root().join(path);
    assert!(path.exists(), "{} is missing: .ci/run installs it", path.display());
    path
}

/// A home with the files of `tests/clients/FOLDER` and the document of the sandbox.
fn project(folder: &str) -> Home {
    let home = Home::new();
    for entry in fs::read_dir(clients(folder)).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, home.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    home.run(["sandbox", "openapi", "openapi.json"]).ok();
    home
}

#[test]
#[ignore = "needs Node with TypeScript, openapi-typescript and openapi-fetch: see .ci/run"]
fn typescript_clients_compile_and_run() {
    let modules = installed("tests/clients/typescript/node_modules");
    let home = project("typescript");
    symlink(modules, home.path().join("node_modules")).unwrap();
    let sandbox = sandbox(&home);
    let node = |args: &str| run(&sandbox, home.path(), "node", &args.split(' ').collect::<Vec<_>>());
    // A member with a default is one that a request may leave out.
    let made = node(
        "node_modules/openapi-typescript/bin/cli.js openapi.json --output api.ts --default-non-nullable false",
    );
    assert!(!format!("{}{}", made.stdout, made.stderr).to_lowercase().contains("warn"), "{made:?}");
    node("node_modules/typescript/bin/tsc -p .");
    for (suite, passed) in [("suite", 8), ("generated", 3)] {
        let output = node(&format!("--test-reporter=tap out/{suite}.js"));
        assert!(output.stdout.contains(&format!("# pass {passed}\n")), "{output:?}");
    }
}

#[test]
#[ignore = "needs Python with openapi-python-client: see .ci/run"]
fn generated_python_client_runs() {
    let python = installed("target/clients/bin/python");
    let home = project("python");
    // The generator formats its output with a program beside it.
    let path = format!("{}:/usr/bin:/bin", python.parent().unwrap().display());
    let mut generator = Command::new(installed("target/clients/bin/openapi-python-client"));
    generator.args("generate --path openapi.json --output-path generated_client --meta none".split(' '));
    generator.args(["--fail-on-warning"]).current_dir(home.path()).env("PATH", path);
    CommandOutput::run_within(LIMIT, &mut generator).ok();
    run(&sandbox(&home), home.path(), python, &["generated.py"]);
}

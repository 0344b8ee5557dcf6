//! `schemathesis` sends the sandbox requests that its document allows, and requests that it forbids: no response
//! is a server error or differs from the document.
//!
//! It needs a Python package, so a plain `cargo test` leaves it out. `.ci/run` installs it and runs this too:
//! `cargo test --test it -- --ignored`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::support::http::{api, send};
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home, TEST_KEY};

/// On an idle machine, each of the two runs takes less than half a minute.
const TIMEOUT: Duration = Duration::from_secs(300);

/// Makes the other operations fail, so it is tested last and alone.
const FAULTS: &str = "Faults";
/// Operations that change the whole state would disturb the others, and the largest seed takes longer than the
/// fuzzer waits.
const STATE: [&str; 3] = ["resetState", "seedState", "importState"];

fn tool(path: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    assert!(path.exists(), "{} is missing: .ci/run installs it", path.display());
    path
}

/// A running sandbox, and an endpoint for all of its webhooks.
struct Setup {
    home: Home,
    sandbox: Sandbox,
    receiver: Receiver,
    /// Kept alive only.
    spare_key: String,
}

impl Setup {
    fn new() -> Self {
        let home = Home::new();
        let sandbox = Sandbox::start_at(&home, 0, &["--ephemeral", "--rate-limit", "0"]);
        let made = api(sandbox.port, "POST", "/api-keys", r#"{ "name": "Spare" }"#);
        let spare_key = made.json()["data"]["id"].as_str().unwrap().to_owned();
        Self { home, sandbox, receiver: Receiver::start(), spare_key }
    }

    /// Writes the sandbox's OpenAPI document to a file.
    fn document(&self) -> PathBuf {
        let path = self.home.path().join("openapi.json");
        let document = send(self.sandbox.port, "GET /openapi.json", &[], "").body;
        std::fs::write(&path, document).unwrap();
        path
    }

    /// One run over the selected operations.
    fn fuzz(&self, selection: &[&str]) -> CommandOutput {
        let mut command = Command::new(tool("target/schemathesis/bin/schemathesis"));
        command.arg("--config-file").arg(tool("tests/schemathesis/schemathesis.toml"));
        command.args(["run", "--no-color"]).args(selection);
        // from a file, because it leaves out the operation from which it has loaded the document
        command.arg(self.document()).args(["--url", &self.sandbox.base_url]);
        // it writes reports to its working directory
        command.current_dir(self.home.path());
        command.env("FUZZ_HOOKS", tool("tests/schemathesis/hooks.py"));
        command.env("FUZZ_KEY", TEST_KEY).env("FUZZ_SPARE_KEY", &self.spare_key);
        command.env("FUZZ_RECEIVER", self.receiver.url());
        command.env("PYTHONUTF8", "1");
        CommandOutput::run_within(TIMEOUT, &mut command)
    }
}

/// The number of tested operations, if all selected ones were tested and nothing was found.
fn tested(output: &CommandOutput) -> u64 {
    let printed = &output.stdout;
    assert_eq!(output.code, 0, "{printed}\n{}", output.stderr);
    let number = |label: &str| -> Option<u64> {
        let line = printed.lines().find_map(|line| line.trim().strip_prefix(label))?;
        line.trim().split('/').next()?.parse().ok()
    };
    let tested = number("Tested:");
    assert!(tested.is_some() && tested == number("Selected:"), "{printed}");
    tested.unwrap()
}

#[test]
#[ignore = "needs the Python package schemathesis: see .ci/run"]
fn schemathesis_finds_nothing_undocumented() {
    let scene = Setup::new();
    let state = STATE.iter().flat_map(|id| ["--exclude-operation-id", id]);
    let others = tested(&scene.fuzz(&["--exclude-tag", FAULTS].into_iter().chain(state).collect::<Vec<_>>()));
    // no operation of these leads to another
    let phases = "examples,coverage,fuzzing";
    let faults = tested(&scene.fuzz(&["--include-tag", FAULTS, "--phases", phases]));
    let document = send(scene.sandbox.port, "GET /openapi.json", &[], "").json();
    let methods = document["paths"].as_object().unwrap().values();
    let described: usize = methods.map(|methods| methods.as_object().map_or(0, |all| all.len())).sum();
    assert_eq!(others + faults + STATE.len() as u64, described as u64);
}

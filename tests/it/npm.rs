//! The npm packages, made with `.ci/npm/pack` and installed without a registry into an empty directory.
//!
//! The packed program is a script that becomes the real one, which is much quicker to pack. With `CSTAR_NPM_PACKAGES`, a
//! directory that `.ci/npm/pack` has filled, the same tests check what is shipped.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::api_connection::ApiConnection;
use crate::support::process::{Process, read_to_end, read_until};
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::terminal::{self, Terminal};
use crate::support::{CommandOutput, Home, TEST_KEY, TIMEOUT};

/// The platform in the names of packages, such as `linux-x64`.
fn platform() -> String {
    let system = if cfg!(target_os = "macos") { "darwin" } else { "linux" };
    let processor = if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" };
    format!("{system}-{processor}")
}

/// A directory with the packages installed, and a home for npm and `cstar`.
struct Installed {
    home: Home,
    directory: TempDir,
}

impl Installed {
    fn new() -> Self {
        let (home, directory) = (Home::new(), tempfile::tempdir().unwrap());
        let packed = std::env::var_os("CSTAR_NPM_PACKAGES").map_or_else(|| pack(&home), PathBuf::from);
        let installed = Self { home, directory };
        let tarball = |middle: &str| packed.join(format!("cstar-{middle}{}.tgz", env!("CARGO_PKG_VERSION")));
        let mut npm = installed.command("npm");
        npm.args(["install", "--offline", "--no-audit", "--no-fund"]);
        npm.args([tarball(""), tarball(&format!("{}-", platform()))]);
        CommandOutput::run_within(4 * TIMEOUT, &mut npm).ok();
        installed
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    /// A program in the directory, with a private home and without a registry.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let cstar = self.home.cstar();
        command.env_clear().envs(cstar.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.env("npm_config_offline", "true").env("npm_config_update_notifier", "false");
        command.current_dir(self.path()).stdin(Stdio::null());
        command
    }

    fn npx(&self, args: &[&str]) -> Command {
        let mut command = self.command("npx");
        command.args(args);
        command
    }

    /// The script alone, as with `npm install --global`.
    fn shim(&self, args: &[&str]) -> Command {
        let mut command = self.command("node");
        command.arg("node_modules/.bin/cstar").args(args);
        command
    }

    fn platform_package(&self) -> PathBuf {
        self.path().join(format!("node_modules/@cstar.help/cli-{}", platform()))
    }
}

fn pack(home: &Home) -> PathBuf {
    let binary = home.path().join("binary");
    std::fs::write(&binary, format!("#!/bin/sh\nexec '{}' \"$@\"\n", env!("CARGO_BIN_EXE_cstar"))).unwrap();
    let packed = home.path().join("packed");
    let mut command = Command::new("python3");
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/.ci/npm/pack")).arg("--output").arg(&packed);
    // The other platforms stay out: npm skips optional packages that it cannot get.
    command.arg("--program").arg(format!("{}={}", platform(), binary.display()));
    CommandOutput::run(&mut command).ok();
    packed
}

#[test]
#[ignore = "needs Node with npm, and Python: see .ci/run"]
fn npm_package_runs_in_an_empty_directory() {
    let installed = Installed::new();
    let demo = CommandOutput::run(&mut installed.npx(&["cstar", "demo"])).ok();
    assert!(demo.stdout.contains("cstar listen --sandbox"), "{demo:?}");
    // The name of cStar's own documentation.
    let version = CommandOutput::run(&mut installed.npx(&["-y", "@cstar.help/cli", "--version"])).ok();
    assert_eq!(version.stdout.trim(), concat!("cstar ", env!("CARGO_PKG_VERSION")));
    let refused = CommandOutput::run(&mut installed.npx(&["cstar", "no-such-command"]));
    assert_eq!(refused.code, 2, "{refused:?}");
    for package in [installed.platform_package(), installed.path().join("node_modules/@cstar.help/cli")] {
        let manifest = std::fs::read_to_string(package.join("package.json")).unwrap();
        let manifest: Value = serde_json::from_str(&manifest).unwrap();
        assert!(manifest.get("scripts").is_none() && manifest["license"] == "MIT", "{manifest}");
        assert!(package.join("LICENSE").is_file());
    }
}

#[test]
#[ignore = "needs Node with npm, and Python: see .ci/run"]
fn npm_package_serves_agents() {
    let installed = Installed::new();
    let requests = [
        json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
            "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "t", "version": "1" },
        } }),
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
        json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list" }),
    ];
    let input: String = requests.iter().map(|request| format!("{request}\n")).collect();
    let mut command = installed.npx(&["-y", "@cstar.help/cli", "mcp-server"]);
    let output = CommandOutput::run_with_input(&mut command, input.as_bytes()).ok();
    let responses: Vec<Value> =
        output.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(responses.len(), 2, "{output:?}");
    assert_eq!(responses[0]["result"]["serverInfo"]["name"], "cstar");
    assert!(responses[1]["result"]["tools"].as_array().unwrap().len() > 10, "{output:?}");
}

/// Starts a sandbox and waits until it is ready. Every process of it holds the returned pipe.
fn sandbox(mut command: Command) -> (Process, ChildStdout) {
    command.args(["sandbox", "--port", "0", "--ephemeral", "--json"]);
    let mut running = Process::start(command.stdout(Stdio::piped()).stderr(Stdio::null()));
    let (output, _) = read_until(running.stdout(), "ready");
    (running, output)
}

fn kill(signal: &str, pid: u32) {
    assert!(Command::new("kill").args([signal, &pid.to_string()]).status().unwrap().success());
}

#[test]
#[ignore = "needs Node with npm, and Python: see .ci/run"]
fn npm_package_passes_signals_on() {
    let installed = Installed::new();
    for signal in ["-INT", "-TERM", "-HUP", "-QUIT"] {
        let (mut running, output) = sandbox(installed.shim(&[]));
        kill(signal, running.pid());
        assert_eq!(running.wait().code(), Some(0), "{signal}");
        // Ends only with the last process.
        read_to_end(output);
    }
    // This one cannot be passed on. The end of the binary is that of its parent.
    let (mut running, output) = sandbox(installed.shim(&[]));
    let pid = running.pid().to_string();
    assert!(Command::new("pkill").args(["-KILL", "-P", &pid]).status().unwrap().success());
    assert_eq!(running.wait().signal(), Some(9));
    read_to_end(output);
}

#[test]
#[ignore = "needs Node with npm, and Python: see .ci/run"]
fn terminated_npx_leaves_no_process_behind() {
    let installed = Installed::new();
    let (mut running, output) = sandbox(installed.npx(&["cstar"]));
    kill("-TERM", running.pid());
    running.wait();
    read_to_end(output);
}

/// Each process in the chain gets the signal from the terminal, and some pass it on.
#[test]
#[ignore = "needs Node with npm, and Python: see .ci/run"]
fn one_ctrl_c_drains_below_npx() {
    let installed = Installed::new();
    let sandbox = Sandbox::start(&installed.home);
    let receiver = Receiver::start_with(|_| Response::status(200).after(Duration::from_millis(700)));
    let mut command = installed.command("/bin/sh");
    command.env("CSTAR_BASE_URL", &sandbox.base_url).env("CSTAR_API_KEY", TEST_KEY);
    let (script, directory) = ("cd \"$0\" && exec npx \"$@\"", installed.path().to_str().unwrap());
    let args = ["-c", script, directory, "cstar", "listen", "--forward-to", &receiver.url()];
    let Some(mut terminal) = Terminal::start(&command, &args) else {
        println!("{}", terminal::SKIPPED);
        return;
    };
    terminal.wait_for("Ready");
    ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 1);
    receiver.next();
    terminal.type_key('\u{3}');
    let screen = terminal.read_to_end();
    // `npx` and its shell end with the signal, whatever the exit code of the program.
    assert!(screen.contains("1 received = 1 delivered"), "{screen}");
}

#[test]
#[ignore = "needs Node with npm, and Python: see .ci/run"]
fn missing_npm_package_has_a_fix() {
    let installed = Installed::new();
    std::fs::remove_dir_all(installed.platform_package()).unwrap();
    let missing = CommandOutput::run(&mut installed.shim(&["demo"]));
    let name = format!("@cstar.help/cli-{}", platform());
    assert_eq!((missing.code, missing.stdout.as_str()), (1, ""));
    assert!(
        missing.stderr.starts_with(&format!("error: the package {name} is not installed\n")),
        "{missing:?}"
    );
    assert!(missing.stderr.contains("npm install --include=optional @cstar.help/cli@"), "{missing:?}");

    let elsewhere =
        "Object.defineProperty(process, 'platform', { value: 'aix' }); require('./node_modules/.bin/cstar');";
    let unsupported = CommandOutput::run(installed.command("node").args(["-e", elsewhere]));
    assert_eq!(unsupported.code, 1);
    assert!(unsupported.stderr.starts_with("error: there is no cstar for aix-"), "{unsupported:?}");
    assert!(
        unsupported.stderr.contains("linux-arm64") && unsupported.stderr.contains("win32-x64"),
        "{unsupported:?}"
    );
}

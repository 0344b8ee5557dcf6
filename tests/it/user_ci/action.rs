//! The scripts of the action for GitHub, with the variables and files that a runner gives them.

use std::path::PathBuf;
use std::process::Command;

use super::releases::Releases;
use super::{Project, installed, is_running, kill, wait_until, write_program};
use crate::support::CommandOutput;

/// A runner of one kind, with the files in which it collects what the steps set.
struct Runner {
    project: Project,
    system: (&'static str, &'static str),
}

impl Runner {
    fn new(os: &'static str, arch: &'static str) -> Self {
        let runner = Self { project: Project::new(), system: (os, arch) };
        // A machine without cstar.
        std::fs::remove_file(runner.project.program()).unwrap();
        let tools = runner.project.program();
        // Paths have one form only on this system.
        write_program(&tools.with_file_name("cygpath"), "#!/bin/sh\nprintf '%s\\n' \"$2\"\n");
        std::fs::create_dir(runner.path("temp")).unwrap();
        runner
    }

    fn linux() -> Self {
        Self::new("Linux", "X64")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.project.home.path().join(name)
    }

    fn script(&self, name: &str, inputs: &[(&str, &str)]) -> Command {
        let action = concat!(env!("CARGO_MANIFEST_DIR"), "/.github/actions/cstar");
        let mut command = self.project.command("bash");
        command
            .args(["--noprofile", "--norc", "-eo", "pipefail"])
            .arg(format!("{action}/{name}.sh"))
            .env("GITHUB_ACTION_PATH", action)
            .env("RUNNER_TEMP", self.path("temp"))
            .env("RUNNER_OS", self.system.0)
            .env("RUNNER_ARCH", self.system.1);
        for file in ["GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT"] {
            command.env(file, self.path(file));
        }
        for (input, value) in inputs {
            command.env(format!("CSTAR_ACTION_{input}"), value);
        }
        command
    }

    /// Runs the step that installs, with these inputs instead of the defaults.
    fn install(&self, inputs: &[(&str, &str)]) -> CommandOutput {
        let defaults = ["VERSION", "BINARY", "NPM", "RELEASES"].map(|input| (input, ""));
        let (name, value) = Releases::trust();
        CommandOutput::run_within(
            super::LONG,
            self.script("install", &[&defaults, inputs].concat()).env(name, value),
        )
    }

    /// Runs the step that starts, with what is on the PATH after the step that installs.
    fn start(&self, inputs: &[(&str, &str)]) -> CommandOutput {
        let defaults = [("SANDBOX", "true"), ("PORT", "0"), ("FORWARD_TO", "")];
        let path = std::env::var("PATH").unwrap();
        let added = self.set("GITHUB_PATH");
        let mut command = self.script("start", &[&defaults, inputs].concat());
        CommandOutput::run(command.env("PATH", format!("{}:{path}", added.trim_end())))
    }

    /// What the steps have written to one of the files.
    fn set(&self, file: &str) -> String {
        std::fs::read_to_string(self.path(file)).unwrap_or_default()
    }

    fn value(&self, file: &str, name: &str) -> String {
        let lines = self.set(file);
        let found: Vec<&str> =
            lines.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix('=')).collect();
        assert_eq!(found.len(), 1, "{name} in {lines}");
        found[0].to_owned()
    }
}

/// A step that fails with this message for people, and has put nothing on the PATH.
fn assert_fails(runner: &Runner, output: &CommandOutput, message: &str) {
    assert!(output.code != 0 && output.stdout.contains("::error title=cstar::"), "{output:?}");
    assert!(output.stdout.contains(message), "{message}: {output:?}");
    assert_eq!(runner.set("GITHUB_PATH"), "");
}

const SYSTEMS: [((&str, &str), &str); 6] = [
    (("Linux", "X64"), "x86_64-unknown-linux-musl"),
    (("Linux", "ARM64"), "aarch64-unknown-linux-musl"),
    (("macOS", "X64"), "x86_64-apple-darwin"),
    (("macOS", "ARM64"), "aarch64-apple-darwin"),
    (("Windows", "X64"), "x86_64-pc-windows-gnu"),
    (("Windows", "ARM64"), "aarch64-pc-windows-gnullvm"),
];

#[test]
#[ignore = "needs curl, zip and unzip, which .ci/test-runners installs"]
fn action_installs_the_archive_of_its_system() {
    let version = env!("CARGO_PKG_VERSION");
    for ((os, arch), target) in SYSTEMS {
        let (runner, releases) = (Runner::new(os, arch), Releases::start());
        // The others must not be taken for it.
        releases.publish(version, &SYSTEMS.map(|(_, target)| target), &runner.project);
        let installed = runner.install(&[("RELEASES", &releases.url())]).ok();
        assert!(installed.stdout.contains(&format!("Installed cstar {version}")), "{installed:?}");
        let folder = PathBuf::from(runner.set("GITHUB_PATH").trim_end());
        let program = folder.join(if os == "Windows" { "cstar.exe" } else { "cstar" });
        assert!(program.is_file() && folder.starts_with(runner.path("temp")), "{target}: {folder:?}");
        assert_eq!(runner.value("GITHUB_OUTPUT", "version"), version);
        assert_eq!(runner.value("GITHUB_OUTPUT", "path"), folder.display().to_string());
    }
}

#[test]
#[ignore = "needs curl, which .ci/run installs"]
fn action_installs_a_chosen_version() {
    let (runner, releases) = (Runner::linux(), Releases::start());
    let target = ["x86_64-unknown-linux-musl"];
    releases.publish("7.8.9", &target, &runner.project);
    let url = releases.url();
    for version in ["7.8.9", "v7.8.9", "latest"] {
        let runner = Runner::linux();
        runner.install(&[("RELEASES", &url), ("VERSION", version)]).ok();
        assert!(runner.set("GITHUB_PATH").ends_with("/bin\n"));
    }
    for (version, message) in [
        ("7.8.8", "cannot download"),
        ("1.0", "`1.0` is not a version"),
        ("1.0.0/../7.8.9", "is not a version"),
        ("1.0.0\n::add-path::/evil", "is not a version"),
    ] {
        let runner = Runner::linux();
        let output = runner.install(&[("RELEASES", &url), ("VERSION", version)]);
        assert_fails(&runner, &output, message);
        assert!(!output.stdout.lines().any(|line| line.starts_with("::add-path")), "{output:?}");
    }
}

#[test]
#[ignore = "needs curl, which .ci/run installs"]
fn action_refuses_what_does_not_fit() {
    let (runner, releases) = (Runner::linux(), Releases::start());
    let version = env!("CARGO_PKG_VERSION");
    releases.publish(version, &["x86_64-unknown-linux-musl"], &runner.project);
    let url = releases.url();
    let output = runner.install(&[("RELEASES", &releases.plain_url())]);
    assert_fails(&runner, &output, "cannot download http://");
    for (os, arch, message) in [
        ("Linux", "ARM64", "has no cstar for aarch64"),
        ("Linux", "X86", "there is no release for Linux on X86"),
    ] {
        let runner = Runner::new(os, arch);
        assert_fails(&runner, &runner.install(&[("RELEASES", &url)]), message);
    }
    // Changed on the way, or on the server.
    let archive = releases.file(version, &format!("cstar-{version}-x86_64-unknown-linux-musl.tar.gz"));
    let mut content = std::fs::read(&archive).unwrap();
    content.push(0);
    std::fs::write(&archive, content).unwrap();
    assert_fails(&runner, &runner.install(&[("RELEASES", &url)]), "the SHA-256 of cstar-");
}

#[test]
#[ignore = "needs curl, which .ci/run installs"]
fn action_takes_a_program_or_npm_packages() {
    let runner = Runner::linux();
    let output = runner.install(&[("BINARY", "missing\n::add-path::/evil")]);
    assert_fails(&runner, &output, "there is no file missing ::add-path::/evil");
    assert_eq!(output.stdout.lines().count(), 1, "{output:?}");
    runner.install(&[("BINARY", env!("CARGO_BIN_EXE_cstar"))]).ok();
    assert!(runner.set("GITHUB_PATH").ends_with("/bin\n"));

    let runner = Runner::linux();
    let package = r#"{"name":"cstar","version":"1.0.0","bin":"cstar","scripts":{"install":"touch ran"}}"#;
    runner.project.write("package/package.json", package);
    write_program(&runner.project.folder().join("package/cstar"), &runner.project.script());
    let packages = format!("{}", runner.project.folder().join("package").display());
    runner.install(&[("NPM", &packages)]).ok();
    assert!(runner.set("GITHUB_PATH").ends_with("/node_modules/.bin\n"));
    assert!(!runner.project.folder().join("package/ran").exists(), "no install script has run");
    let runner = Runner::linux();
    assert_fails(
        &runner,
        &runner.install(&[("NPM", "./nowhere --global")]),
        "npm cannot install ./nowhere --global",
    );
}

/// A runner on which this program is installed.
fn with_cstar() -> Runner {
    let runner = Runner::linux();
    let program = runner.project.home.path().join("given");
    write_program(&program, &runner.project.script());
    runner.install(&[("BINARY", program.to_str().unwrap())]).ok();
    runner
}

#[test]
#[ignore = "needs curl, which .ci/run installs"]
fn action_starts_a_sandbox_and_a_listener() {
    let runner = with_cstar();
    runner.start(&[("FORWARD_TO", "localhost:9/webhook")]).ok();
    for (variable, output) in [
        ("CSTAR_BASE_URL", "base-url"),
        ("CSTAR_API_KEY", "api-key"),
        ("CSTAR_WEBHOOK_SECRET", "webhook-secret"),
    ] {
        assert_eq!(runner.value("GITHUB_ENV", variable), runner.value("GITHUB_OUTPUT", output));
    }
    assert_eq!(runner.value("GITHUB_ENV", "CSTAR_SANDBOX"), runner.value("GITHUB_OUTPUT", "base-url"));
    assert_eq!(runner.value("GITHUB_OUTPUT", "api-key"), crate::support::TEST_KEY);
    assert_eq!(runner.value("GITHUB_OUTPUT", "team-id"), crate::support::http::TEAM);
    assert_eq!(runner.value("GITHUB_OUTPUT", "webhook-secret"), crate::support::SANDBOX_SECRET);
    // A later step.
    let mut trigger = runner.project.command(env!("CARGO_BIN_EXE_cstar"));
    for line in runner.set("GITHUB_ENV").lines() {
        let (name, value) = line.split_once('=').unwrap();
        trigger.env(name, value);
    }
    CommandOutput::run(trigger.args(["trigger", "ticket.created", "--require-receiver"])).ok();
    let activity = runner.value("GITHUB_OUTPUT", "activity");
    wait_until("the listener gets the event", || {
        std::fs::read_to_string(&activity).unwrap().contains(r#""type":"received""#)
    });
    let processes = runner.project.all_started();
    for process in processes.iter().filter(|process| is_running(**process)) {
        kill("-TERM", &process.to_string());
        wait_until("it ends", || !is_running(*process));
    }
}

#[test]
#[ignore = "needs curl, which .ci/run installs"]
fn action_reports_why_nothing_started() {
    let runner = with_cstar();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (inputs, message) in [
        (("PORT", port.as_str()), "could not listen on"),
        (("PORT", "--help"), "cstar has ended before it was ready"),
        (("SANDBOX", "yes"), "the input sandbox is `yes`"),
        (("FORWARD_TO", "$(touch evil); touch evil"), "cstar has ended before it was ready"),
    ] {
        let output = runner.start(&[inputs]);
        assert!(output.code != 0 && output.stdout.contains(message), "{message}: {output:?}");
        assert_eq!(output.stdout.matches("::error").count(), 1, "{output:?}");
    }
    assert!(!runner.project.folder().join("evil").exists());
}

#[test]
#[ignore = "needs shellcheck and check-jsonschema, which .ci/test-runners installs"]
fn action_and_workflows_are_well_formed() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = |folder: &str, ending: &str| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.extension().is_some_and(|found| found == ending)).collect()
    };
    for (schema, files) in [
        ("vendor.github-actions", list(".github/actions/cstar", "yml")),
        ("vendor.github-workflows", list(".github/workflows", "yml")),
    ] {
        assert!(!files.is_empty());
        let mut check = Command::new(installed("target/testing/bin/check-jsonschema"));
        CommandOutput::run_within(super::LONG, check.args(["--builtin-schema", schema]).args(files)).ok();
    }
    let mut shellcheck = Command::new("shellcheck");
    let scripts = list(".github/actions/cstar", "sh");
    assert_eq!(scripts.len(), 3);
    CommandOutput::run(shellcheck.arg("--external-sources").args(scripts).current_dir(root)).ok();
}

//! Each receiver that `init` writes passes the test that it writes and `cstar check`, with the packages that `.ci/run`
//! installs.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::dev::Dev;
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home, TIMEOUT};

const SECRET: &str = "whsec_0123456789abcdefghijklmnop";

/// The written project.
struct Project {
    home: Home,
    directory: PathBuf,
}

impl Project {
    fn write(framework: &str) -> Self {
        let home = Home::new();
        home.run(["init", "receiver", "--framework", framework, "--dir", "receiver", "--yes"]).ok();
        let directory = home.path().join("receiver");
        Self { home, directory }
    }

    /// With the packages of Node in a folder of `tests/receivers`.
    fn with_modules(self, folder: &str) -> Self {
        let modules = installed(&format!("tests/receivers/{folder}/node_modules"));
        std::os::unix::fs::symlink(modules, self.directory.join("node_modules")).unwrap();
        self
    }

    /// Starts the server with `script` in a shell, and checks its endpoint.
    fn passes_check(&self, script: &str) {
        let sandbox = Sandbox::start(&self.home);
        let cache = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/go");
        let script = format!(
            "cd receiver && export GOTOOLCHAIN=local NEXT_TELEMETRY_DISABLED=1 GOCACHE='{}' && exec {script}",
            cache.display()
        );
        let args = ["--path", "/webhook", "--secret", SECRET, "--wait", "100s"];
        let mut dev = Dev::start(&sandbox, &self.home, &args, &["sh", "-c", &script]);
        let port = dev.wait_for("server", Some("listening"))["port"].to_string();
        let url = format!("http://localhost:{port}/webhook");
        // Next compiles the route for the first request, which may take longer than cStar waits.
        let first = ["trigger", "ticket.created", "--to", &url, "--secret", SECRET, "--timeout", "60s"];
        CommandOutput::run_within(10 * TIMEOUT, self.home.cstar().args(first)).ok();
        let output = self.home.run(["check", &url, "--secret", SECRET]);
        let is_clean = output.code == 0 && !output.stdout.contains("advice ");
        assert!(is_clean, "{script}: {output:#?}");
        dev.interrupt();
        dev.end();
    }

    /// Runs the test, with this `cstar` in PATH.
    fn passes(&self, program: impl AsRef<std::ffi::OsStr>, args: &[&str]) {
        let binary = Path::new(env!("CARGO_BIN_EXE_cstar")).parent().unwrap();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths([binary.to_owned()].into_iter().chain(std::env::split_paths(&path)));
        let cache = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/go");
        let mut test = Command::new(program);
        test.args(args).current_dir(&self.directory).env("PATH", path.unwrap()).env("HOME", self.home.path());
        test.env("GOCACHE", cache).env("GOTOOLCHAIN", "local").env("NEXT_TELEMETRY_DISABLED", "1");
        for name in ["CSTAR_API_KEY", "CSTAR_BASE_URL", "CSTAR_PROFILE", "CSTAR_WEBHOOK_SECRET", "PORT"] {
            test.env_remove(name);
        }
        // Tests that run at the same time would all begin with port 3000.
        test.env("PORT", crate::support::ports::closed_port().to_string());
        CommandOutput::run_within(10 * TIMEOUT, &mut test).ok();
    }
}

/// Where `.ci/run` installs packages.
fn installed(path: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    assert!(path.exists(), "{} is missing: .ci/run installs it", path.display());
    path
}

#[test]
#[ignore = "needs Express and Fastify, which .ci/run installs"]
fn init_writes_node_receivers_that_pass() {
    for framework in ["express", "fastify"] {
        let project = Project::write(framework).with_modules("express");
        project.passes("npm", &["test"]);
        project.passes_check("npm run dev");
    }
}

#[test]
#[ignore = "needs Next.js, which .ci/run installs"]
fn init_writes_a_next_receiver_that_passes() {
    let project = Project::write("next").with_modules("next");
    // Its other bundler wants the packages to be in the directory, where this test has a link.
    let package = project.directory.join("package.json");
    let text = std::fs::read_to_string(&package).unwrap();
    std::fs::write(package, text.replace("next dev", "next dev --webpack")).unwrap();
    project.passes("npm", &["test"]);
    project.passes_check("npm run dev");
}

#[test]
#[ignore = "needs Flask, Django and FastAPI, which .ci/run installs"]
fn init_writes_python_receivers_that_pass() {
    let python = installed("target/flask/bin/python");
    for framework in ["flask", "django", "fastapi"] {
        let project = Project::write(framework);
        project.passes(&python, &["test_receiver.py"]);
        project.passes_check(&format!("'{}' receiver.py", python.display()));
    }
}

#[test]
#[ignore = "needs Rails and Puma, which .ci/run installs"]
fn init_writes_a_rails_receiver_that_passes() {
    let project = Project::write("rails");
    project.passes("ruby", &["test_receiver.rb"]);
    project.passes_check("puma");
}

#[test]
#[ignore = "needs PHP, which .ci/run installs"]
fn init_writes_a_php_receiver_that_passes() {
    let project = Project::write("php");
    project.passes("php", &["test.php"]);
    project.passes_check("php -S localhost:$PORT webhook.php");
}

#[test]
#[ignore = "needs Go, which .ci/run installs"]
fn init_writes_a_go_receiver_that_passes() {
    let project = Project::write("go");
    project.passes("go", &["test", "./..."]);
    project.passes_check("go run .");
}

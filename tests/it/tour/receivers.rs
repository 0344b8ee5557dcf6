//! The receivers of `cstar help receivers` and of the tour, run as printed: each accepts signed requests, also during
//! a rotation of the secret, and refuses all others. The one for axum is a doctest of `cstar::signature`.
//!
//! All but one need packages, so a plain `cargo test` leaves them out; `.ci/run` installs them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::channel;

use super::run::terminal::{Ports, Screen, Terminal};
use super::run::{has, python_receiver};
use super::{block, blocks};
use crate::support::listen::Listen;
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home, TIMEOUT};

/// A receiver as a file, and the command that runs it there.
struct Server {
    ports: Ports,
    home: Home,
    run: String,
}

impl Server {
    fn new(file: &str, source: &str, run: &str) -> Self {
        let (ports, home) = (Ports::free(), Home::new());
        let file = home.path().join("tour").join(file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, ports.replace(source)).unwrap();
        let run = ports.replace(run);
        Self { ports, home, run }
    }

    /// Builds it first, because that takes longer than any other wait.
    fn built_by(self, script: &str) -> Self {
        let mut build = Command::new("bash");
        build.args(["-euc", script]).current_dir(self.home.path().join("tour"));
        CommandOutput::run_within(10 * TIMEOUT, &mut build).ok();
        self
    }

    fn url(&self) -> String {
        self.ports.replace("http://localhost:3000/webhook")
    }

    fn start(&self, secret: &str) -> (Terminal, Screen) {
        let (sender, lines) = channel();
        let mut terminal = Terminal::open(&self.home, &sender);
        terminal.paste(&format!("export CSTAR_WEBHOOK_SECRET='{secret}'\n{}\n", self.run));
        (terminal, Screen::new(lines))
    }

    /// It accepts signed requests only.
    fn verifies(&self) {
        let (home, url) = (&self.home, self.url());
        let (_terminal, mut screen) = self.start("whsec_tour");
        let sandbox = Sandbox::start(home);
        // The event waits until the server runs.
        let listening = ["--forward-to", &url, "--secret", "whsec_tour"];
        let mut listen = Listen::start(sandbox.cstar(home), &listening);
        let title = "data.ticket.title=Gr\u{fc}\u{df}e \u{1f389} </script>";
        sandbox.run(home, ["trigger", "ticket.created", "--set", title]).ok();
        screen.expect("…verified ticket.created…");
        listen.wait_for("delivered");
        let send = ["trigger", "ticket.created", "--to", &url, "--secret"];
        let old = format!("X-Signature: {}", cstar::signature::sign(b"{}", "whsec_tour", 1_700_000_000));
        for (secret, header) in [
            ("whsec_other", "X-Tag: none"),
            ("whsec_tour", "X-Signature: "),
            ("whsec_tour", "X-Signature: t=1,v1=0"),
            ("whsec_tour", "X-Signature: t=,v1="),
            ("whsec_tour", "X-Signature: v1,t"),
            ("whsec_tour", old.as_str()),
        ] {
            let output = CommandOutput::run(home.cstar().args(send).args([secret, "--header", header]));
            assert_eq!(output.code, 1, "{header}: {output:?}");
            assert!(output.stdout.starts_with("401 "), "{header}: {output:?}");
        }
    }

    /// A delivery during the rotation of a secret has two `v1`. The receiver accepts it with the old secret and
    /// with the new one.
    fn survives_a_rotation(&self) {
        let (home, url) = (&self.home, self.url());
        // If the receiver is not running yet, another attempt follows soon.
        let sandbox = Sandbox::start_at(home, 0, &["--ephemeral", "--time-scale", "0.001"]);
        let create = ["webhooks", "create", "--name", "a", "--url", &url, "--events", "ticket.*", "--json"];
        let webhook = sandbox.run(home, create).ok().json();
        let id = webhook["id"].as_str().unwrap();
        let rotated = sandbox.run(home, ["webhooks", "rotate-secret", id, "--yes", "--json"]).ok().json();
        for secret in [&webhook["secret"], &rotated["secret"]] {
            let (_terminal, mut screen) = self.start(secret.as_str().unwrap());
            sandbox.run(home, ["trigger", "ticket.created"]).ok();
            screen.expect("…verified ticket.created…");
            assert!(!screen.seen.iter().any(|line| line.starts_with("refused")), "{:#?}", screen.seen);
        }
        let delivered = sandbox.run(home, ["webhooks", "deliveries", id, "--json"]).ok().stdout;
        assert!(delivered.matches(",v1=").count() >= 4, "two signatures each: {delivered}");
    }

    fn works(&self) {
        self.verifies();
        self.survives_a_rotation();
    }
}

/// Where `.ci/run` installs packages.
fn installed(path: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    assert!(path.exists(), "{} is missing: .ci/run installs it", path.display());
    path
}

fn node(framework: &str) -> Server {
    let modules = installed("tests/receivers/express/node_modules");
    let run = format!("NODE_PATH='{}' node receiver.cjs", modules.display());
    Server::new("receiver.cjs", &block("receivers", &format!("js {framework}")), &run)
}

fn python(framework: &str) -> Server {
    let run = format!("'{}' receiver.py", installed("target/flask/bin/python").display());
    Server::new("receiver.py", &block("receivers", &format!("python {framework}")), &run)
}

#[test]
fn python_receiver_survives_a_rotation() {
    if !has("python3") {
        println!("skipped: python_receiver_survives_a_rotation needs python3");
        return;
    }
    Server::new("receiver.py", &python_receiver(), "python3 receiver.py").works();
}

#[test]
#[ignore = "needs Express, which .ci/run installs"]
fn express_receiver_works_as_printed() {
    node("express").works();
}

#[test]
#[ignore = "needs Fastify, which .ci/run installs"]
fn fastify_receiver_works_as_printed() {
    node("fastify").works();
}

#[test]
#[ignore = "needs Next.js, which .ci/run installs"]
fn next_receiver_works_as_printed() {
    let modules = installed("tests/receivers/next/node_modules");
    let next = "CI=1 NEXT_TELEMETRY_DISABLED=1 node node_modules/next/dist/bin/next";
    let build = format!("ln -sfn '{}' node_modules\n{next} build --webpack", modules.display());
    let run = format!("{next} start -H localhost -p 3000");
    Server::new("app/webhook/route.js", &block("receivers", "js next"), &run).built_by(&build).works();
}

#[test]
#[ignore = "needs Flask, which .ci/run installs"]
fn flask_receiver_works_as_printed() {
    python("flask").works();
}

#[test]
#[ignore = "needs Django, which .ci/run installs"]
fn django_receiver_works_as_printed() {
    python("django").works();
}

#[test]
#[ignore = "needs FastAPI, which .ci/run installs"]
fn fastapi_receiver_works_as_printed() {
    python("fastapi").works();
}

#[test]
#[ignore = "needs Rails and Puma, which .ci/run installs"]
fn rails_receiver_works_as_printed() {
    Server::new("config.ru", &block("receivers", "ruby rails"), "puma -p 3000").works();
}

#[test]
#[ignore = "needs PHP, which .ci/run installs"]
fn php_receiver_works_as_printed() {
    let run = "php -S localhost:3000 webhook.php";
    Server::new("webhook.php", &block("receivers", "php"), run).works();
}

#[test]
#[ignore = "needs Go, which .ci/run installs"]
fn go_receiver_works_as_printed() {
    let cache = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/go");
    let build = format!("GOCACHE='{}' GO111MODULE=off go build -o receiver receiver.go", cache.display());
    Server::new("receiver.go", &block("receivers", "go"), "./receiver").built_by(&build).works();
}

#[test]
fn every_receiver_has_a_test() {
    let printed: Vec<String> = blocks("receivers").into_iter().map(|block| block.language).collect();
    let tested = [
        "js express",
        "js fastify",
        "js next",
        "python flask",
        "python django",
        "python fastapi",
        "ruby rails",
        "php",
        "go",
        // A doctest, with which `axum_receiver_matches_the_rustdoc` compares it.
        "rust",
    ];
    assert_eq!(printed, tested);
}

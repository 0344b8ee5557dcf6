//! The guides for agents: the code in each, run as printed, accepts what `cstar` signs and refuses everything
//! else.
//!
//! They need interpreters and packages, so a plain `cargo test` leaves them out; `.ci/run` installs them. The
//! guide for Rust is compiled as a doctest.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use super::client::McpClient;
use crate::support::ports::closed_port;
use crate::support::process::Process;
use crate::support::{CommandOutput, Home, TIMEOUT};

const SECRET: &str = "whsec_Gr\u{fc}\u{df}e_of_the_guides";

/// The blocks of code of a guide, as an agent reads it.
fn code(language: &str) -> Vec<String> {
    let mut client = McpClient::start_without_account(&Home::new());
    let uri = format!("cstar://guides/{language}");
    let read = client.request("resources/read", json!({ "uri": uri }));
    let text = read["contents"][0]["text"].as_str().unwrap();
    text.split("```").skip(1).step_by(2).map(|block| block.split_once('\n').unwrap().1.to_owned()).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A server in another language, with all its processes.
struct Server {
    _running: Process,
    port: u16,
}

impl Server {
    /// Starts `command`, which reads the port from `PORT`, and waits until it listens.
    fn start(mut command: Command, port: u16) -> Self {
        let command = command.env("CSTAR_WEBHOOK_SECRET", SECRET).env("PORT", port.to_string());
        let mut running =
            Process::start(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()));
        let deadline = Instant::now() + 2 * TIMEOUT;
        // Some resolve `localhost` to ::1 only.
        while TcpStream::connect(("127.0.0.1", port)).is_err() && TcpStream::connect(("::1", port)).is_err() {
            assert!(running.exit_status().is_none(), "it has ended");
            assert!(Instant::now() < deadline, "it never listens");
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { _running: running, port }
    }

    /// Sends an event signed with this secret and expects this status; returns the output of the sender.
    fn answers(&self, home: &Home, secret: &str, status: u64) {
        let url = format!("http://localhost:{}/api/webhooks", self.port);
        let data = r#"{"ticket":{"title":"Gr\u00fc\u00dfe \u65e5\u672c \ud83c\udf89 </script>"}}"#;
        let args = ["trigger", "ticket.created", "--data", data, "--to", &url, "--secret", secret, "--json"];
        let output = home.run(args);
        assert_eq!(output.json()["status"], status, "{output:?}");
    }

    fn works(&self) {
        let home = Home::new();
        self.answers(&home, SECRET, 200);
        self.answers(&home, "whsec_another", 401);
        // A signature that is an hour old, and none at all.
        let (body, at) = ("{}", now() - 3600);
        let old = cstar::signature::sign(body.as_bytes(), SECRET, at);
        for header in
            [format!("x-signature: {old}"), "x-nothing: 1".to_owned(), "x-signature: t=,v1=".to_owned()]
        {
            assert_eq!(self.post(&header, body), 401, "{header}");
        }
        let fresh = cstar::signature::sign(body.as_bytes(), SECRET, now());
        let (time, good) = fresh.split_once(",v1=").unwrap();
        let rotated = format!("x-signature: {time}, v1={}, v1={good}", "0".repeat(64));
        let event = self.post(&rotated, body);
        assert_ne!(event, 401, "any of several signatures may fit");
    }

    fn post(&self, header: &str, body: &str) -> u16 {
        use std::io::{Read, Write};
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))
            .or_else(|_| TcpStream::connect(("::1", self.port)))
            .unwrap();
        let request = format!(
            "POST /api/webhooks HTTP/1.1\r\nhost: localhost:{}\r\ncontent-type: application/json\r\n{header}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
            self.port,
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split(' ').nth(1).unwrap().parse().unwrap()
    }
}

fn now() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(now.as_secs()).unwrap()
}

/// The first block of the guide as a file in a directory of its own.
fn file(home: &Home, language: &str, name: &str) -> PathBuf {
    let path = home.path().join(name);
    std::fs::write(&path, &code(language)[0]).unwrap();
    path
}

#[test]
#[ignore = "needs Node with Express: see .ci/run"]
fn guide_for_node_works() {
    let home = Home::new();
    let modules = root().join("tests/receivers/express/node_modules");
    assert!(modules.exists(), "{} is missing: .ci/run installs it", modules.display());
    let server = file(&home, "node", "server.mjs");
    // Modules are searched beside the program.
    let installed = home.path().join("node_modules");
    #[cfg(unix)]
    std::os::unix::fs::symlink(modules, installed).unwrap();
    let mut command = Command::new("node");
    command.arg(server);
    Server::start(command, closed_port()).works();
}

#[test]
#[ignore = "needs Python with Flask: see .ci/run"]
fn guide_for_python_works() {
    let home = Home::new();
    let mut command = Command::new(root().join("target/flask/bin/python"));
    command.arg(file(&home, "python", "server.py"));
    Server::start(command, closed_port()).works();
}

#[test]
#[ignore = "needs Go: see .ci/run"]
fn guide_for_go_works() {
    let home = Home::new();
    let source = file(&home, "go", "main.go");
    let binary = home.path().join("server");
    let mut build = Command::new("go");
    build.args(["build", "-o"]).arg(&binary).arg(source);
    build.env("GOCACHE", root().join("target/go")).env("GOFLAGS", "-mod=mod").env("GO111MODULE", "off");
    CommandOutput::run(build.current_dir(home.path())).ok();
    Server::start(Command::new(binary), closed_port()).works();
}

#[test]
#[ignore = "needs PHP: see .ci/run"]
fn guide_for_php_works() {
    let home = Home::new();
    let port = closed_port();
    let mut command = Command::new("php");
    command.args(["-S", &format!("localhost:{port}")]).arg(file(&home, "php", "webhook.php"));
    Server::start(command, port).works();
}

/// The first block is plain Ruby, so it is run without Sinatra.
#[test]
#[ignore = "needs Ruby: see .ci/run"]
fn guide_for_ruby_works() {
    let home = Home::new();
    let verify = file(&home, "ruby", "verify.rb");
    let body = "{\"title\":\"Gr\u{fc}\u{df}e\"}";
    let check = |header: &str, secret: &str| -> String {
        let mut command = Command::new("ruby");
        let script = "load ARGV[0]; print verified?($stdin.read, ARGV[1], ARGV[2])";
        command.args(["-e", script]).arg(&verify).args([header, secret]);
        CommandOutput::run_with_input(&mut command, body.as_bytes()).ok().stdout
    };
    let good = cstar::signature::sign(body.as_bytes(), SECRET, now());
    let old = cstar::signature::sign(body.as_bytes(), SECRET, now() - 3600);
    let (time, hex) = good.split_once(",v1=").unwrap();
    assert_eq!(check(&good, SECRET), "true");
    assert_eq!(check(&format!("{time}, v1={}, v1={hex}", "0".repeat(64)), SECRET), "true");
    for header in [&*old, "", "t=,v1=", "t=1", &good[..good.len() - 1]] {
        assert_eq!(check(header, SECRET), "false", "{header}");
    }
    assert_eq!(check(&good, "whsec_another"), "false");
}

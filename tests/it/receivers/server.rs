//! A webhook receiver in another language, from `tests/receivers/`, as a process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

use serde_json::Value;

use crate::support::TIMEOUT;

/// The framework of a receiver.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// `tests/receivers/express`, on `localhost`, which may be only `::1`.
    Express,
    /// `tests/receivers/flask`, on `127.0.0.1`, one connection per request.
    Flask,
}

impl Kind {
    /// The interpreter and the program. `.ci/run` installs their packages in these places.
    fn command(self) -> Command {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let (needed, interpreter, program): (PathBuf, PathBuf, _) = match self {
            Self::Express => {
                let folder = root.join("tests/receivers/express");
                (folder.join("node_modules"), "node".into(), folder.join("receiver.js"))
            }
            Self::Flask => {
                let python = root.join("target/flask/bin/python");
                (python.clone(), python, root.join("tests/receivers/flask/receiver.py"))
            }
        };
        assert!(needed.exists(), "{} is missing: .ci/run installs it", needed.display());
        let mut command = Command::new(interpreter);
        command.arg(program);
        command
    }
}

/// A running receiver. It is killed when this is dropped.
pub(crate) struct Server {
    kind: Kind,
    secret: &'static str,
    child: Child,
    lines: Receiver<Value>,
    pub(crate) port: u16,
}

impl Server {
    /// Starts one that verifies with `secret`, on a free port.
    pub(crate) fn start(kind: Kind, secret: &'static str) -> Self {
        Self::start_at(kind, secret, 0)
    }

    fn start_at(kind: Kind, secret: &'static str, port: u16) -> Self {
        let mut child = kind
            .command()
            .arg(port.to_string())
            .env("CSTAR_WEBHOOK_SECRET", secret)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in stdout.lines() {
                let Ok(line) = line else { return };
                if sender.send(serde_json::from_str(&line).unwrap()).is_err() {
                    return;
                }
            }
        });
        let mut server = Self { kind, secret, child, lines, port };
        let ready = server.next();
        server.port = ready["port"].as_u64().and_then(|port| port.try_into().ok()).unwrap();
        server
    }

    /// The URL of its webhook handler.
    pub(crate) fn url(&self) -> String {
        format!("http://localhost:{}/api/webhooks", self.port)
    }

    /// What it logs about the next request.
    pub(crate) fn next(&self) -> Value {
        match self.lines.recv_timeout(TIMEOUT) {
            Ok(line) => line,
            Err(error) => panic!("{:?} logged nothing: {error}", self.kind),
        }
    }

    /// What it logs about the next `count` requests.
    pub(crate) fn take(&self, count: usize) -> Vec<Value> {
        (0..count).map(|_| self.next()).collect()
    }

    /// Stops it as a crash would.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Starts it again on the same port.
    pub(crate) fn restart(&mut self) {
        self.kill();
        *self = Self::start_at(self.kind, self.secret, self.port);
    }

    /// Posts as curl would, with this signature and no other header of cStar; returns the status line.
    pub(crate) fn post(&self, body: &[u8], signature: &str) -> String {
        let mut socket = TcpStream::connect(("localhost", self.port)).unwrap();
        let head = format!(
            "POST /api/webhooks HTTP/1.1\r\nHost: localhost:{}\r\nContent-Type: application/json\r\n\
             X-Signature: {signature}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            self.port,
            body.len()
        );
        socket.write_all(head.as_bytes()).unwrap();
        socket.write_all(body).unwrap();
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

//! Servers in Node, Python and Go that work, crash, never listen, or ignore signals.

use std::path::Path;
use std::process::Command;

use super::{Dev, wait_until_gone, word};
use crate::support::Home;
use crate::support::api_connection::ApiConnection;
use crate::support::sandbox::Sandbox;

const NODE: &str = "
const mode = process.env.MODE;
console.log(`ppid=${process.ppid} pid=${process.pid}`);
if (mode === 'stubborn') ['SIGTERM', 'SIGINT', 'SIGHUP'].forEach((name) => process.on(name, () => {}));
if (mode === 'silent') setInterval(() => {}, 1000);
else require('http').createServer((request, response) => {
  if (mode === 'crash') process.exit(3);
  console.log('got', request.url, request.headers['x-event-type']);
  request.resume().on('end', () => response.end());
}).listen(mode === 'elsewhere' ? 0 : process.env.PORT);
";
const PYTHON: &str = "
import os, signal, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer
mode = os.environ['MODE']
print(f'ppid={os.getppid()} pid={os.getpid()}', flush=True)
if mode == 'stubborn':
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)
class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        if mode == 'crash': os._exit(3)
        print('got', self.path, self.headers['x-event-type'], flush=True)
        self.rfile.read(int(self.headers['content-length']))
        self.send_response(200)
        self.end_headers()
while mode == 'silent': time.sleep(1)
port = 0 if mode == 'elsewhere' else int(os.environ['PORT'])
HTTPServer(('127.0.0.1', port), Handler).serve_forever()
";
const GO: &str = r#"
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	mode, port := os.Getenv("MODE"), os.Getenv("PORT")
	fmt.Printf("ppid=%d pid=%d\n", os.Getppid(), os.Getpid())
	if mode == "stubborn" {
		signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	}
	if mode == "silent" {
		wait := make(chan os.Signal, 1)
		signal.Notify(wait, syscall.SIGINT)
		<-wait
		return
	}
	if mode == "elsewhere" {
		port = "0"
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		panic(err)
	}
	http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if mode == "crash" {
			os.Exit(3)
		}
		fmt.Println("got", r.URL, r.Header.Get("X-Event-Type"))
		io.Copy(io.Discard, r.Body)
	}))
}
"#;

/// A server, and how it is started in each mode.
struct Server {
    home: Home,
    sandbox: Sandbox,
    words: Vec<String>,
}

impl Server {
    fn new(files: &[(&str, &str)], words: &[&str]) -> Self {
        let home = Home::new();
        for (name, text) in files {
            std::fs::write(home.path().join(name), text).unwrap();
        }
        let sandbox = Sandbox::start(&home);
        Self { home, sandbox, words: words.iter().map(|word| (*word).to_owned()).collect() }
    }

    fn start(&self, mode: &str, args: &[&str]) -> Dev {
        let mode = format!("MODE={mode}");
        let words = ["env", &mode].into_iter().chain(self.words.iter().map(String::as_str));
        Dev::start(&self.sandbox, &self.home, args, &words.collect::<Vec<_>>())
    }

    fn trigger(&self) {
        ApiConnection::open(self.sandbox.port).trigger_ticket("tkt_1", 1);
    }

    /// All four kinds of behaviour.
    fn is_served(&self) {
        self.works("works");
        // Elsewhere than PORT says, which only Linux finds out.
        if cfg!(target_os = "linux") {
            self.works("elsewhere");
        }
        self.crashes();
        self.never_listens();
        self.ignores_signals();
        self.survives_no_kill();
    }

    fn works(&self, mode: &str) {
        let mut dev = self.start(mode, &["--path", "/hook"]);
        let ids = dev.wait_for_output("pid=");
        dev.wait_for("server", Some("listening"));
        dev.wait_for("connected", None);
        self.trigger();
        dev.wait_for_output("got /hook ticket.updated");
        dev.wait_for("delivered", None);
        dev.interrupt();
        let (code, printed) = dev.end();
        assert_eq!(code, 0, "{mode}: {printed}");
        assert!(!printed.contains("was killed"), "{mode}: {printed}");
        are_gone(&ids);
    }

    fn crashes(&self) {
        let mut dev = self.start("crash", &[]);
        let ids = dev.wait_for_output("pid=");
        dev.wait_for("connected", None);
        self.trigger();
        let (code, printed) = dev.end();
        assert_eq!(code, 3, "{printed}");
        assert!(printed.contains("the server ended: exit code 3"), "{printed}");
        are_gone(&ids);
    }

    fn never_listens(&self) {
        let mut dev = self.start("silent", &["--wait", "300ms"]);
        let ids = dev.wait_for_output("pid=");
        dev.wait_for("server", Some("not_listening"));
        dev.wait_for("connected", None);
        self.trigger();
        dev.wait_for("waiting", None);
        dev.interrupt();
        let (code, printed) = dev.end();
        // Python reports the interrupt with a traceback and ends by the signal.
        assert_eq!(code, 0, "{printed}");
        are_gone(&ids);
    }

    fn ignores_signals(&self) {
        let mut dev = self.start("stubborn", &["--grace", "300ms"]);
        let ids = dev.wait_for_output("pid=");
        dev.wait_for("connected", None);
        assert!(Command::new("kill").arg(dev.running.pid().to_string()).status().unwrap().success());
        let (code, printed) = dev.end();
        assert_eq!(code, 0, "{printed}");
        are_gone(&ids);
    }

    fn survives_no_kill(&self) {
        let mut dev = self.start("stubborn", &[]);
        let ids = dev.wait_for_output("pid=");
        dev.wait_for("connected", None);
        dev.running.kill();
        are_gone(&ids);
    }
}

/// The server, and the process that has started it.
fn are_gone(line: &str) {
    wait_until_gone(&word(line, " pid"));
    wait_until_gone(&word(line, "ppid"));
}

#[test]
#[ignore = "needs Node with npm: see .ci/run"]
fn dev_serves_a_node_server_below_npm() {
    let package = r#"{ "scripts": { "dev": "node server.js; exit $?" } }"#;
    let files = [("package.json", package), ("server.js", NODE)];
    Server::new(&files, &["npm", "run", "dev", "--silent"]).is_served();
}

#[test]
#[ignore = "needs Python: see .ci/run"]
fn dev_serves_a_python_server() {
    Server::new(&[("server.py", PYTHON)], &["sh", "-c", "python3 server.py; exit $?"]).is_served();
}

#[test]
#[ignore = "needs Go, which .ci/run installs"]
fn dev_serves_a_go_server() {
    let cache = format!("GOCACHE={}", Path::new(env!("CARGO_MANIFEST_DIR")).join("target/go").display());
    let build = "go build -o server server.go && ./server; exit $?";
    Server::new(&[("server.go", GO)], &["env", &cache, "GO111MODULE=off", "sh", "-c", build]).is_served();
}

//! Servers in other languages that handle one request at a time, and one that handles many.

use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::api_connection::ApiConnection;
use crate::support::listen::Listen;
use crate::support::ports::closed_port;
use crate::support::process::Process;
use crate::support::sandbox::Sandbox;
use crate::support::{Home, TIMEOUT};

const PYTHON: &str = "
import sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    protocol_version = sys.argv[2]
    def do_POST(self):
        self.rfile.read(int(self.headers['content-length']))
        time.sleep(0.07)
        self.send_response(200)
        self.send_header('content-length', '0')
        self.end_headers()
    def log_message(self, *args): pass
HTTPServer(('127.0.0.1', int(sys.argv[1])), Handler).serve_forever()
";
const PHP: &str = "<?php usleep(70000);";
const RUBY: &str = "
require 'webrick'
log = WEBrick::Log.new(File::NULL)
server = WEBrick::HTTPServer.new(Port: ARGV[0].to_i, BindAddress: '127.0.0.1', Logger: log, AccessLog: [])
server.mount_proc('/') { |_, response| sleep 0.07; response.status = 200 }
server.start
";
const NODE: &str = "
require('http').createServer((request, response) => {
    request.resume()
    request.on('end', () => setTimeout(() => response.writeHead(200).end(), 5))
}).listen(+process.argv[2], '127.0.0.1')
";

/// Triggers `count` events with a time limit far shorter than all of them take in sequence; returns the target's
/// part of the summary.
fn deliver(program: &str, source: &str, args: &[&str], count: usize) -> Value {
    deliver_to(&["/"], (program, source, args), count)
}

/// The same for several paths of one server, with each event for all of them.
fn deliver_to(paths: &[&str], (program, source, args): (&str, &str, &[&str]), count: usize) -> Value {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("server");
    std::fs::write(&file, source).unwrap();
    let file = file.to_str().unwrap();
    let port = closed_port().to_string();
    let args: Vec<&str> = args
        .iter()
        .map(|arg| match *arg {
            "FILE" => file,
            "PORT" => &port,
            other => other,
        })
        .collect();
    let address = format!("127.0.0.1:{port}");
    let args: Vec<&str> = args.iter().map(|arg| if *arg == "ADDRESS" { &address } else { *arg }).collect();
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let _server = Process::start(&mut command);
    let deadline = std::time::Instant::now() + TIMEOUT;
    while std::net::TcpStream::connect(&address).is_err() {
        assert!(std::time::Instant::now() < deadline, "{program} does not start");
        std::thread::yield_now();
    }
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let text = count.to_string();
    let urls: Vec<String> = paths.iter().map(|path| format!("http://{address}{path}")).collect();
    let mut args = vec!["--count", &text, "--timeout", "2s"];
    args.extend(urls.iter().flat_map(|url| ["--forward-to", url.as_str()]));
    let mut listen = Listen::start(sandbox.cstar(&home), &args);
    let mut api = ApiConnection::open(sandbox.port);
    for number in 0..count {
        api.trigger_ticket(&format!("tkt_{number}"), number);
    }
    let summary = listen.summary();
    assert_eq!(summary["delivered"], count * paths.len(), "{summary}");
    for kind in ["retrying", "waiting", "resumed", "failed"] {
        assert!(listen.all(kind).is_empty(), "{kind}: {:#?}", listen.all(kind));
    }
    let target = &summary["targets"][0];
    assert_eq!(target["over_10s"], 0, "{target}");
    target.clone()
}

#[test]
#[ignore = "needs Python: see .ci/run"]
fn python_with_one_thread_is_not_overrun() {
    for protocol in ["HTTP/1.0", "HTTP/1.1"] {
        let target = deliver("python3", PYTHON, &["FILE", "PORT", protocol], 200);
        assert!(target["concurrency"]["final"].as_u64().unwrap() <= 2, "{target}");
    }
}

#[test]
#[ignore = "needs Python: see .ci/run"]
fn paths_of_one_server_share_its_limit() {
    for protocol in ["HTTP/1.0", "HTTP/1.1"] {
        let python = ("python3", PYTHON, ["FILE", "PORT", protocol]);
        let target = deliver_to(&["/a", "/b", "/c"], (python.0, python.1, &python.2), 40);
        assert!(target["concurrency"]["final"].as_u64().unwrap() <= 2, "{target}");
        // The time of requests to the other paths does not count.
        assert!(target["handler_ms"]["p50"].as_f64().unwrap() < 140.0, "{target}");
    }
}

#[test]
#[ignore = "needs PHP: see .ci/run"]
fn php_with_one_worker_is_not_overrun() {
    let target = deliver("php", PHP, &["-S", "ADDRESS", "FILE"], 200);
    assert!(target["concurrency"]["final"].as_u64().unwrap() <= 2, "{target}");
}

#[test]
#[ignore = "needs Ruby with WEBrick: see .ci/run"]
fn webrick_with_one_thread_is_not_overrun() {
    deliver("ruby", RUBY, &["FILE", "PORT"], 200);
}

#[test]
#[ignore = "needs Node: see .ci/run"]
fn node_gets_requests_in_parallel() {
    let target = deliver("node", NODE, &["FILE", "PORT"], 1_000);
    // How far the limit grows depends on the load of the machine, but it does grow.
    assert!(target["concurrency"]["reached"].as_u64().unwrap() > 4, "{target}");
}

//! A minimal client of the protocol, which sees every byte that the server writes.

use std::io::Write;
use std::process::{ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError};

use serde_json::{Value, json};

use crate::support::process::{self, Process};
use crate::support::{Home, TIMEOUT};

/// A running server. It is killed when this is dropped.
pub(crate) struct McpClient {
    running: Process,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    stderr: Receiver<String>,
    next_id: i64,
    /// Notifications and responses that nothing has waited for, in order.
    pub(super) others: Vec<Value>,
    /// Whether arrays of messages are allowed.
    may_get_lists: bool,
    /// Added to every request: the newest version of the protocol has no handshake.
    meta: Option<Value>,
}

impl McpClient {
    /// Starts `command mcp-server args…` and sends nothing.
    pub(super) fn start_uninitialized(mut command: Command, args: &[&str]) -> Self {
        command.arg("mcp-server").args(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = Process::start(&mut command);
        let stdin = running.stdin();
        let (lines, stderr) = (process::lines(running.stdout()), process::lines(running.stderr()));
        Self {
            running,
            stdin,
            lines,
            stderr,
            next_id: 0,
            others: Vec::new(),
            may_get_lists: false,
            meta: None,
        }
    }

    /// The same, with the handshake of version 2025-11-25.
    pub(crate) fn start(command: Command, args: &[&str]) -> Self {
        let mut client = Self::start_uninitialized(command, args);
        let hello = client.initialize("2025-11-25");
        assert_eq!(hello["protocolVersion"], "2025-11-25");
        client
    }

    /// The same, without a handshake: each request carries its version.
    pub(super) fn start_without_handshake(command: Command, args: &[&str]) -> Self {
        let mut client = Self::start_uninitialized(command, args);
        client.meta = Some(modern_meta());
        client
    }

    /// A server without an account.
    pub(crate) fn start_without_account(home: &Home) -> Self {
        Self::start(home.cstar(), &[])
    }

    pub(super) fn initialize(&mut self, version: &str) -> Value {
        let params = json!({
            "protocolVersion": version,
            "capabilities": {},
            "clientInfo": { "name": "test", "version": "1" },
        });
        let result = self.request("initialize", params);
        self.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        result
    }

    pub(super) fn pid(&self) -> u32 {
        self.running.pid()
    }

    pub(super) fn write(&mut self, line: &[u8]) {
        let stdin = self.stdin.as_mut().unwrap();
        stdin.write_all(line).unwrap();
        stdin.write_all(b"\n").unwrap();
        stdin.flush().unwrap();
    }

    pub(super) fn send(&mut self, message: &Value) {
        self.write(message.to_string().as_bytes());
    }

    /// Sends a request without waiting for its response; returns its id.
    pub(super) fn post(&mut self, method: &str, mut params: Value) -> i64 {
        self.next_id += 1;
        if let Some(meta) = &self.meta {
            for (name, value) in meta.as_object().unwrap() {
                params["_meta"][name] = value.clone();
            }
        }
        self.send(&json!({ "jsonrpc": "2.0", "id": self.next_id, "method": method, "params": params }));
        self.next_id
    }

    /// The next message. Anything other than one message per line fails the test.
    pub(super) fn next(&mut self) -> Value {
        match self.lines.recv_timeout(TIMEOUT) {
            Ok(line) if self.may_get_lists && line.starts_with('[') => serde_json::from_str(&line).unwrap(),
            Ok(line) => message(&line),
            Err(RecvTimeoutError::Timeout) => panic!("no answer; others: {:#?}", self.others),
            Err(RecvTimeoutError::Disconnected) => {
                panic!("the server has ended; stderr: {:?}", self.stderr.try_iter().collect::<Vec<_>>())
            }
        }
    }

    /// Waits for the response to this request.
    pub(super) fn answer(&mut self, id: i64) -> Value {
        if let Some(at) = self.others.iter().position(|message| message["id"] == id) {
            return self.others.remove(at);
        }
        loop {
            let message = self.next();
            if message["id"] == id {
                return message;
            }
            self.others.push(message);
        }
    }

    /// Sends a request and returns its result.
    pub(super) fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.post(method, params);
        let answer = self.answer(id);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Sends a request that must fail, and returns the error.
    pub(super) fn error(&mut self, method: &str, params: Value) -> Value {
        let id = self.post(method, params);
        let answer = self.answer(id);
        assert!(answer.get("result").is_none(), "{method}: {answer}");
        answer["error"].clone()
    }

    pub(super) fn post_call(&mut self, tool: &str, arguments: Value) -> i64 {
        self.post("tools/call", json!({ "name": tool, "arguments": arguments }))
    }

    /// Calls a tool that must succeed; returns the structured result, which the text must repeat.
    pub(crate) fn call(&mut self, tool: &str, arguments: Value) -> Value {
        let id = self.post_call(tool, arguments);
        let result = self.answer(id)["result"].clone();
        assert_eq!(result["isError"], false, "{tool}: {result}");
        let text = result["content"][0]["text"].as_str().unwrap();
        let structured = result["structuredContent"].clone();
        assert_eq!(serde_json::from_str::<Value>(text).unwrap(), structured);
        structured
    }

    /// Calls a tool that must fail; returns the error text.
    pub(crate) fn call_error(&mut self, tool: &str, arguments: Value) -> String {
        let id = self.post_call(tool, arguments);
        let answer = self.answer(id);
        assert_eq!(answer["result"]["isError"], true, "{tool}: {answer}");
        assert!(answer["result"].get("structuredContent").is_none(), "{tool}: {answer}");
        answer["result"]["content"][0]["text"].as_str().unwrap().to_owned()
    }

    pub(super) fn cancel(&mut self, id: i64) {
        self.send(&json!({
            "jsonrpc": "2.0",
            "method": "notifications/cancelled",
            "params": { "requestId": id, "reason": "not wanted any more" },
        }));
    }

    /// Waits for a response of the server; returns all messages before it.
    pub(super) fn drain(&mut self) -> Vec<Value> {
        self.request("tools/list", json!({}));
        std::mem::take(&mut self.others)
    }

    /// The same, where arrays of responses are allowed among the messages.
    pub(super) fn drain_with_batches(&mut self) -> Vec<Value> {
        self.may_get_lists = true;
        self.drain()
    }

    /// Closes our end; returns the exit status and standard error.
    pub(super) fn close(mut self) -> (ExitStatus, Vec<String>) {
        drop(self.stdin.take());
        self.wait()
    }

    /// The same for a server that ends on its own.
    pub(super) fn wait(mut self) -> (ExitStatus, Vec<String>) {
        let status = self.running.wait();
        let rest: Vec<String> = self.lines.iter().collect();
        rest.iter().for_each(|line| drop(message(line)));
        (status, self.stderr.iter().collect())
    }
}

/// What the newest version requires in every request.
pub(super) fn modern_meta() -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    })
}

fn message(line: &str) -> Value {
    let message: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
    assert_eq!(message["jsonrpc"], "2.0", "{line}");
    message
}

/// The names in a list of tools.
pub(super) fn names(list: &Value) -> Vec<String> {
    let tools = list["tools"].as_array().unwrap();
    tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
}

//! The inspector: its page and its JSON API, served by `ui`, `listen --ui` and `sandbox`.

mod access;
mod api;
mod commands;
mod stream;

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::history::SECRET;
use crate::support::Home;
use crate::support::http::{HttpResponse, bearer, send};
use crate::support::process::{Process, read_until};

/// A running `cstar ui`.
pub(crate) struct Ui {
    running: Process,
    port: u16,
    token: String,
}

impl Ui {
    /// Starts it on a free port. It signs with the secret of the history.
    fn start(home: &Home) -> Self {
        let mut command = home.cstar();
        command.env("CSTAR_WEBHOOK_SECRET", SECRET);
        Self::start_with(command)
    }

    pub(crate) fn start_with(mut command: Command) -> Self {
        command.args(["ui", "--port", "0", "--json"]).stdout(Stdio::piped());
        let mut running = Process::start(&mut command);
        let (_, line) = read_until(running.stdout(), "{");
        let ready: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(ready["type"], "ready");
        let (port, token) = address(ready["url"].as_str().unwrap());
        assert_eq!(ready["token"], token);
        Self { running, port, token }
    }

    fn request(&self, line: &str, body: &str) -> HttpResponse {
        send(self.port, line, &[&bearer(&self.token)], body)
    }

    /// The answer to `GET /_inspector/{path}`, which must succeed.
    pub(crate) fn get(&self, path: &str) -> Value {
        let response = self.request(&format!("GET /_inspector/{path}"), "");
        assert_eq!(response.status, 200, "{path}: {response:?}");
        response.json()
    }

    /// The status and the message of a request that fails.
    fn refused(&self, line: &str, body: &str) -> (u16, String) {
        let response = self.request(line, body);
        let message = response.json()["error"]["message"].as_str().unwrap().to_owned();
        (response.status, message)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Value {
        let response = self.request(&format!("POST /_inspector/{path}"), &body.to_string());
        assert_eq!(response.status, 200, "{path}: {response:?}");
        response.json()
    }
}

/// Port and token of the address that is printed.
fn address(url: &str) -> (u16, String) {
    let rest = url.strip_prefix("http://127.0.0.1:").unwrap();
    let (port, token) = rest.split_once("/_inspector/#token=").unwrap();
    (port.parse().unwrap(), token.to_owned())
}

/// The key of the event with this id.
fn key(ui: &Ui, id: &str) -> i64 {
    ui.get(&format!("events/{id}"))["key"].as_i64().unwrap()
}

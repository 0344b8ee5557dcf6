//! `listen --public-url`: receives through a temporary webhook of the sandbox.

mod hostile;
mod lifecycle;
mod lost_answer;
#[cfg(unix)]
mod nginx;
mod without_stream;

use std::path::PathBuf;

use serde_json::Value;

use crate::support::Home;
use crate::support::http::{HttpResponse, api};
use crate::support::listen::Listen;
use crate::support::ports::closed_port;
use crate::support::sandbox::Sandbox;

/// A `listen` with a webhook, and the port that it receives on.
struct Public {
    listen: Listen,
    port: u16,
    webhook_id: String,
    /// The `receiver` line.
    line: Value,
}

impl Public {
    /// Starts one whose public address is its own port.
    fn start(sandbox: &Sandbox, home: &Home, args: &[&str]) -> Self {
        Self::start_at(sandbox, home, closed_port(), args)
    }

    fn start_at(sandbox: &Sandbox, home: &Home, port: u16, args: &[&str]) -> Self {
        let (url, receive) = (format!("http://127.0.0.1:{port}/hook"), port.to_string());
        let args = [&["--public-url", &url, "--receive", &receive], args].concat();
        let mut listen = Listen::start_unconnected(sandbox.cstar(home), &args);
        let line = listen.wait_for("receiver");
        listen.wait_for("connected");
        let webhook_id = line["webhook_id"].as_str().unwrap().to_owned();
        Self { listen, port, webhook_id, line }
    }

    /// The secret of its webhook.
    fn secret(&self, home: &Home) -> String {
        let records: Vec<Value> = records(home)
            .iter()
            .filter(|path| path.extension().is_some_and(|end| end == "json"))
            .map(|path| serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
            .collect();
        let own = records.iter().find(|record| record["webhook_id"] == *self.webhook_id).unwrap();
        own["secret"].as_str().unwrap().to_owned()
    }
}

/// The files about temporary webhooks.
fn records(home: &Home) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(home.path().join("cstar/webhooks")) else { return Vec::new() };
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// The webhooks of the team.
fn webhooks(sandbox: &Sandbox) -> Vec<Value> {
    api(sandbox.port, "GET", "/webhooks", "").json()["data"].as_array().unwrap().clone()
}

/// Triggers a test event; returns the response.
fn trigger(sandbox: &Sandbox, event: &str) -> Value {
    let body = format!(r#"{{"event":"{event}"}}"#);
    let response: HttpResponse = api(sandbox.port, "POST", "/webhooks/trigger-test", &body);
    assert_eq!(response.status, 200, "{response:?}");
    response.json()["data"].clone()
}

/// The same; returns the id of the event.
fn trigger_id(sandbox: &Sandbox) -> String {
    trigger(sandbox, "ticket.created")["eventId"].as_str().unwrap().to_owned()
}

/// Stops one that only prints: it must exit with 0.
fn stop(listen: Listen) {
    listen.interrupt();
    let ended = listen.finish();
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{ended:#?}");
}

//! The webhook of a run: created, taken over, deleted, and what is delivered through it.

use std::collections::BTreeMap;

use super::{Public, records, stop, trigger, trigger_id, webhooks};
use crate::support::listen::Listen;
use crate::support::ports::ReservedPort;
use crate::support::receiver::{ReceivedRequest, Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{ScriptedServer, WHOAMI, json_response};
use crate::support::{CommandOutput, Home, SANDBOX_SECRET, TEST_KEY};

/// How often each event id arrived.
fn counts<'r>(requests: impl IntoIterator<Item = &'r ReceivedRequest>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for request in requests {
        *counts.entry(request.header("x-event-id").to_owned()).or_default() += 1;
    }
    counts
}

fn once_each(ids: &[String]) -> BTreeMap<String, usize> {
    ids.iter().map(|id| (id.clone(), 1)).collect()
}

#[test]
fn webhook_exists_while_listen_runs() {
    let (home, receiver) = (Home::new(), Receiver::start());
    let sandbox = Sandbox::start(&home);
    let args = ["--forward-to", &receiver.url(), "--events", "ticket.*", "--secret", "whsec_own"];
    let mut public = Public::start(&sandbox, &home, &args);
    let [webhook] = <[_; 1]>::try_from(webhooks(&sandbox)).unwrap();
    let url = format!("http://127.0.0.1:{}/hook", public.port);
    assert_eq!((&webhook["id"], &webhook["url"]), (&public.line["webhook_id"], &url.clone().into()));
    assert_eq!(webhook["events"], serde_json::json!(["ticket.*"]));
    assert!(webhook["name"].as_str().unwrap().starts_with("cstar listen (temporary "), "{webhook}");
    assert_eq!(public.line["address"], format!("127.0.0.1:{}", public.port));
    assert_eq!((&public.line["public_url"], &public.line["taken_over"]), (&url.into(), &false.into()));

    let fired = trigger(&sandbox, "ticket.created");
    assert_eq!(fired["deliveries"][0]["success"], true, "{fired}");
    trigger(&sandbox, "customer.created");
    let request = receiver.next();
    assert_eq!(request.header("x-event-id"), fired["eventId"]);
    assert_eq!(request.header("x-webhook-id"), public.webhook_id);
    cstar::signature::verify_signature(&request.body, Some(request.header("x-signature")), "whsec_own")
        .unwrap();
    public.listen.wait_for("delivered");
    public.listen.stop();
    assert!(receiver.drain().is_empty());
    assert!(webhooks(&sandbox).is_empty());
    assert!(records(&home).is_empty(), "{:?}", records(&home));
    // What was confirmed is in the history.
    let stored = sandbox.run(&home, ["history", "--json"]).ok().json();
    assert_eq!(stored[0]["id"], fired["eventId"], "{stored}");
}

#[test]
#[cfg(unix)]
fn termination_deletes_the_webhook() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let public = Public::start(&sandbox, &home, &["--print"]);
    assert_eq!(webhooks(&sandbox).len(), 1);
    let pid = public.listen.pid().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let ended = public.listen.finish();
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{ended:#?}");
    assert!(webhooks(&sandbox).is_empty() && records(&home).is_empty());
}

#[test]
fn count_and_time_limit_delete_the_webhook() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let mut public = Public::start(&sandbox, &home, &["--print", "--count", "1"]);
    let id = trigger_id(&sandbox);
    assert_eq!(public.listen.wait_for("received")["id"], id);
    assert_eq!(public.listen.finish().code, 0);
    assert!(webhooks(&sandbox).is_empty());
    let public = Public::start(&sandbox, &home, &["--print", "--for", "10ms"]);
    assert_eq!(public.listen.finish().code, 0);
    assert!(webhooks(&sandbox).is_empty() && records(&home).is_empty());
}

#[test]
fn resume_takes_over_the_webhook_of_a_killed_run() {
    let home = Home::new();
    let sandbox = Sandbox::start_at(&home, 0, &["--rate-limit", "0", "--time-scale", "0.001"]);
    let target = ReservedPort::new();
    let port = crate::support::ports::closed_port();
    let args = ["--forward-to", &target.url()];
    let mut public = Public::start_at(&sandbox, &home, port, &args);
    let mut ids: Vec<String> = (0..5).map(|_| trigger_id(&sandbox)).collect();
    public.listen.wait_for_all("received", 5);
    let webhook = public.webhook_id.clone();
    // Killed with five events stored and none delivered.
    drop(public);
    ids.extend((0..5).map(|_| trigger_id(&sandbox)));

    let receiver = Receiver::start_at(target.port, |_| Response::status(200));
    let args = ["--forward-to", &target.url(), "--resume"];
    let mut public = Public::start_at(&sandbox, &home, port, &args);
    assert_eq!((&public.webhook_id, &public.line["taken_over"]), (&webhook, &true.into()));
    assert_eq!(public.listen.all("leftover")[0]["deliveries"], 5);
    public.listen.wait_for_all("delivered", 10);
    assert_eq!(counts(&receiver.take(10)), once_each(&ids));
    assert_eq!(webhooks(&sandbox).len(), 1);
    public.listen.stop();
    assert!(receiver.drain().is_empty(), "none is delivered twice");
    assert!(webhooks(&sandbox).is_empty() && records(&home).is_empty());
}

#[test]
fn repeated_event_of_a_killed_run_is_skipped() {
    let (home, receiver) = (Home::new(), Receiver::start());
    let sandbox = Sandbox::start(&home);
    let port = crate::support::ports::closed_port();
    let args = ["--forward-to", &receiver.url(), "--resume"];
    let mut public = Public::start_at(&sandbox, &home, port, &args);
    let id = trigger_id(&sandbox);
    public.listen.wait_for("delivered");
    drop(public);
    let mut public = Public::start_at(&sandbox, &home, port, &args);
    let deliveries = sandbox.run(&home, ["webhooks", "deliveries", &public.webhook_id, "--json"]).ok().json();
    let delivery = deliveries[0]["id"].as_str().unwrap();
    let resend = ["webhooks", "resend", &public.webhook_id, delivery, "--json"];
    assert_eq!(sandbox.run(&home, resend).ok().json()["status"], 200, "{deliveries}");
    let skipped = public.listen.wait_for("skipped");
    assert_eq!((&skipped["id"], &skipped["reason"]), (&id.into(), &"an earlier run has received it".into()));
    public.listen.stop();
    assert_eq!(receiver.take(1).len(), 1);
    assert!(receiver.drain().is_empty());
}

#[test]
fn next_start_deletes_the_webhook_of_a_killed_run() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let killed = Public::start(&sandbox, &home, &["--print"]).webhook_id;
    // With a webhook of its own.
    let public = Public::start(&sandbox, &home, &["--print"]);
    assert_eq!(public.listen.all("webhook_deleted")[0]["webhook_id"], killed);
    let remaining = webhooks(&sandbox);
    assert_eq!((remaining.len(), &remaining[0]["id"]), (1, &public.line["webhook_id"]));
    let second = public.webhook_id.clone();
    drop(public);
    // With the stream.
    deletes_without_public_url(&sandbox, &home, &second);
    // Another home knows nothing of it, and deletes nothing.
    let other = Public::start(&sandbox, &home, &["--print"]);
    let home = Home::new();
    let listen = Listen::start(sandbox.cstar(&home), &["--print"]);
    assert!(listen.all("webhook_deleted").is_empty());
    assert_eq!(webhooks(&sandbox).len(), 1);
    stop(listen);
    stop(other.listen);
}

fn deletes_without_public_url(sandbox: &Sandbox, home: &Home, killed: &str) {
    let listen = Listen::start(sandbox.cstar(home), &["--print"]);
    assert_eq!(listen.all("webhook_deleted")[0]["webhook_id"], killed);
    assert!(webhooks(sandbox).is_empty() && records(home).is_empty());
    stop(listen);
}

#[test]
fn two_listeners_have_their_own_webhooks() {
    let (home, receivers) = (Home::new(), [Receiver::start(), Receiver::start()]);
    let sandbox = Sandbox::start(&home);
    let mut both = receivers
        .each_ref()
        .map(|receiver| Public::start(&sandbox, &home, &["--forward-to", &receiver.url()]));
    assert_ne!(both[0].webhook_id, both[1].webhook_id);
    assert_eq!(webhooks(&sandbox).len(), 2);
    let ids: Vec<String> = (0..10).map(|_| trigger_id(&sandbox)).collect();
    for (public, receiver) in both.iter_mut().zip(&receivers) {
        public.listen.wait_for_all("delivered", 10);
        assert_eq!(counts(&receiver.take(10)), once_each(&ids));
    }
    let [first, second] = both;
    let kept = second.webhook_id.clone();
    first.listen.stop();
    let left = webhooks(&sandbox);
    assert_eq!((left.len(), left[0]["id"].as_str().unwrap()), (1, kept.as_str()));
    second.listen.stop();
    assert!(webhooks(&sandbox).is_empty());
    assert!(receivers.iter().all(|receiver| receiver.drain().is_empty()));
}

#[test]
fn events_wait_while_the_target_is_down() {
    let (home, target) = (Home::new(), ReservedPort::new());
    let sandbox = Sandbox::start(&home);
    let mut public = Public::start(&sandbox, &home, &["--forward-to", &target.url()]);
    let ids: Vec<String> = (0..3)
        .map(|_| {
            let fired = trigger(&sandbox, "ticket.created");
            assert_eq!(fired["deliveries"][0]["status"], 200, "stored although the target is down: {fired}");
            fired["eventId"].as_str().unwrap().to_owned()
        })
        .collect();
    public.listen.wait_for("waiting");
    let receiver = Receiver::start_at(target.port, |_| Response::status(200));
    public.listen.wait_for_all("delivered", 3);
    assert_eq!(counts(&receiver.take(3)), once_each(&ids));
    public.listen.stop();
}

#[test]
fn wrong_public_addresses_are_usage_errors() {
    let home = Home::new();
    let error = |args: &[&str], base: &str| {
        let mut command = home.cstar();
        command.env("CSTAR_API_KEY", TEST_KEY).env("CSTAR_BASE_URL", base);
        let output = CommandOutput::run(command.args(["listen", "--json"]).args(args));
        assert_eq!(output.code, 2, "{args:?} {output:?}");
        output.stderr
    };
    let api = "https://api.invalid";
    let plain = error(&["--public-url", "http://hooks.example.com"], api);
    assert!(plain.contains("plain http is accepted only for this machine"), "{plain}");
    let local = error(&["--public-url", "http://127.0.0.1:4749"], api);
    assert!(
        local.contains("cStar cannot reach http://127.0.0.1:4749/")
            && local.contains("--public-url https://"),
        "{local}"
    );
    error(&["--public-url", "https://hooks.example.com", "--no-history"], api);
    error(&["--public-url", "https://hooks.example.com", "--transport", "ws"], api);
    error(&["--receive", "4750"], api);
    error(&["--public-url", "https://hooks.example.com", "--receive", "nowhere"], api);
}

#[test]
fn used_port_registers_no_webhook() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let args =
        ["listen", "--json", "--print", "--public-url", "https://hooks.example.com", "--receive", &port];
    let output = CommandOutput::run(sandbox.cstar(&home).args(args));
    assert_eq!(output.code, 1, "{output:?}");
    let error = output.json_error().to_string();
    assert!(
        error.contains(&format!("could not listen on 127.0.0.1:{port}")) && error.contains("--receive"),
        "{error}"
    );
    assert!(webhooks(&sandbox).is_empty() && records(&home).is_empty());
}

#[test]
fn missing_stream_hints_at_public_url() {
    for status in [404, 405, 410] {
        let server = ScriptedServer::without_whoami(move |_, request| {
            let is_whoami = request.target().ends_with("/auth/whoami");
            if is_whoami { json_response(200, &[], WHOAMI) } else { json_response(status, &[], "{}") }
        });
        let home = Home::new();
        let mut command = home.cstar();
        command.env("CSTAR_API_KEY", TEST_KEY).env("CSTAR_BASE_URL", server.base_url());
        let output = CommandOutput::run(command.args(["listen", "--print"]));
        assert_eq!(output.code, 1, "{output:?}");
        let said = format!("has no listen stream for this team: it answered HTTP {status}");
        assert!(output.stderr.contains(&said), "{output:?}");
        assert!(
            output.stderr.replace('\n', " ").contains("cstar listen --public-url https://"),
            "{output:?}"
        );
    }
}

#[test]
fn public_url_prints_the_machine_secret() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let url = "https://hooks.example.com";
    let printed = sandbox.run(&home, ["listen", "--public-url", url, "--print-secret"]).ok().stdout;
    assert!(printed.starts_with("whsec_") && printed.trim() != SANDBOX_SECRET, "{printed}");
    let args = ["listen", "--public-url", url, "--print-secret", "--secret", "whsec_a"];
    assert_eq!(sandbox.run(&home, args).ok().stdout.trim(), "whsec_a");
    assert!(webhooks(&sandbox).is_empty());
    let unknown = home.run(["listen", "--public-url", url, "--print", "--receive", "0"]);
    assert_eq!(unknown.code, 4, "not logged in: {unknown:?}");
}

#[test]
fn webhook_that_was_not_deleted_is_found() {
    let home = Home::new();
    let mut sandbox = Sandbox::start(&home);
    let public = Public::start(&sandbox, &home, &["--print"]);
    sandbox.kill();
    public.listen.interrupt();
    let ended = public.listen.finish();
    assert_eq!(ended.code, 0, "{ended:#?}");
    let warning = format!("could not delete the webhook {}", public.webhook_id);
    assert!(ended.stderr.replace('\n', " ").contains(&warning), "{ended:#?}");
    let sandbox = Sandbox::start_at(&home, sandbox.port, &["--rate-limit", "0"]);
    assert_eq!(webhooks(&sandbox).len(), 1);
    deletes_without_public_url(&sandbox, &home, &public.webhook_id);
}

#[test]
fn webhook_of_unknown_id_is_found_by_name() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let killed = Public::start(&sandbox, &home, &["--print"]).webhook_id;
    // As if the process had been killed before it had the response.
    let files = records(&home);
    let record = files.iter().find(|path| path.extension().is_some_and(|end| end == "json")).unwrap();
    let text = std::fs::read_to_string(record).unwrap();
    let text = text.replace(&format!("\"{killed}\""), "null");
    assert!(text.contains(r#""webhook_id":null"#), "{text}");
    std::fs::write(record, text).unwrap();
    deletes_without_public_url(&sandbox, &home, &killed);
}

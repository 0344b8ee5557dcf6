//! `listen --sandbox`: with a running sandbox, and with one of its own.

use crate::support::listen::Listen;
use crate::support::ports::ReservedPort;
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{FAKE_KEY, ScriptedServer, json_response};
use crate::support::{CommandOutput, Home};

#[test]
fn listen_starts_a_sandbox_when_none_runs() {
    let (home, port, receiver) = (Home::new(), ReservedPort::new(), Receiver::start());
    let base = format!("http://127.0.0.1:{}", port.port);
    let args = ["--sandbox", "--base-url", &base, "--forward-to", &receiver.url(), "--count", "1"];
    let listen = Listen::start(home.cstar(), &args);
    let triggered =
        home.run(["trigger", "ticket.created", "--sandbox", "--base-url", &base, "--json"]).ok().json();
    assert_eq!(triggered["listeners"], 1);
    assert_eq!(receiver.next().header("x-event-id"), triggered["eventId"].as_str().unwrap());
    let ended = listen.finish();
    assert_eq!(ended.code, 0, "{ended:#?}");
    // The sandbox ended with the command, so the next run starts one again and reports it.
    let again = home.run(["listen", "--sandbox", "--base-url", &base, "--for", "100ms"]).ok();
    assert!(again.stderr.contains(&format!("started one at {base}")), "{again:?}");
}

#[test]
fn listen_uses_a_running_sandbox() {
    let (home, receiver) = (Home::new(), Receiver::start());
    let sandbox = Sandbox::start(&home);
    let args =
        ["--sandbox", "--base-url", &sandbox.base_url, "--forward-to", &receiver.url(), "--count", "1"];
    let listen = Listen::start(home.cstar(), &args);
    sandbox.run(&home, ["trigger", "ticket.created"]).ok();
    let ended = listen.finish();
    assert_eq!(ended.code, 0, "{ended:#?}");
    let again = home.run(["listen", "--sandbox", "--base-url", &sandbox.base_url, "--for", "100ms"]).ok();
    assert!(!again.stderr.contains("started one"), "{again:?}");
}

#[test]
fn foreign_server_on_sandbox_port_gets_no_key() {
    let home = Home::new();
    for reply in ["{}", "<html>", r#"{"name":"another"}"#] {
        let server = ScriptedServer::without_whoami(move |_, _| json_response(200, &[], reply));
        let base = server.base_url();
        let mut command = home.cstar();
        let args = ["listen", "--json", "--sandbox", "--base-url", &base, "--api-key", FAKE_KEY];
        let output = CommandOutput::run(command.args(args));
        assert_eq!(output.code, 3, "{output:?}");
        assert!(output.json_error()["message"].as_str().unwrap().contains("no sandbox at"), "{output:?}");
        assert!(server.requests().iter().all(|request| request.header("authorization").is_none()));
    }
    // A real key in the environment is never sent to the sandbox port.
    let server = ScriptedServer::without_whoami(|_, _| json_response(404, &[], "{}"));
    let args = ["trigger", "ticket.created", "--sandbox", "--base-url", &server.base_url()];
    let output = CommandOutput::run(home.cstar().env("CSTAR_API_KEY", FAKE_KEY).args(args));
    assert_ne!(output.code, 0);
    assert!(
        server.requests().iter().all(|request| !request.head.contains(FAKE_KEY)),
        "{:?}",
        server.requests()
    );
}

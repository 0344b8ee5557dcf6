//! Reasons why a target did not respond: the same sentence and advice from every command.

mod protocols;

use std::io::{Read, Write};

use crate::support::api_connection::ApiConnection;
use crate::support::listen::Listen;
use crate::support::ports::closed_port;
use crate::support::raw_server::{raw_server, read_request};
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home};

fn trigger(target: &str, more: &[&str]) -> CommandOutput {
    let args = [&["trigger", "ticket.created", "--secret", "whsec_causes_test_1234", "--to", target], more];
    CommandOutput::run(Home::new().cstar().args(args.concat()))
}

/// Checks the error and its hint, which contain no messages of libraries.
fn fails_with(output: &CommandOutput, exit: i32, sentence: &str, advice: &str) {
    assert_eq!(output.code, exit, "{output:?}");
    assert!(output.stderr.contains(sentence) && output.stderr.contains(advice), "{sentence}: {output:?}");
    for raw in ["Invalid", "Error", "hyper", "os error", "Other("] {
        assert!(!output.stderr.contains(raw), "{raw}: {output:?}");
    }
}

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

#[test]
fn closed_keep_alive_is_not_an_attempt() {
    // Closes after each response without announcing it.
    let port = raw_server(|mut stream| {
        if read_request(&mut stream) {
            let _ = stream.write_all(OK);
        }
    });
    let target = format!("http://127.0.0.1:{port}/x");
    let output = trigger(&target, &["--count", "50", "--json"]).ok();
    assert_eq!(output.json().as_array().unwrap().len(), 50);

    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &target]);
    let mut api = ApiConnection::open(sandbox.port);
    for number in 0..60 {
        api.trigger_ticket(&format!("tkt_{number}"), number);
    }
    listen.wait_for_all("delivered", 60);
    assert!(listen.all("delivered").iter().all(|line| line["attempt"] == 1));
    assert!(listen.all("retrying").is_empty());
    listen.stop();
}

#[test]
fn status_counts_when_a_body_never_ends() {
    let port = raw_server(|mut stream| {
        read_request(&mut stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n");
        // Until the client closes.
        let _ = stream.read(&mut [0; 1]);
    });
    let output = trigger(&format!("http://127.0.0.1:{port}/x"), &[]).ok();
    assert!(output.stdout.contains("the body never ended"), "{output:?}");
}

#[test]
fn doctor_warns_about_an_endless_body() {
    let port = raw_server(|mut stream| {
        read_request(&mut stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok");
        let _ = stream.read(&mut [0; 1]);
    });
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let target = format!("http://127.0.0.1:{port}/x");
    let found = sandbox.run(&home, ["doctor", "--json", "--forward-to", &target]).ok().json();
    let delivery =
        found["checks"].as_array().unwrap().iter().find(|check| check["name"] == "delivery").unwrap();
    assert_eq!(delivery["status"], "warn", "{delivery}");
    assert!(delivery["message"].as_str().unwrap().ends_with("but the body never ended"), "{delivery}");
    assert!(delivery["fix"].as_str().unwrap().contains("end the response"), "{delivery}");
}

#[test]
fn summary_names_an_undelivered_event_once() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let port = closed_port();
    let (one, two) = (format!("http://127.0.0.1:{port}/a"), format!("http://127.0.0.1:{port}/b"));
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &one, "--forward-to", &two]);
    ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 1);
    listen.wait_for_all("waiting", 2);
    listen.interrupt();
    let summary = listen.wait_for("summary");
    assert_eq!((&summary["waiting"], summary["undelivered"].as_array().unwrap().len()), (&2.into(), 1));
}

#[test]
fn failures_quote_the_response() {
    let receiver = Receiver::start_with(|_| Response::status(500).header("content-type", "text/plain"));
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let mut listen =
        Listen::start(sandbox.cstar(&home), &["--retries", "0", "--forward-to", &receiver.url()]);
    ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 1);
    let failed = listen.wait_for("failed");
    assert!(failed.get("answer").is_some() && failed["hint"].as_str().unwrap().contains("log"), "{failed}");
    listen.stop();
}

/// The name is resolved by local files, so that no name server is asked.
#[cfg(target_os = "linux")]
#[test]
fn events_wait_until_a_name_resolves() {
    const COUNT: usize = 50;
    let home = Home::new();
    let (hosts, order) = (home.path().join("hosts"), home.path().join("nsswitch.conf"));
    std::fs::write(&hosts, "127.0.0.1 localhost\n").unwrap();
    std::fs::write(&order, "hosts: files\n").unwrap();
    let unshare = |script: &str| {
        let mut command = std::process::Command::new("unshare");
        command.args(["--mount", "sh", "-c", script, "sh"]).arg(&hosts).arg(&order);
        command
    };
    let mounts = "mount --bind \"$1\" /etc/hosts && mount --bind \"$2\" /etc/nsswitch.conf && shift 2 && ";
    if !unshare(&format!("{mounts} true")).output().is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: mount namespaces cannot be made here");
        return;
    }
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let inner = sandbox.cstar(&home);
    let mut command = unshare(&format!("{mounts} exec \"$@\""));
    command.arg(inner.get_program()).args(inner.get_args()).env_clear().current_dir(home.path());
    command.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let target = format!("http://web.internal:{}/x", receiver.port);
    let mut listen = Listen::start(command, &["--forward-to", &target]);
    let mut api = ApiConnection::open(sandbox.port);
    for number in 0..COUNT {
        api.trigger_ticket(&format!("tkt_{}", number % 5), number);
    }
    let waiting = listen.wait_for("waiting");
    assert!(waiting["reason"].as_str().unwrap().contains("cannot be resolved"), "{waiting}");
    listen.wait_for_all("received", COUNT);
    std::fs::write(&hosts, "127.0.0.1 localhost web.internal\n").unwrap();
    listen.wait_for_all("delivered", COUNT);
    assert!(listen.all("retrying").is_empty() && listen.all("failed").is_empty());
    let requests = receiver.take(COUNT);
    assert!(requests.iter().all(|request| request.header("x-delivery-attempt") == "1"));
    listen.stop();
}

#[test]
fn why_names_the_reason_for_waiting() {
    let port = raw_server(|mut stream| {
        read_request(&mut stream);
        let _ = stream.write_all(b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64");
    });
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let target = format!("http://127.0.0.1:{port}/x");
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &target]);
    let mut api = ApiConnection::open(sandbox.port);
    api.trigger_ticket("tkt_0", 0);
    listen.wait_for("waiting");
    // Only the first event is tried.
    api.trigger_ticket("tkt_1", 1);
    listen.wait_for_all("received", 2);
    listen.stop();
    let reported = home.run(["why", "last"]).ok().stdout;
    assert!(reported.contains("which speaks HTTP/2 only, after 0 attempts"), "{reported}");
    assert!(reported.contains("enable HTTP/1.1 in the server"), "{reported}");
}

#[test]
fn webhook_test_shows_the_response() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    for (reply, expected) in [
        (Response::status(307).header("location", "/hook/"), "/hook/"),
        (
            Response::status(500).header("content-type", "text/plain").body("no such table".to_owned()),
            ": no such table",
        ),
    ] {
        let (status, headers, body) = (reply.status, reply.headers, reply.body);
        let receiver = Receiver::start_with(move |_| {
            let reply = Response::status(status).body(body.clone());
            headers.iter().fold(reply, |reply, (name, value)| reply.header(name, value))
        });
        let url = receiver.url();
        let created =
            sandbox.run(&home, ["webhooks", "create", "--url", &url, "--events", "*", "--json"]).ok();
        let id = created.json()["id"].as_str().unwrap().to_owned();
        let output = sandbox.run(&home, ["webhooks", "test", &id]);
        assert!(output.code == 1 && output.stderr.contains(expected), "{expected}: {output:?}");
        let redirect = format!("--url {}/hook/", url.split("/webhook").next().unwrap());
        assert_eq!(output.stderr.contains(&redirect), status == 307, "{redirect}: {output:?}");
        sandbox.run(&home, ["webhooks", "delete", &id, "--yes"]).ok();
    }
}

#[test]
fn doctor_has_no_advice_on_flags_it_lacks() {
    let receiver = Receiver::start_with(|_| Response::status(308).header("location", "/hook/"));
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let output = sandbox.run(&home, ["doctor", "--forward-to", &receiver.url()]);
    assert!(
        output.stdout.contains("whose signature is right")
            || output.stdout.contains("secret of the event stream"),
        "{output:?}"
    );
    assert!(output.stdout.contains(": a redirect to /hook/, which is not followed\n"), "{output:?}");
}

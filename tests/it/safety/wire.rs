//! Where a key is sent, and over which connections.

use std::net::TcpListener;

use crate::support::listen::Listen;
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{ScriptedServer, WHOAMI, json_response};
use crate::support::socks_proxy::SocksProxy;
use crate::support::tls_front::{Certificate, TlsFront, authority};
use crate::support::{CommandOutput, Home, TEST_KEY, over_each_transport};

#[test]
fn remote_plain_http_is_refused_early() {
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let home = Home::new();
    // The first address leads to this machine, but is not a loopback address.
    for url in [format!("http://0.0.0.0:{port}"), "http://www.cstar.help".to_owned()] {
        for args in [
            &["trigger", "ticket.created"][..],
            &["listen", "--forward-to", "1"],
            &["listen", "--print-secret"],
        ] {
            let mut command = home.cstar();
            command.env("HTTP_PROXY", format!("http://127.0.0.1:{port}"));
            command.env("ALL_PROXY", format!("socks5h://127.0.0.1:{port}"));
            command.env("CSTAR_API_KEY", TEST_KEY).env("CSTAR_BASE_URL", &url);
            let output = CommandOutput::run(command.args(args));
            assert_eq!(output.code, 2, "{output:?}");
            assert!(output.stderr.contains("never sent over plain http"), "{output:?}");
        }
        let mut doctor = home.cstar();
        let output =
            CommandOutput::run(doctor.args(["doctor", "--base-url", &url]).env("CSTAR_API_KEY", TEST_KEY));
        assert!(output.code == 1 && output.stdout.contains("never sent over plain http"), "{output:?}");
    }
    assert!(listener.accept().is_err(), "a connection was made");
}

#[test]
fn doctor_follows_no_redirect() {
    let elsewhere = ScriptedServer::without_whoami(|_, _| json_response(200, &[], WHOAMI));
    let home = Home::new();
    for status in [301, 302, 303, 307, 308] {
        let location = format!("location: {}/api/v1/auth/whoami", elsewhere.base_url());
        // On the first request, on the one with the key, on the stream.
        for turn in 0..3 {
            let location = location.clone();
            let server = ScriptedServer::without_whoami(move |number, request| match number {
                _ if number == turn => json_response(status, &[&location], ""),
                _ if request.header("authorization").is_some() => json_response(200, &[], WHOAMI),
                _ => json_response(401, &[], "{}"),
            });
            let output = CommandOutput::run(server.cstar(&home).args(["doctor", "--forward-to", "1"]));
            assert!(output.code == 1 && output.stdout.contains("redirect"), "{turn} {output:?}");
        }
    }
    assert!(elsewhere.requests().is_empty(), "{:?}", elsewhere.requests());
}

#[test]
fn private_authority_must_be_configured() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let front = TlsFront::start(sandbox.port, Certificate::Good);
    let cstar = || {
        let mut command = home.cstar();
        command.env("CSTAR_BASE_URL", front.base_url()).env("CSTAR_API_KEY", TEST_KEY);
        command
    };
    for args in [["trigger", "ticket.created"], ["listen", "--print-secret"]] {
        let output = CommandOutput::run(cstar().args(args));
        assert_eq!((output.code, output.stdout.as_str()), (3, ""), "{output:?}");
        assert!(
            output.stderr.contains("does not trust") && output.stderr.contains("--ca-cert FILE"),
            "{output:?}"
        );
    }
    assert_eq!(front.handshakes(), 0, "nothing was sent to an unknown server");

    over_each_transport(|transport| {
        let receiver = Receiver::start();
        let mut command = cstar();
        command.arg("--ca-cert").arg(authority());
        let args = ["--transport", transport, "--forward-to", &receiver.url(), "--count", "1"];
        let mut listen = Listen::start(command, &args);
        let mut command = cstar();
        command.arg("--ca-cert").arg(authority());
        CommandOutput::run(command.args(["trigger", "ticket.created"])).ok();
        listen.wait_for("delivered");
        assert_eq!(listen.finish().code, 0);
    });
}

#[test]
fn bad_certificates_are_refused_with_a_reason() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    for (certificate, expected, hint) in [
        (Certificate::Expired, "expired", "clock"),
        (Certificate::Early, "not valid", "clock"),
        (Certificate::WrongName, "for another host name", "host name"),
    ] {
        let front = TlsFront::start(sandbox.port, certificate);
        let mut command = home.cstar();
        command.env("CSTAR_BASE_URL", front.base_url()).env("CSTAR_API_KEY", TEST_KEY);
        let output =
            CommandOutput::run(command.arg("--ca-cert").arg(authority()).args(["trigger", "ticket.created"]));
        assert_eq!((output.code, output.stdout.as_str()), (3, ""), "{output:?}");
        assert!(output.stderr.contains(expected) && output.stderr.contains(hint), "{output:?}");
        assert_eq!(output.stderr.lines().count(), 2, "{output:?}");
        assert_eq!(front.handshakes(), 0);
    }
}

#[test]
fn socks_proxy_resolves_the_name() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let front = TlsFront::start(sandbox.port, Certificate::Good);
    let socks = SocksProxy::start(front.port);
    let cstar = || {
        let mut command = home.cstar();
        command
            .env("CSTAR_BASE_URL", "https://far-away.test:8443")
            .env("CSTAR_API_KEY", TEST_KEY)
            .env("ALL_PROXY", format!("socks5h://127.0.0.1:{}", socks.port))
            .arg("--ca-cert")
            .arg(authority());
        command
    };
    over_each_transport(|transport| {
        let receiver = Receiver::start();
        let args = ["--transport", transport, "--forward-to", &receiver.url(), "--count", "1"];
        let mut listen = Listen::start(cstar(), &args);
        CommandOutput::run(cstar().args(["trigger", "ticket.created"])).ok();
        listen.wait_for("delivered");
        assert_eq!(listen.finish().code, 0);
    });
    let destinations = socks.destinations();
    assert!(destinations.len() >= 4, "two listens and two triggers: {destinations:?}");
    // Requests to the receiver do not use the proxy.
    assert!(destinations.iter().all(|name| name == "far-away.test:8443"), "{destinations:?}");
}

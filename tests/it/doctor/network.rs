//! The layers between this machine and cStar: name, port, TLS, HTTP, clock, and proxies.

use std::time::{Duration, Instant};

use jiff::fmt::rfc2822::DateTimePrinter;
use jiff::{SignedDuration, Timestamp};

use super::DoctorReport;
use crate::support::ports::closed_port;
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{
    FAKE_KEY, STREAM, ScriptedServer, Step, WHOAMI, json_response, send, session,
};
use crate::support::socks_proxy::SocksProxy;
use crate::support::tls_front::{Certificate, TlsFront, authority};
use crate::support::{Home, TEST_KEY};

/// The checks after a failed layer are skipped and reported as skipped.
fn assert_rest_is_skipped(found: &DoctorReport, after: &str) {
    let names = ["dns", "tcp", "tls", "http", "clock", "key", "rate_limit", "stream", "undocumented"];
    for name in names.iter().skip_while(|name| **name != after).skip(1) {
        assert_eq!(found.check(name)["status"], "skip", "{found:#?}");
        assert_eq!(found.check(name)["message"], "not reached");
    }
}

#[test]
fn unknown_name_fails_at_dns() {
    let home = Home::new();
    let mut command = home.cstar();
    let found = DoctorReport::run(
        command.env("CSTAR_API_KEY", FAKE_KEY),
        &["--base-url", "https://nothing-here.invalid"],
    );
    let fix =
        if cfg!(windows) { "nslookup nothing-here.invalid" } else { "getent hosts nothing-here.invalid" };
    found.assert_only_failure("dns", "nothing-here.invalid", fix);
    assert_rest_is_skipped(&found, "dns");
}

#[test]
fn closed_port_fails_at_tcp() {
    let home = Home::new();
    let port = closed_port();
    let url = format!("http://127.0.0.1:{port}");
    let found = DoctorReport::run(&mut home.cstar(), &["--sandbox", "--base-url", &url]);
    found.assert_only_failure("tcp", "refuses connections", &format!("cstar sandbox --port {port}"));
    assert_rest_is_skipped(&found, "tcp");
}

#[test]
fn each_certificate_error_has_its_own_text() {
    let (home, server) =
        (Home::new(), ScriptedServer::without_whoami(|_, _| json_response(200, &[], WHOAMI)));
    let trusted = authority();
    let trusted = ["--ca-cert", trusted.to_str().unwrap()];
    for (certificate, args, message, fix) in [
        (Certificate::Good, &[][..], "does not trust", "--ca-cert FILE"),
        (Certificate::Expired, &trusted[..], "expired", "clock"),
        (Certificate::Early, &trusted[..], "not valid", "clock"),
        (Certificate::WrongName, &trusted[..], "for another host name", "--base-url"),
    ] {
        let front = TlsFront::start(server.port, certificate);
        let mut command = home.cstar();
        command.env("CSTAR_BASE_URL", front.base_url()).env("CSTAR_API_KEY", FAKE_KEY);
        let found = DoctorReport::run(&mut command, args);
        found.assert_only_failure("tls", message, fix);
        assert_rest_is_skipped(&found, "tls");
        assert_eq!(front.handshakes(), 0, "{certificate:?}");
    }
    assert!(server.requests().is_empty());
}

#[test]
fn certificate_is_valid_only_with_its_authority() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let front = TlsFront::start(sandbox.port, Certificate::Good);
    let trusted = authority();
    let mut command = home.cstar();
    command.env("CSTAR_BASE_URL", front.base_url()).env("CSTAR_API_KEY", TEST_KEY);
    let found = DoctorReport::run(&mut command, &["--ca-cert", trusted.to_str().unwrap()]);
    assert_eq!(found.code, 0, "{found:#?}");
    assert_eq!(found.check("tls")["message"], "the certificate for localhost is good");
    assert_eq!(found.check("stream")["status"], "ok");
    let mut command = home.cstar();
    command.env("CSTAR_BASE_URL", front.base_url()).env("CSTAR_API_KEY", TEST_KEY);
    let found = DoctorReport::run(command.env("SSL_CERT_FILE", trusted), &[]);
    assert_eq!(found.code, 0, "{found:#?}");
}

#[test]
fn https_to_a_plain_server_fails_at_tls() {
    let home = Home::new();
    let server = ScriptedServer::without_whoami(|_, _| json_response(200, &[], WHOAMI));
    let url = format!("https://127.0.0.1:{}", server.port);
    let found = DoctorReport::run(&mut home.cstar(), &["--base-url", &url]);
    found.assert_only_failure("tls", "no secure connection", "speak https");
}

#[test]
fn foreign_responses_fail_at_http() {
    let home = Home::new();
    for (status, header, message, fix) in [
        (301, "location: https://other.example/x", "redirects to https://other.example/x", "--base-url"),
        (404, "x: y", "there is no cStar API", "host and port"),
        (502, "x: y", "HTTP 502", "try again later"),
    ] {
        let server = ScriptedServer::without_whoami(move |_, _| json_response(status, &[header], "<html>"));
        let found = DoctorReport::run(&mut server.cstar(&home), &[]);
        found.assert_only_failure("http", message, fix);
        assert_eq!(server.requests().len(), 1, "{status}");
        assert_eq!(
            server.requests()[0].header("authorization"),
            None,
            "no key is sent before cStar is reached"
        );
    }
    let server = ScriptedServer::without_whoami(|_, _| vec![send("220 smtp ready\r\n")]);
    DoctorReport::run(&mut server.cstar(&home), &[]).assert_only_failure("http", "no answer", "sandbox");
}

/// `whoami` and a session, with a clock that is off by this much.
fn off_by(seconds: i64) -> ScriptedServer {
    ScriptedServer::without_whoami(move |_, request| {
        let time = Timestamp::now() + SignedDuration::from_secs(seconds);
        let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&time).unwrap();
        if request.target().contains("listen") {
            let frame = session(&serde_json::json!({"session_id": "lst_1", "secret": "whsec_x"}));
            return vec![send(STREAM.to_owned() + &frame), Step::Hold];
        }
        let status = if request.header("authorization").is_some() { 200 } else { 401 };
        json_response(status, &[&format!("date: {date}")], WHOAMI)
    })
}

#[test]
fn clock_difference_is_reported() {
    let home = Home::new();
    for (seconds, status, way) in [
        (1000, "fail", "behind the server: signatures are refused"),
        (-1000, "fail", "ahead of the server: signatures are refused"),
        (60, "warn", "behind the server"),
        (0, "ok", "agrees"),
    ] {
        let found = DoctorReport::run(&mut off_by(seconds).cstar(&home), &[]);
        assert_eq!(found.check("clock")["status"], status, "{found:#?}");
        found.assert_check("clock", way, "");
        assert_eq!(found.check("clock")["fix"].is_null(), status == "ok", "{found:#?}");
        assert_eq!(found.code, i32::from(status == "fail"), "{found:#?}");
        assert_eq!(found.check("stream")["status"], "ok", "{found:#?}");
    }
}

#[test]
fn proxy_has_checks_of_its_own() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let front = TlsFront::start(sandbox.port, Certificate::Good);
    let socks = SocksProxy::start(front.port);
    let trusted = authority();
    let through = |proxy: &str| {
        let mut command = home.cstar();
        command.env("CSTAR_BASE_URL", "https://far-away.test").env("CSTAR_API_KEY", TEST_KEY);
        command.env("ALL_PROXY", proxy).env("NO_PROXY", "localhost");
        DoctorReport::run(&mut command, &["--ca-cert", trusted.to_str().unwrap()])
    };
    let found = through(&format!("socks5h://me:hunter2@127.0.0.1:{}", socks.port));
    // This proxy needs no password; a given one is not printed.
    assert!(!found.value.to_string().contains("hunter2"), "{found:#?}");
    let found = through(&format!("socks5h://127.0.0.1:{}", socks.port));
    assert_eq!(found.code, 0, "{found:#?}");
    found.assert_check(
        "proxy",
        &format!("socks5h://127.0.0.1:{} (from ALL_PROXY, not for localhost", socks.port),
        "",
    );
    assert_eq!(found.check("stream")["status"], "ok", "{found:#?}");
    assert!(
        socks.destinations().iter().all(|name| name == "far-away.test:443"),
        "{:?}",
        socks.destinations()
    );

    let port = closed_port();
    let found = through(&format!("http://127.0.0.1:{port}"));
    found.assert_only_failure(
        "tcp",
        &format!("the proxy 127.0.0.1:{port} refuses connections"),
        "HTTPS_PROXY",
    );
    through("http://no-proxy-here.invalid:1").assert_only_failure(
        "dns",
        "no-proxy-here.invalid",
        "HTTPS_PROXY",
    );
    // Such a proxy expects an address, so the name is resolved on this machine.
    let found = through(&format!("socks5://127.0.0.1:{}", socks.port));
    assert_eq!(found.of_status("fail"), ["dns"], "{found:#?}");
    assert!(found.value.to_string().contains("socks5h://"), "{found:#?}");
}

#[test]
fn ignored_proxy_variables_are_reported() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let found = |name: &str, value: &str| DoctorReport::run(sandbox.cstar(&home).env(name, value), &[]);
    let set = if cfg!(windows) { "$env:HTTPS_PROXY = " } else { "export" };
    found("HTTPS_PROXY", "ftp://p:1").assert_check("proxy", "HTTPS_PROXY is not a proxy address", set);
    // Windows does not distinguish them.
    let lower = if cfg!(windows) { "HTTPS_PROXY" } else { "https_proxy" };
    let ignored = format!("{lower} is set, but 127.0.0.1 is this machine");
    found("https_proxy", "http://p:1").assert_check("proxy", &ignored, "");
    found("HTTP_PROXY", "http://p:1").assert_check("proxy", "set HTTPS_PROXY", "");
    found("UNRELATED", "x").assert_check("proxy", "none", "");
}

/// The worst case: cStar and the target accept connections and send nothing.
#[test]
fn doctor_ends_in_time_when_everything_hangs() {
    let home = Home::new();
    let hangs = ScriptedServer::without_whoami(|_, _| vec![Step::Hold]);
    let target = ScriptedServer::without_whoami(|_, _| vec![Step::Hold]);
    let began = Instant::now();
    let args = ["--forward-to", &target.base_url(), "--secret", "whsec_x"];
    let found = DoctorReport::run(&mut hangs.cstar(&home), &args);
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    assert_eq!(found.of_status("fail"), ["http", "delivery"], "{found:#?}");
    found.assert_check("http", "no answer within 4 s", "sandbox");
    found.assert_check("delivery", "did not answer within 10 s", "answer first");
}

#[test]
fn hanging_tls_handshake_is_reported() {
    let home = Home::new();
    let hangs = ScriptedServer::without_whoami(|_, _| vec![Step::Hold]);
    let url = format!("https://127.0.0.1:{}", hangs.port);
    let found = DoctorReport::run(&mut home.cstar(), &["--base-url", &url]);
    found.assert_only_failure("tls", "handshake timed out", "https");
}

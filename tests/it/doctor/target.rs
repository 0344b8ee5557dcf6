//! The local target and its responses.

use super::DoctorReport;
use crate::support::ports::closed_port;
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::tls_front::{Certificate, TlsFront};
use crate::support::{CommandOutput, Home};

/// Checks only the target, without cStar.
fn offline(home: &Home, args: &[&str]) -> DoctorReport {
    let nowhere = format!("http://127.0.0.1:{}", closed_port());
    let found = DoctorReport::run(home.cstar().env("CSTAR_BASE_URL", nowhere), args);
    assert_eq!(found.check("tcp")["status"], "fail");
    found
}

#[test]
fn each_target_response_has_its_own_advice() {
    let home = Home::new();
    for (status, message, fix) in [
        (401, "answered HTTP 401 to a ping event, signed with the secret of --secret", "--print-secret"),
        (400, "answered HTTP 400", "raw body"),
        (404, "answered HTTP 404", "path"),
        (405, "answered HTTP 405", "path"),
        (308, "redirect", "final address"),
        (500, "answered HTTP 500", "log"),
    ] {
        let receiver = Receiver::start_with(move |_| Response::status(status).header("location", "/other"));
        let found = offline(&home, &["--forward-to", &receiver.url(), "--secret", "whsec_hunter2"]);
        assert_eq!(found.of_status("fail"), ["tcp", "delivery"], "{found:#?}");
        found.assert_check("delivery", message, fix);
        assert!(!found.value.to_string().contains("hunter2"), "{found:#?}");
        assert_eq!(receiver.drain().len(), 1, "exactly one event is sent");
    }
}

#[test]
fn unreachable_target_is_reported_by_layer() {
    let home = Home::new();
    let port = closed_port();
    let found = offline(&home, &["--forward-to", &port.to_string()]);
    found.assert_check("target", &format!("localhost:{port} refuses connections"), "start your server");
    let found = offline(&home, &["--forward-to", "http://no-target.invalid:3000/"]);
    found.assert_check("target", "no-target.invalid: ", "host name in --forward-to");
    assert!(!found.names().contains(&"delivery"), "{found:#?}");
}

#[test]
fn self_signed_target_needs_insecure() {
    let home = Home::new();
    let receiver = Receiver::start();
    let front = TlsFront::start(receiver.port, Certificate::Good);
    let args = ["--forward-to", &front.base_url(), "--secret", "whsec_x"];
    let found = offline(&home, &args);
    found.assert_check("delivery", "certificate", "--insecure");
    assert!(receiver.drain().is_empty());
    let found = offline(&home, &[&args[..], &["--insecure"]].concat());
    assert_eq!(found.of_status("fail"), ["tcp"], "{found:#?}");
    assert_eq!(receiver.next().header("x-event-type"), "ping");
}

#[test]
fn secret_origin_is_reported() {
    let (home, receiver) = (Home::new(), Receiver::start());
    let sandbox = Sandbox::start(&home);
    let to = ["--forward-to", &receiver.url()];
    let found = DoctorReport::run(&mut sandbox.cstar(&home), &to);
    found.assert_check("delivery", "the secret of the event stream", "");
    let found = DoctorReport::run(sandbox.cstar(&home).env("CSTAR_WEBHOOK_SECRET", "whsec_x"), &to);
    found.assert_check("delivery", "the secret of CSTAR_WEBHOOK_SECRET", "");
    let found = offline(&home, &to);
    assert_eq!(found.check("delivery")["status"], "skip", "{found:#?}");
    found.assert_check("delivery", "there is no signing secret", "");
    assert_eq!(receiver.drain().len(), 2);
}

#[test]
fn flags_about_the_event_need_a_target() {
    let home = Home::new();
    for flag in [&["--insecure"][..], &["--secret", "whsec_x"]] {
        let output = CommandOutput::run(home.cstar().arg("doctor").args(flag));
        assert_eq!(output.code, 2, "{output:?}");
        assert!(output.stderr.contains("--forward-to"), "{output:?}");
    }
}

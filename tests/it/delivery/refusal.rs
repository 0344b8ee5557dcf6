//! 400, 401 and 403: `listen` reports whether its signature was right, and the likely cause.

use std::process::Stdio;

use serde_json::Value;

use crate::support::api_connection::ApiConnection;
use crate::support::listen::Listen;
use crate::support::process::{self, Process};
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::{Home, SANDBOX_SECRET};

/// The hint about one event that a receiver answers so.
fn hint(args: &[&str], answer: impl Fn() -> Response + Send + Sync + 'static) -> String {
    let (home, receiver) = (Home::new(), Receiver::start_with(move |_| answer()));
    let sandbox = Sandbox::start(&home);
    let url = receiver.url();
    let args: Vec<&str> = ["--forward-to", &url].iter().chain(args).copied().collect();
    let mut listen = Listen::start(sandbox.cstar(&home), &args);
    let id = ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 1);
    let failed = listen.wait_for("failed");
    let hint = failed["hint"].as_str().unwrap().to_owned();
    let advice = hint.strip_suffix(&format!("; details: cstar why {id}"));
    advice.unwrap_or_else(|| panic!("{hint}")).to_owned()
}

#[test]
fn right_signature_that_is_refused_is_explained() {
    let text = hint(&[], || {
        let refused = Response::status(401).body("invalid signature".to_owned());
        refused.header("x-powered-by", "Express")
    });
    assert!(
        text.starts_with("our signature was right. Likely cause: the server has another secret"),
        "{text}"
    );
    assert!(text.contains("express.raw()") && text.contains("CSTAR_WEBHOOK_SECRET"), "{text}");
    assert!(text.contains("cstar listen --print-secret") && !text.contains('\n'), "{text}");
    assert!(!text.contains(SANDBOX_SECRET), "{text}");
    let text = hint(&[], || Response::status(403));
    assert!(text.starts_with("our signature was right. If the signature was refused"), "{text}");
}

#[test]
fn replaced_signature_is_reported_as_wrong() {
    let text = hint(&["--header", "X-Signature: t=1,v1=00"], || Response::status(400));
    assert!(text.starts_with("our signature is wrong") && text.contains("--header"), "{text}");
}

#[test]
fn login_and_clock_are_other_causes() {
    let text = hint(&[], || Response::status(401).header("www-authenticate", "Basic realm=\"staging\""));
    assert!(text.contains("login") && !text.contains("signature"), "{text}");
    let text = hint(&[], || Response::status(400).header("date", "Tue, 01 Jan 2019 00:00:00 GMT"));
    assert!(
        text.contains("our signature was right") && text.contains("behind that of this machine"),
        "{text}"
    );
}

#[test]
fn refusal_is_explained_once_per_run() {
    let home = Home::new();
    let receiver = Receiver::start_with(|_| Response::status(401).body("bad signature".to_owned()));
    let sandbox = Sandbox::start(&home);
    let mut command = sandbox.cstar(&home);
    command.args(["listen", "--forward-to", &receiver.url(), "--count", "2"]);
    let mut listen = Process::start(command.stdout(Stdio::piped()).stderr(Stdio::piped()));
    let (rest, _) = process::read_until(listen.stderr(), "Ready.");
    let mut api = ApiConnection::open(sandbox.port);
    let first = api.trigger_ticket("tkt_1", 1);
    api.trigger_ticket("tkt_1", 2);
    let printed = process::read_to_end(rest);
    assert_eq!(listen.wait().code(), Some(1));
    let hints: Vec<&str> = printed.lines().filter(|line| line.starts_with("hint: our signature")).collect();
    assert_eq!(hints.len(), 1, "{printed}");
    assert!(hints[0].contains(&format!("cstar why {first}")), "{printed}");
    let why = home.run(["why", &first, "--json"]).ok().json();
    let next = why["next"].as_array().unwrap().iter().map(Value::to_string).collect::<String>();
    assert!(next.contains("raw body"), "{next}");
}

//! `listen` and `trigger` against the real sandbox: a signed event reaches a local server.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use cstar::signature::{SIGNATURE_HEADER, construct_event, verify_signature};
use serde_json::json;

use crate::support::listen::Listen;
use crate::support::ports::ReservedPort;
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{
    FAKE_KEY, STREAM, ScriptedServer, Step, event, json_response, send, session, ticket_event,
};
use crate::support::{CommandOutput, Home, TEST_KEY, over_each_transport};

const SANDBOX_SECRET: &str = "whsec_sandboxtest000000000000000000000";

#[test]
fn triggered_event_arrives_signed_and_unchanged() {
    over_each_transport(|transport| {
        let home = Home::new();
        let sandbox = Sandbox::start(&home);
        let receiver = Receiver::start();
        let mut listen =
            Listen::start(sandbox.cstar(&home), &["--transport", transport, "--forward-to", &receiver.url()]);

        let fired = sandbox.run(&home, ["trigger", "ticket.created", "--json"]).ok().json();
        let request = receiver.next();
        let delivered = listen.wait_for("delivered");

        assert_eq!(request.header("x-signature"), request.header("cstar-signature"));
        let event =
            construct_event(request.body.clone(), Some(request.header(SIGNATURE_HEADER)), SANDBOX_SECRET)
                .unwrap();
        assert_eq!(event.id(), fired["eventId"]);
        assert_eq!(request.header("x-event-id"), event.id());
        assert_eq!(request.header("x-event-type"), "ticket.created");
        assert_eq!(request.header("x-delivery-attempt"), "1");
        assert_eq!(request.header("user-agent"), "cStar-Webhooks/1.0");
        assert_eq!(request.header("content-type"), "application/json");
        assert!(request.header("x-webhook-id").starts_with("whk_"));
        assert!(request.header("x-cstar-request-id").starts_with("req_"));
        assert_eq!(delivered["id"], event.id());
        assert_eq!(delivered["status"], 200);
        listen.end();
    });
}

#[test]
fn every_event_type_arrives_and_verifies() {
    over_each_transport(|transport| {
        let home = Home::new();
        let sandbox = Sandbox::start(&home);
        let receiver = Receiver::start();
        let args = ["--transport", transport, "--forward-to", &receiver.url(), "--count", "35"];
        let listen = Listen::start(sandbox.cstar(&home), &args);
        let fired = sandbox.run(&home, ["trigger", "--all", "--json"]).ok().json();
        let ended = listen.finish();
        assert_eq!(ended.code, 0, "{ended:#?}");
        assert_eq!(ended.summary()["delivered"], 35);
        let fired: HashSet<_> =
            fired.as_array().unwrap().iter().map(|one| one["event"].as_str().unwrap().to_owned()).collect();
        assert_eq!(fired.len(), 35);
        let mut delivered = HashSet::new();
        for request in receiver.take(35) {
            let header = Some(request.header(SIGNATURE_HEADER));
            let event = construct_event(request.body.clone(), header, SANDBOX_SECRET).unwrap();
            assert_eq!(event.event_type(), request.header("x-event-type"));
            delivered.insert(event.event_type().to_owned());
        }
        assert_eq!(delivered, fired);
    });
}

#[test]
fn user_headers_are_added_to_every_delivery() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let args = [
        "--forward-to",
        &receiver.url(),
        "-H",
        "X-Tag: one",
        "--header",
        "x-tag:two",
        "-H",
        "Authorization: Basic eA==",
    ];
    let _listen = Listen::start(sandbox.cstar(&home), &args);
    sandbox.run(&home, ["trigger", "ticket.created"]).ok();
    let request = receiver.next();
    let tags: Vec<_> = request.headers.get_all("x-tag").iter().map(|value| value.to_str().unwrap()).collect();
    assert_eq!(tags, ["one", "two"]);
    assert_eq!(request.header("authorization"), "Basic eA==");
    assert_eq!(request.header("x-event-type"), "ticket.created");
}

#[test]
fn api_key_is_never_sent_to_the_target() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let _listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url()]);
    sandbox.run(&home, ["trigger", "ticket.created"]).ok();
    let request = receiver.next();
    assert!(!request.headers.contains_key("authorization"));
    assert!(!format!("{request:?}").contains(TEST_KEY));
}

/// Runs `listen` with these and gives where its secret came from, and whether `secret` verifies.
fn signs_with(
    sandbox: &Sandbox,
    home: &Home,
    env: Option<&str>,
    flag: Option<&str>,
    secret: &str,
) -> (String, bool) {
    let receiver = Receiver::start();
    let url = receiver.url();
    let mut command = sandbox.cstar(home);
    if let Some(secret) = env {
        command.env("CSTAR_WEBHOOK_SECRET", secret);
    }
    let mut args = vec!["--forward-to", &url];
    args.extend(flag.map(|secret| ["--secret", secret]).into_iter().flatten());
    let listen = Listen::start(command, &args);
    sandbox.run(home, ["trigger", "ticket.created"]).ok();
    let request = receiver.next();
    let verified = verify_signature(&request.body, Some(request.header(SIGNATURE_HEADER)), secret).is_ok();
    (listen.all("connected")[0]["secret_source"].as_str().unwrap().to_owned(), verified)
}

#[test]
fn secret_order_is_flag_environment_session() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let (flag, env) = ("whsec_from_the_flag", "whsec_from_the_environment");
    let signs = |e, f, secret| signs_with(&sandbox, &home, e, f, secret);
    assert_eq!(signs(Some(env), Some(flag), flag), ("flag".to_owned(), true));
    assert_eq!(signs(Some(env), None, env), ("environment".to_owned(), true));
    assert_eq!(signs(None, None, SANDBOX_SECRET), ("session".to_owned(), true));
    assert_eq!(signs(Some(""), None, SANDBOX_SECRET), ("session".to_owned(), true));
}

#[test]
fn generated_secret_is_kept_between_runs() {
    let server = ScriptedServer::start(|_, _| {
        vec![
            send(STREAM.to_owned() + &session(&json!({"session_id": "lst_1"})) + &ticket_event("evt_1")),
            Step::Hold,
        ]
    });
    let (home, receiver) = (Home::new(), Receiver::start());
    let print = || CommandOutput::run(server.cstar(&home).args(["listen", "--print-secret"])).ok();
    let mut listen = server.listen(&home, &["--forward-to", &receiver.url(), "--count", "1"]);
    assert_eq!(listen.wait_for("connected")["secret_source"], "generated");
    let (first, second) = (print(), print());
    let secret = first.stdout.trim_end();
    assert!(secret.starts_with("whsec_") && secret.len() >= 30, "{first:?}");
    assert_eq!(first.stdout, second.stdout);
    let request = receiver.next();
    verify_signature(&request.body, Some(request.header(SIGNATURE_HEADER)), secret).unwrap();

    let kept = files_with(&home.path().join("cstar"), secret);
    assert_eq!(kept.len(), 1, "{kept:?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(kept[0].metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    // Another home, another secret.
    let stranger =
        CommandOutput::run(server.cstar(&Home::new()).current_dir("/").args(["listen", "--print-secret"]))
            .ok();
    assert_ne!(stranger.stdout, first.stdout);
}

/// The files below `directory` that hold `text`.
fn files_with(directory: &Path, text: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if std::fs::read_to_string(&path).is_ok_and(|content| content.contains(text)) {
            found.push(path);
        }
    }
    found
}

#[test]
fn print_secret_prints_nothing_else() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let output = sandbox.run(&home, ["listen", "--print-secret"]).ok();
    assert_eq!((output.stdout.as_str(), output.stderr.as_str()), (&*format!("{SANDBOX_SECRET}\n"), ""));
    // One that is named needs no server, no key and no network.
    let output = home.run(["listen", "--print-secret", "--secret", "whsec_named"]).ok();
    assert_eq!((output.stdout.as_str(), output.stderr.as_str()), ("whsec_named\n", ""));
    // A variable is not printed back: what `listen` signs with in a clean shell is asked for.
    let mut variable = sandbox.cstar(&home);
    variable.env("CSTAR_WEBHOOK_SECRET", "whsec_env").args(["listen", "--print-secret"]);
    let output = CommandOutput::run(&mut variable).ok();
    assert_eq!(output.stdout, format!("{SANDBOX_SECRET}\n"));
    assert!(output.stderr.contains("CSTAR_WEBHOOK_SECRET is set"), "{output:?}");
}

#[test]
fn only_selected_events_are_delivered() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let args = ["--forward-to", &receiver.url(), "--events", "ticket.*,boss.spawned", "--count", "3"];
    let mut listen = Listen::start(sandbox.cstar(&home), &args);
    for kind in ["customer.created", "ticket.created", "article.created", "boss.spawned", "ticket.closed"] {
        sandbox.run(&home, ["trigger", kind]).ok();
    }
    // The server left the others out.
    assert_eq!(listen.summary()["skipped"], 0);
    let types: HashSet<_> =
        receiver.take(3).iter().map(|request| request.header("x-event-type").to_owned()).collect();
    assert_eq!(types, ["ticket.created", "boss.spawned", "ticket.closed"].map(String::from).into());
}

#[test]
fn client_filters_when_the_server_does_not() {
    let server = ScriptedServer::start(|_, _| {
        let customer = event("evt_c", "customer.created", "{}");
        let opening = session(&json!({"secret": "whsec_x"}));
        vec![send(STREAM.to_owned() + &opening + &customer + &ticket_event("evt_1")), Step::Hold]
    });
    let (home, receiver) = (Home::new(), Receiver::start());
    let args = ["--forward-to", &receiver.url(), "--events", "ticket.*", "--count", "1"];
    let mut listen = server.listen(&home, &args);
    listen.summary();
    assert!(server.requests()[0].target().ends_with("?types=ticket.*"), "{:?}", server.requests());
    assert_eq!(listen.all("skipped")[0]["id"], "evt_c");
    assert_eq!(receiver.next().header("x-event-id"), "evt_1");
    assert!(receiver.drain().is_empty());
}

#[test]
fn listen_starts_a_sandbox_when_none_runs() {
    let (home, port, receiver) = (Home::new(), ReservedPort::new(), Receiver::start());
    let base = format!("http://127.0.0.1:{}", port.port);
    let args = ["--sandbox", "--base-url", &base, "--forward-to", &receiver.url(), "--count", "1"];
    let listen = Listen::start(home.cstar(), &args);
    let fired =
        home.run(["trigger", "ticket.created", "--sandbox", "--base-url", &base, "--json"]).ok().json();
    assert_eq!(fired["listeners"], 1);
    assert_eq!(receiver.next().header("x-event-id"), fired["eventId"].as_str().unwrap());
    let ended = listen.finish();
    assert_eq!(ended.code, 0, "{ended:#?}");
    // It ended with the command, so the next one starts its own again and says so.
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
        assert!(server.requests().iter().all(|asked| asked.header("authorization").is_none()));
    }
    // And whatever runs there, a real key of the environment is not for the sandbox.
    let server = ScriptedServer::without_whoami(|_, _| json_response(404, &[], "{}"));
    let args = ["trigger", "ticket.created", "--sandbox", "--base-url", &server.base_url()];
    let output = CommandOutput::run(home.cstar().env("CSTAR_API_KEY", FAKE_KEY).args(args));
    assert_ne!(output.code, 0);
    assert!(server.requests().iter().all(|asked| !asked.head.contains(FAKE_KEY)), "{:?}", server.requests());
}

#[test]
fn publishable_key_is_refused_by_listen() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let key = "pk_test_sandbox0000000000000000000000000";
    let trigger = sandbox.run(&home, ["trigger", "ticket.created", "--json", "--api-key", key]);
    assert_eq!(trigger.code, 4, "{trigger:?}");
    assert_eq!(trigger.json_error()["code"], "publishable_key_write");
    let listen = Listen::start_unconnected(sandbox.cstar(&home), &["--api-key", key]).finish();
    assert_eq!(listen.code, 4, "{listen:#?}");
    assert!(
        listen.stderr.contains("insufficient_permissions") && !listen.stderr.contains(key),
        "{listen:#?}"
    );
}

#[test]
fn unreachable_base_url_is_reported() {
    let home = Home::new();
    let base = format!("http://127.0.0.1:{}", ReservedPort::new().port);
    let output =
        home.run(["trigger", "ticket.created", "--json", "--api-key", TEST_KEY, "--base-url", &base]);
    assert_eq!(output.code, 3, "{output:?}");
    let error = output.json_error();
    assert!(error["message"].as_str().unwrap().contains(&base), "{error}");
    assert!(error["hint"].is_string());
}

#[test]
fn one_mebibyte_body_arrives_intact() {
    let body =
        format!("{{\"data\":{{\"ticket\":{{\"id\":\"tkt_1\"}},\"text\":\"{}\"}}}}", "äx\\n".repeat(1 << 18));
    assert!(body.len() >= 1 << 20);
    let frame = event("evt_1", "ticket.created", &body);
    let server = ScriptedServer::start(move |_, _| {
        vec![send(STREAM.to_owned() + &session(&json!({"secret": "whsec_x"})) + &frame), Step::Hold]
    });
    let (home, receiver) = (Home::new(), Receiver::start());
    let mut listen = server.listen(&home, &["--forward-to", &receiver.url(), "--count", "1"]);
    assert_eq!(listen.wait_for("received")["bytes"], body.len());
    listen.wait_for("delivered");
    let request = receiver.next();
    assert!(request.body == body.as_bytes(), "{} bytes instead of {}", request.body.len(), body.len());
    verify_signature(&request.body, Some(request.header(SIGNATURE_HEADER)), "whsec_x").unwrap();
}

#[test]
fn data_from_stdin_is_in_the_event() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let _listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url()]);
    let args = ["trigger", "ticket.created", "--data", "-", "--sandbox", "--base-url", &sandbox.base_url];
    home.run_with_input(args, br#"{"ticket":{"title":"Zo\u00eb \u001b[2J","own":[1.50]}}"#).ok();
    let event = receiver.next().json();
    assert_eq!(event["data"]["ticket"]["title"], "Zoë \u{1b}[2J");
    assert_eq!(event["data"]["ticket"]["own"], json!([1.5]));
    assert!(event["data"]["ticket"]["status"].is_string(), "the rest is the sample's: {event}");
}

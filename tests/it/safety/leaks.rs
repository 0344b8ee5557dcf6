//! Keys and secrets appear in no log, file or crash message, at any verbosity.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::support::listen::Listen;
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{
    FAKE_KEY, STREAM, ScriptedServer, Step, json_response, send, session, ticket_event,
};
use crate::support::{CommandOutput, Home, TEST_KEY, TIMEOUT, over_each_transport};

/// A secret of the user, which must not appear anywhere.
const SECRET: &str = "whsec_hunter2hunter2hunter2hunter2";

/// The part after the prefix; the prefix may be printed.
fn secret_part(secret: &str) -> &str {
    secret.rsplit('_').next().unwrap()
}

fn assert_clean(printed: &str, secrets: &[&str], what: &str) {
    for secret in secrets {
        let at = printed.lines().find(|line| line.contains(secret_part(secret)));
        assert!(at.is_none(), "{what} contains {secret}: {at:?}");
    }
}

/// `RUST_LOG` usually raises the verbosity; here it must have no effect.
fn verbose(command: &mut Command) -> &mut Command {
    command.env("RUST_LOG", "trace").arg("-vvv")
}

#[test]
fn no_command_logs_a_key_or_a_secret() {
    let (home, receiver) = (Home::new(), Receiver::start());
    let sandbox = Sandbox::start(&home);
    let session = sandbox.run(&home, ["listen", "--print-secret"]).ok().stdout.trim().to_owned();
    let secrets = [TEST_KEY, SECRET, &session];
    let url = receiver.url();
    for args in [
        &["trigger", "ticket.created"][..],
        &["trigger", "ticket.created", "--json"],
        &["trigger", "ticket.created", "--to", &url, "--secret", SECRET],
        &["trigger", "ticket.created", "--api-key", TEST_KEY],
        &["trigger", "ticket.created", "--api-key", "sk_test_hunter2hunter2hunter2hunter2"],
        &["doctor", "--forward-to", &url, "--secret", SECRET],
        &["doctor", "--forward-to", &url, "--json"],
        &["events"],
        &["history", "--json"],
        &["demo"],
        &["verify", "--secret", SECRET, "--signature", "t=1,v1=00", "/dev/null"],
        &["sandbox", "--port", &sandbox.port.to_string()],
    ] {
        let output = CommandOutput::run(verbose(&mut sandbox.cstar(&home)).args(args));
        assert_clean(&output.stdout, &secrets, &format!("{args:?}"));
        assert_clean(&output.stderr, &secrets, &format!("{args:?}"));
    }
    // The secret was requested, on standard output; the log has no copy.
    let output =
        CommandOutput::run(verbose(&mut sandbox.cstar(&home)).args(["listen", "--print-secret"])).ok();
    assert_eq!(output.stdout.trim(), session);
    assert!(
        output.stderr.contains("DEBUG") || output.stderr.contains("TRACE"),
        "nothing was logged: {output:?}"
    );
    assert_clean(&output.stderr, &secrets, "listen --print-secret");
}

/// Runs `listen` with the highest verbosity until it has delivered one event and failed to deliver another.
fn listen(home: &Home, sandbox: &Sandbox, args: &[&str]) -> CommandOutput {
    let receiver = Receiver::start_with(|request| {
        Response::status(if request.header("x-event-type") == "ticket.created" { 200 } else { 401 })
    });
    let mut command = sandbox.cstar(home);
    verbose(&mut command).args(["listen", "--forward-to", &receiver.url(), "--count", "2"]).args(args);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let running = crate::support::process::Process::start(&mut command);
    // Until a listener receives them.
    let trigger = |kind| -> bool {
        let mut command = sandbox.cstar(home);
        let triggered = CommandOutput::run(command.args(["trigger", kind, "--json"])).ok();
        triggered.json()["deliveredTo"] != 0
    };
    let deadline = Instant::now() + TIMEOUT;
    while !trigger("ticket.created") {
        assert!(Instant::now() < deadline, "nothing listens");
    }
    trigger("survey.submitted");
    CommandOutput::from(running.output())
}

#[test]
fn verbose_listen_logs_no_key_and_no_secret() {
    over_each_transport(|transport| {
        let home = Home::new();
        // Another sandbox, because each counts its listeners.
        let sandbox = Sandbox::start(&home);
        let session = sandbox.run(&home, ["listen", "--print-secret"]).ok().stdout.trim().to_owned();
        let output = listen(&home, &sandbox, &["--json", "--transport", transport, "--secret", SECRET]);
        assert!(
            output.stderr.contains("DEBUG") || output.stderr.contains("TRACE"),
            "nothing was logged: {output:?}"
        );
        assert_clean(
            &format!("{}{}", output.stdout, output.stderr),
            &[TEST_KEY, SECRET, &session],
            transport,
        );

        // Only the ready line prints the secret of the session, which is its purpose.
        let output = listen(&home, &sandbox, &["--transport", transport]);
        let reported = output.stderr.lines().filter(|line| line.contains(secret_part(&session))).count();
        assert!(reported <= 1, "{output:?}");
        assert_clean(&format!("{}{}", output.stdout, output.stderr), &[TEST_KEY], transport);
        assert_files_clean(home.path(), &[TEST_KEY, SECRET, &session]);
    });
}

/// Searches every file below `directory`, including SQLite's, which store text uncompressed.
fn assert_files_clean(directory: &Path, secrets: &[&str]) {
    let mut seen = 0;
    let mut directories = vec![directory.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            seen += bytes.len();
            for secret in secrets {
                let secret_part = secret_part(secret).as_bytes();
                let found = bytes.windows(secret_part.len()).any(|window| window == secret_part);
                assert!(!found, "{} contains {secret}", path.display());
            }
        }
    }
    assert!(seen > 10_000, "the history is searched: {seen} bytes");
}

#[test]
fn echoed_key_is_not_logged_or_stored() {
    let (home, receiver) = (Home::new(), Receiver::start());
    let server = ScriptedServer::start(|number, request| {
        let key = request.header("authorization").unwrap_or_default().to_owned();
        match number {
            0 => {
                let frame =
                    session(&serde_json::json!({"session_id": key, "webhook_id": key, "secret": SECRET}));
                let bare = key.trim_start_matches("Bearer ");
                let echo_frame = format!(": {key}\n\nevent: {key}\ndata: {key}\n\n");
                let id = ticket_event(bare);
                let kind = ticket_event("evt_1").replace("ticket.created", bare);
                let good = ticket_event("evt_2").replace("event:", &format!("request-id: {bare}\nevent:"));
                vec![send(STREAM.to_owned() + &frame + &echo_frame + &id + &kind + &good), Step::Hold]
            }
            _ => json_response(
                401,
                &[&format!("location: {key}")],
                &serde_json::json!({"error": key}).to_string(),
            ),
        }
    });
    let mut command = server.cstar(&home);
    verbose(&mut command);
    let mut listening = Listen::start(command, &["--forward-to", &receiver.url(), "--count", "1"]);
    assert_eq!(listening.wait_for("delivered")["id"], "evt_2");
    let ended = listening.finish();
    assert_eq!(ended.summary()["skipped"], 3, "{ended:#?}");
    let delivered = receiver.next();
    assert_clean(&format!("{:?}", delivered.headers), &[FAKE_KEY, SECRET], "the delivery");
    let printed = format!("{}{:?}", ended.stderr, ended.seen);
    assert_clean(&printed, &[FAKE_KEY, SECRET], "listen");
    let output = CommandOutput::run(verbose(&mut server.cstar(&home)).args(["trigger", "ticket.created"]));
    assert_eq!(output.code, 4, "{output:?}");
    assert_clean(&format!("{}{}", output.stdout, output.stderr), &[FAKE_KEY, SECRET], "trigger");
    assert_files_clean(home.path(), &[FAKE_KEY, SECRET]);
}

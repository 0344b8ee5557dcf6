//! The secret that deliveries are signed with.

use std::path::{Path, PathBuf};

use cstar::signature::{SIGNATURE_HEADER, verify_signature};
use serde_json::json;

use super::SANDBOX_SECRET;
use crate::support::listen::Listen;
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;
use crate::support::scripted_server::{STREAM, ScriptedServer, Step, send, session, ticket_event};
use crate::support::{CommandOutput, Home};

/// Runs `listen` with these; returns the origin of its secret, and whether `secret` verifies.
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

/// The files below `directory` that contain `text`.
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
    // A given secret needs no server, no key and no network.
    let output = home.run(["listen", "--print-secret", "--secret", "whsec_named"]).ok();
    assert_eq!((output.stdout.as_str(), output.stderr.as_str()), ("whsec_named\n", ""));
    // The variable is not printed: the question is what `listen` uses in a clean shell.
    let mut variable = sandbox.cstar(&home);
    variable.env("CSTAR_WEBHOOK_SECRET", "whsec_env").args(["listen", "--print-secret"]);
    let output = CommandOutput::run(&mut variable).ok();
    assert_eq!(output.stdout, format!("{SANDBOX_SECRET}\n"));
    assert!(output.stderr.contains("CSTAR_WEBHOOK_SECRET is set"), "{output:?}");
}

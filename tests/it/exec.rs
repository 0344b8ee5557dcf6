//! `listen --exec`: events are delivered to commands.

#[cfg(unix)]
mod ending;
#[cfg(unix)]
mod outcome;
#[cfg(unix)]
mod recipes;

use std::path::Path;

use serde_json::Value;

use crate::support::api_connection::ApiConnection;
use crate::support::listen::Listen;
use crate::support::sandbox::Sandbox;
use crate::support::{Home, SANDBOX_SECRET};

/// A sandbox, and a `listen` with these arguments, in its home.
struct Setup {
    home: Home,
    sandbox: Sandbox,
    api: ApiConnection,
}

impl Setup {
    fn new() -> Self {
        let home = Home::new();
        let sandbox = Sandbox::start(&home);
        let api = ApiConnection::open(sandbox.port);
        Self { home, sandbox, api }
    }

    fn listen(&self, args: &[&str]) -> Listen {
        Listen::start(self.sandbox.cstar(&self.home), args)
    }

    #[cfg(unix)]
    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    #[cfg(unix)]
    fn path(&self, name: &str) -> std::path::PathBuf {
        self.home.path().join(name)
    }

    /// One event in the history.
    fn event(&self, id: &str) -> Value {
        self.home.run(["history", "show", id, "--json"]).ok().json()
    }
}

/// A path in a word of a POSIX shell and of `--exec`.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display())
}

/// The command is `cstar verify`: it succeeds only if body, signature and time arrive as they were signed.
#[test]
fn command_gets_the_signed_body_and_its_headers() {
    let mut setup = Setup::new();
    let binary = env!("CARGO_BIN_EXE_cstar");
    let script = match cfg!(windows) {
        true => format!("\"{binary}\" verify --secret {SANDBOX_SECRET} --signature %CSTAR_SIGNATURE%"),
        false => format!("'{binary}' verify --secret {SANDBOX_SECRET} --signature \"$CSTAR_SIGNATURE\""),
    };
    let mut listen = setup.listen(&["--exec-shell", &script, "--retries", "0"]);
    let connected = listen.all("connected")[0].clone();
    let name = format!("exec-shell: {script}");
    assert_eq!(connected["targets"][0]["url"], name);
    let id = setup.api.trigger_ticket("tkt_1", 1);
    let delivered =
        listen.wait_until("an end", |line| line["type"] == "delivered" || line["type"] == "failed");
    assert_eq!(delivered["type"], "delivered", "{delivered}");
    assert_eq!((&delivered["exit_code"], &delivered["status"]), (&0.into(), &Value::Null));
    assert_eq!((&delivered["target"], &delivered["attempt"]), (&name.into(), &1.into()));
    listen.stop();
    let attempt = &setup.event(&id)["attempts"][0];
    assert_eq!((&attempt["exit_code"], &attempt["status"]), (&0.into(), &Value::Null), "{attempt}");
    let printed = attempt["response_body"].as_str().unwrap();
    assert!(printed.to_lowercase().contains("valid"), "{printed}");
}

#[test]
fn program_without_a_shell_gets_its_words() {
    let mut setup = Setup::new();
    let binary = quoted(Path::new(env!("CARGO_BIN_EXE_cstar")));
    let mut listen = setup.listen(&["--exec", &format!("{binary} sign --secret whsec_'quoted' --json -")]);
    let id = setup.api.trigger_ticket("tkt_1", 1);
    assert_eq!(listen.wait_for("delivered")["exit_code"], 0);
    listen.stop();
    let event = setup.event(&id);
    let signed: Value =
        serde_json::from_str(event["attempts"][0]["response_body"].as_str().unwrap()).unwrap();
    let time = signed["timestamp"].as_i64().unwrap();
    let expected = cstar::signature::sign(event["body"].as_str().unwrap().as_bytes(), "whsec_quoted", time);
    assert_eq!(signed["signature"], expected);
}

#[test]
fn invalid_commands_are_usage_errors() {
    let home = Home::new();
    for args in [
        ["listen", "--exec", ""],
        ["listen", "--exec", "cat 'open"],
        ["listen", "--exec", "''"],
        ["listen", "--exec-shell", "  "],
    ] {
        let refused = home.run(args);
        assert_eq!(refused.code, 2, "{args:?}: {}", refused.stderr);
        assert!(refused.stderr.contains(args[1]), "{args:?}: {}", refused.stderr);
    }
}

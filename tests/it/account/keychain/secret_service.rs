//! A real Secret Service on a session bus of its own.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::super::{CommandOutput, Home, LIVE_KEY, TEST_KEY, error_line, trigger};
use super::{LIMIT, timed};
use crate::support::process::{Process, read_until};
use crate::support::sandbox::Sandbox;

/// A session bus and a keyring in a home of their own. Both end when this is dropped.
struct Desktop {
    /// Ends when its standard input does.
    _session: Process,
    home: Home,
    bus: String,
}

/// Starts the keyring with an unlocked collection, prints the address of the bus, and waits for its end.
///
/// The bus would start a locked keyring of its own for the first request, so nothing may send one
/// before this keyring runs.
const SESSION: &str = r#"
printf %s password | gnome-keyring-daemon --unlock --foreground --components=secrets >/dev/null 2>&1 &
keyring=$!
trap 'kill $keyring' EXIT
call='dbus-send --session --print-reply'
owned() {
    $call --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets | grep -q 'boolean true'
}
unlocked() {
    $call --dest=org.freedesktop.secrets /org/freedesktop/secrets org.freedesktop.Secret.Service.ReadAlias string:default | grep -q collection/login
}
for try in $(seq 200); do
    if owned && unlocked; then break; fi
    sleep 0.05
done
echo "bus $DBUS_SESSION_BUS_ADDRESS"
cat >/dev/null
"#;

impl Desktop {
    fn start() -> Self {
        let home = Home::new();
        std::fs::create_dir(home.path().join("run")).unwrap();
        let mut command = Command::new("dbus-run-session");
        command.env_clear().envs(Self::variables(&home)).args(["--", "bash", "-c", SESSION]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut session = Process::start(&mut command);
        let (_, printed) = read_until(session.stdout(), "bus ");
        let bus = printed.trim().strip_prefix("bus ").unwrap().to_owned();
        Self { _session: session, home, bus }
    }

    fn variables(home: &Home) -> [(&'static str, PathBuf); 3] {
        let path = std::env::var_os("PATH").unwrap_or_default();
        [("PATH", path.into()), ("HOME", home.path().into()), ("XDG_RUNTIME_DIR", home.path().join("run"))]
    }

    /// A program that uses this bus.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(Self::variables(&self.home)).env("DBUS_SESSION_BUS_ADDRESS", &self.bus);
        command.current_dir(self.home.path()).stdin(Stdio::null());
        command
    }

    fn cstar(&self, args: &[&str]) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_cstar"));
        command.args(args);
        command
    }

    fn login(&self, sandbox: &Sandbox, args: &[&str], key: &str) -> CommandOutput {
        let mut command = self.cstar(&["login", "--base-url", &sandbox.base_url]);
        CommandOutput::run_with_input(command.args(args), key.as_bytes())
    }

    /// The keychain as another program sees it.
    fn secret(&self, profile: &str) -> Option<String> {
        let mut tool = self.command("secret-tool");
        let output = CommandOutput::run(tool.args(["lookup", "service", "cstar-cli", "username", profile]));
        (output.code == 0).then_some(output.stdout)
    }

    fn lock(&self) {
        let mut tool = self.command("dbus-send");
        tool.args([
            "--session",
            "--print-reply",
            "--dest=org.freedesktop.secrets",
            "/org/freedesktop/secrets",
        ]);
        tool.args([
            "org.freedesktop.Secret.Service.Lock",
            "array:objpath:/org/freedesktop/secrets/collection/login",
        ]);
        CommandOutput::run(&mut tool).ok();
    }

    fn file(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(self.home.path().join(".config/cstar").join(name)).ok()
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        // The shell ends, then the keyring, then the bus.
        drop(self._session.stdin());
        self._session.wait();
    }
}

#[test]
#[ignore = "needs gnome-keyring, which .ci/run installs"]
fn login_stores_and_logout_removes_keychain_key() {
    let desktop = Desktop::start();
    let sandbox = Sandbox::start(&desktop.home);
    assert_eq!(desktop.secret("default"), None);
    let output = desktop.login(&sandbox, &[], TEST_KEY).ok();
    assert!(output.stderr.contains("The key is in the system's keychain."), "{output:?}");
    assert_eq!(desktop.secret("default").as_deref(), Some(TEST_KEY));
    assert_eq!(desktop.file("credentials.toml"), None);
    assert!(!desktop.file("config.toml").unwrap().contains(TEST_KEY));
    // Another process.
    let list = CommandOutput::run(&mut desktop.cstar(&["profiles", "list", "--json"])).ok().json();
    assert_eq!((&list[0]["store"], &list[0]["key"]), (&"keychain".into(), &"sk_test_…0000".into()));
    let output =
        CommandOutput::run(&mut desktop.cstar(&["listen", "--for", "10ms", "--forward-to", "1", "-vvv"]))
            .ok();
    assert!(
        output.stderr.contains("profile default, key sk_test_… from the system's keychain"),
        "{output:?}"
    );
    assert!(!output.stderr.contains(TEST_KEY) && !output.stderr.contains("sandbox00000"), "{output:?}");
    // Replace the key, and add a second one.
    desktop.login(&sandbox, &["--profile", "live"], LIVE_KEY).ok();
    let output = desktop.login(&sandbox, &[], LIVE_KEY).ok();
    assert!(output.stderr.contains("It replaces sk_test_…0000"), "{output:?}");
    assert_eq!(desktop.secret("default").as_deref(), Some(LIVE_KEY));
    // A change of the store leaves nothing behind in the old one.
    desktop.login(&sandbox, &["--store", "file"], TEST_KEY).ok();
    assert_eq!(desktop.secret("default"), None);
    assert!(desktop.file("credentials.toml").unwrap().contains(TEST_KEY));
    desktop.login(&sandbox, &["--store", "keychain"], TEST_KEY).ok();
    assert_eq!(desktop.secret("default").as_deref(), Some(TEST_KEY));
    assert!(!desktop.file("credentials.toml").unwrap().contains(TEST_KEY));
    // Another home has other keys.
    let other = desktop.home.path().join("other");
    let mut command = desktop.cstar(&["login", "--base-url", &sandbox.base_url]);
    CommandOutput::run_with_input(command.env("CSTAR_HOME", &other), LIVE_KEY.as_bytes()).ok();
    assert_eq!(desktop.secret("default").as_deref(), Some(TEST_KEY));
    let whole = other.canonicalize().unwrap();
    assert_eq!(desktop.secret(&format!("default {}", whole.display())).as_deref(), Some(LIVE_KEY));

    let output = CommandOutput::run(&mut desktop.cstar(&["logout", "--yes"])).ok();
    assert!(output.stdout.contains("from the system's keychain"), "{output:?}");
    assert_eq!(desktop.secret("default"), None);
    assert_eq!(desktop.secret("live").as_deref(), Some(LIVE_KEY));
    CommandOutput::run(&mut desktop.cstar(&["logout", "--yes", "--all"])).ok();
    assert_eq!(desktop.secret("live"), None);
    assert_eq!(CommandOutput::run(&mut desktop.cstar(&["trigger", "ticket.created"])).code, 4);
}

#[test]
#[ignore = "needs gnome-keyring, which .ci/run installs"]
fn locked_keychain_is_reported() {
    let desktop = Desktop::start();
    let sandbox = Sandbox::start(&desktop.home);
    desktop.login(&sandbox, &[], TEST_KEY).ok();
    desktop.lock();
    for (args, code, expected) in [
        (&["trigger", "ticket.created"][..], 4, "the keychain is locked"),
        (&["logout", "--yes"], 1, "which is still stored: the keychain is locked"),
    ] {
        let (output, took) = timed(|| CommandOutput::run(&mut desktop.cstar(args)));
        assert_eq!(output.code, code, "{output:?}");
        assert!(error_line(&output).contains(expected) && took < LIMIT, "{took:?} {output:?}");
    }
    let forced = desktop.login(&sandbox, &["--store", "keychain"], LIVE_KEY);
    assert_eq!(forced.code, 1, "{forced:?}");
    let (output, took) = timed(|| desktop.login(&sandbox, &[], LIVE_KEY).ok());
    assert!(took < LIMIT, "{took:?}");
    assert!(output.stderr.contains("which only you can read, because the keychain is locked"), "{output:?}");
    assert!(output.stderr.contains("The previous key is still in the system's keychain"), "{output:?}");
    assert!(desktop.file("credentials.toml").unwrap().contains(LIVE_KEY));
}

#[test]
#[ignore = "needs gnome-keyring, which .ci/run installs"]
fn full_disk_restores_the_keychain_key() {
    let desktop = Desktop::start();
    let sandbox = Sandbox::start(&desktop.home);
    desktop.login(&sandbox, &[], TEST_KEY).ok();
    let before = desktop.file("config.toml");
    for profile in ["default", "other"] {
        let mut shell = desktop.command("bash");
        shell.args([
            "-c",
            "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\"",
            env!("CARGO_BIN_EXE_cstar"),
            "login",
        ]);
        shell.args(["--base-url", &sandbox.base_url, "--profile", profile]);
        let output = CommandOutput::run_with_input(&mut shell, LIVE_KEY.as_bytes());
        assert_eq!(output.code, 1, "{output:?}");
        assert!(error_line(&output).contains("config.toml"), "{output:?}");
    }
    assert_eq!(desktop.file("config.toml"), before);
    assert_eq!((desktop.secret("default").as_deref(), desktop.secret("other")), (Some(TEST_KEY), None));
    CommandOutput::run(&mut desktop.cstar(&["trigger", "ticket.created"])).ok();
    assert_eq!(trigger(&desktop.home, &[]).code, 4, "another home does not have it");
}

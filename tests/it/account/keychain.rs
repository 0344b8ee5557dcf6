//! The keychain: a real one, a locked one, none at all, and one that never answers.
//!
//! A real one is not on every machine, so a plain `cargo test` leaves it out. `.ci/run` installs it and runs
//! these too: `cargo test --test it -- --ignored`.

use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{
    CommandOutput, Home, LIVE_KEY, TEST_KEY, contents, error_line, home_and_sandbox, logged_in, login,
    stored_key, trigger,
};
use crate::support::process::{Process, read_until};
use crate::support::sandbox::Sandbox;

/// The promise, with nothing to spare for a slow machine: a call takes 3 s, the rest is ours.
const LIMIT: Duration = Duration::from_secs(4);

fn timed(run: impl FnOnce() -> CommandOutput) -> (CommandOutput, Duration) {
    let start = Instant::now();
    let output = run();
    (output, start.elapsed())
}

/// Makes the profile say that its key is in the keychain.
fn pretend_keychain(home: &Home) {
    let path = home.path().join("cstar").join("config.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("store = \"file\""));
    std::fs::write(&path, text.replace("store = \"file\"", "store = \"keychain\"")).unwrap();
}

/// A bus that takes every connection and never says a word.
fn silent_bus(home: &Home) -> (UnixListener, String) {
    let path = home.path().join("bus");
    let address = format!("unix:path={}", path.display());
    // The system takes the connections; no program needs to.
    (UnixListener::bind(path).unwrap(), address)
}

#[test]
fn without_a_keychain_the_file_is_announced_once() {
    let (home, sandbox) = home_and_sandbox();
    let dead = "unix:path=/no/such/bus";
    for bus in [None, Some(dead)] {
        let mut command = login(&home, &sandbox, &[]);
        command.envs(bus.map(|bus| ("DBUS_SESSION_BUS_ADDRESS", bus)));
        let (output, took) = timed(|| CommandOutput::run_with_input(&mut command, TEST_KEY.as_bytes()).ok());
        let told: Vec<&str> = output.stderr.lines().filter(|line| line.contains("keychain")).collect();
        assert_eq!(told.len(), 1, "{output:?}");
        assert!(told[0].contains("credentials.toml, which only you can read, because"), "{output:?}");
        assert!(took < LIMIT, "{took:?}");
        assert_eq!(stored_key(&home, "default").as_deref(), Some(TEST_KEY));
        let before = contents(&home);
        let forced = ["--store", "keychain", "--profile", "other"];
        let mut command = login(&home, &sandbox, &forced);
        command.envs(bus.map(|bus| ("DBUS_SESSION_BUS_ADDRESS", bus)));
        let output = CommandOutput::run_with_input(&mut command, LIVE_KEY.as_bytes());
        assert_eq!(output.code, 1, "{output:?}");
        assert!(
            error_line(&output).contains("keychain") && output.stderr.contains("--store file"),
            "{output:?}"
        );
        assert_eq!(contents(&home), before);
    }
}

#[test]
fn json_reports_the_file_fallback_as_a_note() {
    let (home, sandbox) = home_and_sandbox();
    let value = CommandOutput::run_with_input(&mut login(&home, &sandbox, &["--json"]), TEST_KEY.as_bytes())
        .ok()
        .json();
    assert_eq!(value["store"], "file");
    assert!(value["notes"][0].as_str().unwrap().contains("no keychain here"), "{value}");
}

/// `login` that finds a silent bus.
fn login_on(bus: &str, home: &Home, sandbox: &Sandbox, profile: &str) -> CommandOutput {
    let mut command = login(home, sandbox, &["--profile", profile]);
    command.env("DBUS_SESSION_BUS_ADDRESS", bus);
    let (output, took) = timed(|| CommandOutput::run_with_input(&mut command, LIVE_KEY.as_bytes()).ok());
    assert!(took < LIMIT, "{profile}: {took:?}");
    assert_eq!(stored_key(home, profile).as_deref(), Some(LIVE_KEY));
    output
}

#[test]
fn hanging_keychain_delays_no_two_logins() {
    let (home, sandbox) = home_and_sandbox();
    let (_listener, bus) = silent_bus(&home);
    std::thread::scope(|scope| {
        for profile in ["one", "two"] {
            let (home, sandbox, bus) = (&home, &sandbox, &bus);
            scope.spawn(move || {
                let output = login_on(bus, home, sandbox, profile);
                assert!(
                    output.stderr.contains("because the keychain did not answer within 3 s"),
                    "{output:?}"
                );
            });
        }
    });
}

/// The key before it is in the keychain, which is not asked a second time.
#[test]
fn hanging_keychain_delays_no_other_login() {
    let (home, sandbox) = home_and_sandbox();
    let (_listener, bus) = silent_bus(&home);
    logged_in(&home, &sandbox, "default", TEST_KEY);
    pretend_keychain(&home);
    let output = login_on(&bus, &home, &sandbox, "default");
    assert!(output.stderr.contains("The key before it is still in the system's keychain"), "{output:?}");
}

/// All at once: none of them waits for another.
#[test]
fn hanging_keychain_delays_no_command() {
    let (home, sandbox) = home_and_sandbox();
    let (_listener, bus) = silent_bus(&home);
    logged_in(&home, &sandbox, "default", TEST_KEY);
    pretend_keychain(&home);
    let before = contents(&home);
    std::thread::scope(|scope| {
        for (args, code, says) in [
            (&["trigger", "ticket.created"][..], 4, "the keychain did not answer"),
            (&["listen"], 4, "the keychain did not answer"),
            (&["logout", "--yes"], 1, "which is still stored"),
            (&["profiles", "remove", "default", "--yes"], 1, "which is still stored"),
        ] {
            let (home, bus) = (&home, &bus);
            scope.spawn(move || {
                let mut command = home.cstar();
                command.env("DBUS_SESSION_BUS_ADDRESS", bus).args(args);
                let (output, took) = timed(|| CommandOutput::run(&mut command));
                assert_eq!(output.code, code, "{args:?}: {output:?}");
                assert!(error_line(&output).contains(says), "{args:?}: {output:?}");
                assert!(took < LIMIT, "{args:?}: {took:?}");
            });
        }
    });
    assert_eq!(contents(&home), before);
}

#[test]
fn commands_without_key_skip_the_keychain() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    pretend_keychain(&home);
    let (_listener, bus) = silent_bus(&home);
    for args in [
        &["events"][..],
        &["events", "show", "ticket.created"],
        &["sign", "--secret", "whsec_a", "x"],
        &["history"],
        &["completion", "bash"],
        &["profiles", "list"],
        &["profiles", "use", "default"],
        &["trigger", "ticket.created", "--api-key", TEST_KEY],
        &["trigger", "ticket.created", "--sandbox", "--base-url", &sandbox.base_url],
    ] {
        std::fs::write(home.path().join("x"), "{}").unwrap();
        let (output, took) =
            timed(|| CommandOutput::run(home.cstar().env("DBUS_SESSION_BUS_ADDRESS", &bus).args(args)));
        assert_eq!(output.code, 0, "{args:?}: {output:?}");
        assert!(took < Duration::from_millis(2_500), "{args:?}: {took:?}");
    }
}

// --- a real Secret Service ---

/// A session bus with a keyring of its own, in a home of its own. Both end when this is dropped.
struct Desktop {
    /// Ends when its standard input does.
    _session: Process,
    home: Home,
    bus: String,
}

/// Starts the keyring with an unlocked collection, says the bus, and waits until it is asked to end.
///
/// The bus would start a keyring of its own, a locked one, for the first who asks for it: so nothing asks
/// before this one is there.
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
        let (_, said) = read_until(session.stdout(), "bus ");
        let bus = said.trim().strip_prefix("bus ").unwrap().to_owned();
        Self { _session: session, home, bus }
    }

    fn variables(home: &Home) -> [(&'static str, PathBuf); 3] {
        let path = std::env::var_os("PATH").unwrap_or_default();
        [("PATH", path.into()), ("HOME", home.path().into()), ("XDG_RUNTIME_DIR", home.path().join("run"))]
    }

    /// A program that knows the bus.
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

    /// What another program sees in the keychain.
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
        // The shell ends, and with it the keyring; and then the bus.
        drop(self._session.stdin());
        self._session.exit();
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
    // A second process.
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
    // Another key in its place, and one beside it.
    desktop.login(&sandbox, &["--profile", "live"], LIVE_KEY).ok();
    let output = desktop.login(&sandbox, &[], LIVE_KEY).ok();
    assert!(output.stderr.contains("It replaces sk_test_…0000"), "{output:?}");
    assert_eq!(desktop.secret("default").as_deref(), Some(LIVE_KEY));
    // From one place to the other, without leaving anything behind.
    desktop.login(&sandbox, &["--store", "file"], TEST_KEY).ok();
    assert_eq!(desktop.secret("default"), None);
    assert!(desktop.file("credentials.toml").unwrap().contains(TEST_KEY));
    desktop.login(&sandbox, &["--store", "keychain"], TEST_KEY).ok();
    assert_eq!(desktop.secret("default").as_deref(), Some(TEST_KEY));
    assert!(!desktop.file("credentials.toml").unwrap().contains(TEST_KEY));
    // A home of its own has keys of its own.
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
    for (args, code, says) in [
        (&["trigger", "ticket.created"][..], 4, "the keychain is locked"),
        (&["logout", "--yes"], 1, "which is still stored: the keychain is locked"),
    ] {
        let (output, took) = timed(|| CommandOutput::run(&mut desktop.cstar(args)));
        assert_eq!(output.code, code, "{output:?}");
        assert!(error_line(&output).contains(says) && took < LIMIT, "{took:?} {output:?}");
    }
    let forced = desktop.login(&sandbox, &["--store", "keychain"], LIVE_KEY);
    assert_eq!(forced.code, 1, "{forced:?}");
    let (output, took) = timed(|| desktop.login(&sandbox, &[], LIVE_KEY).ok());
    assert!(took < LIMIT, "{took:?}");
    assert!(output.stderr.contains("which only you can read, because the keychain is locked"), "{output:?}");
    assert!(output.stderr.contains("The key before it is still in the system's keychain"), "{output:?}");
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
    assert_eq!(trigger(&desktop.home, &[]).code, 4, "another home knows nothing of it");
}

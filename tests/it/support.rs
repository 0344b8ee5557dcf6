//! What the integration tests have in common: a private home, the binary, servers around it.

pub(crate) mod api_connection;
pub(crate) mod http;
pub(crate) mod listen;
pub(crate) mod ports;
pub(crate) mod process;
pub(crate) mod raw_server;
pub(crate) mod receiver;
pub(crate) mod sandbox;
pub(crate) mod scripted_server;
pub(crate) mod socks_proxy;
pub(crate) mod tcp_proxy;
#[cfg(unix)]
pub(crate) mod terminal;
pub(crate) mod tls_front;

use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use process::Process;

/// Far longer than anything here takes; reaching it is a failure.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);

/// The first value of `attempt`, for what gives up soon on a busy machine, such as a completion after 200 ms.
pub(crate) fn eventually<T>(what: &str, mut attempt: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + TIMEOUT;
    loop {
        if let Some(value) = attempt() {
            return value;
        }
        assert!(Instant::now() < deadline, "{what} did not come");
    }
}

/// The sandbox's secret test key, as a user would paste it.
pub(crate) const TEST_KEY: &str = "sk_test_sandbox0000000000000000000000000";
/// The sandbox's secret live key.
pub(crate) const LIVE_KEY: &str = "sk_live_sandbox0000000000000000000000000";
/// The sandbox's publishable test key.
pub(crate) const PUBLISHABLE_KEY: &str = "pk_test_sandbox0000000000000000000000000";
/// The signing secret of the sandbox's sessions with test keys.
pub(crate) const SANDBOX_SECRET: &str = "whsec_sandboxtest000000000000000000000";

/// A private home directory and the binary that lives in it.
pub(crate) struct Home {
    dir: TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        // On macOS the directory for temporary files is behind a link, which the binary resolves. On Windows the full
        // path has another form.
        let parent = std::env::temp_dir();
        let parent = if cfg!(unix) { parent.canonicalize().unwrap() } else { parent };
        Self { dir: tempfile::tempdir_in(parent).unwrap() }
    }

    pub(crate) fn path(&self) -> &std::path::Path {
        self.dir.path()
    }

    /// The binary in a clean environment: nothing of the developer's is inherited except PATH.
    pub(crate) fn cstar(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cstar"));
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path())
            // The same for Windows.
            .env("USERPROFILE", self.path())
            .env("APPDATA", self.path().join("AppData/Roaming"))
            .env("CSTAR_HOME", self.path().join("cstar"))
            .env("TZ", "UTC")
            .current_dir(self.path())
            .stdin(Stdio::null());
        // Windows cannot open a socket without the first, and a temporary file without the second.
        for name in ["SystemRoot", "TEMP"] {
            if cfg!(windows)
                && let Some(value) = std::env::var_os(name)
            {
                command.env(name, value);
            }
        }
        command
    }

    pub(crate) fn run<const N: usize>(&self, args: [&str; N]) -> CommandOutput {
        CommandOutput::run(self.cstar().args(args))
    }

    /// Runs the binary to its end with `input` on its standard input.
    pub(crate) fn run_with_input<const N: usize>(&self, args: [&str; N], input: &[u8]) -> CommandOutput {
        CommandOutput::run_with_input(self.cstar().args(args), input)
    }
}

/// The exit code and the output of a finished command.
#[derive(Debug)]
pub(crate) struct CommandOutput {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl CommandOutput {
    pub(crate) fn run(command: &mut Command) -> Self {
        Self::run_within(TIMEOUT, command)
    }

    /// The same for a command that may take longer.
    pub(crate) fn run_within(timeout: Duration, command: &mut Command) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Self::from(Process::start(command).output_within(timeout))
    }

    /// Runs a command to its end with `input` on its standard input.
    pub(crate) fn run_with_input(command: &mut Command, input: &[u8]) -> Self {
        use std::io::Write;
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = Process::start(command);
        if let Some(mut stdin) = running.stdin() {
            let input = input.to_vec();
            // On a thread, because it may not read. One that fails before reading closes the pipe early.
            std::thread::spawn(move || stdin.write_all(&input));
        }
        Self::from(running.output())
    }

    /// Panics with the whole output unless it succeeded.
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, 0, "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    /// Standard output as one JSON value.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Standard output as one JSON object per line, each with a `type`.
    pub(crate) fn json_lines(&self) -> Vec<Value> {
        self.stdout.lines().map(json_line).collect()
    }

    /// The one JSON line that `--json` prints on standard error for a failure.
    pub(crate) fn json_error(&self) -> Value {
        assert_eq!(self.stderr.lines().count(), 1, "{self:?}");
        let value: Value = serde_json::from_str(self.stderr.trim_end()).unwrap();
        value["error"].clone()
    }
}

impl From<Output> for CommandOutput {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Runs a test over each transport, in parallel.
pub(crate) fn over_each_transport(test: impl Fn(&str) + Sync) {
    std::thread::scope(|scope| {
        let runs = ["sse", "ws"].map(|name| (name, std::thread::Builder::new().name(name.to_owned())));
        let test = &test;
        for (name, thread) in runs {
            // The message of a panic contains the thread's name.
            thread.spawn_scoped(scope, move || test(name)).unwrap();
        }
    });
}

/// One line of a stream: an object with a `type`.
pub(crate) fn json_line(line: &str) -> Value {
    let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    assert!(value["type"].is_string(), "no type: {line}");
    value
}

/// The first words of the entries below this heading of a help text, such as the names of commands.
pub(crate) fn help_section<'a>(help: &'a str, heading: &str) -> Vec<&'a str> {
    let lines = help.lines().skip_while(|line| *line != heading).skip(1);
    let entries = lines.take_while(|line| !line.is_empty()).filter_map(|line| line.strip_prefix("  "));
    // Further lines of a description are indented more.
    entries.filter(|line| !line.starts_with(' ')).filter_map(|line| line.split(' ').next()).collect()
}

#[cfg(unix)]
pub(crate) fn set_mode(path: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// On Windows there are no modes.
#[cfg(windows)]
pub(crate) fn set_mode(path: &std::path::Path, _mode: u32) {
    assert!(path.exists());
}

/// Text that is not Unicode.
pub(crate) fn not_unicode() -> std::ffi::OsString {
    #[cfg(unix)]
    return std::os::unix::ffi::OsStringExt::from_vec(b"x\xff".to_vec());
    #[cfg(windows)]
    return std::os::windows::ffi::OsStringExt::from_wide(&[u16::from(b'x'), 0xd800]);
}

/// A path with the separators of this system.
pub(crate) fn native(path: &str) -> String {
    path.replace('/', std::path::MAIN_SEPARATOR_STR)
}

/// Fails if the mode of a file gives access to other users. On Windows its directory decides.
pub(crate) fn assert_private(path: &std::path::Path) {
    let metadata = std::fs::metadata(path).unwrap();
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777, 0o600);
    assert!(metadata.is_file());
}

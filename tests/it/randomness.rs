//! A system without randomness creates no keys, secrets or tokens.
//!
//! `strace` makes the system call fail. It is not on every machine: `.ci/run` installs it.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{CommandOutput, Home};

/// `cstar` whose calls of `getrandom` fail, starting with this one, counted from 1.
fn failing_from(home: &Home, call: usize, log: &Path) -> Command {
    let mut command = Command::new("strace");
    let inject = format!("inject=getrandom:error=EIO:when={call}+");
    command.args(["-D", "-f", "-qq", "-e", "trace=getrandom", "-e", &inject, "-o"]).arg(log);
    command.arg(env!("CARGO_BIN_EXE_cstar"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.env_clear().env("PATH", path).env("HOME", home.path()).current_dir(home.path());
    command.env("CSTAR_HOME", home.path().join("cstar")).stdin(Stdio::null());
    command
}

#[test]
#[ignore = "needs strace, which .ci/run installs"]
fn missing_randomness_creates_nothing() {
    let logs = Home::new();
    let commands: [&[&str]; 6] = [
        &["mcp-server", "--http", "127.0.0.1:0"],
        &["demo"],
        &["sandbox", "--port", "0"],
        &["listen", "--sandbox", "--forward-to", "3000", "--print-secret"],
        &["keys", "create", "--name", "x", "--sandbox"],
        &["login", "--store", "file"],
    ];
    for args in commands {
        let home = Home::new();
        let output = CommandOutput::run(failing_from(&home, 1, &logs.path().join("log")).args(args));
        assert_eq!((output.code, output.stdout.as_str()), (1, ""), "{args:?}: {output:#?}");
        let lines: Vec<&str> = output.stderr.lines().collect();
        assert!(lines[0].starts_with("error: the operating system gives no random numbers"), "{output:#?}");
        assert!(lines.len() == 2 && lines[1].starts_with("hint: "), "{args:?}: {output:#?}");
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0, "{args:?} created a file");
    }
}

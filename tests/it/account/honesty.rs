//! With `CSTAR_HOME` set, nothing else in the home directory is read or written.
//!
//! `strace` shows what the program opens. It is not on every machine: `.ci/run` installs it.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{CommandOutput, Home, TEST_KEY};
use crate::support::sandbox::Sandbox;

/// A home directory, the directory that `CSTAR_HOME` names, and a working directory, all separate.
struct Directories {
    root: Home,
}

impl Directories {
    fn new() -> Self {
        let root = Home::new();
        for name in ["home", "work"] {
            std::fs::create_dir(root.path().join(name)).unwrap();
        }
        // Files of other tools and of earlier versions.
        for (directory, file) in [(".cstar", "config.json"), (".config/cstar", "config.toml")] {
            let directory = root.path().join("home").join(directory);
            std::fs::create_dir_all(&directory).unwrap();
            std::fs::write(directory.join(file), r#"{"apiKey": "sk_live_hunter2"}"#).unwrap();
        }
        Self { root }
    }

    fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    fn prepare(&self, command: &mut Command, work: &Path) {
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.env_clear().env("PATH", path).env("HOME", self.home()).current_dir(work);
        command.env("CSTAR_HOME", self.root.path().join("cstar-home")).env("TZ", "UTC");
    }

    /// Everything below the home directory, with modification times.
    fn listing(&self) -> Vec<(PathBuf, std::time::SystemTime)> {
        let (mut found, mut next) = (Vec::new(), vec![self.home()]);
        while let Some(path) = next.pop() {
            found.push((path.clone(), std::fs::metadata(&path).unwrap().modified().unwrap()));
            if path.is_dir() {
                next.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            }
        }
        found
    }
}

/// A typical sequence of commands.
fn run_typical_commands(sandbox: &Sandbox) -> Vec<Vec<String>> {
    let url = sandbox.base_url.as_str();
    [
        &["login", "--base-url", url][..],
        &["login", "--base-url", url, "--profile", "other", "--store", "file"],
        &["profiles", "list"],
        &["profiles", "use", "other"],
        &["trigger", "ticket.created"],
        &["listen", "--for", "10ms", "--forward-to", "1"],
        &["listen", "--print-secret"],
        &["history"],
        &["events"],
        &["sandbox", "--port", "0", "--help"],
        &["logout", "--yes"],
        &["logout", "--yes", "--all"],
    ]
    .iter()
    .map(|args| args.iter().map(ToString::to_string).collect())
    .collect()
}

#[test]
fn inaccessible_home_is_left_untouched() {
    let places = Directories::new();
    let sandbox = Sandbox::start(&places.root);
    let before = places.listing();
    let set = |mode| std::fs::set_permissions(places.home(), std::fs::Permissions::from_mode(mode)).unwrap();
    set(0o000);
    let work = places.root.path().join("work");
    let runs: Vec<CommandOutput> = run_typical_commands(&sandbox)
        .iter()
        .map(|args| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_cstar"));
            places.prepare(&mut command, &work);
            CommandOutput::run_with_input(command.args(args), TEST_KEY.as_bytes())
        })
        .collect();
    set(0o700);
    for output in runs {
        assert!(output.code == 0 && !output.stderr.contains("older tool"), "{output:?}");
    }
    assert_eq!(places.listing(), before);
}

#[test]
#[ignore = "needs strace, which .ci/run installs"]
fn no_system_call_touches_the_home_directory() {
    let places = Directories::new();
    let sandbox = Sandbox::start(&places.root);
    let home = places.home().canonicalize().unwrap();
    let (below, log) = (home.join("code").join("shop"), places.root.path().join("log"));
    std::fs::create_dir_all(&below).unwrap();
    for (work, project) in [(places.root.path().join("work"), false), (below.clone(), true)] {
        let mut calls = 0;
        for args in run_typical_commands(&sandbox) {
            let mut command = Command::new("strace");
            places.prepare(&mut command, &work);
            command.args(["-f", "-qq", "-e", "trace=%file", "-o"]).arg(&log);
            command.arg(env!("CARGO_BIN_EXE_cstar")).args(&args);
            CommandOutput::run_with_input(&mut command, TEST_KEY.as_bytes()).ok();
            for line in std::fs::read_to_string(&log).unwrap().lines() {
                calls += 1;
                let Some(path) = path_in(line, &home) else { continue };
                let above = home.ancestors().any(|directory| directory == path);
                let searched =
                    project && path.ends_with(".cstar.toml") && !path.starts_with(home.join(".cstar"));
                let in_work = project && below.starts_with(&path);
                assert!(above || searched && path != home.join(".cstar.toml") || in_work, "{args:?}: {line}");
            }
        }
        assert!(calls > 200, "only {calls} calls were recorded");
    }
}

/// The path in `home`, or `home` itself, that a line of the log names.
fn path_in(line: &str, home: &Path) -> Option<PathBuf> {
    let quoted = line.split('"').skip(1).step_by(2);
    quoted.map(PathBuf::from).find(|path| path.starts_with(home))
}

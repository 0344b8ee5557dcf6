//! Exports keep the old file when they fail; stores are opened only in files that are ours.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use crate::support::listen::Listen;
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home, set_mode};

/// A command whose files cannot grow, as on a full disk.
fn on_a_full_disk(home: &Home, args: &[&str]) -> CommandOutput {
    let cstar = home.cstar();
    let mut shell = Command::new("bash");
    shell.env_clear().envs(cstar.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell.current_dir(home.path());
    shell.args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\""]).arg(cstar.get_program()).args(args);
    CommandOutput::run(&mut shell)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Creates the state of a sandbox and a history.
fn home_with_stores() -> Home {
    let home = Home::new();
    home.run(["sandbox", "seed", "--data-dir", "state"]).ok();
    home
}

#[test]
fn failed_export_keeps_the_old_file() {
    let home = home_with_stores();
    let export: &[&str] = &["sandbox", "export", "out.ndjson", "--data-dir", "state"];
    CommandOutput::run(home.cstar().args(export)).ok();
    let out = home.path().join("out.ndjson");
    let before = fs::read(&out).unwrap();
    assert!(!before.is_empty() && mode(&out) == 0o600);
    let output = on_a_full_disk(&home, export);
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stderr.contains("could not write `out.ndjson`"), "{output:?}");
    assert_eq!(fs::read(&out).unwrap(), before);
    assert!(!home.path().join("out.ndjson.draft").exists());
    // A link stays a link, and a device is written to directly.
    symlink(&out, home.path().join("link")).unwrap();
    home.run(["sandbox", "export", "link", "--data-dir", "state"]).ok();
    assert!(home.path().join("link").symlink_metadata().unwrap().is_symlink());
    assert_eq!(fs::read(&out).unwrap(), before);
    let printed = home.run(["sandbox", "export", "/dev/stdout", "--data-dir", "state"]).ok();
    assert!(printed.stdout.as_bytes() == before, "{printed:?}");
    let output = home.run(["sandbox", "export", "/dev/full", "--data-dir", "state"]);
    assert_eq!(output.code, 1, "{output:?}");
    let output = home.run(["sandbox", "export", "state", "--data-dir", "state"]);
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stderr.contains("it is a directory"), "{output:?}");
}

#[test]
fn opening_a_store_changes_no_foreign_file() {
    let home = home_with_stores();
    let (store, other) = (home.path().join("state/sandbox.db"), home.path().join("other"));
    let export: &[&str] = &["sandbox", "export", "--data-dir", "state"];
    // Our own file becomes private.
    set_mode(&store, 0o644);
    CommandOutput::run(home.cstar().args(export)).ok();
    assert_eq!(mode(&store), 0o600);
    // The target of a link does not.
    fs::rename(&store, &other).unwrap();
    symlink(&other, &store).unwrap();
    set_mode(&other, 0o644);
    let _ = CommandOutput::run(home.cstar().args(export));
    assert_eq!(mode(&other), 0o644);
    for text in ["", "a text of somebody else", "SQLite format 3\0"] {
        for is_link in [true, false] {
            fs::remove_file(&store).unwrap();
            let file = if is_link { &other } else { &store };
            fs::write(file, text).unwrap();
            set_mode(file, 0o644);
            if is_link {
                symlink(&other, &store).unwrap();
            }
            let output = CommandOutput::run(home.cstar().args(export));
            assert_eq!(output.code, 1, "{text:?} {is_link}: {output:?}");
            assert_eq!(
                output.stderr.lines().filter(|line| line.starts_with("error: ")).count(),
                1,
                "{output:?}"
            );
            assert_eq!((fs::read_to_string(file).unwrap().as_str(), mode(file)), (text, 0o644));
        }
    }
}

#[test]
fn foreign_empty_history_is_not_used() {
    let home = Home::new();
    let directory = home.path().join("cstar");
    fs::create_dir(&directory).unwrap();
    let path = directory.join("history.sqlite3");
    fs::write(&path, "").unwrap();
    set_mode(&path, 0o644);
    let output = home.run(["history"]);
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stderr.contains("it is empty, and cstar did not make it"), "{output:?}");
    assert_eq!(fs::metadata(&path).unwrap().len(), 0);
    fs::remove_file(&path).unwrap();
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    let output = home.run(["history"]);
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stderr.contains("it is not a regular file"), "{output:?}");
}

/// A full disk has no space for the files that SQLite keeps beside the database.
#[test]
fn history_is_readable_on_a_full_disk() {
    let home = Home::new();
    let (sandbox, receiver) = (Sandbox::start(&home), Receiver::start());
    let listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &receiver.url(), "--count", "1"]);
    sandbox.run(&home, ["trigger", "ticket.created"]).ok();
    assert_eq!(listen.finish().code, 0);
    let usual = home.run(["history", "--json"]).ok().stdout;
    assert!(usual.contains("ticket.created"), "{usual}");
    for command in [&["history", "--json"][..], &["history", "show", "last"], &["why", "last"]] {
        let output = on_a_full_disk(&home, command);
        assert_eq!(output.code, 0, "{command:?}: {output:?}");
        assert!(output.stdout.contains("ticket.created"), "{command:?}: {output:?}");
    }
    assert_eq!(on_a_full_disk(&home, &["history", "--json"]).stdout, usual);
}

/// The error names the action, the file and the next step.
#[test]
fn unusable_home_gets_a_hint() {
    let home = Home::new();
    fs::write(home.path().join("file"), "").unwrap();
    let within = |args: &[&str], at: &str| CommandOutput::run(home.cstar().env("CSTAR_HOME", at).args(args));
    for args in [&["profiles", "list"][..], &["sandbox", "seed"]] {
        let output = within(args, "file");
        assert_eq!(output.code, 1, "{args:?}: {output:?}");
        assert!(output.stderr.contains("not a directory"), "{args:?}: {output:?}");
        assert!(output.stderr.contains("\nhint: "), "{args:?}: {output:?}");
    }
    let full = on_a_full_disk(&home, &["sandbox", "seed"]);
    assert_eq!(full.code, 1, "{full:?}");
    assert!(full.stderr.contains("hint: "), "{full:?}");
    let config = home.path().join("cstar/config.toml");
    let _ = fs::remove_file(&config);
    let _socket = std::os::unix::net::UnixListener::bind(&config).unwrap();
    let output = home.run(["profiles", "list"]);
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stderr.contains("it is not a regular file\nhint: move it away"), "{output:?}");
}

/// A umask that takes rights from the owner as well.
#[test]
fn files_are_usable_under_any_umask() {
    let home = Home::new();
    for (umask, directory) in [("0177", "a"), ("0777", "b"), ("0277", "c"), ("000", "d")] {
        let cstar = home.cstar();
        let mut shell = Command::new("sh");
        shell.env_clear().envs(cstar.get_envs().filter_map(|(name, value)| Some((name, value?))));
        shell.env("CSTAR_HOME", format!("{directory}/deep")).current_dir(home.path());
        shell.args(["-c", "umask \"$0\"; exec \"$@\"", umask]).arg(cstar.get_program());
        CommandOutput::run(shell.args(["sandbox", "seed", "--tickets", "1"])).ok();
        let at = home.path().join(directory);
        for made in ["", "deep", "deep/sandbox"] {
            assert_eq!(mode(&at.join(made)), 0o700, "{umask} {made}");
        }
        assert_eq!(mode(&at.join("deep/sandbox/sandbox.db")), 0o600, "{umask}");
    }
}

#[test]
fn endless_certificate_file_is_refused() {
    let home = Home::new();
    let args = ["status", "--ca-cert", "/dev/zero", "--api-key", "sk_test_endless000000000000000000"];
    let output = home.run(args);
    assert_eq!(output.code, 2, "{output:?}");
    assert!(output.stderr.contains("larger than 4 MiB"), "{output:?}");
}

#[test]
fn file_and_port_errors_are_plain_text() {
    let home = home_with_stores();
    fs::write(home.path().join("file"), "").unwrap();
    let base_url = format!("http://127.0.0.1:{}", crate::support::ports::closed_port());
    let missing = "no such file or directory";
    let cases: [(&[&str], &str); 11] = [
        (&["sandbox", "export", "no/out", "--data-dir", "state"], missing),
        (&["sandbox", "export", "file/out", "--data-dir", "state"], "a part of the path is not a directory"),
        (&["sandbox", "export", "/dev/full", "--data-dir", "state"], "no space left on device"),
        (&["sandbox", "import", "no.ndjson", "--yes", "--data-dir", "state"], missing),
        (&["sandbox", "import", ".", "--yes", "--data-dir", "state"], "it is a directory"),
        (&["sandbox", "openapi", "no/api.json"], missing),
        (&["listen", "--forward-to", "1", "--ready-file", "no/ready"], missing),
        (&["listen", "--forward-to", "1", "--ready-file", "."], "it is a directory"),
        (&["sign", "no.json", "--secret", "whsec_plain_words_1"], missing),
        (&["status", "--ca-cert", "no.pem", "--api-key", "sk_test_plainwords0000"], missing),
        (
            &["trigger", "ticket.created", "--sandbox", "--base-url", &base_url],
            "the server refuses connections",
        ),
    ];
    // macOS has no device that is always full.
    let is_there = |args: &[&str]| !args.contains(&"/dev/full") || Path::new("/dev/full").exists();
    for (args, words) in cases.into_iter().filter(|(args, _)| is_there(args)) {
        let output = CommandOutput::run(home.cstar().args(args));
        assert_ne!(output.code, 0, "{args:?}: {output:?}");
        assert!(output.stderr.contains(words) && !output.stderr.contains("os error"), "{args:?}: {output:?}");
    }
}

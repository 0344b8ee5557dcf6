//! Owner, type and size of the files, and their content after a failure.

use crate::support::set_mode;
use std::fs;
use std::os::unix::fs::chown;
use std::path::PathBuf;
use std::process::Command;

use super::{
    CommandOutput, Home, LIVE_KEY, TEST_KEY, contents, error_line, home_and_sandbox, logged_in, login,
    trigger,
};

const NO_ROOT: &str = "skipped: this needs the right to give a file away";
const OTHER_USER: u32 = 65_534;

fn config(home: &Home) -> PathBuf {
    home.path().join("cstar")
}

/// The commands that read or write keys; each must print one line.
fn assert_all_refuse(home: &Home, sandbox: &crate::support::sandbox::Sandbox, expected: &str) {
    let again =
        CommandOutput::run_with_input(&mut login(home, sandbox, &["--store", "file"]), LIVE_KEY.as_bytes());
    for output in [trigger(home, &[]), again, home.run(["logout", "--yes"]), home.run(["profiles", "list"])] {
        assert_eq!(output.code, 1, "{output:?}");
        assert!(error_line(&output).contains(expected), "{output:?}");
    }
}

#[test]
fn files_of_another_user_are_not_used() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    for name in ["config.toml", "credentials.toml", "trusted.toml"] {
        let path = config(&home).join(name);
        if name == "trusted.toml" {
            fs::write(&path, "[files]\n").unwrap();
            set_mode(&path, 0o600);
            fs::write(home.path().join("p"), "profile = \"default\"").unwrap();
        }
        if chown(&path, Some(OTHER_USER), None).is_err() {
            println!("{NO_ROOT}");
            return;
        }
        let output = match name {
            "trusted.toml" => home.run(["profiles", "trust", "p", "--yes"]),
            _ => trigger(&home, &[]),
        };
        assert_eq!(output.code, 1, "{name}: {output:?}");
        assert!(error_line(&output).contains("belongs to another user"), "{name}: {output:?}");
        assert!(!output.stderr.contains(TEST_KEY), "{output:?}");
        chown(&path, Some(0), None).unwrap();
    }
}

#[test]
fn foreign_directory_is_not_used_for_keys() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    let before = contents(&home);
    for mode in [0o777, 0o775, 0o722, 0o720] {
        set_mode(&config(&home), mode);
        assert_all_refuse(&home, &sandbox, "other users can write to");
        assert_eq!(contents(&home), before, "{mode:o}");
    }
    // In a sticky directory of ours, others cannot replace our files.
    set_mode(&config(&home), 0o1777);
    trigger(&home, &[]).ok();
    set_mode(&config(&home), 0o700);
    if chown(config(&home), Some(OTHER_USER), None).is_err() {
        println!("{NO_ROOT}");
        return;
    }
    assert_all_refuse(&home, &sandbox, "belongs to another user");
}

#[test]
fn first_login_into_shared_directory_fails() {
    let (home, sandbox) = home_and_sandbox();
    fs::create_dir(config(&home)).unwrap();
    set_mode(&config(&home), 0o777);
    let output =
        CommandOutput::run_with_input(&mut login(&home, &sandbox, &["--store", "file"]), TEST_KEY.as_bytes());
    assert_eq!(output.code, 1, "{output:?}");
    assert!(error_line(&output).contains("other users can write to"), "{output:?}");
    assert!(output.stderr.contains("chmod go-w"), "{output:?}");
    assert!(contents(&home).is_empty(), "{:?}", contents(&home));
}

#[test]
fn pipe_in_place_of_a_file_does_not_hang() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    for name in ["config.toml", "credentials.toml", "config.lock", "trusted.toml"] {
        let path = config(&home).join(name);
        let kept = home.path().join("kept");
        let _ = fs::rename(&path, &kept);
        let made = Command::new("mkfifo").args(["-m", "600"]).arg(&path).status().unwrap();
        assert!(made.success());
        fs::write(home.path().join("p"), "profile = \"default\"").unwrap();
        let output = match name {
            "config.lock" => home.run(["logout", "--yes"]),
            "trusted.toml" => home.run(["profiles", "trust", "p", "--yes"]),
            _ => trigger(&home, &[]),
        };
        assert_eq!(output.code, 1, "{name}: {output:?}");
        assert!(error_line(&output).contains("it is not a regular file"), "{name}: {output:?}");
        fs::remove_file(&path).unwrap();
        let _ = fs::rename(&kept, &path);
    }
    // A pipe in place of a draft is removed.
    let draft = config(&home).join("credentials.toml.draft");
    assert!(Command::new("mkfifo").arg(&draft).status().unwrap().success());
    logged_in(&home, &sandbox, "other", LIVE_KEY);
    assert!(!draft.exists());
}

#[test]
fn draft_of_a_killed_login_is_removed() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    // Killed in the middle of the write, which leaves the draft behind.
    let cstar = home.cstar();
    let mut shell = Command::new("bash");
    shell.env_clear().envs(cstar.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell.current_dir(home.path()).args(["-c", "ulimit -c 0; ulimit -f 0; exec \"$0\" \"$@\""]);
    shell.arg(cstar.get_program()).args(["login", "--store", "file", "--base-url", &sandbox.base_url]);
    let output = CommandOutput::run_with_input(&mut shell, LIVE_KEY.as_bytes());
    assert_ne!(output.code, 0, "{output:?}");
    logged_in(&home, &sandbox, "default", LIVE_KEY);
    let names: Vec<String> = contents(&home).into_keys().collect();
    assert_eq!(names, ["config.toml", "credentials.toml"]);
}

/// A file system of 64 KiB in a separate mount namespace, which needs an administrator.
#[cfg(target_os = "linux")]
#[test]
fn logout_works_on_a_full_disk() {
    let (home, sandbox) = home_and_sandbox();
    let script =
        "mkdir \"$CSTAR_HOME\" && mount -t tmpfs -o size=64k,mode=700 none \"$CSTAR_HOME\" || exit 99
        printf %s \"$KEY\" | \"$0\" login --store file --base-url \"$BASE\" || exit 98
        yes x 2>/dev/null | dd of=\"$CSTAR_HOME/fill\" 2>/dev/null
        printf %s \"$KEY\" | \"$0\" login --store file --base-url \"$BASE\" --profile other && exit 97
        \"$0\" logout --yes || exit 96
        cat \"$CSTAR_HOME\"/*.toml*; ls \"$CSTAR_HOME\"";
    let cstar = home.cstar();
    let mut shell = Command::new("unshare");
    shell.env_clear().envs(cstar.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell.env("KEY", TEST_KEY).env("BASE", &sandbox.base_url);
    shell.args(["--mount", "bash", "-c", script]).arg(cstar.get_program());
    let output = CommandOutput::run(&mut shell);
    if output.code == 99 || output.stderr.contains("unshare failed") {
        println!("skipped: this needs the right to mount");
        return;
    }
    assert_eq!(output.code, 0, "{output:?}");
    assert!(output.stdout.contains("Logged out") && !output.stdout.contains("sk_test_s"), "{output:?}");
    assert!(!output.stdout.contains(".draft"), "{output:?}");
}

#[test]
fn logout_asks_on_a_terminal() {
    use crate::support::terminal::{SKIPPED, Terminal};
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    for (answer, code, left) in [("n", "[exit 1]", true), ("", "[exit 1]", true), ("y", "[exit 0]", false)] {
        let Some(mut terminal) = Terminal::start(&home.cstar(), &["logout"]) else {
            println!("{SKIPPED}");
            return;
        };
        terminal.wait_for_echo_off();
        terminal.type_line(answer);
        let screen = terminal.read_to_end();
        assert!(screen.contains(code), "{screen}");
        assert_eq!(super::stored_key(&home, "default").is_some(), left, "{screen}");
    }
}

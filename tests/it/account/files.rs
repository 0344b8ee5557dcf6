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
fn oversized_file_is_not_truncated() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    for name in ["config.toml", "credentials.toml"] {
        let path = config(&home).join(name);
        let text = fs::read_to_string(&path).unwrap();
        let large = "# a comment\n".repeat(100_000) + &text;
        fs::write(&path, &large).unwrap();
        let again = CommandOutput::run_with_input(
            &mut login(&home, &sandbox, &["--store", "file"]),
            LIVE_KEY.as_bytes(),
        );
        for output in [trigger(&home, &[]), again] {
            assert_eq!(output.code, 1, "{name}: {output:?}");
            assert!(error_line(&output).contains("larger than 1024 KiB"), "{name}: {output:?}");
        }
        assert!(fs::read_to_string(&path).unwrap() == large, "{name} was changed");
        fs::write(&path, text).unwrap();
    }
}

#[test]
fn logout_removes_leftover_drafts() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    let left = ["credentials.toml.draft", "credentials.toml.aB3dE6gH.tmp", "signing-secret.aB3dE6gH.tmp"];
    let plant = || {
        for name in left {
            fs::write(config(&home).join(name), TEST_KEY).unwrap();
        }
    };
    plant();
    let doctor = home.run(["doctor"]);
    assert!(doctor.stdout.contains("was left by a cstar that was killed"), "{doctor:?}");
    logged_in(&home, &sandbox, "other", LIVE_KEY);
    assert!(!config(&home).join(left[0]).exists(), "the next write replaces it");
    plant();
    for args in [&["logout", "--yes"][..], &["logout", "--all", "--yes"], &["logout", "--all"]] {
        plant();
        CommandOutput::run(home.cstar().args(args)).ok();
        for name in left {
            assert!(!config(&home).join(name).exists(), "{args:?}: {name}");
        }
    }
    assert!(contents(&home).values().all(|text| !text.contains("sk_")), "{:?}", contents(&home));
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
fn overwriting_a_key_needs_confirmation() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    let before = contents(&home);
    for (args, hint) in [
        (&["logout"][..], "cstar logout --profile default --yes"),
        (&["logout", "--all"], "cstar logout --all --yes"),
        (&["profiles", "remove", "default"], "cstar profiles remove default --yes"),
    ] {
        let output = CommandOutput::run(home.cstar().args(args));
        assert_eq!(output.code, 2, "{output:?}");
        assert!(error_line(&output).contains("removing") && output.stderr.contains(hint), "{output:?}");
        let json = CommandOutput::run(home.cstar().args(args).arg("--json"));
        assert_eq!(json.json_error()["exit_code"], 2, "{json:?}");
    }
    assert_eq!(contents(&home), before);
    // Nothing is asked when no key would be lost.
    home.run(["logout", "--profile", "missing"]).ok();
    home.run(["profiles", "remove", "default", "--yes", "--json"]).ok();
    home.run(["logout", "--all"]).ok();
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

#[test]
fn files_of_any_editor_are_read() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    let below = home.path().join("project");
    fs::create_dir(&below).unwrap();
    let project = below.join(".cstar.toml");
    fs::write(&project, "profile = \"default\"\r\n").unwrap();
    let files = [config(&home).join("config.toml"), config(&home).join("credentials.toml"), project];
    let texts = files.each_ref().map(|path| fs::read_to_string(path).unwrap());
    let utf16 =
        |text: &str| [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for encode in [(|text| format!("\u{feff}{text}").into_bytes()) as fn(&str) -> Vec<u8>, utf16] {
        for (path, text) in files.iter().zip(&texts) {
            fs::write(path, encode(text)).unwrap();
        }
        trigger(&home, &[]).ok();
        CommandOutput::run(home.cstar().current_dir(&below).args(["trigger", "ticket.created"])).ok();
        home.run(["profiles", "list"]).ok();
    }
    // Changes are written as UTF-8.
    logged_in(&home, &sandbox, "second", LIVE_KEY);
    assert!(fs::read_to_string(&files[0]).unwrap().contains("second"));
    fs::write(&files[0], b"active = \"\xe9\"").unwrap();
    let output = trigger(&home, &[]);
    assert!(output.code == 1 && error_line(&output).contains("it is not UTF-8 text (byte 11"), "{output:?}");
}

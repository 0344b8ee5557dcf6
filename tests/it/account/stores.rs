//! The files of keys and profiles: their size and encoding, drafts that were left, and what is asked before a change.

use std::fs;
use std::path::PathBuf;

use super::{
    CommandOutput, Home, LIVE_KEY, TEST_KEY, contents, error_line, home_and_sandbox, logged_in, login,
    trigger,
};

fn config(home: &Home) -> PathBuf {
    home.path().join("cstar")
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

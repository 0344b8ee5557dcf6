//! Files that are broken, readable by others, or not writable: one clear line, and nothing lost.

use super::{
    CommandOutput, LIVE_KEY, TEST_KEY, contents, error_line, home_and_sandbox, logged_in, login, trigger,
};
#[cfg(unix)]
use super::{Home, stored_key};

#[test]
fn broken_file_is_named_and_left_alone() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    let directory = home.path().join("cstar");
    let good = contents(&home);
    for (file, text, expected) in [
        ("config.toml", "version = 1\nactive = \"hunter2", "config.toml`, line 2"),
        ("config.toml", "version = 1\n\n[profiles.a]\nbase_url = 7\n", "line 4"),
        ("config.toml", "version = 1\n[profiles.a]\nbase_url = \"ftp://cstar.help\"\n", "line 3"),
        ("config.toml", "profiles = 1\n", "`version`"),
        ("config.toml", "version = 2\n", "newer cstar"),
        ("config.toml", "version = 1\nprofiles = []\n", "line 2"),
        ("credentials.toml", "[keys]\ndefault = sk_test_hunter2\n", "credentials.toml`, line 2"),
        ("credentials.toml", "keys = \"sk_test_hunter2\"\n", "credentials.toml`"),
        ("credentials.toml", "\u{0}", "credentials.toml`"),
    ] {
        std::fs::write(directory.join(file), text).unwrap();
        let before = contents(&home);
        let mut runs = vec![
            CommandOutput::run_with_input(
                &mut login(&home, &sandbox, &["--store", "file"]),
                LIVE_KEY.as_bytes(),
            ),
            CommandOutput::run(home.cstar().args(["logout", "--yes", "--profile", "default"])),
        ];
        if file == "config.toml" {
            runs.extend([home.run(["profiles", "list"]), home.run(["profiles", "use", "default"])]);
        }
        runs.push(trigger(&home, &[]));
        for output in runs {
            assert_eq!(output.code, 1, "{text}: {output:?}");
            assert!(error_line(&output).contains(expected), "{text}: {output:?}");
            assert!(output.stdout.is_empty() && !output.stderr.contains("hunter2"), "{text}: {output:?}");
        }
        assert_eq!(contents(&home), before, "{text}");
        // With key and address given, no file is needed.
        trigger(&home, &["--api-key", TEST_KEY, "--base-url", &sandbox.base_url]).ok();
        std::fs::write(directory.join(file), &good[file]).unwrap();
    }
    trigger(&home, &[]).ok();
}

#[cfg(unix)]
#[test]
fn readable_key_file_is_refused_with_a_fix() {
    use std::os::unix::fs::PermissionsExt;
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    for (file, mode, expected) in [
        ("credentials.toml", 0o644, "can be read by other users"),
        ("credentials.toml", 0o640, "can be read by other users"),
        ("config.toml", 0o666, "can be changed by other users"),
        ("config.toml", 0o620, "can be changed by other users"),
    ] {
        let path = home.path().join("cstar").join(file);
        let set = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        set(mode);
        let before = contents(&home);
        let again = CommandOutput::run_with_input(
            &mut login(&home, &sandbox, &["--store", "file"]),
            LIVE_KEY.as_bytes(),
        );
        for output in [trigger(&home, &[]), again, home.run(["logout", "--yes"])] {
            assert_eq!(output.code, 1, "{file} {mode:o}: {output:?}");
            assert!(error_line(&output).contains(expected), "{file} {mode:o}: {output:?}");
            assert!(output.stderr.contains(&format!("chmod 600 '{}'", path.display())), "{output:?}");
        }
        assert_eq!(contents(&home), before);
        set(0o600);
    }
    trigger(&home, &[]).ok();
}

#[test]
fn home_that_is_a_file_is_reported() {
    let (home, sandbox) = home_and_sandbox();
    std::fs::write(home.path().join("cstar"), "a file").unwrap();
    let output =
        CommandOutput::run_with_input(&mut login(&home, &sandbox, &["--store", "file"]), TEST_KEY.as_bytes());
    assert_eq!(output.code, 1, "{output:?}");
    assert!(error_line(&output).contains("could not"), "{output:?}");
    for args in [&["profiles", "list"][..], &["logout", "--yes"]] {
        let output = CommandOutput::run(home.cstar().args(args));
        assert_eq!(output.code, 1, "{args:?}: {output:?}");
    }
    assert_eq!(std::fs::read_to_string(home.path().join("cstar")).unwrap(), "a file");
}

/// Runs `login` in a shell, after the command `before`.
#[cfg(unix)]
fn in_shell(home: &Home, base_url: &str, before: &str, profile: &str, key: &str) -> CommandOutput {
    let cstar = home.cstar();
    let mut shell = std::process::Command::new("bash");
    shell.env_clear().envs(cstar.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell.current_dir(home.path()).args(["-c", &format!("{before} \"$0\" \"$@\"")]).arg(cstar.get_program());
    shell.args(["login", "--store", "file", "--base-url", base_url, "--profile", profile]);
    CommandOutput::run_with_input(&mut shell, key.as_bytes())
}

/// No file may grow past this many KiB: like a full disk, but without an administrator.
#[cfg(unix)]
fn on_a_full_disk(home: &Home, base_url: &str, kib: u32, profile: &str, key: &str) -> CommandOutput {
    in_shell(home, base_url, &format!("trap '' XFSZ; ulimit -f {kib}; exec"), profile, key)
}

#[cfg(unix)]
#[test]
fn full_disk_loses_no_stored_key() {
    let (home, sandbox) = home_and_sandbox();
    let output = on_a_full_disk(&home, &sandbox.base_url, 0, "default", TEST_KEY);
    assert_eq!(output.code, 1, "{output:?}");
    assert!(error_line(&output).contains("could not write"), "{output:?}");
    assert!(contents(&home).is_empty(), "{:?}", contents(&home));
    logged_in(&home, &sandbox, "default", TEST_KEY);
    let before = contents(&home);
    for profile in ["default", "other"] {
        let output = on_a_full_disk(&home, &sandbox.base_url, 0, profile, LIVE_KEY);
        assert_eq!(output.code, 1, "{output:?}");
        assert_eq!(contents(&home), before);
    }
    trigger(&home, &[]).ok();
}

#[cfg(unix)]
#[test]
fn full_disk_after_key_restores_the_old_key() {
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    // Enough space for the key file, but not for this one.
    let path = home.path().join("cstar").join("config.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text + &"# a long comment\n".repeat(80)).unwrap();
    let before = contents(&home);
    for profile in ["default", "other"] {
        let output = on_a_full_disk(&home, &sandbox.base_url, 1, profile, LIVE_KEY);
        assert_eq!(output.code, 1, "{output:?}");
        assert!(error_line(&output).contains("config.toml"), "{output:?}");
        assert_eq!(contents(&home), before, "{profile}");
    }
    assert_eq!(stored_key(&home, "default").as_deref(), Some(TEST_KEY));
    trigger(&home, &[]).ok();
}

/// The administrator may write anywhere, so this capability is dropped.
#[cfg(target_os = "linux")]
#[test]
fn read_only_home_loses_no_stored_key() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let (home, sandbox) = home_and_sandbox();
    logged_in(&home, &sandbox, "default", TEST_KEY);
    let directory = home.path().join("cstar");
    let is_root = std::fs::metadata("/proc/self").unwrap().uid() == 0;
    let plain = if is_root { "setpriv --bounding-set=-dac_override,-dac_read_search " } else { "" };
    let set = |mode| std::fs::set_permissions(&directory, std::fs::Permissions::from_mode(mode)).unwrap();
    set(0o500);
    let before = contents(&home);
    let output = in_shell(&home, &sandbox.base_url, &format!("exec {plain}"), "default", LIVE_KEY);
    set(0o700);
    assert_eq!(output.code, 1, "{output:?}");
    assert!(
        error_line(&output).contains("could not write") && output.stderr.contains("denied"),
        "{output:?}"
    );
    assert_eq!(contents(&home), before);
    trigger(&home, &[]).ok();
}

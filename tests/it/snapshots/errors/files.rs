//! Files that are damaged, too new, readable by others, or of another program.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::snapshots::errors::{Area, area_in, check_all};
use crate::snapshots::filter::Names;
use crate::support::{CommandOutput, Home};

fn write(path: &Path, content: &str, mode: u32) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// The errors of `line` in a directory with this project file.
fn project(content: &str, line: &str) -> Area {
    let home = Home::new();
    // A file in the home directory itself is ignored.
    let directory = home.path().join("project");
    write(&directory.join(".cstar.toml"), content, 0o644);
    area_in(&home, &directory, &Names::default(), line)
}

#[test]
fn project_file_faults_are_as_reviewed() {
    let status = "cstar status";
    let listen = "CSTAR_API_KEY=sk_test_hunter2hunter2hunter2 cstar listen";
    let mut areas: Vec<(&str, Area)> = [
        ("not-toml", "profile = ", status),
        ("unknown-member", "profil = 'x'", status),
        ("wrong-type", "profile = 3", status),
        ("wrong-profile-name", "profile = '../x'", status),
        ("no-such-profile", "profile = 'x'", status),
        ("key", "api_key = 'sk_live_hunter2'", status),
        ("secret-value", "profile = 'whsec_hunter2'", status),
        ("untrusted-address", "base_url = 'https://elsewhere.example'", listen),
        ("untrusted-target", "forward_to = 'https://elsewhere.example/x'", listen),
        ("untrusted-path", "forward_to = '3000/other'", listen),
        ("bad-target", "forward_to = 'ftp://x'", listen),
        ("bad-port", "forward_to = 70000", listen),
        ("bad-route", "routes = 'ticket.*'", listen),
        ("targets-of-another-type", "forward_to = true", listen),
        ("routes-of-another-type", "routes = 3", listen),
    ]
    .into_iter()
    .map(|(name, content, line)| (name, project(content, line)))
    .collect();
    let home = Home::new();
    let directory = home.path().join("project");
    write(&directory.join(".cstar.toml"), "profile = 'x'", 0o666);
    areas.push(("writable-by-all", area_in(&home, &directory, &Names::default(), status)));
    let home = Home::new();
    let directory = home.path().join("project");
    fs::create_dir_all(directory.join(".cstar.toml")).unwrap();
    areas.push(("directory", area_in(&home, &directory, &Names::default(), status)));
    assert!(check_all("errors-project-file", areas) >= 12);
}

#[test]
fn faults_of_stored_files_are_as_reviewed() {
    let stored = |file: &str, content: &str, mode: u32, lines: &str| {
        let home = Home::new();
        fs::create_dir(home.path().join("cstar")).unwrap();
        fs::set_permissions(home.path().join("cstar"), fs::Permissions::from_mode(0o700)).unwrap();
        write(&home.path().join("cstar").join(file), content, mode);
        area_in(&home, home.path(), &Names::default(), lines)
    };
    let lines = "cstar status\ncstar profiles list\ncstar logout --yes";
    let profile = "[profiles.default]\nteam_id = 'x'\n";
    let history = "cstar history\ncstar why\ncstar replay last\ncstar history dismiss --leftover --yes";
    let mut areas = vec![
        ("config-not-toml", stored("config.toml", "x", 0o600, lines)),
        ("config-newer", stored("config.toml", "version = 99\n", 0o600, lines)),
        ("config-of-another-type", stored("config.toml", "profiles = 3\n", 0o600, lines)),
        ("config-incomplete", stored("config.toml", profile, 0o600, "cstar status")),
        ("config-writable", stored("config.toml", "", 0o666, "cstar status")),
        ("history-not-sqlite", stored("history.sqlite3", &"no database ".repeat(100), 0o600, history)),
    ];
    let home = Home::new();
    areas.push((
        "history-empty",
        area_in(&home, home.path(), &Names::default(),
            "cstar why\ncstar why last\ncstar why evt_1\ncstar why ''\ncstar replay last\ncstar replay evt_1\ncstar replay\ncstar history show last\ncstar history show evt_1\ncstar history dismiss evt_1",
        ),
    ));
    fs::write(home.path().join("cstar"), "a file").unwrap();
    areas.push((
        "home-is-a-file",
        area_in(&home, home.path(), &Names::default(), "cstar profiles list\ncstar logout --yes\ncstar history\ncstar sandbox --port 0\ncstar sandbox seed"),
    ));
    assert!(check_all("errors-stored-files", areas) >= 10);
}

#[test]
fn faults_of_sandbox_states_are_as_reviewed() {
    let home = Home::new();
    let path = |name: &str| home.path().join(name);
    write(&path("junk/sandbox.db"), &"no database ".repeat(100), 0o600);
    write(&path("file"), "", 0o600);
    write(&path("not-json"), "{\n", 0o600);
    write(&path("other-json"), "{\"kind\":\"x\"}\n", 0o600);
    write(&path("empty"), "", 0o600);
    home.run(["sandbox", "seed", "--seed", "7", "--data-dir", "state"]).ok();
    let export = home.run(["sandbox", "export", "--data-dir", "state"]).ok().stdout;
    let cut: String = export.lines().take(3).map(|line| format!("{line}\n")).collect();
    write(&path("cut"), &cut, 0o600);
    let foreign = export.replacen("\"kind\":\"", "\"kind\":\"no_", 1);
    write(&path("foreign"), &foreign, 0o600);
    let state = "
cstar sandbox seed --data-dir junk
cstar sandbox export --data-dir junk
cstar sandbox --data-dir junk --port 0
cstar sandbox --data-dir file --port 0
cstar sandbox --data-dir '' --port 0
cstar sandbox export --data-dir none
cstar sandbox reset --data-dir state
cstar sandbox export --base-url http://127.0.0.1:1
cstar sandbox seed --base-url http://127.0.0.1:1 --data-dir state
cstar sandbox export no/such/directory/file --data-dir state
cstar sandbox openapi no/such/directory/file
cstar sandbox seed --tickets many
cstar sandbox seed --tickets 99999999
cstar status --sandbox --base-url http://127.0.0.1:1
cstar keys list --sandbox --base-url http://127.0.0.1:1
";
    let import = "
cstar sandbox import no-such-file --data-dir state --yes
cstar sandbox import . --data-dir state --yes
cstar sandbox import not-json --data-dir state --yes
cstar sandbox import other-json --data-dir state --yes
cstar sandbox import empty --data-dir state --yes
cstar sandbox import cut --data-dir state
cstar sandbox import foreign --data-dir state --yes
echo x | cstar sandbox import - --data-dir state --yes
";
    let areas = [("state", state), ("import", import)]
        .map(|(name, lines)| (name, area_in(&home, home.path(), &Names::default(), lines)));
    assert!(check_all("errors-sandbox-state", areas.into()) >= 15);
    let still = CommandOutput::run(home.cstar().args(["sandbox", "export", "--data-dir", "state"])).ok();
    assert_eq!(still.stdout, export, "no failed command changes a state");
}

//! The committed completion scripts and man pages are those of the command tree, and work.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::support::Home;

/// Directories that `cargo artifacts` writes.
const WRITTEN: [&str; 2] = ["completions", "man"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// File names and contents below `directory`.
fn contents(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(directory).unwrap_or_else(|error| panic!("{directory:?}: {error}"));
    entries
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap()))
        .collect()
}

fn page(name: &str) -> String {
    std::fs::read_to_string(root().join("man").join(name)).unwrap()
}

#[test]
fn what_is_committed_is_what_the_command_tree_gives() {
    let home = Home::new();
    let directory = home.path().join("written");
    home.run(["artifacts", directory.to_str().unwrap()]).ok();
    for name in WRITTEN {
        let (written, committed) = (contents(&directory.join(name)), contents(&root().join(name)));
        assert_eq!(
            written.keys().collect::<Vec<_>>(),
            committed.keys().collect::<Vec<_>>(),
            "{name}: run `cargo artifacts`, and delete what it does not write"
        );
        let stale: Vec<_> = written.keys().filter(|file| written[*file] != committed[*file]).collect();
        assert!(stale.is_empty(), "{name}: run `cargo artifacts` for {stale:?}");
    }
    let mut others: Vec<_> =
        std::fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    others.sort();
    assert_eq!(others, WRITTEN, "a directory that no test compares");
}

#[test]
fn every_command_has_a_page_with_the_sections_people_look_for() {
    let pages = contents(&root().join("man"));
    for command in [
        "",
        "-demo",
        "-listen",
        "-trigger",
        "-events",
        "-events-show",
        "-verify",
        "-sign",
        "-sandbox",
        "-login",
        "-logout",
        "-profiles",
        "-profiles-list",
        "-profiles-use",
        "-profiles-remove",
        "-profiles-trust",
        "-completion",
    ] {
        let name = format!("cstar{command}.1");
        assert!(pages.contains_key(&name), "{name} is missing");
        let page = page(&name);
        for section in ["NAME", "SYNOPSIS", "OPTIONS", "EXAMPLES", "EXIT STATUS", "ENVIRONMENT"] {
            let title = [format!(".SH {section}\n"), format!(".SH \"{section}\"\n")];
            assert!(title.iter().any(|title| page.contains(title)), "{name} has no {section}");
        }
        assert!(page.contains("CSTAR_API_KEY") && page.contains("130"), "{name}");
    }
}

#[test]
fn what_is_hidden_is_not_offered() {
    for (name, script) in contents(&root().join("completions")) {
        let script = String::from_utf8(script).unwrap();
        assert!(script.contains("listen"), "{name}");
        assert!(!script.contains("artifacts"), "{name} offers a hidden command");
    }
}

#[test]
fn completion_prints_what_is_committed() {
    let home = Home::new();
    let files = [
        ("bash", "cstar.bash"),
        ("zsh", "_cstar"),
        ("fish", "cstar.fish"),
        ("powershell", "_cstar.ps1"),
        ("elvish", "cstar.elv"),
    ];
    assert_eq!(files.len(), contents(&root().join("completions")).len());
    for (shell, file) in files {
        let committed = std::fs::read_to_string(root().join("completions").join(file)).unwrap();
        assert_eq!(home.run(["completion", shell]).ok().stdout, committed, "{shell}");
    }
}

#[cfg(unix)]
#[test]
fn bash_takes_the_script_and_completes() {
    let script = root().join("completions/cstar.bash");
    let try_it = "set -eu; source \"$1\"; COMP_WORDS=(cstar lis); COMP_CWORD=1; _cstar cstar lis cstar; \
                  printf '%s\\n' \"${COMPREPLY[@]}\"";
    let Ok(output) = Command::new("bash").args(["--norc", "-c", try_it, "bash"]).arg(&script).output() else {
        // There is no bash here; the committed script is the same everywhere.
        return;
    };
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "listen\n");
}

#[cfg(unix)]
#[test]
fn the_pages_render_without_a_warning() {
    for name in contents(&root().join("man")).keys() {
        let mut man = Command::new("man");
        man.args(["--warnings", "-l"])
            .arg(root().join("man").join(name))
            .env("MANWIDTH", "80")
            .env("LC_ALL", "C.UTF-8");
        let Ok(output) = man.output() else { return };
        let said = String::from_utf8_lossy(&output.stderr);
        // macOS and BSD have a `man` without these flags.
        if said.contains("usage") || said.contains("illegal option") {
            return;
        }
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        // Minimal containers have a `man` that only says that there is none.
        if !text.contains("NAME") {
            return;
        }
        assert_eq!(said, "", "{name}");
        assert!(text.contains("EXIT STATUS") && text.contains("--base-url"), "{name}: {text}");
    }
}

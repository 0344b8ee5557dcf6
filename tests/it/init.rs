//! `cstar init receiver`: what it writes, and what it never touches.

#[cfg(unix)]
mod frameworks;

use std::path::Path;

use crate::support::Home;

/// The names of the files below a directory.
fn files(directory: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn receiver_is_written_after_its_files_are_listed() {
    let home = Home::new();
    let written = home.run(["init", "receiver", "--framework", "express", "--dir", "a/b", "--yes"]).ok();
    assert!(written.stderr.contains("A receiver for Node with Express, in `a/b`:"), "{}", written.stderr);
    let names = files(&home.path().join("a/b"));
    assert_eq!(names, [".gitignore", "events.cjs", "package.json", "receiver.cjs", "receiver.test.cjs"]);
    for name in &names {
        assert!(written.stderr.contains(&format!("  {name} ")), "{name}: {}", written.stderr);
    }
    assert!(written.stdout.contains("  cd a/b\n  npm install\n  npm test\n"), "{}", written.stdout);
    let json = home.run(["init", "receiver", "--framework", "next", "--dir", "c", "--yes", "--json"]).ok();
    assert_eq!(json.json()["files"][0], "app/webhook/route.js");
    assert!(home.path().join("c/app/webhook/route.js").is_file());
    assert_eq!(json.stderr, "");
}

#[test]
fn frameworks_are_listed() {
    let home = Home::new();
    let listed = home.run(["init", "receiver", "--list"]).ok();
    assert!(listed.stdout.starts_with("express   Node with Express\n"), "{}", listed.stdout);
    let json = home.run(["init", "receiver", "--list", "--json"]).ok().json();
    assert_eq!(json.as_array().unwrap().len(), listed.stdout.lines().count());
    assert_eq!(json[8]["name"], "go");
}

#[test]
fn existing_files_stay_as_they_are() {
    let home = Home::new();
    // Not the first of the files.
    std::fs::write(home.path().join("go.mod"), "mine").unwrap();
    let refused = home.run(["init", "receiver", "--framework", "go", "--yes"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.stderr.contains("go.mod` exists already; nothing was written"), "{}", refused.stderr);
    assert_eq!(files(home.path()), ["go.mod"]);
    assert_eq!(std::fs::read_to_string(home.path().join("go.mod")).unwrap(), "mine");
    let json = home.run(["init", "receiver", "--framework", "go", "--yes", "--json"]);
    assert_eq!(json.json_error()["exit_code"], 2);
}

#[test]
fn nothing_is_written_without_a_confirmation() {
    let home = Home::new();
    for (args, expected) in [
        (&["--framework", "flask"][..], "--yes"),
        (&["--framework", "flask", "--json"], "--yes"),
        (&["--framework", "cobol", "--yes"], "cobol"),
        (&["--yes"], "--framework"),
        (&["--framework", "flask", "--list"], "--list"),
    ] {
        let refused = crate::support::CommandOutput::run(home.cstar().args(["init", "receiver"]).args(args));
        assert_eq!(refused.code, 2, "{args:?}: {refused:?}");
        assert!(refused.stderr.contains(expected), "{args:?}: {}", refused.stderr);
    }
    std::fs::write(home.path().join("file"), "").unwrap();
    let refused = home.run(["init", "receiver", "--framework", "php", "--dir", "file/x", "--yes"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.stderr.contains("could not write `"), "{}", refused.stderr);
    assert_eq!(files(home.path()), ["file"]);
}

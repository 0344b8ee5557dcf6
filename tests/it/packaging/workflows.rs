//! The workflows of the public forge: fixed actions, few permissions, and the targets of `.ci/targets.toml`.

use std::collections::{BTreeMap, BTreeSet};

use super::{root, toml};

/// The workflows and composite actions, with their paths; none in the published crate.
fn workflows() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(".github/workflows"), root().join(".github/actions")];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "yml" || ending == "yaml") {
                found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}

fn workflow(name: &str) -> Option<String> {
    workflows().into_iter().find(|(path, _)| path.ends_with(name)).map(|(_, text)| text)
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The jobs of a workflow with the lines of each.
fn jobs(text: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut jobs = BTreeMap::new();
    let mut current = None;
    for line in text.lines().skip_while(|line| *line != "jobs:").skip(1) {
        if indent(line) == 2 && line.ends_with(':') {
            current = Some(line.trim().trim_end_matches(':'));
        }
        if let Some(name) = current {
            jobs.entry(name).or_insert_with(Vec::new).push(line);
        }
    }
    jobs
}

#[test]
fn actions_are_fixed_to_a_commit() {
    let mut commits: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in workflows() {
        for line in text.lines().map(|line| line.trim().trim_start_matches("- ")) {
            let Some(used) = line.strip_prefix("uses: ") else { continue };
            // Of this repository, at the same commit.
            if used.starts_with("./") {
                continue;
            }
            let (action, rest) = used.split_once('@').unwrap_or_else(|| panic!("{path}: {line}"));
            let (commit, version) = rest.split_once(" # v").unwrap_or_else(|| panic!("{path}: {line}"));
            assert!(commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit()), "{path}: {line}");
            assert!(version.starts_with(|c: char| c.is_ascii_digit()), "{path}: {line}");
            commits.entry(action.to_owned()).or_default().insert(commit.to_owned());
        }
    }
    assert!(commits.is_empty() || commits.len() > 3, "{commits:?}");
    let different: Vec<_> = commits.iter().filter(|(_, commits)| commits.len() > 1).collect();
    assert!(different.is_empty(), "one action in two versions: {different:?}");
}

/// Text of a commit or a tag in a command would be run as part of it; a variable is not.
#[test]
fn commands_hold_no_expressions() {
    for (path, text) in workflows() {
        let mut block = None;
        for line in text.lines() {
            // A text over several lines is indented further than its key.
            if block.is_some_and(|key| !line.trim().is_empty() && indent(line) <= key) {
                block = None;
            }
            let begins = line.trim().trim_start_matches("- ").starts_with("run:");
            assert!(!((begins || block.is_some()) && line.contains("${{")), "{path}: {line}");
            if begins {
                block = line.find("run:");
            }
        }
    }
}

#[test]
fn release_jobs_have_few_permissions() {
    let Some(text) = workflow("release.yml") else { return };
    assert!(text.contains("\npermissions: {}\n"));
    let allowed: BTreeMap<&str, &[&str]> =
        [("attest", &["id-token", "attestations"][..]), ("publish", &["contents"]), ("npm", &["id-token"])]
            .into();
    for (job, lines) in jobs(&text) {
        assert!(lines.iter().any(|line| line.starts_with("    permissions:")), "{job} inherits permissions");
        let writes: Vec<&str> = lines.iter().filter_map(|line| line.trim().strip_suffix(": write")).collect();
        assert_eq!(writes, allowed.get(job).copied().unwrap_or_default(), "{job}");
        // Those that can write run nothing that a build has brought along, and keep no credentials for it.
        let checkouts = lines.iter().filter(|line| line.contains("actions/checkout@")).count();
        let kept = lines.iter().filter(|line| line.contains("persist-credentials: false")).count();
        assert_eq!(checkouts, kept, "{job}");
    }
    for (path, text) in workflows() {
        assert!(!text.contains("write-all") && !text.contains("pull_request_target"), "{path}");
    }
}

#[test]
fn release_builds_and_tries_every_target() {
    let Some(text) = workflow("release.yml") else { return };
    let list = toml(".ci/targets.toml");
    let targets: Vec<_> = list["target"].as_array_of_tables().unwrap().iter().collect();
    let jobs = jobs(&text);
    let matrix = |job: &str| -> Vec<(String, String)> {
        let rows = jobs[job].iter().filter_map(|line| line.trim().strip_prefix("- { target: "));
        let rows = rows.map(|row| row.trim_end_matches(" }").split_once(", os: ").unwrap());
        rows.map(|(target, os)| (target.to_owned(), os.to_owned())).collect()
    };
    let text = |table: &toml_edit::Table, key: &str| table[key].as_str().unwrap().to_owned();
    let tried: Vec<_> =
        targets.iter().map(|target| (text(target, "name"), text(target, "tried_on"))).collect();
    assert_eq!(matrix("try"), tried);
    let built: Vec<_> = targets
        .iter()
        .map(|target| {
            (text(target, "name"), if text(target, "toolchain") == "xcode" { "macos" } else { "ubuntu" })
        })
        .collect();
    let runners: Vec<_> = matrix("build");
    let runners: Vec<_> =
        runners.iter().map(|(target, os)| (target.clone(), os.split('-').next().unwrap())).collect();
    assert_eq!(runners, built);
}

/// The test harness passes when a filter matches nothing.
#[cfg(unix)]
#[test]
fn ignored_tests_that_ci_names_exist() {
    let Some(text) = workflow("ci.yml") else { return };
    let list =
        std::process::Command::new(std::env::current_exe().unwrap()).args(["--list", "--ignored"]).output();
    let list = String::from_utf8(list.unwrap().stdout).unwrap();
    let filters = text.lines().filter_map(|line| line.split_once("ignored: '")?.1.split_once('\''));
    let filters: Vec<&str> = filters.flat_map(|(filters, _)| filters.split(' ')).collect();
    assert!(filters.len() > 3, "{filters:?}");
    for filter in filters {
        assert!(list.lines().any(|line| line.contains(filter) && line.ends_with(": test")), "{filter}");
    }
}

//! The job of `cstar help ci`, run by `gitlab-ci-local`, which checks it with GitLab's schema and runs it in a shell.

use super::releases::{REAL, Releases};
use super::{Project, Running, installed, replaced};
use crate::tour::block;
use crate::tour::run::terminal::Ports;

const FILE: &str = ".gitlab-ci.yml";

fn gitlab(project: &Project) -> Running {
    let mut command = project.command("node");
    let (name, value) = Releases::trust();
    command.arg(installed("tests/testing/node_modules/gitlab-ci-local/src/index.js")).args([
        "--force-shell-executor",
        "--variable",
        &format!("{name}={value}"),
    ]);
    project.start(&mut command)
}

/// A project with the job of the topic and a server that answers `status`.
fn user(status: u16, releases: &Releases) -> Project {
    let (project, ports) = (Project::new(), Ports::free());
    let job = replaced(&block("ci", &format!("yaml {FILE}")), REAL, &releases.url());
    project.write(FILE, &ports.replace(&job));
    project.write_server(status, &ports);
    project.commit();
    let remote = ["remote", "add", "origin", "https://gitlab.example/acme/shop.git"];
    let added = std::process::Command::new("git").args(remote).current_dir(project.folder()).status();
    assert!(added.unwrap().success());
    releases.publish(env!("CARGO_PKG_VERSION"), &["x86_64-unknown-linux-musl"], &project);
    project
}

#[test]
#[ignore = "needs gitlab-ci-local, which .ci/test-runners installs"]
fn gitlab_job_works_as_printed() {
    let releases = [Releases::start(), Releases::start()];
    let projects = [user(200, &releases[0]), user(401, &releases[1])];
    // At the same time, as jobs on one machine.
    let [mut accepted, mut refused] = projects.each_ref().map(gitlab);
    let printed = accepted.succeeds();
    assert!(printed.contains("OK") && printed.contains(" PASS  webhooks"), "{printed}");
    let printed = refused.fails();
    assert!(printed.contains("1 delivery failed") && printed.contains("401"), "{printed}");
    for project in projects {
        let activity = std::fs::read_to_string(project.folder().join("activity.ndjson")).unwrap();
        assert_eq!(activity.matches(r#""type":"received""#).count(), 1, "{activity}");
    }
}

#[test]
#[ignore = "needs gitlab-ci-local, which .ci/test-runners installs"]
fn gitlab_job_refuses_a_changed_archive() {
    let releases = Releases::start();
    let project = user(200, &releases);
    let archive = format!("cstar-{}-x86_64-unknown-linux-musl.tar.gz", env!("CARGO_PKG_VERSION"));
    let path = releases.file(env!("CARGO_PKG_VERSION"), &archive);
    let mut content = std::fs::read(&path).unwrap();
    content.push(0);
    std::fs::write(&path, content).unwrap();
    let printed = gitlab(&project).fails();
    assert!(printed.contains("FAILED"), "{printed}");
    assert!(project.started("listen").is_empty(), "{printed}");
}

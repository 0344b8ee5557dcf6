//! The workflow of `cstar help ci`, run by `act`, which runs workflows and actions without GitHub.

use std::process::Command;

use super::releases::{REAL, Releases};
use super::{Project, Running, commit, installed, is_running, replaced, write};
use crate::support::Home;
use crate::tour::run::terminal::Ports;
use crate::tour::{block, file};

const WORKFLOW: &str = ".github/workflows/webhooks.yml";
/// The repository and the tag of the action in the workflow.
const ACTION: &str = concat!("cstar-help/cstar@v", env!("CARGO_PKG_VERSION"));

/// The repository of the action at its tag, with another address of the releases.
fn action_repository(releases: &str) -> Home {
    let home = Home::new();
    let folder = ".github/actions/cstar";
    for name in ["action.yml", "common.sh", "install.sh", "start.sh"] {
        let path = format!("{folder}/{name}");
        write(&home.path().join(&path), &file(&path));
    }
    let action = home.path().join(folder).join("action.yml");
    write(&action, &replaced(&file(&format!("{folder}/action.yml")), REAL, releases));
    write(&home.path().join("Cargo.toml"), &file("Cargo.toml"));
    commit(home.path());
    home
}

fn act(project: &Project, action: &Home) -> Running {
    let mut command: Command = project.command(installed("target/testing/bin/act"));
    let (name, value) = Releases::trust();
    command
        .args(["push", "--platform", "ubuntu-latest=-self-hosted", "--no-cache-server", "--pull=false"])
        .args([
            "--action-offline-mode",
            "--local-repository",
            &format!("{ACTION}={}", action.path().display()),
        ])
        .args(["--env", &format!("{name}={value}")]);
    project.start(&mut command)
}

/// A project with the workflow of the topic and a server that answers `status`.
fn user(status: u16, workflow: &str) -> Project {
    let (project, ports) = (Project::new(), Ports::free());
    project.write(WORKFLOW, &ports.replace(workflow));
    project.write_server(status, &ports);
    project.commit();
    project
}

fn workflow() -> String {
    block("ci", &format!("yaml {WORKFLOW}"))
}

fn releases(project: &Project) -> Releases {
    let releases = Releases::start();
    releases.publish(
        env!("CARGO_PKG_VERSION"),
        &["x86_64-unknown-linux-musl", "aarch64-unknown-linux-musl"],
        project,
    );
    releases
}

#[test]
#[ignore = "needs act, which .ci/test-runners installs"]
fn github_workflow_works_as_printed() {
    let projects = [user(200, &workflow()), user(401, &workflow())];
    let releases = projects.each_ref().map(releases);
    let actions = releases.each_ref().map(|releases| action_repository(&releases.url()));
    // At the same time, as jobs on one machine.
    let [mut accepted, mut refused] = [0, 1].map(|number| act(&projects[number], &actions[number]));
    let printed = accepted.succeeds();
    for expected in ["Installed cstar ", "ticket.created", "sent to 1 listen session", "Job succeeded"] {
        assert!(printed.contains(expected), "{expected}: {printed}");
    }
    let printed = refused.fails();
    for expected in ["Job failed", "\"type\":\"failed\"", "401"] {
        assert!(printed.contains(expected), "{expected}: {printed}");
    }
    for project in &projects {
        let (sandboxes, listeners) = (project.started("sandbox"), project.started("listen"));
        // One prints the secret.
        assert!(sandboxes.len() == 1 && listeners.len() == 2, "{sandboxes:?} {listeners:?}");
        // The runner ends them with the job. `act` does not, so that they can be seen to have lived as long.
        assert!(is_running(sandboxes[0].0) && is_running(listeners[1].0));
    }
}

//! The fixtures of `cstar help testing`, run as printed with the receivers of `cstar help receivers`: they work, also
//! beside another run, and no sandbox outlives its tests, however those end.

use std::path::Path;
use std::process::Command;

use super::{LONG, Project, installed, is_running, kill, replaced, wait_until, wait_within};
use crate::tour::{block, blocks};

/// A runner of tests.
struct Runner {
    /// The command and what it needs to find its packages.
    command: fn(&Project) -> Command,
    files: Vec<(&'static str, String)>,
    /// What it prints when both tests have passed.
    passed: &'static str,
    /// The file with the tests, a line that expects an answer, the same with another one, and one that never ends.
    test: (&'static str, [&'static str; 3]),
}

impl Runner {
    fn project(&self) -> Project {
        let project = Project::new();
        for (name, text) in &self.files {
            project.write(name, text);
        }
        project
    }

    /// A project in which the line that expects an answer is another one.
    fn project_with(&self, other: usize) -> Project {
        let (project, (name, lines)) = (self.project(), self.test);
        let (_, text) = self.files.iter().find(|(file, _)| *file == name).unwrap();
        project.write(name, &replaced(text, lines[0], lines[other]));
        project
    }

    /// Two runs at the same time: each sees its own events only, or its answers would be others.
    fn works(&self) {
        let projects = [self.project(), self.project()];
        let runs = projects.each_ref().map(|project| project.start(&mut (self.command)(project)));
        for (project, mut run) in projects.iter().zip(runs) {
            let printed = run.succeeds();
            assert!(printed.contains(self.passed), "{printed}");
            assert_eq!(project.started("sandbox").len(), 1, "{printed}");
            assert!(!is_running(project.started("sandbox")[0].0), "the tests have waited for its end");
        }
    }

    fn ends_its_sandbox_after_a_failure(&self) {
        let project = self.project_with(1);
        let printed = project.start(&mut (self.command)(&project)).fails();
        assert!(printed.contains("200") && printed.contains("999"), "{printed}");
        let sandboxes = project.started("sandbox");
        assert!(sandboxes.len() == 1 && !is_running(sandboxes[0].0), "{printed}");
    }

    /// The process with the tests is killed, so no code of the fixture runs.
    fn leaves_no_sandbox_when_killed(&self) {
        let project = self.project_with(2);
        let _run = project.start(&mut (self.command)(&project));
        // Go compiles the tests first.
        wait_within(LONG, "the sandbox starts", || !project.started("sandbox").is_empty());
        let (sandbox, tests) = project.started("sandbox")[0];
        kill("-KILL", &tests.to_string());
        wait_until("the sandbox ends", || !is_running(sandbox));
    }

    fn is_reliable(&self) {
        self.works();
        self.ends_its_sandbox_after_a_failure();
        self.leaves_no_sandbox_when_killed();
    }
}

/// A receiver of `cstar help receivers` with another last line.
fn receiver(language: &str, last: &str, instead: &str) -> String {
    let source = block("receivers", language);
    let kept = source.strip_suffix(last).unwrap_or_else(|| panic!("{last} is not the end of {source}"));
    kept.to_owned() + instead
}

fn testing(language: &str) -> String {
    block("testing", language)
}

fn pytest() -> Runner {
    Runner {
        command: pytest_command,
        files: vec![
            ("receiver.py", receiver("python flask", "app.run(port=3000)\n", "")),
            ("conftest.py", testing("python conftest.py")),
            ("test_webhook.py", testing("python test_webhook.py")),
        ],
        passed: "2 passed",
        test: (
            "test_webhook.py",
            [
                "assert receiver.next_answer() == (\"ticket.created\", 200)",
                "assert receiver.next_answer() == (\"ticket.created\", 999)",
                "import time; time.sleep(3600)",
            ],
        ),
    }
}

fn pytest_command(project: &Project) -> Command {
    let mut command = project.command(installed("target/testing/bin/python"));
    command.args(["-m", "pytest"]);
    command
}

fn node(tests: String, passed: &'static str, command: fn(&Project) -> Command) -> Runner {
    Runner {
        command,
        files: vec![
            ("receiver.cjs", receiver("js express", "app.listen(3000);\n", "module.exports = app;\n")),
            ("cstar.cjs", testing("js cstar.cjs")),
            ("webhook.test.js", tests),
        ],
        passed,
        test: (
            "webhook.test.js",
            [
                "expect(await receiver.nextAnswer()).toEqual(['ticket.created', 200]);",
                "expect(await receiver.nextAnswer()).toEqual(['ticket.created', 999]);",
                "for (;;);",
            ],
        ),
    }
}

fn node_command(project: &Project, script: &str) -> Command {
    let modules = installed("tests/testing/node_modules");
    let link = project.folder().join("node_modules");
    if !link.exists() {
        std::os::unix::fs::symlink(&modules, link).unwrap();
    }
    let mut command = project.command("node");
    command.arg(modules.join(script));
    command
}

fn vitest() -> Runner {
    node(testing("js webhook.test.js"), "2 passed", |project| {
        let mut command = node_command(project, "vitest/vitest.mjs");
        command.arg("run").env("NO_COLOR", "1");
        command
    })
}

fn jest() -> Runner {
    let tests = testing("js webhook.test.js");
    let imports = tests.lines().filter(|line| line.starts_with("import ")).count();
    assert_eq!(imports, 3, "the topic says so");
    let rest: String = tests.lines().skip(imports).map(|line| format!("{line}\n")).collect();
    node(testing("js jest") + &rest, "2 passed, 2 total", |project| {
        project.write("package.json", "{}");
        node_command(project, "jest/bin/jest.js")
    })
}

fn go() -> Runner {
    Runner {
        command: |project| {
            let cache = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/go");
            let mut command = project.command("go");
            command.args(["test", "-v", "."]).env("GOCACHE", cache).env("GOTOOLCHAIN", "local");
            command
        },
        files: vec![
            ("go.mod", "module receiver\n\ngo 1.19\n".to_owned()),
            ("receiver.go", block("receivers", "go")),
            ("webhook_test.go", testing("go webhook_test.go")),
        ],
        passed: "PASS\nok",
        test: (
            "webhook_test.go",
            [
                "expectAnswer(t, \"ticket.created 200\")",
                "expectAnswer(t, \"ticket.created 999\")",
                "select {}",
            ],
        ),
    }
}

#[test]
#[ignore = "needs pytest, which .ci/test-runners installs"]
fn pytest_fixture_works_as_printed() {
    pytest().is_reliable();
}

#[test]
#[ignore = "needs pytest-xdist, which .ci/test-runners installs"]
fn each_pytest_worker_has_a_sandbox() {
    let project = pytest().project();
    // Both workers run both tests.
    let printed = project.start(pytest_command(&project).args(["-n", "2", "--dist", "each"])).succeeds();
    assert!(printed.contains("4 passed"), "{printed}");
    let sandboxes = project.started("sandbox");
    assert!(sandboxes.len() == 2 && sandboxes.iter().all(|(process, _)| !is_running(*process)), "{printed}");
}

#[test]
#[ignore = "needs pytest-xdist, which .ci/test-runners installs"]
fn all_pytest_workers_share_a_sandbox() {
    let project = Project::new();
    project.write("conftest.py", &testing("python conftest.py for teams"));
    project.write("test_teams.py", &testing("python test_teams.py"));
    project.write("test_retry.py", &testing("python test_retry.py"));
    let printed = project.start(pytest_command(&project).args(["-q", "-n", "8"])).succeeds();
    assert!(printed.contains("401 passed"), "{printed}");
    let sandboxes = project.started("sandbox");
    // one for all, and the three `cstar sandbox …` of the test of the retry
    let has_ended = |(process, _): &(u32, u32)| !is_running(*process);
    assert!(sandboxes.len() == 1 + 3 && sandboxes.iter().all(has_ended), "{printed}");
}

#[test]
#[ignore = "needs Vitest, which .ci/test-runners installs"]
fn vitest_fixture_works_as_printed() {
    vitest().is_reliable();
}

#[test]
#[ignore = "needs Jest, which .ci/test-runners installs"]
fn jest_fixture_works_as_printed() {
    jest().is_reliable();
}

#[test]
#[ignore = "needs Go, which .ci/run installs"]
fn go_fixture_works_as_printed() {
    go().is_reliable();
}

#[test]
fn every_fixture_has_a_test() {
    // A fixture is code in a language; the other blocks show command lines and formats.
    let is_code = |language: &String| !["text", "json"].contains(&language.as_str());
    let printed: Vec<String> =
        blocks("testing").into_iter().map(|block| block.language).filter(is_code).collect();
    let tested = [
        "python conftest.py",
        "python test_webhook.py",
        "python conftest.py for teams",
        "python test_teams.py",
        "python test_retry.py",
        "js cstar.cjs",
        "js webhook.test.js",
        "js jest",
        "go webhook_test.go",
    ];
    assert_eq!(printed, tested);
}

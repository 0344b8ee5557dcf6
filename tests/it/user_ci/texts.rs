//! The action and what the topic says about it fit together.

use crate::tour::{blocks, file, first_column, text};

const ACTION: &str = ".github/actions/cstar/action.yml";

/// The published crate does not contain .github.
fn action() -> Option<String> {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(ACTION).exists().then(|| file(ACTION))
}

/// The names below `section`.
fn names(action: &str, section: &str) -> Vec<String> {
    let lines = action.lines().skip_while(|line| *line != section).skip(1);
    let lines = lines.take_while(|line| line.is_empty() || line.starts_with(' '));
    let entries = lines.filter_map(|line| line.strip_prefix("  ")).filter(|line| !line.starts_with(' '));
    entries.filter_map(|line| line.strip_suffix(':')).map(str::to_owned).collect()
}

/// The first table behind this one.
fn second_table() -> Vec<String> {
    let (_, rest) = text("ci").split_once("| Output |").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let rows = rest.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.flat_map(|row| crate::tour::quoted(row.split('|').nth(1).unwrap())).collect()
}

#[test]
fn topic_lists_the_inputs_of_the_action() {
    let Some(action) = action() else { return };
    let inputs = names(&action, "inputs:");
    assert!(inputs.len() > 5, "{inputs:?}");
    assert_eq!(first_column("ci", "## GitHub Actions"), inputs);
    let mut outputs = names(&action, "outputs:");
    let mut listed = second_table();
    outputs.sort();
    listed.sort();
    assert_eq!(listed, outputs);
}

#[test]
fn scripts_contain_no_expressions() {
    let Some(action) = action() else { return };
    let mut scripts = 0;
    for line in action.lines().filter(|line| line.trim_start().starts_with("run:")) {
        assert!(line.contains("bash \"$GITHUB_ACTION_PATH/") && !line.contains("${{"), "{line}");
        scripts += 1;
    }
    assert_eq!(scripts, 2);
    // Nor does the workflow that people copy.
    let workflow =
        blocks("ci").into_iter().find(|block| block.language.starts_with("yaml .github/")).unwrap();
    let expressions: Vec<&str> = workflow.text.lines().filter(|line| line.contains("${{")).collect();
    assert_eq!(expressions, ["          ACTIVITY: ${{ steps.cstar.outputs.activity }}"]);
}

#[test]
fn topic_names_the_current_version() {
    let ci = text("ci");
    let version = env!("CARGO_PKG_VERSION");
    for expected in [
        format!("cstar-help/cstar/.github/actions/cstar@v{version}\n"),
        format!("CSTAR_VERSION: {version}\n"),
    ] {
        assert!(ci.contains(&expected), "{expected}");
    }
    assert_eq!(ci.matches(super::releases::REAL).count(), 1);
}

#[test]
fn action_knows_every_released_target() {
    let list = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/targets.toml");
    if action().is_none() || !list.exists() {
        return;
    }
    let list = file(".ci/targets.toml");
    let mut released: Vec<&str> =
        list.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"')).collect();
    let install = file(".github/actions/cstar/install.sh");
    let mut known: Vec<&str> =
        install.lines().filter_map(|line| line.split_once(") target=")?.1.strip_suffix(" ;;")).collect();
    assert!(known.len() > 3, "{known:?}");
    released.sort_unstable();
    known.sort_unstable();
    assert_eq!(known, released);
}

#[test]
fn every_block_of_the_ci_topic_is_run() {
    let printed: Vec<String> = blocks("ci").into_iter().map(|block| block.language).collect();
    let tested = [
        // `ci_jobs`
        "bash",
        "bash expect",
        // `github`, `gitlab`
        "yaml .github/workflows/webhooks.yml",
        "yaml .gitlab-ci.yml",
    ];
    // `tour::run` runs blocks of sh, `namespaces` the compose file.
    let elsewhere = |language: &&String| language.starts_with("sh") || *language == "yaml compose";
    let others: Vec<&String> = printed.iter().filter(|language| !elsewhere(language)).collect();
    assert_eq!(others, tested);
}

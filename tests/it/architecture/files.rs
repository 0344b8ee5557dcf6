//! Headers, sizes and the style of modules; who may print; nothing private in the repository.

use std::collections::BTreeSet;

use super::source::{Source, all_sources, files, root, slashed, sources};

/// Longer files are split.
const LONGEST_FILE: usize = 300;
/// The same in the sandbox, whose files are many and small, tests included.
const LONGEST_SANDBOX_FILE: usize = 250;
/// The sandbox's share of all lines, in percent: it is a tool for tests, not the product.
const LARGEST_SANDBOX_SHARE: usize = 35;

#[test]
fn every_file_begins_with_a_header() {
    for (path, text) in all_sources() {
        let first = text.lines().next().unwrap_or_default();
        assert!(first.starts_with("//! ") && first.len() > 20, "src/{path} begins with: {first}");
    }
}

#[test]
fn modules_are_beside_their_folder() {
    let old: Vec<_> =
        all_sources().into_iter().map(|(path, _)| path).filter(|path| path.ends_with("mod.rs")).collect();
    assert!(old.is_empty(), "a module with files of its own is `x.rs` beside `x/`: {old:?}");
}

#[test]
fn files_have_at_most_300_lines() {
    let long: Vec<_> = sources()
        .iter()
        .filter(|source| source.lines > LONGEST_FILE)
        .map(|source| format!("src/{}: {} lines", source.path, source.lines))
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

/// The lines of the files below `src` that `is_counted` selects, tests included.
fn lines_of(is_counted: impl Fn(&str) -> bool) -> Vec<(String, usize)> {
    let counted = all_sources().into_iter().filter(|(path, _)| is_counted(path));
    counted.map(|(path, text)| (path, text.lines().count())).collect()
}

fn is_sandbox(path: &str) -> bool {
    path == "sandbox.rs" || path.starts_with("sandbox/")
}

#[test]
fn sandbox_files_have_at_most_250_lines() {
    let mut long = lines_of(is_sandbox);
    long.retain(|(_, lines)| *lines > LONGEST_SANDBOX_FILE);
    assert!(long.is_empty(), "move a concept, or the tests, to a file of its own: {long:#?}");
}

#[test]
fn sandbox_is_a_third_of_the_source() {
    let sum = |files: Vec<(String, usize)>| files.into_iter().map(|(_, lines)| lines).sum::<usize>();
    let (sandbox, all) = (sum(lines_of(is_sandbox)), sum(lines_of(|_| true)));
    assert!(
        sandbox * 100 <= all * LARGEST_SANDBOX_SHARE,
        "the sandbox has {sandbox} of {all} lines, which is over {LARGEST_SANDBOX_SHARE} %"
    );
}

#[test]
fn only_output_uses_standard_streams() {
    // The second reads keys from the console of Windows, which the library names by its output.
    let may_use = |source: &Source| source.top_module() == "output" || source.path == "host/keypress.rs";
    for source in sources().iter().filter(|source| !may_use(source)) {
        for way in ["stdout()", "stderr()", "io::stdout", "io::stderr", "print!", "println!", "dbg!"] {
            assert!(!source.code.contains(way), "src/{} uses {way}", source.path);
        }
    }
}

#[test]
fn repository_names_no_private_paths() {
    // Written in pieces, or this file would be the first to be found.
    let homes = [["/ro", "ot/"], ["/wo", "rk/"], ["/tmp", "/w/"], ["/ho", "me/"], ["/Use", "rs/"]]
        .map(|parts| parts.concat());
    let mut found = Vec::new();
    files(root(), &mut found);
    for path in found {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        for home in &homes {
            let at = text.match_indices(home.as_str()).find(|(at, _)| {
                // Part of a longer word, or of an address, it is no path of this machine.
                !text[..*at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '}'))
            });
            assert!(at.is_none(), "{} names a path below {home}", slashed(&path, root()));
        }
    }
}

#[test]
fn dependencies_are_from_the_registry() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let sources: BTreeSet<&str> = lock.lines().filter_map(|line| line.strip_prefix("source = ")).collect();
    assert_eq!(sources, BTreeSet::from([r#""registry+https://github.com/rust-lang/crates.io-index""#]));
    for file in ["Cargo.toml", ".cargo/config.toml"] {
        let text = std::fs::read_to_string(root().join(file)).unwrap();
        for word in ["registry", "replace-with", "index ="] {
            assert!(!text.contains(word), "{file} has `{word}`");
        }
    }
}

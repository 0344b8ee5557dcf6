//! Headers, sizes and the style of modules; who may print; nothing private in the repository.

use std::collections::BTreeSet;

use super::source::{Source, all_sources, files, root, slashed, sources};

/// Longer files are split.
const LONGEST_FILE: usize = 300;

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

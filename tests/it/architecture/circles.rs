//! No file imports itself by way of others, and none imports half of the program.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::{Reexports, imports};
use super::source::sources;

/// A file that imports this many others does too much, or is a list that should be split.
const MOST_IMPORTS: usize = 20;

/// Groups of files that reach each other.
fn circles<'a>(imports: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Vec<Vec<&'a str>> {
    let reach = |start: &'a str| {
        let (mut seen, mut next) = (BTreeSet::new(), vec![start]);
        while let Some(file) = next.pop() {
            next.extend(imports[file].iter().copied().filter(|to| seen.insert(*to)));
        }
        seen
    };
    let reach: BTreeMap<&str, BTreeSet<&str>> = imports.keys().map(|file| (*file, reach(file))).collect();
    let mut circles: BTreeSet<Vec<&str>> = BTreeSet::new();
    for (file, below) in &reach {
        if below.contains(file) {
            circles.insert(below.iter().copied().filter(|other| reach[other].contains(file)).collect());
        }
    }
    circles.into_iter().collect()
}

#[test]
fn files_do_not_import_in_circles() {
    let sources = sources();
    let imports = imports(&sources, Reexports::Followed);
    let described: Vec<String> = circles(&imports)
        .iter()
        .map(|circle| {
            let lines = circle.iter().map(|file| {
                let within: Vec<_> = imports[file].iter().filter(|to| circle.contains(to)).collect();
                format!("  {file} imports {within:?}")
            });
            format!("{} files:\n{}", circle.len(), lines.collect::<Vec<_>>().join("\n"))
        })
        .collect();
    assert!(described.is_empty(), "{}", described.join("\n"));
}

#[test]
fn files_import_fewer_than_20_others() {
    let sources = sources();
    let wide: Vec<String> = imports(&sources, Reexports::AsWritten)
        .iter()
        .filter(|(_, to)| to.len() >= MOST_IMPORTS)
        .map(|(file, to)| format!("{file} imports {} files", to.len()))
        .collect();
    assert!(wide.is_empty(), "{wide:#?}");
}

#[test]
fn circles_are_found() {
    let imports = BTreeMap::from([
        ("a", BTreeSet::from(["b"])),
        ("b", BTreeSet::from(["c"])),
        ("c", BTreeSet::from(["a", "d"])),
        ("d", BTreeSet::new()),
    ]);
    assert_eq!(circles(&imports), [["a", "b", "c"]]);
}

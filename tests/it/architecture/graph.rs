//! Which file imports which.

use std::collections::{BTreeMap, BTreeSet};

use super::source::Source;
use super::uses::{Uses, uses};

/// No name is re-exported this often; two modules that re-export each other must not hang the test.
const MOST_REEXPORTS: usize = 8;

/// Where an import of a name that a module re-exports leads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reexports {
    /// To the file that defines the name.
    Followed,
    /// To the module that is named, as a reader sees it.
    AsWritten,
}

/// The imports between files, by path. A `mod` line is no import.
pub(super) fn imports(sources: &[Source], reexports: Reexports) -> BTreeMap<&str, BTreeSet<&str>> {
    let files: BTreeMap<Vec<&str>, &str> =
        sources.iter().map(|source| (source.module(), source.path.as_str())).collect();
    let uses: BTreeMap<Vec<&str>, Uses> =
        sources.iter().map(|source| (source.module(), uses(source, &files))).collect();
    let steps = if reexports == Reexports::Followed { MOST_REEXPORTS } else { 0 };
    let resolved = |path: &[String]| file_of(path, &files, &uses, steps);
    sources
        .iter()
        .map(|source| {
            let used = &uses[&source.module()].used;
            let to: BTreeSet<&str> = used.iter().filter_map(|path| resolved(path)).collect();
            (source.path.as_str(), to.into_iter().filter(|to| *to != source.path).collect())
        })
        .collect()
}

/// The file that defines what `path` names, after this many re-exports at most.
fn file_of<'a>(
    path: &[String],
    files: &BTreeMap<Vec<&str>, &'a str>,
    uses: &BTreeMap<Vec<&str>, Uses>,
    reexports: usize,
) -> Option<&'a str> {
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    let length = (0..=names.len()).rev().find(|length| files.contains_key(&names[..*length]))?;
    let module = &names[..length];
    if let (Some(name), true) = (path.get(length), reexports > 0)
        && let Some(target) = uses[module].exported.get(name)
    {
        let target: Vec<String> = target.iter().chain(&path[length + 1..]).cloned().collect();
        return file_of(&target, files, uses, reexports - 1);
    }
    files.get(module).copied()
}

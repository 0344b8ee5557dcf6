//! Which file imports which.

use std::collections::{BTreeMap, BTreeSet};

use super::source::Source;
use super::uses::{Uses, uses};

/// The imports between files, by path. A `mod` line is no import, and a re-export leads to the file that
/// defines the name.
pub(super) fn imports(sources: &[Source]) -> BTreeMap<&str, BTreeSet<&str>> {
    let files: BTreeMap<Vec<&str>, &str> =
        sources.iter().map(|source| (source.module(), source.path.as_str())).collect();
    let uses: BTreeMap<Vec<&str>, Uses> =
        sources.iter().map(|source| (source.module(), uses(source, &files))).collect();
    let resolved = |path: &[String]| file_of(path, &files, &uses, 0);
    sources
        .iter()
        .map(|source| {
            let used = &uses[&source.module()].used;
            let to: BTreeSet<&str> = used.iter().filter_map(|path| resolved(path)).collect();
            (source.path.as_str(), to.into_iter().filter(|to| *to != source.path).collect())
        })
        .collect()
}

/// The file that defines what `path` names.
fn file_of<'a>(
    path: &[String],
    files: &BTreeMap<Vec<&str>, &'a str>,
    uses: &BTreeMap<Vec<&str>, Uses>,
    depth: usize,
) -> Option<&'a str> {
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    let length = (0..=names.len()).rev().find(|length| files.contains_key(&names[..*length]))?;
    let module = &names[..length];
    if let (Some(name), true) = (path.get(length), depth < 8)
        && let Some(target) = uses[module].exported.get(name)
    {
        let target: Vec<String> = target.iter().chain(&path[length + 1..]).cloned().collect();
        return file_of(&target, files, uses, depth + 1);
    }
    files.get(module).copied()
}

//! What a file uses of other files, and what it re-exports.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Source, imports};

/// The paths that one file names, from the root of the crate.
pub(super) struct Uses {
    pub(super) used: BTreeSet<Vec<String>>,
    /// What `pub use` gives a name here.
    pub(super) exported: BTreeMap<String, Vec<String>>,
}

/// Reads `source`. `files` are the files of the program by module.
pub(super) fn uses(source: &Source, files: &BTreeMap<Vec<&str>, &str>) -> Uses {
    let own: Vec<String> = source.module().iter().map(ToString::to_string).collect();
    let children: BTreeSet<&str> = files
        .keys()
        .filter(|module| module.len() == own.len() + 1 && module[..own.len()] == source.module()[..])
        .filter_map(|module| module.last().copied())
        .collect();
    let mut uses = Uses { used: imports(source), exported: BTreeMap::new() };
    // The modules that a path in the code can begin with.
    let mut modules: BTreeMap<String, Vec<String>> = children
        .iter()
        .map(|child| ((*child).to_owned(), own.iter().cloned().chain([(*child).to_owned()]).collect()))
        .collect();
    let mut rest = source.code.clone();
    for (is_public, text) in declarations(&source.code) {
        rest = rest.replacen(&text, "", 1);
        for (path, name) in leaves(&text) {
            let Some(path) = absolute(&path, &own, &children) else { continue };
            let names: Vec<&str> = path.iter().map(String::as_str).collect();
            if files.contains_key(&names) {
                modules.insert(name.clone(), path.clone());
            }
            if is_public {
                // It only passes the name on; who imports it from here depends on the file behind it.
                uses.used.remove(&path);
                uses.exported.insert(name, path);
            } else {
                uses.used.insert(path);
            }
        }
    }
    uses.used.extend(paths_below(&modules, &rest));
    uses
}

/// The `use` declarations: whether each is public, and its tree.
fn declarations(code: &str) -> Vec<(bool, String)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("use ") {
        let before = code[..at].rsplit(['\n', ';', '}', '{']).next().unwrap_or_default().trim();
        if !(before.is_empty() || before.starts_with("pub")) {
            continue;
        }
        if let Some(end) = code[at..].find(';') {
            found.push((before.starts_with("pub"), code[at + 4..at + end].to_owned()));
        }
    }
    found
}

/// The names of a tree: the path of each, and the name it has here.
fn leaves(tree: &str) -> Vec<(Vec<String>, String)> {
    let tree = tree.trim();
    if let Some(open) = tree.find('{') {
        let inner = tree[open + 1..].trim_end().trim_end_matches('}');
        let base: Vec<String> = path(tree[..open].trim_end_matches("::"));
        return parts(inner)
            .into_iter()
            .flat_map(leaves)
            .map(|(path, name)| {
                let last = base.last().cloned().unwrap_or_default();
                let itself = path == ["self"];
                let full = base.iter().cloned().chain(path.into_iter().filter(|_| !itself)).collect();
                (full, if itself { last } else { name })
            })
            .collect();
    }
    if tree.is_empty() {
        return Vec::new();
    }
    let (names, alias) = tree.split_once(" as ").unwrap_or((tree, ""));
    let path = path(names);
    let name =
        if alias.is_empty() { path.last().cloned().unwrap_or_default() } else { alias.trim().to_owned() };
    vec![(path, name)]
}

fn path(text: &str) -> Vec<String> {
    text.split("::").map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

/// Splits at the commas outside of braces.
fn parts(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// From the root of the crate; `None` for another crate.
fn absolute(path: &[String], own: &[String], children: &BTreeSet<&str>) -> Option<Vec<String>> {
    let first = path.first()?.as_str();
    match first {
        "crate" => Some(path[1..].to_vec()),
        "self" => Some(own.iter().chain(&path[1..]).cloned().collect()),
        "super" => {
            let supers = path.iter().take_while(|name| *name == "super").count();
            let base = &own[..own.len().checked_sub(supers)?];
            Some(base.iter().chain(&path[supers..]).cloned().collect())
        }
        child if children.contains(child) => Some(own.iter().chain(path).cloned().collect()),
        _ => None,
    }
}

/// Paths in expressions and types that begin with one of `modules`: `child::run()`.
fn paths_below(modules: &BTreeMap<String, Vec<String>>, code: &str) -> BTreeSet<Vec<String>> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let words = code.split(|c: char| !is_part(c)).filter(|word| word.contains("::"));
    words
        .map(path)
        .filter_map(|path| {
            let module = modules.get(path.first()?)?;
            Some(module.iter().chain(&path[1..]).cloned().collect())
        })
        .collect()
}

#[test]
fn names_of_use_trees_are_read() {
    let found: Vec<String> = leaves("crate::a::{self, b::{C, D as E}, f}")
        .into_iter()
        .map(|(path, name)| format!("{} {name}", path.join("::")))
        .collect();
    assert_eq!(found, ["crate::a a", "crate::a::b::C C", "crate::a::b::D E", "crate::a::f f"]);
}

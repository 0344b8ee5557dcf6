//! Which module may import which.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::{self, Reexports};
use super::source::{Source, imports, sources};

/// Modules and the modules they may import, outside tests.
const MAY_IMPORT: [(&str, &[&str]); 26] = [
    // The ground: pure, or the machine itself.
    ("secret", &[]),
    ("numbers", &[]),
    ("topics", &[]),
    ("event", &[]),
    ("signature", &["event", "numbers"]),
    ("identity", &["signature"]),
    ("typegen", &["event"]),
    ("host", &["secret"]),
    ("net", &["host"]),
    ("history", &["event", "host"]),
    // Towards cStar. The sandbox shares nothing with the client.
    ("stream", &["event", "host", "net", "secret", "signature"]),
    ("sandbox_info", &["event", "host", "secret"]),
    // It signs what it delivers, and POSTs it with the client for local targets, which never carries a key.
    ("sandbox", &["event", "host", "net", "numbers", "sandbox_info", "secret", "signature"]),
    ("account", &["host", "net", "sandbox_info", "secret"]),
    ("api", &["account", "host", "net"]),
    // The engine sees neither terminal nor command line.
    ("forward", &["event", "history", "host", "net", "secret", "signature", "stream"]),
    ("output", &["account", "api", "event", "forward", "history", "host", "net", "numbers", "secret"]),
    (
        "ops",
        &[
            "account",
            "api",
            "event",
            "forward",
            "history",
            "host",
            "net",
            "output",
            "sandbox",
            "sandbox_info",
            "secret",
            "signature",
            "stream",
        ],
    ),
    // For agents: the same use cases as the commands, without the terminal.
    (
        "mcp",
        &[
            "account",
            "api",
            "event",
            "history",
            "host",
            "identity",
            "net",
            "ops",
            "output",
            "sandbox_info",
            "secret",
            "signature",
            "stream",
        ],
    ),
    // The page in the browser, and its API.
    (
        "inspector",
        &[
            "account",
            "api",
            "event",
            "history",
            "host",
            "net",
            "ops",
            "output",
            "sandbox_info",
            "secret",
            "signature",
        ],
    ),
    // The front.
    ("args", &["account", "event", "net", "output", "secret", "stream"]),
    (
        "commands",
        &[
            "account",
            "api",
            "args",
            "event",
            "forward",
            "history",
            "host",
            "identity",
            "inspector",
            "mcp",
            "net",
            "ops",
            "output",
            "sandbox",
            "sandbox_info",
            "secret",
            "signature",
            "stream",
            "topics",
            "typegen",
        ],
    ),
    ("cli", &["args", "commands", "net", "output", "topics"]),
    ("app", &["cli", "commands", "host", "output"]),
    ("lib", &["secret"]),
    ("main", &[]),
];

/// `crate::Secret` is re-exported from its module by `lib.rs`.
fn top_module_of(path: &[String]) -> &str {
    match path[0].as_str() {
        "Secret" => "secret",
        module => module,
    }
}

/// Who calls whom, from the code, with a file that shows it.
fn module_imports(sources: &[Source]) -> BTreeMap<(String, String), String> {
    let modules: BTreeSet<&str> = sources.iter().map(Source::top_module).collect();
    let mut calls = BTreeMap::new();
    for source in sources.iter().filter(|source| source.path != "lib.rs") {
        for path in imports(source) {
            let to = top_module_of(&path);
            if to != source.top_module() && modules.contains(to) {
                calls.insert((source.top_module().to_owned(), to.to_owned()), source.path.clone());
            }
        }
    }
    calls
}

#[test]
fn modules_import_only_lower_modules() {
    let sources = sources();
    let table: BTreeMap<&str, &[&str]> = MAY_IMPORT.into_iter().collect();
    let modules: BTreeSet<&str> = sources.iter().map(Source::top_module).collect();
    assert_eq!(modules, table.keys().copied().collect(), "the table names every module and no other");
    let calls = module_imports(&sources);
    let forbidden: Vec<_> = calls
        .iter()
        .filter(|((from, to), _)| !table[from.as_str()].contains(&to.as_str()))
        .map(|((from, to), file)| format!("{from} imports {to} in src/{file}"))
        .collect();
    assert!(forbidden.is_empty(), "{forbidden:#?}");
    let unused: Vec<_> = MAY_IMPORT
        .iter()
        .filter(|(from, _)| *from != "lib")
        .flat_map(|(from, to)| to.iter().map(move |to| ((*from).to_owned(), (*to).to_owned())))
        .filter(|pair| !calls.contains_key(pair))
        .collect();
    assert!(unused.is_empty(), "the table allows imports that nothing uses: {unused:?}");
}

#[test]
fn the_table_has_no_circles() {
    let table: BTreeMap<&str, &[&str]> = MAY_IMPORT.into_iter().collect();
    for start in table.keys() {
        let mut seen = BTreeSet::new();
        let mut next = vec![*start];
        while let Some(module) = next.pop() {
            next.extend(table[module].iter().copied().filter(|to| seen.insert(*to)));
        }
        assert!(!seen.contains(start), "{start} calls itself by way of {seen:?}");
    }
}

#[test]
fn commands_do_not_import_each_other() {
    let sources = sources();
    let commands: BTreeSet<&str> = sources
        .iter()
        .filter(|source| source.top_module() == "commands")
        .filter_map(|source| source.module().get(1).copied())
        .filter(|name| !["confirm", "context", "input", "inspector", "session"].contains(name))
        .collect();
    assert!(commands.len() > 6, "{commands:?}");
    for source in sources.iter().filter(|source| source.top_module() == "commands") {
        let Some(own) = source.module().get(1).copied() else { continue };
        for path in imports(source).iter().filter(|path| path[0] == "commands") {
            let other = path.get(1).map(String::as_str).unwrap_or_default();
            assert!(other == own || !commands.contains(other), "src/{} imports `{other}`", source.path);
        }
    }
}

/// The folders of the sandbox, and the folders that each may import, from the bottom up. Files beside them hold
/// what several of them share.
const SANDBOX_PARTS: [(&str, &[&str]); 9] = [
    ("store", &[]),
    ("http", &["store"]),
    ("request_log", &["http", "store"]),
    ("model", &["http", "store"]),
    ("delivery", &["http", "model", "store"]),
    ("streams", &["http", "request_log", "store"]),
    ("tools", &["delivery", "http", "model", "request_log", "store"]),
    ("openapi", &["delivery", "http", "model", "request_log", "store", "streams", "tools"]),
    ("server", &["delivery", "http", "model", "openapi", "request_log", "store", "streams", "tools"]),
];

#[test]
fn parts_of_the_sandbox_import_one_way() {
    let sources = sources();
    for (number, (part, below)) in SANDBOX_PARTS.iter().enumerate() {
        let is_below = |name: &str| SANDBOX_PARTS[..number].iter().any(|(part, _)| *part == name);
        assert!(below.iter().all(|name| is_below(name)), "{part} imports a part that is not below it");
    }
    let allowed: BTreeMap<&str, &[&str]> = SANDBOX_PARTS.into_iter().collect();
    let part = |path: &str| {
        let (folder, _) = path.strip_prefix("sandbox/")?.split_once('/')?;
        Some(folder.to_owned())
    };
    let (mut forbidden, mut used) = (BTreeSet::new(), BTreeSet::new());
    for (file, imports) in graph::imports(&sources, Reexports::Followed) {
        let Some(from) = part(file) else { continue };
        for to in imports.iter().filter_map(|to| part(to)).filter(|to| *to != from) {
            used.insert((from.clone(), to.clone()));
            if !allowed.get(from.as_str()).is_some_and(|allowed| allowed.contains(&to.as_str())) {
                forbidden.insert(format!("{from} imports {to} in src/{file}"));
            }
        }
    }
    assert!(forbidden.is_empty(), "{forbidden:#?}");
    let pairs = SANDBOX_PARTS
        .iter()
        .flat_map(|(from, to)| to.iter().map(move |to| (from.to_string(), to.to_string())));
    let unused: Vec<_> = pairs.filter(|pair| !used.contains(pair)).collect();
    assert!(unused.is_empty(), "the table allows imports that nothing uses: {unused:?}");
}

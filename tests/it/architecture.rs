//! The house rules that no compiler holds: who may call whom, headers, sizes, who may print.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Rooms and the rooms they may import, outside tests. One way, with one exception: `cli` is the tree
/// of the arguments that each of the `commands` declares, and these use the argument types of `cli`.
const MAY_CALL: [(&str, &[&str]); 20] = [
    // The ground: pure, or the machine itself.
    ("secret", &[]),
    ("numbers", &[]),
    ("event", &[]),
    ("signature", &["event", "numbers"]),
    ("host", &["secret"]),
    ("net", &["host"]),
    ("history", &["host"]),
    // Towards cStar. The sandbox shares nothing with the client it stands in for.
    ("stream", &["host", "net", "secret"]),
    // It signs what it delivers, and POSTs it with the client for local targets, which never carries a key.
    ("sandbox", &["event", "host", "net", "numbers", "secret", "signature"]),
    ("account", &["host", "net", "sandbox", "secret"]),
    ("api", &["account", "host", "net"]),
    // The engine sees neither terminal nor command line.
    ("forward", &["event", "history", "host", "net", "secret", "signature", "stream"]),
    ("output", &["account", "api", "forward", "host", "net", "numbers", "secret"]),
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
            "net",
            "ops",
            "output",
            "sandbox",
            "secret",
            "signature",
            "stream",
        ],
    ),
    // The front.
    ("cli", &["account", "commands", "event", "net", "output", "secret", "stream"]),
    (
        "commands",
        &[
            "account",
            "api",
            "cli",
            "event",
            "forward",
            "history",
            "host",
            "mcp",
            "net",
            "ops",
            "output",
            "sandbox",
            "secret",
            "signature",
            "stream",
        ],
    ),
    ("app", &["cli", "commands", "host", "output"]),
    ("lib", &["secret"]),
    ("main", &[]),
];

/// Longer files are split.
const LONGEST_FILE: usize = 300;

/// A source file of the program. Tests, comments and the insides of literals are blank.
struct Source {
    /// Below `src`, with `/`.
    path: String,
    /// As it stands.
    text: String,
    /// What is shipped, with the lines where they were.
    code: String,
    /// Lines that are shipped, comments included.
    lines: usize,
}

impl Source {
    /// The first part of the path: `forward/queue.rs` is in `forward`.
    fn room(&self) -> &str {
        self.path.split('/').next().unwrap().trim_end_matches(".rs")
    }

    /// The names of the modules it is in: `forward/queue.rs` is `forward`, `queue`.
    fn module(&self) -> Vec<&str> {
        let path = self.path.trim_end_matches(".rs");
        if matches!(path, "lib" | "main") { Vec::new() } else { path.split('/').collect() }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(below: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(below).unwrap() {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        let name = entry.file_name();
        // In a worktree `.git` is a file. Installed packages are not ours.
        if name == "target" || name == ".git" || name == "node_modules" {
            continue;
        }
        if kind.is_dir() {
            files(&entry.path(), found);
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
}

fn slashed(path: &Path, below: &Path) -> String {
    path.strip_prefix(below).unwrap().to_str().unwrap().replace('\\', "/")
}

/// Every file below `src`, the tests' own among them.
fn all_sources() -> Vec<(String, String)> {
    let src = root().join("src");
    let mut found = Vec::new();
    files(&src, &mut found);
    let rust = found.iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    rust.map(|path| (slashed(path, &src), std::fs::read_to_string(path).unwrap())).collect()
}

/// Every shipped file.
fn sources() -> Vec<Source> {
    let shipped = all_sources()
        .into_iter()
        .filter(|(path, _)| !path.split('/').any(|part| part == "tests" || part == "tests.rs"));
    let sources: Vec<_> = shipped
        .map(|(path, text)| {
            let blank = without_comments_and_literals(&text);
            let (code, tests) = without_tests(&blank);
            Source { lines: text.lines().count() - tests, path, text, code }
        })
        .collect();
    assert!(sources.len() > 50, "only {} files were found", sources.len());
    sources
}

/// Blanks comments and what is inside string and character literals; line breaks stay.
fn without_comments_and_literals(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = literal_or_comment(&chars, at).unwrap_or(at);
        if end == at {
            out.push(chars[at]);
            at += 1;
        } else {
            out.extend(chars[at..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    out
}

/// Where the comment or literal that begins at `at` ends.
fn literal_or_comment(chars: &[char], at: usize) -> Option<usize> {
    let rest = &chars[at..];
    let find = |from: usize, what: &str| {
        let what: Vec<char> = what.chars().collect();
        let hit = rest.get(from..)?.windows(what.len()).position(|window| window == what.as_slice())?;
        Some(at + from + hit + what.len())
    };
    let after_word = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
    match rest {
        ['/', '/', ..] => find(2, "\n").map(|end| end - 1).or(Some(chars.len())),
        ['/', '*', ..] => find(2, "*/"),
        ['r', '"' | '#', ..] | ['b', 'r', '"' | '#', ..] if !after_word => {
            let hashes =
                rest.iter().skip_while(|c| **c == 'b' || **c == 'r').take_while(|c| **c == '#').count();
            let quote = rest.iter().position(|c| *c == '"')?;
            // `r#type` is a name.
            (rest[..quote].iter().all(|c| matches!(c, 'b' | 'r' | '#')))
                .then(|| find(quote + 1, &format!("\"{}", "#".repeat(hashes))))?
        }
        ['"', ..] => quoted(rest, '"').map(|length| at + length),
        ['\'', '\\', ..] => quoted(rest, '\'').map(|length| at + length),
        // Otherwise it is a lifetime.
        ['\'', _, '\'', ..] => Some(at + 3),
        _ => None,
    }
}

fn quoted(rest: &[char], quote: char) -> Option<usize> {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            '\\' => at += 2,
            c if c == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

/// Blanks each item after `#[cfg(test)]`, and says how many lines those have.
fn without_tests(code: &str) -> (String, usize) {
    const MARK: &str = "#[cfg(test)]";
    let mut out = String::new();
    let mut rest = code;
    let mut lines = 0;
    while let Some(at) = rest.find(MARK) {
        let (before, item) = rest.split_at(at);
        out.push_str(before);
        let end = item_end(item);
        let breaks = item[..end].matches('\n').count();
        lines += breaks + 1;
        out.push_str(&"\n".repeat(breaks));
        rest = &item[end..];
    }
    out.push_str(rest);
    (out, lines)
}

/// An item ends at its first semicolon outside of brackets, or with its first block.
fn item_end(item: &str) -> usize {
    let mut depth = 0;
    for (at, c) in item.char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth -= 1,
            _ => {}
        }
        if depth == 0 && matches!(c, ';' | '}') {
            return at + 1;
        }
    }
    item.len()
}

/// Paths that begin with `crate::`, or with enough `super::` to leave the room, each as the names
/// below the crate. `crate::{a::b, c}` gives two.
fn imports(source: &Source) -> BTreeSet<Vec<String>> {
    let mut found = BTreeSet::new();
    let code = source.code.replace("$crate", "crate");
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let before = code[..at].chars().next_back();
            let continues = before.is_some_and(|c| c.is_alphanumeric() || c == '_')
                || code[..at].trim_end().ends_with("super::");
            if continues {
                continue;
            }
            let supers = code[at..].split("::").take_while(|part| part.trim() == "super").count();
            let mut base: Vec<String> = source.module().iter().map(ToString::to_string).collect();
            let names = match start {
                "crate::" => {
                    base.clear();
                    &code[at + start.len()..]
                }
                _ => {
                    base.truncate(base.len().saturating_sub(supers));
                    &code[at + supers * start.len()..]
                }
            };
            tree(names, &base, &mut found);
        }
    }
    found
}

/// Reads `a::{b, c::d}` or `a::b` below `base`.
fn tree(text: &str, base: &[String], found: &mut BTreeSet<Vec<String>>) {
    let text = text.trim_start();
    if let Some(group) = text.strip_prefix('{') {
        let (mut depth, mut start) = (0, 0);
        for (at, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                ',' | '}' if depth == 0 => {
                    tree(&group[start..at], base, found);
                    start = at + 1;
                    if c == '}' {
                        return;
                    }
                }
                _ => {}
            }
        }
        return;
    }
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    if end == 0 {
        return;
    }
    let mut path = base.to_vec();
    path.push(text[..end].to_owned());
    match text[end..].strip_prefix("::") {
        Some(rest) if rest.trim_start().starts_with(|c: char| c.is_alphabetic() || c == '{' || c == '_') => {
            tree(rest, &path, found);
        }
        _ => {
            found.insert(path);
        }
    }
}

/// `crate::Secret` is re-exported from its room by `lib.rs`.
fn room_of(path: &[String]) -> &str {
    match path[0].as_str() {
        "Secret" => "secret",
        room => room,
    }
}

/// Who calls whom, from the code, with a file that shows it.
fn calls(sources: &[Source]) -> BTreeMap<(String, String), String> {
    let rooms: BTreeSet<&str> = sources.iter().map(Source::room).collect();
    let mut calls = BTreeMap::new();
    for source in sources.iter().filter(|source| source.path != "lib.rs") {
        for path in imports(source) {
            let to = room_of(&path);
            if to != source.room() && rooms.contains(to) {
                calls.insert((source.room().to_owned(), to.to_owned()), source.path.clone());
            }
        }
    }
    calls
}

#[test]
fn rooms_call_only_the_rooms_below_them() {
    let sources = sources();
    let table: BTreeMap<&str, &[&str]> = MAY_CALL.into_iter().collect();
    let rooms: BTreeSet<&str> = sources.iter().map(Source::room).collect();
    assert_eq!(rooms, table.keys().copied().collect(), "the table names every room and no other");
    let calls = calls(&sources);
    let forbidden: Vec<_> = calls
        .iter()
        .filter(|((from, to), _)| !table[from.as_str()].contains(&to.as_str()))
        .map(|((from, to), file)| format!("{from} calls {to} in src/{file}"))
        .collect();
    assert!(forbidden.is_empty(), "{forbidden:#?}");
    let unused: Vec<_> = MAY_CALL
        .iter()
        .filter(|(from, _)| *from != "lib")
        .flat_map(|(from, to)| to.iter().map(move |to| ((*from).to_owned(), (*to).to_owned())))
        .filter(|pair| !calls.contains_key(pair))
        .collect();
    assert!(unused.is_empty(), "the table allows what is no longer done: {unused:?}");
}

#[test]
fn the_table_has_no_circles() {
    let table: BTreeMap<&str, &[&str]> = MAY_CALL.into_iter().collect();
    for start in table.keys() {
        let mut seen = BTreeSet::new();
        let mut next = vec![*start];
        while let Some(room) = next.pop() {
            let below = table[room].iter().filter(|to| (room, **to) != ("cli", "commands"));
            next.extend(below.copied().filter(|to| seen.insert(*to)));
        }
        assert!(!seen.contains(start), "{start} calls itself by way of {seen:?}");
    }
}

#[test]
fn commands_do_not_import_each_other() {
    let sources = sources();
    let commands: BTreeSet<&str> = sources
        .iter()
        .filter(|source| source.room() == "commands")
        .filter_map(|source| source.module().get(1).copied())
        .filter(|name| !["confirm", "input", "session"].contains(name))
        .collect();
    assert!(commands.len() > 6, "{commands:?}");
    for source in sources.iter().filter(|source| source.room() == "commands") {
        let Some(own) = source.module().get(1).copied() else { continue };
        for path in imports(source).iter().filter(|path| path[0] == "commands") {
            let other = path.get(1).map(String::as_str).unwrap_or_default();
            assert!(other == own || !commands.contains(other), "src/{} imports `{other}`", source.path);
        }
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for (path, text) in all_sources() {
        let first = text.lines().next().unwrap_or_default();
        assert!(first.starts_with("//! ") && first.len() > 20, "src/{path} begins with: {first}");
    }
}

#[test]
fn modules_lie_beside_their_folder() {
    let old: Vec<_> =
        all_sources().into_iter().map(|(path, _)| path).filter(|path| path.ends_with("mod.rs")).collect();
    assert!(old.is_empty(), "a module with files of its own is `x.rs` beside `x/`: {old:?}");
}

#[test]
fn no_file_is_too_long_to_read() {
    let long: Vec<_> = sources()
        .iter()
        .filter(|source| source.lines > LONGEST_FILE)
        .map(|source| format!("src/{}: {} lines", source.path, source.lines))
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn only_output_writes_to_the_standard_streams() {
    for source in sources().iter().filter(|source| source.room() != "output") {
        for way in ["stdout()", "stderr()", "io::stdout", "io::stderr", "print!", "println!", "dbg!"] {
            assert!(!source.code.contains(way), "src/{} uses {way}", source.path);
        }
    }
}

#[test]
fn nothing_of_one_machine_is_in_the_repository() {
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

/// Words that make a text read like a translation. Names in code are not looked at.
const UNWANTED: [&str; 5] = ["told", "nobody", "so many", "there is none of", "there are none of"];

/// The first unwanted word of a text, as a whole word.
fn unwanted(text: &str) -> Option<&'static str> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    UNWANTED.into_iter().find(|word| {
        text.match_indices(word)
            .any(|(at, _)| !text[..at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part))
    })
}

#[test]
fn texts_use_plain_words() {
    let mut found = Vec::new();
    // Comments and literals of shipped code: help texts and man pages are made of them.
    for (path, text) in all_sources().into_iter().filter(|(path, _)| !path.contains("tests")) {
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let code = without_comments_and_literals(text);
        for (number, (line, code)) in text.lines().zip(code.lines()).enumerate() {
            let blanked = line.chars().zip(code.chars().chain(std::iter::repeat(' ')));
            let words: String = blanked.map(|(line, code)| if code == ' ' { line } else { ' ' }).collect();
            // What an interpolated literal names is code.
            let words = words.replace("{told}", "");
            found.extend(unwanted(&words).map(|word| format!("src/{path}:{}: {word}", number + 1)));
        }
    }
    let mut texts = vec![root().join("README.md")];
    files(&root().join("src/cli/topic"), &mut texts);
    files(&root().join("completions"), &mut texts);
    // It is no part of the published crate.
    if root().join(".github").exists() {
        files(&root().join(".github"), &mut texts);
    }
    for path in texts {
        let text = std::fs::read_to_string(&path).unwrap();
        for (number, line) in text.lines().enumerate() {
            let word = unwanted(line);
            found.extend(word.map(|word| format!("{}:{}: {word}", slashed(&path, root()), number + 1)));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn every_dependency_is_from_the_public_registry() {
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

#[test]
fn the_reader_of_sources_is_not_fooled() {
    let text = "use crate::{a::{B, c}, d};\n// crate::no\nlet s = \"crate::no \\\" crate::no\"; let r = r#\"crate::no\"#;\nlet c = '\"'; fn f<'a>() { super::super::e::F }\n#[cfg(test)]\nmod tests {\n    use crate::no;\n}\nuse super::g;\n";
    let (code, tests) = without_tests(&without_comments_and_literals(text));
    assert_eq!(tests, 4);
    assert_eq!(code.lines().count(), text.lines().count());
    let source = Source { path: "x/y.rs".to_owned(), lines: 0, text: text.to_owned(), code };
    let found: Vec<String> = imports(&source).iter().map(|path| path.join("::")).collect();
    assert_eq!(found, ["a::B", "a::c", "d", "e::F", "x::g"]);
    assert!(source.text.contains("crate::no"));
}

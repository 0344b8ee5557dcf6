//! Reads the source files: what is shipped of each, and what it imports.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A source file of the program. Tests, comments and the insides of literals are blank.
pub(super) struct Source {
    /// Below `src`, with `/`.
    pub(super) path: String,
    /// Unchanged.
    pub(super) text: String,
    /// What is shipped, with the lines where they were.
    pub(super) code: String,
    /// Lines that are shipped, comments included.
    pub(super) lines: usize,
}

impl Source {
    /// The first part of the path: `forward/queue.rs` is in `forward`.
    pub(super) fn top_module(&self) -> &str {
        self.path.split('/').next().unwrap().trim_end_matches(".rs")
    }

    /// The names of the modules it is in: `forward/queue.rs` is `forward`, `queue`.
    pub(super) fn module(&self) -> Vec<&str> {
        let path = self.path.trim_end_matches(".rs");
        if matches!(path, "lib" | "main") { Vec::new() } else { path.split('/').collect() }
    }
}

pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(super) fn files(below: &Path, found: &mut Vec<PathBuf>) {
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

pub(super) fn slashed(path: &Path, below: &Path) -> String {
    path.strip_prefix(below).unwrap().to_str().unwrap().replace('\\', "/")
}

/// Every file below `src`, the tests' own among them.
pub(super) fn all_sources() -> Vec<(String, String)> {
    let src = root().join("src");
    let mut found = Vec::new();
    files(&src, &mut found);
    let rust = found.iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    rust.map(|path| (slashed(path, &src), std::fs::read_to_string(path).unwrap())).collect()
}

/// Every shipped file.
pub(super) fn sources() -> Vec<Source> {
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
pub(super) fn without_comments_and_literals(text: &str) -> String {
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
pub(super) fn literal_or_comment(chars: &[char], at: usize) -> Option<usize> {
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

pub(super) fn quoted(rest: &[char], quote: char) -> Option<usize> {
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
pub(super) fn without_tests(code: &str) -> (String, usize) {
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
pub(super) fn item_end(item: &str) -> usize {
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

/// Paths that begin with `crate::`, or with enough `super::` to leave the top module, each as the names
/// below the crate. `crate::{a::b, c}` gives two.
pub(super) fn imports(source: &Source) -> BTreeSet<Vec<String>> {
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
pub(super) fn tree(text: &str, base: &[String], found: &mut BTreeSet<Vec<String>>) {
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

#[test]
fn imports_are_read_from_shipped_code() {
    let text = "use crate::{a::{B, c}, d};\n// crate::no\nlet s = \"crate::no \\\" crate::no\"; let r = r#\"crate::no\"#;\nlet c = '\"'; fn f<'a>() { super::super::e::F }\n#[cfg(test)]\nmod tests {\n    use crate::no;\n}\nuse super::g;\n";
    let (code, tests) = without_tests(&without_comments_and_literals(text));
    assert_eq!(tests, 4);
    assert_eq!(code.lines().count(), text.lines().count());
    let source = Source { path: "x/y.rs".to_owned(), lines: 0, text: text.to_owned(), code };
    let found: Vec<String> = imports(&source).iter().map(|path| path.join("::")).collect();
    assert_eq!(found, ["a::B", "a::c", "d", "e::F", "x::g"]);
    assert!(source.text.contains("crate::no"));
}

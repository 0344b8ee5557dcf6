//! The words of texts, comments and messages.

use super::source::{all_sources, files, root, slashed, without_comments_and_literals};

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
    files(&root().join("src/topics"), &mut texts);
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

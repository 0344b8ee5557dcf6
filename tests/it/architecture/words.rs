//! The words of names, comments, messages and texts.

use super::source::{files, root, slashed};

/// Words that make a text read like a translation. In names, an underscore separates words.
const UNWANTED: [&str; 25] = [
    "told",
    "tells",
    "mend",
    "mends",
    "mended",
    "goes on",
    "go on",
    "going on",
    "nobody",
    "whoever",
    "so many",
    "a yes",
    "anew",
    "of elsewhere",
    "there is none of",
    "there are none of",
    "come to nothing",
    "comes to nothing",
    "came to nothing",
    "is said",
    "are said",
    "by whatever",
    "in whatever way",
    "as it stands",
    "learns of",
];

/// The first unwanted word of a text, as a whole word.
fn unwanted(text: &str) -> Option<&'static str> {
    let mut spaced = String::new();
    for c in text.chars() {
        // `NoBody` is two words.
        if c.is_uppercase() && spaced.ends_with(char::is_lowercase) {
            spaced.push(' ');
        }
        spaced.push(c);
    }
    let words = spaced.split(|c: char| c.is_whitespace() || c == '_').filter(|word| !word.is_empty());
    let text = words.collect::<Vec<_>>().join(" ").to_lowercase();
    UNWANTED.into_iter().find(|word| {
        text.match_indices(word).any(|(at, _)| {
            !text[..at].ends_with(char::is_alphanumeric)
                && !text[at + word.len()..].starts_with(char::is_alphanumeric)
        })
    })
}

#[test]
fn texts_use_plain_words() {
    let mut texts = Vec::new();
    for folder in ["src", "tests", "completions", "man", ".github"] {
        // The published crate has some of them only.
        if root().join(folder).exists() {
            files(&root().join(folder), &mut texts);
        }
    }
    texts.push(root().join("README.md"));
    let mut found = Vec::new();
    for path in texts {
        let name = slashed(&path, root());
        let is_text = [".rs", ".md", ".1", ".7", ".bash", ".fish", ".ps1", ".elv"]
            .iter()
            .any(|end| name.ends_with(end));
        if !is_text || name.starts_with("tests/it/architecture/") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for (number, line) in text.lines().enumerate() {
            found.extend(unwanted(line).map(|word| format!("{name}:{}: {word}", number + 1)));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn words_are_found_in_names_and_texts() {
    for text in ["// It is told.", "fn key_is_told()", "Nobody", "it goes  on", "let told = 1;"] {
        assert!(unwanted(text).is_some(), "{text}");
    }
    for text in ["untold", "recommended", "NoBody", "many", "telling"] {
        assert_eq!(unwanted(text), None, "{text}");
    }
}

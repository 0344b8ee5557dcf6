//! The texts of `cstar help TOPIC`, which are man pages too.
//!
//! A text is its title, then blocks with empty lines between them: `# ` begins a heading, two spaces begin
//! lines that stay as they are, and everything else is a paragraph. `{{name}}` stands for a table that other
//! help shows too.

use super::help::{ENVIRONMENT, EXIT_CODES, FILES};

/// A topic.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Topic {
    /// As in `cstar help NAME` and `cstar-NAME(7)`.
    pub(crate) name: &'static str,
    source: &'static str,
}

/// A part of a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Block {
    Heading(String),
    /// One sentence after the other, to be filled.
    Paragraph(String),
    /// Lines as they stand, without the indentation that all of them have.
    Lines(Vec<String>),
}

/// Every topic, in the order in which they are listed.
pub(crate) const TOPICS: [Topic; 5] = [
    Topic { name: "environment", source: include_str!("topic/environment.txt") },
    Topic { name: "exit-codes", source: include_str!("topic/exit-codes.txt") },
    Topic { name: "output", source: include_str!("topic/output.txt") },
    Topic { name: "signing", source: include_str!("topic/signing.txt") },
    Topic { name: "ci", source: include_str!("topic/ci.txt") },
];

impl Topic {
    /// The topic called `name`.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        TOPICS.iter().find(|topic| topic.name == name)
    }

    /// What it is about, in a few words.
    pub(crate) fn title(&self) -> &'static str {
        self.source.lines().next().unwrap_or_default()
    }

    /// The text, with its tables.
    pub(crate) fn text(&self) -> String {
        let text = self.source.replace("{{exit-codes}}", EXIT_CODES);
        text.replace("{{environment}}", ENVIRONMENT).replace("{{files}}", FILES)
    }

    /// The text in its parts, without the title.
    pub(crate) fn blocks(&self) -> Vec<Block> {
        let text = self.text();
        let blocks = text.split("\n\n").skip(1).map(|block| block.trim_matches('\n'));
        let mut out: Vec<Block> = Vec::new();
        for block in blocks {
            let indented = || block.lines().map(|line| line.strip_prefix("  ").unwrap_or(line).to_owned());
            match (block.strip_prefix("# "), out.last_mut()) {
                (Some(heading), _) => out.push(Block::Heading(heading.to_owned())),
                // An empty line among lines that stay as they are.
                (None, Some(Block::Lines(lines))) if block.starts_with("  ") => {
                    lines.push(String::new());
                    lines.extend(indented());
                }
                (None, _) if block.starts_with("  ") => out.push(Block::Lines(indented().collect())),
                (None, _) => out.push(Block::Paragraph(block.replace('\n', " "))),
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_well_formed() {
        for topic in TOPICS {
            assert!(!topic.title().is_empty() && !topic.title().ends_with('.'), "{}", topic.name);
            let blocks = topic.blocks();
            assert!(blocks.iter().any(|block| matches!(block, Block::Lines(_))), "{}", topic.name);
            assert!(!topic.text().contains("{{"), "{}", topic.name);
            for line in topic.text().lines().filter(|line| !line.starts_with("  ")) {
                assert!(line.chars().count() <= 78, "{}: {line}", topic.name);
            }
        }
    }

    #[test]
    fn blocks_are_told_apart() {
        let topic = Topic { name: "x", source: "Title\n\nOne\ntwo.\n\n# Head\n\n  a\n   b\n\n  c\n" };
        let lines = ["a", " b", "", "c"].map(str::to_owned).to_vec();
        assert_eq!(
            topic.blocks(),
            [Block::Paragraph("One two.".into()), Block::Heading("Head".into()), Block::Lines(lines)]
        );
    }
}

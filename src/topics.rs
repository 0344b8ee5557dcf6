//! The texts of `cstar help TOPIC`, which are man pages too. Each is a Markdown file, so that it can also be read
//! on the web. `markdown` documents the subset of Markdown that they use.

pub(crate) mod help_text;
mod markdown;

pub(crate) use markdown::{Block, plain};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Topic {
    /// As in `cstar help NAME` and `cstar-NAME(7)`.
    pub(crate) name: &'static str,
    source: &'static str,
}

/// Every topic, in the order in which they are listed.
pub(crate) const TOPICS: [Topic; 18] = [
    Topic { name: "tour", source: include_str!("topics/tour.md") },
    Topic { name: "receivers", source: include_str!("topics/receivers.md") },
    Topic { name: "signing", source: include_str!("topics/signing.md") },
    Topic { name: "identity", source: include_str!("topics/identity.md") },
    Topic { name: "delivery", source: include_str!("topics/delivery.md") },
    Topic { name: "sandbox", source: include_str!("topics/sandbox.md") },
    Topic { name: "inspector", source: include_str!("topics/inspector.md") },
    Topic { name: "webhooks", source: include_str!("topics/webhooks.md") },
    Topic { name: "api", source: include_str!("topics/api.md") },
    Topic { name: "profiles", source: include_str!("topics/profiles.md") },
    Topic { name: "agents", source: include_str!("topics/agents.md") },
    Topic { name: "ci", source: include_str!("topics/ci.md") },
    Topic { name: "testing", source: include_str!("topics/testing.md") },
    Topic { name: "security", source: include_str!("topics/security.md") },
    Topic { name: "environment", source: include_str!("topics/environment.md") },
    Topic { name: "exit-codes", source: include_str!("topics/exit-codes.md") },
    Topic { name: "output", source: include_str!("topics/output.md") },
    Topic { name: "json", source: include_str!("topics/json.md") },
];

impl Topic {
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        TOPICS.iter().find(|topic| topic.name == name)
    }

    /// The heading of the text.
    pub(crate) fn title(&self) -> &'static str {
        self.source.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap_or_default()
    }

    /// The text without the title.
    pub(crate) fn blocks(&self) -> Vec<Block> {
        markdown::blocks(self.source.split_once('\n').map_or("", |(_, text)| text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_is_well_formed() {
        for topic in TOPICS {
            let title = topic.title();
            assert!(!title.is_empty() && !title.ends_with('.') && title.len() < 60, "{}", topic.name);
            assert!(topic.source.ends_with('\n') && topic.source.matches("```").count() % 2 == 0);
            for block in topic.blocks() {
                match block {
                    Block::Heading(text) => assert!(!text.contains('`'), "{}: {text}", topic.name),
                    Block::Paragraph(text) => assert!(!text.contains("**"), "{}: {text}", topic.name),
                    Block::Items(items) => assert!(!items.is_empty(), "{}", topic.name),
                    Block::Table { header, rows } => {
                        assert!(rows.iter().all(|row| row.len() == header.len()), "{}: {rows:?}", topic.name);
                    }
                    // Two columns for the indentation: a man page should not be wider than a hundred.
                    Block::Code { lines, .. } => {
                        let long = lines.iter().find(|line| line.chars().count() > 98);
                        assert_eq!(long, None, "{}", topic.name);
                    }
                }
            }
        }
    }
}

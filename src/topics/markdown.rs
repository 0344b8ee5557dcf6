//! The part of Markdown that topics are written in: `## ` headings, paragraphs, lists of one level, tables and
//! fenced code. Pictures, each on a line of its own, are for browsers and left out here. Nothing else is recognised:
//! a library would bring a tree of inline markup that neither the terminal nor a man page shows.

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Block {
    Heading(String),
    /// Sentences that may be wrapped anywhere.
    Paragraph(String),
    /// A marker, `-` or a number with a dot, and the text behind it.
    Items(Vec<(String, String)>),
    Table {
        header: Vec<String>,
        rows: Vec<Vec<String>>,
    },
    /// Lines that stay as they are.
    Code {
        /// What follows the opening fence, such as `sh`.
        info: String,
        lines: Vec<String>,
    },
}

/// The blocks of `text`, in order.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut out = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            let code = lines.by_ref().take_while(|line| *line != "```");
            out.push(Block::Code { info: info.to_owned(), lines: code.map(str::to_owned).collect() });
        } else if let Some(title) = line.strip_prefix("## ") {
            out.push(Block::Heading(title.to_owned()));
        } else if !line.is_empty() && !line.starts_with("![") {
            let mut block = vec![line];
            while let Some(next) = lines.next_if(|next| !next.is_empty() && !next.starts_with("```")) {
                block.push(next);
            }
            out.push(text_block(&block));
        }
    }
    out
}

/// A block without empty lines: a table, a list or a paragraph, as its first line shows.
fn text_block(lines: &[&str]) -> Block {
    let first = lines.first().copied().unwrap_or_default();
    if first.starts_with('|') {
        let mut rows = lines.iter().map(|line| cells(line));
        let header = rows.next().unwrap_or_default();
        return Block::Table { header, rows: rows.skip(1).collect() };
    }
    if marker(first).is_none() {
        return Block::Paragraph(lines.join(" "));
    }
    let mut items: Vec<(String, String)> = Vec::new();
    for line in lines {
        match (marker(line), items.last_mut()) {
            (Some((marker, text)), _) => items.push((marker.to_owned(), text.to_owned())),
            (None, Some((_, text))) => {
                text.push(' ');
                text.push_str(line.trim_start());
            }
            (None, None) => {}
        }
    }
    Block::Items(items)
}

/// The marker of a list item, and what follows it.
fn marker(line: &str) -> Option<(&str, &str)> {
    line.split_once(' ').filter(|(marker, _)| {
        let number = marker.strip_suffix('.').unwrap_or_default();
        *marker == "-" || (!number.is_empty() && number.bytes().all(|c| c.is_ascii_digit()))
    })
}

/// The cells of a row; a bar in a cell is written `\|`.
fn cells(row: &str) -> Vec<String> {
    let row = row.trim().trim_matches('|').replace("\\|", "\0");
    row.split('|').map(|cell| cell.trim().replace('\0', "|")).collect()
}

/// `text` without back quotes, for places where it is set apart in another way.
pub(crate) fn plain(text: &str) -> String {
    text.replace('`', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn blocks_are_recognised() {
        let text = "\nOne\ntwo.\n\n![Picture](a.png)\n\n## Head\n\n- a\n  b\n- c\n\n1. d\n\n| x | y |\n|---|---|\n| `p \\| q` | |\n\n\
                    ```sh terminal 1\na\n\n  - b\n```\n";
        let item = |marker: &str, text: &str| (marker.to_owned(), text.to_owned());
        assert_eq!(
            blocks(text),
            [
                Block::Paragraph("One two.".into()),
                Block::Heading("Head".into()),
                Block::Items(vec![item("-", "a b"), item("-", "c")]),
                Block::Items(vec![item("1.", "d")]),
                Block::Table { header: strings(&["x", "y"]), rows: vec![strings(&["`p | q`", ""])] },
                Block::Code { info: "sh terminal 1".into(), lines: strings(&["a", "", "  - b"]) },
            ]
        );
    }
}

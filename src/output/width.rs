//! How wide text is on a terminal, and how it is made to fit: padded, cut, wrapped at words.
//!
//! A wide character (CJK, most emoji) takes two columns and a combining one none. Escape sequences of our own
//! take none either.

use unicode_width::UnicodeWidthStr;

/// Stands for what was left out.
pub(crate) const MORE: char = '…';
/// How many of its last characters tell one id from the others.
const ID_END: usize = 8;
/// A line is not indented further than this.
const DEEPEST: usize = 26;
/// Text that is wrapped has at least this many columns.
const NARROWEST: usize = 24;

/// How many columns `text` takes; it may be styled.
pub(crate) fn width(text: &str) -> usize {
    if text.contains('\x1b') {
        return anstream::adapter::strip_str(text).to_string().width();
    }
    text.width()
}

/// `text`, styled or not, with blanks behind it up to `columns`.
pub(crate) fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// `text`, styled or not, with blanks before it up to `columns`.
pub(crate) fn pad_left(text: &str, columns: usize) -> String {
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(text))))
}

/// The beginning of `text`, without styles, in at most `columns`, with `…` where something is left out.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut end = 0;
    for (at, c) in text.char_indices() {
        let next = at + c.len_utf8();
        // Measured as a whole: a joiner or a selector changes the width of what stands before it.
        if text.get(..next).unwrap_or_default().width() + 1 > columns {
            break;
        }
        end = next;
    }
    format!("{}{MORE}", text.get(..end).unwrap_or_default().trim_end())
}

/// The last characters of an id, which tell it from the others; a short id stays whole.
pub(crate) fn id_end(id: &str) -> String {
    let count = id.chars().count();
    // Cutting less than this saves nothing.
    if count <= ID_END + 4 {
        return id.to_owned();
    }
    [MORE].into_iter().chain(id.chars().skip(count - ID_END)).collect()
}

/// `line`, styled or not, in lines of at most `columns`, broken between words. What follows the first line is
/// indented as its text is. A word that is longer than a line stays whole, so that it can be copied. Lines that
/// are there already stay lines.
pub(crate) fn wrapped(text: &str, columns: Option<usize>) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| wrapped_line(line, columns)).collect();
    lines.join("\n")
}

fn wrapped_line(line: &str, columns: Option<usize>) -> String {
    let Some(columns) = columns.filter(|columns| width(line) > *columns) else { return line.to_owned() };
    let plain = anstream::adapter::strip_str(line).to_string();
    let indent = indent(&plain, columns);
    let mut out = String::with_capacity(line.len() + 64);
    let (mut used, mut blanks, mut begun) = (0, 0, false);
    for (at, word) in line.split(' ').enumerate() {
        blanks += usize::from(at > 0);
        if word.is_empty() {
            continue;
        }
        let wide = width(word);
        if begun && used + blanks + wide > columns {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
            used = indent;
        } else {
            out.extend(std::iter::repeat_n(' ', blanks));
            used += blanks;
        }
        out.push_str(word);
        (used, blanks, begun) = (used + wide, 0, true);
    }
    out
}

/// Where the text of a line begins: behind `error: `, behind a time or a name that two blanks follow, or two
/// columns further in than the line itself.
fn indent(plain: &str, columns: usize) -> usize {
    let text = plain.trim_start_matches(' ');
    let before = plain.len() - text.len();
    let label = ["error: ", "hint: "].iter().find(|label| text.starts_with(**label)).map(|label| label.len());
    let column = text.find("  ").map(|end| {
        let (name, rest) = text.split_at(end);
        name.width() + rest.len() - rest.trim_start_matches(' ').len()
    });
    let inner = label.or(column.filter(|column| *column <= DEEPEST)).unwrap_or(2);
    if before + inner + NARROWEST <= columns { before + inner } else { 2 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn wide_and_combining_characters_count() {
        for (text, columns) in
            [("abc", 3), ("日本", 4), ("e\u{301}", 1), ("👩\u{200d}💻", 2), ("\u{1b}[31mred\u{1b}[0m", 3)]
        {
            assert_eq!(width(text), columns, "{text}");
        }
        assert_eq!(pad("日本", 6), "日本  ");
        assert_eq!(pad_left("7 ms", 6), "  7 ms");
    }

    #[test]
    fn text_is_cut_between_characters() {
        for (text, columns, short) in [
            ("ticket.created", 14, "ticket.created"),
            ("ticket.created", 8, "ticket.…"),
            ("日本語", 5, "日本…"),
            ("日本語", 4, "日…"),
            ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
            ("a b c", 3, "a…"),
            ("abc", 1, "…"),
        ] {
            assert_eq!(cut(text, columns), short, "{text} {columns}");
        }
    }

    #[test]
    fn ids_end_with_what_tells_them_apart() {
        assert_eq!(id_end("evt_ticket_created_1774583010044"), "…83010044");
        assert_eq!(id_end("evt_1"), "evt_1");
        assert_eq!(id_end(""), "");
    }

    #[test]
    fn lines_are_broken_between_words() {
        for (line, columns, shown) in [
            ("short", 40, "short"),
            (
                "error: one two three four five six seven eight",
                40,
                "error: one two three four five six seven\n       eight",
            ),
            (
                "14:30:00  one two three four five six seven",
                40,
                "14:30:00  one two three four five six\n          seven",
            ),
            (
                "  one two three four five six seven eight nine",
                40,
                "  one two three four five six seven\n    eight nine",
            ),
            (
                "see https://example.com/a/very/long/path/that/stays/whole now",
                30,
                "see\n  https://example.com/a/very/long/path/that/stays/whole\n  now",
            ),
        ] {
            assert_eq!(wrapped(line, Some(columns)), shown, "{line}");
        }
        assert_eq!(wrapped("a b", None), "a b");
    }

    proptest! {
        #[test]
        fn nothing_but_blanks_is_lost(words in proptest::collection::vec("[a-z日é👩]{1,12}", 0..40), columns in 30_usize..120) {
            let line = words.join(" ");
            let shown = wrapped(&line, Some(columns));
            prop_assert_eq!(shown.split_whitespace().collect::<Vec<_>>(), words);
            prop_assert!(shown.lines().all(|line| width(line) <= columns));
        }

        #[test]
        fn what_is_cut_fits(text in "\\PC{0,40}", columns in 1_usize..50) {
            prop_assert!(width(&cut(&text, columns)) <= columns);
        }
    }
}

//! The width of text on a terminal, and how to make it fit: pad, truncate, wrap.
//!
//! A wide character (CJK, most emoji) takes two columns and a combining one none. Escape sequences of our own
//! take none either.

use unicode_width::UnicodeWidthStr;

pub(crate) const ELLIPSIS: char = '…';
/// The last characters of an id that a short id keeps.
const ID_END: usize = 8;
/// The maximum indentation of wrapped lines.
const DEEPEST: usize = 34;
/// Wrapped text has at least this width.
const NARROWEST: usize = 24;
/// The minimum indentation of wrapped lines.
const LEAST_INDENT: usize = 2;
/// Long URLs are broken after these.
const JOINTS: &str = "/?&=,;";

/// The width of `text`, which may be styled.
pub(crate) fn width(text: &str) -> usize {
    if text.contains('\x1b') {
        return anstream::adapter::strip_str(text).to_string().width();
    }
    text.width()
}

/// `text`, styled or not, padded on the right.
pub(crate) fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// `text`, styled or not, padded on the left.
pub(crate) fn pad_left(text: &str, columns: usize) -> String {
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(text))))
}

/// The beginning of unstyled `text` in at most `columns`, with `…` if it was truncated.
pub(crate) fn truncate(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut end = 0;
    for (at, c) in text.char_indices() {
        let next = at + c.len_utf8();
        // Measured as a whole, because joiners and selectors change the width of what precedes them.
        if text.get(..next).unwrap_or_default().width() + 1 > columns {
            break;
        }
        end = next;
    }
    format!("{}{ELLIPSIS}", text.get(..end).unwrap_or_default().trim_end())
}

/// The end of an id, where ids differ. Ids that are short already are unchanged.
pub(crate) fn short_id(id: &str) -> String {
    let count = id.chars().count();
    // Shortening less saves nothing.
    if count <= ID_END + 4 {
        return id.to_owned();
    }
    [ELLIPSIS].into_iter().chain(id.chars().skip(count - ID_END)).collect()
}

/// Whether `wanted` is the beginning of `id`, or its end in the form of [`short_id`]: `…83010044`.
pub(crate) fn matches_id(id: &str, wanted: &str) -> bool {
    match wanted.strip_prefix(ELLIPSIS) {
        Some(end) => end.chars().count() >= ID_END && id.ends_with(end),
        None => id.starts_with(wanted),
    }
}

/// A paragraph in lines of at most `columns`, without indentation. Words are not broken.
pub(crate) fn fill(text: &str, columns: usize) -> String {
    let (mut out, mut used) = (String::with_capacity(text.len()), 0);
    for word in text.split_whitespace() {
        let wide = width(word);
        if used > 0 && used + 1 + wide > columns {
            out.push('\n');
            used = 0;
        } else if used > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += wide;
    }
    out
}

/// Wraps `text`, styled or not, to `columns`. Wrapped lines are indented like the text of the first, and less if that
/// keeps an id or a URL on one line. Only a word longer than a line is broken. Existing lines are kept.
pub(crate) fn wrap(text: &str, columns: Option<usize>) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| wrap_line(line, columns)).collect();
    lines.join("\n")
}

fn wrap_line(line: &str, columns: Option<usize>) -> String {
    let Some(columns) = columns.filter(|columns| width(line) > *columns) else { return line.to_owned() };
    let plain = anstream::adapter::strip_str(line).to_string();
    let indent = indent(&plain, columns);
    let mut page = Page { text: String::with_capacity(line.len() + 64), used: 0, columns };
    let (mut blanks, mut begun) = (0, false);
    for (at, word) in line.split(' ').enumerate() {
        blanks += usize::from(at > 0);
        if word.is_empty() {
            continue;
        }
        let wide = width(word);
        let fits = wide + LEAST_INDENT <= columns;
        // A word that must be broken anyway can begin on this line.
        let is_start = page.used + blanks <= indent && !fits;
        if begun && page.used + blanks + wide > columns && !is_start {
            page.newline(if fits { indent.min(columns - wide) } else { indent });
        } else {
            page.blanks(blanks);
        }
        page.word(word, wide, indent);
        // Only escape sequences have no width.
        (blanks, begun) = (0, begun || wide > 0);
    }
    page.text
}

/// The wrapped text so far.
struct Page {
    text: String,
    /// The width of the last line.
    used: usize,
    columns: usize,
}

impl Page {
    fn newline(&mut self, indent: usize) {
        self.text.push('\n');
        self.used = 0;
        self.blanks(indent);
    }

    fn blanks(&mut self, count: usize) {
        self.text.extend(std::iter::repeat_n(' ', count));
        self.used += count;
    }

    /// Adds a word of `wide` columns. One that is too long is broken, preferably after a joint of a URL.
    fn word(&mut self, word: &str, wide: usize, indent: usize) {
        if self.used + wide <= self.columns {
            self.text.push_str(word);
            self.used += wide;
            return;
        }
        let part = |start: usize, end: usize| word.get(start..end).unwrap_or_default();
        let (mut start, mut joint, mut is_escape) = (0, None, false);
        for (at, c) in word.char_indices() {
            let next = at + c.len_utf8();
            if is_escape || c == '\x1b' {
                is_escape = !c.is_ascii_alphabetic();
                continue;
            }
            if self.used + width(part(start, next)) > self.columns {
                let late =
                    |joint: &usize| width(part(start, *joint)) * 2 > self.columns.saturating_sub(indent);
                let end = joint.filter(late).unwrap_or(at);
                self.text.push_str(part(start, end));
                self.newline(indent);
                (start, joint) = (end, None);
            }
            if JOINTS.contains(c) {
                joint = Some(next);
            }
        }
        let rest = part(start, word.len());
        self.text.push_str(rest);
        self.used += width(rest);
    }
}

/// The indentation of wrapped lines: after `error: `, after a time or name that is followed by two blanks, or two
/// columns more than the line itself.
fn indent(plain: &str, columns: usize) -> usize {
    let text = plain.trim_start_matches(' ');
    let before = plain.len() - text.len();
    let label = ["error: ", "hint: ", "warning: ", "fix: "]
        .iter()
        .find(|label| text.starts_with(**label))
        .map(|label| label.len());
    let column = text.find("  ").map(|end| {
        let (name, rest) = text.split_at(end);
        name.width() + rest.len() - rest.trim_start_matches(' ').len()
    });
    let inner = label.or(column.filter(|column| *column <= DEEPEST)).unwrap_or(LEAST_INDENT);
    if before + inner + NARROWEST <= columns { before + inner } else { LEAST_INDENT }
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
    fn paragraphs_are_filled() {
        assert_eq!(fill("one two  three", 7), "one two\nthree");
        assert_eq!(fill("one\ntwo", 80), "one two");
        assert_eq!(fill("日本 日本 a-long-word b", 9), "日本 日本\na-long-word\nb");
        assert_eq!(fill("", 9), "");
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
            assert_eq!(truncate(text, columns), short, "{text} {columns}");
        }
    }

    #[test]
    fn short_ids_keep_their_end() {
        assert_eq!(short_id("evt_ticket_created_1774583010044"), "…83010044");
        assert_eq!(short_id("evt_1"), "evt_1");
        assert_eq!(short_id(""), "");
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
                "see https://example.com/a/very/long/path/that/is/broken now",
                30,
                "see\n  https://example.com/a/very/\n  long/path/that/is/broken now",
            ),
            (
                "14:30:00  500  evt_customer_updated_1795942303201 failed",
                40,
                "14:30:00  500\n      evt_customer_updated_1795942303201\n          failed",
            ),
            (
                "\x1b[2m  https://example.com/a/long/path/here is dim\x1b[0m",
                40,
                "\x1b[2m  https://example.com/a/long/path/here\n    is dim\x1b[0m",
            ),
            (
                "error: 日本語日本語日本語日本語日本語日本語日本語日本語",
                34,
                "error: 日本語日本語日本語日本語日\n       本語日本語日本語日本語",
            ),
        ] {
            assert_eq!(wrap(line, Some(columns)), shown, "{line}");
        }
        assert_eq!(wrap("a b", None), "a b");
    }

    proptest! {
        #[test]
        fn wrapping_loses_only_blanks(words in proptest::collection::vec("[a-z/日é👩]{1,80}", 0..40), columns in 30_usize..120) {
            let line = words.join(" ");
            let shown = wrap(&line, Some(columns));
            let dense = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(dense(&shown), dense(&line));
            prop_assert!(shown.lines().all(|line| width(line) <= columns));
            for word in words.iter().filter(|word| width(word) + LEAST_INDENT <= columns) {
                prop_assert!(shown.split_whitespace().any(|shown| shown == word), "{} is broken", word);
            }
        }

        #[test]
        fn truncated_text_fits_its_column(text in "\\PC{0,40}", columns in 1_usize..50) {
            prop_assert!(width(&truncate(&text, columns)) <= columns);
        }
    }
}

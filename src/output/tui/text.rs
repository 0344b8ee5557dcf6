//! Styled text before it has a place: pieces with a tone, and how to make them fit.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::super::width::ELLIPSIS;

/// What a piece of text means; the theme gives it a colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Tone {
    #[default]
    Plain,
    Dim,
    Strong,
    Good,
    Warn,
    Bad,
    Name,
    Text,
    Number,
}

/// A line without its end. Its text must be sanitized.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Styled(pub(super) Vec<(Tone, String)>);

impl Styled {
    pub(super) fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self(vec![(tone, text.into())])
    }

    #[must_use]
    pub(super) fn with(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.0.push((tone, text.into()));
        self
    }

    /// From a line with the escape sequences of [`super::super::style`]. The rest of it is sanitized, so it has no other.
    pub(super) fn from_ansi(line: &str) -> Self {
        let mut parts = line.split("\x1b[");
        let mut styled = Self::default();
        styled.push(Tone::Plain, parts.next().unwrap_or_default());
        for part in parts {
            let (code, text) = part.split_once('m').unwrap_or(("", part));
            let tone = match code {
                "1" => Tone::Strong,
                "2" => Tone::Dim,
                "31" => Tone::Bad,
                "32" => Tone::Good,
                "33" => Tone::Warn,
                "36" => Tone::Name,
                _ => Tone::Plain,
            };
            styled.push(tone, text);
        }
        styled
    }

    fn push(&mut self, tone: Tone, text: &str) {
        if !text.is_empty() {
            self.0.push((tone, text.to_owned()));
        }
    }

    pub(super) fn width(&self) -> usize {
        self.0.iter().map(|(_, text)| text.width()).sum()
    }

    /// At most this wide; shortened text ends with `…`.
    #[must_use]
    pub(super) fn fit(self, columns: usize) -> Self {
        if self.width() <= columns {
            return self;
        }
        let mut room = columns.saturating_sub(1);
        let mut fitted = Self::default();
        for (tone, text) in self.0 {
            let kept = prefix(&text, room);
            fitted.push(tone, kept);
            room -= kept.width();
            if kept.len() < text.len() {
                fitted.push(tone, &String::from(ELLIPSIS));
                break;
            }
        }
        fitted
    }

    /// The lines of this text on a page of `columns`, broken at spaces where possible. Later lines are indented.
    pub(super) fn wrap(&self, columns: usize, indent: usize) -> Vec<Self> {
        let columns = columns.max(4);
        let indent = indent.min(columns / 2);
        let cells: Vec<(Tone, char)> =
            self.0.iter().flat_map(|(tone, text)| text.chars().map(|c| (*tone, c))).collect();
        let (mut lines, mut start) = (Vec::new(), 0);
        loop {
            let room = if lines.is_empty() { columns } else { columns - indent };
            let end = row_end(cells.get(start..).unwrap_or_default(), room) + start;
            let mut line = Self::default();
            if !lines.is_empty() && indent > 0 {
                line.push(Tone::Plain, &" ".repeat(indent));
            }
            for (tone, c) in cells.get(start..end).unwrap_or_default() {
                match line.0.last_mut() {
                    Some((last, text)) if last == tone => text.push(*c),
                    _ => line.0.push((*tone, c.to_string())),
                }
            }
            lines.push(line);
            start = end;
            // A line does not begin with the space at which it was broken.
            start += usize::from(cells.get(start).is_some_and(|(_, c)| *c == ' '));
            if start >= cells.len() {
                return lines;
            }
        }
    }
}

/// How many of `cells` fit into a row; at least one.
fn row_end(cells: &[(Tone, char)], room: usize) -> usize {
    let (mut used, mut space) = (0, None);
    for (at, (_, c)) in cells.iter().enumerate() {
        used += char_width(*c);
        if used > room {
            if *c == ' ' {
                return at.max(1);
            }
            let late = space.filter(|space| *space * 2 > at);
            return late.unwrap_or(at).max(1);
        }
        if *c == ' ' {
            space = Some(at);
        }
    }
    cells.len()
}

fn char_width(c: char) -> usize {
    match c {
        // It makes the character before it wide.
        '\u{fe0f}' => 1,
        c => c.width().unwrap_or_default(),
    }
}

/// The beginning of `text` that is at most this wide.
pub(super) fn prefix(text: &str, columns: usize) -> &str {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += char_width(c);
        if used > columns {
            return text.get(..at).unwrap_or_default();
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::style;
    use super::*;

    fn plain(line: &Styled) -> String {
        line.0.iter().map(|(_, text)| text.as_str()).collect()
    }

    #[test]
    fn styles_of_other_output_are_tones() {
        colored::control::set_override(true);
        let line = format!("a {} b {}", style::bad("no"), style::name("x"));
        let expected = Styled::new(Tone::Plain, "a ")
            .with(Tone::Bad, "no")
            .with(Tone::Plain, " b ")
            .with(Tone::Name, "x");
        assert_eq!(Styled::from_ansi(&line), expected);
    }

    #[test]
    fn text_is_wrapped_and_cut() {
        let line = Styled::new(Tone::Name, "key: ").with(Tone::Text, "one two three 日本語");
        let rows: Vec<String> = line.wrap(12, 2).iter().map(plain).collect();
        assert_eq!(rows, ["key: one two", "  three", "  日本語"]);
        assert_eq!(plain(&line.clone().fit(8)), "key: on…");
        assert_eq!(plain(&line.fit(80)), "key: one two three 日本語");
    }

    proptest! {
        #[test]
        fn rows_fit_and_lose_only_spaces(text in "[a-z 日é👩\u{fe0f}]{0,200}", columns in 4_usize..60, indent in 0_usize..9) {
            let rows = Styled::new(Tone::Plain, text.clone()).wrap(columns, indent);
            let dense = |text: &str| text.replace(' ', "");
            let joined: String = rows.iter().map(plain).collect();
            prop_assert_eq!(dense(&joined), dense(&text));
            prop_assert!(rows.iter().all(|row| row.width() <= columns));
            prop_assert!(Styled::new(Tone::Plain, text).fit(columns).width() <= columns);
        }
    }
}

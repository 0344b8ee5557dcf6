//! A text of foldable lines with a cursor: what the details pane shows.

use std::collections::HashSet;

use super::text::{Styled, Tone};

/// A line, and the lines below it that it can hide.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pub(super) depth: usize,
    pub(super) text: Styled,
    /// The number of lines that follow and belong to this one.
    pub(super) below: usize,
    /// Whether it can hide them.
    pub(super) folds: bool,
    /// Whether they are hidden at first.
    pub(super) is_closed: bool,
}

/// Builds the lines of a document.
#[derive(Debug, Default)]
pub(super) struct Builder {
    lines: Vec<Line>,
    depth: usize,
}

impl Builder {
    pub(super) fn line(&mut self, text: Styled) {
        self.lines.push(Line { depth: self.depth, text, ..Line::default() });
    }

    /// A line with lines below it.
    pub(super) fn section(&mut self, title: Styled, is_closed: bool, content: impl FnOnce(&mut Self)) {
        let at = self.lines.len();
        self.lines.push(Line { depth: self.depth, text: title, folds: true, is_closed, below: 0 });
        self.depth += 1;
        content(self);
        self.depth -= 1;
        let below = self.lines.len() - at - 1;
        if let Some(line) = self.lines.get_mut(at) {
            (line.below, line.folds) = (below, below > 0);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    pub(super) fn build(self) -> Vec<Line> {
        self.lines
    }
}

/// A part of a line that fits into one row.
#[derive(Clone, Debug)]
struct Row {
    line: usize,
    text: Styled,
}

/// The document as it is read: what is folded, and where the cursor and the window are.
#[derive(Debug, Default)]
pub(super) struct Document {
    lines: Vec<Line>,
    closed: HashSet<usize>,
    rows: Vec<Row>,
    columns: usize,
    height: usize,
    /// A row.
    cursor: usize,
    /// The first visible row.
    top: usize,
}

impl Document {
    pub(super) fn new(lines: Vec<Line>) -> Self {
        let closed = lines.iter().enumerate().filter(|(_, line)| line.is_closed).map(|(at, _)| at).collect();
        Self { lines, closed, ..Self::default() }
    }

    /// Replaces the text by that of the same event after something happened. The cursor stays, also at the end.
    pub(super) fn replace(&mut self, lines: Vec<Line>) {
        let was_at_end = self.cursor + 1 >= self.rows.len();
        if lines.len() == self.lines.len() {
            self.lines = lines;
            return self.reflow();
        }
        let Self { columns, height, cursor, top, .. } = *self;
        *self = Self { columns, height, cursor, top, ..Self::new(lines) };
        self.reflow();
        if was_at_end {
            self.down(usize::MAX);
        }
    }

    /// The size of the pane.
    pub(super) fn resize(&mut self, columns: usize, height: usize) {
        self.height = height;
        if columns != self.columns {
            self.columns = columns;
            self.reflow();
        }
        self.follow_cursor();
    }

    /// The visible rows, and the index of the one with the cursor.
    pub(super) fn window(&self) -> (impl Iterator<Item = &Styled>, Option<usize>) {
        let rows = self.rows.iter().skip(self.top).take(self.height).map(|row| &row.text);
        let cursor = self.cursor.checked_sub(self.top).filter(|at| *at < self.height);
        (rows, cursor)
    }

    /// Such as `12/80`; `None` if all of it is visible.
    pub(super) fn position(&self) -> Option<String> {
        (self.rows.len() > self.height).then(|| format!("{}/{}", self.cursor + 1, self.rows.len()))
    }

    pub(super) fn page(&self) -> usize {
        self.height.saturating_sub(1).max(1)
    }

    pub(super) fn up(&mut self, rows: usize) {
        self.cursor = self.cursor.saturating_sub(rows);
        self.follow_cursor();
    }

    pub(super) fn down(&mut self, rows: usize) {
        self.cursor = self.cursor.saturating_add(rows);
        self.follow_cursor();
    }

    /// Hides what is below the line of the cursor, or moves to the line above that can hide it. Returns whether there
    /// was one.
    pub(super) fn close(&mut self) -> bool {
        let Some(line) = self.line() else { return false };
        let is_open =
            |at: &usize| self.lines.get(*at).is_some_and(|line| line.folds) && !self.closed.contains(at);
        if is_open(&line) {
            self.closed.insert(line);
            self.reflow();
            return true;
        }
        let parent = (0..line).rev().find(|at| {
            let Some(above) = self.lines.get(*at) else { return false };
            above.folds && at + above.below >= line
        });
        match parent {
            Some(parent) => {
                self.move_to(parent);
                true
            }
            None => false,
        }
    }

    /// Shows what is below the line of the cursor. Returns whether it was hidden.
    pub(super) fn open(&mut self) -> bool {
        let Some(line) = self.line() else { return false };
        let was_closed = self.closed.remove(&line);
        if was_closed {
            self.reflow();
        }
        was_closed
    }

    pub(super) fn toggle(&mut self) {
        let Some(line) = self.line() else { return };
        if !self.open() && self.lines.get(line).is_some_and(|line| line.folds) {
            self.close();
        }
    }

    fn line(&self) -> Option<usize> {
        self.rows.get(self.cursor).map(|row| row.line)
    }

    fn move_to(&mut self, line: usize) {
        self.cursor = self.rows.iter().position(|row| row.line == line).unwrap_or(self.cursor);
        self.follow_cursor();
    }

    /// Breaks the lines into rows; the cursor stays on its line.
    fn reflow(&mut self) {
        let place = self.line();
        self.rows.clear();
        let mut at = 0;
        while let Some(line) = self.lines.get(at) {
            let is_closed = self.closed.contains(&at);
            let mark = match (line.folds, is_closed) {
                (false, _) => "  ",
                (true, true) => "▸ ",
                (true, false) => "▾ ",
            };
            let indent = line.depth * 2;
            let mut text =
                Styled::new(Tone::Dim, format!("{}{mark}", " ".repeat(indent.min(self.columns / 2))));
            text.0.extend(line.text.0.iter().cloned());
            let wrapped = text.wrap(self.columns, indent + 4);
            self.rows.extend(wrapped.into_iter().map(|text| Row { line: at, text }));
            at += 1 + if is_closed { line.below } else { 0 };
        }
        if let Some(line) = place {
            self.move_to(line);
        }
        self.follow_cursor();
    }

    fn follow_cursor(&mut self) {
        self.cursor = self.cursor.min(self.rows.len().saturating_sub(1));
        let last_top = self.rows.len().saturating_sub(self.height);
        let lowest = (self.cursor + 1).saturating_sub(self.height);
        self.top = self.top.clamp(lowest, self.cursor.max(lowest)).min(last_top.max(lowest));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn document() -> Document {
        let mut builder = Builder::default();
        builder.line(Styled::new(Tone::Plain, "title"));
        builder.section(Styled::new(Tone::Strong, "open"), false, |builder| {
            builder.line(Styled::new(Tone::Plain, "one"));
            builder.section(Styled::new(Tone::Strong, "closed"), true, |builder| {
                builder.line(Styled::new(Tone::Plain, "hidden"));
            });
            builder.line(Styled::new(Tone::Plain, "a long line of many words"));
        });
        let mut document = Document::new(builder.build());
        document.resize(16, 20);
        document
    }

    fn rows(document: &Document) -> Vec<String> {
        let (rows, _) = document.window();
        rows.map(|row| row.0.iter().map(|(_, text)| text.as_str()).collect()).collect()
    }

    #[test]
    fn folds_hide_what_is_below_them() {
        let mut document = document();
        let before = rows(&document);
        assert_eq!(
            before,
            ["  title", "▾ open", "    one", "  ▸ closed", "    a long line", "      of many", "      words"]
        );
        document.down(3);
        assert!(document.open());
        assert_eq!(rows(&document).get(4).unwrap(), "      hidden");
        document.down(1);
        assert!(document.close(), "the cursor moves to the parent");
        assert!(document.close());
        assert_eq!(rows(&document), before);
        document.up(2);
        document.toggle();
        assert_eq!(rows(&document), ["  title", "▸ open"]);
        document.up(9);
        assert!(!document.close() && !document.open());
    }

    proptest! {
        #[test]
        fn cursor_is_always_visible(steps in proptest::collection::vec((0..7_u8, 1..30_usize), 0..60)) {
            let mut document = document();
            for (step, size) in steps {
                match step {
                    0 => document.up(size),
                    1 => document.down(size),
                    2 => drop(document.close()),
                    3 => drop(document.open()),
                    4 => document.toggle(),
                    5 => document.resize(size, document.height),
                    _ => document.resize(document.columns, size),
                }
                let (rows, cursor) = document.window();
                let count = rows.count();
                prop_assert!(cursor.is_some_and(|cursor| cursor < count), "{:?} of {}", cursor, count);
            }
        }
    }
}

//! Draws cells with the few escape sequences that every terminal knows, through [`Stdio`], which also writes completely
//! to a terminal that does not block.
//!
//! Not `ratatui-crossterm`: the reader of crossterm, which comes with it, never returns once the terminal has hung up, and
//! it would bring a second way to read keys, to handle signals and to change the mode of the terminal.

use std::io::{self, Write as _};

use ratatui_core::backend::{Backend, ClearType, WindowSize};
use ratatui_core::buffer::Cell;
use ratatui_core::layout::{Position, Size};
use ratatui_core::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

use super::super::stdio::Stdio;
use super::phase;

/// Of a terminal that does not know its size.
const USUAL: Size = Size { width: 80, height: 24 };

/// The terminal at standard output.
#[derive(Debug, Default)]
pub(super) struct AnsiBackend {
    /// What belongs to the frame and is not written yet.
    frame: Vec<u8>,
    cursor_shown: bool,
}

impl AnsiBackend {
    /// Adds bytes to the frame.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.frame.extend_from_slice(bytes);
    }
}

impl Backend for AnsiBackend {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let (mut next, mut style) = (None, None);
        for (x, y, cell) in content {
            if next != Some((x, y)) {
                write!(self.frame, "\x1b[{};{}H", u32::from(y) + 1, u32::from(x) + 1)?;
            }
            let wanted = (cell.fg, cell.modifier);
            if style != Some(wanted) {
                self.style(cell.fg, cell.modifier)?;
                style = Some(wanted);
            }
            self.push(cell.symbol().as_bytes());
            // Terminals disagree about the width of other symbols, so the next one is placed exactly.
            let is_certain = cell.symbol().chars().nth(1).is_none() && cell.symbol().width() == 1;
            next = is_certain.then_some((x.saturating_add(1), y));
        }
        if style.is_some() {
            self.push(b"\x1b[0m");
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.cursor_shown) {
            self.push(b"\x1b[?25l");
        }
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.cursor_shown, true) {
            self.push(b"\x1b[?25h");
        }
        Ok(())
    }

    /// Only for a view in a part of the screen, which this is not.
    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(Position::ORIGIN)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let Position { x, y } = position.into();
        write!(self.frame, "\x1b[{};{}H", u32::from(y) + 1, u32::from(x) + 1)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, _: ClearType) -> io::Result<()> {
        // A view of the whole screen clears nothing else.
        self.push(b"\x1b[0m\x1b[2J");
        Ok(())
    }

    fn size(&self) -> io::Result<Size> {
        let known = Stdio::Out.size().filter(|(columns, rows)| *columns > 0 && *rows > 0);
        Ok(known.map_or(USUAL, |(width, height)| Size { width, height }))
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size()?, pixels: Size::default() })
    }

    /// Writes the frame in one call. Terminals that know mode 2026 show it at once.
    fn flush(&mut self) -> io::Result<()> {
        let frame = std::mem::take(&mut self.frame);
        if frame.is_empty() {
            return Ok(());
        }
        let whole = [b"\x1b[?2026h".as_slice(), &frame, b"\x1b[?2026l"].concat();
        phase::write_frame(&whole)
    }
}

impl AnsiBackend {
    fn style(&mut self, color: Color, modifier: Modifier) -> io::Result<()> {
        self.push(b"\x1b[0");
        let modifiers = [
            (Modifier::BOLD, b";1"),
            (Modifier::DIM, b";2"),
            (Modifier::UNDERLINED, b";4"),
            (Modifier::REVERSED, b";7"),
        ];
        for (one, code) in modifiers {
            if modifier.contains(one) {
                self.push(code);
            }
        }
        let color = match color {
            Color::Red => 31,
            Color::Green => 32,
            Color::Yellow => 33,
            Color::Cyan => 36,
            _ => return self.frame.write_all(b"m"),
        };
        write!(self.frame, ";{color}m")
    }
}

#[cfg(test)]
mod tests {
    use ratatui_core::buffer::Buffer;
    use ratatui_core::layout::Rect;
    use ratatui_core::style::Style;

    use super::*;

    #[test]
    fn cells_after_wide_ones_are_placed() {
        let area = Rect::new(0, 0, 8, 2);
        let (empty, mut buffer) = (Buffer::empty(area), Buffer::empty(area));
        buffer.set_string(0, 0, "a日b", Style::new());
        buffer.set_string(2, 1, "no", Style::new().fg(Color::Red).add_modifier(Modifier::BOLD));
        let mut backend = AnsiBackend::default();
        backend.draw(empty.diff(&buffer).into_iter()).unwrap();
        let written = String::from_utf8(backend.frame).unwrap();
        assert_eq!(written, "\x1b[1;1H\x1b[0ma日\x1b[1;4Hb\x1b[2;3H\x1b[0;1;31mno\x1b[0m");
    }
}

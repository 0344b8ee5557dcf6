//! The look of each tone. Without colour there is only bold and reverse video.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ratatui_core::style::{Color, Modifier, Style};

use super::text::{Styled, Tone};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Theme {
    pub(crate) color: bool,
}

impl Theme {
    pub(super) fn style(self, tone: Tone) -> Style {
        let plain = Style::new();
        if !self.color {
            return match tone {
                Tone::Strong | Tone::Bad | Tone::Warn => plain.add_modifier(Modifier::BOLD),
                _ => plain,
            };
        }
        match tone {
            Tone::Plain => plain,
            Tone::Dim => plain.add_modifier(Modifier::DIM),
            Tone::Strong => plain.add_modifier(Modifier::BOLD),
            Tone::Good | Tone::Text => plain.fg(Color::Green),
            Tone::Warn | Tone::Number => plain.fg(Color::Yellow),
            Tone::Bad => plain.fg(Color::Red),
            Tone::Name => plain.fg(Color::Cyan),
        }
    }

    /// Draws a line into one row, as far as it fits.
    pub(super) fn put(self, buffer: &mut Buffer, row: Rect, line: &Styled) {
        if row.height == 0 {
            return;
        }
        let mut x = row.x;
        for (tone, text) in &line.0 {
            let room = usize::from(row.right().saturating_sub(x));
            if room == 0 {
                return;
            }
            x = buffer.set_stringn(x, row.y, text, room, self.style(*tone)).0;
        }
    }

    /// Shows a row in reverse video: the selected one of the pane with the focus, or a bar.
    pub(super) fn reverse(self, buffer: &mut Buffer, row: Rect) {
        // A colour that is readable on the background may not be readable on the text colour.
        let style =
            Style::new().fg(Color::Reset).remove_modifier(Modifier::DIM).add_modifier(Modifier::REVERSED);
        buffer.set_style(row, style);
    }

    /// Marks the selected row of the other pane.
    pub(super) fn underline(self, buffer: &mut Buffer, row: Rect) {
        buffer.set_style(row, Style::new().add_modifier(Modifier::UNDERLINED));
    }
}

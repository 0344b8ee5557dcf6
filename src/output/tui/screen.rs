//! The full screen as the thread that draws sees it.

use std::io;

use ratatui_core::terminal::{Frame, Terminal};

use super::backend::AnsiBackend;
use super::phase;

/// The screen while it is shown. Left when this is dropped.
#[derive(Debug)]
pub(super) struct Screen {
    terminal: Terminal<AnsiBackend>,
}

impl Screen {
    pub(super) fn enter() -> io::Result<Self> {
        let terminal = Terminal::new(AnsiBackend::default())?;
        phase::enter()?;
        Ok(Self { terminal })
    }

    /// Draws what has changed; nothing while the process is stopped or after the screen was left.
    pub(super) fn draw(&mut self, render: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        match phase::next_frame() {
            phase::Frame::Nothing => return Ok(()),
            phase::Frame::Whole => self.terminal.clear()?,
            phase::Frame::Changes => {}
        }
        self.terminal.draw(render).map(drop)
    }

    /// Asks the terminal to put text on the clipboard of the user, also over SSH (OSC 52), with the next frame.
    pub(super) fn copy(&mut self, base64: &str) {
        self.terminal.backend_mut().push(format!("\x1b]52;c;{base64}\x07").as_bytes());
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        phase::leave();
    }
}

//! The log of `-v`: standard error, sanitized like all untrusted text.

use std::io::{self, Write};

use tracing_subscriber::fmt::MakeWriter;

use super::sanitize::sanitize;
use super::stdio::Stdio;

/// Writes log lines. They are sanitized, because errors may quote servers, and servers may repeat the key.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LogLines;

impl MakeWriter<'_> for LogLines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        *self
    }
}

impl Write for LogLines {
    /// The formatter writes one whole event per call.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        Stdio::Error.write_all(shown(event).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn shown(event: &[u8]) -> String {
    let text = String::from_utf8_lossy(event);
    // Line breaks inside an event are untrusted.
    sanitize(text.trim_end()) + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_lines_are_sanitized() {
        assert_eq!(shown(b"a \x1b[2J\nb sk_test_abc\n"), "a \\x1b[2J\\x0ab sk_test_\u{2026}\n");
    }
}

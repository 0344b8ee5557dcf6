//! Where `-v` writes: standard error, through the same choke point as every text from elsewhere.

use std::io::{self, Write};

use tracing_subscriber::fmt::MakeWriter;

use super::sanitize::sanitize;
use super::stdio::Stdio;

/// Lines of the log. Errors in them may repeat what a server said, and servers may repeat the key.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LogLines;

impl MakeWriter<'_> for LogLines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        *self
    }
}

impl Write for LogLines {
    /// Takes one whole event: that is how the formatter writes.
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
    // A line break inside an event is not ours.
    sanitize(text.trim_end()) + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cleaned_and_hold_no_key() {
        assert_eq!(shown(b"a \x1b[2J\nb sk_test_abc\n"), "a \\x1b[2J\\x0ab sk_test_\u{2026}\n");
    }
}

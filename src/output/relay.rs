//! Prints what another program prints, line by line, on a thread of its own.

use std::io::{BufRead, BufReader, Read};

use tokio::sync::oneshot;

use super::Output;
use super::sanitize::escape;

/// Longer lines are cut into several.
const LONGEST: u64 = 64 * 1024;

/// Copies the lines of `reader` to `output` until it ends; then the receiver completes.
pub(crate) fn start_relay(
    reader: impl Read + Send + 'static,
    mut output: Output,
    is_error: bool,
) -> oneshot::Receiver<()> {
    let (sender, ended) = oneshot::channel();
    std::thread::spawn(move || {
        let mut reader = BufReader::new(reader);
        let mut bytes = Vec::new();
        while (&mut reader).take(LONGEST).read_until(b'\n', &mut bytes).is_ok_and(|count| count > 0) {
            let line = shown(&String::from_utf8_lossy(&bytes));
            // The reader of our output may be gone. A program whose output is not read would be blocked.
            let _ = output.relayed(&line, is_error);
            bytes.clear();
        }
        // It fails if nothing waits any more.
        let _ = sender.send(());
    });
    ended
}

/// A line as it is shown: with its colours, without what would move the cursor. Of a line that was drawn over, the last
/// state is shown.
fn shown(line: &str) -> String {
    let line = line.trim_end_matches(['\n', '\r']);
    let line = line.rsplit('\r').next().unwrap_or_default();
    let mut out = String::with_capacity(line.len());
    let mut is_styled = false;
    let mut rest = line;
    while let Some(at) = rest.find('\x1b') {
        let (before, sequence) = rest.split_at(at);
        out.push_str(&plain(before));
        let length = sequence_length(sequence);
        let (sequence, after) = sequence.split_at(length);
        if sequence.ends_with('m') && sequence.starts_with("\x1b[") {
            out.push_str(sequence);
            is_styled = true;
        }
        rest = after;
    }
    out.push_str(&plain(rest));
    if is_styled {
        out.push_str("\x1b[0m");
    }
    out
}

/// Tabs are kept; other control characters are shown.
fn plain(text: &str) -> String {
    text.split('\t').map(escape).collect::<Vec<_>>().join("\t")
}

/// The length of the escape sequence at the start: `ESC [`, parameters, and a letter, or else two characters.
fn sequence_length(text: &str) -> usize {
    let Some(parameters) = text.strip_prefix("\x1b[") else {
        return text.chars().take(2).map(char::len_utf8).sum();
    };
    let end = parameters.find(|c: char| !matches!(c, ' '..='?'));
    end.map_or(text.len(), |end| {
        2 + end + parameters.get(end..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_stay_and_the_rest_is_shown() {
        for (line, expected) in [
            ("ready\r\n", "ready"),
            ("a\tb", "a\tb"),
            ("10%\r50%\r100%\n", "100%"),
            ("\x1b[32mok\x1b[39m\n", "\x1b[32mok\x1b[39m\x1b[0m"),
            ("\x1b[2J\x1b[1;1Hcleared", "cleared"),
            ("\x1bcreset", "reset"),
            ("bell\x07", "bell\\x07"),
            ("\x1b[", ""),
            ("\x1b", ""),
            ("\x1b[3ü", ""),
            ("", ""),
        ] {
            assert_eq!(shown(line), expected, "{line:?}");
        }
    }
}

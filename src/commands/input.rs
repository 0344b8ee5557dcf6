//! Reads a body or data from a file or standard input.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

use crate::host::io_error::io_message;
use crate::output::Failure;

/// Webhook bodies are far smaller.
const MAX_INPUT: u64 = 16 * 1024 * 1024;

/// The bytes of the file at `path`, or of standard input for `-`. `what` names them in errors.
pub(super) fn read(path: &Path, what: &str) -> Result<Vec<u8>, Failure> {
    if path.as_os_str() == "-" {
        return read_stdin(what);
    }
    let shown = path.display();
    let open = File::open(path).and_then(|file| bounded(file, what));
    open.map_err(|error| {
        Failure::usage(format!("could not read {what} from `{shown}`: {}", io_message(&error)))
    })
}

fn read_stdin(what: &str) -> Result<Vec<u8>, Failure> {
    if io::stdin().is_terminal() {
        return Err(Failure::usage(format!("{what} is expected on standard input, which is a terminal"))
            .hint("pipe it in, or name a file"));
    }
    bounded(io::stdin(), what).map_err(|error| {
        Failure::usage(format!("could not read {what} from standard input: {}", io_message(&error)))
    })
}

fn bounded(source: impl Read, what: &str) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(MAX_INPUT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_INPUT {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("{what} is larger than 16 MiB")));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let error = read(Path::new("/no/such/file"), "the body").unwrap_err();
        assert!(error.to_lines()[0].contains("could not read the body from `/no/such/file`"));
    }
}

//! Messages of I/O errors, without error numbers and the same on every operating system.

use std::io::{self, ErrorKind};

/// The message of an error, which fits after a colon or in brackets.
pub(crate) fn io_message(error: &io::Error) -> String {
    if error.raw_os_error().is_none() && error.get_ref().is_some() {
        // An error of ours or of a library.
        return error.to_string();
    }
    match error.kind() {
        ErrorKind::NotFound => "no such file or directory".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        ErrorKind::AlreadyExists => "it already exists".to_owned(),
        ErrorKind::IsADirectory => "it is a directory".to_owned(),
        ErrorKind::NotADirectory => "a part of the path is not a directory".to_owned(),
        ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        ErrorKind::StorageFull => "no space left on device".to_owned(),
        ErrorKind::QuotaExceeded => "the disk quota is exceeded".to_owned(),
        ErrorKind::InvalidFilename => "the file name is too long or not valid".to_owned(),
        ErrorKind::AddrInUse => "the address is already in use".to_owned(),
        ErrorKind::AddrNotAvailable => "the address does not belong to this machine".to_owned(),
        ErrorKind::ConnectionRefused => "the connection was refused".to_owned(),
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => {
            "the connection was closed".to_owned()
        }
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
            "there is no route to the address".to_owned()
        }
        ErrorKind::TimedOut => "it took too long".to_owned(),
        ErrorKind::UnexpectedEof => "it ended too early".to_owned(),
        _ => {
            let text = error.to_string();
            // Windows ends its messages with a full stop.
            let text = text.split(" (os error").next().unwrap_or_default().trim_end_matches('.');
            // Only the first letter, because the rest may contain a name.
            let mut letters = text.chars();
            letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_have_no_error_numbers() {
        for number in 1..200 {
            let words = io_message(&io::Error::from_raw_os_error(number));
            assert!(!words.is_empty() && !words.contains("os error"), "{number}: {words}");
            assert!(words.chars().next().is_some_and(|first| !first.is_uppercase()), "{number}: {words}");
        }
    }

    #[test]
    fn our_own_messages_stay_unchanged() {
        let error = io::Error::new(ErrorKind::NotFound, "it is gone");
        assert_eq!(io_message(&error), "it is gone");
        assert_eq!(io_message(&ErrorKind::PermissionDenied.into()), "permission denied");
    }
}

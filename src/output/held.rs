//! Output that waits while a full-screen view owns the terminal: a line printed between its frames would tear them.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Of what was printed meanwhile, the newest bytes are kept.
const MOST: usize = 64 * 1024;

static IS_ACTIVE: AtomicBool = AtomicBool::new(false);
static WAITING: Mutex<Waiting> = Mutex::new(Waiting { bytes: Vec::new(), with_errors: false });

struct Waiting {
    bytes: Vec<u8>,
    /// Standard error is a terminal too, so what is written there waits as well.
    with_errors: bool,
}

/// Holds back what is written to the terminal.
pub(super) fn begin() {
    let with_errors = io::stderr().is_terminal();
    *waiting() = Waiting { bytes: Vec::new(), with_errors };
    IS_ACTIVE.store(true, Ordering::Release);
}

/// Ends that and returns what was held back.
pub(super) fn end() -> Vec<u8> {
    IS_ACTIVE.store(false, Ordering::Release);
    std::mem::take(&mut waiting().bytes)
}

/// Keeps `bytes` if they have to wait; returns whether they do.
pub(super) fn keeps(bytes: &[u8], is_error: bool) -> bool {
    if !IS_ACTIVE.load(Ordering::Acquire) {
        return false;
    }
    let mut waiting = waiting();
    if is_error && !waiting.with_errors {
        return false;
    }
    waiting.bytes.extend_from_slice(bytes);
    let surplus = waiting.bytes.len().saturating_sub(MOST);
    if surplus > 0 {
        let line = waiting
            .bytes
            .iter()
            .skip(surplus)
            .position(|byte| *byte == b'\n')
            .map_or(surplus, |at| surplus + at + 1);
        waiting.bytes.drain(..line);
    }
    true
}

fn waiting() -> MutexGuard<'static, Waiting> {
    WAITING.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newest_held_lines_are_kept() {
        assert!(!keeps(b"before\n", false));
        begin();
        for number in 0..20_000 {
            assert!(keeps(format!("line {number}\n").as_bytes(), false));
        }
        let kept = String::from_utf8(end()).unwrap();
        assert!(kept.len() <= MOST && kept.starts_with("line ") && kept.ends_with("line 19999\n"));
        assert!(!keeps(b"after\n", false));
    }
}

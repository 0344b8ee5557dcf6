//! Whether the full screen is shown. There is one for the process, because there is one terminal, and a panic or a signal
//! can end it on any thread.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::super::held;
use super::super::stdio::Stdio;

/// Another screen, an invisible cursor.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?25l\x1b[0m\x1b[2J";
const LEAVE: &[u8] = b"\x1b[?2026l\x1b[0m\x1b[?25h\x1b[?1049l";
/// How long the end waits for a frame that is being written. A terminal that was stopped with Ctrl-S takes none.
const PATIENCE: Duration = Duration::from_millis(300);
const STEP: Duration = Duration::from_millis(5);

static PHASE: Mutex<Phase> = Mutex::new(Phase::Off);
/// A frame is being written, which can block. Not part of the mutex, which is never held for long.
static IS_WRITING: AtomicBool = AtomicBool::new(false);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Off,
    Shown,
    /// To be drawn in full.
    Stale,
    Suspended,
}

/// What to do about the next frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    Nothing,
    Changes,
    Whole,
}

pub(super) fn enter() -> std::io::Result<()> {
    let mut phase = phase();
    held::begin();
    *phase = Phase::Shown;
    Stdio::Out.write_through(ENTER)
}

pub(super) fn next_frame() -> Frame {
    let mut phase = phase();
    match *phase {
        Phase::Off | Phase::Suspended => Frame::Nothing,
        Phase::Shown => Frame::Changes,
        Phase::Stale => {
            *phase = Phase::Shown;
            Frame::Whole
        }
    }
}

/// Draws everything the next time.
pub(super) fn invalidate() {
    let mut phase = phase();
    if *phase == Phase::Shown {
        *phase = Phase::Stale;
    }
}

/// Writes a frame, unless the screen was left since it was drawn.
pub(super) fn write_frame(frame: &[u8]) -> std::io::Result<()> {
    {
        let phase = phase();
        // A frame that is dropped is followed by a whole one.
        if *phase != Phase::Shown {
            return Ok(());
        }
        IS_WRITING.store(true, Ordering::Release);
    }
    let written = Stdio::Out.write_through(frame);
    IS_WRITING.store(false, Ordering::Release);
    written
}

/// Shows the usual screen again and prints what was held back. Does nothing when no full screen is shown.
pub(crate) fn leave() {
    let before = std::mem::replace(&mut *phase(), Phase::Off);
    if before == Phase::Off {
        return;
    }
    let is_free = wait_for_frame();
    if before != Phase::Suspended && is_free {
        let _ = Stdio::Out.write_through(LEAVE);
    }
    let held = held::end();
    if is_free && !held.is_empty() {
        let _ = Stdio::Error.write_through(&held);
    }
}

/// Ctrl-Z: shows the usual screen until the process continues.
pub(crate) fn suspend() {
    let mut phase = phase();
    if matches!(*phase, Phase::Shown | Phase::Stale) && wait_for_frame() {
        let _ = Stdio::Out.write_through(LEAVE);
        *phase = Phase::Suspended;
    }
}

/// The process continues in the foreground. The shell may have written to the screen meanwhile.
pub(crate) fn resume() {
    let mut phase = phase();
    if *phase != Phase::Off && wait_for_frame() {
        let _ = Stdio::Out.write_through(ENTER);
        *phase = Phase::Stale;
    }
}

fn wait_for_frame() -> bool {
    let mut waited = Duration::ZERO;
    while IS_WRITING.load(Ordering::Acquire) {
        if waited >= PATIENCE {
            return false;
        }
        thread::sleep(STEP);
        waited += STEP;
    }
    true
}

fn phase() -> MutexGuard<'static, Phase> {
    PHASE.lock().unwrap_or_else(PoisonError::into_inner)
}

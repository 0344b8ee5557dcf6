//! What takes long, on a line of the terminal that is written over: what is being done, and how far it is.
//!
//! It appears after half a second, on standard error, when that is a terminal and neither `--json` nor
//! `--quiet` was given. Any other line takes its place, and nothing of it stays.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufRead, Read, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::format;
use super::stdio::Stdio;
use super::width::truncate;

/// What is quicker than this needs no word.
const QUICK: Duration = Duration::from_millis(500);
/// Between two looks at how far it is.
const PACE: Duration = Duration::from_millis(100);
/// To the beginning of the line, and nothing on it.
const ERASE: &str = "\r\x1b[K";

/// The line, as the rest of the output sees it.
#[derive(Clone, Default)]
pub(super) struct ProgressLine(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    task: Option<Task>,
    /// How many tasks there have been.
    begun: u64,
    /// Something is on the line.
    drawn: bool,
}

/// Something that is under way.
#[derive(Debug, Default)]
struct Task {
    doing: Cow<'static, str>,
    done: u64,
    /// How much there is, where that is known.
    total: Option<u64>,
    unit: Unit,
}

/// The line is empty while this is held.
pub(super) struct SuspendedProgress<'a> {
    _state: MutexGuard<'a, State>,
}

/// What is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Things, one by one.
    #[default]
    Things,
    /// Bytes, shown as kilobytes.
    Bytes,
}

/// Begins the line later and from elsewhere.
#[derive(Clone, Debug)]
pub(crate) struct ProgressHandle(pub(super) Option<ProgressLine>);

impl ProgressHandle {
    /// Shows what is being done until the answer is dropped.
    pub(crate) fn begin(&self, doing: impl Into<Cow<'static, str>>) -> Progress {
        self.0.as_ref().map_or_else(Progress::none, |board| board.begin(doing))
    }
}

/// While this lives the line is shown.
#[derive(Debug)]
pub(crate) struct Progress(Option<ProgressLine>);

impl ProgressLine {
    /// Shows what is being done, such as `Importing`, until the answer is dropped.
    pub(super) fn begin(&self, doing: impl Into<Cow<'static, str>>) -> Progress {
        let mut state = self.state();
        state.task = Some(Task { doing: doing.into(), ..Task::default() });
        state.begun += 1;
        let (board, number) = (self.clone(), state.begun);
        // Without a thread there is no line, and the work goes on.
        let drawn = thread::Builder::new().name("progress".to_owned()).spawn(move || board.draw(number));
        Progress(drawn.ok().map(|_| self.clone()))
    }

    /// While the answer is held the line is empty, and stays so.
    pub(super) fn suspend(&self) -> SuspendedProgress<'_> {
        let mut state = self.state();
        erase(&mut state);
        SuspendedProgress { _state: state }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Draws the line of this task again and again, until it is done.
    fn draw(&self, number: u64) {
        let mut pause = QUICK;
        let mut state = self.state();
        loop {
            let goes_on = |state: &mut State| state.task.is_some() && state.begun == number;
            let waited = self.0.changed.wait_timeout_while(state, pause, goes_on);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            let Some(task) = state.task.as_ref().filter(|_| state.begun == number) else { return };
            let line = task.line();
            // A line that the terminal breaks cannot be written over.
            let line = match Stdio::Error.columns() {
                Some(columns) => truncate(&line, columns.saturating_sub(1).max(1)),
                None => line,
            };
            state.drawn = true;
            write(&format!("{ERASE}{line}"));
            pause = PACE;
        }
    }
}

impl fmt::Debug for ProgressLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProgressLine").finish_non_exhaustive()
    }
}

fn erase(state: &mut State) {
    if std::mem::take(&mut state.drawn) {
        write(ERASE);
    }
}

/// An error that this could not be shown would be of no help.
fn write(text: &str) {
    let _ = Stdio::Error.write_all(text.as_bytes());
}

impl Task {
    fn line(&self) -> String {
        let shown = |number: u64| match self.unit {
            Unit::Things => format::count(number),
            Unit::Bytes => format!("{} kB", format::count(number.div_ceil(1_000))),
        };
        match (self.done, self.total) {
            (done, Some(total)) if total > 0 => {
                let percent = done.min(total).saturating_mul(100) / total;
                format!("{}: {} of {} ({percent} %)", self.doing, shown(done), shown(total))
            }
            (0, _) => format!("{} …", self.doing),
            (done, _) => format!("{}: {}", self.doing, shown(done)),
        }
    }
}

impl Progress {
    /// One that is not shown.
    pub(super) fn none() -> Self {
        Self(None)
    }

    /// So much is done, and so much there is in all if that is known.
    pub(crate) fn at(&self, done: u64, total: Option<u64>) {
        self.change(|task| (task.done, task.total) = (done, total));
    }

    /// `lines`, counted in bytes as they are read; `total` is how many there are, if that is known.
    pub(crate) fn reading<R: BufRead>(&self, lines: R, total: Option<u64>) -> Counted<'_, R> {
        self.change(|task| (task.unit, task.total) = (Unit::Bytes, total));
        Counted { inner: lines, progress: self }
    }

    /// `out`, counted in bytes as they are written.
    pub(crate) fn writing<W: Write>(&self, out: W) -> Counted<'_, W> {
        self.change(|task| task.unit = Unit::Bytes);
        Counted { inner: out, progress: self }
    }

    fn more(&self, bytes: usize) {
        self.change(|task| task.done = task.done.saturating_add(bytes as u64));
    }

    fn change(&self, change: impl FnOnce(&mut Task)) {
        if let Some(board) = &self.0
            && let Some(task) = &mut board.state().task
        {
            change(task);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(board) = &self.0 {
            let mut state = board.state();
            state.task = None;
            erase(&mut state);
            board.0.changed.notify_all();
        }
    }
}

/// A stream whose bytes are counted.
#[derive(Debug)]
pub(crate) struct Counted<'a, S> {
    inner: S,
    progress: &'a Progress,
}

impl<S: Read> Read for Counted<'_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.progress.more(count);
        Ok(count)
    }
}

impl<S: BufRead> BufRead for Counted<'_, S> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.inner.consume(count);
        self.progress.more(count);
    }
}

impl<S: Write> Write for Counted<'_, S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.progress.more(count);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_far_it_is() {
        let task = |done, total, unit| Task { doing: "Importing".into(), done, total, unit }.line();
        assert_eq!(task(0, None, Unit::Things), "Importing …");
        assert_eq!(task(1_200, None, Unit::Things), "Importing: 1,200");
        assert_eq!(task(1_200, Some(9_600), Unit::Things), "Importing: 1,200 of 9,600 (12 %)");
        assert_eq!(task(1, Some(2_500_000), Unit::Bytes), "Importing: 1 kB of 2,500 kB (0 %)");
        // A file that grows while it is read.
        assert_eq!(task(20, Some(10), Unit::Things), "Importing: 20 of 10 (100 %)");
        assert_eq!(task(0, Some(0), Unit::Bytes), "Importing …");
    }

    #[test]
    fn streams_are_counted_as_they_flow() {
        let board = ProgressLine::default();
        let progress = board.begin("Copying");
        let mut lines = progress.reading(&b"one\ntwo\n"[..], Some(8));
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        let done = || board.state().task.as_ref().map(|task| (task.done, task.total));
        assert_eq!((line.as_str(), done()), ("one\n", Some((4, Some(8)))));
        lines.read_to_string(&mut line).unwrap();
        progress.writing(io::sink()).write_all(b"12345").unwrap();
        assert_eq!((line.as_str(), done()), ("one\ntwo\n", Some((13, Some(8)))));
        drop(progress);
        assert_eq!(done(), None);
    }

    #[test]
    fn what_is_not_shown_is_not_counted() {
        let progress = Progress::none();
        progress.at(1, Some(2));
        assert_eq!(io::copy(&mut progress.reading(&b"abc"[..], None), &mut io::sink()).unwrap(), 3);
    }
}

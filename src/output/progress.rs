//! A progress line, or a block of lines, that is redrawn in place.
//!
//! It appears after half a second on standard error, if that is a terminal and neither `--json` nor `--quiet` is set.
//! Other output replaces it, and nothing of it remains.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufRead, Read, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::format;
use super::stdio::Stdio;
use super::width::truncate;

/// Faster tasks show no line.
const QUICK: Duration = Duration::from_millis(500);
/// Between two redraws.
const PACE: Duration = Duration::from_millis(100);
const ERASE: &str = "\r\x1b[K";
/// Erases the line above.
const ERASE_ABOVE: &str = "\x1b[A\x1b[K";

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
    /// The number of tasks so far, which identifies the present one.
    begun: u64,
    /// The number of lines on the terminal.
    drawn: usize,
}

#[derive(Debug, Default)]
struct Task {
    doing: Cow<'static, str>,
    done: u64,
    total: Option<u64>,
    unit: Unit,
    /// Shown instead, if there is one.
    block: Option<String>,
}

/// The line stays erased while this is held.
pub(super) struct SuspendedProgress<'a> {
    _state: MutexGuard<'a, State>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Unit {
    #[default]
    Things,
    /// Bytes, shown as kilobytes.
    Bytes,
}

/// Shows the line from another place.
#[derive(Clone, Debug)]
pub(crate) struct ProgressHandle(pub(super) Option<ProgressLine>);

impl ProgressHandle {
    /// Shows the line until the returned value is dropped.
    pub(crate) fn begin(&self, doing: impl Into<Cow<'static, str>>) -> Progress {
        self.0.as_ref().map_or_else(Progress::none, |board| board.begin(doing))
    }
}

/// The line is shown while this exists.
#[derive(Debug)]
pub(crate) struct Progress(Option<ProgressLine>);

impl ProgressLine {
    /// Shows the line until the returned value is dropped.
    pub(super) fn begin(&self, doing: impl Into<Cow<'static, str>>) -> Progress {
        let mut state = self.state();
        state.task = Some(Task { doing: doing.into(), ..Task::default() });
        state.begun += 1;
        let (board, number) = (self.clone(), state.begun);
        // Without a thread there is no line, but the work continues.
        let drawn = thread::Builder::new().name("progress".to_owned()).spawn(move || board.draw(number));
        Progress(drawn.ok().map(|_| self.clone()))
    }

    /// Erases the line until the returned value is dropped.
    pub(super) fn suspend(&self) -> SuspendedProgress<'_> {
        let mut state = self.state();
        erase(&mut state);
        SuspendedProgress { _state: state }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Redraws the line of this task until it ends.
    fn draw(&self, number: u64) {
        let mut pause = QUICK;
        let mut state = self.state();
        loop {
            let is_running = |state: &mut State| state.task.is_some() && state.begun == number;
            let waited = self.0.changed.wait_timeout_while(state, pause, is_running);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            let Some(task) = state.task.as_ref().filter(|_| state.begun == number) else { return };
            let lines = task.lines(Stdio::Error.size());
            let erase = erasure(state.drawn);
            state.drawn = lines.len();
            write(&format!("{erase}{}", lines.join("\n")));
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
    let drawn = std::mem::take(&mut state.drawn);
    if drawn > 0 {
        write(&erasure(drawn));
    }
}

/// Erases this many lines and returns to the start of the first.
fn erasure(lines: usize) -> String {
    ERASE.to_owned() + &ERASE_ABOVE.repeat(lines.saturating_sub(1))
}

/// Errors are ignored: a progress line is not important.
fn write(text: &str) {
    let _ = Stdio::Error.write_all(text.as_bytes());
}

impl Task {
    /// What fits on a terminal of this size: a wrapped line could not be redrawn in place, nor one that has scrolled.
    fn lines(&self, size: Option<(u16, u16)>) -> Vec<String> {
        let text = self.block.clone().unwrap_or_else(|| self.line());
        let Some((columns, rows)) = size else { return text.lines().take(1).map(str::to_owned).collect() };
        let (columns, rows) = (usize::from(columns).saturating_sub(1), usize::from(rows).saturating_sub(1));
        text.lines().take(rows.max(1)).map(|line| truncate(line, columns.max(1))).collect()
    }

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
    /// A progress line that is not shown.
    pub(super) fn none() -> Self {
        Self(None)
    }

    /// Sets how much is done, and the total if it is known.
    pub(crate) fn at(&self, done: u64, total: Option<u64>) {
        self.change(|task| (task.done, task.total) = (done, total));
    }

    /// Shows these lines instead.
    pub(crate) fn show(&self, block: String) {
        self.change(|task| task.block = Some(block));
    }

    /// Counts the bytes read from `lines`; `total` is their number, if known.
    pub(crate) fn reading<R: BufRead>(&self, lines: R, total: Option<u64>) -> Counted<'_, R> {
        self.change(|task| (task.unit, task.total) = (Unit::Bytes, total));
        Counted { inner: lines, progress: self }
    }

    /// Counts the bytes written to `out`.
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
    fn progress_line_shows_the_amount() {
        let task =
            |done, total, unit| Task { doing: "Importing".into(), done, total, unit, block: None }.line();
        assert_eq!(task(0, None, Unit::Things), "Importing …");
        assert_eq!(task(1_200, None, Unit::Things), "Importing: 1,200");
        assert_eq!(task(1_200, Some(9_600), Unit::Things), "Importing: 1,200 of 9,600 (12 %)");
        assert_eq!(task(1, Some(2_500_000), Unit::Bytes), "Importing: 1 kB of 2,500 kB (0 %)");
        // A file that grows while it is read.
        assert_eq!(task(20, Some(10), Unit::Things), "Importing: 20 of 10 (100 %)");
        assert_eq!(task(0, Some(0), Unit::Bytes), "Importing …");
    }

    #[test]
    fn block_fits_on_the_terminal() {
        let task = Task { block: Some("one\nlonger line\nthree".to_owned()), ..Task::default() };
        assert_eq!(task.lines(Some((7, 24))), ["one", "longe…", "three"]);
        assert_eq!(task.lines(Some((80, 3))), ["one", "longer line"]);
        assert_eq!(task.lines(None), ["one"]);
        assert_eq!(erasure(3), "\r\x1b[K\x1b[A\x1b[K\x1b[A\x1b[K");
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
    fn hidden_progress_counts_nothing() {
        let progress = Progress::none();
        progress.at(1, Some(2));
        assert_eq!(io::copy(&mut progress.reading(&b"abc"[..], None), &mut io::sink()).unwrap(), 3);
    }
}

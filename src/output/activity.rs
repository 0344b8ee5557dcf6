//! Prints the activities of `listen`: lines for people, or one JSON object per line.
//!
//! This runs on a thread of its own, so that a stopped terminal (Ctrl-S) or a slow pipe does not block heartbeats. The
//! channel is bounded: when it is full, the engine waits.

mod connection;
mod history;
mod human;
mod line;
mod payload;
mod receiver;
mod summary;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::Output;
use super::json::LineBuffer;
use crate::forward::{Activity, is_large};
use crate::history::Journal;
pub(crate) use history::not_recorded;
pub(crate) use human::HumanRenderer;
pub(crate) use payload::PayloadView;
pub(crate) use summary::about_finding;

const BACKLOG: usize = 1024;
/// The pause after each write, so that lines are written together and the engine is not woken for each. With a history,
/// lines wait for their records instead.
const PAUSE: Duration = Duration::from_millis(16);
/// The pause while many or large activities come at once, so that the engine does not wait for the channel.
const SHORT_PAUSE: Duration = Duration::from_millis(2);
/// How many are many.
const MANY: usize = 128;

/// The pause after `count` activities that came at once.
pub(super) fn pause(count: usize, has_large: bool) -> Duration {
    if count < MANY && !has_large { PAUSE } else { SHORT_PAUSE }
}

/// Starts the thread that prints on `output`. It ends when all senders are dropped or writing fails, which closes the
/// channel and so stops the engine. The receiver gets the result. What is printed can be found in the history by then,
/// if there is a `journal`.
pub(crate) fn start_renderer(
    output: Output,
    human: HumanRenderer,
    journal: Option<Arc<Journal>>,
) -> (mpsc::Sender<Activity>, oneshot::Receiver<io::Result<()>>) {
    let (sender, receiver) = mpsc::channel(BACKLOG);
    let (ended, end) = oneshot::channel();
    std::thread::spawn(move || {
        // It fails if the command no longer waits.
        let _ = ended.send(render_all(output, human, receiver, journal));
    });
    (sender, end)
}

fn render_all(
    mut output: Output,
    mut human: HumanRenderer,
    mut activities: mpsc::Receiver<Activity>,
    journal: Option<Arc<Journal>>,
) -> io::Result<()> {
    let mut lines = LineBuffer::default();
    let mut render = |output: &mut Output, mut activity: Activity| match output.is_json() {
        true => {
            payload::hide_keys(&mut activity);
            output.data(&lines.line(&activity, Activity::write_usual_json)?)
        }
        false => human.render(output, &activity),
    };
    output.buffer();
    let mut batch = Vec::new();
    loop {
        let count = activities.blocking_recv_many(&mut batch, BACKLOG);
        if count == 0 {
            return Ok(());
        }
        // The engine hands over records before the activities about them.
        let has_large = batch.iter().any(is_large);
        let has_waited = journal.as_ref().is_some_and(|journal| journal.wait_for_commit(has_large));
        // A burst is written in one call.
        for activity in batch.drain(..) {
            render(&mut output, activity)?;
        }
        output.flush()?;
        if !has_waited {
            std::thread::sleep(pause(count, has_large));
        }
    }
}

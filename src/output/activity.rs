//! Prints the activities of `listen`: lines for people, or one JSON object per line.
//!
//! This runs on a thread of its own, so that a stopped terminal (Ctrl-S) or a slow pipe does not block heartbeats. The
//! channel is bounded: when it is full, the engine waits.

mod connection;
mod history;
mod human;
mod line;
mod payload;
mod summary;

use std::io;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::Output;
use super::json::LineBuffer;
use crate::forward::Activity;
pub(crate) use history::not_recorded;
pub(crate) use human::HumanRenderer;
pub(crate) use payload::PayloadView;

const BACKLOG: usize = 1024;
/// A pause after each write, so that lines are written together and the engine is not woken for each. It is too short
/// to notice.
const NAP: Duration = Duration::from_millis(1);

/// Starts the thread that prints on `output`. It ends when all senders are dropped or writing fails, which closes the
/// channel and so stops the engine. The receiver gets the result.
pub(crate) fn start_renderer(
    output: Output,
    human: HumanRenderer,
) -> (mpsc::Sender<Activity>, oneshot::Receiver<io::Result<()>>) {
    let (sender, receiver) = mpsc::channel(BACKLOG);
    let (ended, end) = oneshot::channel();
    std::thread::spawn(move || {
        // It fails if the command no longer waits.
        let _ = ended.send(render_all(output, human, receiver));
    });
    (sender, end)
}

fn render_all(
    mut output: Output,
    mut human: HumanRenderer,
    mut activities: mpsc::Receiver<Activity>,
) -> io::Result<()> {
    let mut lines = LineBuffer::default();
    let mut render = |output: &mut Output, mut activity: Activity| match output.is_json() {
        true => {
            payload::hide_keys(&mut activity);
            output.data(&lines.line(&activity)?)
        }
        false => human.render(output, &activity),
    };
    output.buffer();
    while let Some(activity) = activities.blocking_recv() {
        render(&mut output, activity)?;
        // A burst is written in one call.
        while let Ok(more) = activities.try_recv() {
            render(&mut output, more)?;
        }
        output.flush()?;
        std::thread::sleep(NAP);
    }
    Ok(())
}

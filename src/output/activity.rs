//! How the activities of `listen` are drawn: lines for people, or one JSON object per line.
//!
//! The drawing runs in a thread of its own, so that a terminal that is stopped (Ctrl-S) or a slow
//! pipe does not keep heartbeats from being read; the channel is bounded, so it can only fall behind
//! so far before the engine waits too.

mod connection;
mod history;
mod human;
mod line;

use std::io;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::{Output, json};
use crate::forward::Activity;
pub(crate) use human::HumanRenderer;

/// Activities that may wait to be drawn.
const BACKLOG: usize = 1024;
/// A pause after each write: what comes meanwhile is written together, and the engine is not woken for
/// each line. No eye and no pipe notices it.
const NAP: Duration = Duration::from_millis(1);

/// Starts the thread that draws on `output`. It ends when every sender is gone or writing fails; the
/// channel is closed then, which tells the engine. The second part says how it ended.
pub(crate) fn start_renderer(
    output: Output,
    human: HumanRenderer,
) -> (mpsc::Sender<Activity>, oneshot::Receiver<io::Result<()>>) {
    let (sender, receiver) = mpsc::channel(BACKLOG);
    let (ended, end) = oneshot::channel();
    std::thread::spawn(move || {
        // The end is not waited for any more: the command ends without it.
        let _ = ended.send(render_all(output, human, receiver));
    });
    (sender, end)
}

fn render_all(
    mut output: Output,
    mut human: HumanRenderer,
    mut activities: mpsc::Receiver<Activity>,
) -> io::Result<()> {
    output.buffer();
    while let Some(activity) = activities.blocking_recv() {
        render(&mut output, &mut human, &activity)?;
        // In a burst many lines are written at once.
        while let Ok(more) = activities.try_recv() {
            render(&mut output, &mut human, &more)?;
        }
        output.flush()?;
        std::thread::sleep(NAP);
    }
    Ok(())
}

fn render(output: &mut Output, human: &mut HumanRenderer, activity: &Activity) -> io::Result<()> {
    if output.is_json() {
        return json::line(activity).and_then(|line| output.data(&line));
    }
    human.render(output, activity)
}

//! How the activities of `listen` are drawn: lines for people, or one JSON object per line.
//!
//! The drawing runs in a thread of its own, so that a terminal that is stopped (Ctrl-S) or a slow
//! pipe does not keep heartbeats from being read; the channel is bounded, so it can only fall behind
//! so far before the engine waits too.

mod human;

use std::io;
use std::thread::JoinHandle;

use tokio::sync::mpsc;

use super::{Output, json};
use crate::forward::Activity;
pub(crate) use human::Human;

/// Activities that may wait to be drawn.
const BACKLOG: usize = 256;

/// Starts the thread that draws on `output`. It ends, and gives `output` back, when every sender is
/// gone or writing fails; the channel is closed then, which tells the engine.
pub(crate) fn draw(
    output: Output,
    human: Human,
) -> (mpsc::Sender<Activity>, JoinHandle<(Output, io::Result<()>)>) {
    let (sender, receiver) = mpsc::channel(BACKLOG);
    let thread = std::thread::spawn(move || draw_all(output, human, receiver));
    (sender, thread)
}

fn draw_all(
    mut output: Output,
    mut human: Human,
    mut activities: mpsc::Receiver<Activity>,
) -> (Output, io::Result<()>) {
    while let Some(activity) = activities.blocking_recv() {
        let drawn = if output.is_json() {
            json::line(&activity).and_then(|line| output.data(&line))
        } else {
            human.draw(&mut output, &activity)
        };
        if drawn.is_err() {
            return (output, drawn);
        }
    }
    (output, Ok(()))
}

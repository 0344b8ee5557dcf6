//! The thread that draws: takes messages, changes the state, and shows it at most 20 times a second.
//!
//! It also takes the activities of the engine, as [`super::super::activity`] does for lines: the channel is bounded, and
//! when it is full the engine waits.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::sync::{mpsc, oneshot};

use super::super::activity::{self, HumanRenderer};
use super::super::{Output, style};
use super::app::App;
use super::draw;
use super::keys::Key;
use super::request::{Effect, Loaded};
use super::screen::Screen;
use crate::forward::{Activity, is_large};

/// Activities and other messages that wait.
const BACKLOG: usize = 1024;
const BETWEEN_FRAMES: Duration = Duration::from_millis(50);
/// Terminals ignore longer texts; this is the limit of xterm.
const LONGEST_COPY: usize = 74_994;

/// What the thread that draws is sent.
#[derive(Debug)]
pub(crate) enum Message {
    Activities(Vec<Activity>),
    Key(Key),
    Loaded(Loaded),
    /// A line for the user, which may be styled.
    Notice(String),
    /// For the clipboard.
    Copy(String),
    /// The size has changed, or the screen was overwritten.
    Redraw,
    End,
}

/// A running view.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) activities: mpsc::Sender<Activity>,
    pub(crate) messages: SyncSender<Message>,
    pub(crate) ended: oneshot::Receiver<io::Result<()>>,
}

/// Does what the view asks for, on the thread that draws. It must not block.
pub(crate) trait Controller: Send + 'static {
    /// Sees every activity.
    fn activity(&mut self, activity: &Activity);

    /// Begins what is asked for; can answer at once.
    fn effect(&mut self, effect: Effect) -> Option<Message>;
}

/// Shows `app` until the activities end, then prints the summary with `human` on the usual screen.
pub(crate) fn start(
    app: App,
    output: Output,
    human: HumanRenderer,
    controller: impl Controller,
) -> io::Result<Running> {
    let screen = Screen::enter()?;
    let (activities, received) = mpsc::channel(BACKLOG);
    let (messages, queue) = sync_channel(BACKLOG);
    let (sender, ended) = oneshot::channel();
    let feed = messages.clone();
    thread::spawn(move || pump(received, &feed));
    thread::spawn(move || {
        let drawing = Drawing { app, screen, human, controller, last: None, is_dirty: true };
        // It fails if the command no longer waits.
        let _ = sender.send(drawing.run(output, &queue));
    });
    Ok(Running { activities, messages, ended })
}

/// Passes activities on, many at a time. Ends with the engine, or when nothing is drawn any more, which closes the
/// channel and so stops the engine.
fn pump(mut activities: mpsc::Receiver<Activity>, messages: &SyncSender<Message>) {
    while let Some(activity) = activities.blocking_recv() {
        let mut batch = vec![activity];
        while batch.len() < BACKLOG
            && let Ok(more) = activities.try_recv()
        {
            batch.push(more);
        }
        let pause = activity::pause(batch.len(), batch.iter().any(is_large));
        if messages.send(Message::Activities(batch)).is_err() {
            return;
        }
        thread::sleep(pause);
    }
    let _ = messages.send(Message::End);
}

struct Drawing<C> {
    app: App,
    controller: C,
    screen: Screen,
    human: HumanRenderer,
    /// The last activity: the summary.
    last: Option<Activity>,
    is_dirty: bool,
}

impl<C: Controller> Drawing<C> {
    fn run(mut self, mut output: Output, queue: &Receiver<Message>) -> io::Result<()> {
        let mut next_frame = Instant::now();
        let mut is_running = true;
        while is_running {
            let now = Instant::now();
            if self.is_dirty && now >= next_frame {
                self.draw()?;
                next_frame = now + BETWEEN_FRAMES;
            }
            for effect in self.app.effects() {
                if let Some(message) = self.controller.effect(effect) {
                    self.handle(message);
                }
            }
            let message = match self.is_dirty {
                true => queue.recv_timeout(next_frame.saturating_duration_since(Instant::now())),
                false => queue.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match message {
                Ok(message) => {
                    is_running = self.handle(message);
                    while is_running && let Ok(message) = queue.try_recv() {
                        is_running = self.handle(message);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let Self { screen, mut human, last, .. } = self;
        drop(screen);
        last.map_or(Ok(()), |summary| human.render(&mut output, &summary))
    }

    fn draw(&mut self) -> io::Result<()> {
        let app = &mut self.app;
        self.is_dirty = false;
        self.screen.draw(|frame| {
            app.resize(frame.area().width, frame.area().height);
            draw::draw(app, frame);
        })
    }

    /// Returns whether there is more to come.
    fn handle(&mut self, message: Message) -> bool {
        match message {
            Message::Activities(activities) => {
                activities.into_iter().for_each(|activity| self.activity(activity))
            }
            Message::Key(Key::Redraw) => super::phase::invalidate(),
            Message::Key(key) => self.app.key(key),
            Message::Loaded(loaded) => self.app.loaded(loaded),
            Message::Notice(line) => self.app.message(&line),
            Message::Copy(text) => self.copy(&text),
            Message::Redraw => {}
            Message::End => return false,
        }
        self.is_dirty = true;
        true
    }

    fn activity(&mut self, activity: Activity) {
        self.app.activity(&activity);
        self.controller.activity(&activity);
        if let Activity::Summary { .. } = activity {
            self.last = Some(activity);
            return;
        }
        for line in self.human.status_lines(&activity) {
            self.app.message(&line);
        }
    }

    fn copy(&mut self, text: &str) {
        let encoded = STANDARD.encode(text);
        if encoded.len() > LONGEST_COPY {
            let line = "The command is too long for the clipboard of a terminal.";
            return self.app.message(&style::warn(line));
        }
        self.screen.copy(&encoded);
        self.app.message(&style::good(&draw::copied(text.len())));
    }
}

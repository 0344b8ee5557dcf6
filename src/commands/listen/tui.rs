//! `listen --tui`: connects the full-screen view with the engine, the keyboard and the history. The view itself is
//! [`crate::output::tui`].

mod args;
mod keys;
mod reading;
mod replaying;
mod shared;
mod signature;

use std::path::PathBuf;
use std::sync::mpsc as blocking;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::tz::TimeZone;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::Secret;
use crate::commands::Context;
use crate::forward::{Activity, ControlCommand, Plan};
use crate::history::{EventKey, RunScope, default_path};
use crate::host::clock::Clock;
use crate::ops::replay::SendOptions;
use crate::output::activity::HumanRenderer;
use crate::output::tui::{self, App, Controller, Effect, Message, Theme};
use crate::output::{Failure, Output, prompt};
pub(super) use args::TuiArgs;
use reading::Request;
use shared::Shared;

/// The end of the ready lines.
pub(super) const HELP: &str = "? shows the keys, q quits.";

/// How long the end waits for a replay.
const PATIENCE: Duration = Duration::from_secs(3);

/// Fails without a terminal, before anything else is done.
pub(super) fn require_terminal(context: &Context) -> Result<(), Failure> {
    let is_dumb = context.env.get("TERM") == Some("dumb");
    if is_dumb || !prompt::stdin_is_terminal() || !context.output.shows_full_screen() {
        return Err(Failure::usage("--tui needs a terminal").hint("print lines instead: leave out --tui"));
    }
    Ok(())
}

/// What the view needs to know about the run.
#[derive(Debug)]
pub(super) struct TuiSetup {
    path: Option<PathBuf>,
    scope: RunScope,
    options: SendOptions,
    clock: Clock,
}

impl TuiSetup {
    pub(super) fn new(context: &Context, scope: RunScope, plan: &Plan) -> Self {
        let options =
            SendOptions { extra: (*plan.headers).clone(), limit: plan.timeout, insecure: plan.insecure };
        Self { path: default_path(&context.env), scope, options, clock: context.clock.clone() }
    }
}

/// A running view. The terminal is restored when it is dropped.
#[derive(Debug)]
pub(super) struct View {
    keyboard: JoinHandle<()>,
    replays: JoinHandle<()>,
}

impl View {
    /// Waits for a replay that is being made.
    pub(super) async fn finish(mut self) {
        let _ = tokio::time::timeout(PATIENCE, &mut self.replays).await;
    }
}

impl Drop for View {
    fn drop(&mut self) {
        self.keyboard.abort();
        self.replays.abort();
        tui::leave();
    }
}

/// The view, where the engine sends its activities, and how the drawing ended.
pub(super) type Started = (View, mpsc::Sender<Activity>, oneshot::Receiver<std::io::Result<()>>);

pub(super) fn start(
    setup: TuiSetup,
    output: Output,
    human: HumanRenderer,
    commands: mpsc::Sender<ControlCommand>,
) -> Result<Started, Failure> {
    let theme = Theme { color: output.stdout_has_color() };
    let TuiSetup { path, scope, options, clock } = setup;
    let shared = Shared { path: path.unwrap_or_default(), scope, options, clock, secret: Arc::default() };
    let (requests, asked) = blocking::channel();
    let (replays, to_replay) = mpsc::channel(16);
    let control = Control { requests, replays, commands, secret: Arc::clone(&shared.secret) };
    let app = App::new(theme, TimeZone::system());
    let running = tui::start(app, output, human, control)?;
    let messages = running.messages;
    // From here on the terminal is restored if anything fails.
    let replays = tokio::spawn(replaying::serve(shared.clone(), to_replay, messages.clone()));
    let keyboard = keys::start(messages.clone());
    reading::start(shared, asked, messages);
    let view = View { keyboard, replays };
    Ok((view, running.activities, running.ended))
}

/// Does what the view asks for. Nothing here blocks the thread that draws.
struct Control {
    requests: blocking::Sender<Request>,
    replays: mpsc::Sender<EventKey>,
    commands: mpsc::Sender<ControlCommand>,
    secret: Arc<Mutex<Option<Secret>>>,
}

impl Controller for Control {
    fn activity(&mut self, activity: &Activity) {
        if let Activity::Connected { secret, .. } = activity {
            *self.secret.lock().unwrap_or_else(PoisonError::into_inner) = Some(secret.clone());
        }
    }

    fn effect(&mut self, effect: Effect) -> Option<Message> {
        let request = match effect {
            Effect::List(query) => Request::List(query),
            Effect::Rows(keys) => Request::Rows(keys),
            Effect::Open(key) => Request::Open(key),
            Effect::Copy(key) => Request::Copy(key),
            Effect::Replay(key) => {
                let is_full = self.replays.try_send(key).is_err();
                return is_full.then(|| Message::Notice("Too many replays are waiting.".to_owned()));
            }
            Effect::TogglePause => {
                let _ = self.commands.try_send(ControlCommand::TogglePause);
                return None;
            }
            Effect::Quit => {
                let _ = self.commands.try_send(ControlCommand::Quit);
                return None;
            }
        };
        // It fails if the reader has ended; then the process is about to exit.
        let _ = self.requests.send(request);
        None
    }
}

//! Runs the engine with its output, keyboard and history, until the run ends.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::expect::Observer;
use super::history::OpenedHistory;
use super::keyboard::{Keyboard, Keys};
use super::page::{self, Page};
use super::ready_file;
use super::tui::{self, TuiSetup, View};
use crate::commands::Context;
use crate::forward::{self, Activity, Control, ControlCommand, EngineIo, Plan, RunOutcome};
use crate::history::Journal;
use crate::host::signals::Interrupts;
use crate::output::activity::{self, HumanRenderer, PayloadView, start_renderer};
use crate::output::sanitize::sanitize;
use crate::output::{Exit, Failure, style};
use crate::stream::subscription::StreamItem;

/// What shows the run, and where it gets the activities from.
struct Front {
    guard: Guard,
    activity: mpsc::Sender<Activity>,
    drawn: oneshot::Receiver<io::Result<()>>,
}

/// Restores the terminal when it is dropped.
enum Guard {
    Lines(#[expect(dead_code, reason = "only to be dropped")] Option<Keyboard>),
    View(View),
}

/// Delivers what `stream` receives, and prints it. Writes the ready file once connected. The page is served until the end.
pub(super) async fn run(
    context: &mut Context,
    plan: Plan,
    stream: mpsc::Receiver<StreamItem>,
    opened: OpenedHistory,
    (ready_path, interrupts, page): (Option<PathBuf>, Interrupts, Option<Page>),
    (full_screen, observer): (Option<TuiSetup>, Option<Observer>),
) -> Result<RunOutcome, Failure> {
    let journal = opened.journal();
    let stdin_eof = interrupts.has_stdin_eof();
    let unresponsive = interrupts.clone().unresponsive();
    let human = HumanRenderer::new(true, context.global.verbose > 0)
        .with_payload(PayloadView::new(journal.is_some()));
    let keys = if plan.delivers_nothing() { Keys::Printing } else { Keys::Delivering };
    let (wishes, control) = Control::channel();
    let decisions = wishes.clone();
    let Front { guard, activity, drawn } = match full_screen {
        Some(setup) => {
            let human = human.with_closing_line(tui::HELP);
            let (view, activity, drawn) = tui::start(setup, context.another_output(), human, wishes)?;
            Front { guard: Guard::View(view), activity, drawn }
        }
        None => lines(context, human, (keys, wishes), stdin_eof, interrupts.advice(), journal.clone()),
    };
    let activity = match ready_path {
        Some(path) => ready_file::announce_in(path, activity),
        None => activity,
    };
    let activity = match &page {
        Some(page) => page::announce(page, context.clock.clone(), activity),
        None => activity,
    };
    let activity = match observer {
        Some(observer) => observer.observe_in(activity, decisions),
        None => activity,
    };
    for notice in opened.notices {
        let _ = activity.send(notice).await;
    }
    let links = EngineIo { stream, activity, interrupts, control, history: opened.past };
    let run = async {
        let ended = forward::run(plan, links, context.clock.clone()).await;
        let status = journal.as_ref().map(|journal| journal.status());
        if let Some(journal) = journal {
            journal.close().await;
        }
        let lost = status.and_then(|status| activity::not_recorded(&status.borrow()));
        let drawn = drawn.await;
        if let Guard::View(view) = guard {
            view.finish().await;
        }
        (ended, drawn, lost)
    };
    let (ended, drawn, lost) = tokio::select! {
        finished = run => finished,
        // Nothing reads our output, so the engine is blocked; it must not prevent the exit.
        () = unresponsive => return Err(Failure::reported(Exit::Interrupted)),
    };
    drawn.map_err(|_| Failure::new(Exit::Bug, "the thread that prints has ended early"))??;
    if let Some(lost) = lost {
        context.output.status(&style::warn(&sanitize(&lost)))?;
    }
    Ok(ended?)
}

/// Prints lines, and serves the keys of that.
fn lines(
    context: &Context,
    human: HumanRenderer,
    (keys, commands): (Keys, mpsc::Sender<ControlCommand>),
    stdin_eof: bool,
    advice: &'static str,
    journal: Option<Arc<Journal>>,
) -> Front {
    let keyboard = match stdin_eof {
        true => None,
        false => Keyboard::start(context.another_output(), keys, commands, human.only_failures()),
    };
    let has_keys = keyboard.as_ref().is_some_and(|keyboard| keyboard.is_active);
    let human = human.with_closing_line(if has_keys { keys.help() } else { advice });
    let (activity, drawn) = start_renderer(context.another_output(), human, journal);
    Front { guard: Guard::Lines(keyboard), activity, drawn }
}

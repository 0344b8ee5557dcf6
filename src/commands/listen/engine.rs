//! Runs the engine with its output, keyboard and history, until the run ends.

use std::path::PathBuf;

use tokio::sync::mpsc;

use super::history::OpenedHistory;
use super::keyboard::{self, Keyboard};
use super::page::{self, Page};
use super::ready_file;
use crate::commands::Context;
use crate::forward::{self, Control, EngineIo, Plan, RunOutcome};
use crate::host::signals::Interrupts;
use crate::output::activity::{self, HumanRenderer, start_renderer};
use crate::output::sanitize::sanitize;
use crate::output::{Exit, Failure, style};
use crate::stream::subscription::StreamItem;

/// Delivers what `stream` receives, and prints it. Writes the ready file once connected; stops at the end of standard
/// input if that is true. The page is served until the end.
pub(super) async fn run(
    context: &mut Context,
    plan: Plan,
    stream: mpsc::Receiver<StreamItem>,
    opened: OpenedHistory,
    (ready_path, stdin_eof, page): (Option<PathBuf>, bool, Option<Page>),
) -> Result<RunOutcome, Failure> {
    let journal = opened.journal();
    let interrupts = Interrupts::listen_with(stdin_eof)?;
    let unresponsive = interrupts.clone().unresponsive();
    let human = HumanRenderer::new(true, context.global.verbose > 0);
    let (wishes, control) = Control::channel();
    // Restores the terminal when it is dropped.
    let keyboard = match stdin_eof {
        true => None,
        false => Keyboard::start(context.another_output(), wishes, human.only_failures()),
    };
    let human = human.with_closing_line(if keyboard.as_ref().is_some_and(|keyboard| keyboard.is_active) {
        keyboard::HELP
    } else {
        interrupts.advice()
    });
    let (activity, drawn) = start_renderer(context.another_output(), human);
    let activity = match ready_path {
        Some(path) => ready_file::announce_in(path, activity),
        None => activity,
    };
    let activity = match &page {
        Some(page) => page::announce(page.url.clone(), context.clock.clone(), activity),
        None => activity,
    };
    if let Some(notice) = opened.notice {
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
        (ended, drawn.await, lost)
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

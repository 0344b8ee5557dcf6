//! Replays events that the view names, one after the other, so that attempts are counted correctly.

use std::sync::mpsc::SyncSender;

use tokio::sync::mpsc;

use super::shared::Shared;
use crate::history::{EventKey, HistoryReader, RunScope};
use crate::ops::replay::{self, ReplayPlan, ReplaySelection, Sender};
use crate::output::sanitize::sanitize;
use crate::output::tui::Message;
use crate::output::{Failure, activity, style};

pub(super) async fn serve(
    shared: Shared,
    mut events: mpsc::Receiver<EventKey>,
    messages: SyncSender<Message>,
) {
    while let Some(key) = events.recv().await {
        if let Err(failure) = replay(&shared, key, &messages).await {
            let what = format!("could not replay the event: {}", failure.message());
            report(&messages, style::warn(&sanitize(&what)));
        }
    }
}

/// Does not wait: the view may be stopped with Ctrl-S, and this runs beside the engine.
fn report(messages: &SyncSender<Message>, line: String) {
    let _ = messages.try_send(Message::Notice(line));
}

async fn replay(shared: &Shared, key: EventKey, messages: &SyncSender<Message>) -> Result<(), Failure> {
    let path = shared.path.clone();
    let selected = tokio::task::spawn_blocking(move || select(&HistoryReader::open(&path)?, key)).await;
    let ReplayPlan { events, scope } = selected.map_err(|_| Failure::failed("reading has failed"))??;
    let scope = scope.unwrap_or_else(|| shared.scope.clone());
    let secret = shared.secret_for(Some(&scope)).ok_or_else(|| unknown_secret(&scope))?;
    let clock = shared.clock.clone();
    let sender = Sender::new(shared.options.clone(), secret.expose(), &events, clock.clone())?;
    for event in &events {
        let what = format!("Sending {} {} again.", event.event_type, event.id);
        report(messages, style::dim(&sanitize(&what)));
    }
    let journal = replay::open_journal(shared.path.clone(), clock, scope, &events).await?;
    let (_, outcome) = replay::send_all(&journal, sender, &events, |one| {
        report(messages, one.line());
        Ok(())
    })
    .await;
    let status = journal.status();
    journal.close().await;
    if let Some(reason) = activity::not_recorded(&status.borrow()) {
        report(messages, style::warn(&sanitize(&reason)));
    }
    outcome
}

fn select(reader: &HistoryReader, key: EventKey) -> Result<ReplayPlan, Failure> {
    let event = reader.event(key)?.ok_or_else(|| Failure::failed("it is no longer in the history"))?;
    let id = event.id.ok_or_else(|| Failure::failed("it has no id"))?;
    replay::select(reader, &ReplaySelection { ids: vec![id], ..ReplaySelection::default() })
}

fn unknown_secret(scope: &RunScope) -> Failure {
    Failure::failed(format!(
        "its signing secret is not known here, because it is from another account or server ({})",
        scope.base_url
    ))
}

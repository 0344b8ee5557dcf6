//! Where the events of a run come from: the listen stream, or a temporary webhook.

use tokio::sync::mpsc;

use super::history::OpenedHistory;
use super::public_url::{PublicReceiver, PublicUrl, delete_abandoned};
use crate::commands::Context;
use crate::host::signals::Interrupts;
use crate::ops::session::Session;
use crate::output::{Exit, Failure};
use crate::stream::subscription::{StreamConfig, StreamItem, subscribe};

/// An open source of events.
#[derive(Debug)]
pub(super) struct EventSource {
    pub(super) items: mpsc::Receiver<StreamItem>,
    /// To be closed at the end.
    pub(super) receiver: Option<PublicReceiver>,
    /// Since before the webhook was registered. With `stdin_eof`, the end of standard input is one too.
    pub(super) interrupts: Interrupts,
}

/// Opens the webhook of `public`, or else the stream. Webhooks that killed runs left are deleted in both cases. The
/// history is closed if this fails. An interrupt ends it only if it takes long: the webhook would be left.
pub(super) async fn open(
    context: &mut Context,
    session: &Session,
    (public, stream): (Option<PublicUrl>, StreamConfig),
    (resume, opened): (bool, &mut OpenedHistory),
    (interrupts, stdin_eof): (Option<Interrupts>, bool),
) -> Result<EventSource, Failure> {
    let interrupts = interrupts.map_or_else(|| Interrupts::listen_with(stdin_eof), Ok)?;
    let journal = opened.journal();
    let opening = async {
        match public {
            Some(public) => {
                let events = stream.types;
                let (items, receiver) = public.open(context, session, events, (resume, opened)).await?;
                Ok((items, Some(receiver)))
            }
            None => {
                opened.notices.extend(delete_abandoned(context, session).await?);
                Ok((subscribe(stream), None))
            }
        }
    };
    let opened = tokio::select! {
        opened = opening => opened,
        () = interrupts.clone().unresponsive() => Err(Failure::reported(Exit::Interrupted)),
    };
    if let (Err(_), Some(journal)) = (&opened, journal) {
        journal.close().await;
    }
    let (items, receiver) = opened?;
    Ok(EventSource { items, receiver, interrupts })
}

//! Passes keys, changes of the size, and Ctrl-Z on to the view.

use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::host::keypress::KeyReader;
use crate::host::resize::Resizes;
use crate::host::terminal::JobControl;
use crate::output::tui::{self, KeyDecoder, Message};

/// The bytes of one key arrive within this time, also over a slow connection.
const ONE_KEY: Duration = Duration::from_millis(50);

pub(super) fn start(messages: SyncSender<Message>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let redraw = messages.clone();
        let jobs = JobControl {
            stopping: Arc::new(tui::suspend),
            continued: Arc::new(move || {
                tui::resume();
                let _ = redraw.try_send(Message::Redraw);
            }),
        };
        let Some(keys) = KeyReader::open_with(Some(jobs)) else { return };
        tokio::join!(serve(keys, &messages), follow_size(&messages));
    })
}

/// Drops keys while the view is far behind.
async fn serve(mut keys: KeyReader, messages: &SyncSender<Message>) {
    let mut decoder = KeyDecoder::default();
    loop {
        let byte = match decoder.is_pending() {
            true => tokio::time::timeout(ONE_KEY, keys.next()).await.ok(),
            false => Some(keys.next().await),
        };
        let keys = match byte {
            Some(byte) => u8::try_from(byte).map(|byte| decoder.push(byte)).unwrap_or_default(),
            None => Vec::from_iter(decoder.timeout()),
        };
        for key in keys {
            let _ = messages.try_send(Message::Key(key));
        }
    }
}

async fn follow_size(messages: &SyncSender<Message>) {
    let mut resizes = Resizes::listen();
    loop {
        resizes.next().await;
        let _ = messages.try_send(Message::Redraw);
    }
}

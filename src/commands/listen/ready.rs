//! `--ready-file`: tells scripts that events sent from now on are received.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tokio::sync::mpsc;

use crate::forward::Activity;
use crate::output::Failure;

/// Removes the file of an earlier run, which would say that this one is ready.
///
/// # Errors
/// When it cannot be removed.
pub(super) fn remove_stale(path: &Path) -> Result<(), Failure> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Failure::usage(format!("could not remove the ready file `{}`: {error}", path.display())))
        }
        _ => Ok(()),
    }
}

/// Passes activities on to `next`, and writes the file at the first connection.
pub(super) fn announce_in(path: PathBuf, next: mpsc::Sender<Activity>) -> mpsc::Sender<Activity> {
    let (sender, mut receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        let mut path = Some(path);
        while let Some(activity) = receiver.recv().await {
            if let (Activity::Connected { .. }, Some(path)) = (&activity, &path)
                && let Err(error) = write(path)
            {
                tracing::error!("could not write the ready file `{}`: {error}", path.display());
            }
            if matches!(activity, Activity::Connected { .. }) {
                path = None;
            }
            if next.send(activity).await.is_err() {
                break;
            }
        }
    });
    sender
}

/// Whole or not at all: whoever sees the file can read it.
fn write(path: &Path) -> io::Result<()> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(".tmp");
    fs::write(&draft, "connected\n")?;
    fs::rename(&draft, path)
}

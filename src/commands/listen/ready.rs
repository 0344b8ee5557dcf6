//! `--ready-file`: a file that appears once events are received, for scripts.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tokio::sync::mpsc;

use crate::forward::Activity;
use crate::host::io_words::in_words;
use crate::output::Failure;

/// Removes the file of an earlier run, which would say that this one is ready. Checks that it can be written: scripts
/// wait for it.
///
/// # Errors
/// When it cannot be removed or written.
pub(super) fn remove_stale(path: &Path) -> Result<(), Failure> {
    let failed = |what, error| {
        Failure::usage(format!("could not {what} the ready file `{}`: {}", path.display(), in_words(&error)))
    };
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed("remove", error)),
        _ => {}
    }
    let draft = draft_of(path);
    fs::write(&draft, "").and_then(|()| fs::remove_file(&draft)).map_err(|error| failed("write", error))
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
                tracing::error!("could not write the ready file `{}`: {}", path.display(), in_words(&error));
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

/// Written in full or not at all, so that a script never reads half of it.
fn write(path: &Path) -> io::Result<()> {
    let draft = draft_of(path);
    fs::write(&draft, "connected\n")?;
    fs::rename(&draft, path)
}

fn draft_of(path: &Path) -> PathBuf {
    let mut draft = path.as_os_str().to_owned();
    draft.push(".tmp");
    draft.into()
}

//! `--ready-file`: a file that scripts can wait for; it is created once the stream is connected.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tokio::sync::mpsc;

use crate::forward::{Activity, send};
use crate::host::io_error::io_message;
use crate::host::replace::replace;
use crate::output::Failure;

const CONTENT: &str = "connected\n";

/// Removes the file of an earlier run, and checks that it can be written, because scripts wait for it.
pub(super) fn remove_stale(path: &Path) -> Result<(), Failure> {
    let failed = |what, error| {
        Failure::usage(format!(
            "could not {what} the ready file `{}`: {}",
            path.display(),
            io_message(&error)
        ))
    };
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed("remove", error)),
        _ => {}
    }
    let draft = draft_of(path);
    fs::write(&draft, "").and_then(|()| fs::remove_file(&draft)).map_err(|error| failed("write", error))
}

/// The same for a command line that cannot be run: otherwise a script would find the file of an earlier run.
pub(crate) fn remove_named_in(args: &[OsString]) {
    let is_ours = args.iter().any(|arg| arg == "listen");
    let args: Vec<&OsStr> = args.iter().map(OsString::as_os_str).take_while(|arg| *arg != "--").collect();
    let joined = |arg: &&OsStr| arg.to_str()?.strip_prefix("--ready-file=").map(PathBuf::from);
    let separate = |pair: &[&OsStr]| match pair {
        [flag, path] if *flag == "--ready-file" => Some(PathBuf::from(path)),
        _ => None,
    };
    let paths = args.iter().filter_map(joined).chain(args.windows(2).filter_map(separate));
    for path in paths.filter(|path| is_ours && path.is_file()) {
        // If it cannot be removed, `remove_stale` reports that once the command line is valid.
        let _ = fs::remove_file(path);
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
                tracing::error!(
                    "could not write the ready file `{}`: {}",
                    path.display(),
                    io_message(&error)
                );
            }
            if matches!(activity, Activity::Connected { .. }) {
                path = None;
            }
            if !send(&next, activity).await {
                break;
            }
        }
    });
    sender
}

/// Atomic, so that a script never reads half of it.
fn write(path: &Path) -> io::Result<()> {
    let draft = draft_of(path);
    fs::write(&draft, CONTENT)?;
    replace(&draft, path)
}

fn draft_of(path: &Path) -> PathBuf {
    let mut draft = path.as_os_str().to_owned();
    draft.push(".tmp");
    draft.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_ready_file_of_listen_is_removed() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("ready");
        let shown = path.display().to_string();
        let is_removed = |args: &[&str]| {
            fs::write(&path, CONTENT).unwrap();
            let args: Vec<OsString> = ["cstar"].iter().chain(args).map(OsString::from).collect();
            remove_named_in(&args);
            !path.exists()
        };
        assert!(is_removed(&["listen", "--ready-file", &shown, "--bad"]));
        assert!(is_removed(&["--json", "listen", "--for", "x", &format!("--ready-file={shown}")]));
        assert!(!is_removed(&["trigger", "--ready-file", &shown]));
        assert!(!is_removed(&["listen", "--", "--ready-file", &shown]));
        assert!(!is_removed(&["listen", "--ready-file", "--json", &shown]));
        assert!(!is_removed(&["listen", "--ready-file"]));
    }
}

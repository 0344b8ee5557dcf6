//! Which sandbox runs for a directory: a file beside its state with the address, valid while its lock is held.
//!
//! By it `--sandbox` finds the sandbox of its own configuration directory, on whatever port that is, and commands
//! that work on a state find the process that has it open. A process that was killed leaves the file and loses
//! the lock.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::Secret;
use crate::host::file_lock::FileLock;
use crate::host::replace::replace;
use crate::host::{permissions, private_fs};

const FILE: &str = "running.json";
const DRAFT: &str = "running.json.tmp";
const LOCK: &str = "running.lock";
/// More than an address and a key take, in bytes.
const LARGEST: u64 = 16 * 1024;
/// Those who only look hold the lock for an instant.
const LOCK_TIMEOUT: Duration = Duration::from_millis(500);

#[derive(Clone, Debug)]
pub(crate) struct Running {
    pub(crate) base_url: String,
    /// Where its state is; `None` when that is in memory.
    pub(crate) data_dir: Option<PathBuf>,
    /// Its secret test key, if that is not the public one.
    pub(crate) key: Option<Secret>,
    /// The slug of the team that the key is for, if it was asked for. Otherwise it is the main team.
    pub(crate) team: Option<String>,
}

/// The entry of a sandbox in this process. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Registration {
    path: PathBuf,
    /// The directories that were made for it, the innermost first.
    made: Vec<PathBuf>,
    _lock: FileLock,
}

impl Registration {
    /// Writes to `directory`, creating it if necessary, where the sandbox is. `None` if another one runs there.
    /// `key` is its secret test key, if that is not the public one.
    pub(crate) fn create(
        directory: &Path,
        base_url: &str,
        data_dir: Option<&Path>,
        key: Option<&str>,
    ) -> io::Result<Option<Self>> {
        let made = directory.ancestors().take_while(|path| !path.exists()).map(Path::to_owned).collect();
        private_fs::create_directory(directory)?;
        let lock = match FileLock::acquire(&directory.join(LOCK), LOCK_TIMEOUT) {
            Ok(lock) => lock,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
            Err(error) => return Err(error),
        };
        let (draft, path) = (directory.join(DRAFT), directory.join(FILE));
        // under the lock: what is there was left by a process that was killed
        let _ = fs::remove_file(&draft);
        let mut file = private_fs::create_new(&draft)?;
        let data_dir = data_dir.map(std::path::absolute).transpose()?;
        let data_dir = data_dir.map(|directory| directory.display().to_string());
        let entry = json!({ "base_url": base_url, "data_dir": data_dir, "key": key });
        io::Write::write_all(&mut file, entry.to_string().as_bytes())?;
        drop(file);
        replace(&draft, &path)?;
        Ok(Some(Self { path, made, _lock: lock }))
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // what stays behind is not valid without the lock
        let _ = fs::remove_file(&self.path);
        if self.made.is_empty() {
            return;
        }
        // Without a state beside it the directory was made for this entry alone. Directories that hold something
        // are not removed.
        let _ = fs::remove_file(self.path.with_file_name(LOCK));
        for directory in &self.made {
            let _ = fs::remove_dir(directory);
        }
    }
}

pub(crate) fn find(directory: &Path) -> Option<Running> {
    let (file, access) = permissions::open(&directory.join(FILE)).ok()?;
    // Another user could name an address of theirs.
    let text = private_fs::read_text(file, LARGEST)
        .ok()
        .filter(|_| access.is_regular_file && access.is_trusted_owner)?;
    let value: Value = serde_json::from_str(&text).ok()?;
    match FileLock::acquire(&directory.join(LOCK), Duration::ZERO) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
        _ => return None,
    }
    let base_url = value.get("base_url")?.as_str()?.to_owned();
    let data_dir = value.get("data_dir").and_then(Value::as_str).map(PathBuf::from);
    let key = value.get("key").and_then(Value::as_str).map(Secret::new);
    Some(Running { base_url, data_dir, key, team: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_running_sandbox_is_found_until_it_ends() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("sandbox");
        assert!(find(&path).is_none());
        let create = |base_url: &str| Registration::create(&path, base_url, None, None).unwrap();
        let entry = create("http://127.0.0.1:5000").unwrap();
        let found = find(&path).unwrap();
        assert_eq!((found.base_url.as_str(), found.key.is_none()), ("http://127.0.0.1:5000", true));
        assert!(found.data_dir.is_none() && create("http://127.0.0.1:1").is_none());
        drop(entry);
        assert!(find(&path).is_none());
        // Windows keeps a file, and so its directory, until the last handle is closed: here that of the lock.
        assert!(cfg!(windows) || !path.exists(), "a directory without a state is removed");
    }

    #[test]
    fn a_file_without_its_lock_is_stale() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(FILE), r#"{"base_url":"http://127.0.0.1:1","key":null}"#).unwrap();
        assert!(find(directory.path()).is_none());
    }
}

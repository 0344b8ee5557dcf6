//! The files that people edit by hand, with any bytes in them: each is read or refused, and what is written
//! into one that was read is found there again, next to everything else.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use super::config::ConfigFile;
use super::credentials::KeyFile;
use super::profile::{Profile, Team};
use super::{Backend, ProfileStoreError, ProjectFile};
use crate::Secret;
use crate::host::env::Env;
use crate::net::BaseUrl;

/// What is put into a file.
const KEY: &str = "sk_test_added";
/// A value in the credentials file that no message may contain.
const HIDDEN: &str = "hunter2";

/// The same bytes as each of the files.
pub(crate) fn files(data: &[u8]) {
    let Ok(directory) = tempfile::tempdir() else { return };
    let home = directory.path();
    for name in [".cstar.toml", "config.toml", "credentials.toml"] {
        if put(&home.join(name), data).is_err() {
            return;
        }
    }
    project(&home.join(".cstar.toml"));
    config(home);
    credentials(home, data);
}

/// For its owner alone, or it would not be read.
fn put(path: &Path, data: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(data)
}

/// A project file that is obeyed holds no key.
fn project(path: &Path) {
    let Ok(Some(project)) = ProjectFile::inspect(Some(path.to_owned()), &Env::default()) else { return };
    for (member, value) in project.members.to_list() {
        assert!(!value.contains("sk_live_") && !value.contains("whsec_"), "{member} = {value}");
    }
}

/// A profile comes and goes, and the others stay.
fn config(home: &Path) {
    let Ok((mut file, before)) = ConfigFile::read(home) else { return };
    let Ok(base) = BaseUrl::parse("https://www.cstar.help") else { return };
    let added = Profile {
        name: "added.by-us".to_owned(),
        base,
        team: Team { id: "t".to_owned(), name: Some("\"\n".to_owned()), slug: None },
        key_type: "secret".to_owned(),
        environment: "test".to_owned(),
        masked_key: "sk_test_…".to_owned(),
        backend: Backend::File,
        saved_at: None,
        fingerprint: String::new(),
    };
    let others: Vec<Profile> =
        before.profiles().into_iter().filter(|known| known.name != added.name).collect();
    file.set_profile(&added);
    file.set_active(&added.name);
    let read = |file: &ConfigFile, what: &str| {
        let written = fs::write(home.join("config.toml"), file.text());
        let read = written.map_err(|error| ProfileStoreError::Read { path: home.into(), error });
        let read = read.and_then(|()| ConfigFile::read(home));
        assert!(read.is_ok(), "{what}: {:?}", read.err());
        read.map(|(_, config)| (config.profiles(), config.active)).unwrap_or_default()
    };
    let (profiles, active) = read(&file, "a profile was added");
    let (ours, rest): (Vec<_>, Vec<_>) = profiles.into_iter().partition(|known| known.name == added.name);
    assert_eq!((ours, &rest, active.as_ref()), (vec![added.clone()], &others, Some(&added.name)));
    file.remove_profile(&added.name);
    assert_eq!(read(&file, "it was removed again").0, others);
}

/// A key comes, and no message shows what is in the file.
fn credentials(home: &Path, data: &[u8]) {
    let file = KeyFile::new(home);
    let text = String::from_utf8_lossy(data);
    let before = match file.get("a") {
        Ok(key) => key,
        Err(error) => {
            assert!(!error.to_string().contains(HIDDEN), "{error}: {text}");
            return;
        }
    };
    let Ok(with) = file.with("added", &Secret::new(KEY)) else { return };
    if fs::write(file.path(), with).is_err() {
        return;
    }
    let exposed = |name| file.get(name).ok().flatten().map(|key| key.expose().to_owned());
    assert_eq!(exposed("added").as_deref(), Some(KEY), "{text}");
    assert_eq!(exposed("a"), before.map(|key| key.expose().to_owned()), "{text}");
}

//! `credentials.toml`, which only its owner can read: the store for keys where there is no keychain.

use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, Table, TableLike, value};

use crate::Secret;
use crate::account::ProfileStoreError;
use crate::account::config::{corrupt, parsed};
use crate::account::private_file::{self, PermissionCheck};

const FILE: &str = "credentials.toml";
const KEYS: &str = "keys";
const HEADER: &str = "# API keys, stored here because there was no keychain.\n# Anyone who can read this file can use them.\n\n[keys]\n";

/// The file in one configuration directory.
#[derive(Clone, Debug)]
pub(in crate::account) struct KeyFile(PathBuf);

impl KeyFile {
    /// The file in `directory`, which need not exist.
    pub(in crate::account) fn new(directory: &Path) -> Self {
        Self(directory.join(FILE))
    }

    pub(in crate::account) fn path(&self) -> &Path {
        &self.0
    }

    pub(in crate::account) fn get(&self, profile: &str) -> Result<Option<Secret>, ProfileStoreError> {
        let mut document = self.read()?;
        match self.keys(&mut document)?.get(profile).map(Item::as_str) {
            None => Ok(None),
            Some(Some(key)) => Ok(Some(Secret::new(key))),
            Some(None) => Err(corrupt(&self.0, None, format!("the key of `{profile}` is not a string"))),
        }
    }

    /// Stores the key of a profile and replaces an existing one.
    pub(in crate::account) fn set(&self, profile: &str, key: &Secret) -> Result<(), ProfileStoreError> {
        private_file::write(&self.0, &self.with(profile, key)?)
    }

    /// The text of the file with the key of the profile.
    pub(in crate::account) fn with(&self, profile: &str, key: &Secret) -> Result<String, ProfileStoreError> {
        let mut document = self.read()?;
        self.keys(&mut document)?.insert(profile, value(key.expose()));
        Ok(document.to_string())
    }

    pub(in crate::account) fn delete(&self, profile: &str) -> Result<(), ProfileStoreError> {
        let mut document = self.read()?;
        match self.keys(&mut document)?.remove(profile) {
            Some(_) => private_file::write_shorter(&self.0, &document.to_string()),
            None => Ok(()),
        }
    }

    fn keys<'d>(&self, document: &'d mut DocumentMut) -> Result<&'d mut dyn TableLike, ProfileStoreError> {
        let keys = document.entry(KEYS).or_insert_with(|| Item::Table(Table::new()));
        keys.as_table_like_mut().ok_or_else(|| corrupt(&self.0, None, format!("`{KEYS}` is not a table")))
    }

    fn read(&self) -> Result<DocumentMut, ProfileStoreError> {
        let text = private_file::read(&self.0, PermissionCheck::Read)?;
        Ok(parsed(&self.0, text.as_deref().unwrap_or(HEADER))?.into_mut())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn changes_of_keys_preserve_comments() {
        let home = tempfile::tempdir().unwrap();
        let file = KeyFile::new(home.path());
        assert!(file.get("a").unwrap().is_none());
        file.delete("a").unwrap();
        assert!(!file.0.exists(), "nothing was there to delete");
        for (name, key) in [("a", "sk_test_1"), ("b.c@d", "sk_test_2"), ("a", "sk_test_3")] {
            file.set(name, &Secret::new(key)).unwrap();
        }
        assert_eq!(file.get("a").unwrap().unwrap().expose(), "sk_test_3");
        assert_eq!(file.get("b.c@d").unwrap().unwrap().expose(), "sk_test_2");
        file.delete("a").unwrap();
        assert!(file.get("a").unwrap().is_none());
        let text = fs::read_to_string(&file.0).unwrap();
        assert!(text.starts_with("# API keys") && !text.contains("sk_test_3"), "{text}");
    }

    #[test]
    fn errors_do_not_show_the_content() {
        let home = tempfile::tempdir().unwrap();
        let file = KeyFile::new(home.path());
        for text in
            ["[keys]\na = sk_test_hunter2\n", "keys = \"sk_test_hunter2\"\n", "[keys]\na = [\"hunter2\"]\n"]
        {
            private_file::write(&file.0, text).unwrap();
            let error = file.get("a").unwrap_err().to_string();
            assert!(!error.contains("hunter2") && error.contains(FILE), "{error}");
        }
    }
}

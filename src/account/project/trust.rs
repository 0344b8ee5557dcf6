//! `trusted.toml`: the project files that the user trusts, each with the hash of the content that was shown.

use std::path::Path;

use toml_edit::{DocumentMut, Item, Table, value};

use crate::account::ProfileStoreError;
use crate::account::config::{corrupt, parsed};
use crate::account::private_file::{self, PermissionCheck};

const FILE: &str = "trusted.toml";
const FILES: &str = "files";
const HEADER: &str = "# ProjectFile files that `cstar profiles trust` was run for, with the SHA-256 of their content.\n\n[files]\n";

pub(super) fn is_recorded(config: &Path, path: &Path, digest: &str) -> Result<bool, ProfileStoreError> {
    let document = read(config)?;
    let known = document.get(FILES).and_then(|files| files.get(name(path))).and_then(Item::as_str);
    Ok(known == Some(digest))
}

/// Trusts `path` with this content instead of any earlier one.
pub(super) fn record(config: &Path, path: &Path, digest: &str) -> Result<(), ProfileStoreError> {
    private_file::create_directory(config)?;
    let _lock = private_file::lock(config)?;
    let mut document = read(config)?;
    let files = document.entry(FILES).or_insert_with(|| Item::Table(Table::new()));
    let files = files
        .as_table_like_mut()
        .ok_or_else(|| corrupt(&config.join(FILE), None, format!("`{FILES}` is not a table")))?;
    files.insert(&name(path), value(digest));
    private_file::write(&config.join(FILE), &document.to_string())
}

fn read(config: &Path) -> Result<DocumentMut, ProfileStoreError> {
    let path = config.join(FILE);
    let text = private_file::read(&path, PermissionCheck::Change)?;
    Ok(parsed(&path, text.as_deref().unwrap_or(HEADER))?.into_mut())
}

/// The path as text. A path that is not Unicode is escaped, so that it differs from all others.
fn name(path: &Path) -> String {
    path.to_str().map_or_else(|| format!("{path:?}"), str::to_owned)
}

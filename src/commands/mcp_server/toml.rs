//! The configuration of Codex, which is TOML: the entry is a table in `mcp_servers`.

use toml_edit::{Array, DocumentMut, Item, Table, TableLike, value};

use super::config::{NAME, Start};

const SERVERS: &str = "mcp_servers";

/// `text` with the entry. Other settings of an entry that was there stay, such as its time limits.
pub(super) fn put(text: &str, start: &Start) -> Result<String, String> {
    if find(text)? == Some(start.words()) {
        return Ok(text.to_owned());
    }
    let mut document = parse(text)?;
    let new = || {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    };
    let servers = document.entry(SERVERS).or_insert_with(new).as_table_like_mut().ok_or_else(not_a_table)?;
    if servers.get(NAME).and_then(Item::as_table_like).is_none() {
        servers.insert(NAME, Item::Table(Table::new()));
    }
    let entry = servers.get_mut(NAME).and_then(Item::as_table_like_mut).ok_or_else(not_a_table)?;
    // With an address it would be a remote server.
    entry.remove("url");
    set(entry, "command", value(&start.command));
    set(entry, "args", value(start.args.iter().collect::<Array>()));
    Ok(document.to_string())
}

/// Keeps what surrounds an old value, such as a comment.
fn set(entry: &mut dyn TableLike, name: &str, mut new: Item) {
    let old = entry.get(name).and_then(Item::as_value);
    if let (Some(old), Some(new)) = (old.map(|old| old.decor().clone()), new.as_value_mut()) {
        *new.decor_mut() = old;
    }
    match entry.get_mut(name) {
        Some(old) => *old = new,
        None => {
            entry.insert(name, new);
        }
    }
}

/// The program and its arguments.
pub(super) fn find(text: &str) -> Result<Option<Vec<String>>, String> {
    let document = parse(text)?;
    let Some(servers) = document.get(SERVERS) else { return Ok(None) };
    let servers = servers.as_table_like().ok_or_else(not_a_table)?;
    let Some(entry) = servers.get(NAME).and_then(Item::as_table_like) else { return Ok(None) };
    let command = entry.get("command").and_then(Item::as_str).unwrap_or_default().to_owned();
    let args = entry.get("args").and_then(Item::as_array);
    let args = args.into_iter().flatten().filter_map(|arg| arg.as_str().map(str::to_owned));
    Ok(Some(std::iter::once(command).chain(args).collect()))
}

/// `text` without the entry.
pub(super) fn take(text: &str) -> Result<String, String> {
    let mut document = parse(text)?;
    let servers = document.get_mut(SERVERS).and_then(Item::as_table_like_mut).ok_or_else(not_a_table)?;
    servers.remove(NAME);
    Ok(document.to_string())
}

fn not_a_table() -> String {
    format!("`{SERVERS}` is not a table")
}

fn parse(text: &str) -> Result<DocumentMut, String> {
    text.parse().map_err(|error: toml_edit::TomlError| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        format!("line {}: {}", before.matches('\n').count() + 1, error.message().replace('\n', " "))
    })
}

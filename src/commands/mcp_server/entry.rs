//! The entry of this server in the configuration of an agent: put into the text of the file, found in it, taken out.

use serde_json::{Value, json};

use super::client::{Client, Format, OPENCODE_1};
use super::config::{NAME, Start};
use super::{jsonc, toml};

/// What comes before the program in the file of Continue, which is for this server alone.
const YAML: &str = "name: cStar\nversion: 0.0.1\nschema: v1\nmcpServers:\n  - name: cstar\n    command: ";
const YAML_ARGS: &str = "\n    args: ";

/// `text` with the entry; of an empty text, a whole file.
///
/// # Errors
/// What is wrong with the file.
pub(super) fn put(client: Client, start: &Start, text: &str) -> Result<String, String> {
    match client.format(text) {
        Format::Json(_) if text.trim().is_empty() => Ok(whole_json(client, start)),
        Format::Json(path) => jsonc::put(text, path, NAME, &member(client, start, path)),
        Format::Toml => toml::put(text, start),
        // JSON strings are YAML too.
        Format::OwnYaml => Ok(format!("{YAML}{}{YAML_ARGS}{}\n", json!(start.command), json!(start.args))),
    }
}

fn whole_json(client: Client, start: &Start) -> String {
    let Format::Json(path) = client.format("") else { return String::new() };
    let entry = json!({ NAME: member(client, start, path) });
    let whole = path.iter().rev().fold(entry, |inner, name| json!({ *name: inner }));
    serde_json::to_string_pretty(&whole).unwrap_or_default() + "\n"
}

fn member(client: Client, start: &Start, path: &[&str]) -> Value {
    let Start { command, args } = start;
    match client {
        Client::Vscode => json!({ "type": "stdio", "command": command, "args": args }),
        Client::Opencode => {
            let words: Vec<&String> = std::iter::once(command).chain(args).collect();
            match path {
                OPENCODE_1 => json!({ "type": "local", "command": words, "enabled": true }),
                _ => json!({ "type": "local", "command": words }),
            }
        }
        _ => json!({ "command": command, "args": args }),
    }
}

/// The program and its arguments in the entry; `None` without an entry.
///
/// # Errors
/// What is wrong with the file.
pub(super) fn find(client: Client, text: &str) -> Result<Option<Vec<String>>, String> {
    match client.format(text) {
        _ if text.trim().is_empty() => Ok(None),
        Format::Json(path) => jsonc::find(text, path, NAME),
        Format::Toml => toml::find(text),
        Format::OwnYaml => Ok(Some(own_yaml(text).ok_or("it was changed by hand")?)),
    }
}

/// The program and its arguments in a file that is as `put` made it.
fn own_yaml(text: &str) -> Option<Vec<String>> {
    let text = text.replace("\r\n", "\n");
    let (command, args) = text.strip_prefix(YAML)?.split_once(YAML_ARGS)?;
    let mut words = vec![serde_json::from_str(command).ok()?];
    words.extend(serde_json::from_str::<Vec<String>>(args).ok()?);
    Some(words)
}

/// What remains of a file.
#[derive(Debug)]
pub(super) enum Rest {
    /// There was no entry.
    Same,
    Text(String),
    /// The file was for this server alone.
    Nothing,
}

/// `text` without the entry.
///
/// # Errors
/// What is wrong with the file.
pub(super) fn take(client: Client, text: &str) -> Result<Rest, String> {
    if find(client, text)?.is_none() {
        return Ok(Rest::Same);
    }
    match client.format(text) {
        Format::Json(path) => jsonc::take(text, path, NAME).map(Rest::Text),
        Format::Toml => toml::take(text).map(Rest::Text),
        Format::OwnYaml => Ok(Rest::Nothing),
    }
}

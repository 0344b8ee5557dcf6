//! The configuration of an agent with any text in it: a server is put into it, or it is refused.

use serde_json::{Map, Value, json};

use super::put;

const OBJECT: &str = "mcpServers";
const NAME: &str = "cstar";

/// The server is there, and in plain JSON everything else is unchanged.
pub(crate) fn agent_config(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let ours = json!({ "command": "cstar", "args": ["mcp-server"] });
    let Ok(out) = put(&text, &[OBJECT], NAME, &ours) else { return };
    // The second time changes nothing, but for the indentation, which is that of the file.
    let again = put(&out, &[OBJECT], NAME, &ours);
    assert_eq!(again.as_deref().map(squeezed), Ok(squeezed(&out)), "{text}");
    let Ok(Value::Object(before)) = serde_json::from_str(&text) else { return };
    let after: Value = serde_json::from_str(&out).unwrap_or_default();
    assert_eq!(after.pointer("/mcpServers/cstar"), Some(&ours), "{text}");
    assert_eq!(others(before), after.as_object().cloned().map(others).unwrap_or_default(), "{text}");
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Everything but the server, and the object that may have been made for it.
fn others(mut root: Map<String, Value>) -> Map<String, Value> {
    let servers = root.get_mut(OBJECT).and_then(Value::as_object_mut);
    let is_empty = servers.map(|servers| {
        servers.remove(NAME);
        servers.is_empty()
    });
    if is_empty == Some(true) {
        root.remove(OBJECT);
    }
    root
}

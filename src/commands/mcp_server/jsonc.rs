//! One member put into a JSON file that people write, comments and trailing commas included, without
//! touching anything else in it.

use std::ops::Range;

use serde_json::Value;

/// `text` with `object.name` set to `value`, in the indentation of the file.
///
/// # Errors
/// What is wrong with the file, if it cannot be read.
pub(super) fn put(text: &str, object: &str, name: &str, value: &Value) -> Result<String, String> {
    let root = Object::at(text, skip(text, 0)?)?;
    let unit = indentation(text);
    let Some(found) = root.member(object) else {
        let inner = json(&serde_json::json!({ name: value }), unit, 1);
        return Ok(insert(text, &root, &format!("{}: {inner}", quoted(object)), unit, 1));
    };
    let servers = Object::at(text, found.start)?;
    match servers.member(name) {
        Some(old) => {
            let (before, after) = (text.get(..old.start), text.get(old.end..));
            let new = json(value, unit, 2);
            Ok(format!("{}{new}{}", before.unwrap_or_default(), after.unwrap_or_default()))
        }
        None => {
            let new = format!("{}: {}", quoted(name), json(value, unit, 2));
            Ok(insert(text, &servers, &new, unit, 2))
        }
    }
}

/// An object in the text: where it begins, and its members.
struct Object {
    /// Behind the opening brace.
    start: usize,
    members: Vec<(String, Range<usize>)>,
}

impl Object {
    fn at(text: &str, at: usize) -> Result<Self, String> {
        if byte(text, at) != Some(b'{') {
            return Err(format!("an object was expected at {}", position(text, at)));
        }
        let mut object = Self { start: at + 1, members: Vec::new() };
        let mut next = skip(text, at + 1)?;
        while byte(text, next) != Some(b'}') {
            let end = string_end(text, next)?;
            let name: String = serde_json::from_str(text.get(next..end).unwrap_or_default())
                .map_err(|_| format!("a name was expected at {}", position(text, next)))?;
            let colon = skip(text, end)?;
            if byte(text, colon) != Some(b':') {
                return Err(format!("a colon was expected at {}", position(text, colon)));
            }
            let value = skip(text, colon + 1)?;
            let end = value_end(text, value)?;
            object.members.push((name, value..end));
            next = skip(text, end)?;
            match byte(text, next) {
                Some(b',') => next = skip(text, next + 1)?,
                Some(b'}') => {}
                _ => return Err(format!("a comma was expected at {}", position(text, next))),
            }
        }
        Ok(object)
    }

    /// Of several with one name the last one counts, as it does for those who read the file.
    fn member(&self, name: &str) -> Option<Range<usize>> {
        self.members.iter().rev().find(|(known, _)| known == name).map(|(_, range)| range.clone())
    }
}

/// Puts a member first: what stands last may have a comma or not.
fn insert(text: &str, object: &Object, member: &str, unit: &str, depth: usize) -> String {
    let (before, after) = (text.get(..object.start), text.get(object.start..));
    let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
    let indent = unit.repeat(depth);
    let end = match object.members.is_empty() {
        true if after.trim_start().starts_with('}') => {
            let after = after.trim_start();
            return format!("{before}\n{indent}{member}\n{}{after}", unit.repeat(depth - 1));
        }
        // Only a comment is in it.
        true => "",
        false => ",",
    };
    let gap = if after.starts_with(['\n', '\r']) { String::new() } else { format!("\n{indent}") };
    format!("{before}\n{indent}{member}{end}{gap}{}", if gap.is_empty() { after } else { after.trim_start() })
}

fn byte(text: &str, at: usize) -> Option<u8> {
    text.as_bytes().get(at).copied()
}

/// Past white space and comments.
fn skip(text: &str, mut at: usize) -> Result<usize, String> {
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n', '\u{feff}']);
        at += rest.len() - trimmed.len();
        if trimmed.starts_with("//") {
            at += trimmed.find('\n').unwrap_or(trimmed.len());
        } else if trimmed.starts_with("/*") {
            let open = || format!("a comment does not end: {}", position(text, at));
            at += trimmed.find("*/").ok_or_else(open)? + 2;
        } else if trimmed.is_empty() {
            return Err("it ends too early".to_owned());
        } else {
            return Ok(at);
        }
    }
}

fn string_end(text: &str, at: usize) -> Result<usize, String> {
    if byte(text, at) != Some(b'"') {
        return Err(format!("a text was expected at {}", position(text, at)));
    }
    let mut end = at + 1;
    loop {
        match byte(text, end) {
            Some(b'"') => return Ok(end + 1),
            Some(b'\\') => end += 2,
            Some(_) => end += 1,
            None => return Err(format!("a text does not end: {}", position(text, at))),
        }
    }
}

/// Values are stepped over by their brackets; what is inside is not ours to judge.
fn value_end(text: &str, at: usize) -> Result<usize, String> {
    let (mut end, mut depth) = (at, 0_usize);
    loop {
        match byte(text, end) {
            Some(b'"') => end = string_end(text, end)?,
            Some(b'{' | b'[') => (end, depth) = (end + 1, depth + 1),
            Some(b'}' | b']') if depth == 0 => return Ok(end),
            Some(b'}' | b']') => (end, depth) = (end + 1, depth - 1),
            Some(b',') if depth == 0 => return Ok(end),
            Some(_) => end += text.get(end..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8),
            None => return Err("it ends too early".to_owned()),
        }
        if depth == 0 && matches!(byte(text, end.wrapping_sub(1)), Some(b'}' | b']' | b'"')) {
            return Ok(end);
        }
        if depth == 0 && matches!(byte(text, end), Some(b' ' | b'\t' | b'\r' | b'\n' | b'/')) {
            return Ok(end);
        }
        if depth > 0 {
            end = skip(text, end)?;
        }
    }
}

fn position(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or(text);
    format!("line {}", before.matches('\n').count() + 1)
}

/// That of the first line that has one.
fn indentation(text: &str) -> &str {
    let indented = text.lines().find(|line| line.starts_with([' ', '\t']) && !line.trim().is_empty());
    let line = indented.unwrap_or("  ");
    // No other white space is any in JSON.
    let rest = line.trim_start_matches([' ', '\t']);
    line.get(..line.len() - rest.len()).filter(|unit| !unit.is_empty()).unwrap_or("  ")
}

fn quoted(name: &str) -> String {
    Value::from(name).to_string()
}

/// Indented by `unit`, its further lines at `depth`.
fn json(value: &Value, unit: &str, depth: usize) -> String {
    use serde::Serialize;
    let mut out = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(unit.as_bytes());
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, formatter);
    // A value that is in memory can be written.
    let _ = value.serialize(&mut serializer);
    String::from_utf8_lossy(&out).replace('\n', &format!("\n{}", unit.repeat(depth)))
}

#[cfg(any(test, fuzzing))]
pub(crate) mod fuzz;
#[cfg(test)]
mod tests;

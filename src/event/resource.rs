//! The key of the resource an event is about: events with the same key are delivered in order.

use serde_json::value::RawValue;

use super::members::members;

/// The key of the resource an event is about, such as `ticket:tkt_1`.
///
/// Looked up, in this order: `data.<resource>.id` (documented), `data.id` (the former documented shape, the
/// resource itself in `data`), and the first member of `data` that is an object with an `id`, whose name
/// then is the first half of the key. The resource is the part of the type before the dot. Without any id,
/// or if the body is not JSON, the key is the resource alone, so that such events all stay in order. Reads
/// the body in place and never fails.
pub fn resource_key(event_type: &str, body: &[u8]) -> String {
    let mut data: Option<&RawValue> = None;
    let read = std::str::from_utf8(body).ok().and_then(|text| {
        members(text, |name, value| {
            if name == b"data" {
                data = Some(value);
            }
        })
        .ok()
    });
    key_in(event_type, read.and(data).map(RawValue::get))
}

/// [`resource_key`] on the `data` member alone.
pub(super) fn key_in(event_type: &str, data: Option<&str>) -> String {
    let resource = event_type.split_once('.').map_or(event_type, |(resource, _)| resource);
    match data.and_then(|data| name_and_id(resource, data)) {
        Some((name, id)) => format!("{name}:{id}"),
        None => resource.to_owned(),
    }
}

fn name_and_id(resource: &str, data: &str) -> Option<(String, String)> {
    let mut named = None;
    let mut own = None;
    let mut first = None;
    members(data, |name, value| {
        if name == b"id" {
            own = id_text(value);
        }
        if name == resource.as_bytes() {
            named = id_inside(value);
        } else if first.is_none() {
            first = std::str::from_utf8(name).ok().map(str::to_owned).zip(id_inside(value));
        }
    })
    .ok()?;
    named.or(own).map(|id| (resource.to_owned(), id)).or(first)
}

fn id_inside(value: &RawValue) -> Option<String> {
    // Skips a second walk over the members that cannot hold an id.
    if !value.get().starts_with('{') {
        return None;
    }
    let mut id = None;
    members(value.get(), |name, value| {
        if name == b"id" {
            id = id_text(value);
        }
    })
    .ok()?;
    id
}

/// A string or a number as text; numbers keep their digits.
fn id_text(value: &RawValue) -> Option<String> {
    let json = value.get();
    match json.bytes().next()? {
        b'"' => serde_json::from_str(json).ok().filter(|id: &String| !id.is_empty()),
        b'-' | b'0'..=b'9' => Some(json.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;

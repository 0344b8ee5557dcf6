//! The events that the checks send, as bytes: ordinary ones, and ones with unusual spelling.

use bytes::Bytes;
use jiff::Timestamp;

use crate::event::{self, Json};
use crate::host::random;
use crate::sandbox_info;

/// An event to send.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) id: String,
    pub(super) event_type: String,
    pub(super) body: Bytes,
}

/// Names of members that people fill in.
const TEXTS: [&str; 9] =
    ["title", "subject", "name", "body", "description", "content", "message", "text", "comment"];

impl Sample {
    /// A sample of the catalogue. Of an unknown type it has an empty object as data.
    pub(super) fn new(event_type: &str, now: Timestamp) -> Self {
        Self::with_data(event_type, now, |data| data)
    }

    fn with_data(event_type: &str, now: Timestamp, change: impl FnOnce(Json) -> Json) -> Self {
        let unique = random::alphanumeric::<24>();
        let data = event::find(event_type)
            .map_or(Json::EMPTY, |event| sandbox_info::sample_data(event, now, &unique, None));
        let id = event::event_id(event_type, now, &unique);
        let event = event::envelope_of(&id, event_type, now, sandbox_info::TEAM_ID, &change(data));
        Self { id, event_type: event_type.to_owned(), body: event.body().clone() }
    }

    /// With `text`, which is a JSON string, as a text that people fill in. `None` if the type has no such text.
    pub(super) fn with_text(event_type: &str, now: Timestamp, text: &str) -> Option<Self> {
        let mut is_set = false;
        let sample = Self::with_data(event_type, now, |mut data| {
            is_set = set_text(&mut data, text);
            data
        });
        is_set.then_some(sample)
    }

    /// With another member in its data: a later version of cStar may add one.
    pub(super) fn with_member(event_type: &str, now: Timestamp, name: &str, value: Json) -> Self {
        Self::with_data(event_type, now, |mut data| {
            data.overlay(Json::Object(vec![(name.to_owned(), value)]));
            data
        })
    }

    /// With data that `overlay` is merged into, such as the id of a resource.
    pub(super) fn with_overlay(event_type: &str, now: Timestamp, overlay: Json) -> Self {
        Self::with_data(event_type, now, |mut data| {
            data.overlay(overlay);
            data
        })
    }

    /// The same event, with a text that makes the body this long.
    pub(super) fn of_size(event_type: &str, now: Timestamp, size: usize) -> Option<Self> {
        let short = Self::with_text(event_type, now, "\"\"")?;
        let missing = size.saturating_sub(short.body.len());
        let text = format!("\"{}\"", "x".repeat(missing));
        short.spelled(|json| {
            let mut json = json.clone();
            set_text(&mut json, &text);
            json.to_string()
        })
    }

    /// The same event spelled differently.
    pub(super) fn spelled(&self, spell: impl FnOnce(&Json) -> String) -> Option<Self> {
        let json = Json::parse(&self.body).ok()?;
        Some(Self { body: spell(&json).into(), ..self.clone() })
    }

    /// The same event with another text, or else another team, so that its signature is no longer valid.
    pub(super) fn tampered(&self) -> Self {
        let mut json = Json::parse(&self.body).unwrap_or(Json::EMPTY);
        let body = match set_text(&mut json, "\"changed after signing\"") {
            true => json.to_string(),
            false => String::from_utf8_lossy(&self.body).replacen("\"team_id\":\"", "\"team_id\":\"0", 1),
        };
        Self { body: body.into(), ..self.clone() }
    }
}

/// Sets the first text that people fill in.
fn set_text(value: &mut Json, text: &str) -> bool {
    let Json::Object(members) = value else { return false };
    let is_text = |name: &str, value: &Json| TEXTS.contains(&name) && value.as_string().is_some();
    if let Some((_, value)) = members.iter_mut().find(|(name, value)| is_text(name, value)) {
        *value = Json::Scalar(text.to_owned());
        return true;
    }
    members.iter_mut().any(|(_, value)| set_text(value, text))
}

/// With white space between all tokens, and around the whole.
pub(super) fn spaced(json: &Json) -> String {
    format!(" {}\r\n", json.indented())
}

/// As Python's `json.dumps` writes it: a space after commas and colons, and escapes for all but ASCII.
pub(super) fn as_python(json: &Json) -> String {
    match json {
        Json::Object(members) => {
            let all =
                members.iter().map(|(name, value)| format!("{}: {}", Json::string(name), as_python(value)));
            format!("{{{}}}", all.collect::<Vec<_>>().join(", "))
        }
        Json::Array(items) => format!("[{}]", items.iter().map(as_python).collect::<Vec<_>>().join(", ")),
        Json::Scalar(text) => text.clone(),
    }
}

/// As PHP's `json_encode` writes it: with escaped slashes.
pub(super) fn as_php(json: &Json) -> String {
    json.to_string().replace('/', r"\/")
}

/// Compact with sorted members, as Go's `json.Marshal` writes a map.
pub(super) fn sorted(json: &Json) -> String {
    fn sort(json: &Json) -> Json {
        match json {
            Json::Object(members) => {
                let mut members: Vec<_> =
                    members.iter().map(|(name, value)| (name.clone(), sort(value))).collect();
                members.sort_by(|(one, _), (other, _)| one.cmp(other));
                Json::Object(members)
            }
            Json::Array(items) => Json::Array(items.iter().map(sort).collect()),
            scalar => scalar.clone(),
        }
    }
    sort(json).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-03-06T14:30:00Z".parse().unwrap()
    }

    #[test]
    fn ordinary_samples_survive_a_json_parser() {
        for event in event::catalogue() {
            let sample = Sample::new(event.name, now());
            let value: serde_json::Value = serde_json::from_slice(&sample.body).unwrap();
            assert_eq!(value.to_string().as_bytes(), &sample.body[..], "{}", event.name);
            assert!(sample.body.is_ascii(), "{}", event.name);
        }
    }

    #[test]
    fn spellings_are_the_same_event() {
        let sample = Sample::new("ticket.created", now());
        let value = |sample: &Sample| serde_json::from_slice::<serde_json::Value>(&sample.body).unwrap();
        for spell in [spaced, as_python, as_php, sorted] {
            let other = sample.spelled(spell).unwrap();
            assert_eq!(value(&sample), value(&other));
            assert_ne!(sample.body, other.body);
        }
        let tampered = sample.tampered();
        assert_ne!(value(&sample), value(&tampered));
        assert_eq!(sample.id, tampered.id);
    }

    #[test]
    fn texts_and_sizes_are_as_asked() {
        let large = Sample::of_size("ticket.created", now(), 1024 * 1024).unwrap();
        assert_eq!(large.body.len(), 1024 * 1024);
        let escaped = Sample::with_text("ticket.created", now(), r#""a\/b""#).unwrap();
        assert!(String::from_utf8_lossy(&escaped.body).contains(r#""title":"a\/b""#));
        assert!(Sample::with_text("unknown.type", now(), "\"x\"").is_none());
    }
}

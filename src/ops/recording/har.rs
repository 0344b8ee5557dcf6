//! The requests of an HTTP archive (HAR) of a browser, a proxy or `cstar history export --har`, one at a time: an archive
//! may be larger than memory.

use std::fmt;
use std::io::Read;
use std::ops::ControlFlow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// The request of an entry.
#[derive(Clone, Debug)]
pub(crate) struct ArchivedRequest {
    /// The id of the event, if the archive is from cstar or the request has the header.
    pub(crate) event_id: Option<String>,
    pub(crate) event_type: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) started_at: Option<Timestamp>,
}

impl ArchivedRequest {
    /// `None` if the entry has no request with headers, or a body that cannot be decoded.
    pub(crate) fn from_entry(entry: &Value) -> Option<Self> {
        let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let request = entry.get("request")?;
        let pairs = request.get("headers")?.as_array()?.iter();
        let headers: Vec<(String, String)> =
            pairs.filter_map(|header| Some((text(header, "name")?, text(header, "value")?))).collect();
        let data = request.get("postData");
        let content = data.and_then(|data| data.get("text")).and_then(Value::as_str).unwrap_or_default();
        // Not part of HAR 1.2, but proxies write it for bodies that are not text.
        let coding = data.and_then(|data| data.get("encoding").or_else(|| data.get("_encoding")));
        let body = match coding.and_then(Value::as_str) {
            Some("base64") => STANDARD.decode(content).ok()?,
            _ => content.as_bytes().to_vec(),
        };
        let started_at = text(entry, "startedDateTime").and_then(|time| time.parse().ok());
        let (event_id, event_type) = (text(entry, "_event"), text(entry, "_type"));
        let url = text(request, "url");
        let found = Self { event_id, event_type, url, headers, body, started_at };
        let header = |name: &str| found.header(name).map(str::to_owned);
        let event_id = found.event_id.clone().or_else(|| header("x-event-id"));
        let event_type = found.event_type.clone().or_else(|| header("x-event-type"));
        Some(Self { event_id, event_type, ..found })
    }

    pub(crate) fn header(&self, wanted: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.as_str())
    }
}

/// Calls `each` with every entry, until it breaks. Returns whether there is a list of entries.
pub(crate) fn entries(
    source: impl Read,
    each: &mut dyn FnMut(&Value) -> ControlFlow<()>,
) -> Result<bool, serde_json::Error> {
    let mut state = State { each, has_entries: false, is_stopped: false };
    let mut deserializer = serde_json::Deserializer::from_reader(source);
    let read = Level(0, &mut state).deserialize(&mut deserializer).and_then(|()| deserializer.end());
    match read {
        Err(_) if state.is_stopped => Ok(true),
        read => read.map(|()| state.has_entries),
    }
}

struct State<'f> {
    each: &'f mut dyn FnMut(&Value) -> ControlFlow<()>,
    has_entries: bool,
    is_stopped: bool,
}

/// The way to the entries: the archive, its `log`, and the `entries` of that.
struct Level<'s, 'f>(usize, &'s mut State<'f>);
const WAY: [&str; 2] = ["log", "entries"];

impl<'de> DeserializeSeed<'de> for Level<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match WAY.get(self.0) {
            Some(_) => deserializer.deserialize_map(self),
            None => deserializer.deserialize_seq(self),
        }
    }
}

impl<'de> Visitor<'de> for Level<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0 < WAY.len() { "an object of an HTTP archive" } else { "a list of entries" })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            if WAY.get(self.0).is_some_and(|wanted| *wanted == name) {
                map.next_value_seed(Level(self.0 + 1, &mut *self.1))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        self.1.has_entries = true;
        while let Some(entry) = entries.next_element::<Value>()? {
            if (self.1.each)(&entry).is_break() {
                self.1.is_stopped = true;
                return Err(A::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}

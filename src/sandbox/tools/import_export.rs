//! Exports and imports the whole state as text: one JSON object per line, in the order of creation, so that equal
//! states give equal files. An import validates every object against the fields of its resource.
//!
//! The first line names the format, and the last one is the end mark (`end`, and in `lines` the number of lines before
//! it). Every other line is an object (`environment`, `kind`, `id`, `parent`, `body`), a counter (`environment`,
//! `counter`, `value`), a webhook with its signing secrets or an API key (`access`). Events, deliveries and stored
//! responses are not exported: they are history, not state. What is usable as it is stays here: of API keys, passwords
//! and refresh tokens of customers there are only hashes, and the keys that sign access tokens are left out.

pub(crate) mod access;
mod lines;
pub(crate) mod outcome;

use std::io::{self, BufRead, Write};

use serde_json::{Map, Value, json};

use self::outcome::{Counts, Refused, TransferError};
use super::import_export::lines::{MAX_LINE, Reader, Writer};
use super::storage::{self, StorageLocation, created_at};
use crate::sandbox::caller::Environment;
use crate::sandbox::model::resource;
use crate::sandbox::model::{bootstrap, field, input, registry, view};
use crate::sandbox::request_meta::RequestMeta;
use crate::sandbox::store::Store;
use crate::sandbox::store::change::{Change, Events};
use crate::sandbox::store::uuid::Uuid;

/// The largest body of an object; the rest of the line is for its ids.
const MOST_STORED: usize = MAX_LINE - 4096;

/// Whether an import may contain API keys, passwords and sessions of customers, and webhooks to other machines: with a
/// file from a stranger, its author could receive every event, use the API and log in as a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// The error lists them.
    Denied,
    Accepted,
}

/// The largest counter: far above real ones, far below an overflow.
const MOST_COUNTED: i64 = 1_000_000_000_000;

pub(crate) fn export(store: &Store, out: &mut dyn Write) -> Result<Counts, TransferError> {
    let mut out = Writer::begin(out)?;
    let mut counts = Counts::new();
    for environment in Environment::ALL {
        store.read(environment, |tables| {
            for (name, value) in tables.counters()? {
                let line = json!({ "environment": environment.as_str(), "counter": name, "value": value });
                out.line(&line)?;
            }
            access::export(tables, &mut counts, &mut out)?;
            tables.each(|kind, object, parent| {
                let mut line = Map::new();
                line.insert("environment".to_owned(), environment.as_str().into());
                line.insert("kind".to_owned(), kind.as_str().into());
                line.insert("id".to_owned(), object.uuid.to_string().into());
                if let Some(parent) = parent {
                    line.insert("parent".to_owned(), parent.to_string().into());
                }
                let mut body = object.body;
                if let Some(resource) = registry::find(&kind) {
                    for secret in resource.fields.iter().filter(|field| field.access == field::Access::Secret)
                    {
                        body.shift_remove(secret.name);
                    }
                    *counts.entry(resource.kind).or_default() += 1;
                }
                line.insert("body".to_owned(), body.into());
                Ok::<_, TransferError>(out.line(&Value::Object(line))?)
            })
        })?;
    }
    out.end()?;
    Ok(counts)
}

/// Replaces the whole state with the exported `lines`, in one transaction.
pub(crate) fn import(
    store: &Store,
    lines: &mut dyn BufRead,
    access: Access,
) -> Result<Counts, TransferError> {
    let meta = RequestMeta::of("req_import000000", created_at());
    store.write(Environment::Test, &meta, |change| {
        change.events = Events::Suppress;
        change.clear()?;
        let (mut counts, mut foreign) = (Counts::new(), Vec::new());
        let mut lines = Reader::begin(lines)?;
        if lines.has_access() {
            change.clear_access()?;
        }
        while let Some(record) = lines.next()? {
            foreign.extend(access::foreign(&record.members));
            let number = record.number;
            let imported = import_line(change, record.members, record.bytes);
            if let Some(kind) = imported.map_err(|refused| refused.at(number))? {
                *counts.entry(kind).or_default() += 1;
            }
        }
        if access == Access::Denied && !foreign.is_empty() {
            return Err(TransferError::Access(foreign));
        }
        for environment in Environment::ALL {
            change.switch_environment(environment);
            bootstrap::create_missing(change)?;
        }
        Ok(counts)
    })
}

/// Whether the state is still that of a first start, so that an import replaces nothing.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn is_untouched(store: &Store) -> Result<bool, TransferError> {
    let first = storage::open(&StorageLocation::Memory, 1);
    let first = first.map_err(|error| io::Error::other(error.to_string()))?;
    let mut expected = Vec::new();
    export(&first, &mut expected)?;
    let mut comparison = Comparison { expected: &expected, differs: false };
    match export(store, &mut comparison) {
        Err(_) if comparison.differs => Ok(false),
        Err(error) => Err(error),
        Ok(_) => Ok(comparison.expected.is_empty()),
    }
}

/// Compares what is written with what is expected, and fails at the first difference: a state can be large.
struct Comparison<'e> {
    expected: &'e [u8],
    differs: bool,
}

impl Write for Comparison<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(rest) = self.expected.strip_prefix(bytes) else {
            self.differs = true;
            return Err(io::ErrorKind::InvalidData.into());
        };
        self.expected = rest;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Stores one line of `bytes` bytes and returns the kind of the object, if it is one.
fn import_line(
    change: &mut Change<'_>,
    mut line: Map<String, Value>,
    bytes: usize,
) -> Result<Option<&'static str>, Refused> {
    let bad = |what: &str| Refused::Bad(what.to_owned());
    let environment = line.get("environment").and_then(Value::as_str).and_then(Environment::parse);
    change.switch_environment(environment.ok_or_else(|| bad("`environment` is neither test nor live"))?);
    if let Some(name) = line.get("counter").and_then(Value::as_str) {
        let value = line.get("value").and_then(Value::as_i64).filter(|value| *value >= 0);
        let value = value.ok_or_else(|| bad("the counter has no `value`"))?;
        if value > MOST_COUNTED {
            return Err(Refused::Bad(format!("the counter `{name:.40}` is above {MOST_COUNTED}")));
        }
        change.set_counter(name, value)?;
        return Ok(None);
    }
    if let Some(kind) = access::import_line(change, &mut line)? {
        return Ok(Some(kind));
    }
    let uuid = |name: &str| line.get(name).and_then(Value::as_str).and_then(Uuid::parse);
    let kind = line.get("kind").and_then(Value::as_str).unwrap_or_default();
    let resource = registry::find(kind).ok_or_else(|| bad("unknown `kind`"))?;
    let own = uuid("id").ok_or_else(|| bad("`id` is not a UUID"))?;
    let parent = match resource.parent {
        Some(kind) => {
            let parent = uuid("parent").map(|uuid| change.find(kind, uuid)).transpose()?.flatten();
            Some(parent.ok_or_else(|| bad("its `parent` is in no line before it"))?.seq)
        }
        None => None,
    };
    let Some(Value::Object(body)) = line.remove("body") else { return Err(bad("`body` is not an object")) };
    let exists = match parent {
        Some(parent) => change.has_child(resource.kind, parent, own)?,
        None => change.find(resource.kind, own)?.is_some(),
    };
    if exists {
        return Err(bad("this `id` is in an earlier line"));
    }
    let body = input::stored(resource, body, &resource::now(change))?;
    // Every export must be importable, and some numbers get longer when they are written again.
    if bytes > MAX_LINE / 8 && serde_json::to_string(&body).is_ok_and(|text| text.len() > MOST_STORED) {
        return Err(bad("the object is too large"));
    }
    let index = view::index(resource, &body);
    change.insert(resource.kind, own, parent, body, &index)?;
    Ok(Some(resource.kind))
}

#[cfg(test)]
mod tests;

//! Resources: the catalogue of events with samples, the guides, and links to the cheat sheets of cStar.

use jiff::Timestamp;
use rmcp::model::{ErrorData, ReadResourceResult, Resource, ResourceContents, ResourceTemplate};
use serde_json::{Value, json};

use super::guides::{GUIDES, guide};
use crate::event::{self, EventType};
use crate::output::sanitize::sanitize;
use crate::sandbox_info;

const CATALOGUE: &str = "cstar://events";
const EVENT: &str = "cstar://events/";
const GUIDE: &str = "cstar://guides/";
const JSON: &str = "application/json";
const MARKDOWN: &str = "text/markdown";

/// The one-page overviews (documented), below the index: last part of the URL, subject.
const CHEAT_SHEETS: &str = "https://cstar.help/developers/cheatsheets";
const SHEETS: [(&str, &str); 6] = [
    ("", "all of them"),
    ("/js", "JavaScript SDK"),
    ("/react", "React SDK"),
    ("/svelte", "Svelte SDK"),
    ("/cli", "CLI"),
    ("/webhooks", "webhooks"),
];

/// The resources with a fixed URI.
pub(super) fn list() -> Vec<Resource> {
    let catalogue = Resource::new(CATALOGUE, "events")
        .with_title("Event types")
        .with_description("Every type of webhook event: name, category, when it fires")
        .with_mime_type(JSON);
    let guides = GUIDES.iter().map(|guide| {
        Resource::new(format!("{GUIDE}{}", guide.language), format!("guide-{}", guide.language))
            .with_title(format!("Receive webhooks: {}", guide.title))
            .with_description("How to verify the signature and handle events, in working code")
            .with_mime_type(MARKDOWN)
    });
    let sheets = SHEETS.iter().map(|(path, subject)| {
        let name = format!("cheat-sheet{}", path.replace('/', "-"));
        Resource::new(format!("{CHEAT_SHEETS}{path}"), name)
            .with_title(format!("Cheat sheet: {subject}"))
            .with_description("A page of cStar on the web, to link to or to open")
    });
    std::iter::once(catalogue).chain(guides).chain(sheets).collect()
}

/// The resources whose URI has a parameter.
pub(super) fn templates() -> Vec<ResourceTemplate> {
    let event = ResourceTemplate::new(format!("{EVENT}{{type}}"), "event-sample")
        .with_title("Sample of an event")
        .with_description("A complete sample body of one event type")
        .with_mime_type(JSON);
    let guide = ResourceTemplate::new(format!("{GUIDE}{{language}}"), "guide")
        .with_title("Guide for a language")
        .with_description("How to verify the signature and handle events, in working code")
        .with_mime_type(MARKDOWN);
    vec![event, guide]
}

pub(super) fn read(uri: &str, now: Timestamp) -> Result<ReadResourceResult, ErrorData> {
    let missing = |what: String| ErrorData::resource_not_found(what, Some(json!({ "uri": sanitize(uri) })));
    let (text, mime) = if uri == CATALOGUE {
        (pretty(&catalogue()), JSON)
    } else if let Some(name) = uri.strip_prefix(EVENT) {
        let found = event::find(name);
        let event = found.ok_or_else(|| missing(format!("there is no event type `{}`", sanitize(name))))?;
        (pretty(&sample(event, now)), JSON)
    } else if let Some(language) = uri.strip_prefix(GUIDE) {
        let names: Vec<&str> = GUIDES.iter().map(|guide| guide.language).collect();
        let none = || missing(format!("there are guides for {}", names.join(", ")));
        (guide(language).ok_or_else(none)?.text.to_owned(), MARKDOWN)
    } else if let Some((_, subject)) = sheet(uri) {
        // The client can open it itself; this server reads no pages.
        (format!("The cheat sheet of cStar ({subject}) is a page on the web: {uri}"), "text/plain")
    } else {
        return Err(missing(format!("there is no resource `{}`", sanitize(uri))));
    };
    Ok(ReadResourceResult::new(vec![ResourceContents::text(text, uri).with_mime_type(mime)]))
}

fn sheet(uri: &str) -> Option<&'static (&'static str, &'static str)> {
    let path = uri.strip_prefix(CHEAT_SHEETS)?;
    SHEETS.iter().find(|(sheet, _)| *sheet == path)
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn catalogue() -> Value {
    let events = event::catalogue().iter().map(|event| {
        json!({
            "type": event.name,
            "category": event.category.slug(),
            "description": event.description,
            "payload": event.payload.label(),
            "sample": format!("{EVENT}{}", event.name),
        })
    });
    events.collect()
}

/// A complete event of this type, with the team of the sandbox.
pub(super) fn sample(event: &EventType, now: Timestamp) -> Value {
    serde_json::from_slice(sandbox_info::sample(event, now).body()).unwrap_or_default()
}

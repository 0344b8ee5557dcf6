//! The files of the page, embedded in the program. `page/` is what a person edits; there is no build step.

use std::fmt::Write;
use std::sync::OnceLock;

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::error::ApiError;

/// One file below `page/`.
struct Asset {
    name: &'static str,
    bytes: &'static [u8],
    tag: OnceLock<String>,
}

/// The page itself.
const INDEX: &str = "index.html";

macro_rules! assets {
    ($($name:literal),+ $(,)?) => {
        /// Every file below `page/`; a test compares it with the folder.
        static ASSETS: [Asset; [$($name),+].len()] =
            [$(Asset { name: $name, bytes: include_bytes!(concat!("page/", $name)), tag: OnceLock::new() }),+];
    };
}

assets![
    "event.css",
    "events.css",
    "favicon.svg",
    "index.html",
    "js/api.js",
    "js/app.js",
    "js/dialog.js",
    "js/dom.js",
    "js/early.js",
    "js/event/actions.js",
    "js/event/copy.js",
    "js/event/diff.js",
    "js/event/editor.js",
    "js/event/json.js",
    "js/event/jsondiff.js",
    "js/event/panel.js",
    "js/event/raw.js",
    "js/event/sections.js",
    "js/event/signature.js",
    "js/event/timebar.js",
    "js/event/tree.js",
    "js/events/batched.js",
    "js/events/empty.js",
    "js/events/filters.js",
    "js/events/gaps.js",
    "js/events/list.js",
    "js/events/marks.js",
    "js/events/query.js",
    "js/events/row.js",
    "js/events/shortcuts.js",
    "js/events/store.js",
    "js/events/throttled.js",
    "js/failures.js",
    "js/fields.js",
    "js/format.js",
    "js/keys.js",
    "js/kinds.js",
    "js/live.js",
    "js/mask.js",
    "js/route.js",
    "js/sign_in.js",
    "js/storage.js",
    "js/stream.js",
    "js/theme.js",
    "js/toast.js",
    "js/views/arrivals.js",
    "js/views/events.js",
    "js/views/health.js",
    "js/views/health/buckets.js",
    "js/views/health/minutes_chart.js",
    "js/views/health/types_table.js",
    "js/views/sandbox.js",
    "js/views/sandbox/client.js",
    "js/views/sandbox/common.js",
    "js/views/sandbox/deliveries.js",
    "js/views/sandbox/faults.js",
    "js/views/sandbox/idempotency.js",
    "js/views/sandbox/list.js",
    "js/views/sandbox/log.js",
    "js/views/sandbox/object.js",
    "js/views/sandbox/parts.js",
    "js/views/sandbox/schema.js",
    "js/views/sandbox/sections.js",
    "js/views/sandbox/state.js",
    "js/views/trigger.js",
    "js/views/trigger/again.js",
    "js/views/trigger/chooser.js",
    "js/views/trigger/editor.js",
    "js/views/trigger/sample.js",
    "pages.css",
    "style.css",
];

/// `GET /_inspector/`
pub(super) async fn index(headers: HeaderMap) -> Result<Response, ApiError> {
    respond(INDEX, &headers)
}

/// `GET /_inspector/assets/{*name}`. Only names in the table exist, so that no path can leave the folder.
pub(super) async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, ApiError> {
    respond(&name, &headers)
}

fn respond(name: &str, headers: &HeaderMap) -> Result<Response, ApiError> {
    let found = ASSETS.iter().find(|asset| asset.name == name);
    let asset = found.ok_or_else(|| ApiError::not_found("the page has no such file"))?;
    let tag = asset.tag.get_or_init(|| tag(asset.bytes)).as_str();
    // The names stay the same from version to version, so browsers have to ask each time.
    let cache = [(header::CACHE_CONTROL, "no-cache"), (header::ETAG, tag)];
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag) {
        return Ok((StatusCode::NOT_MODIFIED, cache).into_response());
    }
    Ok((cache, [(header::CONTENT_TYPE, content_type(name))], asset.bytes).into_response())
}

fn tag(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    let mut tag = String::from("\"");
    for byte in hash.iter().take(12) {
        let _ = write!(tag, "{byte:02x}");
    }
    tag + "\""
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(folder: &std::path::Path, prefix: &str, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = format!("{prefix}{}", entry.file_name().into_string().unwrap());
            match entry.file_type().unwrap().is_dir() {
                true => files(&entry.path(), &format!("{name}/"), found),
                false => found.push(name),
            }
        }
    }

    #[test]
    fn the_table_names_every_file_of_the_page() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/inspector/page");
        let mut found = Vec::new();
        files(&folder, "", &mut found);
        found.sort();
        assert_eq!(ASSETS.iter().map(|asset| asset.name).collect::<Vec<_>>(), found);
        for asset in &ASSETS {
            assert_ne!(content_type(asset.name), "application/octet-stream", "{}", asset.name);
        }
    }

    /// Ways to make markup or code from text, and addresses of other servers. The content security policy refuses
    /// them too, but only once somebody opens the page.
    const UNWANTED: [&str; 14] = [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "createContextualFragment",
        "DOMParser",
        "srcdoc=",
        "eval(",
        "new Function",
        "setAttribute('style'",
        " style=\"",
        "@import",
        "http://",
        "https://",
    ];
    /// An XML namespace is a name, and examples of targets are placeholders.
    const ALLOWED: [&str; 2] = ["http://www.w3.org/2000/svg", "http://localhost:3000/webhooks"];

    #[test]
    fn files_of_the_page_stay_on_this_server() {
        let mut found = Vec::new();
        for asset in &ASSETS {
            let text = std::str::from_utf8(asset.bytes).unwrap();
            for (number, line) in text.lines().enumerate() {
                let line = ALLOWED.iter().fold(line.to_owned(), |line, allowed| line.replace(allowed, ""));
                let code = line.trim_start();
                if code.starts_with("//") || code.starts_with('*') || code.starts_with("/*") {
                    continue;
                }
                let unwanted = UNWANTED.iter().filter(|unwanted| code.contains(*unwanted));
                found.extend(unwanted.map(|unwanted| format!("{}:{}: {unwanted}", asset.name, number + 1)));
            }
        }
        assert!(found.is_empty(), "{found:#?}");
    }

    #[test]
    fn scripts_of_the_page_stay_short() {
        let long = |asset: &&Asset| {
            asset.name.ends_with(".js") && asset.bytes.iter().filter(|byte| **byte == b'\n').count() > 300
        };
        let long: Vec<&str> = ASSETS.iter().filter(long).map(|asset| asset.name).collect();
        assert!(long.is_empty(), "{long:?}");
    }
}

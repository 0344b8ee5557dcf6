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
        [$(Asset { name: $name, bytes: include_bytes!(concat!("page/", $name)), tag: OnceLock::new() }),+]
    };
}

/// Every file below `page/`; a test compares it with the folder.
static ASSETS: [Asset; 3] = assets!["app.js", "index.html", "style.css"];

/// `GET /_inspector/`
pub(super) async fn index(headers: HeaderMap) -> Result<Response, ApiError> {
    respond(INDEX, &headers)
}

/// `GET /_inspector/assets/{name}`. Only names in the table exist, so that no path can leave the folder.
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

    #[test]
    fn the_table_names_every_file_of_the_page() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/inspector/page");
        let entries = std::fs::read_dir(folder).unwrap();
        let mut files: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        files.sort();
        assert_eq!(ASSETS.iter().map(|asset| asset.name).collect::<Vec<_>>(), files);
        for asset in &ASSETS {
            assert_ne!(content_type(asset.name), "application/octet-stream", "{}", asset.name);
        }
    }
}

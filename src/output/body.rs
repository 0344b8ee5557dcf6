//! Bodies for people: JSON is indented and coloured without changing its values, control characters are escaped,
//! secrets are hidden, and what does not fit is left out.

mod json;
mod page;

use serde::de::IgnoredAny;

use super::format::pluralize;
use super::style;
pub(crate) use page::Bounds;
use page::{Page, Role};

/// The lines of a body.
pub(crate) fn lines(body: &[u8], bounds: &Bounds) -> Vec<String> {
    if body.is_empty() {
        return vec![style::dim("(empty)")];
    }
    let is_cut = bounds.size.is_some_and(|size| size > body.len());
    let text = match std::str::from_utf8(body) {
        Ok(text) => text,
        // The end of a beginning may be in the middle of a character.
        Err(error) if is_cut && error.error_len().is_none() => {
            body.get(..error.valid_up_to()).and_then(|valid| str::from_utf8(valid).ok()).unwrap_or_default()
        }
        Err(_) => {
            let size = bounds.size.unwrap_or(body.len());
            return vec![style::dim(&format!("({}, not text)", pluralize(size as u64, "byte")))];
        }
    };
    let mut page = Page::new(bounds);
    match is_json(text, is_cut) {
        true => json::layout(text, &mut page),
        false => text.lines().for_each(|line| {
            page.push(Role::Plain, line);
            page.end_line();
        }),
    }
    page.finish(is_cut)
}

fn is_json(text: &str, is_cut: bool) -> bool {
    match is_cut {
        // The rest is not known, so it is enough that it begins like an object or an array.
        true => text.trim_start().starts_with(['{', '[']),
        false => serde_json::from_str::<IgnoredAny>(text).is_ok(),
    }
}

#[cfg(test)]
mod tests;

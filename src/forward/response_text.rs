//! Extracts short texts from a failed answer: the first line of its body, and the target of a redirect.

use http::HeaderMap;
use http::header::LOCATION;

/// The most characters of a line.
const LONGEST: usize = 200;
/// The part of a body that is searched.
const SEARCHED: usize = 16 * 1024;

/// Where a redirect leads.
pub(crate) fn location(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(LOCATION)?;
    line(&String::from_utf8_lossy(value.as_bytes()))
}

/// The first line of a text body that is not empty, at most 200 characters. For HTML, the title and the first
/// heading or paragraph; for JSON, the member named message, detail, error or title.
pub(crate) fn excerpt(content_type: Option<&str>, body: &[u8]) -> Option<String> {
    let kind = content_type.unwrap_or_default().to_lowercase();
    let text = ["text/", "json", "xml", "html", "x-www-form-urlencoded"];
    if !kind.is_empty() && !text.iter().any(|word| kind.contains(word)) {
        return None;
    }
    let head = body.get(..SEARCHED).unwrap_or(body);
    if head.contains(&0) {
        return None;
    }
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.starts_with('<') || kind.contains("html") {
        return html(text);
    }
    if let Some(message) = json(text) {
        return line(&message);
    }
    text.lines().find_map(line)
}

/// What a failed command printed: the first line that speaks of an error, or the last line, because an interpreter
/// first prints where the error occurred.
pub(crate) fn output_excerpt(output: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(output);
    let lines = || text.lines().filter(|text| !text.starts_with([' ', '\t']));
    let of_error = |text: &&str| text.to_lowercase().contains("error");
    lines().find(of_error).and_then(line).or_else(|| text.lines().rev().find_map(line))
}

/// The message of a JSON object, under the names of most frameworks.
fn json(text: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    let named = |value: &serde_json::Value| {
        ["message", "detail", "error", "title"].iter().find_map(|name| match value.get(name)? {
            serde_json::Value::String(text) => Some(text.clone()),
            inner => inner.get("message")?.as_str().map(str::to_owned),
        })
    };
    named(&value)
}

/// The title and first text of a page, without markup.
fn html(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let element = |name: &str| {
        let open = lower.find(&format!("<{name}"))?;
        let start = open + lower.get(open..)?.find('>')? + 1;
        let end = start + lower.get(start..)?.find(&format!("</{name}"))?;
        line(&strip_tags(text.get(start..end)?))
    };
    // The title, and other elements unless they repeat it.
    let mut parts: Vec<String> = Vec::new();
    for part in ["title", "h1", "h2", "pre", "p"].iter().filter_map(|name| element(name)) {
        if !parts.iter().any(|before| before.contains(&part)) {
            parts.push(part);
        }
    }
    match parts.is_empty() {
        false => line(&parts.join(": ")),
        true => strip_tags(text).lines().find_map(line),
    }
}

/// The text without tags, with common entities resolved.
fn strip_tags(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for letter in html.chars() {
        match letter {
            '<' => inside = true,
            '>' if inside => inside = false,
            letter if !inside => text.push(letter),
            _ => {}
        }
    }
    let entities =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&amp;", "&")];
    entities.iter().fold(text, |text, (from, to)| text.replace(from, to))
}

/// Collapses white space and truncates.
fn line(text: &str) -> Option<String> {
    let mut folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = folded.char_indices().nth(LONGEST) {
        folded.truncate(end);
        folded.push('…');
    }
    (!folded.is_empty()).then_some(folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt_of(kind: &str, body: &str) -> Option<String> {
        excerpt(Some(kind), body.as_bytes())
    }

    #[test]
    fn error_in_the_output_of_a_command_is_found() {
        let python =
            b"Traceback (most recent call last):\n  File \"x\", line 1\n    raise Error\nValueError: no id\n";
        assert_eq!(output_excerpt(python).as_deref(), Some("ValueError: no id"));
        let node = b"/x.js:1\n    throw e\n    ^\n\nTypeError: e is null\n    at x\n\nNode.js v20\n";
        assert_eq!(output_excerpt(node).as_deref(), Some("TypeError: e is null"));
        assert_eq!(output_excerpt(b"one\n two  three\n\n").as_deref(), Some("two three"));
        assert_eq!(output_excerpt(b" \n"), None);
    }

    #[test]
    fn first_meaningful_line_is_kept() {
        assert_eq!(excerpt_of("text/plain", "\n\n  boom:  no   db\nat x").as_deref(), Some("boom: no db"));
        assert_eq!(excerpt_of("", "\u{feff}oops").as_deref(), Some("oops"));
        assert_eq!(
            excerpt_of("text/plain", &"é".repeat(300)).map(|text| text.chars().count()),
            Some(LONGEST + 1)
        );
        for (kind, body) in
            [("image/png", "x"), ("text/plain", "a\0b"), ("text/plain", " \n\t"), ("text/html", "<p>")]
        {
            assert_eq!(excerpt_of(kind, body), None, "{kind} {body:?}");
        }
    }

    #[test]
    fn html_markup_is_removed() {
        let django = "<!DOCTYPE html><html><head><title>DisallowedHost\n at /x</title></head><body><h1>DisallowedHost</h1>\
            <pre class=\"exception_value\">Invalid HTTP_HOST header: &#x27;web:3000&#x27;.</pre></body></html>";
        let line = excerpt_of("text/html", django);
        assert_eq!(line.as_deref(), Some("DisallowedHost at /x: Invalid HTTP_HOST header: 'web:3000'."));
        let csrf = "<title>403 Forbidden</title><h1>Forbidden <span>(403)</span></h1><p>CSRF verification failed.</p>";
        let line = excerpt_of("text/html", csrf);
        assert_eq!(line.as_deref(), Some("403 Forbidden: Forbidden (403): CSRF verification failed."));
        assert_eq!(excerpt_of("text/html", "<pre>Cannot POST /x</pre>").as_deref(), Some("Cannot POST /x"));
        assert_eq!(excerpt_of("text/html", "<title>").as_deref(), None);
        assert_eq!(excerpt_of("text/html", "İ<title>İ</title>").as_deref(), Some("İ"));
    }

    #[test]
    fn json_is_reduced_to_its_message() {
        assert_eq!(excerpt_of("application/json", r#"{"error":{"message":"bad"}}"#).as_deref(), Some("bad"));
        assert_eq!(
            excerpt_of("application/json", r#"{"detail":"CSRF Failed"}"#).as_deref(),
            Some("CSRF Failed")
        );
        assert_eq!(excerpt_of("application/json", r#"{"x":1}"#).as_deref(), Some(r#"{"x":1}"#));
    }

    #[test]
    fn location_length_is_bounded() {
        let headers = HeaderMap::from_iter([(LOCATION, "/x".repeat(5_000).parse().unwrap())]);
        assert_eq!(location(&headers).unwrap().chars().count(), LONGEST + 1);
        assert_eq!(location(&HeaderMap::new()), None);
    }
}

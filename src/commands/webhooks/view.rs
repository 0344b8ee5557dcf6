//! How webhooks and deliveries are printed: table cells, local times, and the lines of one object.

use std::io;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde_json::Value;

use crate::api::Webhook;
use crate::output::format::time_at;
use crate::output::sanitize::{escape, shorten};
use crate::output::{Output, style, table};

pub(super) fn text<'a>(value: &'a Value, member: &str) -> Option<&'a str> {
    value.get(member).and_then(Value::as_str)
}

/// Untrusted text as a table cell.
pub(super) fn cell(text: Option<&str>) -> String {
    text.filter(|text| !text.is_empty()).map_or_else(|| "-".to_owned(), |text| shorten(&escape(text)))
}

/// A number, or a dash.
pub(super) fn number(value: Option<u64>) -> String {
    value.map_or_else(|| "-".to_owned(), |number| number.to_string())
}

/// In local time for people, and unchanged for programs.
pub(super) fn time(text: Option<&str>, zone: Option<&TimeZone>) -> String {
    match (text.and_then(|text| text.parse::<Timestamp>().ok()), zone) {
        (Some(at), Some(zone)) => at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string(),
        _ => cell(text),
    }
}

/// In the time zone of `here`, without the date if it is the same day.
pub(super) fn time_here(text: Option<&str>, here: &Zoned) -> String {
    match text.and_then(|text| text.parse::<Timestamp>().ok()) {
        Some(at) => time_at(at, here),
        None => cell(text),
    }
}

/// `active` or `inactive`.
pub(super) fn state(webhook: &Webhook) -> &'static str {
    match webhook.is_active() {
        Some(true) => "active",
        Some(false) => "inactive",
        None => "-",
    }
}

/// A webhook in one line: `whk_1  Server  https://…`.
pub(super) fn described(webhook: &Webhook) -> String {
    let text = |member| cell(webhook.text(member));
    format!("{}  {}  {}", text("id"), text("name"), style::dim(&text("url")))
}

/// The known members of one webhook.
pub(super) fn webhook(out: &mut Output, webhook: &Webhook) -> io::Result<()> {
    let aligned = out.stdout_is_terminal();
    let rows = rows(webhook, aligned.then(TimeZone::system).as_ref());
    table::pairs(&rows, aligned).iter().try_for_each(|line| out.text(line))
}

fn rows(webhook: &Webhook, zone: Option<&TimeZone>) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut add = |name: &str, value: String| rows.push(vec![name.to_owned(), value]);
    add("Id", cell(webhook.text("id")));
    add("Name", cell(webhook.text("name")));
    add("URL", cell(webhook.text("url")));
    add("Events", cell(Some(&webhook.events().join(", "))));
    add("State", state(webhook).to_owned());
    if webhook.raw.get("flatPayload").and_then(Value::as_bool) == Some(true) {
        add("Flat payload", "yes".to_owned());
    }
    if let Some(failures) = webhook.consecutive_failures() {
        add("Failures in a row", failures.to_string());
    }
    add("Created", time(webhook.text("createdAt"), zone));
    // one sample of the reference has no such member
    if webhook.text("updatedAt").is_some() {
        add("Updated", time(webhook.text("updatedAt"), zone));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn webhook_details_are_sanitized() {
        let raw = json!({"id": "whk_1", "name": "a\u{1b}[2J", "url": "https://e.test/", "events": ["a.b", "c.*"],
            "isActive": true, "consecutiveFailures": 3, "createdAt": "2025-12-10T14:30:00Z"});
        let webhook = Webhook { raw };
        let described: Vec<String> = rows(&webhook, None).iter().map(|row| row.join("=")).collect();
        let expected = [
            "Id=whk_1",
            "Name=a\\x1b[2J",
            "URL=https://e.test/",
            "Events=a.b, c.*",
            "State=active",
            "Failures in a row=3",
            "Created=2025-12-10T14:30:00Z",
        ];
        assert_eq!(described, expected);
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        assert_eq!(rows(&webhook, Some(&zone)).last().unwrap()[1], "2025-12-10 15:30:00");
        assert!(rows(&Webhook { raw: json!([]) }, None).iter().all(|row| row[1] == "-"));
    }

    #[test]
    fn invalid_time_is_printed_unchanged() {
        assert_eq!(time(Some("soon\n"), Some(&TimeZone::UTC)), "soon\\x0a");
        assert_eq!(time(None, Some(&TimeZone::UTC)), "-");
    }
}

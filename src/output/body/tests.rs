//! Bodies: layout, colours, and what does not fit.

use proptest::prelude::*;

use super::{Bounds, lines};
use crate::output::width::width;

fn plain(body: &[u8], bounds: &Bounds) -> Vec<String> {
    lines(body, bounds).iter().map(|line| anstream::adapter::strip_str(line).to_string()).collect()
}

fn all(body: &[u8]) -> Vec<String> {
    plain(body, &Bounds::default())
}

const EVENT: &str =
    r#"{"id":"evt_1","data":{"ticket":{"title":"Größe \"L\"","n":1.10,"tags":["a"],"none":null}}}"#;

#[test]
fn json_is_indented_and_not_changed() {
    let body = br#"{"a":[1,{"b":"x, {y}: \"z\\"}],"n":12345678901234567890123,"n":1.0, "e": { },"f":[ ]}"#;
    assert_eq!(
        all(body).join("\n"),
        r#"{
  "a": [
    1,
    {
      "b": "x, {y}: \"z\\"
    }
  ],
  "n": 12345678901234567890123,
  "n": 1.0,
  "e": {},
  "f": []
}"#
    );
    assert_eq!(all(b"{\n  \"a\": 1\r\n}"), ["{", "  \"a\": 1", "}"]);
    assert_eq!(all(b" \"x\" "), ["\"x\""]);
}

#[test]
fn other_bodies_are_sanitized_by_line() {
    assert_eq!(all(b"one\r\n\x1b[2Jtwo whsec_abc"), ["one", "\\x1b[2Jtwo whsec_\u{2026}"]);
    assert_eq!(all(b""), ["(empty)"]);
    assert_eq!(all(b"\xff\xfe"), ["(2 bytes, not text)"]);
}

#[test]
fn hostile_values_stay_text() {
    let body = "{\"t\":\"\u{202e}gpj \u{9b}2J\",\"k\":\"sk_live_abc\",\"u\":\"https://a:b@c/\"}";
    assert_eq!(
        all(body.as_bytes()),
        ["{", r#"  "t": "\u{202e}gpj \x9b2J","#, "  \"k\": \"sk_live_…\",", "  \"u\": \"https://…@c/\"", "}"]
    );
}

#[test]
fn keys_strings_and_literals_differ() {
    colored::control::set_override(true);
    let shown = lines(EVENT.as_bytes(), &Bounds::default()).join("\n");
    assert!(shown.contains("\x1b[36m\"title\"\x1b[0m: \x1b[32m\"Größe"), "{shown:?}");
    assert!(shown.contains("\x1b[35m1.10\x1b[0m,") && shown.contains("\x1b[35mnull\x1b[0m"), "{shown:?}");
}

#[test]
fn long_lines_are_cut_to_the_width() {
    for columns in [20, 80, 200] {
        let body = format!("{{\"title\":\"{}\",\"wide\":\"{}\"}}", "x".repeat(300), "日本".repeat(100));
        let bounds = Bounds { columns: Some(columns), ..Bounds::default() };
        let shown = plain(body.as_bytes(), &bounds);
        assert!(shown.iter().all(|line| width(line) <= columns), "{shown:?}");
        assert!(shown[1].ends_with('…') && shown[1].starts_with("  \"title\": \"xxx"), "{shown:?}");
        assert_eq!(width(&shown[1]), columns);
    }
    // The comma does not fit.
    let bounds = Bounds { columns: Some(9), ..Bounds::default() };
    assert_eq!(plain(br#"{"a":"1","bb":"1"}"#, &bounds), ["{", "  \"a\": \"…", "  \"bb\": …", "}"]);
    let bounds = Bounds { columns: Some(10), ..Bounds::default() };
    assert_eq!(plain(br#"{"a":"1","b":12}"#, &bounds), ["{", "  \"a\": \"1…", "  \"b\": 12", "}"]);
}

#[test]
fn height_is_bounded() {
    let bounds = |rows| Bounds { rows: Some(rows), see_all: Some("cstar x".to_owned()), ..Bounds::default() };
    let whole = all(EVENT.as_bytes());
    assert_eq!(whole.len(), 13);
    assert_eq!(plain(EVENT.as_bytes(), &bounds(13)), whole);
    let shown = plain(EVENT.as_bytes(), &bounds(5));
    assert_eq!(shown[..4], whole[..4]);
    assert_eq!(shown[4..], ["… 9 more lines: cstar x"]);
    assert_eq!(plain(b"1\n2\n3\n", &bounds(0)), ["1", "… 2 more lines: cstar x"]);
}

#[test]
fn beginning_of_a_body_is_shown_as_such() {
    for end in 1..EVENT.len() {
        let bounds = Bounds { size: Some(EVENT.len()), ..Bounds::default() };
        let shown = plain(&EVENT.as_bytes()[..end], &bounds);
        let last = format!("… more, {} bytes in all", EVENT.len());
        assert_eq!(shown.last(), Some(&last), "{end}");
        assert!(shown[0].starts_with('{'), "{shown:?}");
    }
}

proptest! {
    #[test]
    fn only_white_space_changes(text in r#"[ -~]{0,40}"#, number in any::<i64>(), deep in 0..60_usize) {
        let inner = serde_json::json!({ "a": [text, { "b": number, "c": [[], {}] }], "": null }).to_string();
        let body = format!("{}{inner}{}", "[".repeat(deep), "]".repeat(deep));
        let shown = all(body.as_bytes()).join("\n");
        // What is redacted is no longer the same.
        prop_assume!(!shown.contains('…'));
        let compact = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap().to_string();
        prop_assert_eq!(compact(&shown), compact(&body));
    }

    #[test]
    fn any_body_fits(body in prop::collection::vec(any::<u8>(), 0..200), columns in 8..100_usize, rows in 0..12_usize) {
        let bounds = Bounds { columns: Some(columns), rows: Some(rows), ..Bounds::default() };
        let shown = plain(&body, &bounds);
        prop_assert!(shown.len() <= rows.max(2) && !shown.is_empty());
        for line in &shown {
            prop_assert!(!line.contains(char::is_control), "{line:?}");
            // The remark about what is missing is not cut.
            prop_assert!(width(line) <= columns || line.starts_with(['…', '(']), "{line:?}");
        }
    }
}

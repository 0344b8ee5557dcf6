//! Neutral values and pseudonyms in place of personal data.

use super::*;

fn neutral(event_type: &str, json: &str) -> String {
    let mut value = Json::parse(json.as_bytes()).unwrap();
    neutralize_data(event_type, &mut value);
    value.to_string()
}

#[test]
fn persons_are_replaced_and_ids_stay() {
    let json = r#"{"ticket":{"id":"25990cb8-1111-2222-3333-444444444444","prefixed_id":"tkt_1","title":"My card 1234 was\ncharged","status":"open","priority":"urgent","customer_name":"Ada Lovelace","n":1.10,"tags":["vip"]},"actor":{"id":"cus_1","name":"Ada Lovelace","email":"Ada@acme.test","phone":"+49 (170) 123-4567"},"agent":{"name":"Bob","email":"ada@acme.test"},"metadata":{"plan":"secret","url":"https://acme.test/x","seats":3}}"#;
    let wanted = r#"{"ticket":{"id":"25990cb8-1111-2222-3333-444444444444","prefixed_id":"tkt_1","title":"Sample text about a\nquestion","status":"open","priority":"urgent","customer_name":"Sample Person1","n":1.10,"tags":["vip"]},"actor":{"id":"cus_1","name":"Sample Person1","email":"person1@example.com","phone":"+00 (000) 000-0001"},"agent":{"name":"Person2","email":"person1@example.com"},"metadata":{"plan":"sample-1","url":"https://example.com/2","seats":3}}"#;
    assert_eq!(neutral("ticket.created", json), wanted);
}

#[test]
fn names_of_things_stay() {
    let boss = r#"{"boss":{"name":"Queue Kraken"},"player":{"name":"Ada"}}"#;
    assert_eq!(
        neutral("boss.defeated", boss),
        r#"{"boss":{"name":"Queue Kraken"},"player":{"name":"Person1"}}"#
    );
    assert_eq!(neutral("customer_group.created", r#"{"name":"VIP"}"#), r#"{"name":"VIP"}"#);
    assert_eq!(neutral("customer.created", r#"{"name":"Ada"}"#), r#"{"name":"Person1"}"#);
}

#[test]
fn addresses_within_texts_are_replaced() {
    let json = r#"{"source":"from ada@acme.test, via x","other":"a@b","url":"https://x/@y"}"#;
    let wanted = r#"{"source":"from person1@example.com, via x","other":"a@b","url":"https://x/@y"}"#;
    assert_eq!(neutral("x", json), wanted);
    assert!(is_phone("+1 555 0100") && !is_phone("2026-03-27") && !is_phone("+12"));
}

#[test]
fn pseudonyms_are_stable_and_leave_no_original() {
    let bodies = [
        r#"{"id":"evt_1","type":"ticket.created","data":{"ticket":{"id":"tkt_1","title":"Help","customer_name":"Ada Lovelace","summary":"Ada Lovelace wrote from ada@acme.test"},"customer":{"email":"Ada@acme.test","phone":"+49 170 1234567"}}}"#,
        r#"{"id":"evt_2","type":"ticket.updated","data":{"actor":{"name":"Ada Lovelace","email":"ada@acme.test"}},"note":"secret text"}"#,
    ];
    let key = PseudonymKey::new(b"salt");
    let redacted = bodies.map(|body| redact_body(&key, "ticket.created", body.as_bytes()).unwrap());
    for original in ["Ada", "Lovelace", "acme.test", "1234567", "Help", "secret"] {
        assert!(redacted.iter().all(|text| !text.contains(original)), "{original}: {redacted:?}");
    }
    for kept in [r#""id":"evt_1""#, r#""id":"tkt_1""#, r#""type":"ticket.created""#] {
        assert!(redacted[0].contains(kept), "{kept}");
    }
    let member = |text: &str, path: &str| {
        let value: serde_json::Value = serde_json::from_str(text).unwrap();
        value.pointer(path).unwrap().as_str().unwrap().to_owned()
    };
    let name = member(&redacted[0], "/data/ticket/customer_name");
    assert_eq!(name, member(&redacted[1], "/data/actor/name"));
    assert_eq!(member(&redacted[0], "/data/customer/email"), member(&redacted[1], "/data/actor/email"));
    let other = redact_body(&PseudonymKey::new(b"other"), "ticket.created", bodies[0].as_bytes()).unwrap();
    assert_ne!(name, member(&other, "/data/ticket/customer_name"));
    assert_eq!(redact_body(&key, "x", b"[1]"), None);
    assert_eq!(redact_body(&key, "x", b"{"), None);
}

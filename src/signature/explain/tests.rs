//! Makes each mistake and checks that it is found, and that no cause is reported without proof.

mod frameworks;

use std::time::Duration;

use super::super::error::Side;
use super::super::{DEFAULT_TOLERANCE, sign};
use super::*;

const SECRET: &str = "whsec_3kQ9vX2mT7bL5nR8";
const T: i64 = 1_774_583_010;
const BODY: &str = r#"{"id":"evt_1","type":"ticket.created","data":{"note":"Zoë","tags":[1,2.50]}}"#;

fn causes(body: impl AsRef<[u8]>, header: &str, secret: &str) -> Vec<Cause> {
    explain(body.as_ref(), Some(header), secret, T, DEFAULT_TOLERANCE)
}

/// The causes for `body` and `secret` when BODY was signed with SECRET.
fn found(body: impl AsRef<[u8]>, secret: &str) -> Vec<Cause> {
    causes(body, &sign(BODY.as_bytes(), SECRET, T), secret)
}

/// The causes for `body` when `signed` was signed.
fn found_of(signed: &str, body: &str) -> Vec<Cause> {
    causes(body, &sign(signed.as_bytes(), SECRET, T), SECRET)
}

#[test]
fn valid_requests_have_no_causes() {
    assert_eq!(found(BODY, SECRET), []);
    assert_eq!(causes("", &sign(b"", SECRET, T), SECRET), [], "an empty body that was signed is no mistake");
}

#[test]
fn no_cause_without_proof() {
    assert_eq!(found(BODY, "whsec_of_another_endpoint"), []);
    assert_eq!(found(BODY, " whsec_of_another_endpoint\n"), []);
    assert_eq!(found(r#"{"id":"evt_2"}"#, SECRET), []);
    assert_eq!(found("{\"id\":\"evt_2\"}\r\n", "\"quoted\""), []);
    assert_eq!(causes(BODY, "t=1,v1=short", SECRET), []);
}

#[test]
fn mistakes_with_the_secret_are_found() {
    let bare = SECRET.strip_prefix("whsec_").unwrap();
    for (secret, expected) in [
        (format!("{SECRET}\n"), vec![Cause::SecretWhiteSpace]),
        (format!(" {SECRET}"), vec![Cause::SecretWhiteSpace]),
        (format!("{SECRET}\u{a0}"), vec![Cause::SecretWhiteSpace]),
        (format!("\u{feff}{SECRET}"), vec![Cause::SecretWhiteSpace]),
        (format!("{SECRET}\\n"), vec![Cause::SecretWhiteSpace]),
        (format!("\"{SECRET}\""), vec![Cause::SecretQuoted]),
        (format!("'{SECRET}'"), vec![Cause::SecretQuoted]),
        (format!("“{SECRET}”"), vec![Cause::SecretQuoted]),
        (format!("CSTAR_WEBHOOK_SECRET={SECRET}"), vec![Cause::SecretNameIncluded]),
        (format!("export CSTAR_WEBHOOK_SECRET=\"{SECRET}\"\n"), vec![Cause::SecretNameIncluded]),
        (bare.to_owned(), vec![Cause::SecretPrefixMissing]),
        (format!("{bare}\n"), vec![Cause::SecretWhiteSpace, Cause::SecretPrefixMissing]),
    ] {
        assert_eq!(found(BODY, &secret), expected, "{secret:?}");
    }
}

#[test]
fn other_values_as_the_secret_are_found() {
    assert_eq!(found(BODY, "sk_test_example"), [Cause::SecretIsApiKey]);
    assert_eq!(found(BODY, " \"pk_live_example\""), [Cause::SecretIsApiKey]);
    assert_eq!(found(BODY, "whk_abc"), [Cause::SecretIsWebhookId]);
    assert_eq!(found(BODY, " "), [Cause::SecretEmpty]);
}

#[test]
fn mistakes_of_the_sender_are_found() {
    let header = sign(BODY.as_bytes(), SECRET.strip_prefix("whsec_").unwrap(), T);
    assert_eq!(causes(BODY, &header, SECRET), [Cause::SecretPrefixStripped]);

    // "geheim" in base64; the key is those six bytes.
    let header = sign(BODY.as_bytes(), "geheim", T);
    assert_eq!(causes(BODY, &header, "whsec_Z2VoZWlt"), [Cause::SecretDecoded]);
    assert_eq!(causes(BODY, &header, "Z2VoZWlt"), [Cause::SecretDecoded]);

    let alone = hex::encode(Key::new(SECRET.as_bytes()).tag(&[BODY.as_bytes()]));
    assert_eq!(causes(BODY, &format!("t={T},v1={alone}"), SECRET), [Cause::SignedWithoutTime]);
}

#[test]
fn times_in_milliseconds_are_found() {
    let header = sign(BODY.as_bytes(), SECRET, T * 1000);
    assert_eq!(causes(BODY, &header, SECRET), [Cause::TimeInMilliseconds], "signed and sent so");
    assert_eq!(causes(BODY, &header, "whsec_other"), [Cause::TimeInMilliseconds], "plain to see");
    let header = sign(BODY.as_bytes(), SECRET, T).replace(&T.to_string(), &format!("{T}044"));
    assert_eq!(causes(BODY, &header, SECRET), [Cause::TimeInMilliseconds], "sent so, signed in seconds");
}

#[test]
fn times_outside_tolerance_are_found() {
    let header = sign(BODY.as_bytes(), SECRET, T);
    let at = |now, secret| explain(BODY.as_bytes(), Some(&header), secret, now, Duration::from_secs(10));
    let outside = |side, age| Cause::TimeOutsideTolerance { side, age, tolerance: 10 };
    assert_eq!(at(T + 10, SECRET), []);
    assert_eq!(at(T + 11, SECRET), [outside(Side::Past, 11)]);
    assert_eq!(at(T - 12, SECRET), [outside(Side::Future, 12)]);
    let quoted = format!("'{SECRET}'");
    assert_eq!(at(T + 11, &quoted), [Cause::SecretQuoted, outside(Side::Past, 11)]);
    assert_eq!(at(T + 11, "whsec_other"), [], "a time that was not signed proves nothing");
}

#[test]
fn mistakes_with_the_body_are_found() {
    for (body, expected) in [
        (format!("{BODY}\n"), Cause::BodyNewlineAdded),
        (format!("{BODY}\r\n"), Cause::BodyNewlineAdded),
        (format!("\u{feff}{BODY}"), Cause::BodyMarkAdded),
        (format!("{T}.{BODY}"), Cause::BodyTimeIncluded),
        (BODY.replace('ë', "Ã«"), Cause::BodyReadAsLatin1),
        (serde_json::to_string(BODY).unwrap(), Cause::BodyInJsonString),
        (String::new(), Cause::BodyEmpty),
        ("\n".to_owned(), Cause::BodyEmpty),
        ("[object Object]".to_owned(), Cause::BodyIsObjectText),
    ] {
        assert_eq!(found(&body, SECRET), [expected], "{body:?}");
    }
    // base64.b64encode(b'{"id":"evt_1"}')
    assert_eq!(found_of(r#"{"id":"evt_1"}"#, "eyJpZCI6ImV2dF8xIn0="), [Cause::BodyInBase64]);
}

#[test]
fn utf16_bodies_are_found() {
    for text in [BODY.to_owned(), format!("{BODY}\r\n")] {
        let little = text.encode_utf16().flat_map(u16::to_le_bytes);
        let big = text.encode_utf16().flat_map(u16::to_be_bytes);
        for body in [
            [0xff, 0xfe].into_iter().chain(little).collect(),
            [0xfe, 0xff].into_iter().chain(big).collect::<Vec<u8>>(),
        ] {
            assert_eq!(found(&body, SECRET), [Cause::BodyInUtf16]);
        }
    }
}

#[test]
fn changed_line_breaks_are_found() {
    let (unix, windows) = ("{\n  \"a\": [1,\n2]\n}\n", "{\r\n  \"a\": [1,\r\n2]\r\n}\r\n");
    assert_eq!(found_of(unix, windows), [Cause::BodyToCrlf]);
    assert_eq!(found_of(windows, unix), [Cause::BodyToLf]);
    assert_eq!(found_of(unix, unix.trim_end()), [Cause::BodyNewlineLost]);
    assert_eq!(found_of(windows, windows.trim_end()), [Cause::BodyNewlineLost]);
    assert_eq!(
        found_of("{\n}", "{\r\n}"),
        [Cause::BodyToCrlf],
        "not reserialized JSON, which would not match either"
    );
}

#[test]
fn reserialized_json_is_found() {
    let compact = r#"{"b":1,"a":{"x":[1,2],"note":"é"}}"#;
    let pretty =
        "{\n  \"b\": 1,\n  \"a\": {\n    \"x\": [\n      1,\n      2\n    ],\n    \"note\": \"é\"\n  }\n}";
    // Python's json.dumps: spaces after the separators, everything but ASCII escaped.
    let python = r#"{"b": 1, "a": {"x": [1, 2], "note": "\u00e9"}}"#;
    assert_eq!(found_of(compact, pretty), [Cause::BodyReserialized]);
    assert_eq!(found_of(pretty, compact), [Cause::BodyReserialized]);
    assert_eq!(found_of(compact, python), [Cause::BodyReserialized]);
    assert_eq!(found_of(pretty, python), [Cause::BodyReserialized]);
}

#[test]
fn combined_mistakes_are_found() {
    assert_eq!(
        found(format!("{BODY}\n"), &format!("\"{SECRET}\"")),
        [Cause::SecretQuoted, Cause::BodyNewlineAdded]
    );
}

#[test]
fn old_form_is_explained() {
    let header = format!("sha256={}", hex::encode(Key::new(SECRET.as_bytes()).tag(&[BODY.as_bytes()])));
    assert_eq!(causes(BODY, &header, SECRET), []);
    assert_eq!(causes(format!("{BODY}\n"), &header, SECRET), [Cause::BodyNewlineAdded]);
    assert_eq!(causes(BODY, &header, &format!("{SECRET} ")), [Cause::SecretWhiteSpace]);
}

#[test]
fn mistakes_with_the_header_are_found() {
    let good = sign(BODY.as_bytes(), SECRET, T);
    let digits = good.split_once("v1=").unwrap().1;
    for (header, expected) in [
        (String::new(), Cause::HeaderMissing),
        (format!("X-Signature: {good}"), Cause::HeaderNameIncluded),
        (format!("cstar-signature:{good}"), Cause::HeaderNameIncluded),
        (format!("{good}, {good}"), Cause::HeaderJoined),
        (format!("\"{good}\""), Cause::HeaderQuoted),
        (digits.to_owned(), Cause::HeaderOnlyDigits),
        ("2026-03-27T03:43:30.044Z".to_owned(), Cause::HeaderOfOther("`X-Timestamp`")),
        ("ticket.created".to_owned(), Cause::HeaderOfOther("`X-Event-Type`")),
        ("ticket.status_changed".to_owned(), Cause::HeaderOfOther("`X-Event-Type`")),
        ("evt_ticket_created_1_a".to_owned(), Cause::HeaderOfOther("`X-Event-ID`")),
        ("whk_abc".to_owned(), Cause::HeaderOfOther("`X-Webhook-ID`")),
        ("Bearer sk_test_example".to_owned(), Cause::HeaderOfOther("`Authorization`")),
        (SECRET.to_owned(), Cause::HeaderOfOther("the signing secret")),
        (
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=".to_owned(),
            Cause::HeaderOfOther("`webhook-signature` of another service"),
        ),
    ] {
        assert_eq!(causes(BODY, &header, SECRET), [expected], "{header:?}");
    }
    assert_eq!(explain(b"{}", None, SECRET, T, DEFAULT_TOLERANCE), [Cause::HeaderMissing]);
}

#[test]
fn descriptions_and_codes_are_stable() {
    assert_eq!(
        Cause::HeaderOfOther("`X-Timestamp`").to_string(),
        "the value is that of `X-Timestamp`, not a signature: pass the value of `X-Signature`"
    );
    assert_eq!(
        Cause::TimeOutsideTolerance { side: Side::Past, age: 412, tolerance: 300 }.to_string(),
        "the request was signed 412 s ago and 300 s are allowed: it was held back or replayed, or the clock \
         here is ahead; have it sent again, or allow more for a kept request"
    );
    assert_eq!(
        Cause::TimeOutsideTolerance { side: Side::Future, age: 412, tolerance: 300 }.to_string(),
        "the request is dated 412 s in the future and 300 s are allowed: set the clock here, or the sender's"
    );
    assert_eq!(Cause::SecretWhiteSpace.code(), "secret_white_space");
    assert_eq!(Cause::HeaderOfOther("x").code(), "header_of_other");
}

#[test]
fn large_body_is_explained_fast_enough() {
    let body = format!("{{\"text\":\"{}\"}}", "é\\n".repeat(20_000));
    let header = sign(body.as_bytes(), SECRET, T);
    assert_eq!(causes(format!("{body}\n"), &header, SECRET), [Cause::BodyNewlineAdded]);
}

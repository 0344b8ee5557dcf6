//! Signing and verifying, compared with values from other implementations and with the published JavaScript verifier.

use std::time::Duration;

use super::error::Side;
use super::*;

mod headers;
mod properties;

const SECRET: &str = "whsec_3kQ9vX2mT7bL5nR8";
const T: i64 = 1_774_583_010;
const BODY: &[u8] = br#"{"id":"evt_ticket_created_1774583010044_abc12345","type":"ticket.created"}"#;
const GOOD: &str = "bbf163bc353f7f1d769c4f2b46954667614d86ea2cf53aa5c541cd4c1e5b0082";
const LEGACY: &str = "867865e12ea328421c87238a265015024b55b043fb08bb4709e5ae559e0cd184";

/// Well-formed, but matches no body in these tests.
const WRONG: &str = "0000000000000000000000000000000000000000000000000000000000000000";

fn at(now: i64) -> Verifier {
    Verifier::new(SECRET).at(now)
}

/// Verifies BODY at the time when it was signed.
fn check(header: &str) -> Result<Verified, SignatureError> {
    at(T).verify(BODY, Some(header))
}

fn mismatch() -> SignatureError {
    SignatureError::Mismatch { scheme: Scheme::V1, body_bytes: BODY.len() }
}

// Each value is, in Python's standard library:
// hmac.new(secret.encode(), f"{t}.".encode() + body, hashlib.sha256).hexdigest()
#[test]
fn signatures_agree_with_python_hmac() {
    let every_byte: Vec<u8> = (0..=255).collect();
    let long = format!("whsec_{}", "k".repeat(100));
    for (body, secret, time, hex) in [
        (BODY, SECRET, T, GOOD),
        (b"", SECRET, T, "b9ac024aeb8f69e4d2f81fe9fbedac94a7d2362e2df18223552a62bf5d272936"),
        (
            "{\"name\":\"Zoë 🌟\"}\r\n".as_bytes(),
            SECRET,
            T,
            "c778f6ac77cd1fe358cf43d57f61695334feced83b9a920476cd235deacbe661",
        ),
        (&every_byte, SECRET, T, "9bedb860347e6f90171064fef2013b0933aeee4b12abef6c6c333afceb9c94ca"),
        (BODY, &long, T, "b062e5bde833f729cb6cea2f2930d4e1b7630f713fc14557a87c7abca2594d82"),
        (BODY, "geheimnis-ü ", T, "383f8398d1e182a3e4c9f305e76f846800c1ac296ed15024c6c3a024af7f3223"),
        (BODY, SECRET, 0, "9f0d159205ca0f997d0f8898934e39b910fb93cbbbe0802d5aa9ce5866b9e080"),
        (BODY, SECRET, i64::MAX, "f7c79699c5cebb2d2198d49a66e189a59e40ff308638b74d2f5c44444f0160a8"),
    ] {
        let header = format!("t={time},v1={hex}");
        assert_eq!(sign(body, secret, time), header);
        assert_eq!(Signer::new(secret).header(body, time), header);
        let verified = Verifier::new(secret).at(time).verify(body, Some(&header)).unwrap();
        assert_eq!(verified, Verified { scheme: Scheme::V1, timestamp: Some(time), age: Some(0) });
    }
}

#[test]
fn signer_gives_the_same_header_each_time() {
    let signer = Signer::new(SECRET);
    let first = signer.header(BODY, T);
    assert_ne!(signer.header(b"other", T), first);
    assert_ne!(signer.header(BODY, T + 1), first);
    assert_eq!(signer.header(BODY, T), first);
}

#[test]
fn tolerance_is_inclusive_on_both_sides() {
    let header = format!("t={T},v1={GOOD}");
    let verify = |now| at(now).verify(BODY, Some(&header));
    assert_eq!(verify(T + 300).unwrap().age, Some(300));
    assert_eq!(verify(T - 300).unwrap().age, Some(-300));
    let outside = |side| SignatureError::OutsideTolerance {
        side,
        age: 301,
        by: 1,
        tolerance: 300,
        milliseconds: false,
    };
    assert_eq!(verify(T + 301), Err(outside(Side::Past)));
    // Stripe's libraries accept any future time; cStar's published verifier does not.
    assert_eq!(verify(T - 301), Err(outside(Side::Future)));
}

#[test]
fn tolerance_can_be_changed() {
    let header = sign(BODY, SECRET, T);
    let verify = |now, tolerance| at(now).tolerance(tolerance).verify(BODY, Some(&header)).is_ok();
    assert!(verify(T, Duration::ZERO));
    assert!(!verify(T + 1, Duration::ZERO));
    assert!(!verify(T - 1, Duration::ZERO));
    assert!(verify(T + 10, Duration::from_secs(10)));
    assert!(!verify(T + 11, Duration::from_secs(10)));
    assert!(verify(i64::MAX, Duration::MAX));
    assert!(verify(i64::MIN, Duration::MAX));
    assert!(!verify(i64::MIN, DEFAULT_TOLERANCE), "no overflow on the way to an error");
}

#[test]
fn default_clock_is_the_system_clock() {
    let now = i64::try_from(jiff_now()).unwrap();
    assert!(verify_signature(BODY, Some(&sign(BODY, SECRET, now)), SECRET).is_ok());
    let old = verify_signature(BODY, Some(&sign(BODY, SECRET, now - 400)), SECRET);
    assert!(matches!(old, Err(SignatureError::OutsideTolerance { side: Side::Past, .. })), "{old:?}");
}

#[expect(clippy::disallowed_methods, reason = "the clock is what is under test")]
fn jiff_now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

#[test]
fn mismatch_is_reported_before_old_time() {
    let header = sign(BODY, "whsec_other", T);
    assert_eq!(at(T + 9999).verify(BODY, Some(&header)), Err(mismatch()));
    assert_eq!(at(T).verify(BODY, Some(&header)), Err(mismatch()));
}

#[test]
fn missing_secret_is_reported_first() {
    for blank in ["", " ", "\n", "\0", "\t \u{a0}"] {
        let header = sign(BODY, blank, T);
        let refused = Verifier::new(blank).at(T).verify(BODY, Some(&header));
        assert_eq!(refused, Err(SignatureError::MissingSecret), "{blank:?}");
        assert_eq!(Verifier::new(blank).verify(BODY, None), Err(SignatureError::MissingSecret));
    }
    for header in [None, Some(""), Some(" \t")] {
        assert_eq!(at(T).verify(BODY, header), Err(SignatureError::MissingHeader), "{header:?}");
    }
}

#[test]
fn secret_is_used_unchanged() {
    let header = sign(BODY, SECRET, T);
    for other in ["3kQ9vX2mT7bL5nR8", "whsec_3kQ9vX2mT7bL5nR8 ", "WHSEC_3kQ9vX2mT7bL5nR8"] {
        assert_eq!(Verifier::new(other).at(T).verify(BODY, Some(&header)), Err(mismatch()), "{other:?}");
    }
}

#[test]
fn error_messages_are_stable() {
    let outside = |side, milliseconds| {
        SignatureError::OutsideTolerance { side, age: 412, by: 112, tolerance: 300, milliseconds }.to_string()
    };
    for (text, expected) in [
        (
            SignatureError::MissingHeader.to_string(),
            "the request has no signature: pass the value of its `X-Signature` header, and check that no \
             proxy in between removes it",
        ),
        (
            SignatureError::MissingSecret.to_string(),
            "the signing secret is empty: set it to the `whsec_` value of this endpoint, or to what \
             `cstar listen --print-secret` prints",
        ),
        (
            check("v1=").unwrap_err().to_string(),
            "the signature header is malformed: it has no `t=`; it should read \
             `t=<unix seconds>,v1=<64 hex digits>`",
        ),
        (
            mismatch().to_string(),
            "no `v1` signature of the header matches the body (74 bytes): check that the secret is this \
             endpoint's, and that the body is the raw bytes received, not parsed JSON written out again",
        ),
        (
            SignatureError::LegacyRefused.to_string(),
            "the signature has the legacy `sha256=` form, which has no timestamp and can be replayed at any \
             time, so a strict verifier refuses it: have the sender sign with `t=` and `v1=`",
        ),
        (
            outside(Side::Past, false),
            "the signature is authentic but 412 s old, 112 s beyond the 300 s allowed: the request was held \
             back or replayed, or the clock of this machine is ahead",
        ),
        (
            outside(Side::Future, false),
            "the signature is authentic but dated 412 s in the future, 112 s beyond the 300 s allowed: set \
             the clock of this machine, or the sender's",
        ),
        (
            outside(Side::Future, true),
            "the signature is authentic, but its `t` has 13 digits and so looks like milliseconds: have the \
             sender sign with unix seconds",
        ),
    ] {
        assert_eq!(text, expected);
    }
}

#[test]
fn times_in_milliseconds_are_reported() {
    let refused = at(T).verify(BODY, Some(&sign(BODY, SECRET, T * 1000 + 44))).unwrap_err();
    let is_future =
        matches!(refused, SignatureError::OutsideTolerance { milliseconds: true, side: Side::Future, .. });
    assert!(is_future, "{refused:?}");
}

#[test]
fn output_contains_no_secret_or_signature() {
    let verifier = at(T);
    let header = format!("t={T},v1={WRONG}");
    let printed = [
        format!("{:?} {:#?}", verifier, verifier),
        format!("{:?}", Signer::new(SECRET)),
        format!("{0} {0:?}", verifier.verify(BODY, Some(&header)).unwrap_err()),
        format!("{0} {0:?}", verifier.verify(BODY, Some(SECRET)).unwrap_err()),
        format!("{0} {0:?}", verifier.verify(BODY, Some(&format!("t={SECRET},v1=x"))).unwrap_err()),
        format!("{0} {0:?}", verifier.verify(BODY, Some(&format!("t=1,v1={SECRET}"))).unwrap_err()),
        format!(
            "{:?}",
            explain(BODY, Some(&sign(BODY, SECRET, T)), &format!("\"{SECRET}\""), T, Duration::ZERO)
        ),
    ];
    for text in printed {
        assert!(!text.contains("3kQ9") && !text.contains(GOOD) && !text.contains("bbf163"), "{text}");
    }
    assert!(format!("{verifier:?}").contains("Key(hidden)"));
}

#[test]
fn verifier_is_shared_between_tasks() {
    fn shared<T: Send + Sync + Clone + 'static>() {}
    shared::<Verifier>();
    shared::<Signer>();
    shared::<SignatureError>();
}

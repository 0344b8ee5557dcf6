//! Headers that are accepted, and those that no sender writes.

use super::*;

fn detail(header: &str) -> String {
    match check(header) {
        Err(SignatureError::Malformed { detail }) => detail,
        other => panic!("{header:?} gave {other:?}"),
    }
}

#[test]
fn accepts_the_published_forms_and_safe_ones() {
    let upper = GOOD.to_uppercase();
    for header in [
        format!("t={T},v1={GOOD}"),
        format!("v1={GOOD},t={T}"),
        format!("t={T},v1={upper}"),
        format!("t={T},v1={WRONG},v1={GOOD}"),
        format!("t={T},v0={WRONG},v1={GOOD}"),
        format!("t={T},v1={GOOD},v2=later,x"),
        format!("t=0{T},v1={GOOD}"),
        format!("t={T},v1=short,v1={GOOD}"),
        format!("t={T},,v1={GOOD},"),
        format!("t={T},v1={GOOD},sha256={WRONG}"),
        // It does not accept the rest, which is safe.
        format!("t={T},v1={GOOD},v1={WRONG}"),
        format!("t={T},v1={WRONG},v1={GOOD},v1={WRONG}"),
        format!("  t = {T} ,\tv1 = {GOOD}  "),
        format!("t={T}, v1={GOOD}"),
    ] {
        assert!(check(&header).is_ok(), "{header}");
    }
}

#[test]
fn headers_no_sender_writes_are_rejected() {
    for (header, expected) in [
        (format!("t={T}.5,v1={GOOD}"), "`t` is not a whole number of unix seconds, digits only"),
        (format!("t=+{T},v1={GOOD}"), "`t` is not a whole number of unix seconds, digits only"),
        (format!("t=-{T},v1={GOOD}"), "`t` is not a whole number of unix seconds, digits only"),
        (format!("t=1e9,v1={GOOD}"), "`t` is not a whole number of unix seconds, digits only"),
        (format!("t=١٢,v1={GOOD}"), "`t` is not a whole number of unix seconds, digits only"),
        (format!("t=,v1={GOOD}"), "`t` is empty"),
        (format!("t=9223372036854775808,v1={GOOD}"), "`t` has 19 digits, too many for unix seconds"),
        (format!("t={T},t={T},v1={GOOD}"), "it has `t=` 2 times, as when two headers are joined"),
        (format!("t={T}"), "it has no `v1=`"),
        (format!("t={T},v0={GOOD}"), "it has no `v1=`"),
        (format!("T={T},V1={GOOD}"), "it has neither `t=` nor `v1=`"),
        (format!("v1={GOOD}"), "it has no `t=`"),
        (GOOD.to_owned(), "it has neither `t=` nor `v1=`"),
        (format!("t={T},v1="), "`v1` has 0 characters, not the 64 hexadecimal digits of a signature"),
        // Node's hex decoder drops an odd digit and everything after the first character that is not a digit.
        (format!("t={T},v1={GOOD}0"), "`v1` has 65 characters, not the 64 hexadecimal digits of a signature"),
        (format!("t={T},v1={GOOD}="), "`v1` has 65 characters, not the 64 hexadecimal digits of a signature"),
        (
            format!("t={T},v1={}", GOOD.get(1..).unwrap()),
            "`v1` has 63 characters, not the 64 hexadecimal digits of a signature",
        ),
        (
            format!("t={T},v1={}g", GOOD.get(1..).unwrap()),
            "`v1` has characters that are not hexadecimal digits",
        ),
        ("sha256=".to_owned(), "`sha256` has 0 characters, not the 64 hexadecimal digits of a signature"),
        (
            format!("sha256={LEGACY},t={T},v1={GOOD}"),
            "`sha256` has 145 characters, not the 64 hexadecimal digits of a signature",
        ),
    ] {
        assert_eq!(detail(&header), expected, "{header}");
    }
}

#[test]
fn v1_covers_time_and_body() {
    for header in [
        format!("t={T},v1={WRONG}"),
        format!("t={T},v1={LEGACY}"),
        format!("t={},v1={GOOD}", T + 1),
        format!("t={T},v0={GOOD},v1={WRONG}"),
        format!("t={T},sha256={LEGACY},v1={WRONG}"),
    ] {
        assert_eq!(check(&header), Err(mismatch()), "{header}");
    }
}

#[test]
fn old_form_passes_unless_strict() {
    for header in [
        format!("sha256={LEGACY}"),
        format!(" sha256= {LEGACY} "),
        format!("sha256={}", LEGACY.to_uppercase()),
    ] {
        let verified = at(T).verify(BODY, Some(&header)).unwrap();
        assert_eq!(verified, Verified { scheme: Scheme::Legacy, timestamp: None, age: None });
        assert_eq!(at(T).strict(true).verify(BODY, Some(&header)), Err(SignatureError::LegacyRefused));
    }
    assert!(at(T).strict(true).verify(BODY, Some(&sign(BODY, SECRET, T))).is_ok());
    let mismatch = SignatureError::Mismatch { scheme: Scheme::Legacy, body_bytes: BODY.len() };
    assert_eq!(check(&format!("sha256={GOOD}")), Err(mismatch));
}

#[test]
fn expired_v1_fails_in_the_old_form() {
    let body = [format!("{T}.").as_bytes(), BODY].concat();
    let refused = at(T + 9999).verify(&body, Some(&format!("sha256={GOOD}")));
    assert!(matches!(refused, Err(SignatureError::Malformed { .. })), "{refused:?}");
}

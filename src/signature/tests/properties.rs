//! Properties that hold for any body, secret and header.

use proptest::prelude::*;

use super::super::*;

/// A secret that is not blank.
fn secret() -> impl Strategy<Value = String> {
    (any::<String>(), "[!-~]", any::<String>()).prop_map(|(before, one, after)| before + &one + &after)
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..300)
}

/// The parts of a header in any order.
fn header_like() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("t=".to_owned()),
        Just("v1=".to_owned()),
        Just("sha256=".to_owned()),
        Just(",".to_owned()),
        "[0-9]{1,20}",
        "[0-9a-fA-F]{62,66}",
        any::<String>(),
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn passes(body: &[u8], header: &str, secret: &str, now: i64) -> bool {
    Verifier::new(secret).at(now).verify(body, Some(header)).is_ok()
}

fn flip(bytes: &mut [u8], bit: usize) {
    let bit = bit % (bytes.len() * 8);
    bytes[bit / 8] ^= 1 << (bit % 8);
}

proptest! {
    #[test]
    fn signed_bodies_verify(body in body(), secret in secret(), time in 0..=i64::MAX) {
        let header = sign(&body, &secret, time);
        prop_assert!(passes(&body, &header, &secret, time));
        let (digits, tag) = header.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
        prop_assert_eq!(digits, time.to_string());
        prop_assert_eq!(tag.len(), 64);
        prop_assert!(tag.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')));
    }

    #[test]
    fn one_changed_body_bit_fails(mut body in body(), secret in secret(), bit: usize) {
        prop_assume!(!body.is_empty());
        let header = sign(&body, &secret, 1000);
        flip(&mut body, bit);
        prop_assert!(!passes(&body, &header, &secret, 1000));
    }

    #[test]
    fn one_byte_more_or_less_fails(mut body in body(), secret in secret(), byte: u8) {
        let header = sign(&body, &secret, 1000);
        body.push(byte);
        prop_assert!(!passes(&body, &header, &secret, 1000));
        let header = sign(&body, &secret, 1000);
        body.pop();
        prop_assert!(!passes(&body, &header, &secret, 1000));
    }

    #[test]
    fn one_changed_secret_bit_fails(body in body(), secret in "[!-~]{1,200}", bit: usize) {
        let header = sign(&body, &secret, 1000);
        // The low bit of a printable character gives another character of one byte.
        let mut bytes = secret.into_bytes();
        let place = bit % bytes.len();
        bytes[place] ^= 1;
        let other = String::from_utf8(bytes).unwrap();
        prop_assert!(!passes(&body, &header, &other, 1000));
    }

    #[test]
    fn one_changed_signature_bit_fails(body in body(), secret in secret(), bit: usize) {
        let header = sign(&body, &secret, 1000);
        let mut tag = hex::decode(header.strip_prefix("t=1000,v1=").unwrap()).unwrap();
        flip(&mut tag, bit);
        let tag = hex::encode(tag);
        let header = format!("t=1000,v1={tag}");
        prop_assert!(!passes(&body, &header, &secret, 1000));
    }

    #[test]
    fn signature_covers_the_time(body in body(), secret in secret(), time in 0..10_000_i64, other in 0..10_000_i64) {
        prop_assume!(time != other);
        let header = sign(&body, &secret, time).replace(&format!("t={time},"), &format!("t={other},"));
        let verifier = Verifier::new(&secret).at(other);
        let refused = matches!(verifier.verify(&body, Some(&header)), Err(SignatureError::Mismatch { .. }));
        prop_assert!(refused);
    }

    #[test]
    fn random_headers_fail_without_panic(body in body(), secret: String, now: i64, header in header_like()) {
        let verifier = Verifier::new(&secret).at(now);
        let refused = verifier.verify(&body, Some(&header));
        prop_assert!(refused.is_err());
        let causes = explain(&body, Some(&header), &secret, now, DEFAULT_TOLERANCE);
        prop_assert!(causes.iter().all(|cause| !cause.to_string().is_empty()));
    }

    #[test]
    fn valid_requests_have_no_cause(body in body(), secret in secret(), time in 0..=i64::MAX) {
        let header = sign(&body, &secret, time);
        prop_assert_eq!(explain(&body, Some(&header), &secret, time, DEFAULT_TOLERANCE), []);
    }
}

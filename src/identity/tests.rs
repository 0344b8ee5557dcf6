//! Tests of signing, verifying and explaining.

use super::payload::read_sent;
use super::*;
use crate::signature::base64;

const KEY: &str = "sk_test_0123456789abcdef";

/// An awkward customer: every mistake in the text shows.
fn customer() -> CustomerIdentity {
    CustomerIdentity::new("42", "zo\u{eb}@example.com/a", 1_774_583_010).name("Zo\u{eb} & Co")
}

fn hmac(key: &[u8], json: &str) -> [u8; 32] {
    Key::new(key).tag(&[json.as_bytes()])
}

/// The causes of the signature of `json` with `key`.
fn causes_of(json: &str, key: &[u8]) -> Vec<Cause> {
    explain(&customer(), &hex::encode(hmac(key, json)), KEY, &[])
}

/// Key, email, externalId, name, timestamp and signature.
type Vector = (&'static str, &'static str, &'static str, Option<&'static str>, i64, &'static str);

/// Computed by Node (`JSON.stringify`) and by Python (`json.dumps` with `sort_keys`, `separators`, `ensure_ascii`),
/// which agree.
const VECTORS: [Vector; 6] = [
    (
        "sk_test_widget",
        "ada@example.com",
        "user_42",
        Some("Ada"),
        1_774_583_010,
        "f6645c488d4eb2ad9bea0974bfd5b56e77f5424750e4913f0b51fb0f4a158e5b",
    ),
    (
        "sk_test_widget",
        "ada@example.com",
        "user_42",
        None,
        1_774_583_010,
        "34dc40a594ce7e324116f03cd4929d8993e6ac67b077c932eee3e03a5bfd6308",
    ),
    (
        "sk_test_widget",
        "ada@example.com",
        "user_42",
        Some(""),
        1_774_583_010,
        "46626563ba81b74dd64790bea6a9e5031b0bb2013f1417dae24951c94c1e56f9",
    ),
    (
        "sk_live_Gr\u{fc}\u{df}e",
        "zo\u{eb}@example.com",
        "7",
        Some("Zo\u{eb} \u{65e5}\u{672c} \u{1f389} e\u{301}"),
        0,
        "482ee16d47de10074c94ff243e10ec121fddbad1165df32dd9ad9099f65cc1f8",
    ),
    (
        "sk_test_widget",
        "a/b+c@example.com",
        "a\"b\\c",
        Some("</script>&'\u{2028}\u{2029} \0\u{7}\u{8}\u{c}\n\r\t\u{1b}\u{7f} \\u2028 \\\\u000c"),
        9_007_199_254_740_991,
        "d1a6cd24da92e9695fc2291cdb3122859a98ec369d00efb8cf16e9e56cf85584",
    ),
    (
        "sk_live_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "x@example.com",
        "\u{feff}",
        Some("\u{202e}"),
        1_774_583_010,
        "ee525397f797a22cce832f6ba3bf84566fc43af5c4fa7bd49f003f3e94ce2a88",
    ),
];

#[test]
fn vectors_of_node_and_python_agree() {
    for (key, email, id, name, timestamp, expected) in VECTORS {
        let customer = CustomerIdentity::new(id, email, timestamp);
        let customer = name.into_iter().fold(customer, CustomerIdentity::name);
        assert_eq!(sign(&customer, key), expected, "{customer:?}");
        let verified = verify(&customer, expected, key);
        match timestamp > 1_774_583_010 {
            true => assert_eq!(verified, Err(IdentityError::TimestampInMilliseconds)),
            false => assert_eq!(verified, Ok(())),
        }
        // Members in another order and with white space are the same customer.
        let json = serde_json::to_string_pretty(&serde_json::json!({
            "timestamp": timestamp, "name": name, "externalId": id, "email": email,
        }))
        .unwrap();
        let json = json.replace("  \"name\": null,\n", "");
        let sent = read_sent(json.as_bytes(), None).unwrap();
        assert_eq!(sent.customer, customer);
    }
}

#[test]
fn mistakes_in_the_json_are_named() {
    let (email, co) = ("zo\u{eb}@example.com/a", "Zo\u{eb} & Co");
    let json = |text: &str| text.replace("EMAIL", email).replace("CO", co);
    for (text, expected) in [
        (
            r#"{"externalId":"42","email":"EMAIL","name":"CO","timestamp":1774583010}"#,
            &[Cause::MembersUnsorted][..],
        ),
        (
            r#"{"email": "EMAIL", "externalId": "42", "name": "CO", "timestamp": 1774583010}"#,
            &[Cause::JsonSpaces],
        ),
        (
            "{\n  \"email\": \"EMAIL\",\n  \"externalId\": \"42\",\n  \"name\": \"CO\",\n  \"timestamp\": 1774583010\n}",
            &[Cause::JsonSpaces],
        ),
        (
            "{\"email\":\"EMAIL\",\"externalId\":\"42\",\"name\":\"CO\",\"timestamp\":1774583010}\n",
            &[Cause::JsonNewline],
        ),
        (
            r#"{"email":"EMAIL","externalId":"42","name":"CO","timestamp":1774583010000}"#,
            &[Cause::TimestampInMilliseconds],
        ),
        (
            r#"{"email":"EMAIL","externalId":"42","name":"CO","timestamp":1774583010044}"#,
            &[Cause::TimestampInMilliseconds],
        ),
        (
            r#"{"email":"EMAIL","externalId":"42","name":"CO","timestamp":"1774583010"}"#,
            &[Cause::TimestampText],
        ),
        (
            r#"{"email":"EMAIL","externalId":42,"name":"CO","timestamp":1774583010}"#,
            &[Cause::ExternalIdNumber],
        ),
        (r#"{"email":"EMAIL","externalId":"42","timestamp":1774583010}"#, &[Cause::NameLeftOut]),
        (r#"{"email":"EMAIL","externalId":"42","name":null,"timestamp":1774583010}"#, &[Cause::NameNull]),
        (r#"{"email":"EMAIL","externalId":"42","name":"CO"}"#, &[Cause::TimestampLeftOut]),
        (r#"{"email":"EMAIL","id":"42","name":"CO","timestamp":1774583010}"#, &[Cause::IdMember]),
        // The other page.
        (
            r#"{"id":"42","email":"EMAIL","name":"CO"}"#,
            &[Cause::IdMember, Cause::TimestampLeftOut, Cause::MembersUnsorted],
        ),
        (
            r#"{"email":"42","externalId":"EMAIL","name":"CO","timestamp":1774583010}"#,
            &[Cause::ValuesSwapped],
        ),
        (
            r#"{"email":"EMAIL","externalId":"CO","name":"42","timestamp":1774583010}"#,
            &[Cause::ValuesSwapped],
        ),
        // Python's defaults.
        (
            r#"{"externalId": "42", "name": "Zo\u00eb & Co", "timestamp": 1774583010, "email": "zo\u00eb@example.com/a"}"#,
            &[Cause::MembersUnsorted, Cause::JsonSpaces, Cause::NonAsciiEscaped],
        ),
        // PHP's.
        (
            r#"{"email":"zo\u00eb@example.com\/a","externalId":"42","name":"Zo\u00eb & Co","timestamp":1774583010}"#,
            &[Cause::NonAsciiEscaped, Cause::SlashesEscaped],
        ),
        // .NET's.
        (
            r#"{"email":"zo\u00EB@example.com/a","externalId":"42","name":"Zo\u00EB \u0026 Co","timestamp":1774583010}"#,
            &[Cause::NonAsciiEscaped, Cause::HtmlEscaped],
        ),
        // Go's.
        (
            r#"{"email":"EMAIL","externalId":"42","name":"ZoE \u0026 Co","timestamp":1774583010}"#,
            &[Cause::HtmlEscaped],
        ),
    ] {
        let text = json(text).replace("ZoE", "Zo\u{eb}");
        assert_eq!(causes_of(&text, KEY.as_bytes()), expected, "{text}");
    }
}

#[test]
fn mistakes_with_the_name_are_named() {
    let without = CustomerIdentity::new("7", "a@example.com", 1);
    let empty = without.clone().name("");
    let causes =
        |sent: &CustomerIdentity, signed: &CustomerIdentity| explain(sent, &sign(signed, KEY), KEY, &[]);
    assert_eq!(causes(&without, &empty), [Cause::NameEmpty]);
    assert_eq!(causes(&empty, &without), [Cause::NameLeftOut]);
    assert_eq!(causes(&without, &without), []);
    assert_eq!(causes(&without, &without.clone().name("Ada")), []);
}

#[test]
fn mistakes_with_the_key_are_named() {
    let json = customer().to_json();
    for (key, expected) in [
        (format!("{KEY}\n"), Cause::SignerKeyWhiteSpace),
        (format!("{KEY}\r\n"), Cause::SignerKeyWhiteSpace),
        (format!("{KEY} "), Cause::SignerKeyWhiteSpace),
        (KEY.replace("sk_test_", ""), Cause::KeyPrefixStripped),
        (KEY.replace("test", "live"), Cause::KeyOfOtherEnvironment),
    ] {
        assert_eq!(causes_of(&json, key.as_bytes()), [expected], "{key:?}");
    }
    let decoded = hex::decode("0123456789abcdef").unwrap();
    assert_eq!(causes_of(&json, &decoded), [Cause::KeyHexDecoded]);
    assert_eq!(causes_of(&json, &base64::decode(b"0123456789abcdef").unwrap()), [Cause::KeyBase64Decoded]);

    let signature = sign(&customer(), KEY);
    let with_key = |key: &str| explain(&customer(), &signature, key, &[]);
    assert_eq!(with_key(&format!(" {KEY}\n")), [Cause::KeyWhiteSpace]);
    assert_eq!(with_key(&format!("\"{KEY}\"")), [Cause::KeyQuoted]);
    assert_eq!(with_key("pk_test_a"), [Cause::KeyPublishable]);
    assert_eq!(with_key("whsec_a"), [Cause::KeyIsWebhookSecret]);
    assert_eq!((with_key(" "), with_key("sk_test_another")), (vec![Cause::KeyEmpty], vec![]));
    let with_others = |key: &str| explain(&customer(), &signature, key, &["sk_live_x", KEY]);
    assert_eq!(with_others("sk_live_mine"), [Cause::KeyOfOtherEnvironment]);
    assert_eq!(with_others("sk_test_mine"), [Cause::KeyIsOther]);
}

#[test]
fn mistakes_in_the_signature_are_named() {
    let tag = hmac(KEY.as_bytes(), &customer().to_json());
    let hex = hex::encode(tag);
    let base64 = base64_of(&tag);
    for (signature, expected) in [
        (hex.to_uppercase(), &[Cause::SignatureUpperCase][..]),
        (base64.clone(), &[Cause::SignatureBase64]),
        (base64.replace('+', "-").replace('/', "_").replace('=', ""), &[Cause::SignatureBase64]),
        (format!("sha256={hex}"), &[Cause::SignaturePrefixed]),
        (format!("\"{hex}\"\n"), &[Cause::SignatureQuoted]),
        ("ab".repeat(20), &[Cause::SignatureSha1]),
        ("ab".repeat(64), &[Cause::SignatureSha512]),
        (format!("t=1,v1={hex}"), &[Cause::SignatureOfWebhook]),
        ("hello".to_owned(), &[]),
        (String::new(), &[]),
        ("0".repeat(64), &[]),
    ] {
        assert_eq!(explain(&customer(), &signature, KEY, &[]), expected, "{signature}");
        assert!(verify(&customer(), &signature, KEY).is_err());
    }
    // Several mistakes at once.
    let text = customer().to_json().replace(',', ", ");
    let signature =
        hex::encode(hmac(format!("{KEY}\n").as_bytes(), &text.replace("\":", "\": "))).to_uppercase();
    assert_eq!(
        explain(&customer(), &signature, KEY, &[]),
        [Cause::SignatureUpperCase, Cause::SignerKeyWhiteSpace, Cause::JsonSpaces]
    );
}

fn base64_of(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = bytes.chunks(3).flat_map(|chunk| {
        let all =
            chunk.iter().fold(0_u32, |all, byte| all << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        (0..=chunk.len()).map(move |at| DIGITS[(all >> (18 - 6 * at) & 63) as usize] as char)
    });
    let text: String = digits.collect();
    let padding = "=".repeat((4 - text.len() % 4) % 4);
    text + &padding
}

#[test]
fn mistakes_in_what_is_sent_are_named() {
    for (json, cause) in [
        (r#"{"email":"a@b","externalId":42,"timestamp":1}"#, Cause::ExternalIdNumber),
        (r#"{"email":"a@b","id":"42","timestamp":1}"#, Cause::IdMember),
        (r#"{"email":"a@b","externalId":"42","timestamp":"1"}"#, Cause::TimestampText),
        (r#"{"email":"a@b","externalId":"42","timestamp":1774583010044}"#, Cause::TimestampInMilliseconds),
        (r#"{"email":"a@b","externalId":"42","name":null,"timestamp":1}"#, Cause::NameNull),
    ] {
        let sent = read_sent(json.as_bytes(), None).unwrap();
        assert_eq!(sent.problems.iter().map(|(cause, _)| *cause).collect::<Vec<_>>(), [cause], "{json}");
        assert!(CustomerIdentity::from_json(json.as_bytes()).is_err(), "{json}");
    }
    for (json, error) in [
        ("{", "the customer is not valid JSON"),
        ("[]", "the customer must be a JSON object"),
        (r#"{"email":"a@b","externalId":"1"}"#, "`timestamp` is missing"),
        (r#"{"email":"","externalId":"1","timestamp":1}"#, "`email` is empty"),
        (r#"{"email":1,"externalId":"1","timestamp":1}"#, "`email` must be text"),
        (r#"{"email":"a@b","timestamp":1}"#, "`externalId` is missing"),
        (r#"{"email":"a@b","externalId":"1","timestamp":1.5}"#, "`timestamp` must be a whole number"),
        (r#"{"email":"a@b","externalId":"1","timestamp":"soon"}"#, "`timestamp` must be a whole number"),
        (r#"{"email":"a@b","externalId":"1","id":"1","timestamp":1}"#, "both `externalId` and `id`"),
        (r#"{"email":"a@b","externalId":"1","plan":"x","timestamp":1}"#, "`plan` is not part of an identity"),
        (r#"{"email":"a@b","externalId":"1","name":1,"timestamp":1}"#, "`name` must be text"),
    ] {
        let found = CustomerIdentity::from_json(json.as_bytes()).unwrap_err().to_string();
        assert!(found.starts_with(error), "{json}: {found}");
    }
}

proptest::proptest! {
    #[test]
    fn any_input_is_read_or_refused(json in "[{}\":,a-zI0-9é\\\\]{0,60}", signature in "[0-9A-Fa-f=+/ t,v]{0,130}") {
        let _ = CustomerIdentity::from_json(json.as_bytes());
        let _ = evidence::of_signature(&signature);
    }

    #[test]
    fn own_signatures_are_valid(id in ".{1,20}", email in ".{1,20}", name in proptest::option::of(".{0,20}"), time in 0..99_999_999_999_i64) {
        let customer = name.into_iter().fold(CustomerIdentity::new(id, email, time), CustomerIdentity::name);
        proptest::prop_assert_eq!(verify(&customer, &sign(&customer, KEY), KEY), Ok(()));
        proptest::prop_assert!(verify(&customer, &sign(&customer, "sk_test_b"), KEY).is_err());
    }
}

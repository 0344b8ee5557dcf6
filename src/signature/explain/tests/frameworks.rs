//! What real frameworks make of a signed body, from `tests/signatures`: the cause is the right one, and nothing
//! that was changed passes. `make.py` beside the samples made them by running the frameworks.

use serde_json::Value;

use super::*;

const SAMPLES: [(&str, &str); 6] = [
    ("node", include_str!("../../../../tests/signatures/node.json")),
    ("python", include_str!("../../../../tests/signatures/python.json")),
    ("go", include_str!("../../../../tests/signatures/go.json")),
    ("php", include_str!("../../../../tests/signatures/php.json")),
    ("ruby", include_str!("../../../../tests/signatures/ruby.json")),
    ("java", include_str!("../../../../tests/signatures/java.json")),
];

struct Sample {
    name: String,
    cause: String,
    signature: String,
    secret: String,
    now: i64,
    body: Vec<u8>,
}

fn samples() -> Vec<Sample> {
    let mut all = Vec::new();
    for (_, text) in SAMPLES {
        let file: Value = serde_json::from_str(text).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        all.extend(file["samples"].as_array().unwrap().iter().map(|sample| Sample {
            name: text(&sample["name"]),
            cause: text(&sample["cause"]),
            signature: text(&sample["signature"]),
            secret: text(&file["secret"]),
            now: file["now"].as_i64().unwrap(),
            body: match sample["body_hex"].as_str() {
                Some(digits) => hex::decode(digits).unwrap(),
                None => text(&sample["body"]).into_bytes(),
            },
        }));
    }
    all
}

#[test]
fn causes_of_real_frameworks_are_named() {
    let samples = samples();
    assert!(samples.len() > 100, "{}", samples.len());
    let mut wrong = Vec::new();
    for Sample { name, cause, signature, secret, now, body } in &samples {
        assert!(Verifier::new(secret).at(*now).verify(body, Some(signature)).is_err(), "{name} passes");
        let found = explain(body, Some(signature), secret, *now, DEFAULT_TOLERANCE);
        let codes: Vec<&str> = found.iter().map(|cause| cause.code()).collect();
        if codes != [cause.as_str()] {
            wrong.push(format!("{name}: {codes:?}, not {cause}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Another secret is not a mistake with the body: what proves nothing is not reported as if it did.
#[test]
fn other_secrets_do_not_blame_the_body() {
    for Sample { name, signature, now, body, .. } in &samples() {
        let found = explain(body, Some(signature), "whsec_other", *now, DEFAULT_TOLERANCE);
        for cause in &found {
            let is_evident = matches!(
                cause,
                Cause::BodyEmpty
                    | Cause::BodyIsEmptyJson
                    | Cause::BodyIsObjectText
                    | Cause::BodyIsProgramText
                    | Cause::BodyReadAsForm
                    | Cause::BodyCut
                    | Cause::BodyCharactersLost
                    | Cause::BodyReserialized
            );
            assert!(is_evident, "{name}: {cause:?}");
        }
    }
    let event = r#"{"id":"evt_1","type":"x","created_at":"t","team_id":"t","data":{"b":1,"a":[]}}"#;
    for body in [event, "{\"id\":\"evt_1\"}", "{\n  \"id\": \"evt_1\"\n}\n", "[1]", "7", "\"text\"", "[1,2"] {
        let header = sign(body.as_bytes(), SECRET, T);
        assert_eq!(causes(body, &header, "whsec_other"), [], "{body}");
        let changed = body.replace('1', "2");
        assert_eq!(causes(changed, &header, SECRET), [], "forged {body}");
    }
}

//! Paths, bodies and user agents with secrets in every place.

use serde_json::json;

use super::names::SECRET_NAMES;
use super::*;

#[test]
fn path_keeps_everything_but_secrets() {
    for (path, query, shown) in [
        ("/a/b", None, "/a/b"),
        ("/a", Some("page=2&search=a%20b"), "/a?page=2&search=a%20b"),
        ("/keys/sk_test_hunter2", None, "/keys/sk_test_…"),
        ("/keys/sk%5Ftest_hunter2", None, "/keys/[redacted]"),
        ("/a", Some("api_key=hunter2&x"), "/a?api_key=[redacted]&x"),
        ("/a", Some("api%5Fkey=hunter2"), "/a?api%5Fkey=[redacted]"),
        ("/a", Some("q=my+whsec_hunter2+is"), "/a?q=my+whsec_…"),
        ("/a", Some("q=wh%73ec_hunter2"), "/a?q=[redacted]"),
        ("/a", Some("sk_live_hunter2"), "/a?sk_live_…"),
        ("/a", Some("access_token=&keyword=x"), "/a?access_token=&keyword=x"),
    ] {
        assert_eq!(target(path, query), shown);
    }
}

#[test]
fn body_is_redacted_by_name_and_value() {
    let json =
        br#"{"name":"CI","key":"hunter2","note":"is sk_test_hunter2.","deep":[{"signingSecret":"hunter2"}],
        "keyword":"x","count":3,"whsec_hunter2":1,"token":null}"#;
    assert_eq!(
        body(json).unwrap(),
        r#"{"name":"CI","key":"[redacted]","note":"is sk_test_….","deep":[{"signingSecret":"[redacted]"}],"keyword":"x","count":3,"token":null,"whsec_…":1}"#
    );
    assert_eq!(body(b"no json: pk_live_hunter2 \xff").unwrap(), "no json: pk_live_… \u{fffd}");
    assert_eq!(body(b""), None);
}

#[test]
fn any_value_under_a_secret_name_is_redacted() {
    for secret in [
        r#"{"password":4711}"#,
        r#"{"password":["4711"]}"#,
        r#"{"credentials":{"a":{"b":4711}}}"#,
        r#"{"passwd":"4711"}"#,
        r#"{"apiKeys":["4711"]}"#,
        r#"{"token[]":"4711"}"#,
        r#"{"user[password]":"4711"}"#,
        r#"{"Secret_2":"4711"}"#,
        r#"{"a":"SK_LIVE_4711"}"#,
        r#"{"otp":"4711"}"#,
        r#"{"card_pin":4711}"#,
        r#"{"userPin":[4711]}"#,
        r#"{"SESSION":"4711"}"#,
        r#"{"x-auth":"4711"}"#,
        r#"{"user[otp]":"4711"}"#,
        r#"{"password":"4711""#,
        r#"{"a":1}{"password":"4711"}"#,
        "password=4711&a=b",
        "pass%77ord=4711",
        "<token>4711</token>",
        "WHSEC_4711",
    ] {
        let kept = body(secret.as_bytes()).unwrap();
        assert!(!kept.contains("4711"), "{secret}: {kept}");
    }
    for query in ["token[]=4711", "passwd=4711", "user%5Bpassword%5D=4711", "apiKeys=4711", "q=SK_LIVE_4711"]
    {
        assert!(!target("/a", Some(query)).contains("4711"), "{query}");
    }
}

#[test]
fn secrets_inside_a_value_are_redacted() {
    for value in [
        json!("password=hunter2"),
        json!("my password: hunter2"),
        json!("https://u:hunter2@h/"),
        json!("{\"password\":\"hunter2\"}"),
        json!("[{\"a\":\"token=hunter2\"}]"),
        json!("Server=x;Password=hunter2;"),
        json!({"name": "Authorization", "value": "hunter2"}),
        json!({"value": ["hunter2"], "key": "x-api-key"}),
        json!([["authorization", "hunter2"], ["accept", "x"]]),
        json!({"sessionId": "hunter2", "jwt": "hunter2", "mfa": "hunter2", "csrf": "hunter2", "dbPass": "hunter2"}),
    ] {
        let kept = body(json!({ "subject": value }).to_string().as_bytes()).unwrap();
        assert!(!kept.contains("hunter2"), "{value}: {kept}");
    }
    for query in ["q=password%3Dhunter2", "x=1;password=hunter2", "to=http://u:hunter2@h", "sig=hunter2"] {
        let kept = target("/a", Some(query));
        assert!(!kept.contains("hunter2"), "{query}: {kept}");
    }
    for kept in ["a question: why? 1=1", "see https://h/a?page=2", "Re: order 12", "{not json"] {
        let text = json!({ "subject": kept }).to_string();
        assert_eq!(body(text.as_bytes()).unwrap(), text);
    }
    for kept in [json!({"name": "Ann", "value": 1}), json!(["a", "b"]), json!(["key", "value", "x"])] {
        assert_eq!(body(kept.to_string().as_bytes()).unwrap(), kept.to_string());
    }
}

#[test]
fn names_that_only_look_secret_are_kept() {
    for name in ["shipping", "author", "session_count", "spin", "opinion", "authored_by", "sessionCount"] {
        let text = format!("{{\"{name}\":\"4711\"}}");
        assert!(body(text.as_bytes()).unwrap().contains("4711"), "{name}");
        assert!(target("/a", Some(&format!("{name}=4711"))).contains("4711"), "{name}");
    }
    for name in ["otp", "pin", "session", "auth", "cardPin"] {
        assert!(!target("/a", Some(&format!("{name}=4711"))).contains("4711"), "{name}");
    }
}

#[test]
fn credentials_in_values_are_redacted() {
    for (value, kept) in [
        ("Bearer eyJ4711.abc-_", "Bearer …"),
        ("curl -H 'authorization: bearer abc4711'", "curl -H 'authorization: bearer …'"),
        ("Basic dXNlcjpwYXNz", "Basic …"),
        ("Basic subscription", "Basic subscription"),
        ("Bearer certificates", "Bearer certificates"),
        ("a basic dXNlcjpwYXNz and Bearer x4711111 é", "a basic … and Bearer … é"),
    ] {
        let text = serde_json::json!({ "note": value }).to_string();
        assert_eq!(body(text.as_bytes()).unwrap(), serde_json::json!({ "note": kept }).to_string());
    }
    assert_eq!(target("/a", Some("q=Bearer+x4711111&b=Basic%20plan")), "/a?q=[redacted]&b=Basic%20plan");
    for text in ["otp=4711&a=b", "a=b&card[pin]=4711", "{\"session\": 4711", "<auth>4711</auth>", "pin: 4711"]
    {
        assert!(!body(text.as_bytes()).unwrap().contains("4711"), "{text}");
    }
    assert_eq!(body(b"shipping=4711&author=me").unwrap(), "shipping=4711&author=me");
}

proptest::proptest! {
    #[test]
    fn no_secret_survives_in_a_body(
        head in "[a-zA-Z_-]{0,8}",
        name in proptest::sample::select(&SECRET_NAMES[..]),
        tail in "(s|\\[\\]|_[0-9]{1,2}|)",
        shape in 0..5_u8,
        cut in proptest::bool::ANY,
    ) {
        let value = ["\"hunter42\"", "[\"hunter42\"]", "{\"a\":\"hunter42\"}", "[{\"b\":[\"hunter42\"]}]", "\"x hunter42\""];
        let mut text = format!("{{\"a\":[{{\"{head}{name}{tail}\":{}}}]}}", value[usize::from(shape)]);
        if cut {
            text.pop();
        }
        let kept = body(text.as_bytes()).unwrap();
        proptest::prop_assert!(!kept.contains("hunter42"), "{text}: {kept}");
    }
}

#[test]
fn secret_at_the_limit_is_redacted() {
    let text = format!("{}sk_test_hunter2", "x".repeat(BODY_LIMIT - 10));
    let kept = body(text.as_bytes()).unwrap();
    assert!(!kept.contains("hu") && kept.len() < BODY_LIMIT + 40, "{kept}");
    assert!(target(&"/é".repeat(3_000), None).ends_with(" bytes)"));
}

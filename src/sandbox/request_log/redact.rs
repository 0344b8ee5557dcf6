//! Redacts what must never be in the log: API keys, signing secrets, passwords and tokens.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;

use super::in_text::{without_assigned, without_user_info};
use crate::numbers::pluralize;

/// The prefixes of API keys and signing secrets (documented).
const MARKS: [&str; 5] = ["sk_live_", "sk_test_", "pk_live_", "pk_test_", "whsec_"];
/// Members and parameters whose values are always secret.
const SECRET_NAMES: [&str; 20] = [
    "key",
    "secret",
    "token",
    "password",
    "passwd",
    "pass_word",
    "pass-word",
    "passphrase",
    "passcode",
    "pwd",
    "authorization",
    "signature",
    "cookie",
    "credential",
    "bearer",
    "passwort",
    "contraseña",
    "session_id",
    "session-id",
    "sessionid",
];
/// The same, if it is the last word of the name: `shipping`, `author` and `session_count` are not secret.
const SECRET_WORDS: [&str; 15] = [
    "otp", "totp", "mfa", "pin", "session", "sid", "auth", "jwt", "csrf", "xsrf", "pass", "pw", "cvv", "cvc",
    "sig",
];
/// Members that name the value of another one, as in `{"name":"Authorization","value":"…"}`.
const NAMING: [&str; 4] = ["name", "key", "header", "field"];
const REDACTED: &str = "[redacted]";
/// How many bytes of a body are kept.
const BODY_LIMIT: usize = 4 * 1024;
/// How many bytes of a path with its query are kept.
const TARGET_LIMIT: usize = 2 * 1024;
/// How many bytes of a user agent are kept.
const USER_AGENT_LIMIT: usize = 200;

/// A path and its query, without the values of secret parameters.
pub(crate) fn target(path: &str, query: Option<&str>) -> String {
    let segments: Vec<String> = path.split('/').map(segment).collect();
    let mut target = segments.join("/");
    if let Some(query) = query {
        let pairs: Vec<String> = query.split('&').map(pair).collect();
        target = format!("{target}?{}", pairs.join("&"));
    }
    cut(target, TARGET_LIMIT)
}

/// A `User-Agent`, which can be any text.
pub(crate) fn user_agent(text: &str) -> String {
    cut(keys(text), USER_AGENT_LIMIT)
}

/// A body, bounded. The members of a JSON body are checked by name and value. Other text, such as broken JSON,
/// is dropped as a whole if it contains a secret name, because the end of the value is unknown.
pub(in crate::sandbox) fn body(bytes: &[u8]) -> Option<String> {
    if bytes.is_empty() {
        return None;
    }
    let text = match serde_json::from_slice::<Value>(bytes) {
        Ok(mut value) => {
            members(&mut value);
            value.to_string()
        }
        Err(_) => {
            let text = String::from_utf8_lossy(bytes);
            let lower = decoded(&text).to_ascii_lowercase();
            let is_named =
                SECRET_NAMES.iter().any(|name| lower.contains(name)) || names_word(&decoded(&text));
            if is_named || has_mark(&lower) && !has_mark(&text) {
                format!("{REDACTED} ({}, not JSON)", pluralize(bytes.len() as u64, "byte"))
            } else {
                plain(&text)
            }
        }
    };
    Some(cut(text, BODY_LIMIT))
}

fn members(value: &mut Value) {
    match value {
        Value::String(text) => *text = plain(text),
        Value::Array(items) => match items.as_mut_slice() {
            // a name and its value, as some clients send headers
            [Value::String(name), value @ (Value::String(_) | Value::Number(_))] if is_secret(name) => {
                *value = REDACTED.into();
            }
            items => items.iter_mut().for_each(members),
        },
        Value::Object(object) => {
            let names_secret = |name: &&str| object.get(*name).and_then(Value::as_str).is_some_and(is_secret);
            if NAMING.iter().any(names_secret)
                && let Some(value) = object.get_mut("value")
            {
                *value = REDACTED.into();
            }
            let odd: Vec<String> = object.keys().filter(|name| has_mark(name)).cloned().collect();
            for name in odd {
                if let Some(value) = object.remove(&name) {
                    object.insert(keys(&name), value);
                }
            }
            for (name, value) in object.iter_mut() {
                let is_empty = value.is_null() || value.as_str().is_some_and(str::is_empty);
                if is_secret(name) && !is_empty {
                    *value = REDACTED.into();
                } else {
                    members(value);
                }
            }
        }
        _ => {}
    }
}

/// Compares the end of each part of the name, so that `api_key`, `apiKeys`, `X-Auth-Token`, `token[]`,
/// `user[password]` and `secret_2` match, and `keyword` does not.
fn is_secret(name: &str) -> bool {
    if name.split(['[', ']', '.', ':', '/', ' ']).any(|part| {
        let part = part.trim_end_matches(|c: char| !c.is_ascii_alphabetic());
        SECRET_WORDS.contains(&last_word(part).to_ascii_lowercase().as_str())
    }) {
        return true;
    }
    let name = name.to_ascii_lowercase();
    name.split(['[', ']', '.', ':', '/', ' ']).any(|part| {
        let part = part.trim_end_matches(|c: char| !c.is_ascii_alphabetic());
        let one = part.strip_suffix('s').unwrap_or(part);
        SECRET_NAMES.iter().any(|secret| part.ends_with(secret) || one.ends_with(secret))
    })
}

/// Whether text that is not JSON assigns a value to one of the [`SECRET_WORDS`].
fn names_word(text: &str) -> bool {
    text.match_indices(['=', ':', '>']).any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default();
        let before = before.trim_end_matches(|c: char| c.is_ascii_digit() || "\"' []".contains(c));
        let name = before.rsplit(|c: char| !(c.is_ascii_alphanumeric() || "_-".contains(c))).next();
        SECRET_WORDS.contains(&last_word(name.unwrap_or_default()).to_ascii_lowercase().as_str())
    })
}

/// `text` without what follows `Bearer` or `Basic`, if that is a credential and not a word: `Basic` has a colon
/// once it is decoded, `Bearer` has digits or is long.
fn without_credentials(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let (mut out, mut from) = (String::with_capacity(text.len()), 0);
    let schemes = lower.match_indices("bearer ").chain(lower.match_indices("basic "));
    let mut schemes: Vec<_> = schemes.collect();
    schemes.sort_unstable();
    for (at, scheme) in schemes {
        let start = at + scheme.len();
        let rest = text.get(start..).unwrap_or_default();
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-._~+/=".contains(c)));
        let token = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        let is_credential = match scheme {
            "basic " => BASE64.decode(token).is_ok_and(|decoded| decoded.contains(&b':')),
            _ => token.len() >= 20 || token.len() >= 6 && token.bytes().any(|byte| byte.is_ascii_digit()),
        };
        if is_credential && start >= from {
            out.push_str(text.get(from..start).unwrap_or_default());
            out.push('…');
            from = start + token.len();
        }
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

/// The part after the last separator, or from the last capital after a lower-case letter.
fn last_word(name: &str) -> &str {
    let word = name.rsplit(['_', '-']).next().unwrap_or(name);
    let pairs = word.char_indices().zip(word.chars().skip(1));
    let start = pairs.filter(|((_, a), b)| a.is_ascii_lowercase() && b.is_ascii_uppercase()).last();
    start.and_then(|((at, _), _)| word.get(at + 1..)).unwrap_or(word)
}

fn segment(segment: &str) -> String {
    let text = decoded(segment).replace('+', " ");
    // a percent-encoded key is a key
    let is_encoded = has_mark(&text) && !has_mark(segment) || without_credentials(&text) != text;
    if is_encoded || assigned(&text) != text { REDACTED.to_owned() } else { keys(segment) }
}

fn pair(pair: &str) -> String {
    let Some((name, value)) = pair.split_once('=') else { return segment(pair) };
    let value = if is_secret(&decoded(name)) && !value.is_empty() { REDACTED.into() } else { segment(value) };
    format!("{}={value}", segment(name))
}

/// Ignores case: a misspelled key is still a secret.
fn has_mark(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    MARKS.iter().any(|mark| text.contains(mark))
}

/// `text` with its percent escapes decoded.
fn decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        let digits = (ahead.next().and_then(hex), ahead.next().and_then(hex));
        match (byte, digits) {
            (b'%', (Some(high), Some(low))) => {
                out.push(high * 16 + low);
                bytes = ahead;
            }
            _ => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// A redacted value. A value that is JSON itself is handled like a body.
fn plain(text: &str) -> String {
    if text.trim_start().starts_with(['{', '['])
        && let Ok(mut value) = serde_json::from_str::<Value>(text)
    {
        members(&mut value);
        return value.to_string();
    }
    keys(&assigned(text))
}

fn assigned(text: &str) -> String {
    without_assigned(&without_user_info(text), is_secret, REDACTED)
}

/// `text` with every key and signing secret cut after its prefix.
fn keys(text: &str) -> String {
    let text = without_credentials(text);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    loop {
        let lower = rest.to_ascii_lowercase();
        let next = MARKS.iter().filter_map(|mark| lower.find(mark).map(|at| at + mark.len())).min();
        let Some((before, secret)) = next.and_then(|end| rest.split_at_checked(end)) else { break };
        out.push_str(before);
        let end = secret.find(|c: char| !(c.is_ascii_alphanumeric() || "_-+/=%".contains(c)));
        let end = end.unwrap_or(secret.len());
        if end > 0 {
            out.push('…');
        }
        rest = secret.get(end..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

fn cut(text: String, limit: usize) -> String {
    if text.len() <= limit {
        return text;
    }
    let end = (0..=limit).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    format!("{}… ({} bytes)", text.get(..end).unwrap_or_default(), text.len())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

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
        let json = br#"{"name":"CI","key":"hunter2","note":"is sk_test_hunter2.","deep":[{"signingSecret":"hunter2"}],
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
        for query in
            ["token[]=4711", "passwd=4711", "user%5Bpassword%5D=4711", "apiKeys=4711", "q=SK_LIVE_4711"]
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
        for query in ["q=password%3Dhunter2", "x=1;password=hunter2", "to=http://u:hunter2@h", "sig=hunter2"]
        {
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
        for name in ["shipping", "author", "session_count", "spin", "opinion", "authored_by", "sessionCount"]
        {
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
        for text in
            ["otp=4711&a=b", "a=b&card[pin]=4711", "{\"session\": 4711", "<auth>4711</auth>", "pin: 4711"]
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
}

//! The opening handshake (RFC 6455, section 4), which the HTTP client does not implement.

use reqwest::header::{
    CONNECTION, HeaderMap, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_EXTENSIONS, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::host::random;

/// Adds the handshake to the headers of a request. Returns the required `Sec-WebSocket-Accept`.
pub(crate) fn add_headers(headers: &mut HeaderMap) -> String {
    // 16 random bytes in base64 are 22 characters, the last of which has four zero bits, and two of padding. Letters
    // and digits are random enough, because the key is not secret.
    let key = format!("{}A==", random::alphanumeric::<21>());
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    if let Ok(value) = HeaderValue::from_str(&key) {
        headers.insert(SEC_WEBSOCKET_KEY, value);
    }
    derive_accept_key(key.as_bytes())
}

/// The problem with the headers of a 101. A cache or a broken proxy does not send the right `Sec-WebSocket-Accept`.
pub(crate) fn find_problem(headers: &HeaderMap, accept: &str) -> Option<&'static str> {
    let has = |name, token: &str| {
        let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|one| one.trim().eq_ignore_ascii_case(token))
    };
    if !has(UPGRADE, "websocket") || !has(CONNECTION, "upgrade") {
        return Some("it switched to another protocol");
    }
    let mut accepts = headers.get_all(SEC_WEBSOCKET_ACCEPT).iter();
    match (accepts.next(), accepts.next()) {
        (Some(value), None) if value.as_bytes().trim_ascii() == accept.as_bytes() => {}
        _ => return Some("its Sec-WebSocket-Accept does not answer our key"),
    }
    if headers.contains_key(SEC_WEBSOCKET_EXTENSIONS) || headers.contains_key(SEC_WEBSOCKET_PROTOCOL) {
        return Some("it chose an extension or a subprotocol that was not offered");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_is_16_random_bytes_in_base64() {
        let key = || {
            let mut headers = HeaderMap::new();
            let accept = add_headers(&mut headers);
            let key = headers[SEC_WEBSOCKET_KEY].to_str().unwrap().to_owned();
            assert_eq!(accept, derive_accept_key(key.as_bytes()));
            key
        };
        let (one, other) = (key(), key());
        assert_ne!(one, other);
        assert!(
            one.len() == 24 && one.ends_with("A==") && one[..21].bytes().all(|b| b.is_ascii_alphanumeric())
        );
    }

    #[test]
    fn only_the_right_accept_value_passes() {
        let good = [
            ("upgrade", "WebSocket"),
            ("connection", "keep-alive, Upgrade"),
            ("sec-websocket-accept", "abc="),
        ];
        let judge = |lines: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in lines {
                headers.append(*name, HeaderValue::from_static(value));
            }
            find_problem(&headers, "abc=")
        };
        assert_eq!(judge(&good), None);
        for missing in 0..3 {
            let mut lines = good.to_vec();
            lines.remove(missing);
            assert!(judge(&lines).is_some(), "without {:?}", good[missing]);
        }
        for extra in [
            ("sec-websocket-accept", "abc="),
            ("sec-websocket-extensions", "permessage-deflate"),
            ("sec-websocket-protocol", "x"),
        ] {
            assert!(judge(&[&good[..], &[extra]].concat()).is_some(), "{extra:?}");
        }
        assert!(judge(&[good[0], good[1], ("sec-websocket-accept", "ABC=")]).is_some());
    }
}

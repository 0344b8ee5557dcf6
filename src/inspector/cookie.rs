//! The cookie with which a page proves that it had the token. Its name contains the port, because browsers send the
//! cookies of one host to all of its ports.

use axum::http::{HeaderMap, header};

/// Where browsers send it.
const PATH: &str = "/_inspector";

/// The name at the port of this `Host`, which need not be ours: it may be forwarded, as by `ssh -L`.
fn name(host: &str) -> String {
    let port = host.rsplit_once(':').map(|(_, port)| port).filter(|port| port.parse::<u16>().is_ok());
    format!("cstar-inspector-{}", port.unwrap_or("80"))
}

/// The value that the client sent.
pub(super) fn value<'h>(headers: &'h HeaderMap, host: &str) -> Option<&'h str> {
    let name = name(host);
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';')).find_map(|pair| {
        let (own, value) = pair.trim().split_once('=')?;
        (own == name).then_some(value)
    })
}

/// The header that sets it. It lasts as long as the browser runs.
pub(super) fn set(host: &str, value: &str) -> String {
    format!("{}={value}; Path={PATH}; HttpOnly; SameSite=Strict", name(host))
}

/// The header that removes it.
pub(super) fn remove(host: &str) -> String {
    format!("{}=; Path={PATH}; HttpOnly; SameSite=Strict; Max-Age=0", name(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_port_has_its_own_cookie() {
        let mut headers = HeaderMap::new();
        let cookies = "cstar-inspector-1=a; other=b; cstar-inspector-22=c";
        headers.insert(header::COOKIE, cookies.parse().unwrap());
        assert_eq!(value(&headers, "localhost:1"), Some("a"));
        assert_eq!(value(&headers, "[::1]:22"), Some("c"));
        assert_eq!(value(&headers, "localhost"), None);
        assert_eq!(value(&headers, "[::1]"), None);
        assert!(set("127.0.0.1:9", "t").starts_with("cstar-inspector-9=t; Path=/_inspector; HttpOnly"));
    }
}

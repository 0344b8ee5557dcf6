//! Who may read: the token, `Host`, `Origin`, and what every response says to browsers.

use serde_json::json;

use super::Ui;
use crate::support::http::{bearer, send};
use crate::support::{Home, assert_private};

#[test]
fn data_needs_the_token_of_the_address() {
    let home = Home::new();
    let ui = Ui::start(&home);
    for path in ["config", "events", "events/1", "events/1/body", "stats", "stream", "secret", "cstar/v1/x"] {
        let line = format!("GET /_inspector/{path}");
        for headers in [&[][..], &["authorization: Bearer x"], &["cookie: cstar-inspector-1=x"]] {
            let response = send(ui.port, &line, headers, "");
            assert_eq!(response.status, 401, "{path} {headers:?}");
            assert!(response.json()["error"]["hint"].is_string());
        }
    }
    for path in ["replay", "send", "trigger"] {
        assert_eq!(send(ui.port, &format!("POST /_inspector/{path}"), &[], "{}").status, 401, "{path}");
    }
    assert_eq!(ui.get("events")["total"], 0);
    assert_private(&home.path().join("cstar/inspector-token"));
}

#[test]
fn a_session_replaces_the_token() {
    let home = Home::new();
    let ui = Ui::start(&home);
    let open =
        |token: &str| send(ui.port, "POST /_inspector/session", &[], &json!({ "token": token }).to_string());
    assert_eq!(open("wrong").status, 401);
    let opened = open(&ui.token);
    assert_eq!(opened.status, 204);
    let cookie = opened.header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    assert!(cookie.contains("Path=/_inspector"), "{cookie}");
    let cookie = format!("cookie: {}", cookie.split(';').next().unwrap());
    assert_eq!(send(ui.port, "GET /_inspector/config", &[&cookie], "").status, 200);
    let closed = send(ui.port, "DELETE /_inspector/session", &[&cookie], "");
    assert!(closed.status == 204 && closed.header("set-cookie").unwrap().contains("Max-Age=0"));
}

#[test]
fn other_pages_and_hosts_have_no_access() {
    let home = Home::new();
    let ui = Ui::start(&home);
    let token = bearer(&ui.token);
    let status = |line: &str, headers: &[&str]| {
        let headers: Vec<&str> = headers.iter().copied().chain([token.as_str()]).collect();
        send(ui.port, line, &headers, "").status
    };
    let own = format!("origin: http://127.0.0.1:{}", ui.port);
    assert_eq!(status("GET /_inspector/config", &[&own]), 200);
    for headers in [
        // A second Host header, because the first one is right.
        &["host: evil.example"][..],
        &["origin: http://localhost:3000"],
        &["origin: null"],
        &["origin: https://evil.example"],
        &["sec-fetch-site: cross-site"],
        &["sec-fetch-site: same-site", "sec-fetch-mode: navigate"],
    ] {
        for path in ["config", "events", "assets/style.css"] {
            assert_eq!(status(&format!("GET /_inspector/{path}"), headers), 403, "{path} {headers:?}");
        }
    }
    let followed = &["sec-fetch-site: cross-site", "sec-fetch-mode: navigate"];
    assert_eq!(status("GET /_inspector/", followed), 200, "a link to the page");
    let evil = format!("GET http://evil.example:{}/_inspector/config", ui.port);
    assert_eq!(status(&evil, &[]), 403);
}

#[test]
fn every_response_restricts_the_browser() {
    let home = Home::new();
    let ui = Ui::start(&home);
    for line in [
        "GET /_inspector/",
        "GET /_inspector/assets/style.css",
        "GET /_inspector/config",
        "GET /_inspector/x",
    ] {
        let response = send(ui.port, line, &[], "");
        let policy = response.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
        assert_eq!(response.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(response.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(response.header("access-control-allow-origin"), None);
        let cache = response.header("cache-control");
        assert_eq!(cache, Some(if response.status == 200 { "no-cache" } else { "no-store" }), "{line}");
    }
}

#[test]
fn only_files_of_the_page_are_served() {
    let home = Home::new();
    let ui = Ui::start(&home);
    for name in ["../assets.rs", "..%2fassets.rs", "%2e%2e/assets.rs", "/etc/passwd", "x.js", "js", "", "%00"]
    {
        let response = send(ui.port, &format!("GET /_inspector/assets/{name}"), &[], "");
        assert_eq!(response.status, 404, "{name}");
    }
    let style = send(ui.port, "GET /_inspector/assets/style.css", &[], "");
    assert_eq!((style.status, style.header("content-type")), (200, Some("text/css; charset=utf-8")));
    let tag = format!("if-none-match: {}", style.header("etag").unwrap());
    let again = send(ui.port, "GET /_inspector/assets/style.css", &[&tag], "");
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    let root = send(ui.port, "GET /", &[], "");
    assert_eq!((root.status, root.header("location")), (307, Some("/_inspector/")));
}

#[test]
fn bodies_are_checked_and_bounded() {
    let home = Home::new();
    let ui = Ui::start(&home);
    let token = bearer(&ui.token);
    let plain = [token.as_str(), "content-type: text/plain"];
    assert_eq!(send(ui.port, "POST /_inspector/replay", &plain, "").status, 415);
    for (path, body) in [
        ("replay", "{"),
        ("replay", "{}"),
        ("replay", r#"{"keys":[]}"#),
        ("replay", r#"{"keys":[1],"x":1}"#),
        ("replay", r#"{"keys":[1],"target":"ftp://x"}"#),
        ("send", "{}"),
        ("trigger", r#"{"type":"ticket.creatd"}"#),
        ("trigger", r#"{"type":"ticket.created","count":0}"#),
        ("trigger", r#"{"type":"ticket.created","count":1001}"#),
        ("trigger", r#"{"type":"ticket.created","set":{"ticket":1}}"#),
        ("trigger", r#"{"type":"ticket.created","data":[1]}"#),
    ] {
        let (status, message) = ui.refused(&format!("POST /_inspector/{path}"), body);
        assert_eq!(status, 400, "{path} {body}: {message}");
    }
    let length = "content-length: 5000000";
    let large =
        send(ui.port, "POST /_inspector/send", &[&token, "content-type: application/json", length], "");
    assert_eq!(large.status, 413);
}

#[test]
fn processes_agree_on_one_token() {
    let home = Home::new();
    let (first, second) = std::thread::scope(|scope| {
        let second = scope.spawn(|| Ui::start(&home));
        (Ui::start(&home), second.join().unwrap())
    });
    assert_eq!(first.token, second.token);
    assert_ne!(first.port, second.port);
    drop(first);
    assert_eq!(Ui::start(&home).token, second.token, "it survives a restart");
}

#[cfg(unix)]
#[test]
fn without_a_usable_home_there_is_a_token() {
    let home = Home::new();
    std::fs::write(home.path().join("cstar"), "a file").unwrap();
    let (first, second) = (Ui::start(&home), Ui::start(&home));
    assert_ne!(first.token, second.token);
    assert_eq!(first.token.len(), 32);
    assert!(first.refused("GET /_inspector/events", "").0 >= 500);
    assert_eq!(first.get("config")["mode"], "ui");
}

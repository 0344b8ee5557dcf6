//! Filters and limits of `cstar logs`.

use serde_json::{Value, json};

use super::{ALL, LIVE_KEY, logs, outlines, sandbox_with_requests};
use crate::support::http::{TEAM, api, bearer, send};
use crate::support::sandbox::Sandbox;
use crate::support::{CommandOutput, Home, TEST_KEY};

#[test]
fn log_filters_combine() {
    let home = Home::new();
    let sandbox = sandbox_with_requests(&home);
    // the runs below make requests of their own
    let team = "--path=/api/v1/teams/*";
    let rows = |args: &[&str]| {
        let list = logs(&sandbox, &home, &[&[team, "--limit=50"], args].concat());
        outlines(&list).into_iter().filter(|line| !line.contains("/logs?")).collect::<Vec<_>>()
    };
    assert_eq!(rows(&[]), ALL);
    assert_eq!(rows(&["--method", "post"]), ALL[1..3]);
    assert_eq!(rows(&["--method", "GET,DELETE"]), [ALL[0], ALL[3]]);
    assert_eq!(rows(&["--status", "404"]), ALL[3..]);
    assert_eq!(rows(&["--status", "4XX"]), ALL[2..]);
    assert_eq!(rows(&["--status", "400-403"]), ALL[2..3]);
    assert_eq!(rows(&["--status", "2xx,404"]), [ALL[0], ALL[1], ALL[3]]);
    assert_eq!(rows(&["--method", "POST", "--status", "5xx"]), Vec::<String>::new());
    assert_eq!(rows(&["--since", "1h"]), ALL);
    assert_eq!(rows(&["--until", "1h"]), Vec::<String>::new());
    assert_eq!(rows(&["--since", "2000-01-01", "--until", "2100-01-01T00:00:00Z"]), ALL);
    for (path, target_text) in [("webhooks/*", &ALL[1..3]), ("api-keys", &ALL[..1]), ("*key_?", &ALL[3..])] {
        assert_eq!(outlines(&logs(&sandbox, &home, &["--path", path])), target_text, "{path}");
    }
}

#[test]
fn limit_over_one_page_is_exact() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    for number in 0..250 {
        assert_eq!(api(sandbox.port, "GET", &format!("/nothing/{number}"), "").status, 404);
    }
    let list = logs(&sandbox, &home, &["--limit", "230", "--status", "404"]);
    let target_text: Vec<String> = (20..250).map(|number| format!("GET …/nothing/{number} 404")).collect();
    assert_eq!(outlines(&list), target_text);
    let some = sandbox.run(&home, ["logs", "--limit", "2", "--status", "404"]).ok();
    assert_eq!(some.stderr, "The newest 2; there may be more: --limit 20\n");
    let none = sandbox.run(&home, ["logs", "--status", "500"]).ok();
    assert_eq!((none.stdout.as_str(), none.stderr.as_str()), ("", "No request matches.\n"));
    assert_eq!(sandbox.run(&home, ["logs", "--status", "500", "--json"]).ok().stdout, "[]\n");
}

#[test]
fn test_and_live_requests_are_separate() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let path = |name: &str| format!("GET /api/v1/teams/{TEAM}/{name}");
    send(sandbox.port, &path("a"), &[&bearer(LIVE_KEY)], "");
    send(sandbox.port, &path("b"), &[&bearer(TEST_KEY)], "");
    send(sandbox.port, &path("c"), &[], "");
    send(sandbox.port, &path("d"), &[&bearer("sk_live_revoked0000000000000000000000000")], "");
    send(sandbox.port, &path("e"), &[&bearer("pk_test_hunter2")], "");
    send(sandbox.port, "GET /api/library/acme/articles", &[], "");
    send(sandbox.port, "GET /_sandbox", &[], "");
    let list = |key: &str| {
        let output =
            CommandOutput::run(sandbox.cstar_with_key(&home, key).args(["logs", "--json"])).ok().json();
        let list = output.as_array().unwrap().clone();
        (outlines(&list).join(" "), list)
    };
    let library = "GET /api/library/acme/articles 200";
    let (test, requests) = list(TEST_KEY);
    assert_eq!(test, format!("GET …/b 404 GET …/c 401 GET …/e 401 {library}"));
    assert_eq!(requests[1]["environment"], Value::Null);
    let prefixes: Vec<&Value> = requests.iter().map(|request| &request["key_prefix"]).collect();
    assert_eq!(prefixes, [&json!("sk_test_sand"), &Value::Null, &json!("pk_test_"), &Value::Null]);
    let (live, requests) = list(LIVE_KEY);
    assert_eq!(live, format!("GET …/a 404 GET …/c 401 GET …/d 401 {library}"));
    assert_eq!(requests[2]["error_code"], "invalid_api_key");
}

#[test]
fn invalid_filter_is_one_line() {
    let home = Home::new();
    for (args, expected) in [
        (&["--status", "abc"][..], "a status such as 404"),
        (&["--status", "4x"], "a status such as 404"),
        (&["--status", "499-400"], "a status such as 404"),
        (&["--status", "404,"], "a status such as 404"),
        (&["--method", "FETCH"], "GET, HEAD, POST"),
        (&["--path", ""], "a pattern such as"),
        (&["--since", "soon"], "a time such as 1h"),
        (&["--since", "1h", "--until", "2h"], "--since is not before --until"),
        (&["--limit", "0"], "from 1 to 10000"),
        (&["--limit", "10001"], "from 1 to 10000"),
        (&["--tail", "--until", "1h"], "cannot be used with"),
    ] {
        // usage errors come before the missing key
        let output = CommandOutput::run(home.cstar().arg("logs").args(args));
        assert_eq!((output.code, output.stdout.as_str()), (2, ""), "{args:?}: {output:?}");
        let first = output.stderr.lines().next().unwrap();
        assert!(first.starts_with("error: ") && first.contains(expected), "{args:?}: {output:?}");
        let error = CommandOutput::run(home.cstar().args(["logs", "--json"]).args(args)).json_error();
        assert_eq!(error["exit_code"], 2, "{error}");
    }
}

#[test]
fn filter_refused_by_the_server_is_named() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    for (query, param) in [
        ("status=abc", "status"),
        ("method=1", "method"),
        ("since=1h", "since"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("after=req_none", "after"),
        (&format!("path={}", "x".repeat(201)), "path"),
    ] {
        let answer = api(sandbox.port, "GET", &format!("/logs?{query}"), "");
        assert_eq!((answer.status, &answer.json()["error"]["param"]), (400, &json!(param)), "{query}");
    }
    assert_eq!(api(sandbox.port, "GET", "/logs/stream?last=10001", "").status, 400);
    assert_eq!(api(sandbox.port, "POST", "/logs", "{}").status, 405);
}

//! `…/logs` and its stream: shapes, resuming, and responses to an ordinary client.

use serde_json::{Value, json};

use crate::sandbox::tests::client::{SAMPLE_TIME, Server, Stream, field, team};
use crate::sandbox_info::{SECRET_TEST_KEY, TEAM_ID};

#[tokio::test]
async fn log_page_has_the_usual_list_shape() {
    let server = Server::start().await;
    let refused = server.send(&format!("GET {}?a=b", team("nothing")), &["User-Agent: x"], "").await;
    for _ in 0..2 {
        server.get(&team("nothing"), SECRET_TEST_KEY).await;
    }
    let mut page = server.get(&team("logs?limit=2"), SECRET_TEST_KEY).await.json();
    let after = page["data"][1]["id"].clone();
    assert_eq!(page["pagination"], json!({ "total": 3, "pageSize": 2, "hasMore": true, "after": after }));
    assert_eq!((&page["success"], page["meta"]["requestId"].is_string()), (&json!(true), true));

    let path = team(&format!("logs?limit=2&after={}", after.as_str().unwrap()));
    page = server.get(&path, SECRET_TEST_KEY).await.json();
    // the total includes the request for the first page
    assert_eq!(page["pagination"], json!({ "total": 4, "pageSize": 2, "hasMore": false, "after": null }));
    let line = &mut page["data"][0];
    assert!(line["duration_ms"].take().as_f64().unwrap() >= 0.0);
    assert_eq!(
        line,
        &json!({ "id": refused.header("x-cstar-request-id"), "object": "request_log", "time": "2025-12-10T14:30:00.000Z",
            "method": "GET", "path": format!("/api/v1/teams/{TEAM_ID}/nothing?a=b"), "status": 401,
            "duration_ms": null, "error_code": "authentication_required", "key_prefix": null, "user_agent": "x",
            "environment": null, "ip": "127.0.0.1" })
    );
    assert_eq!(SAMPLE_TIME, 1_765_377_000_000);
    server.stop().await;
}

#[tokio::test]
async fn errors_before_authentication_are_logged() {
    let server = Server::start().await;
    let path = team("nothing");
    server.raw(&format!("GET {path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")).await;
    server.send(&format!("TRACE {path}"), &[], "").await;
    let page = server.get(&team("logs"), SECRET_TEST_KEY).await.json();
    let statuses: Vec<_> =
        page["data"].as_array().unwrap().iter().map(|line| line["status"].clone()).collect();
    assert_eq!(statuses, [json!(405), json!(403)]);
    server.stop().await;
}

async fn ask(server: &Server, name: &str) -> String {
    let answer = server.get(&team(name), SECRET_TEST_KEY).await;
    answer.header("x-cstar-request-id").unwrap().to_owned()
}

#[tokio::test]
async fn log_stream_leaves_out_its_own_request() {
    let server = Server::start().await;
    let before = ask(&server, "a").await;
    let mut stream = Stream::request_log(&server, "", &[]).await;
    let (id, session) = stream.session().await;
    assert_eq!((id, &session["resumed"]), (before, &json!(false)));
    let members: Vec<&String> = session.as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        ["session_id", "resumed", "heartbeat_seconds"],
        "no signing secret: there are no deliveries"
    );
    let later = ask(&server, "b").await;
    let frame = stream.frame().await.unwrap();
    assert_eq!((field(&frame, "id"), field(&frame, "event")), (Some(later.as_str()), Some("log")));
    let line: Value = serde_json::from_str(field(&frame, "data").unwrap()).unwrap();
    assert_eq!((&line["id"], &line["status"]), (&json!(later), &json!(404)));
    server.stop().await;
}

#[tokio::test]
async fn log_stream_resumes_or_reports_a_gap() {
    let server = Server::start().await;
    let ids = [ask(&server, "a").await, ask(&server, "b").await, ask(&server, "c").await];
    let mut stream = Stream::request_log(&server, "?last=3", &[&format!("Last-Event-ID: {}", ids[0])]).await;
    assert_eq!(stream.session().await.1["resumed"], true);
    assert_eq!([stream.event().await, stream.event().await], ids[1..], "`last` is for the first time only");
    let mut lost = Stream::request_log(&server, "", &["Last-Event-ID: req_unknown"]).await;
    assert_eq!(lost.session().await.1["resumed"], false);
    assert_eq!(lost.event().await, ids[0]);
    server.stop().await;
}

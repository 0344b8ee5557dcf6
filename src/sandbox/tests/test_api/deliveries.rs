//! The poll of deliveries: what counts as over, filters, and a cursor that survives changes, resets and restarts.

use serde_json::{Value, json};

use super::{answer, ask, fire, refused};
use crate::sandbox::tests::client::{Server, bearer, team};
use crate::sandbox_info::{SECRET_LIVE_KEY, SECRET_TEST_KEY};

async fn poll(server: &Server, query: &str) -> Value {
    answer(server, &format!("GET /_sandbox/deliveries?{query}"), Value::Null).await
}

fn events(answer: &Value) -> Vec<(&str, &str)> {
    let text = |delivery: &'_ Value, name: &str| -> &'static str {
        Box::leak(delivery[name].as_str().unwrap().to_owned().into_boxed_str())
    };
    let all = answer["deliveries"].as_array().unwrap().iter();
    all.map(|delivery| (text(delivery, "event"), text(delivery, "status"))).collect()
}

/// A webhook to the sandbox itself: `/` refuses deliveries. Its id.
async fn webhook(server: &Server, key: &str, events: &str) -> String {
    let url = format!("http://127.0.0.1:{}/", server.port);
    let body = json!({"name": "W", "url": url, "events": events}).to_string();
    let headers = [&bearer(key), "Content-Type: application/json"];
    let made = server.send(&format!("POST {}", team("webhooks")), &headers, &body).await;
    made.json()["data"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn deliveries_are_awaited_until_they_end() {
    let server = Server::start().await;
    let closed = webhook(&server, SECRET_TEST_KEY, "ticket.closed").await;
    let all = webhook(&server, SECRET_TEST_KEY, "*").await;
    webhook(&server, SECRET_LIVE_KEY, "*").await;
    let start = poll(&server, "after=latest").await;
    assert_eq!((&start["deliveries"], &start["truncated"]), (&json!([]), &json!(false)));
    let event = fire(&server, SECRET_TEST_KEY, "ticket.closed", json!({})).await;
    fire(&server, SECRET_LIVE_KEY, "ticket.created", json!({})).await;
    assert_eq!(events(&poll(&server, "").await), [("", ""); 0], "both are retried later");
    let pending = poll(&server, &format!("status=pending&webhook={closed}")).await;
    assert_eq!(events(&pending), [("ticket.closed", "pending")]);
    assert_eq!(pending["deliveries"][0]["attempts"][0]["status"], 405);
    for query in ["status=pending&type=customer.*", "status=pending&event=evt_none", "status=succeeded"] {
        assert_eq!(events(&poll(&server, query).await), [("", ""); 0], "{query}");
    }
    assert_eq!(
        events(&poll(&server, "status=pending&environment=live").await),
        [("ticket.created", "pending")]
    );
    // The last attempt wakes those who wait.
    let cursor = start["cursor"].as_str().unwrap();
    let line = format!("webhook={all}&event={event}&after={cursor}&wait=60s");
    let moving = answer(&server, "POST /_sandbox/clock", json!({"advance": "48h"}));
    let (over, _) = tokio::join!(poll(&server, &line), moving);
    assert_eq!(events(&over), [("ticket.closed", "failed")]);
    assert_eq!(over["deliveries"][0]["attempts"].as_array().unwrap().len(), 7);
    let cursor = over["cursor"].as_str().unwrap();
    assert_eq!(events(&poll(&server, &format!("webhook={all}&after={cursor}")).await), [("", ""); 0]);
}

#[tokio::test]
async fn delivery_cursors_repeat_and_miss_nothing() {
    let server = Server::start().await;
    webhook(&server, SECRET_TEST_KEY, "*").await;
    for number in 0..5 {
        fire(&server, SECRET_TEST_KEY, "ticket.created", json!({"ticket": {"id": format!("t{number}")}}))
            .await;
    }
    let (mut seen, mut cursor) = (Vec::new(), None::<String>);
    for _ in 0..3 {
        let after = cursor.map(|cursor| format!("&after={cursor}")).unwrap_or_default();
        let part = poll(&server, &format!("status=pending&limit=2{after}")).await;
        let ids = part["deliveries"].as_array().unwrap().iter().map(|one| one["id"].clone());
        seen.extend(ids.collect::<Vec<_>>());
        cursor = part["cursor"].as_str().map(str::to_owned);
    }
    assert_eq!(seen.len(), 5);
    seen.dedup();
    assert_eq!(seen.len(), 5, "each once");
    let cursor = cursor.unwrap();
    // A retry is a change, so each of them is news again.
    answer(&server, "POST /_sandbox/clock", json!({"advance": "40s"})).await;
    let retried = poll(&server, &format!("status=pending&after={cursor}")).await;
    assert_eq!(events(&retried).len(), 5);
    answer(&server, "POST /_sandbox/reset", json!({})).await;
    let gone = poll(&server, &format!("after={cursor}")).await;
    assert_eq!((events(&gone), &gone["truncated"]), (vec![], &json!(true)));
    let after = gone["cursor"].as_str().unwrap();
    webhook(&server, SECRET_TEST_KEY, "*").await;
    fire(&server, SECRET_TEST_KEY, "ticket.created", json!({})).await;
    let new = poll(&server, &format!("status=pending,failed&after={after}")).await;
    assert_eq!((events(&new), &new["truncated"]), (vec![("ticket.created", "pending")], &json!(false)));
}

#[tokio::test]
async fn bad_delivery_polls_name_the_parameter() {
    let server = Server::start().await;
    let live = webhook(&server, SECRET_LIVE_KEY, "*").await;
    let latest = poll(&server, "after=latest").await["cursor"].as_str().unwrap().to_owned();
    let tag = latest.split('_').nth(1).unwrap();
    for (query, param) in [
        ("status=over".to_owned(), "status"),
        ("type=tickets".to_owned(), "type"),
        ("webhook=whk_none".to_owned(), "webhook"),
        (format!("webhook={live}"), "webhook"),
        ("after=dlc_other_0".to_owned(), "after"),
        (format!("after=dlc_{tag}_99"), "after"),
        (format!("after=dlc_{tag}_-1"), "after"),
        ("after=dlv_x".to_owned(), "after"),
        ("wait=1".to_owned(), "wait"),
    ] {
        let line = format!("GET /_sandbox/deliveries?{query}");
        assert_eq!(refused(&server, &line, Value::Null).await, param, "{query}");
    }
    assert_eq!(ask(&server, "POST /_sandbox/deliveries", Value::Null).await.status, 405);
}
